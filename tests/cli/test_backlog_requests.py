"""`baton backlog list`, `show`, `rank`, `shares` and `export`."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.backlog.demand import EvidenceKind
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin
from bot.domain.backlog.requests import ItemType, RequestItem, Step
from bot.ports import SystemClock
from bot.services.backlog import plans
from bot.services.backlog.intake import open_request
from bot.services.backlog.steps import take
from bot.services.deps import Deps, DevopsTeam
from bot.services.snapshot import Snapshot, refresh
from bot.store import migrations, tables
from bot.store.db import Database
from tests.cli.conftest import Baton

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)


def _new_request(key: str, title: str) -> NewRequest:
    return NewRequest(
        origin=Origin(key),
        title=title,
        items=(RequestItem(ItemType.LIBRARY, "CQL library"),),
        filed_by=1,
        asked_by=1,
        demand=DemandEntry(lost_people=2, lost_times=10, lost_hours=1, evidence=EvidenceKind.COUNTED),
    )


async def _fill(database: Path) -> None:
    made = Database(f"sqlite:///{database}")
    await migrations.upgrade(made)
    async with made.transaction() as session:
        session.add(tables.Person(id=1, name="Omar", slack_id="U00000001", revision=1))
        session.add(tables.Team(id=1, folded="devops", name="DevOps", lead_id=1, revision=1))
    deps, snapshot = Deps(made, SystemClock(), devops=DevopsTeam(name="devops")), Snapshot()
    await refresh(snapshot, made)
    for key, title in (("form:V1", "Cassandra"), ("form:V2", "=HYPERLINK(1)"), ("form:V3", "Grafana")):
        await open_request(deps, snapshot, _new_request(key, title))
    await plans.estimate(deps, snapshot, request_id=1, person_id=1, hours=(8, 16, 40))
    await take(deps, snapshot, request_id=3, person_id=1, step=Step.DECLINE, words="Not ours")
    await made.close()


async def _ask_what_it_saves(database: Path) -> None:
    """After 30 days the team says that it saves five hours; after 90 it does not answer."""
    await _deliver_first(database)
    made = Database(f"sqlite:///{database}")
    async with made.transaction() as session:
        (await session.get_one(tables.RequestDemand, 1)).team_id = 1
        for day, hours in ((30, 5.0), (90, None)):
            session.add(tables.RequestSaving(request_id=1, team_id=1, day=day, asked_at=AT, hours_a_month=hours))
    await made.close()


async def _decline_all(database: Path) -> None:
    made = Database(f"sqlite:///{database}")
    deps, snapshot = Deps(made, SystemClock(), devops=DevopsTeam(name="devops")), Snapshot()
    await refresh(snapshot, made)
    for number in (1, 2):
        await take(deps, snapshot, request_id=number, person_id=1, step=Step.DECLINE, words="Not ours")
    await made.close()


async def _deliver_first(database: Path) -> None:
    made = Database(f"sqlite:///{database}")
    deps, snapshot = Deps(made, SystemClock(), devops=DevopsTeam(name="devops")), Snapshot()
    await refresh(snapshot, made)
    await take(deps, snapshot, request_id=1, person_id=1, step=Step.DELIVER)
    await made.close()


@pytest.fixture
def filled(database: Path) -> Path:
    """One request estimated, one not, and one declined."""
    asyncio.run(_fill(database))
    return database


def test_the_list_has_what_is_open(baton: Baton, filled: Path) -> None:
    assert [line.split(":")[0] for line in baton("backlog", "list").out.splitlines()] == [
        "#1 Cassandra",
        "#2 =HYPERLINK(1)",
    ]
    everything = json.loads(baton("backlog", "list", "--all", "--json").out)["requests"]
    assert [each["estimated_hours"] for each in everything] == [[8, 16, 40], None, None]
    assert [(each["number"], each["state"], each["reason"]) for each in everything] == [
        (1, "proposed", None),
        (2, "proposed", None),
        (3, "declined", "Not ours"),
    ]


def test_the_order_and_why(baton: Baton, filled: Path) -> None:
    ranked = json.loads(baton("backlog", "rank", "--json").out)["requests"]
    assert [(each["number"], each["rank"]["lane"]) for each in ranked] == [(1, "worth building"), (2, "not estimated")]
    shown = baton("backlog", "show", "1")
    assert "\nNumber 1, worth building: " in shown.out
    assert "20 hours a month" in shown.out
    assert "- CQL library (library; the DevOps team builds it, leaves a shared library to the DevOps team)" in shown.out
    assert "at risk" not in baton("backlog", "rank").out


def test_a_picture_with_its_words(baton: Baton, filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "backlog.png"
    ran = baton("backlog", "picture", "-o", file)
    assert (ran.code, ran.err) == (0, "")
    assert file.read_bytes().startswith(b"\x89PNG")
    assert "2 requests. 1. #1 Cassandra (worth building): waiting" in ran.out


def test_the_work_is_shown_by_the_team_it_went_to(baton: Baton, filled: Path) -> None:
    asyncio.run(_deliver_first(filled))
    assert baton("backlog", "shares").out == "100%  20 h  Omar (1 open, the oldest for 0 days)\n"
    built = "- CQL library (library; the DevOps team built it, left a shared library to the DevOps team)"
    assert built in baton("backlog", "show", "1").out
    [share] = json.loads(baton("backlog", "shares", "--json").out)["teams"]
    assert (share["served_share"], share["open_requests"]) == (1, 1)


def test_where_nothing_is_open_or_was_delivered_lately_there_is_no_work_to_share(baton: Baton, filled: Path) -> None:
    asyncio.run(_decline_all(filled))
    assert baton("backlog", "shares").out == "No request is open, and none was delivered in the last 90 days.\n"


def test_what_was_claimed_stands_beside_what_came_true(baton: Baton, filled: Path) -> None:
    assert baton("backlog", "savings").out == "No team has been asked yet.\n"
    asyncio.run(_ask_what_it_saves(filled))
    assert baton("backlog", "savings").out.splitlines() == [
        "DevOps, after 30 days: 5 of 14 hours (36%)",
        "DevOps, after 90 days: not answered",
        "#1 Cassandra, after 30 days: 5 of 14 hours (36%)",
        "#1 Cassandra, after 90 days: not answered",
        "Claimed is 70% of the hours lost that a team named in its request.",
    ]
    assert "DevOps, after 30 days: 5 of 14 hours (36%)" in baton("backlog", "show", "1").out
    [first, second] = json.loads(baton("backlog", "savings", "--json").out)["savings"]
    assert (first["team"], first["claimed_hours"], first["actual_hours"]) == ("DevOps", 14, 5)
    assert (second["after_days"], second["actual_hours"]) == (90, None)
    assert len(json.loads(baton("backlog", "show", "1", "--json").out)["savings"]) == 2


def test_a_request_that_is_not_there(baton: Baton, filled: Path) -> None:
    ran = baton("backlog", "show", "99")
    assert ran.code == 1
    assert "There is no request 99" in ran.err


def test_everything_is_given_back_and_no_spreadsheet_runs_it(baton: Baton, filled: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(baton("backlog", "export", "--csv").out)))
    assert [(row["number"], row["title"], row["lane"]) for row in rows] == [
        ("1", "Cassandra", "worth building"),
        ("2", "'=HYPERLINK(1)", "not estimated"),
        ("3", "Grafana", ""),
    ]
    assert rows[0]["items"] == "library: CQL library"
    assert len(json.loads(baton("backlog", "export").out)["requests"]) == 3


async def _say_more(database: Path) -> None:
    """Somebody follows the first request, is asked something, and a second team says what it loses without it."""
    await _ask_what_it_saves(database)
    made = Database(f"sqlite:///{database}")
    async with made.transaction() as session:
        session.add(tables.Person(id=2, name="Ada", slack_id="U00000002", revision=1))
        session.add(tables.Team(id=2, folded="payments", name="Payments", lead_id=2, revision=1))
        await session.flush()
        session.add(tables.RequestFollower(request_id=1, person_id=2, at=AT))
        joined = tables.RequestDemand(request_id=1, team_id=2, person_id=2, at=AT, blocked_people=3)
        joined.blocked_share, joined.blocked_until, joined.needed_by = "stopped", date(2026, 5, 1), date(2026, 4, 1)
        joined.miss_hours, joined.authors = 90, {"blocked": [1, AT.isoformat(), "counted", ""]}
        session.add(joined)
        row = await session.get_one(tables.Request, 1)
        row.details, row.copied = "In Frankfurt", "we need it"
    deps, snapshot = Deps(made, SystemClock(), devops=DevopsTeam(name="devops")), Snapshot()
    await refresh(snapshot, made)
    await take(deps, snapshot, request_id=2, person_id=1, step=Step.ASK, words="Which region?")
    await take(deps, snapshot, request_id=2, person_id=1, step=Step.REPLY, words="Frankfurt")
    await made.close()


def test_an_export_gives_back_all_that_was_said(baton: Baton, filled: Path) -> None:
    asyncio.run(_say_more(filled))
    first, second, _ = json.loads(baton("backlog", "export").out)["requests"]
    assert (first["details"], first["copied_words"], first["followers"]) == (
        "In Frankfurt",
        "we need it",
        ["Ada", "Omar"],
    )
    own, joined = first["demands"]
    assert (own["team"], own["said_by"], own["evidence"]) == ("DevOps", "Omar", "counted")
    assert own["numbers"] == {}, "all of them are of whoever said the last"
    told = {"said_by": "Omar", "said_at": AT.isoformat(), "evidence": "counted"}
    assert joined["numbers"] == {"blocked": told}
    assert (own["people"], own["times_a_month"], own["hours_each"], own["hours_a_month"]) == (2, 10, 1, 20)
    assert (joined["team"], joined["blocked_people"], joined["blocked_share"]) == ("Payments", 3, "stopped")
    assert (joined["blocked_until"], joined["needed_by"], joined["miss_hours"]) == ("2026-05-01", "2026-04-01", 90)
    assert [(each["team"], each["after_days"], each["actual_hours"]) for each in first["savings"]] == [
        ("DevOps", 30, 5),
        ("DevOps", 90, None),
    ]
    assert first["created_at"].startswith("20")
    assert first["delivered_at"] is not None
    assert [(each["by"], each["action"]) for each in second["history"]] == [
        ("Omar", "open"),
        ("Omar", "ask"),
        ("Omar", "reply"),
    ]
    assert [each["words"] for each in second["history"]] == [None, "Which region?", "Frankfurt"]
    assert second["reason"] == "Which region? — Frankfurt"
    made, asked, _ = csv.DictReader(io.StringIO(baton("backlog", "export", "--csv").out))
    assert made["demands"] == (
        "DevOps: 20 hours a month, counted; "
        "Payments: 3 people blocked (stopped) until 2026-05-01, "
        "needed by 2026-04-01 (90 hours if missed)"
    )
    assert (made["followers"], made["savings"]) == ("Ada; Omar", "DevOps after 30 days: 5; DevOps after 90 days: -")
    assert asked["history"].endswith(" reply by Omar: Frankfurt")


def test_what_was_asked_and_answered_before_is_shown_with_a_request(baton: Baton, filled: Path) -> None:
    asyncio.run(_say_more(filled))
    shown = baton("backlog", "show", "2").out.splitlines()
    assert [line.partition(" Omar ")[2] for line in shown[-2:]] == [
        "asked something: Which region?",
        "answered the question: Frankfurt",
    ]
    said = json.loads(baton("backlog", "show", "2", "--json").out)["said"]
    assert [(each["by"], each["step"], each["words"], each["link"]) for each in said] == [
        ("Omar", "ask", "Which region?", None),
        ("Omar", "reply", "Frankfurt", None),
    ]
