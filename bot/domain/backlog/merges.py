"""Requests for the same thing count as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.lanes import compared
from bot.domain.backlog.rank import RankSettings


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
