"""After a handoff: files that nobody has updated, whatever their format, and for how long they may stay so."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clients.catalog import read
from bot.domain.catalog import Area, SourceCatalog
from bot.domain.ownership import Disputed, Orphaned, Owned
from bot.domain.records import AssetRecord
from bot.services import ownership
from bot.services.catalog import ImportOutcome, ImportReport, import_catalog
from bot.services.catalog.teams import merge_teams
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import World, asset, person, team
from tests.services.test_transfers import move

DAY = timedelta(days=1)


def codeowners(owner: str, note: str = "") -> str:
    other = f"/{note}/ @acme/search\n" if note else ""  # the position of a rule is a part of what is said of it
    return f"# baton: repository acme/shop\n{other}/orders/ @acme/{owner}\n/search/ @acme/search\n"


def catalog_info(owner: str, note: str = "") -> str:
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: orders\n"
        f"  description: {note or 'Takes orders'}\nspec:\n  type: service\n  owner: group:default/{owner}\n"
    )


def terraform(owner: str, note: str = "") -> str:
    values = {
        "identifier": "orders",
        "engine": "postgres",
        "engine_version": "16",
        "tags": {"team": owner, "env": note},
    }
    resource = {"address": "aws_db_instance.orders", "mode": "managed", "type": "aws_db_instance", "values": values}
    return json.dumps(
        {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": [resource]}}}
    )


def csv(owner: str, note: str = "") -> str:
    return f"name,kind,owner,description\norders,service,{owner},{note}\n"


def baton(owner: str, note: str = "") -> str:
    return f"baton: 1\nassets:\n  - name: orders\n    description: '{note}'\n    owner: {owner}\n"


Write = Callable[..., str]
FILES: dict[str, tuple[str, Write]] = {
    "codeowners": ("CODEOWNERS", codeowners),
    "backstage": ("catalog-info.yaml", catalog_info),
    "terraform": ("state.json", terraform),
    "csv": ("assets.csv", csv),
    "baton": ("org.yaml", baton),
}
#: By day, other tests have files of one format each.
every_format = pytest.mark.parametrize("files", FILES, indirect=True)


class Files(World):
    """A world whose source is one file of some format."""

    def __init__(self, database: Database, clock: Any, format_name: str, file: Path, write: Write) -> None:
        super().__init__(database, clock)
        self.format_name, self.file, self._write = format_name, file, write

    def read(self, owner: str, note: str = "") -> SourceCatalog:
        self.file.write_text(self._write(owner, note))
        catalog = read(self.format_name, [self.file])
        assert not [problem for problem in catalog.problems if problem.is_error]
        return catalog

    async def imports(self, owner: str, note: str = "") -> ImportReport:
        self.clock.advance(timedelta(minutes=1))
        return await import_catalog(
            self.deps, self.read(owner, note), source="files", format_name=self.format_name, paths=["."]
        )

    async def asset(self) -> AssetRecord:
        snapshot = Snapshot()  # as after a restart
        await refresh(snapshot, self.database)
        [number] = [each for each in snapshot.directory.ids() if is_orders(snapshot.directory.get(each))]
        found = snapshot.asset(number)
        assert found is not None
        return found

    async def said(self) -> ownership.Verdict:
        snapshot = Snapshot()
        await refresh(snapshot, self.database)
        return look_up(self.deps, snapshot, (await self.asset()).id)

    async def owned_by(self) -> tuple[set[str], list[str]]:
        """Who owns it without dispute, and what is not yet updated."""
        verdict = await self.said()
        assert isinstance(verdict, Owned), verdict
        return {held.name for held in verdict.owners}, [one.holding.name for one in verdict.drift]

    async def hand_over(self, giver: str = "devops", to: str = "payments") -> None:
        await move(self, (await self.asset()).ref, Area.ALL, givers=(giver,), to=to)


def is_orders(asset: AssetRecord | None) -> bool:
    return asset is not None and "orders" in asset.name


@pytest.fixture(params=FILES)
async def files(request: pytest.FixtureRequest, database: Database, clock: Any, tmp_path: Path) -> Files:
    file, write = FILES[request.param]
    files = Files(database, clock, request.param, tmp_path / file, write)
    member = "ada@example.test"
    people = (team(each) for each in ("devops", "search", "logistics"))
    await files.load("people", *people, team("payments", members=(member,)), person(name="Ada", email=member))
    await files.imports("devops")
    await files.hand_over()
    return files


@every_format
@pytest.mark.sql
async def test_an_unchanged_file_is_no_dispute_and_the_answer_names_it(files: Files) -> None:
    report = await files.imports("devops")
    assert (report.outcome, report.newly_disputed, report.outdated_count) == (ImportOutcome.UNCHANGED, 0, 1)
    assert await files.owned_by() == ({"payments"}, ["devops"])
    [drift] = (await files.asset()).matters.drift
    assert (drift.source, drift.files) == ("files", (str(files.file),))


async def test_so_is_a_file_in_which_something_else_has_changed(files: Files) -> None:
    report = await files.imports("devops", "now")
    assert (report.newly_disputed, report.outdated_count) == (0, 1)
    assert await files.owned_by() == ({"payments"}, ["devops"])
    assert len(await files.rows(tables.Drift)) == 1


async def test_a_third_owner_is_a_dispute(files: Files) -> None:
    report = await files.imports("logistics")
    assert (report.newly_disputed, report.outdated_count) == (1, 0)
    verdict = await files.said()
    assert isinstance(verdict, Disputed)
    assert {held.name for held in verdict.claims} == {"payments", "logistics"}


@every_format
async def test_from_day_thirty_on_it_is_a_dispute_without_any_import(files: Files) -> None:
    files.clock.advance(30 * DAY - timedelta(seconds=1))
    assert await files.owned_by() == ({"payments"}, ["devops"])
    files.clock.advance(timedelta(seconds=1))
    verdict = await files.said()
    assert isinstance(verdict, Disputed)
    assert {held.name for held in verdict.claims} == {"payments", "devops"}


async def test_and_an_import_makes_a_fact_of_it(files: Files) -> None:
    files.clock.advance(31 * DAY)
    report = await files.imports("devops", "later")
    assert report.outdated_count == 0
    assert await files.rows(tables.Drift) == []
    assert isinstance(await files.said(), Disputed)
    assert {"devops", "payments"} == {name for _, name, _, _ in (await files.owners())[(await files.asset()).ref]}


async def test_nobody_gets_it_back_by_a_file_when_the_receiver_is_gone(files: Files) -> None:
    files.clock.advance(31 * DAY)
    member = "ada@example.test"
    people = (team(each) for each in ("devops", "search", "logistics"))
    await files.load(
        "people", *people, team("payments", members=(member,)), person(name="Ada", email=member, is_active=False)
    )
    for note in ("", "later"):
        report = await files.imports("devops", note)
        assert (report.newly_disputed, report.outdated_count) == (0, 1)
        [line] = report.outdated
        assert (line.owner, line.until) == ("devops", None)
        verdict = await files.said()
        assert isinstance(verdict, Orphaned)
        assert {held.name for held in verdict.owners} == {"payments"}


@every_format
async def test_it_ends_when_the_file_names_the_receiver(files: Files) -> None:
    report = await files.imports("payments")
    assert (report.newly_disputed, report.outdated_count) == (0, 0)
    assert await files.owned_by() == ({"payments"}, [])
    files.clock.advance(40 * DAY)
    assert await files.owned_by() == ({"payments"}, [])


@pytest.mark.sql
async def test_a_dry_run_says_what_would_be_behind_and_changes_nothing(files: Files) -> None:
    before = await files.dump()
    async with files.rehearsing():
        unchanged = await files.imports("devops", "now")
        updated = await files.imports("payments", "then")
        third = await files.imports("logistics")
    assert [each.outdated_count for each in (unchanged, updated, third)] == [1, 0, 0]
    assert [each.newly_disputed for each in (unchanged, updated, third)] == [0, 0, 1]
    assert unchanged.is_dry_run
    [line] = unchanged.outdated
    assert (line.owner, line.file, line.area) == ("devops", str(files.file), "all")
    assert await files.dump() == before


async def test_what_only_a_leaver_is_named_for_never_is_a_dispute(database: Database, clock: Any) -> None:
    world, member = World(database, clock), "ada@example.test"
    people = team("ops", members=(member,)), team("payments", members=("bo@example.test",))
    bo = person(name="Bo", email="bo@example.test")
    await world.load("people", *people, person(name="Ada", email=member), bo)
    await world.load("csv", asset("1", "orders", "ops"))
    await move(world, "service:orders", Area.ALL, givers=("ops",))
    [line] = (await world.load("csv", asset("1", "orders", "ops"), asset("2", "basket", "payments"))).outdated
    assert line.until is not None
    await world.load("people", *people, person(name="Ada", email=member, is_active=False), bo)
    [line] = (await world.load("csv", asset("1", "orders", "ops"), asset("2", "cart", "payments"))).outdated
    assert line.until is None


async def test_what_goes_back_is_right_again_and_behind_when_it_passes_on(files: Files) -> None:
    await files.hand_over("payments", "devops")
    assert await files.owned_by() == ({"devops"}, [])
    await files.hand_over("devops", "logistics")
    assert await files.owned_by() == ({"logistics"}, ["devops"])
    assert (await files.imports("devops")).outdated_count == 1


async def test_whoever_received_it_may_pass_it_on(files: Files) -> None:
    files.clock.advance(10 * DAY)
    await files.hand_over("payments", "logistics")
    await files.imports("devops", "now")
    assert await files.owned_by() == ({"logistics"}, ["devops"])
    files.clock.advance(21 * DAY)
    assert isinstance(await files.said(), Disputed), "thirty days from the first handoff"


async def test_a_giver_that_is_merged_into_a_team_stays_the_one_that_files_still_name(files: Files) -> None:
    await merge_teams(files.deps, name="devops", into="search", actor="cli")
    assert await files.owned_by() == ({"payments"}, ["search"])
    await files.imports("devops", "now")
    assert await files.owned_by() == ({"payments"}, ["search"])


async def test_a_giver_that_only_files_know_stays_as_long_as_they_name_it(database: Database, clock: Any) -> None:
    world, member = World(database, clock), "ada@example.test"
    await world.load("people", team("payments", members=(member,)), person(name="Ada", email=member))
    await world.load("csv", asset("1", "orders", "ops"))
    await move(world, "service:orders", Area.ALL, givers=("ops",))
    await world.load("csv", asset("1", "orders", "ops"), asset("2", "basket", "payments"))
    assert "ops" in await world.teams()
    await world.load("csv", asset("1", "orders", "payments"), asset("2", "basket", "payments"))
    await world.load("csv", asset("1", "orders", "payments"), asset("2", "basket", "payments", tier=1))
    assert "ops" not in await world.teams()


async def test_what_is_overdue_is_a_dispute_and_not_listed_as_expected(files: Files) -> None:
    files.clock.advance(31 * DAY)
    assert (await files.imports("devops")).outdated_count == 0


@pytest.mark.parametrize("is_imported", [False, True])
async def test_a_file_that_is_overdue_keeps_nobody_from_passing_on_what_they_received(
    files: Files, is_imported: bool
) -> None:
    files.clock.advance(31 * DAY)
    if is_imported:
        await files.imports("devops", "later")
    await files.hand_over("payments", "logistics")
    verdict = await files.said()
    assert isinstance(verdict, Disputed)
    assert {held.name for held in verdict.claims} == {"logistics", "devops"}


async def test_an_asset_that_leaves_the_file_is_behind_on_nothing(files: Files) -> None:
    catalog = files.read("devops")
    catalog.assets = [each for each in catalog.assets if "orders" not in each.name]
    catalog.may_be_empty = True
    files.clock.advance(timedelta(minutes=1))
    await import_catalog(files.deps, catalog, source="files", format_name=files.format_name, paths=["."])
    assert await files.rows(tables.Drift) == []
