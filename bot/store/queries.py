"""Reading queries, by purpose. They return the domain's records, never rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import Any

import orjson
from sqlalchemy import Select, bindparam, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role
from bot.domain.inventory.deployments import Deployment
from bot.domain.reconcile.claims import Source, Subject, rank
from bot.domain.records import AssetRecord, DoubtRecord, OwnershipRecord, PersonRecord, TeamRecord
from bot.store import tables

_ASSET_COLUMNS = (
    "id", "ref", "kind", "name", "namespace", "description", "aliases", "addresses", "parent_id", "hosting", "tier",
    "links", "unowned_reason", "rule_repository", "rule_pattern", "rule_position",
    "rule_section", "gone_at",
)  # fmt: skip
_UNOWNED_AT = _ASSET_COLUMNS.index("unowned_reason")
#: Members by their text: a look-up costs a fraction of what calling the enumeration does.
_AREAS = {area.value: area for area in Area}
_ROLES = {role.value: role for role in Role}
_KINDS = {kind.value: kind for kind in AssetKind}
_HOSTINGS = {hosting.value: hosting for hosting in Hosting}
#: Rows read at a time: small enough that making records of them does not hold the event loop up.
_CHUNK = 500
#: … and when nothing is answered yet anyway.
_FIRST_CHUNK = 2000
_FACT_COLUMNS = (
    "id", "asset_id", "team_id", "person_id", "area", "role", "source_id", "valid_from", "confirmed_at", "confirmed_by",
)  # fmt: skip


_DEPLOYMENT_COLUMNS = (
    "id", "asset_id", "product", "version", "provider", "environment", "how", "source_id", "has_extended_support",
    "first_seen_at", "last_seen_at",
)  # fmt: skip


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
    found = await connection.execute(select(tables.core(tables.CatalogState).c.revision))
    return int(found.scalar_one())


async def sources(connection: AsyncConnection) -> dict[int, SourceRow]:
    """Return every source by id."""
    t = tables.core(tables.Source).c
    rows = await connection.execute(select(t.id, t.name, t.is_human, t.last_run_at))
    return {row.id: SourceRow(row.id, row.name, row.is_human, row.last_run_at) for row in rows}


async def people(connection: AsyncConnection, *, after: int) -> list[PersonRecord]:
    """Return the people who changed after a revision."""
    t = tables.core(tables.Person).c
    columns = (t.id, t.name, t.slack_id, t.email, t.handle, t.is_active, t.timezone)
    return [_person(row) for row in await connection.execute(select(*columns).where(t.revision > after))]


async def teams(connection: AsyncConnection, *, after: int) -> list[TeamRecord]:
    """Return the teams that changed after a revision, with the ids of their members."""
    t = tables.core(tables.Team).c
    rows = (await connection.execute(select(tables.core(tables.Team)).where(t.revision > after))).all()
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
            manager_id=row.manager_id,
            member_ids=members.get(row.id, ()),
            is_gone=row.gone_at is not None,
        )
        for row in rows
    ]


async def assets(
    connection: AsyncConnection, *, after: int, by_source: dict[int, SourceRow]
) -> AsyncIterator[AssetChanges]:
    """Yield the assets that changed after a revision with their facts in force, some hundred at a time, by id."""
    table, last_id = tables.core(tables.Asset), 0
    query: Select[Any] = (
        select(*_as_stored(table, _ASSET_COLUMNS))  # tags and versions are no part of an answer
        .where(table.c.revision > after, table.c.id > bindparam("last_id"))
        .order_by(table.c.id)
        .limit(_FIRST_CHUNK if after < 0 else _CHUNK)
    )
    while True:
        rows = (await connection.execute(query, {"last_id": last_id})).all()
        if not rows:
            return
        facts = await _facts(connection, (rows[0][0], rows[-1][0]), by_source)
        doubts = await _doubts(connection, (rows[0][0], rows[-1][0]))
        nobody = await _nobody(connection, [row[0] for row in rows if row[_UNOWNED_AT]])
        last_id = rows[-1][0]
        yield AssetChanges(
            present=[
                _asset(row, tuple(facts.get(row[0], ())), tuple(doubts.get(row[0], ())), nobody.get(row[0]))
                for row in rows
                if row[-1] is None
            ],
            gone_ids=[row[0] for row in rows if row[-1] is not None],
        )


async def deployments(connection: AsyncConnection) -> AsyncIterator[Deployment]:
    """Yield what runs and is not gone, by id; the event loop has its turn after every few hundred."""
    table, last_id = tables.core(tables.Deployment), 0
    by_source = await sources(connection)
    query: Select[Any] = (
        select(*_as_stored(table, _DEPLOYMENT_COLUMNS))
        .where(table.c.gone_at.is_(None), table.c.id > bindparam("last_id"))
        .order_by(table.c.id)
        .limit(_CHUNK)
    )
    while True:
        rows = (await connection.execute(query, {"last_id": last_id})).all()
        if not rows:
            return
        last_id = rows[-1][0]
        for row in rows:
            yield _deployment(row, by_source)


def _deployment(row: Any, by_source: dict[int, SourceRow]) -> Deployment:
    number, asset_id, product, version, provider, environment, how, source_id, goes_on, first, last = row
    source, last_seen_at = by_source[source_id], _moment(last)
    if how == "catalog" and source.last_run_at is not None and source.last_run_at > last_seen_at:
        last_seen_at = source.last_run_at  # an import that changes nothing has seen everything again
    return Deployment(
        id=number,
        asset_id=asset_id,
        product=product,
        version=version,
        provider=provider,
        environment=environment,
        source=source.name,
        how=how,
        has_extended_support=None if goes_on is None else bool(goes_on),
        first_seen_at=_moment(first),
        last_seen_at=last_seen_at,
    )


def _as_stored(table: Any, names: Iterable[str]) -> list[Any]:
    """Return columns as the driver reads them, without a step a value: on SQLite, JSON and moments are text."""
    return [type_coerce(table.c[name], NullType()) for name in names]


async def _members(connection: AsyncConnection, team_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    wanted = set(team_ids)
    t = tables.core(tables.Membership).c
    found: dict[int, dict[int, None]] = {}
    for team_id, person_id in await connection.execute(select(t.team_id, t.person_id).order_by(t.id)):
        if team_id in wanted:
            found.setdefault(team_id, {})[person_id] = None
    return {team_id: tuple(members) for team_id, members in found.items()}


async def _facts(
    connection: AsyncConnection, id_range: tuple[int, int], by_source: dict[int, SourceRow]
) -> dict[int, list[OwnershipRecord]]:
    t = tables.core(tables.Ownership).c
    query = (
        select(*_as_stored(tables.core(tables.Ownership), _FACT_COLUMNS))
        .where(t.valid_to.is_(None), t.asset_id.between(bindparam("first"), bindparam("last")))
        .order_by(t.asset_id, t.id)
    )
    rows = await connection.execute(query, {"first": id_range[0], "last": id_range[1]})
    found: dict[int, list[OwnershipRecord]] = {}
    for fact_id, asset_id, team_id, person_id, area, role, source_id, begun, confirmed, confirmed_by in rows.all():
        source = by_source[source_id]
        fact = OwnershipRecord(
            id=fact_id,
            area=_AREAS[area],
            role=_ROLES[role],
            team_id=team_id,
            person_id=person_id,
            source=source.name,
            is_human=source.is_human,
            valid_from=_moment(begun),
            confirmed_at=None if confirmed is None else _moment(confirmed),
            confirmed_by=confirmed_by,
        )
        if (held := found.get(asset_id)) is None:
            found[asset_id] = [fact]
        else:
            held.append(fact)
    return found


async def _doubts(connection: AsyncConnection, id_range: tuple[int, int]) -> dict[int, list[DoubtRecord]]:
    """Return the doubts that no owner has settled, by asset; there are few of them."""
    doubt, person = tables.core(tables.OwnerDoubt).c, tables.core(tables.Person).c
    query = (
        select(
            *(doubt.asset_id, doubt.reason, doubt.at),
            *(person.id, person.name, person.slack_id, person.email, person.handle, person.is_active, person.timezone),
        )
        .join_from(tables.core(tables.OwnerDoubt), tables.core(tables.Person), person.id == doubt.person_id)
        .where(doubt.settled_at.is_(None), doubt.asset_id.between(*id_range))
        .order_by(doubt.id)
    )
    found: dict[int, list[DoubtRecord]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.asset_id, []).append(DoubtRecord(_person(row), row.reason, row.at))
    return found


async def _nobody(connection: AsyncConnection, asset_ids: Sequence[int]) -> dict[int, Source]:
    """Return the most believed source that says of each asset that nobody owns it on purpose; there are few of them."""
    if not asset_ids:
        return {}
    claim, source = tables.core(tables.Claim).c, tables.core(tables.Source).c
    query = (
        select(claim.subject_id, source.id, source.name, source.format, source.is_human, source.precedence)
        .join_from(tables.core(tables.Claim), tables.core(tables.Source), source.id == claim.source_id)
        .where(claim.subject == Subject.ASSET.value, claim.subject_id.in_(asset_ids), claim.digest != "")
        .where(claim.content["unowned_reason"].as_string().is_not(None))
    )
    found: dict[int, Source] = {}
    for asset_id, *columns in await connection.execute(query):
        one = Source(*columns)
        found[asset_id] = min(found.get(asset_id, one), one, key=rank)
    return found


def _person(row: Any) -> PersonRecord:
    return PersonRecord(
        id=row.id,
        name=row.name or row.handle or row.email or row.slack_id or "",
        slack_id=row.slack_id or "",
        email=row.email or "",
        is_active=row.is_active,
        timezone=row.timezone,
    )


@lru_cache(maxsize=1024)
def _moment(stored: str | datetime) -> datetime:
    """Return a moment as `UTCDateTime` reads it, text on SQLite.

    An import begins a hundred thousand facts at one moment: there is one object for all of them.
    """
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _listed(stored: str | Sequence[Any]) -> Sequence[Any]:
    """Return a JSON list as stored. Nearly all are empty, and not worth reading."""
    if isinstance(stored, str):
        return orjson.loads(stored) if stored != "[]" else ()
    return stored


def _asset(
    row: Sequence[Any], facts: tuple[OwnershipRecord, ...], doubts: tuple[DoubtRecord, ...], nobody: Source | None
) -> AssetRecord:
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
        aliases=tuple(_listed(aliases)),
        addresses=tuple(_listed(addresses)),
        parent_id=parent_id,
        hosting=_HOSTINGS[hosting] if hosting else None,
        tier=tier,
        links=tuple([Link(intern(label), url) for label, url in _listed(links)]),
        unowned_reason=unowned_reason,
        unowned_source=nobody.name if nobody is not None else "",
        is_unowned_preferred=nobody is not None and nobody.precedence is not None,
        facts=facts,
        path_rule=PathRule(repository, pattern, position, section or "") if repository is not None else None,
        doubts=doubts,
    )
