"""What owners who are gone leave behind: heirs are proposed to their lead, then in the platform channel.

Where there is no platform channel, a catalog admin is asked in its place. Each is reminded until nobody can have missed
it. An owner is gone when the account of a person is, or when a team was dissolved or has lost its last member. Nothing
moves by itself: the lead of a team takes what they choose of it, and the log says who.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import orphans as blocks
from bot.blocks.text import Rendered
from bot.domain import ownership as rules
from bot.domain.catalog import Role
from bot.domain.ownership import Holding
from bot.domain.portfolio import Portfolio
from bot.domain.recipients import NOBODY, Recipient, owner_key
from bot.domain.records import AssetRecord, PersonRecord
from bot.errors import NotFoundError
from bot.services import orphan_asks, outbox, owner_suggestions, routing
from bot.services.deps import Deps
from bot.services.matters.admins import channel_or_admin
from bot.services.ownership import claimed_by, look_up
from bot.services.portfolio import Portfolios
from bot.services.slices import in_slices
from bot.services.snapshot import Snapshot, deciding
from bot.services.transfers import Resource
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.journal import audit, lock_catalog

#: How long the lead has before the platform channel, or a catalog admin, hears of it.
_LEAD_HAS = timedelta(days=3)
#: After so many working days the channel or the admin is reminded; the last time says that nothing more is asked.
_REMIND_AFTER_DAYS = (5, 10)
_NONE: Mapping[int, Sequence[str]] = MappingProxyType({})
OVER = "That is settled: nothing is left of it without an owner."


@dataclass(frozen=True, slots=True)
class Gone:
    """An owner who is gone, and what is left behind: areas that nobody else owns."""

    owner: Recipient
    left: tuple[Resource, ...]

    @property
    def asset_ids(self) -> tuple[int, ...]:
        """The assets of what is left."""
        return tuple(dict.fromkeys(each.asset_id for each in self.left))


class _Question(NamedTuple):
    """Who is to be asked about what an owner has left."""

    row: tables.Orphan
    gone: Gone
    to: Recipient


async def look(deps: Deps, snapshot: Snapshot, portfolios: Portfolios, times: WorkingTimes) -> None:
    """Find owners who are gone, ask who takes what they left behind, and close what is settled. Repeats do nothing.

    Whoever is asked gets one question a day, or the next one once the last is settled; the one about most comes first.
    """
    gone: dict[str, Gone] = {}
    await in_slices(_find_gone(deps, snapshot, await portfolios.current(), gone))
    async with deps.database.transaction() as session:
        await lock_catalog(await session.connection())
        row = tables.Orphan
        found = await session.execute(select(row).where(col(row.settled_at).is_(None)).order_by(col(row.id)))
        rows = {_key(each): each for each in found.scalars()}
        for key in gone.keys() - rows.keys():
            rows[key] = await _begin(session, deps, gone[key].owner)
        due: dict[str, list[_Question]] = {}
        for key, each in rows.items():
            await _follow(session, deps, snapshot, each, gone.get(key))
            if key not in gone:
                continue
            if (to := await _whom(deps, snapshot, times, each, gone[key])) is not None:
                due.setdefault(to.key, []).append(_Question(each, gone[key], to))
            else:
                await _remind(session, deps, snapshot, times, each, gone[key])
        asked = await _asked_today(deps, snapshot, times, [each for key, each in rows.items() if key in gone])
        for key in sorted(due.keys() - asked):
            first = max(due[key], key=lambda each: (len(each.gone.left), -each.row.id))
            await _ask(session, deps, snapshot, first, more=len(due[key]) - 1)


async def follow(deps: Deps, snapshot: Snapshot) -> None:
    """Let the questions who takes what say what a decision has just given an owner."""
    row = tables.Orphan
    open_rows = select(row).where(col(row.settled_at).is_(None)).order_by(col(row.id))
    async with deps.database.reading() as session:
        if (await session.execute(open_rows.limit(1))).first() is None:
            return
    async with deciding(snapshot, deps.database) as session:
        for each in (await session.execute(open_rows)).scalars():
            left = tuple(_left(deps, snapshot, owner := snapshot.recipient(_key(each)), await held_by(session, each)))
            is_gone = owner != NOBODY and not rules.is_here(owner, snapshot) and left
            await _follow(session, deps, snapshot, each, Gone(owner, left) if is_gone else None)


async def _follow(session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Orphan, gone: Gone | None) -> None:
    """Let the questions about what an owner has left say who took some of it since; where nothing is left, close it."""
    owners = await taken(session, snapshot, row, gone)
    takers = takers_of(snapshot, owners, since=row.began_at)
    left = gone.asset_ids if gone is not None else ()
    await orphan_asks.follow(session, deps, snapshot, row, owners, left=left, knowing=takers)
    if gone is None:
        await _close(session, deps, snapshot, row, owners)
    elif owners:
        await redraw(session, deps, snapshot, row, gone, owners)


async def read_gone(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, orphan_id: int
) -> tuple[tables.Orphan, Gone]:
    """Return an owner who is gone with what is left. Raises NotFoundError when nothing is."""
    row = await session.get(tables.Orphan, orphan_id)
    if row is None or row.settled_at is not None:
        raise NotFoundError(OVER)
    owner = snapshot.recipient(_key(row))
    left = tuple(_left(deps, snapshot, owner, await held_by(session, row)))
    if owner == NOBODY or rules.is_here(owner, snapshot) or not left:
        raise NotFoundError(OVER)
    return row, Gone(owner, left)


def _find_gone(deps: Deps, snapshot: Snapshot, portfolio: Portfolio, found: dict[str, Gone]) -> Iterator[None]:
    """Put the owners who are gone into `found`, by their keys, a step for each owner that there is."""
    for is_team, number in portfolio.owners():
        yield
        owner = Recipient(snapshot.team(number)) if is_team else Recipient(person=snapshot.person(number))
        if owner == NOBODY or rules.is_here(owner, snapshot):
            continue
        share = portfolio.of_team(number) if is_team else portfolio.of_person(number)
        left = tuple(_left(deps, snapshot, owner, share.owned))
        if left:
            found[owner.key] = Gone(owner, left)


def _left(deps: Deps, snapshot: Snapshot, owner: Recipient, asset_ids: Sequence[int]) -> Iterator[Resource]:
    """Yield the areas of these assets of which the answer names an owner, and nobody else who is still there.

    It is the answer that a transfer is judged by, too, so that whatever is asked about can be taken.
    """
    for asset in filter(None, map(snapshot.asset, asset_ids)):
        held = [each for each in rules.holdings_of(asset.facts, snapshot) if each.fact.role is Role.OWNER]
        for area in dict.fromkeys(each.fact.area for each in held if each.owner.key == owner.key):
            said = claimed_by(look_up(deps, snapshot, asset.id, area=area))
            owners = [each for each in said if each.fact.role is Role.OWNER]
            is_alive = any(rules.is_here(each.owner, snapshot) for each in owners)
            if not is_alive and any(each.owner.key == owner.key for each in owners):
                yield Resource(asset.id, area)


async def taken(
    session: AsyncSession, snapshot: Snapshot, row: tables.Orphan, gone: Gone | None
) -> dict[int, list[str]]:
    """Return the names of those who own now what somebody had left, by the asset: of what is not left any more.

    Whoever was another owner of it all along has not taken it.
    """
    left = gone.asset_ids if gone is not None else ()
    held = await held_by(session, row, since=row.began_at)
    return new_owners(snapshot, [each for each in held if each not in left], since=row.began_at)


def new_owners(snapshot: Snapshot, asset_ids: Iterable[int], *, since: datetime) -> dict[int, list[str]]:
    """Return the names of the owners of these assets who became their owners `since` a moment, by the asset."""
    found = {each: [held.name for held in _new_owners(snapshot, each, since)] for each in asset_ids}
    return {asset_id: list(dict.fromkeys(names)) for asset_id, names in found.items() if names}


def takers_of(snapshot: Snapshot, asset_ids: Iterable[int], *, since: datetime) -> set[int]:
    """Return the people who said that these assets are a team's."""
    new = [each.fact for asset_id in asset_ids for each in _new_owners(snapshot, asset_id, since)]
    return {each.confirmed_by for each in new if each.confirmed_by is not None}


def _new_owners(snapshot: Snapshot, asset_id: int, since: datetime) -> list[Holding]:
    """Return the owners who are there, and have been owners `since` a moment at most."""
    asset = snapshot.asset(asset_id)
    held = rules.holdings_of(asset.facts, snapshot) if asset is not None else ()
    owners = [each for each in held if each.fact.role is Role.OWNER and rules.is_here(each.owner, snapshot)]
    return [each for each in owners if each.fact.valid_from >= since]


async def held_by(session: AsyncSession, row: tables.Orphan, *, since: datetime | None = None) -> list[int]:
    """Return the assets that an owner has facts of, or has had some `since` a moment."""
    fact = tables.Ownership
    is_owner = col(fact.team_id) == row.team_id if row.team_id is not None else col(fact.person_id) == row.person_id
    is_open = col(fact.valid_to).is_(None)
    stood = is_open if since is None else or_(is_open, col(fact.valid_to) >= since)
    query = select(col(fact.asset_id)).where(is_owner, stood).distinct()
    return sorted((await session.execute(query)).scalars())


async def _begin(session: AsyncSession, deps: Deps, owner: Recipient) -> tables.Orphan:
    row = tables.Orphan(team_id=owner.team_id, person_id=owner.person_id, began_at=deps.clock.now())
    session.add(row)
    await session.flush()
    await audit(session, deps.clock.now(), "baton", "orphans.begin", f"orphan:{row.id}", {"owner": owner.key})
    return row


async def _whom(
    deps: Deps, snapshot: Snapshot, times: WorkingTimes, row: tables.Orphan, gone: Gone
) -> Recipient | None:
    """Return who is asked next, in working hours: the lead; after some days, or where there is none, everybody."""
    now, lead, everybody = deps.clock.now(), _lead(snapshot, gone.owner), channel_or_admin(deps, snapshot)
    if row.lead_told_at is None and lead is not None:
        to = Recipient(person=lead)
    else:
        is_due = lead is None or now - (row.lead_told_at or row.began_at) >= _LEAD_HAS
        if not is_due or row.platform_told_at is not None or not routing.places(deps, snapshot, everybody):
            return None
        if lead is not None and everybody.person == lead:
            return None  # the one admin there is has been asked as the lead
        to = everybody
    work = await times.of(routing.zone_name_of(deps, snapshot, to), now)
    return to if work.is_open(now) else None


async def _remind(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, times: WorkingTimes, row: tables.Orphan, gone: Gone
) -> None:
    """Remind whoever was asked last, as a reply to the question; each reminder is sent once."""
    to, lead = channel_or_admin(deps, snapshot), _lead(snapshot, gone.owner)
    at, is_platform = row.platform_told_at, True
    if at is None and row.lead_told_at is not None and lead is not None:
        to, at, is_platform = Recipient(person=lead), row.lead_told_at, False
    if at is None:
        return
    now = deps.clock.now()
    work = await times.of(routing.zone_name_of(deps, snapshot, to), now)
    days = [work.workday_after(work.today(at), count) for count in _REMIND_AFTER_DAYS]
    number = sum(day <= work.today(now) for day in days)
    # Its key is forgotten with the message, so what is long past is not said any more.
    if not number or not work.is_open(now) or work.today(now) >= work.workday_after(days[-1], _REMIND_AFTER_DAYS[0]):
        return
    key = _message_key(row, is_platform)
    message = blocks.heirs_still_wanted(gone.owner, names_of(snapshot, gone.left), is_last=number == len(days))
    await routing.send(
        session, deps, snapshot, to, key=f"{key}:reminder:{number}", message=message, at=now, parent_key=key
    )


async def _asked_today(deps: Deps, snapshot: Snapshot, times: WorkingTimes, rows: Sequence[tables.Orphan]) -> set[str]:
    """Return the keys of those who were asked a question today that is still open."""
    now, asked = deps.clock.now(), set[str]()
    for row in rows:
        lead = Recipient(person=_lead(snapshot, snapshot.recipient(_key(row))))
        for to, at in ((lead, row.lead_told_at), (channel_or_admin(deps, snapshot), row.platform_told_at)):
            if at is not None:
                work = await times.of(routing.zone_name_of(deps, snapshot, to), now)
                asked |= {to.key} if work.today(at) == work.today(now) else set()
    return asked


async def _ask(session: AsyncSession, deps: Deps, snapshot: Snapshot, question: _Question, *, more: int) -> None:
    """Ask who takes what an owner has left; `more` are the owners that the recipient is asked about later."""
    row, gone, to = question
    message = await _drawn(session, deps, snapshot, row, gone, to, more=more)
    at = deps.clock.now()
    is_platform = row.lead_told_at is not None or _lead(snapshot, gone.owner) is None
    await routing.send(session, deps, snapshot, to, key=_message_key(row, is_platform), message=message, at=at)
    if is_platform:
        row.platform_told_at = at
    else:
        row.lead_told_at = at


async def _drawn(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.Orphan,
    gone: Gone,
    to: Recipient,
    owners: Mapping[int, Sequence[str]] = _NONE,
    *,
    more: int = 0,
) -> Rendered:
    """Return the question who takes what is left, as `to` reads it; `owners` are of what was taken, by the asset."""
    suggestions = await owner_suggestions.by_asset(session, deps, snapshot, gone.asset_ids, gone=[gone.owner])
    left, found = assets_of(snapshot, gone.left), rules.heirs(suggestions)
    person, is_admin = to.person, to.person is not None and to.person.slack_id in deps.catalog_admins
    others = {each.team.id for each in found if person is not None and each.team.lead_id != person.id and not is_admin}
    names = orphan_asks.named(snapshot, owners, owners)
    return blocks.heirs_wanted(row.id, gone.owner, left, found, owners=names, ask=others, more=more)


async def redraw(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.Orphan,
    gone: Gone,
    owners: Mapping[int, Sequence[str]],
) -> None:
    """Let the question name what is left of it; `owners` are those of what was taken, by the asset."""
    for key, to in questions(deps, snapshot, row, gone):
        message = await _drawn(session, deps, snapshot, row, gone, to, owners)
        await outbox.revise(session, key=key, message=message, at=deps.clock.now())


def questions(deps: Deps, snapshot: Snapshot, row: tables.Orphan, gone: Gone) -> list[tuple[str, Recipient]]:
    """Return the outbox keys of the questions that were asked about what somebody left, each with who was asked."""
    found = []
    if row.lead_told_at is not None:
        lead = _lead(snapshot, gone.owner)
        found.append((_message_key(row, is_platform=False), Recipient(person=lead)))
    if row.platform_told_at is not None:
        found.append((_message_key(row, is_platform=True), channel_or_admin(deps, snapshot)))
    return found


async def _close(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Orphan, owners: Mapping[int, Sequence[str]]
) -> None:
    """Note that nothing is left: it has other `owners` by now, by the asset, or the owner came back."""
    now, gone = deps.clock.now(), snapshot.recipient(_key(row))
    is_back = gone != NOBODY and rules.is_here(gone, snapshot)
    row.settled_at = now
    await audit(session, now, "baton", "orphans.close", f"orphan:{row.id}")
    names = {} if is_back else orphan_asks.named(snapshot, owners, owners)
    await revise(session, row, blocks.over(gone, names, is_back=is_back), now)


async def revise(session: AsyncSession, row: tables.Orphan, message: Rendered, at: datetime) -> None:
    """Let all questions about what somebody left read like this, those to leads of heirs as well."""
    sent = tables.OutboxMessage
    asks_key = orphan_asks.asks_key(row.id)
    to_heirs = select(col(sent.key)).where(col(sent.key).startswith(asks_key, autoescape=True))
    asked = (await session.execute(to_heirs)).scalars().all()
    for key in (*(_message_key(row, is_platform) for is_platform in (False, True)), *asked):
        await outbox.revise(session, key=key, message=message, at=at)


def _lead(snapshot: Snapshot, owner: Recipient) -> PersonRecord | None:
    """Return who is asked first: the lead of an owner's team who is still there, else its manager."""
    teams = snapshot.last_teams_of(owner.person.id) if owner.person is not None else ()
    for team in (*teams, *([owner.team] if owner.team is not None else [])):
        for person in routing.above(snapshot, team):
            if routing.slack_id_of(person):
                return person
    return None


def assets_of(snapshot: Snapshot, left: Sequence[Resource]) -> tuple[AssetRecord, ...]:
    """Return the assets of what is left, each once."""
    return tuple(filter(None, map(snapshot.asset, dict.fromkeys(each.asset_id for each in left))))


def names_of(snapshot: Snapshot, left: Sequence[Resource]) -> tuple[str, ...]:
    """Return the names of what is left."""
    return tuple(asset.name for asset in assets_of(snapshot, left))


def _key(row: tables.Orphan) -> str:
    return owner_key(row.team_id, row.person_id)


def _message_key(row: tables.Orphan, is_platform: bool) -> str:
    return orphan_asks.question_key(row.id, is_platform=is_platform)
