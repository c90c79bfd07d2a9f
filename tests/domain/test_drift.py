"""Sources that still name a giver: expected for thirty days, and a contradiction afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Area, AssetKind
from bot.domain.ownership import (
    EXPECTED_FOR,
    Disputed,
    Loan,
    Orphaned,
    Owned,
    Transfer,
    Verdict,
    behind_since,
    loan_of,
    verdict,
)
from bot.domain.portfolio import Portfolio
from bot.domain.records import AssetRecord, DriftRecord, HandoffRecord, HandoffStage, OpenMatters, OwnershipRecord
from bot.samples.catalog import ADA, DESERTED, HALF_A_YEAR, LONG_AGO, NOW, PAYMENTS, PLATFORM, SEARCH, Catalog, fact

DAY = timedelta(days=1)
A, B, C = (PLATFORM, None), (PAYMENTS, None), (SEARCH, None)


def passed(giver: int, receiver: int, *, days_ago: float = 0, area: Area = Area.ALL) -> Transfer:
    return Transfer(area, (giver, None), (receiver, None), NOW - days_ago * DAY)


class TestBehind:
    """Whether a source that names an owner is behind, and since when."""

    @pytest.mark.parametrize(("days_ago", "is_behind"), [(0, True), (29.9, True), (30, False), (-0.1, True)])
    def test_it_may_be_for_thirty_days(self, days_ago: float, is_behind: bool) -> None:
        transfer = passed(PLATFORM, PAYMENTS, days_ago=days_ago)
        since = behind_since(A, Area.ALL, [transfer], {(B, Area.ALL)}, now=NOW)
        assert since == (transfer.at if is_behind else None)

    def test_it_is_not_where_it_names_the_receiver_or_a_third_owner(self) -> None:
        transfers = [passed(PLATFORM, PAYMENTS)]
        assert behind_since(B, Area.ALL, transfers, {(B, Area.ALL)}, now=NOW) is None
        assert behind_since(C, Area.ALL, transfers, {(B, Area.ALL)}, now=NOW) is None

    def test_it_is_not_about_another_area(self) -> None:
        transfers = [passed(PLATFORM, PAYMENTS, area=Area.DATABASE)]
        assert behind_since(A, Area.ALL, transfers, {(B, Area.DATABASE)}, now=NOW) is None

    def test_it_is_for_good_where_the_receiver_is_gone(self) -> None:
        transfer = passed(PLATFORM, PAYMENTS, days_ago=60)
        since = behind_since(A, Area.ALL, [transfer], {(B, Area.ALL)}, now=NOW, is_left=True)
        assert since == transfer.at

    def test_it_counts_where_the_receiver_does_not_own_the_area_any_more(self) -> None:
        assert behind_since(A, Area.ALL, [passed(PLATFORM, PAYMENTS)], set(), now=NOW) is None

    def test_a_chain_is_followed_to_its_end(self) -> None:
        transfers = [passed(PLATFORM, PAYMENTS, days_ago=9), passed(PAYMENTS, SEARCH, days_ago=2)]
        assert behind_since(A, Area.ALL, transfers, {(C, Area.ALL)}, now=NOW) == NOW - 9 * DAY
        assert behind_since(B, Area.ALL, transfers, {(C, Area.ALL)}, now=NOW) == NOW - 2 * DAY

    def test_what_came_back_is_right_again_and_behind_only_from_the_next_time_on(self) -> None:
        there_and_back = [passed(PLATFORM, PAYMENTS, days_ago=9), passed(PAYMENTS, PLATFORM, days_ago=5)]
        assert behind_since(A, Area.ALL, there_and_back, {(A, Area.ALL)}, now=NOW) is None
        assert behind_since(B, Area.ALL, there_and_back, {(A, Area.ALL)}, now=NOW) == NOW - 5 * DAY
        again = [*there_and_back, passed(PLATFORM, SEARCH, days_ago=1)]
        assert behind_since(A, Area.ALL, again, {(C, Area.ALL)}, now=NOW) == NOW - DAY

    def test_a_clock_that_was_set_back_between_them_changes_nothing(self) -> None:
        there_and_back = [passed(PLATFORM, PAYMENTS, days_ago=-0.1), passed(PAYMENTS, PLATFORM)]
        assert behind_since(A, Area.ALL, there_and_back, {(A, Area.ALL)}, now=NOW) is None

    def test_while_it_is_lent_no_day_counts(self) -> None:
        transfers = [passed(PLATFORM, PAYMENTS, days_ago=60), passed(PAYMENTS, SEARCH, days_ago=40)]
        lent = Loan(Area.ALL, B, C, NOW - 40 * DAY, (NOW + 20 * DAY).date())
        for owner, since in ((A, NOW - 60 * DAY), (B, NOW - 40 * DAY), (C, None)):
            assert behind_since(owner, Area.ALL, transfers, {(C, Area.ALL)}, now=NOW, loan=lent) == since
        transfers[0] = passed(PLATFORM, PAYMENTS, days_ago=70)
        assert behind_since(A, Area.ALL, transfers, {(C, Area.ALL)}, now=NOW, loan=lent) is None, "it counted already"

    def test_a_loan_runs_while_its_borrower_has_it(self) -> None:
        old, new = (Loan(Area.ALL, A, B, NOW - days * DAY, NOW.date()) for days in (9, 2))
        assert loan_of(Area.ALL, [new, old], {(B, Area.ALL)}) == new
        assert loan_of(Area.DATABASE, [new, old], {(B, Area.DATABASE)}) is None
        assert loan_of(Area.ALL, [new, old], {(A, Area.ALL)}) is None, "it came back in another way"

    @given(
        st.lists(
            st.tuples(st.sampled_from((PAYMENTS, PLATFORM, SEARCH)), st.sampled_from((PAYMENTS, PLATFORM, SEARCH))),
            max_size=6,
        ),
        st.sampled_from((PAYMENTS, PLATFORM, SEARCH)),
    )
    def test_whoever_owns_it_now_is_never_behind(self, path: list[tuple[int, int]], owner: int) -> None:
        transfers = [passed(giver, to, days_ago=20 - n) for n, (giver, to) in enumerate(path)]
        assert behind_since((owner, None), Area.ALL, transfers, {((owner, None), Area.ALL)}, now=NOW) is None


def agreed(team: int, area: Area = Area.ALL, *, at: datetime = NOW) -> OwnershipRecord:
    return fact(team, area, source="slack", is_human=True, is_agreed=True, valid_from=at)


def said(
    *facts: OwnershipRecord,
    drift: tuple[DriftRecord, ...] = (),
    handoffs: tuple[HandoffRecord, ...] = (),
    area: Area | None = None,
) -> Verdict:
    asset = AssetRecord(
        id=1, kind=AssetKind.SERVICE, name="orders", facts=facts, matters=OpenMatters(drift=drift, handoffs=handoffs)
    )
    catalog = Catalog()
    catalog.assets[1] = asset
    return verdict(asset, catalog, now=NOW, stale_after=HALF_A_YEAR, area=area)


def behind(team: int = PLATFORM, *, since: datetime = NOW, area: Area = Area.ALL, source: str = "files") -> DriftRecord:
    owner = (None, team) if team < 10 else (team, None)
    return DriftRecord(area=area, owner=owner, source=source, since=since, files=("CODEOWNERS",))


class TestVerdict:
    """What the answer makes of it."""

    def test_the_receiver_owns_it_and_the_answer_knows_the_file(self) -> None:
        found = said(agreed(PAYMENTS), drift=(behind(),))
        assert isinstance(found, Owned)
        assert [holding.name for holding in found.holdings] == ["Payments"]
        [drift] = found.drift
        assert (drift.holding.name, drift.files, drift.until) == ("Platform", ("CODEOWNERS",), NOW + EXPECTED_FOR)

    def test_after_thirty_days_it_is_a_dispute(self) -> None:
        last_moment = NOW - EXPECTED_FOR + timedelta(seconds=1)
        assert isinstance(said(agreed(PAYMENTS, at=last_moment), drift=(behind(since=last_moment),)), Owned)
        found = said(agreed(PAYMENTS, at=NOW - EXPECTED_FOR), drift=(behind(since=NOW - EXPECTED_FOR),))
        assert isinstance(found, Disputed)
        assert [(held.name, held.fact.source) for held in found.claims] == [
            ("Payments", "slack"),
            ("Platform", "files"),
        ]

    def test_whoever_received_it_was_named_first_in_that_dispute(self) -> None:
        found = said(agreed(PAYMENTS, at=LONG_AGO), drift=(behind(since=LONG_AGO),))
        assert isinstance(found, Disputed)
        assert min(found.claims, key=lambda held: held.fact.valid_from).name == "Payments"

    def test_what_is_lent_is_its_lenders_again_before_that(self) -> None:
        long_ago = NOW - 2 * EXPECTED_FOR
        facts = (agreed(PAYMENTS, at=long_ago),)
        lent = HandoffRecord(1, Area.ALL, PLATFORM, PAYMENTS, HandoffStage.LENT, NOW.date() + DAY, long_ago)
        found = said(*facts, drift=(behind(since=long_ago),), handoffs=(lent,))
        assert isinstance(found, Owned)
        [drift] = found.drift
        assert (drift.holding.name, drift.becomes_dispute, drift.until > NOW) == ("Platform", False, True)
        assert isinstance(said(*facts, drift=(behind(since=long_ago),)), Disputed)

    @pytest.mark.parametrize("days_ago", [1, 60])
    def test_nobody_gets_back_by_silence_what_they_gave_to_whoever_is_gone(self, days_ago: int) -> None:
        at = NOW - days_ago * DAY
        found = said(agreed(DESERTED, at=at), drift=(behind(since=at),))
        assert isinstance(found, Orphaned)
        assert [held.name for held in found.owners] == ["Deserted"]

    def test_a_third_owner_is_a_dispute_at_once(self) -> None:
        found = said(agreed(PAYMENTS), fact(SEARCH), drift=(behind(source="other"),))
        assert isinstance(found, Disputed)
        assert {held.name for held in found.claims} == {"Payments", "Search"}

    def test_a_person_may_have_given_it(self) -> None:
        found = said(agreed(PAYMENTS), drift=(behind(ADA),))
        assert isinstance(found, Owned)
        assert found.drift[0].holding.name == "Ada"

    def test_a_source_counts_at_once_where_nobody_has_it_by_agreement(self) -> None:
        found = said(drift=(behind(),))
        assert isinstance(found, Owned)
        assert ([held.name for held in found.owners], found.drift) == (["Platform"], ())

    def test_it_is_told_with_the_area_that_it_is_about(self) -> None:
        facts = (agreed(PAYMENTS, Area.DATABASE), fact(SEARCH, Area.APPLICATION))
        drift = (behind(area=Area.DATABASE),)
        for area, count in ((None, 1), (Area.DATABASE, 1), (Area.APPLICATION, 0)):
            found = said(*facts, drift=drift, area=area)
            assert isinstance(found, Owned)
            assert len(found.drift) == count, area

    def test_a_part_inherits_what_its_parent_is_behind_on(self) -> None:
        catalog = Catalog()
        parent = AssetRecord(
            id=2, kind=AssetKind.SYSTEM, name="shop", facts=(agreed(PAYMENTS),), matters=OpenMatters(drift=(behind(),))
        )
        asset = AssetRecord(id=1, kind=AssetKind.SERVICE, name="orders", parent_id=2)
        catalog.assets |= {1: asset, 2: parent}
        found = verdict(asset, catalog, now=NOW, stale_after=HALF_A_YEAR)
        assert isinstance(found, Owned)
        assert ([held.name for held in found.owners], len(found.drift)) == (["Payments"], 1)


@pytest.mark.parametrize("stale_after", [HALF_A_YEAR, -DAY], ids=["fresh", "stale"])
def test_the_portfolio_hears_of_the_dispute_when_it_begins(stale_after: timedelta) -> None:
    asset = AssetRecord(
        id=1, kind=AssetKind.SERVICE, name="orders", facts=(agreed(PAYMENTS),), matters=OpenMatters(drift=(behind(),))
    )
    portfolio = Portfolio({1: asset}.get, stale_after=stale_after)
    portfolio.put(verdict(asset, Catalog(), now=NOW, stale_after=stale_after))
    assert portfolio.due(NOW + EXPECTED_FOR - DAY) == set()
    assert portfolio.due(NOW + EXPECTED_FOR + timedelta(hours=1)) == {1}
