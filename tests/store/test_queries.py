"""What is read from the store are the rows, as records; and after a revision, only what changed since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.catalog import Area, AssetKind, Hosting, Link, PathRule, Role
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord, TeamRecord
from bot.store import deployments, queries, tables
from bot.store.db import Database
from bot.store.journal import audit, next_revision
from bot.store.large_tables import CHUNK

pytestmark = pytest.mark.sql

NOW = datetime(2026, 3, 3, 9, 0, 0, 123456, tzinfo=UTC)


async def add(database: Database, *rows: Any) -> None:
    async with database.transaction() as session:
        for row in rows:
            session.add(row)
            await session.flush()


@pytest.fixture
async def catalog(database: Database) -> Database:
    """Two people, a team, two sources, and two assets with their facts, all of revision 0."""
    await add(
        database,
        tables.Person(id=1, name="Ada", slack_id="U1", email="ada@example.test"),
        tables.Person(id=2, handle="octo", is_active=False),
        tables.Source(id=1, name="backstage", last_run_at=NOW),
        tables.Source(id=2, name="slack", is_human=True),
        tables.Team(
            id=1,
            folded="payments",
            name="Payments",
            aliases=["pay"],
            former_names=["Billing"],
            channel="#payments",
            user_group="@payments",
            timezone="Europe/Paris",
            lead_id=1,
            manager_id=2,
        ),
        tables.Team(id=2, folded="gone", name="Gone", gone_at=NOW),
        *(
            tables.Membership(team_id=1, person_id=person, source_id=source)
            for source, person in ((1, 2), (1, 1), (2, 1))
        ),
        tables.Asset(id=1, ref="system:shop", kind="system", name="shop"),
        tables.Asset(
            id=2,
            ref="database:shop/orders",
            kind="database",
            name="orders",
            namespace="shop",
            description="Who ordered what",
            aliases=["orders-db"],
            addresses=["orders.db.example.test"],
            parent_id=1,
            hosting="managed",
            tier=1,
            links=[["Runbook", "https://runbooks.example.test/orders"]],
            unowned_reason="",
        ),
    )
    async with database.transaction() as session:
        begun_by = await audit(session, at=NOW, actor="baton", action="test", subject="catalog")
    common = {"asset_id": 2, "begun_by": begun_by, "valid_from": NOW}
    await add(
        database,
        tables.Ownership(id=1, team_id=1, area="database", role="owner", source_id=1, **common),
        tables.Ownership(
            id=2, person_id=1, area="all", role="secondary", source_id=2, confirmed_at=NOW, confirmed_by=1, **common
        ),
        tables.Ownership(id=3, person_id=2, area="all", role="owner", source_id=1, valid_to=NOW, **common),
    )
    return database


async def read_assets(database: Database, *, after: int = -1) -> tuple[list[AssetRecord], list[int]]:
    present, gone = [], []
    async with database.engine.connect() as connection:
        _, by_source = await queries.revision_and_sources(connection)
        async for changes in queries.assets(connection, after=after, by_source=by_source):
            present += changes.present
            gone += changes.gone_ids
    return present, gone


async def test_people(catalog: Database) -> None:
    async with catalog.engine.connect() as connection:
        found = await queries.people(connection, after=-1)
    assert sorted(found, key=lambda person: person.id) == [
        PersonRecord(id=1, name="Ada", slack_id="U1", email="ada@example.test"),
        PersonRecord(id=2, name="octo", is_active=False),
    ]


async def test_teams_with_each_member_once(catalog: Database) -> None:
    async with catalog.engine.connect() as connection:
        found = {team.id: team for team in await queries.teams(connection, after=-1)}
    assert found == {
        1: TeamRecord(
            id=1,
            name="Payments",
            other_names=("pay", "Billing"),
            channel="#payments",
            user_group="@payments",
            timezone="Europe/Paris",
            lead_id=1,
            manager_id=2,
            member_ids=(2, 1),
        ),
        2: TeamRecord(id=2, name="Gone", is_gone=True),
    }


async def test_assets_with_the_facts_in_force(catalog: Database) -> None:
    present, gone = await read_assets(catalog)
    assert gone == []
    assert present == [
        AssetRecord(id=1, kind=AssetKind.SYSTEM, name="shop"),
        AssetRecord(
            id=2,
            own_ref="database:shop/orders",
            kind=AssetKind.DATABASE,
            name="orders",
            namespace="shop",
            description="Who ordered what",
            aliases=("orders-db",),
            addresses=("orders.db.example.test",),
            parent_id=1,
            hosting=Hosting.MANAGED,
            tier=1,
            links=(Link("Runbook", "https://runbooks.example.test/orders"),),
            facts=(
                OwnershipRecord(area=Area.DATABASE, role=Role.OWNER, team_id=1, source="backstage", valid_from=NOW),
                OwnershipRecord(
                    area=Area.ALL,
                    role=Role.SECONDARY,
                    person_id=1,
                    source="slack",
                    is_human=True,
                    valid_from=NOW,
                    confirmed_at=NOW,
                    confirmed_by=1,
                ),
            ),
        ),
    ]


async def test_a_line_of_a_codeowners_file(database: Database) -> None:
    rule = {"rule_repository": "acme/shop", "rule_pattern": "/docs/", "rule_position": 0, "rule_section": "Docs"}
    await add(database, tables.Asset(ref="path:acme/shop:/docs/", kind="path", name="/docs/", **rule))
    [found], _ = await read_assets(database)
    assert found.path_rule == PathRule("acme/shop", "/docs/", 0, "Docs")


async def test_sources(catalog: Database) -> None:
    async with catalog.engine.connect() as connection:
        _, found = await queries.revision_and_sources(connection)
        assert found == {
            1: queries.SourceRow("backstage", is_human=False, last_run_at=NOW),
            2: queries.SourceRow("slack", is_human=True, last_run_at=None),
        }
        assert await queries.revision_and_sources(connection) == (await queries.revision(connection), found)


async def test_a_revision_is_there_before_any_source(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await queries.revision_and_sources(connection) == (await queries.revision(connection), {})


async def test_after_a_revision_only_what_changed_since(catalog: Database) -> None:
    async with catalog.transaction() as session:
        revision = await next_revision(session)
        for table, row_id in ((tables.Person, 2), (tables.Team, 1), (tables.Asset, 2)):
            (await session.get_one(table, row_id)).revision = revision
    async with catalog.engine.connect() as connection:
        assert await queries.revision(connection) == revision
        assert [person.id for person in await queries.people(connection, after=revision - 1)] == [2]
        assert [team.member_ids for team in await queries.teams(connection, after=revision - 1)] == [(2, 1)]
        assert await queries.people(connection, after=revision) == []
        assert await queries.teams(connection, after=revision) == []
    present, gone = await read_assets(catalog, after=revision - 1)
    assert [(asset.id, len(asset.facts)) for asset in present] == [(2, 2)]
    assert gone == []
    assert await read_assets(catalog, after=revision) == ([], [])


async def test_what_is_gone_is_named_by_its_id(catalog: Database) -> None:
    async with catalog.transaction() as session:
        shop = await session.get_one(tables.Asset, 2)
        shop.gone_at, shop.revision = NOW + timedelta(days=1), await next_revision(session)
        revision = shop.revision
    assert await read_assets(catalog, after=revision - 1) == ([], [2])


async def test_many_assets_come_in_chunks_each_once_with_its_own_facts(database: Database) -> None:
    count = 2 * CHUNK + 7
    async with database.transaction() as session:
        session.add(tables.Source(id=1, name="files"))
        session.add(tables.Team(id=1, folded="t", name="T"))
        begun_by = await audit(session, at=NOW, actor="baton", action="test", subject="catalog")
        for number in range(1, count + 1):
            session.add(tables.Asset(id=number, ref=f"service:s{number}", kind="service", name=f"s{number}"))
        await session.flush()
        for number in range(1, count + 1, 2):
            session.add(
                tables.Ownership(
                    id=number,
                    asset_id=number,
                    team_id=1,
                    area="all",
                    role="owner",
                    source_id=1,
                    valid_from=NOW,
                    begun_by=begun_by,
                )
            )
    present, _ = await read_assets(database)
    assert [asset.id for asset in present] == list(range(1, count + 1))
    assert {asset.id: len(asset.facts) for asset in present} == {number: number % 2 for number in range(1, count + 1)}
    assert len({id(fact) for asset in present for fact in asset.facts}) == 1, "equal facts are one object"


async def test_a_reference_takes_room_only_where_it_is_not_kind_and_name(catalog: Database) -> None:
    await add(catalog, tables.Asset(id=3, ref="service:pay", kind="service", name="Pay"))
    present, _ = await read_assets(catalog)
    assert {asset.ref: asset.own_ref for asset in present} == {
        "system:shop": "", "database:shop/orders": "database:shop/orders", "service:pay": "",
    }  # fmt: skip


async def test_deployments_of_which_a_source_says_the_same_share_it(catalog: Database) -> None:
    rows = [
        tables.Deployment(
            source_id=1, asset_id=asset, product=product, version="1", how="image", address=f"{product}:{asset}",
            first_seen_at=NOW, last_seen_at=NOW,
        )
        for asset, product in ((1, "p"), (2, "p"), (2, "q"))
    ]  # fmt: skip
    await add(catalog, *rows)
    async with catalog.connected() as connection:
        found = deployments.deployments(connection, after=-1, until=1, last_runs={})
        runs = [
            (asset_id, deployment.observed.product, id(deployment.observed)) async for asset_id, deployment, _ in found
        ]
    assert [each[:2] for each in runs] == [(1, "p"), (2, "p"), (2, "q")]
    assert runs[0][2] == runs[1][2] != runs[2][2]


async def test_what_runs_and_nowhere_in_production_is_found(catalog: Database) -> None:
    places = ((1, "staging", None), (1, "test", None), (2, "staging", None), (2, "Production", None), (3, "", None))
    gone = ((4, "production", NOW), (4, "dev", None))
    rows = (
        tables.Deployment(
            source_id=1, asset_id=asset, product="p", environment=where, first_seen_at=NOW, last_seen_at=NOW, gone_at=at
        )
        for asset, where, at in (*places, *gone)
    )
    assets = [tables.Asset(id=number, ref=f"service:{number}", kind="service", name=str(number)) for number in (3, 4)]
    await add(catalog, *assets, *rows)
    async with catalog.connected() as connection:
        assert await deployments.assets_elsewhere(connection) == {1, 4}
        assert await deployments.assets_elsewhere(connection, [2, 4, 9]) == {4}
