"""What was said of a deadline and answered to it, and what the messages about it show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.eol.exposure import Addressee, Running, Watch
from bot.domain.eol.feed import Freshness
from bot.domain.eol.milestones import Deadline, DeadlineKind, Milestone
from bot.domain.eol.responses import Acknowledged, Planned, Response, Snoozed, Waived
from bot.domain.records import PersonRecord


class AnswerKind(StrEnum):
    """What somebody can answer to a reminder."""

    ACKNOWLEDGED = "acknowledged"
    PLANNED = "planned"
    SNOOZED = "snoozed"
    WAIVED = "waived"
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer in force. A waiver without `decided_by` awaits its approval, a delegation its acceptance.

    `until` is a plan's day, or when a snooze or a waiver is over; `team_id` the team that a delegation is offered to.
    `detail` of a plan: `target`, `compatibility` and `upgrade` (who does it), `rollback` (criteria), `decider`; of a
    waiver: `reason`.
    """

    id: int
    kind: AnswerKind
    person: PersonRecord | None
    at: datetime
    deadline: date
    milestone: int | None = None
    until: date | None = None
    team_id: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    decided_by: PersonRecord | None = None
    decided_at: datetime | None = None

    def response(self, kind: DeadlineKind) -> Response | None:
        """Return the answer as the rules of quiet read it; None for one that keeps nothing quiet (yet)."""
        deadline = Deadline(kind, self.deadline)
        match self.kind:
            case AnswerKind.ACKNOWLEDGED if self.milestone is not None:
                return Acknowledged(deadline, Milestone(self.milestone))
            case AnswerKind.PLANNED if self.until is not None:
                return Planned(deadline, self.until)
            case AnswerKind.SNOOZED if self.until is not None:
                return Snoozed(deadline, self.until)
            case AnswerKind.WAIVED if self.until is not None and self.decided_by is not None:
                return Waived(deadline, self.until)
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A reminder as the store has it. `milestone` and `said_on` are of what was said last, None before anything was.

    `answers` are those in force, the newest first; `claimed_by` is who said that it is done, which has to be seen yet.
    """

    id: int
    addressee: str
    product: str
    cycle: str
    kind: DeadlineKind
    deadline: date
    opened_on: date
    milestone: Milestone | None = None
    said_on: date | None = None
    root_key: str = ""
    claimed_by: PersonRecord | None = None
    claimed_at: datetime | None = None
    delegated_to: int | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is unique by while it is open, as `Watch.key`."""
        return self.addressee, self.product, self.cycle, self.kind.value

    @property
    def response(self) -> Response | None:
        """The newest answer that can keep it quiet."""
        responses = (answer.response(self.kind) for answer in self.answers)
        return next((each for each in responses if each is not None), None)


@dataclass(frozen=True, slots=True)
class DateMove:
    """A clock of the cycle has moved: `clock` is `eoas`, `eol` or `eoes`, the rest days or words for none."""

    clock: str
    before: str
    after: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FactsAge:
    """Where dates come from: since when the feed has confirmed them, or (None) the table that ships with Baton."""

    confirmed_at: datetime | None
    freshness: Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the root message of an open reminder shows. `others` are the names of the teams that were told besides."""

    reminder: Remembered
    watch: Watch
    today: date
    facts: FactsAge
    moves: tuple[DateMove, ...] = ()
    delegated_to: str = ""  #: the name of the team that has accepted it
    offered_to: str = ""  #: the name of the team that has been asked to take it


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCard:
    """What the root message shows once nothing is left to do. `evidence` is what its assets run now."""

    reminder: Remembered
    product: str
    cycle: str
    resolution: str
    evidence: tuple[Running, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A milestone that is said now, and the card that it is of."""

    card: Card
    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A week's message. `quiet` counts what is open and answered; `unsure` are versions that nobody knows."""

    addressee: Addressee
    items: tuple[Item, ...]
    today: date
    quiet: int = 0
    unsure: tuple[Running, ...] = ()
    is_first: bool = False
