"""A timeline as a PNG, drawn by matplotlib without a display.

Drawing takes half a second or more: not for the event loop.

Bars have different hatching as well as different colours, with their meaning as text beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bot.blocks.text import shorten
from bot.clients.canvas import BLUE, GREEN, GREY, INK, ORANGE, RED, blank, png, write
from bot.domain.eol.reports import Urgency
from bot.domain.eol.timeline import Timeline, TimelineRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: In pixels: the height of a row, and of everything above and below the rows.
ROW_HEIGHT, REST_HEIGHT = 40, 170
_BAND = "#f3f3f3"
_BAR = 0.46
_LONGEST_LABEL, _LONGEST_NAMES = 38, 46


def draw(timeline: Timeline) -> bytes:
    """Return the picture, 1,200 pixels wide and as high as its rows need."""
    height = REST_HEIGHT + ROW_HEIGHT * max(1, len(timeline.rows))
    figure = blank(height)
    axes = figure.add_axes((0.27, 90 / height, 0.46, 1 - REST_HEIGHT / height))
    _frame(figure, axes, timeline, height)
    _bands(axes, timeline.rows)
    for place, row in enumerate(timeline.rows):
        _bars(axes, place, row, timeline)
        _words(axes, place, row, timeline)
    _today(axes, timeline)
    _legend(figure, height)
    return png(figure, title=timeline.title)


def _frame(figure: Figure, axes: Axes, timeline: Timeline, height: int) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415 - 0.5 s and 40 MB, needed only here

    top = 1 - 26 / height
    write(figure, 0.02, top, timeline.title, fontsize=15, fontweight="bold")
    if timeline.more:
        more = f"and {timeline.more} more, less urgent"
        write(figure, 0.98, top, more, fontsize=10, color=GREY, ha="right")
    axes.set_xlim(_number(timeline.first), _number(timeline.last))
    axes.set_ylim(max(1, len(timeline.rows)) - 0.5, -0.5)
    axes.set_yticks([])
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]  # matplotlib leaves it untyped
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]  # as above
    axes.tick_params(axis="x", labelsize=10, colors=INK)
    axes.grid(axis="x", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    if not timeline.rows:
        write(axes, 0.5, 0.5, "Nothing with a date", fontsize=13, color=GREY, ha="center", transform=axes.transAxes)


def _bands(axes: Axes, rows: Sequence[TimelineRow]) -> None:
    """Shade every other product, so that its cycles are seen together."""
    place = 0
    for number, (_, group) in enumerate(groupby(rows, key=lambda row: row.product)):
        count = len(list(group))
        if number % 2 == 0:
            axes.axhspan(place - 0.5, place + count - 0.5, xmin=-0.65, xmax=1.65, color=_BAND, zorder=0, clip_on=False)
        place += count


def _bars(axes: Axes, place: int, row: TimelineRow, timeline: Timeline) -> None:
    standard = timeline.last if row.ended is None else row.ended
    _bar(axes, place, timeline.first, standard, timeline, BLUE, "")
    end = standard
    if row.paid_until is not None and row.paid_until > standard:
        _bar(axes, place, standard, row.paid_until, timeline, ORANGE, "///")
        end = row.paid_until
    if end < timeline.today:
        _bar(axes, place, end, timeline.today, timeline, RED, "xxx")
    if timeline.first <= end <= timeline.last:
        axes.plot([_number(end)], [place], marker="D", markersize=7, color=INK, zorder=5)
    if row.planned_for is not None and timeline.first <= row.planned_for <= timeline.last:
        axes.plot([_number(row.planned_for)], [place], marker="v", markersize=10, color=GREEN, zorder=6)


def _bar(axes: Axes, place: int, first: date, last: date, timeline: Timeline, colour: str, hatch: str) -> None:
    left, right = max(first, timeline.first), min(last, timeline.last)
    if right > left:
        axes.barh(
            place, _number(right) - _number(left), left=_number(left), height=_BAR, color=colour, hatch=hatch,
            edgecolor="white", linewidth=0, zorder=3,
        )  # fmt: skip


def _words(axes: Axes, place: int, row: TimelineRow, timeline: Timeline) -> None:
    span = _number(timeline.last) - _number(timeline.first)
    left, right = _number(timeline.first) - 0.015 * span, _number(timeline.last) + 0.015 * span
    write(axes, left, place - 0.04, shorten(row.release, _LONGEST_LABEL), fontsize=10.5, ha="right", va="bottom")
    write(
        axes, left, place + 0.02, shorten(row.names, _LONGEST_NAMES), fontsize=8.5, color=GREY, ha="right",
        va="top",
    )  # fmt: skip
    colour = RED if row.urgency is Urgency.OVERDUE else INK
    weight = "bold" if row.urgency in (Urgency.OVERDUE, Urgency.SOON) else "normal"
    write(axes, right, place, row.said(timeline.today), fontsize=10, color=colour, fontweight=weight, va="center")


def _today(axes: Axes, timeline: Timeline) -> None:
    at = _number(timeline.today)
    axes.axvline(at, color=INK, linestyle=(0, (4, 3)), linewidth=1.4, zorder=4)
    axes.annotate(
        f"today, {timeline.today}", (at, 1), xycoords=("data", "axes fraction"), xytext=(0, 5),
        textcoords="offset points", ha="center", va="bottom", fontsize=10, color=INK,
    )  # fmt: skip


def _legend(figure: Figure, height: int) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415 - as above
    from matplotlib.patches import Patch  # noqa: PLC0415 - as above

    handles: list[Any] = [
        Patch(facecolor=BLUE, edgecolor="white", label="supported"),
        Patch(facecolor=ORANGE, edgecolor="white", hatch="///", label="extended support"),
        Patch(facecolor=RED, edgecolor="white", hatch="xxx", label="no longer supported"),
        Line2D([], [], marker="D", color=INK, linestyle="", label="end"),
        Line2D([], [], marker="v", color=GREEN, linestyle="", markersize=9, label="planned"),
    ]
    figure.legend(
        handles=handles, loc="lower center", ncols=5, frameon=False, fontsize=10, bbox_to_anchor=(0.5, 8 / height)
    )


def _number(day: date) -> float:
    """Return the days since 1970, which is how matplotlib counts."""
    return float((day - date(1970, 1, 1)) // timedelta(1))
