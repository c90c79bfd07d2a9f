"""Messages that get other words, and replies under them: in place, in order, and never twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.blocks.text import Rendered, section
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import Posted
from bot.services import outbox
from bot.services.deps import Deps
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.fakes import FakePort
from tests.services.outbox_world import ADA, CLAIM, OPS, PAY, SECOND, World


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(Deps(database, clock), clock)


class Dying(FakePort):
    """Takes what it is given and dies before it has said so."""

    def __init__(self, real: FakePort) -> None:
        self.__dict__ = real.__dict__

    async def post_message(self, *args: Any, **rest: Any) -> Posted:
        await FakePort.post_message(self, *args, **rest)
        raise asyncio.CancelledError

    async def update_message(self, *args: Any, **rest: Any) -> None:
        await FakePort.update_message(self, *args, **rest)
        raise asyncio.CancelledError


async def die(world: World) -> None:
    """The process dies between the call to Slack and the record of it; another one comes when the claim ran out."""
    with pytest.raises(asyncio.CancelledError):
        await world.drain(Dying(world.slack))
    world.clock.advance(CLAIM)


async def redraw(world: World, *keys: str, text: str) -> None:
    """Let each of these messages read as it did, with a text behind it."""
    async with world.deps.database.transaction() as session:
        await outbox.redraw(
            session, keys, lambda _, before: Rendered(f"{before.text}{text}", before.blocks), at=world.clock.now()
        )


class TestRedraw:
    async def test_what_is_too_long_for_an_edit_stays_as_it_was_posted(self, world: World) -> None:
        await world.put("long", "a" * 3_400)
        await world.put("short", "b")
        await world.run(3)
        await redraw(world, "long", "short", text="c" * 200)
        assert await world.states() == {"long": "sent", "short": "waiting"}

    async def test_what_is_not_sent_yet_may_be_longer_than_an_edit(self, world: World) -> None:
        await world.put("long", "a" * 3_400)
        await redraw(world, "long", text="c" * 200)
        await world.run(3)
        assert [len(text) for _, text, _ in world.shown()] == [3_600]


class TestRevise:
    async def test_before_it_is_sent_it_goes_out_in_its_new_words(self, world: World) -> None:
        await world.put("a", "old")
        assert await world.say("a", "new")
        await world.run(3)
        assert world.shown() == [(PAY, "new", None)]
        assert world.slack.edited == []

    async def test_afterwards_it_is_updated_in_place(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        assert await world.say("a", "new", blocks=[section("new")])
        assert await world.states() == {"a": "waiting"}
        assert await world.drain() == 1
        assert world.shown() == [(PAY, "new", None)]
        assert list(world.slack.posted[0].blocks) == [section("new")]
        assert await world.states() == {"a": "sent"}

    async def test_in_a_direct_message_it_is_updated_by_the_conversations_id(self, world: World) -> None:
        await world.put("a", "old", channel=ADA)
        await world.run(1)
        assert (await world.row("a")).posted_channel == "D0ADA1234"
        await world.say("a", "new")
        await world.run(1)
        assert world.shown() == [("D0ADA1234", "new", None)]

    async def test_while_it_is_sent_it_is_sent_then_updated(self, world: World) -> None:
        await world.put("a", "old")

        async def meanwhile() -> None:
            assert await world.say("a", "new")

        world.slack.before_answer = meanwhile
        await world.drain()
        row = await world.row("a")
        assert (row.state, row.ts) == ("waiting", "1.000000")
        assert world.shown() == [(PAY, "old", None)]
        await world.run(1)
        assert world.shown() == [(PAY, "new", None)]

    async def test_the_same_words_again_do_nothing(self, world: World) -> None:
        await world.put("a", "words")
        assert not await world.say("a", "words")
        await world.run(1)
        assert not await world.say("a", "words")
        await world.run(1)
        assert world.slack.edited == []
        assert not await world.say("nobody", "words")

    async def test_the_last_of_several_words_wins_with_one_update(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        for text in ("one", "two", "three"):
            await world.say("a", text)
        await world.run(2)
        assert [text for _, _, text in world.slack.edited] == ["three"]

    async def test_a_failed_one_is_tried_again_from_the_start(self, world: World) -> None:
        world.slack.refusals = {PAY: "not_in_channel", OPS: "is_archived"}
        await world.put("a", "old", fallbacks=[OPS])
        await world.run(3)
        assert await world.states() == {"a": "failed"}
        world.slack.refusals = {}
        await world.say("a", "new")
        await world.run(1)
        assert world.shown() == [(PAY, "new", None)]


class TestUpdatesThatFail:
    @pytest.mark.parametrize(
        "code", ["message_not_found", "cant_update_message", "edit_window_closed", "block_mismatch"]
    )
    async def test_what_cannot_be_edited_is_posted_anew_and_later_replies_go_there(
        self, world: World, code: str
    ) -> None:
        await world.put("a", "old")
        await world.put("r1", under="a")
        await world.run(2)
        await world.say("a", "new")
        world.slack.edits = [SlackError(code)]
        await world.put("r2", under="a")
        await world.run(5)
        assert world.shown() == [
            (PAY, "old", None),
            (PAY, "r1", "1.000000"),
            (PAY, "new", None),
            (PAY, "r2", "3.000000"),
        ]
        assert await world.states() == {"a": "sent", "r1": "sent", "r2": "sent"}

    async def test_what_was_posted_anew_is_not_taken_for_the_one_before(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        world.slack.posted[0].is_editable = False
        await world.say("a", "new")
        await world.drain()
        await die(world)
        await world.run(3)
        assert [m.text for m in world.slack.posted] == ["old", "new"]
        row = await world.row("a")
        assert (row.state, row.ts, row.edition) == ("sent", "2.000000", 1)

    async def test_a_reply_whose_answer_was_lost_is_looked_for_in_the_old_thread(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.put("r", under="a")
        world.slack.plan = ["lost"]
        await world.drain()
        world.slack.posted[0].is_editable = False
        await world.say("a", "new")
        await world.run(10)
        assert world.shown() == [(PAY, "old", None), (PAY, "r", "1.000000"), (PAY, "new", None)]

    async def test_passing_failures_are_tried_again(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "new")
        world.slack.edits = [SlackError("update_failed"), SlackUnreachableError("TimeoutError"), "lost"]
        await world.run(30)
        assert world.shown() == [(PAY, "new", None)]
        assert world.slack.looked_for == []
        assert await world.states() == {"a": "sent"}

    async def test_a_pause_for_updates_holds_no_posts_back(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "new")
        world.slack.edits = [SlackRateLimitedError(30)]
        await world.put("b")
        await world.run(5)
        assert [m.text for m in world.slack.posted] == ["old", "b"]
        await world.run(30)
        assert [m.text for m in world.slack.posted] == ["new", "b"]

    async def test_a_channel_that_was_archived_since(self, world: World) -> None:
        """The card there keeps its old words, so the new ones go to the fall-back, once."""
        await world.put("a", "old", fallbacks=[ADA])
        await world.run(1)
        world.slack.refusals = {PAY: "is_inactive"}
        await world.say("a", "new")
        await world.run(3)
        assert [(place, text.splitlines()[0]) for place, text, _ in world.shown()] == [
            (PAY, "old"),
            ("D0ADA1234", "new"),
        ]
        await world.say("a", "newer")
        await world.run(2)
        assert world.shown()[1][1].splitlines()[0] == "newer"
        assert len(world.slack.posted) == 2

    async def test_words_that_slack_does_not_take(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "bad")
        world.slack.edits = [SlackError("invalid_blocks")]
        await world.run(5)
        assert await world.states() == {"a": "failed"}
        await world.say("a", "good")
        await world.run(1)
        assert world.shown() == [(PAY, "good", None)]


class TestCrashes:
    async def test_between_post_and_record(self, world: World) -> None:
        await world.put("a")
        await die(world)
        await world.run(3)
        assert world.shown() == [(PAY, "a", None)]
        assert await world.states() == {"a": "sent"}

    async def test_between_post_and_record_with_other_words_since(self, world: World) -> None:
        await world.put("a", "old")
        await die(world)
        await world.say("a", "new")
        await world.run(3)
        assert world.shown() == [(PAY, "new", None)]
        assert len(world.slack.edited) == 1

    async def test_between_update_and_record(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "new")
        await die(world)
        await world.run(3)
        assert world.shown() == [(PAY, "new", None)]
        assert await world.states() == {"a": "sent"}

    async def test_between_reply_and_record(self, world: World) -> None:
        await world.put("a")
        await world.run(1)
        await world.put("r", under="a")
        await die(world)
        await world.run(3)
        assert world.shown() == [(PAY, "a", None), (PAY, "r", "1.000000")]
        assert await world.states() == {"a": "sent", "r": "sent"}

    async def test_while_looking_for_it_with_other_words_since(self, world: World) -> None:
        """The second process dies, too, before it has found anything; the third still knows which words went out."""
        await world.put("a", "old")
        await die(world)
        await world.say("a", "new")
        world.slack.finds = [asyncio.CancelledError()]  # type: ignore[list-item]
        with pytest.raises(asyncio.CancelledError):
            await world.drain()
        world.clock.advance(CLAIM)
        await world.run(3)
        assert world.shown() == [(PAY, "new", None)]
        assert len(world.slack.edited) == 1


class TestReplies:
    async def test_after_their_root_in_order(self, world: World) -> None:
        await world.put("r1", under="root")
        await world.put("root")
        await world.put("r2", under="root", is_broadcast=True)
        world.slack.plan = [SlackError("external_channel_migrating")]
        await world.run(10)
        assert world.shown() == [(PAY, "root", None), (PAY, "r1", "1.000000"), (PAY, "r2", "1.000000")]
        assert [m.is_broadcast for m in world.slack.posted] == [False, False, True]

    async def test_where_the_root_landed(self, world: World) -> None:
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("root", fallbacks=[ADA])
        await world.put("r", under="root")
        await world.run(5)
        assert [(place, text.splitlines()[0], thread) for place, text, thread in world.shown()] == [
            ("D0ADA1234", "root", None),
            ("D0ADA1234", "r", "1.000000"),
        ]

    async def test_a_reply_to_a_reply_goes_into_the_same_thread(self, world: World) -> None:
        await world.put("root")
        await world.put("r1", under="root")
        await world.put("r2", under="r1")
        await world.run(5)
        assert [thread for _, _, thread in world.shown()] == [None, "1.000000", "1.000000"]

    async def test_a_root_that_waits_holds_its_replies_and_nobody_elses(self, world: World) -> None:
        await world.put("root")
        await world.put("r", under="root")
        await world.put("x", channel=OPS)
        await world.put("y", under="x", channel=OPS)
        world.slack.plan = [SlackError("external_channel_migrating")]
        await world.run(1)
        assert [text for _, text, _ in world.shown()] == ["x", "y"]
        await world.run(20)
        assert [text for _, text, _ in world.shown()] == ["x", "y", "root", "r"]

    @pytest.mark.parametrize("code", ["no_text", "is_archived"])
    async def test_a_reply_whose_root_failed_is_posted_on_its_own(self, world: World, code: str) -> None:
        await world.put("root")
        await world.put("r", under="root", fallbacks=[ADA])
        world.slack.plan = [SlackError(code)]
        await world.run(5)
        assert await world.states() == {"root": "failed", "r": "sent"}
        ((place, text, thread),) = world.shown()
        assert (place, thread) == (PAY, None)
        assert "Not in a thread: " in text

    async def test_or_in_its_own_fallbacks(self, world: World) -> None:
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("root")
        await world.put("r", under="root", fallbacks=[ADA])
        await world.run(5)
        assert await world.states() == {"root": "failed", "r": "sent"}
        assert [(place, thread) for place, _, thread in world.shown()] == [("D0ADA1234", None)]

    @pytest.mark.parametrize("code", ["thread_not_found", "restricted_action_thread_locked"])
    async def test_a_thread_that_is_gone(self, world: World, code: str) -> None:
        await world.put("root")
        await world.run(1)
        await world.put("r", under="root", fallbacks=[ADA])
        world.slack.plan = [SlackError(code)]
        await world.run(3)
        assert [(place, thread) for place, _, thread in world.shown()] == [(PAY, None), (PAY, None)]

    async def test_what_was_said_to_a_thread_of_others_goes_to_its_people_once_that_is_gone(self, world: World) -> None:
        world.slack.refusals = {ADA: "user_disabled"}
        await world.put("a", thread_ts="100.1", fallbacks=[ADA, OPS])
        world.slack.plan = [SlackError("thread_not_found")]
        await world.run(3)
        assert [(place, thread) for place, _, thread in world.shown()] == [(OPS, None)]

    async def test_in_a_thread_of_others_it_is_posted_anew_there(self, world: World) -> None:
        await world.put("theirs")
        await world.run(1)
        [begun] = world.slack.posted
        await world.put("a", "old", thread_ts=begun.ts, fallbacks=[ADA])
        await world.run(1)
        world.slack.edits = [SlackError("message_not_found")]
        await world.say("a", "new")
        await world.run(3)
        assert world.shown()[1:] == [(PAY, "old", begun.ts), (PAY, "new", begun.ts)]

    async def test_a_reply_in_a_channel_that_was_archived_since(self, world: World) -> None:
        await world.put("root")
        await world.run(1)
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("r", under="root", fallbacks=[ADA])
        await world.run(3)
        assert [(place, thread) for place, _, thread in world.shown()] == [(PAY, None), ("D0ADA1234", None)]


async def test_two_at_once_revise_and_drain(world: World) -> None:
    await world.put("a", "0")
    for number in range(1, 6):
        await asyncio.gather(world.drain(), world.say("a", str(number)), world.drain())
        world.clock.advance(SECOND)
    await world.run(3)
    assert world.shown() == [(PAY, "5", None)]


async def test_who_stands_alone_does_not_slip_into_a_thread_beside_one_who_belongs_there(world: World) -> None:
    await world.put("alone", channel=OPS, under="root", fallbacks=[PAY])
    world.slack.plan = [SlackError("external_channel_migrating")]
    await world.drain()
    await world.put("root")
    await world.put("reply", under="root")
    await world.run(5)
    assert {text.splitlines()[0]: thread for _, text, thread in world.shown()} == {
        "alone": None,
        "root": None,
        "reply": "1.000000",
    }
