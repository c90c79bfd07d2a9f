"""`BATON_LISTENERS` adds an organisation's own listeners, over the wire: they get what Baton does not listen to."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock
from urllib.parse import unquote

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings

from bot.domain.trust import Admission
from bot.errors import SettingsError, SlackUnreachableError
from bot.web import oauth_routes
from handlers.carrier import add_listeners
from tests.slack import own_listeners
from tests.slack.conftest import METRICS_TOKEN, Stage
from tests.strangers.world import until

ASSISTANT_THREAD = {"channel_id": "D1", "thread_ts": "1.1", "context": {}}


@pytest.fixture
def more_settings() -> Mapping[str, Any]:
    return {"listeners": "tests.slack.own_listeners"}


@pytest.fixture(autouse=True)
def heard() -> list[str]:
    own_listeners.HEARD.clear()
    own_listeners.GO = asyncio.Event()
    return own_listeners.HEARD


async def command(stage: Stage, name: str, text: str = "", trigger_id: str = "") -> str:
    """Run a command that Baton's manifest does not name; return what it is answered with."""
    await stage.ask("/whoowns payments-db")
    typed = stage.slack.deliveries[-1]
    trigger_id = trigger_id or typed.payload["trigger_id"]
    payload = {**typed.payload, "command": name, "text": text, "trigger_id": trigger_id}
    return json.dumps((await stage.slack.deliver_again(replace(typed, payload=payload))).response)


async def event(stage: Stage, kind: str, **over: Any) -> bool:
    """Deliver an event of a member in #general, which Baton's manifest may not name; return whether it was taken."""
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    told = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    place, ts = told.payload["event"]["channel"], "1700000000.000100"
    item = {"type": "message", "channel": place, "ts": ts}
    about = {"item": item} if kind.startswith("reaction") else {"channel": place, "ts": ts, "channel_type": "channel"}
    inner = {"type": kind, "user": stage.slack.workspace.user("ada").id, **about}
    envelope = {name: over.pop(name) for name in ("is_ext_shared_channel", "team_id") if name in over}
    number = over.pop("event_id", f"Ev{len(stage.slack.deliveries)}")
    payload = {**told.payload, "event_id": number, "event": inner | over, **envelope}
    is_taken = (await stage.slack.deliver_again(replace(told, payload=payload))).ok
    await stage.settle()
    return is_taken


async def test_a_command_of_their_own_is_answered(stage: Stage) -> None:
    assert "Lunch: at noon" in await command(stage, "/lunch", "at noon")


async def test_a_lazy_listener_of_theirs_goes_on_behind_the_acknowledgement_and_a_stop_waits_for_it(
    stage: Stage, heard: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert "Lunch: at nine" in await command(stage, "/dinner", "at nine")
    await stage.baton.context.background.drain(seconds=10)
    assert heard == ["served at nine"]
    assert "Lunch: nothing" in await command(stage, "/dinner", "nothing")
    await stage.baton.context.background.drain(seconds=10)
    assert "the kitchen is closed" in str(failure_in(caplog))


async def test_a_lazy_listener_that_wants_to_end_the_process_ends_by_itself(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Lunch: the end" in await command(stage, "/dinner", "the end")
    await stage.baton.context.background.drain(seconds=10)
    assert str(failure_in(caplog)) == "the kitchen is on fire"


@pytest.mark.parametrize("first", ["first", "last"])
async def test_one_that_works_on_is_acknowledged_meanwhile(
    stage: Stage, heard: list[str], monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    monkeypatch.setattr("handlers.own_listeners._PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("handlers.own_listeners._LONGEST_SECONDS", 0.2)
    answer = await command(stage, "/slow", first)
    assert ("It takes a while." in answer, "It took" in answer, heard) == (first == "first", False, [])
    own_listeners.GO.set()
    await stage.baton.context.background.drain(seconds=10)
    assert heard == ["slow"]


async def test_one_that_a_stop_breaks_off_is_not_said_to_have_failed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("handlers.own_listeners._PATIENCE_SECONDS", 0.1)
    await command(stage, "/slow", "first")
    assert await stage.baton.context.background.drain(seconds=0.01) == 1
    assert not [each for each in caplog.records if each.levelno == logging.ERROR]


@pytest.mark.parametrize(
    ("name", "text", "reached"),
    [("/lunch", "slowly", "Lunch"), ("/tea", "later", "Tea")],
    ids=["middleware", "a matcher"],
)
async def test_what_comes_before_a_listener_is_waited_for_no_longer_than_slack_waits_and_the_log_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str, text: str, reached: str
) -> None:
    monkeypatch.setattr("handlers.own_listeners._PATIENCE_SECONDS", 0.1)
    asyncio.get_running_loop().call_later(0.5, own_listeners.GO.set)
    assert reached in await command(stage, name, text)
    own_listeners.GO.clear()
    monkeypatch.setattr("handlers.own_listeners._LONGEST_SECONDS", 0.2)
    assert not caplog.records
    assert reached not in await command(stage, name, text)
    assert "did not acknowledge in time: command" in caplog.text
    own_listeners.GO.set()
    await stage.baton.context.background.drain(seconds=10)
    assert stage.slack.deliveries[-1].ok


async def test_the_time_that_the_door_takes_counts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.own_listeners._LONGEST_SECONDS", 3_000)
    later = [0.0]

    async def slow(*_: object) -> Admission:
        later[0] += 10_000
        return Admission.DECIDE

    monkeypatch.setattr("handlers.own_listeners.monotonic", lambda: time.monotonic() + later[0])
    monkeypatch.setattr(stage.baton.door, "admit", slow)
    assert "It took" not in await command(stage, "/slow", "last")
    own_listeners.GO.set()


async def test_one_that_acknowledges_late_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.own_listeners._PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("handlers.own_listeners._LOOK_SECONDS", 10)
    asyncio.get_running_loop().call_later(0.5, own_listeners.GO.set)
    assert "It took a while." in await command(stage, "/slow", "last")


@pytest.mark.parametrize("text", ["brunch?", "slowly, brunch?"], ids=["a listener", "middleware"])
async def test_an_event_is_acknowledged_while_they_work_on(
    stage: Stage, heard: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    monkeypatch.setattr("handlers.own_listeners._PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("handlers.own_listeners._LONGEST_SECONDS", 60)
    delivered = asyncio.create_task(event(stage, "message", text=text))
    await until(
        lambda: text in str([each.payload for each in stage.slack.deliveries]),
        seconds=10,
        what="an acknowledgement",
    )
    assert (stage.slack.deliveries[-1].ok, heard) == (True, [])
    assert ("did not acknowledge in time: event_callback" in caplog.text) is text.startswith("slowly")
    own_listeners.GO.set()
    assert await delivered
    await stage.baton.context.background.drain(seconds=10)
    assert heard == ["brunch"]


async def test_words_in_a_channel_and_other_reactions_reach_them(stage: Stage, heard: list[str]) -> None:
    await event(stage, "message", text="lunch?")
    await event(stage, "reaction_added", reaction="pizza")
    await event(stage, "reaction_removed", reaction="salad")
    await event(stage, "reaction_removed", reaction="soup", user="")
    assert heard == ["lunch?", "pizza", "salad", "soup"], "and not what Baton answers"


async def interaction(stage: Stage, kind: str, *, user_id: str = "", **over: Any) -> None:
    """Deliver an interaction of a member that Baton knows nothing of; without the app, as Slack sends old kinds."""
    await stage.ask("/whoowns payments-db")
    typed = stage.slack.deliveries[-1]
    user, team = {"id": user_id or typed.payload["user_id"]}, {"id": typed.payload["team_id"]}
    payload = {"type": kind, "user": user, "team": team, **over}
    await stage.slack.deliver_again(replace(typed, kind="interaction", payload=payload))


async def test_they_hear_that_a_form_of_theirs_was_closed(stage: Stage, heard: list[str]) -> None:
    view = {"id": "V1", "type": "modal", "callback_id": "lunch_form"}
    await interaction(stage, "view_closed", view=view, api_app_id=stage.slack.workspace.app_id)
    assert heard == ["lunch_form"]


@pytest.mark.parametrize(
    ("kind", "over"),
    [
        ("interactive_message", {"callback_id": "lunch_menu", "actions": [{"name": "a", "type": "button"}]}),
        ("dialog_submission", {"callback_id": "lunch_dialog", "submission": {}}),
    ],
)
async def test_buttons_of_attachments_and_dialogs_reach_them_once_and_not_from_outside(
    stage: Stage, heard: list[str], kind: str, over: dict[str, Any]
) -> None:
    await interaction(stage, kind, user_id="U0NOBODY", **over)
    assert heard == []
    for _ in range(2):
        await interaction(stage, kind, trigger_id="1.2", **over)
    assert heard == [kind]


@pytest.mark.parametrize(
    "over",
    [{"user": "U0NOBODY"}, {"user_team": "T0PARTNER"}, {"is_ext_shared_channel": True}, {"user": "", "team_id": "T0"}],
    ids=["nobody", "another workspace's", "a shared channel", "another workspace"],
)
async def test_what_comes_from_outside_does_not_reach_them(
    stage: Stage, heard: list[str], over: Mapping[str, Any]
) -> None:
    await event(stage, "reaction_removed", reaction="salad", **over)
    await event(stage, "message", text="lunch?", **over)
    assert heard == []


async def test_of_alert_bots_they_hear_what_is_said_at_home_and_nothing_of_what_others_read(
    stage: Stage, heard: list[str]
) -> None:
    bot = stage.slack.add_user("alerts-app", real_name="Alerts", is_bot=True)
    stage.clock.advance(timedelta(hours=2))
    await stage.baton.context.listings.read_members()
    for user_id in (bot.id, ""):
        await event(stage, "message", user=user_id, text="lunch?", is_ext_shared_channel=True)
        assert heard == []
        await event(stage, "message", user=user_id, text="lunch?")
        assert heard.pop() == "lunch?"


@pytest.mark.parametrize(
    "where",
    [lambda place: {"channel_id": place}, lambda place: {"channel": {"id": place}}, lambda place: {"channel": place}],
    ids=["a file", "the channel itself", "a message"],
)
async def test_a_channel_that_others_are_invited_to_is_known_wherever_an_event_names_it(
    stage: Stage, heard: list[str], where: Callable[[str], dict[str, Any]]
) -> None:
    place = stage.slack.add_channel("partners", members=["ada"], bot_is_member=True, is_pending_ext_shared=True)
    stage.clock.advance(timedelta(hours=2))
    await stage.baton.context.listings.read_channels()
    await event(stage, "file_shared", **({"channel": ""} | where(place.id)))
    assert heard == []


async def test_what_is_delivered_again_is_heard_once(stage: Stage, heard: list[str]) -> None:
    for _ in range(2):
        await event(stage, "message", text="lunch?", event_id="Ev1")
    assert heard == ["lunch?"]
    answers = [await command(stage, "/lunch", "at noon", "1.2") for _ in range(2)]
    assert ["at noon" in each for each in answers] == [True, False]


async def test_while_slack_does_not_say_whose_an_event_is_it_is_left_to_be_delivered_again(
    stage: Stage, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    newcomer = stage.slack.add_user("newcomer", real_name="New Comer")
    with monkeypatch.context() as trouble:
        trouble.setattr(
            stage.baton.context.deps.profiles, "get", AsyncMock(side_effect=SlackUnreachableError("timeout"))
        )
        assert not await event(stage, "message", text="lunch?", user=newcomer.id, event_id="Ev1")
    assert 'payloads_total{kind="event_callback",outcome="not_taken"} 1.0' in await counted(stage)
    assert await event(stage, "message", text="lunch?", user=newcomer.id, event_id="Ev1")
    assert heard == ["lunch?"]


@pytest.mark.parametrize(
    ("kind", "whose"),
    [
        ("assistant_thread_started", lambda user: {"assistant_thread": ASSISTANT_THREAD | {"user_id": user}}),
        ("file_shared", lambda user: {"user_id": user, "file_id": "F1"}),
        ("message", lambda user: {"subtype": "message_changed", "message": {"user": user, "text": "lunch?"}}),
        ("message", lambda user: {"subtype": "message_deleted", "previous_message": {"user": user, "text": "lunch?"}}),
    ],
    ids=["assistant", "file", "edited", "deleted"],
)
async def test_somebody_from_outside_does_not_reach_them_wherever_an_event_names_them(
    stage: Stage, heard: list[str], kind: str, whose: Callable[[str], dict[str, Any]]
) -> None:
    await event(stage, kind, user="", **whose("U0NOBODY"))
    assert heard == []
    await event(stage, kind, user="", **whose(stage.slack.workspace.user("ada").id))
    assert len(heard) == 1


async def test_an_event_about_somebody_from_outside_does_not_reach_them(stage: Stage, heard: list[str]) -> None:
    ada = stage.slack.workspace.user("ada").id
    for user_id in ("U0NOBODY", ada):
        await event(stage, "user_profile_changed", user={"id": user_id})
    assert heard == [ada]


async def test_of_what_nobody_listens_to_the_log_names_the_type(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await event(stage, "app_home_opened", tab="messages")
    assert not caplog.records, "it is one of the types that Baton knows"
    await event(stage, "emoji_changed")
    assert [each.getMessage() for each in caplog.records] == ["nobody listens to this: event emoji_changed"]


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        ("/broken", "", "no table is free"),
        ("/broken", "raw", "no raw fish"),
        ("/end", "exit", "a guest has left"),
        ("/lunch", "--help", "usage: /lunch"),
        ("/end", "cancelled", "an order was taken back"),
    ],
    ids=["it", "middleware", "by ending the process", "middleware, by ending the process", "as what it waits for does"],
)
async def test_one_that_fails_is_logged_with_its_traceback_and_whoever_waits_is_told(
    stage: Stage, caplog: pytest.LogCaptureFixture, name: str, typed: str, why: str
) -> None:
    assert "Something went wrong. Some of it may be saved" in await command(stage, name, typed)
    assert str(failure_in(caplog)) == why


async def test_of_one_that_ends_without_an_acknowledgement_baton_says_nothing_and_the_log_does(
    stage: Stage, heard: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert await command(stage, "/end", "silent") == "null"
    answer = await stage.ask("/whoowns payments-db")
    pressed = stage.slack.workspace.message(answer.channel, answer.ts)
    assert pressed is not None
    for element in [each for block in pressed.blocks for each in block.get("elements", ())]:
        element["action_id"] = element.get("action_id", "").replace("ownership.share", "end")
    seen = stage.slack.visible_messages("grace", "general")
    await stage.press(answer, "end")
    assert heard == ["silent", "end pressed"]
    assert stage.slack.visible_messages("grace", "general") == seen
    assert [each.getMessage() for each in caplog.records] == [
        f"what BATON_LISTENERS registers ended without an acknowledgement: {kind}"
        for kind in ("command", "block_actions")
    ]


async def test_middleware_that_lets_nothing_through_answers_for_itself(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert "It is closed." in await command(stage, "/lunch", "acknowledged")
    assert await event(stage, "message", text="ignored")
    assert not caplog.records
    assert await command(stage, "/lunch", "ignored") == "null"
    [said] = [each.getMessage() for each in caplog.records]
    assert said == "what BATON_LISTENERS registers ended without an acknowledgement: command"


async def test_what_middleware_of_one_listener_lets_through_to_nobody_is_not_answered_with_help(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert "For members." in await command(stage, "/bar", "politely")
    assert not caplog.records
    assert await command(stage, "/bar", "later") == "null"
    assert stage.slack.visible_messages("grace", "general")[-1].text == "For members only."
    [said] = [each.getMessage() for each in caplog.records]
    assert said == "what BATON_LISTENERS registers ended without an acknowledgement: command"


@pytest.mark.parametrize("deployment", ["http-sqlite"], indirect=True)
async def test_middleware_that_refuses_is_not_taken_for_a_wrong_signature(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert "Ask at the bar." in await command(stage, "/lunch", "refused")
    assert (stage.slack.deliveries[-1].status, "without a valid signature" in caplog.text) == (401, False)


async def test_half_a_character_in_an_acknowledgement_of_theirs_becomes_a_question_mark(stage: Stage) -> None:
    assert "Half a ?." in await command(stage, "/end", "half")


@pytest.mark.parametrize("deployment", ["http-sqlite"], indirect=True)
async def test_each_payload_counts_once_and_what_they_fail_at_apart_from_that(stage: Stage) -> None:
    for name in ("/lunch", "/broken"):  # each asks `/whoowns` first
        await command(stage, name)
    await event(stage, "message", text="lunch")  # asks by a mention first
    metrics = await counted(stage)
    assert sorted(each for each in metrics if "command" in each or "failures" in each) == [
        'ack_seconds_count{kind="command"} 4.0',
        'listener_failures_total{kind="command"} 1.0',
        'payloads_total{kind="command",outcome="handed_on"} 2.0',
        'payloads_total{kind="command",outcome="ok"} 2.0',
    ]
    assert 'payloads_total{kind="event_callback",outcome="handed_on"} 1.0' in metrics


async def counted(stage: Stage) -> list[str]:
    """Return what /metrics counts."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {METRICS_TOKEN}"}) as session:
        metrics = (await (await session.get(f"{stage.baton.url}/metrics")).text()).splitlines()
    return [each.removeprefix("baton_") for each in metrics if re.match(r"baton_\w+_(total|count)\{", each)]


def failure_in(caplog: pytest.LogCaptureFixture) -> BaseException | None:
    """Return the one failure that was logged with its traceback."""
    [failed] = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert failed.exc_info is not None
    return failed.exc_info[1]


async def test_the_pages_of_their_oauth_flow_are_served(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        page = await (await session.get(f"{stage.baton.url}/slack/install")).text()
        assert "https://slack.com/oauth/v2/authorize?" in page
        assert "user_scope=reminders:write" in unquote(page)
        back = await session.get(f"{stage.baton.url}/slack/oauth_redirect", params={"error": "access_denied"})
        assert "access_denied" in await back.text()


@pytest.mark.parametrize("path", ["install", "/healthz"])
def test_a_page_has_an_address_of_its_own(path: str) -> None:
    async def healthz(_request: web.Request) -> web.Response:
        raise NotImplementedError

    settings = AsyncOAuthSettings(client_id="1.2", client_secret="s", install_path=path)
    with pytest.raises(SettingsError, match=f"a page at '{path}'"):
        oauth_routes(AsyncOAuthFlow(settings=settings), besides=[web.get("/healthz", healthz)])


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe", "text/plain"),
        (b"{nope", "application/json"),
        (b"a", "text/plain; charset=nope"),
        (None, "text/plain"),
    ],
    ids=["no text", "no JSON", "no charset", "never comes"],
)
async def test_a_page_waits_for_no_body(stage: Stage, body: bytes | None, content_type: str) -> None:
    host, port = stage.baton.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    length = 9 if body is None else len(body)
    writer.write(f"GET /slack/install HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\n".encode())
    writer.write(f"Content-Length: {length}\r\n\r\n".encode() + (body or b""))
    async with asyncio.timeout(5):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    writer.close()
    assert head.startswith("HTTP/1.1 200")
    assert "Cache-Control: no-store" in head, "what is in the page is for one browser"


@pytest.mark.parametrize("failure", [OSError, SystemExit])
async def test_a_page_that_fails_is_one_line_and_says_what_to_do(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    away = AsyncMock(side_effect=failure("token-of-somebody"))
    monkeypatch.setattr("slack_bolt.oauth.async_oauth_flow.AsyncOAuthFlow.run_installation", away)
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"{stage.baton.url}/slack/oauth_redirect", params={"code": "1.2"})
        assert (answer.status, await answer.text()) == (503, "This cannot be done just now; begin again.")
    [line] = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert (line.exc_info, failure.__name__ in line.getMessage(), "token" in line.getMessage()) == (None, True, False)


@pytest.mark.parametrize("name", ["tests.slack.no_such_module", "tests.slack.test_own_listeners"])
async def test_a_module_that_is_none_is_one_sentence(name: str) -> None:
    with pytest.raises(SettingsError, match=r"^BATON_LISTENERS is .*register"):
        await add_listeners(None, name)  # type: ignore[arg-type]  # nothing is added to it


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("def register(app:", r"fails at .*: SyntaxError: '\(' was never closed"),
        ("import os; os.environ['LUNCH_TOKEN']", r"fails at .*broken_\d+.py:1: KeyError: 'LUNCH_TOKEN'$"),
        (
            "def register(app): raise OSError('xoxb-123456789012-abcdefghijklmnop')",
            r"OSError: \(looks like a secret\)$",
        ),
        ("async def register(app): raise OSError('no')", r"fails at .*broken_\d+.py:1: OSError: no$"),
        ("def register(app): return app", r"returns a str: return nothing, or"),
    ],
    ids=["syntax", "environment", "secret", "awaited", "returned"],
)
async def test_a_module_that_fails_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, why: str
) -> None:
    name = f"broken_{abs(hash(written))}"
    (tmp_path / f"{name}.py").write_text(written)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SettingsError, match=r"^BATON_LISTENERS is ") as failed:
        await add_listeners("app", name)  # type: ignore[arg-type]  # nothing is added to it
    assert re.search(why, str(failed.value))
