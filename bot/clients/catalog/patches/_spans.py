"""Replacing several pieces of a text at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The text from `start` up to `end` (exclusive) is to be replaced by `text`."""

    start: int
    end: int
    text: str


class OverlapError(Exception):
    """Two edits concern the same piece of a text."""


def replaced(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with its spans replaced. Equal spans count once. Raises OverlapError if two overlap."""
    pieces: list[str] = []
    at = 0
    for span in sorted(set(spans)):
        if span.start < at:
            raise OverlapError
        pieces += (text[at : span.start], span.text)
        at = span.end
    return "".join((*pieces, text[at:]))
