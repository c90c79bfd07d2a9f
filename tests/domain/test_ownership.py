"""Every verdict that the facts can bring, and what holds for any set of facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Area, AssetKind, Hosting, PathRule, Role
from bot.domain.ownership import (
    Disputed,
    Orphaned,
    Owned,
    Stale,
    Unowned,
    UnownedOnPurpose,
    Verdict,
    claimed_areas,
    holder_of,
    verdict,
)
from bot.domain.records import AssetRecord, OwnershipRecord, TeamRecord, UnownedBy
from bot.samples.catalog import (
    ADA,
    DESERTED,
    DISSOLVED,
    EMPTY,
    GONE,
    GRACE,
    HALF_A_YEAR,
    LIN,
    LONG_AGO,
    NOW,
    PAYMENTS,
    PLATFORM,
    SEARCH,
    Catalog,
    fact,
)


def asset(*facts: OwnershipRecord, **rest: Any) -> AssetRecord:
    made: dict[str, Any] = {"id": 1, "name": "checkout", **rest}
    return AssetRecord(kind=AssetKind.SERVICE, facts=facts, **made)


def judged(subject: AssetRecord, catalog: Catalog | None = None, *, area: Area | None = None) -> Verdict:
    catalog = catalog or Catalog()
    catalog.assets.setdefault(subject.id, subject)
    return verdict(subject, catalog, now=NOW, stale_after=HALF_A_YEAR, area=area)


def owner_names(said: Verdict) -> list[str]:
    assert isinstance(said, Owned), said
    return [holding.name for holding in said.owners]


def owner_of(owner: OwnershipRecord) -> tuple[int | None, int | None]:
    return owner.team_id, owner.person_id


class TestOwned:
    def test_a_team_that_owns_all(self) -> None:
        said = judged(asset(fact(PAYMENTS)))
        assert type(said) is Owned
        assert owner_names(said) == ["Payments"]
        assert not said.is_split
        assert said.only_person is None
        assert said.inherited_from is None

    def test_a_person_may_own(self) -> None:
        assert owner_names(judged(asset(fact(ADA)))) == ["Ada"]

    def test_the_whole_is_answered_by_the_owner_of_all_before_that_of_the_application(self) -> None:
        said = judged(asset(fact(PLATFORM, Area.APPLICATION), fact(PAYMENTS)))
        assert owner_names(said) == ["Payments"]
        assert isinstance(said, Owned)
        assert [h.name for h in said.holdings] == ["Payments", "Platform"], "owners first, then the other facts"

    def test_the_whole_is_answered_by_the_application_before_other_areas(self) -> None:
        assert owner_names(judged(asset(fact(PLATFORM, Area.CI_CD), fact(PAYMENTS, Area.APPLICATION)))) == ["Payments"]

    def test_the_whole_is_answered_by_every_area_when_nobody_owns_the_application(self) -> None:
        said = judged(asset(fact(PLATFORM, Area.CI_CD), fact(SEARCH, Area.DATABASE)))
        assert owner_names(said) == ["Platform", "Search"]

    def test_an_area_is_answered_by_its_owner_and_else_by_the_owner_of_all(self) -> None:
        subject = asset(fact(PAYMENTS), fact(PLATFORM, Area.CI_CD))
        assert owner_names(judged(subject, area=Area.CI_CD)) == ["Platform"]
        assert owner_names(judged(subject, area=Area.DATABASE)) == ["Payments"]

    def test_asking_for_all_is_asking_for_the_whole(self) -> None:
        said = judged(asset(fact(PAYMENTS)), area=Area.ALL)
        assert said.area is None

    def test_several_owners_of_one_area_are_all_named(self) -> None:
        assert owner_names(judged(asset(fact(PAYMENTS), fact(PLATFORM, id=101)))) == ["Payments", "Platform"]

    def test_facts_about_owners_that_the_catalog_no_longer_has_are_left_out(self) -> None:
        assert owner_names(judged(asset(fact(99), fact(PAYMENTS)))) == ["Payments"]


class TestSplit:
    def test_different_owners_of_different_areas(self) -> None:
        said = judged(asset(fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE)))
        assert isinstance(said, Owned)
        assert said.is_split

    @pytest.mark.parametrize("second", [(PAYMENTS, PLATFORM), (PLATFORM, PAYMENTS)])
    def test_the_same_owners_of_every_area_are_not_a_split_in_whatever_order(self, second: tuple[int, int]) -> None:
        first = [fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.APPLICATION)]
        said = judged(asset(*first, *(fact(owner, Area.DATABASE) for owner in second)))
        assert isinstance(said, Owned)
        assert not said.is_split

    def test_a_helper_is_no_split(self) -> None:
        said = judged(asset(fact(PAYMENTS), fact(PLATFORM, Area.CI_CD, Role.SECONDARY)))
        assert isinstance(said, Owned)
        assert not said.is_split

    @pytest.mark.parametrize(
        ("hosting", "suggested"),
        [(Hosting.MANAGED, True), (Hosting.SERVERLESS, True), (Hosting.CONTAINER, False), (None, False)],
    )
    def test_a_handoff_is_suggested_for_what_a_provider_runs(self, hosting: Hosting | None, suggested: bool) -> None:
        facts = (fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE))
        said = judged(asset(*facts, hosting=hosting))
        assert isinstance(said, Owned)
        assert said.should_hand_off is suggested

    def test_no_handoff_without_a_split(self) -> None:
        said = judged(asset(fact(PAYMENTS), hosting=Hosting.MANAGED))
        assert isinstance(said, Owned)
        assert not said.should_hand_off


class TestBusFactor:
    @pytest.mark.parametrize(
        ("facts", "name"),
        [
            ([fact(ADA)], "Ada"),
            ([fact(SEARCH)], "Lin"),
            ([fact(SEARCH), fact(LIN)], "Lin"),
            ([fact(ADA), fact(GONE)], "Ada"),
            ([fact(SEARCH), fact(DISSOLVED)], "Lin"),
            ([fact(ADA), fact(GRACE, Area.CI_CD)], "Ada"),
            ([fact(ADA), fact(GONE, role=Role.SECONDARY)], "Ada"),
        ],
    )
    def test_one_person_is_left(self, facts: list[OwnershipRecord], name: str) -> None:
        said = judged(asset(*facts))
        assert isinstance(said, Owned)
        assert said.only_person is not None
        assert said.only_person.name == name

    @pytest.mark.parametrize(
        "facts",
        [
            [fact(PAYMENTS)],
            [fact(ADA), fact(GRACE)],
            [fact(EMPTY)],
            [fact(ADA), fact(EMPTY)],
            [fact(ADA), fact(GRACE, role=Role.SECONDARY)],
            [fact(ADA, Area.CI_CD), fact(PLATFORM, Area.CI_CD, Role.SECONDARY)],
        ],
    )
    def test_more_than_one_or_nobody_knows(self, facts: list[OwnershipRecord]) -> None:
        said = judged(asset(*facts))
        assert isinstance(said, Owned)
        assert said.only_person is None

    def test_a_lead_who_is_not_listed_as_a_member_counts(self) -> None:
        catalog = Catalog()
        catalog.teams[SEARCH] = TeamRecord(id=SEARCH, name="Search", member_ids=(LIN, GONE), lead_id=ADA)
        said = judged(asset(fact(SEARCH)), catalog)
        assert isinstance(said, Owned)
        assert said.only_person is None


class TestInherited:
    def test_from_the_nearest_parent_that_has_facts(self) -> None:
        catalog = Catalog()
        for one in (asset(fact(PLATFORM), id=3), asset(fact(PAYMENTS), id=2, parent_id=3), asset(parent_id=2)):
            catalog.assets[one.id] = one
        said = judged(catalog.assets[1], catalog)
        assert owner_names(said) == ["Payments"]
        assert isinstance(said, Owned)
        assert said.inherited_from is catalog.assets[2]
        assert said.asset is catalog.assets[1]
        assert holder_of(catalog.assets[1], catalog) is catalog.assets[2]

    def test_own_facts_replace_the_parents(self) -> None:
        catalog = Catalog({2: asset(fact(PLATFORM), id=2)})
        said = judged(asset(fact(PAYMENTS, Area.CI_CD), parent_id=2), catalog)
        assert owner_names(said) == ["Payments"]
        assert isinstance(judged(catalog.assets[1], catalog, area=Area.DATABASE), Unowned)

    def test_a_parent_that_is_unowned_on_purpose_hands_nothing_down(self) -> None:
        helped = asset(fact(PLATFORM, role=Role.SECONDARY), id=2, unowned_reason="A playground.")
        preferred = asset(fact(PLATFORM), id=2, unowned_reason="A playground.", unowned_by=UnownedBy(is_preferred=True))
        for parent in (helped, preferred):
            assert isinstance(judged(asset(parent_id=2), Catalog({2: parent})), Unowned)

    def test_a_parent_of_which_sources_disagree_whether_anybody_owns_it_hands_the_dispute_down(self) -> None:
        parent = asset(fact(PLATFORM), id=2, unowned_reason="A playground.", unowned_by=UnownedBy("csv"))
        said = judged(asset(parent_id=2), Catalog({2: parent}))
        assert isinstance(said, Disputed)
        assert (said.nobody, said.asset.id) == (parent, 1)
        assert [holding.fact.team_id for holding in said.claims] == [PLATFORM]
        gone = asset(fact(99), id=2, unowned_reason="A playground.", unowned_by=UnownedBy("csv"))
        assert isinstance(judged(asset(parent_id=2), Catalog({2: gone})), Unowned)

    def test_a_parent_that_a_person_took_over_hands_its_owner_down_whatever_the_file_says(self) -> None:
        catalog = Catalog(
            {2: asset(fact(PLATFORM, is_human=True, source="slack"), id=2, unowned_reason="A playground.")}
        )
        assert owner_names(judged(catalog.assets[2], catalog)) == ["Platform"]
        assert owner_names(judged(asset(parent_id=2), catalog)) == ["Platform"]

    def test_a_line_that_says_nobody_does_not_inherit(self) -> None:
        catalog = Catalog({2: asset(fact(PLATFORM), id=2)})
        said = judged(asset(parent_id=2, path_rule=PathRule("acme/shop", "/docs/", 0)), catalog)
        assert isinstance(said, Unowned)

    def test_a_parent_that_is_gone(self) -> None:
        assert isinstance(judged(asset(parent_id=77)), Unowned)

    @pytest.mark.parametrize("length", [1, 2, 3, 40])
    def test_circles_and_long_lines_of_parents_end(self, length: int) -> None:
        catalog = Catalog({i: asset(id=i, parent_id=i % length + 1) for i in range(1, length + 1)})
        said = judged(catalog.assets[1], catalog)
        assert isinstance(said, Unowned)
        assert holder_of(catalog.assets[1], catalog) is catalog.assets[1]


class TestStale:
    def test_neither_read_nor_confirmed_for_too_long(self) -> None:
        read_at = NOW - HALF_A_YEAR - timedelta(seconds=1)
        said = judged(asset(fact(PAYMENTS)), Catalog(read_at=read_at))
        assert isinstance(said, Stale)
        assert said.trusted_at == read_at
        assert owner_names(said) == ["Payments"]

    def test_the_last_day_still_counts(self) -> None:
        assert type(judged(asset(fact(PAYMENTS)), Catalog(read_at=NOW - HALF_A_YEAR))) is Owned

    def test_a_confirmation_makes_it_fresh(self) -> None:
        confirmed = fact(PAYMENTS, confirmed_at=NOW - timedelta(days=1), confirmed_by=ADA)
        assert type(judged(asset(confirmed), Catalog(read_at=LONG_AGO))) is Owned

    def test_an_old_confirmation_does_not_age_what_was_read_since(self) -> None:
        assert type(judged(asset(fact(PAYMENTS, confirmed_at=LONG_AGO, confirmed_by=ADA)))) is Owned

    def test_a_decision_grows_stale_though_files_are_read_daily(self) -> None:
        assert isinstance(judged(asset(fact(PAYMENTS, is_human=True, source="slack"))), Stale)


class TestOrphaned:
    @pytest.mark.parametrize("owner", [GONE, DISSOLVED, DESERTED])
    def test_the_owner_is_gone(self, owner: int) -> None:
        said = judged(asset(fact(owner)))
        assert isinstance(said, Orphaned)
        assert len(owner_names(said)) == 1

    def test_one_living_owner_is_enough(self) -> None:
        assert type(judged(asset(fact(DESERTED), fact(PAYMENTS)))) is Owned

    def test_a_helper_is_no_owner(self) -> None:
        assert isinstance(judged(asset(fact(DESERTED), fact(PAYMENTS, role=Role.SECONDARY))), Orphaned)

    def test_a_team_that_nobody_listed_members_of_is_not_deserted(self) -> None:
        assert type(judged(asset(fact(EMPTY)))) is Owned

    def test_a_lead_who_is_still_here_answers(self) -> None:
        catalog = Catalog()
        catalog.teams[DESERTED] = TeamRecord(id=DESERTED, name="Deserted", member_ids=(GONE,), lead_id=ADA)
        assert type(judged(asset(fact(DESERTED)), catalog)) is Owned

    def test_only_the_area_asked_for(self) -> None:
        subject = asset(fact(PAYMENTS), fact(DESERTED, Area.CI_CD))
        assert isinstance(judged(subject, area=Area.CI_CD), Orphaned)
        said = judged(subject)
        assert type(said) is Owned
        assert [each.fact.area for each in said.left_behind] == [Area.CI_CD]

    def test_an_area_that_somebody_else_owns_as_well_is_not_left_behind(self) -> None:
        said = judged(asset(fact(PAYMENTS), fact(DESERTED, Area.CI_CD), fact(SEARCH, Area.CI_CD)))
        assert isinstance(said, Owned)
        assert said.left_behind == ()


class TestDisputed:
    def test_two_sources_with_nobody_in_common(self) -> None:
        said = judged(asset(fact(PAYMENTS), fact(SEARCH, source="terraform", id=101)))
        assert isinstance(said, Disputed)
        assert said.disputed_area is Area.ALL
        assert [(h.fact.source, h.name) for h in said.claims] == [("files", "Payments"), ("terraform", "Search")]

    def test_a_persons_decision_comes_first(self) -> None:
        decided = fact(SEARCH, source="slack", is_human=True, id=101, valid_from=NOW)
        said = judged(asset(fact(PAYMENTS), decided))
        assert isinstance(said, Disputed)
        assert [h.name for h in said.claims] == ["Search", "Payments"]

    def test_sources_that_share_an_owner_agree(self) -> None:
        facts = [fact(PAYMENTS), fact(PLATFORM), fact(PAYMENTS, source="terraform")]
        assert type(judged(asset(*facts))) is Owned

    def test_a_helper_disputes_nothing(self) -> None:
        assert type(judged(asset(fact(PAYMENTS), fact(SEARCH, role=Role.SECONDARY, source="terraform")))) is Owned

    def test_different_areas_are_a_split_not_a_dispute(self) -> None:
        said = judged(asset(fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE, source="terraform")))
        assert type(said) is Owned

    def test_an_area_that_nobody_disputes_has_its_owner(self) -> None:
        subject = asset(fact(PAYMENTS), fact(SEARCH, source="terraform"), fact(PLATFORM, Area.CI_CD))
        assert owner_names(judged(subject, area=Area.CI_CD)) == ["Platform"]
        assert isinstance(judged(subject, area=Area.DATABASE), Disputed)

    def test_what_nobody_disputes_is_known_beside_it(self) -> None:
        subject = asset(fact(PAYMENTS), fact(SEARCH, Area.CI_CD), fact(PLATFORM, Area.CI_CD, source="terraform"))
        said = judged(subject)
        assert isinstance(said, Disputed)
        assert said.disputed_area is Area.CI_CD
        assert [h.name for h in said.others] == ["Payments"]

    def test_of_two_disputes_the_one_about_the_whole_is_told(self) -> None:
        disputes = [fact(o, a, source=s) for a in (Area.CI_CD, Area.ALL) for o, s in ((PAYMENTS, "a"), (SEARCH, "b"))]
        said = judged(asset(*disputes))
        assert isinstance(said, Disputed)
        assert said.disputed_area is Area.ALL

    def test_a_parents_dispute_is_inherited(self) -> None:
        catalog = Catalog({2: asset(fact(PAYMENTS), fact(SEARCH, source="terraform"), id=2)})
        assert isinstance(judged(asset(parent_id=2), catalog), Disputed)


class TestUnowned:
    def test_no_facts_at_all(self) -> None:
        assert judged(asset()) == Unowned(asset=asset())

    def test_only_helpers(self) -> None:
        said = judged(asset(fact(PLATFORM, role=Role.SECONDARY)))
        assert isinstance(said, Unowned)
        assert [h.name for h in said.others] == ["Platform"]

    def test_only_the_area_asked_for(self) -> None:
        said = judged(asset(fact(PAYMENTS, Area.APPLICATION)), area=Area.DATABASE)
        assert isinstance(said, Unowned)
        assert said.area is Area.DATABASE
        assert [h.name for h in said.others] == ["Payments"]

    def test_every_owner_has_left_the_catalog(self) -> None:
        assert judged(asset(fact(98), fact(99))) == Unowned(asset=asset(fact(98), fact(99)))


class TestUnownedOnPurpose:
    def test_the_reason_decides(self) -> None:
        subject = asset(unowned_reason="Everybody may break it.")
        assert judged(subject, area=Area.CI_CD) == UnownedOnPurpose(asset=subject, area=Area.CI_CD)

    def test_an_owner_that_another_source_names_is_the_other_side_of_a_dispute(self) -> None:
        subject = asset(
            fact(PAYMENTS), fact(SEARCH, Area.CI_CD), unowned_reason="A playground.", unowned_by=UnownedBy("csv")
        )
        said = judged(subject)
        assert isinstance(said, Disputed)
        assert (said.nobody, said.disputed_area) == (subject, Area.ALL)
        assert [holding.fact.team_id for holding in said.claims] == [PAYMENTS]
        assert [holding.fact.team_id for holding in said.others] == [SEARCH]
        part = judged(subject, area=Area.CI_CD)
        assert isinstance(part, Disputed)
        assert (part.disputed_area, [holding.fact.team_id for holding in part.claims]) == (Area.CI_CD, [SEARCH])

    def test_an_owner_of_another_part_or_a_helper_is_no_contradiction(self) -> None:
        subject = asset(fact(SEARCH, Area.CI_CD), unowned_reason="A playground.")
        assert isinstance(judged(subject, area=Area.DATABASE), UnownedOnPurpose)
        assert isinstance(judged(asset(fact(SEARCH, role=Role.SECONDARY), unowned_reason="x")), UnownedOnPurpose)

    def test_a_source_that_somebody_preferred_decides(self) -> None:
        said = judged(asset(fact(PAYMENTS), unowned_reason="A playground.", unowned_by=UnownedBy(is_preferred=True)))
        assert isinstance(said, UnownedOnPurpose)
        assert [holding.fact.team_id for holding in said.others] == [PAYMENTS]

    def test_not_over_an_owner_whom_a_person_confirmed(self) -> None:
        confirmed = fact(PAYMENTS, confirmed_at=NOW, confirmed_by=1)
        for is_preferred in (False, True):
            subject = asset(confirmed, unowned_reason="A playground.", unowned_by=UnownedBy(is_preferred=is_preferred))
            assert owner_names(judged(subject)) == ["Payments"]

    def test_not_over_a_persons_decision(self) -> None:
        decided = fact(PAYMENTS, is_human=True, source="slack", valid_from=NOW)
        assert owner_names(judged(asset(decided, unowned_reason="A playground."))) == ["Payments"]


OWNERS = (ADA, GRACE, LIN, GONE, PAYMENTS, PLATFORM, SEARCH, EMPTY, DISSOLVED, DESERTED, 99)
AREAS = st.sampled_from(list(Area))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 3, 3), timezones=st.just(UTC))  # noqa: DTZ001 - its bounds


@st.composite
def facts_in_force(draw: st.DrawFn) -> OwnershipRecord:
    source = draw(st.sampled_from(["files", "terraform", "slack"]))
    return fact(
        draw(st.sampled_from(OWNERS)),
        draw(AREAS),
        draw(st.sampled_from(list(Role))),
        id=draw(st.integers(1, 10_000)),
        source=source,
        is_human=source == "slack",
        valid_from=draw(MOMENTS),
        confirmed_at=draw(st.none() | MOMENTS),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Up to five assets, each of which may have any other, itself or a missing one as its parent."""
    made = Catalog(read_at=draw(MOMENTS))
    for number in range(1, draw(st.integers(1, 5)) + 1):
        made.assets[number] = asset(
            *draw(st.lists(facts_in_force(), max_size=6)),
            id=number,
            parent_id=draw(st.none() | st.integers(1, 6)),
            unowned_reason=draw(st.sampled_from(["", "", "", "A playground."])),
            hosting=draw(st.none() | st.sampled_from(list(Hosting))),
        )
    return made


def named_by(said: Verdict) -> Iterable[OwnershipRecord]:
    """Every fact that the verdict shows to whoever asked."""
    if isinstance(said, Owned):
        return [holding.fact for holding in said.holdings]
    if isinstance(said, Disputed):
        return [holding.fact for holding in (*said.claims, *said.others)]
    return [holding.fact for holding in said.others] if isinstance(said, Unowned) else []


def ancestors(of: AssetRecord, catalog: Catalog) -> list[AssetRecord]:
    found, at = [], of
    while at is not None and at not in found:
        found.append(at)
        at = catalog.assets.get(at.parent_id or 0)  # type: ignore[assignment] # None ends it
    return found


@given(catalogs(), st.none() | AREAS)
def test_any_facts_bring_a_verdict_whose_owners_are_among_them(catalog: Catalog, area: Area | None) -> None:
    subject = catalog.assets[1]
    said = judged(subject, catalog, area=area)
    assert said.asset is subject
    in_force = {each for one in ancestors(subject, catalog) for each in one.facts}
    assert set(named_by(said)) <= in_force
    if any(not each.is_human for each in subject.facts):
        # What people claim stands beside what was inherited until then.
        assert set(named_by(said)) <= set(subject.facts), "a parent's facts only where no source names its own"
    if isinstance(said, Owned):
        assert said.owners
        asked = {said.area, Area.ALL} if said.area else set(Area)
        assert all(h.fact.role is Role.OWNER and h.fact.area in asked for h in said.owners)
        assert all((h.team is None) != (h.person is None) and h.name for h in said.holdings)
        assert (said.inherited_from is None) == bool(subject.facts)
        assert said.only_person is None or said.only_person.is_active


@given(catalogs(), st.none() | AREAS)
def test_the_owner_of_the_area_wins_over_the_owner_of_all(catalog: Catalog, area: Area | None) -> None:
    said = judged(catalog.assets[1], catalog, area=area)
    if not isinstance(said, Owned) or said.area is None:
        return
    exact = {h.fact for h in said.holdings if h.fact.area is said.area and h.fact.role is Role.OWNER}
    if exact:
        assert {h.fact for h in said.owners} == exact


@given(catalogs(), AREAS, st.sampled_from([(PAYMENTS, SEARCH), (ADA, LIN), (PAYMENTS, ADA), (DESERTED, PLATFORM)]))
def test_sources_with_nobody_in_common_never_yield_an_owner(
    catalog: Catalog, area: Area, owners: tuple[int, int]
) -> None:
    drawn = [each for each in catalog.assets[1].facts if each.area is not area]
    both = [fact(owner, area, source=source) for owner, source in zip(owners, ("one", "two"), strict=True)]
    subject = asset(*drawn, *both)
    said = judged(subject, area=area)
    assert isinstance(said, Disputed)
    assert {owner_of(h.fact) for h in said.claims} >= {owner_of(each) for each in both}
    assert isinstance(judged(subject), Disputed), "nor for the whole"


@given(catalogs())
def test_a_decision_of_a_person_is_never_behind_an_import(catalog: Catalog) -> None:
    said = judged(catalog.assets[1], catalog)
    if isinstance(said, Disputed):
        human = [h.fact.is_human for h in said.claims]
        assert human == sorted(human, reverse=True)
    if any(each.is_human for each in catalog.assets[1].facts):
        assert not isinstance(said, UnownedOnPurpose)


@given(st.lists(facts_in_force(), min_size=1, max_size=6), st.none() | AREAS)
def test_the_order_of_facts_does_not_change_the_answer(facts: list[OwnershipRecord], area: Area | None) -> None:
    one, other = judged(asset(*facts), area=area), judged(asset(*reversed(facts)), area=area)
    assert type(one) is type(other)
    assert {owner_of(each) for each in named_by(one)} == {owner_of(each) for each in named_by(other)}


class TestWhatPeopleClaim:
    """A claim in Slack is a voice of its own: it never moves ownership silently."""

    def test_a_claim_of_what_nobody_owns_is_the_owner(self) -> None:
        said = judged(asset(fact(SEARCH, source="slack", is_human=True)))
        assert isinstance(said, Owned)
        assert [holding.name for holding in said.owners] == ["Search"]

    def test_two_claims_of_different_teams_are_a_dispute(self) -> None:
        said = judged(asset(fact(SEARCH, source="slack", is_human=True), fact(PAYMENTS, source="slack", is_human=True)))
        assert isinstance(said, Disputed)
        assert {holding.name for holding in said.claims} == {"Search", "Payments"}

    def test_a_claim_against_an_inherited_owner_is_a_dispute(self) -> None:
        catalog = Catalog()
        catalog.assets[2] = asset(fact(PAYMENTS), id=2, name="shop")
        said = judged(asset(fact(SEARCH, source="slack", is_human=True), parent_id=2), catalog)
        assert isinstance(said, Disputed)
        assert [holding.name for holding in said.claims] == ["Search", "Payments"]

    def test_a_claim_by_the_inherited_owner_settles_it(self) -> None:
        catalog = Catalog()
        catalog.assets[2] = asset(fact(PAYMENTS), id=2, name="shop")
        said = judged(asset(fact(PAYMENTS, source="slack", is_human=True), parent_id=2), catalog)
        assert isinstance(said, Owned)
        assert {holding.name for holding in said.owners} == {"Payments"}

    @pytest.mark.parametrize("gone", [DISSOLVED, DESERTED, GONE])
    def test_the_gone_do_not_contest_a_claim(self, gone: int) -> None:
        said = judged(asset(fact(gone), fact(SEARCH, source="slack", is_human=True)))
        assert isinstance(said, Owned)
        assert [holding.name for holding in said.owners] == ["Search"]

    def test_a_claim_by_the_gone_contests_nobody(self) -> None:
        said = judged(asset(fact(PAYMENTS), fact(DISSOLVED, source="slack", is_human=True)))
        assert isinstance(said, Owned)
        assert [holding.name for holding in said.owners] == ["Payments"]

    @pytest.mark.parametrize(
        ("subject", "areas"),
        [
            (asset(), (Area.ALL,)),
            (asset(fact(PAYMENTS)), (Area.ALL,)),
            (asset(fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE)), (Area.APPLICATION,)),
            (asset(fact(PLATFORM, Area.DATABASE)), (Area.ALL,)),
            (asset(fact(PAYMENTS, Area.CI_CD), fact(PLATFORM, Area.CI_CD, source="other")), (Area.CI_CD,)),
        ],
    )
    def test_what_is_claimed_is_what_the_answer_names_an_owner_for(
        self, subject: AssetRecord, areas: tuple[Area, ...]
    ) -> None:
        assert claimed_areas(judged(subject)) == areas
