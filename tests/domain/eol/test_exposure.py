"""Whom reminders go to, and what is grouped with what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.catalog import Area, AssetKind
from bot.domain.eol import (
    AmbiguousVersion,
    Cycle,
    InCycle,
    Product,
    Table,
    Undated,
    UnknownProduct,
    UntrackedOld,
    match,
)
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import Exposure, MatchedDeployment, certain_of
from bot.domain.eol.responsibility import Addressee, Responsible, responsible_for
from bot.domain.inventory.deployments import Deployment, Observed, Pin
from bot.domain.records import AssetRecord
from bot.samples.catalog import ADA, DESERTED, DISSOLVED, HALF_A_YEAR, NOW, PAYMENTS, PLATFORM, SEARCH, Catalog, fact

TODAY = date(2026, 3, 3)
TABLE = Table(
    [
        Product(
            key="postgresql",
            label="PostgreSQL",
            cycles=(
                Cycle(name="16", eol=date(2028, 11, 9)),
                Cycle(name="11", eol=date(2023, 11, 9)),
                Cycle(name="9.6", eol=date(2021, 11, 11)),
                Cycle(name="9.5", eol=date(2021, 2, 11)),
            ),
        ),
        Product(key="kubernetes", cycles=(Cycle(name="1.33", eoas=date(2026, 4, 28), eol=date(2026, 6, 28)),)),
    ]
)


def asset(number: int, *facts: Any, kind: AssetKind = AssetKind.DATABASE, **more: Any) -> AssetRecord:
    return AssetRecord(id=number, kind=kind, name=f"a{number}", facts=facts, **more)


def runs(asset_id: int, product: str = "postgresql", version: str = "11.22", **more: Any) -> tuple[int, Deployment]:
    observed = Observed(product=product, version=version, first_seen_at=NOW, recorded_at=NOW, **more)
    return asset_id, Deployment(asset_id * 100 + len(version), observed)


def filled(exposure: Exposure, *deployments: tuple[int, Deployment]) -> Exposure:
    for asset_id, each in deployments:
        exposure.put(asset_id, each)
    for _ in exposure.fill():
        pass
    return exposure


def watched(
    assets: list[AssetRecord], *deployments: tuple[int, Deployment], pins: dict[Any, Pin] | None = None
) -> Exposure:
    catalog = Catalog({each.id: each for each in assets})
    made = Exposure(TABLE, catalog, now=NOW, stale_after=HALF_A_YEAR, pins=pins or {}, today_of=lambda _: TODAY)
    return filled(made, *deployments)


@pytest.mark.parametrize(
    ("facts", "kind", "key"),
    [
        ((fact(PAYMENTS),), AssetKind.DATABASE, f"team:{PAYMENTS}"),
        ((fact(PAYMENTS), fact(PLATFORM, Area.DATABASE)), AssetKind.DATABASE, f"team:{PLATFORM}"),
        ((fact(PAYMENTS), fact(PLATFORM, Area.DATABASE)), AssetKind.SERVICE, f"team:{PAYMENTS}"),
        ((fact(PLATFORM, Area.DATABASE),), AssetKind.SERVICE, f"team:{PLATFORM}"),
        ((fact(PAYMENTS, Area.APPLICATION),), AssetKind.DATABASE, f"team:{PAYMENTS}"),
        ((fact(ADA),), AssetKind.SERVICE, f"person:{ADA}"),
        ((fact(DISSOLVED), fact(SEARCH, Area.MONITORING)), AssetKind.SERVICE, "nobody"),
        ((fact(DESERTED),), AssetKind.SERVICE, "nobody"),
        ((), AssetKind.DATABASE, "nobody"),
    ],
)
def test_reminders_go_to_the_living_owner_of_what_ages(facts: tuple[Any, ...], kind: AssetKind, key: str) -> None:
    one = asset(1, *facts, kind=kind)
    found = responsible_for(one, Catalog({1: one}), now=NOW, stale_after=HALF_A_YEAR)
    assert found.addressee.key == key


def test_who_owns_the_other_areas_is_named() -> None:
    one = asset(1, fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE))
    found = responsible_for(one, Catalog({1: one}), now=NOW, stale_after=HALF_A_YEAR)
    assert found.others == ((Area.APPLICATION, "Payments"),)


def test_a_dispute_is_said_and_still_reaches_somebody() -> None:
    one = asset(1, fact(PAYMENTS), fact(SEARCH, source="other"))
    found = responsible_for(one, Catalog({1: one}), now=NOW, stale_after=HALF_A_YEAR)
    assert found.is_disputed
    assert found.addressee.team is not None


@pytest.mark.parametrize("claimed_in_slack", [True, False])
def test_a_claim_takes_no_reminders_away_from_whoever_was_named_first(claimed_in_slack: bool) -> None:
    claim = fact(SEARCH, source="slack", is_human=claimed_in_slack, valid_from=NOW)
    for facts in ((fact(PAYMENTS), claim), (claim, fact(PAYMENTS))):
        one = asset(1, *facts)
        found = responsible_for(one, Catalog({1: one}), now=NOW, stale_after=HALF_A_YEAR)
        assert (found.is_disputed, found.addressee.key) == (True, f"team:{PAYMENTS}")


def test_what_a_team_has_of_one_cycle_is_one_watch_by_tier_and_name() -> None:
    assets = [asset(1, fact(PAYMENTS), tier=3), asset(2, fact(PAYMENTS), tier=1), asset(3, fact(SEARCH))]
    found = watched(assets, runs(1), runs(2, version="11.5"), runs(3))
    mine = found.by_key[f"team:{PAYMENTS}", "postgresql", "11", "eol"]
    assert [one.asset.id for one in mine.runs] == [2, 1]
    assert mine.tier == 1
    assert [len(watches) for watches in found.by_addressee.values()] == [1, 1]


def test_the_end_of_active_support_is_a_watch_of_its_own() -> None:
    found = watched([asset(1, fact(PAYMENTS), kind=AssetKind.CLUSTER)], runs(1, "kubernetes", "1.33.2"))
    assert [watch.deadline.kind.value for watch in found.by_addressee[f"team:{PAYMENTS}"]] == ["eoas", "eol"]


def test_a_new_day_asks_only_about_whoever_has_something_that_counts_by_it() -> None:
    kubernetes, database = asset(1, fact(PAYMENTS), kind=AssetKind.CLUSTER), asset(2, fact(SEARCH))
    found = watched([kubernetes, database], runs(1, "kubernetes", "1.33.2"), runs(2))
    asked: list[str] = []

    def day(number: int, *over: int) -> list[str]:
        def today_of(addressee: Addressee) -> date:
            asked.append(addressee.key)
            return date(2026, 4, number)

        for _ in found.next_day(today_of, [date(2026, 4, each) for each in over]):
            pass
        return [watch.deadline.kind.value for watch in found.by_addressee[f"team:{PAYMENTS}"]]

    assert day(28, *range(1, 28)) == ["eoas", "eol"]
    assert asked == []
    assert day(29, 28) == ["eol"]
    assert {*asked} == {f"team:{PAYMENTS}"}


def test_what_is_not_sure_is_never_watched_as_known() -> None:
    found = watched(
        [asset(1, fact(PAYMENTS))], runs(1, version="9"), runs(1, "mystery", "1.0"), runs(1, version="12.3")
    )
    assert found.by_key == {}
    assert len(found.unsure[f"team:{PAYMENTS}"]) == 3


def test_a_pin_decides_for_these_words_only() -> None:
    pin = Pin(
        id=1, asset_id=1, product="postgresql", version="9", provider="",
        pinned_product="postgresql", pinned_cycle="9.6", person_id=ADA, at=NOW,
    )  # fmt: skip
    pins = {(1, "postgresql", "9", ""): pin}
    found = watched([asset(1, fact(PAYMENTS))], runs(1, version="9"), pins=pins)
    [running] = found.by_asset[1]
    assert isinstance(running.matched, InCycle)
    assert running.matched.cycle.name == "9.6"
    assert running.pin == pin
    moved = watched([asset(1, fact(PAYMENTS))], runs(1, version="16.1"), pins=pins)
    assert [watch.cycle.name for watch in moved.by_key.values()] == ["16"]


def test_a_pin_to_a_cycle_that_is_gone_decides_nothing() -> None:
    pin = Pin(
        id=1, asset_id=1, product="postgresql", version="9", provider="",
        pinned_product="postgresql", pinned_cycle="9.7", person_id=ADA, at=NOW - timedelta(1),
    )  # fmt: skip
    found = watched([asset(1, fact(PAYMENTS))], runs(1, version="9"), pins={(1, "postgresql", "9", ""): pin})
    assert found.by_key == {}


RELEASED = {"3": date(2025, 6, 1), "2": date(2022, 6, 1), "1": date(2018, 6, 1)}


def aged(eol: date | Undated, *names: str) -> Table:
    """A product whose lowest cycle ends so, the others on no day that is announced."""
    newer = (Cycle(name=each, released=RELEASED.get(each), eol=Undated.OPEN) for each in names[:-1])
    lowest = Cycle(name=names[-1], label=f"{names[-1]} LTS", released=RELEASED.get(names[-1]), eol=eol)
    return Table([Product(key="widget", cycles=(*newer, lowest))])


@pytest.mark.parametrize(
    ("table", "is_over"),
    [
        (aged(date(2021, 1, 1), "3", "2", "1"), True),
        (aged(Undated.ENDED, "3", "2", "1"), True),
        (aged(date(2024, 9, 1), "3", "2", "1"), False),  # a long-term release before it may have gone on
        (aged(Undated.OPEN, "3", "2", "1"), False),
        (aged(date(2021, 1, 1), "2019", "2016", "1"), False),  # years and numbers do not compare
        (aged(Undated.ENDED, "2019", "2016", "2008"), False),  # 0.9 is no year
    ],
)
def test_what_is_older_than_all_that_have_long_ended_has_ended_too(table: Table, is_over: bool) -> None:
    found = match(table, product="widget", version="0.9")
    assert isinstance(found, UntrackedOld | AmbiguousVersion)
    certain = certain_of(found)
    assert (certain is not None) == is_over
    if certain is not None:
        assert (certain.cycle.eol, certain.cycle.label) == (Undated.ENDED, "older than 1 LTS")
        catalog = Catalog({1: asset(1, fact(PAYMENTS))})
        made = Exposure(table, catalog, now=NOW, stale_after=HALF_A_YEAR, today_of=lambda _: TODAY)
        [watch] = filled(made, runs(1, "widget", "0.9")).by_key.values()
        assert (watch.deadline.on, watch.cycle.name) == (LONG_AGO, "<1")


@pytest.mark.parametrize(
    ("version", "is_over"),
    [("1.3", False), ("v1.3", False), ("1.3.0", True), ("1.4", True), ("0", False), ("v0.0.0-dev", False)],
)
def test_no_number_that_lost_its_zero_and_no_version_that_was_never_set_is_older_than_all(
    version: str, is_over: bool
) -> None:
    found = match(aged(Undated.ENDED, "3", "2", "1.30", "1.18"), product="widget", version=version)
    assert not isinstance(found, InCycle)
    assert (certain_of(found) is not None) == is_over


def test_deployments_of_assets_that_are_gone_are_left_out() -> None:
    assert watched([], runs(1)).by_asset == {}


@pytest.mark.parametrize(
    ("product", "version", "goes_on"),
    [
        ("ubuntu", "18.04 with ESM", True),
        ("Windows Server", "2012 R2 + ESU", True),
        ("sles", "12 SP5 LTSS", True),
        ("centos", "7 ELS", True),
        ("Ubuntu Pro", "18.04", True),
        ("ubuntu", "18.04 LTS", None),
        ("windows", "10 Pro", None),
    ],
)
def test_support_that_is_named_beside_the_version_has_been_bought(
    product: str, version: str, goes_on: bool | None
) -> None:
    _, deployment = runs(1, product, version)
    one = MatchedDeployment(deployment, asset(1), UnknownProduct(suggestions=(), feed=""), Responsible(Addressee()))
    assert one.goes_on is goes_on
    _, told = runs(1, product, version, has_extended_support=False)
    assert replace(one, deployment=told).goes_on is False
