"""`baton handoff list` and `show`."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.cli.handoff.handoffs import resource_line
from bot.domain.catalog import Area
from bot.domain.handoff.handoffs import HandoffStep, HandoffTerms, ResourceState
from bot.domain.handoff.readiness import ReadinessItem
from bot.ports import SystemClock
from bot.samples.handoff import cards_of
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.services.handoff import offers, readiness, steps
from bot.services.handoff.offers import NewHandoff
from bot.services.handoff.readiness import NewEvidence
from bot.services.handoff.steps import Words
from bot.services.snapshot import Snapshot, refresh
from bot.services.transfers import Resource
from bot.store import migrations
from bot.store.db import Database
from tests.cli.conftest import Baton
from tests.services.catalog_world import asset, catalog, owner, person, team


async def _fill(file: Path) -> None:
    """DevOps has offered two areas to Payments, which has declined one."""
    made = Database(f"sqlite:///{file}")
    await migrations.upgrade(made)
    deps, snapshot = Deps(made, SystemClock()), Snapshot()
    said = catalog(
        person(name="Ada", email="ada@example.test"),
        person(name="Omar", email="omar@example.test"),
        team("DevOps", members=("omar@example.test",)),
        team("Payments", members=("ada@example.test",)),
        asset("1", "orders\x1b[2J", owner("DevOps", area=Area.DATABASE), owner("DevOps", area=Area.MONITORING)),
        asset("2", "orders-alarms", "DevOps"),
    )
    await import_catalog(deps, said, source="x", format_name="backstage", paths=["x"], trust_people=True)
    await refresh(snapshot, made)
    teams = {each.name: each.id for each in snapshot.teams()}
    people = {each.name: each.id for number in (1, 2) if (each := snapshot.person(number)) is not None}
    new = NewHandoff(
        giver_team_id=teams["DevOps"],
        receiver_team_id=teams["Payments"],
        resources=(Resource(1, Area.DATABASE), Resource(1, Area.MONITORING)),
        person_id=people["Omar"],
        terms=HandoffTerms(loan_until=date(2099, 1, 1), reason="You build it, you run it"),
    )
    await offers.offer(deps, snapshot, new)
    shown = NewEvidence(item=ReadinessItem.RUNBOOK, link="https://runbooks.example.test/orders")
    await readiness.show(deps, snapshot, handoff_id=1, person_id=people["Ada"], new=shown)
    declining = {"handoff_id": 1, "person_id": people["Ada"], "step": HandoffStep.DECLINE, "version": 1}
    await steps.take(deps, snapshot, resource_ids=[2], words=Words("Not ours\nto have"), **declining)
    await made.close()


@pytest.fixture
def filled(database: Path) -> Path:
    asyncio.run(_fill(database))
    return database


@pytest.mark.usefixtures("filled")
def test_what_is_open_is_listed_and_shown(baton: Baton) -> None:
    listed = baton("handoff", "list").out
    assert listed.startswith("#1 orders"), "by name: nobody knows what number 1 was"
    assert "(database), orders" in listed
    assert listed.endswith("(monitoring) offered by DevOps, for Payments: 1 offered, 1 declined\n")
    assert "\x1b" not in listed
    out = baton("handoff", "show", "1").out
    assert "(database) offered" in out
    assert "(monitoring) declined: Not ours to have" in out
    assert "  a loan that returns on: 2099-01-01\n" in out
    assert "  why: You build it, you run it\n" in out
    assert "working days of help" not in out
    assert "stays behind: orders-alarms" in out
    assert "shown: The runbook, and the receiver has run it" in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("filled")
def test_as_json(baton: Baton) -> None:
    [listed] = json.loads(baton("handoff", "list", "--json").out)["handoffs"]
    shown = json.loads(baton("handoff", "show", "1", "--json").out)
    assert (listed["id"], listed["giver"], listed["receiver"], listed["loan_until"]) == (
        1,
        "DevOps",
        "Payments",
        "2099-01-01",
    )
    assert [each["state"] for each in shown["resources"]] == ["offered", "declined"]
    assert [each["item"] for each in shown["evidence"]] == ["runbook"]


@pytest.mark.usefixtures("filled")
def test_one_that_is_not_there(baton: Baton) -> None:
    done = baton("handoff", "show", "9")
    assert done.code == 1
    assert "There is no such handoff" in done.err


@pytest.mark.usefixtures("filled")
def test_the_answer_says_what_is_offered(baton: Baton) -> None:
    [under_way] = json.loads(baton("ask", "--json", "the database of orders\x1b[2J").out)["handoffs"]
    assert under_way == {
        "handoff": 1,
        "state": "offered",
        "areas": ["database"],
        "from": "DevOps",
        "to": "Payments",
        "on": None,
    }
    assert (
        "DevOps offers the database to Payments: not accepted yet." in baton("ask", "the database of orders\x1b[2J").out
    )


def test_what_is_asked_for_and_what_is_agreed_for_a_day_say_so(filled: Path, baton: Baton) -> None:
    with sqlite3.connect(filled) as connection:
        connection.execute("UPDATE handoff_resources SET state = 'draft' WHERE state = 'declined'")
        connection.execute("UPDATE handoff_resources SET state = 'accepted' WHERE state = 'offered'")
        connection.execute("UPDATE handoffs SET effective_on = '2098-01-01'")
    connection.close()
    assert baton("handoff", "list").out.endswith(": 1 accepted for 2098-01-01, 1 asked for\n")


def test_what_has_come_back_is_returned(filled: Path, baton: Baton) -> None:
    with sqlite3.connect(filled) as connection:
        connection.execute(
            "UPDATE handoff_resources SET state = 'accepted', moved_at = '2026-03-03', returned_at = '2026-03-04'"
        )
    connection.close()
    assert "(database) returned" in baton("handoff", "show", "1").out
    assert baton("handoff", "list", "--all").out.endswith("2 returned\n")


def test_what_a_receiver_needs_is_said_as_it_stands() -> None:
    card = next(cards_of("ada"))
    needed = {"needs": "a drill", "needs_from": "Omar", "answered_by": "Omar"}

    def said(state: ResourceState) -> str:
        return resource_line(replace(card.resources[0], state=state, reason="", **needed), card)

    assert said(ResourceState.NOT_YET).endswith("not yet: needs a drill from Omar")
    assert said(ResourceState.SUPPLIED).endswith("offered: a drill is there, says Omar")
    assert said(ResourceState.EXPIRED).endswith("expired: still needed a drill from Omar")
