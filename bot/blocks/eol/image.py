"""One line for all libraries inside one image, and the button that lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.blocks.eol import actions, words
from bot.blocks.text import bold, button, plain
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.image_libraries import Inside
from bot.domain.phrases import counted


def line(inside: Inside[Any], worst: Watch, today: date) -> str:
    """Return how many libraries inside an image end, or have ended, and which of them is the first."""
    count, is_over = len(inside.items), worst.deadline.on < today
    of = ":" if count == 1 else ", the worst" if is_over else ", the next"
    ended = f" past {'its' if count == 1 else 'their'} end" if is_over else ""
    return f"{_components(inside)}{ended}{of} {words.brief(worst, today)}"


def unsure_line(inside: Inside[MatchedDeployment]) -> str:
    """Return how many libraries inside an image have a version that nobody knows, and one of them."""
    first = inside.items[0].deployment
    at = "an unknown version:" if len(inside.items) == 1 else "unknown versions, such as"
    return f"{_components(inside)} at {at} {bold(f'{first.observed.product} {first.observed.version}'.strip(), 100)}"


def _components(inside: Inside[Any]) -> str:
    where = f" ({bold(inside.asset.name, 60)})" if inside.asset.name != inside.image else ""
    return f"Inside {bold(inside.image, 100)}{where}: {counted(len(inside.items), 'component')}"


def open_button(inside: Inside[Any]) -> Mapping[str, Any]:
    """Return the button that lists everything that the image's asset runs."""
    label = f"Open the list: {plain(inside.image, 50)}"
    return button("Open", actions.INSIDE, str(inside.asset.id), label=label)
