"""The health report's picture: its size, what is coloured, and words from strangers that are drawn as they are."""

from __future__ import annotations

from datetime import date

from bot.blocks.health import alt_text
from bot.clients.canvas import WIDTH
from bot.clients.health_chart import REST_HEIGHT, ROW_HEIGHT, TRENDS_HEIGHT, draw, named
from bot.domain.health import HealthPicture, Matrix, MatrixRow, Trend
from tests.clients.test_timeline import colours, pixels

TREND = Trend("Unowned", [(date(2026, month, 1), month) for month in (1, 2, 3)])
BLUE, ALL_DEVOPS = (0x00, 0x72, 0xB2), (0xE8, 0xA8, 0x1A)


def shown(*rows: MatrixRow, trends: tuple[Trend, ...] = (TREND,)) -> HealthPicture:
    return HealthPicture(title="Health", trends=trends, matrix=Matrix(("whole", "database"), rows, 3))


def near(colour: tuple[int, ...], found: set[tuple[int, ...]]) -> bool:
    return any(all(abs(a - b) <= 2 for a, b in zip(colour, each, strict=False)) for each in found)


def test_a_cell_is_coloured_where_devops_owns_something() -> None:
    own, held = MatrixRow("payments", [(3, 0, 0), (1, 0, 0)]), MatrixRow("search", [(3, 0, 0), (0, 2, 0)])
    without, with_it = draw(shown(own)), draw(shown(own, held))
    assert not near(ALL_DEVOPS, set(colours(without)))
    assert near(ALL_DEVOPS, set(colours(with_it)))
    assert near(BLUE, set(colours(with_it)))
    assert pixels(with_it).size == (WIDTH, TRENDS_HEIGHT + REST_HEIGHT + 2 * ROW_HEIGHT)
    assert alt_text(shown(own, held)) == (
        "Health. Unowned: 3, 1 at first. payments: whole 3 own, database 1 own. search: whole 3 own, database 2 DevOps."
    )


def test_nothing_and_names_of_strangers_are_drawn_all_the_same() -> None:
    assert draw(shown(trends=())).startswith(b"\x89PNG")
    one_day = Trend("$x^{2$ \u200b\U0001f600", [(date(2026, 3, 3), 0)])
    assert draw(shown(MatrixRow("$\\frac{" * 30, [(9**9, 9**9, 9**9), (0, 0, 0)]), trends=(one_day,) * 4))


def test_months_that_would_overlap_are_named_once() -> None:
    november, december, later = date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)
    assert list(named([november, december, later])) == [later]
    assert list(named([november])) == [november]
    assert list(named([date(2026, 11, 3), december, later])) == [date(2026, 11, 3), later]
