"""The rules over all that endoflife.date knows; the figures are printed by the benchmark."""

from __future__ import annotations

import random

import pytest

from bot.domain.eol import AmbiguousVersion, InCycle, Table, match
from bot.domain.eol.version_schemes import FIRST_BUILDS, JAVA
from tests.eol_facts import facts, latest_versions, needs_facts, table

pytestmark = needs_facts


@pytest.mark.parametrize(
    ("product", "provider", "eol", "eoes"),
    [
        ("postgresql", "", "2023-11-09", "absent"),
        ("postgresql", "aws-rds", "2024-02-29", "2027-03-31"),
        ("postgresql", "azure", "2026-07-31", "absent"),
    ],
)
def test_postgresql_11_ends_by_whoever_offers_it(product: str, provider: str, eol: str, eoes: str) -> None:
    found = match(table(), product=product, version="11.22", provider=provider)
    assert isinstance(found, InCycle)
    assert (str(found.cycle.eol), str(found.cycle.eoes)) == (eol, eoes)


def test_every_cycle_is_found_by_its_own_name() -> None:
    missed = []
    for key, said in facts().items():
        for one in said["releases"]:
            found = match(table(), product=key, version=one["cycle"])
            if not (isinstance(found, InCycle) and found.cycle.name == one["cycle"]):
                missed.append((key, one["cycle"], found))
    assert missed == []


def test_every_product_is_found_by_its_key_its_label_and_its_aliases() -> None:
    missed = [
        (name, key)
        for key, said in facts().items()
        for name in (key, said["title"], *said["aliases"])
        if (named := match(table(), product=name, version="1")) and getattr(named, "product", None) != table().get(key)
    ]
    assert missed == []


def test_the_first_builds_agree_with_the_facts() -> None:
    blind = table(with_latest=False)
    for key, families in FIRST_BUILDS.items():
        if key not in facts():
            continue
        names = {one["cycle"] for one in facts()[key]["releases"]}
        assert {cycle for firsts in families.values() for _, cycle in firsts} <= names
        assert all(list(firsts) == sorted(firsts) for firsts in families.values())
    wrong = []
    for key, version, cycle in latest_versions():
        if key in FIRST_BUILDS:
            found = match(blind, product=key, version=version)
            if isinstance(found, InCycle) and found.cycle.name != cycle:
                wrong.append((key, version, found.cycle.name))
    assert wrong == []
    assert set(facts()) >= JAVA


def test_what_an_inventory_adds_to_a_version_does_not_change_the_cycle() -> None:
    rng = random.Random(3)
    changed = []
    for key, version, _ in rng.sample(list(latest_versions()), 600):
        if not version.replace(".", "").isdecimal():
            continue
        plain = match(table(), product=key, version=version)
        for written in (
            f"v{version}",
            f"1:{version}",
            f"registry.example.com/{key}:{version}",
            f"{version} (built here)",
        ):
            found = match(table(), product=key, version=written)
            if type(found) is not type(plain) or getattr(found, "cycle", None) != getattr(plain, "cycle", None):
                changed.append((key, written, found))
    assert changed == []


def test_the_right_cycle_is_among_what_is_asked() -> None:
    missed = [
        (key, version, cycle)
        for key, version, cycle in latest_versions()
        if isinstance(found := match(table(), product=key, version=version), AmbiguousVersion)
        and cycle not in {one.name for one in found.candidates}
    ]
    assert missed == []


def test_far_newer_versions_are_in_no_cycle() -> None:
    wrong = []
    for key, said in facts().items():
        found = match(table(), product=key, version="999999999.0.1")
        if isinstance(found, InCycle):
            wrong.append((key, found.cycle.name, said["title"]))
    assert wrong == []


def test_the_order_of_the_products_makes_no_difference() -> None:
    products = list(table().products)
    random.Random(5).shuffle(products)
    other = Table(products)
    assert other.hash == table().hash
    for key, version, _ in list(latest_versions())[::17]:
        assert match(other, product=key, version=version) == match(table(), product=key, version=version)
