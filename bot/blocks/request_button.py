"""The button that opens a request to the DevOps team, which any noun may show; `handlers.backlog` answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.blocks.text import Block, button, option, plain
from bot.blocks.values import encode

OPEN = "backlog.open"


class OpenValue(NamedTuple):
    """What a button opens the form with: a thread, an asset and its area, or a reminder; none for an empty form.

    For support it is the delivered request or the library that does not do the job. `needed_by` is an ISO date, and
    `title` says what to do with the asset; empty for help with it.
    """

    channel_id: str = ""
    thread_ts: str = ""
    asset_id: int | None = None
    area: str = ""
    reminder_id: int | None = None
    supports_id: int | None = None
    library_id: int | None = None
    needed_by: str = ""
    title: str = ""


OPEN_TEXT, SUPPORT_TEXT = "Open DevOps request", "Ask for support"


def open_buttons(value: OpenValue, text: str = OPEN_TEXT, *, label: str = "", style: str = "") -> list[Block]:
    """Return the button that opens the form of a request; `label` says about what, for a screen reader."""
    return [button(text, OPEN, encode(value), label=f"{text}: {label}" if label else "", style=style)]


def open_menu(choices: Mapping[str, OpenValue]) -> list[Block]:
    """Return the menu that opens the form about one of several things, by what each is called; nothing without any."""
    # Slack takes 150 characters of an option's value; what is cut is the end of the title.
    options = [
        option(plain(said, 75) or "(no name)", encode(value._replace(title=plain(value.title, 100)))[:150])
        for said, value in choices.items()
    ]
    placeholder = {"type": "plain_text", "text": "Open DevOps request…"}
    return (
        [{"type": "static_select", "action_id": OPEN, "placeholder": placeholder, "options": options}]
        if options
        else []
    )
