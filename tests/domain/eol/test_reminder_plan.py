"""What is said to one addressee day by day, whatever is answered, whatever moves, and whenever nothing runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import event, example, given
from hypothesis import strategies as st

from bot.domain.daily_limit import DailyMessage, NothingThisWeek, Saying, Weekly, Written, next_look, say
from bot.domain.eol import Cycle, Product
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.due_reminders import DueReminder, Plan, Subject
from bot.domain.eol.exposure import Watch
from bot.domain.eol.milestones import Deadline, DeadlineKind, Loudness, Milestone, latest_due
from bot.domain.eol.reminder_plan import is_answered, plan
from bot.domain.eol.reminders import Remembered
from bot.domain.eol.responsibility import Addressee
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.working_time import WorkingTime
from tests.conftest import examples

ADA = PersonRecord(id=1, name="Ada")
PRODUCT = Product(key="widget")
STARTS = date(2027, 1, 4)
_KINDS = (DeadlineKind.SUPPORT, DeadlineKind.ACTIVE_SUPPORT, DeadlineKind.EXTENDED_COST)


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one reminder on one day, before the hours of the day are gone through."""

    day: int
    number: int
    what: str
    days: int


@dataclass(slots=True)
class Life:
    """A store for one addressee, which does what is planned as the service does, and notes what was said."""

    work: WorkingTime
    ends: list[tuple[DeadlineKind, date]]
    reminders: dict[int, Remembered] = field(default_factory=dict)
    written: Written = field(default_factory=Written)
    pings: list[datetime] = field(default_factory=list)
    said: list[tuple[int, date, date, Milestone]] = field(default_factory=list)
    heard: list[DueReminder] = field(default_factory=list)

    def watch(self, number: int) -> Watch:
        kind, on = self.ends[number]
        team = Addressee(TeamRecord(id=1, name="Pay", timezone=self.work.zone.key))
        return Watch(team, PRODUCT, Cycle(name=str(number)), Deadline(kind, on), ())

    def hour(self, now: datetime) -> None:
        subjects = [Subject(self.watch(number), self.reminders.get(number)) for number in range(len(self.ends))]
        today = self.work.today(now)
        found = plan(subjects, now=now, work=self.work, written=self.written)
        if not self.work.is_open(now):
            assert found == Plan()
        for watch in found.opening:
            number = int(watch.cycle.name)
            self.reminders[number] = Remembered(
                id=number, addressee="team:1", product="widget", cycle=watch.cycle.name, kind=watch.deadline.kind,
                deadline=watch.deadline.on, opened_on=today,
            )  # fmt: skip
        for each in found.redating:
            reminder = self.reminders[each.reminder.id]
            self.reminders[each.reminder.id] = replace(reminder, deadline=each.on, milestone=each.milestone)
        due = {each.subject.watch.key: each for each in found.due}
        saying = say([found.agenda()], now=now, work=self.work, written=self.written)
        self.planned(found, saying, now)
        match saying:
            case DailyMessage(lead=lead, also=also):
                said = [due[each.key] for each in (lead, *also)]
                assert all(each.loudness is not Loudness.DIGEST for each in said)
                self._say(said, now)
                self.written = replace(self.written, last=today)
            case Weekly(due=weekly):
                assert weekly, "no digest is empty"
                self._say([due[each.key] for each in weekly], now)
                self.written = Written(last=today, digest=today, looked=today)
            case NothingThisWeek():
                self.written = replace(self.written, looked=today)

    def planned(self, found: Plan, saying: Saying | None, now: datetime) -> None:
        """Hear of what is planned, before it is done."""

    def _say(self, due: Sequence[DueReminder], now: datetime) -> None:
        today, self.heard = self.work.today(now), list(due)
        self.pings.append(now)
        assert len({each.subject.watch.key for each in due}) == len(due)
        for each in due:
            number = int(each.subject.watch.cycle.name)
            if each.stands:
                assert each.subject.watch.deadline.on >= today, "what has passed is said again"
                assert not is_answered(self.reminders[number], today, self.work)
                continue
            self.check(each, today)
            self.said.append((number, each.subject.watch.deadline.on, today, each.milestone))
            self.reminders[number] = replace(self.reminders[number], milestone=each.milestone, said_on=today)

    def check(self, each: DueReminder, today: date) -> None:
        """Hold what is said to the rules."""
        reminder, watch = self.reminders[int(each.subject.watch.cycle.name)], each.subject.watch
        assert each.milestone == latest_due(watch.deadline, today, self.work), "only the latest is said"
        done = reminder.effect(today)
        if done.last is not None and done.last.deadline == watch.deadline.on:
            assert not done.keeps_quiet(each.milestone), "an answer keeps it quiet"
        is_again = reminder.milestone is not None and each.milestone >= reminder.milestone
        is_lapsed = done.last is not None and done.last.is_lapsed_plan(today)
        if is_again and (watch.deadline.on < today or is_lapsed) and not is_answered(reminder, today, self.work):
            assert each.waits, "what has passed without an answer stays in the digest"
            assert not each.is_owed or is_lapsed or each.stage is not None, "of a plan not kept, or by stages"
            assert each.stage is None or reminder.opened_on > watch.deadline.on
        elif is_again:
            over = done.put_off_until
            assert over is not None, "only what was put off is said once more"
            assert reminder.said_on is not None
            assert reminder.said_on < over <= today
        if each.is_owed:
            assert not is_answered(reminder, today, self.work)

    def happen(self, step: Step, today: date) -> None:
        number = step.number % len(self.ends)
        reminder = self.reminders.get(number)
        kind, on = self.ends[number]
        if step.what == "move":
            self.ends[number] = (kind, on + timedelta(step.days))
        elif reminder is not None:
            until = today + timedelta(abs(step.days) + 1)
            said = reminder.milestone
            answer = Answer(
                id=1, kind=AnswerKind(step.what), person=ADA, at=self.work.at(today, self.work.opens),
                deadline=reminder.deadline, milestone=said.days if said is not None else None,
                until=until, decided_by=ADA,
            )  # fmt: skip
            self.reminders[number] = replace(reminder, answers=(answer,))


@dataclass(slots=True)
class Every(Life):
    """A life with answers of any kind, several of them at once."""

    def check(self, each: DueReminder, today: date) -> None:
        pass

    def happen(self, step: Step, today: date) -> None:
        before = self.reminders.get(step.number % len(self.ends))
        if step.what != "done":
            Life.happen(self, step, today)
        elif before is not None:
            self.reminders[before.id] = replace(before, claimed_at=self.work.at(today, self.work.opens))
        after = self.reminders.get(step.number % len(self.ends))
        if before is not None and after is not None and after.answers != before.answers:
            self.reminders[before.id] = replace(after, answers=(*after.answers, *before.answers))


@dataclass(slots=True)
class Lazy(Every):
    """One who looks only when something has happened, or when the last look has said so."""

    look_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    looks: int = 0

    def hour(self, now: datetime) -> None:
        if now >= self.look_at:
            self.looks += 1
            if self.work.is_open(now):
                Life.hour(self, now)
            else:
                self.look_at = self.work.next_open(now)

    def planned(self, found: Plan, saying: Saying | None, now: datetime) -> None:
        if saying in (None, NothingThisWeek()) and not found.redating:
            self.look_at = next_look([found.agenda()], now=now, work=self.work, written=self.written)

    def happen(self, step: Step, today: date) -> None:
        self.look_at = datetime(2000, 1, 1, tzinfo=UTC)
        Every.happen(self, step, today)


zones = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")])
works = st.builds(
    lambda zone, holidays: WorkingTime(zone, frozenset(holidays)),
    zones,
    st.sets(st.dates(STARTS, STARTS + timedelta(150)), max_size=12),
)
ends = st.lists(
    st.tuples(st.sampled_from(_KINDS), st.dates(STARTS - timedelta(60), STARTS + timedelta(300))),
    min_size=1,
    max_size=5,
)
answering = ["acknowledged", "planned", "snoozed", "waived", "move"]
any_step = st.builds(Step, st.integers(0, 120), st.integers(0, 4), st.sampled_from(answering), st.integers(-60, 60))
steps = st.lists(any_step, max_size=12)
done = st.builds(Step, st.integers(0, 120), st.integers(0, 4), st.just("done"), st.just(0))
downtimes = st.sets(st.integers(0, 120), max_size=40)


@examples(20)
@given(works, ends, steps, downtimes)
# A snooze is over before which the deadline, which had passed, turned out to be a day earlier.
@example(
    WorkingTime(ZoneInfo("UTC")),
    [(DeadlineKind.SUPPORT, STARTS - timedelta(60))],
    [Step(1, 0, "snoozed", 0), Step(1, 0, "move", -1)],
    set(),
)
def test_one_message_a_day_in_working_hours_each_milestone_once_and_nothing_that_is_answered(
    work: WorkingTime, deadlines: list[tuple[DeadlineKind, date]], happening: list[Step], down: set[int]
) -> None:
    life = Life(work, list(deadlines))
    for day in range(120):
        for step in happening:
            if step.day == day:
                life.happen(step, STARTS + timedelta(day))
        if day not in down:
            for hour in (1, 5, 9, 10, 14, 16, 21):
                moment = STARTS + timedelta(day)
                life.hour(datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC))
    local = [work.today(moment) for moment in life.pings]
    assert len(local) == len(set(local)), "one message a day"
    assert all(work.is_open(moment) for moment in life.pings)
    for number in range(len(deadlines)):
        for on in {on for which, on, _, _ in life.said if which == number}:
            heard = [said for which, date_, _, said in life.said if (which, date_) == (number, on)]
            moved_back = any(step.what == "move" and step.number % len(deadlines) == number for step in happening)
            assert heard == sorted(heard, reverse=True) or moved_back
            # What was put off is said once more, and so is what was planned and not done.
            put_off = [
                step
                for step in happening
                if step.what in ("snoozed", "waived", "planned") and step.number % len(deadlines) == number
            ]
            ahead = [said for which, date_, today, said in life.said if (which, date_) == (number, on) and today <= on]
            assert len(ahead) <= len(set(ahead)) + len(put_off) or moved_back
    event(f"{len(life.pings)} messages")


@examples(10)
@given(works, ends, downtimes)
def test_without_answers_everything_that_is_due_has_been_said_a_week_later(
    work: WorkingTime, deadlines: list[tuple[DeadlineKind, date]], down: set[int]
) -> None:
    life = Life(work, list(deadlines))
    for day in range(120):
        if day not in down:
            for hour in range(24):
                moment = STARTS + timedelta(day)
                life.hour(datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC))
    for day in range(120, 160):  # nothing is down any more, and no day is free
        for hour in range(24):
            moment = STARTS + timedelta(day)
            life.hour(datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC))
    last = STARTS + timedelta(159)
    for number, (kind, on) in enumerate(deadlines):
        wanted = latest_due(Deadline(kind, on), last - timedelta(12), work)
        said = life.reminders[number].milestone
        if wanted is not None:
            assert said is not None
            assert said <= wanted


def test_what_has_passed_is_in_every_digest_until_somebody_answers() -> None:
    passed = (DeadlineKind.SUPPORT, STARTS - timedelta(270))
    life = Life(WorkingTime(ZoneInfo("UTC")), [passed])
    for day in range(57):
        if day == 50:
            life.happen(Step(day, 0, "planned", 30), STARTS + timedelta(day))
        for hour in (9, 10, 14):
            moment = STARTS + timedelta(day)
            life.hour(datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC))
    days = [today for _, _, today, _ in life.said]
    assert len(days) >= 7
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(7)}
    assert max(days) < STARTS + timedelta(50)


def test_what_has_been_said_by_itself_stands_in_the_next_digest_and_brings_none() -> None:
    soon, passed = (DeadlineKind.SUPPORT, STARTS + timedelta(32)), (DeadlineKind.SUPPORT, STARTS - timedelta(270))
    for ends, weeks in (([soon], 1), ([soon, passed], 4)):  # the first list, and what has passed each week
        life = Life(WorkingTime(ZoneInfo("UTC")), ends)
        digests: list[list[tuple[str, bool]]] = []
        for day in range(28):
            if day == 20:
                life.happen(Step(day, 0, "planned", 30), STARTS + timedelta(day))
            for hour in (9, 10):
                moment = STARTS + timedelta(day)
                now = datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC)
                before = life.written.digest
                life.hour(now)
                if life.written.digest != before:
                    digests.append([(each.subject.watch.cycle.name, each.stands) for each in life.heard])
        assert len(digests) == weeks
    first, second, third, planned = digests
    assert first == [("0", False), ("1", False)]
    assert second == third == [("0", True), ("1", False)]
    assert planned == [("1", False)]


def test_a_plan_that_is_not_kept_is_owed_once_with_the_next_digest() -> None:
    life = Life(UTC_ONLY, [(DeadlineKind.SUPPORT, STARTS - timedelta(270))])
    owed = []
    for day in range(43):
        moment = STARTS + timedelta(day)
        if day == 2:
            life.happen(Step(day, 0, "planned", 9), moment)  # until 16 January
        before = len(life.pings)
        life.hour(datetime(moment.year, moment.month, moment.day, 10, tzinfo=UTC))
        if len(life.pings) > before and any(each.is_owed for each in life.heard):
            owed.append(moment)
    assert owed[0] == date(2027, 1, 19)
    assert date(2027, 1, 26) not in owed


def test_a_plan_that_was_not_kept_is_owed_with_what_is_said_first_of_its_deadlines() -> None:
    lapsed = Answer(
        id=1, kind=AnswerKind.PLANNED, person=ADA, at=UTC_ONLY.at(STARTS, UTC_ONLY.opens),
        deadline=STARTS - timedelta(30), until=STARTS + timedelta(8),
    )  # fmt: skip
    today = STARTS + timedelta(9)  # a Wednesday

    def due(*said: tuple[int, int | None, date | None]) -> list[tuple[int, bool, bool]]:
        """What is owed, and whether for the plan, of deadlines in so many days with what was said of each, and when."""
        subjects = []
        for number, (days, milestone, said_on) in enumerate(said):
            deadline = Deadline(list(DeadlineKind)[number + 1], today + timedelta(days))
            watch = replace(Life(UTC_ONLY, [IN_TWO_MONTHS]).watch(0), deadline=deadline)
            reminder = Remembered(
                id=number, addressee="team:1", product="widget", cycle="0", kind=deadline.kind, deadline=deadline.on,
                opened_on=STARTS - timedelta(99), answers=(replace(lapsed, deadline=deadline.on),),
                milestone=Milestone(milestone) if milestone is not None else None, said_on=said_on,
            )  # fmt: skip
            subjects.append(Subject(watch, reminder))
        found = plan(subjects, now=UTC_ONLY.at(today, time(10)), work=UTC_ONLY, written=Written())
        return [(each.milestone.days, each.is_owed, each.is_missed) for each in found.due if not each.stands]

    passed, ahead, unsaid = (-30, -28, STARTS), (14, 30, STARTS), (14, None, None)
    assert due(passed, ahead) == [(14, True, True), (-28, False, False)], "with the message of its own"
    assert due(passed, unsaid) == [(14, True, True), (-28, False, False)], "though nothing was said of that deadline"
    assert due((60, 90, STARTS), passed) == [(60, False, False), (-28, True, True)], "the first of a digest"
    assert due(unsaid) == [(14, False, False)], "nobody has heard of what was planned"
    assert due(passed, (14, 14, today)) == [(-28, False, False)], "and then no more"
    assert due((7, 14, STARTS), ahead) == [(7, True, True), (14, True, False)], "each milestone is owed by itself"
    assert due((7, 14, STARTS), unsaid) == [(7, True, True), (14, False, False)], "but for the first of a deadline"


def test_several_deadlines_of_one_release_cycle_that_are_answered_count_once() -> None:
    life = Life(UTC_ONLY, [(DeadlineKind.SUPPORT, STARTS - timedelta(9))])
    life.hour(datetime(2027, 1, 5, 10, tzinfo=UTC))
    life.happen(Step(1, 0, "planned", 50), date(2027, 1, 5))
    watch = life.watch(0)
    after = replace(watch, deadline=Deadline(DeadlineKind.EXTENDED_SUPPORT, STARTS + timedelta(80)))
    subjects = [Subject(watch, life.reminders[0]), Subject(after)]
    found = plan(subjects, now=datetime(2027, 1, 6, 10, tzinfo=UTC), work=UTC_ONLY, written=life.written)
    assert (found.due, found.quiet) == ((), {watch.key[:3]})


UTC_ONLY = WorkingTime(ZoneInfo("UTC"))
IN_TWO_MONTHS = (DeadlineKind.SUPPORT, STARTS + timedelta(60))
A_DAY_LATER = (DeadlineKind.SUPPORT, STARTS + timedelta(61))


@examples(15)
@given(works, ends, st.lists(st.one_of(any_step, done), max_size=12), downtimes)
# The evidence is due on a Monday on which T-7 has been held back; a snooze ends on a Thursday; a date comes nearer on a
# day on which something has been said already.
@example(UTC_ONLY, [IN_TWO_MONTHS], [Step(42, 0, "done", 0)], set())
# A late digest stands for the week's, and on a later day of the week something comes up that cannot wait.
@example(UTC_ONLY, [(DeadlineKind.ACTIVE_SUPPORT, date(2027, 3, 12))], [], {*range(4), *range(57, 61)})
@example(UTC_ONLY, [IN_TWO_MONTHS], [Step(40, 0, "snoozed", 4)], set())
@example(UTC_ONLY, [IN_TWO_MONTHS, A_DAY_LATER], [Step(30, 1, "move", -5)], set())
def test_who_looks_when_something_may_be_due_says_what_is_said_by_looking_every_hour(
    work: WorkingTime, deadlines: list[tuple[DeadlineKind, date]], happening: list[Step], down: set[int]
) -> None:
    every, lazy = Every(work, list(deadlines)), Lazy(work, list(deadlines))
    for day in range(120):
        for hour in (1, 5, 9, 10, 14, 16, 21):
            moment = STARTS + timedelta(day)
            for life in (every, lazy):
                for step in happening:
                    if (step.day, 10) == (day, hour):
                        life.happen(step, moment)
                if day not in down:
                    life.hour(datetime(moment.year, moment.month, moment.day, hour, tzinfo=UTC))
    assert (lazy.pings, lazy.said) == (every.pings, every.said)
    assert (lazy.reminders, lazy.written) == (every.reminders, every.written)
    assert lazy.looks < 70 + 3 * len(happening) + 2 * len(lazy.pings), "of 840"


def test_a_later_day_counts_what_was_said_by_its_day_and_an_earlier_one_by_its_days() -> None:
    work = WorkingTime(ZoneInfo("UTC"))
    on = date(2027, 6, 1)
    life = Life(work, [(DeadlineKind.SUPPORT, on)])
    life.reminders[0] = Remembered(
        id=0, addressee="team:1", product="widget", cycle="0", kind=DeadlineKind.SUPPORT, deadline=on,
        opened_on=date(2027, 1, 1), milestone=Milestone(14), said_on=date(2027, 5, 18),
    )  # fmt: skip
    noon = datetime(2027, 5, 19, 12, tzinfo=UTC)
    for moved, counts in ((on + timedelta(60), Milestone(90)), (on - timedelta(5), Milestone(14))):
        life.ends[0] = (DeadlineKind.SUPPORT, moved)
        subject = Subject(life.watch(0), life.reminders[0])
        [found] = plan([subject], now=noon, work=work, written=Written(last=noon.date())).redating
        assert (found.on, found.milestone) == (moved, counts)


def test_the_days_message_waits_for_the_digest_that_is_still_to_come() -> None:
    work = WorkingTime(ZoneInfo("UTC"))
    tuesday = date(2027, 5, 18)
    life = Life(work, [(DeadlineKind.SUPPORT, tuesday + timedelta(14))])
    life.reminders[0] = Remembered(
        id=0, addressee="team:1", product="widget", cycle="0", kind=DeadlineKind.SUPPORT,
        deadline=tuesday + timedelta(14), opened_on=date(2027, 1, 1), milestone=Milestone(30),
    )  # fmt: skip
    life.written = Written(looked=tuesday - timedelta(7))
    nine = datetime(2027, 5, 18, 9, 45, tzinfo=UTC)
    subjects = [Subject(life.watch(0), life.reminders[0])]
    for now, said in ((nine, type(None)), (nine + timedelta(minutes=15), Weekly)):
        agenda = plan(subjects, now=now, work=work, written=life.written).agenda()
        assert any(each.is_loud for each in agenda.due)
        assert isinstance(say([agenda], now=now, work=work, written=life.written), said)
