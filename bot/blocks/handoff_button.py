"""The buttons of other nouns that begin a handoff, as its giver or as whoever asks for it, show one, or end it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from bot.blocks.text import Block, button, plain
from bot.blocks.values import encode
from bot.domain.catalog import Area

OPEN = "handoff.open"
#: Shows a handoff; the value is its number.
SHOW = "handoff.show"
#: Hands back what a handoff brought; the value is its number.
BACK = "handoff.back"


class Way(StrEnum):
    """Who begins: the team that has it, or the one that wants it."""

    OFFER = "offer"
    ASK = "ask"


class OpenHandoff(NamedTuple):
    """What the form is about: an asset, the team that it goes to where that is known, and the request it came from.

    With an `area`, only that is meant of the asset.
    """

    way: Way
    asset_id: int | None = None
    receiver_team_id: int | None = None
    request_id: int | None = None
    area: Area | None = None


_TEXT = {Way.OFFER: "Hand over", Way.ASK: "Ask for it"}


def handoff_buttons(value: OpenHandoff, name: str, *, text: str = "", under_way: int | None = None) -> list[Block]:
    """Return the button that begins a handoff, or shows the one in which all of it is, by its number `under_way`.

    `name` is what a screen reader says it is about. Where people of both teams read it, `text` takes the place of what
    only its giver does.
    """
    if under_way is not None:
        return show_buttons(under_way, f"Show handoff #{under_way}")
    text = text or _TEXT[value.way]
    return [button(text, OPEN, encode(value), label=f"{text}: {plain(name, 45)}")]


def show_buttons(number: int, text: str) -> list[Block]:
    """Return the button that shows a handoff."""
    return [button(text, SHOW, str(number), label=f"Show: handoff #{number}")]


def back_buttons(number: int) -> list[Block]:
    """Return the receiver's button that offers what a handoff brought to its giver again."""
    return [button("Hand it back…", BACK, str(number), label=f"Hand it back: handoff #{number}")]
