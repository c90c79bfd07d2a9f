"""What a request is, and what may become of it: one table of the steps, when they may be taken, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

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
#: How long after it ended a request may be opened again.
REOPEN_FOR = timedelta(days=30)


class Step(StrEnum):
    """What somebody does to a request. The values stand in the audit log as `backlog.<step>`."""

    ACCEPT = "accept"
    START = "start"
    DELIVER = "deliver"
    ASK = "ask"
    REPLY = "reply"
    ANSWER = "answer"
    DECLINE = "decline"
    DISMISS = "dismiss"  #: it is no request: declined without a reason, of which nobody is told
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
_UNDER_WAY = frozenset({RequestState.ACCEPTED, RequestState.IN_PROGRESS})

TRANSITIONS: Mapping[Step, Transition] = MappingProxyType(
    {
        Step.ACCEPT: Transition(_UNDECIDED, RequestState.ACCEPTED, Right.TRIAGE),
        Step.START: Transition(_UNDECIDED | {RequestState.ACCEPTED}, RequestState.IN_PROGRESS, Right.TRIAGE),
        Step.DELIVER: Transition(OPEN, RequestState.DELIVERED, Right.TRIAGE),
        Step.ASK: Transition(OPEN - {RequestState.NEEDS_INFO}, RequestState.NEEDS_INFO, Right.TRIAGE),
        Step.REPLY: Transition(frozenset({RequestState.NEEDS_INFO}), None, Right.REQUEST),
        Step.ANSWER: Transition(OPEN, RequestState.ANSWERED, Right.TRIAGE),
        Step.DECLINE: Transition(OPEN, RequestState.DECLINED, Right.TRIAGE),
        Step.DISMISS: Transition(_UNDECIDED, RequestState.DECLINED, Right.TRIAGE),
        Step.MERGE: Transition(OPEN, RequestState.MERGED, Right.TRIAGE),
        Step.UNMERGE: Transition(frozenset({RequestState.MERGED}), None, Right.TRIAGE),
        Step.WITHDRAW: Transition(OPEN, RequestState.WITHDRAWN, Right.REQUEST),
        Step.CONFIRM: Transition(frozenset({RequestState.DELIVERED}), RequestState.CONFIRMED, Right.REQUEST),
        Step.NOT_YET: Transition(frozenset({RequestState.DELIVERED}), RequestState.IN_PROGRESS, Right.REQUEST),
        Step.RESUME: Transition(
            frozenset({RequestState.DELIVERED, RequestState.CONFIRMED}), RequestState.IN_PROGRESS, Right.TRIAGE
        ),
        Step.REOPEN: Transition(
            frozenset(
                {
                    RequestState.CONFIRMED,
                    RequestState.ANSWERED,
                    RequestState.DECLINED,
                    RequestState.WITHDRAWN,
                }
            ),
            RequestState.PROPOSED,
            Right.REQUEST,
        ),
    }
)

#: What is answered at delivery: by whoever speaks for the request, or for one that became part of it.
AT_DELIVERY = frozenset({Step.CONFIRM, Step.NOT_YET})

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


@dataclass(frozen=True, slots=True)
class RequestStanding:
    """What the table needs to know of a request: its state, and since when it stands.

    `before` is the last state in which it waited for no answer and was merged into nothing.
    """

    state: RequestState
    before: RequestState
    since: datetime


def may_take(step: Step, standing: RequestStanding, *, now: datetime) -> bool:
    """Whether a request in this state allows a step; a reopening only for `REOPEN_FOR`."""
    if standing.state not in TRANSITIONS[step].sources:
        return False
    return step is not Step.REOPEN or now - standing.since <= REOPEN_FOR


def after(step: Step, standing: RequestStanding, *, now: datetime) -> RequestStanding | None:
    """Return where a request stands after a step; None when it stands there already, because it was taken before.

    Raises UserError, in a sentence that says how the request stands, for a step that its state does not allow.
    """
    transition = TRANSITIONS[step]
    if not may_take(step, standing, now=now):
        if standing.state is transition.to:
            return None
        raise UserError(_refusal(step, standing))
    waits = standing.state in (RequestState.NEEDS_INFO, RequestState.MERGED)
    return RequestStanding(transition.to or standing.before, standing.before if waits else standing.state, now)


def _refusal(step: Step, standing: RequestStanding) -> str:
    state = STATE_WORDS[standing.state].lower()
    if step is Step.REOPEN and standing.state in TRANSITIONS[step].sources:
        return f"This has been {state} for more than {REOPEN_FOR.days} days: open a new request with `/devops`."
    if standing.state in ENDED:
        return f"This request is {state} already. Whoever asked can reopen it."
    return f"This request is {state}, so that cannot be done now."


@dataclass(frozen=True, slots=True)
class RequestItem:
    """One thing that is asked for. `quote` is what was said in the thread; empty when it was typed into the form."""

    type: ItemType
    title: str
    why: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCard:
    """A request as its messages show it. Which buttons there are is decided here: `steps` are those that may be taken.

    `asker` is whoever it is for, and `filer` whoever filed it, often the same. `reason` is why it was declined, what
    was asked or answered, or what was delivered; `link` goes with it. `merged_into` is the request that it became part
    of, and `parts` are those that became part of it: number, and whose it is. Texts are as they were typed; rendering
    escapes them.
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
    snoozed_until: date | None = None
    merged_into: int | None = None
    parts: tuple[tuple[int, str], ...] = ()
    is_private: bool = False
    is_estimated: bool = False

    @property
    def state(self) -> RequestState:
        """Where it stands."""
        return self.standing.state
