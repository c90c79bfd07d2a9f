"""What people answer to a reminder, and the effect of those answers on a day. All of these rules are here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.records import PersonRecord

#: A snooze ends at the latest this many days before the deadline.
SNOOZE_ENDS = 14
#: People are asked about a plan this many days before its own date.
PLAN_CHECK = 7
#: A waiver lasts at most this many days.
LONGEST_WAIVER = 180
#: This many days after somebody said that it is done, the inventory should show it.
VERIFYING_DAYS = 14


class AnswerKind(StrEnum):
    """The kinds of answer to a reminder."""

    ACKNOWLEDGED = "acknowledged"
    PLANNED = "planned"
    SNOOZED = "snoozed"
    WAIVED = "waived"
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer in force. A waiver without `decided_by` waits for approval, a delegation for acceptance.

    - `deadline`: the day of the deadline when the answer was given.
    - `milestone`: for an acknowledgement, the milestone that had been sent by then.
    - `until`: the day of a plan, or the day on which a snooze or a waiver is over.
    - `team_id`: the team that a delegation is offered to.
    - `detail`: for a plan, read by `bot.domain.eol.plans`; for a waiver or an offer to another team, the `reason`.
    - `asset_ids`: the assets that it was given for; None if that was not stored.
    - `is_shared`: whether it was given to another deadline of the same release cycle, of the kind `given_to`. A plan
      and a waiver are about the upgrade, whichever deadline they are given to.
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
        """Whether somebody else has to decide on it before it has an effect."""
        return self.kind in (AnswerKind.WAIVED, AnswerKind.DELEGATED) and self.decided_by is None

    @property
    def is_taken_over(self) -> bool:
        """Whether it is a delegation that the other team has accepted."""
        return self.kind is AnswerKind.DELEGATED and self.decided_by is not None

    def is_lapsed_plan(self, today: date) -> bool:
        """Whether it is a plan whose day has passed although the version still runs. It no longer counts as a plan."""
        return self.kind is AnswerKind.PLANNED and self.until is not None and self.until < today


#: Answers that hold for every deadline of a release cycle.
SHARED = (AnswerKind.PLANNED, AnswerKind.WAIVED)


class State(StrEnum):
    """The state of an answer."""

    HOLDS = "holds"
    ASKED = "asked"  #: somebody else has not decided yet
    OVER = "over"  #: its day has passed, or a later milestone has been sent
    OUTDATED = "outdated"  #: the deadline has moved closer since, which is news


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of the answers to a deadline on the day `today`.

    `states` has a state for each answer, the newest first. `milestone` is the one that was sent last, or None if none
    was. `current` is the milestone to acknowledge: the one sent last, or else the days left.
    """

    states: tuple[tuple[Answer, State], ...]
    deadline: date
    milestone: Milestone | None
    current: Milestone
    today: date

    @property
    def answer(self) -> Answer | None:
        """The newest answer in force. A takeover does not count: the other team still has to answer."""
        holding = (answer for answer, state in self.states if state is State.HOLDS)
        return next((each for each in holding if each.kind is not AnswerKind.DELEGATED), None)

    @property
    def last(self) -> Answer | None:
        """The answer that counts: the newest one in force, or else the newest."""
        given = (each for each, _ in self.states if each.kind is not AnswerKind.DELEGATED and not each.is_question)
        return self.answer or next(given, None)

    @property
    def last_state(self) -> State | None:
        """The state of the answer that counts; None if there is no answer."""
        return self.state(self.last) if self.last is not None else None

    @property
    def moved_from(self) -> date | None:
        """The later date of the deadline when it was answered; None if the deadline has not moved closer."""
        return next((each.deadline for each, _ in self.states if self.is_overtaken(each)), None)

    @property
    def put_off_until(self) -> date | None:
        """The day on which a snooze or a waiver is over, which may have passed; None for other answers."""
        last = self.last
        return last.until if last is not None and last.kind in (AnswerKind.SNOOZED, AnswerKind.WAIVED) else None

    def state(self, answer: Answer) -> State:
        """Return the state of an answer."""
        return _state(answer, self.deadline, self.current, self.today)

    def is_overtaken(self, answer: Answer) -> bool:
        """Whether the deadline has moved closer since an answer or a question was given."""
        return self.deadline < answer.deadline

    def asked(self, kind: AnswerKind) -> Answer | None:
        """Return the waiver or delegation that waits for a decision; None if there is none."""
        return next((answer for answer, state in self.states if state is State.ASKED and answer.kind is kind), None)

    def keeps_quiet(self, due: Milestone) -> bool:
        """Whether a milestone is not sent today because of an answer.

        An acknowledgement lasts until the next milestone. If the deadline has moved to a later day since, that is the
        first milestone after those that count as sent by the new day. A plan keeps quiet until a week before its day.
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
        """Whether the people above the team need not hear of the last milestone.

        `is_since` is whether the last answer was given after that milestone. A plan answers until its day has passed.
        Other answers cover what had been sent by then, and a snooze or waiver also covers what comes while it lasts.
        """
        last = self.last
        if last is None or self.last_state is State.OUTDATED:
            return False
        lasts = self.last_state is State.HOLDS and last.kind is not AnswerKind.ACKNOWLEDGED
        return lasts or (is_since and last.kind is not AnswerKind.PLANNED)


def effect(answers: Sequence[Answer], deadline: date, milestone: Milestone | None, today: date) -> Effect:
    """Return the effect of `answers` (newest first) on the day `today`. `milestone` is the one that was sent last."""
    current = milestone if milestone is not None else Milestone((deadline - today).days)
    states = tuple((each, _state(each, deadline, current, today)) for each in answers)
    return Effect(states, deadline, milestone, current, today)


def snooze(deadline: date, today: date, days: int) -> date | None:
    """Return the day on which a snooze of `days` is over: at the latest two weeks before the deadline.

    None if that has passed.
    """
    until = min(today + timedelta(days), deadline - timedelta(SNOOZE_ENDS))
    return until if until > today else None


def evidence_due(claimed_on: date) -> date:
    """Return the day from which the inventory should show what was reported as done."""
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
