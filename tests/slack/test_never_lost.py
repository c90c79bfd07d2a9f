"""A question that was acknowledged is answered exactly once, or one sentence says why not."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from prometheus_client import CollectorRegistry
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clients.slack import SlackClient
from bot.domain.catalog import SourceCatalog
from bot.errors import NotTakenError, SlackError, StoreUnavailableError
from bot.playground.fake_slack import Delivery, MessageRef
from bot.services import inbound
from bot.services.eol import timelines
from handlers import ROUTES
from handlers.dispatch import Dispatch, Metrics
from tests.slack.conftest import Stage, asset, organisation
from tests.slack.test_clicks import actions

on_sqlite = pytest.mark.parametrize("deployment", ["http-sqlite"], indirect=True)
on_both_wires = pytest.mark.parametrize("deployment", ["http-sqlite", "socket-sqlite"], indirect=True)


def refusal(status: int, code: str = "", **headers: str) -> SlackApiError:
    data = {"ok": False, "error": code} if code else {"ok": False, "error": "ratelimited" if status == 429 else ""}
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers, status_code=status
    )
    return SlackApiError("refused", response)


def failing_once(monkeypatch: pytest.MonkeyPatch, method: str, error: BaseException) -> list[Any]:
    """Let a method of Slack's fail at its first call; the list holds what was tried."""
    real: Callable[..., Awaitable[Any]] = getattr(AsyncWebClient, method)
    tried: list[Any] = []

    async def call(self: AsyncWebClient, **arguments: Any) -> Any:
        tried.append(arguments)
        if len(tried) == 1:
            raise error
        return await real(self, **arguments)

    monkeypatch.setattr(AsyncWebClient, method, call)
    return tried


def answers(stage: Stage, user: str = "grace") -> list[str]:
    """What Baton has said about payments-db that this person sees."""
    bot = stage.slack.workspace.bot_user_id
    everywhere = (message for place in stage.slack.workspace.messages.values() for message in place.values())
    return [message.text for message in everywhere if message.user == bot and "payments-db" in message.text]


FAULTS = {
    "429": refusal(429, **{"Retry-After": "1"}),
    "500": refusal(500),
    "refused": refusal(200, "internal_error"),
    "no longer there": refusal(200, "channel_not_found"),
    "cut off": ClientConnectionError("reset"),
}


@on_both_wires
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_mention_is_answered_once_although_slack_does_not_take_the_first_post(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    tried = failing_once(monkeypatch, "chat_postMessage", FAULTS[fault])
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    assert len(tried) >= 2
    assert len(answers(stage)) == 1


@on_sqlite
async def test_a_question_is_answered_once_while_the_database_is_locked(stage: Stage, database_url: str) -> None:
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        await stage.slack.post("grace", "general", f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
        await stage.slack.settle()
        assert len(answers(stage)) == 1
    finally:
        other.execute("ROLLBACK")
        other.close()
    asked = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    assert asked.status == 200
    await stage.slack.deliver_again(asked, retry_num=1)
    await stage.settle()
    assert len(answers(stage)) == 1


@on_sqlite
async def test_a_question_that_neither_the_database_nor_slack_takes_is_not_acknowledged(
    stage: Stage, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, "chat_postMessage", refusal(200, "internal_error"))
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        await stage.slack.post("grace", "general", f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
        refused: list[Delivery] = []
        for _ in range(1000):
            if refused := [each for each in stage.slack.deliveries if each.status == 503]:
                break
            await asyncio.sleep(0.01)
    finally:
        other.execute("ROLLBACK")
        other.close()
    await stage.settle()
    await stage.slack.deliver_again(refused[0], retry_num=1)
    await stage.settle()
    assert len(answers(stage)) == 1


async def test_what_a_process_left_behind_is_answered_by_the_next_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr("handlers.events.Events._answer", dies)
    await stage.slack.post("grace", "general", f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    await stage.settle()
    assert answers(stage) == []
    monkeypatch.undo()
    stage.clock.advance(timedelta(hours=20))  # a night, and some more
    for _ in range(2):
        await Dispatch(ROUTES, stage.baton.context, stage.baton.door, Metrics(CollectorRegistry())).events.resume(
            at_start=True
        )
        await stage.settle()
    assert len(answers(stage)) == 1
    assert await inbound.left_behind(stage.baton.context.deps, at_start=True) == {}


@on_both_wires
async def test_an_error_behind_a_mention_says_whom_to_give_the_reference(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.services.ownership.answer", broken)
    question = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    said = stage.slack.visible_messages("grace", "general", thread_ts=question.ts)[-1].text
    assert "tell your Baton administrator `" in said


@on_both_wires
async def test_a_home_tab_that_cannot_be_shown_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("handlers.home._overview", broken)
    await stage.slack.open_home("grace")
    await stage.settle()
    home = stage.slack.home("grace")
    assert home is not None
    assert "tell your Baton administrator" in str(home.payload["blocks"])


@on_both_wires
async def test_an_acknowledgement_does_not_wait_for_a_form_that_slack_opens_slowly(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.dispatch._PATIENCE_SECONDS", 0.05)
    let_go = asyncio.Event()
    real = AsyncWebClient.views_open

    async def slowly(self: AsyncWebClient, **arguments: Any) -> Any:
        await let_go.wait()
        return await real(self, **arguments)

    monkeypatch.setattr(AsyncWebClient, "views_open", slowly)
    answer = await stage.ask("/whoowns checkout")
    pressed = await stage.slack.act("grace", _ref(answer), "ownership.doubt")
    assert pressed.ok
    assert not stage.slack.view_stack("grace")
    let_go.set()
    await stage.settle()
    assert stage.slack.view_stack("grace")


@on_both_wires
async def test_a_form_that_slack_did_not_open_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_once(monkeypatch, "views_open", refusal(200, "expired_trigger_id"))
    answer = await stage.ask("/whoowns checkout")
    await stage.press(answer, "ownership.doubt")
    said = stage.slack.visible_messages("grace", "general")[-1].text
    assert said == "Slack did not wait for the form: try again."
    failing_once(monkeypatch, "views_open", refusal(200, "expired_trigger_id"))
    assert (await stage.ask("/handoff payments-db", user="lin")).text == said  # there is no button to be pressed


def _ref(message: Any) -> Any:
    return MessageRef(message.channel, message.ts)


@on_sqlite
async def test_of_an_event_only_what_its_answer_needs_is_written_down(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[dict[str, Any]] = []
    real = inbound.take

    async def take(deps: Any, event_id: str, body: Any) -> bool:
        kept.append(body)
        return await real(deps, event_id, body)

    monkeypatch.setattr(inbound, "take", take)
    mention = f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?"
    await stage.say(mention + " " * 3 + "x" * 20_000)
    [body] = [each for each in kept if each["event"]["type"] == "app_mention"]
    assert body["event"]["text"].startswith(mention)
    assert len(str(body)) < 5_000
    assert "blocks" not in body["event"]


@on_sqlite
async def test_a_redelivery_is_not_acknowledged_before_the_delivery_ahead_of_it_was_taken(
    stage: Stage, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.payloads._event_id", lambda body, _: str(body["event_id"]))
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    asked = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    body = {**asked.payload, "event_id": "Ev0AGAIN"}
    is_posting, go_on = asyncio.Event(), asyncio.Event()

    async def refuses_in_the_end(*_: object, **__: object) -> None:
        is_posting.set()
        await go_on.wait()
        raise refusal(200, "internal_error")

    events = Dispatch(ROUTES, stage.baton.context, stage.baton.door, Metrics(CollectorRegistry())).events
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with monkeypatch.context() as slow:
            slow.setattr(AsyncWebClient, "chat_postMessage", refuses_in_the_end)
            slow.setattr("handlers.events._PATIENCE_SECONDS", 0.05)
            first = asyncio.create_task(events.take(body))
            await asyncio.wait_for(is_posting.wait(), 10)
            with pytest.raises(NotTakenError):
                await asyncio.wait_for(events.take(body), 10)
            go_on.set()
            with pytest.raises(NotTakenError):
                await first
            await until(lambda: not events._under_way)
    finally:
        other.execute("ROLLBACK")
        other.close()
    await events.take(body)
    await stage.settle()
    assert len(answers(stage)) == 2


@on_sqlite
async def test_a_message_that_comes_as_two_events_is_answered_once(stage: Stage) -> None:
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    asked = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    await stage.slack.deliver_again(replace(asked, payload={**asked.payload, "event_id": "Ev0ANOTHER"}))
    await stage.settle()
    assert len(answers(stage)) == 1


@on_sqlite
async def test_a_direct_message_that_mentions_baton_is_answered_once_if_slack_sends_both_events(stage: Stage) -> None:
    dm = await stage.slack.open_dm("eve")
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?", user="eve", channel=dm.id)
    asked = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "message")
    inner = {**asked.payload["event"], "type": "app_mention"}
    mention = {**asked.payload, "event_id": "Ev0ANOTHER", "event": inner}
    await stage.slack.deliver_again(replace(asked, payload=mention))
    await stage.settle()
    assert len([said for said in said_to_grace(stage) if "payments-db" in said]) == 1


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for a state."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - what is waited for says nothing by itself
            await asyncio.sleep(0.01)


def said_to_grace(stage: Stage) -> list[str]:
    """Whatever Baton has said, wherever."""
    everywhere = (message for place in stage.slack.workspace.messages.values() for message in place.values())
    return [message.text for message in everywhere if message.user == stage.slack.workspace.bot_user_id]


@on_sqlite
@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "no_text"])
async def test_where_slack_refuses_the_answer_itself_a_sentence_says_so_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    failing_once(monkeypatch, "chat_postMessage", refusal(200, code))
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    [said] = said_to_grace(stage)
    assert "Slack refused my answer." in said
    assert code in said


@pytest.fixture
def dead_response_urls(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to let every response URL be dead from then on."""

    async def dead(*_: object, **__: object) -> None:
        raise SlackError("expired_url")

    return lambda: monkeypatch.setattr(SlackClient, "respond", dead)


@on_sqlite
async def test_a_press_that_is_saved_has_its_receipt_in_private_where_the_response_url_is_dead(
    stage: Stage, dead_response_urls: Callable[[], None]
) -> None:
    answer = await stage.ask("/whoowns checkout")
    before = len(said_to_grace(stage))
    dead_response_urls()
    await stage.press(answer, "ownership.confirm")
    [said] = said_to_grace(stage)[before:]
    assert "confirmed by <@U" in said, said
    assert "saved" not in said
    assert (await actions(stage)).count("ownership.confirm") == 1


@on_sqlite
@pytest.mark.parametrize(
    ("asset", "action", "values", "receipt"),
    [
        ("checkout", "ownership.doubt", {"ownership.doubt_reason": "It is ours now"}, "Your doubt is recorded"),
        ("old-cron", "ownership.claim", {}, "Payments"),
        ("checkout", "ownership.claim", {"ownership.claim_reason": "We run it"}, "once *Payments* agrees"),
    ],
)
async def test_a_form_that_is_saved_closes_and_has_its_receipt_in_private_where_the_response_url_is_dead(
    stage: Stage,
    dead_response_urls: Callable[[], None],
    asset: str,
    action: str,
    values: dict[str, str],
    receipt: str,
) -> None:
    user = "omar" if (asset, action) == ("checkout", "ownership.claim") else "grace"
    answer = await stage.ask(f"/whoowns {asset}", user=user)
    await stage.press(answer, action, user=user)
    before = len(said_to_grace(stage))
    dead_response_urls()
    await stage.slack.submit_view(user, stage.slack.view_stack(user)[-1].id, values)
    await stage.settle()
    assert stage.slack.view_stack(user) == []
    assert (await actions(stage)).count(action) == 1
    told = said_to_grace(stage)[before:]
    assert any(receipt in each for each in told), told
    assert not any("saved" in each for each in told)


@on_sqlite
async def test_a_form_that_is_saved_before_slack_refuses_something_else_cannot_be_sent_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise SlackError("internal_error")

    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    monkeypatch.setattr("handlers.ownership.settle", refused)
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {})
    await stage.settle()
    [view] = stage.slack.view_stack("eve")
    assert not view.errors
    assert "It may be saved: look first." in str(view.payload)
    assert not view.payload.get("submit")


@on_sqlite
async def test_what_shares_an_answer_in_vain_says_nothing_of_saving(
    stage: Stage, dead_response_urls: Callable[[], None]
) -> None:
    answer = await stage.ask("/whoowns checkout")
    before = len(said_to_grace(stage))
    dead_response_urls()
    await stage.press(answer, "ownership.share")
    assert said_to_grace(stage)[before:] == ["Slack takes no answer there any more: ask again."]


@on_sqlite
async def test_a_late_answer_to_a_command_comes_in_private_where_the_response_url_is_dead(
    stage: Stage, dead_response_urls: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.dispatch._PATIENCE_SECONDS", 0.0)
    dead_response_urls()
    await stage.slack.run_command("grace", "general", "/baton team payments")
    await stage.settle()
    [said] = said_to_grace(stage)
    assert "Payments" in said


@on_sqlite
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (StoreUnavailableError("is locked by somebody else"), "the database is locked by somebody else"),
        (ZeroDivisionError(), "Something went wrong"),
        (SlackError("missing_scope"), "Ask your Baton administrator to add the scope"),
    ],
)
async def test_a_picture_that_does_not_come_is_told_of_whatever_went_wrong_and_wherever_slack_takes_it(
    stage: Stage,
    dead_response_urls: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    sentence: str,
) -> None:
    async def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr(timelines, "timeline", broken)
    await stage.ask("/eol timeline payments")
    await stage.settle()
    assert sentence in stage.slack.visible_messages("grace", "general")[-1].text
    dead_response_urls()
    failing_once(monkeypatch, "chat_postMessage", refusal(500))
    before = len(said_to_grace(stage))
    await stage.slack.run_command("grace", "general", "/eol timeline payments")
    await stage.settle()
    assert [sentence in each for each in said_to_grace(stage)[before:]].count(True) == 1


@on_sqlite
async def test_a_home_tab_that_slack_does_not_take_for_the_moment_is_shown_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.slack.open_home("grace")
    await stage.settle()
    shown = stage.slack.home("grace")
    await stage.bring(
        SourceCatalog(people=organisation().people, teams=organisation().teams, assets=[asset("lost")]),
        allow_mass_change=True,
    )
    monkeypatch.setattr("handlers.events._PAUSES_SECONDS", ())
    failing_once(monkeypatch, "views_publish", refusal(500))
    await stage.slack.open_home("grace")
    await stage.settle()
    assert stage.slack.home("grace") == shown, "what was there stays"
    left = await inbound.left_behind(stage.baton.context.deps, at_start=True)
    assert [each["event"]["type"] for each in left.values()] == ["app_home_opened"]
    stage.clock.advance(timedelta(minutes=2))
    await Dispatch(ROUTES, stage.baton.context, stage.baton.door, Metrics(CollectorRegistry())).events.resume()
    assert await inbound.left_behind(stage.baton.context.deps, at_start=True) == {}
    assert "lost" in str(stage.slack.home("grace"))


@on_sqlite
@pytest.mark.parametrize("trouble", [refusal(500), refusal(200, "internal_error")])
async def test_a_home_tab_is_shown_at_the_next_attempt_while_somebody_looks_at_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, trouble: SlackApiError
) -> None:
    monkeypatch.setattr("handlers.events._PAUSES_SECONDS", (0.0, 0.0))
    failing_once(monkeypatch, "views_publish", trouble)
    await stage.slack.open_home("grace")
    await stage.settle()
    assert stage.slack.home("grace") is not None
    assert await inbound.left_behind(stage.baton.context.deps, at_start=True) == {}


@on_sqlite
async def test_a_home_tab_that_slack_refuses_gives_a_reference(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing_once(monkeypatch, "views_publish", refusal(200, "invalid_blocks"))
    await stage.slack.open_home("grace")
    await stage.settle()
    said = str(stage.slack.home("grace"))
    assert "Something went wrong, and nothing was saved" in said
    assert "tell your Baton administrator" in said
    [logged] = [each for each in caplog.records if each.levelname == "ERROR"]
    assert logged.getMessage() == "app_home_opened failed: Slack answered invalid_blocks"


@on_sqlite
async def test_a_form_that_slack_refuses_gives_a_reference(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await stage.ask("/whoowns checkout")
    failing_once(monkeypatch, "views_open", refusal(200, "invalid_arguments"))
    before = len(said_to_grace(stage))
    await stage.press(answer, "ownership.doubt")
    [said] = said_to_grace(stage)[before:]
    assert said.startswith("Something went wrong, and nothing was saved. Try again; if it repeats, tell")


@on_sqlite
async def test_a_store_that_takes_too_long_has_the_event_delivered_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, go_on = inbound.take, asyncio.Event()

    async def slow(deps: Any, event_id: str, body: Any) -> bool:
        await go_on.wait()
        return await real(deps, event_id, body)

    monkeypatch.setattr(inbound, "take", slow)
    with monkeypatch.context() as impatient:
        impatient.setattr("handlers.events._PATIENCE_SECONDS", 0.05)
        asking = asyncio.create_task(stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?"))
        await until(lambda: any(each.status == 503 for each in stage.slack.deliveries))
    go_on.set()
    await asking
    await until(lambda: bool(answers(stage)))
    await stage.settle()
    assert len(answers(stage)) == 1
