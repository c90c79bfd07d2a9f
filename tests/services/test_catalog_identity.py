"""A less believed source overrules no other about who people are, and what it does say is reported."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.catalog import PersonClaim
from bot.services.catalog import PersonChange
from bot.services.catalog.report import ReportAction
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import World, person, team

ANN = person(email="ann@example.test", handle="ann")


@pytest.fixture
def world(database: Database, clock: Any) -> World:
    return World(database, clock)


async def known(world: World) -> set[tuple[str | None, str | None, bool]]:
    rows = await world.rows(tables.Person)
    return {(row.email, row.handle, row.is_active) for row in rows if row.email or row.handle}


async def load_in(world: World, order: tuple[str, ...], said: dict[str, PersonClaim]) -> None:
    for name in order:
        await world.load(name, said[name])


@pytest.mark.parametrize("order", [("baton", "csv"), ("csv", "baton")])
async def test_a_less_believed_source_marks_nobody_as_gone(world: World, order: tuple[str, ...]) -> None:
    said = {"baton": ANN, "csv": person(email="ann@example.test", is_active=False)}
    await load_in(world, order, said)
    assert await known(world) == {("ann@example.test", "ann", True)}
    report = await world.load("csv", said["csv"])
    assert [(str(each), each.is_error) for each in report.problems] == [
        (
            "catalog.yaml:1: says that 'ann@example.test' has left; 'baton', which comes first, says otherwise: "
            "not taken from here.",
            False,
        )
    ]
    assert report.people == ()


@pytest.mark.parametrize("order", [("baton", "csv"), ("csv", "baton")])
async def test_who_has_left_by_the_most_believed_source_is_gone(world: World, order: tuple[str, ...]) -> None:
    said = {"baton": person(email="ann@example.test", is_active=False), "csv": person(email="ann@example.test")}
    await load_in(world, order, said)
    assert await known(world) == {("ann@example.test", None, False)}


async def test_a_file_does_not_bring_back_whose_account_slack_has_deactivated(world: World) -> None:
    await world.load("csv", person(email="ann@example.test"))
    async with world.database.transaction() as session:
        [row] = (await session.execute(select(tables.Person))).scalars()
        row.is_active, row.is_deactivated = False, True
    await world.load("csv", person(email="ann@example.test", name="Ann"))
    assert await known(world) == {("ann@example.test", None, False)}


async def test_somebody_of_whom_only_one_source_speaks_is_gone_and_the_report_says_so(world: World) -> None:
    await world.load("baton", team("Payments", members=("ann@example.test",)))
    gone = await world.load("csv", person(email="ann@example.test", is_active=False))
    assert gone.people == (PersonChange("ann@example.test", "is_active", "", ReportAction.REMOVED),)
    assert gone.people_changed == 1
    entry = (await world.rows(tables.AuditEntry))[-1]
    assert entry.detail["people"] == ["removed is_active  ann@example.test"]
    back = await world.load("csv", person(email="ann@example.test"))
    assert [(each.field, each.action) for each in back.people] == [("is_active", ReportAction.ADDED)]


async def test_a_handle_that_turns_out_to_be_somebodys_is_reported_and_audited(world: World) -> None:
    await world.load("baton", team("Payments", members=("octo",)))
    report = await world.load("csv", person(email="eve@example.test", handle="octo", name="Eve"))
    assert report.people == (PersonChange("octo", "email", "eve@example.test", ReportAction.ADDED),)
    entry = (await world.rows(tables.AuditEntry))[-1]
    assert entry.detail["people"] == ["added email eve@example.test octo"]
    assert report.as_dict()["people"] == [
        {"action": "added", "person": "octo", "field": "email", "value": "eve@example.test"}
    ]


async def test_two_stored_people_who_become_one_are_reported(world: World) -> None:
    await world.load("baton", team("Payments", members=("octo",)), team("Ops", members=("eve@example.test",)))
    report = await world.load("csv", person(email="eve@example.test", handle="octo"))
    assert set(report.people) == {
        PersonChange("octo", "email", "eve@example.test", ReportAction.ADDED),
        PersonChange("eve@example.test", "handle", "octo", ReportAction.ADDED),
    }


@pytest.mark.parametrize("order", [("baton", "csv"), ("csv", "baton")])
async def test_a_handle_is_that_persons_to_whom_the_most_believed_source_gives_it(
    world: World, order: tuple[str, ...]
) -> None:
    said = {"baton": ANN, "csv": person(email="eve@example.test", handle="ann")}
    await load_in(world, order, said)
    assert await known(world) == {("ann@example.test", "ann", True), ("eve@example.test", None, True)}
    [note] = (await world.load("csv", said["csv"])).problems
    assert note.message.startswith("gives 'eve@example.test' the handle 'ann'; 'baton', which comes first")


@pytest.mark.parametrize("order", [("baton", "csv"), ("csv", "baton")])
async def test_a_handle_does_not_become_another_than_the_most_believed_source_says(
    world: World, order: tuple[str, ...]
) -> None:
    said = {"baton": ANN, "csv": person(email="ann@example.test", handle="eve")}
    await load_in(world, order, said)
    assert await known(world) == {("ann@example.test", "ann", True)}
    [note] = (await world.load("csv", said["csv"])).problems
    assert "the handle 'eve'" in note.message


async def test_two_people_whom_a_more_believed_source_tells_apart_stay_two(world: World) -> None:
    await world.load("baton", person(handle="octo"), person(email="eve@example.test"))
    report = await world.load("csv", person(email="eve@example.test", handle="octo"))
    assert await known(world) == {(None, "octo", True), ("eve@example.test", None, True)}
    [note] = report.problems
    assert note.message.startswith("gives 'eve@example.test' the handle 'octo'; 'baton'")
    assert report.people == ()


async def test_precedence_says_which_source_is_believed(world: World) -> None:
    await world.load("baton", ANN)
    await world.load("csv", person(email="ann@example.test"))
    async with world.database.transaction() as session:
        for row in await world.rows(tables.Source, tables.Source.name == "csv"):  # type: ignore[arg-type]
            (await session.get_one(tables.Source, row.id)).precedence = 1
    report = await world.load("csv", person(email="ann@example.test", is_active=False))
    assert await known(world) == {("ann@example.test", "ann", False)}
    assert [each.field for each in report.people] == ["is_active"]


async def everybody(world: World) -> set[tuple[str | None, str | None, str | None, int]]:
    """Who is known by what, and in how many teams each is."""
    members = [row.person_id for row in await world.rows(tables.Membership)]
    return {
        (row.slack_id, row.email, row.handle, members.count(row.id))
        for row in await world.rows(tables.Person)
        if row.slack_id or row.email or row.handle
    }


@pytest.mark.parametrize("order", [("baton", "csv"), ("csv", "baton")])
@pytest.mark.parametrize("is_settled", [False, True])
async def test_whom_a_source_tells_apart_a_less_believed_one_does_not_make_one_by_a_handle(
    world: World, order: tuple[str, ...], is_settled: bool
) -> None:
    said = {
        "baton": [person(slack_id="U000ANN1", teams=("pay",)), person(handle="ann", teams=("pay",)), team("pay")],
        "csv": [person(slack_id="U000ANN1", email="ann@example.test", handle="ann", teams=("pay",))],
    }
    for name in (*order, *(order if is_settled else ())):
        await world.load(name, *said[name])
    assert await everybody(world) == {
        ("U000ANN1", "ann@example.test", None, 1),
        (None, None, "ann", 1),
    }


@pytest.mark.parametrize("order", [("baton", "csv"), ("csv", "baton")])
async def test_whom_the_more_believed_source_takes_for_one_the_other_does_not_tell_apart(
    world: World, order: tuple[str, ...]
) -> None:
    said = {
        "csv": [person(slack_id="U000ANN1", teams=("pay",)), person(handle="ann", teams=("pay",))],
        "baton": [person(slack_id="U000ANN1", email="ann@example.test", handle="ann", teams=("pay",)), team("pay")],
    }
    for name in order:
        await world.load(name, *said[name])
    assert await everybody(world) == {("U000ANN1", "ann@example.test", "ann", 1)}


async def test_who_is_one_by_the_sources_own_word_stays_one(world: World) -> None:
    await world.load("csv", person(email="ann@example.test", handle="ann"))
    await world.load(
        "baton", person(slack_id="U000ANN1", handle="ann"), person(handle="ann"), person(email="ann@example.test")
    )
    assert await everybody(world) == {("U000ANN1", "ann@example.test", "ann", 0)}
