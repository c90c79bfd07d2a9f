"""The health report: which months are compared, when it is posted, and which actions it lists first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeVar

from bot.domain.working_time import WorkingTime

#: The scope of the whole organisation's figures. A team's are stored under its recipient key, `team:3`.
ORGANISATION = ""
#: A month's report is not posted after this day of the month: an installation that starts later gets the next one.
LAST_DAY = 10
#: How many months the trend shows, including the current one.
TREND_MONTHS = 12
_MOST_ACTIONS = 3


def scope_of(team_id: int | None) -> str:
    """Return the scope under which the figures of a team, or (None) of the organisation, are stored."""
    return ORGANISATION if team_id is None else f"team:{team_id}"


def month_of(day: date) -> date:
    """Return the first day of the month, under which the month's figures are stored."""
    return day.replace(day=1)


def is_due(today: date, work: WorkingTime) -> bool:
    """Whether the month's report may be posted: from its first working day on, for some days."""
    return work.on_or_after(month_of(today)) <= today and today.day <= LAST_DAY


@dataclass(frozen=True, slots=True)
class Earlier:
    """The figures of the last earlier month that has any, by (scope, key). `since` is the day of those figures."""

    since: date | None = None
    values: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, scope: str, key: str) -> int | None:
        """Return the earlier value of a figure; None if it was not counted then.

        Zeros are not stored for teams, so a figure that the organisation had then was zero for that team.
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
    """Return the actions that settle the most things.

    If equal, the first one of each noun comes before their second ones.

    Of those that lead to the same place, only the first is kept.
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
    """A figure over several months, the earliest first. The last point is today's."""

    label: str
    points: Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A team's things: for each area, how many the team itself has, DevOps has, and others have."""

    team: str
    cells: Sequence[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who owns which area of each team's things. `more` is the number of teams left out."""

    areas: Sequence[str] = ()
    rows: Sequence[MatrixRow] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPicture:
    """The content of a picture."""

    title: str
    trends: Sequence[Trend]
    matrix: Matrix
