"""`baton backlog savings`: expected and actual savings, for each team and request, never for a person."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

from bot.cli._database import with_catalog
from bot.cli._terminal import AsJson, print_json
from bot.domain.backlog.savings import REVIEW_DAYS, WHERE_FROM, SavingReview, by_request, by_team
from bot.domain.names import clean
from bot.services.backlog import savings as service


def savings(as_json: AsJson = False) -> None:
    """Print what teams expected to save, and what they report 30 and 90 days after delivery, in hours a month."""
    found = with_catalog(partial(service.report, person_id=None, is_all=True))
    if as_json:
        print_json({"savings": [asdict(each) for each in found.reviews]})
        return
    titles = {card.id: f"#{card.id} {clean(card.title)}" for card in found.cards}
    sys.stdout.write("".join(f"{line}\n" for line in saved_by_team(found.reviews)))
    for days in REVIEW_DAYS:
        for number, each in by_request(found.reviews, after_days=days).items():
            sys.stdout.write(f"{titles[number]}, after {days} days: {each.said}\n")
    sys.stdout.write(f"{WHERE_FROM}\n" if found.reviews else "No team has been asked yet.\n")


def saved_by_team(reviews: Sequence[SavingReview]) -> Iterator[str]:
    """Yield what each team reports, one line for each time that it was asked."""
    for days in REVIEW_DAYS:
        for team, each in by_team(reviews, after_days=days).items():
            yield f"{clean(team)}, after {days} days: {each.said}"
