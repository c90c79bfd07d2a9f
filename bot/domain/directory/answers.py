"""What resolving a text can come to: one asset, several that fit equally, or only the nearest names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.domain.catalog import Area
from bot.domain.value_object import value_object


class ResolutionMethod(StrEnum):
    """How the asset was found, surest first."""

    #: The reference, as the catalog has it.
    REF = "ref"
    #: The name, up to case.
    NAME = "name"
    #: Another name that a source gives, up to case.
    ALIAS = "alias"
    #: The name or an alias, spelt with other separators or none.
    FOLDED = "folded"
    #: A URL, host name, ARN or channel.
    ADDRESS = "address"
    #: A file's path, through the rules of a CODEOWNERS file.
    PATH = "path"
    #: The name's words in another order, or with a word that only says the kind more or less.
    WORDS = "words"
    #: The name with a slip of the finger.
    TYPO = "typo"
    #: A word is abbreviated or spelt out.
    ABBREVIATION = "abbreviation"

    @property
    def is_literal(self) -> bool:
        """Whether what was written is the reference or a name itself, in whatever spelling."""
        return self in (ResolutionMethod.REF, ResolutionMethod.NAME, ResolutionMethod.ALIAS, ResolutionMethod.FOLDED)


@value_object()
class Match:
    """One asset, sure enough to answer with.

    `confidence` is from 0 to 1, `understood_as` the name (or reference, address or path) as the catalog has it, `area`
    the part of the asset that was asked about, or None when the whole of it was. `also` are rules of further sections
    of the same CODEOWNERS file that a path falls under: what they say adds up.
    """

    asset_id: int
    confidence: float
    method: ResolutionMethod
    understood_as: str
    area: Area | None = None
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset to choose; `confidence` is from 0 to 1, `name` as the catalog has it."""

    asset_id: int
    confidence: float
    name: str


@dataclass(frozen=True, slots=True)
class Several:
    """Two or more assets that fit equally well, best first, and `left` more; `understood_as` is what was looked for."""

    candidates: tuple[Candidate, ...]
    understood_as: str
    area: Area | None = None
    left: int = 0

    @classmethod
    def first(
        cls, fitting: Sequence[Candidate], understood_as: str, area: Area | None = None, *, limit: int
    ) -> Several:
        """Return the first `limit` of all that fit."""
        return cls(tuple(fitting[:limit]), understood_as, area, max(0, len(fitting) - limit))


@dataclass(frozen=True, slots=True)
class Nearest:
    """No asset fits well enough to answer: names to offer, best first and perhaps none."""

    candidates: tuple[Candidate, ...]
    understood_as: str


Resolution: TypeAlias = Match | Several | Nearest
