"""What is in a handoff already, and so in no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.catalog import Area
from bot.domain.ownership import all_taken_by, taken_by
from bot.domain.records import AssetRecord, HandoffRecord, HandoffStage, OpenMatters
from bot.samples.catalog import PAYMENTS, PLATFORM, SEARCH, Catalog, fact
from tests.domain.test_ownership import asset


def offered(*areas: Area, number: int = 7, stage: HandoffStage = HandoffStage.OFFERED) -> OpenMatters:
    return OpenMatters(handoffs=tuple(HandoffRecord(number, area, PLATFORM, PAYMENTS, stage) for area in areas))


def number_of(*assets: AssetRecord, giver: int = PLATFORM, to: tuple[int, ...] | None = None) -> int | None:
    catalog = Catalog()
    catalog.assets |= {each.id: each for each in assets}
    found = all_taken_by(assets, catalog, giver_id=giver, to=to)
    return found.number if found is not None else None


@pytest.mark.parametrize("stage", [HandoffStage.ASKED, HandoffStage.OFFERED, HandoffStage.AGREED])
def test_it_is_taken_where_all_that_the_giver_owns_of_it_is(stage: HandoffStage) -> None:
    split = asset(fact(PLATFORM, Area.DATABASE), fact(PLATFORM, Area.MONITORING), fact(PAYMENTS, Area.APPLICATION))
    assert number_of(split) is None
    assert number_of(replace(split, matters=offered(Area.DATABASE, stage=stage))) is None, "the rest can go"
    both = replace(split, matters=offered(Area.DATABASE, Area.MONITORING, stage=stage))
    assert number_of(both) == 7
    assert number_of(both, giver=PAYMENTS) is None, "what the other team has is free"
    assert number_of(both, giver=SEARCH) is None, "it has nothing"
    other = asset(fact(PLATFORM), id=2)
    assert number_of(both, other) is None, "one of several can go"


def test_what_is_lent_goes_to_its_lender_alone() -> None:
    lent = replace(asset(fact(PAYMENTS)), matters=offered(Area.ALL, stage=HandoffStage.LENT))
    assert number_of(lent, giver=PAYMENTS) == number_of(lent, giver=PAYMENTS, to=(SEARCH,)) == 7
    assert number_of(lent, giver=PAYMENTS, to=(PLATFORM,)) is None
    returned = replace(lent, facts=(fact(PLATFORM),))
    assert number_of(returned) is None, "the borrower has it no longer"


def test_a_part_is_lent_with_the_whole_and_offered_by_itself() -> None:
    whole = replace(asset(fact(PAYMENTS), id=1), matters=offered(Area.ALL, stage=HandoffStage.LENT))
    part, catalog = asset(id=2, parent_id=1), Catalog()
    catalog.assets |= {1: whole, 2: part}
    assert all_taken_by([part], catalog, giver_id=PAYMENTS) is not None
    assert taken_by(part, catalog, Area.DATABASE, giver_id=PAYMENTS) is not None
    catalog.assets[1] = replace(whole, facts=(fact(PLATFORM),), matters=offered(Area.ALL))
    assert all_taken_by([part], catalog, giver_id=PLATFORM) is None
