"""The week's message: a section of each noun that has something to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.blocks.text import Block, Rendered

_DIVIDER: Block = {"type": "divider"}
#: Draws a section of a digest that has so many: each takes its share of what a message holds.
Section = Callable[[int], Rendered]


def digest(sections: Sequence[Section]) -> Rendered:
    """Return the digest of these sections, in their order."""
    drawn = [draw(len(sections)) for draw in sections]
    divided = [block for each in drawn for block in (_DIVIDER, *each.blocks)]
    return Rendered("\n\n".join(each.text for each in drawn), divided[1:])
