"""Reading queries, by purpose. They return the domain's records, never rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from sys import intern
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, bindparam, case, func, select, true, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role
from bot.domain.inventory.deployments import PRODUCTION, Deployment, LastRun, Observed
from bot.domain.inventory.observations import CATALOG
from bot.domain.inventory.scans import SBOM_LIBRARY
from bot.domain.records import (
    NOTHING_OPEN,
    AssetRecord,
    OpenMatters,
    OwnershipRecord,
    PersonRecord,
    TeamRecord,
    own_ref,
)
from bot.domain.sources import ClaimSubject, Source, rank
from bot.store import aliases, releases, tables
from bot.store.open_matters import Ids, among, open_matters, person_of, with_help

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
    "asset_id", "team_id", "person_id", "area", "role", "source_id", "valid_from", "confirmed_at", "confirmed_by",
    "is_agreed",
)  # fmt: skip


_DEPLOYMENT_COLUMNS = (
    "id", "asset_id", "product", "version", "provider", "environment", "address", "how", "source_id",
    "has_extended_support", "first_seen_at", "last_seen_at", "gone_at",
)  # fmt: skip


#: Where more facts, or observations, differ than this, there is little to share.
_MOST_SHARED = 50_000


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the assets of one reading have in common, so that there is one object for all of them.

    `facts` are by what their rows say, but for whose they are; each alone in a tuple, as most assets have one. `ids`
    are those of teams and people.
    """

    facts: dict[tuple[Any, ...], tuple[OwnershipRecord]] = field(default_factory=dict)
    ids: dict[int | None, int | None] = field(default_factory=dict)


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


async def people(connection: AsyncConnection, *, after: int = -1, ids: Ids | None = None) -> list[PersonRecord]:
    """Return the people who changed after a revision; of these ids only, where they are given."""
    t = tables.core(tables.Person).c
    columns = (t.id, t.name, t.slack_id, t.email, t.handle, t.is_active, t.timezone)
    query = select(*columns).where(t.revision > after, among(t.id, ids) if ids is not None else true())
    return [person_of(row) for row in await connection.execute(query)]


async def teams(connection: AsyncConnection, *, after: int = -1, ids: Ids | None = None) -> list[TeamRecord]:
    """Return the teams that changed after a revision, with the ids of their members; of these ids only, where given."""
    t = tables.core(tables.Team).c
    query = select(tables.core(tables.Team)).where(t.revision > after, among(t.id, ids) if ids is not None else true())
    rows = (await connection.execute(query)).all()
    members = await _members(connection, [row.id for row in rows])
    former = await _former_members(connection, [row.id for row in rows])
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
            former_members=former.get(row.id, ()),
            is_gone=row.gone_at is not None,
        )
        for row in rows
    ]


async def assets(
    connection: AsyncConnection, *, after: int, by_source: dict[int, SourceRow]
) -> AsyncIterator[AssetChanges]:
    """Yield the assets that changed after a revision with their facts in force, some hundred at a time, by id."""
    table = tables.core(tables.Asset)
    query = select(*_as_stored(table, _ASSET_COLUMNS)).order_by(table.c.id)
    is_first = after < 0
    chunks = (
        _in_order(connection, query, table.c.id, table.c.revision > after, _FIRST_CHUNK)
        if is_first
        else _by_ids(connection, query, table.c.id, table.c.revision > after)
    )
    shared = _Shared()
    async for rows in chunks:
        # Neighbours are read as a range, which costs less for a whole catalog; those that changed may lie far apart.
        ids = (rows[0][0], rows[-1][0]) if is_first else [row[0] for row in rows]
        yield await _changes(connection, rows, ids, by_source, shared)


async def assets_by_id(connection: AsyncConnection, ids: Collection[int]) -> list[AssetRecord]:
    """Return the assets with these ids that have not left the catalog, with their facts in force."""
    table = tables.core(tables.Asset)
    query = select(*_as_stored(table, _ASSET_COLUMNS)).order_by(table.c.id)
    by_source, shared, found, wanted = await sources(connection), _Shared(), list[AssetRecord](), sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        rows = (await connection.execute(query.where(table.c.id.in_(some)))).all()
        found += (await _changes(connection, rows, some, by_source, shared)).present
    return found


async def _changes(
    connection: AsyncConnection,
    rows: Sequence[Any],
    ids: Ids,
    by_source: dict[int, SourceRow],
    shared: _Shared,
) -> AssetChanges:
    """Return the assets of these rows of `_ASSET_COLUMNS`, with what is said of them."""
    facts = await _facts(connection, ids, by_source, shared)
    matters = await open_matters(connection, ids, {number: each.name for number, each in by_source.items()})
    nobody = await _nobody(connection, [row[0] for row in rows if row[_UNOWNED_AT]])
    decided = await releases.decided(connection, partial(among, ids=ids))
    called = await aliases.given(connection, partial(among, ids=ids))
    return AssetChanges(
        present=[
            releases.applied(
                aliases.applied(
                    _asset(row, facts.get(row[0], ()), matters.get(row[0], NOTHING_OPEN), nobody.get(row[0])),
                    called.get(row[0], ()),
                ),
                decided.get(row[0]),
            )
            for row in rows
            if row[-1] is None
        ],
        gone_ids=[row[0] for row in rows if row[-1] is not None],
    )


async def _in_order(
    connection: AsyncConnection,
    query: Select[Any],
    column: ColumnElement[int],
    is_wanted: ColumnElement[bool],
    size: int,
) -> AsyncIterator[Sequence[Any]]:
    """Yield the rows of a whole table in chunks, by their first column, which is the id."""
    last_id = 0
    chunk = query.where(is_wanted, column > bindparam("last_id")).limit(size)
    while rows := (await connection.execute(chunk, {"last_id": last_id})).all():
        last_id = rows[-1][0]
        yield rows


async def _by_ids(
    connection: AsyncConnection, query: Select[Any], column: ColumnElement[int], is_wanted: ColumnElement[bool]
) -> AsyncIterator[Sequence[Any]]:
    """Yield the few rows of a large table that are wanted, in chunks.

    Their ids come first, because a query in the order of the ids would go through the whole table for them.
    """
    ids = sorted((await connection.execute(select(column).where(is_wanted))).scalars())
    for at in range(0, len(ids), _CHUNK):
        yield (await connection.execute(query.where(column.in_(ids[at : at + _CHUNK])))).all()


async def deployments(
    connection: AsyncConnection, *, after: int, until: int, last_runs: dict[str, LastRun]
) -> AsyncIterator[tuple[int, Deployment, bool]]:
    """Yield deployments that changed after one revision and another, by id: its asset, itself, whether it is gone.

    With `after` below zero these are all that run now. The event loop has its turn after every few hundred. `last_runs`
    by source are shared by what is yielded, and added where one is missing.
    """
    table = tables.core(tables.Deployment)
    by_source = await sources(connection)
    for source in by_source.values():
        last_runs.setdefault(source.name, LastRun()).at = source.last_run_at
    query = select(*_as_stored(table, _DEPLOYMENT_COLUMNS)).order_by(table.c.id)
    chunks = (
        _in_order(connection, query, table.c.id, table.c.gone_at.is_(None), _CHUNK)
        if after < 0
        else _by_ids(connection, query, table.c.id, table.c.revision.between(after + 1, until))
    )
    shared: dict[tuple[Any, ...], Observed] = {}
    async for rows in chunks:
        for number, asset_id, *words, address, how, source_id, goes_on, first, last, gone_at in rows:
            inside = address if how == SBOM_LIBRARY else ""
            key = (*words, how, inside, source_id, goes_on, first, last)
            if (observed := shared.get(key)) is None:
                observed = _observed(key, by_source, last_runs)
                if len(shared) < _MOST_SHARED:
                    shared[key] = observed
            yield asset_id, Deployment(number, observed), gone_at is not None


async def has_deployments(connection: AsyncConnection) -> bool:
    """Whether there is any deployment, be it gone."""
    query = select(tables.core(tables.Deployment).c.id).limit(1)
    return (await connection.execute(query)).first() is not None


async def assets_elsewhere(connection: AsyncConnection, asset_ids: Collection[int] | None = None) -> set[int]:
    """Return the ids of the assets, or of those of `asset_ids`, that are known to run, and nowhere in production."""
    t = tables.core(tables.Deployment).c
    is_production = case((func.lower(t.environment).in_(PRODUCTION), 1), else_=0)
    query = select(t.asset_id).where(t.gone_at.is_(None)).group_by(t.asset_id).having(func.max(is_production) == 0)
    if asset_ids is None:
        return set((await connection.execute(query)).scalars())
    found, wanted = set[int](), sorted(asset_ids)
    for start in range(0, len(wanted), _CHUNK):
        some = query.where(t.asset_id.in_(wanted[start : start + _CHUNK]))
        found |= set((await connection.execute(some)).scalars())
    return found


async def declined_since(connection: AsyncConnection, moment: datetime) -> frozenset[tuple[int, int]]:
    """Return the assets of which something was declined in a handoff since a moment, each with whose answer it was."""
    part, whole = tables.core(tables.HandoffResource), tables.core(tables.Handoff)
    query = (
        select(part.c.asset_id, whole.c.receiver_team_id)
        .join_from(part, whole, part.c.handoff_id == whole.c.id)
        .where(part.c.state == "declined", part.c.answered_at >= moment)
    )
    return frozenset((asset_id, team_id) for asset_id, team_id in await connection.execute(query))


def _observed(said: tuple[Any, ...], by_source: dict[int, SourceRow], last_runs: dict[str, LastRun]) -> Observed:
    *words, source_id, goes_on, first, last = said
    source = by_source[source_id]
    product, version, provider, environment, how, inside = map(intern, words)
    return Observed(
        product=product,
        version=version,
        provider=provider,
        environment=environment,
        source=source.name,
        how=how,
        inside=inside,
        has_extended_support=None if goes_on is None else bool(goes_on),
        first_seen_at=_moment(first),
        recorded_at=_moment(last),
        last_run=last_runs[source.name] if how == CATALOG else None,
    )


def _as_stored(table: Any, names: Iterable[str]) -> list[Any]:
    """Return columns as the driver reads them, without a step a value: on SQLite, JSON and moments are text."""
    return [type_coerce(table.c[name], NullType()) for name in names]


async def _members(connection: AsyncConnection, team_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    wanted = set(team_ids)
    if not wanted:
        return {}
    t = tables.core(tables.Membership).c
    query = select(t.team_id, t.person_id).order_by(t.id)
    if len(wanted) <= _CHUNK:
        query = query.where(t.team_id.in_(sorted(wanted)))
    found: dict[int, dict[int, None]] = {}
    for team_id, person_id in await connection.execute(query):
        if team_id in wanted:
            found.setdefault(team_id, {})[person_id] = None
    return {team_id: tuple(members) for team_id, members in found.items()}


async def _former_members(
    connection: AsyncConnection, team_ids: Iterable[int]
) -> dict[int, tuple[tuple[int, datetime], ...]]:
    """Return who was in each of these teams and when they left, as the last source had it."""
    wanted = set(team_ids)
    t = tables.core(tables.FormerMember).c
    query = select(t.team_id, t.person_id, t.left_at).order_by(t.left_at, t.id)
    if len(wanted) <= _CHUNK:
        query = query.where(t.team_id.in_(sorted(wanted)))
    found: dict[int, dict[int, datetime]] = {}
    for team_id, person_id, left_at in await connection.execute(query):
        if team_id in wanted:
            found.setdefault(team_id, {})[person_id] = left_at
    return {team_id: tuple(people.items()) for team_id, people in found.items()}


async def _facts(
    connection: AsyncConnection, ids: Ids, by_source: dict[int, SourceRow], shared: _Shared
) -> dict[int, tuple[OwnershipRecord, ...]]:
    """Return the facts in force by asset, those of one asset in the order of their rows.

    An import says the same of hundreds of assets, and there is one object for all of them.
    """
    t = tables.core(tables.Ownership).c
    query = (
        select(*_as_stored(tables.core(tables.Ownership), _FACT_COLUMNS))
        .where(t.valid_to.is_(None), among(t.asset_id, ids))
        .order_by(t.asset_id, t.id)
    )
    rows = await connection.execute(query)
    found: dict[int, tuple[OwnershipRecord, ...]] = {}
    for asset_id, *said in rows.all():
        key = tuple(said)
        if (facts := shared.facts.get(key)) is None:
            facts = (_fact(key, by_source, shared.ids),)
            if len(shared.facts) < _MOST_SHARED:
                shared.facts[key] = facts
        held = found.get(asset_id)
        found[asset_id] = facts if held is None else held + facts
    return found


def _fact(said: tuple[Any, ...], by_source: dict[int, SourceRow], ids: dict[int | None, int | None]) -> OwnershipRecord:
    team_id, person_id, area, role, source_id, begun, confirmed, confirmed_by, is_agreed = said
    source = by_source[source_id]
    return OwnershipRecord(
        area=_AREAS[area],
        role=_ROLES[role],
        team_id=ids.setdefault(team_id, team_id),
        person_id=ids.setdefault(person_id, person_id),
        source=source.name,
        is_human=source.is_human,
        is_agreed=bool(is_agreed),
        valid_from=_moment(begun),
        confirmed_at=None if confirmed is None else _moment(confirmed),
        confirmed_by=ids.setdefault(confirmed_by, confirmed_by),
    )


async def _nobody(connection: AsyncConnection, asset_ids: Sequence[int]) -> dict[int, Source]:
    """Return the most believed source that says of each asset that nobody owns it on purpose; there are few of them."""
    if not asset_ids:
        return {}
    claim, source = tables.core(tables.Claim).c, tables.core(tables.Source).c
    query = (
        select(claim.subject_id, source.id, source.name, source.format, source.is_human, source.precedence)
        .join_from(tables.core(tables.Claim), tables.core(tables.Source), source.id == claim.source_id)
        .where(claim.subject == ClaimSubject.ASSET.value, claim.subject_id.in_(asset_ids), claim.digest != "")
        .where(claim.content["unowned_reason"].as_string().is_not(None))
    )
    found: dict[int, Source] = {}
    for asset_id, *columns in await connection.execute(query):
        one = Source(*columns)
        found[asset_id] = min(found.get(asset_id, one), one, key=rank)
    return found


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
    row: Sequence[Any], facts: tuple[OwnershipRecord, ...], matters: OpenMatters, nobody: Source | None
) -> AssetRecord:
    """Make a record of a row of `_ASSET_COLUMNS`; unpacked by place, which is what makes 100,000 of them quick."""
    asset_id, ref, kind, name, namespace, description, aliases, addresses, parent_id, hosting, tier, links, *rest = row
    unowned_reason, repository, pattern, position, section, _ = rest
    if matters.helped:
        facts = tuple(with_help(each, matters) for each in facts)
    return AssetRecord(
        id=asset_id,
        own_ref=own_ref(ref, _KINDS[kind], name),
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
        matters=matters,
    )
