"""The backlog as a PNG, drawn by matplotlib without a display.

Drawing takes half a second or more: not for the event loop.

The upper part shows the cost of waiting against the work, both on logarithmic scales, so that requests on one diagonal
are worth the same per hour of work. Below it stand the requests by number. Lanes have different marks as well as
different colours. The letters are as large as they are because a phone shows the picture 360 pixels wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.clients.canvas import BLUE, GREEN, GREY, INK, RED, WIDTH, blank, cut_to, png, write
from bot.domain import phrases
from bot.domain.backlog.chart import Chart, ChartRow
from bot.domain.backlog.lanes import NUMBERS_ARE_MISSING, Lane

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "The DevOps backlog: what waiting costs against the work"
_HEAD, _SUBTITLE = "The DevOps backlog", "What waiting costs against the work"
#: In pixels: the top and the height of the chart, where the list begins, the height of a row of it and of what stands
#: between two lanes, and the least height of the whole picture.
_TOP, _CHART, _LIST_TOP, _ROW_HEIGHT, _LANE_HEIGHT = 135, 640, 900, 88, 82
LEAST_HEIGHT = _LIST_TOP + _LANE_HEIGHT
#: The margins on both sides, and the place for the hours beside the chart.
_LEFT, _HOURS = 30, 185
#: Fewer hours than this are drawn as this many.
_LEAST_HOURS = 1.0
#: The sizes of letters in points.
_HUGE, _NORMAL, SMALLEST = 32.0, 25.0, 22.0
_MARKS: Mapping[Lane, tuple[str, str]] = MappingProxyType(
    {
        Lane.AT_RISK: ("s", RED),
        Lane.QUICK_WINS: ("D", GREEN),
        Lane.WORTH_BUILDING: ("o", BLUE),
        Lane.NOT_ESTIMATED: ("", INK),
        Lane.NOT_WORTH_BUILDING: ("p", GREY),
    }
)
_DIAGONALS = (0.1, 1.0, 10.0)


def draw(chart: Chart) -> bytes:
    """Return the picture as a PNG, 1,200 pixels wide and as high as its list needs."""
    return png(figure(chart), title=TITLE)


def figure(chart: Chart) -> Figure:
    """Return the picture."""
    lanes = len({row.lane for row in chart.rows})
    height = LEAST_HEIGHT + _ROW_HEIGHT * len(chart.rows) + _LANE_HEIGHT * lanes
    made = blank(height)
    write(made, _LEFT / WIDTH, 1 - 44 / height, _HEAD, fontsize=_HUGE, fontweight="bold")
    subtitle = f"{_SUBTITLE}, {chart.today}"
    write(made, _LEFT / WIDTH, 1 - 98 / height, subtitle, fontsize=_NORMAL, color=GREY)
    bottom = height - _TOP - _CHART
    share = (_HOURS / WIDTH, bottom / height, (WIDTH - _HOURS - 2 * _LEFT) / WIDTH, _CHART / height)
    axes = made.add_axes(share)
    _frame(axes, chart)
    for row in chart.rows:
        _mark(axes, row)
    _list(made, chart, height)
    return made


def _frame(axes: Axes, chart: Chart) -> None:
    estimated = [row for row in chart.rows if row.efforts is not None]
    most_work = max([row.efforts[1] for row in estimated if row.efforts], default=100.0)
    most_waiting = max([row.waiting_hours for row in estimated], default=100.0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(2, max(100.0, most_work * 1.6))
    axes.set_ylim(_LEAST_HOURS / 1.5, max(100.0, most_waiting * 1.6))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda hours, _: phrases.figure(hours))
        axis.set_minor_formatter(lambda *_: "")
        axis.set_tick_params(labelsize=SMALLEST)
    axes.set_xlabel("hours of work, with triage and handoff", fontsize=_NORMAL, color=INK)
    axes.set_ylabel(f"hours lost by waiting {chart.period_weeks:g} more weeks", fontsize=_NORMAL, color=INK)
    axes.grid(color="#e4e4e4", linewidth=1.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    _diagonals(axes)
    if not estimated:
        style = {"fontsize": _NORMAL, "color": GREY, "ha": "center", "transform": axes.transAxes}
        write(axes, 0.5, 0.5, "No request is estimated", **style)


def _diagonals(axes: Axes) -> None:
    """Draw lines on which an hour of work is worth the same."""
    (left, right), low = axes.get_xlim(), axes.get_ylim()[0]
    style = {"fontsize": SMALLEST, "color": GREY, "ha": "left", "va": "top", "zorder": 2}
    for worth in _DIAGONALS:
        axes.plot([left, right], [left * worth, right * worth], color="#bbbbbb", linestyle=(0, (5, 4)), linewidth=2)
        at = max(left, low / worth) * 1.5
        write(axes, at, at * worth, f"{worth:g} h for each hour", **style)


def _mark(axes: Axes, row: ChartRow) -> None:
    if row.effort_hours is None or row.efforts is None:
        return
    shape, colour = _MARKS[row.lane]
    height = max(row.waiting_hours, _LEAST_HOURS)
    axes.plot(row.efforts, [height, height], color=colour, linewidth=4, alpha=0.45, zorder=3, solid_capstyle="round")
    axes.plot([row.effort_hours], [height], marker=shape, markersize=40, color=colour, mec="white", zorder=4)
    style: dict[str, Any] = {"fontsize": SMALLEST, "fontweight": "bold", "color": "white", "ha": "center", "zorder": 5}
    write(axes, row.effort_hours, height, str(row.position), **style)


def _list(made: Figure, chart: Chart, height: int) -> None:
    """Write the list of requests by number, lane by lane."""
    y, left, width = float(height - _LIST_TOP), _LEFT / WIDTH, WIDTH - 2 * _LEFT
    for lane, rows in groupby(chart.rows, key=lambda row: row.lane):
        colour = _MARKS[lane][1]
        write(made, left, y / height, lane.value.capitalize(), fontsize=_NORMAL, fontweight="bold", color=colour)
        y -= _LANE_HEIGHT - 30
        for row in rows:
            name = cut_to(f"{row.position}.  {row.name}", width, fontsize=_NORMAL)
            write(made, left, y / height, name, fontsize=_NORMAL)
            write(made, left, (y - 40) / height, row.said, fontsize=SMALLEST, color=GREY)
            y -= _ROW_HEIGHT
        y -= 30
    below = [f"And {chart.more} more."] if chart.more else []
    below += [NUMBERS_ARE_MISSING] if chart.has_gaps else []
    said = " ".join(below) if chart.rows else "No request is open"
    if said:
        write(made, left, y / height, said, fontsize=SMALLEST, color=GREY)
