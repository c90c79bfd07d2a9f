"""The picture: its size, its bars, and words from strangers that are drawn as they are."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PIL import Image

from bot.blocks.eol.reports import alt_text
from bot.clients.canvas import WIDTH
from bot.clients.timeline import REST_HEIGHT, ROW_HEIGHT, draw
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.reports import Urgency
from bot.domain.eol.timeline import MOST_ROWS, Timeline, TimelineRow, timeline
from tests.domain.eol.test_reports import END, TODAY, answer, compiled, remembered, runs

BLUE, ORANGE, RED = (0x00, 0x72, 0xB2), (0xE6, 0x9F, 0x00), (0xD5, 0x5E, 0x00)


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def colours(png: bytes) -> dict[tuple[int, int, int], int]:
    found = pixels(png).getcolors(maxcolors=1_000_000)
    assert found is not None
    return {colour: count for count, colour in found}  # type: ignore[misc]  # in RGB each is a tuple


def row(name: str = "thing 1", **more: object) -> TimelineRow:
    made: dict[str, object] = {
        "product": name.split(" ", maxsplit=1)[0],
        "release": name,
        "names": "checkout",
        "urgency": Urgency.LATER,
        "on": TODAY + timedelta(200),
        "kind": DeadlineKind.SUPPORT,
        "ended": TODAY + timedelta(200),
        **more,
    }
    return TimelineRow(**made)  # type: ignore[arg-type]  # the fields are given by name


def shown(*rows: TimelineRow, more: int = 0) -> Timeline:
    return Timeline(
        title="End of life: Payments", today=TODAY, first=TODAY - timedelta(366), last=TODAY + timedelta(366),
        rows=rows, more=more,
    )  # fmt: skip


def test_a_picture_has_its_size_and_the_colours_of_what_it_shows() -> None:
    png = draw(
        shown(
            row("thing 1"),
            row("thing 2", ended=TODAY - timedelta(99), paid_until=TODAY + timedelta(90), urgency=Urgency.PAID),
            row("other 3", ended=TODAY - timedelta(200), on=TODAY - timedelta(200), urgency=Urgency.OVERDUE),
        )
    )
    width, height = pixels(png).size
    assert (width, height) == (WIDTH, REST_HEIGHT + 3 * ROW_HEIGHT)
    found = colours(png)
    assert found[255, 255, 255] < width * height, "not blank"
    legend = 150  # a patch of the legend has so many pixels of its colour, at most
    assert all(found.get(colour, 0) > 3 * legend for colour in (BLUE, ORANGE, RED))


@pytest.mark.parametrize("kind", list(DeadlineKind))
def test_every_word_has_its_room(kind: DeadlineKind) -> None:
    """Long ones, in bold: nothing is drawn at the very edge."""
    one = row(
        "Microsoft SQL Server Reporting Services 2016",
        names="warehouse-reports, " * 4,
        urgency=Urgency.SOON,
        on=TODAY + timedelta(89),
        kind=kind,
    )
    picture = pixels(draw(shown(one, replace(one, on=TODAY + timedelta(1_000)))))
    dark = [
        (x, y)
        for x in (*range(6), *range(WIDTH - 6, WIDTH))
        for y in range(picture.height)
        if max(picture.getpixel((x, y))) < 128  # type: ignore[type-var, arg-type]  # a tuple in RGB
    ]
    assert dark == []


def test_nothing_to_show_says_so() -> None:
    assert pixels(draw(shown())).height == REST_HEIGHT + ROW_HEIGHT


@pytest.mark.parametrize("name", ["$\\frac{1}{0}$", "支付 🙂", "a\nb", "\u202e_^{", "x" * 500, ""])
def test_words_of_strangers_are_drawn_as_they_are(name: str) -> None:
    assert draw(shown(row(f"{name} 1", names=name))).startswith(b"\x89PNG")


def test_products_stay_together_and_the_earliest_comes_first() -> None:
    report = compiled(
        runs(1, version="16.1"), runs(2, version="11.2"), runs(3, "kubernetes", "1.33.1"),
        runs(4, "postgresql", "11.1", provider="aws-rds"),
    )  # fmt: skip
    picture = timeline(report, title="x")
    assert [each.release for each in picture.rows] == [
        "PostgreSQL 11",
        "PostgreSQL 16",
        "kubernetes 1.33",
        "amazon-rds-postgresql 11",
    ]
    assert picture.rows[3].paid_until == date(2027, 3, 31)
    assert picture.rows[0].paid_until is None
    assert picture.first < TODAY < picture.last


def test_a_plan_and_words_for_each_row() -> None:
    plan = remembered(END, answer(AnswerKind.PLANNED, END, TODAY + timedelta(9)))
    report = compiled(runs(1, version="11.2"), runs(2, version="14.1"), runs(3, version="9"), reminders=(plan,))
    picture = timeline(report, title="End of life: <Payments>")
    said = alt_text(picture, report)
    assert said == (
        "Timeline. End of life: <Payments>, as of 2026-03-03. PostgreSQL 11: planned for 2026-03-12 (a1); "
        "PostgreSQL 14: 2026-05-02, 60 days (a2). Left out: 1 version is unknown."
    )


def test_the_least_urgent_are_left_out_and_counted() -> None:
    entries = compiled(*(runs(number, version="11.2") for number in range(1, 4)), runs(5, version="16.1")).entries
    many = tuple(
        replace(
            each, watch=replace(each.watch, cycle=replace(each.watch.cycle, name=f"{number}.{each.watch.cycle.name}"))
        )
        for number in range(20)
        for each in entries
    )
    picture = timeline(replace(compiled(), entries=tuple(many)), title="x")
    assert (len(picture.rows), picture.more) == (MOST_ROWS, 10)
    assert pixels(draw(picture)).height == REST_HEIGHT + MOST_ROWS * ROW_HEIGHT


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"on": TODAY - timedelta(1)}, "ended 2026-03-02"),
        ({"on": TODAY}, "today"),
        ({"on": TODAY + timedelta(1)}, "2026-03-04, 1 day"),
        ({"kind": DeadlineKind.EXTENDED_SUPPORT}, "paid until 2026-09-19, 200 days"),
        ({"kind": DeadlineKind.PRICE_STEP}, "price rises 2026-09-19, 200 days"),
        ({"urgency": Urgency.WAIVED}, "waived; 2026-09-19, 200 days"),
        ({"on": date(2000, 1, 1)}, "ended, day unknown"),
    ],
)
def test_a_row_in_words(more: dict[str, object], said: str) -> None:
    assert row(**more).said(TODAY) == said
