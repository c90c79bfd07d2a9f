"""docs/backlog-ranking.md says what the code does: its figures are computed here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cli.backlog.simulate import as_text
from bot.domain.backlog.demand import FRESH_DAYS, HOURS_PER_WEEK, EvidenceKind, Slowdown
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.lanes import ESTIMATED_NEXT, QUICK_EFFORT_HOURS, QUICK_PAYBACK_WEEKS, Lane
from bot.domain.backlog.rank import SAFETY, UPKEEP_BY_TYPE, Rank, rank
from bot.domain.backlog.savings import REVIEW_DAYS
from bot.domain.backlog.simulation import RankingRule, SimulationSettings, simulate
from bot.domain.backlog.standings import order
from tests.conftest import REPOSITORY
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY

PAGE = (REPOSITORY / "docs" / "backlog-ranking.md").read_text()
PROSE = " ".join(PAGE.split())


@pytest.mark.parametrize("kind", EvidenceKind)
def test_the_table_of_evidence(kind: EvidenceKind) -> None:
    assert f"| {kind} | {kind.weight:g} | {kind.after(FRESH_DAYS + 1).weight:g} |" in PAGE


def test_the_example() -> None:
    found, plain = (rank(each, SETTINGS, today=TODAY) for each in (EXAMPLE, replace(EXAMPLE, types=())))
    assert isinstance(found, Rank)
    assert isinstance(plain, Rank)
    estimate = EXAMPLE.estimate
    assert estimate is not None
    low, likely, high = estimate.optimistic_hours, estimate.likely_hours, estimate.pessimistic_hours
    lost = " + ".join(f"{each.hours_per_month:g} × {each.evidence.weight:g}" for each in EXAMPLE.demands)
    block = EXAMPLE.demands[0].block
    assert block is not None
    effort, saved, cost = found.effort_hours, found.saved_hours_per_week, found.waiting_cost_hours
    rows = [
        f"| E | ({low} + 4 × {likely} + {high}) / 6 + {SETTINGS.triage_hours} | {effort:g} hours |",
        f"| D | {effort:g} / {SETTINGS.devops_hours_per_week} | {found.work_weeks:g} weeks |",
        f"| w | {SETTINGS.removed_share} × ({lost}) × 12 / 52 | {saved:.2f} hours a week |",
        f"| R before upkeep | (52 × {saved:.2f} − {effort:g}) / {effort:g} | {plain.return_over_year:.2f} |",
        f"| R | with {found.upkeep_share} for a library | {found.return_over_year:.2f} |",
        f"| L | {2 * saved:.2f} + {block.hours_per_week:g} × 0.8 × 2 | {cost:.1f} hours |",
        f"| priority | {cost:.1f} / {effort:g} | {found.priority:.2f} |",
    ]
    assert "\n".join(rows) in PAGE


def test_the_example_in_words() -> None:
    place = order([EXAMPLE], SETTINGS, today=TODAY)[0]
    answer, *reasons = explain(place, SETTINGS, today=TODAY)
    assert "\n".join([answer, "", *(f"- {line}" for line in reasons)]) in PAGE


def test_the_constants() -> None:
    slowed, half, stopped = (each.share for each in Slowdown)
    for sentence in (
        f"Unconfirmed for {FRESH_DAYS} days",
        f"Of {HOURS_PER_WEEK} hours a week, who is slowed loses {slowed:g}, who is at half speed {half:g}, "
        f"who is stopped {stopped:g}.",
        f"it lasts {SETTINGS.block_weeks} weeks from the last confirmation",
        f"what missing it costs; {SETTINGS.miss_hours} hours where nobody says",
        f"E = (o + 4m + p) / 6 + {SETTINGS.triage_hours},",
        f"w = {SETTINGS.removed_share} × sum",
        f"L = {SETTINGS.period_weeks}w + sum of b × c × min({SETTINGS.period_weeks}, max(0, T − D)) + X",
        f"*last safe start*, {SAFETY} × D before it",
        f"{UPKEEP_BY_TYPE['script']:.2f} of E for a script, {UPKEEP_BY_TYPE['library']:.2f} for a library, "
        f"{UPKEEP_BY_TYPE['api_service']:.2f} for an API service",
        f"the hours a week ({SETTINGS.devops_hours_per_week})",
        f"at most {QUICK_EFFORT_HOURS} hours of work that pay back within {QUICK_PAYBACK_WEEKS} weeks",
        f"The first {ESTIMATED_NEXT} are sent",
        "After {} and after {} days".format(*REVIEW_DAYS),
    ):
        assert sentence in PROSE
    assert len(UPKEEP_BY_TYPE) == 3


def test_the_lanes_are_in_order() -> None:
    assert [PAGE.find(f"{number}. **{lane.capitalize()}**") > 0 for number, lane in enumerate(Lane, 1)] == [True] * 5


def test_the_comparison_of_rules_and_what_is_said_of_it() -> None:
    results = simulate(SimulationSettings(backlogs=60), SETTINGS)
    assert "".join(f"    {line}\n" for line in as_text(results).splitlines()) in PAGE
    this, delay = results[RankingRule.THIS], results[RankingRule.COST_OF_DELAY]
    harm, harm_to_delay, ageing = (
        honest.gained_hours - results[rule].gained_hours
        for honest, rule in (
            (this, RankingRule.THIS_INFLATED),
            (delay, RankingRule.COST_OF_DELAY_INFLATED),
            (this, RankingRule.THIS_AGED),
        )
    )
    assert this.dates_missed < delay.dates_missed / 2
    assert this.gained_hours == pytest.approx(delay.gained_hours, rel=0.05)
    assert ageing > harm > harm_to_delay
