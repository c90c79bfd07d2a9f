"""The results of matching a version to a release cycle. Only `InCycle` is certain; a person looks at all others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.eol.records import Cycle, Product


class MatchMethod(StrEnum):
    """Which rule found the cycle, or left it open."""

    CYCLE = "cycle"  #: The version is a cycle's name, its codename or its label.
    PREFIX = "prefix"  #: The cycle is the longest beginning of the version, in whole numbers.
    EDITION = "edition"  #: The version names an edition or service pack of the cycle that begins it.
    BUILD = "build"  #: The version is a build from the cycle's first one on, or of its build number.
    LATEST = "latest"  #: The version is the cycle's latest, and no other rule told.
    OLDER = "older"  #: The version is older than every cycle, and support of the oldest is over.
    COARSE = "coarse"  #: The version is shorter than the names of the cycles.
    RANGE = "range"  #: What was given is a range of versions, and says only what may run.
    DOUBT = "doubt"  #: What stands beside the version leaves open whether it is that one: a plan, a doubt, several.
    UNREADABLE = "unreadable"  #: There is no version in what was given.


@dataclass(frozen=True, slots=True, kw_only=True)
class InCycle:
    """The version belongs to `cycle`. `feed` is the hash of the table that says so."""

    product: Product
    cycle: Cycle
    method: MatchMethod
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousVersion:
    """The version may belong to any of `candidates`: the owner has to say."""

    product: Product
    candidates: tuple[Cycle, ...]
    method: MatchMethod
    feed: str

    @property
    def is_one_answer(self) -> bool:
        """Whether the same clocks run on every candidate, so that it makes no difference which one it is.

        For a range, a doubt or something that is no version, it may be none of them.
        """
        if self.method in (MatchMethod.RANGE, MatchMethod.DOUBT, MatchMethod.UNREADABLE):
            return False
        return len({cycle.clocks for cycle in self.candidates}) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UntrackedOld:
    """The version is older than every cycle of the product; `oldest` is the nearest.

    `ended` stands for all earlier releases, if their support is certainly over, on a day that nobody knows.
    """

    product: Product
    oldest: Cycle | None
    feed: str
    ended: Cycle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenCycles:
    """The version lies between two cycles and belongs to neither; a pre-release lies just before its cycle."""

    product: Product
    below: Cycle | None
    above: Cycle | None
    is_prerelease: bool
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """The version is newer than every cycle of the product: the facts are too old, or it is not that product."""

    product: Product
    newest: Cycle | None
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownProduct:
    """There is no product of that name with that provider. `suggestions` are for a person to choose from."""

    suggestions: tuple[Product, ...]
    feed: str


Matched = InCycle | AmbiguousVersion | UntrackedOld | BetweenCycles | Newer | UnknownProduct
