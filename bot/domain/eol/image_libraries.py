"""Libraries inside one image, grouped: a list has one line for the image, not one for each library."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.records import AssetRecord

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Inside(Generic[_Item]):
    """What ends inside one image of an asset. `image` is the name that the bill of materials is about."""

    asset: AssetRecord
    image: str
    items: tuple[_Item, ...]


def is_inside(runs: Sequence[MatchedDeployment]) -> bool:
    """Whether all of these are libraries inside images. Something that also runs by itself has a line of its own."""
    return bool(runs) and all(one.deployment.observed.inside for one in runs)


def together(
    items: Iterable[_Item],
    runs_of: Callable[[_Item], Sequence[MatchedDeployment]],
    *,
    apart: Callable[[_Item], Hashable] = lambda _: None,
) -> tuple[list[_Item], list[Inside[_Item]]]:
    """Return the items with a line of their own, and the rest grouped by image, both in the given order.

    Items with different `apart` are not grouped. A library in several images counts in each of them.
    """
    own: list[_Item] = []
    found: dict[Hashable, tuple[AssetRecord, str, dict[int, _Item]]] = {}
    for place, item in enumerate(items):
        runs = runs_of(item)
        if not is_inside(runs):
            own.append(item)
            continue
        for one in runs:
            image = one.deployment.observed.inside
            group = found.setdefault((apart(item), one.asset.id, image), (one.asset, image, {}))
            group[2].setdefault(place, item)
    return own, [Inside(asset, image, tuple(held.values())) for asset, image, held in found.values()]
