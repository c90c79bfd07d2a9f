"""What Bolt carries: Baton's own payloads, and those of listeners that are registered with Bolt itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot import web as routes
from bot.playground.delivery import encode, sign
from bot.ports import Ack, Identity
from bot.services.background import Background
from handlers.carrier import carrier

SECRET = "signing-secret-of-the-carrier"
NOT_OURS = {
    "type": "block_actions",
    "team": {"id": "T0PLAYGRND"},
    "user": {"id": "U1"},
    "actions": [{"type": "button", "action_id": "of_bolt", "block_id": "b", "value": "1"}],
}


class _Dispatch:
    """Answers commands, and listens to nothing else."""

    has_listeners = False

    async def answer(self, body: Mapping[str, Any]) -> Ack | None:
        return Ack(orjson.dumps({"text": f"Über {body['text']}"})) if "command" in body else None


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncApp:
    client = AsyncWebClient(token="xoxb-carried", base_url="http://127.0.0.1:9/")

    # What modules of others often have set; Bolt would look for installations of its own then, and find none.
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    monkeypatch.chdir(tmp_path)
    return carrier(
        client,
        _Dispatch(),  # type: ignore[arg-type]  # it answers like one
        identity=Identity("U0BOT", "T0PLAYGRND", "", "A1", "B1"),
        background=Background(),
        signing_secret=SECRET,
    )


def _signed(kind: Any, payload: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    content_type, body = encode(kind, payload)
    stamp = str(int(time.time()))
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign(SECRET, stamp, body),
    }, body


async def _post(app: AsyncApp, kind: Any, payload: dict[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
    application = routes.application(routes.slack_routes(app.async_dispatch, read_seconds=5))
    headers, body = _signed(kind, payload)
    async with TestClient(TestServer(application)) as client:
        response = await client.post(routes.SLACK_PATH, data=body, headers=headers)
        return response.status, response.headers, await response.read()


async def test_an_answer_comes_back_whole_and_with_its_length(app: AsyncApp) -> None:
    status, headers, body = await _post(app, "command", {"command": "/whoowns", "text": "payments-db"})
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert int(headers["Content-Length"]) == len(body)
    assert orjson.loads(body) == {"text": "Über payments-db"}


async def test_what_baton_answers_costs_no_client(app: AsyncApp, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[AsyncBoltRequest] = []
    monkeypatch.setattr("slack_bolt.app.async_app.AsyncWebClient", lambda **rest: made.append(rest))
    status, _, _ = await _post(app, "command", {"command": "/whoowns", "text": "payments-db"})
    assert (status, made) == (200, [])


@pytest.mark.usefixtures("app")
def test_bolt_warns_of_nothing_when_it_is_made(caplog: pytest.LogCaptureFixture) -> None:
    assert [each.getMessage() for each in caplog.get_records("setup") if each.levelno >= logging.WARNING] == []


async def test_a_listener_of_bolts_is_given_what_bolt_gives_and_slack_is_asked_nothing(app: AsyncApp) -> None:
    given: list[tuple[str | None, str | None, str | None]] = []

    @app.action("of_bolt")
    async def on_press(ack: Any, client: AsyncWebClient, context: AsyncBoltContext) -> None:
        given.append((client.token, context.team_id, context.user_id))
        await ack()

    status, _, _ = await _post(app, "interaction", NOT_OURS)
    request = AsyncBoltRequest(mode="socket_mode", body={})  # as `handlers.sockets` has it
    request.body = dict(NOT_OURS)
    assert (status, (await app.async_dispatch(request)).status) == (200, 200)
    assert given == [("xoxb-carried", "T0PLAYGRND", "U1")] * 2


async def test_what_baton_itself_breaks_off_is_not_acknowledged_as_what_a_listener_does(
    app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Dispatch, "answer", AsyncMock(side_effect=asyncio.CancelledError))
    request = AsyncBoltRequest(mode="socket_mode", body=dict(NOT_OURS))
    with pytest.raises(asyncio.CancelledError):
        await app.async_dispatch(request)


@pytest.mark.parametrize("second", ["soon", str(10**11)])
async def test_of_a_header_that_comes_twice_the_first_counts(app: AsyncApp, second: str) -> None:
    application = routes.application(routes.slack_routes(app.async_dispatch, read_seconds=5))
    headers, body = _signed("command", {"command": "/whoowns", "text": "payments-db"})
    stamp = headers.pop("X-Slack-Request-Timestamp")
    statuses = []
    async with TestClient(TestServer(application)) as client:
        for one, other in ((stamp, second), (second, stamp)):
            twice = CIMultiDict(headers)
            twice.extend([("X-Slack-Request-Timestamp", one), ("X-Slack-Request-Timestamp", other)])
            statuses.append((await client.post(routes.SLACK_PATH, data=body, headers=twice)).status)
    assert statuses == [200, 401]
