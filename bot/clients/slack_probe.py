"""Asks Slack about an installation: whether the tokens work, which scopes they have, and what time it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

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
    """Ask who the bot token belongs to, by auth.test: https://docs.slack.dev/reference/methods/auth.test"""
    return await _probe(f"{api_url}auth.test", token)


async def probe_app(token: str, *, api_url: str) -> Probe:
    """Ask for a Socket Mode address, which is not used: a token without connections:write is refused."""
    return await _probe(f"{api_url}apps.connections.open", token)


async def _probe(url: str, token: str) -> Probe:
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, headers={"Authorization": f"Bearer {token}"}) as answer,
        ):
            body: Any = await answer.json(content_type=None)
            headers = answer.headers
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Probe(error=f"no answer ({type(error).__name__})", is_reached=False)
    if not isinstance(body, dict):
        return Probe(error="an answer that is not Slack's", is_reached=False)
    who = f"{body.get('user', '')} in {body.get('team', '')}" if body.get("team") else ""
    code = "" if body.get("ok") else str(body.get("error") or "unknown")[:60]
    return Probe(code, True, who, _scopes(headers), _date(headers))


def _scopes(headers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip())


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
