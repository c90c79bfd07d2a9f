"""What the pictures share: colours, and text that is drawn literally.

The colours are those of Okabe and Ito, which colour-blind people can tell apart (https://jfly.uni-koeln.de/color/).
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.blocks.text import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Pixels per inch.
DOTS = 100
#: The width of every picture in pixels.
WIDTH = 1200
BLUE, ORANGE, RED, GREEN, INK, GREY = (
    "#0072B2", "#E69F00", "#D55E00", "#009E73", "#1a1a1a", "#555555",
)  # fmt: skip


def blank(height: int) -> Figure:
    """Return an empty picture of the given height in pixels. Needs no display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - 0.5 s and 40 MB, needed only here
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    figure = Figure(figsize=(WIDTH / DOTS, height / DOTS), dpi=DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def png(figure: Figure, *, title: str) -> bytes:
    """Return a picture as a PNG file."""
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Title": title, "Software": "Baton"})
    return out.getvalue()


def write(where: Figure | Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Draw text literally: a `$` in a name does not begin a formula, and a character that the font lacks is a box."""
    where.text(x, y, _drawable(text), parse_math=False, **{"va": "center", "color": INK, **style})


def width_of(text: str, *, fontsize: float) -> float:
    """Return how many pixels wide a text is as `write` draws it, in plain letters."""
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415 - as above

    font = get_font(findfont(FontProperties()))
    font.set_size(fontsize, DOTS)
    font.set_text(_drawable(text))
    return float(font.get_width_height()[0]) / 64


def cut_to(text: str, width: float, *, fontsize: float) -> str:
    """Return as much of a text as is so many pixels wide, with a mark where something is left out."""
    for length in range(len(text), 0, -1):
        found = shorten(text, length)
        if width_of(found, fontsize=fontsize) <= width:
            return found
    return ""


def _drawable(text: str) -> str:
    known = _signs()
    return "".join(sign if ord(sign) in known else "□" for sign in text)


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415 - as above

    return frozenset(get_font(findfont(FontProperties())).get_charmap())
