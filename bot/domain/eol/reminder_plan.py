"""Which deadlines are due for one addressee now, and which of their reminders have to be opened or re-dated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain import digests
from bot.domain.daily_limit import Written
from bot.domain.eol import plans
from bot.domain.eol.answers import PLAN_CHECK, SHARED, Answer, AnswerKind, evidence_due
from bot.domain.eol.due_reminders import Asking, DueReminder, Joined, Plan, Redating, Subject
from bot.domain.eol.exposure import MatchedDeployment, Watch, WatchKey
from bot.domain.eol.image_libraries import is_inside
from bot.domain.eol.milestones import DeadlineKind, Loudness, Milestone, latest_due, next_loud
from bot.domain.eol.reminders import Remembered
from bot.domain.eol.responsibility import CycleKey
from bot.domain.eol.terms import answered, unanswered_part, without
from bot.domain.escalation import Audience, audience_at, stage_of
from bot.domain.working_time import WorkingTime


def plan(
    subjects: Sequence[Subject],
    *,
    now: datetime,
    work: WorkingTime,
    written: Written,
    unsure: Sequence[MatchedDeployment] = (),
    is_weekly_only: bool = False,
) -> Plan:
    """Return what there is to do for one addressee at `now`; nothing outside their working hours.

    `unsure` are their unknown versions. With `is_weekly_only`, everything waits for the digest.
    """
    if not work.is_open(now):
        return Plan()
    today = work.today(now)
    redating = tuple(_redatings(subjects, work))
    moved = {each.reminder.id: each.milestone for each in redating}
    dated = [_as_of_now(subject, moved) for subject in subjects]
    given = [each.reminder for each in dated if each.reminder is not None and each.reminder.answers]
    due, quiet = _due(dated, given, today, work, is_weekly_only=is_weekly_only)
    said = {each.subject.watch.key for each in due}
    unsaid = [each for each in dated if each.reminder is not None and each.watch.key not in said]
    due += filter(None, (_listed(each, today, work, written) for each in unsaid))
    sent = work.last_digest(work.at(written.digest, work.closes)) if written.digest is not None else None
    known_since = [today if each.reminder is None else each.reminder.opened_on for each in dated]
    known_since += [work.today(run.deployment.observed.first_seen_at) for run in unsure]
    return Plan(
        opening=tuple(subject.watch for subject in subjects if subject.reminder is None),
        redating=redating,
        # A message sent today already lists everything that runs, so its additions are left out.
        joined=tuple(
            Joined(each.reminder, runs)
            for each in unsaid
            if each.reminder is not None and each.reminder.root_key and (runs := joined(each.watch, each.reminder))
        ),
        asking=tuple(_askings(given, today)) if given else (),
        due=tuple(sorted(due, key=_urgency)),
        answered=frozenset(quiet),
        quiet=frozenset(quiet - {each.subject.watch.key[:3] for each in due}),
        # Each unknown version is named in one digest only.
        unsure=tuple(run for run in unsure if sent is None or run.deployment.observed.first_seen_at > sent),
        known_since=min(known_since, default=None),
        next_on=min((day for each in dated for day in _turns(each, today, work) if day > today), default=None),
    )


def is_answered(reminder: Remembered, today: date, work: WorkingTime, *, by_taking_over: bool = True) -> bool:
    """Whether somebody answered the last milestone, so that the people above the addressee are not told.

    A plan answers until its day has passed. Other answers cover what had been sent by then, and a snooze or a waiver
    also what comes while it lasts. Taking the reminder over counts as an answer to what had been sent by then, unless
    `by_taking_over` is false. No answer survives a move of the deadline to an earlier day.
    """
    if reminder.claimed_at is not None and today < _evidence_due(reminder.claimed_at, work):
        return True
    if not reminder.answers:
        return False
    done = reminder.effect(today)
    taken = next((answer for answer, _ in done.states if answer.is_taken_over), None)
    if by_taking_over and taken is not None and not done.is_overtaken(taken) and _is_since(taken, reminder, work):
        return True
    return done.answers_milestone(is_since=done.last is None or _is_since(done.last, reminder, work))


def joined(watch: Watch, reminder: Remembered) -> tuple[MatchedDeployment, ...]:
    """Return what runs that none of the answers in force was given for, because it came to its owner later."""
    own = [each for each in reminder.answers if not each.is_shared and each.kind is not AnswerKind.DELEGATED]
    given = [each.asset_ids for each in own]
    if not given or any(each is None for each in given):
        return ()
    known = frozenset[int]().union(*(each for each in given if each is not None))
    return tuple(run for run in watch.runs if run.asset.id not in known)


def _askings(given: Iterable[Remembered], today: date) -> Iterator[Asking]:
    """Yield the plans in force whose part owners are to be asked before their day."""
    for reminder in given:
        if reminder.claimed_at is not None:
            continue
        held = reminder.effect(today).answer
        if held is not None and not held.is_shared and (parts := plans.to_ask(held, today)):
            yield Asking(reminder, held, parts)


def _is_since(answer: Answer, reminder: Remembered, work: WorkingTime) -> bool:
    return reminder.said_on is None or work.today(answer.decided_at or answer.at) >= reminder.said_on


def _redatings(subjects: Iterable[Subject], work: WorkingTime) -> Iterable[Redating]:
    """Yield the deadlines that have moved.

    If a deadline moved earlier, its milestone stays (T-30 stays T-30). If it moved later, the milestone is computed
    again from the day of the last message.
    """
    for subject in subjects:
        watch, reminder = subject.watch, subject.reminder
        if reminder is None or reminder.deadline == watch.deadline.on:
            continue
        said = reminder.milestone
        if said is not None and reminder.said_on is not None and watch.deadline.on > reminder.deadline:
            said = latest_due(watch.deadline, reminder.said_on, work, tier=watch.tier)
        yield Redating(reminder, watch.deadline.on, said)


def _as_of_now(subject: Subject, moved: Mapping[int, Milestone | None]) -> Subject:
    """Return a subject with its present date, without plans for other deadlines and without what those cover."""
    reminder = subject.reminder
    if reminder is None:
        return subject
    if reminder.id in moved:
        reminder = replace(reminder, deadline=subject.watch.deadline.on, milestone=moved[reminder.id])
    if not reminder.answers:
        return Subject(subject.watch, reminder)
    watch = unanswered_part(reminder, subject.watch)
    return Subject(watch, answered(reminder, watch))


def _due(
    subjects: Sequence[Subject], given: Sequence[Remembered], today: date, work: WorkingTime, *, is_weekly_only: bool
) -> tuple[list[DueReminder], set[CycleKey]]:
    """Return what is due, and the release cycles with something quiet. `given` are the reminders with answers."""
    found, quiet = list[DueReminder](), set[CycleKey]()
    planned = _planned(given, today) if given else {}
    missed = _missed(given, today) if given else set()
    for subject in subjects:
        watch, reminder = subject.watch, subject.reminder
        milestone = latest_due(watch.deadline, today, work, tier=watch.tier)
        if milestone is None:
            continue
        if reminder is None and (kinds := planned.get(watch.key[:3])):
            rest = without(watch, kinds) if watch.runs else None
            if rest is None:
                quiet.add(watch.key[:3])
                continue
            subject = Subject(rest)  # noqa: PLW2901 - the same, of less
        if reminder is not None and _keeps_quiet(reminder, milestone, today, work):
            if not reminder.root_key and joined(watch, reminder):  # there is no thread for it
                found.append(DueReminder(subject, milestone, Loudness.DIGEST))
            else:
                quiet.add(watch.key[:3])
            continue
        due = _due_of(subject, milestone, today, work, is_missed=watch.key in missed, is_weekly_only=is_weekly_only)
        if due is not None:
            found.append(due)
    return (_heard_once(found) if missed else found), quiet


def _due_of(
    subject: Subject, milestone: Milestone, today: date, work: WorkingTime, *, is_missed: bool, is_weekly_only: bool
) -> DueReminder | None:
    """Return the reminder of a subject at a milestone; None if it was sent already."""
    watch, reminder = subject.watch, subject.reminder
    said = reminder.milestone if reminder is not None else None
    is_again = said is not None and milestone >= said
    is_repeated = is_again and not _is_put_off_no_longer(reminder, today)
    has_passed = watch.deadline.on < today  # it is in the digest every week until somebody answers
    if is_repeated and reminder is not None:
        stays = has_passed or is_missed
        if not stays or is_answered(reminder, today, work, by_taking_over=False):
            return None
    loudness = Loudness.DIGEST if is_repeated else milestone.loudness(watch.deadline.kind)
    if is_again and loudness is Loudness.BROADCAST:
        loudness = Loudness.POST  # it was shown in the channel already
    is_owed = (
        reminder is not None
        and (is_missed or _goes_up(subject, milestone, is_repeated=is_repeated))
        and not is_answered(reminder, today, work)
    )
    opened_on = reminder.opened_on if reminder is not None else today
    is_backlog = said is None and milestone.day(watch.deadline, work) < opened_on
    # An image has dozens of libraries: the digest lists them together, and none gets a message of its own.
    is_only_listed = is_weekly_only or is_inside(watch.runs)
    waits = is_only_listed or is_backlog or loudness is Loudness.DIGEST
    stage = None
    if not is_missed and reminder is not None and reminder.opened_on > watch.deadline.on:
        stage = _stage(subject, today, work)
        is_owed = stage is not None
    # The end of active support does no harm yet.
    is_owed = is_owed and not is_only_listed and watch.deadline.kind is not DeadlineKind.ACTIVE_SUPPORT
    is_missed = is_missed and is_owed
    return DueReminder(
        subject, milestone, loudness, is_owed, waits, is_repeated=is_repeated, is_missed=is_missed, stage=stage
    )


def _stage(subject: Subject, today: date, work: WorkingTime) -> int | None:
    """Return the escalation step of a deadline that had passed before its team was told; None if it is too early."""
    watch, reminder = subject.watch, subject.reminder
    if reminder is None or reminder.said_on is None or is_answered(reminder, today, work):
        return None
    last = reminder.effect(today).last
    if last is not None and last.is_lapsed_plan(today):
        return None  # they have been told that it was not kept
    is_charged = watch.charged(today).now is not None
    days, told_for = (watch.deadline.on - today).days, (today - reminder.opened_on).days
    return stage_of(days, told_for, is_charged=is_charged)


def _missed(given: Sequence[Remembered], today: date) -> set[WatchKey]:
    """Return the deadlines whose plan has passed its day, if nothing has been sent about any of them since.

    A plan covers every deadline of a release cycle, so all of them are announced again together, and only once.
    """
    lapsed: dict[CycleKey, list[tuple[WatchKey, date | None, date]]] = {}
    for reminder in given:
        last = reminder.effect(today).last
        if last is not None and last.until is not None and last.is_lapsed_plan(today):
            lapsed.setdefault(reminder.cycle_key, []).append((reminder.key, reminder.said_on, last.until))
    found = set[WatchKey]()
    for deadlines in lapsed.values():
        is_since = {said_on > until for _, said_on, until in deadlines if said_on is not None}
        if is_since == {False}:
            found |= {key for key, _, _ in deadlines}
    return found


def _heard_once(found: Sequence[DueReminder]) -> list[DueReminder]:
    """Keep the escalation of a plan that was not kept only on the first reminder among those that it covered."""
    first: dict[CycleKey, WatchKey] = {}
    missed = [each for each in found if each.is_missed]
    for each in sorted(missed, key=lambda each: (each.waits, each.subject.watch.deadline.on)):
        first.setdefault(each.subject.watch.key[:3], each.subject.watch.key)
    return [
        each
        if not each.is_missed or each.subject.watch.key == first[each.subject.watch.key[:3]]
        else replace(
            each, is_missed=False, is_owed=_goes_up(each.subject, each.milestone, is_repeated=each.is_repeated)
        )
        for each in found
    ]


def _goes_up(subject: Subject, milestone: Milestone, *, is_repeated: bool) -> bool:
    """Whether the people above are told of a milestone by itself, if nobody has answered the one before it."""
    is_first = subject.reminder is None or subject.reminder.milestone is None
    return not is_first and not is_repeated and audience_at(milestone.days) is not Audience.TEAM


def _planned(given: Sequence[Remembered], today: date) -> dict[CycleKey, set[DeadlineKind]]:
    """Return the release cycles whose upgrade is planned or waived, each with the deadlines that were answered.

    A new deadline of such a cycle is not news.
    """
    found: dict[CycleKey, set[DeadlineKind]] = {}
    for reminder in given:
        held = reminder.effect(today).answer
        late = plans.quiet_until(held) if held is not None else None
        if held is not None and held.kind in SHARED and (late is None or today < late):
            found.setdefault(reminder.cycle_key, set()).add(held.given_to or reminder.kind)
    return found


def _is_put_off_no_longer(reminder: Remembered | None, today: date) -> bool:
    """Whether a snooze or a waiver is over and nothing was sent since: the earlier milestone is due again."""
    if reminder is None or reminder.said_on is None or not reminder.answers:
        return False
    done = reminder.effect(today)
    if done.last is not None and done.is_overtaken(done.last):  # it was due again when the deadline moved closer
        return False
    return done.put_off_until is not None and reminder.said_on < done.put_off_until <= today


def _keeps_quiet(reminder: Remembered, milestone: Milestone, today: date, work: WorkingTime) -> bool:
    """Whether a milestone is not sent today, because of an answer or because Baton waits for evidence."""
    if reminder.claimed_at is not None and today < _evidence_due(reminder.claimed_at, work):
        return True
    if not reminder.answers:
        return False
    done = reminder.effect(today)
    late = plans.quiet_until(done.last) if done.last is not None else None
    return done.keeps_quiet(milestone) and (late is None or today < late)


def _turns(subject: Subject, today: date, work: WorkingTime) -> Iterator[date]:
    """Yield the days on which something may become loud that is not today: those of milestones and of answers."""
    watch, reminder = subject.watch, subject.reminder
    milestone = next_loud(watch.deadline, today, work, tier=watch.tier)
    if milestone is not None:
        yield milestone
    if reminder is None:
        return
    if reminder.claimed_at is not None:
        yield _evidence_due(reminder.claimed_at, work)
    for answer in reminder.answers:
        yield from plans.turns(answer)
        if answer.until is not None:
            yield from (answer.until - timedelta(PLAN_CHECK), answer.until, answer.until + timedelta(1))
        if answer.milestone is not None:
            yield watch.deadline.on - timedelta(answer.milestone - 1)


def _evidence_due(claimed_at: datetime, work: WorkingTime) -> date:
    return evidence_due(work.today(claimed_at))


def _listed(subject: Subject, today: date, work: WorkingTime, written: Written) -> DueReminder | None:
    """Return what a digest says about a subject for which nothing else is due; None if it says nothing.

    - If the team said that it is done, and the inventory should show that by now, one digest says so.
    - A plan in force whose first part is late is in every digest.
    - So is a deadline that has not passed and whose last milestone nobody has answered.
    """
    deadline, reminder = subject.watch.deadline, subject.reminder
    if reminder is None:
        return None
    milestone = latest_due(deadline, today, work, tier=subject.watch.tier)
    if milestone is not None and reminder.claimed_at is not None:
        since = _evidence_due(reminder.claimed_at, work)
        if since <= today and (written.digest is None or written.digest < since):
            return DueReminder(subject, milestone, Loudness.DIGEST, is_repeated=True)
    elif (
        milestone is not None
        and reminder.answers
        and (held := reminder.effect(today).answer) is not None
        and not held.is_shared
    ):
        late_since = plans.late_since(held, today)
        if late_since is not None:
            is_said = written.digest is not None and written.digest >= late_since
            return DueReminder(subject, milestone, Loudness.DIGEST, stands=is_said)
    # The end of active support does no harm yet.
    is_ahead = deadline.on >= today and deadline.kind is not DeadlineKind.ACTIVE_SUPPORT
    if not is_ahead or reminder.milestone is None or _keeps_quiet(reminder, reminder.milestone, today, work):
        return None
    if is_answered(reminder, today, work, by_taking_over=False):
        return None
    return DueReminder(subject, reminder.milestone, Loudness.DIGEST, stands=True)


def _urgency(due: DueReminder) -> tuple[tuple[bool, int], int, date, str, str]:
    watch = due.subject.watch
    return digests.preventable_first(due.milestone.days), due.tier, watch.deadline.on, *watch.key[1:3]
