"""How many versions find their release cycle over all that endoflife.date knows, and how long it takes.

The rules are measured with and without the latest versions that the facts list, for most of what people run is not the
latest; and on versions made for this: older and newer patches, and what inventories add to a version.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from bot.domain.eol import AmbiguousVersion, InCycle, Table, match
from tests.benchmarks.floors import looked_up
from tests.eol_facts import facts, latest_versions, needs_facts, product, table

pytestmark = [pytest.mark.bench, needs_facts]

_SEED = 17
_SIZES = (1_000, 10_000, 100_000)
_DECADES = math.log(_SIZES[-1] / _SIZES[0])
#: How many times a dictionary's match of the same rows an inventory may take.
_TIMES = 25.0
_ADDED = ("", "", "", "-alpine", "-r1", " LTS", "+build.7", "-1ubuntu2")

Row = tuple[str, str]


def test_the_latest_version_of_a_cycle_finds_it() -> None:
    full, blind = _outcomes(table()), _outcomes(table(with_latest=False))
    print(f"\n{'':26} {'own':>7} {'or ambiguous':>13} {'wrong':>6} {'of':>6}")
    for name, found in (("with the latest versions", full), ("without them", blind)):
        count = found.total()
        open_too = found["own"] + found["ambiguous"]
        print(f"{name:26} {found['own'] / count:7.2%} {open_too / count:13.2%} {found['wrong']:6} {count:6,}")
    count = full.total()
    assert full["own"] / count >= 0.985
    assert (full["own"] + full["ambiguous"]) / count >= 0.999
    assert full["wrong"] <= 5
    assert blind["own"] / count >= 0.96


def test_other_patches_of_a_cycle_find_it_as_well() -> None:
    rng = random.Random(_SEED)
    found: Counter[str] = Counter()
    for key, version, cycle in latest_versions():
        # Only where the latest is the name of the cycle and numbers after it: what the patch is, is known then.
        if not re.fullmatch(rf"{re.escape(cycle)}(\.[1-9]\d*)+", version):
            continue
        stem, _, last = version.rpartition(".")
        for patch in {rng.randrange(int(last)), int(last) + rng.randrange(1, 50)}:
            answer = match(table(), product=key, version=f"{stem}.{patch}{rng.choice(_ADDED)}")
            found[_outcome(answer, cycle)] += 1
    print(f"\nother patches: own {found['own'] / found.total():.2%}, {dict(found)}")
    # A made patch may be the name of another cycle (RDS MySQL 8.4.9 beside 8.4, Unity 2021.3 beside 2021).
    assert found["own"] / found.total() >= 0.985
    assert found["wrong"] / found.total() <= 0.005


def test_matching_takes_as_long_for_each_row_whatever_their_number() -> None:
    rng = random.Random(_SEED)
    known = [(key, version) for key, version, _ in latest_versions()]
    print(f"\n{'rows':>8} {'different':>10} {'first s':>8} {'again s':>8} {'all different s':>16}")
    first: dict[int, float] = {}
    different: dict[int, float] = {}
    for size in _SIZES:
        rows = _inventory(known, size, rng)
        ready = _indexed()
        lookup = looked_up(rows)
        first[size] = min(_seconds(_indexed(), rows), _seconds(ready, rows))
        different[size] = _seconds(_indexed(), _all_different(known, size, rng))
        again = _seconds(ready, rows)
        print(f"{size:8,} {len(set(rows)):10,} {first[size]:8.3f} {again:8.3f} {different[size]:16.3f}")
    times = first[_SIZES[-1]] / lookup
    exponents = [math.log(taken[_SIZES[-1]] / taken[_SIZES[0]]) / _DECADES for taken in (first, different)]
    started = time.process_time()
    _indexed()
    indexed = time.process_time() - started
    print(f"growth exponents: an inventory {exponents[0]:.2f}, all different {exponents[1]:.2f}")
    print(f"an inventory of {_SIZES[-1]:,} over a dictionary's match: {times:.1f} (to reach: {_TIMES})")
    print(f"a table of {len(facts())} products, indexed whole: {indexed:.2f} s")
    assert exponents[0] <= 1.1
    assert exponents[1] <= 1.25  # the memory of 100,000 different answers is emptied on the way
    assert times <= _TIMES


def _outcomes(of: Table) -> Counter[str]:
    return Counter(
        _outcome(match(of, product=key, version=version), cycle) for key, version, cycle in latest_versions()
    )


def _outcome(answer: object, cycle: str) -> str:
    if isinstance(answer, InCycle):
        return "own" if answer.cycle.name == cycle else "wrong"
    if isinstance(answer, AmbiguousVersion):
        return "ambiguous" if any(one.name == cycle for one in answer.candidates) else "missed"
    return "missed"


def _inventory(known: Sequence[Row], size: int, rng: random.Random) -> list[Row]:
    """Return rows as an inventory has them: a tenth of them different, with patches and additions."""
    different = [_varied(rng.choice(known), rng) for _ in range(max(500, size // 10))]
    return [rng.choice(different) for _ in range(size)]


def _all_different(known: Sequence[Row], size: int, rng: random.Random) -> list[Row]:
    rows: dict[Row, None] = {}
    while len(rows) < size:
        key, version = _varied(rng.choice(known), rng)
        rows[key, f"{version}-x{len(rows)}"] = None
    return list(rows)


def _varied(row: Row, rng: random.Random) -> Row:
    key, version = row
    stem, dot, last = version.rpartition(".")
    if dot and last.isdecimal():
        version = f"{stem}.{rng.randrange(int(last) + 2)}"
    return key, version + rng.choice(_ADDED)


def _indexed() -> Table:
    made = Table(product(key) for key in facts())
    for one in made.products:
        made.index(one)
    return made


def _seconds(of: Table, rows: Sequence[Row]) -> float:
    started = time.process_time()
    for key, version in rows:
        match(of, product=key, version=version)
    return time.process_time() - started
