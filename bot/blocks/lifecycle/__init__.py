"""What reminders of ends of support look like, the forms behind their buttons, and what these come to."""

from __future__ import annotations

from bot.blocks.lifecycle import actions
from bot.blocks.lifecycle.cards import card, closed, handed_over, opened, opened_view, resolved
from bot.blocks.lifecycle.digests import digest
from bot.blocks.lifecycle.explaining import explanation, explanation_view
from bot.blocks.lifecycle.forms import (
    delegate_view,
    done_view,
    loading_view,
    not_ours_view,
    pin_view,
    plan_view,
    waive_view,
)
from bot.blocks.lifecycle.milestones import escalation, milestone
from bot.blocks.lifecycle.notes import (
    claim_wanted,
    offer,
    offer_answered,
    offer_settled,
    waiver_settled,
    waiver_wanted,
)
from bot.blocks.lifecycle.receipts import receipt

__all__ = [
    "actions",
    "card",
    "claim_wanted",
    "closed",
    "delegate_view",
    "digest",
    "done_view",
    "escalation",
    "explanation",
    "explanation_view",
    "handed_over",
    "loading_view",
    "milestone",
    "not_ours_view",
    "offer",
    "offer_answered",
    "offer_settled",
    "opened",
    "opened_view",
    "pin_view",
    "plan_view",
    "receipt",
    "resolved",
    "waive_view",
    "waiver_settled",
    "waiver_wanted",
]
