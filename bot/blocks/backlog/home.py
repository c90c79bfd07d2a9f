"""The part of the Home tab about requests: what the reader's teams wait for, and what the DevOps team has to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.blocks.backlog import actions, words
from bot.blocks.backlog.ranks import LANES, cost
from bot.blocks.text import Block, button, context, plain, section
from bot.domain.backlog.lanes import BacklogPlace
from bot.domain.backlog.requests import RequestCard, RequestState

#: Requests of a list.
_MOST = 5
#: Requests of each lane.
_MOST_OF_LANE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsOverview:
    """What the Home tab shows of requests.

    `mine` are those of the reader and their teams that are not over. `awaiting` are those that nobody has looked at
    yet, and `ranked` the whole backlog; both are empty for whoever is not of the DevOps team.
    """

    mine: Sequence[RequestCard] = ()
    awaiting: Sequence[RequestCard] = ()
    ranked: Sequence[tuple[RequestCard, BacklogPlace]] = ()


def home_parts(its: RequestsOverview) -> Iterator[tuple[str, list[Block]]]:
    """Yield the lists that have something in them, each with its title."""
    if its.mine:
        # What waits for the reader's answer comes before what waits for somebody else.
        mine = sorted(its.mine, key=lambda each: each.state is not RequestState.DELIVERED)
        yield f"Your requests ({len(mine):,})", _list(mine, "`/devops mine`")
    if its.awaiting:
        yield f"Requests that await triage ({len(its.awaiting):,})", _list(its.awaiting, "`/devops list`")
    if its.ranked:
        yield f"The DevOps backlog ({len(its.ranked):,})", [*_lanes(its.ranked)]


def _list(cards: Sequence[RequestCard], command: str) -> list[Block]:
    hidden = len(cards) - _MOST
    lines = [_line(each, words.standing(each)) for each in cards[:_MOST]]
    return [*lines, *([context(f"… and {hidden:,} more: {command}")] if hidden > 0 else [])]


def _lanes(ranked: Sequence[tuple[RequestCard, BacklogPlace]]) -> Iterator[Block]:
    for lane, group in groupby(ranked, key=lambda each: each[1].lane):
        found = list(group)
        hidden = len(found) - _MOST_OF_LANE
        yield context(LANES[lane])
        for card, place in found[:_MOST_OF_LANE]:
            yield _line(card, f"{cost(place)} · {words.standing(card)}", f"{place.position}. ")
        if hidden > 0:
            yield context(f"… and {hidden:,} more: `/devops rank`")


def _line(card: RequestCard, about: str, number: str = "") -> Block:
    asks = card.state is RequestState.DELIVERED
    text = "Answer…" if asks else "Show"
    label = f"{text} #{card.id} {plain(card.title, 40)}"
    question = "\nDoes it do the job?" if asks else ""
    made = section(f"{number}{words.name(card)}\n{about}{question}")
    return {**made, "accessory": button(text, actions.SHOW, str(card.id), label=label)}
