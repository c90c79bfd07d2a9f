"""What was sent about a deadline, the answers to it, and the content of the messages about it."""

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
    """Return who has a reminder now: the team that has taken it over, or else the watch's addressee."""
    return watch.addressee if taker is None else Addressee(taker)


def giver_of(watch: Watch, taker: TeamRecord | None) -> Addressee | None:
    """Return from whom a reminder was taken over; None if its addressee still has it."""
    return None if holder_of(watch, taker).key == watch.addressee.key else watch.addressee


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """The request for help with a reminder: its number, its state, and where it was delivered."""

    request_id: int
    state: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Inherited:
    """The answer of a previous owner (by name): a plan that may be kept, or a waiver that ended with them."""

    owner: str
    answer: Answer

    def may_be_kept(self, today: date) -> bool:
        """Whether it is a plan whose day is still to come."""
        return self.answer.kind is AnswerKind.PLANNED and self.answer.until is not None and self.answer.until >= today


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A reminder as stored. `milestone` and `said_on` are those of the last message, None before the first one.

    `answers` are those in force, the newest first. `claimed_by` is who reported it as done, which the inventory still
    has to show. `help` is the request for help with it, or None. `inherited` is the previous owner's answer, until the
    current holder gives one of their own.
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
        """Its unique key while it is open, as `Watch.key`."""
        return self.addressee, self.product, self.cycle, self.kind.value

    @property
    def cycle_key(self) -> CycleKey:
        """What a team takes over with it: everything that the addressee has of its release cycle."""
        return self.addressee, self.product, self.cycle

    @property
    def holder(self) -> str:
        """The key of the current holder, who is told: its addressee, or the team that has taken it over."""
        return self.addressee if self.delegated_to is None else f"team:{self.delegated_to}"

    def effect(self, today: date) -> Effect:
        """Return the effect of the answers on a day."""
        return effect(self.answers, self.deadline, self.milestone, today)


@dataclass(frozen=True, slots=True)
class DateMove:
    """A clock of the cycle has moved.

    `clock` is `eoas`, `eol` or `eoes`; the other fields are days, or words if there is none.
    """

    clock: str
    before: str
    after: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FactsAge:
    """The age of the dates: since when the feed has confirmed them, or (None) the table that ships with Baton."""

    confirmed_at: datetime | None
    freshness: Freshness

    @property
    def as_of(self) -> date:
        """The day of the dates."""
        return self.confirmed_at.date() if self.confirmed_at is not None else SHIPPED_ON


@dataclass(frozen=True, slots=True)
class CardReader:
    """What a person may do who sees a reminder privately.

    They may answer it, close the part of its plan that names them, or say which version it is.
    """

    may_answer: bool
    may_close: bool
    may_pin: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The content of an open reminder's first message. `others` are the names of other teams that were told."""

    reminder: Remembered
    watch: Watch
    today: date
    facts: FactsAge
    moves: tuple[DateMove, ...] = ()
    taker: TeamRecord | None = None  #: the team that has accepted it
    offered_to: str = ""  #: the name of the team that was asked to take it over
    may_ask_for_help: bool = False  #: whether there is another team that takes requests
    library_id: int | None = None  #: the shared library that it is about, for which that team helps
    #: Assets whose addressee has everything in a handoff: their ids, each with the handoff's number.
    handoffs: tuple[tuple[int, int], ...] = ()

    @property
    def holder(self) -> Addressee:
        """The current holder."""
        return holder_of(self.watch, self.taker)

    @property
    def giver(self) -> Addressee | None:
        """From whom it was taken over; None if its addressee still has it."""
        return giver_of(self.watch, self.taker)

    @property
    def effect(self) -> Effect:
        """The effect of the answers on the card's day."""
        return effect(self.reminder.answers, self.watch.deadline.on, self.reminder.milestone, self.today)

    @property
    def is_verifying(self) -> bool:
        """Whether it was reported as done, and the inventory still has time to show it."""
        claimed_at = self.reminder.claimed_at
        return claimed_at is not None and self.today < evidence_due(claimed_at.date())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCard:
    """The content of a reminder's first message when nothing is left to do. `evidence` is what its assets run now.

    `saved` is roughly what is no longer charged per month, by currency.
    """

    reminder: Remembered
    product: str
    cycle: str
    resolution: str
    evidence: tuple[MatchedDeployment, ...] = ()
    saved: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueMilestone:
    """A milestone that is sent now, and its card."""

    card: Card
    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The weekly message. `quiet` counts what is open and answered; `unsure` are unknown versions.

    `paid` are answered reminders with a charge today; `quiet` does not count them. `still_unsure` are unknown versions
    that an earlier digest named. `with_others` counts what other teams have taken over, by their names. `shared` is
    what is charged now, belongs to another team, and is under an application of this one.
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
