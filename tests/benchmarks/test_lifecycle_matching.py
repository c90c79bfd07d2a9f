"""How many versions find their release cycle in the facts of endoflife.date, and what matching costs."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.lifecycle import Ambiguous, Clock, Cycle, InCycle, Product, Table, Undated, match
from tests.conftest import SHARED

FACTS = SHARED / "eol" / "products.json"

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(not FACTS.exists(), reason="the facts of endoflife.date are not beside this checkout"),
]


def clock(written: Any) -> Clock:
    if written is None:
        return Undated.ABSENT
    if isinstance(written, bool):
        return Undated.ENDED if written else Undated.OPEN
    return date.fromisoformat(written)


def products() -> list[Product]:
    known = json.loads(FACTS.read_text(encoding="utf-8"))["products"]
    return [
        Product(
            key=key,
            label=facts.get("title", ""),
            aliases=tuple(facts.get("aliases", ())),
            identifiers=tuple(each["id"] for each in facts.get("identifiers", ())),
            cycles=tuple(
                Cycle(
                    name=str(each["cycle"]),
                    codename=each.get("codename") or "",
                    label=each.get("label") or "",
                    latest=str(each.get("latest") or ""),
                    eoas=clock(each.get("eoas")),
                    eol=clock(each.get("eol")),
                    eoes=clock(each.get("eoes")),
                )
                for each in facts["releases"]
            ),
        )
        for key, facts in known.items()
    ]


def outcomes(table: Table, latest: Mapping[tuple[str, str], str]) -> tuple[int, int, int]:
    """Of all cycles' own `latest` version, how many are right, are right among candidates, are wrong."""
    right = among = wrong = 0
    for (key, name), version in latest.items():
        said = match(table, product=key, version=version)
        if isinstance(said, InCycle):
            right += said.cycle.name == name
            wrong += said.cycle.name != name
        elif isinstance(said, Ambiguous):
            among += any(each.name == name for each in said.candidates)
    return right, among, wrong


def test_latest_versions_find_their_cycle() -> None:
    made = products()
    latest = {(each.key, cycle.name): cycle.latest for each in made for cycle in each.cycles if cycle.latest}
    asked = len(latest)
    right, among, wrong = outcomes(Table(made), latest)
    bare = [replace(each, cycles=tuple(replace(one, latest="") for one in each.cycles)) for each in made]
    by_rules, _, wrong_by_rules = outcomes(Table(bare), latest)
    print(f"\n{asked:,} latest versions of {len(made)} products")
    print(f"  right {right / asked:.2%} (>= 98.5%), or among the candidates {(right + among) / asked:.2%} (>= 99.9%)")
    print(f"  wrong {wrong} (<= 5)")
    print(f"  without knowing latest versions: right {by_rules / asked:.2%} (>= 96%), wrong {wrong_by_rules}")
    assert right / asked >= 0.985
    assert (right + among) / asked >= 0.999
    assert wrong <= 5
    assert by_rules / asked >= 0.96


def test_matching_grows_with_the_inventory() -> None:
    table = Table(products())
    pairs = [(each.key, cycle.latest) for each in table.products for cycle in each.cycles if cycle.latest]
    seconds: dict[int, float] = {}
    for count in (1_000, 10_000, 100_000):
        # Patch releases, most of which no table has: an inventory repeats itself, but not word for word.
        rows = [(*pairs[number * 11 % len(pairs)], number // len(pairs)) for number in range(count)]
        asked = [(product, f"{version}.{patch}" if patch else version) for product, version, patch in rows]
        fresh = Table(table.products)
        for product, version in pairs[:: max(1, len(pairs) // 500)]:
            match(fresh, product=product, version=version)  # the indexes of most products are there
        began = time.perf_counter()
        for product, version in asked:
            match(fresh, product=product, version=version)
        seconds[count] = time.perf_counter() - began
    exponent = math.log(seconds[100_000] / seconds[1_000]) / math.log(100)
    print("\nmatching, every version another: " + ", ".join(f"{n:,}: {took:.3f} s" for n, took in seconds.items()))
    print(f"  grows with exponent {exponent:.2f} (<= 1.1); 100,000 in {seconds[100_000]:.2f} s (<= 0.25)")
    assert exponent <= 1.1
