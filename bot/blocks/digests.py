"""The week's message: a section of each noun that has something to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.blocks.text import EDITED_TEXT, MOST_BLOCKS, Block, Rendered, size

_DIVIDER: Block = {"type": "divider"}
#: How much shorter than a digest of their own what is put below another one may have to be.
_SHARES = (1, 2, 3, 4, 6, 8)
#: Draws a section of a digest that has so many: each takes its share of what a message holds.
Section = Callable[[int], Rendered]


def digest(sections: Sequence[Section], *, share: int = 1) -> Rendered:
    """Return the digest of these sections, in their order; with `share` it takes that part of what a message holds."""
    drawn = [draw(share * len(sections)) for draw in sections]
    divided = [block for each in drawn for block in (_DIVIDER, *each.blocks)]
    return Rendered("\n\n".join(each.text for each in drawn), divided[1:])


def below(before: Rendered, sections: Sequence[Section]) -> Rendered | None:
    """Return a digest with these sections below it, as short as it takes; None where it has no room for them."""
    for share in _SHARES:
        drawn = digest(sections, share=share)
        made = Rendered(f"{before.text}\n\n{drawn.text}", [*before.blocks, _DIVIDER, *drawn.blocks])
        if len(made.blocks) <= MOST_BLOCKS and size(made) <= EDITED_TEXT:
            return made
    return None
