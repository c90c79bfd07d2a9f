"""What people answer to a reminder, and what their answers do on a day: the one place that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.records import PersonRecord

#: Snoozing ends here at the latest, in days before the deadline.
SNOOZE_ENDS = 14
#: A plan is asked after this many days before its own date.
PLAN_CHECK = 7
#: A waiver lasts at most this many days.
LONGEST_WAIVER = 180
#: So many days after somebody said that it is done, the evidence should show it.
VERIFYING_DAYS = 14


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

    `deadline` is the day that it was given to, `milestone` what had been said by then, of an acknowledgement. `until`
    is a plan's day, or when a snooze or a waiver is over; `team_id` the team that a delegation is offered to.
    `detail` of a plan is read by `bot.domain.eol.plans`; of a waiver, or an offer to another team, it is the `reason`.
    `asset_ids` is what it was given for, None where that was not kept. One that `is_shared` was given to another
    deadline of the same release cycle, of the kind `given_to`: a plan and a waiver are about the upgrade, whichever
    deadline they are given to.
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
    asset_ids: frozenset[int] | None = None
    is_shared: bool = False
    given_to: DeadlineKind | None = None

    @property
    def is_question(self) -> bool:
        """Whether somebody else has to decide on it before it does anything."""
        return self.kind in (AnswerKind.WAIVED, AnswerKind.DELEGATED) and self.decided_by is None

    @property
    def is_taken_over(self) -> bool:
        """Whether it is a delegation that the other team has accepted."""
        return self.kind is AnswerKind.DELEGATED and self.decided_by is not None

    def is_lapsed_plan(self, today: date) -> bool:
        """Whether it is a plan whose day has passed, and the thing is still there: no plan any more."""
        return self.kind is AnswerKind.PLANNED and self.until is not None and self.until < today


#: Answers that hold for every deadline of a release cycle.
SHARED = (AnswerKind.PLANNED, AnswerKind.WAIVED)


class State(StrEnum):
    """What has become of an answer."""

    HOLDS = "holds"
    ASKED = "asked"  #: somebody else has not decided yet
    OVER = "over"  #: its day has passed, or more has been said since it was given
    OUTDATED = "outdated"  #: the deadline has come nearer since, which is news


@dataclass(frozen=True, slots=True)
class Effect:
    """What the answers to a deadline do on the day `today`. `states` are in the order of the answers, the newest first.

    `milestone` is the one that was said last, None before anything was.
    """

    states: tuple[tuple[Answer, State], ...]
    deadline: date
    milestone: Milestone | None
    today: date

    @property
    def answer(self) -> Answer | None:
        """The newest answer that holds. Having been taken over is none: the other team has yet to answer."""
        holding = (answer for answer, state in self.states if state is State.HOLDS)
        return next((each for each in holding if each.kind is not AnswerKind.DELEGATED), None)

    @property
    def last(self) -> Answer | None:
        """The answer that counts: the newest that holds, or where none does, the newest."""
        given = (each for each, _ in self.states if each.kind is not AnswerKind.DELEGATED and not each.is_question)
        return self.answer or next(given, None)

    @property
    def last_state(self) -> State | None:
        """What has become of the answer that counts; None without one."""
        return self.state(self.last) if self.last is not None else None

    @property
    def current(self) -> Milestone:
        """What there is to acknowledge: the milestone said last, or where nothing was said, the days left."""
        return _current(self.deadline, self.milestone, self.today)

    @property
    def moved_from(self) -> date | None:
        """The later day that an answer was given to; None where the deadline has not come nearer."""
        return next((each.deadline for each, _ in self.states if self.is_overtaken(each)), None)

    @property
    def put_off_until(self) -> date | None:
        """The day on which a snooze or a waiver is over, which may have passed; None for any other answer."""
        last = self.last
        return last.until if last is not None and last.kind in (AnswerKind.SNOOZED, AnswerKind.WAIVED) else None

    def state(self, answer: Answer) -> State:
        """Return what has become of an answer."""
        return _state(answer, self.deadline, self.current, self.today)

    def is_overtaken(self, answer: Answer) -> bool:
        """Whether the deadline has come nearer since an answer, or a question, was given."""
        return self.deadline < answer.deadline

    def asked(self, kind: AnswerKind) -> Answer | None:
        """Return the waiver or the delegation that awaits its decision."""
        return next((answer for answer, state in self.states if state is State.ASKED and answer.kind is kind), None)

    def keeps_quiet(self, due: Milestone) -> bool:
        """Whether a milestone is not said today because of what was answered.

        An acknowledgement lasts until the next milestone. Where the deadline has moved to a later day since, that is
        the next one after what counts as said by the new day. A plan is asked after a week before its day.
        """
        last = self.last
        if last is None or self.last_state is State.OUTDATED:
            return False
        if last.kind is AnswerKind.ACKNOWLEDGED:
            said = Milestone(last.milestone or 0) if last.deadline == self.deadline else self.milestone
            return said is not None and due >= said
        if last.kind is AnswerKind.PLANNED:
            return last.until is not None and self.today < last.until - timedelta(PLAN_CHECK)
        return self.last_state is State.HOLDS

    def answers_milestone(self, *, is_since: bool) -> bool:
        """Whether nobody above has to hear of the milestone said last; `is_since`: the last answer was given after it.

        A plan answers until its day has passed, all else what had been said by then, and a snooze or a waiver also for
        as long as it lasts.
        """
        last = self.last
        if last is None or self.last_state is State.OUTDATED:
            return False
        lasts = self.last_state is State.HOLDS and last.kind is not AnswerKind.ACKNOWLEDGED
        return lasts or (is_since and last.kind is not AnswerKind.PLANNED)


def effect(answers: Sequence[Answer], deadline: date, milestone: Milestone | None, today: date) -> Effect:
    """Return what answers, the newest first, do on a day, to a deadline of which a milestone was said last."""
    current = _current(deadline, milestone, today)
    return Effect(tuple((each, _state(each, deadline, current, today)) for each in answers), deadline, milestone, today)


def snooze(deadline: date, today: date, days: int) -> date | None:
    """Return when a snooze of `days` is over, two weeks before the deadline at the latest; None if that has passed."""
    until = min(today + timedelta(days), deadline - timedelta(SNOOZE_ENDS))
    return until if until > today else None


def evidence_due(claimed_on: date) -> date:
    """Return from which day on the inventory should show what was said to be done."""
    return claimed_on + timedelta(VERIFYING_DAYS)


def _state(answer: Answer, deadline: date, current: Milestone, today: date) -> State:
    if answer.is_question:
        return State.OVER if answer.until is not None and answer.until <= today else State.ASKED
    if deadline < answer.deadline:
        return State.OUTDATED
    match answer.kind:
        case AnswerKind.ACKNOWLEDGED:
            holds = answer.milestone is not None and current.days >= answer.milestone
        case AnswerKind.PLANNED:
            holds = answer.until is not None and today <= answer.until
        case AnswerKind.SNOOZED | AnswerKind.WAIVED:
            holds = answer.until is not None and today < answer.until
        case AnswerKind.DELEGATED:
            holds = True
    return State.HOLDS if holds else State.OVER


def _current(deadline: date, milestone: Milestone | None, today: date) -> Milestone:
    return milestone if milestone is not None else Milestone((deadline - today).days)
