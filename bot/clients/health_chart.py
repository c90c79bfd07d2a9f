"""The health report as a PNG, drawn by matplotlib without a display.

Drawing takes half a second: not for the event loop.

The upper part has a curve for each figure over the last months, the lower part shows who owns which area of each team's
things. A cell has its numbers as text, and is darker the more of it DevOps owns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.blocks.text import shorten
from bot.clients.canvas import BLUE, GREY, INK, ORANGE, WIDTH, blank, png, write
from bot.domain.health import HealthPicture, Matrix, Trend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: In pixels: the height of the curves, of a row of the matrix, and of everything else.
TRENDS_HEIGHT, ROW_HEIGHT, REST_HEIGHT = 220, 30, 170
_NAMES_WIDTH, _MARGIN = 230, 24
_LONGEST_NAME, _LONGEST_AREA, _LONGEST_LABEL = 28, 15, 30
_NOTHING = (0, 0, 0)
#: The fewest days between two months whose labels fit side by side.
_APART = 10


def draw(picture: HealthPicture) -> bytes:
    """Return the picture, 1,200 pixels wide and as high as its rows need."""
    height = TRENDS_HEIGHT + REST_HEIGHT + ROW_HEIGHT * max(1, len(picture.matrix.rows))
    figure = blank(height)
    write(figure, 0.02, 1 - 26 / height, picture.title, fontsize=15, fontweight="bold")
    for place, trend in enumerate(picture.trends):
        _curve(figure, trend, place, len(picture.trends), height)
    _matrix(figure, picture.matrix, height)
    return png(figure, title=picture.title)


def named(days: Sequence[date]) -> Sequence[date]:
    """Return the days to label below a curve: the first and the last, or only the last if the labels would overlap."""
    return (days[0], days[-1]) if (days[-1] - days[0]).days >= _APART else days[-1:]


def _curve(figure: Figure, trend: Trend, place: int, count: int, height: int) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - 0.5 s and 40 MB, needed only here

    width = (WIDTH - 2 * _MARGIN) / count
    left, bottom = (_MARGIN + place * width + 34) / WIDTH, 1 - TRENDS_HEIGHT / height
    axes = figure.add_axes((left, bottom, (width - 60) / WIDTH, 118 / height))
    days = [day.toordinal() for day, _ in trend.points]
    values = [value for _, value in trend.points]
    axes.plot(days, values, color=BLUE, linewidth=2, marker="o", markersize=5)
    axes.set_ylim(0, max(1, *values) * 1.25)
    axes.set_xlim(days[0] - 8, days[-1] + 8)
    shown = named([day for day, _ in trend.points])
    axes.set_xticks([day.toordinal() for day in shown], [f"{day:%b %Y}" for day in shown], fontsize=9)
    axes.tick_params(axis="y", labelsize=9, colors=INK)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    write(
        axes,
        0,
        1.14,
        f"{shorten(trend.label, _LONGEST_LABEL)}: {values[-1]:,}",
        fontsize=11,
        fontweight="bold",
        transform=axes.transAxes,
    )


def _matrix(figure: Figure, matrix: Matrix, height: int) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - as above

    y = height - TRENDS_HEIGHT - 62.0
    more = f"; {matrix.more:,} more teams are not shown" if matrix.more else ""
    write(
        figure,
        0.02,
        y / height,
        f"Who owns which area: the team / DevOps / others{more}",
        fontsize=12,
        fontweight="bold",
    )
    if not matrix.rows:
        write(figure, 0.02, (y - 30) / height, "No team owns anything yet.", fontsize=11, color=GREY)
        return
    width = (WIDTH - _MARGIN - _NAMES_WIDTH) / max(1, len(matrix.areas))
    y -= 28
    for place, area in enumerate(matrix.areas):
        x = _NAMES_WIDTH + (place + 0.5) * width
        write(figure, x / WIDTH, y / height, shorten(area, _LONGEST_AREA), fontsize=9.5, color=GREY, ha="center")
    for row in matrix.rows:
        y -= ROW_HEIGHT
        write(figure, 0.02, y / height, shorten(row.team, _LONGEST_NAME), fontsize=10)
        for place, cell in enumerate(row.cells):
            left, share = _NAMES_WIDTH + place * width, cell[1] / max(1, sum(cell))
            box = (left + 2) / WIDTH, (y - ROW_HEIGHT / 2 + 2) / height
            size = (width - 4) / WIDTH, (ROW_HEIGHT - 4) / height
            colour = (ORANGE, 0.15 + 0.75 * share) if cell[1] else ("#f3f3f3", 1.0)
            figure.add_artist(Rectangle(box, *size, facecolor=colour, edgecolor="none"))
            if cell != _NOTHING:
                said = " / ".join(f"{number:,}" for number in cell)
                write(figure, (left + width / 2) / WIDTH, y / height, said, fontsize=9.5, ha="center")
