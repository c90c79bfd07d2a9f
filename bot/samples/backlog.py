"""The messages of requests in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.text import Block, Rendered
from bot.domain.backlog.requests import (
    ItemType,
    RequestCard,
    RequestItem,
    RequestStanding,
    RequestState,
    Step,
    may_take,
)
from bot.domain.records import PersonRecord, TeamRecord
from bot.samples.catalog import NOW


def requests(name: str) -> Iterator[RequestCard]:
    """A request with everything and one with little, in each state."""
    items = tuple(RequestItem(kind, name, name, name) for kind in ItemType) * 2
    asker, filer = (
        PersonRecord(id=1, name=name, slack_id="U12345678"),
        PersonRecord(id=2, name="", slack_id="U12345678"),
    )
    for state in RequestState:
        standing = RequestStanding(state, RequestState.PROPOSED, NOW)
        steps = frozenset(step for step in Step if may_take(step, standing, now=NOW))
        little = RequestCard(
            id=7, title=name, items=items[:1], standing=standing, steps=steps, asker=asker, filer=asker
        )
        yield little
        yield replace(
            little,
            items=items,
            filer=filer,
            team=TeamRecord(id=1, name=name),
            assignee=filer,
            details=name,
            technologies=(name,) * 30,
            skills_gaps=(name,),
            stays_with_team=(name,),
            reason=name,
            link="https://docs.example.com/cassandra",
            permalink="https://acme.slack.com/archives/C1/p1",
            needed_by=NOW.date() + timedelta(30),
            needed_reason=name,
            snoozed_until=NOW.date() + timedelta(7),
            merged_into=3 if state is RequestState.MERGED else None,
            is_estimated=True,
        )


def samples(name: str) -> Iterator[tuple[Callable[..., Any], Rendered | Block]]:
    """The cards, and what is said when something happens."""
    for card in requests(name):
        yield blocks.card, blocks.card(card)
        yield blocks.triage, blocks.triage(card)
        yield blocks.news, blocks.news(card)
        yield blocks.followed, blocks.followed(card)
        for step in (Step.REPLY, Step.NOT_YET, Step.REOPEN, Step.WITHDRAW):
            yield blocks.triage_news, blocks.triage_news(card, step)
