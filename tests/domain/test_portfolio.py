"""Who has what: lists that agree with the verdicts, whatever the catalog."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Area, AssetKind, PathRule, Role
from bot.domain.ownership import Owned, verdict
from bot.domain.portfolio import Gap, Portfolio, areas_of, gap_of, page_of
from bot.domain.records import AssetRecord
from bot.samples.catalog import ADA, DISSOLVED, HALF_A_YEAR, LONG_AGO, NOW, PAYMENTS, PLATFORM, SEARCH, Catalog, fact
from tests.domain.test_ownership import asset


def gathered(*assets: AssetRecord, catalog: Catalog | None = None) -> Portfolio:
    catalog = catalog or Catalog()
    portfolio = Portfolio(catalog.asset, stale_after=HALF_A_YEAR)
    for each in assets:
        catalog.assets[each.id] = each
    for _ in portfolio.fill(verdict(each, catalog, now=NOW, stale_after=HALF_A_YEAR) for each in assets):
        pass
    return portfolio


def test_each_gap_is_in_its_list() -> None:
    portfolio = gathered(
        asset(id=1, name="lost"),
        asset(fact(DISSOLVED), id=2, name="left"),
        asset(fact(PAYMENTS), fact(PLATFORM, source="other"), id=3, name="torn"),
        asset(fact(SEARCH), id=4, name="narrow"),
        asset(fact(PAYMENTS), id=5, name="fine"),
        asset(id=6, name="nobody's", unowned_reason="A sandbox."),
    )
    assert portfolio.gaps == {1: Gap.UNOWNED, 2: Gap.ORPHANED, 3: Gap.DISPUTED, 4: Gap.ONE_PERSON}
    assert [[*each] for each in (portfolio.unowned, portfolio.orphaned, portfolio.disputed)] == [[1], [2], [3]]
    assert portfolio.of_team(PAYMENTS).owned == (5, 3)
    assert portfolio.of_team(PAYMENTS).gaps == (3,)
    assert portfolio.of_team(PLATFORM).owned == (3,)


def test_what_has_not_been_confirmed_for_long_is_a_gap() -> None:
    catalog = Catalog(read_at=LONG_AGO)
    assert gathered(asset(fact(PAYMENTS)), catalog=catalog).gaps == {1: Gap.STALE}


def test_helping_is_not_owning_and_mine_is_not_my_teams() -> None:
    portfolio = gathered(
        asset(fact(PAYMENTS), fact(PLATFORM, role=Role.SECONDARY), id=1, name="one"),
        asset(fact(PLATFORM), fact(PLATFORM, Area.DATABASE, Role.SECONDARY), id=2, name="two"),
        asset(fact(ADA), id=3, name="three"),
    )
    assert portfolio.of_team(PLATFORM).owned == (2,)
    assert portfolio.of_team(PLATFORM).helped == (1,)
    assert portfolio.of_person(ADA).owned == (3,)
    assert portfolio.of_team(999).owned == ()


def test_what_is_owned_in_part_is_told_by_its_areas() -> None:
    split = asset(
        fact(PAYMENTS),
        fact(PLATFORM, Area.NETWORKING),
        fact(PLATFORM, Area.DATABASE),
        fact(PLATFORM, Area.SECURITY, Role.SECONDARY),
        fact(ADA, Area.MONITORING),
    )
    said = verdict(split, Catalog(), now=NOW, stale_after=HALF_A_YEAR)
    assert areas_of(said, (True, PLATFORM)) == (Area.DATABASE, Area.NETWORKING)
    assert areas_of(said, (True, PAYMENTS)) == ()
    assert areas_of(said, (False, ADA)) == (Area.MONITORING,)


def test_the_order_is_tier_then_name_and_paths_last() -> None:
    rule = PathRule("acme/shop", "/docs/", 0)
    portfolio = gathered(
        asset(fact(PAYMENTS), id=1, name="b"),
        asset(fact(PAYMENTS), id=2, name="A"),
        asset(fact(PAYMENTS), id=3, name="z", tier=1),
        AssetRecord(id=4, kind=AssetKind.PATH, name="a", tier=1, facts=(fact(PAYMENTS),), path_rule=rule),
    )
    assert portfolio.of_team(PAYMENTS).owned == (3, 2, 1, 4)


owners = st.sampled_from([ADA, PAYMENTS, PLATFORM, SEARCH, DISSOLVED])
facts = st.builds(
    fact,
    owners,
    st.sampled_from([Area.ALL, Area.APPLICATION, Area.DATABASE]),
    st.sampled_from(list(Role)),
    source=st.sampled_from(["files", "other"]),
)


@given(st.lists(st.lists(facts, max_size=4), max_size=8))
def test_every_asset_is_accounted_for(everything: list[list]) -> None:  # type: ignore[type-arg]
    assets = [asset(*held, id=number, name=f"n{number}") for number, held in enumerate(everything, start=1)]
    catalog = Catalog(assets={each.id: each for each in assets})
    portfolio = gathered(*assets, catalog=catalog)
    for each in assets:
        said = verdict(each, catalog, now=NOW, stale_after=HALF_A_YEAR)
        assert portfolio.gaps.get(each.id) == gap_of(said)
        if isinstance(said, Owned):
            for holding in said.owners:
                fact_ = holding.fact
                share = portfolio.of_team(fact_.team_id) if fact_.team_id else portfolio.of_person(fact_.person_id or 0)
                assert each.id in share.owned
    for share in (portfolio.of_person(ADA), *map(portfolio.of_team, (PAYMENTS, PLATFORM, SEARCH, DISSOLVED))):
        assert not set(share.owned) & set(share.helped)
        assert set(share.gaps) <= {*share.owned, *share.helped}


@given(st.lists(st.integers(), max_size=60, unique=True), st.integers(), st.integers(min_value=1, max_value=20))
def test_pages_cover_a_list_once(ids: list[int], number: int, size: int) -> None:
    shown, at, count = page_of(ids, number, size=size)
    assert 0 <= at < count
    assert len(shown) <= size
    assert [each for page in range(count) for each in page_of(ids, page, size=size)[0]] == ids
    assert not ids or shown
