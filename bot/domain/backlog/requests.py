"""What a request is, and what may become of it: one table of the steps, when they may be taken, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.backlog.demand import Estimate, Slowdown
from bot.domain.backlog.savings import SavingReview
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.rights import Right
from bot.errors import UserError


class ItemType(StrEnum):
    """What an item of a request asks for."""

    INFRASTRUCTURE = "infrastructure"
    PIPELINE = "pipeline"
    ENVIRONMENT = "environment"
    ACCESS = "access"
    LIBRARY = "library"
    SCRIPT = "script"
    API_SERVICE = "api_service"
    COACHING = "coaching"
    SUPPORT = "support"


class RequestState(StrEnum):
    """Where a request stands. A request that waits for an answer keeps the state to which the answer returns it."""

    PROPOSED = "proposed"
    NEEDS_INFO = "needs_info"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    ANSWERED = "answered"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


#: Requests that the DevOps team still has to do something about, and so have a rank.
OPEN = frozenset({RequestState.PROPOSED, RequestState.NEEDS_INFO, RequestState.ACCEPTED, RequestState.IN_PROGRESS})
#: Open ones of which the DevOps team waits for no answer.
GOES_ON = OPEN - {RequestState.NEEDS_INFO}
#: Requests about which nothing more happens by itself.
ENDED = frozenset(
    {
        RequestState.CONFIRMED,
        RequestState.ANSWERED,
        RequestState.DECLINED,
        RequestState.MERGED,
        RequestState.WITHDRAWN,
    }
)
#: Requests whose work is done.
BUILT = frozenset({RequestState.DELIVERED, RequestState.CONFIRMED})
#: How long after it ended a request may be opened again.
REOPEN_FOR = timedelta(days=30)


class Step(StrEnum):
    """What somebody does to a request. The values stand in the audit log as `backlog.<step>`."""

    ACCEPT = "accept"
    START = "start"
    DELIVER = "deliver"
    DELIVER_PART = "deliver_part"  #: some of the items, while the others are still to come
    SUFFICE = "suffice"  #: what was delivered in parts is all that is still asked for
    ASK = "ask"
    REPLY = "reply"
    ANSWER = "answer"
    DECLINE = "decline"
    DISMISS = "dismiss"  #: it is no request: declined, and what became part of it stands by itself again
    MERGE = "merge"
    UNMERGE = "unmerge"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    NOT_YET = "not_yet"
    REOPEN = "reopen"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: from which states, to which, and the right that it takes.

    Without `to` the request returns to the state that it had before: the answer to a question, and an unmerge.
    """

    sources: frozenset[RequestState]
    to: RequestState | None
    right: Right


_UNDECIDED = frozenset({RequestState.PROPOSED, RequestState.NEEDS_INFO})

TRANSITIONS: Mapping[Step, Transition] = MappingProxyType(
    {
        Step.ACCEPT: Transition(_UNDECIDED, RequestState.ACCEPTED, Right.TRIAGE),
        Step.START: Transition(_UNDECIDED | {RequestState.ACCEPTED}, RequestState.IN_PROGRESS, Right.TRIAGE),
        Step.DELIVER: Transition(OPEN, RequestState.DELIVERED, Right.TRIAGE),
        Step.DELIVER_PART: Transition(OPEN, RequestState.IN_PROGRESS, Right.TRIAGE),
        Step.SUFFICE: Transition(OPEN, RequestState.DELIVERED, Right.REQUEST),
        Step.ASK: Transition(OPEN - {RequestState.NEEDS_INFO}, RequestState.NEEDS_INFO, Right.TRIAGE),
        Step.REPLY: Transition(frozenset({RequestState.NEEDS_INFO}), None, Right.REQUEST),
        Step.ANSWER: Transition(OPEN, RequestState.ANSWERED, Right.TRIAGE),
        Step.DECLINE: Transition(OPEN, RequestState.DECLINED, Right.TRIAGE),
        Step.DISMISS: Transition(_UNDECIDED, RequestState.DECLINED, Right.TRIAGE),
        Step.MERGE: Transition(OPEN, RequestState.MERGED, Right.TRIAGE),
        Step.UNMERGE: Transition(frozenset({RequestState.MERGED}), None, Right.TRIAGE),
        # A part of an open one as well: its own team may find that it is something else, or not needed.
        Step.WITHDRAW: Transition(OPEN | {RequestState.MERGED}, RequestState.WITHDRAWN, Right.REQUEST),
        Step.CONFIRM: Transition(frozenset({RequestState.DELIVERED}), RequestState.CONFIRMED, Right.REQUEST),
        Step.NOT_YET: Transition(frozenset({RequestState.DELIVERED}), RequestState.IN_PROGRESS, Right.REQUEST),
        # What its team has confirmed only that team opens again.
        Step.RESUME: Transition(frozenset({RequestState.DELIVERED}), RequestState.IN_PROGRESS, Right.TRIAGE),
        # What is part of another one, only once that has ended.
        Step.REOPEN: Transition(ENDED, RequestState.PROPOSED, Right.REQUEST),
    }
)

#: Steps that leave a snooze as it is: the DevOps team still comes back to the request on its day. Any other ends it.
KEEPS_SNOOZE = frozenset({Step.ACCEPT, Step.REPLY, Step.MERGE, Step.UNMERGE})
#: What is answered at delivery: by whoever speaks for the request, or for one that became part of it.
AT_DELIVERY = frozenset({Step.CONFIRM, Step.NOT_YET})
#: What whoever has joined a request may do, for their own team alone: they leave it.
OF_JOINED = frozenset({Step.WITHDRAW})
#: How a request may end so that those who have joined it, who cannot reopen it, can ask anew from the same thread.
FREES_JOINED = ENDED - {RequestState.MERGED}

#: What a state is called in messages.
STATE_WORDS: Mapping[RequestState, str] = MappingProxyType(
    {
        RequestState.PROPOSED: "Proposed",
        RequestState.NEEDS_INFO: "Needs info",
        RequestState.ACCEPTED: "Accepted",
        RequestState.IN_PROGRESS: "In progress",
        RequestState.DELIVERED: "Delivered",
        RequestState.CONFIRMED: "Confirmed",
        RequestState.ANSWERED: "Answered",
        RequestState.DECLINED: "Declined",
        RequestState.MERGED: "Merged",
        RequestState.WITHDRAWN: "Withdrawn",
    }
)


def in_sentence(state: RequestState) -> str:
    """Return how a request stands as a sentence about it says so: "it is waiting for an answer"."""
    return "waiting for an answer" if state is RequestState.NEEDS_INFO else STATE_WORDS[state].lower()


@dataclass(frozen=True, slots=True)
class RequestStanding:
    """What the table needs to know of a request: its state, and since when it stands.

    `before` is the last state in which it waited for no answer and was merged into nothing. `whole` is how that stands
    of which it is part in the end. All that its own team asks for `is_there` while the work goes on for other teams;
    with `does_it` that team has said that it does the job.
    """

    state: RequestState
    before: RequestState
    since: datetime
    whole: RequestStanding | None = None
    is_there: bool = False
    does_it: bool = False


def may_take(step: Step, standing: RequestStanding, *, now: datetime) -> bool:
    """Whether a request in this state allows a step.

    A reopening is allowed only for `REOPEN_FOR`, and the withdrawal of a part only while its whole is open. Each team
    answers for itself whether it does the job: one whose request is a part, and one that has its own before the others.
    """
    if step in AT_DELIVERY and (standing.whole is not None or standing.is_there):
        return _is_asked(standing, now=now) and not (step is Step.CONFIRM and standing.does_it)
    if standing.state not in TRANSITIONS[step].sources:
        return False
    if step is Step.WITHDRAW:
        return standing.whole is None or standing.whole.state in OPEN
    if step is not Step.REOPEN:
        return True
    ended = standing.whole or standing
    return ended.state in ENDED - {RequestState.MERGED} and now - ended.since <= REOPEN_FOR


def _is_asked(standing: RequestStanding, *, now: datetime) -> bool:
    """Whether a team is asked, or may still say, whether what is there for it does the job."""
    whole = standing.whole or standing
    is_confirmed = whole.state is RequestState.CONFIRMED and now - whole.since <= REOPEN_FOR
    return standing.is_there or is_confirmed or whole.state is RequestState.DELIVERED


def may_take_joined(step: Step, standing: RequestStanding, *, now: datetime) -> bool:
    """Whether a request allows a step of those who have joined it.

    The yes of the request's own team answers for that team alone: for as long as it may reopen the request, the others
    may say whether it does the job for them.
    """
    if step in AT_DELIVERY:
        return standing.whole is None and _is_asked(standing, now=now)
    return step in OF_JOINED and may_take(step, standing, now=now)


def after(step: Step, standing: RequestStanding, *, now: datetime, is_joined: bool = False) -> RequestStanding | None:
    """Return where a request stands after a step; None when it stands there already, because it was taken before.

    With `is_joined` it is taken by those of `may_take_joined`. What is answered for one team alone leaves a request
    where it stands. Raises UserError, in a sentence that says how the request stands, for a step that its state does
    not allow.
    """
    transition = TRANSITIONS[step]
    if not (may_take_joined if is_joined else may_take)(step, standing, now=now):
        if standing.state is transition.to or (step is Step.CONFIRM and standing.does_it):
            return None
        raise UserError(_refusal(step, standing))
    if step in AT_DELIVERY and (standing.whole is not None or (standing.is_there and step is Step.CONFIRM)):
        return standing
    if step is Step.DELIVER_PART and standing.state is RequestState.NEEDS_INFO:
        return replace(standing, before=RequestState.IN_PROGRESS)  # the question stays until it is answered
    waits = standing.state in (RequestState.NEEDS_INFO, RequestState.MERGED)
    return RequestStanding(transition.to or standing.before, standing.before if waits else standing.state, now)


def require_open(standing: RequestStanding, *, or_part: bool = False) -> None:
    """Raise UserError, in a sentence that says how the request stands, unless it is open, or part of another one."""
    if standing.state not in OPEN and not (or_part and standing.state is RequestState.MERGED):
        raise UserError(_refusal(None, standing))


def _refusal(step: Step | None, standing: RequestStanding) -> str:
    if standing.whole is not None and standing.whole.state not in ENDED:
        return "This request is part of another one, so that cannot be done now. The DevOps team can undo the merge."
    standing = standing.whole or standing
    state = in_sentence(standing.state)
    if step is Step.REOPEN and standing.state in TRANSITIONS[step].sources:
        return f"This has been {state} for more than {REOPEN_FOR.days} days: open a new request with `/devops`."
    if standing.state in ENDED:
        return f"This request is {state} already. Whoever asked can reopen it."
    return f"This request is {state}, so that cannot be done now."


@dataclass(frozen=True, slots=True)
class RequestItem:
    """One thing that is asked for. `quote` is what was said in the thread; empty when it was typed into the form.

    It `is_done` once a delivery of it does the job while that of others does not yet.
    """

    type: ItemType
    title: str
    why: str = ""
    quote: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class PartItem:
    """An item that only a part of a request asks for: the part's number, the item's place in it, and whose it is.

    Who asked for what `is_private` is for those alone who may do the work.
    """

    part_id: int
    place: int
    whose: str
    item: RequestItem
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedToo:
    """What a team asked for that has joined a request instead of opening one: in its thread or form, at `permalink`.

    With `is_private` it did so in a direct message: what it asked for is for those alone who may do the work.
    `channel_id` is the channel of that thread, empty for none; None where it was not written down.
    """

    whose: str
    title: str
    items: tuple[RequestItem, ...] = ()
    details: str = ""
    permalink: str = ""
    is_private: bool = False
    channel_id: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said with a step, whose word in the audit log is `step`: a question, an answer or a reason."""

    at: datetime
    by: str
    step: str
    words: str
    link: str = ""

    def is_shown_by(self, card: RequestCard) -> bool:
        """Whether a request's card says it: it has the last words alone, and a question beside its answer."""
        is_beside = card.reason.startswith((f"{self.words} — ", f"{self.words}\n— "))
        is_beside |= card.reason.endswith((f" — {self.words}", f"\n— {self.words}"))
        return (self.words == card.reason or is_beside) and self.link == card.link


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCard:
    """A request as its messages show it. Which buttons there are is decided here: `steps` are those that may be taken.

    `joined_steps` are those of whoever has joined it.

    `asker` is whoever it is for, and `filer` whoever filed it, often the same. `reason` is why it was declined, what
    was asked or answered, or what was delivered; `link` goes with it. `merged_into` is the request that it became part
    of, `whole` the one that it is part of in the end, and `parts` are those that became part of it: number, and whose
    it is; the delivery does the job for those whose numbers are in `confirmed_parts`. `part_items` are what only they
    ask for, and `missed` what they have last said to be missing: number, whose it is, and their words. `joined` are the
    names of the teams that need it as well, `joined_confirmed` of those for which it does. All of them lose
    `hours_a_month` without it, and have `blocked_people`, by how much they are; `asked_too` is what the others asked
    for. `needed_by` is the first day that any of them has to meet, and `needed_for` whose it is where that is not its
    own team's.
    `unnamed` are the names of those who need it as well and have only asked privately, and `private_parts` the private
    requests among its parts: nobody else may read whose they are.

    `answer_by` is when the DevOps team answers at the latest, while it has not. `asset` is what of the catalog it
    is about, `library` the same where that is a shared library, and `handoff_id` the handoff in which what it is
    about passes to its team already. `savings` is what teams said after its delivery, and `before` what was said
    with its steps before the last words, where that was asked for. `version` is the last entry of the audit log at
    which whoever does something to it has read it, 0 where nobody does. `may_change` and `for_guest` are about the
    one reader of a message that nobody else sees. Texts are as they were typed; rendering escapes them.
    """

    id: int
    title: str
    items: tuple[RequestItem, ...]
    standing: RequestStanding
    steps: frozenset[Step]
    asker: PersonRecord
    filer: PersonRecord
    team: TeamRecord | None = None
    assignee: PersonRecord | None = None
    details: str = ""
    technologies: tuple[str, ...] = ()
    skills_gaps: tuple[str, ...] = ()
    stays_with_team: tuple[str, ...] = ()
    reason: str = ""
    link: str = ""
    permalink: str = ""
    needed_by: date | None = None
    needed_reason: str = ""
    needed_for: str = ""
    snoozed_until: date | None = None
    answer_by: datetime | None = None
    merged_into: int | None = None
    whole: RequestCard | None = None
    joined_steps: frozenset[Step] = frozenset()
    parts: tuple[tuple[int, str], ...] = ()
    part_items: tuple[PartItem, ...] = ()
    missed: tuple[tuple[int, str, str], ...] = ()
    joined: tuple[str, ...] = ()
    asked_too: tuple[AskedToo, ...] = ()
    unnamed: frozenset[str] = frozenset()
    private_parts: frozenset[int] = frozenset()
    joined_confirmed: frozenset[str] = frozenset()
    may_change: bool = True
    for_guest: bool = False
    hours_a_month: float = 0.0
    blocked_people: Mapping[Slowdown | None, int] = field(default_factory=dict)
    asset_id: int | None = None
    asset: str = ""
    library: str = ""
    library_link: str = ""
    handoff_id: int | None = None
    confirmed_parts: frozenset[int] = frozenset()
    is_private: bool = False
    estimate: Estimate | None = None
    savings: tuple[SavingReview, ...] = ()
    before: tuple[Said, ...] = ()
    version: int = 0

    @property
    def state(self) -> RequestState:
        """Where it stands."""
        return self.standing.state

    @property
    def all_items(self) -> tuple[RequestItem, ...]:
        """All that is to be built for it: its own items, then what only its parts ask for."""
        return (*self.items, *(each.item for each in self.part_items))

    @property
    def is_open(self) -> bool:
        """Whether it has a rank."""
        return self.state in OPEN

    @property
    def is_changeable(self) -> bool:
        """Whether those who ask for it may correct it: while it is open, or part of one that is."""
        return self.is_open or (self.whole is not None and self.whole.is_open)

    @property
    def is_awaited(self) -> bool:
        """Whether somebody still waits for it, as far as anybody has said."""
        return (self.whole or self).state not in FREES_JOINED

    @property
    def is_built(self) -> bool:
        """Whether the DevOps team has delivered it, or what it is part of."""
        return (self.whole or self).state in BUILT

    @property
    def whereabouts(self) -> str:
        """An address for whoever wants to use it: where it was delivered, or the thread, unless that is private."""
        return self.link or ("" if self.is_private else self.permalink)

    @property
    def reachable(self) -> tuple[PersonRecord, ...]:
        """Who can be written to of those whom it is for and who filed it, in this order."""
        return tuple(each for each in dict.fromkeys((self.asker, self.filer)) if each.is_active and each.slack_id)

    @property
    def uncalled(self) -> RequestCard:
        """The request for a message that calls nobody: its only readers have it in their own."""
        return replace(self, asker=replace(self.asker, slack_id=""), filer=replace(self.filer, slack_id=""))


def as_joined(card: RequestCard) -> RequestCard:
    """Return a request with the steps alone that those may take who have joined it for another team."""
    return replace(card, steps=card.joined_steps)


def has_ended(card: RequestCard, *, is_joined: bool = False) -> bool:
    """Whether nothing more becomes of a request by itself, nor of what it is part of, so that its thread may ask anew.

    Those who have joined one that was merged hear of it still, and so do those whose own is part of an open one.
    """
    return (card if is_joined else card.whole or card).state in FREES_JOINED
