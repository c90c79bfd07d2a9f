"""The results of matching a version to a release cycle. Only `InCycle` is certain; the others need a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.eol.records import Cycle, Product


class MatchMethod(StrEnum):
    """The rule that found the cycle, or left it open."""

    CYCLE = "cycle"  #: The version is a cycle's name, its codename or its label.
    PREFIX = "prefix"  #: The cycle's name is the longest beginning of the version, in whole numbers.
    EDITION = "edition"  #: The version names an edition or service pack of the cycle that begins it.
    BUILD = "build"  #: The version is a build in the cycle's range, or has its build number.
    LATEST = "latest"  #: The version is the cycle's latest, and no other rule matched.
    OLDER = "older"  #: The version is older than every cycle, and support of the oldest is over.
    COARSE = "coarse"  #: The version is shorter than the names of the cycles.
    RANGE = "range"  #: The text is a range of versions, and only says what may run.
    DOUBT = "doubt"  #: The words beside the version leave it open: a plan, a doubt, several versions.
    UNREADABLE = "unreadable"  #: The text contains no version.


@dataclass(frozen=True, slots=True, kw_only=True)
class InCycle:
    """The version belongs to `cycle`. `feed` is the hash of the table that says so."""

    product: Product
    cycle: Cycle
    method: MatchMethod
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousVersion:
    """The version may belong to any of `candidates`; the owner has to say which."""

    product: Product
    candidates: tuple[Cycle, ...]
    method: MatchMethod
    feed: str

    @property
    def is_one_answer(self) -> bool:
        """Whether all candidates have the same clocks, so that it makes no difference which one it is.

        For a range, a doubt or text without a version it may be none of them.
        """
        if self.method in (MatchMethod.RANGE, MatchMethod.DOUBT, MatchMethod.UNREADABLE):
            return False
        return len({cycle.clocks for cycle in self.candidates}) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UntrackedOld:
    """The version is older than every cycle of the product; `oldest` is the nearest.

    `ended` stands for all earlier releases, if their support is certainly over, on an unknown day.
    """

    product: Product
    oldest: Cycle | None
    feed: str
    ended: Cycle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenCycles:
    """The version is between two cycles and belongs to neither. A pre-release is just before its cycle."""

    product: Product
    below: Cycle | None
    above: Cycle | None
    is_prerelease: bool
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """The version is newer than every cycle of the product: the facts are too old, or it is another product."""

    product: Product
    newest: Cycle | None
    feed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownProduct:
    """The provider has no product of that name. `suggestions` are for a person to choose from."""

    suggestions: tuple[Product, ...]
    feed: str


Matched = InCycle | AmbiguousVersion | UntrackedOld | BetweenCycles | Newer | UnknownProduct
