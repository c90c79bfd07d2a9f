"""Version strings as programs, packages and people write them, each with its cycle, over the facts shipped."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.clients.eol import starter
from bot.domain.eol import InCycle, Matched, match

pytestmark = pytest.mark.bench

_ROWS = yaml.load(Path(__file__).with_name("version_strings.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
_NO_CYCLE = "none"
#: Products that a version may say that it is one of, though it stands beside another.
_OTHERS = frozenset({"mariadb", "opensearch", "amazon-aurora-mysql", "dotnetfx"})


def test_version_strings_find_their_cycle() -> None:
    table = starter.load()
    counted: Counter[str] = Counter()
    amiss: list[str] = []
    for what, by_cycle in _ROWS.items():
        product, _, provider = what.partition(" on ")
        for cycle, versions in by_cycle.items():
            for version in versions:
                found = match(table, product=product, version=version, provider=provider)
                named = _named(found, product)
                outcome = _outcome(named, str(cycle))
                counted[outcome] += 1
                if outcome != "right":
                    amiss.append(f"  {outcome}: {what} {version!r} is {cycle}, not {named}")
    print(f"\nversion strings: {counted.total()} {dict(counted)}", *amiss, sep="\n")
    assert counted.total() >= 300
    assert counted["wrong"] == 0
    assert counted["right"] / counted.total() >= 0.97


def _named(found: Matched, product: str) -> str:
    """Return the cycle that is sure, behind its product where that is not the one that was asked for."""
    if not isinstance(found, InCycle):
        return _NO_CYCLE
    is_other = found.product.key in _OTHERS and found.product.key != product
    return f"{found.product.key} {found.cycle.name}" if is_other else found.cycle.name


def _outcome(named: str, cycle: str) -> str:
    if named == cycle:
        return "right"
    return "unknown" if named == _NO_CYCLE else "wrong"
