"""What was said of a deadline and answered to it, and what the messages about it show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.eol.answers import Answer, AnswerKind, Effect, effect, evidence_due
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.feed import SHIPPED_ON, Freshness
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.eol.responsibility import Addressee, CycleKey
from bot.domain.eol.shared_charges import SharedCharge
from bot.domain.records import PersonRecord, TeamRecord


def holder_of(watch: Watch, taker: TeamRecord | None) -> Addressee:
    """Return who has a reminder now: the team that has taken it over, else whoever has what it is about."""
    return watch.addressee if taker is None else Addressee(taker)


def giver_of(watch: Watch, taker: TeamRecord | None) -> Addressee | None:
    """Return from whom a reminder was taken over; None while its addressee has it."""
    return None if holder_of(watch, taker).key == watch.addressee.key else watch.addressee


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """The request for help with a reminder: its number, how it stands, and where it was delivered."""

    request_id: int
    state: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Inherited:
    """What an owner before, by their name, had answered: a plan that may be kept, or a waiver that ended with them."""

    owner: str
    answer: Answer

    def may_be_kept(self, today: date) -> bool:
        """Whether it is a plan whose day is still to come."""
        return self.answer.kind is AnswerKind.PLANNED and self.answer.until is not None and self.answer.until >= today


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A reminder as the store has it. `milestone` and `said_on` are of what was said last, None before anything was.

    `answers` are those in force, the newest first; `claimed_by` is who said that it is done, which has to be seen yet.
    `help` is the request for help with it, None where nobody has asked. `inherited` is what the owner before had
    answered, while whoever has it now has given no answer of their own.
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
    help: HelpAsked | None = None
    inherited: Inherited | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is unique by while it is open, as `Watch.key`."""
        return self.addressee, self.product, self.cycle, self.kind.value

    @property
    def cycle_key(self) -> CycleKey:
        """What a team takes over with it: all that the addressee has of its release cycle."""
        return self.addressee, self.product, self.cycle

    @property
    def holder(self) -> str:
        """The key of whoever has it now, and is told of it: its addressee, or the team that has taken it over."""
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


@dataclass(frozen=True, slots=True)
class CardReader:
    """What somebody may do who is shown a reminder alone: answer it, close the part of its plan that names them, or
    say which version it is.
    """

    may_answer: bool
    may_close: bool
    may_pin: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the root message of an open reminder shows. `others` are the names of the teams that were told besides."""

    reminder: Remembered
    watch: Watch
    today: date
    facts: FactsAge
    moves: tuple[DateMove, ...] = ()
    taker: TeamRecord | None = None  #: the team that has accepted it
    offered_to: str = ""  #: the name of the team that has been asked to take it
    may_ask_for_help: bool = False  #: whether another team takes requests
    library_id: int | None = None  #: the shared library that it is about, with which that team helps
    #: Assets of which all that the addressee has is in a handoff, by their ids, each with the handoff's number.
    handoffs: tuple[tuple[int, int], ...] = ()

    @property
    def holder(self) -> Addressee:
        """Who has it now."""
        return holder_of(self.watch, self.taker)

    @property
    def giver(self) -> Addressee | None:
        """From whom it was taken over; None while its addressee has it."""
        return giver_of(self.watch, self.taker)

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
    """What the root message shows once nothing is left to do. `evidence` is what its assets run now.

    `saved` is about what is no longer charged a month, by currency.
    """

    reminder: Remembered
    product: str
    cycle: str
    resolution: str
    evidence: tuple[MatchedDeployment, ...] = ()
    saved: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueMilestone:
    """A milestone that is said now, and the card that it is of."""

    card: Card
    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A week's message. `quiet` counts what is open and answered; `unsure` are versions that nobody knows.

    `paid` is what of the answered is charged for now, which `quiet` does not count. `still_unsure` are those versions
    that an earlier one has named. `with_others` counts what other teams have taken over, by their names. `shared` is
    charged now and another team's, under an application of this one.
    """

    addressee: Addressee
    items: tuple[DueMilestone, ...]
    today: date
    quiet: int = 0
    paid: tuple[Card, ...] = ()
    unsure: tuple[MatchedDeployment, ...] = ()
    still_unsure: tuple[MatchedDeployment, ...] = ()
    is_first: bool = False
    with_others: Mapping[str, int] = field(default_factory=dict)
    shared: tuple[SharedCharge, ...] = ()
