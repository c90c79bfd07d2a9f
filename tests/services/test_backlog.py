"""Requests: made once, taken through their steps by those who may, and shown as the store has them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.domain.backlog.demand import EvidenceKind, OpenQuestion
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin
from bot.domain.backlog.requests import ItemType, RequestItem, RequestState, Step
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services.backlog import intake
from bot.services.backlog.answers import needed_until
from bot.services.backlog.intake import Opened, open_request
from bot.services.backlog.joins import join
from bot.services.backlog.steps import StepTaken, take
from bot.services.deps import Deps, DevopsTeam
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from bot.store.db import Database
from tests.conftest import FixedClock

DEVOPS, PAYMENTS = 1, 2
OMAR, ADA, GRACE, EVE = 1, 2, 3, 4
THREAD = Origin("thread:C0PAY00001:100.1", "C0PAY00001", "100.1", "https://acme.slack.com/archives/C0PAY00001/p1001")


@pytest.fixture
async def deps(database: Database, clock: FixedClock) -> Deps:
    async with database.transaction() as session:
        session.add(tables.Source(id=1, name="people"))
        names = {OMAR: "Omar", ADA: "Ada", GRACE: "Grace", EVE: "Eve"}
        session.add_all(
            tables.Person(id=each, name=name, slack_id=f"U0000000{each}", revision=1) for each, name in names.items()
        )
        session.add(tables.Team(id=DEVOPS, folded="devops", name="DevOps", channel="C0OPS00001", revision=1))
        session.add(tables.Team(id=PAYMENTS, folded="payments", name="Payments", channel="C0PAY00001", revision=1))
        await session.flush()
        for team, person in ((DEVOPS, OMAR), (PAYMENTS, ADA), (PAYMENTS, GRACE)):
            session.add(tables.Membership(team_id=team, person_id=person, source_id=1))
    return Deps(database, clock, devops=DevopsTeam(name="devops"))


@pytest.fixture
async def snapshot(deps: Deps) -> Snapshot:
    snapshot = Snapshot()
    await refresh(snapshot, deps.database)
    return snapshot


NEW_REQUEST = NewRequest(
    origin=THREAD,
    title="Cassandra for metrics",
    items=(
        RequestItem(ItemType.INFRASTRUCTURE, "Cassandra keyspace in Terraform", quote="Terraform has to create it"),
    ),
    filed_by=ADA,
    asked_by=ADA,
    team_id=PAYMENTS,
    demand=DemandEntry(lost_people=5, lost_times=2, lost_hours=1, evidence=EvidenceKind.COUNTED),
)


async def opened(deps: Deps, snapshot: Snapshot, new: NewRequest = NEW_REQUEST) -> Opened:
    return await open_request(deps, snapshot, new)


async def step(
    deps: Deps, snapshot: Snapshot, step: Step, person_id: int, words: str = "", *, request_id: int = 1
) -> StepTaken:
    return await take(deps, snapshot, request_id=request_id, person_id=person_id, step=step, words=words)


async def messages(deps: Deps) -> dict[str, tables.OutboxMessage]:
    async with deps.database.reading() as session:
        return {row.key: row for row in (await session.execute(select(tables.OutboxMessage))).scalars()}


async def entries(deps: Deps) -> list[tuple[str, str]]:
    async with deps.database.reading() as session:
        table = tables.AuditEntry
        rows = await session.execute(select(table).order_by(col(table.id)))
        return [(row.actor, row.action) for row in rows.scalars() if row.subject.startswith("request:")]


async def test_a_request_is_told_in_its_thread_and_to_the_devops_team(deps: Deps, snapshot: Snapshot) -> None:
    made = await opened(deps, snapshot)
    assert (made.is_new, made.card.state, made.card.team and made.card.team.name) == (True, "proposed", "Payments")
    assert made.told is not None
    assert (made.told.name, made.told.place) == ("DevOps", "C0OPS00001")
    said = await messages(deps)
    assert (said["backlog.card:1"].channel, said["backlog.card:1"].thread_ts) == ("C0PAY00001", "100.1")
    assert said["backlog.triage:1"].channel == "C0OPS00001"
    assert await entries(deps) == [("person:2", "backlog.open")]


async def test_one_thread_makes_one_request_however_many_press(deps: Deps, snapshot: Snapshot) -> None:
    other = replace(NEW_REQUEST, filed_by=GRACE, title="The same again")
    made = await asyncio.gather(*(opened(deps, snapshot, each) for each in (NEW_REQUEST, other, NEW_REQUEST)))
    assert sorted(each.is_new for each in made) == [False, False, True]
    assert {each.card.id for each in made} == {made[0].card.id}
    async with deps.database.reading() as session:
        assert len((await session.execute(select(tables.RequestDemand))).all()) == 1
    assert [each for each in await messages(deps) if each.startswith("backlog.triage")] == ["backlog.triage:1"]


async def test_without_a_devops_team_nothing_is_made(deps: Deps, snapshot: Snapshot) -> None:
    with pytest.raises(UserError, match="BATON_DEVOPS_TEAM"):
        await opened(replace(deps, devops=DevopsTeam(name="nobody")), snapshot)
    assert await messages(deps) == {}


async def test_from_proposed_to_confirmed(deps: Deps, snapshot: Snapshot) -> None:
    await opened(deps, snapshot)
    await step(deps, snapshot, Step.ACCEPT, OMAR)
    await step(deps, snapshot, Step.START, OMAR)
    await step(deps, snapshot, Step.DELIVER, OMAR, "The keyspace is there")
    done = await step(deps, snapshot, Step.CONFIRM, GRACE)
    assert (done.card.state, done.card.assignee and done.card.assignee.name) == (RequestState.CONFIRMED, "Omar")
    news = [row.body["text"] for key, row in (await messages(deps)).items() if key.startswith("backlog.news")]
    assert [text.split(" ", 1)[1] for text in news] == [
        "Accepted into the DevOps backlog.",
        "Delivered: The keyspace is there\nDoes it do the job?\nGrace confirmed it.",
    ]
    assert "Confirmed" in (await messages(deps))["backlog.card:1"].body["text"]


async def test_a_step_that_is_taken_twice_is_said_once(deps: Deps, snapshot: Snapshot) -> None:
    await opened(deps, snapshot)
    first = await step(deps, snapshot, Step.ACCEPT, OMAR)
    again = await step(deps, snapshot, Step.ACCEPT, OMAR)
    assert (first.is_new, again.is_new) == (True, False)
    assert [action for _, action in await entries(deps)] == ["backlog.open", "backlog.accept"]


async def test_only_the_devops_team_decides(deps: Deps, snapshot: Snapshot) -> None:
    await opened(deps, snapshot)
    with pytest.raises(NotAllowedError, match="members of DevOps"):
        await step(deps, snapshot, Step.ACCEPT, ADA)
    await step(deps, snapshot, Step.DELIVER, OMAR)
    with pytest.raises(NotAllowedError, match="members of Payments"):
        await step(deps, snapshot, Step.CONFIRM, EVE)


async def test_whoever_filed_it_speaks_for_it_from_outside_the_team(deps: Deps, snapshot: Snapshot) -> None:
    await opened(deps, snapshot, replace(NEW_REQUEST, filed_by=EVE))
    assert (await step(deps, snapshot, Step.WITHDRAW, EVE)).card.state is RequestState.WITHDRAWN


async def test_a_question_stops_the_clock_until_it_is_answered(
    deps: Deps, snapshot: Snapshot, clock: FixedClock
) -> None:
    await opened(deps, snapshot)
    await step(deps, snapshot, Step.ASK, OMAR, "Which region?")
    clock.advance(timedelta(hours=3))
    answered = await step(deps, snapshot, Step.REPLY, ADA, "Frankfurt")
    assert answered.card.state is RequestState.PROPOSED
    async with deps.database.reading() as session:
        row = await session.get(tables.Request, 1)
    assert row is not None
    assert row.waited_seconds == 3 * 3600
    triage = [row for key, row in (await messages(deps)).items() if ":reply:" in key]
    assert [(row.parent_key, row.body["text"]) for row in triage] == [
        ("backlog.triage:1", f"<@U0000000{OMAR}> Ada answered: Which region? — Frankfurt")
    ]


@pytest.mark.parametrize("needs", [Step.ASK, Step.DECLINE, Step.ANSWER])
async def test_a_decision_that_needs_words_is_not_taken_without(deps: Deps, snapshot: Snapshot, needs: Step) -> None:
    await opened(deps, snapshot)
    with pytest.raises(UserError):
        await step(deps, snapshot, needs, OMAR, "  ")
    stands = await intake.existing(deps, snapshot, THREAD.key)
    assert stands is not None
    assert stands.state is RequestState.PROPOSED


async def test_a_request_that_is_not_there_is_said(deps: Deps, snapshot: Snapshot) -> None:
    with pytest.raises(NotFoundError, match="/devops list"):
        await step(deps, snapshot, Step.ACCEPT, OMAR, request_id=99)


class TestJoined:
    @pytest.fixture
    async def joined(self, deps: Deps, snapshot: Snapshot) -> None:
        """Ada has asked, and Eve, who is in no team, has joined; both with a date."""
        soon = deps.clock.now().date() + timedelta(30)
        await opened(deps, snapshot, replace(NEW_REQUEST, needed_by=soon))
        theirs = replace(NEW_REQUEST, origin=Origin("form:V1"), team_id=None, filed_by=EVE, asked_by=EVE)
        await join(deps, snapshot, request_id=1, new=replace(theirs, needed_by=soon))

    async def dates(self, deps: Deps) -> dict[int, int]:
        today = deps.clock.now().date()
        async with deps.database.reading() as session:
            found = (await session.execute(select(tables.RequestDemand))).scalars()
            return {each.person_id: (each.needed_by - today).days for each in found if each.needed_by}

    @pytest.mark.usefixtures("joined")
    @pytest.mark.parametrize(("who", "expected"), [(GRACE, {ADA: 60, EVE: 30}), (EVE, {ADA: 30, EVE: 60})])
    async def test_a_new_date_is_that_of_whoever_gives_it(
        self, deps: Deps, snapshot: Snapshot, who: int, expected: dict[int, int]
    ) -> None:
        today = deps.clock.now().date()
        later = today + timedelta(60)
        question = OpenQuestion.STILL_NEEDED
        card = await needed_until(
            deps, snapshot, request_id=1, person_id=who, question=question, until=later, today=today
        )
        assert await self.dates(deps) == expected
        assert card.needed_by == today + timedelta(30), "the other one has to meet it still"
        assert bool(card.needed_for) == (who == GRACE), "and whose it is, is said"

    async def test_a_private_request_cannot_be_joined(self, deps: Deps, snapshot: Snapshot) -> None:
        await opened(deps, snapshot, replace(NEW_REQUEST, origin=replace(THREAD, is_private=True)))
        theirs = replace(NEW_REQUEST, origin=Origin("form:V1"), team_id=None, filed_by=EVE, asked_by=EVE)
        with pytest.raises(NotFoundError):
            await join(deps, snapshot, request_id=1, new=theirs)
