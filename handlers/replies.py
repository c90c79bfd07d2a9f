"""What goes back to Slack in the acknowledgement itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bot.blocks.text import Rendered
from bot.ports import Ack


def nothing() -> Ack:
    """Acknowledge, and say nothing."""
    return Ack(b"")


def ephemeral(message: Rendered) -> Ack:
    """Acknowledge a command with a message that only its author sees."""
    return Ack(orjson.dumps({"response_type": "ephemeral", **message.as_body()}))


def errors(by_block: Mapping[str, str]) -> Ack:
    """Keep the modal open and show what is wrong with each field."""
    return Ack(orjson.dumps({"response_action": "errors", "errors": dict(by_block)}))


def view(definition: Mapping[str, Any]) -> Ack:
    """Show something else in the modal that was submitted."""
    return Ack(orjson.dumps({"response_action": "update", "view": dict(definition)}))


def read(ack: Ack) -> dict[str, Any]:
    """Return the body of an acknowledgement that comes too late to be one."""
    body: dict[str, Any] = orjson.loads(ack)
    return body


def errors_in(ack: Ack | None) -> str:
    """Return what an acknowledgement says is wrong with a form; empty when nothing is."""
    body = read(ack) if ack else {}
    return " ".join(str(each) for each in body.get("errors", {}).values())


def view_in(ack: Ack | None) -> dict[str, Any]:
    """Return what an acknowledgement shows in place of a form; empty when it shows nothing."""
    body = read(ack) if ack else {}
    view: dict[str, Any] = body.get("view") or {}
    return view


def all_closed() -> Ack:
    """Close the modal that was submitted, and those below it."""
    return Ack(orjson.dumps({"response_action": "clear"}))


def challenge(value: str) -> Ack:
    """Answer Slack's check that this address is ours."""
    return Ack(orjson.dumps({"challenge": value}))
