"""What Slack refuses: fall-backs, holds and pauses; nothing is lost silently and nothing goes on for ever."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.blocks.text import context
from bot.domain import outbox as rules
from bot.domain.outbox import Blame
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.services.deps import Deps
from bot.services.outbox import Pace
from bot.services.outbox._pace import Call
from bot.store.db import Database
from bot.store.tables import OutboxMessage, SlackChannel
from tests.conftest import FixedClock
from tests.services.outbox_world import ADA, OPS, PAY, SECOND, World


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(Deps(database, clock), clock)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


class TestBlame:
    def test_every_code_has_one_meaning_for_posts_and_one_for_updates(self) -> None:
        assert set(rules.CODES) == set(Blame)
        for blame in set(Blame) - {Blame.THREAD, Blame.GONE}:
            for code in rules.CODES[blame]:
                assert sum(code in codes for codes in rules.CODES.values()) == 1, code

    @pytest.mark.parametrize(
        ("code", "of_a_post", "of_an_update"),
        [
            ("channel_not_found", Blame.PLACE, Blame.PLACE),
            ("is_inactive", Blame.PLACE, Blame.PLACE),
            ("message_not_found", Blame.THREAD, Blame.GONE),
            ("edit_window_closed", Blame.PLACE, Blame.GONE),
            ("invalid_blocks", Blame.MESSAGE, Blame.MESSAGE),
            ("token_revoked", Blame.ACCESS, Blame.ACCESS),
            ("external_channel_migrating", Blame.BUSY, Blame.BUSY),
            ("fatal_error", Blame.UNSURE, Blame.UNSURE),
            ("never_heard_of", Blame.PLACE, Blame.PLACE),
        ],
    )
    def test_examples(self, code: str, of_a_post: Blame, of_an_update: Blame) -> None:
        assert rules.blame(code) is of_a_post
        assert rules.blame(code, is_update=True) is of_an_update

    def test_pauses_grow_and_end(self) -> None:
        pauses = [rules.retry_pause(attempts, jitter=0.5) for attempts in range(1, 12)]
        assert [pause / SECOND for pause in pauses[:4]] == [2, 4, 8, 16]
        assert pauses[-1] == timedelta(minutes=15)
        assert rules.retry_pause(10_000, jitter=1.0) == timedelta(minutes=18)
        assert [rules.hold_pause(holds) / SECOND for holds in (0, 1, 2, 3, 4, 5, 99)] == [
            60,
            60,
            120,
            240,
            480,
            600,
            600,
        ]


class TestShared:
    """Other organisations are let into a channel."""

    @pytest.fixture
    async def shared(self, world: World) -> World:
        await world.put("answer:1", "Payments owns it.")
        await world.put("card", fallbacks=[ADA])
        await world.run(2)
        async with world.deps.database.transaction() as session:
            session.add(SlackChannel(channel_id=PAY, name="payments", is_shared=True, seen_at=world.clock.now()))
        return world

    async def test_what_is_said_of_its_own_accord_goes_on_elsewhere(self, shared: World) -> None:
        await shared.put("news", fallbacks=[ADA])
        await shared.say("card", "card, anew")
        await shared.run(3)
        why = "I could not post this in <#C0PAYMENTS>: other organisations are in the channel."
        said = {text.split(" Name")[0] for place, text, _ in shared.shown() if place != PAY}
        assert said == {f"card, anew\n{why}", f"news\n{why}"}
        assert not shared.deps.refusals.stands(PAY, at=shared.clock.now()), "Slack has refused nothing"

    async def test_an_answer_is_still_said_and_keeps_its_words(self, shared: World) -> None:
        await shared.put("answer:2", "I answer members of this workspace only.")
        await shared.say("answer:1", "Search owns it.")
        await shared.run(3)
        said = [text for place, text, _ in shared.shown() if place == PAY]
        assert "I answer members of this workspace only." in said
        assert "Search owns it." not in said
        assert (await shared.rows())["answer:1"].state == "sent"


class TestPlaces:
    async def test_the_next_place_says_why(self, world: World) -> None:
        codes = dict(enumerate(sorted(rules.CODES[Blame.PLACE] | {"an_unknown_code"})))
        world.slack.refusals = {f"C0REFUSES{number}": code for number, code in codes.items()}
        for number in codes:
            await world.put(f"m{number}", channel=f"C0REFUSES{number}", fallbacks=[f"C0TAKES{number}", ADA])
        await world.run(2)
        assert len(world.slack.attempts) == 2 * len(codes)
        shown, rows = {place: text for place, text, _ in world.shown()}, await world.rows()
        for number, code in codes.items():
            refused, taken, row = f"C0REFUSES{number}", f"C0TAKES{number}", rows[f"m{number}"]
            assert shown[taken].startswith(f"m{number}\nI could not post this in <#{refused}>: "), code
            assert (row.state, row.channel, row.fallbacks) == ("sent", taken, [ADA])
            assert [(left["channel"], left["error"]) for left in row.moved_from] == [(refused, code)]

    async def test_what_to_do_is_said_too_and_in_blocks(self, world: World) -> None:
        world.slack.refusals = {PAY: "not_in_channel", ADA: "user_disabled"}
        await world.put("a", fallbacks=[ADA, OPS])
        await world.say("a", "a", blocks=[context("small print")])
        await world.run(3)
        (message,) = world.slack.posted
        said = (
            f"I could not post this in <#{PAY}>: I am not a member. `/invite @Baton` there. "
            "I could not post this as a direct message: the account is deactivated. Name somebody else."
        )
        assert message.text == f"a\n{said}"
        assert list(message.blocks) == [context("small print"), context(said)]

    async def test_who_only_asked_is_told_of_no_channel_to_put_right(self, world: World) -> None:
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("answer:1", fallbacks=[ADA])
        await world.run(2)
        (message,) = world.slack.posted
        assert message.text.splitlines()[1:] == ["I could not reach you there, so here it is."]

    async def test_with_no_place_left_it_has_failed_and_is_logged_once(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.slack.refusals = {PAY: "not_in_channel", OPS: "is_archived"}
        await world.put("a", fallbacks=[OPS])
        await world.run(3600, step=60)
        row = await world.row("a")
        assert (row.state, row.error) == ("failed", "is_archived")
        assert len(world.slack.attempts) == 2
        assert len(errors(caplog)) == 1
        assert "the channel is archived. Name another channel" in errors(caplog)[0]

    async def test_the_fallbacks_are_each_tried_once(self, world: World) -> None:
        world.slack.refusals = dict.fromkeys((PAY, OPS), "is_archived")
        await world.put("a", fallbacks=[PAY, OPS, PAY, OPS, ""])
        await world.run(10)
        assert len(world.slack.attempts) == 2
        assert await world.states() == {"a": "failed"}

    async def test_it_stands_in_the_line_of_the_place_it_moved_to(self, world: World) -> None:
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("a", fallbacks=[OPS])
        await world.put("b", channel=OPS)
        await world.put("c", channel=OPS)
        began = world.clock.now()
        await world.run(5, step=0.5)
        assert [(m.text.splitlines()[0], (m.at - began) / SECOND) for m in world.slack.posted] == [
            ("b", 0),
            ("a", 1),
            ("c", 2),
        ]

    async def test_a_message_that_is_at_fault_uses_up_no_fallback(self, world: World) -> None:
        world.slack.refusals = {f"C0{code}": code for code in sorted(rules.CODES[Blame.MESSAGE])}
        for code in rules.CODES[Blame.MESSAGE]:
            await world.put(code, channel=f"C0{code}", fallbacks=[OPS])
        await world.run(3)
        for code, row in (await world.rows()).items():
            assert (row.state, row.error, row.fallbacks) == ("failed", code, [OPS])
        assert len(world.slack.attempts) == len(rules.CODES[Blame.MESSAGE])

    async def test_words_that_came_while_the_old_ones_were_refused_are_tried(self, world: World) -> None:
        await world.put("a", "bad")

        async def refuse(*_args: object, **_rest: object) -> None:
            del world.slack.post_message  # type: ignore[attr-defined]
            await world.say("a", "good")
            raise SlackError("invalid_blocks")

        world.slack.post_message = refuse  # type: ignore[assignment]
        await world.run(2)
        assert world.shown() == [(PAY, "good", None)]


class TestHolds:
    @pytest.mark.parametrize("code", ["invalid_auth", "missing_scope", "team_added_to_org"])
    async def test_everything_waits_and_nothing_is_used_up(
        self, world: World, caplog: pytest.LogCaptureFixture, code: str
    ) -> None:
        await world.put("a", fallbacks=[ADA])
        await world.put("x", channel=OPS)
        world.slack.refusals = dict.fromkeys((PAY, OPS), code)
        began = world.clock.now()
        await world.run(415, step=5)
        world.slack.refusals = {}
        await world.run(285, step=5)
        assert [m.text for m in world.slack.posted] == ["a", "x"]
        # One message is tried, a minute, two and four after the refusal. Both may be under way at the first one.
        tried = [round((at - began) / SECOND) for at, _ in world.slack.attempts]
        assert tried[-4:] == [60, 180, 420, 425]
        assert set(tried[:-4]) == {0}
        row = await world.row("a")
        assert (row.state, row.channel, row.fallbacks, row.attempts) == ("sent", PAY, [ADA], 0)
        assert world.slack.looked_for == []
        assert len(errors(caplog)) == 3
        assert all("the outbox holds everything" in line and f"({code})" in line for line in errors(caplog))

    async def test_updates_are_held_as_well(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "new")
        world.slack.edits = [SlackError("invalid_auth")]
        await world.run(55, step=5)
        assert world.slack.edited == []
        await world.run(10, step=5)
        assert world.shown() == [(PAY, "new", None)]

    @pytest.mark.parametrize("is_token_good", [True, False])
    async def test_whose_account_is_inactive(self, world: World, is_token_good: bool) -> None:
        """The same code says that the receiver has left, and that the app was taken out of the workspace."""
        world.slack.is_token_good = is_token_good
        world.slack.refusals = {ADA: "account_inactive"}
        await world.put("a", channel=ADA, fallbacks=[OPS])
        await world.run(30, step=5)
        assert [place for place, _, _ in world.shown()] == ([OPS] if is_token_good else [])
        assert (await world.row("a")).state == ("sent" if is_token_good else "waiting")

    async def test_what_may_be_in_slack_is_still_looked_for_after_a_hold(self, world: World) -> None:
        await world.put("a")
        world.slack.plan, world.slack.finds = ["lost"], [SlackError("token_revoked")]
        await world.run(120, step=5)
        assert len(world.slack.posted) == 1
        assert world.slack.looked_for == ["a", "a"]
        assert await world.states() == {"a": "sent"}


class TestPauses:
    async def test_a_pause_is_kept_by_every_channel(self, world: World) -> None:
        await world.put("a")
        await world.put("x", channel=OPS)
        world.slack.plan = [None, SlackRateLimitedError(17)]
        await world.put("y", channel="C0OTHER")
        began = world.clock.now()
        world.pace = Pace(posts_at_once=2)
        await world.run(20, step=0.5)
        # Which of two channels is served first is nobody's business.
        assert sorted((m.at - began) / SECOND for m in world.slack.posted) == [0, 17, 17]

    async def test_a_pause_for_looking_holds_no_posts_back(self, world: World) -> None:
        await world.put("a")
        world.slack.plan, world.slack.finds = ["lost"], [SlackRateLimitedError(30)]
        await world.run(1)
        await world.put("x", channel=OPS)
        await world.run(3)
        await world.put("y", channel=OPS)
        await world.run(3)
        assert [m.text for m in world.slack.posted] == ["a", "x", "y"]
        assert (await world.row("a")).state == "waiting"
        await world.run(40)
        assert await world.states() == {"a": "sent", "x": "sent", "y": "sent"}

    async def test_the_workspaces_cap(self, world: World) -> None:
        world.pace = Pace(posts_a_minute=120, posts_at_once=3)
        for number in range(9):
            await world.put(str(number), channel=f"C0{number}")
        began = world.clock.now()
        await world.run(4)
        assert [(m.at - began) / SECOND for m in world.slack.posted] == [0, 0, 0, 1, 1, 2, 2, 3, 3]

    async def test_a_cap_starves_no_channel(self, world: World) -> None:
        world.pace = Pace(posts_a_minute=60, posts_at_once=1)
        for number in range(20):
            await world.put(f"busy-{number}", channel=PAY if number % 2 else OPS)
        await world.put("quiet", channel="C0QUIET")
        await world.run(3)
        assert "quiet" in [m.text for m in world.slack.posted]

    async def test_updates_have_a_cap_of_their_own(self, world: World) -> None:
        world.pace = Pace(updates_a_minute=60, updates_at_once=2)
        for number in range(5):
            await world.put(str(number), channel=f"C0{number}")
        await world.run(1)
        for number in range(5):
            await world.say(str(number), f"new {number}")
        began = world.clock.now()
        await world.run(4)
        assert [(at - began) / SECOND for at, _, _ in world.slack.edited] == [0, 0, 1, 2, 3]

    def test_pace(self, clock: FixedClock) -> None:
        pace, now = Pace(), clock.now()
        assert (pace.room(Call.POST, now), pace.room(Call.UPDATE, now)) == (300, 50)
        for _ in range(300):
            pace.take(Call.POST)
        assert pace.room(Call.POST, now) == 0
        assert pace.room(Call.POST, now + SECOND) == 10
        assert pace.room(Call.POST, now + timedelta(hours=1)) == 300
        pace.pause(Call.POST, now + timedelta(hours=2))
        pace.pause(Call.POST, now + timedelta(hours=1))
        assert pace.room(Call.POST, now + timedelta(hours=1.5)) == 0
        assert pace.room(Call.UPDATE, now + timedelta(hours=1.5)) == 50


async def test_what_breaks_every_time_is_given_up(world: World) -> None:
    """A row that cannot be rendered uses up attempts as its claims run out, and then is somebody's to look at."""
    await world.put("a")
    await world.put("b")
    async with world.deps.database.transaction() as session:
        await session.execute(update(OutboxMessage).where(col(OutboxMessage.key) == "a").values(body={}))
    await world.run(120 * 60, step=61)
    row = await world.row("a")
    assert (row.state, row.error) == ("failed", "gave_up")
    assert await world.states() == {"a": "failed", "b": "sent"}


@pytest.mark.parametrize(
    ("code", "fallbacks"),
    [("missing_scope", [OPS]), ("nobody_has_seen_this", [OPS]), ("not_in_channel", []), ("channel_not_found", [])],
)
async def test_what_cannot_be_looked_for_is_an_administrators_to_decide(
    world: World, code: str, fallbacks: list[str]
) -> None:
    await world.put("a", fallbacks=fallbacks)
    world.slack.plan, world.slack.finds = [SlackUnreachableError("TimeoutError")], [SlackError(code)]
    await world.run(60)
    row = await world.row("a")
    assert (row.state, row.error) == ("failed", code)
    assert row.unsure_since is not None
    assert world.slack.posted == []


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
async def test_what_cannot_be_read_could_not_be_posted_to_either_and_moves_on(world: World, code: str) -> None:
    await world.put("a", fallbacks=[OPS])
    world.slack.plan, world.slack.finds = [SlackUnreachableError("TimeoutError")], [SlackError(code)]
    await world.run(60)
    assert [(m.channel, m.text.splitlines()[0]) for m in world.slack.posted] == [(OPS, "a")]
    assert await world.states() == {"a": "sent"}
