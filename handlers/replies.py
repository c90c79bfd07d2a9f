"""What goes back to Slack in the acknowledgement itself, as Bolt's responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from slack_bolt import BoltResponse

from bot.blocks.text import Rendered

_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]}


def nothing() -> BoltResponse:
    """Acknowledge, and say nothing."""
    return BoltResponse(status=200, body="")


def ephemeral(message: Rendered) -> BoltResponse:
    """Acknowledge a command with a message that only its author sees."""
    return as_json(ephemeral_json(message))


def ephemeral_json(message: Rendered) -> str:
    """Return the body of `ephemeral`, for keeping."""
    return orjson.dumps({"response_type": "ephemeral", **message.as_body()}).decode()


def as_json(body: str) -> BoltResponse:
    """Acknowledge with a body that is JSON already."""
    return BoltResponse(status=200, body=body, headers=_JSON)


def errors(by_block: Mapping[str, str]) -> BoltResponse:
    """Keep the modal open and show what is wrong with each field."""
    return _dumped({"response_action": "errors", "errors": dict(by_block)})


def view(definition: Mapping[str, Any]) -> BoltResponse:
    """Show something else in the modal that was submitted."""
    return _dumped({"response_action": "update", "view": dict(definition)})


def challenge(value: str) -> BoltResponse:
    """Answer Slack's check that this address is ours."""
    return _dumped({"challenge": value})


def _dumped(body: Mapping[str, Any]) -> BoltResponse:
    return as_json(orjson.dumps(body).decode())
