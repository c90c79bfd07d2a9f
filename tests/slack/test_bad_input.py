"""What must not break Baton, must not leak, and must not be answered wrongly."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import replace

import aiohttp
import pytest

from bot.web import SLACK_PATH
from tests.conftest import DEPLOYMENTS
from tests.slack.conftest import APP_TOKEN, BOT_TOKEN, SECRET, Stage

#: These look at HTTP itself; over Socket Mode there is nothing to forge.
over_http = pytest.mark.parametrize("deployment", ["http-sqlite", "http-postgresql"], indirect=True)


@over_http
async def test_a_forged_signature_is_refused_and_nothing_happens(stage: Stage) -> None:
    await stage.ask("/whoowns checkout")
    genuine = stage.slack.deliveries[-1]
    forged = await stage.slack.deliver_again(genuine, signing_secret="not-the-secret")
    assert forged.status == 401


@over_http
async def test_an_old_signature_is_refused(stage: Stage) -> None:
    await stage.ask("/whoowns checkout")
    old = await stage.slack.deliver_again(stage.slack.deliveries[-1], timestamp=int(time.time()) - 301)
    assert old.status == 401


@over_http
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Slack-Signature": "v0=00"}, {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=00"}],
)
async def test_missing_or_odd_headers_are_refused(stage: Stage, headers: dict[str, str]) -> None:
    url = stage.baton.url + SLACK_PATH
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=b"command=/whoowns", headers=headers) as answer,
    ):
        assert answer.status == 401


@over_http
async def test_the_request_url_is_verified(stage: Stage) -> None:
    assert await stage.slack.verify_request_url()


async def test_what_slack_holds_back_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """https://docs.slack.dev/reference/events/app_rate_limited"""
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    told = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    held = {name: told.payload[name] for name in ("team_id", "api_app_id")} | {"type": "app_rate_limited"}
    for minute in (1518467820, "soon"):
        again = replace(told, payload=held | {"minute_rate_limited": minute})
        assert (await stage.slack.deliver_again(again)).ok
    said = "Slack held back events at {}: there were more than it delivers in an hour"
    warned = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert warned == [said.format("2018-02-12 20:37 UTC"), said.format("a time that it does not say")]


@pytest.mark.parametrize(
    "question",
    [
        "x" * 3980,
        "payments " * 400,
        "who owns \u202egnp.tnuocca\u202c?",
        "a\u0000b\u0007c",
        "<!channel> <!here> <@U00000000>",
        "*_~`" * 50,
        "?!.,;:",
        "😀" * 200,
        "'; DROP TABLE assets; --",
        "${jndi:ldap://example.test/a}",
        "payload",
    ],
)
async def test_odd_questions_get_a_clear_answer_and_no_owner(stage: Stage, question: str) -> None:
    answer = await stage.ask(f"/whoowns {question}")
    assert answer.text
    assert "owns *" not in answer.text
    assert "<!channel>" not in json.dumps(answer.blocks) + answer.text


async def test_pings_in_an_imported_name_are_inert(stage: Stage) -> None:
    answer = await stage.ask("/whoowns evil<!channel>&<@U1>")
    assert "&lt;!channel&gt;" in answer.text
    assert stage.slack.workspace.pings == []


async def test_buttons_of_another_version_say_what_to_do(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout")
    stored = stage.slack.workspace.message(answer.channel, answer.ts)
    assert stored is not None
    for block in stored.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "ownership.share":
                element["action_id"] = "ownership.gone"
    await stage.press(answer, "ownership.gone")
    assert "from another version of Baton: ask again" in stage.slack.visible_messages("grace", "general")[-1].text


async def test_logs_hold_neither_secrets_nor_what_people_write(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("slack_sdk", "slack_bolt", "aiosqlite", "asyncio", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)  # as bot.logs does
    await stage.ask("/whoowns my-very-private-words")
    bot = stage.slack.workspace.bot_user_id
    await stage.say(f"<@{bot}> my-very-private-words", user="eve")
    await stage.settle()
    logged = "\n".join(record.getMessage() + str(record.exc_info or "") for record in caplog.records)
    for secret in ("my-very-private-words", SECRET, BOT_TOKEN, APP_TOKEN):
        assert secret not in logged


@pytest.mark.parametrize("deployment", DEPLOYMENTS, indirect=True)
async def test_characters_that_no_database_takes_spoil_no_event(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns payments-db?")
    await stage.arrive()
    told = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    for place in ("ts", "text", "thread_ts", "channel", "user"):
        event = told.payload["event"]
        event = event | {"ts": f"{event['ts']}{place}"} | {place: f"{event.get(place, '')}\x00"}
        again = replace(told, payload=told.payload | {"event_id": f"Ev\x00{place}", "event": event})
        assert (await stage.slack.deliver_again(again)).ok, place
    await stage.arrive()
    logged = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert not [each for each in logged if "Bolt" in each or "could not" in each]
