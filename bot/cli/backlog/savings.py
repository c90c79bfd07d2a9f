"""`baton backlog savings`: what was claimed against what came true, for each team and request, never for a person."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.cli._database import answering
from bot.cli._terminal import print_json
from bot.domain.backlog.savings import REVIEW_DAYS, SavingReview, by_request, by_team
from bot.domain.names import clean
from bot.services.backlog import savings as service
from bot.services.backlog.savings import SavingReport


def savings(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Print what teams were to be spared, and what they say 30 and 90 days after delivery: hours a month."""
    found = asyncio.run(_report())
    if as_json:
        print_json({"savings": [review_as_dict(each) for each in found.reviews]})
        return
    titles = {card.id: f"#{card.id} {clean(card.title)}" for card in found.cards}
    sys.stdout.write("".join(f"{line}\n" for line in saved_by_team(found.reviews)))
    for days in REVIEW_DAYS:
        for number, each in by_request(found.reviews, after_days=days).items():
            sys.stdout.write(f"{titles[number]}, after {days} days: {each.said}\n")
    if not found.reviews:
        sys.stdout.write("No team has been asked yet.\n")


def saved_by_team(reviews: Sequence[SavingReview]) -> Iterator[str]:
    """Yield what each team says, a line for each time that it was asked."""
    for days in REVIEW_DAYS:
        for team, each in by_team(reviews, after_days=days).items():
            yield f"{clean(team)}, after {days} days: {each.said}"


def review_as_dict(review: SavingReview) -> dict[str, Any]:
    """Return the fields of `--json`: hours a month, null where the team has not answered."""
    return asdict(review)


async def _report() -> SavingReport:
    async with answering() as (deps, catalog):
        return await service.report(deps, catalog, None, is_all=True)
