"""What the columns of a product mean."""

from __future__ import annotations

from datetime import date

import pytest

from bot.clients.eol import document, starter
from bot.domain.eol import Cycle, Phase, Product, Undated, phase
from bot.domain.eol.columns import by_labels

RUNTIME = Cycle(name="python3.9", eoas=date(2025, 12, 15), eol=date(2027, 3, 3))


def test_a_runtime_past_its_deprecation_is_not_supported() -> None:
    [cycle] = by_labels(Product(key="aws-lambda", cycles=(RUNTIME,)), {}).cycles
    assert cycle.clocks == (Undated.ABSENT, date(2025, 12, 15), Undated.ABSENT)
    assert phase(cycle, date(2026, 11, 28)) is Phase.ENDED
    assert "2027-03-03" in cycle.note


@pytest.mark.parametrize(
    ("label", "is_end"),
    [
        ("Deprecation Date", True),
        ("Deprecated", True),
        ("Standard Support", True),
        ("Active Support", False),
        ("", False),
    ],
)
def test_the_source_says_which_column_ends_support(label: str, is_end: bool) -> None:
    [cycle] = by_labels(Product(key="runtimes", cycles=(RUNTIME,)), {"eoas": label}).cycles
    assert (cycle.eol == RUNTIME.eoas) is is_end
    if not is_end:
        assert cycle is RUNTIME


def test_what_has_no_first_column_keeps_its_second() -> None:
    bare = Cycle(name="x", eol=date(2027, 3, 3))
    assert by_labels(Product(key="aws-lambda", cycles=(bare,)), {}).cycles == (bare,)


@pytest.mark.parametrize("labels", [{"eoas": "Deprecation", "eol": "Block Function Update"}, None])
def test_the_labels_of_the_feed_are_read(labels: dict[str, str] | None) -> None:
    release = {"name": "1", "isEoas": True, "eoasFrom": "2025-01-01", "isEol": False, "eolFrom": "2030-01-01"}
    found = document.read({"result": [{"name": "runtimes", "label": "R", "labels": labels, "releases": [release]}]})
    assert found.problems == ()
    [product] = found.products
    assert product.cycles[0].eol == (date(2025, 1, 1) if labels else date(2030, 1, 1))


def test_the_functions_that_ship_with_baton_end_with_their_deprecation() -> None:
    known = starter.load().get("aws-lambda")
    assert known is not None
    node = next(cycle for cycle in known.cycles if cycle.name == "nodejs18.x")
    assert node.eol == date(2025, 9, 1)
