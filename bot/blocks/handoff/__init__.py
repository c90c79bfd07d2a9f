"""Handoffs between teams, as Slack shows them."""

from __future__ import annotations

from bot.blocks.handoff.cards import (
    asked,
    begun,
    card,
    card_view,
    details_view,
    does_not_work,
    receipt,
    reviewed,
    told_why,
    with_came,
    works_now,
)
from bot.blocks.handoff.forms import again_view, answer_view, ask_view, back_view, evidence_view, no_view, offer_view
from bot.blocks.handoff.lists import MOST_ON_HOME, home_parts, listing
from bot.blocks.handoff.message_updates import redrawn, without_ways_back
from bot.blocks.handoff.notices import answered, answers, needed, news, settled, supplied, told_of_need
from bot.blocks.handoff.reminders import line, reminder, section
