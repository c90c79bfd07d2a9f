"""How requests are put into words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.blocks.backlog import actions
from bot.blocks.text import Block, bold, button, day, escape, mention, plain
from bot.domain.backlog.requests import STATE_WORDS, ItemType, RequestCard, RequestItem
from bot.domain.records import PersonRecord

ITEM_WORDS: Mapping[ItemType, str] = MappingProxyType(
    {
        ItemType.INFRASTRUCTURE: "infrastructure",
        ItemType.PIPELINE: "pipeline",
        ItemType.ENVIRONMENT: "environment",
        ItemType.ACCESS: "access",
        ItemType.LIBRARY: "library",
        ItemType.SCRIPT: "script",
        ItemType.API_SERVICE: "API service",
        ItemType.COACHING: "coaching",
        ItemType.SUPPORT: "support",
    }
)


def name(card: RequestCard) -> str:
    """Return a request by its number and title."""
    return f"{bold(f'#{card.id}')} {bold(card.title, 150)}"


def standing(card: RequestCard) -> str:
    """Return how a request stands, for whom, and by when."""
    parts = [STATE_WORDS[card.state]]
    if card.team is not None:
        parts.append(f"for {escape(card.team.name, 60)}")
    if card.needed_by is not None:
        reason = f" ({escape(card.needed_reason, 80)})" if card.needed_reason else ""
        parts.append(f"needed by {day(card.needed_by)}{reason}")
    if card.snoozed_until is not None:
        parts.append(f"snoozed until {day(card.snoozed_until)}")
    if card.assignee is not None:
        parts.append(f"with {person(card.assignee)}")
    return " · ".join(parts)


def item(one: RequestItem) -> str:
    """Return an item as a line of a list."""
    return f"• {escape(one.title, 120)} _({ITEM_WORDS[one.type]})_"


def follow_buttons(card: RequestCard, *, is_following: bool = False) -> list[Block]:
    """Return the button that lets its presser hear what becomes of a request, or no longer."""
    text, action = ("Unfollow", actions.UNFOLLOW) if is_following else ("Follow", actions.FOLLOW)
    return [button(text, action, str(card.id), label=f"{text} #{card.id} {plain(card.title, 40)}")]


def person(one: PersonRecord) -> str:
    """Return somebody's name; a mention only where nobody is called by it: names do not notify."""
    return escape(one.name, 60) or mention(one.slack_id) or "somebody"
