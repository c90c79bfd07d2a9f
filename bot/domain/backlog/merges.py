"""Requests for the same thing count as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.lanes import compared
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.requests import AskedToo, RequestCard
from bot.domain.backlog.thread_news import unheld


def merged(kept: BacklogRequest, other: BacklogRequest, settings: RankSettings, *, today: date) -> BacklogRequest:
    """Return `kept` as it counts when `other` is part of it.

    Every demand of both stays, with everybody who asked, and the age is that of the older. Types and estimate are those
    of one of the two, whichever ranks the result higher today: so it ranks at least as high as either did. The result
    may be without an estimate, if the only one says "not worth building" of hours that are no longer all.
    """
    whole = replace(
        kept,
        created_on=min(kept.created_on, other.created_on),
        demands=(*kept.demands, *other.demands),
    )
    choices = [replace(whole, types=each.types, estimate=each.estimate) for each in (kept, other)]
    return min(choices, key=lambda each: compared(each, settings, today=today))


def asked_besides(
    whole: RequestCard, asked: Iterable[AskedToo], part: RequestCard, *, channel_id: str
) -> Iterator[AskedToo]:
    """Yield what a part asks for, in this channel, that neither the whole nor what others `asked` for has."""
    left = unheld(part.items, [*whole.items, *(item for each in asked for item in each.items)])
    if left:
        yield AskedToo(
            whose=part.team.name if part.team is not None else part.asker.name,
            title=left[0].title if len(left) == 1 else part.title,
            items=left,
            permalink="" if part.is_private else part.permalink,
            is_private=part.is_private and not whole.is_private,
            channel_id=channel_id,
        )
