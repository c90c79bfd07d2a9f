"""Asks Slack about an installation: whether the tokens work, which scopes they have, and Slack's time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clients.slack_answers import our_errors, scopes
from bot.clients.slack_retries import Pauses
from bot.domain.outbox import may_pass
from bot.errors import SlackError, SlackUnreachableError

_TIMEOUT_SECONDS = 10
#: How often a call may be told to wait, and for how long.
_MOST_PAUSES, _LONGEST_PAUSE_SECONDS = 5, 60
#: Codes that are a verdict.
_NOT_VALID = frozenset({"invalid_blocks", "invalid_message", "invalid_view"})


@dataclass(frozen=True, slots=True)
class Probe:
    """Slack's answer to a token. `error` is its code, or why there was no answer; "" if the token was accepted.

    `is_reached` is whether Slack itself answered, and `may_pass` whether the answer may change a little later. `scopes`
    are those granted, `at` is Slack's time if it gave one, and `who` is the workspace and the bot's name.
    """

    error: str = ""
    is_reached: bool = True
    may_pass: bool = False
    who: str = ""
    scopes: tuple[str, ...] = ()
    at: datetime | None = None
    is_org_wide: bool = False  #: installed for a whole enterprise


@dataclass(frozen=True, slots=True)
class Verdict:
    """Slack's verdict on a message or a view: why it would refuse it, for each place; empty if it would accept it."""

    title: str
    refusals: tuple[str, ...]


async def probe_bot(token: str, *, api_url: str) -> Probe:
    """Ask Slack whose the bot token is."""
    return await _probe(_client(token, api_url).auth_test())


async def probe_app(token: str, *, api_url: str) -> Probe:
    """Ask for a Socket Mode address, which is not used. A token without connections:write is refused."""
    return await _probe(_client(token, api_url).apps_connections_open(app_token=token))


async def probe_messages(
    token: str, payloads: Iterable[tuple[str, Mapping[str, Any]]], *, api_url: str
) -> AsyncIterator[Verdict]:
    """Ask Slack about each message and view (which has its `type`) whether it would accept it. Nobody sees them.

    https://docs.slack.dev/reference/methods/blocks.validate. Raises SlackError if Slack checks none of them.
    """
    client = _client(token, api_url)
    client.retry_handlers.append(Pauses(longest_seconds=_LONGEST_PAUSE_SECONDS, max_retry_count=_MOST_PAUSES))
    for title, payload in payloads:
        kind = "view" if "type" in payload else "message"
        # The SDK's own method puts everything into the address, which servers accept only up to some kilobytes.
        request = client.api_call("blocks.validate", data={kind: json.dumps(payload)})
        yield Verdict(title, await _refusals(request))


async def _refusals(request: Awaitable[AsyncSlackResponse]) -> tuple[str, ...]:
    try:
        with our_errors():
            await request
    except SlackError as error:
        if error.code not in _NOT_VALID or not isinstance(error.__cause__, SlackApiError):
            raise
        found = error.__cause__.response.get("errors") or [{}]
        return tuple(f"{each.get('pointer', '/')}: {each.get('message', error.code)}"[:300] for each in found)
    return ()


def _client(token: str, api_url: str) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=api_url, timeout=_TIMEOUT_SECONDS)


async def _probe(request: Awaitable[AsyncSlackResponse]) -> Probe:
    try:
        with our_errors():
            answer = await request
    except SlackUnreachableError as error:
        return Probe(error=f"no usable answer ({error.code})", is_reached=False)
    except SlackError as error:
        return Probe(error=error.code[:60], may_pass=may_pass(error))
    who = f"{answer.get('user', '')} in {answer.get('team', '')}" if answer.get("team") else ""
    granted, at = scopes(answer.headers), _date(answer.headers)
    return Probe(who=who, scopes=granted, at=at, is_org_wide=answer.get("is_enterprise_install") is True)


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
