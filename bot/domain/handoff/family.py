"""What belongs together with what is offered: the parts of the same system, and what is named alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.catalog import AssetKind
from bot.domain.names import fold
from bot.domain.records import AssetRecord

_PARTS = re.compile(r"[^0-9A-Za-z]+")
#: First words of a name that are shorter than this, or these, tell nothing.
_SHORTEST = 4
_TELL_NOTHING = frozenset({"prod", "production", "staging", "test", "service", "database", "shared", "main", "team"})


def left_behind(offered: Iterable[AssetRecord], others: Iterable[AssetRecord]) -> list[AssetRecord]:
    """Return which of `others` are of the same system as something that is offered, or named alike, by their names."""
    taken = {asset.id: asset for asset in offered}
    systems = {each for asset in taken.values() for each in (asset.id, asset.parent_id) if each is not None}
    words = {word for asset in taken.values() if (word := _first_word(asset))}
    found = [
        asset
        for asset in others
        if asset.id not in taken and (asset.id in systems or asset.parent_id in systems or _first_word(asset) in words)
    ]
    return sorted(found, key=lambda asset: (asset.name, asset.id))


def _first_word(asset: AssetRecord) -> str:
    """Return the first word of a name that has several, folded; empty for one that tells nothing.

    What stands before the slash of a repository is the organisation, which everything of a company begins with.
    """
    of_repository = asset.kind in (AssetKind.REPOSITORY, AssetKind.PATH)
    parts = [fold(part) for part in _PARTS.split(asset.name.partition("/")[2] if of_repository else asset.name) if part]
    word = parts[0] if parts else ""
    return word if len(word) >= _SHORTEST and word not in _TELL_NOTHING else ""
