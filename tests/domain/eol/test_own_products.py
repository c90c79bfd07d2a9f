"""Products of the organisation's own stand beside the public ones, and take nothing from them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.clients.eol import starter
from bot.domain.catalog import Origin
from bot.domain.eol import InCycle, Newer, Product, Table, UnknownProduct, UntrackedOld, match
from bot.domain.eol.own_products import beside, own_product, public_names
from bot.domain.eol.tracked_sightings import evidence
from bot.domain.eol.upgrade_targets import suggested
from bot.domain.inventory.scans import How, Sighting

END = date(2027, 3, 31)


@pytest.fixture(scope="module")
def public() -> Table:
    return starter.load()


def library(name: str, *aliases: str, ref: str = "", addresses: tuple[str, ...] = ()) -> Product:
    versions = [("1", date(2026, 1, 1)), ("2", END), ("10", None)]
    return own_product(ref or f"library:{name}", name, aliases, addresses, versions)


def product_of(table: Table, asked: str, version: str = "2.1") -> str:
    found = match(table, product=asked, version=version)
    return "" if isinstance(found, UnknownProduct) else found.product.key


@pytest.mark.parametrize(
    ("written", "comes_to"),
    [
        ("2.1", ("2", END)),
        ("v2.0.4", ("2", END)),
        ("10.3", ("10", "open")),
        ("0.9", UntrackedOld),
        ("11", Newer),
    ],
)
def test_versions_are_matched_as_everywhere(public: Table, written: str, comes_to: object) -> None:
    table = beside(public, [library("terraform-modules")])
    found = match(table, product="Terraform Modules", version=written)
    assert (found.cycle.name, found.cycle.eol) == comes_to if isinstance(found, InCycle) else type(found) is comes_to


def test_the_newest_that_is_listed_is_what_to_upgrade_to(public: Table) -> None:
    product = library("terraform-modules")
    assert [cycle.name for cycle in product.cycles] == ["10", "2", "1"]
    target = suggested(product, product.cycles[1], date(2026, 1, 1))
    assert target is not None
    assert target.cycle.name == "10"


@pytest.mark.parametrize(
    ("name", "asked", "key"),
    [
        ("postgresql", "postgresql", "postgresql"),
        ("postgresql", "library:postgresql", "library:postgresql"),
        ("Postgres", "postgres", "postgresql"),
        # A path of images is folded as a ref is, and as a name may be.
        ("redis", "library/redis", "redis"),
        ("library-redis", "library/redis", "redis"),
        ("bitnami-redis", "bitnami/redis", ""),
        ("bitnami-redis", "bitnami-redis", "library:bitnami-redis"),
    ],
)
def test_a_public_name_goes_on_meaning_what_is_public(public: Table, name: str, asked: str, key: str) -> None:
    assert product_of(beside(public, [library(name)]), asked) == key


@pytest.mark.parametrize("name", ["java", "elasticache", "aurora", "gnu/linux debian"])
def test_what_a_vendor_or_a_provider_has_to_be_named_for_stays_so(public: Table, name: str) -> None:
    own = library(name)
    before, after = match(public, product=name, version="2"), match(beside(public, [own]), product=name, version="2")
    assert type(after) is type(before)
    assert product_of(beside(public, [own]), name) != own.key
    assert [(product.key, taken) for product, taken in public_names(public, [own])] == [(own.key, (name,))]


def test_no_answer_to_a_public_name_is_another_one_beside_own_products(public: Table) -> None:
    own = [library(each.label or each.key, *each.aliases, addresses=each.identifiers) for each in public.products[:40]]
    table = beside(public, own)
    for each in public.products:
        for asked in (each.key, each.label, *each.aliases, *each.identifiers):
            assert product_of(table, asked) == product_of(public, asked), asked


def test_a_name_of_two_own_products_means_neither_and_their_refs_do(public: Table) -> None:
    table = beside(public, [library("shop-kit"), library("shop-kit", ref="service:shop-kit")])
    assert product_of(table, "shop-kit") == ""
    assert product_of(table, "service:shop-kit") == "service:shop-kit"


def test_in_a_bill_of_materials_it_is_known_by_its_package_url(public: Table) -> None:
    table = beside(public, [library("ui-kit", addresses=("pkg:npm/%40acme/ui-kit", "ui.example.test"))])
    here = Origin("bom.json")
    seen = [
        Sighting(product="ui-kit", version="2.4", how=How.SBOM, purl="pkg:npm/%40acme/ui-kit@2.4", origin=here),
        Sighting(product="ui-kit", version="7", how=How.SBOM, purl="pkg:npm/ui-kit@7", origin=here),
    ]
    assert [(one.product, one.version) for one in evidence(seen, table).seen] == [("library:ui-kit", "2.4")]
