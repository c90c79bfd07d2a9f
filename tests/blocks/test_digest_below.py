"""What nobody owns goes below a team's digest where both together are a message that Slack takes."""

from __future__ import annotations

import pytest

from bot.blocks.digests import below
from bot.blocks.text import MOST_BLOCKS, Rendered, section

LINE = section("x" * 40)


def lines(share: int) -> Rendered:
    """A section of thirty lines, or of as many as its share holds."""
    return Rendered("theirs", [LINE] * (30 // share))


@pytest.mark.parametrize(("blocks", "shown"), [(10, 30), (30, 15), (38, 10), (45, 3), (48, None)])
def test_it_is_as_short_as_it_takes(blocks: int, shown: int | None) -> None:
    made = below(Rendered("own", [LINE] * blocks), [lines])
    assert (None if made is None else len(made.blocks) - blocks - 1) == shown
    assert made is None or (made.text == "own\n\ntheirs" and len(made.blocks) <= MOST_BLOCKS)


def test_an_edited_message_may_not_grow_too_long() -> None:
    assert below(Rendered("own", [section("x" * 2900), section("x" * 550)]), [lines]) is None
