"""The backlog as a PNG, drawn by matplotlib without a display.

Drawing takes half a second or more: not for the event loop.

The left side shows the cost of waiting against the work, both on logarithmic scales, so that requests on one diagonal
are worth the same per hour of work. The right side lists the requests by number. Lanes have different marks as well as
different colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.clients.canvas import BLUE, GREEN, GREY, INK, RED, WIDTH, blank, cut_to, png, width_of, write
from bot.domain.backlog.chart import Chart, ChartRow
from bot.domain.backlog.lanes import NUMBERS_ARE_MISSING, Lane

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "The DevOps backlog: what waiting costs against the work"
#: In pixels: the height of a row of the list, and the least height of the whole picture.
ROW_HEIGHT, REST_HEIGHT, LEAST_HEIGHT = 24, 90, 640
#: Fewer hours than this are drawn as this many.
_LEAST_HOURS = 1.0
#: Where the list begins and ends, in shares of the width; pixels before what is said of a name; and sizes of letters.
_LIST, _RIGHT, _GAP = 0.6, 0.985, 12
_NORMAL, _SMALL = 10.0, 8.5
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
    """Return the picture, 1,200 pixels wide and as high as its list needs."""
    lanes = len({row.lane for row in chart.rows})
    height = max(LEAST_HEIGHT, REST_HEIGHT + ROW_HEIGHT * (len(chart.rows) + 2 * lanes))
    figure = blank(height)
    write(figure, 0.02, 1 - 26 / height, f"{TITLE}, {chart.today}", fontsize=15, fontweight="bold")
    axes = figure.add_axes((0.065, 60 / height, 0.5, 1 - 120 / height))
    _frame(axes, chart)
    for row in chart.rows:
        _mark(axes, row)
    _list(figure, chart, height)
    return png(figure, title=TITLE)


def _frame(axes: Axes, chart: Chart) -> None:
    estimated = [row for row in chart.rows if row.efforts is not None]
    most_work = max([row.efforts[1] for row in estimated if row.efforts], default=100.0)
    most_waiting = max([row.waiting_hours for row in estimated], default=100.0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(2, max(100.0, most_work * 1.6))
    axes.set_ylim(_LEAST_HOURS / 1.5, max(100.0, most_waiting * 1.6))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda hours, _: f"{hours:,g}")
    axes.set_xlabel("hours of work, with triage and handoff", fontsize=11, color=INK)
    axes.set_ylabel(f"hours that waiting {chart.period_weeks:g} more weeks costs", fontsize=11, color=INK)
    axes.grid(color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    for worth in _DIAGONALS:
        axes.plot([left, right], [left * worth, right * worth], color="#bbbbbb", linestyle=(0, (5, 4)), linewidth=1)
        at = min(right, high / worth) / 1.12
        if at > left and low < at * worth < high:
            write(axes, at, at * worth, f"{worth:g} h for each hour", fontsize=8.5, color=GREY, ha="right", va="bottom")
    if not estimated:
        style = {"fontsize": 13, "color": GREY, "ha": "center", "transform": axes.transAxes}
        write(axes, 0.5, 0.5, "No request is estimated", **style)


def _mark(axes: Axes, row: ChartRow) -> None:
    if row.effort_hours is None or row.efforts is None:
        return
    shape, colour = _MARKS[row.lane]
    height = max(row.waiting_hours, _LEAST_HOURS)
    axes.plot(row.efforts, [height, height], color=colour, linewidth=2, alpha=0.45, zorder=3, solid_capstyle="round")
    axes.plot([row.effort_hours], [height], marker=shape, markersize=21, color=colour, mec="white", zorder=4)
    style: dict[str, Any] = {"fontsize": 10, "fontweight": "bold", "color": "white", "ha": "center", "zorder": 5}
    write(axes, row.effort_hours, height, str(row.position), **style)


def _list(figure: Figure, chart: Chart, height: int) -> None:
    """Write the list of requests by number, lane by lane."""
    y = height - 70.0
    for lane, rows in groupby(chart.rows, key=lambda row: row.lane):
        colour = _MARKS[lane][1]
        write(figure, 0.6, y / height, lane.value.capitalize(), fontsize=12, fontweight="bold", color=colour)
        for row in rows:
            y -= ROW_HEIGHT
            left = (_RIGHT - _LIST) * WIDTH - _GAP - width_of(row.said, fontsize=_SMALL)
            name = cut_to(f"{row.position}.  {row.name}", left, fontsize=_NORMAL)
            write(figure, _LIST, y / height, name, fontsize=_NORMAL)
            write(figure, _RIGHT, y / height, row.said, fontsize=_SMALL, color=GREY, ha="right")
        y -= 1.6 * ROW_HEIGHT
    below = [f"And {chart.more} more."] if chart.more else []
    below += [NUMBERS_ARE_MISSING] if chart.has_gaps else []
    if below:
        write(figure, 0.6, y / height, " ".join(below), fontsize=10, color=GREY)
    if not chart.rows:
        write(figure, 0.6, y / height, "No request is open", fontsize=13, color=GREY)
