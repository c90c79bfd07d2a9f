"""The facts of endoflife.date that may lie beside the checkout, as products: 464 of them with 8,351 cycles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import pytest

from bot.domain.eol import Clock, Cycle, Product, Table, Undated
from bot.domain.eol.columns import by_labels
from tests.conftest import SHARED

FACTS = SHARED / "eol" / "products.json"
SAMPLE = SHARED / "eol" / "api_v1_sample.json"
needs_facts = pytest.mark.skipif(not FACTS.exists(), reason="the facts of endoflife.date are not beside the checkout")
needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of the API is not beside the checkout")


@lru_cache(maxsize=1)
def facts() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(FACTS.read_text(encoding="utf-8"))["products"]
    return read


def clock(said: object) -> Clock:
    if said is None:
        return Undated.ABSENT
    if isinstance(said, bool):
        return Undated.ENDED if said else Undated.OPEN
    return date.fromisoformat(str(said))


def product(key: str, *, with_latest: bool = True) -> Product:
    said = facts()[key]
    made = Product(
        key=key,
        label=said["title"],
        aliases=tuple(said["aliases"]),
        identifiers=tuple(one["id"] for one in said["identifiers"]),
        category=said["category"],
        cycles=tuple(
            Cycle(
                name=one["cycle"],
                codename=one.get("codename", ""),
                label=one.get("label", ""),
                released=date.fromisoformat(one["releaseDate"]),
                latest=one.get("latest", "") if with_latest else "",
                lts=one["lts"] if isinstance(one.get("lts", False), bool) and "lts" in one else False,
                eoas=clock(one.get("eoas")),
                eol=clock(one.get("eol")),
                eoes=clock(one.get("eoes")),
            )
            for one in said["releases"]
        ),
    )
    return by_labels(made, {})


@lru_cache(maxsize=2)
def table(*, with_latest: bool = True) -> Table:
    return Table(product(key, with_latest=with_latest) for key in facts())


def latest_versions() -> Iterator[tuple[str, str, str]]:
    """Yield product, latest version and the cycle that it is the latest of."""
    for key, said in facts().items():
        for one in said["releases"]:
            if "latest" in one:
                yield key, one["latest"], one["cycle"]
