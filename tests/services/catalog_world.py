"""Builders of claims, and a world that imports them and shows what the store holds afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bot.domain.catalog import (
    Area,
    AssetClaim,
    AssetKind,
    Origin,
    OwnerClaim,
    OwnerRef,
    OwnerType,
    PersonClaim,
    Problem,
    Role,
    SourceCatalog,
    TeamClaim,
)
from bot.services.catalog import ImportReport, import_catalog
from bot.services.deps import Deps
from bot.store import tables
from bot.store.db import Database

AT = Origin("catalog.yaml", 1)


def owner(
    name: str, *, area: Area = Area.ALL, role: Role = Role.OWNER, kind: OwnerType = OwnerType.UNSAID
) -> OwnerClaim:
    return OwnerClaim(OwnerRef(name, kind, name), area, role)


def asset(external_id: str, name: str | None = None, *owners: str | OwnerClaim, **fields: Any) -> AssetClaim:
    fields.setdefault("kind", AssetKind.SERVICE)
    fields.setdefault("origin", AT)
    owned = tuple(owner(one) if isinstance(one, str) else one for one in owners)
    return AssetClaim(external_id=external_id, name=name or external_id, owners=owned, **fields)


def team(name: str, **fields: Any) -> TeamClaim:
    fields.setdefault("origin", AT)
    return TeamClaim(name=name, **fields)


def person(**fields: Any) -> PersonClaim:
    fields.setdefault("origin", AT)
    return PersonClaim(**fields)


Said = AssetClaim | TeamClaim | PersonClaim | Problem


def catalog(*claims: Said) -> SourceCatalog:
    made = SourceCatalog()
    for claim in claims:
        match claim:
            case AssetClaim():
                made.assets.append(claim)
            case TeamClaim():
                made.teams.append(claim)
            case PersonClaim():
                made.people.append(claim)
            case Problem():
                made.problems.append(claim)
    return made


class World:
    """A database with imports into it; the clock moves a minute before each."""

    def __init__(self, database: Database, clock: Any) -> None:
        self.database, self.clock = database, clock
        self.deps = Deps(database, clock)

    async def load(
        self, source: str, *claims: Said, format_name: str | None = None, paths: Iterable[str] = ("x",), **options: Any
    ) -> ImportReport:
        self.clock.advance(timedelta(minutes=1))
        options.setdefault("trust_people", True)
        return await import_catalog(
            self.deps,
            catalog(*claims),
            source=source,
            format_name=format_name or source,
            paths=list(paths),
            **options,
        )

    @asynccontextmanager
    async def rehearsing(self) -> AsyncIterator[None]:
        """Everything loaded here is undone in the end."""
        async with self.database.rehearsal() as store:
            self.deps = Deps(store, self.clock)
            yield
        self.deps = Deps(self.database, self.clock)

    async def rows(self, model: Any, *conditions: Any) -> list[Any]:
        async with self.database.reading() as session:
            found = await session.execute(select(model).where(*conditions).order_by(*tables.core(model).primary_key))
            return list(found.scalars())

    async def add(self, *rows: Any) -> None:
        async with self.database.transaction() as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def assets(self) -> dict[str, Any]:
        """Every asset that is not gone, by ref."""
        return {row.ref: row for row in await self.rows(tables.Asset) if row.gone_at is None}

    async def teams(self) -> dict[str, Any]:
        """Every team that is not gone, by name."""
        return {row.name: row for row in await self.rows(tables.Team) if row.gone_at is None}

    async def facts(self) -> list[Any]:
        """The facts in force."""
        return [row for row in await self.rows(tables.Ownership) if row.valid_to is None]

    async def owners(self) -> dict[str, set[tuple[str, str, str, str]]]:
        """By ref of assets that are not gone: (source, owner, area, role) of each fact in force."""
        names = {row.id: row.name for row in await self.rows(tables.Team)}
        people = {row.id: row.email or row.handle or row.slack_id for row in await self.rows(tables.Person)}
        sources = {row.id: row.name for row in await self.rows(tables.Source)}
        refs = {row.id: row.ref for row in (await self.assets()).values()}
        found: dict[str, set[tuple[str, str, str, str]]] = {ref: set() for ref in refs.values()}
        for row in await self.facts():
            if row.asset_id in refs:
                name = names[row.team_id] if row.team_id else people[row.person_id]
                found[refs[row.asset_id]].add((sources[row.source_id], name, row.area, row.role))
        return found

    async def owner_names(self, ref: str) -> set[str]:
        return {name for _, name, _, _ in (await self.owners())[ref]}

    async def revision(self) -> int:
        [state] = await self.rows(tables.CatalogState)
        return state.revision

    async def count(self, model: Any) -> int:
        async with self.database.reading() as session:
            return (await session.execute(select(func.count()).select_from(model))).scalar_one()

    async def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table that an import writes, its own log of runs and sources' times left out."""
        models = (
            tables.CatalogState,
            tables.Asset,
            tables.Team,
            tables.Person,
            tables.Membership,
            tables.Claim,
            tables.Ownership,
            tables.AuditEntry,
        )
        return {model.__tablename__: [row.model_dump() for row in await self.rows(model)] for model in models}
