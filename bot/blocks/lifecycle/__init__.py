"""What is said of deadlines: cards, milestones, digests, escalations."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.text import Rendered, escape
from bot.domain.lifecycle.milestones import Audience
from bot.domain.lifecycle.reminders import Card, ClosedCard, Digest, Item


def _line(card: Card) -> str:
    watch = card.watch
    return f"{escape(watch.product.label)} {escape(watch.cycle.name)}: {watch.deadline.kind.value} {watch.deadline.on}"


def card(card: Card, *, also: Sequence[Item] = ()) -> Rendered:
    """Return the root message."""
    return Rendered("\n".join([_line(card), *(_line(item.card) for item in also)]))


def closed(card: ClosedCard) -> Rendered:
    """Return the root message once nothing is left to do."""
    return Rendered(f"{escape(card.product)} {escape(card.cycle)}: {card.resolution}")


def milestone(item: Item, *, also: Sequence[Item] = ()) -> Rendered:
    """Return the reply that says a milestone."""
    lines = [f"T{-item.milestone.days:+d} {_line(item.card)}", *(_line(each.card) for each in also)]
    return Rendered("\n".join(lines))


def digest(digest: Digest) -> Rendered:
    """Return a week's message."""
    lines = [f"T{-item.milestone.days:+d} {_line(item.card)}" for item in digest.items]
    return Rendered("\n".join([*lines, *(f"{escape(run.asset.name)}: unknown version" for run in digest.unsure)]))


def escalation(items: Sequence[Item], *, to: Audience) -> Rendered:
    """Return what a lead, a manager or the platform channel hears."""
    return Rendered("\n".join([f"Nobody has answered ({to.value})", *(_line(item.card) for item in items)]))


def resolved(card: ClosedCard) -> Rendered:
    """Return the reply that says that the evidence shows it done."""
    return Rendered(f"{escape(card.product)} {escape(card.cycle)}: {card.resolution}")
