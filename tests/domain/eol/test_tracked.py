"""What of sightings is recorded: everything that was looked for, and of a bill of materials what ages."""

from __future__ import annotations

from typing import Any

import pytest

from bot.clients.eol import starter
from bot.domain.catalog import Origin
from bot.domain.eol import Table
from bot.domain.eol.tracked import evidence
from bot.domain.inventory.scans import How, Sighting


@pytest.fixture(scope="module")
def table() -> Table:
    return starter.load()


def sighting(product: str, version: str = "1", *, how: How = How.SBOM, **more: Any) -> Sighting:
    return Sighting(product=product, version=version, how=how, origin=Origin("bom.json"), **more)


@pytest.mark.parametrize(
    ("seen", "product"),
    [
        (sighting("debian", "11"), "debian"),
        (sighting("Node", "18"), "nodejs"),
        (sighting("anything", purl="pkg:pypi/django@3.2"), "django"),
        (sighting("anything", cpe="cpe:2.3:a:postgresql:postgresql:11.22:*:*:*:*:*:*:*"), "postgresql"),
        (sighting("x", purl="pkg:npm/x@1", cpe="cpe:2.3:a:postgresql:postgresql:11.22"), "postgresql"),
        (sighting("postgresql", purl="pkg:oci/postgres", address="postgres:11"), "postgresql"),
        (sighting("redis", purl="pkg:npm/redis@4.6.0"), None),
        (sighting("django", purl="pkg:npm/django@1"), None),
        (sighting("left-pad", purl="pkg:npm/left-pad@1"), None),
        (sighting("postgre", "11"), None),
        (sighting("acme/checkout", address="registry.example.test/acme/checkout:1"), None),
        (sighting("java", "11"), None),
    ],
)
def test_a_component_counts_where_it_is_exactly_a_product(table: Table, seen: Sighting, product: str | None) -> None:
    found = evidence([seen], table)
    assert [one.product for one in found.seen] == ([] if product is None else [product])
    assert found.left_out == (product is None)


def test_what_was_looked_for_is_recorded_whatever_it_is(table: Table) -> None:
    seen = sighting(
        "acme/checkout",
        "1.2",
        how=How.IMAGE,
        environment="staging",
        provider="",
        address="acme/checkout:1.2",
        has_extended_support=True,
    )
    [found] = evidence([seen], table).seen
    assert found.key == ("acme/checkout", "1.2", "", "staging")
    assert found.details == ("image", "acme/checkout:1.2", True)
