"""What Baton comes back to about requests, as a line among others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.blocks import backlog as blocks
from bot.domain.backlog.follow_ups import FollowUp, FollowUpKind
from bot.domain.backlog.requests import RequestCard, RequestStanding, RequestState, Step
from bot.domain.records import PersonRecord

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA = PersonRecord(id=1, name="Ada")


def follow_up(kind: FollowUpKind, number: int = 1) -> FollowUp:
    standing = RequestStanding(RequestState.ACCEPTED, RequestState.ACCEPTED, NOW)
    card = RequestCard(
        id=number, title="A topic", items=(), standing=standing, steps=frozenset({Step.WITHDRAW}), asker=ADA, filer=ADA
    )
    return FollowUp(kind=kind, card=card, since=date(2026, 3, 1), team_id=1)


def buttons(found: list[dict[str, Any]]) -> list[str]:
    elements = [one for each in found for one in (*each.get("elements", ()), each.get("accessory", {}))]
    return [one["text"]["text"] for one in elements if one.get("type") == "button"]


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (FollowUpKind.DATE, ["New date…", "Still needed, no date", "Not any more…", "Show"]),
        (FollowUpKind.BLOCK, ["New date…", "Not blocked any more", "Show"]),
        (FollowUpKind.DELIVERY, ["Yes, it does the job", "Not yet…", "Show"]),
        (FollowUpKind.UNCONFIRMED, ["Yes, it does the job", "Not yet…", "Show"]),
        (FollowUpKind.INFO, ["Answer…"]),
        (FollowUpKind.WAKE, ["Show"]),
    ],
)
def test_a_line_of_a_digest_has_every_answer(kind: FollowUpKind, answers: list[str]) -> None:
    line = blocks.line(follow_up(kind))
    assert buttons(list(line.listed)) == answers
    assert buttons(list(blocks.section([follow_up(kind)]).blocks)) == answers


def test_what_is_to_be_estimated_has_the_button_for_it() -> None:
    card = follow_up(FollowUpKind.WAKE).card
    section = blocks.section([], to_estimate=[card], at_risk=[card])
    assert buttons(list(section.blocks)) == ["Show", "Estimate…"], "what is at risk is estimated already"


@pytest.mark.parametrize("share", [1, 2, 4])
def test_lines_with_several_buttons_leave_room_for_the_other_sections(share: int) -> None:
    section = blocks.section([follow_up(FollowUpKind.DATE, number) for number in range(1, 11)], share=share)
    assert len(section.blocks) <= 50 // share
    assert section.text.count("Is it still needed") >= 4
    assert ("more: `/devops mine`" in section.text) == (share > 1)
