"""Which assets a message names: nothing guessed, quoted names first."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory
from tests.domain.directory_assets import asset

_CATALOG = [
    asset("payments-db", AssetKind.DATABASE, addresses=("payments.db.example.com",)),
    asset("checkout"),
    asset("grafana"),
    asset("api"),
    asset("web", AssetKind.WEBSITE),
    asset("on-call"),
    asset("who-am-i"),
    asset("search", AssetKind.DATABASE),
    asset("search", AssetKind.SERVICE),
    asset("acme/shop", AssetKind.REPOSITORY, addresses=("https://git.example.com/acme/shop",)),
    asset("label-printer"),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the payments-db is down since the deploy", ["payments-db"]),
        ("payments db and label printer are both slow", ["payments-db", "label-printer"]),
        ("grafana shows nothing for `api`", ["api", "grafana"]),
        ("our api on the web is slow and who is on call", []),
        ("the api service is slow", ["api"]),
        (
            "see https://git.example.com/acme/shop/pull/7 and payments.db.example.com",
            ["acme/shop", "payments.db.example.com"],
        ),
        ("is the search service slow, or search itself?", ["search"]),
        ("paymnets-db is misspelt", []),
        ("who-am-i?", ["who-am-i"]),
        ("cpu{app=checkout,env=prod} > 0.9", ["checkout"]),
        ("env:prod,service:search,kube_deployment:label-printer", ["search", "label-printer"]),
        ('{job="checkout"} https://metrics.example.com/?app=label-printer', ["checkout"]),
        ("the deploy of checkout is stuck", ["checkout"]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_assets_are_found_in_a_message(directory: Directory, text: str, names: list[str]) -> None:
    found = directory.mentioned(text)
    known = [directory.get(match.asset_id) for match in found]
    wanted = {"payments.db.example.com": "payments-db"}
    assert [one.name for one in known if one is not None] == [wanted.get(name, name) for name in names]


def test_an_asset_counts_once_and_the_limit_holds(directory: Directory) -> None:
    assert len(directory.mentioned("payments-db payments_db PaymentsDb")) == 1
    assert len(directory.mentioned("payments-db label-printer grafana", limit=2)) == 2


def test_no_name_reaches_from_one_piece_of_a_message_into_the_next(directory: Directory) -> None:
    assert directory.mentioned("label", "printer") == ()
    assert len(directory.mentioned("nothing", "label printer", "checkout")) == 2


def test_a_long_message_is_read_up_to_its_bound_over_all_pieces(directory: Directory) -> None:
    assert len(directory.mentioned("x " * 900, "checkout")) == 1
    assert directory.mentioned("x" * 9_000, "checkout") == ()
    assert directory.mentioned("x " * 700, "y " * 700, "checkout") == ()
