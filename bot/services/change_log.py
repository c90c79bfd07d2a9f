"""What has changed in the catalog in memory, for those that keep something up to date beside it."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable

from bot.domain.dependents import Dependents, Owner
from bot.domain.records import AssetRecord
from bot.services.slices import Turns

#: Changes that are remembered. Whoever is further behind starts anew.
_MOST_REMEMBERED = 50_000


class ChangeLog:
    """A log of changed assets and owners, with a position in it for each reader.

    No asset is logged before `start`: a process in which nobody asks for portfolios or reminders does not pay for it.
    """

    def __init__(self) -> None:
        self.position = 0
        self._lock = asyncio.Lock()
        self._dependents: Dependents | None = None
        self._floor = 0
        self._positions: list[int] = []
        self._logged: list[int | Owner] = []

    async def start(self, assets: Callable[[], Iterable[AssetRecord]]) -> int:
        """Begin to log, if nobody has yet, with these assets. Return the present position.

        What changes while this works is logged; an asset that was changed before it is reached is taken as it is then.
        """
        async with self._lock:
            if self._dependents is None:
                self._dependents, turns = Dependents(), Turns()
                for asset in assets():
                    self._dependents.put(None, asset)
                    await turns.give()
            return self.position

    def asset(self, before: AssetRecord | None, after: AssetRecord | None) -> None:
        """Log that an asset was put in the place of what it was before; None stands for one that is not there."""
        known = after or before
        if self._dependents is not None and known is not None:
            self._dependents.put(before, after)
            self.log(known.id)

    def restart(self) -> None:
        """Forget everything, because the whole catalog was replaced."""
        self.position += 1
        self._floor, self._positions, self._logged, self._dependents = self.position, [], [], None

    def since(self, position: int) -> set[int] | None:
        """Return the ids of assets whose verdict may have changed since a position; None when that is too long ago."""
        if self._dependents is None or position < self._floor:
            return None
        after = self._after(position)
        return self._dependents.of(
            (each for each in after if isinstance(each, int)), {each for each in after if not isinstance(each, int)}
        )

    def with_parts(self, asset_ids: Iterable[int]) -> set[int]:
        """Return these assets with all that may inherit from them, which is known once the log was begun."""
        return self._dependents.of(asset_ids, ()) if self._dependents is not None else set(asset_ids)

    def reaches(self, position: int) -> bool:
        """Whether everything since a position is still in the log."""
        return position >= self._floor

    def owners_since(self, position: int) -> set[str]:
        """Return the keys of the teams and people who are other than at a position, as recipients have them."""
        owners = {each for each in self._after(position) if not isinstance(each, int)}
        return {f"{'team' if is_team else 'person'}:{number}" for is_team, number in owners}

    def _after(self, position: int) -> list[int | Owner]:
        return self._logged[bisect_right(self._positions, position) :]

    def log(self, changed: int | Owner) -> None:
        """Log that an asset is other than before, or a team or a person."""
        self.position += 1
        self._positions.append(self.position)
        self._logged.append(changed)
        if len(self._logged) > _MOST_REMEMBERED:
            half = len(self._logged) // 2
            self._floor = self._positions[half - 1]
            del self._positions[:half], self._logged[:half]
