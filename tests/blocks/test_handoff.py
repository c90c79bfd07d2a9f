"""What people read of handoffs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.blocks.handoff import cards, words
from bot.blocks.handoff.lists import home_parts
from bot.blocks.handoff.reminders import line, reminder, said
from bot.domain.catalog import Area
from bot.domain.handoff.due import DueKind, HandoffDue, Side
from bot.domain.handoff.handoffs import HandoffCard, ResourceCard, ResourceState
from bot.domain.records import TeamRecord
from bot.samples.handoff import cards_of

ON = date(2026, 12, 1)


def handoff(*states: ResourceState, loan_until: date | None = None) -> HandoffCard:
    """A handoff of as many resources as there are states, from devops to payments."""
    names = ("payments-db", "load-test", "status-page", "mail-relay", "old-cache", "cron-box")
    resources = tuple(
        ResourceCard(id=number, asset_id=number, name=name, area=Area.ALL, state=state)
        for number, (name, state) in enumerate(zip(names, states, strict=False), 1)
    )
    card = next(cards_of("ada"))
    teams = {"giver": TeamRecord(id=1, name="devops"), "receiver": TeamRecord(id=2, name="payments")}
    return replace(card, id=7, resources=resources, loan_until=loan_until, is_granted=False, **teams)


def test_a_handoff_is_named_by_what_it_is_of_and_two_names_never_run_together() -> None:
    one = handoff(ResourceState.OFFERED)
    assert words.title(one) == "*#7* · *devops* offers *payments-db* to *payments*"
    assert words.title(handoff(*[ResourceState.OFFERED] * 6)) == (
        "*#7* · *devops* offers *payments-db*, *load-test*, *status-page*, *mail-relay* and 2 more to *payments*"
    )
    asked = replace(handoff(ResourceState.DRAFT), offered_on=None)
    for said_of in (words.title(one), words.title(asked), words.passed(one)):
        assert not re.search(r"\* \*", said_of), said_of


@pytest.mark.parametrize("state", [ResourceState.DECLINED, ResourceState.EXPIRED, ResourceState.ACCEPTED])
def test_what_is_answered_is_offered_and_asked_for_no_longer(state: ResourceState) -> None:
    over = handoff(state)
    assert words.title(over).startswith("*#7* · *devops* offered *payments-db* to *payments*")
    assert cards.card(over).text.startswith(":handshake: *#7* · *devops* offered")
    refused = replace(over, offered_on=None)
    assert words.title(refused) == "*#7* · *payments* asked *devops* to hand over *payments-db*"


def test_a_list_says_whose_turn_it_is() -> None:
    offered, put_off = ResourceState.OFFERED, ResourceState.NOT_YET
    card = handoff(offered, offered, put_off)
    waiting = replace(card, resources=(*card.resources[:2], replace(card.resources[2], needs_by=ON)))
    said_of = home_parts([waiting])[0]["text"]["text"]
    assert "\n*payments* has 2 of 3 to answer · 1 of 3 put off until <!date" in said_of
    asked = replace(handoff(ResourceState.DRAFT), offered_on=None)
    assert home_parts([asked])[0]["text"]["text"].endswith("\n*devops* has to offer or refuse it")


def test_each_side_reads_of_what_has_passed_whether_it_is_theirs() -> None:
    card = handoff(ResourceState.ACCEPTED)
    card = replace(card, resources=(replace(card.resources[0], moved_at=datetime(2026, 12, 1, 9, tzinfo=UTC)),))
    due = HandoffDue(kind=DueKind.MOVED, card=card, side=Side.RECEIVER, note="m", on=ON, ends_on=ON)
    assert "it is yours from" in said(due)
    assert "it is theirs from" in said(replace(due, side=Side.GIVER))


@pytest.mark.parametrize("side", Side)
def test_a_message_about_something_else_too_has_both_answers_to_whether_it_works(side: Side) -> None:
    card = next(cards_of("checkout"))
    moved = HandoffDue(kind=DueKind.MOVED, card=card, side=side, note="m", on=ON, ends_on=ON)
    works = HandoffDue(kind=DueKind.WORKS, card=card, side=side, note="w", on=ON, ends_on=ON)
    said = reminder(moved, [line(works)])
    shown = [each["text"]["text"] for block in said.blocks for each in block.get("elements", ()) if "action_id" in each]
    assert {"It works", "No…"} <= set(shown)
