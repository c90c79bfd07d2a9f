"""Why something is needed by a day, and how much people are blocked, as the thread's words say it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.backlog.demand import Slowdown
from bot.domain.backlog.due import Due
from bot.domain.backlog.people import Blocked


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("We need it by 2026-06-01, the partner goes live then.", "the partner goes live then"),
        ("We need the store by the end of next month, the summer season starts then.", "the summer season starts then"),
        ("The certificate expires on 3 May, so we need it by then.", "The certificate expires on 3 May"),
        ("We need it by Friday because the regulator wants the report", "the regulator wants the report"),
        ("Can we have it before the audit on 12 May?", "before the audit"),
        ("We need a Redis cluster by 12 May.", ""),
        ("Please have it ready before the end of next month!", ""),
        ("by 2026-06-01", ""),
        ("We need a Redis cluster, with nightly backups, by 20 January.", ""),
        ("We need it by 12 May, for the audit.", "for the audit"),
        ("Could DevOps set up a bucket with nightly backups, by 20 January?", ""),
        ("We need it before March, 3 of us lose 2 hours a week.", ""),
        ("please give us a staging environment by Friday, 2 of us are stuck", ""),
        ("We need it by 12 May: without it three developers can't start", ""),
        (
            "We need it by 12 May, the auditors are stuck in town until then",
            "the auditors are stuck in town until then",
        ),
        (
            "With the old one we lost the race, we need it by 12 May: the auditors come back then.",
            "the auditors come back then",
        ),
        ("Jenkins agents with more memory before 2026-12-10", ""),
        ("None of us has used Terraform, we need it by 10 December.", ""),
        ("Nobody here knows Cassandra; the partner goes live on 3 May", "the partner goes live on 3 May"),
        ("It has to be ready by 12 May: our tenant moves out that week.", "our tenant moves out that week"),
        ("Right, by 20 December", ""),
        ("a Redis for the basket before Christmas, and somebody to show us Terraform", ""),
    ],
)
def test_the_reason_of_a_date_repeats_neither_the_wish_nor_the_day(quote: str, reason: str) -> None:
    assert Due(date(2026, 6, 1), quote, 0).reason == reason


@pytest.mark.parametrize(
    ("quote", "share"),
    [
        ("Three of us can't start before the store is there.", Slowdown.STOPPED),
        ("Two of us cannot continue", Slowdown.STOPPED),
        ("two of us sit idle", Slowdown.STOPPED),
        ("Pavel and I lose half the day, we are stuck", Slowdown.HALF),
        ("it slows four of us down, we are blocked by it", Slowdown.SLOWED),
        ("Without it two of us are blocked.", Slowdown.STOPPED),
        ("Two of us are stuck", Slowdown.STOPPED),
        ("Two of us can't work at all", Slowdown.STOPPED),
        ("Two of us are stuck half the time", Slowdown.HALF),
        ("Two of us are blocked every other day", Slowdown.HALF),
        ("0.5 people are blocked by it", Slowdown.HALF),
        ("Two of us are slowed down, and blocked on the reviews", Slowdown.SLOWED),
        ("Two of us have to work around it", Slowdown.SLOWED),
        ("Two of us are stuck with the old pipeline", None),
        ("three of us can’t deploy", None),
    ],
)
def test_how_much_people_are_blocked_is_what_the_thread_says_or_is_asked(quote: str, share: Slowdown | None) -> None:
    assert Blocked(2, quote, 0).share is share
