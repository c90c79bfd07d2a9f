"""What administrators may do with the outbox, and what is forgotten of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import NotFoundError, SlackError, SlackUnreachableError, UserError
from bot.services.deps import Deps
from bot.services.outbox import admin
from bot.store.db import Database
from bot.store.tables import AuditEntry, OutboxMessage
from tests.conftest import FixedClock
from tests.services.outbox_world import ADA, OPS, PAY, World


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(Deps(database, clock), clock)


async def number(world: World, key: str) -> int:
    return int((await world.row(key)).id or 0)


async def audited(world: World) -> list[tuple[str, str, str]]:
    async with world.deps.database.reading() as session:
        rows = (await session.execute(select(AuditEntry))).scalars()
        return [(row.actor, row.action, row.subject) for row in rows]


class TestListed:
    async def test_what_is_not_delivered_those_that_failed_first(self, world: World) -> None:
        world.slack.refusals = {OPS: "is_archived"}
        for key, channel in (("sent", PAY), ("waits", PAY), ("failed", OPS)):
            await world.put(key, f"private {key}", channel=channel)
        await world.drain()
        found = await admin.listed(world.deps)
        assert [(item.key, item.state, item.error, item.text) for item in found.items] == [
            ("failed", "failed", "is_archived", ""),
            ("waits", "waiting", "", ""),
        ]
        everything = await admin.listed(world.deps, is_everything=True, with_text=True, most=2)
        assert everything.total == 3
        assert [item.text for item in everything.items] == ["private failed", "private sent"]

    async def test_an_update_that_waits_and_a_post_that_may_be_there(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "new")
        await world.put("b", channel=OPS)
        world.slack.plan, world.slack.finds = [SlackUnreachableError("TimeoutError")], [SlackError("not_in_channel")]
        world.slack.edits = [SlackError("invalid_blocks")]
        await world.run(5)
        found = {item.key: (item.is_update, item.is_unsure) for item in (await admin.listed(world.deps)).items}
        assert found == {"a": (True, False), "b": (False, True)}


class TestRefused:
    """The places that an administrator has to look at: what was meant for them is delivered, but elsewhere."""

    async def named(self, world: World) -> list[tuple[str, str, int]]:
        return [(each.channel, each.error, each.messages) for each in await admin.refused(world.deps)]

    async def test_each_place_once_with_its_last_reason_the_latest_first(self, world: World) -> None:
        world.slack.refusals = {PAY: "not_in_channel", ADA: "user_disabled"}
        await world.put("a", fallbacks=[ADA, OPS])
        await world.run(2)
        world.clock.advance(timedelta(days=1))
        world.slack.refusals[PAY] = "is_archived"
        await world.put("b", fallbacks=[OPS])
        await world.run(2)
        assert await self.named(world) == [(PAY, "is_archived", 2), (ADA, "user_disabled", 1)]
        first, second = await admin.refused(world.deps)
        assert first.last_at - second.last_at > timedelta(days=1)
        assert (await admin.listed(world.deps)).total == 0, "both messages have arrived"

    async def test_until_slack_takes_something_there(self, world: World) -> None:
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("a", fallbacks=[OPS])
        await world.run(2)
        await world.put("unrelated", channel=OPS)
        await world.run(2)
        assert await self.named(world) == [(PAY, "is_archived", 1)]
        world.slack.refusals = {}
        await world.put("b")
        await world.run(2)
        assert await self.named(world) == []
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("c", fallbacks=[OPS])
        await world.run(2)
        assert await self.named(world) == [(PAY, "is_archived", 2)]

    async def test_not_for_ever(self, world: World) -> None:
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("a", fallbacks=[OPS])
        await world.run(2)
        world.clock.advance(admin.NAMED - timedelta(minutes=1))
        assert await self.named(world) == [(PAY, "is_archived", 1)]
        world.clock.advance(timedelta(minutes=1))
        assert await self.named(world) == []

    async def test_a_reply_whose_thread_is_gone_is_no_place_that_refuses(self, world: World) -> None:
        await world.put("root")
        await world.run(1)
        world.slack.plan = [SlackError("thread_not_found")]
        await world.put("reply", under="root")
        await world.run(3)
        assert (await world.row("reply")).moved_from[0]["error"] == "thread_not_found"
        assert await self.named(world) == []

    async def test_what_was_refused_before_the_time_was_noted(self, world: World) -> None:
        world.slack.refusals = {PAY: "is_archived"}
        await world.put("a", fallbacks=[OPS])
        await world.run(2)
        row = await world.row("a")
        async with world.deps.database.transaction() as session:
            (stored,) = (await session.execute(select(OutboxMessage))).scalars()
            stored.moved_from = [{"channel": PAY, "error": "is_archived"}]
        (found,) = await admin.refused(world.deps)
        assert found.last_at == row.created_at


class TestRetry:
    async def test_from_the_first_place_on_without_the_line_about_it(self, world: World) -> None:
        world.slack.refusals = dict.fromkeys((PAY, OPS, "D0ADA1234", ADA), "is_archived")
        await world.put("a", fallbacks=[OPS, ADA])
        await world.put("r", under="a", channel=OPS, fallbacks=[ADA])
        await world.run(10)
        assert await world.states() == {"a": "failed", "r": "failed"}
        world.slack.refusals = {}
        assert await admin.retry(world.deps, [await number(world, "a"), await number(world, "r")], actor="cli") == 2
        await world.run(3)
        assert world.shown() == [(PAY, "a", None), (PAY, "r", "1.000000")]
        assert await audited(world) == [("cli", "outbox.retry", "outbox:1"), ("cli", "outbox.retry", "outbox:2")]

    async def test_all_that_failed(self, world: World) -> None:
        world.slack.refusals = {OPS: "is_archived"}
        for key, channel in (("a", OPS), ("b", OPS), ("c", PAY)):
            await world.put(key, channel=channel)
        await world.run(3)
        world.slack.refusals = {}
        assert await admin.retry_failed(world.deps, actor="cli") == 2
        assert await admin.retry_failed(world.deps, actor="cli") == 0
        await world.run(3)
        assert await world.states() == {"a": "sent", "b": "sent", "c": "sent"}

    async def test_what_waits_is_tried_now(self, world: World) -> None:
        await world.put("a")
        world.slack.plan = [SlackError("external_channel_migrating")]
        await world.drain()
        await admin.retry(world.deps, [1], actor="cli")
        world.clock.advance(timedelta(seconds=1))
        assert await world.drain() == 1

    async def test_what_may_be_in_slack_is_looked_for_again(self, world: World) -> None:
        await world.put("a")
        world.slack.plan, world.slack.finds = ["lost"], [SlackError("not_in_channel")]
        await world.run(5)
        assert await world.states() == {"a": "failed"}
        await admin.retry(world.deps, [1], actor="cli")
        await world.run(2)
        assert len(world.slack.posted) == 1
        assert await world.states() == {"a": "sent"}

    async def test_an_update_that_failed(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "new")
        world.slack.edits = [SlackError("msg_too_long")]
        await world.run(2)
        await admin.retry_failed(world.deps, actor="cli")
        await world.run(2)
        assert world.shown() == [(PAY, "new", None)]

    async def test_what_cannot_be(self, world: World) -> None:
        await world.put("a")
        await world.put("b")
        await world.drain()
        with pytest.raises(NotFoundError, match="no message 7, 9"):
            await admin.retry(world.deps, [2, 9, 7], actor="cli")
        with pytest.raises(UserError, match="Message 1 is sent already"):
            await admin.retry(world.deps, [1, 2], actor="cli")
        assert await audited(world) == []


class TestDrop:
    async def test_it_is_not_posted_and_its_key_stays_used(self, world: World) -> None:
        await world.put("a")
        await world.put("r", under="a")
        assert await admin.drop(world.deps, [1], actor="cli") == 1
        await world.run(3)
        assert await world.states() == {"a": "dropped", "r": "sent"}
        assert [thread for _, _, thread in world.shown()] == [None]
        assert not await world.put("a")
        assert not await world.say("a", "new")
        assert await audited(world) == [("cli", "outbox.drop", "outbox:1")]

    async def test_it_may_be_taken_up_again(self, world: World) -> None:
        await world.put("a")
        await admin.drop(world.deps, [1], actor="cli")
        with pytest.raises(UserError, match="dropped already"):
            await admin.drop(world.deps, [1], actor="cli")
        await admin.retry(world.deps, [1], actor="cli")
        await world.run(1)
        assert world.shown() == [(PAY, "a", None)]

    async def test_an_update(self, world: World) -> None:
        await world.put("a", "old")
        await world.run(1)
        await world.say("a", "new")
        await admin.drop(world.deps, [1], actor="cli")
        await world.run(2)
        assert world.shown() == [(PAY, "old", None)]
        assert await world.states() == {"a": "sent"}

    async def test_what_cannot_be(self, world: World) -> None:
        await world.put("a")
        await world.put("b")
        await world.drain()
        with pytest.raises(UserError, match="Message 1 is sent already"):
            await admin.drop(world.deps, [2, 1], actor="cli")
        assert (await world.states())["b"] == "waiting"


async def test_what_is_old_is_forgotten_unless_something_refers_to_it(world: World) -> None:
    for key in ("plain", "root", "revised"):
        await world.put(key, channel=f"C0{key}")
    await world.put("dropped")
    await admin.drop(world.deps, [4], actor="cli")
    await world.run(1)
    world.clock.advance(timedelta(days=399))
    await world.say("revised", "new")
    await world.put("reply", under="root")
    world.slack.refusals = {"C0LOST": "is_archived"}
    await world.put("failed", channel="C0LOST")
    await world.run(3)
    assert await admin.forget_old(world.deps) == 0
    world.clock.advance(timedelta(days=2))
    assert await admin.forget_old(world.deps) == 2
    assert set(await world.rows()) == {"root", "revised", "reply", "failed"}
    world.clock.advance(timedelta(days=400))
    assert await admin.forget_old(world.deps) == 2
    assert await admin.forget_old(world.deps) == 1, "the root goes after its reply"
    assert set(await world.rows()) == {"failed"}
