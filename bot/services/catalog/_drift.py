"""What a source says of areas that were handed over: no facts for a while, but remembered beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from bot.domain.catalog import Area, Role
from bot.domain.ownership import EXPECTED_FOR, Transfer, behind_since, ends_before
from bot.domain.records import OwnerKey
from bot.domain.secrets import redacted
from bot.domain.sources import ClaimSubject, file_in
from bot.services.catalog._facts import FactKey
from bot.services.catalog._run import Run
from bot.services.catalog.report import OutdatedLine
from bot.store import tables
from bot.store.bulk import chunks, insert_rows, select_in, table_of


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was handed over of an asset: how it passed on, who has what by agreement, and which sources are behind.

    `behind` has the ids of the rows by the fact that each source would have.
    """

    transfers: tuple[Transfer, ...]
    agreed: frozenset[tuple[OwnerKey, Area]]
    behind: Mapping[FactKey, int]


@dataclass(slots=True)
class DriftChanges:
    """Rows to begin, and the ids of rows that have come to their end."""

    begun: list[dict[str, Any]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


async def handed_over(run: Run, assets: Sequence[int]) -> dict[int, HandedOver]:
    """Return what was handed over, by asset; there are few of these."""
    passed = await _transfers(run, assets)
    agreed = await _agreed(run, passed)
    behind = await _behind(run, passed)
    return {
        asset: HandedOver(tuple(each), frozenset(agreed.get(asset, ())), behind.get(asset, {}))
        for asset, each in passed.items()
    }


def heeded(
    run: Run, changes: DriftChanges, asset: int, keys: Mapping[FactKey, None], handed: HandedOver | None
) -> tuple[dict[FactKey, None], bool]:
    """Return the facts of `keys` that count, and whether other sources are behind than were; `changes` says which."""
    if handed is None:
        return dict(keys), False
    late: dict[FactKey, datetime] = {}
    for key in keys:
        if key[3] == Role.OWNER:
            since = behind_since((key[0], key[1]), Area(key[2]), handed.transfers, handed.agreed, now=run.now)
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
    drift, asset, team, person, claim, fact = (
        table_of(model).c
        for model in (tables.Drift, tables.Asset, tables.Team, tables.Person, tables.Claim, tables.Ownership)
    )
    name = func.coalesce(team.name, func.nullif(person.name, ""), person.email, person.handle, person.slack_id)
    agreed = select(fact.id).where(
        fact.asset_id == drift.asset_id,
        fact.area == drift.area,
        fact.role == Role.OWNER.value,
        fact.is_agreed.is_(True),
        fact.valid_to.is_(None),
    )
    part = table_of(tables.HandoffResource).c
    handoff = (
        select(func.max(part.handoff_id))
        .where(part.asset_id == drift.asset_id, part.area == drift.area, part.moved_at == drift.since)
        .scalar_subquery()
    )
    query = (
        select(
            asset.ref, drift.area, name, drift.source_id, func.min(claim.path), drift.since, handoff, *_never_counts()
        )
        .join_from(table_of(tables.Drift), table_of(tables.Asset), asset.id == drift.asset_id)
        .outerjoin(table_of(tables.Team), team.id == drift.team_id)
        .outerjoin(table_of(tables.Person), person.id == drift.person_id)
        .outerjoin(
            table_of(tables.Claim),
            and_(
                claim.source_id == drift.source_id,
                claim.subject == ClaimSubject.ASSET.value,
                claim.subject_id == drift.asset_id,
                claim.digest != "",
            ),
        )
        .where(drift.source_id.in_([run.source.id, *files]), drift.since > run.now - EXPECTED_FOR, agreed.exists())
        .group_by(
            drift.id,
            asset.ref,
            name,
            person.is_active,
            team.gone_at,
            team.lead_id,
            *(drift[each] for each in ("asset_id", "area", "since", "team_id")),
        )
        .order_by(asset.ref, drift.area)
    )
    found = []
    for ref, area, owner, source, path, since, number, is_here, lent_until in await run.connection.execute(query):
        until: datetime | None = since + EXPECTED_FOR
        if not is_here or ends_before(lent_until, since + EXPECTED_FOR):
            until = None
        file = files.get(source) or path or ""
        found.append(OutdatedLine(redacted(ref), area, redacted(owner or "somebody"), file, until, number))
    return found


def _never_counts() -> tuple[ColumnElement[Any], ...]:
    """Return whether whoever drift names is still here, as `is_here` has it, and until when it is lent."""
    drift, person, team, part, handoff, member, former = (
        table_of(model).c
        for model in (
            tables.Drift,
            tables.Person,
            tables.Team,
            tables.HandoffResource,
            tables.Handoff,
            tables.Membership,
            tables.FormerMember,
        )
    )
    loan = (
        select(func.max(handoff.loan_until))
        .join_from(table_of(tables.HandoffResource), table_of(tables.Handoff), handoff.id == part.handoff_id)
        .where(part.asset_id == drift.asset_id, part.area == drift.area, part.moved_at == drift.since)
    )
    member_of, member_is = select(member.id).where(member.team_id == drift.team_id), table_of(tables.Person).alias().c
    lost_all = [
        or_(member_of.exists(), select(former.id).where(former.team_id == drift.team_id).exists()),
        ~member_of.where(member_is.id == member.person_id, member_is.is_active).exists(),
        ~select(member_is.id).where(member_is.id == team.lead_id, member_is.is_active).exists(),
    ]
    is_team_gone = or_(team.gone_at.is_not(None), and_(*lost_all))
    is_here = or_(person.is_active, and_(drift.team_id.is_not(None), ~is_team_gone))
    return is_here, loan.scalar_subquery()


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
