"""What people read of handoffs."""

from __future__ import annotations

from datetime import date

import pytest

from bot.blocks.handoff.reminders import line, reminder
from bot.domain.handoff.due import DueKind, HandoffDue, Side
from bot.samples.handoff import cards_of

ON = date(2026, 12, 1)


@pytest.mark.parametrize("side", Side)
def test_a_message_about_something_else_too_has_both_answers_to_whether_it_works(side: Side) -> None:
    card = next(cards_of("checkout"))
    moved = HandoffDue(kind=DueKind.MOVED, card=card, side=side, note="m", on=ON, ends_on=ON)
    works = HandoffDue(kind=DueKind.WORKS, card=card, side=side, note="w", on=ON, ends_on=ON)
    said = reminder(moved, [line(works)])
    shown = [each["text"]["text"] for block in said.blocks for each in block.get("elements", ()) if "action_id" in each]
    assert {"It works", "No…"} <= set(shown)
