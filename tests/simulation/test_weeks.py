"""Weeks of the simulated year, and one of a smaller one with the working process killed four times.

`make night` lives through two months of a larger organisation instead.
"""

from __future__ import annotations

from pathlib import Path

from tests.conftest import NIGHT
from tests.simulation.checks import is_ping, problems
from tests.simulation.life import live
from tests.simulation.organisation import Organisation
from tests.simulation.year import compare, run

DAYS, TEAMS = (60, 40) if NIGHT else (17, 20)
#: All that can be answered, as the audit log calls it.
ANSWERS = {
    "acknowledge", "plan", "snooze", "done", "waive", "approve", "refuse", "delegate", "accept", "decline", "not_ours",
    "claim", "pin",
}  # fmt: skip


async def test_weeks_of_many_teams_keep_every_rule(tmp_path: Path) -> None:
    organisation = Organisation(teams=TEAMS, deployments=50 * TEAMS)
    (tmp_path / "year").mkdir()
    lived = await live(organisation, tmp_path / "year", days=DAYS, in_line=not NIGHT)
    assert problems(lived, organisation, days=DAYS) == []
    assert len(lived.said) > 11 * TEAMS
    assert sum(map(is_ping, lived.messages)) > 2 * TEAMS
    assert any(message.is_broadcast for message in lived.messages)
    assert any(message.subject.startswith("eol:owed:person:") for message in lived.messages)
    assert any(row.resolution == "upgraded" for row in lived.reminders.values())
    assert {kind for kind, count in lived.counts.items() if count} >= ANSWERS


async def test_whoever_is_killed_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    organisation = Organisation(teams=9, deployments=260)
    undisturbed, disturbed = await run(days=6, kills=4, organisation=organisation, folder=tmp_path, in_line=not NIGHT)
    assert disturbed is not None
    compared = compare(undisturbed.messages, disturbed.messages)
    assert (compared.lost, compared.doubled) == ([], [])
    assert compared.messages > 25
    assert disturbed.kills == 4
    assert disturbed.kills_amid_posts > 0
    assert disturbed.kills_amid_answers > 0
    assert disturbed.counts == undisturbed.counts
    assert problems(disturbed, organisation, days=6) == []
