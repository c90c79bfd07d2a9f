"""What a request is called that asks for several things, while nobody has called it otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

_LONGEST = 80


def summed_up(titles: Sequence[str]) -> str:
    """Return a title for all of these: the first of them, and how many more there are; empty for none."""
    if not titles:
        return ""
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return shortened(titles[0], _LONGEST - len(more)) + more


def followed(title: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Return what a request is called whose items have changed: a title of somebody's own words stays."""
    return summed_up(after) or title if title == summed_up(before) else title


def begins_alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words, or letters, both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def shortened(text: str, most: int = _LONGEST) -> str:
    """Return as much of a text as fits, with an ellipsis where that is not all."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
