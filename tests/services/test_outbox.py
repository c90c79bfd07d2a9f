"""The outbox: committed with its cause, in order, at Slack's pace, and posted once whatever breaks in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.blocks.text import Rendered, section
from bot.clients.slack import SlackClient
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError, StoreUnavailableError
from bot.playground.fake_slack import FakeSlack
from bot.services.deps import Deps
from bot.services.outbox import Drainer, Pace, drain, enqueue
from bot.services.outbox._claims import claim
from bot.store.db import Database
from bot.store.tables import Miss, OutboxMessage
from tests.conftest import FixedClock
from tests.services.fakes import FakePort
from tests.statements import noted

pytestmark = pytest.mark.sql

PAY, OPS = "C0PAYMENTS", "C0PLATFORM"
SECOND = timedelta(seconds=1)
CLAIM = timedelta(seconds=60)


@pytest.fixture
def deps(database: Database, clock: FixedClock) -> Deps:
    return Deps(database, clock)


@pytest.fixture
def slack(clock: FixedClock) -> FakePort:
    return FakePort(clock)


async def put(deps: Deps, *keys: str, channel: str = PAY) -> None:
    """Enqueue messages whose text is their key."""
    async with deps.database.transaction() as session:
        for key in keys:
            await enqueue(session, key=key, channel=channel, message=Rendered(key), at=deps.clock.now())


async def rows(deps: Deps) -> dict[str, OutboxMessage]:
    async with deps.database.reading() as session:
        found = (await session.execute(select(OutboxMessage).order_by(col(OutboxMessage.id)))).scalars()
        return {row.key: row for row in found}


async def states(deps: Deps) -> dict[str, str]:
    return {key: row.state for key, row in (await rows(deps)).items()}


async def drain_for(deps: Deps, slack: FakePort, clock: FixedClock, *, seconds: float, step: float = 1.0) -> None:
    """Drain now and then every `step` seconds of the moved clock."""
    passed, pace = 0.0, Pace()
    await drain(deps, slack, pace)
    while passed < seconds:
        clock.advance(timedelta(seconds=step))
        passed += step
        await drain(deps, slack, pace)


class TestEnqueue:
    async def test_a_key_is_used_once(self, deps: Deps, slack: FakePort) -> None:
        await put(deps, "a")
        async with deps.database.transaction() as session:
            await enqueue(session, key="a", channel=OPS, message=Rendered("other"), at=deps.clock.now())
        assert await drain(deps, slack) == 1
        await put(deps, "a")
        assert await drain(deps, slack) == 0
        assert [(m.channel, m.text) for m in slack.posted] == [(PAY, "a")]

    async def test_it_commits_and_rolls_back_with_its_cause(self, deps: Deps) -> None:
        now = deps.clock.now()

        async def cause(key: str) -> None:
            async with deps.database.transaction() as session:
                session.add(Miss(key=key, text=key, times=1, last_at=now))
                await enqueue(session, key=key, channel=PAY, message=Rendered(key), at=now)
                if key == "undone":
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await cause("undone")
        await cause("done")
        assert list(await rows(deps)) == ["done"]
        async with deps.database.reading() as session:
            assert (await session.execute(select(col(Miss.key)))).scalars().all() == ["done"]

    async def test_two_at_once_with_one_key(self, deps: Deps) -> None:
        await asyncio.gather(*(put(deps, "a") for _ in range(8)))
        assert list(await rows(deps)) == ["a"]

    async def test_blocks_go_along(self, deps: Deps, slack: FakePort) -> None:
        async with deps.database.transaction() as session:
            message = Rendered("said", [section("said in *bold*")])
            await enqueue(session, key="a", channel=PAY, message=message, at=deps.clock.now())
        await drain(deps, slack)
        assert list(slack.posted[0].blocks) == [section("said in *bold*")]

    async def test_not_before_its_time(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        async with deps.database.transaction() as session:
            await enqueue(session, key="a", channel=PAY, message=Rendered("a"), at=clock.now() + SECOND)
        assert await drain(deps, slack) == 0
        clock.advance(SECOND)
        assert await drain(deps, slack) == 1


class TestOrderAndPace:
    async def test_in_order_for_each_channel(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        for number in range(3):
            await put(deps, f"pay-{number}")
            await put(deps, f"ops-{number}", channel=OPS)
        await drain_for(deps, slack, clock, seconds=3)
        assert [m.text for m in slack.posted if m.channel == PAY] == ["pay-0", "pay-1", "pay-2"]
        assert [m.text for m in slack.posted if m.channel == OPS] == ["ops-0", "ops-1", "ops-2"]

    async def test_at_most_one_a_second_and_channel(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "a", "b", "c")
        await put(deps, "x", channel=OPS)
        await drain_for(deps, slack, clock, seconds=3, step=0.25)
        began = slack.posted[0].at
        when = {m.text: (m.at - began) / SECOND for m in slack.posted}
        assert when == {"a": 0, "x": 0, "b": 1, "c": 2}
        assert len(slack.posted) == len(when)

    async def test_a_message_that_waits_holds_back_its_own_channel_only(
        self, deps: Deps, slack: FakePort, clock: FixedClock
    ) -> None:
        await put(deps, "a", "b")
        await put(deps, "x", "y", channel=OPS)
        slack.plan = [SlackError("external_channel_migrating")] + [None, None, SlackError("service_unavailable")] * 3
        await drain_for(deps, slack, clock, seconds=1)
        # Whichever channel comes first meets the error, and waits.
        held = ["a", "b"] if slack.texts == ["x", "y"] else ["x", "y"]
        assert sorted([*slack.texts, *held]) == ["a", "b", "x", "y"]
        first = list(slack.texts)
        await drain_for(deps, slack, clock, seconds=60)
        assert slack.texts == [*first, *held]

    async def test_what_cannot_be_delivered_holds_nothing_back(
        self, deps: Deps, slack: FakePort, clock: FixedClock
    ) -> None:
        await put(deps, "a", "b")
        slack.plan = [SlackError("msg_too_long")]
        await drain_for(deps, slack, clock, seconds=1)
        assert slack.texts == ["b"]


class TestRefusals:
    async def test_a_pause_that_slack_asks_for_is_kept(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "a")
        slack.plan = [SlackRateLimitedError(17)]
        began = clock.now()
        await drain_for(deps, slack, clock, seconds=20, step=0.5)
        assert [(at - began) / SECOND for at, _ in slack.attempts] == [0, 17]
        assert slack.texts == ["a"]
        assert slack.looked_for == [], "Slack said that it did not take it"

    async def test_pauses_do_not_use_up_attempts(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "a")
        slack.plan = [*[SlackRateLimitedError(5)] * 30, SlackError("internal_error")]
        await drain_for(deps, slack, clock, seconds=160, step=5)
        assert slack.texts == ["a"]

    async def test_passing_refusals_back_off(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "a")
        slack.plan = [SlackError("service_unavailable")] * 5
        await drain_for(deps, slack, clock, seconds=90, step=0.5)
        pauses = [(b - a) / SECOND for (a, _), (b, _) in zip(slack.attempts, slack.attempts[1:], strict=False)]
        wanted = [2, 4, 8, 16, 32]
        assert [0.8 * base <= pause <= 1.2 * base + 0.5 for pause, base in zip(pauses, wanted, strict=True)] == [
            True
        ] * 5
        assert slack.texts == ["a"]
        assert (await rows(deps))["a"].error == ""

    async def test_a_refusal_that_does_not_pass_in_the_end_is_given_up(
        self, deps: Deps, slack: FakePort, clock: FixedClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        await put(deps, "a")
        slack.plan = [SlackError("internal_error")] * 99
        await drain_for(deps, slack, clock, seconds=3600, step=60)
        assert await states(deps) == {"a": "failed"}
        assert len(slack.attempts) == 10
        assert "cannot be delivered: internal_error" in caplog.text

    async def test_after_an_internal_error_it_is_looked_for_first(
        self, deps: Deps, slack: FakePort, clock: FixedClock
    ) -> None:
        await put(deps, "a")
        slack.plan = [SlackError("internal_error")]
        await drain_for(deps, slack, clock, seconds=5)
        assert slack.looked_for == ["a"]
        assert slack.texts == ["a"]

    @pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived", "no_text", "made_up"])
    async def test_others_fail_for_good_and_are_logged_with_their_id(
        self, deps: Deps, slack: FakePort, clock: FixedClock, caplog: pytest.LogCaptureFixture, code: str
    ) -> None:
        await put(deps, "a")
        slack.plan = [SlackError(code)]
        await drain_for(deps, slack, clock, seconds=100, step=10)
        row = (await rows(deps))["a"]
        assert (row.state, row.error, row.ts) == ("failed", code, None)
        assert len(slack.attempts) == 1
        errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
        assert len(errors) == 1
        assert errors[0].startswith(f"outbox message {row.id} cannot be delivered: {code}: ")

    async def test_a_message_that_breaks_stops_no_other(
        self, deps: Deps, slack: FakePort, clock: FixedClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        await put(deps, "a")
        async with deps.database.transaction() as session:
            session.add(OutboxMessage(key="no text", channel=OPS, body={}, created_at=clock.now(), due_at=clock.now()))
        assert await drain(deps, slack) == 1
        broken = (await rows(deps))["no text"]
        assert f"outbox message {broken.id} broke" in caplog.text
        assert broken.state == "sending", "until its claim runs out"

    async def test_a_slack_that_cannot_be_reached_for_hours_loses_nothing(
        self, deps: Deps, slack: FakePort, clock: FixedClock
    ) -> None:
        await put(deps, "a")
        slack.plan = [SlackUnreachableError("ClientConnectorError")] * 20
        await drain_for(deps, slack, clock, seconds=6 * 3600, step=600)
        assert slack.texts == ["a"]

    async def test_after_a_day_nobody_needs_it(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "a")
        slack.plan = [SlackUnreachableError("ClientConnectorError")] * 500
        await drain_for(deps, slack, clock, seconds=32 * 3600, step=300)
        assert await states(deps) == {"a": "failed"}
        assert slack.posted == []
        assert len(slack.attempts) == 100
        assert timedelta(hours=18) < slack.attempts[-1][0] - slack.attempts[0][0] < timedelta(hours=32)


class TestOnce:
    async def test_an_answer_that_is_lost_is_found_by_its_key(
        self, deps: Deps, slack: FakePort, clock: FixedClock
    ) -> None:
        await put(deps, "a", "b")
        slack.plan = ["lost"]
        await drain_for(deps, slack, clock, seconds=5)
        assert slack.texts == ["a", "b"]
        assert {key: (row.state, row.ts) for key, row in (await rows(deps)).items()} == {
            "a": ("sent", "1.000000"),
            "b": ("sent", "2.000000"),
        }

    async def test_what_slack_never_got_is_posted_again(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "a")
        slack.plan = [SlackUnreachableError("ServerDisconnectedError")]
        await drain_for(deps, slack, clock, seconds=5)
        assert slack.texts == ["a"]
        assert len(slack.attempts) == 2
        assert slack.looked_for == ["a"]

    @pytest.mark.parametrize(
        "failure", [SlackUnreachableError("TimeoutError"), SlackRateLimitedError(30), SlackError("internal_error")]
    )
    async def test_it_is_not_posted_again_before_it_could_be_looked_for(
        self, deps: Deps, slack: FakePort, clock: FixedClock, failure: SlackError
    ) -> None:
        await put(deps, "a")
        slack.plan, slack.finds = ["lost"], [failure, failure]
        await drain_for(deps, slack, clock, seconds=120, step=2)
        assert len(slack.attempts) == 1
        assert len(slack.looked_for) == 3
        assert await states(deps) == {"a": "sent"}

    async def test_what_cannot_be_looked_for_is_never_posted_twice(
        self, deps: Deps, slack: FakePort, clock: FixedClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        await put(deps, "a")
        slack.plan, slack.finds = ["lost"], [SlackError("missing_scope")]
        await drain_for(deps, slack, clock, seconds=120, step=2)
        assert slack.texts == ["a"]
        assert await states(deps) == {"a": "failed"}
        assert "cannot be delivered: missing_scope" in caplog.text

    async def test_lost_in_a_thread(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "root")
        async with deps.database.transaction() as session:
            await enqueue(session, key="a", channel=PAY, message=Rendered("a"), at=deps.clock.now(), parent_key="root")
        slack.plan = [None, "lost"]
        await drain_for(deps, slack, clock, seconds=5)
        assert [(m.text, m.thread_ts) for m in slack.posted] == [("root", None), ("a", "1.000000")]
        assert await states(deps) == {"root": "sent", "a": "sent"}
        assert slack.looked_for == ["a"]

    @pytest.mark.parametrize("is_in_slack", [True, False])
    async def test_a_process_that_dies_between_claim_and_record(
        self, deps: Deps, slack: FakePort, clock: FixedClock, is_in_slack: bool
    ) -> None:
        await put(deps, "a")

        async def die(*_args: Any, **_rest: Any) -> str:
            if is_in_slack:
                await FakePort.post_message(slack, *_args, **_rest)
            raise asyncio.CancelledError

        dying = FakePort(clock)
        dying.post_message = die  # type: ignore[method-assign]
        with pytest.raises(asyncio.CancelledError):
            await drain(deps, dying)
        assert await states(deps) == {"a": "sending"}
        await drain_for(deps, slack, clock, seconds=55, step=5)
        assert slack.looked_for == [], "the claim still holds"
        await drain_for(deps, slack, clock, seconds=10, step=5)
        assert slack.texts == ["a"]
        assert slack.looked_for == ["a"]
        assert await states(deps) == {"a": "sent"}

    async def test_two_drains_at_once(self, deps: Deps, slack: FakePort, clock: FixedClock) -> None:
        await put(deps, "a", "b")
        await put(deps, "x", channel=OPS)
        for _ in range(3):
            await asyncio.gather(*(drain(deps, slack) for _ in range(4)))
            clock.advance(SECOND)
        assert sorted(slack.texts) == ["a", "b", "x"]
        assert slack.looked_for == []

    async def test_two_processes_find_a_claim_run_out_at_once(
        self, deps: Deps, slack: FakePort, clock: FixedClock
    ) -> None:
        await put(deps, "a")
        slack.plan = [SlackUnreachableError("TimeoutError")]
        await drain(deps, slack)
        clock.advance(CLAIM)
        await asyncio.gather(*(drain(deps, slack) for _ in range(4)))
        assert slack.texts == ["a"]
        assert slack.looked_for == ["a"]

    async def test_who_was_too_slow_does_not_undo_what_the_next_one_did(
        self, deps: Deps, slack: FakePort, clock: FixedClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The first process hears "rate limited" an hour late, when the second has long posted the message."""
        await put(deps, "a")
        slow = FakePort(clock)

        async def refuse_late(*_args: Any, **_rest: Any) -> str:
            clock.advance(CLAIM)
            assert await drain(deps, slack) == 1
            raise SlackRateLimitedError(1)

        slow.post_message = refuse_late  # type: ignore[method-assign]
        assert await drain(deps, slow) == 0
        assert await states(deps) == {"a": "sent"}
        assert "its claim ran out" in caplog.text
        await drain_for(deps, slack, clock, seconds=120, step=5)
        assert slack.texts == ["a"]

    async def test_another_process_does_not_cut_a_pause_short(self, deps: Deps, slack: FakePort) -> None:
        """It has picked the row as due before this one was asked to wait, and comes to claim it only now."""
        await put(deps, "a")
        picked = (await rows(deps))["a"].id
        assert picked is not None
        slack.plan = [SlackRateLimitedError(30)]
        await drain(deps, slack)
        assert await claim(deps, Pace(), picked) is None
        assert await states(deps) == {"a": "waiting"}


async def test_a_look_at_which_nothing_is_due_costs_two_questions(deps: Deps, slack: FakePort) -> None:
    await put(deps, "a")
    await drain(deps, slack)
    with noted(deps.database) as asked:
        assert await drain(deps, slack) == 0
    assert len(asked) == 2


@pytest.mark.parametrize(
    "failure", [RuntimeError("a fault"), StoreUnavailableError("cannot be reached", cause="OSError")]
)
async def test_the_drainer_posts_when_woken_and_outlives_a_failure(
    deps: Deps, slack: FakePort, clock: FixedClock, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    failures = [failure]
    real_now, failed = clock.now, asyncio.Event()

    def now() -> Any:
        failed.set()
        if failures:
            raise failures.pop()
        return real_now()

    await put(deps, "a")
    clock.now = now  # type: ignore[method-assign]
    done = asyncio.Event()

    async def posted() -> None:
        done.set()

    slack.before_answer = posted
    drainer = Drainer(deps, slack)
    running = asyncio.create_task(drainer.run(every_seconds=30))
    await failed.wait()
    drainer.wake()
    await done.wait()
    drainer.stop()
    await running
    [record] = [each for each in caplog.records if "could not be drained" in each.getMessage()]
    assert (record.exc_info is None) == isinstance(failure, StoreUnavailableError), "a traceback where it tells more"
    assert slack.texts == ["a"]
    assert await states(deps) == {"a": "sent"}


class TestThroughTheRealClient:
    @pytest.fixture
    async def workspace(self, clock: FixedClock) -> AsyncIterator[FakeSlack]:
        made = FakeSlack(
            signing_secret="s", bot_token="xoxb-outbox", app_token="xapp", clock=clock.now, rate_limits=False
        )
        made.add_user("ada", real_name="Ada Byron", user_id="U0ADA1234")
        made.add_channel("payments", members=["ada"], bot_is_member=True, channel_id=PAY)
        await made.start()
        yield made
        await made.stop()

    @pytest.mark.parametrize("address", [PAY, "#payments", "U0ADA1234"])
    async def test_a_lost_answer_is_found_in_the_channels_history(
        self, deps: Deps, clock: FixedClock, workspace: FakeSlack, address: str
    ) -> None:
        """The process dies after Slack has taken the message; the next one finds it, by channel or person."""
        await put(deps, "a", channel=address)
        place = await workspace.open_dm("ada") if address == "U0ADA1234" else workspace.workspace.channel("payments")
        async with SlackClient(token="xoxb-outbox", api_url=workspace.api_url) as client:

            async def die(_channel: str, **rest: Any) -> str:
                await SlackClient.post_message(client, place.id, **rest)
                raise SlackUnreachableError("TimeoutError")

            client.post_message = die  # type: ignore[method-assign]
            assert await drain(deps, client) == 0
            del client.post_message
            clock.advance(timedelta(seconds=5))
            assert await drain(deps, client) == 1
        shown = workspace.visible_messages("ada", place.id)
        assert [message.text for message in shown] == ["a"]
        assert (await rows(deps))["a"].ts == shown[0].ts
        assert shown[0].metadata == {"event_type": "baton_outbox", "event_payload": {"key": "a"}}

    async def test_posted_once_and_in_order_at_slacks_own_pace(self, deps: Deps, clock: FixedClock) -> None:
        strict = FakeSlack(
            signing_secret="s",
            bot_token="xoxb-outbox",
            app_token="xapp",
            clock=clock.now,
            monotonic=lambda: clock.now().timestamp(),
        )
        strict.add_user("ada", real_name="Ada Byron")
        strict.add_channel("payments", members=["ada"], bot_is_member=True, channel_id=PAY)
        await strict.start()
        await put(deps, *(f"m{number:02}" for number in range(12)))
        try:
            async with SlackClient(token="xoxb-outbox", api_url=strict.api_url) as client:
                strict.api.failures["chat.postMessage"] = ["ratelimited"]
                for _ in range(14):
                    await drain(deps, client)
                    clock.advance(SECOND)
            shown = [message.text for message in strict.visible_messages("ada", PAY)]
            assert shown == [f"m{number:02}" for number in range(12)]
            assert [call.http_status for call in strict.calls if call.method == "chat.postMessage"] == [429] + [
                200
            ] * 12
        finally:
            await strict.stop()
