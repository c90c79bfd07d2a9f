"""What was said of a deadline and answered to it, and what the messages about it show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.eol.answers import Answer, Effect, effect, evidence_due
from bot.domain.eol.exposure import Addressee, MatchedDeployment, Watch
from bot.domain.eol.feed import SHIPPED_ON, Freshness
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.records import PersonRecord


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
    def holder(self) -> str:
        """The key of whoever is told of it: its addressee, or the team that has taken it over."""
        return self.addressee if self.delegated_to is None else f"team:{self.delegated_to}"

    def effect(self, today: date) -> Effect:
        """Return what the answers do on a day."""
        return effect(self.answers, self.deadline, self.milestone, today)


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

    @property
    def as_of(self) -> date:
        """The day that the dates are of."""
        return self.confirmed_at.date() if self.confirmed_at is not None else SHIPPED_ON


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
    may_ask_for_help: bool = False  #: whether another team takes requests

    @property
    def effect(self) -> Effect:
        """What the answers do on the card's day."""
        return effect(self.reminder.answers, self.watch.deadline.on, self.reminder.milestone, self.today)

    @property
    def is_verifying(self) -> bool:
        """Whether it was said to be done, and the inventory has some time left to show it."""
        claimed_at = self.reminder.claimed_at
        return claimed_at is not None and self.today < evidence_due(claimed_at.date())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCard:
    """What the root message shows once nothing is left to do. `evidence` is what its assets run now."""

    reminder: Remembered
    product: str
    cycle: str
    resolution: str
    evidence: tuple[MatchedDeployment, ...] = ()


@dataclass(frozen=True, slots=True)
class DueMilestone:
    """A milestone that is said now, and the card that it is of."""

    card: Card
    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A week's message. `quiet` counts what is open and answered; `unsure` are versions that nobody knows."""

    addressee: Addressee
    items: tuple[DueMilestone, ...]
    today: date
    quiet: int = 0
    unsure: tuple[MatchedDeployment, ...] = ()
    is_first: bool = False
