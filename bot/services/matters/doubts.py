"""Use cases of "Wrong owner?": a doubt goes to the owner of the area, and ends with what they answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.blocks.text import escape
from bot.domain import ownership as rules
from bot.domain import secrets
from bot.domain.catalog import Area, Role
from bot.domain.names import clean
from bot.domain.ownership import Disputed, Holding, Owned, Verdict
from bot.domain.ownership.matters import Loan, MatterKind, MatterState
from bot.domain.recipients import Recipient, Told
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.rights import Holders, Right, may, require
from bot.domain.secrets import SECRET
from bot.errors import UserError
from bot.services import actors, routing
from bot.services.deps import Deps
from bot.services.matters._cards import Ending, card_key, end, loaded, redraw
from bot.services.matters._open import add_matter, matter_of, open_matters, present_asset
from bot.services.matters._sides import answerer_of, ordered
from bot.services.matters.admins import admin_or
from bot.services.matters.disputes import add_dispute
from bot.services.ownership import claimed_by, lent_by, look_up
from bot.services.snapshot import Snapshot, deciding
from bot.store import tables
from bot.store.journal import audit, touch_assets

#: Within this time the same words of the same person are the same form, sent again: Slack lets go of forms sooner.
_SAME_FORM = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDoubt:
    """What somebody doubts, and in `team_id` who they think owns it.

    `channel_id` and `thread_ts` are where others could see them ask. Without an `area`, the one that the answer names
    an owner for is meant.
    """

    asset_id: int
    person_id: int
    area: Area | None = None
    reason: str = ""
    team_id: int | None = None
    channel_id: str = ""
    thread_ts: str = ""


def teams_to_name(snapshot: Snapshot, verdict: Verdict) -> list[TeamRecord]:
    """Return the teams of which one may be named as the owner instead: those who have people, and do not own it.

    Where the area is chosen beside it, each may own another one.
    """
    owning = set[int | None]() if rules.areas_to_choose(verdict) else _only_owners(verdict)
    teams = [each for each in snapshot.teams() if each.id not in owning and rules.is_here(Recipient(each), snapshot)]
    return sorted(teams, key=lambda each: each.name.casefold())


def _only_owners(verdict: Verdict) -> set[int | None]:
    """Return the id of the team that owns alone what is asked about; none where others own it, too, or say so."""
    owners = {each.fact.team_id for each in claimed_by(verdict)}
    return owners if len(owners) == 1 and not isinstance(verdict, Disputed) else set()


def _require_another(snapshot: Snapshot, team_id: int | None, said: Verdict) -> None:
    """Raise UserError where the team that is named as the owner instead is the owner, or has nobody any more."""
    team = snapshot.team(team_id)
    if team is None:
        return
    name = escape(team.name, 80)
    if team.id in _only_owners(said):
        raise UserError(f"{name} is the owner that the catalog names: name another team, or leave that empty.")
    if not rules.is_here(Recipient(team), snapshot):
        raise UserError(f"Nobody is left in {name}: name another team, or leave that empty.")


def loan_asked_about(snapshot: Snapshot, verdict: Verdict) -> Loan | None:
    """Return the loan by which an owner has what an answer is about, so that a doubt goes to the lender."""
    held = claimed_by(verdict) if not rules.areas_to_choose(verdict) else ()
    return next(filter(None, (lent_by(snapshot, each, None, verdict) for each in held)), None)


async def doubt(deps: Deps, snapshot: Snapshot, new: NewDoubt) -> tuple[Told, ...]:
    """Record that somebody doubts the owner of an area, and ask the owner, once until they have answered.

    Whoever doubts is told what the owner says. An identical second doubt, as from a form that was sent twice, is
    ignored. What is disputed goes to whoever has to end the dispute. Returns where each owner is told, empty when
    nobody is named as the owner. Raises NotFoundError when the asset is gone, UserError for words that look like a
    secret, and for a team that cannot be the owner instead.
    """
    reason = clean(new.reason)[:500]
    if secrets.looks_secret(reason):
        raise UserError(SECRET)
    async with deciding(snapshot, deps.database) as session:  # behind the lock: whoever owns it now is told
        await present_asset(session, new.asset_id)
        said = look_up(deps, snapshot, new.asset_id, area=new.area)
        _require_another(snapshot, new.team_id, said)
        person = snapshot.person(new.person_id)
        slack_id = person.slack_id if person is not None else ""
        row, is_new = await _matter(session, deps, snapshot, new, said, reason)
        area = Area(row.area) if row is not None else (new.area or Area.ALL)
        await _put_on_record(session, new, area, reason, row.id if row is not None else None, deps.clock.now())
        await touch_assets(session, [new.asset_id])
        if row is None:
            return ()
        told = await _tell(session, deps, snapshot, row, said, slack_id, is_new=is_new)
        if not is_new:
            await _add_to(session, deps, snapshot, row, new.team_id)
        return told


async def add_own_doubts(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    *,
    asset_ids: Collection[int],
    owner: Recipient,
    person_id: int,
    reason: str,
    team_id: int | None,
) -> None:
    """Record that one of an owner's own people doubts that they own these assets.

    The owner is asked in the daily pass, where all of them are one message, whether that is so.
    """
    for asset_id in asset_ids:
        said = look_up(deps, snapshot, asset_id)
        held = [each for each in (*claimed_by(said), *_all(said)) if each.owner.key == owner.key]
        row, area = None, held[0].fact.area if held else Area.ALL
        if held and not isinstance(said, Disputed):
            row = await matter_of(session, MatterKind.DOUBT, asset_id, area)
        if held and row is None and not isinstance(said, Disputed):
            row = tables.OwnershipMatter(
                kind=MatterKind.DOUBT.value,
                asset_id=asset_id,
                area=area.value,
                team_id=team_id,
                person_id=person_id,
                reason=reason,
            )
            await add_matter(session, deps, row, owner)
        session.add(
            tables.OwnerDoubt(
                asset_id=asset_id,
                person_id=person_id,
                reason=reason,
                at=deps.clock.now(),
                area=area.value,
                matter_id=row.id if row is not None else None,
                team_id=team_id,
            )
        )
        if row is not None:
            await _add_to(session, deps, snapshot, row, team_id)
    await touch_assets(session, asset_ids)


async def _add_to(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter, team_id: int | None
) -> None:
    """Let the messages about a matter say what one more person thinks of it."""
    if row.kind == MatterKind.DOUBT.value and row.team_id is None:
        row.team_id = team_id
    await session.flush()
    await redraw(session, row, await loaded(session, deps, snapshot, row), at=deps.clock.now())


def _all(said: Verdict) -> Sequence[Holding]:
    return [each for each in said.holdings if each.fact.role is Role.OWNER] if isinstance(said, Owned) else ()


async def _matter(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, new: NewDoubt, said: Verdict, reason: str
) -> tuple[tables.OwnershipMatter | None, bool]:
    """Return the matter that a doubt is part of, and whether it is new; None where nobody is named as the owner."""
    owners = ordered(claimed_by(said))
    if not owners:
        return None, False
    if isinstance(said, Disputed):
        return await add_dispute(session, deps, snapshot, said)
    area = owners[0].fact.area
    known = await matter_of(session, MatterKind.DOUBT, new.asset_id, area)
    if known is not None:
        return known, False
    alive = [each for each in owners if rules.is_here(each.owner, snapshot)]
    row = tables.OwnershipMatter(
        kind=MatterKind.DOUBT.value,
        asset_id=new.asset_id,
        area=area.value,
        team_id=new.team_id,
        person_id=new.person_id,
        reason=reason,
        channel_id=new.channel_id,
        thread_ts=new.thread_ts,
    )
    asked = answerer_of(snapshot, row, alive[0], said) if alive else admin_or(deps, snapshot, owners[0].owner)
    await add_matter(session, deps, row, asked)
    return row, True


async def _tell(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.OwnershipMatter,
    said: Verdict,
    slack_id: str,
    *,
    is_new: bool,
) -> tuple[Told, ...]:
    """Ask whoever can answer a doubt, and every other owner of the area; those who know already are not asked again."""
    asked = [snapshot.recipient(row.answerer)]
    if row.kind == MatterKind.DOUBT.value and not row.is_passed_on:
        alive = [each for each in ordered(claimed_by(said)) if rules.is_here(each.owner, snapshot)]
        asked += [answerer_of(snapshot, row, each, said) for each in alive]
    recipients = {each.key: each for each in asked}
    if is_new or row.told_at is None:
        row.told_at = deps.clock.now()
    keys = {key: _told_before(row, key) or card_key(row.id, key) for key in recipients}
    row.message_keys = list(dict.fromkeys([*row.message_keys, *keys.values()]))
    card = await loaded(session, deps, snapshot, row)
    return tuple(
        [
            await routing.send(
                session,
                deps,
                snapshot,
                each,
                key=keys[key],
                message=blocks.card(card),
                at=deps.clock.now(),
                asker_id=slack_id,
            )
            for key, each in recipients.items()
        ]
    )


def _told_before(row: tables.OwnershipMatter, recipient: str) -> str:
    """Return the key of the last card of a matter that somebody was sent by the daily pass; empty for none."""
    begins = f"{card_key(row.id, recipient)}:"
    return next((key for key in reversed(row.message_keys) if key.startswith(begins)), "")


async def _put_on_record(
    session: AsyncSession, new: NewDoubt, area: Area, reason: str, matter_id: int | None, now: datetime
) -> None:
    """Record a doubt, unless the person's very same one has just been recorded and stands."""
    table = tables.OwnerDoubt
    standing = select(col(table.id)).where(
        col(table.asset_id) == new.asset_id,
        col(table.person_id) == new.person_id,
        col(table.area) == area.value,
        col(table.reason) == reason,
        col(table.team_id).is_not_distinct_from(new.team_id),
        col(table.settled_at).is_(None),
        col(table.at) > now - _SAME_FORM,
    )
    if (await session.execute(standing.limit(1))).first() is not None:
        return
    row = table(
        asset_id=new.asset_id,
        person_id=new.person_id,
        reason=reason,
        at=now,
        area=area.value,
        matter_id=matter_id,
        team_id=new.team_id,
        channel_id=new.channel_id or None,
        thread_ts=new.thread_ts or None,
    )
    session.add(row)
    await session.flush()
    await audit(session, now, new.person_id, "ownership.doubt", f"asset:{new.asset_id}", {"doubt": row.id})


async def confirm(deps: Deps, snapshot: Snapshot, *, asset_id: int, person_id: int) -> int:
    """Confirm the person's own facts on an asset (or on the parent that answers for it) and settle doubts of them.

    Returns how many facts were confirmed. Raises NotFoundError when the asset is gone, NotAllowedError when the person
    is no owner of it. What the same person has confirmed on the same day is not confirmed once more.
    """
    async with deciding(snapshot, deps.database) as session:
        asset = await present_asset(session, asset_id)
        record = snapshot.asset(asset_id)
        holder_id = asset_id if record is None else rules.holder_of(record, snapshot).id
        all_facts = await _facts(session, holder_id)
        facts = await _own(session, all_facts, person_id=person_id, what=asset.name)
        now = deps.clock.now()
        fresh = [each for each in facts if not _is_confirmed(each, by=person_id, at=now)]
        for fact in fresh:
            fact.confirmed_at, fact.confirmed_by = now, person_id
        if fresh:
            await audit(
                session,
                now,
                person_id,
                "ownership.confirm",
                f"asset:{holder_id}",
                {"facts": [fact.id for fact in fresh]},
            )
        areas = _settled(facts, all_facts)
        await _end_doubts(session, deps, snapshot, {asset_id, holder_id}, areas, facts, person_id=person_id)
    return len(facts)


def _is_confirmed(fact: tables.Ownership, *, by: int, at: datetime) -> bool:
    return fact.confirmed_by == by and fact.confirmed_at is not None and fact.confirmed_at.date() == at.date()


def _settled(facts: Sequence[tables.Ownership], all_facts: Sequence[tables.Ownership]) -> set[str]:
    """Return the areas of which doubts are settled by confirming these facts: of the whole, where it is all theirs."""
    areas = {each.area for each in facts}
    others = {each.area for each in all_facts} - areas
    if not others or areas & {Area.ALL.value, Area.APPLICATION.value}:
        areas.add(Area.ALL.value)
    return areas


async def _end_doubts(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    asset_ids: Collection[int],
    areas: Collection[str],
    facts: Sequence[tables.Ownership],
    *,
    person_id: int,
) -> None:
    """Settle the doubts of these areas, and let whoever doubted hear that it stays with its owner."""
    now, doubted = deps.clock.now(), tables.OwnerDoubt
    owner = Recipient(snapshot.team(facts[0].team_id), snapshot.person(facts[0].person_id))
    for row in await open_matters(session, MatterKind.DOUBT, asset_ids):
        if row.area not in areas:
            continue
        card = await loaded(session, deps, snapshot, row)
        await end(Ending(deps, snapshot, session, row, card, now), MatterState.KEPT, owner, by=person_id)
    await session.execute(
        update(doubted)
        .where(col(doubted.asset_id).in_(asset_ids), col(doubted.area).in_(areas), col(doubted.settled_at).is_(None))
        .values(settled_at=now)
    )
    await touch_assets(session, asset_ids)


async def _facts(session: AsyncSession, asset_id: int) -> list[tables.Ownership]:
    """Return who owns an asset; whoever only helps its owner has no say in whose it is."""
    fact = tables.Ownership
    is_owner = (col(fact.valid_to).is_(None), col(fact.role) == Role.OWNER.value)
    found = await session.execute(select(fact).where(col(fact.asset_id) == asset_id, *is_owner))
    return list(found.scalars())


async def _own(
    session: AsyncSession, facts: Sequence[tables.Ownership], *, person_id: int, what: str
) -> list[tables.Ownership]:
    """Return those of the facts that the person may confirm. Raises NotAllowedError when there is none."""
    actor = actors.actor(person_id)
    own = [each for each in facts if each.person_id == person_id]
    person, ids = tables.Person, {each.person_id for each in facts if each.person_id is not None}
    named = await session.execute(select(col(person.id), col(person.name)).where(col(person.id).in_(ids)))
    owners = [PersonRecord(id=number, name=name) for number, name in named]
    held = await actors.holders(session, [each.team_id for each in facts], people=owners, what=what)
    require(actor, Right.CONFIRM, held)
    teams = {team.id for team in held.teams if may(actor, Right.CONFIRM, Holders((team,)))}
    return [each for each in facts if each in own or each.team_id in teams]
