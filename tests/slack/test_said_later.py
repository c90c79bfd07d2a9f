"""What is acknowledged and cannot be said at once: a form comes later, and words come in private, once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.clients.slack import SlackClient
from bot.errors import SlackError, SlackUnreachableError, StoreUnavailableError
from bot.playground.fake_slack import MessageRef
from bot.services import private_words
from bot.services.outbox import admin
from bot.store.tables import OutboxMessage
from handlers import claims, interaction
from tests.slack.conftest import Stage
from tests.slack.test_clicks import actions
from tests.slack.test_never_lost import failing_once, on_sqlite, refusal, until

pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each form begin with a loading view, and be tried again at once."""
    making = claims._form

    async def slowly(*arguments: Any) -> Any:
        for _ in range(5):
            await asyncio.sleep(0)
        return await making(*arguments)

    monkeypatch.setattr(claims, "_form", slowly)
    monkeypatch.setattr(interaction, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr("handlers.private_words._FIRST_PAUSE_SECONDS", 0.01)


async def open_claim(stage: Stage, user: str = "omar") -> None:
    answer = await stage.ask("/whoowns checkout", user=user)
    await stage.press(answer, "ownership.claim", user=user)


def in_private(stage: Stage) -> list[str]:
    """What Baton said that is not in the place where it was asked."""
    bot, places = stage.slack.workspace.bot_user_id, stage.slack.workspace.messages.values()
    said = (message for place in places for message in place.values())
    return [each.text for each in said if each.user == bot and not each.ephemeral_for]


async def waiting(stage: Stage) -> list[str]:
    """The keys of what is still to be said."""
    async with stage.database.reading() as session:
        rows = await session.execute(select(OutboxMessage).where(OutboxMessage.state != "sent"))  # type: ignore[arg-type]
        return [row.key for row in rows.scalars()]


@pytest.mark.parametrize(
    "fault", [refusal(200, "internal_error"), refusal(429, **{"Retry-After": "10"}), refusal(500)], ids=str
)
async def test_a_form_comes_although_slack_refuses_it_at_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    monkeypatch.setattr("bot.clients.slack_answers.pause", lambda _headers: 0.01)
    tried = failing_once(monkeypatch, "views_update", fault)
    await open_claim(stage)
    assert len(tried) == 2
    assert stage.slack.view_stack("omar")[-1].payload["callback_id"] == "ownership.claim_offer_view"
    assert in_private(stage) == []
    assert await waiting(stage) == []


@pytest.mark.parametrize("code", ["not_found", "internal_error"])
async def test_who_waits_for_a_form_that_does_not_come_is_told_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr("handlers.private_words._TRIED_SECONDS", 0.05)

    async def refused(*_: object, **__: object) -> None:
        raise SlackError(code)

    monkeypatch.setattr(SlackClient, "update_view", refused)
    await open_claim(stage)
    assert in_private(stage) == ["I could not show you the form in its window. Open it again."]


async def test_an_error_in_making_a_form_whose_window_is_closed_is_said_in_private(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise SlackError("not_found")

    async def broken(*_: object, **__: object) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        raise StoreUnavailableError("is locked by somebody else")

    monkeypatch.setattr(SlackClient, "update_view", refused)
    monkeypatch.setattr("handlers.claims._form", broken)
    await open_claim(stage)
    [said] = in_private(stage)
    assert "is locked by somebody else" in said


async def test_whoever_waits_for_a_form_when_the_process_dies_is_told_by_the_next_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(SlackClient, "update_view", dies)
    answer = await stage.ask("/whoowns checkout", user="omar")
    await stage.slack.act("omar", MessageRef(answer.channel, answer.ts), "ownership.claim")
    await stage.baton.context.background.drain(seconds=10)
    assert in_private(stage) == []
    stage.clock.advance(private_words.GRACE)
    await stage.settle()
    assert in_private(stage) == ["I could not show you the form in its window. Open it again."]


class Held:
    """Calls of a method of Slack's that do not come back before `let_go`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
        self._go_on = asyncio.Event()
        self.error: Exception | None = None
        real: Callable[..., Awaitable[Any]] = getattr(SlackClient, method)

        async def call(client: SlackClient, *arguments: Any, **named: Any) -> Any:
            await self._go_on.wait()
            if self.error is not None:
                raise self.error
            return await real(client, *arguments, **named)

        monkeypatch.setattr(SlackClient, method, call)

    def stop_answering(self) -> None:
        """Let nothing come back any more."""
        self._go_on.clear()

    def let_go(self, error: Exception | None = None) -> None:
        self.error = error
        self._go_on.set()


async def confirm_late(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Held:
    """Confirm something, with an answer that Slack takes only when it is let go; return when that is acknowledged."""
    answer = await stage.ask("/whoowns checkout")
    held = Held(monkeypatch, "respond")
    monkeypatch.setattr("handlers.dispatch._PATIENCE_SECONDS", 0.5)
    pressed = await stage.slack.act("grace", MessageRef(answer.channel, answer.ts), "ownership.confirm")
    assert pressed.ok
    assert await confirmed(stage) == 1
    return held


async def confirmed(stage: Stage) -> int:
    """Wait until a confirmation is saved, which a busy machine does after the acknowledgement; return how many are."""
    async with asyncio.timeout(10):
        while True:
            if count := (await actions(stage)).count("ownership.confirm"):
                return count
            await asyncio.sleep(0.01)


async def test_a_receipt_that_comes_late_is_said_once_where_it_was_asked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await confirm_late(stage, monkeypatch)
    assert len(await waiting(stage)) == 1
    held.let_go()
    await stage.settle()
    stage.clock.advance(private_words.GRACE * 2)
    await stage.settle()
    assert "confirmed by <@U" in stage.slack.visible_messages("grace", "general")[-1].text
    assert in_private(stage) == []


async def test_what_takes_long_is_not_taken_for_interrupted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.private_words._HELD_SECONDS", 0.01)
    held = await confirm_late(stage, monkeypatch)
    for _ in range(3):
        stage.clock.advance(private_words.GRACE * 0.9)
        await until_due(stage, stage.clock.now() + private_words.GRACE)
    assert len(await waiting(stage)) == 1
    held.let_go()
    await stage.settle()
    assert in_private(stage) == []
    assert await waiting(stage) == []


async def until_due(stage: Stage, at: datetime) -> None:
    """Wait until the one message that is held is due then."""
    async with asyncio.timeout(10):
        while True:
            async with stage.database.reading() as session:
                rows = await session.execute(select(OutboxMessage).where(OutboxMessage.state == "waiting"))  # type: ignore[arg-type]
                if [row.due_at for row in rows.scalars()] == [at]:
                    return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("error", [SlackUnreachableError("status 503"), None], ids=["refused", "killed"])
async def test_a_receipt_that_slack_does_not_take_in_time_comes_in_private(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    before = len(in_private(stage))
    held = await confirm_late(stage, monkeypatch)
    if error is not None:
        held.let_go(error)
    else:  # nothing of this process goes on
        stage.clock.advance(private_words.GRACE)
    await stage._answers_posted()
    await until(lambda: len(in_private(stage)) == before + 1)
    assert "confirmed by <@U" in in_private(stage)[-1]
    held.let_go(error or SlackUnreachableError("status 503"))
    await stage.settle()
    assert len(in_private(stage)) == before + 1


async def test_what_slack_does_not_take_is_said_when_it_does_and_then_forgotten(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await stage.ask("/whoowns checkout")
    real, is_away = AsyncWebClient.chat_postMessage, True

    async def post(self: AsyncWebClient, **arguments: Any) -> Any:
        if is_away:
            raise refusal(503)
        return await real(self, **arguments)

    async def away(*_: object, **__: object) -> None:
        raise SlackUnreachableError("status 503")

    monkeypatch.setattr(AsyncWebClient, "chat_postMessage", post)
    monkeypatch.setattr(SlackClient, "respond", away)
    before = len(in_private(stage))
    await stage.slack.act("grace", MessageRef(answer.channel, answer.ts), "ownership.confirm")
    await stage.slack.act("grace", MessageRef(answer.channel, answer.ts), "ownership.share")
    assert len(await waiting(stage)) == 2
    is_away = False
    await stage.settle()
    confirmed, shared = in_private(stage)[before:]
    assert "confirmed by <@U" in confirmed
    assert "press Share again" in shared
    stage.clock.advance(admin.ANSWER_KEPT + timedelta(hours=1))
    assert await admin.forget_old(stage.baton.context.deps) == 2


async def test_what_cannot_be_written_down_is_said_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def locked(*_: object, **__: object) -> None:
        raise StoreUnavailableError("is locked by somebody else")

    async def away(*_: object, **__: object) -> None:
        raise SlackUnreachableError("status 503")

    answer = await stage.ask("/whoowns checkout")
    before = len(in_private(stage))
    monkeypatch.setattr("bot.services.private_words.say", locked)
    monkeypatch.setattr(SlackClient, "respond", away)
    await stage.press(answer, "ownership.confirm")
    assert len(in_private(stage)) == before + 1


@pytest.mark.parametrize(
    ("error", "told"), [(None, []), (SlackError("expired_url"), ["once *Payments* agrees"])], ids=["shown", "unshown"]
)
async def test_a_form_that_is_saved_late_has_one_receipt_where_its_window_is_gone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception | None, told: list[str]
) -> None:
    await open_claim(stage)
    held = Held(monkeypatch, "respond")
    await send_late(stage, monkeypatch)
    held.let_go(error)
    await stage.settle()
    said = [each for each in in_private(stage) if "agrees" in each]
    assert [words in each for words, each in zip(told, said, strict=True)] == [True] * len(told)
    assert not any("form that you sent" in each for each in in_private(stage))


async def test_a_form_that_is_not_taken_says_so_in_private_where_its_window_is_gone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_claim(stage)
    is_sent = asyncio.Event()

    async def locked(*_: object, **__: object) -> None:
        await is_sent.wait()
        raise StoreUnavailableError("is locked by somebody else")

    monkeypatch.setattr("bot.services.claims.claim", locked)
    await send_late(stage, monkeypatch)
    is_sent.set()
    await stage.settle()
    [said] = in_private(stage)
    assert said.startswith("I did not take the form that you sent: Nothing was saved")


async def send_late(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the form that is open, which is acknowledged before it is saved, and close its window."""

    async def closed(*_: object, **__: object) -> None:
        raise SlackError("not_found")

    monkeypatch.setattr(SlackClient, "update_view", closed)
    monkeypatch.setattr("handlers.dispatch._PATIENCE_SECONDS", 0.3)
    await stage.slack.submit_view(
        "omar", stage.slack.view_stack("omar")[-1].id, {"ownership.claim_reason": "We run it"}
    )
    assert "Still saving" in str(stage.slack.view_stack("omar")[-1].payload)


async def test_who_somebody_is_is_not_waited_for_beyond_the_acknowledgement(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    held = Held(monkeypatch, "user")
    monkeypatch.setattr("handlers.dispatch._SLACK_SECONDS", 0.1)
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {})
    [view] = stage.slack.view_stack("eve")
    said = "Slack does not say who people are just now, so nothing was saved. Try again in a minute."
    assert list(view.errors.values()) == [said]
    assert "ownership.doubt" not in await actions(stage)
    held.let_go()
    await until(lambda: all(each.done() for each in stage.baton.context.deps.profiles._asked.values()))
    held.stop_answering()
    await stage.slack.submit_view("eve", view.id, {})
    assert (await actions(stage)).count("ownership.doubt") == 1, "the look-up went on, and is not made again"
