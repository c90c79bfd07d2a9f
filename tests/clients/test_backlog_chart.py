"""The backlog as a picture: what it shows, how it is drawn, and the words beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from matplotlib.text import Text

from bot.blocks.backlog import alt_text
from bot.clients.backlog_chart import LEAST_HEIGHT, draw, figure
from bot.clients.canvas import DOTS, WIDTH, cut_to, width_of
from bot.domain.backlog.chart import MOST_ROWS, Chart, ChartRow, chart
from bot.domain.backlog.demand import BacklogRequest, Demand, Estimate, EvidenceKind, NeededBy
from bot.domain.backlog.lanes import Lane
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.standings import order
from tests.clients.test_timeline import colours, pixels

TODAY = date(2026, 11, 28)
SETTINGS = RankSettings()
AT_RISK, QUICK, REST = (0xD5, 0x5E, 0x00), (0x00, 0x9E, 0x73), (0x00, 0x72, 0xB2)


def request(number: int, estimate: Estimate | None, *, day: date | None = None, hours: float = 2) -> BacklogRequest:
    needed_by = NeededBy(day) if day is not None else None
    demand = Demand(
        team="payments", evidence=EvidenceKind.MEASURED, confirmed_on=TODAY, people=2, times_per_month=8,
        hours_each=hours, team_people=8, needed_by=needed_by,
    )  # fmt: skip
    return BacklogRequest(id=number, created_on=TODAY, types=("library",), demands=(demand,), estimate=estimate)


def shown(*requests: BacklogRequest) -> Chart:
    places = order(requests, SETTINGS, today=TODAY)
    return chart([(f"Thing {place.request.id}", place) for place in places], SETTINGS, today=TODAY)


def row(name: str = "#1 Cassandra", **changes: object) -> ChartRow:
    lane = Lane.WORTH_BUILDING
    its = ChartRow(position=1, name=name, lane=lane, waiting_hours=30.4, effort_hours=60, efforts=(30, 120))
    return replace(its, **changes)  # type: ignore[arg-type]  # the fields are given by name


@pytest.mark.parametrize("efforts", [(30, 120), None])
def test_a_name_of_wide_letters_leaves_room_for_what_is_said_of_it(efforts: tuple[int, int] | None) -> None:
    narrow, wide = (cut_to(f"1.  #1 {letter * 60}", 300, fontsize=10) for letter in ("i", "W"))
    assert narrow.endswith("…") is (width_of(f"1.  #1 {'i' * 60}", fontsize=10) > 300)
    assert wide.endswith("…")
    assert width_of(wide, fontsize=10) <= 300 < width_of(wide.replace("…", "WW"), fontsize=10)
    assert pixels(draw(replace(shown(), rows=(row("#1 " + "W" * 60, efforts=efforts),))))


def test_each_request_has_its_place_its_lane_and_both_numbers() -> None:
    soon = request(1, Estimate(20, 40, 80), day=TODAY + timedelta(14))
    made = shown(soon, request(2, Estimate(2, 3, 4)), request(3, Estimate(30, 40, 50)), request(4, None))
    assert [(each.position, each.name, each.lane) for each in made.rows] == [
        (1, "#1 Thing 1", Lane.AT_RISK),
        (2, "#2 Thing 2", Lane.QUICK_WINS),
        (3, "#3 Thing 3", Lane.WORTH_BUILDING),
        (4, "#4 Thing 4", Lane.NOT_ESTIMATED),
    ]
    assert [each.efforts for each in made.rows] == [(24, 84), (6, 8), (34, 54), None]
    assert alt_text(made) == (
        "The DevOps backlog as of 2026-11-28: what waiting 2 more weeks costs against the work, in hours. 4 requests. "
        "1. #1 Thing 1 (at risk): waiting 50 h, work 47 h; 2. #2 Thing 2 (quick wins): waiting 10 h, work 7 h; "
        "3. #3 Thing 3 (worth building): waiting 10 h, work 44 h; "
        "4. #4 Thing 4 (not estimated): waiting up to 10 h."
    )
    found = colours(draw(made))
    assert all(found.get(colour, 0) > 100 for colour in (AT_RISK, QUICK, REST))


@pytest.mark.parametrize("count", [1, MOST_ROWS + 5])
def test_its_letters_can_be_read_on_a_phone(count: int) -> None:
    made = figure(shown(*(request(number, Estimate(2, number, 90)) for number in range(2, count + 2))))
    made.canvas.draw()
    texts = [each for each in made.findobj(Text) if each.get_text().strip() and each.get_visible()]
    assert {"1", "The DevOps backlog", "hours of work, with triage and handoff"} <= {each.get_text() for each in texts}
    on_a_phone = [float(each.get_fontsize()) * DOTS / 72 * 360 / WIDTH for each in texts]
    assert min(on_a_phone) >= 9
    [axes] = made.axes
    boxes = [each.get_window_extent() for each in (*made.texts, *axes.texts, axes.xaxis.label, axes.yaxis.label)]
    assert all(each.x0 >= 0 and each.x1 <= WIDTH and each.y0 >= 0 for each in boxes), "none is cut off"


def test_more_than_fit_are_counted() -> None:
    made = shown(*(request(number, None) for number in range(1, MOST_ROWS + 6)))
    assert (len(made.rows), made.more) == (MOST_ROWS, 5)
    assert f"{MOST_ROWS + 5} requests. 1. " in alt_text(made)
    assert alt_text(made).endswith("; and 23 more.")
    assert pixels(draw(made)).height > LEAST_HEIGHT


def test_it_says_which_numbers_are_missing() -> None:
    whole = shown(request(1, None), request(2, None))
    assert not whole.has_gaps
    places = order((request(1, None), request(2, None)), SETTINGS, today=TODAY)[1:]
    made = chart([("Thing", place) for place in places], SETTINGS, today=TODAY)
    assert " in hours. Missing numbers are private requests. 1 request. 2. " in alt_text(made)
    assert draw(made) != draw(replace(made, has_gaps=False))


def test_long_names_leave_room_for_how_many_more_there_are() -> None:
    long = [row(f"#{number} {'W' * 150}", position=number, waiting_hours=1e6) for number in range(1, 10)]
    said = alt_text(Chart(today=TODAY, period_weeks=2, rows=tuple(long), more=3, has_gaps=True))
    assert 800 < len(said) <= 1_000
    assert said.endswith(f"; and {12 - said.count('#')} more.")


def test_an_empty_backlog_says_so() -> None:
    assert pixels(draw(shown())).size == (WIDTH, LEAST_HEIGHT)
    assert alt_text(shown()).endswith("in hours. No request is open.")


@pytest.mark.parametrize("name", ["$\\frac{1}{0}$", "支付 🙂", "a\nb", "\u202e_^{", "W" * 500, ""])
def test_words_of_strangers_are_drawn_as_they_are(name: str) -> None:
    assert draw(Chart(today=TODAY, period_weeks=2, rows=(row(name),))).startswith(b"\x89PNG")


@pytest.mark.parametrize(("waiting", "effort"), [(0.0, 4.0), (1e6, 4.0), (0.0, 1e6), (1e6, 1e6)])
def test_numbers_far_from_each_other_have_their_room(waiting: float, effort: float) -> None:
    far = row(waiting_hours=waiting, effort_hours=effort, efforts=(effort, effort))
    assert colours(draw(Chart(today=TODAY, period_weeks=2, rows=(row(), far))))[REST] > 200
