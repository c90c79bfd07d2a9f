"""What resolving a text can return: one asset, several that fit equally well, or only the nearest names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.domain.catalog import Area
from bot.domain.value_object import value_object


class ResolutionMethod(StrEnum):
    """How the asset was found, the most certain first."""

    #: The reference, as the catalog has it.
    REF = "ref"
    #: The name, ignoring case.
    NAME = "name"
    #: Another name that a source gives, ignoring case.
    ALIAS = "alias"
    #: The name or an alias, with other separators or none.
    FOLDED = "folded"
    #: A URL, host name, ARN or channel.
    ADDRESS = "address"
    #: A file's path, through the rules of a CODEOWNERS file.
    PATH = "path"
    #: The name's words in another order, or with a word added or missing that only says the kind.
    WORDS = "words"
    #: The name with a typo.
    TYPO = "typo"
    #: The name with a word abbreviated or spelt out.
    ABBREVIATION = "abbreviation"

    @property
    def is_literal(self) -> bool:
        """Whether the text is the reference or a name itself, in any spelling."""
        return self in (ResolutionMethod.REF, ResolutionMethod.NAME, ResolutionMethod.ALIAS, ResolutionMethod.FOLDED)


@value_object()
class Match:
    """One asset, certain enough to answer with.

    `confidence` is from 0 to 1. `understood_as` is the name (or reference, address or path) as the catalog has it.
    `area` is the area that was asked about, or None for the whole. `also` are rules of other sections of the same
    CODEOWNERS file that match the path: their owners are added.
    """

    asset_id: int
    confidence: float
    method: ResolutionMethod
    understood_as: str
    area: Area | None = None
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset to choose from. `confidence` is from 0 to 1, `name` is as the catalog has it."""

    asset_id: int
    confidence: float
    name: str


@dataclass(frozen=True, slots=True)
class Several:
    """Two or more assets that fit equally well, best first, and the number `left` out.

    `understood_as` is what was looked for.
    """

    candidates: tuple[Candidate, ...]
    understood_as: str
    area: Area | None = None
    left: int = 0

    @classmethod
    def first(
        cls, fitting: Sequence[Candidate], understood_as: str, area: Area | None = None, *, limit: int
    ) -> Several:
        """Return the first `limit` of the assets that fit."""
        return cls(tuple(fitting[:limit]), understood_as, area, max(0, len(fitting) - limit))


@dataclass(frozen=True, slots=True)
class Nearest:
    """No asset fits well enough to answer. Has names to offer, best first, or none."""

    candidates: tuple[Candidate, ...]
    understood_as: str


Resolution: TypeAlias = Match | Several | Nearest
