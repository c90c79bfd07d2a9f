"""What of sightings is recorded: everything that was looked for, and of a bill of materials what ages."""

from __future__ import annotations

from typing import Any

import pytest

from bot.clients.eol import starter
from bot.domain.catalog import Origin
from bot.domain.eol import Table
from bot.domain.eol.tracked_sightings import evidence
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


def test_an_image_that_nobody_knows_is_the_organisations_own(table: Table) -> None:
    own = sighting("shop/web", "1.4", how=How.IMAGE, address="registry.acme.test/shop/web:1.4", is_known=False)
    found = evidence([own], table)
    assert (found.seen, found.left_out) == ((), 1)


def test_an_image_that_the_table_knows_counts_though_it_is_not_well_known(table: Table) -> None:
    mirrored = sighting("postgresql", "11", how=How.DOCKERFILE, address="mirror.test/postgresql:11", is_known=False)
    [found] = evidence([mirrored], table).seen
    assert (found.product, found.version) == ("postgresql", "11")


def test_what_people_run_is_no_library_whatever_a_bill_calls_it(table: Table) -> None:
    server = sighting("postgresql-11", "11.22", purl="pkg:deb/debian/postgresql-11@11.22", is_library=True)
    [seen] = evidence([server], table, inside="acme/everything").seen
    assert (seen.product, seen.how, seen.address) == ("postgresql", "sbom", "")


def test_libraries_are_parts_of_what_the_bill_is_about_unless_it_is_that_very_product(table: Table) -> None:
    image = sighting("postgres", "16.4", purl="pkg:oci/postgres", address="postgres:16.4")
    own = sighting("postgresql-16", "16.4", purl="pkg:deb/debian/postgresql-16@16.4", is_library=True)
    library = sighting("django", "3.2", purl="pkg:pypi/django@3.2", is_library=True)
    system = sighting("debian", "12")
    seen = evidence([image, own, library, system], table, inside="postgres").seen
    assert [(one.product, one.how, one.address) for one in seen] == [
        ("postgresql", "sbom", "postgres:16.4"),
        ("postgresql", "sbom", ""),
        ("django", "sbom-library", "postgres"),
        ("debian", "sbom", ""),
    ]
    [alone] = evidence([library], table).seen
    assert (alone.how, alone.address) == ("sbom", ""), "nothing says what it is inside of"
