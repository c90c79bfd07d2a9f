"""What only the address of a link names: the page of a thing, and not the part of a site that is called like one."""

from __future__ import annotations

import pytest

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory
from tests.domain.directory_assets import asset

_CATALOG = [
    asset("payments-db", AssetKind.DATABASE),
    asset("checkout"),
    asset("incidents"),
    asset("archives"),
    asset("acme/payments-db", AssetKind.REPOSITORY, addresses=("https://github.com/acme/payments-db",)),
]


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.build(_CATALOG)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<https://app.datadoghq.com/apm/services/checkout/operations?env=prod|View>", ["checkout"]),
        ("<https://app.datadoghq.com/apm/services/payments-db/operations|View>", ["payments-db"]),
        ("<https://grafana.example.test/d/a1b2/checkout|this>", ["checkout"]),
        ("https://grafana.example.test/d/a1/x?var-service=checkout&amp;from=now", ["checkout"]),
        (
            "https://eu.console.aws.amazon.com/rds/home?region=eu#database:id=payments-db;is-cluster=false",
            ["payments-db"],
        ),
        ("https://wiki.example.test/runbooks/Payments%2DDB", ["payments-db"]),
        ("https://acme.pagerduty.example.test/incidents/Q1ABC", []),
        ("https://acme.slack.com/archives/C0123/p1700000000", []),
        ("https://github.com/somebody-else/checkout/pull/7", []),
        ("https://checkout.example.test", []),
        ("checkout and payments-db", []),
    ],
)
def test_what_the_address_of_a_link_names(directory: Directory, text: str, names: list[str]) -> None:
    found = [directory.get(each.asset_id) for each in directory.named_in_links(text)]
    assert [each.name for each in found if each is not None] == names
