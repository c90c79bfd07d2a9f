"""The terms on which things of one release cycle continue: one may have paid support and another not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.domain.eol.answers import Answer
from bot.domain.eol.deadlines import deadlines_of, next_one
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.milestones import Deadline, DeadlineKind
from bot.domain.eol.reminders import Remembered

#: All deadlines of something that runs. They also determine its charges.
Terms = tuple[Deadline, ...]


def by_terms(watches: Iterable[Watch]) -> dict[Terms, list[Watch]]:
    """Return the watches of one release cycle split by equal deadlines, each reduced to the things that have them.

    Things often share one deadline but not the others. What is said about one thing is never said about another.
    """
    found: dict[Terms, list[Watch]] = {}
    for watch in watches:
        runs: dict[Terms, list[MatchedDeployment]] = {}
        goes_on = watch.goes_on
        terms_of = {each: deadlines_of(watch.cycle, has_extended_support=each) for each in set(goes_on)}
        for one, each in zip(watch.runs, goes_on, strict=True):
            runs.setdefault(terms_of[each], []).append(one)
        for terms, same in runs.items():
            found.setdefault(terms, []).append(watch if len(runs) == 1 else replace(watch, runs=tuple(same)))
    return found


def next_of(watch: Watch, today: date) -> Deadline | None:
    """Return what ends or begins to cost money next for everything in a watch; None also if that differs."""
    if len(by_terms([watch])) > 1:
        return None
    return next_one(watch.cycle, today, has_extended_support=watch.runs[0].goes_on if watch.runs else None)


def missed(watch: Watch, until: date, today: date) -> date | None:
    """Return the deadline that a plan for `until` misses: the watch's own, or the next one if that has passed.

    None if the plan is in time. Nobody can plan for a day before a deadline that has passed, and active support ends
    for everybody.
    """
    deadline = watch.deadline
    if deadline.on < today or deadline.kind is DeadlineKind.ACTIVE_SUPPORT:
        found = next_of(watch, today)
        if found is None:
            return None
        deadline = found
    return deadline.on if until > deadline.on else None


def without(watch: Watch, kinds: Iterable[DeadlineKind]) -> Watch | None:
    """Return the watch of the things that have none of these deadlines; None if each has one of them."""
    answered = set(kinds)
    runs = tuple(one for one in watch.runs if answered.isdisjoint(_kinds_of(watch, one)))
    return (replace(watch, runs=runs) if len(runs) < len(watch.runs) else watch) if runs else None


def answered(reminder: Remembered, watch: Watch) -> Remembered:
    """Return a reminder with only the answers that are about everything in a watch.

    A plan and a waiver hold for every deadline of a release cycle, but only for things on the same terms: a plan for
    something with paid support does not cover things without it.
    """
    kept = tuple(each for each in reminder.answers if all(_is_about(each, watch, one) for one in watch.runs))
    return reminder if len(kept) == len(reminder.answers) else replace(reminder, answers=kept)


def unanswered_part(reminder: Remembered, watch: Watch) -> Watch:
    """Return the part of a watch that answers to other deadlines do not cover; all of it if they cover all or none."""
    left = tuple(one for one in watch.runs if not all(_is_about(each, watch, one) for each in reminder.answers))
    return replace(watch, runs=left) if 0 < len(left) < len(watch.runs) else watch


def _is_about(answer: Answer, watch: Watch, one: MatchedDeployment) -> bool:
    return not answer.is_shared or answer.given_to is None or answer.given_to in _kinds_of(watch, one)


def _kinds_of(watch: Watch, one: MatchedDeployment) -> set[DeadlineKind]:
    return {each.kind for each in deadlines_of(watch.cycle, has_extended_support=one.goes_on)}
