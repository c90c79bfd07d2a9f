"""Requests, whatever people, the tracker, Slack and crashes do to them, in any order.

The audit log is the model: who replays it gets the state, the merges and the followers that the store has. Each thread
makes one request, each card in Slack says what the store says, and each change is told once to whoever is to hear it.
"""

# ruff: noqa: ARG002 - the ports give more than stand-ins need

from __future__ import annotations

import asyncio
import hmac
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.demand import OpenQuestion
from bot.domain.backlog.new_request import Origin
from bot.domain.backlog.requests import TRANSITIONS, RequestState, Step
from bot.domain.tracker import IssueDraft, IssueStatus, TrackedIssue
from bot.errors import SlackError, SlackUnreachableError, TrackerUnreachableError, UserError
from bot.ports import Slack
from bot.services.background import Background
from bot.services.backlog import _cards, answers, intake, lists, merges, plans, ranks, steps
from bot.services.backlog.trackers import Trackers
from bot.services.deps import Deps, DevopsTeam
from bot.services.outbox import Pace, drain
from bot.services.snapshot import Snapshot, refresh
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import NIGHT, FixedClock
from tests.services.fakes import FakeMessage, FakePort
from tests.services.test_backlog import NEW_REQUEST

DEVOPS, PAYMENTS, SEARCH = 1, 2, 3
OMAR, LIN, ADA, GRACE, SOLO, EVE = range(1, 7)
MEMBERS = {DEVOPS: (OMAR, LIN), PAYMENTS: (ADA, GRACE), SEARCH: (SOLO,)}
CHANNELS = {DEVOPS: "C0OPS00001", PAYMENTS: "C0PAY00001", SEARCH: "C0SRCH0001"}
#: Two threads, and a form that stands by itself.
ORIGINS = (
    Origin("thread:C0PAY00001:100.1", "C0PAY00001", "100.1", "https://acme.example.test/p1"),
    Origin("thread:C0SRCH0001:100.2", "C0SRCH0001", "100.2", "https://acme.example.test/p2"),
    Origin("form:V1"),
)
#: What `steps.take` takes.
STEPS = [each for each in Step if each not in (Step.MERGE, Step.DELIVER_PART, Step.SUFFICE)]
NEWS = frozenset({Step.ACCEPT, Step.ASK, Step.ANSWER, Step.DECLINE, Step.DELIVER})
FAULTS = (SlackUnreachableError("ClientConnectorError"), SlackError("internal_error"), "lost")
SECRET = "a-secret-of-webhooks"

people = st.sampled_from([OMAR, OMAR, LIN, ADA, ADA, GRACE, SOLO, SOLO, EVE])
numbers = st.integers(1, len(ORIGINS))
actions = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(ORIGINS), st.sampled_from([ADA, GRACE, SOLO, EVE])),
    st.tuples(st.just("take"), numbers, people, st.sampled_from(STEPS)),
    *3 * [st.tuples(st.just("allowed"), numbers, st.integers(0, 11), st.integers(0, 1))],
    *2 * [st.tuples(st.just("merge"), numbers, numbers, st.sampled_from([OMAR, LIN]))],
    st.tuples(st.just("follow"), numbers, people, st.booleans()),
    st.tuples(
        st.just("plan"), numbers, st.sampled_from([OMAR, ADA]), st.sampled_from(["estimate", "assign", "snooze"])
    ),
    st.tuples(st.just("date"), numbers, people),
)


class KilledError(BaseException):
    """The process is gone, at this statement."""


@dataclass
class Board:
    """A tracker in memory behind its port. `is_lost` makes the next issue and never answers."""

    clock: FixedClock
    name: str = "github"
    signature_header: str = "X-Hub-Signature-256"
    delivery_header: str = "X-GitHub-Delivery"
    webhook_secret: str = SECRET
    issues: dict[str, tuple[str, TrackedIssue]] = field(default_factory=dict)
    is_lost: bool = False

    async def create(self, draft: IssueDraft) -> TrackedIssue:
        ref = f"acme/platform#{len(self.issues) + 1}"
        issue = TrackedIssue(ref, f"https://github.example.test/{ref}", IssueStatus.OPEN, self.clock.now())
        self.issues[ref] = draft.marker, issue
        if self.is_lost:
            self.is_lost = False
            raise TrackerUnreachableError("it hung up")
        return issue

    async def find(self, marker: str, *, since: datetime) -> TrackedIssue | None:
        return next((issue for its, issue in self.issues.values() if its == marker), None)

    async def read(self, ref: str) -> TrackedIssue | None:
        return self.issues[ref][1] if ref in self.issues else None

    async def is_public(self) -> bool:
        return False

    async def changed_since(self, since: datetime) -> AsyncIterator[TrackedIssue]:
        for _, issue in sorted(self.issues.values(), key=lambda each: each[1].changed_at):
            yield issue

    def named_in(self, payload: Any) -> str:
        return str(payload["ref"])


class Channels(FakePort):
    """A Slack whose channels are all public."""

    async def is_public_channel(self, channel_id: str) -> bool:
        return True


@dataclass
class Replayed:
    """What the audit log says of one request."""

    state: RequestState = RequestState.PROPOSED
    before: RequestState = RequestState.PROPOSED
    merged_into: int | None = None
    followers: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)  #: for whom it is, and who filed it

    def moved(self, step: Step) -> None:
        """Take a step. It has to be one that the state allows."""
        transition = TRANSITIONS[step]
        # What its own team has confirmed, others may still send back.
        sources = transition.sources | ({RequestState.CONFIRMED} if step is Step.NOT_YET else set())
        assert self.state in sources, (self.state, step)
        waits = self.state in (RequestState.NEEDS_INFO, RequestState.MERGED)
        self.before, self.state = self.before if waits else self.state, transition.to or self.before


class Requests(RuleBasedStateMachine):
    """One organisation with its store, its Slack and its tracker, and the process that serves them now."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="baton-requests-"))
        shutil.copy(self.template, self.folder / "baton.sqlite")
        self.clock = FixedClock()
        self.slack, self.board = Channels(self.clock), Board(self.clock)
        for origin in ORIGINS:
            if origin.thread_ts:
                place, ts = origin.channel_id, origin.thread_ts
                root = FakeMessage(ts, place, place, "We need it", f"root:{place}", self.clock.now(), None, (), False)
                self.slack.posted.append(root)
        self.dies_in = 0  #: the statement, counted from now, at which the process is killed; 0 for none
        self.wait(self.start())

    @initialize(askers=st.tuples(*[st.sampled_from([ADA, SOLO])] * len(ORIGINS)))
    def some_are_open(self, askers: tuple[int, ...]) -> None:
        for origin, person_id in zip(ORIGINS, askers, strict=False):
            self.act(("open", origin, person_id))

    def wait(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(what)

    async def start(self) -> None:
        """Start a process: what it knows comes from the store."""
        self.database = Database(f"sqlite:///{self.folder / 'baton.sqlite'}")
        for name in ("before_cursor_execute", "commit"):
            event.listen(self.database.engine.sync_engine, name, self.die)
        self.deps = Deps(self.database, self.clock, devops=DevopsTeam(name="devops"))
        self.snapshot, self.pace = Snapshot(), Pace()
        await refresh(self.snapshot, self.database)
        self.trackers = Trackers(self.deps, self.snapshot, cast(Slack, self.slack), self.board, pause=_no_pause)

    def die(self, *_: Any) -> None:
        self.dies_in -= 1
        if self.dies_in == 0:
            raise KilledError

    async def survive(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do something; should the process be killed, start another one, and do it again, as Slack or people would."""
        try:
            return await work()
        except KilledError:
            self.dies_in = 0
            await self.database.close()
            await self.start()
            return await work()

    @rule(action=actions)
    def act(self, action: tuple[Any, ...], *, dies_in: int = 0) -> None:
        self.clock.advance(timedelta(seconds=1))
        its = self.wait(self.chosen(action))
        self.dies_in = dies_in
        self.wait(self.survive(lambda: self.do(its)))
        self.dies_in = 0

    @rule(action=actions, statement=st.integers(1, 30))
    def is_killed_in(self, action: tuple[Any, ...], statement: int) -> None:
        self.act(action, dies_in=statement)

    @rule(action=actions)
    def twice(self, action: tuple[Any, ...]) -> None:
        """What is delivered twice, the second time a second later, changes nothing."""
        action = self.wait(self.chosen(action))
        self.act(action)
        before = self.wait(self.entries())
        self.act(action)
        if action[0] in ("open", "take", "merge", "follow"):
            assert self.wait(self.entries()) == before, action

    @rule(order=st.permutations(range(1, len(ORIGINS) + 1)))
    def one_after_the_other_is_merged(self, order: list[int]) -> None:
        for number, into in pairwise(order):
            self.act(("merge", number, into, OMAR))

    @rule(first=actions, second=actions)
    def at_once(self, first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
        self.clock.advance(timedelta(seconds=1))

        async def both() -> None:
            await asyncio.gather(self.do(await self.chosen(first)), self.do(await self.chosen(second)))

        self.wait(both())

    async def chosen(self, action: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the action, with a step that the request allows now and somebody who may take it."""
        kind, number, *rest = action
        if kind != "allowed":
            return action
        async with self.database.reading() as session:
            row = await session.get(tables.Request, number)
        if row is None:
            return action
        allowed = [each for each in STEPS if RequestState(row.state) in TRANSITIONS[each].sources]
        step = allowed[rest[0] % len(allowed)]
        is_devops = TRANSITIONS[step].right is TRANSITIONS[Step.ACCEPT].right
        return "take", number, (OMAR, LIN)[rest[1]] if is_devops else (row.asked_by, row.filed_by)[rest[1]], step

    async def do(self, action: tuple[Any, ...]) -> None:
        """Do what somebody may be refused."""
        kind, *rest = action
        with suppress(UserError):  # that nothing was changed then is what the audit log and the store agree on
            await getattr(self, f"do_{kind}")(*rest)

    async def send(self) -> None:
        await self.trackers.send()

    async def reconcile(self) -> None:
        await self.trackers.reconcile()

    async def do_allowed(self, *_: int) -> None:
        """There is no such request yet."""

    async def do_open(self, origin: Origin, person_id: int) -> None:
        team = next((each for each, members in MEMBERS.items() if person_id in members), None)
        new = replace(NEW_REQUEST, origin=origin, filed_by=person_id, asked_by=person_id, team_id=team)
        made = await intake.open_request(self.deps, self.snapshot, new)
        found = await intake.existing(self.deps, self.snapshot, origin.key)
        assert found is not None, "the form, a mention and the emoji find it"
        assert found.id == made.card.id

    async def do_take(self, number: int, person_id: int, step: Step) -> None:
        await steps.take(
            self.deps, self.snapshot, request_id=number, person_id=person_id, step=step, words=f"{step} by {person_id}"
        )

    async def do_merge(self, number: int, into: int, person_id: int) -> None:
        await merges.merge(self.deps, self.snapshot, request_id=number, into_id=into, person_id=person_id)

    async def do_follow(self, number: int, person_id: int, is_on: bool) -> None:
        await lists.follow(self.deps, self.snapshot, request_id=number, person_id=person_id, is_on=is_on)

    async def do_plan(self, number: int, person_id: int, what: str) -> None:
        arguments: dict[str, dict[str, Any]] = {
            "estimate": {"hours": (1, 2, 3)},
            "assign": {"assignee_id": LIN},
            "snooze": {"until": date(2026, 3, 9), "today": date(2026, 3, 3)},
        }
        given = arguments[what]
        await getattr(plans, what)(self.deps, self.snapshot, request_id=number, person_id=person_id, **given)

    async def do_date(self, number: int, person_id: int) -> None:
        question, until = OpenQuestion.STILL_NEEDED, date(2026, 4, 1)
        await answers.needed_until(
            self.deps,
            self.snapshot,
            request_id=number,
            person_id=person_id,
            question=question,
            until=until,
            today=date(2026, 3, 3),
        )

    @rule(is_lost=st.booleans())
    def issues_are_made(self, is_lost: bool) -> None:
        self.board.is_lost = is_lost
        self.clock.advance(timedelta(minutes=10))
        self.wait(self.survive(self.send))

    @rule(number=numbers, status=st.sampled_from([*IssueStatus]), deliveries=st.lists(st.integers(1, 3), max_size=3))
    def an_issue_changes(self, number: int, status: IssueStatus, deliveries: list[int]) -> None:
        """Somebody changes an issue; its webhooks come late, twice, or not at all."""
        ref = f"acme/platform#{number}"
        if ref not in self.board.issues:
            return
        self.clock.advance(timedelta(seconds=1))
        marker, issue = self.board.issues[ref]
        self.board.issues[ref] = marker, replace(issue, status=status, changed_at=self.clock.now())
        body = orjson.dumps({"ref": ref})
        signature = f"sha256={hmac.new(SECRET.encode(), body, sha256).hexdigest()}"

        async def hear() -> None:
            background = Background()
            for each in deliveries:
                headers = {self.board.signature_header: signature, self.board.delivery_header: f"d-{each}"}
                assert await self.trackers.hear(headers, body, background) == 200
            await background.drain(seconds=10)

        self.wait(self.survive(hear))

    @rule()
    def the_tracker_is_asked(self) -> None:
        self.clock.advance(timedelta(hours=1))
        self.wait(self.survive(self.reconcile))

    @rule(fault=st.sampled_from(FAULTS))
    def slack_fails_once(self, fault: SlackError | str) -> None:
        self.slack.plan.append(fault)

    @rule(statement=st.integers(0, 20))
    def the_outbox_is_drained(self, statement: int) -> None:
        self.dies_in = statement
        self.clock.advance(timedelta(seconds=1))
        self.wait(self.survive(lambda: drain(self.deps, cast(Slack, self.slack), self.pace)))
        self.dies_in = 0

    @invariant()
    def the_store_is_what_was_audited(self) -> None:
        self.wait(self.check_store())

    @rule()
    def all_is_said(self) -> None:
        self.wait(self.check_slack())

    def teardown(self) -> None:
        try:
            self.wait(self.check_slack())
        finally:
            self.wait(self.database.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    async def rows(self, table: Any, *order: Any) -> list[Any]:
        async with self.database.reading() as session:
            return list((await session.execute(select(table).order_by(*order))).scalars())

    async def entries(self) -> list[tuple[str, str]]:
        return [(each.action, each.subject) for each in await self.rows(tables.AuditEntry, col(tables.AuditEntry.id))]

    async def replay(self) -> tuple[dict[int, Replayed], dict[str, set[int]], set[str]]:
        """Return what the audit log says of each request, and who is told of each change in a message of their own.

        What became part of it is told below its own card, in messages with these keys.
        """
        found: dict[int, Replayed] = {}
        told: dict[str, set[int]] = {}
        below: set[str] = set()
        for entry in await self.rows(tables.AuditEntry, col(tables.AuditEntry.id)):
            kind, _, number = entry.subject.partition(":")
            if kind != "request":
                continue
            word, actor, request_id = entry.action.removeprefix("backlog."), entry.actor, int(number)
            person_id = int(actor.removeprefix("person:")) if actor.startswith("person:") else 0
            if word == "open":
                people = {person_id, int(entry.detail["asked_by"])}
                found[request_id] = Replayed(followers=set(people), people=people)
            its = found[request_id]
            match word:
                case "follow":
                    its.followers.add(person_id)
                case "unfollow":
                    its.followers.discard(person_id)
                case "merge":
                    its.moved(Step.MERGE)
                    its.merged_into = int(entry.detail["into"])
                case "unmerge":
                    its.moved(Step.UNMERGE)
                    its.merged_into = None
                case _ if word in set(Step):
                    its.moved(Step(word))
                    its.merged_into = its.merged_into if its.state is RequestState.MERGED else None
                    if Step(word) in NEWS:
                        parts, at = parts_of(found, request_id), int(entry.at.timestamp() * 1000)
                        hears = {each for part in parts for each in found[part].followers}
                        asked = parts if Step(word) is not Step.ASK else {request_id}
                        key = f"backlog.news:{request_id}:{word}:{at}"
                        told[key] = hears - {each for part in asked for each in found[part].people} - {person_id}
                        if Step(word) in (Step.ACCEPT, Step.DELIVER):
                            below |= {f"backlog.news:{part}:{word}:{at}" for part in parts - {request_id}}
        return found, told, below

    async def check_store(self) -> None:
        requests = await self.rows(tables.Request, col(tables.Request.id))
        assert max(Counter(each.source_key for each in requests).values(), default=1) == 1
        replayed, _, _ = await self.replay()
        assert set(replayed) == {each.id for each in requests}
        followers: dict[int, set[int]] = {}
        for follower in await self.rows(tables.RequestFollower):
            followers.setdefault(follower.request_id, set()).add(follower.person_id)
        for row in requests:
            its = replayed[row.id]
            assert (row.state, row.merged_into) == (its.state, its.merged_into)
            assert followers.get(row.id, set()) == its.followers
        demands = {(each.request_id, each.team_id) for each in await self.rows(tables.RequestDemand)}
        assert demands == {(each.id, each.team_id) for each in requests}
        made = Counter(marker for marker, _ in self.board.issues.values())
        assert set(made.values()) <= {1}, "a request has one issue"
        for row in requests:
            if row.state == RequestState.MERGED:
                whole = next(each for each in requests if each.id == root_of(replayed, row.id))
                assert whole.state not in ("withdrawn", "merged"), "its asker waits for something that is gone"

    async def check_slack(self) -> None:
        self.dies_in = 0
        await self.drained()
        keys = Counter(each.key for each in self.slack.posted)
        assert max(keys.values()) == 1, keys.most_common(1)
        replayed, told, below = await self.replay()
        said: dict[str, set[int]] = {key: set() for key in told}
        for message in self.slack.posted:
            is_followers = message.key.startswith("backlog.news:") and message.key.count(":") == 4
            if is_followers and Step(message.key.split(":")[2]) in NEWS:
                key, _, person = message.key.rpartition(":")
                said[key].add(int(person))
                assert message.place == f"D0000000{person}"
        assert said == told
        news = [each for each in keys if each.startswith("backlog.news:") and each.rpartition(":")[0] not in told]
        assert set(told) <= set(news), "whoever it is for reads it as well"
        assert {each for each in news if Step(each.split(":")[2]) in NEWS} == set(told) | below
        shown = {each.key: (each.text, list(each.blocks)) for each in self.slack.posted}
        async with self.database.reading() as session:
            rows = (await session.execute(select(tables.Request))).scalars().all()
            duties = ("", *(f"U0000000{each}" for each in MEMBERS[DEVOPS]))
            wholes = [row for row in rows if row.state != RequestState.MERGED]
            ranked = {each.id: each for each in await ranks.with_demands(session, self.deps, self.snapshot, wholes)}
            for row in rows:
                card = await _cards.loaded(session, self.snapshot, row, now=self.clock.now())
                parts = parts_of(replayed, card.id)
                assert {number for number, _ in card.parts} == parts - {card.id}
                assert shown[_cards.card_key(card.id)] == as_shown(blocks.card(card))
                triage = [as_shown(blocks.triage_post(card, duty=duty)) for duty in duties]
                assert shown[_cards.triage_key(card.id)] in triage
                if card.state is not RequestState.MERGED:
                    assert len(ranked[card.id].demands) == len(parts), "what each team needs counts"

    async def drained(self) -> None:
        """Drain until everything is in Slack. A claim of a process that was killed runs out in a minute."""
        for _ in range(400):
            rows = await self.rows(tables.OutboxMessage)
            if all(row.state == "sent" for row in rows):
                return
            assert not [row.key for row in rows if row.state in ("failed", "dropped")]
            is_moving = await drain(self.deps, cast(Slack, self.slack), self.pace)
            self.clock.advance(timedelta(seconds=0 if is_moving else 10))
        raise AssertionError("the outbox does not come to an end")


async def _no_pause(_: float) -> None:
    pass


def as_shown(message: Rendered) -> tuple[str, list[Any]]:
    """Return a message as the outbox keeps it."""
    return message.text, orjson.loads(orjson.dumps(list(message.blocks)))


def parts_of(found: dict[int, Replayed], request_id: int) -> set[int]:
    """Return a request and all that have become part of it, over however many merges."""
    return {each for each in found if root_of(found, each, until=request_id) == request_id}


def root_of(found: dict[int, Replayed], request_id: int, *, until: int = 0) -> int:
    """Return what a request became part of in the end, or on the way there `until`."""
    for _ in found:
        into = found[request_id].merged_into
        if into is None or request_id == until:
            break
        request_id = into
    return request_id


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an organisation without requests."""
    file = tmp_path_factory.mktemp("requests") / "baton.sqlite"
    asyncio.run(_make(file))
    return file


async def _make(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    await migrations.upgrade(database)
    async with database.transaction() as session:
        session.add(tables.Source(id=1, name="people"))
        names = {OMAR: "Omar", LIN: "Lin", ADA: "Ada", GRACE: "Grace", SOLO: "Solo", EVE: "Eve"}
        for number, name in names.items():
            session.add(tables.Person(id=number, name=name, slack_id=f"U0000000{number}", revision=1))
        for number, name in {DEVOPS: "DevOps", PAYMENTS: "Payments", SEARCH: "Search"}.items():
            team = tables.Team(id=number, folded=name.lower(), name=name, channel=CHANNELS[number], revision=1)
            session.add(team)
        await session.flush()
        for number, members in MEMBERS.items():
            session.add_all(tables.Membership(team_id=number, person_id=each, source_id=1) for each in members)
    await database.close()


def test_requests_in_any_order(organisation: Path) -> None:
    kind = type("Requests", (Requests,), {"template": organisation})
    examples = settings(max_examples=1000 if NIGHT else 10, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(kind, settings=examples)
