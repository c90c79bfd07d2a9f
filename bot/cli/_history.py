"""Answers of `baton ask` about the past, as JSON fields and as text."""

from __future__ import annotations

from typing import Any

from bot.blocks import ownership as blocks
from bot.blocks.text import Rendered
from bot.domain.ownership import Held, Past
from bot.services.history import Chronicle, Recalled


def as_dict(found: Recalled | Chronicle) -> dict[str, Any]:
    """Return an answer about the past as the fields of `--json`.

    They are those of an answer about today, and `on` or `history`.
    """
    if isinstance(found, Chronicle):
        return {
            "status": "history",
            "asset": found.asset.name,
            "ref": found.asset.ref,
            "owner": None,
            "confidence": 1.0,
            "understood_as": found.understood_as or found.asset.name,
            "suggestions": [],
            "sources": sorted({held.holding.fact.source for held in found.held}),
            "history": [_held(held) for held in found.held],
        }
    past = found.past
    return {
        "status": _status(past),
        "on": past.moment,
        "asset": past.asset.name,
        "ref": past.asset.ref,
        "owner": past.owners[0].holding.name if past.owners and not past.is_disputed else None,
        "owners": [_held(held) for held in (*past.owners, *past.others)],
        "area": past.area,
        "inherited_from": past.inherited_from.name if past.inherited_from is not None else None,
        "known_since": past.known_since,
        "confidence": 1.0,
        "understood_as": found.understood_as or past.asset.name,
        "suggestions": [],
        "sources": sorted({held.holding.fact.source for held in (*past.owners, *past.others)}),
    }


def render(found: Recalled | Chronicle) -> Rendered:
    """Return the message that Slack shows for the same question."""
    if isinstance(found, Chronicle):
        return blocks.chronicle(found.asset, found.held, found.understood_as)
    return blocks.recalled(found.past, found.understood_as)


def _status(past: Past) -> str:
    if past.known_since is not None:
        return "unknown"
    if past.is_disputed:
        return "disputed"
    return "owned" if past.owners else "unowned"


def _held(held: Held) -> dict[str, Any]:
    fact = held.holding.fact
    return {
        "owner": held.holding.name,
        "type": "team" if held.holding.team is not None else "person",
        "area": fact.area,
        "role": fact.role,
        "source": fact.source,
        "since": fact.valid_from,
        "until": held.valid_to,
    }
