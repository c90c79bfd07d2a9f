"""Numbers and lists in sentences, so that every layer writes them in the same way."""

from __future__ import annotations

from collections.abc import Iterable


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
