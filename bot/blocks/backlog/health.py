"""What the backlog says in the health report: numbers and the teams that asked, never what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks.health import Figure, HealthSection, NextAction, Shown, show_button
from bot.blocks.lines import Line
from bot.blocks.text import bold
from bot.domain.phrases import counted

#: Figures that the picture shows over the months.
TRENDS = {"requests.open": "Open requests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What waits: how many requests are open, and how old the oldest is, in days.

    `served` are teams by id and name with their share of the DevOps team's work of 90 days, in percent.
    """

    open_count: int = 0
    oldest_days: int = 0
    served: Sequence[tuple[int, str, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OldestRequest:
    """The oldest request that everybody may see, and its team; empty for somebody in no team.

    With `is_asked` it waits for an answer of whoever asked for it.
    """

    id: int
    days: int
    team: str = ""
    is_asked: bool = False


def section(load: Load, *, is_of_team: bool) -> HealthSection:
    """Return the line: how much waits, how long, and who was served."""
    figures = [Figure(key="requests.open", value=load.open_count, words="open")]
    if load.open_count:
        days = "day old" if load.oldest_days == 1 else "days old"
        figures.append(Figure(key="requests.oldest_days", value=load.oldest_days, lead="the oldest", words=days))
    if load.served and is_of_team:
        share = load.served[0][2]
        words = "of DevOps' work of 90 days"
        figures.append(Figure(key="requests.served_percent", value=share, words=words, unit="%"))
    elif load.served:
        words = "team served in 90 days" if len(load.served) == 1 else "teams served in 90 days"
        key, share_key = "requests.served_teams", "requests.served_percent"
        served = Figure(key=key, value=len(load.served), words=words, teams=load.served, unit="%", team_key=share_key)
        figures.append(served)
    return HealthSection("Requests to DevOps", figures)


def recorded(load: Load) -> dict[str, int]:
    """Return everything that is kept of the organisation's; a team's share is kept beside it."""
    return {
        "requests.open": load.open_count,
        "requests.oldest_days": load.oldest_days,
        "requests.served_teams": len(load.served),
        "requests.served_percent": sum(percent for _, _, percent in load.served),
    }


def move_on(oldest: OldestRequest) -> NextAction:
    """Return the action about the oldest request, which counts for as many things as weeks that it is old."""
    by = f" of {bold(oldest.team, 60)}" if oldest.team else ""
    days = counted(oldest.days, "day")
    text = f"Move request #{oldest.id}{by} on: it has been open for {days}."
    if oldest.is_asked:
        text = f"Get the answer{by} to the question about request #{oldest.id}, which has been open for {days}."
    return NextAction(
        oldest.days // 7, Line(text, show_button("See it", Shown.REQUEST, oldest.id, label=f"#{oldest.id}"))
    )
