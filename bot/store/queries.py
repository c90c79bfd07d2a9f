"""Reading queries, by purpose. They return the domain's records, never rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord, TeamRecord
from bot.store import tables

_ASSET_COLUMNS = (
    "id", "ref", "kind", "name", "namespace", "description", "aliases", "addresses", "parent_id", "hosting", "tier",
    "links", "unowned_reason", "rule_repository", "rule_pattern", "rule_position",
    "rule_section", "gone_at",
)  # fmt: skip
#: Members by their text: a look-up costs a fraction of what calling the enumeration does.
_AREAS = {area.value: area for area in Area}
_ROLES = {role.value: role for role in Role}
_KINDS = {kind.value: kind for kind in AssetKind}
_HOSTINGS = {hosting.value: hosting for hosting in Hosting}
#: Rows read at a time: small enough that making records of them does not hold the event loop up.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of facts: its name, whether people are the source, and when it was last read whole."""

    id: int
    name: str
    is_human: bool
    last_run_at: datetime | None


@dataclass(frozen=True, slots=True)
class AssetChanges:
    """Assets that changed: those to put in place, and the ids of those that are gone."""

    present: list[AssetRecord]
    gone_ids: list[int]


async def revision(connection: AsyncConnection) -> int:
    """Return the catalog's revision."""
    found = await connection.execute(select(_table(tables.CatalogState).c.revision))
    return int(found.scalar_one())


async def sources(connection: AsyncConnection) -> dict[int, SourceRow]:
    """Return every source by id."""
    t = _table(tables.Source).c
    rows = await connection.execute(select(t.id, t.name, t.is_human, t.last_run_at))
    return {row.id: SourceRow(row.id, row.name, row.is_human, row.last_run_at) for row in rows}


async def people(connection: AsyncConnection, *, after: int) -> list[PersonRecord]:
    """Return the people who changed after a revision."""
    t = _table(tables.Person).c
    columns = (t.id, t.name, t.slack_id, t.email, t.handle, t.is_active)
    rows = await connection.execute(select(*columns).where(t.revision > after))
    return [
        PersonRecord(
            id=row.id,
            name=row.name or row.handle or row.email or row.slack_id or "",
            slack_id=row.slack_id or "",
            email=row.email or "",
            is_active=row.is_active,
        )
        for row in rows
    ]


async def teams(connection: AsyncConnection, *, after: int) -> list[TeamRecord]:
    """Return the teams that changed after a revision, with the ids of their members."""
    t = _table(tables.Team).c
    rows = (await connection.execute(select(_table(tables.Team)).where(t.revision > after))).all()
    members = await _members(connection, [row.id for row in rows])
    return [
        TeamRecord(
            id=row.id,
            name=row.name,
            other_names=(*row.aliases, *row.former_names),
            channel=row.channel,
            user_group=row.user_group,
            timezone=row.timezone,
            lead_id=row.lead_id,
            member_ids=members.get(row.id, ()),
            is_gone=row.gone_at is not None,
        )
        for row in rows
    ]


async def assets(
    connection: AsyncConnection, *, after: int, by_source: dict[int, SourceRow]
) -> AsyncIterator[AssetChanges]:
    """Yield the assets that changed after a revision with their facts in force, some hundred at a time, by id."""
    table, last_id = _table(tables.Asset), 0
    columns = [table.c[name] for name in _ASSET_COLUMNS]  # tags and versions are no part of an answer
    while True:
        query: Select[Any] = (
            select(*columns).where(table.c.revision > after, table.c.id > last_id).order_by(table.c.id).limit(_CHUNK)
        )
        rows = (await connection.execute(query)).all()
        if not rows:
            return
        facts = await _facts(connection, (rows[0].id, rows[-1].id), by_source)
        last_id = rows[-1].id
        yield AssetChanges(
            present=[_asset(row, tuple(facts.get(row[0], ()))) for row in rows if row[-1] is None],
            gone_ids=[row[0] for row in rows if row[-1] is not None],
        )


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]  # SQLModel's types do not show it


async def _members(connection: AsyncConnection, team_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    wanted = set(team_ids)
    t = _table(tables.Membership).c
    found: dict[int, dict[int, None]] = {}
    for team_id, person_id in await connection.execute(select(t.team_id, t.person_id).order_by(t.id)):
        if team_id in wanted:
            found.setdefault(team_id, {})[person_id] = None
    return {team_id: tuple(members) for team_id, members in found.items()}


async def _facts(
    connection: AsyncConnection, id_range: tuple[int, int], by_source: dict[int, SourceRow]
) -> dict[int, list[OwnershipRecord]]:
    t = _table(tables.Ownership).c
    columns = (t.id, t.asset_id, t.team_id, t.person_id, t.area, t.role, t.source_id, t.valid_from)
    rows = await connection.execute(
        select(*columns, t.confirmed_at, t.confirmed_by)
        .where(t.valid_to.is_(None), t.asset_id.between(*id_range))
        .order_by(t.asset_id, t.id)
    )
    found: dict[int, list[OwnershipRecord]] = {}
    for fact_id, asset_id, team_id, person_id, area, role, source_id, valid_from, confirmed_at, confirmed_by in rows:
        source = by_source[source_id]
        found.setdefault(asset_id, []).append(
            OwnershipRecord(
                id=fact_id,
                area=_AREAS[area],
                role=_ROLES[role],
                team_id=team_id,
                person_id=person_id,
                source=source.name,
                is_human=source.is_human,
                valid_from=_same(valid_from),
                confirmed_at=confirmed_at,
                confirmed_by=confirmed_by,
            )
        )
    return found


@lru_cache(maxsize=1024)
def _same(moment: datetime) -> datetime:
    # An import begins a hundred thousand facts at one moment: keep one object for all of them.
    return moment


def _asset(row: Sequence[Any], facts: tuple[OwnershipRecord, ...]) -> AssetRecord:
    """Make a record of a row of `_ASSET_COLUMNS`; unpacked by place, which is what makes 100,000 of them quick."""
    asset_id, ref, kind, name, namespace, description, aliases, addresses, parent_id, hosting, tier, links, *rest = row
    unowned_reason, repository, pattern, position, section, _ = rest
    return AssetRecord(
        id=asset_id,
        ref=ref,
        kind=_KINDS[kind],
        name=name,
        namespace=namespace,
        description=description,
        aliases=tuple(aliases),
        addresses=tuple(addresses),
        parent_id=parent_id,
        hosting=_HOSTINGS[hosting] if hosting else None,
        tier=tier,
        links=tuple([Link(label, url) for label, url in links]) if links else (),
        unowned_reason=unowned_reason,
        facts=facts,
        path_rule=PathRule(repository, pattern, position, section or "") if repository is not None else None,
    )
