"""What wants a team's word, and how a quarter fills."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.catalog import AssetKind, Role
from bot.domain.ownership.attestation import NEW_FOR, Asked, burn_up, quarter_of, standing, unattested
from bot.domain.records import AssetRecord, DoubtRecord, OpenMatters, PersonRecord
from bot.samples.catalog import HALF_A_YEAR, LONG_AGO, NOW, PAYMENTS, SEARCH, fact


def asset(number: int, *facts: Any, **rest: Any) -> AssetRecord:
    return AssetRecord(
        id=number, own_ref=f"service:{number}", kind=AssetKind.SERVICE, name=f"s{number}", facts=facts, **rest
    )


def test_what_matters_most_and_is_oldest_comes_first_and_doubts_are_asked_by_themselves() -> None:
    doubt = DoubtRecord(PersonRecord(id=1, name="Ada"), "", NOW)
    older = LONG_AGO - timedelta(days=9)
    found = unattested(
        [
            asset(1, fact(PAYMENTS)),
            asset(2, fact(PAYMENTS, valid_from=older)),
            asset(3, fact(PAYMENTS), tier=1),
            asset(4, fact(PAYMENTS, confirmed_at=NOW)),
            asset(5, fact(SEARCH)),
            asset(6, fact(PAYMENTS), matters=OpenMatters(doubts=(doubt,))),
            asset(7, fact(PAYMENTS, role=Role.SECONDARY)),
            asset(8, fact(PAYMENTS, valid_from=older + timedelta(days=1))),
        ],
        PAYMENTS,
        now=NOW,
        stale_after=HALF_A_YEAR,
    )
    assert [(each.asset.id, each.since, each.was_confirmed) for each in found] == [
        (3, LONG_AGO, False),
        (2, older, False),
        (8, older + timedelta(days=1), False),
        (1, LONG_AGO, False),
    ]


def test_what_a_file_has_just_made_a_teams_comes_first_until_the_team_was_told() -> None:
    yesterday = NOW - timedelta(days=1)
    assets = [
        asset(1, fact(PAYMENTS), tier=1),
        asset(2, fact(PAYMENTS, valid_from=yesterday, source="csv")),
        asset(3, fact(PAYMENTS, valid_from=yesterday, is_human=True)),
        asset(4, fact(PAYMENTS, valid_from=yesterday, confirmed_at=NOW)),
        asset(5, fact(PAYMENTS, valid_from=NOW - NEW_FOR)),
    ]

    def new(asked: Asked | None = None, some: list[AssetRecord] = assets) -> list[tuple[int, str]]:
        found = unattested(some, PAYMENTS, now=NOW, stale_after=HALF_A_YEAR, asked=asked)
        return [(each.asset.id, each.new_by) for each in found]

    assert new() == [(2, "csv"), (1, "")]
    assert new(some=assets[1:2]) == [], "what the team has from the first is no news"
    assert new(Asked(yesterday.date())) == [(2, "csv"), (1, "")], "it came on that day, and was not in the list"
    assert new(Asked(yesterday.date(), frozenset({2}))) == [(1, "")]
    assert new(Asked(NOW.date())) == [(1, "")]


def test_a_quarter_counts_what_was_confirmed_in_it() -> None:
    early = NOW - timedelta(days=100)
    assets = [
        asset(1, fact(PAYMENTS, confirmed_at=NOW)),
        asset(2, fact(PAYMENTS, confirmed_at=early)),
        asset(3, fact(PAYMENTS)),
        asset(4, fact(SEARCH, confirmed_at=NOW)),
    ]
    made = standing(assets, PAYMENTS, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert (made.total, made.confirmed_at, made.missing) == (3, (NOW,), ("s2", "s3"))


def test_the_burn_up_has_a_figure_for_each_week_and_for_today() -> None:
    start = quarter_of(date(2026, 3, 3))
    assert start == date(2026, 1, 1)
    days = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (1, 7, 8, 20)]
    weeks = burn_up(days, start=start, today=date(2026, 1, 20))
    assert weeks == [(date(2026, 1, 7), 2), (date(2026, 1, 14), 3), (date(2026, 1, 20), 4)]
    assert burn_up([], start=start, today=start) == [(start, 0)]
