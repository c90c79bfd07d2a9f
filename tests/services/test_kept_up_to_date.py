"""What is kept up to date by what changes is what it would be if it were made anew."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Area, AssetKind, PathRule, Role
from bot.domain.eol.exposure import Exposure
from bot.domain.inventory.deployments import Deployment, Observed, Pin
from bot.domain.ownership import verdict
from bot.domain.portfolio import Portfolio
from bot.domain.records import AssetRecord
from bot.samples.catalog import ADA, DISSOLVED, GRACE, HALF_A_YEAR, NOW, PAYMENTS, PLATFORM, SEARCH, Catalog, fact
from bot.services.snapshot import Snapshot
from tests.conftest import examples
from tests.domain.eol.test_exposure import TABLE

TEAMS, PEOPLE, ASSETS = (PAYMENTS, PLATFORM, SEARCH, DISSOLVED), (ADA, GRACE), range(1, 7)
ZONES = ("", "Asia/Tokyo", "America/New_York")
#: Each runs PostgreSQL 11 to 16 or something that nobody knows.
VERSIONS = ("11.22", "13.2", "14.1", "16.1", "9")

facts = st.builds(
    fact,
    st.sampled_from([*TEAMS, *PEOPLE]),
    st.sampled_from([Area.ALL, Area.APPLICATION, Area.DATABASE]),
    st.sampled_from(list(Role)),
    source=st.sampled_from(["files", "other"]),
    is_human=st.booleans(),
)
assets = st.builds(
    lambda number, kind, facts, **rest: AssetRecord(
        id=number, own_ref=f"{kind}:a{number}", kind=kind, facts=tuple(facts), **rest
    ),
    st.sampled_from(ASSETS),
    st.sampled_from([AssetKind.DATABASE, AssetKind.SERVICE]),
    st.lists(facts, max_size=3),
    name=st.sampled_from(["b", "a", "zebra"]),
    tier=st.sampled_from([None, 1, 3]),
    parent_id=st.sampled_from([None, *ASSETS]),
    unowned_reason=st.sampled_from(["", "", "A sandbox."]),
    path_rule=st.sampled_from([None, None, PathRule("acme/shop", "/docs/", 0)]),
)
steps = st.one_of(
    st.tuples(st.just("asset"), assets),
    st.tuples(st.just("gone"), st.sampled_from(ASSETS)),
    st.tuples(st.just("team"), st.sampled_from(TEAMS), st.sampled_from(ZONES), st.booleans(), st.booleans()),
    st.tuples(st.just("person"), st.sampled_from(PEOPLE), st.booleans()),
    st.tuples(st.just("runs"), st.integers(1, 9), st.sampled_from(ASSETS), st.sampled_from(VERSIONS), st.booleans()),
    st.tuples(st.just("pin"), st.sampled_from(ASSETS), st.sampled_from(VERSIONS), st.sampled_from(["", "12", "16"])),
    st.tuples(st.just("days"), st.integers(1, 900)),
    st.tuples(st.just("look")),
)


class Process:
    """A catalog that changes, and what is kept up to date beside it."""

    def __init__(self) -> None:
        self.snapshot, self.today, self.looked_on = Snapshot(), NOW.date(), NOW.date()
        known = Catalog()
        self.snapshot.put_people(known.people.values())
        self.snapshot.put_teams(known.teams.values())
        self.deployments: dict[int, tuple[int, Deployment]] = {}
        self.pins: Mapping[Any, Pin] = {}
        self.position = asyncio.run(self.snapshot.follow_changes())
        self.portfolio, self.exposure = Portfolio(self.snapshot.asset, stale_after=HALF_A_YEAR), self.new_exposure()
        self.ran_on: set[int] = set()
        for number, owner in zip(ASSETS, (PAYMENTS, None, None, SEARCH, ADA, PLATFORM), strict=True):
            kind = AssetKind.DATABASE if number % 2 else AssetKind.SERVICE
            held = (fact(owner),) if owner is not None else ()
            # The second inherits from the first, and the third from the second.
            parent = number - 1 if number in (2, 3) else None
            self.do(
                (
                    "asset",
                    AssetRecord(id=number, own_ref=f"a:{number}", kind=kind, name="a", facts=held, parent_id=parent),
                )
            )
            self.do(("runs", number, number, VERSIONS[number % 5], False))
        self.look()

    def today_of(self) -> Any:
        # Those in Tokyo are a day ahead.
        day = self.today
        return lambda addressee: day + timedelta(1) if addressee.timezone == "Asia/Tokyo" else day

    def new_exposure(self) -> Exposure:
        return Exposure(
            TABLE, self.snapshot, now=NOW, stale_after=HALF_A_YEAR, today_of=self.today_of(), pins=self.pins
        )

    def do(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("asset", asset):
                self.snapshot.put_asset(asset)
            case ("gone", number):
                self.snapshot.remove_asset(number)
            case ("team", number, zone, is_gone, is_small):
                team = self.snapshot.team(number)
                assert team is not None
                members = (ADA,) if is_small else (ADA, GRACE)
                self.snapshot.put_teams([replace(team, timezone=zone, is_gone=is_gone, member_ids=members)])
            case ("person", number, is_active):
                person = self.snapshot.person(number)
                assert person is not None
                self.snapshot.put_people([replace(person, is_active=is_active)])
            case ("runs", number, asset_id, version, is_gone):
                known = self.deployments.pop(number, None)
                if known is not None:
                    self.ran_on.add(self.exposure.put(*known, is_gone=True))
                if not is_gone:
                    observed = Observed(
                        product="postgresql", version=version, has_extended_support=number % 2 == 0,
                        first_seen_at=NOW, recorded_at=NOW,
                    )  # fmt: skip
                    new = self.deployments[number] = asset_id, Deployment(number, observed)
                    self.ran_on.add(self.exposure.put(*new))
            case ("pin", asset_id, version, cycle):
                key = (asset_id, "postgresql", version, "")
                pin = Pin(
                    id=1, asset_id=asset_id, product="postgresql", version=version, provider="",
                    pinned_product="postgresql", pinned_cycle=cycle, person_id=ADA, at=NOW,
                )  # fmt: skip
                self.pins = {
                    **{each: held for each, held in self.pins.items() if each != key},
                    **({key: pin} if cycle else {}),
                }
                self.exposure.pins = self.pins
                self.ran_on.add(asset_id)
            case ("days", count):
                self.today += timedelta(count)
                self.look()
            case _:
                self.look()

    def look(self) -> None:
        """Bring everything up to date, and hold it against what is made anew."""
        # From the day before in New York to today in Tokyo.
        over = [self.looked_on + timedelta(number) for number in range((self.today - self.looked_on).days + 1)]
        _all(self.exposure.next_day(self.today_of(), over))
        self.looked_on = self.today
        affected = self.snapshot.changes.since(self.position)
        assert affected is not None
        self.position = self.snapshot.changes.position
        for asset_id in affected:
            asset = self.snapshot.asset(asset_id)
            if asset is None:
                self.portfolio.remove(asset_id)
            else:
                self.portfolio.put(verdict(asset, self.snapshot, now=NOW, stale_after=HALF_A_YEAR))
        _all(self.exposure.update(affected | self.ran_on))
        self.ran_on.clear()
        self.hold()

    def hold(self) -> None:
        fresh = self.new_exposure()
        for asset_id, deployment in self.deployments.values():
            fresh.put(asset_id, deployment)
        _all(fresh.fill())
        kept = self.exposure
        for name in ("by_asset", "by_key", "by_addressee", "unsure", "addressees", "running", "_assets_by"):
            assert getattr(kept, name) == getattr(fresh, name), name
        anew = Portfolio(self.snapshot.asset, stale_after=HALF_A_YEAR)
        present = [asset for each in ASSETS if (asset := self.snapshot.asset(each)) is not None]
        _all(anew.fill(verdict(each, self.snapshot, now=NOW, stale_after=HALF_A_YEAR) for each in present))
        assert self.portfolio.gaps == anew.gaps
        for name in ("unowned", "disputed", "orphaned"):
            assert [*getattr(self.portfolio, name)] == [*getattr(anew, name)], name
        assert [*map(self.portfolio.of_team, TEAMS)] == [*map(anew.of_team, TEAMS)]
        assert [*map(self.portfolio.of_person, PEOPLE)] == [*map(anew.of_person, PEOPLE)]


def _all(steps: Iterator[None]) -> None:
    for _ in steps:
        pass


@examples(50)
@given(st.lists(steps, max_size=12))
def test_whatever_changes(script: list[tuple[Any, ...]]) -> None:
    process = Process()
    for step in script:
        process.do(step)
    process.look()


def test_nobody_hears_of_what_was_before_they_began() -> None:
    snapshot = Snapshot()
    assert snapshot.changes.since(-1) is None
    position = asyncio.run(snapshot.follow_changes())
    assert snapshot.changes.since(position) == set()


async def test_what_changes_while_the_log_begins_is_found_by_its_new_owner_alone() -> None:
    snapshot = Snapshot()
    known = Catalog()
    snapshot.put_teams(known.teams.values())

    def asset(number: int, owner: Any) -> AssetRecord:
        return AssetRecord(id=number, own_ref=f"a:{number}", kind=AssetKind.SERVICE, name="a", facts=(fact(owner),))

    for number in (1, 2, 3):
        snapshot.put_asset(asset(number, PAYMENTS))

    def while_others_work() -> Iterator[AssetRecord]:
        for number in (1, 2, 3):
            held = snapshot.asset(number)
            if held is not None:
                yield held
            if number == 2:
                snapshot.put_asset(asset(1, SEARCH))
                snapshot.remove_asset(2)
                snapshot.put_asset(asset(3, SEARCH))

    position = await snapshot.changes.start(while_others_work)
    snapshot.put_teams([replace(known.teams[SEARCH], channel="C1")])
    assert snapshot.changes.since(position) == {1, 3}
    assert snapshot.changes.owners_since(position) == {f"team:{SEARCH}"}
    position = snapshot.changes.position
    snapshot.put_teams([replace(known.teams[PAYMENTS], channel="C2")])
    assert snapshot.changes.since(position) == set()
