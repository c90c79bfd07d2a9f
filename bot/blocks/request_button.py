"""The button that opens a request to the DevOps team, which any noun may show; `handlers.backlog` answers to it."""

from __future__ import annotations

from typing import NamedTuple

from bot.blocks.text import Block, button
from bot.blocks.values import encode

OPEN = "backlog.open"


class OpenValue(NamedTuple):
    """What a button opens the form with: a thread, an asset and its area, or a reminder; none for an empty form."""

    channel_id: str = ""
    thread_ts: str = ""
    asset_id: int | None = None
    area: str = ""
    reminder_id: int | None = None


def open_buttons(
    value: OpenValue, text: str = "Open DevOps request", *, label: str = "", style: str = ""
) -> list[Block]:
    """Return the button that opens the form of a request; `label` says about what, for a screen reader."""
    return [button(text, OPEN, encode(value), label=f"{text}: {label}" if label else "", style=style)]
