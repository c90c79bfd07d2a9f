"""Which assets have to be judged again if an asset, a team or a person changes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain import id_lists
from bot.domain.records import AssetRecord

#: An owner in facts: whether it is a team, and its id.
Owner = tuple[bool, int]


class Dependents:
    """Finds assets by the owners in their facts, and by the parent that they inherit from.

    It follows the catalog one asset at a time, with `put(before, after)`; None means that an asset is new or gone.
    """

    def __init__(self) -> None:
        self._by_owner: dict[Owner, list[int]] = {}
        self._children: dict[int, list[int]] = {}

    def put(self, before: AssetRecord | None, after: AssetRecord | None) -> None:
        """Replace an asset's old version by its new one."""
        if before is not None:
            for owner in _owners_of(before) - (_owners_of(after) if after is not None else frozenset()):
                id_lists.discard(self._by_owner, owner, before.id)
            if before.parent_id is not None and before.path_rule is None:
                id_lists.discard(self._children, before.parent_id, before.id)
        if after is not None:
            for owner in _owners_of(after):
                id_lists.add(self._by_owner, owner, after.id)
            if after.parent_id is not None and after.path_rule is None:  # path rules do not inherit
                id_lists.add(self._children, after.parent_id, after.id)

    def of(self, asset_ids: Iterable[int], owners: Iterable[Owner]) -> set[int]:
        """Return these assets, those that name one of the owners, and everything that may inherit from any of them."""
        found = set(asset_ids)
        for owner in owners:
            found.update(self._by_owner.get(owner, ()))
        ahead = list(found)
        while ahead:
            new = set(self._children.get(ahead.pop(), ())) - found
            found |= new
            ahead.extend(new)
        return found


def _owners_of(asset: AssetRecord) -> frozenset[Owner]:
    return frozenset(
        (True, fact.team_id) if fact.team_id is not None else (False, fact.person_id or 0) for fact in asset.facts
    )
