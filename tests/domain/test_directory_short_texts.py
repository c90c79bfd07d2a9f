"""What people write in few words: an outage, a part of what is named first; and what is offered in the end."""

from __future__ import annotations

import pytest

from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.directory import Directory, Match, Nearest, Several
from bot.domain.records import AssetRecord, OwnershipRecord
from tests.domain.directory_assets import NOON, answer, asset


def _owned(area: Area, team_id: int) -> OwnershipRecord:
    return OwnershipRecord(area=area, role=Role.OWNER, team_id=team_id, valid_from=NOON)


_CATALOG = [
    *(asset("sso"), asset("vpn"), asset("dunning"), asset("search"), asset("airflow"), asset("mail-relay")),
    *(asset("ws-gateway"), asset("hub"), asset("ledger")),
    asset("crm-sync", facts=(_owned(Area.ALL, 1), _owned(Area.DATABASE, 2), _owned(Area.MONITORING, 3))),
    asset("topology-db", AssetKind.DATABASE),
]


def _name(directory: Directory, asset_id: int) -> str:
    held = directory.get(asset_id)
    return held.name if held is not None else ""


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sso down", "sso"),
        ("sso down???", "sso"),
        ("VPN DOWN!!!", "vpn"),
        ("the vpn down again", "vpn"),
        ("dunning stuck", "dunning"),
        ("search broken?", "search"),
        ("search is unavailable right now", "search"),
    ],
)
def test_a_name_with_a_word_for_trouble_and_no_more_is_in_trouble(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


@pytest.mark.parametrize(
    "text",
    ["search up", "let's break search down", "slow search party", "put the search down", "sso", "a dead vpn wire"],
)
def test_other_short_texts_are_as_before(directory: Directory, text: str) -> None:
    assert answer(directory, text) == ("sso" if text == "sso" else "")


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("crm-sync - who owns the database?", Area.DATABASE),
        ("crm-sync, who owns its database?", Area.DATABASE),
        ("crm-sync: who looks after the monitoring?", Area.MONITORING),
    ],
)
def test_a_part_is_one_of_what_is_named_before(directory: Directory, text: str, area: Area) -> None:
    found = directory.resolve(text)
    assert isinstance(found, Match)
    assert (_name(directory, found.asset_id), found.area) == ("crm-sync", area)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ERROR [ws-gateway] websocket closed 1006", "ws-gateway"),
        ("2026-11-30 03:00:01 ERROR [ws-gateway] connection closed by peer", "ws-gateway"),
        ("[RESOLVED] ERROR ws-gateway: connection closed", ""),
        ("[ws-gateway] alert closed", ""),
        ("[ws-gateway] ticket CLOSED", ""),
    ],
)
def test_a_connection_that_is_closed_is_no_alert_that_is(directory: Directory, text: str, name: str) -> None:
    assert answer(directory, text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mail-relay: who can whitelist an IP?", "mail-relay"),
        ("airflow dags are all stuck in queued, who can help?", "airflow"),
        ("question about mail-relay: whom do I ask for a certificate of employment?", "mail-relay"),
    ],
)
def test_what_is_asked_back_offers_the_names_that_stand_in_the_text(directory: Directory, text: str, name: str) -> None:
    found = directory.resolve(text)
    if isinstance(found, Nearest):
        assert _name(directory, found.candidates[0].asset_id) == name
    else:
        assert answer(directory, text) == name


def test_the_part_of_what_is_named_is_asked_for_whatever_the_part_is_called() -> None:
    hub = asset("roaming-hub")
    directory = Directory.build([hub, asset("charging-cache", AssetKind.CACHE, parent_id=hub.id), asset("meter-cache")])
    for text in ("the cache behind roaming-hub", "roaming-hub's cache", "cache of roaming-hub"):
        assert answer(directory, text) == "charging-cache", text
    assert answer(directory, "a meter cache would be nice") == ""


@pytest.mark.parametrize("place", ["", " in production", " on prod", " in staging"])
def test_where_something_runs_says_no_more_than_its_name(place: str) -> None:
    doors = [
        AssetRecord(id=1, kind=AssetKind.SERVICE, name="door"),
        AssetRecord(id=2, kind=AssetKind.DATABASE, name="door"),
        AssetRecord(id=3, kind=AssetKind.SERVICE, name="lift"),
    ]
    directory = Directory.build(doors)
    [lift, database, several] = [directory.resolve(f"the {text}{place}") for text in ("lift", "door database", "door")]
    assert isinstance(lift, Match)
    assert isinstance(database, Match)
    assert (lift.asset_id, database.asset_id) == (3, 2)
    assert isinstance(several, Several)
    assert {one.asset_id for one in several.candidates} == {1, 2}
    assert isinstance(directory.resolve(f"we took the lift{place}"), Nearest)
