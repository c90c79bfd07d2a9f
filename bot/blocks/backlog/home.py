"""The part of the Home tab about requests: what the reader's teams wait for, and what the DevOps team has to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.blocks.backlog import actions, words
from bot.blocks.backlog.ranks import LANES, cost
from bot.blocks.text import Block, button, context, plain, section
from bot.domain.backlog.lanes import BacklogPlace, Lane
from bot.domain.backlog.requests import RequestCard, RequestState
from bot.domain.pages import NONE_OF, FirstOf

#: Requests of a list.
MOST_ON_HOME = 5
#: Requests of each lane.
MOST_OF_LANE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsOverview:
    """What the Home tab shows of requests.

    `mine` are those of the reader and their teams that are not over, what waits for an answer of theirs first.
    `awaiting` are those that nobody has looked at yet, and `lanes` the whole backlog; both are empty for whoever is not
    of the DevOps team.
    """

    mine: FirstOf[RequestCard] = NONE_OF
    awaiting: FirstOf[RequestCard] = NONE_OF
    lanes: Mapping[Lane, FirstOf[tuple[RequestCard, BacklogPlace]]] = field(default_factory=dict)


def home_parts(its: RequestsOverview) -> Iterator[tuple[str, list[Block]]]:
    """Yield the lists that have something in them, each with its title."""
    if its.mine.total:
        yield f"Your requests ({its.mine.total:,})", _list(its.mine, "`/devops mine`")
    if its.awaiting.total:
        yield f"Requests that await triage ({its.awaiting.total:,})", _list(its.awaiting, "`/devops list`")
    if total := sum(each.total for each in its.lanes.values()):
        yield f"The DevOps backlog ({total:,})", [*_lanes(its.lanes)]


def _list(found: FirstOf[RequestCard], command: str) -> list[Block]:
    cards = found.first[:MOST_ON_HOME]
    hidden = found.total - len(cards)
    lines = [_line(each, words.standing(each)) for each in cards]
    return [*lines, *([context(f"… and {hidden:,} more: {command}")] if hidden > 0 else [])]


def _lanes(lanes: Mapping[Lane, FirstOf[tuple[RequestCard, BacklogPlace]]]) -> Iterator[Block]:
    for lane, found in lanes.items():
        if not found.total:
            continue
        shown = found.first[:MOST_OF_LANE]
        hidden = found.total - len(shown)
        yield context(LANES[lane])
        for card, place in shown:
            yield _line(card, f"{cost(place)} · {words.standing(card)}", f"{place.position}. ")
        if hidden > 0:
            yield context(f"… and {hidden:,} more: `/devops rank`")


def _line(card: RequestCard, about: str, number: str = "") -> Block:
    asks = card.state is RequestState.DELIVERED
    text = "Answer…" if asks else "Show"
    label = f"{text} #{card.id} {plain(card.title, 40)}"
    question = "\nDoes it do the job?" if asks else ""
    made = section(f"{number}{words.listed(card)}\n{about}{question}")
    return {**made, "accessory": button(text, actions.SHOW, str(card.id), label=label)}
