"""One, two and many: each count reads as people say it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.blocks import calendars
from bot.blocks.eol import report_words
from bot.domain.eol.subjects import ReportScope
from bot.domain.records import TeamRecord

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def team(number: int, name: str) -> TeamRecord:
    return TeamRecord(id=number, name=name, channel="")


@pytest.mark.parametrize(
    ("others", "buttons", "said"),
    [
        (0, ["Revoke"], ""),
        (1, ["Revoke", "Revoke both"], "Others have 1 more address for it."),
        (2, ["Revoke", "Revoke all 3"], "Others have 2 more addresses for it."),
    ],
)
def test_addresses_of_a_calendar(others: int, buttons: list[str], said: str) -> None:
    message = calendars.existing(team(1, "Payments"), NOW, 7, others=others)
    shown = [each["text"]["text"] for each in message.blocks[-1]["elements"]]
    assert shown == ["New address", *buttons]
    assert message.text.endswith(said)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "The address for the calendar of *Payments* has ended."),
        (2, "2 addresses for the calendar of *Payments* have ended."),
    ],
)
def test_addresses_that_have_ended(count: int, said: str) -> None:
    assert calendars.revoked(team(1, "Payments"), count).text == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("A", "*A*"),
        ("AB", "*A* and *B*"),
        ("ABCDE", "*A*, *B*, *C*, *D* and 1 more"),
    ],
)
def test_teams_of_a_report(names: str, said: str) -> None:
    teams = tuple(team(number, name) for number, name in enumerate(names, 1))
    assert report_words.who(ReportScope(teams=teams)) == said
