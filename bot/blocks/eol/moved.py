"""The quiet line in a thread: the deadline has moved."""

from __future__ import annotations

from datetime import date

from bot.blocks.eol import words
from bot.blocks.text import Rendered, context
from bot.domain.eol.reminders import Card


def moved(card: Card, *, before: date) -> Rendered:
    """Return the reply that says from which day to which a deadline has moved."""
    watch = card.watch
    way = "later" if watch.deadline.on > before else "earlier"
    days = f"from {words.day(before)} to {words.day(watch.deadline.on)}"
    said = f"{words.name(watch.product, watch.cycle)}: the deadline moved {way}, {days}."
    return Rendered(said, [context(said)])
