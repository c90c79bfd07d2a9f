"""Asks Slack about an installation: whether the tokens work, which scopes they have, and what time it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clients.slack import our_errors
from bot.errors import SlackError, SlackUnreachableError

_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Probe:
    """What Slack said to a token: `error` is its code or why there was no answer, empty when it was accepted.

    `is_reached` is whether it was Slack that answered. `scopes` are those granted and `at` Slack's time,
    where it said so; `who` is the workspace and the bot's name.
    """

    error: str = ""
    is_reached: bool = True
    who: str = ""
    scopes: tuple[str, ...] = ()
    at: datetime | None = None


async def probe_bot(token: str, *, api_url: str) -> Probe:
    """Ask who the bot token belongs to."""
    return await _probe(_client(token, api_url).auth_test())


async def probe_app(token: str, *, api_url: str) -> Probe:
    """Ask for a Socket Mode address, which is not used: a token without connections:write is refused."""
    return await _probe(_client(token, api_url).apps_connections_open(app_token=token))


def _client(token: str, api_url: str) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=api_url, timeout=_TIMEOUT_SECONDS)


async def _probe(request: Awaitable[AsyncSlackResponse]) -> Probe:
    try:
        with our_errors():
            answer = await request
    except SlackUnreachableError as error:
        return Probe(error=f"no answer ({error.code})", is_reached=False)
    except SlackError as error:
        return Probe(error=error.code[:60])
    who = f"{answer.get('user', '')} in {answer.get('team', '')}" if answer.get("team") else ""
    return Probe("", True, who, _scopes(answer.headers), _date(answer.headers))


def _scopes(headers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip())


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
