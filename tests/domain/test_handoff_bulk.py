"""Many handoffs at once: how they are grouped, and what their receivers would have."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.catalog import Area, AssetKind
from bot.domain.handoff.bulk import BulkItem, BulkLine, Peers, grouped, loads, system_of
from bot.domain.handoff.handoffs import MOST_RESOURCES
from bot.domain.records import AssetRecord, TeamRecord

DEVOPS, CHECKOUT, SEARCH = (TeamRecord(id=n, name=name) for n, name in enumerate(("devops", "checkout", "search"), 1))
LINE = BulkLine(number=1, asset="x", giver="devops", receiver="checkout")


def asset(
    number: int, kind: AssetKind = AssetKind.SERVICE, *, parent: int | None = None, tier: int | None = None
) -> AssetRecord:
    return AssetRecord(
        id=number, own_ref=f"{kind}:{number}", name=f"a{number:03}", kind=kind, parent_id=parent, tier=tier
    )


SHOP, DOMAIN = asset(1, AssetKind.SYSTEM, parent=3), asset(3, AssetKind.OTHER)
CATALOG = {
    each.id: each for each in (SHOP, DOMAIN, asset(2, parent=1), asset(4, parent=2), asset(5, parent=3), asset(6))
}


def item(thing: AssetRecord, to: TeamRecord = CHECKOUT, area: Area = Area.ALL) -> BulkItem:
    return BulkItem(LINE, thing, area, DEVOPS, to)


def test_a_system_is_found_above_and_else_what_is_topmost() -> None:
    found = {number: system_of(each, CATALOG.get) for number, each in CATALOG.items()}
    assert found == {1: SHOP, 2: SHOP, 4: SHOP, 5: DOMAIN, 6: None, 3: None}


def test_a_circle_of_parents_ends() -> None:
    circle = {1: asset(1, parent=2), 2: asset(2, parent=1)}
    assert system_of(circle[1], circle.get) in circle.values()


def test_groups_are_of_one_giver_receiver_and_system_and_none_is_too_large() -> None:
    parts = {number: asset(number, parent=1) for number in range(100, 100 + MOST_RESOURCES + 1)}
    items = [*map(item, parts.values()), item(CATALOG[6]), item(CATALOG[4], SEARCH), item(CATALOG[5])]
    found = grouped(items, (CATALOG | parts).get)
    shapes = [(each.receiver.name, each.system.name if each.system else "", len(each.items)) for each in found]
    assert shapes == [
        ("checkout", "a001", MOST_RESOURCES),
        ("checkout", "a001", 1),
        ("checkout", "a003", 1),
        ("checkout", "", 1),
        ("search", "a001", 1),
    ]
    assert sorted(id(one) for group in found for one in group.items) == sorted(map(id, items))


def test_the_load_counts_each_asset_once_now_and_then() -> None:
    first, second = asset(10, tier=1), asset(11, tier=1)
    items = [item(first, area=Area.DATABASE), item(first, area=Area.NETWORKING), item(second, SEARCH)]
    owned = {CHECKOUT.id: [second], SEARCH.id: [second]}
    found = loads(items, teams=(), people_of=lambda team: team.id, owned_by=lambda team: owned[team.id])
    assert [(each.team, each.people, each.assets_now, each.assets_then, each.tier_one) for each in found] == [
        (CHECKOUT, 2, 1, 2, 2),
        (SEARCH, 3, 1, 1, 1),
    ]


def test_the_load_is_held_against_the_median_of_the_other_teams_that_own_anything() -> None:
    peers = [TeamRecord(id=number, name=f"t{number}") for number in (31, 32, 33, 34)]
    owned = {31: 1, 32: 4, 33: 100, 34: 0, CHECKOUT.id: 3, SEARCH.id: 2}
    people = {31: 1, 32: 2, 33: 10, 34: 5, CHECKOUT.id: 1, SEARCH.id: 0}
    items = [item(asset(number)) for number in range(100, 110)]
    [load] = loads(
        items,
        teams=[*peers, CHECKOUT, SEARCH, DEVOPS],
        people_of=lambda team: people[team.id],
        owned_by=lambda team: [asset(number) for number in range(owned[team.id])],
    )
    assert load.peers == Peers(4, 3.0, 2.0), "its own and those of whoever owns nothing do not count"
    assert load.is_heavy, "13 for one person"
    assert not replace(load, people=4).is_heavy
    assert not replace(load, peers=None).is_heavy, "there is nothing to hold it against"
