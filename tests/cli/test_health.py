"""`baton health`: the report in words, as JSON, as CSV and as a picture."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ports import SystemClock
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.store import migrations, tables
from bot.store.db import Database
from tests.cli.conftest import Baton
from tests.slack.conftest import organisation


async def _fill(file: Path) -> None:
    made = Database(f"sqlite:///{file}")
    await migrations.upgrade(made)
    deps = Deps(made, SystemClock())
    await import_catalog(deps, organisation(), source="baton", format_name="baton", paths=["x"], trust_people=True)
    month = datetime.now(UTC).date().replace(day=1).replace(year=2020)
    async with made.transaction() as session:
        for scope, key, value in (("", "devops.held", 5), ("team:1", "devops.held", 4)):
            session.add(tables.HealthFigure(month=month, scope=scope, key=key, value=value, counted_on=month))
    await made.close()


@pytest.fixture
def filled(database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BATON_DEVOPS_TEAM", "Platform")
    asyncio.run(_fill(database))
    return database


def test_it_says_the_verdict_and_where_to_begin(baton: Baton, filled: Path) -> None:
    lines = baton("health").out.splitlines()
    assert lines[0].startswith("Platform holds 3 (down from 5) of 6 things of other teams in production")
    assert "1. Have Payments take over 3 things from Platform: begin with payments-db (database)." in lines
    assert baton("health", "payments").out.startswith("Platform holds 3 (down from 4) of 5 things of Payments in")
    wrong = baton("health", "paymnts")
    assert (wrong.code, "Did you mean Payments?" in wrong.err) == (1, True)


def test_json_and_csv_have_every_figure_with_the_one_before(baton: Baton, filled: Path) -> None:
    found = json.loads(baton("health", "--json").out)
    held = {
        each["team"]: (each["value"], each["before"]) for each in found["figures"] if each["figure"] == "devops.held"
    }
    assert held == {None: (3, 5), "Payments": (3, 4)}
    assert found["actions"][0].startswith("Have Payments take over 3 things")
    rows = list(csv.DictReader(io.StringIO(baton("health", "--csv").out)))
    assert {(each["team"], each["value"], each["before"]) for each in rows if each["figure"] == "devops.held"} == {
        ("", "3", "5"),
        ("Payments", "3", "4"),
    }
    assert rows[0]["line"] == "Verdict"


def test_a_picture_is_written_with_its_words(baton: Baton, filled: Path, tmp_path: Path) -> None:
    ran = baton("health", "--picture", tmp_path / "health.png")
    assert (tmp_path / "health.png").read_bytes().startswith(b"\x89PNG")
    assert "ci-cd 2 DevOps" in ran.out
    assert baton("health", "payments", "--picture", "x.png").code == 2
