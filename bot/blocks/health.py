"""`/baton health` and the monthly post: the verdict, a line for each part of it, and what to do first.

What a noun contributes is made in its own `blocks/<noun>/health.py` of the figures and lines here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from bot.blocks import pictures
from bot.blocks.lines import Line
from bot.blocks.text import Block, Rendered, button, context, day, escape, plain, section, shorten
from bot.blocks.values import encode
from bot.domain.health import Earlier, HealthPicture, Matrix, Trend, scope_of
from bot.domain.records import TeamRecord

#: The button beside each action; its value is a `ShowValue`.
SHOW = "health.show"
#: Teams that one figure names, the largest first.
_MOST_TEAMS = 4
#: Slack takes an alternative text of 1,000 characters for a file.
_ALT_TEXT = 1000


class Shown(StrEnum):
    """What a button beside an action shows to whoever presses it."""

    ASSET = "asset"
    TEAM = "team"
    EOL = "eol"
    REQUEST = "request"


class ShowValue(NamedTuple):
    """What to show, and the id of the asset, team or request."""

    shown: Shown
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with the words around it, which are mrkdwn: `lead`, the number, perhaps of how many, and `words`.

    It is kept under `key`. `teams` are those that have most of it, by id and name, with their share in `unit`s; without
    teams the number itself is in `unit`s. A share is kept under `team_key`, or without one under `key`, too.
    """

    key: str
    value: int
    words: str
    lead: str = ""
    of: int | None = None
    teams: Sequence[tuple[int, str, int]] = ()
    unit: str = ""
    team_key: str = ""


@dataclass(frozen=True, slots=True)
class HealthSection:
    """A line of the report."""

    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class NextAction:
    """Something to do, how many things it settles, and its line with the button.

    Where only people of `teams` may press that, everybody else has the button `to_see` what it is about.
    """

    effect: int
    line: Line
    teams: tuple[TeamRecord, ...] = ()
    to_see: Mapping[str, Any] | None = None

    @property
    def leads_to(self) -> object:
        """Where the button leads: two actions that lead to the same place are one."""
        pressed = self.line.button
        return self.line.text if pressed is None else (pressed["action_id"], pressed["value"])

    def for_others(self) -> NextAction:
        """Return it for somebody who may not press the button: the line names the team whose people may."""
        return replace(self, line=replace(self.line, button=self.to_see))


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPart:
    """What one noun knows.

    `recorded` are its figures by where they are kept, as `domain.health` says, then by key. `notes` are next steps in
    mrkdwn where something is not set up. `trends` names the figures that are worth a curve, by key. `is_empty` says
    that there is nothing to report of: its notes are all that is said.
    """

    headline: Figure | None = None
    sections: Sequence[HealthSection] = ()
    notes: Sequence[str] = ()
    actions: Sequence[NextAction] = ()
    recorded: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    trends: Mapping[str, str] = field(default_factory=dict)
    matrix: Matrix = field(default_factory=Matrix)
    is_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """The report of the organisation, or of the team with this id and name."""

    today: date
    headline: Figure | None
    sections: Sequence[HealthSection]
    notes: Sequence[str]
    actions: Sequence[NextAction]
    earlier: Earlier
    team_id: int | None = None
    team: str = ""


def report(found: HealthReport) -> Rendered:
    """Return the report."""
    head = [f"*{said(found.headline, found, is_head=True)}.*"] if found.headline is not None else []
    lines = [
        f"• {each.title}: {' · '.join(said(figure, found) for figure in each.figures)}"
        for each in found.sections
        if each.figures
    ]
    first = ["*Begin here*" if found.actions else "Nothing stands out to begin with."] if lines else []
    small = [compared(found.earlier)] if lines else []
    text = [
        *head,
        *found.notes,
        *lines,
        *first,
        *(f"{n}. {a.line.text}" for n, a in enumerate(found.actions, 1)),
        *small,
    ]
    blocks: list[Block] = [section("\n".join(some)) for some in ([*head, *found.notes], lines, first) if some]
    blocks += [replace(each.line, text=f"{n}. {each.line.text}").block for n, each in enumerate(found.actions, 1)]
    return Rendered("\n".join(text), [*blocks, *map(context, small)])


def said(figure: Figure, found: HealthReport, *, is_head: bool = False) -> str:
    """Return a figure in words, with what it was: `12 unowned (up from 9)`.

    A headline has other figures behind it, so what the first one was stands beside that: `4 (down from 5) of 37`.
    """
    of = f" of {figure.of:,}" if figure.of is not None else ""
    was = found.earlier.of(scope_of(found.team_id), figure.key)
    unit = "" if figure.teams else figure.unit
    value = "none" if not figure.value and figure.of is None and not figure.lead else f"{figure.value:,}{unit}"
    changed = change(figure.value, was)
    beside, behind = (changed, "") if is_head else ("", changed)
    text = " ".join(filter(None, (figure.lead, f"{value}{beside}{of}", figure.words))) + behind
    teams = [
        f"{escape(name, 40) or '(no name)'} {value:,}{figure.unit}"
        f"{change(value, found.earlier.of(scope_of(team_id), figure.team_key or figure.key))}"
        for team_id, name, value in figure.teams[:_MOST_TEAMS]
    ]
    more = len(figure.teams) - len(teams)
    teams += [f"{more:,} more"] if more > 0 else []
    return f"{text}: {', '.join(teams)}" if teams else text


def change(value: int, was: int | None) -> str:
    """Return how a figure has changed; empty where it has not, or nobody knows."""
    if was is None or was == value:
        return ""
    return f" ({'up' if value > was else 'down'} from {was:,})"


def compared(earlier: Earlier) -> str:
    """Return what the brackets compare with."""
    if earlier.since is None:
        return "There are no earlier figures yet: from next month on this says what has changed."
    return f"In brackets: the figure of {day(earlier.since)}, where it was another."


def show_button(text: str, shown: Shown, number: int, *, label: str) -> Mapping[str, Any]:
    """Return the button beside an action. `label` says of what, for a screen reader."""
    return button(text, SHOW, encode(ShowValue(shown, number)), label=f"{text}: {plain(label, 60)}")


def drawing() -> Rendered:
    """Return the receipt for a picture that is being drawn."""
    return pictures.drawing("the health of the organisation for this channel", "`/baton health`")


def alt_text(picture: HealthPicture) -> str:
    """Return what a picture shows, in words."""
    parts = [f"{picture.title}.", *(f"{_trend(each)}." for each in picture.trends)]
    areas = picture.matrix.areas
    parts += [f"{row.team}: {', '.join(filter(None, map(_cell, areas, row.cells)))}." for row in picture.matrix.rows]
    return shorten(plain(" ".join(parts), _ALT_TEXT), _ALT_TEXT)


def _trend(trend: Trend) -> str:
    (_, first), (_, last) = trend.points[0], trend.points[-1]
    return f"{trend.label}: {last:,}, {first:,} at first" if len(trend.points) > 1 else f"{trend.label}: {last:,}"


def _cell(area: str, cell: tuple[int, int, int]) -> str:
    held = [f"{count:,} {whose}" for count, whose in zip(cell, ("own", "DevOps", "others"), strict=True) if count]
    return f"{area} {' and '.join(held)}" if held else ""
