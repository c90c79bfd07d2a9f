"""Image references of public registries, mirrors and organisations, each with the product and the cycle in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.clients.eol import starter
from bot.clients.inventory.images import beside, sighting_of
from bot.domain.catalog import Origin
from bot.domain.eol import InCycle, Table, UnknownProduct, match

pytestmark = pytest.mark.bench

_ROWS = yaml.load(
    Path(__file__).with_name("image_references.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)
_OWN = "own"


def test_image_references_name_their_product() -> None:
    table = starter.load()
    counted: Counter[str] = Counter()
    amiss: list[str] = []
    for right, references in _ROWS.items():
        for reference in references:
            named = _named(table, reference)
            outcome = _outcome(named, right)
            counted[outcome] += 1
            if outcome != "right":
                amiss.append(f"  {outcome}: {reference} is {right}, not {named}")
    print(f"\nimage references: {counted.total()} {dict(counted)}", *amiss, sep="\n")
    assert counted.total() >= 430
    assert counted["wrong"] == 0
    assert counted["unknown"] / counted.total() <= 0.05


def _named(table: Table, reference: str) -> str:
    """Return the product and the cycle that a reference is sure to run: `PRODUCT@?` without a cycle, or "own"."""
    sighting, _ = sighting_of(reference, origin=Origin("images"))
    assert sighting is not None, reference
    known = next((each for each in (sighting, *beside(sighting)) if each.is_known), None)
    if known is None:
        return _OWN
    found = match(table, product=known.product, version=known.version, provider=known.provider)
    if isinstance(found, UnknownProduct):
        return _OWN
    return f"{found.product.key}@{found.cycle.name}" if isinstance(found, InCycle) else f"{found.product.key}@?"


def _outcome(named: str, right: str) -> str:
    if named == right:
        return "right"
    is_unknown = named == _OWN or named == f"{right.partition('@')[0]}@?"
    return "unknown" if is_unknown else "wrong"
