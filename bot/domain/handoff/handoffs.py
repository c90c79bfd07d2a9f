"""What may become of a handoff and its resources: one table of the steps, from which states, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.catalog import Area
from bot.domain.handoff.readiness import Evidence
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.rights import Right
from bot.errors import FieldError, UserError

#: The most resources of one handoff: what a person can answer one by one.
MOST_RESOURCES = 50
#: The most working days of an overlap.
MOST_OVERLAP_DAYS = 60
#: How far ahead a day may be for which something waits: until it comes, nobody else can be offered the same.
MOST_AHEAD = timedelta(366)
TOO_FAR = "Choose a day within a year from now."


class ResourceState(StrEnum):
    """How a resource of a handoff stands."""

    DRAFT = "draft"  #: the receiver has asked for it, and the giver has not offered it
    OFFERED = "offered"
    NOT_YET = "not_yet"  #: the receiver takes it once something is there
    SUPPLIED = "supplied"  #: … and that is there, as somebody has said
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CALLED_OFF = "called_off"  #: one side went back on what was agreed, before its day


#: Resources that the receiver still has to accept or decline.
OPEN = frozenset({ResourceState.OFFERED, ResourceState.NOT_YET, ResourceState.SUPPLIED})
#: Resources of which somebody owes an answer: the giver of those that were asked for, the receiver of the others.
UNANSWERED = OPEN | {ResourceState.DRAFT}


class Which(StrEnum):
    """Which handoffs are listed. The values are what people type."""

    PENDING = "pending"  #: they wait for an answer or for a day
    OVER = "over"
    ALL = "all"


class Review(StrEnum):
    """What a side has said about whether it works. The values are stored."""

    NONE = ""
    WORKS = "works"
    NO = "no"


class HandoffStep(StrEnum):
    """What is done to a resource. The values stand in the audit log as `handoff.<step>`."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    NOT_YET = "not_yet"
    SUPPLY = "supply"  #: what the receiver waited for is there
    WITHDRAW = "withdraw"
    EXPIRE = "expire"  #: nobody has answered for too long
    REFUSE = "refuse"  #: the giver does not offer what it was asked for
    CANCEL = "cancel"  #: the receiver does not ask for it any more
    CALL_OFF = "call_off"  #: either side goes back on what was accepted and has not passed yet


@dataclass(frozen=True, slots=True)
class HandoffTransition:
    """A row of the table. `right` is None for what no person does."""

    sources: frozenset[ResourceState]
    to: ResourceState
    right: Right | None


_UNASKED = frozenset({ResourceState.DRAFT})
#: Resources of which nothing more is to come.
OVER = frozenset({ResourceState.DECLINED, ResourceState.EXPIRED, ResourceState.WITHDRAWN, ResourceState.CALLED_OFF})

TRANSITIONS: Mapping[HandoffStep, HandoffTransition] = {
    HandoffStep.OFFER: HandoffTransition(_UNASKED | OVER, ResourceState.OFFERED, Right.HAND_OVER),
    HandoffStep.ACCEPT: HandoffTransition(OPEN, ResourceState.ACCEPTED, Right.TAKE_OVER),
    HandoffStep.DECLINE: HandoffTransition(OPEN, ResourceState.DECLINED, Right.PUT_OFF),
    HandoffStep.NOT_YET: HandoffTransition(OPEN, ResourceState.NOT_YET, Right.PUT_OFF),
    HandoffStep.SUPPLY: HandoffTransition(frozenset({ResourceState.NOT_YET}), ResourceState.SUPPLIED, Right.SUPPLY),
    HandoffStep.WITHDRAW: HandoffTransition(OPEN, ResourceState.WITHDRAWN, Right.HAND_OVER),
    HandoffStep.EXPIRE: HandoffTransition(UNANSWERED, ResourceState.EXPIRED, None),
    HandoffStep.REFUSE: HandoffTransition(_UNASKED, ResourceState.DECLINED, Right.HAND_OVER),
    HandoffStep.CANCEL: HandoffTransition(_UNASKED, ResourceState.WITHDRAWN, Right.PUT_OFF),
    HandoffStep.CALL_OFF: HandoffTransition(
        frozenset({ResourceState.ACCEPTED}), ResourceState.CALLED_OFF, Right.CALL_OFF
    ),
}

#: What the people of each team may do to a handoff: their channel is shown that.
FOR_GIVER = frozenset({Right.HAND_OVER, Right.SUPPLY, Right.CALL_OFF, Right.EVIDENCE})
FOR_RECEIVER = frozenset({Right.TAKE_OVER, Right.PUT_OFF, Right.CALL_OFF, Right.EVIDENCE})

#: What is said where a step cannot be taken, by how the resource stands.
_STANDS: Mapping[ResourceState, str] = {
    ResourceState.DRAFT: "It has not been offered yet: its owner has to offer it first.",
    ResourceState.OFFERED: "It has been offered already: its receiver has to answer.",
    ResourceState.NOT_YET: "It has been offered already: its receiver waits for something.",
    ResourceState.SUPPLIED: "It has been offered already: its receiver has to answer.",
    ResourceState.ACCEPTED: "It has been accepted for a later day: either side can call it off on its card.",
    ResourceState.DECLINED: "It has been declined: its owner can offer it again.",
    ResourceState.EXPIRED: "The offer has expired: its owner can offer it again.",
    ResourceState.WITHDRAWN: "The offer has been withdrawn: its owner can offer it again.",
    ResourceState.CALLED_OFF: "It has been called off: its owner can offer it again.",
}
_HAS_PASSED = "It has passed to its receiver already: *Hand it back* on its card offers it in a new handoff."


def after(step: HandoffStep, state: ResourceState, *, has_passed: bool = False) -> ResourceState | None:
    """Return the state to which a step leads; None when it was taken before, so that nothing changes.

    "Not yet" may be said again, with another date. Nothing leads on from what was accepted once `has_passed` says that
    its receiver owns it. Raises UserError where the state does not allow the step.
    """
    transition = TRANSITIONS[step]
    if state in transition.sources and not has_passed:
        return transition.to
    if state is transition.to:
        return None
    raise UserError(_HAS_PASSED if has_passed else _STANDS[state])


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceCard:
    """A resource as messages show it. `needs`, `needs_from` and `needs_by` say what "not yet" waits for; of
    what is there since, `needs_by` is the day on which that was said, and `answered_by` who said so.

    Of what is over, `is_givers` says whether the giver has it yet to offer it again, and the receiver anybody to accept
    it, and `is_nobodys` that nobody has it.
    Of what has passed, `is_receivers` says whether its receiver owns it yet.
    """

    id: int
    asset_id: int
    name: str
    area: Area
    state: ResourceState
    version: int = 1
    answered_by: str = ""
    reason: str = ""
    needs: str = ""
    needs_from: str = ""
    needs_by: date | None = None
    moved_at: datetime | None = None
    overlap_until: date | None = None
    returned_at: datetime | None = None
    is_givers: bool = True
    is_nobodys: bool = False
    is_receivers: bool = True

    @property
    def is_open(self) -> bool:
        """Whether the receiver still has to accept or decline it."""
        return self.state in OPEN

    @property
    def is_to_come(self) -> bool:
        """Whether it is accepted and has not passed yet."""
        return self.state is ResourceState.ACCEPTED and self.moved_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffCard:
    """A handoff as messages show it.

    `begun_on` and `offered_on` are days of whoever owes the answer: when the handoff began, and when it was offered
    last, which is None for what was only asked for. `expires_on` is the last day on which a question or an offer can
    be answered. `is_granted` says that it is a claim that the giver agreed to. `left_behind` are names of what the
    giver keeps of the same systems, `comes_along` what comes with the resources, a line each, as messages have it, and
    `named_in_files` the owners whom files have to name no longer.
    """

    id: int
    giver: TeamRecord
    receiver: TeamRecord
    resources: tuple[ResourceCard, ...]
    starter: PersonRecord
    begun_on: date
    offerer: PersonRecord | None = None
    is_asked: bool = False
    version: int = 1
    reason: str = ""
    offered_on: date | None = None
    expires_on: date | None = None
    effective_on: date | None = None
    overlap_days: int = 0
    loan_until: date | None = None
    is_closed: bool = False
    is_granted: bool = False
    request_id: int | None = None
    library_id: int | None = None
    library: str = ""
    follows_id: int | None = None
    evidence: tuple[Evidence, ...] = ()
    left_behind: tuple[str, ...] = ()
    comes_along: tuple[str, ...] = ()
    named_in_files: tuple[str, ...] = ()
    giver_says: Review = Review.NONE
    receiver_says: Review = Review.NONE

    @property
    def open_resources(self) -> tuple[ResourceCard, ...]:
        """What the receiver still has to answer."""
        return tuple(each for each in self.resources if each.is_open)

    @property
    def unanswered(self) -> tuple[ResourceCard, ...]:
        """What the giver still has to offer or refuse, or the receiver to accept or decline."""
        return tuple(each for each in self.resources if each.state in UNANSWERED)

    @property
    def untouched(self) -> tuple[ResourceCard, ...]:
        """What waits for an answer and has not been put off."""
        return tuple(each for each in self.unanswered if each.state is not ResourceState.NOT_YET)

    @property
    def is_draft(self) -> bool:
        """Whether the receiver has asked, and the giver has not answered."""
        return any(each.state is ResourceState.DRAFT for each in self.resources)

    @property
    def answerer(self) -> TeamRecord:
        """The team whose turn it is to answer."""
        return self.giver if self.is_draft else self.receiver

    @property
    def decider(self) -> PersonRecord | None:
        """Who granted a claim over the giver's head: somebody who is not of the giver. None where the giver agreed."""
        by = self.offerer if self.is_granted else None
        return by if by is not None and by.id not in (self.giver.lead_id, *self.giver.member_ids) else None

    @property
    def is_fixed(self) -> bool:
        """Whether something was accepted on the terms of the offer, which stand as long as it does."""
        return any(each.state is ResourceState.ACCEPTED for each in self.resources)

    @property
    def to_come(self) -> tuple[ResourceCard, ...]:
        """What is accepted, and passes on its day."""
        return tuple(each for each in self.resources if each.is_to_come)

    @property
    def held(self) -> tuple[ResourceCard, ...]:
        """What has passed to the receiver, and has not been returned."""
        return tuple(each for each in self.resources if each.moved_at is not None and each.returned_at is None)

    @property
    def owned(self) -> tuple[ResourceCard, ...]:
        """What the receiver has, and owns yet: it can have given some of it up, or lost it in a dispute."""
        return tuple(each for each in self.held if each.is_receivers)

    @property
    def to_offer_again(self) -> tuple[ResourceCard, ...]:
        """What the giver may offer after all."""
        return tuple(each for each in self.resources if each.state in OVER and each.is_givers)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffTerms:
    """What the giver says of a handoff as a whole: when it takes effect, for how long both have it, and until when."""

    effective_on: date | None = None
    overlap_days: int = 0
    loan_until: date | None = None
    reason: str = ""

    def stands_for(self, card: HandoffCard, *, today: date) -> bool:
        """Whether a handoff has these days already; a day that is over has come either way."""

        def days(effective_on: date | None) -> date | None:
            return effective_on if effective_on is not None and effective_on > today else None

        same_help = (self.overlap_days, self.loan_until) == (card.overlap_days, card.loan_until)
        return same_help and days(self.effective_on) == days(card.effective_on)

    def check(self, *, today: date) -> None:
        """Raise FieldError, with the next step, for days that cannot be."""
        if self.effective_on is not None and self.effective_on < today:
            said = "That day is over: choose today or a later day, or leave it empty for at once."
            raise FieldError("effective_on", said)
        if self.effective_on is not None and self.effective_on > today + MOST_AHEAD:
            raise FieldError("effective_on", TOO_FAR)
        begins = self.effective_on or today
        if self.loan_until is not None and self.loan_until <= begins:
            raise FieldError("loan_until", "A loan has to end after it begins: choose a later day.")
        if not 0 <= self.overlap_days <= MOST_OVERLAP_DAYS:
            raise FieldError("overlap_days", f"Write a number of working days from 0 to {MOST_OVERLAP_DAYS}.")
