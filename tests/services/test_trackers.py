"""Requests as issues: made once whatever the tracker does, and their status taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any, cast

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot import web as routes
from bot.domain.backlog.new_request import Origin
from bot.domain.backlog.requests import ItemType, RequestItem, RequestState, Step
from bot.errors import SlackError, SlackUnreachableError, StoreUnavailableError, TrackerUnreachableError
from bot.ports import Tracker
from bot.services.background import Background
from bot.services.backlog import merges
from bot.services.backlog.comments import LATELY, Comments
from bot.services.backlog.joins import join
from bot.services.backlog.steps import take
from bot.services.backlog.trackers import Trackers
from bot.services.context import assemble
from bot.services.deps import Deps
from bot.services.eol.facts import Facts
from bot.services.snapshot import Snapshot
from bot.store import tables
from handlers.backlog import jobs
from tests.conftest import FixedClock
from tests.services.fakes import FakePort
from tests.services.test_backlog import ADA, EVE, NEW_REQUEST, OMAR, THREAD, entries, messages, opened, step
from tests.services.test_backlog import deps as deps  # noqa: PLC0414 - a fixture
from tests.services.test_backlog import snapshot as snapshot  # noqa: PLC0414 - a fixture
from tests.tracker_servers import Answer, GitHubServer, JiraServer, StandIn, signed

HOUR = timedelta(hours=1)


class Rooms(FakePort):
    """A Slack whose channels are public, but for those in `closed`; `trouble` is raised instead of an answer."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self.closed: set[str] = set()
        self.trouble: SlackError | None = None

    async def is_public_channel(self, channel_id: str) -> bool:
        if self.trouble is not None:
            raise self.trouble
        return channel_id not in self.closed


@dataclass
class World:
    deps: Deps
    snapshot: Snapshot
    clock: FixedClock
    slack: Rooms
    server: StandIn
    trackers: Trackers
    pauses: list[float]

    async def accepted(self, **changes: Any) -> int:
        """A request that the DevOps team has accepted."""
        made = await opened(self.deps, self.snapshot, replace(NEW_REQUEST, **changes))
        await step(self.deps, self.snapshot, Step.ACCEPT, OMAR, request_id=made.card.id)
        return made.card.id

    async def several(self, count: int) -> None:
        for number in range(count):
            await self.accepted(origin=replace(THREAD, key=f"thread:{number}", thread_ts=f"100.{number}"))

    async def sent(self, *, after: timedelta = timedelta()) -> None:
        self.clock.advance(after)
        await self.trackers.send()

    async def row(self, request_id: int = 1) -> tables.TrackerIssue:
        async with self.deps.database.reading() as session:
            row = await session.get(tables.TrackerIssue, request_id)
        assert row is not None
        return row

    async def state(self, request_id: int = 1) -> str:
        async with self.deps.database.reading() as session:
            row = await session.get(tables.Request, request_id)
        assert row is not None
        return row.state

    async def told(self) -> list[str]:
        """What the DevOps team was told of issues, in the thread under its message."""
        said = await messages(self.deps)
        rows = [row for key, row in said.items() if key.startswith("backlog.issue:")]
        assert {(row.channel, row.parent_key.split(":")[0]) for row in rows if row.parent_key} <= {
            ("C0OPS00001", "backlog.triage")
        }
        return [row.body["text"] for row in rows]


@pytest.fixture(params=["github", "jira"])
def server(request: pytest.FixtureRequest, clock: FixedClock) -> StandIn:
    if request.param == "jira":
        return JiraServer(clock)
    pytest.importorskip("gidgethub", reason="the extra baton[github] is not installed")
    return GitHubServer(clock)


@pytest.fixture
async def world(deps: Deps, snapshot: Snapshot, clock: FixedClock, server: StandIn) -> AsyncIterator[World]:
    slack, pauses = Rooms(clock), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with server.serving() as tracker:
        yield World(deps, snapshot, clock, slack, server, Trackers(deps, snapshot, slack, tracker, pause=pause), pauses)


async def test_an_accepted_request_becomes_one_issue(world: World) -> None:
    await opened(world.deps, world.snapshot)
    await world.sent()
    assert world.server.issues == []
    await step(world.deps, world.snapshot, Step.ACCEPT, OMAR)
    await world.sent()
    await world.sent(after=HOUR)
    assert len(world.server.issues) == 1
    row = await world.row()
    assert (row.state, row.ref, row.status, row.sent_at) == ("made", world.server.ref(1), "open", None)
    assert row.marker in str(world.server.issues[0].fields)
    assert [world.server.ref(1) in each for each in await world.told()] == [True]
    assert (f"tracker:{row.tracker}", "backlog.issue_made") in await entries(world.deps)


async def test_jobs_send_and_reconcile_and_do_nothing_without_a_tracker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.backlog.trackers.PACE_SECONDS", 0.0)
    tracker = world.trackers.tracker
    context = assemble(world.deps, world.slack, snapshot=world.snapshot, facts=Facts(), tracker=tracker)  # type: ignore[arg-type]
    await world.accepted()
    jobs.wake(context)
    assert await context.background.drain(seconds=5) == 0
    assert (await world.row()).state == "made"
    world.server.change(1, "closed")
    idle = replace(context, trackers=None)
    for each in (idle, context):
        assert await world.state() == RequestState.ACCEPTED
        for job in (jobs.send_issues, jobs.reconcile_issues):
            await job(each)
        jobs.wake(each)
    await context.background.drain(seconds=5)
    assert await world.state() == RequestState.DELIVERED


async def test_issues_are_made_a_second_apart(world: World) -> None:
    await world.several(3)
    await world.sent()
    assert (len(world.server.issues), world.pauses) == (3, [1.0, 1.0, 1.0])


async def test_an_issue_whose_answer_was_lost_is_found_and_not_made_again(world: World) -> None:
    await world.accepted()
    world.server.plan = ["lost"]
    await world.sent()
    assert (await world.row()).state == "wanted"
    await world.sent(after=timedelta(minutes=1))  # too early to look
    assert (await world.row()).state == "wanted"
    await world.sent(after=timedelta(minutes=1))
    assert (len(world.server.issues), (await world.row()).state) == (1, "made")


@pytest.mark.parametrize("status", [429, 403, 404, 503])
async def test_a_lost_answer_is_remembered_while_the_issue_cannot_be_looked_for(world: World, status: int) -> None:
    await world.accepted()
    world.server.plan = ["lost"]
    await world.sent()
    world.server.down = Answer(status)
    await world.sent(after=HOUR)
    world.server.down = None
    await world.sent(after=HOUR)
    assert (len(world.server.issues), (await world.row()).state) == (1, "made")


async def test_an_issue_of_a_process_that_died_while_it_sent_is_found(world: World) -> None:
    await world.accepted()
    world.server.plan = ["lost"]
    await world.sent()
    async with world.deps.database.transaction() as session:  # as a process leaves it that got no further
        row = await session.get(tables.TrackerIssue, 1)
        assert row is not None
        row.not_before = world.clock.now() + timedelta(minutes=5)
    await world.sent(after=timedelta(minutes=6))
    assert (len(world.server.issues), (await world.row()).state) == (1, "made")


async def test_an_issue_that_was_sent_in_vain_is_made_later(world: World) -> None:
    await world.accepted()
    world.server.plan = [Answer(502)]
    await world.sent()
    assert (await world.row()).sent_at is not None
    await world.sent(after=timedelta(minutes=2))
    assert (len(world.server.issues), (await world.row()).state) == (1, "made")


async def test_two_processes_make_one_issue(world: World) -> None:
    await world.accepted()

    async def pause(_: float) -> None: ...

    other = Trackers(world.deps, world.snapshot, world.slack, world.trackers.tracker, pause=pause)
    await asyncio.gather(world.sent(), other.send())
    assert len(world.server.issues) == 1


async def test_a_tracker_that_is_down_for_hours_gets_everything_once(world: World) -> None:
    await world.several(3)
    world.server.down = Answer(503)
    for _ in range(3):
        await world.sent(after=timedelta(minutes=30))
    assert await world.told() == [], "it may be back soon"
    for _ in range(60):
        await world.sent(after=timedelta(minutes=10))
    assert world.server.issues == []
    said = await world.told()
    assert ["issue yet" in each and "a fault of its own" in each for each in said] == [True] * 3, "each once"
    world.server.down = None
    for _ in range(3):
        await world.sent(after=HOUR)
    assert len(world.server.issues) == 3
    assert {(await world.row(number)).state for number in (1, 2, 3)} == {"made"}


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, {"Retry-After": "120", "RateLimit-Reason": "jira-burst-based"}), 120),
        (Answer(403, {"Retry-After": "300"}, "You have exceeded a secondary rate limit"), 300),
        (Answer(403, message="You have exceeded a secondary rate limit and have been blocked"), 60),
    ],
)
async def test_a_pause_that_the_tracker_asks_for_is_kept_by_all(world: World, answer: Answer, seconds: int) -> None:
    if isinstance(world.server, JiraServer) and not answer.headers:
        pytest.skip("Jira always says how long")
    await world.several(2)
    world.server.plan = [answer]
    await world.sent()
    asked = len(world.server.calls)
    await world.sent(after=timedelta(seconds=seconds - 1))
    assert (len(world.server.calls), world.server.issues) == (asked, [])
    await world.sent(after=timedelta(seconds=1))
    assert len(world.server.issues) == 2
    assert not any(call.endswith("/search/jql") for call in world.server.calls)  # it was clear that nothing was made


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_refusal_of_everything_waits_for_somebody_to_put_it_right(world: World, status: int) -> None:
    await world.several(2)
    world.server.plan = [Answer(status)]
    await world.sent()
    assert [f"({status})" in said and "every hour" in said for said in await world.told()] == [True]
    await world.sent(after=timedelta(minutes=59))
    assert world.server.issues == []
    await world.sent(after=timedelta(minutes=1))
    assert len(world.server.issues) == 2


async def test_an_issue_that_the_tracker_does_not_take_is_said_once_and_keeps_no_other_waiting(world: World) -> None:
    await world.several(2)
    status = 422 if isinstance(world.server, GitHubServer) else 400
    world.server.plan = [Answer(status), None, Answer(status)]
    await world.sent()
    assert [(await world.row(number)).state for number in (1, 2)] == ["failed", "made"]
    await world.sent(after=timedelta(hours=23))
    assert len(world.server.issues) == 1
    await world.sent(after=HOUR)
    assert sum("every day" in each for each in await world.told()) == 1
    await world.sent(after=timedelta(days=1))  # somebody has put it right
    assert (await world.row()).state == "made"


async def test_what_the_tracker_objects_to_is_said_and_not_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.accepted()
    if isinstance(world.server, GitHubServer):
        said, body = (
            "title: too_long",
            {
                "message": "Validation Failed",
                "errors": [{"resource": "Issue", "field": "title", "code": "too_long"}],
            },
        )
        world.server.plan = [Answer(422, body=orjson.dumps(body))]
    else:
        said = "Pick a site. duedate: Due date is required."
        body = {"errorMessages": ["Pick a site."], "errors": {"duedate": "Due date is required."}}
        world.server.plan = [Answer(400, body=orjson.dumps(body))]
    await world.sent()
    assert [said in each for each in await world.told()] == [True]
    assert "does not take what it was sent" in caplog.text
    assert said not in caplog.text, "it may repeat what people wrote"


async def test_what_a_tracker_objects_to_is_said_where_it_names_no_field(world: World) -> None:
    await world.accepted()
    if isinstance(world.server, GitHubServer):
        body: dict[str, Any] = {"message": "Validation Failed", "errors": ["x", {"code": "custom", "message": "No."}]}
        world.server.plan, said = [Answer(422, body=orjson.dumps(body))], "(422): x, No."
    else:
        body = {"errorMessages": None, "errors": {"labels": "Not on the screen."}}
        world.server.plan, said = [Answer(400, body=orjson.dumps(body))], "(400): labels: Not on the screen."
    await world.sent()
    assert [said in each for each in await world.told()] == [True]


async def test_what_is_accepted_in_a_pause_waits_for_its_end(world: World) -> None:
    await world.accepted()
    world.server.plan = [Answer(429, {"Retry-After": "120"})]
    await world.sent()
    await world.accepted(origin=replace(THREAD, key="thread:2", thread_ts="100.2"))
    asked = len(world.server.calls)
    await world.sent(after=timedelta(seconds=60))
    assert (len(world.server.calls), world.server.issues) == (asked, [])
    await world.sent(after=timedelta(seconds=60))
    assert len(world.server.issues) == 2


@pytest.mark.parametrize("status", [401, 410])
async def test_a_place_that_takes_issues_again_keeps_none_waiting(world: World, status: int) -> None:
    await world.several(2)
    world.server.plan = [Answer(status)]
    await world.sent()
    await world.accepted(origin=replace(THREAD, key="thread:new", thread_ts="100.9"))
    await world.sent(after=timedelta(minutes=1))  # somebody has put it right, as the new one shows
    await world.sent(after=timedelta(minutes=1))
    assert len(world.server.issues) == 3


async def test_an_answer_that_is_none_counts_as_lost(world: World) -> None:
    await world.accepted()
    world.server.plan = [Answer(201, body=b"<html>")]
    await world.sent()
    row = await world.row()
    assert (row.state, row.sent_at is not None) == ("wanted", True)
    assert "not what it documents" in row.problem


async def test_everybody_may_read_the_title_and_the_link_alone(world: World) -> None:
    world.server.is_public = True
    await world.accepted(details="Our customers' names")
    await world.sent()
    sent = str(world.server.issues[0].fields)
    assert NEW_REQUEST.title in sent
    assert THREAD.permalink in sent
    assert not any(word in sent for word in ("customers", "keyspace", "Payments"))


async def test_a_tracker_of_the_organisation_s_own_gets_what_was_asked_but_no_quotes(world: World) -> None:
    await world.accepted(details="For the metrics")
    await world.sent()
    sent = str(world.server.issues[0].fields)
    assert all(word in sent for word in ("Cassandra keyspace in Terraform", "Payments", "For the metrics"))
    assert "has to create it" not in sent


JOINED = replace(
    NEW_REQUEST,
    origin=Origin("thread:C0SEA00001:7.1", "C0SEA00001", "7.1", "https://acme.slack.com/archives/C0SEA00001/p71"),
    title="Metrics for search",
    items=(RequestItem(ItemType.LIBRARY, "A client for search"),),
    filed_by=EVE,
    asked_by=EVE,
    team_id=None,
    details="Twelve nodes",
    needed_by=date(2026, 3, 20),
    needed_reason="The auditor comes",
)


@pytest.mark.parametrize("is_closed", [False, True])
async def test_a_team_that_has_joined_stands_in_the_issue_with_its_day(world: World, *, is_closed: bool) -> None:
    """Its words do so where everybody can read its thread; its day always."""
    made = await opened(world.deps, world.snapshot, replace(NEW_REQUEST, needed_by=date(2026, 5, 1)))
    await join(world.deps, world.snapshot, request_id=made.card.id, new=JOINED)
    await step(world.deps, world.snapshot, Step.ACCEPT, OMAR)
    world.slack.closed = {"C0SEA00001"} if is_closed else set()
    await world.sent()
    sent = str(world.server.issues[0].fields)
    assert f"Needed by 2026-03-20 by {'another team' if is_closed else 'Eve'}" in sent
    assert "2026-05-01" not in sent
    assert "auditor" not in sent, "a reason may be of a private thread"
    words = ("Also for Eve", "Eve asks for Metrics for search", "A client for search", "Twelve nodes")
    assert [word in sent for word in words] == [not is_closed] * 4
    assert f"As of {world.clock.now().date()}: what has changed since stands in Slack." in sent


async def test_the_words_of_a_private_channel_go_nowhere(world: World) -> None:
    world.slack.closed = {THREAD.channel_id}
    await world.accepted(details="A secret plan")
    await world.sent()
    sent = str(world.server.issues[0].fields)
    assert "DevOps request #1" in sent
    assert THREAD.permalink in sent
    assert not any(word in sent for word in ("plan", "Cassandra", "Payments"))


async def test_the_words_of_a_private_channel_go_nowhere_though_its_thread_takes_no_card(world: World) -> None:
    world.slack.closed = {THREAD.channel_id}
    await world.accepted(details="A secret plan", origin=Origin(THREAD.key))
    await world.sent()
    sent = str(world.server.issues[0].fields)
    assert "DevOps request #1" in sent
    assert not any(word in sent for word in ("plan", "Cassandra", "Payments"))


async def test_a_channel_that_slack_does_not_show_counts_as_private(world: World) -> None:
    world.slack.trouble = SlackError("channel_not_found")
    await world.accepted()
    await world.sent()
    assert "Cassandra" not in str(world.server.issues[0].fields)


async def test_an_issue_waits_for_a_slack_that_is_away(world: World) -> None:
    world.slack.trouble = SlackUnreachableError("timeout")
    await world.accepted()
    await world.sent()
    assert world.server.issues == []
    world.slack.trouble = None
    await world.sent(after=timedelta(minutes=2))
    assert NEW_REQUEST.title in str(world.server.issues[0].fields)


async def test_a_private_request_has_no_issue(world: World) -> None:
    await world.accepted(origin=replace(THREAD, is_private=True))
    await world.sent()
    assert (world.server.issues, world.server.calls) == ([], [])


async def test_what_is_delivered_before_the_issue_was_made_needs_none(world: World) -> None:
    await world.accepted()
    world.server.down = Answer(503)
    await world.sent()
    world.server.down = None
    await step(world.deps, world.snapshot, Step.DELIVER, OMAR)
    await world.sent(after=HOUR)
    assert world.server.issues == []


async def made(world: World) -> None:
    await world.accepted()
    await world.sent()


async def test_closed_there_is_delivered_and_reopened_there_in_progress(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    await world.trackers.reconcile()
    assert await world.state() == RequestState.DELIVERED
    news = [row.body["text"] for key, row in (await messages(world.deps)).items() if ":deliver:" in key]
    assert ["Does it do the job?" in each and "Closed in" in each for each in news] == [True]
    world.server.change(1, "open")
    await world.trackers.reconcile()
    assert await world.state() == RequestState.IN_PROGRESS
    assert "opened again" in (await world.told())[-1]
    [row] = [row for key, row in (await messages(world.deps)).items() if key.startswith("backlog.resumed:")]
    assert (row.channel, row.body["text"].startswith("<@")) == ("C0PAY00001", True), "whoever was asked hears it there"
    assert " is in progress again: its issue" in row.body["text"]
    tracker = f"tracker:{world.trackers.tracker.name}"
    assert (await entries(world.deps))[-2:] == [(tracker, "backlog.deliver"), (tracker, "backlog.resume")]


async def test_what_its_asker_finds_unfinished_is_not_delivered_again_by_the_same_closing(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    await world.trackers.reconcile()
    await step(world.deps, world.snapshot, Step.NOT_YET, ADA, "The keyspace is empty")
    await world.trackers.reconcile()
    assert await world.state() == RequestState.IN_PROGRESS


@pytest.mark.parametrize(
    ("taken", "person"), [(Step.WITHDRAW, ADA), (Step.DECLINE, OMAR), (Step.ANSWER, OMAR), (Step.DELIVER, OMAR)]
)
async def test_what_ends_in_slack_with_an_open_issue_is_said_with_the_link(
    world: World, taken: Step, person: int
) -> None:
    await made(world)
    await step(world.deps, world.snapshot, taken, person, "Not needed")
    [said] = [each for each in await world.told() if "is still open in" in each]
    assert world.server.ref(1) in said


async def test_what_is_sent_back_lets_nobody_close_its_issue(world: World) -> None:
    await made(world)
    await step(world.deps, world.snapshot, Step.DELIVER, OMAR, "There")
    await step(world.deps, world.snapshot, Step.NOT_YET, ADA, "The keyspace is empty")
    assert [each[-1] for each in await world.told() if "close it there" in each] == ["~"], "it is struck out"
    world.clock.advance(timedelta(days=1))
    await step(world.deps, world.snapshot, Step.DELIVER, OMAR, "Filled")
    assert [each[-1] for each in await world.told() if "close it there" in each] == ["~", "."]
    world.server.change(1, "closed")
    await world.trackers.reconcile()
    said = [each for each in await world.told() if "close it there" in each]
    assert [(each[0], each[-1], each.count("~")) for each in said] == [("~", "~", 2)] * 2, "it was closed there"


async def test_what_becomes_part_of_another_leaves_its_issue_to_be_closed(world: World) -> None:
    await world.several(2)
    await world.sent()
    into = {"request_id": 1, "into_id": 2, "person_id": OMAR}
    await merges.merge(world.deps, world.snapshot, **into)
    [said] = [each for each in await world.told() if "is still open in" in each]
    assert world.server.ref(1) in said


async def test_what_goes_on_in_slack_with_a_closed_issue_is_said_with_the_link(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    await world.trackers.reconcile()
    asked = []
    for taken, person in ((Step.NOT_YET, ADA), (Step.DELIVER, OMAR), (Step.CONFIRM, ADA), (Step.REOPEN, ADA)):
        world.clock.advance(timedelta(minutes=1))
        await step(world.deps, world.snapshot, taken, person, "The keyspace is empty")
        asked.append([each[0] for each in await world.told() if "open it again there" in each])
    assert asked == [["<"], ["~"], ["~"], ["~", "<"]]
    assert "still open" not in str(await world.told())


async def test_what_is_left_of_it_is_said_where_its_closed_issue_is_to_be_opened_again(world: World) -> None:
    items = (*NEW_REQUEST.items, RequestItem(ItemType.LIBRARY, "A CQL library"))
    await world.accepted(items=items)
    await world.sent()
    world.server.change(1, "closed")
    await world.trackers.reconcile()
    given = {"request_id": 1, "person_id": ADA, "step": Step.NOT_YET, "words": "There is none", "left": [1]}
    await take(world.deps, world.snapshot, **given)
    [said] = [each for each in await world.told() if "open it again there" in each]
    assert said.endswith("\nStill to do: A CQL library")


async def test_a_delivery_that_is_taken_back_in_slack_leaves_its_issue_closed_and_says_so(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    await world.trackers.reconcile()
    await step(world.deps, world.snapshot, Step.RESUME, OMAR)
    assert await world.state() == RequestState.IN_PROGRESS
    assert str(await world.told()).count("open it again there") == 1
    world.server.change(1, "open")
    await world.trackers.reconcile()
    [said] = [each for each in await world.told() if "open it again there" in each]
    assert said.startswith("~")


async def confirmed(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    await world.trackers.reconcile()
    await step(world.deps, world.snapshot, Step.CONFIRM, ADA)


async def asked_again(world: World) -> list[tuple[str, str]]:
    """What those read who have confirmed a delivery whose issue is open again, and the buttons below it."""
    said = await messages(world.deps)
    rows = [row for key, row in said.items() if key.startswith("backlog.news:1:resume:")]
    assert {row.channel for row in rows} <= {"C0PAY00001"}
    elements = (
        [one["text"]["text"] for each in row.body["blocks"] for one in each.get("elements", ()) if "action_id" in one]
        for row in rows
    )
    return [(row.body["text"], " ".join(each)) for row, each in zip(rows, elements, strict=True)]


async def test_what_its_team_has_confirmed_no_tracker_opens_again(world: World) -> None:
    await confirmed(world)
    world.server.change(1, "open")
    await world.trackers.reconcile()
    await world.trackers.reconcile()
    assert await world.state() == RequestState.CONFIRMED
    [(said, buttons)] = await asked_again(world)
    assert said.startswith("<@"), "whoever has confirmed it is asked"
    assert "was opened again in" in said
    assert buttons == "Reopen…"
    [told] = [each for each in await world.told() if "was opened again in" in each]
    assert told.endswith("stays confirmed: those who asked for it are asked whether to reopen it.")
    await step(world.deps, world.snapshot, Step.REOPEN, ADA, "It is empty again")
    [(said, buttons)] = await asked_again(world)
    assert (said.endswith("reopened it: It is empty again"), buttons) == (True, "")


@pytest.mark.parametrize(
    ("taken", "person", "stands"),
    [(Step.WITHDRAW, ADA, "withdrawn"), (Step.DECLINE, OMAR, "declined"), (Step.ANSWER, OMAR, "answered")],
)
async def test_what_has_ended_no_tracker_opens_again_and_those_who_asked_are_asked(
    world: World, taken: Step, person: int, stands: str
) -> None:
    await made(world)
    await step(world.deps, world.snapshot, taken, person, "There is another one")
    for status in ("closed", "open"):
        world.server.change(1, status)
        await world.trackers.reconcile()
    await world.trackers.reconcile()
    assert await world.state() == stands
    [(said, buttons)] = await asked_again(world)
    assert said.startswith("<@")
    assert said.endswith(f"and the request is {stands}. Still needed?")
    assert buttons == "Reopen…"
    [told] = [each for each in await world.told() if "was opened again in" in each]
    assert told.endswith(f"stays {stands}: those who asked for it are asked whether they still need it.")
    await step(world.deps, world.snapshot, Step.REOPEN, ADA, "We need it")
    assert await world.state() == RequestState.PROPOSED
    assert "open it again there" not in str(await world.told()), "it is open"


async def test_the_issue_of_a_part_that_is_opened_again_says_where_the_work_goes_on(world: World) -> None:
    await world.several(2)
    await world.sent()
    await merges.merge(world.deps, world.snapshot, request_id=1, into_id=2, person_id=OMAR)
    for status in ("closed", "open"):
        world.server.change(1, status)
        await world.trackers.reconcile()
    [told] = [each for each in await world.told() if "was opened again in" in each]
    assert told.endswith("and its request is part of *#2* *Cassandra for metrics* now, which is accepted. Go on there.")
    assert await asked_again(world) == []
    await step(world.deps, world.snapshot, Step.DECLINE, OMAR, "Not now", request_id=2)
    for status in ("closed", "open"):
        world.server.change(1, status)
        await world.trackers.reconcile()
    [(said, buttons)] = await asked_again(world)
    assert ("the request is declined. Still needed?" in said, buttons) == (True, "Reopen…")


async def test_an_issue_that_is_closed_once_more_takes_its_question_back(world: World) -> None:
    await confirmed(world)
    for status in ("open", "closed"):
        world.server.change(1, status)
        await world.trackers.reconcile()
    [(said, buttons)] = await asked_again(world)
    assert (said.endswith("Settled: Confirmed · for Payments"), buttons) == (True, "")


async def test_after_thirty_days_nobody_is_offered_to_reopen_it(world: World) -> None:
    await confirmed(world)
    world.clock.advance(timedelta(days=31))
    world.server.change(1, "open")
    await world.trackers.reconcile()
    [(said, buttons)] = await asked_again(world)
    assert (said.endswith("Is something missing? Open a new request: `/devops`."), buttons) == (True, "")


async def test_closed_without_being_done_is_for_people_to_decide(world: World) -> None:
    await made(world)
    world.server.change(1, "closed", "not_planned" if isinstance(world.server, GitHubServer) else "Won't Do")
    await world.trackers.reconcile()
    await world.trackers.reconcile()
    assert await world.state() == RequestState.ACCEPTED
    assert sum("without being done" in each for each in await world.told()) == 1
    [row] = [row for row in (await messages(world.deps)).values() if "without being done" in row.body["text"]]
    assert [each["action_id"] for each in row.body["blocks"][-1]["elements"]] == ["backlog.show"], "to decide from"


@pytest.mark.parametrize("is_decided", [True, False])
async def test_what_asks_to_decide_is_struck_out_once_somebody_has_or_the_issue_is_open(
    world: World, *, is_decided: bool
) -> None:
    await made(world)
    world.server.change(1, "closed", "not_planned" if isinstance(world.server, GitHubServer) else "Won't Do")
    await world.trackers.reconcile()
    if is_decided:
        await step(world.deps, world.snapshot, Step.DECLINE, OMAR, "Nobody needs it")
    else:
        world.server.change(1, "open")
        await world.trackers.reconcile()
    [row] = [row for row in (await messages(world.deps)).values() if "without being done" in row.body["text"]]
    assert (row.body["text"][0], row.body["text"][-1]) == ("~", "~")
    assert "backlog.show" not in str(row.body["blocks"])


async def test_all_that_changed_in_the_hours_that_nobody_could_ask_is_taken_back(world: World) -> None:
    await world.several(5)
    await world.sent()
    world.server.page_size = 2
    world.server.down = Answer(503)
    for number in range(1, 6):
        world.server.change(number, "closed")
        world.clock.advance(HOUR)
        await world.trackers.reconcile()
    assert await world.state() == RequestState.ACCEPTED
    world.server.down = None
    await world.trackers.reconcile()
    assert {await world.state(number) for number in range(1, 6)} == {RequestState.DELIVERED}


async def test_an_older_word_that_comes_late_changes_nothing(world: World) -> None:
    await made(world)
    tracker, ref = world.trackers.tracker, world.server.ref(1)
    before = await tracker.read(ref)
    assert before is not None
    world.server.change(1, "closed")
    await world.trackers.reconcile()

    async def late(_ref: str) -> object:
        return before

    slow = Trackers(world.deps, world.snapshot, world.slack, _Reading(tracker, late))  # type: ignore[arg-type]
    await _heard(slow, world)
    assert await world.state() == RequestState.DELIVERED


class _Reading:
    """A tracker whose `read` is another."""

    def __init__(self, tracker: Tracker, read: Any) -> None:
        self._tracker, self.read = tracker, read

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tracker, name)


async def _heard(trackers: Trackers, world: World, *, delivery: str = "d-1") -> int:
    """Let a webhook come, and wait for what it sets off."""
    return await _taken(trackers, *world.server.webhook(1, delivery=delivery))


async def _taken(trackers: Trackers, body: bytes, headers: dict[str, str]) -> int:
    background = Background()
    status = await trackers.hear(headers, body, background)
    await background.drain(seconds=5)
    return status


@pytest.mark.parametrize("is_seen_by", ["webhook", "reconcile"])
async def test_an_issue_that_was_deleted_is_said_once_and_loses_nothing(world: World, is_seen_by: str) -> None:
    await made(world)
    world.server.issues[0].is_deleted = True
    for number in range(2):
        if is_seen_by == "webhook":
            await _heard(world.trackers, world, delivery=f"d-{number}")
        else:
            world.clock.advance(timedelta(hours=25))
            await world.trackers.reconcile()
    await world.sent(after=HOUR)
    assert (await world.row()).state == "gone"
    assert sum("deleted" in each for each in await world.told()) == 1
    assert (await world.state(), len(world.server.issues)) == (RequestState.ACCEPTED, 1)


class _Comments:
    """Comments of which those on one issue cannot be read. `asked` is for which requests they were taken in."""

    def __init__(self, unreadable: int) -> None:
        self.unreadable, self.asked = unreadable, list[int]()

    async def take_in(self, request_id: int) -> None:
        self.asked.append(request_id)
        if request_id == self.unreadable:
            raise TrackerUnreachableError("that is none")


async def test_comments_that_cannot_be_read_are_asked_for_again_and_keep_no_other_issue_waiting(world: World) -> None:
    await world.several(2)
    await world.sent()
    comments = _Comments(unreadable=1)
    world.trackers.comments = cast(Comments, comments)
    world.clock.advance(HOUR)
    for number in (1, 2):
        world.server.change(number, "closed")
    await world.trackers.reconcile()
    assert [await world.state(number) for number in (1, 2)] == [RequestState.DELIVERED] * 2
    world.clock.advance(HOUR)
    await world.trackers.reconcile()
    comments.unreadable = 0
    comments.asked.clear()
    world.clock.advance(HOUR)
    await world.trackers.reconcile()
    assert 1 in comments.asked, "nothing else has changed there since"
    comments.asked.clear()
    world.clock.advance(HOUR)
    await world.trackers.reconcile()
    assert comments.asked == []
    comments.unreadable = 2
    world.clock.advance(HOUR)
    world.server.change(2, "open")
    for _ in range(2):
        await world.trackers.reconcile()
        world.clock.advance(LATELY)
    await world.trackers.reconcile()
    comments.asked.clear()
    await world.trackers.reconcile()
    assert comments.asked == [], "nobody asks for what is too old to be carried"


async def test_an_issue_that_cannot_be_read_itself_lets_the_others_be_read(world: World) -> None:
    for number in (1, 2):
        await world.accepted(origin=replace(THREAD, key=f"thread:{number}", thread_ts=f"100.{number}"))
        await world.sent()
        world.clock.advance(HOUR)
    await world.trackers.reconcile()
    world.clock.advance(timedelta(hours=25))
    world.server.issues[1].is_deleted = True
    world.server.refused_reads = {1}
    for _ in range(2):
        await world.trackers.reconcile()
        world.clock.advance(HOUR)
    assert [(await world.row(number)).state for number in (1, 2)] == ["made", "gone"]


@pytest.mark.parametrize("is_seen_by", ["webhook", "reconcile"])
async def test_an_issue_that_is_back_is_followed_again(world: World, is_seen_by: str) -> None:
    await made(world)
    for number in range(2):
        world.server.issues[0].is_deleted = True
        await _heard(world.trackers, world, delivery=f"gone-{number}")
        assert (await world.row()).state == "gone"
        world.server.issues[0].is_deleted = False
        world.clock.advance(timedelta(hours=25))
        if is_seen_by == "webhook":
            await _heard(world.trackers, world, delivery=f"back-{number}")
        else:
            await world.trackers.reconcile()
        assert (await world.row()).state == "made"
    assert [sum(word in each for each in await world.told()) for word in ("deleted", "is there again")] == [2, 2]
    world.server.change(1, "closed")
    world.clock.advance(HOUR)
    await world.trackers.reconcile()
    assert await world.state() == RequestState.DELIVERED


async def test_a_place_that_cannot_be_seen_for_a_while_is_no_deletion(world: World) -> None:
    await made(world)
    world.server.down = Answer(404)
    world.clock.advance(timedelta(hours=25))
    await world.trackers.reconcile()
    await _heard(world.trackers, world)
    assert (await world.row()).state == "made"


async def test_a_webhook_that_comes_again_is_read_once(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    assert [await _heard(world.trackers, world) for _ in range(3)] == [200, 200, 200]
    assert await world.state() == RequestState.DELIVERED
    reads = [each for each in world.server.calls if each.endswith(("/issues/1", "/issue/OPS-1"))]
    assert len(reads) == (1 if isinstance(world.server, GitHubServer) else 2)  # Jira's making reads it, too


async def test_webhooks_in_the_wrong_order_leave_the_issue_s_own_status(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    world.server.change(1, "open")
    world.server.change(1, "closed")
    for delivery in ("third", "first", "second"):
        await _heard(world.trackers, world, delivery=delivery)
    assert await world.state() == RequestState.DELIVERED
    assert [action for _, action in await entries(world.deps)].count("backlog.deliver") == 1


@pytest.mark.parametrize("server", ["jira"], indirect=True)
async def test_an_issue_that_was_moved_to_another_project_is_followed_there(world: World) -> None:
    assert isinstance(world.server, JiraServer)
    await made(world)
    assert await _taken(world.trackers, *world.server.move(1, "NET-7")) == 200
    world.server.change(1, "closed")
    assert await _heard(world.trackers, world) == 200
    assert ((await world.row()).ref, await world.state()) == ("NET-7", RequestState.DELIVERED)


@pytest.mark.sql
async def test_the_name_of_a_delivery_may_be_any_bytes(world: World) -> None:
    await made(world)
    world.server.change(1, "closed")
    body, headers = world.server.webhook(1, delivery="d\udcff\x00")
    assert await _taken(world.trackers, body, headers) == 200
    assert await world.state() == RequestState.DELIVERED


async def test_old_deliveries_are_forgotten(world: World) -> None:
    await made(world)
    await _heard(world.trackers, world)
    world.clock.advance(timedelta(days=8))
    await world.trackers.reconcile()
    async with world.deps.database.reading() as session:
        assert await session.get(tables.TrackerDelivery, f"{world.trackers.tracker.name}:d-1") is None


@pytest.fixture
async def client(world: World) -> AsyncIterator[TestClient[Any, Any]]:
    background = Background()
    hooks = routes.tracker_routes(world.trackers, background, read_seconds=5)
    async with TestClient(TestServer(routes.application(hooks))) as client:
        yield client
    await background.drain(seconds=5)


@pytest.mark.parametrize(
    "kind", ["forged", "unsigned", "oversized", "no_json", "odd", "odder", "true", "nul", "huge", "of_another", "ping"]
)
async def test_webhooks_that_cannot_be_taken(world: World, client: TestClient[Any, Any], kind: str) -> None:
    await made(world)
    calls = len(world.server.calls)
    body, headers = world.server.webhook(1)
    signature = world.trackers.tracker.signature_header
    body, status = {
        "forged": (body, 401),
        "unsigned": (body, 401),
        "oversized": (b" " * (1024 * 1024) + body, 413),
        "no_json": (b"payload=%7B%7D", 400),
        "odd": (b'{"issue": [7]}', 400),
        "odder": (
            b'{"changelog": {"items": 5}, "issue": {"number": "x"}}',
            400 if isinstance(world.server, JiraServer) else 200,
        ),
        "true": (b'{"issue": {"number": true, "key": true}}', 200),
        "nul": (rb'{"issue": {"number": "\u0000", "key": "OPS-\u0000"}, "\u0000": "\ud800"}', 200),
        "huge": (b'{"issue": {"number": %d, "key": "OPS-%d"}}' % (2**63, 10**400), 200),
        "of_another": (world.server.webhook(99)[0], 200),
        "ping": (b'{"zen": "Keep it logically awesome."}', 200),
    }[kind]
    headers[signature] = signed(body, "another-secret" if kind == "forged" else "a-secret-of-webhooks")
    if kind == "unsigned":
        del headers[signature]
    answer = await client.post(f"/trackers/{world.trackers.tracker.name}", data=BytesIO(body), headers=headers)
    assert (answer.status, len(world.server.calls)) == (status, calls)


async def test_a_body_that_is_announced_as_too_large_is_not_waited_for(
    world: World, client: TestClient[Any, Any]
) -> None:
    name, header = world.trackers.tracker.name, world.trackers.tracker.signature_header
    reader, writer = await asyncio.open_connection(client.server.host, client.server.port)
    lines = (f"POST /trackers/{name} HTTP/1.1", "Host: x", f"{header}: {signed(b'')}", "Content-Length: 99999999")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(5):
        assert b" 413 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_a_body_that_has_no_signature_is_not_waited_for(world: World, client: TestClient[Any, Any]) -> None:
    reader, writer = await asyncio.open_connection(client.server.host, client.server.port)
    lines = (f"POST /trackers/{world.trackers.tracker.name} HTTP/1.1", "Host: x", "Content-Length: 100")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    assert b" 401 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_a_body_that_turns_out_too_large_is_refused(world: World, client: TestClient[Any, Any]) -> None:
    body = b" " * (1024 * 1024 + 1)

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    headers = {world.trackers.tracker.signature_header: signed(body)}
    answer = await client.post(f"/trackers/{world.trackers.tracker.name}", data=parts(), headers=headers)
    assert answer.status == 413


async def test_a_webhook_is_answered_before_the_issue_is_read(world: World, client: TestClient[Any, Any]) -> None:
    await made(world)
    world.server.down = Answer(503)
    body, headers = world.server.webhook(1)
    answer = await client.post(f"/trackers/{world.trackers.tracker.name}", data=body, headers=headers)
    assert answer.status == 200


async def test_a_webhook_while_the_store_is_away_is_a_503(
    world: World, client: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> int:
        raise StoreUnavailableError("cannot be reached")

    monkeypatch.setattr(world.trackers, "hear", away)
    body, headers = world.server.webhook(1)
    answer = await client.post(f"/trackers/{world.trackers.tracker.name}", data=body, headers=headers)
    assert answer.status == 503


async def test_without_a_secret_there_is_no_webhook(world: World) -> None:
    world.trackers.tracker.webhook_secret = ""
    assert routes.tracker_routes(world.trackers, Background(), read_seconds=5) == []
    body, headers = world.server.webhook(1)
    headers[world.trackers.tracker.signature_header] = signed(body, "")
    assert await world.trackers.hear(headers, body, Background()) == 401
