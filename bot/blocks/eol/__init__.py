"""What reminders of ends of support look like, the forms behind their buttons, and what these come to."""

from __future__ import annotations

from bot.blocks.eol import actions
from bot.blocks.eol.buttons import also_line
from bot.blocks.eol.cards import card, closed, handed_over, opened, opened_view, resolved, upgraded_with
from bot.blocks.eol.closed_lines import with_answer, without_closed
from bot.blocks.eol.digests import digest
from bot.blocks.eol.explanations import explanation, explanation_view
from bot.blocks.eol.forms import delegate_view, done_view, not_ours_view, pin_view, plan_view, waive_view
from bot.blocks.eol.milestones import complaint, complaint_redrawn, milestone
from bot.blocks.eol.notes import (
    asked_no_more,
    claim_wanted,
    offer,
    offer_answered,
    offer_settled,
    part_asked,
    part_closed,
    part_named,
    part_reopened,
    plan_told,
    waiver_settled,
    waiver_wanted,
)
from bot.blocks.eol.receipts import receipt
from bot.blocks.eol.successors import moved_on, named_before, open_successor, plan_off
