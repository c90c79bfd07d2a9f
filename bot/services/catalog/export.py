"""The catalog as claims of one source: what all sources together say, or what one of them said last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import (
    Area,
    AssetClaim,
    AssetKind,
    Hosting,
    Link,
    Origin,
    OwnerClaim,
    OwnerRef,
    OwnerType,
    OwnVersion,
    PathRule,
    PersonClaim,
    Role,
    Runs,
    SourceCatalog,
    TeamClaim,
)
from bot.domain.reconcile.claims import decode_asset, decode_person, decode_team
from bot.domain.sources import ClaimSubject, Source, rank
from bot.errors import NotFoundError
from bot.services.catalog import _versions
from bot.services.catalog._run import all_sources
from bot.services.deps import Deps
from bot.store import tables
from bot.store.bulk import select_all, table_of

_HERE = Origin("export")


@dataclass(frozen=True, slots=True)
class Exported:
    """The claims, and the refs of assets of which one side of a dispute had to be left out."""

    catalog: SourceCatalog
    one_sided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fact:
    area: Area
    role: Role
    owner: OwnerRef
    source: Source


async def export(deps: Deps) -> Exported:
    """Return the catalog as all sources and people's decisions have it.

    One file cannot disagree with itself: of a dispute, the side that is believed first is kept, people's before files'.
    """
    catalog = SourceCatalog()
    async with deps.database.connected() as connection:
        teams = await _teams(connection)
        people = await _people(connection)
        catalog.people = [each for each in people.values() if _reference(each)]
        members = await _members(connection, people)
        catalog.teams = [_with_people(row, members, people) for row in teams.values() if row.gone_at is None]
        catalog.teams.sort(key=lambda team: team.name)
        facts = await _facts(connection, {number: row.name for number, row in teams.items()}, people)
        refs = await _refs(connection)
        one_sided, versions = [], await _versions.of_assets(connection)
        async for row in _assets(connection):
            kept, is_whole = _believed(facts.get(row.id, []))
            if not is_whole:
                one_sided.append(row.ref)
            catalog.assets.append(_asset(row, kept, refs, _versions.claimed(versions.get(row.ref, ()))))
    catalog.assets.sort(key=lambda asset: asset.external_id)
    return Exported(catalog, tuple(sorted(one_sided)))


async def export_source(deps: Deps, name: str) -> SourceCatalog:
    """Return what one source said when it was read last. Raises NotFoundError, with the names, when there is none."""
    catalog = SourceCatalog()
    async with deps.database.connected() as connection:
        s = table_of(tables.Source).c
        found = {row.name: row.id for row in await connection.execute(select(s.id, s.name))}
        if name not in found:
            raise NotFoundError(f"There is no source '{name}'; there are: {', '.join(sorted(found)) or 'none yet'}.")
        t = table_of(tables.Claim).c
        query = select(t.id, t.subject, t.external_id, t.content).where(t.source_id == found[name], t.digest != "")
        async for rows in select_all(connection, query, t.id):
            for row in rows:
                if row.subject == ClaimSubject.ASSET:
                    catalog.assets.append(decode_asset(row.content, external=row.external_id, origin=_HERE))
                elif row.subject == ClaimSubject.TEAM:
                    catalog.teams.append(decode_team(row.content, origin=_HERE))
                else:
                    catalog.people.append(decode_person(row.content, origin=_HERE))
    catalog.assets.sort(key=lambda asset: asset.external_id)
    catalog.teams.sort(key=lambda team: team.name)
    return catalog


def _believed(facts: list[_Fact]) -> tuple[list[_Fact], bool]:
    """Return the facts of the first side of each area, and whether that is all of them. Sides that agree add up."""
    kept: list[_Fact] = []
    is_whole = True
    taken: dict[tuple[Area, Role], set[OwnerRef]] = {}
    for fact in sorted(facts, key=lambda each: rank(each.source)):
        held = taken.get((fact.area, fact.role))
        key = (fact.area, fact.role, fact.source)
        mine = {each.owner for each in facts if (each.area, each.role, each.source) == key}
        if fact.role is Role.OWNER and held is not None and not held & mine:
            is_whole = False
            continue
        taken.setdefault((fact.area, fact.role), set()).update(mine)
        kept.append(fact)
    return kept, is_whole


def _asset(row: Any, facts: list[_Fact], refs: Mapping[int, str], versions: tuple[OwnVersion, ...]) -> AssetClaim:
    owners = dict.fromkeys(OwnerClaim(fact.owner, fact.area, fact.role) for fact in facts)
    rule = None
    if row.rule_repository is not None:
        rule = PathRule(row.rule_repository, row.rule_pattern, row.rule_position, row.rule_section or "")
    return AssetClaim(
        external_id=row.ref,
        kind=AssetKind(row.kind),
        name=row.name,
        namespace=row.namespace,
        description=row.description,
        aliases=tuple(row.aliases),
        addresses=tuple(row.addresses),
        parent=refs.get(row.parent_id, ""),
        hosting=Hosting(row.hosting) if row.hosting else None,
        tier=row.tier,
        links=tuple(Link(label, url) for label, url in row.links),
        tags=tuple((key, value) for key, value in row.tags),
        runs=tuple(Runs(*runs) for runs in row.runs),
        versions=versions,
        owners=tuple(owners),
        unowned_reason="" if owners else row.unowned_reason,
        path_rule=rule,
        origin=_HERE,
    )


async def _assets(connection: AsyncConnection) -> AsyncIterator[Any]:
    table = table_of(tables.Asset)
    async for rows in select_all(connection, select(table).where(table.c.gone_at.is_(None)), table.c.id):
        for row in rows:
            yield row


async def _refs(connection: AsyncConnection) -> dict[int, str]:
    t = table_of(tables.Asset).c
    query = select(t.id, t.ref).where(t.gone_at.is_(None))
    return {row.id: row.ref async for rows in select_all(connection, query, t.id) for row in rows}


async def _teams(connection: AsyncConnection) -> dict[int, Any]:
    table = table_of(tables.Team)
    return {row.id: row async for rows in select_all(connection, select(table), table.c.id) for row in rows}


async def _people(connection: AsyncConnection) -> dict[int, PersonClaim]:
    table = table_of(tables.Person)
    return {
        row.id: PersonClaim(
            name=row.name,
            slack_id=row.slack_id or "",
            email=row.email or "",
            handle=row.handle or "",
            timezone=row.timezone,
            is_active=row.is_active,
            origin=_HERE,
        )
        async for rows in select_all(connection, select(table), table.c.id)
        for row in rows
    }


async def _members(connection: AsyncConnection, people: Mapping[int, PersonClaim]) -> dict[int, tuple[str, ...]]:
    t = table_of(tables.Membership).c
    found: dict[int, dict[str, None]] = {}
    query = select(t.id, t.team_id, t.person_id)
    async for rows in select_all(connection, query, t.id):
        for row in rows:
            found.setdefault(row.team_id, {})[_reference(people[row.person_id])] = None
    return {team: tuple(sorted(name for name in names if name)) for team, names in found.items()}


async def _facts(
    connection: AsyncConnection, teams: Mapping[int, str], people: Mapping[int, PersonClaim]
) -> dict[int, list[_Fact]]:
    t = table_of(tables.Ownership).c
    sources = await all_sources(connection)
    found: dict[int, list[_Fact]] = {}
    query = select(t.id, t.asset_id, t.team_id, t.person_id, t.area, t.role, t.source_id).where(t.valid_to.is_(None))
    async for chunk in select_all(connection, query, t.id):
        for row in chunk:
            name = teams.get(row.team_id, "") if row.team_id is not None else _reference(people[row.person_id])
            type_ = OwnerType.TEAM if row.team_id is not None else OwnerType.PERSON
            if name:
                owner = OwnerRef(name, type_, f"{type_.value}:{name}")
                fact = _Fact(Area(row.area), Role(row.role), owner, sources[row.source_id])
                found.setdefault(row.asset_id, []).append(fact)
    return found


def _with_people(row: Any, members: Mapping[int, tuple[str, ...]], people: Mapping[int, PersonClaim]) -> TeamClaim:
    return TeamClaim(
        name=row.name,
        aliases=tuple(row.aliases),
        former_names=tuple(row.former_names),
        channel=row.channel,
        user_group=row.user_group,
        timezone=row.timezone,
        lead=_reference(people[row.lead_id]) if row.lead_id is not None else "",
        manager=_reference(people[row.manager_id]) if row.manager_id is not None else "",
        members=members.get(row.id, ()),
        origin=_HERE,
    )


def _reference(person: PersonClaim) -> str:
    """Return what a person is known by in a file: e-mail address, Slack id or handle; empty for none."""
    return person.email or person.slack_id or person.handle
