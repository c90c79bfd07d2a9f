"""A milestone is said once more only for a reason that has come up since it was said last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bot.domain.eol.answers import VERIFYING_DAYS, AnswerKind
from bot.store.tables import Reminder
from tests.simulation.life import Lived
from tests.simulation.running import Running

_DONE = "done"


@dataclass(frozen=True, slots=True)
class _Reason:
    """From a `day` on something is said again: what was put off, planned or said to be done, and is there still.

    A snooze is about one deadline; all else is about every deadline of a release cycle.
    """

    kind: str
    day: date
    reminder: int
    cycle: tuple[str, str, str]

    def is_about(self, row: Reminder) -> bool:
        return row.id == self.reminder if self.kind == AnswerKind.SNOOZED else self.cycle == cycle_of(row)


def cycle_of(row: Reminder) -> tuple[str, str, str]:
    """Return what a plan, a waiver and a claim are about: all that somebody has of one release cycle."""
    return row.addressee, row.product, row.cycle


def repeats(lived: Lived) -> Iterator[str]:
    """Yield what was said again without a reason, and on several days for one that is about all of a release cycle."""
    reasons, running = list(_reasons(lived)), Running(lived)
    shared: dict[_Reason, set[date]] = {}
    for row, milestone, before, on in _said_again(lived):
        if (row.addressee, row.product) in lived.contested or running.days_joined(row, before, on):
            continue
        found = [each for each in reasons if each.is_about(row) and before <= each.day <= on]
        if not found:
            yield f"T-{milestone} of {' '.join(cycle_of(row))} {row.kind} was said on {before} and again on {on}"
        elif len(found) == 1 and found[0].kind != AnswerKind.SNOOZED:
            shared.setdefault(found[0], set()).add(on)
    for reason, days in shared.items():
        if len(days) > 1:
            what = f"{' '.join(reason.cycle)}, {reason.kind} until {reason.day},"
            yield f"{what} was said again on {', '.join(map(str, sorted(days)))}"


def _said_again(lived: Lived) -> Iterator[tuple[Reminder, int, date, date]]:
    """Yield each milestone that a team was told again, with the days. What has passed is in the digest of each week."""
    found: dict[tuple[int, str, date, int, tuple[int, int] | None], list[date]] = {}
    for each in lived.said:
        week = each.on.isocalendar()[:2] if each.on > each.deadline else None
        found.setdefault((each.reminder, each.told, each.deadline, each.milestone, week), []).append(each.on)
    for (reminder, _, _, milestone, _), days in found.items():
        for before, on in pairwise(sorted(days)):
            yield lived.reminders[reminder], milestone, before, on


def _reasons(lived: Lived) -> Iterator[_Reason]:
    """Yield the reasons, by the deadline to which each answer was given, wherever it is kept now."""
    for entry in lived.given:
        number = int(entry.subject.partition(":")[2]) if entry.subject.startswith("reminder:") else 0
        match entry.action.removeprefix("lifecycle."):
            case "snooze" | "plan" | "approve":
                answer = lived.answers[entry.detail["answer"]]
                assert answer.until is not None
                kind, day = answer.kind, answer.until
            case "done":
                kind, day = _DONE, entry.at.date() + timedelta(VERIFYING_DAYS)
            case _:
                continue
        yield _Reason(kind, day, number, cycle_of(lived.reminders[number]))
