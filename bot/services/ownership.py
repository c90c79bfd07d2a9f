"""Use cases of ownership: find who owns something, confirm it, doubt it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.blocks.text import Rendered
from bot.blocks.values import encode
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.directory import Candidate, Match, Nearest, ResolutionMethod, Several
from bot.domain.names import clean
from bot.domain.ownership import Holding, Owned, Verdict
from bot.domain.recipients import Recipient, Told
from bot.domain.records import AssetRecord, PersonRecord
from bot.domain.rights import Holders, Right, may, require
from bot.errors import NotFoundError
from bot.services import actors, references, routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot, refresh_over
from bot.store import tables
from bot.store.journal import audit, lock_catalog, next_revision

#: Ways of matching that leave nothing to explain.
_OUTRIGHT = frozenset({ResolutionMethod.REF, ResolutionMethod.NAME, ResolutionMethod.FOLDED})


@dataclass(frozen=True, slots=True)
class Answered:
    """The question meant one asset; `match` says how it was understood."""

    match: Match
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SeveralAssets:
    """Several assets fit the question equally well."""

    asked: str
    choices: tuple[tuple[Candidate, Verdict], ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The catalog has nothing that fits well enough; `nearest` are suggestions, best first, perhaps none.

    `name` is what was asked for as far as that can be a name; empty when it is a sentence.
    """

    asked: str
    nearest: tuple[tuple[Candidate, Verdict], ...]
    name: str = ""


Found = Answered | SeveralAssets | Missing


def find(snapshot: Snapshot, text: str, *, now: datetime, stale_after: timedelta) -> Found:
    """Return who owns what `text` asks about, from memory."""
    text = references.asked(snapshot, text)
    resolution = snapshot.directory.resolve(text)
    if isinstance(resolution, Match):
        asset = snapshot.directory.get(resolution.asset_id)
        if asset is not None:
            asset = _with_sections(snapshot, asset, resolution.also)
            said = rules.verdict(asset, snapshot, now=now, stale_after=stale_after, area=resolution.area)
            return Answered(resolution, said)
        resolution = Nearest((), resolution.understood_as, resolution.area)
    asked = resolution.understood_as or snapshot.directory.plain(text)
    choices = _verdicts(snapshot, resolution.candidates, now=now, stale_after=stale_after)
    if isinstance(resolution, Several):
        return SeveralAssets(asked, choices)
    return Missing(asked, choices, snapshot.directory.name_in(text, resolution.understood_as))


def _with_sections(snapshot: Snapshot, asset: AssetRecord, also: tuple[int, ...]) -> AssetRecord:
    """Return a rule of a CODEOWNERS file with what the rules of its other sections say of the same path."""
    others = [other for other in map(snapshot.asset, also) if other is not None]
    if not others:
        return asset
    return replace(asset, facts=(*asset.facts, *(fact for other in others for fact in other.facts)))


def worth_saying(match: Match) -> str:
    """Return how a question was understood, or nothing when it named the asset outright."""
    return "" if match.method in _OUTRIGHT else match.understood_as


def names_of(holdings: Iterable[Holding]) -> str:
    """Return the owners' names, each once, separated by commas."""
    return ", ".join(dict.fromkeys(holding.name for holding in holdings))


def look_up(
    snapshot: Snapshot, asset_id: int, *, now: datetime, stale_after: timedelta, area: Area | None = None
) -> Verdict:
    """Return the verdict on one asset. Raises NotFoundError when it has left the catalog."""
    asset = snapshot.asset(asset_id)
    if asset is None:
        raise NotFoundError("That is no longer in the catalog: ask again to see what is there now.")
    return rules.verdict(asset, snapshot, now=now, stale_after=stale_after, area=area)


def confirmable(snapshot: Snapshot, verdict: Verdict, slack_id: str) -> bool:
    """Whether the person with this Slack id may confirm the answer, as far as memory knows; the click checks again."""
    if not isinstance(verdict, Owned) or isinstance(verdict, rules.Orphaned):
        return False
    teams = tuple(holding.team for holding in verdict.owners if holding.team is not None)
    owners = tuple(holding.person for holding in verdict.owners if holding.person is not None)
    return may(actors.remembered(snapshot, slack_id), Right.CONFIRM, Holders(teams, owners))


def confirmer(snapshot: Snapshot, verdict: Verdict) -> PersonRecord | None:
    """Return the person who last confirmed the first owner, if anybody did."""
    if not isinstance(verdict, Owned) or verdict.owners[0].fact.confirmed_by is None:
        return None
    return snapshot.person(verdict.owners[0].fact.confirmed_by)


async def confirm(deps: Deps, snapshot: Snapshot, *, asset_id: int, person_id: int) -> int:
    """Confirm the person's own facts on an asset (or on the parent that answers for it) and settle doubts.

    Returns how many facts were confirmed. Raises NotFoundError when the asset is gone, NotAllowedError when the person
    is no owner of it. Pressing twice confirms once more and harms nothing.
    """
    async with deps.database.transaction() as session:
        asset = await session.get(tables.Asset, asset_id)
        if asset is None or asset.gone_at is not None:
            raise NotFoundError("That is no longer in the catalog, so there is nothing to confirm: ask again.")
        holder_id = _holder_id(snapshot, asset_id)
        facts = await _facts_of(session, holder_id, person_id=person_id, what=asset.name)
        now = deps.clock.now()
        for fact in facts:
            fact.confirmed_at, fact.confirmed_by = now, person_id
        await session.execute(
            update(tables.OwnerDoubt)
            .where(
                col(tables.OwnerDoubt.asset_id).in_({asset_id, holder_id}), col(tables.OwnerDoubt.settled_at).is_(None)
            )
            .values(settled_at=now)
        )
        await _touch(session, {asset_id, holder_id})
        await audit(
            session,
            at=now,
            actor=f"person:{person_id}",
            action="ownership.confirm",
            subject=f"asset:{holder_id}",
            detail={"facts": [fact.id for fact in facts]},
        )
    return len(facts)


async def doubt(
    deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, person_id: int, reason: str
) -> tuple[Told, ...]:
    """Record that somebody doubts an asset's owner, and tell the owner once.

    The note goes out with the first doubt after each confirmation; later ones are recorded only. Returns where each
    owner is told, empty when nobody is named as the owner. Raises NotFoundError when the asset is gone.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        asset = await session.get(tables.Asset, asset_id)
        if asset is None or asset.gone_at is not None:
            raise NotFoundError("That is no longer in the catalog, so nobody owns it: ask again.")
        connection = await session.connection()
        await lock_catalog(connection)
        await refresh_over(snapshot, connection)  # behind the lock: whoever owns it now is told
        await _touch(session, [asset_id])
        said = look_up(snapshot, asset_id, now=now, stale_after=deps.stale_after, area=area)
        person = snapshot.person(person_id)
        row = tables.OwnerDoubt(asset_id=asset_id, person_id=person_id, reason=clean(reason)[:500], at=now)
        session.add(row)
        await session.flush()
        await audit(
            session,
            at=now,
            actor=f"person:{person_id}",
            action="ownership.doubt",
            subject=f"asset:{asset_id}",
            detail={"doubt": row.id},
        )
        value = encode(blocks.AssetValue(asset_id, area))
        doubter = person.slack_id if person else ""
        return await tell_owners(
            session,
            deps,
            snapshot,
            claimed_by(said),
            key=lambda held, to: f"ownership.doubt:{asset_id}:{to.key}:{_confirmed_second(held)}",
            message=lambda owner: blocks.doubted(said.asset, owner, doubter, reason, value=value),
            asker_id=doubter,
        )


def _confirmed_second(holding: Holding) -> int:
    return int(holding.fact.confirmed_at.timestamp()) if holding.fact.confirmed_at else 0


def _verdicts(
    snapshot: Snapshot, candidates: Iterable[Candidate], *, now: datetime, stale_after: timedelta
) -> tuple[tuple[Candidate, Verdict], ...]:
    found = []
    for candidate in candidates:
        asset = snapshot.directory.get(candidate.asset_id)
        if asset is not None:
            found.append((candidate, rules.verdict(asset, snapshot, now=now, stale_after=stale_after)))
    return tuple(found)


def _holder_id(snapshot: Snapshot, asset_id: int) -> int:
    asset: AssetRecord | None = snapshot.asset(asset_id)
    return asset_id if asset is None else rules.holder_of(asset, snapshot).id


async def _facts_of(session: AsyncSession, asset_id: int, *, person_id: int, what: str) -> list[tables.Ownership]:
    """Return the asset's facts in force that the person may confirm. Raises NotAllowedError when there is none."""
    fact = tables.Ownership
    found = await session.execute(select(fact).where(col(fact.asset_id) == asset_id, col(fact.valid_to).is_(None)))
    facts, actor = list(found.scalars()), actors.actor(person_id)
    own = [each for each in facts if each.person_id == person_id]
    owner = PersonRecord(id=person_id, name="") if own else None
    held = await actors.holders(session, [each.team_id for each in facts], person=owner, what=what)
    require(actor, Right.CONFIRM, held)
    teams = {team.id for team in held.teams if may(actor, Right.CONFIRM, Holders((team,)))}
    return [each for each in facts if each in own or each.team_id in teams]


async def _touch(session: AsyncSession, asset_ids: Collection[int]) -> None:
    revision = await next_revision(session)
    await session.execute(update(tables.Asset).where(col(tables.Asset.id).in_(asset_ids)).values(revision=revision))


def claimed_by(verdict: Verdict) -> tuple[Holding, ...]:
    """Return those whom a source holds for owners: both sides of a dispute, also of one about whether anybody is."""
    if isinstance(verdict, rules.Disputed):
        return verdict.claims
    if isinstance(verdict, rules.UnownedOnPurpose):
        return tuple(holding for holding in verdict.others if holding.fact.role is Role.OWNER)
    return verdict.owners if isinstance(verdict, Owned) else ()


async def tell_owners(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    holdings: Iterable[Holding],
    *,
    key: Callable[[Holding, Recipient], str],
    message: Callable[[str], Rendered],
    asker_id: str,
) -> tuple[Told, ...]:
    """Send each owner a message, one for however many facts, and return where each goes.

    `key` makes the outbox key of the owner's fact that was confirmed last, `message` the message for their name.
    """
    told: dict[str, Told] = {}
    for holding in sorted(holdings, key=lambda held: held.trusted_at, reverse=True):
        recipient = Recipient(team=holding.team) if holding.team is not None else Recipient(person=holding.person)
        if recipient.key not in told:
            told[recipient.key] = await routing.send(
                session,
                deps,
                snapshot,
                recipient,
                key=key(holding, recipient),
                message=message(recipient.name),
                at=deps.clock.now(),
                asker_id=asker_id,
            )
    return tuple(told.values())
