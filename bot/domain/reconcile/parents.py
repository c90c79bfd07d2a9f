"""What an asset is a part of. Parents are given by external id, ref or name, and may come from another source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.names import fold
from bot.domain.reconcile.assets import identity


@dataclass(frozen=True, slots=True)
class ParentClaim:
    """A source says that `asset` is a part of `parent`, in the source's own words."""

    asset: int
    source: int
    parent: str


@dataclass(frozen=True, slots=True)
class ParentCandidate:
    """A live asset that may be meant. `sources` are the sources that claim it."""

    asset: int
    ref: str
    name: str
    sources: frozenset[int]


class Parents:
    """Resolves parent references to assets.

    `externals` maps (source, external id) to the live asset with that id.
    """

    def __init__(self, externals: Mapping[tuple[int, str], int], candidates: Iterable[ParentCandidate]) -> None:
        self._externals = externals
        self._by_ref: dict[str, int] = {}
        self._by_name: dict[str, list[ParentCandidate]] = {}
        for one in candidates:
            self._by_ref[identity(one.ref)] = one.asset
            self._by_name.setdefault(fold(one.name), []).append(one)

    def find(self, claim: ParentClaim) -> int | None:
        """Return the asset that is meant: by the source's own id, else by ref, else by a name that only one asset has.

        Among assets with the same name, those that the same source claims come first. None if nothing fits, or several
        do.
        """
        if (found := self._externals.get((claim.source, claim.parent))) is not None:
            return found
        if ":" in claim.parent and (found := self._by_ref.get(identity(claim.parent))) is not None:
            return found
        named = [one for one in self._by_name.get(fold(claim.parent), ()) if one.asset != claim.asset]
        own = [one for one in named if claim.source in one.sources]
        fitting = own or named
        return fitting[0].asset if len(fitting) == 1 else None


def wanted_names(texts: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the identities and the folded names by which `texts` may mean an asset."""
    texts = set(texts)
    return frozenset(identity(text) for text in texts if ":" in text), frozenset(
        folded for text in texts if (folded := fold(text))
    )


def break_cycles(
    parents: Mapping[int, int], ref_of: Callable[[int], str]
) -> tuple[dict[int, int], list[Sequence[int]]]:
    """Return the parents without cycles, and the cycles found, each beginning with the asset whose parent was dropped.

    In a cycle, the asset with the lowest ref in sort order loses its parent, so that every import drops the same one.
    """
    kept = dict(parents)
    done: set[int] = set()
    cycles: list[Sequence[int]] = []
    for start in parents:
        path: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = kept.get(at)
        if at is not None and at in path:
            steps = list(path)
            cycle = steps[steps.index(at) :]
            least = min(cycle, key=ref_of)
            turn = cycle.index(least)
            cycles.append([*cycle[turn:], *cycle[:turn]])
            del kept[least]
        done.update(path)
    return kept, cycles


def by_depth(assets: Iterable[int], parents: Mapping[int, int]) -> list[int]:
    """Return `assets` with every parent before its parts. `parents` must have no cycle."""
    depths: dict[int, int] = {}

    def depth(asset: int) -> int:
        path: list[int] = []
        at: int | None = asset
        while at is not None and at not in depths:
            path.append(at)
            at = parents.get(at)
        below = -1 if at is None else depths[at]
        for step, one in enumerate(reversed(path), start=1):
            depths[one] = below + step
        return depths[asset]

    return sorted(assets, key=depth)
