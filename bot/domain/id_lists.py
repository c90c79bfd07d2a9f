"""Sorted lists of ids by key. Thousands of small lists take a fraction of the memory of sets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable
from typing import TypeVar

_Key = TypeVar("_Key", bound=Hashable)


def add(lists: dict[_Key, list[int]], key: _Key, number: int) -> None:
    """Add an id to the list under a key, unless it is there."""
    held = lists.get(key)
    if held is None:
        lists[key] = [number]
        return
    at = bisect_left(held, number)
    if at == len(held) or held[at] != number:
        held.insert(at, number)


def discard(lists: dict[_Key, list[int]], key: _Key, number: int) -> None:
    """Remove an id from the list under a key, if it is there. Removing the last one removes the key, too."""
    held = lists.get(key)
    if held is None:
        return
    at = bisect_left(held, number)
    if at < len(held) and held[at] == number:
        del held[at]
        if not held:
            del lists[key]
