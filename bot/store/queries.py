"""Queries by purpose. They return the domain's records, never rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role
from bot.domain.records import (
    NO_SOURCE,
    NOTHING_OPEN,
    AssetRecord,
    NobodyRecord,
    OpenMatters,
    OwnershipRecord,
    PersonRecord,
    TeamRecord,
    UnownedBy,
    own_ref,
)
from bot.domain.sources import ClaimSubject, Source, rank
from bot.store import aliases, releases, tables
from bot.store.large_tables import CHUNK, MOST_SHARED, Among, Ids, about_ids, as_stored, asked, by_ids, in_order, moment
from bot.store.open_matters import among, open_matters, person_of, with_help

_ASSET_COLUMNS = (
    "id", "ref", "kind", "name", "namespace", "description", "aliases", "addresses", "parent_id", "hosting", "tier",
    "links", "unowned_reason", "rule_repository", "rule_pattern", "rule_position",
    "rule_section", "gone_at",
)  # fmt: skip
_UNOWNED_AT = _ASSET_COLUMNS.index("unowned_reason")
#: Members by their text: looking one up is much faster than calling the enumeration.
_AREAS = {area.value: area for area in Area}
_ROLES = {role.value: role for role in Role}
_KINDS = {kind.value: kind for kind in AssetKind}
_HOSTINGS = {hosting.value: hosting for hosting in Hosting}
#: Rows read at a time at the start, when nothing is answered yet anyway.
_FIRST_CHUNK = 2000
_FACT_COLUMNS = (
    "asset_id", "team_id", "person_id", "area", "role", "source_id", "valid_from", "confirmed_at", "confirmed_by",
    "is_agreed",
)  # fmt: skip

_STATE, _SOURCE = tables.core(tables.CatalogState), tables.core(tables.Source)
_REVISION = select(_STATE.c.revision)
_REVISION_AND_SOURCES = select(
    _STATE.c.revision, _SOURCE.c.id, _SOURCE.c.name, _SOURCE.c.is_human, _SOURCE.c.last_run_at
).select_from(_STATE.outerjoin(_SOURCE, true()))


@dataclass(frozen=True, slots=True)
class _Shared:
    """Values that the assets of one reading share, so that there is one object for all of them.

    `facts` are by the content of their rows without their owner; each is alone in a tuple, because most assets have
    one. `ids` are those of teams and people.
    """

    facts: dict[tuple[Any, ...], tuple[OwnershipRecord]] = field(default_factory=dict)
    ids: dict[int | None, int | None] = field(default_factory=dict)


#: What people have said, by asset id: open matters, decisions about its owner, and names that they gave it.
_Beside = tuple[dict[int, OpenMatters], dict[int, tuple[NobodyRecord, str]], dict[int, tuple[str, ...]]]
_EVERY_ID = (0, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of facts: its name, whether it is people's decisions, and when it was last read completely."""

    name: str
    is_human: bool
    last_run_at: datetime | None


@dataclass(frozen=True, slots=True)
class AssetChanges:
    """Assets that changed: those to add or replace, and the ids of those that are gone."""

    present: list[AssetRecord]
    gone_ids: list[int]


async def revision(connection: AsyncConnection) -> int:
    """Return the catalog's revision."""
    return int((await connection.execute(_REVISION)).scalar_one())


async def revision_and_sources(connection: AsyncConnection) -> tuple[int, dict[int, SourceRow]]:
    """Return the catalog's revision, and every source by id: the most frequent read, in one query."""
    rows = (await connection.execute(_REVISION_AND_SOURCES)).all()
    sources = {row.id: SourceRow(row.name, row.is_human, row.last_run_at) for row in rows if row.id is not None}
    return int(rows[0].revision), sources


async def people(connection: AsyncConnection, *, after: int = -1, ids: Ids | None = None) -> list[PersonRecord]:
    """Return the people who changed after a revision; if `ids` is given, only those among it."""
    t = tables.core(tables.Person).c
    columns = (t.id, t.name, t.slack_id, t.email, t.handle, t.is_active, t.timezone)
    query = select(*columns).where(t.revision > after, among(t.id, ids) if ids is not None else true())
    return [person_of(row) for row in await connection.execute(query)]


async def teams(connection: AsyncConnection, *, after: int = -1, ids: Ids | None = None) -> list[TeamRecord]:
    """Return the teams that changed after a revision, with their members' ids; only those in `ids`, if given."""
    t = tables.core(tables.Team).c
    query = select(tables.core(tables.Team)).where(t.revision > after, among(t.id, ids) if ids is not None else true())
    rows = (await connection.execute(query)).all()
    m, f, found = tables.core(tables.Membership).c, tables.core(tables.FormerMember).c, {row.id for row in rows}
    in_them = select(m.team_id, m.person_id, m.id).order_by(m.id)
    members = await _in_teams(connection, in_them, m.team_id, found)
    # Former members, with the day on which they left according to the last source that had them.
    left_them = select(f.team_id, f.person_id, f.left_at).order_by(f.left_at, f.id)
    former = await _in_teams(connection, left_them, f.team_id, found)
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
            member_ids=tuple(members.get(row.id, ())),
            former_members=tuple(former.get(row.id, {}).items()),
            is_gone=row.gone_at is not None,
        )
        for row in rows
    ]


async def assets(
    connection: AsyncConnection, *, after: int, by_source: dict[int, SourceRow]
) -> AsyncIterator[AssetChanges]:
    """Yield the assets that changed after a revision with their facts in force, a few hundred at a time, by id."""
    table = tables.core(tables.Asset)
    query = select(*as_stored(table, _ASSET_COLUMNS)).order_by(table.c.id)
    is_first = after < 0
    chunks = (
        in_order(connection, query, table.c.id, table.c.revision > after, _FIRST_CHUNK)
        if is_first
        else by_ids(connection, query, table.c.id, table.c.revision > after)
    )
    shared = _Shared()
    beside = await _beside(connection, _EVERY_ID, by_source) if is_first else None
    async for rows in chunks:
        # A whole catalog is read in ranges of ids, which is cheaper; ids of changed assets may be far apart.
        ids = (rows[0][0], rows[-1][0]) if is_first else [row[0] for row in rows]
        yield await _changes(connection, rows, ids, by_source, shared, beside)


async def _beside(connection: AsyncConnection, ids: Ids, by_source: dict[int, SourceRow]) -> _Beside:
    """Return what people have said about assets.

    For a whole catalog it is read at once, because there is little of it.
    """
    return (
        await open_matters(connection, ids, {number: each.name for number, each in by_source.items()}),
        await releases.decided(connection, ids),
        await aliases.given(connection, ids),
    )


async def assets_by_id(connection: AsyncConnection, ids: Collection[int]) -> list[AssetRecord]:
    """Return the assets with these ids that are still in the catalog, with their facts in force."""
    table = tables.core(tables.Asset)
    query = select(*as_stored(table, _ASSET_COLUMNS)).order_by(table.c.id)
    _, by_source = await revision_and_sources(connection)
    shared, found, wanted = _Shared(), list[AssetRecord](), sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        rows = (await connection.execute(query.where(table.c.id.in_(some)))).all()
        found += (await _changes(connection, rows, some, by_source, shared)).present
    return found


async def _changes(
    connection: AsyncConnection,
    rows: Sequence[Any],
    ids: Ids,
    by_source: dict[int, SourceRow],
    shared: _Shared,
    beside: _Beside | None = None,
) -> AssetChanges:
    """Return the assets in these rows of `_ASSET_COLUMNS`, with what is said about them.

    `beside` is what people have said about them (or about more assets), if it was read already.
    """
    facts = await _facts(connection, ids, by_source, shared)
    unowned = [row[0] for row in rows if row[_UNOWNED_AT]]
    nobody = await _nobody(connection, unowned) if unowned else {}
    matters, decided, called = beside or await _beside(connection, ids, by_source)
    present = list[AssetRecord]()
    for row in rows:
        if row[-1] is None:
            number = row[0]
            asset = _asset(row, facts.get(number, ()), matters.get(number, NOTHING_OPEN), nobody.get(number))
            if number in called:
                asset = aliases.applied(asset, called[number])
            present.append(releases.applied(asset, decided[number]) if number in decided else asset)
    return AssetChanges(present, gone_ids=[row[0] for row in rows if row[-1] is not None])


async def declined_since(connection: AsyncConnection, moment: datetime) -> frozenset[tuple[int, int]]:
    """Return pairs of an asset and a team that has declined something of it in a handoff since a moment."""
    part, whole = tables.core(tables.HandoffResource), tables.core(tables.Handoff)
    query = (
        select(part.c.asset_id, whole.c.receiver_team_id)
        .join_from(part, whole, part.c.handoff_id == whole.c.id)
        .where(part.c.state == "declined", part.c.answered_at >= moment)
    )
    return frozenset((asset_id, team_id) for asset_id, team_id in await connection.execute(query))


async def _in_teams(
    connection: AsyncConnection, query: Select[Any], team_id: ColumnElement[int], wanted: set[int]
) -> dict[int, dict[int, Any]]:
    """Return by team id the people that `query` finds, each once per team, with the third column of their row."""
    found: dict[int, dict[int, Any]] = {}
    if 0 < len(wanted) <= CHUNK:
        query = query.where(team_id.in_(sorted(wanted)))
    for team, person, said in await connection.execute(query) if wanted else ():
        if team in wanted:
            found.setdefault(team, {})[person] = said
    return found


async def _facts(
    connection: AsyncConnection, ids: Ids, by_source: dict[int, SourceRow], shared: _Shared
) -> dict[int, tuple[OwnershipRecord, ...]]:
    """Return the facts in force by asset id, those of one asset in the order of their rows.

    An import says the same about hundreds of assets; they share one object.
    """
    rows = await asked(connection, _in_force, ids)
    found: dict[int, tuple[OwnershipRecord, ...]] = {}
    for row in rows.all():
        asset_id, key = row[0], row[1:]
        if (facts := shared.facts.get(key)) is None:
            facts = (_fact(key, by_source, shared.ids),)
            if len(shared.facts) < MOST_SHARED:
                shared.facts[key] = facts
        held = found.get(asset_id)
        found[asset_id] = facts if held is None else held + facts
    return found


@about_ids
def _in_force(among: Among) -> Select[Any]:
    fact = tables.core(tables.Ownership)
    return (
        select(*as_stored(fact, _FACT_COLUMNS))
        .where(fact.c.valid_to.is_(None), among(fact.c.asset_id))
        .order_by(fact.c.asset_id, fact.c.id)
    )


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
        valid_from=moment(begun),
        confirmed_at=None if confirmed is None else moment(confirmed),
        confirmed_by=ids.setdefault(confirmed_by, confirmed_by),
    )


async def _nobody(connection: AsyncConnection, asset_ids: Sequence[int]) -> dict[int, Source]:
    """Return, by asset id, the most believed source that says that nobody owns it on purpose. There are few of them."""
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


def _listed(stored: str | Sequence[Any]) -> Sequence[Any]:
    """Return a JSON list as stored."""
    return orjson.loads(stored) if isinstance(stored, str) else stored


def _asset(
    row: Sequence[Any], facts: tuple[OwnershipRecord, ...], matters: OpenMatters, nobody: Source | None
) -> AssetRecord:
    """Make a record from a row of `_ASSET_COLUMNS`. Values are unpacked by position, which is fast for 100,000 rows."""
    asset_id, ref, kind, name, namespace, description, aliases, addresses, parent_id, hosting, tier, links, *rest = row
    unowned_reason, repository, pattern, position, section, _ = rest
    if matters.helped:
        facts = tuple(with_help(each, matters) for each in facts)
    return AssetRecord(
        id=asset_id,
        own_ref=own_ref(ref, _KINDS[kind], name),
        kind=_KINDS[kind],
        name=name,
        namespace=intern(namespace),
        description=description,
        # Nearly all lists are empty, and need no parsing.
        aliases=tuple(_listed(aliases)) if aliases != "[]" else (),
        addresses=tuple(_listed(addresses)) if addresses != "[]" else (),
        parent_id=parent_id,
        hosting=_HOSTINGS[hosting] if hosting else None,
        tier=tier,
        links=tuple([Link(intern(label), url) for label, url in _listed(links)]) if links != "[]" else (),
        unowned_reason=unowned_reason,
        unowned_by=UnownedBy(nobody.name, nobody.precedence is not None) if nobody is not None else NO_SOURCE,
        facts=facts,
        path_rule=PathRule(repository, pattern, position, section or "") if repository is not None else None,
        matters=matters,
    )
