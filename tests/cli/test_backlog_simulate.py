"""`baton backlog simulate`, as somebody types it."""

from __future__ import annotations

import json

from bot.domain.backlog.simulation import RankingRule
from tests.cli.conftest import Baton


def test_it_prints_a_line_for_each_rule(baton: Baton) -> None:
    ran = baton("backlog", "simulate", "--backlogs", 2, "--requests", 8)
    assert ran.code == 0
    heading, *lines = ran.out.splitlines()
    assert heading.split() == ["rule", "hours", "gained", "dates", "missed"]
    assert [line.rsplit(maxsplit=2)[0] for line in lines] == [*RankingRule]


def test_an_organisation_tries_its_own_numbers(baton: Baton) -> None:
    words = ("backlog", "simulate", "--json", "--backlogs", 2, "--requests", 8, "--dated", 1)
    usual, busy, again = (
        json.loads(baton(*words, *more).out)["rules"]
        for more in ((), ("--devops-hours", 8, "--weeks", 13), ("--seed", 1))
    )
    assert again == usual
    assert set(usual) == {*RankingRule}
    assert busy["this rule"]["gained_hours"] < usual["this rule"]["gained_hours"]


def test_numbers_that_cannot_be_are_refused(baton: Baton) -> None:
    ran = baton("backlog", "simulate", "--inflating", 2)
    assert ran.code == 2
    assert "--inflating" in ran.err
    assert baton("backlog", "simulate", "--devops-hours", "nan").code == 2
