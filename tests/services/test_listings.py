"""Slack's members and channels, page by page at Slack's own limits, on a clock that is moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from bot.blocks.text import Rendered
from bot.clients.slack import SlackClient
from bot.domain.trust import AccountStanding
from bot.errors import SlackError, SlackUnreachableError
from bot.playground.fake_slack import FakeSlack
from bot.playground.records import ApiCall, Channel, User
from bot.ports import ENDLESS_LIST, ListedChannel, Page
from bot.services import snapshot as snapshots
from bot.services.deps import Deps
from bot.services.listings import Listings
from bot.services.members import Members
from bot.services.outbox import enqueue
from bot.services.snapshot import Snapshot
from bot.store.db import Database
from bot.store.tables import OutboxMessage, Person, SlackChannel, SlackMember, Team, core
from tests.conftest import FixedClock

pytestmark = pytest.mark.sql

TOKEN = "xoxb-listings"
MINUTE = timedelta(minutes=1)


class Process:
    """What one process of Baton knows."""

    def __init__(self, deps: Deps, client: SlackClient) -> None:
        self.snapshot = Snapshot()
        self.members = Members(deps, client, self.snapshot)
        self.listings = Listings(deps, client, self.snapshot, self.members)

    async def run(self, *, at_start: bool = False) -> None:
        """What the jobs do every minute."""
        await self.listings.read_channels(at_start=at_start)
        await self.listings.read_members(at_start=at_start)


@pytest.fixture
async def slack(clock: FixedClock) -> AsyncIterator[FakeSlack]:
    made = FakeSlack(
        signing_secret="s", bot_token=TOKEN, app_token="a", clock=clock.now, monotonic=lambda: clock.now().timestamp()
    )
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[SlackClient]:
    async with SlackClient(token=TOKEN, api_url=slack.api_url) as made:
        yield made


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """Let a pause that is waited for pass on the clock."""

    async def sleep(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    monkeypatch.setattr("slack_sdk.http_retry.builtin_async_handlers.asyncio", SimpleNamespace(sleep=sleep))


@pytest.fixture
def long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pauses that Slack asks for be too long to be waited for."""
    monkeypatch.setattr("bot.clients.slack_retries.LONGEST_LISTING_PAUSE_SECONDS", 1)


@pytest.fixture
def deps(database: Database, clock: FixedClock) -> Deps:
    return Deps(database, clock)


@pytest.fixture
def process(deps: Deps, client: SlackClient) -> Process:
    return Process(deps, client)


def grow(slack: FakeSlack, *, members: int, channels: int) -> None:
    for number in range(members):
        user_id = f"U{number:08}"
        slack.workspace.users[user_id] = User(user_id, f"u{number}", f"User {number}", f"u{number}@example.test")
    for number in range(channels):
        channel_id = f"C{number:08}"
        slack.workspace.channels[channel_id] = Channel(channel_id, f"c{number}")


def calls(slack: FakeSlack, method: str) -> list[ApiCall]:
    return [call for call in slack.calls if call.method == method]


@pytest.mark.parametrize(("code", "is_over"), [("is_archived", True), ("restricted_action", False)])
async def test_a_channel_that_is_listed_again_is_there_whatever_it_refused(
    slack: FakeSlack, process: Process, deps: Deps, clock: FixedClock, code: str, is_over: bool
) -> None:
    grow(slack, members=0, channels=1)
    deps.refusals.add("C00000000", code, at=clock.now())
    await process.run()
    assert deps.refusals.stands("C00000000", at=clock.now()) is not is_over


async def test_after_a_restart_a_channel_that_refused_is_still_known(
    slack: FakeSlack, process: Process, deps: Deps, clock: FixedClock
) -> None:
    grow(slack, members=0, channels=1)
    async with deps.database.transaction() as session:
        await enqueue(
            session, key="k", channel="C00000000", message=Rendered("k"), at=clock.now(), fallbacks=["U00000001"]
        )
    left = {"channel": "C00000000", "error": "restricted_action", "at": clock.now().isoformat()}
    async with deps.database.transaction() as session:
        await session.execute(update(core(OutboxMessage)).values(channel="U00000001", moved_from=[left]))
    await process.run(at_start=True)
    assert deps.refusals.stands("C00000000", at=clock.now())


async def stored(deps: Deps) -> tuple[int, int]:
    """How many members and channels are in the store."""
    async with deps.database.reading() as session:
        members = (await session.execute(select(func.count()).select_from(SlackMember))).scalar()
        channels = (await session.execute(select(func.count()).select_from(SlackChannel))).scalar()
    return members or 0, channels or 0


def pauses_kept(slack: FakeSlack, method: str, *, seconds: int = 3) -> bool:
    """Whether Slack asked for pauses, and no call came before the one that it was answered with was over."""
    made = calls(slack, method)
    refused = [(one.at, after.at) for one, after in pairwise(made) if one.http_status == 429]
    return bool(refused) and all(after - at >= timedelta(seconds=seconds) for at, after in refused)


async def test_short_pauses_are_waited_for_at_once(slack: FakeSlack, deps: Deps, process: Process) -> None:
    grow(slack, members=5_000, channels=5_000)
    await process.run(at_start=True)
    assert await stored(deps) == (len(slack.workspace.users), 5_000)
    assert all(pauses_kept(slack, method, seconds=1) for method in ("users.list", "conversations.list"))


@pytest.mark.usefixtures("long_pauses")
async def test_five_thousand_members_and_three_thousand_channels(
    slack: FakeSlack, deps: Deps, process: Process, clock: FixedClock
) -> None:
    grow(slack, members=5_000, channels=5_000)
    await process.run(at_start=True)
    first = await stored(deps)
    assert first == (4_000, 4_000), "twenty pages a minute, and those are kept"
    for _ in range(2):
        clock.advance(MINUTE)
        await process.run()
    assert await stored(deps) == (len(slack.workspace.users), 5_000)
    assert process.members.standing("U00004999") is AccountStanding.MEMBER
    assert process.snapshot.channel_id("c4999") == "C00004999"
    for method, pages in (("users.list", 26), ("conversations.list", 25)):
        answered = [call for call in calls(slack, method) if call.response["ok"]]
        assert len(answered) == pages, "no page was read twice"
        assert pauses_kept(slack, method)


@pytest.mark.usefixtures("long_pauses")
async def test_a_pause_is_kept_and_what_was_read_is_not_read_again_after_a_restart(
    slack: FakeSlack, deps: Deps, client: SlackClient, process: Process, clock: FixedClock
) -> None:
    grow(slack, members=4_500, channels=4_500)
    await process.run(at_start=True)
    made = len(slack.calls)
    restarted = Process(deps, client)
    await restarted.run(at_start=True)
    assert len(slack.calls) == made, "Slack has asked for three seconds, and not one of them is over"
    assert restarted.snapshot.channel_id("c3999") == "C00003999", "known from the store"
    assert restarted.members.standing("U00003998") is AccountStanding.MEMBER
    clock.advance(MINUTE)
    await restarted.run()
    assert restarted.snapshot.channel_id("c4499") == "C00004499"
    assert restarted.members.standing("U00004499") is AccountStanding.MEMBER
    assert len([call for call in calls(slack, "users.list") if call.response["ok"]]) == 23


async def test_a_channel_that_was_met_stays_known_until_a_list_that_began_later(
    slack: FakeSlack, process: Process, clock: FixedClock
) -> None:
    older = slack.add_channel("older", members=[])
    await process.run(at_start=True)
    new, now = slack.add_channel("brand-new", members=[]), clock.now()
    assert await process.listings.meet_channel(new.id)
    await process.listings.read_channel(older.id)  # something has happened to another one
    assert process.snapshot.channel_id("brand-new") == new.id
    await process.listings._forget_channels(before=now)  # a list ends that has begun before
    assert process.snapshot.channel_id("brand-new") == new.id
    assert process.snapshot.is_open(new.id)
    await process.listings._forget_channels(before=now + MINUTE)
    assert not process.snapshot.is_open(new.id)


async def test_a_process_that_dies_amid_the_list_leaves_what_it_has_kept(
    slack: FakeSlack, deps: Deps, client: SlackClient, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(slack, members=1_000, channels=0)
    kept = 0

    async def die(*_: object, **__: object) -> int:
        nonlocal kept
        kept += 1
        if kept == 4:
            raise asyncio.CancelledError
        return 0

    monkeypatch.setattr("bot.services.people.sync_members", die)
    with pytest.raises(asyncio.CancelledError):
        await process.listings.read_members(at_start=True)
    await Process(deps, client).listings.read_members(at_start=True)
    answered = [call.arguments["cursor"] for call in calls(slack, "users.list")]
    assert answered[4] == answered[3], "the page that was under way is read again"
    assert len(answered) == 7, "three pages are not"
    assert (await stored(deps))[0] == len(slack.workspace.users)


@pytest.mark.usefixtures("long_pauses")
async def test_a_cursor_that_is_too_old_begins_anew(
    slack: FakeSlack, deps: Deps, process: Process, clock: FixedClock
) -> None:
    grow(slack, members=4_100, channels=0)
    await process.run(at_start=True)
    slack.api.failures["users.list"] = ["invalid_cursor"]
    for _ in range(3):
        clock.advance(MINUTE)
        await process.run()
    assert (await stored(deps))[0] == len(slack.workspace.users)
    cursors = [call.arguments.get("cursor", "") for call in calls(slack, "users.list")]
    assert cursors.count("") == 2


async def test_a_list_that_leads_back_into_itself_is_left_for_a_while_and_forgets_nothing(
    slack: FakeSlack, deps: Deps, process: Process, clock: FixedClock
) -> None:
    grow(slack, members=0, channels=250)
    await process.listings.read_channels(at_start=True)
    asked: list[str] = []

    async def endless(cursor: str = "") -> AsyncIterator[Page[ListedChannel]]:
        asked.append(cursor)
        yield Page([ListedChannel("C00000000", "c0")], "same")
        raise SlackError(ENDLESS_LIST)

    process.listings._slack = SimpleNamespace(channel_pages=endless)  # type: ignore[assignment]  # as the client does
    clock.advance(timedelta(hours=1))
    for _ in range(25):
        await process.listings.read_channels()
        clock.advance(MINUTE)
    assert asked == ["", "", ""], "each time from the beginning, ten minutes later"
    assert (await stored(deps))[1] == 250
    assert process.snapshot.is_open("C00000249")


async def test_members_do_not_wait_for_channels(slack: FakeSlack, process: Process, clock: FixedClock) -> None:
    grow(slack, members=3, channels=3)
    slack.api.failures["conversations.list"] = ["missing_scope", "missing_scope"]
    await process.run(at_start=True)
    assert process.members.standing("U00000002") is AccountStanding.MEMBER
    for _ in range(5):
        clock.advance(MINUTE)
        await process.run()
    assert len(calls(slack, "conversations.list")) == 1, "a refusal is not repeated every minute"
    assert process.snapshot.channel_id("c2") == "c2"
    clock.advance(timedelta(minutes=20))
    await process.run()
    clock.advance(timedelta(minutes=20))
    await process.run()
    assert process.snapshot.channel_id("c2") == "C00000002"


async def test_once_an_hour_and_at_every_start(
    slack: FakeSlack, deps: Deps, client: SlackClient, process: Process, clock: FixedClock
) -> None:
    grow(slack, members=3, channels=3)
    await process.run(at_start=True)
    for _ in range(59):
        clock.advance(MINUTE)
        await process.run()
    assert len(calls(slack, "users.list")) == 1
    clock.advance(MINUTE)
    await process.run()
    assert len(calls(slack, "users.list")) == 2
    await Process(deps, client).run(at_start=True)
    assert len(calls(slack, "users.list")) == 3


async def test_another_process_takes_over_what_one_has_read(
    slack: FakeSlack, deps: Deps, client: SlackClient, process: Process, clock: FixedClock
) -> None:
    other = Process(deps, client)
    await other.run()
    grow(slack, members=3, channels=3)
    clock.advance(timedelta(hours=2))
    await process.run()
    made = len(slack.calls)
    await other.run()
    assert len(slack.calls) == made
    assert other.snapshot.channel_id("c1") == "C00000001"
    assert other.members.standing("U00000001") is AccountStanding.MEMBER


async def test_a_channel_that_is_archived_or_renamed_keeps_no_name(
    slack: FakeSlack, deps: Deps, process: Process, clock: FixedClock
) -> None:
    grow(slack, members=0, channels=3)
    await process.run(at_start=True)
    slack.workspace.channels["C00000000"].is_archived = True
    slack.workspace.channels["C00000001"].name = "other"
    clock.advance(timedelta(hours=1))
    await process.run()
    known = [process.snapshot.channel_id(name) for name in ("c0", "c1", "other", "c2")]
    assert known == ["c0", "c1", "C00000001", "C00000002"]
    assert (await stored(deps))[1] == 2
    assert [process.snapshot.is_open(name) for name in ("#c0", "C00000000", "other", "C00000002")] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.usefixtures("long_pauses")
async def test_no_channel_counts_as_archived_before_the_whole_list_is_read_by_any_process(
    slack: FakeSlack, deps: Deps, client: SlackClient, process: Process, clock: FixedClock
) -> None:
    grow(slack, members=0, channels=4_100)
    await process.listings.read_channels(at_start=True)
    assert process.snapshot.is_open("C0ELSEWHERE"), "Slack has asked for a pause before the last page"
    clock.advance(timedelta(minutes=5))
    await process.listings.read_channels()
    assert not process.snapshot.is_open("C0ELSEWHERE")
    other = Process(deps, client)
    await other.listings.read_channels()
    assert not other.snapshot.is_open("C0ELSEWHERE")
    assert other.snapshot.is_open("C00000001")


async def test_a_team_has_its_channel_as_soon_as_its_page_is_read(
    slack: FakeSlack, deps: Deps, process: Process
) -> None:
    async with deps.database.transaction() as session:
        session.add(Team(folded="payments", name="Payments", channel="#c7", revision=1))
    await snapshots.refresh(process.snapshot, deps.database)
    grow(slack, members=0, channels=4_100)
    await process.listings.read_channels(at_start=True)
    found = process.snapshot.team_by_name("payments")
    assert found is not None
    assert found.channel == "C00000007", "although Slack has asked for a pause before the last page"


@pytest.mark.parametrize("active", [0, 250])
async def test_whoever_came_back_has_their_new_account_whichever_page_it_is_on(
    slack: FakeSlack, deps: Deps, process: Process, clock: FixedClock, active: int
) -> None:
    async with deps.database.transaction() as session:
        session.add(Person(name="Ada", email="ada@example.test"))
        session.add(Person(name="Bo", email="bo@example.test"))
    grow(slack, members=300, channels=0)
    users = slack.workspace.users
    for number in (0, 250):
        users[f"U{number:08}"].email = "ada@example.test"
        users[f"U{number:08}"].deleted = number != active
    users["U00000100"].email, users["U00000100"].deleted = "bo@example.test", True
    for _ in range(2):
        await process.run()
        clock.advance(timedelta(hours=1))
    async with deps.database.reading() as session:
        rows = (await session.execute(select(Person).order_by(col(Person.id)))).scalars()
        found = [(row.name, row.slack_id, row.is_active) for row in rows]
    assert found == [("Ada", f"U{active:08}", True), ("Bo", None, False)]


async def test_two_runs_at_once_read_once(slack: FakeSlack, process: Process) -> None:
    grow(slack, members=3, channels=3)
    await asyncio.gather(process.run(), process.run())
    assert len(calls(slack, "users.list")) == 1


@pytest.mark.parametrize(("ada", "eve"), [("U00000001", "U00000250"), ("U00000250", "U00000001")])
async def test_a_wrong_account_is_put_right_when_both_are_on_different_pages(
    slack: FakeSlack, deps: Deps, process: Process, ada: str, eve: str
) -> None:
    grow(slack, members=300, channels=0)
    async with deps.database.transaction() as session:
        session.add(Person(name="Ada", email=slack.workspace.users[ada].email, slack_id=eve))
    await process.listings.read_members(at_start=True)
    assert len(calls(slack, "users.list")) == 2
    assert len(calls(slack, "users.info")) == 1
    async with deps.database.reading() as session:
        assert (await session.execute(select(col(Person.slack_id)))).scalars().all() == [ada]


async def test_an_account_that_slack_does_not_know_stops_no_reading(
    slack: FakeSlack, deps: Deps, process: Process
) -> None:
    grow(slack, members=3, channels=0)
    async with deps.database.transaction() as session:
        session.add(Person(name="Ada", email="u1@example.test", slack_id="UNOBODY1"))
    await process.listings.read_members(at_start=True)
    assert process.members.standing("U00000002") is AccountStanding.MEMBER
    async with deps.database.reading() as session:
        assert (await session.execute(select(col(Person.slack_id)))).scalars().all() == ["UNOBODY1"]


async def test_after_a_fault_of_slacks_the_list_is_gone_on_with_a_minute_later(
    slack: FakeSlack, process: Process, deps: Deps, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(slack, members=3, channels=0)
    real = SlackClient.member_pages

    async def broken(self: SlackClient, cursor: str) -> AsyncIterator[Any]:
        raise SlackUnreachableError("status 500")
        yield

    monkeypatch.setattr(SlackClient, "member_pages", broken)
    await process.run()
    monkeypatch.setattr(SlackClient, "member_pages", real)
    assert (await stored(deps))[0] == 0
    clock.advance(timedelta(minutes=1))
    await process.run()
    assert (await stored(deps))[0] >= 3
