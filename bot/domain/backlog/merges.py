"""Two requests for the same thing become one, and two again when that was a mistake."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.domain.backlog.demand import BacklogRequest, with_demand
from bot.domain.backlog.lanes import compared
from bot.domain.backlog.rank import RankSettings


@dataclass(frozen=True, slots=True)
class MergedRequest:
    """What a merge made. `kept` and `other` are the two requests as they were before."""

    request: BacklogRequest
    kept: BacklogRequest
    other: BacklogRequest

    def undone(self, now: BacklogRequest) -> tuple[BacklogRequest, BacklogRequest]:
        """Return both requests again. `now` is what the merged one is today.

        What a team has said since goes with its request: to `other` if the team asked only there. A new estimate stays
        with the request that was kept.
        """
        was, before = self.request, self.kept
        said_since = [each for each in now.demands if each not in was.demands]
        moved = [each for each in said_since if each.team in self.other.teams and each.team not in before.teams]
        stays = [each for each in now.demands if each not in moved and (each in before.demands or each in said_since)]
        is_estimated_since = now.estimate != was.estimate
        first = replace(
            now,
            created_on=before.created_on,
            types=before.types if now.types == was.types else now.types,
            estimate=now.estimate if is_estimated_since else before.estimate,
            demands=tuple(stays),
        )
        second = self.other
        for demand in moved:
            second = with_demand(second, demand)
        return first, second


def merge(kept: BacklogRequest, other: BacklogRequest, settings: RankSettings, *, today: date) -> MergedRequest:
    """Let `kept` stand for `other`, too.

    Every demand of both stays, with everybody who asked, and the age is that of the older. Types and estimate are those
    of one of the two, whichever ranks the result higher today: so it ranks at least as high as either did. The result
    may be without an estimate, if the only one says "not worth building" of hours that are no longer all.
    """
    whole = replace(
        kept,
        created_on=min(kept.created_on, other.created_on),
        demands=tuple(dict.fromkeys((*kept.demands, *other.demands))),
    )
    choices = [replace(whole, types=each.types, estimate=each.estimate) for each in (kept, other)]
    return MergedRequest(min(choices, key=lambda each: compared(each, settings, today=today)), kept, other)
