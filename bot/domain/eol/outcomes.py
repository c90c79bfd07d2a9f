"""What an answer to a reminder came to, for whoever gave it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.eol.answers import Answer
from bot.domain.eol.reminders import Card
from bot.domain.recipients import Told


@dataclass(frozen=True, slots=True)
class AnswerRecorded:
    """The answer stands from now on. `answer` is None where it ended something instead of beginning it.

    `told` is where somebody is asked to approve it; None where nobody has to.
    """

    card: Card
    answer: Answer | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class PartClosed:
    """The first part of a plan is closed. `is_told` says that whoever upgrades hears of it."""

    card: Card
    answer: Answer
    is_told: bool


@dataclass(frozen=True, slots=True)
class AlreadyStanding:
    """Nothing was changed: this stands already, or stands against it. `told` is where somebody is asked about it."""

    card: Card
    answer: Answer | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Pinned:
    """A version counts as `cycle` of `product` from now on. `was` is what it counted as, empty for nothing sure."""

    asset: str
    version: str
    product: str
    cycle: str
    was: str = ""
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Doubted:
    """It is on record that these assets are not their owner's. `told` is where another team is asked to claim them."""

    card: Card
    assets: tuple[str, ...]
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """Another team is asked to take a reminder over, where `told` says, now or (not `is_new`) before."""

    card: Card
    team: str
    told: Told
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Decided:
    """A delegation or a waiver was decided, by this click or an earlier one.

    `told` is where those who offered a delegation hear of it; None where nobody is told.
    """

    card: Card
    answer: Answer
    is_granted: bool
    is_new: bool = True
    told: Told | None = None


Outcome = AnswerRecorded | PartClosed | AlreadyStanding | Pinned | Doubted | Offered | Decided
