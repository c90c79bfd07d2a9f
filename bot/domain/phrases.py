"""Numbers and lists in sentences, so that every layer writes them in the same way."""

from __future__ import annotations

import math
from collections.abc import Iterable

#: The smallest amount that is taken and written, such as hours: less than a minute is nothing that anybody measures.
LEAST_AMOUNT = 0.01


def figure(amount: float, *, digits: int = 3) -> str:
    """Return an amount as people write it, with so many digits at least: `0.25`, `16.8`, `1,732`, `under 0.01`."""
    if 0 < amount < LEAST_AMOUNT:
        return f"under {LEAST_AMOUNT}"
    magnitude = math.floor(math.log10(abs(amount))) if amount else 0
    text = f"{amount:,.{max(0, digits - 1 - magnitude)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(count: int, one: str, several: str = "") -> str:
    """Return a number with its noun: `1 thing`, `2 things`, `1,200 people`. The default plural adds an "s"."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def join(words: Iterable[str], *, last: str = "and", most: int | None = None) -> str:
    """Return words as a list in a sentence, each once: `a`, `a and b`, `a, b and c`; "" if there are none.

    Words after the first `most` are only counted: `a, b and 3 more`.
    """
    shown = list(dict.fromkeys(words))
    if most is not None and len(shown) > most:
        shown = [*shown[:most], f"{len(shown) - most:,} more"]
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}" if len(shown) > 1 else "".join(shown)
