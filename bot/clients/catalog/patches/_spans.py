"""Pieces of a text that are replaced, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The text from `start` to `end` (before which it ends) is to be `text`."""

    start: int
    end: int
    text: str


class OverlapError(Exception):
    """Two edits are about the same piece of a text."""


def replaced(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with its spans replaced; equal ones count once. Raises OverlapError for two that overlap."""
    pieces: list[str] = []
    at = 0
    for span in sorted(set(spans)):
        if span.start < at:
            raise OverlapError
        pieces += (text[at : span.start], span.text)
        at = span.end
    return "".join((*pieces, text[at:]))
