"""The meaning of a product's columns. Sources label them, and they do not mean the same for all products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.eol.providers import FIRST_COLUMN_ENDS
from bot.domain.eol.records import Cycle, Product, Undated

#: Labels of a first column that mean the end of all support, rather than that only security fixes follow.
_ENDS = re.compile(r"deprecat|end of (?:support|life)|standard support", re.IGNORECASE)


def by_labels(product: Product, labels: Mapping[str, str]) -> Product:
    """Return a product whose clocks have the usual meaning.

    `labels` are the source's names for its columns. At AWS Lambda, the first is the deprecation of a runtime, after
    which it has no support at all. The second is the day from which functions can no longer be updated.
    """
    if product.key not in FIRST_COLUMN_ENDS and _ENDS.search(labels.get("eoas", "")) is None:
        return product
    second = labels.get("eol", "") or "Updates are blocked"
    return replace(product, cycles=tuple(_ending_first(cycle, second) for cycle in product.cycles))


def _ending_first(cycle: Cycle, second: str) -> Cycle:
    if cycle.eoas is Undated.ABSENT:
        return cycle
    then = "" if isinstance(cycle.eol, Undated) else f"{second}: {cycle.eol.isoformat()}."
    return replace(cycle, eoas=Undated.ABSENT, eol=cycle.eoas, note=" ".join(filter(None, (cycle.note, then))))
