"""One hop at a time where the vendor says so, and nothing where nobody has looked."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest

from bot.clients.eol import starter
from bot.data import table
from bot.domain.eol import Cycle, Product
from bot.domain.eol.upgrade_paths import first_hop

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("product", "running", "target", "hop"),
    [
        ("mysql", "5.7", "9.7", "8.0"),
        ("mysql", "8.0", "8.4", "8.4"),
        ("mysql", "8.1", "9.7", "8.4"),
        ("amazon-rds-mysql", "5.7", "8.4", "8.0"),
        ("amazon-rds-mysql", "8.0", "8.4", "8.4"),
        ("postgresql", "11", "18", "18"),
        ("mongodb", "4.4", "8.0", "5.0"),
        ("mongodb", "7.3", "8.3", "8.0"),
        ("elasticsearch", "6", "9.5", "7"),
        ("elasticsearch", "7", "9.5", "8.19"),
        ("elasticsearch", "8.16", "9.5", "8.19"),
        ("elasticsearch", "8.18", "9.1", "8.19"),
        ("elasticsearch", "8.19", "9.5", "9.5"),
        ("elasticsearch", "9.0", "9.5", "9.5"),
        ("elasticsearch", "8.16", "9.0", "8.18"),
        ("elasticsearch", "8.18", "9.0", "9.0"),
        ("elasticsearch", "8.19", "9.0", None),
        ("elasticsearch", "7", "9.0", "8.18"),
        ("amazon-rds-mysql", "5.6", "8.4", None),
        ("kubernetes", "1.29", "1.36", "1.30"),
        ("amazon-eks", "1.35", "1.36", "1.36"),
        ("ubuntu", "18.04", "24.04", "20.04"),
        ("ubuntu", "22.04", "24.04", "24.04"),
        ("debian", "10", "13", "11"),
        ("rhel", "7", "10", "8"),
        ("amazon-rds-postgresql", "11", "18", None),
        ("redis", "6.2", "8.2", None),
    ],
)
def test_the_first_hop(product: str, running: str, target: str, hop: str | None) -> None:
    known = starter.load().get(product) or Product(key=product)

    def cycle(name: str) -> Cycle:
        return next((each for each in known.cycles if each.name == name), Cycle(name=name))

    found = first_hop(known, cycle(running), cycle(target), TODAY)
    assert (found.name if found is not None else None) == hop
    assert found is None or found.is_target is (hop == target)


def test_what_is_too_old_for_one_step_has_no_known_path() -> None:
    known = starter.load().get("postgresql")
    assert known is not None
    assert first_hop(known, Cycle(name="9.1"), Cycle(name="18"), TODAY) is None


@pytest.mark.parametrize(
    ("product", "running", "target"),
    [("mongodb", "3.4", "8.0"), ("mysql", "5.1", "8.4"), ("elasticsearch", "2", "9.5"), ("rhel", "5", "9")],
)
def test_from_a_release_before_the_path_begins_no_stop_is_named(product: str, running: str, target: str) -> None:
    known = starter.load().get(product)
    assert known is not None
    assert first_hop(known, Cycle(name=running), Cycle(name=target), TODAY) is None


def test_a_release_without_long_term_support_reaches_only_the_very_next_one() -> None:
    ubuntu = Product(
        key="ubuntu",
        cycles=(Cycle(name="24.04", lts=True), Cycle(name="23.10"), Cycle(name="23.04"), Cycle(name="22.10")),
    )
    hops = [first_hop(ubuntu, Cycle(name=each), ubuntu.cycles[0], TODAY) for each in ("22.10", "23.10")]
    assert [hop.name for hop in hops if hop] == ["23.04", "24.04"]


def test_every_path_is_of_a_product_of_the_table_and_names_its_source() -> None:
    for path in table("upgrade_paths"):
        assert urlsplit(path["source"]).scheme == "https"
        assert set(path) - {"products", "source", "read"} <= {"stops", "stops_to", "each", "lts", "direct", "varies"}
        assert all(starter.load().get(key) is not None for key in path["products"].split())
