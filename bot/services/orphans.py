"""What owners who are gone leave behind: heirs are proposed to their lead, then in the platform channel.

Where there is no platform channel, a catalog admin is asked in its place. Each is reminded until nobody can have missed
it. An owner is gone when the account of a person is, or when a team was dissolved or has lost its last member. Nothing
moves by itself: the lead of a team takes what they choose of it, and the log says who.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from bot.domain.portfolio import Portfolio
from bot.domain.recipients import NOBODY, Recipient, owner_key
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.domain.rights import Right, require
from bot.errors import NotFoundError
from bot.services import actors, outbox, owner_suggestions, routing, transfers
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.matters.admins import channel_or_admin
from bot.services.ownership import claimed_by, look_up
from bot.services.portfolio import Portfolios
from bot.services.slices import in_slices
from bot.services.snapshot import Snapshot, deciding
from bot.services.transfers import Resource, Terms
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.journal import audit, lock_catalog

#: How long the lead has before the platform channel, or a catalog admin, hears of it.
_LEAD_HAS = timedelta(days=3)
#: After so many working days the channel or the admin is reminded; the last time says that nothing more is asked.
_REMIND_AFTER_DAYS = (5, 10)
_NONE: Mapping[str, Sequence[str]] = MappingProxyType({})
_OVER = "That is settled: nothing is left of it without an owner."


@dataclass(frozen=True, slots=True)
class Taken:
    """A team owns these assets now, by name."""

    team: str
    assets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakeForm:
    """What a team can take of what an owner who is gone has left behind, and what of it something speaks for."""

    gone: Recipient
    team: TeamRecord
    left: tuple[AssetRecord, ...]
    proposed: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Gone:
    """An owner who is gone, what is left behind (areas that nobody else owns), and the row of it, once there is one."""

    owner: Recipient
    left: tuple[Resource, ...]
    row: tables.Orphan | None = None

    @property
    def asset_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(each.asset_id for each in self.left))


class _Question(NamedTuple):
    """Who is to be asked about what an owner has left."""

    row: tables.Orphan
    gone: _Gone
    to: Recipient


async def look(deps: Deps, snapshot: Snapshot, portfolios: Portfolios, times: WorkingTimes) -> None:
    """Find owners who are gone, ask who takes what they left behind, and close what is settled. Repeats do nothing.

    Whoever is asked gets one question a day, or the next one once the last is settled; the one about most comes first.
    """
    gone: dict[str, _Gone] = {}
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
            if key not in gone:
                await _close(session, deps, snapshot, each)
            elif (to := await _whom(deps, snapshot, times, each, gone[key])) is not None:
                due.setdefault(to.key, []).append(_Question(each, gone[key], to))
            else:
                await _remind(session, deps, snapshot, times, each, gone[key])
        asked = await _asked_today(deps, snapshot, times, [each for key, each in rows.items() if key in gone])
        for key in sorted(due.keys() - asked):
            first = max(due[key], key=lambda each: (len(each.gone.left), -(each.row.id or 0)))
            await _ask(session, deps, snapshot, first, more=len(due[key]) - 1)


async def form(deps: Deps, snapshot: Snapshot, *, orphan_id: int, team_id: int) -> TakeForm:
    """Return what a team can take. Raises NotFoundError when nothing is left, or the team is gone."""
    async with deps.database.reading() as session:
        gone = await _gone(session, deps, snapshot, orphan_id)
        suggestions = await owner_suggestions.by_asset(session, deps, snapshot, gone.asset_ids, gone=[gone.owner])
    team = snapshot.team(team_id)
    if team is None or team.is_gone:
        raise NotFoundError("That team is no longer in the catalog: ask again, and choose another.")
    proposed = {number for number, some in suggestions.items() if any(each.team.id == team_id for each in some)}
    return TakeForm(gone.owner, team, _assets(snapshot, gone.left), frozenset(proposed))


async def take(
    deps: Deps, snapshot: Snapshot, *, orphan_id: int, team_id: int, asset_ids: Collection[int], by: Decider
) -> Taken:
    """Let a team own these assets of what an owner who is gone has left behind, as its lead or a catalog admin says.

    Raises NotAllowedError for anybody else, NotFoundError when nothing of it is left.
    """
    async with deciding(snapshot, deps.database) as session:
        gone = await _gone(session, deps, snapshot, orphan_id)
        chosen = tuple(each for each in gone.left if each.asset_id in asset_ids)
        if not chosen:
            raise NotFoundError(_OVER)
        held = await actors.holders(session, [team_id], what=f"what {gone.owner.name} owned")
        require(await actors.person_or_admin(session, deps, by), Right.SUCCEED, held)
        row, now = gone.row, deps.clock.now()
        assert row is not None  # noqa: S101 - it was read by its id
        owners = _living(snapshot, await _held(session, row, since=row.began_at))
        entry = await audit(
            session,
            now,
            by.person_id,
            "orphans.take",
            f"orphan:{orphan_id}",
            {"team": team_id, "from": gone.owner.key, "assets": [[each.asset_id, each.area.value] for each in chosen]},
        )
        terms = Terms(frozenset({gone.owner.key}), team_id, by.person_id, entry, now)
        names, team = _names(snapshot, chosen), held.teams[0]
        await transfers.move(session, deps, snapshot, chosen, terms)
        rest = replace(gone, left=tuple(each for each in gone.left if each not in chosen))
        if rest.left:
            await _redraw(session, deps, snapshot, rest, {**owners, **{name: [team.name] for name in names}})
        else:
            row.settled_at, row.settled_by, row.heir_team_id = now, by.person_id, team_id
            person = snapshot.person(by.person_id)
            done = blocks.settled(gone.owner, names, team, person, before=owners)
            await _revise(session, row, done, now)
    return Taken(team.name, names)


async def _gone(session: AsyncSession, deps: Deps, snapshot: Snapshot, orphan_id: int) -> _Gone:
    """Return an owner who is gone with what is left. Raises NotFoundError when nothing is."""
    row = await session.get(tables.Orphan, orphan_id)
    if row is None or row.settled_at is not None:
        raise NotFoundError(_OVER)
    owner = snapshot.recipient(_key(row))
    left = tuple(_left(deps, snapshot, owner, await _held(session, row)))
    if owner == NOBODY or rules.is_here(owner, snapshot) or not left:
        raise NotFoundError(_OVER)
    return _Gone(owner, left, row)


def _find_gone(deps: Deps, snapshot: Snapshot, portfolio: Portfolio, found: dict[str, _Gone]) -> Iterator[None]:
    """Put the owners who are gone into `found`, by their keys, a step for each owner that there is."""
    for is_team, number in portfolio.owners():
        yield
        owner = Recipient(snapshot.team(number)) if is_team else Recipient(person=snapshot.person(number))
        if owner == NOBODY or rules.is_here(owner, snapshot):
            continue
        share = portfolio.of_team(number) if is_team else portfolio.of_person(number)
        left = tuple(_left(deps, snapshot, owner, share.owned))
        if left:
            found[owner.key] = _Gone(owner, left)


def _left(deps: Deps, snapshot: Snapshot, owner: Recipient, asset_ids: Sequence[int]) -> Iterator[Resource]:
    """Yield the areas of these assets of which the answer names an owner, and nobody else who is still there.

    It is the answer that a transfer is judged by, too, so that whatever is asked about can be taken.
    """
    for asset in filter(None, map(snapshot.asset, asset_ids)):
        held = [each for each in rules.holdings_of(asset.facts, snapshot) if each.fact.role is Role.OWNER]
        for area in dict.fromkeys(each.fact.area for each in held if each.owner.key == owner.key):
            said = claimed_by(look_up(deps, snapshot, asset.id, area=area))
            owners = [each for each in said if each.fact.role is Role.OWNER]
            is_alive = any(rules.is_alive(each, snapshot) for each in owners)
            if not is_alive and any(each.owner.key == owner.key for each in owners):
                yield Resource(asset.id, area)


def _living(snapshot: Snapshot, asset_ids: Sequence[int]) -> dict[str, list[str]]:
    """Return the owners who are there of each of these assets that has one, by name."""
    found: dict[str, list[str]] = {}
    for asset in filter(None, map(snapshot.asset, asset_ids)):
        held = rules.holdings_of(asset.facts, snapshot)
        names = [each.name for each in held if each.fact.role is Role.OWNER and rules.is_alive(each, snapshot)]
        if names:
            found[asset.name] = list(dict.fromkeys(names))
    return found


async def _held(session: AsyncSession, row: tables.Orphan, *, since: datetime | None = None) -> list[int]:
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
    deps: Deps, snapshot: Snapshot, times: WorkingTimes, row: tables.Orphan, gone: _Gone
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
    session: AsyncSession, deps: Deps, snapshot: Snapshot, times: WorkingTimes, row: tables.Orphan, gone: _Gone
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
    message = blocks.heirs_still_wanted(gone.owner, _names(snapshot, gone.left), is_last=number == len(days))
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
    message, at = await _drawn(session, deps, snapshot, replace(gone, row=row), more=more), deps.clock.now()
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
    gone: _Gone,
    owners: Mapping[str, Sequence[str]] = _NONE,
    *,
    more: int = 0,
) -> Rendered:
    """Return the question who takes what is left; `owners` are those of what was taken before, by its name."""
    suggestions = await owner_suggestions.by_asset(session, deps, snapshot, gone.asset_ids, gone=[gone.owner])
    number = (gone.row.id if gone.row is not None else None) or 0
    left, found = _assets(snapshot, gone.left), rules.heirs(suggestions)
    return blocks.heirs_wanted(number, gone.owner, left, found, owners=owners, more=more)


async def _redraw(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, gone: _Gone, owners: Mapping[str, Sequence[str]]
) -> None:
    """Let the question name what is left of it."""
    assert gone.row is not None  # noqa: S101 - it was asked
    await _revise(session, gone.row, await _drawn(session, deps, snapshot, gone, owners), deps.clock.now())


async def _close(session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Orphan) -> None:
    """Note that nothing is left: it has other owners by now, or the owner came back."""
    now, gone = deps.clock.now(), snapshot.recipient(_key(row))
    is_back = gone != NOBODY and rules.is_here(gone, snapshot)
    owners = {} if is_back else _living(snapshot, await _held(session, row, since=row.began_at))
    row.settled_at = now
    await audit(session, now, "baton", "orphans.close", f"orphan:{row.id}")
    await _revise(session, row, blocks.over(gone, owners, is_back=is_back), now)


async def _revise(session: AsyncSession, row: tables.Orphan, message: Rendered, at: datetime) -> None:
    for is_platform in (False, True):
        await outbox.revise(session, key=_message_key(row, is_platform), message=message, at=at)


def _lead(snapshot: Snapshot, owner: Recipient) -> PersonRecord | None:
    """Return who is asked first: the lead of an owner's team who is still there, else its manager."""
    teams = snapshot.last_teams_of(owner.person.id) if owner.person is not None else ()
    for team in (*teams, *([owner.team] if owner.team is not None else [])):
        for person in (routing.lead_of(snapshot, team), routing.manager_of(snapshot, team)):
            if person is not None and routing.slack_id_of(person):
                return person
    return None


def _assets(snapshot: Snapshot, left: Sequence[Resource]) -> tuple[AssetRecord, ...]:
    return tuple(filter(None, map(snapshot.asset, dict.fromkeys(each.asset_id for each in left))))


def _names(snapshot: Snapshot, left: Sequence[Resource]) -> tuple[str, ...]:
    return tuple(asset.name for asset in _assets(snapshot, left))


def _key(row: tables.Orphan) -> str:
    return owner_key(row.team_id, row.person_id)


def _message_key(row: tables.Orphan, is_platform: bool) -> str:
    return f"orphans:{row.id}:{'platform' if is_platform else 'lead'}"
