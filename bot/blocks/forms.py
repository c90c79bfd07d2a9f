"""Forms: modals that ask."""

from __future__ import annotations

from bot.blocks.text import Block, section


def loading_view() -> Block:
    """Return what is shown while a form takes longer to make than its trigger lives."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "One moment"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [section("One moment: I am looking that up.")],
    }
