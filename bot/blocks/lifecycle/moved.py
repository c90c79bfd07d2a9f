"""The quiet line in a thread: the deadline has moved."""

from __future__ import annotations

from datetime import date

from bot.blocks.text import Rendered, context, escape
from bot.domain.lifecycle.reminders import Card


def moved(card: Card, *, before: date) -> Rendered:
    """Return the reply that says from which day to which a deadline has moved."""
    watch = card.watch
    what = f"{escape(watch.product.label or watch.product.key)} {escape(watch.cycle.label or watch.cycle.name)}"
    way = "later" if watch.deadline.on > before else "earlier"
    said = f"The date for {what} is {way} now: {watch.deadline.on.isoformat()} instead of {before.isoformat()}."
    return Rendered(said, [context(said)])
