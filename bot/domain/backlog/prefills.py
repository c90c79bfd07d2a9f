"""What the form of a request is filled with before anybody has typed a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.backlog.demand import DemandPart, Slowdown
from bot.domain.backlog.requests import RequestItem

#: As many items can be ticked in a form: more do not fit into what it carries.
MOST_ITEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefill:
    """What was understood. `suggested` are items that nobody has asked for, and that usually come with the others.

    `from_model` are items that a language model found in the thread.

    `technologies` are the names by the ids of the vocabulary; `gaps` are some of those ids.

    The hours lost are `people` x `times` a month x `hours` each. What was not said is None. `how_often` asks
    for `times` where the thread names the other two alone, and `questions` are the others that it leaves open.
    `speakers` are those who have said the numbers in the thread, by their Slack ids, each with the message's time.
    """

    title: str = ""
    items: tuple[RequestItem, ...] = ()
    suggested: tuple[RequestItem, ...] = ()
    from_model: tuple[RequestItem, ...] = ()
    technologies: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    stays_with_team: tuple[str, ...] = ()
    people: float | None = None
    times: float | None = None
    hours: float | None = None
    people_blocked: int | None = None
    blocked_share: Slowdown | None = None
    needed_by: date | None = None
    needed_reason: str = ""
    details: str = ""
    how_often: str = ""
    questions: tuple[str, ...] = ()
    speakers: Mapping[DemandPart, tuple[str, str]] = field(default_factory=dict)

    @property
    def items_to_tick(self) -> tuple[RequestItem, ...]:
        """All items in the order of their boxes, as many as a form carries."""
        own = (*self.items, *self.suggested)[: MOST_ITEMS - len(self.from_model)]
        return (*own, *self.from_model)
