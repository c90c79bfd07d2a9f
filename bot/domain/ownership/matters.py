"""Matters: open questions about who owns something. Each has somebody who can end it.

- A claim: a team says "we own this" of something that has an owner.
- A doubt: somebody says "wrong owner?".
- A dispute: two sources name different owners.
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

#: Working days after which the person who has to answer is reminded, and after which a matter passes to the catalog
#: admins.
REMINDER_DAYS, PASSED_ON_DAYS = (2, 5), 7
#: Working days after which a claim or a doubt is closed that no admin has answered either.
EXPIRY_DAYS = 10


class MatterKind(StrEnum):
    """What kind of question it is."""

    CLAIM = "claim"
    DOUBT = "doubt"
    DISPUTE = "dispute"


class MatterState(StrEnum):
    """How a matter stands, or how it ended."""

    OPEN = "open"
    AGREED = "agreed"  #: the owner gave way, or a catalog admin decided so
    KEPT = "kept"  #: the owner stays the owner
    WITHDRAWN = "withdrawn"  #: the person who raised it took it back
    EXPIRED = "expired"  #: nobody answered, and nothing has changed
    OVER = "over"  #: ownership changed in another way, so there was nothing left to decide


class FollowUpStep(StrEnum):
    """What happens next with an open matter."""

    TELL = "tell"  #: the person who has to answer has not been told yet
    REMIND = "remind"
    PASS_ON = "pass_on"
    EXPIRE = "expire"
    LIST = "list"  #: it is listed in every weekly digest of the person who has to answer


@dataclass(frozen=True, slots=True)
class Side:
    """One of the owners that are named for something, and where. `owner` is nobody if a file says that nobody owns it.

    `is_agreed` is whether it passed to them in Slack with the agreement of its owner.
    """

    owner: Recipient
    said_in: tuple[str, ...] = ()
    is_agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """A dispute only between the giver and the receiver of a handoff: the receiver can hand the thing back.

    `giver` would own it again. `under_way` is the number of a handoff that already offers it back. `is_for_admin` is
    whether the reader can give it back alone; otherwise the giver has to accept it.
    """

    handoff_id: int
    receiver: Recipient
    giver: Recipient
    under_way: int | None = None
    is_for_admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """The subject of a matter is on loan through a handoff until a day, and can be granted after that."""

    handoff_id: int
    lender: Recipient
    borrower: str
    until: date


@dataclass(frozen=True, slots=True)
class Promise:
    """Two teams (by name) have agreed that something passes from one to the other on a day."""

    giver: str
    receiver: str
    on: date


def decides_alone(way: WayBack | None, actor: Actor) -> bool:
    """Whether somebody decides for all sides.

    A catalog admin does, unless their own team is the one that could hand the thing back.
    """
    team = way.receiver.team if way is not None else None
    return actor.is_catalog_admin and (team is None or actor.person_id not in (team.lead_id, *team.member_ids))


def may_say(owner: str, *, own: Set[str], asked: str, is_admin: bool) -> bool:
    """Whether somebody may say that something disputed belongs to `owner`, an owner's key.

    `own` are the owners that they speak for. Anybody who speaks for an owner may give way to another side. Only
    somebody who speaks for the owner who was `asked` may say that it is theirs. Catalog admins may say either.
    """
    return is_admin or (asked == owner if owner in own else bool(own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a person who is shown a matter in private may do about it. Each click checks again.

    - `sides`: the keys of the owners that they may name as the owner of something disputed.
    - `may_answer`: whether they may answer a claim or a doubt.
    - `may_pass_on`: whether they may let a catalog admin decide.
    - `is_giver`, `is_receiver`: whether they are in one of the teams of a `WayBack`.
    - `refusal`: who may end the matter, if they may not.
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

    - `sides`: the owners that the catalog names, the one who is asked first.
    - `team`: the team that claims it, or that a doubter named.
    - `reason`: given by the person who raised it; for a dispute, by the person who decided it.
    - `owner`: who owns it once the matter has ended; `handoff_id` is the handoff by which it passed.
    - `doubts`: what other people said who have the same doubt.
    - `given_up_by`: the names of the owners who have agreed to a claim, or have said that it is not theirs.
    - `way_back`: set for a dispute between the giver and the receiver of a handoff.
    - `loan`: set if the matter waits until a loan is over.
    - `is_free`: whether nobody owns it now, because its owner gave way to a doubt.
    - `is_owner_gone`: whether it ended because `owner` has nobody left.
    - `has_left`: whether the asset is no longer in the catalog.
    - `has_lost_team`: whether `team` has nobody left.
    - `has_admin`: whether there is anybody to pass it on to.
    - `promised`: to whom the claimed thing passes on a later day, as agreed before.
    - `doubted`: the names of those whom a doubt is about, if others answer it, such as their lender.
    - `named_by`: the doubt that named `team` as the owner.
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
        """The team that claims it, or that a doubter named; None if that team has nobody left."""
        return None if self.has_lost_team else self.team

    @property
    def claimed_by(self) -> int | None:
        """The id of the person who made a claim, who may not decide on it; None for other matters."""
        return self.raised_by.id if self.kind is MatterKind.CLAIM and self.raised_by is not None else None

    @property
    def is_open(self) -> bool:
        """Whether it still needs an answer."""
        return self.state is MatterState.OPEN

    @property
    def outdated(self) -> tuple[Side, ...]:
        """The sides of a decided dispute whose files still name somebody else."""
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
    """How long a matter has waited for the person who has to answer now, and what they were told.

    `lent_until` is the last day of a loan, before which nothing can be granted; or None.
    """

    kind: MatterKind
    since: datetime
    is_told: bool
    times_reminded: int
    is_passed_on: bool
    lent_until: date | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder's number, and what happens after the last one on which day."""

    number: int
    then: FollowUpStep
    on: date


def next_step(
    waiting: Waiting, work: WorkingTime, *, has_admin: bool = True, can_be_told: bool = True
) -> tuple[FollowUpStep, date]:
    """Return what happens next and on which day, by the working time of the person who has to answer.

    `has_admin` is whether there is anybody to pass the matter on to. `can_be_told` is whether the person who has to
    answer can be written to: a matter does not wait for somebody who is never asked.
    """
    told_on = work.today(work.next_open(waiting.since))  # nobody is told earlier, so the days count from here
    first = max(told_on, waiting.lent_until or told_on)  # … or from when it can be granted
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
    """Return the number of a reminder and what follows the last one, for a person who can be told."""
    last = replace(waiting, is_told=True, times_reminded=len(REMINDER_DAYS))
    return Reminder(waiting.times_reminded + 1, *next_step(last, work, has_admin=has_admin))


def working_days_after(day: date, count: int, work: WorkingTime) -> date:
    """Return the day that is `count` working days after `day`."""
    for _ in range(count):
        day = work.on_or_after(day + timedelta(1))
    return day


def asked_first(sides: Sequence[Side], alive: Sequence[bool]) -> Recipient:
    """Return the owner who is asked to end a dispute: the first who is still there, or NOBODY."""
    return next(
        (side.owner for side, is_there in zip(sides, alive, strict=True) if is_there and side.owner.name), NOBODY
    )
