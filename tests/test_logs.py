"""A log line is one JSON object, and carries the id of the request that caused it."""

from __future__ import annotations

import logging
import sys
from unittest.mock import AsyncMock

import orjson
import pytest
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.web import RequestPayloadError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import JsonFormatter, _NoHttp, configure, request_id


def record(message: str, *, is_error: bool = False) -> logging.LogRecord:
    return logging.LogRecord("bot.test", logging.INFO, "x.py", 1, message, (), sys.exc_info() if is_error else None)


def test_a_line_carries_the_request_that_caused_it() -> None:
    token = request_id.set("ab12-7")
    try:
        line = orjson.loads(JsonFormatter().format(record("one thing")))
    finally:
        request_id.reset(token)
    assert (line["message"], line["level"], line["logger"]) == ("one thing", "info", "bot.test")
    assert line["request_id"] == "ab12-7"
    assert "request_id" not in orjson.loads(JsonFormatter().format(record("nobody asked")))


def test_a_failure_stays_on_one_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        text = JsonFormatter().format(record("it failed", is_error=True))
    assert "\n" not in text
    assert "ValueError: broken" in orjson.loads(text)["error"]


@pytest.mark.parametrize("error", [RequestPayloadError("no gzip"), BadHttpMessage("no request")])
def test_what_anybody_can_send_the_web_server_is_one_line(error: Exception) -> None:
    sent = logging.LogRecord("aiohttp.server", logging.ERROR, "x.py", 1, "Unhandled", (), (type(error), error, None))
    assert _NoHttp().filter(sent)
    assert (sent.levelno, sent.exc_info) == (logging.INFO, None)
    assert sent.getMessage() == f"what is no HTTP request was refused ({type(error).__name__})"


async def test_a_code_of_oauth_is_not_logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setattr("bot.logs._QUIET", ())
    configure("text")
    client = AsyncWebClient()
    monkeypatch.setattr(client, "oauth_v2_access", AsyncMock(side_effect=SlackApiError("not now", {"ok": False})))
    flow = AsyncOAuthFlow(client=client, settings=AsyncOAuthSettings(client_id="1.2", client_secret="s"))
    assert await flow.run_installation("code-of-ada") is None
    [said] = [each.getMessage() for each in caplog.records]
    assert ("not now" in said, "code-of-ada" in said) == (True, False)
