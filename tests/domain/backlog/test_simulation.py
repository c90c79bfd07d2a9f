"""The comparison of ranking rules: the same figures each time, and the order that the design found."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.simulation import RankingRule, SimulationSettings, simulate

SETTINGS = RankSettings()
FEW = SimulationSettings(seed=5, backlogs=3)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    once = simulate(FEW, SETTINGS)
    assert list(once) == list(RankingRule)
    assert simulate(FEW, SETTINGS) == once
    assert simulate(replace(FEW, seed=6), SETTINGS) != once


def test_the_rules_come_out_in_the_order_that_the_design_found() -> None:
    found = simulate(SimulationSettings(backlogs=60), SETTINGS)
    first_come, delay, this, inflated, aged = (
        found[rule]
        for rule in (
            RankingRule.FIRST_COME,
            RankingRule.COST_OF_DELAY,
            RankingRule.THIS,
            RankingRule.THIS_INFLATED,
            RankingRule.THIS_AGED,
        )
    )
    assert this.gained_hours > delay.gained_hours > first_come.gained_hours
    assert this.dates_missed < delay.dates_missed < first_come.dates_missed
    assert first_come.gained_hours < aged.gained_hours < 0.9 * this.gained_hours
    assert 0.9 * this.gained_hours < inflated.gained_hours < this.gained_hours


def test_without_askers_who_inflate_there_is_no_difference() -> None:
    found = simulate(replace(FEW, inflating_share=0), SETTINGS)
    assert found[RankingRule.THIS] == found[RankingRule.THIS_INFLATED]
    assert found[RankingRule.COST_OF_DELAY] == found[RankingRule.COST_OF_DELAY_INFLATED]


def test_no_date_is_missed_where_there_is_none() -> None:
    found = simulate(replace(FEW, dated_share=0), SETTINGS)
    assert {each.dates_missed for each in found.values()} == {0}


def test_a_team_without_time_for_requests_gains_nothing_and_misses_every_date() -> None:
    found = simulate(replace(FEW, dated_share=1, weeks=52), replace(SETTINGS, devops_hours_per_week=0.01))
    assert {each.gained_hours for each in found.values()} == {0}
    assert len({each.dates_missed for each in found.values()}) == 1
    assert found[RankingRule.THIS].dates_missed > 15
