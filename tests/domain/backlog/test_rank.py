"""The two numbers: the design's example to the digit, and what has to hold whatever the numbers are."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog.demand import (
    BacklogRequest,
    Demand,
    Estimate,
    EvidenceKind,
    NeededBy,
    OpenQuestion,
    Slowdown,
    TeamBlock,
    open_questions,
)
from bot.domain.backlog.lanes import Lane, lane_of
from bot.domain.backlog.rank import (
    Rank,
    RankSettings,
    Unestimated,
    added_in_words,
    rank,
    shares_of_waiting,
    waiting_in_words,
)
from bot.errors import SettingsError, UserError
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY, demands, estimated, estimates, requests


def ranked(request: BacklogRequest, *, settings: RankSettings = SETTINGS, later: int = 0) -> Rank:
    found = rank(request, settings, today=TODAY + timedelta(later))
    assert isinstance(found, Rank)
    return found


def one(**fields: object) -> BacklogRequest:
    """A request of one team, which takes 60 hours."""
    demand = replace(EXAMPLE.demands[0], block=None, **fields)  # type: ignore[arg-type]
    return replace(EXAMPLE, demands=(demand,))


def test_the_example_of_the_design_to_the_digit() -> None:
    found = ranked(EXAMPLE)
    assert (found.effort_hours, found.work_weeks) == (60, 2)
    assert round(found.saved_hours_per_week, 2) == 2.42
    assert round(ranked(replace(EXAMPLE, types=())).return_over_year, 2) == 1.10
    assert (found.upkeep_share, round(found.return_over_year, 2)) == (0.15, 0.95)
    assert round(SETTINGS.period_weeks * found.saved_hours_per_week, 2) == 4.85
    assert round(found.blocked_hours, 2) == 25.6
    assert round(found.waiting_cost_hours, 1) == 30.4
    assert round(found.priority, 2) == 0.51
    assert round(found.payback_weeks, 1) == 24.8


def test_priority_is_a_range_that_holds_the_expected_one() -> None:
    found = ranked(EXAMPLE)
    assert found.lowest_priority == pytest.approx((4.846 + 25.6) / 84, abs=1e-3)
    assert found.highest_priority == pytest.approx((4.846 + 25.6) / 36, abs=1e-3)


@given(estimated)
def test_the_range_holds_the_priority(request: BacklogRequest) -> None:
    found = ranked(request)
    assert found.lowest_priority <= found.priority <= found.highest_priority


def test_without_hours_it_never_pays_back() -> None:
    found = ranked(one(people=0))
    assert (found.payback_weeks, found.return_over_year) == (math.inf, pytest.approx(-1.15))


def test_a_request_without_estimate_has_no_effort_to_divide_by() -> None:
    found = rank(replace(EXAMPLE, estimate=None), SETTINGS, today=TODAY)
    assert isinstance(found, Unestimated)
    assert found.waiting_cost_hours == pytest.approx(4.846 + 25.6, abs=1e-3)


@pytest.mark.parametrize(("team_people", "counts"), [(8, 8 * 40 * 52 / 24), (None, 5 * 40 * 52 / 24), (0, 0)])
def test_hours_above_half_the_teams_do_not_count(team_people: int | None, counts: float) -> None:
    demand = replace(EXAMPLE.demands[0], team_people=team_people, times_per_month=1000)
    assert demand.hours_per_month == pytest.approx(counts)
    assert demand.claimed_hours_per_month == 2500


@pytest.mark.parametrize(
    ("kind", "fresh", "old"),
    [
        (EvidenceKind.MEASURED, 1, 0.8),
        (EvidenceKind.COUNTED, 0.8, 0.5),
        (EvidenceKind.ESTIMATED, 0.5, 0.2),
        (EvidenceKind.GUESSED, 0.2, 0.2),
    ],
)
def test_evidence_is_one_step_weaker_after_ninety_days(kind: EvidenceKind, fresh: float, old: float) -> None:
    demand = replace(EXAMPLE.demands[0], evidence=kind)
    weights = [demand.evidence_on(TODAY + timedelta(later)).weight for later in (0, 90, 91, 1000)]
    assert weights == [fresh, fresh, old, old]


@pytest.mark.parametrize(
    ("types", "upkeep"),
    [((), 0), (("access",), 0), (("script",), 0.1), (("library", "script"), 0.15), (("library", "api_service"), 0.4)],
)
def test_upkeep_is_that_of_the_type_that_needs_most(types: tuple[str, ...], upkeep: float) -> None:
    assert ranked(replace(EXAMPLE, types=types)).upkeep_share == upkeep


@pytest.mark.parametrize(
    ("slowdown", "hours"), [(Slowdown.SLOWED, 20), (Slowdown.HALF, 40), (Slowdown.STOPPED, 80)], ids=str
)
def test_two_blocked_people_lose_a_share_of_their_hours(slowdown: Slowdown, hours: float) -> None:
    assert TeamBlock(2, slowdown).hours_per_week == hours


@pytest.mark.parametrize(("weeks", "lost"), [(8, 2), (4, 2), (3, 1), (2, 0), (1, 0), (-1, 0)])
def test_a_block_that_ends_before_the_work_does_costs_nothing_by_waiting(weeks: int, lost: float) -> None:
    block = TeamBlock(1, Slowdown.STOPPED, until=TODAY + timedelta(weeks=weeks))
    request = replace(EXAMPLE, demands=(replace(EXAMPLE.demands[2], block=block),))  # measured
    assert ranked(request).blocked_hours == 40 * lost


@pytest.mark.parametrize(("days_left", "costs"), [(34, 40), (35, 0), (0, 40), (-1, 40 * 13 / 14), (-7, 20), (-14, 0)])
def test_a_date_counts_from_its_last_safe_start_and_fades_when_it_has_passed(days_left: int, costs: float) -> None:
    # 60 hours take two weeks, so the last safe start is three weeks before the date; the period ends in two.
    found = ranked(one(needed_by=NeededBy(TODAY + timedelta(days_left))))
    assert found.miss_hours == pytest.approx(costs)
    assert found.is_at_risk is (days_left in (34, 0))


def test_the_costliest_date_counts_once() -> None:
    dated = [
        replace(each, needed_by=NeededBy(TODAY + timedelta(7), miss_hours=hours))
        for each, hours in zip(EXAMPLE.demands, (None, 90, 0), strict=True)
    ]
    assert ranked(replace(EXAMPLE, demands=tuple(dated))).miss_hours == 90


@given(estimated, st.integers(0, 40))
def test_a_date_that_passes_takes_no_request_to_the_end_in_one_night(request: BacklogRequest, nights: int) -> None:
    dated = replace(EXAMPLE.demands[0], people=0, block=None, needed_by=NeededBy(TODAY, "the audit"))
    request = replace(request, demands=(dated,))
    evening, morning = (ranked(request, later=later) for later in (nights, nights + 1))
    assert morning.priority >= evening.priority - 40 / 14 / evening.effort_hours - 1e-9
    if nights < 13:
        lane = lane_of(request, morning, today=TODAY + timedelta(nights + 1))
        assert lane is not Lane.NOT_WORTH_BUILDING


def test_a_day_that_is_over_is_asked_about_until_there_is_a_new_one() -> None:
    demand = replace(EXAMPLE.demands[0], needed_by=NeededBy(TODAY + timedelta(3)))

    def asked(now: Demand, later: int) -> set[OpenQuestion]:
        return set(open_questions(now, today=TODAY + timedelta(later), usual_block_weeks=SETTINGS.block_weeks))

    assert asked(demand, 3) == set()
    assert asked(demand, 4) == {OpenQuestion.STILL_NEEDED}
    assert asked(demand, 56) == {OpenQuestion.STILL_NEEDED}
    assert asked(demand, 57) == {OpenQuestion.STILL_NEEDED, OpenQuestion.STILL_BLOCKED}
    assert asked(replace(demand, needed_by=NeededBy(TODAY + timedelta(30)), block=None), 20) == set()


@given(estimated, st.data(), st.floats(1, 5))
def test_more_hours_never_lower_either_number(request: BacklogRequest, data: st.DataObject, more: float) -> None:
    _never_lower(request, data, lambda each: replace(each, times_per_month=each.times_per_month * more))


@given(estimated, st.data(), st.sampled_from(EvidenceKind))
def test_better_evidence_never_lowers_either_number(
    request: BacklogRequest, data: st.DataObject, kind: EvidenceKind
) -> None:
    _never_lower(request, data, lambda each: replace(each, evidence=max(kind, each.evidence, key=lambda k: k.weight)))


@given(estimated, st.data(), st.integers(0, 3), st.integers(0, 60))
def test_more_blocked_time_never_lowers_either_number(
    request: BacklogRequest, data: st.DataObject, people: int, longer: int
) -> None:
    def blocked(demand: Demand) -> Demand:
        block = demand.block or TeamBlock(0, Slowdown.SLOWED)
        until = block.until + timedelta(longer) if block.until is not None else None
        return replace(demand, block=TeamBlock(block.people + people, block.slowdown, until))

    _never_lower(request, data, blocked)


@given(estimated, estimates)
def test_more_effort_never_raises_either_number_unless_it_brings_the_last_safe_start_near(
    request: BacklogRequest, estimate: Estimate
) -> None:
    less, more = sorted(
        (ranked(request), ranked(replace(request, estimate=estimate))), key=lambda each: each.effort_hours
    )
    assert more.return_over_year <= less.return_over_year + 1e-9
    if more.miss_hours <= less.miss_hours:
        assert more.priority <= less.priority + 1e-9
    else:
        assert more.is_at_risk


def _never_lower(request: BacklogRequest, data: st.DataObject, change: object) -> None:
    chosen = data.draw(st.sampled_from(request.demands))
    changed = replace(
        request,
        demands=tuple(change(each) if each is chosen else each for each in request.demands),  # type: ignore[operator]
    )
    before, after = ranked(request), ranked(changed)
    assert after.priority >= before.priority - 1e-9
    assert after.return_over_year >= before.return_over_year - 1e-9
    assert after.payback_weeks <= before.payback_weeks + 1e-9


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ((9, 8, 40), "The optimistic hours (9) are more than the likely ones (8)"),
        ((8, 41, 40), "The likely hours (41) are more than the pessimistic ones (40)"),
        ((-1, 8, 40), "cannot be -1"),
        ((1, 8, math.inf), "cannot be inf"),
        ((math.nan, 8, 40), "cannot be nan"),
    ],
)
def test_an_estimate_that_does_not_rise_is_refused(hours: tuple[float, float, float], says: str) -> None:
    with pytest.raises(UserError) as refused:
        Estimate(*hours)
    assert says in str(refused.value)


@pytest.mark.parametrize("field", ["people", "times_per_month", "hours_each"])
@pytest.mark.parametrize("amount", [-1, math.nan, math.inf])
def test_amounts_below_zero_or_without_end_are_refused(field: str, amount: float) -> None:
    with pytest.raises(UserError, match="give a number from 0 up"):
        replace(EXAMPLE.demands[0], **{field: amount})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "setting", [{"devops_hours_per_week": 0}, {"removed_share": 1.1}, {"period_weeks": math.nan}, {"miss_hours": -1}]
)
def test_settings_that_cannot_be_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        RankSettings(**setting)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "is_estimated", "said"),
    [(0.2, True, "under 1 h"), (0.2, False, "under 1 h"), (12.4, True, "12 h"), (1_200, False, "up to 1,200 h")],
)
def test_what_waiting_costs_is_worded_in_one_way(hours: float, is_estimated: bool, said: str) -> None:
    assert waiting_in_words(hours, is_estimated=is_estimated) == said


def test_what_waiting_costs_is_the_sum_of_what_each_team_adds() -> None:
    found = shares_of_waiting(EXAMPLE, SETTINGS, today=TODAY)
    assert [round(each.hours, 2) for each in found] == [28.18, 0.97, 1.29]
    assert [each.blocked > 0 for each in found] == [True, False, False]


@given(requests, st.lists(demands, max_size=6))
def test_the_shares_of_waiting_add_up_to_it(request_: BacklogRequest, said: list[Demand]) -> None:
    request_ = replace(request_, demands=tuple(said))
    shares = shares_of_waiting(request_, SETTINGS, today=TODAY)
    cost = rank(request_, SETTINGS, today=TODAY).waiting_cost_hours
    assert math.fsum(each.hours for each in shares) == pytest.approx(cost)


@given(st.lists(st.floats(0, 1e6)))
def test_whole_hours_add_up_to_their_rounded_sum(hours: list[float]) -> None:
    said = added_in_words(hours)
    whole = [0 if each == "under 1 h" else int(each.removesuffix(" h").replace(",", "")) for each in said]
    assert sum(whole) == round(math.fsum(hours))
    assert all(abs(shown - each) < 1 for shown, each in zip(whole, hours, strict=True))
    assert all((each == "0 h") is (found == 0) for each, found in zip(said, hours, strict=True))
