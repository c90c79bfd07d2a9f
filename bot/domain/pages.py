"""The part of a long list that is shown at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

_Listed = TypeVar("_Listed")


@dataclass(frozen=True, slots=True)
class FirstOf(Generic[_Listed]):
    """As many of a long list as are shown, how many there are in all, and how many come before these."""

    first: Sequence[_Listed] = ()
    total: int = 0
    start: int = 0


NONE_OF: FirstOf[Any] = FirstOf()
