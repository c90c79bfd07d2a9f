"""What messages say of a request once it is answered, and of those who have asked for it privately."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.follow_ups import FollowUp, FollowUpKind
from bot.domain.backlog.requests import AskedToo, RequestCard, RequestState, Said
from bot.domain.backlog.savings import SavingReview
from bot.domain.records import TeamRecord
from bot.samples.backlog import requests

CARD = replace(next(iter(requests("a queue"))), team=TeamRecord(id=1, name="Payments"), is_private=False)


def in_state(card: RequestCard, state: RequestState) -> RequestCard:
    return replace(card, standing=replace(card.standing, state=state))


def test_a_date_at_risk_is_none_once_the_request_has_ended() -> None:
    asked = in_state(CARD, RequestState.ACCEPTED)
    digest = blocks.section([], at_risk=[asked])
    assert blocks.lines_redrawn(digest, {asked.id: asked}, (), {}) == Rendered(digest.text, list(digest.blocks))
    ended = in_state(CARD, RequestState.WITHDRAWN)
    now = blocks.lines_redrawn(digest, {ended.id: ended}, (), {})
    assert "Withdrawn · for Payments" in now.text
    assert "Withdrawn · for Payments" in str(now.blocks)


def test_a_line_that_begins_like_another_one_stays() -> None:
    longer = replace(in_state(CARD, RequestState.ACCEPTED), needed_by=date(2026, 5, 4))
    due = FollowUp(kind=FollowUpKind.DATE, card=longer, since=date(2026, 5, 4))
    digest = blocks.section([due], at_risk=[replace(longer, needed_by=None)])
    ended = in_state(longer, RequestState.WITHDRAWN)
    now = blocks.lines_redrawn(digest, {longer.id: ended}, [":".join(due.key)], {})
    first, *_, last = now.text.splitlines()[1:]
    assert (first.endswith("and until when?"), "Withdrawn" in first) == (True, False)
    assert "Withdrawn" in last


@pytest.mark.parametrize("is_private", [True, False])
def test_of_a_private_request_only_the_state_is_said(is_private: bool) -> None:
    its = FollowUp(kind=FollowUpKind.FIRST_RESPONSE, card=replace(CARD, is_private=is_private), since=datetime.now(UTC))
    ended = replace(in_state(CARD, RequestState.DECLINED), is_private=is_private)
    alone = blocks.answered(blocks.follow_up(its), its.kind.value, ended)
    among = blocks.lines_redrawn(blocks.section([its]), {ended.id: ended}, (), {})
    assert alone is not None
    for said in (alone.text, among.text):
        assert "Declined" in said
        assert ("Payments" in said) is not is_private


def test_what_the_request_says_is_not_said_again_for_each_team_that_joined() -> None:
    joined = tuple(AskedToo(whose="Search", title=title, details=title) for title in ("A disk", "A queue"))
    its = replace(in_state(CARD, RequestState.PROPOSED), details="A disk", asked_too=joined)
    said = blocks.triage(its).text
    assert (said.count("Also said: A disk"), said.count("Also said: A queue")) == (1, 1)


def test_nobody_reads_what_those_have_said_who_asked_privately() -> None:
    review = SavingReview(request_id=CARD.id, team="Search", after_days=30, claimed_hours=4, actual_hours=2)
    before = (Said(datetime.now(UTC), "Solo Singh", "not_yet", "No disk"),)
    asked = replace(CARD, unnamed=frozenset({"Search", "Solo Singh"}), savings=(review,), before=before)
    said = blocks.card(asked).text
    assert "Saves Another team after 30 days: 2 of 4 hours (50%)" in said
    assert "Somebody sent it back: No disk" in said
    assert "Search" not in said
    assert "Solo" not in said
