"""The health report: which figures of which month are compared, when it is posted, and what it says to do first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeVar

from bot.domain.working_time import WorkingTime

#: Where figures of the whole organisation are kept; those of a team are under its recipient's key, `team:3`.
ORGANISATION = ""
#: A month's report is not posted any more after this day of the month: whoever begins later hears next month.
LAST_DAY = 10
#: Months that the trend shows, the present one among them.
TREND_MONTHS = 12
_MOST_ACTIONS = 3


def scope_of(team_id: int | None) -> str:
    """Return where the figures of a team, or with None of the organisation, are kept."""
    return ORGANISATION if team_id is None else f"team:{team_id}"


def month_of(day: date) -> date:
    """Return the first of the month, which the month's figures are kept under."""
    return day.replace(day=1)


def is_due(today: date, work: WorkingTime) -> bool:
    """Whether the month's report may be posted: from the first working day of the month on, for some days."""
    return work.on_or_after(month_of(today)) <= today and today.day <= LAST_DAY


@dataclass(frozen=True, slots=True)
class Earlier:
    """The figures of the last month before this one that has any, by (scope, key). `since` is the day they are of."""

    since: date | None = None
    values: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, scope: str, key: str) -> int | None:
        """Return what a figure was; None where it was not counted then.

        Only what is not zero is kept of a team, so a figure that the organisation had then was zero for that team.
        """
        known = self.values.get((scope, key))
        return 0 if known is None and (ORGANISATION, key) in self.values else known


class _HasEffect(Protocol):
    @property
    def effect(self) -> int: ...
    @property
    def leads_to(self) -> object: ...


_Action = TypeVar("_Action", bound=_HasEffect)


def first_actions(by_noun: Iterable[Sequence[_Action]]) -> list[_Action]:
    """Return the actions that settle the most things; of equal ones the first of each noun, then the second of each.

    Of those that lead to the same place the first is taken.
    """
    placed = [
        (-each.effect, place, each)
        for actions in by_noun
        for place, each in enumerate(sorted(actions, key=lambda each: -each.effect))
        if each.effect > 0
    ]
    found: dict[object, _Action] = {}
    for _, _, each in sorted(placed, key=lambda each: each[:2]):
        found.setdefault(each.leads_to, each)
    return [*found.values()][:_MOST_ACTIONS]


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure over the months, the earliest first; the last point is of today."""

    label: str
    points: Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A team's things: of each area how many the team itself has, DevOps, and somebody else."""

    team: str
    cells: Sequence[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who owns which area of what each team has. `more` teams were left out."""

    areas: Sequence[str] = ()
    rows: Sequence[MatrixRow] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPicture:
    """A picture's content."""

    title: str
    trends: Sequence[Trend]
    matrix: Matrix
