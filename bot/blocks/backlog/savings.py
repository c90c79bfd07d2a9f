"""Claimed against actual, for each team and each request, never for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks.backlog import words
from bot.blocks.text import POSTED_TEXT, Rendered, bold, context, escape, fitting, section
from bot.domain.backlog.requests import RequestCard
from bot.domain.backlog.savings import REVIEW_DAYS, WHERE_FROM, SavingComparison, SavingReview, by_request, by_team

#: Teams of a message, and requests.
_MOST = 20
_HEAD = f"*Claimed against actual*: hours a month that deliveries save, as the teams say. {WHERE_FROM}"


def savings(cards: Sequence[RequestCard], reviews: Sequence[SavingReview]) -> Rendered:
    """Return what was claimed and what came true, first for each team, then for each request, the newest first."""
    if not reviews:
        days = " and ".join(map(str, REVIEW_DAYS))
        return Rendered(
            f"No team has been asked yet: I ask {days} days after a delivery, whoever has named hours lost."
        )
    teams = {days: by_team(reviews, after_days=days) for days in REVIEW_DAYS}
    requests = {days: by_request(reviews, after_days=days) for days in REVIEW_DAYS}
    lines = [
        f"{bold(name, 60)}: {_said({days: found.get(name) for days, found in teams.items()})}"
        for name in sorted({each.team for each in reviews})
    ]
    below = [
        f"{words.name(card)}: {_said({days: found.get(card.id) for days, found in requests.items()})}"
        for card in sorted(cards, key=lambda card: -card.id)
    ]

    def draw(count: int) -> Rendered:
        hidden = len(lines[count:]) + len(below[count:])
        parts = ["\n".join(lines[:count]), "\n".join(below[:count])]
        more = [f"… and {hidden:,} more: `baton backlog savings`"] if hidden else []
        return Rendered("\n".join([_HEAD, *parts, *more]), [*map(section, [_HEAD, *parts]), *map(context, more)])

    return fitting(draw, min(_MOST, max(len(lines), len(below))), POSTED_TEXT // 4)


def of_request(reviews: Sequence[SavingReview]) -> list[str]:
    """Return what each team says that one request saves it a month, and where the other figure comes from."""
    said = [
        f"Saves {escape(team, 60)} after {days} days: {found.said}"
        for days in REVIEW_DAYS
        for team, found in by_team(reviews, after_days=days).items()
    ]
    return [*said, WHERE_FROM] if said else []


def _said(found: Mapping[int, SavingComparison | None]) -> str:
    return "; ".join(f"after {days} days {each.said}" for days, each in found.items() if each is not None)
