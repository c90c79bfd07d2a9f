"""The result of an answer to a reminder, for the person who gave it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.eol.answers import Answer
from bot.domain.eol.reminders import Card
from bot.domain.recipients import Told


@dataclass(frozen=True, slots=True)
class AnswerRecorded:
    """The answer is in force. `answer` is None if it ended something instead.

    `told` is who is asked to approve it; None if nobody has to.
    """

    card: Card
    answer: Answer | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class PartClosed:
    """The first part of a plan is closed. `is_told` is whether the person who upgrades is told."""

    card: Card
    answer: Answer
    is_told: bool


@dataclass(frozen=True, slots=True)
class AlreadyStanding:
    """Nothing was changed, because this answer, or one that excludes it, is in force.

    `told` is who is asked about it.
    """

    card: Card
    answer: Answer | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Pinned:
    """A version now counts as `cycle` of `product`. `was` is what it counted as before; "" if that was not certain."""

    asset: str
    version: str
    product: str
    cycle: str
    was: str = ""
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Doubted:
    """It is recorded that these assets are not their owner's. `told` is where another team is asked to claim them."""

    card: Card
    assets: tuple[str, ...]
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """Another team was asked to take over a reminder, now or (not `is_new`) earlier. `told` says where."""

    card: Card
    team: str
    told: Told
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Decided:
    """A delegation or a waiver was decided, by this click or an earlier one.

    `told` is where the team that offered a delegation is told; None if nobody is.
    """

    card: Card
    answer: Answer
    is_granted: bool
    is_new: bool = True
    told: Told | None = None


Outcome = AnswerRecorded | PartClosed | AlreadyStanding | Pinned | Doubted | Offered | Decided
