"""What a source says of areas that were handed over: no facts for a while, but remembered beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from bot.domain.catalog import Area, Role
from bot.domain.ownership import Loan, Transfer, behind_since, is_here, loan_of, with_drift
from bot.domain.recipients import owner_key
from bot.domain.records import OwnerKey
from bot.domain.secrets import redacted
from bot.domain.sources import file_in
from bot.services.catalog._facts import FactKey
from bot.services.catalog._run import Run
from bot.services.catalog.report import OutdatedLine
from bot.services.snapshot import Snapshot
from bot.store import queries, tables
from bot.store.bulk import chunks, insert_rows, select_in, table_of
from bot.store.open_matters import is_lent


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was handed over of an asset: how it passed on, what is lent, who has what by agreement, who is behind.

    `left` are the areas of which everybody who has them by agreement is gone. `behind` has the ids of the rows by the
    fact that each source would have.
    """

    transfers: tuple[Transfer, ...]
    loans: tuple[Loan, ...]
    agreed: frozenset[tuple[OwnerKey, Area]]
    left: frozenset[Area]
    behind: Mapping[FactKey, int]


@dataclass(slots=True)
class DriftChanges:
    """Rows to begin, and the ids of rows that have come to their end."""

    begun: list[dict[str, Any]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


async def handed_over(run: Run, assets: Sequence[int]) -> dict[int, HandedOver]:
    """Return what was handed over, by asset; there are few of these."""
    passed = await _transfers(run, assets)
    if not passed:
        return {}
    agreed, loans = await _agreed(run, passed), await _loans(run, passed)
    behind = await _behind(run, passed)
    view = await _memory_of(run, {owner for each in agreed.values() for owner, _ in each})
    return {
        asset: HandedOver(
            tuple(each),
            tuple(loans.get(asset, ())),
            frozenset(agreed.get(asset, ())),
            _left(agreed.get(asset, ()), view),
            behind.get(asset, {}),
        )
        for asset, each in passed.items()
    }


def _left(agreed: Collection[tuple[OwnerKey, Area]], view: Snapshot) -> frozenset[Area]:
    """Return the areas of which everybody who has them by agreement is gone."""
    here = {area for (team, person), area in agreed if is_here(view.recipient(owner_key(team, person)), view)}
    return frozenset(area for _, area in agreed if area not in here)


def heeded(
    run: Run, changes: DriftChanges, asset: int, keys: Mapping[FactKey, None], handed: HandedOver
) -> tuple[dict[FactKey, None], bool]:
    """Return the facts of `keys` that count, and whether other sources are behind than were; `changes` says which."""
    late: dict[FactKey, datetime] = {}
    for key in keys:
        if key[3] == Role.OWNER:
            owner, area = (key[0], key[1]), Area(key[2])
            loan = loan_of(area, handed.loans, handed.agreed)
            is_left = area in handed.left
            since = behind_since(owner, area, handed.transfers, handed.agreed, now=run.now, loan=loan, is_left=is_left)
            if since is not None:
                late[key] = since
    ended = [number for key, number in handed.behind.items() if key not in late]
    begun = [_row(asset, key, since) for key, since in late.items() if key not in handed.behind]
    changes.ended += ended
    changes.begun += begun
    return {key: None for key in keys if key not in late}, bool(ended or begun)


async def write(run: Run, changes: DriftChanges) -> None:
    """Store what has changed."""
    table = table_of(tables.Drift)
    for chunk in chunks(changes.ended):
        await run.connection.execute(delete(table).where(table.c.id.in_(chunk)))
    await insert_rows(run.connection, table, changes.begun)


async def outdated(run: Run) -> list[OutdatedLine]:
    """Return what of the source has not followed a handoff yet, as stored; overdue lines are disputes, and left out.

    Where its files disagree, each of them is a source of its own.
    """
    files = {each.id: end for each in run.sources.values() if (end := file_in(run.source, each))}
    numbers = await _handoffs_behind(run, [run.source.id, *files])
    if not numbers:
        return []
    assets = await queries.assets_by_id(run.connection, {key[0] for key in numbers})
    owners = {record.owner for asset in assets for record in asset.matters.drift}
    owners |= {(fact.team_id, fact.person_id) for asset in assets for fact in asset.facts if fact.is_agreed}
    view, names = await _memory_of(run, owners), {each.id: each.name for each in run.sources.values()}
    said = {
        (asset_id, area, owner, names[source_id]): (files.get(source_id, ""), number)
        for (asset_id, area, owner, source_id), number in numbers.items()
    }
    found = []
    for asset in sorted(assets, key=lambda each: each.ref):
        _, late = with_drift(asset, view, now=run.now)
        for one in sorted(late, key=lambda each: each.holding.fact.area):
            fact = one.holding.fact
            key = (asset.id, fact.area, (fact.team_id, fact.person_id), fact.source)
            if key not in said:
                continue  # another source says so
            file, number = said[key]
            until, owner = one.until if one.becomes_dispute else None, one.holding.name or "somebody"
            file = file or next(iter(one.files), "")
            found.append(OutdatedLine(redacted(asset.ref), fact.area, redacted(owner), file, until, number))
    return found


async def _handoffs_behind(run: Run, source_ids: Sequence[int]) -> dict[tuple[int, str, OwnerKey, int], int | None]:
    """Return what sources are behind on: asset, area, whom they name, and which source; with the handoff's number."""
    drift, part = table_of(tables.Drift).c, table_of(tables.HandoffResource).c
    handoff = (
        select(func.max(part.handoff_id))
        .where(part.asset_id == drift.asset_id, part.area == drift.area, part.moved_at == drift.since)
        .scalar_subquery()
    )
    columns = (drift.asset_id, drift.area, drift.team_id, drift.person_id, drift.source_id)
    query = select(*columns, handoff).where(drift.source_id.in_(source_ids))
    return {
        (asset_id, area, (team_id, person_id), source_id): number
        for asset_id, area, team_id, person_id, source_id, number in await run.connection.execute(query)
    }


async def _memory_of(run: Run, owners: Collection[OwnerKey]) -> Snapshot:
    """Return a memory of these owners, and of who is in their teams, as stored."""
    view = Snapshot()
    people = {person_id for _, person_id in owners if person_id is not None}
    for some in chunks(team_id for team_id, _ in owners if team_id is not None):
        teams = await queries.teams(run.connection, ids=some)
        view.put_teams(teams)
        people |= {
            person_id for team in teams for person_id in (*team.member_ids, team.lead_id) if person_id is not None
        }
    for some in chunks(people):
        view.put_people(await queries.people(run.connection, ids=some))
    return view


def _row(asset: int, key: FactKey, since: datetime) -> dict[str, Any]:
    team, person, area, _, source = key
    return {
        "asset_id": asset,
        "source_id": source,
        "area": area,
        "team_id": team,
        "person_id": person,
        "since": since,
    }


async def _transfers(run: Run, assets: Sequence[int]) -> dict[int, list[Transfer]]:
    t = table_of(tables.Transfer).c
    query = select(t.asset_id, t.area, t.giver_team_id, t.giver_person_id, t.receiver_team_id, t.at).order_by(t.id)
    found: dict[int, list[Transfer]] = {}
    async for rows in select_in(run.connection, query, t.asset_id, assets):
        for asset, area, team, person, receiver, at in rows:
            found.setdefault(asset, []).append(Transfer(Area(area), (team, person), (receiver, None), at))
    return found


async def _loans(run: Run, assets: Iterable[int]) -> dict[int, list[Loan]]:
    part, handoff = tables.core(tables.HandoffResource), tables.core(tables.Handoff)
    columns = (handoff.c.giver_team_id, handoff.c.receiver_team_id, part.c.moved_at, handoff.c.loan_until)
    query = (
        select(part.c.asset_id, part.c.area, *columns)
        .join_from(part, handoff, handoff.c.id == part.c.handoff_id)
        .where(is_lent())
    )
    found: dict[int, list[Loan]] = {}
    async for rows in select_in(run.connection, query, part.c.asset_id, assets):
        for asset, area, giver, receiver, at, until in rows:
            found.setdefault(asset, []).append(Loan(Area(area), (giver, None), (receiver, None), at, until))
    return found


async def _agreed(run: Run, assets: Iterable[int]) -> dict[int, set[tuple[OwnerKey, Area]]]:
    t = table_of(tables.Ownership).c
    query = select(t.asset_id, t.team_id, t.person_id, t.area).where(
        t.valid_to.is_(None), t.is_agreed.is_(True), t.role == Role.OWNER.value
    )
    found: dict[int, set[tuple[OwnerKey, Area]]] = {}
    async for rows in select_in(run.connection, query, t.asset_id, assets):
        for asset, team, person, area in rows:
            found.setdefault(asset, set()).add(((team, person), Area(area)))
    return found


async def _behind(run: Run, assets: Iterable[int]) -> dict[int, dict[FactKey, int]]:
    t = table_of(tables.Drift).c
    query = select(t.id, t.asset_id, t.team_id, t.person_id, t.area, t.source_id)
    found: dict[int, dict[FactKey, int]] = {}
    async for rows in select_in(run.connection, query, t.asset_id, assets):
        for number, asset, team, person, area, source in rows:
            found.setdefault(asset, {})[team, person, area, Role.OWNER.value, source] = number
    return found
