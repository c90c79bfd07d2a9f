"""Matters: open questions about who owns something, each with somebody who can end it.

A claim is a team's "we own this" of what is owned already, a doubt is somebody's "wrong owner?", and a dispute is two
sources that name different owners.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.catalog import Area
from bot.domain.recipients import NOBODY, Recipient
from bot.domain.records import AssetRecord, DoubtRecord, PersonRecord, TeamRecord
from bot.domain.rights import Actor
from bot.domain.working_time import WorkingTime

#: Working days after which whoever has to answer is reminded, and those after which it passes to the catalog admins.
REMINDER_DAYS, PASSED_ON_DAYS = (2, 5), 7
#: Working days after which a claim or a doubt that no admin answered either is over.
EXPIRY_DAYS = 10


class MatterKind(StrEnum):
    """What is asked."""

    CLAIM = "claim"
    DOUBT = "doubt"
    DISPUTE = "dispute"


class MatterState(StrEnum):
    """What became of it."""

    OPEN = "open"
    AGREED = "agreed"  #: the owner gave way, or a catalog admin decided so
    KEPT = "kept"  #: the owner stays the owner
    WITHDRAWN = "withdrawn"  #: whoever raised it took it back
    EXPIRED = "expired"  #: nobody answered, and nothing has changed
    OVER = "over"  #: ownership changed in another way, so that there was nothing left to ask


class FollowUpStep(StrEnum):
    """What comes next of a matter that is open."""

    TELL = "tell"  #: whoever has to answer has not been told yet
    REMIND = "remind"
    PASS_ON = "pass_on"
    EXPIRE = "expire"
    LIST = "list"  #: it stands in each weekly digest of whoever has to answer


@dataclass(frozen=True, slots=True)
class Side:
    """One who is said to own something, and where that is said. `owner` is nobody for a file that says so.

    `is_agreed` says that it passed to them in Slack with the agreement of whoever owned it.
    """

    owner: Recipient
    said_in: tuple[str, ...] = ()
    is_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """A dispute between the two teams of a handoff only, by the handoff's number: the receiver can hand it back.

    `giver` is whose it would be again, and `under_way` the handoff that offers it already. `is_for_admin` is whether
    whoever reads it gives it back alone; otherwise the giver has to accept it.
    """

    handoff_id: int
    receiver: Recipient
    giver: Recipient
    under_way: int | None = None
    is_for_admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """What a matter is about is lent until a day, by the handoff's number, and can be granted after that."""

    handoff_id: int
    lender: Recipient
    borrower: str
    until: date


@dataclass(frozen=True, slots=True)
class Promise:
    """Two teams, by their names, have agreed that something passes from one to the other on a day."""

    giver: str
    receiver: str
    on: date


def decides_alone(way: WayBack | None, actor: Actor) -> bool:
    """Whether somebody decides for all sides: a catalog admin, unless it is their own team that could hand it back."""
    team = way.receiver.team if way is not None else None
    return actor.is_catalog_admin and (team is None or actor.person_id not in (team.lead_id, *team.member_ids))


def may_say(owner: str, *, own: Set[str], asked: str, is_admin: bool) -> bool:
    """Whether somebody may say that something disputed is this owner's, by their key.

    Whoever gives way may, for the `own` owners for whom they speak; that it is theirs is said for the one who was
    `asked` only.
    """
    return is_admin or (asked == owner if owner in own else bool(own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What somebody who is shown a matter in private may do about it. A click checks again.

    `sides` are the keys of the owners of whom they may say that something disputed is theirs, `may_answer` is for a
    claim or a doubt, and `may_pass_on` for letting a catalog admin decide. `is_giver` and `is_receiver` are for people
    of the teams of a `WayBack`. `refusal` says who may end it, where they may not.
    """

    sides: frozenset[str] = frozenset()
    may_answer: bool = False
    may_pass_on: bool = False
    is_giver: bool = False
    is_receiver: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterCard:
    """A matter as its messages show it.

    `reason` is that of whoever raised it, of a dispute that of whoever decided it.
    `sides` are the owners that the catalog names, whoever is asked first. `team` is the one that claims, or the one
    that a doubter named. `owner` is whose it is once the matter has ended, and `handoff_id` the number of the handoff
    by which it passed. `doubts` are what others said who doubt the same, and `given_up_by` the names of the owners who
    have agreed to it: to a claim, which the others have to as well, or that it is not theirs. `way_back` is set for a
    dispute between giver and receiver of a handoff, and `loan` for what waits until it is back. `is_free` is whether
    nobody owns it now, because its owner gave way to a doubt, `is_owner_gone` whether it ended because `owner` has
    nobody any more, and `has_left` whether the asset is no longer in the catalog.
    `promised` says to whom what is claimed passes on a later day, as was agreed before.
    `has_lost_team` is whether nobody is left in `team`, and `has_admin` whether it can be passed on to anybody.
    `doubted` are the names of those whom a doubt is about, where others answer it, such as their lender, and
    `named_by` is who named `team` as the owner instead.
    """

    id: int
    kind: MatterKind
    state: MatterState
    asset: AssetRecord
    area: Area
    at: datetime
    sides: tuple[Side, ...] = ()
    team: TeamRecord | None = None
    raised_by: PersonRecord | None = None
    reason: str = ""
    question: str = ""
    question_by: PersonRecord | None = None
    reply: str = ""
    is_passed_on: bool = False
    is_orphans: bool = False
    ended_by: PersonRecord | None = None
    owner: Recipient = NOBODY
    handoff_id: int | None = None
    doubts: tuple[DoubtRecord, ...] = ()
    given_up_by: tuple[str, ...] = ()
    way_back: WayBack | None = None
    loan: Loan | None = None
    is_free: bool = False
    is_owner_gone: bool = False
    has_left: bool = False
    has_lost_team: bool = False
    has_admin: bool = True
    promised: tuple[Promise, ...] = ()
    doubted: tuple[str, ...] = ()
    named_by: DoubtRecord | None = None

    @property
    def named(self) -> TeamRecord | None:
        """The team that claims it, or that a doubter named; None where nobody is left in it."""
        return None if self.has_lost_team else self.team

    @property
    def claimed_by(self) -> int | None:
        """The id of whoever made a claim, who does not decide on it; None for any other matter."""
        return self.raised_by.id if self.kind is MatterKind.CLAIM and self.raised_by is not None else None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to answer it still."""
        return self.state is MatterState.OPEN

    @property
    def outdated(self) -> tuple[Side, ...]:
        """The sides of a dispute that was decided whose files still say otherwise."""
        is_decided = self.kind is MatterKind.DISPUTE and self.state in (MatterState.AGREED, MatterState.KEPT)
        return (
            tuple(each for each in self.sides if each.owner.key != self.owner.key and each.said_in)
            if is_decided
            else ()
        )

    @property
    def owner_names(self) -> tuple[str, ...]:
        """The owners' names, each once."""
        return tuple(dict.fromkeys(each.owner.name for each in self.sides if each.owner.name))

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the owners who have not given it up."""
        return tuple(each for each in self.owner_names if each not in self.given_up_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long a matter waits: since when for the one who has to answer now, and what was said to them.

    `lent_until` is the day on which what it is about is back, where nothing can be granted before.
    """

    kind: MatterKind
    since: datetime
    is_told: bool
    times_reminded: int
    is_passed_on: bool
    lent_until: date | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """That whoever has to answer is reminded: for which time, and what comes after the last one on which day."""

    number: int
    then: FollowUpStep
    on: date


def next_step(
    waiting: Waiting, work: WorkingTime, *, has_admin: bool = True, can_be_told: bool = True
) -> tuple[FollowUpStep, date]:
    """Return what comes next, and the day on which it does, by the working time of whoever has to answer.

    `has_admin` is whether there is anybody to pass it on to, and `can_be_told` whether whoever has to answer can be
    written to: nobody waits for the answer of somebody who is never asked.
    """
    told_on = work.today(work.next_open(waiting.since))  # nobody is told before, so that is where the days begin
    first = max(told_on, waiting.lent_until or told_on)  # … or where it can be granted
    if not can_be_told and not waiting.is_passed_on and has_admin:
        return FollowUpStep.PASS_ON, first
    if not can_be_told and waiting.kind is not MatterKind.DISPUTE:
        return FollowUpStep.EXPIRE, working_days_after(first, EXPIRY_DAYS, work)
    if not waiting.is_told:
        return FollowUpStep.TELL, told_on
    if waiting.times_reminded < len(REMINDER_DAYS):
        return FollowUpStep.REMIND, working_days_after(first, REMINDER_DAYS[waiting.times_reminded], work)
    if not waiting.is_passed_on and has_admin:
        return FollowUpStep.PASS_ON, working_days_after(first, PASSED_ON_DAYS, work)
    if waiting.kind is MatterKind.DISPUTE:
        return FollowUpStep.LIST, first
    return FollowUpStep.EXPIRE, working_days_after(first, EXPIRY_DAYS, work)


def reminder_of(waiting: Waiting, work: WorkingTime, *, has_admin: bool = True) -> Reminder:
    """Return what a reminder says besides, of whoever can be told."""
    last = replace(waiting, is_told=True, times_reminded=len(REMINDER_DAYS))
    return Reminder(waiting.times_reminded + 1, *next_step(last, work, has_admin=has_admin))


def working_days_after(day: date, count: int, work: WorkingTime) -> date:
    """Return the day that is so many working days after another."""
    for _ in range(count):
        day = work.on_or_after(day + timedelta(1))
    return day


def asked_first(sides: Sequence[Side], alive: Sequence[bool]) -> Recipient:
    """Return who of the sides is asked to end a dispute: the first who is still there; nobody where none is."""
    return next(
        (side.owner for side, is_there in zip(sides, alive, strict=True) if is_there and side.owner.name), NOBODY
    )
