"""The demo organisation's past: every change of its history can be asked for, and the present is what its files say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot.clients import catalog as formats
from bot.domain.backlog import drafts, technologies, threads
from bot.domain.catalog import SourceCatalog
from bot.domain.dates import split_day
from bot.playground.clock import SetClock
from bot.playground.demo import DEMO, as_of, load_demo, read_history
from bot.playground.furniture import read_threads
from bot.playground.page import SUGGESTIONS
from bot.services import history, snapshot
from bot.services.deps import Deps
from bot.services.history import Recalled
from bot.services.questions import OnDay
from bot.services.snapshot import Snapshot
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.catalog_world import World

FILE = DEMO / "history.yaml"
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def today() -> dict[str, SourceCatalog]:
    found, problems = formats.detect([DEMO])
    assert problems == []
    return {name: formats.read(name, [DEMO], only=files) for name, files in found.items()}


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'demo.sqlite'}")
    await migrations.upgrade(made)
    assert await load_demo(made, SetClock(NOW))
    yield made
    await made.close()


async def owners(database: Database, name: str, day: date) -> set[str]:
    catalog = Snapshot()
    await snapshot.refresh(catalog, database)
    found = await history.recall(Deps(database, SetClock(NOW)), catalog, OnDay(name, day))
    assert isinstance(found, Recalled)
    return {held.holding.name for held in found.past.owners}


async def test_every_owner_of_the_history_answers_for_the_day_before(database: Database) -> None:
    _, changes = read_history(FILE)
    count = 0
    for change in changes:
        day = (NOW - change.ago - timedelta(days=1)).date()
        for former in change.owners.values():
            for asset, owner in former.items():
                before, after = await owners(database, asset, day), await owners(database, asset, NOW.date())
                # The status page was claimed before its file named anybody.
                assert before == ({owner} if owner else {"devops"}), asset
                assert owner == "" or before != after, asset
                count += 1
    assert count >= 10


async def test_what_was_claimed_was_nobodys_before_and_a_rename_keeps_the_history(database: Database) -> None:
    _, changes = read_history(FILE)
    [claim] = [change for change in changes if change.claim is not None]
    day = (NOW - claim.ago).date()
    assert await owners(database, "status-page", day - timedelta(days=1)) == set()
    assert await owners(database, "status-page", day) == {"devops"}
    [rename] = [change for change in changes if change.teams]
    assert await owners(database, "payments-api", (NOW - rename.ago - timedelta(days=1)).date()) == {"payments"}
    assert await owners(database, "churn-report", NOW.date() - timedelta(days=300)) == {"Trevor Quinn"}


async def test_the_present_is_what_an_import_of_the_files_alone_gives(
    database: Database, today: dict[str, SourceCatalog], tmp_path: Path
) -> None:
    plain = Database(f"sqlite:///{tmp_path / 'plain.sqlite'}")
    await migrations.upgrade(plain)
    files, lived = World(plain, FixedClock()), World(database, FixedClock())
    for name, catalog in today.items():
        await files.load(name, *catalog.people, *catalog.teams, *catalog.assets)
    now, then = await lived.owners(), await files.owners()
    claimed = {ref: held for ref, held in now.items() if held != then[ref]}
    assert now.keys() == then.keys()
    assert claimed.keys() == {"website:status-page"}
    assert set((await lived.teams()).keys()) == set((await files.teams()).keys())
    assert {ref: row.id for ref, row in (await lived.assets()).items()} == {
        ref: row.id for ref, row in (await files.assets()).items()
    }
    assert len(await lived.rows(tables.Deployment)) == len(await files.rows(tables.Deployment))
    await plain.close()


async def test_it_is_lived_through_once(database: Database) -> None:
    assert not await load_demo(database, SetClock(NOW))


def test_the_history_names_only_what_is_there(today: dict[str, SourceCatalog]) -> None:
    begun, changes = read_history(FILE)
    assert len(changes) == len(yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["changes"])
    assert all(timedelta() < change.ago < begun for change in changes)
    everybody = {person.email for person in today["baton"].people}
    teams = {team.name for team in today["baton"].teams}
    for change in changes:
        assert set(change.teams) <= teams
        assert set(change.people) <= everybody
        for source, former in change.owners.items():
            assert set(former) <= {asset.name for asset in today[source].assets}
            assert {owner for owner in former.values() if owner} <= teams
    before = as_of(begun, changes, today)
    assert {name for name, catalog in before.items() if catalog != today[name]} >= {"baton", "backstage", "terraform"}
    assert all(asset.runs == () for catalog in before.values() for asset in catalog.assets)


def test_a_suggestion_asks_about_a_day_that_had_another_owner() -> None:
    [asked] = [each.text for each in SUGGESTIONS if split_day(each.text, today=NOW.date())[1] is not None]
    text, day = split_day(asked.removeprefix("/whoowns "), today=NOW.date())
    begun, changes = read_history(FILE)
    assert day is not None
    assert any(
        text in former and (NOW - begun).date() < day < (NOW - change.ago).date()
        for change in changes
        for former in change.owners.values()
    )


def test_three_teams_ask_for_something_in_their_grooming_threads() -> None:
    found = {}
    for thread in read_threads(DEMO / "threads.yaml")["threads"]:
        said = [thread, *thread.get("replies", ())]
        messages = [
            {"type": "message", "user": f"U{number}", "ts": f"{NOW.timestamp() + number:.6f}", "text": each["text"]}
            for number, each in enumerate(said)
        ]
        found[thread["by"]] = drafts.draft(threads.read({"messages": messages}), technologies.known())
    assert [each.title for each in found["payments"].items] == ["Upgrade payments-db to PostgreSQL 16 with us"]
    assert [each.title for each in found["search"].items] == ["A runner of our own for the index build"]
    story = found["logistics"]
    assert {each.value for each in story.technologies} == {"cassandra", "terraform", "cql", "selenium", "jenkins"}
    assert {each.value for each in story.skills_gaps} == {each.value for each in story.technologies}
    assert [each.type for each in story.items] == [
        "infrastructure",
        "infrastructure",
        "library",
        "pipeline",
        "pipeline",
    ]
    assert story.blocked is not None
    assert story.blocked.people == 3
    assert found["storefront"].items == ()
