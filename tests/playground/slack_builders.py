"""Short ways to write Block Kit, a manifest, and a way to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "go", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str = "1", text: str = "One", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(str(number), f"Option {number}") for number in range(count)]


def select(action_id: str = "pick", count: int = 2, **more: Any) -> Json:
    return {"type": "static_select", "action_id": action_id, "options": options(count), **more}


def text_input(action_id: str = "words", *, block_id: str = "words_block", optional: bool = False, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": action_id, **more}
    return {"type": "input", "block_id": block_id, "label": plain("Words"), "element": element, "optional": optional}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("Title"),
        "submit": plain("Send"),
        "blocks": list(blocks) or [section()],
        **more,
    }


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


def message(*blocks: Json, text: str = "words") -> Json:
    return {"text": text, "blocks": list(blocks)}


MANIFEST: Json = {
    "display_information": {"name": "Baton"},
    "features": {
        "bot_user": {"display_name": "Baton"},
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [{"command": "/whoowns", "should_escape": True}, {"command": "/plain"}],
        "shortcuts": [
            {"name": "Open", "type": "message", "callback_id": "open"},
            {"name": "New", "type": "global", "callback_id": "new"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.channels", "reaction_added"]}},
}


async def until(condition: Callable[[], object]) -> None:
    """Waits for something that a background task brings about."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came about")


async def refused(call: Awaitable[Any], code: str) -> Json:
    """Awaits a call that must be refused with this code; returns the answer."""
    with pytest.raises(SlackApiError) as caught:
        await call
    answer: Json = caught.value.response.data
    assert answer["error"] == code, answer
    assert answer["ok"] is False
    return answer
