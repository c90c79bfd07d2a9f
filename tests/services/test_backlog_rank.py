"""The backlog in its order, from what the store has: estimates, every team's demand, merges, and who may see what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.backlog.demand import EvidenceKind, Slowdown
from bot.domain.backlog.lanes import Lane
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin
from bot.domain.backlog.rank import Rank
from bot.domain.backlog.requests import Step
from bot.services.backlog import merges, plans, ranks
from bot.services.backlog.intake import open_request
from bot.services.backlog.steps import take
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from tests.services.test_backlog import ADA, EVE, GRACE, NEW_REQUEST, OMAR, PAYMENTS, deps, snapshot

__all__ = ["deps", "snapshot"]


def new(number: int, *, team: int | None = PAYMENTS, by: int = ADA, **demand: object) -> NewRequest:
    entry = DemandEntry(**demand)  # type: ignore[arg-type]
    origin = Origin(f"form:V{number}")
    return replace(
        NEW_REQUEST, origin=origin, title=f"Request {number}", team_id=team, filed_by=by, asked_by=by, demand=entry
    )


async def opened(deps: Deps, snapshot: Snapshot, *requests_: NewRequest) -> list[int]:
    return [(await open_request(deps, snapshot, each)).card.id for each in requests_]


async def estimated(deps: Deps, snapshot: Snapshot, request_id: int, hours: float) -> None:
    await plans.estimate(deps, snapshot, request_id=request_id, person_id=OMAR, hours=(hours / 2, hours, hours * 1.5))


async def order(deps: Deps, snapshot: Snapshot, person_id: int | None = OMAR) -> list[int]:
    return [each.card.id for each in await ranks.ranked(deps, snapshot, person_id)]


async def test_the_more_waiting_costs_the_earlier_it_is_done(deps: Deps, snapshot: Snapshot) -> None:
    little = {"lost_people": 1, "lost_times": 1, "lost_hours": 1, "evidence": EvidenceKind.MEASURED}
    much = {**little, "lost_times": 40}
    small, large = await opened(deps, snapshot, new(1, **little), new(2, **much))
    for each in (small, large):
        await estimated(deps, snapshot, each, 20)
    assert await order(deps, snapshot) == [large, small]


async def test_a_date_in_danger_comes_first(deps: Deps, snapshot: Snapshot) -> None:
    costly = new(1, lost_people=2, lost_times=20, lost_hours=1, evidence=EvidenceKind.MEASURED)
    dated = replace(new(2), needed_by=date(2026, 3, 10), needed_reason="the review")
    first, second = await opened(deps, snapshot, costly, dated)
    for each in (first, second):
        await estimated(deps, snapshot, each, 20)
    ranked = await ranks.ranked(deps, snapshot, OMAR)
    assert [(each.card.id, each.place.lane) for each in ranked] == [(second, Lane.AT_RISK), (first, Lane.REST)]


async def test_why_it_is_there_names_who_said_and_who_estimated(deps: Deps, snapshot: Snapshot) -> None:
    [request] = await opened(
        deps, snapshot, new(1, lost_people=5, lost_times=2, lost_hours=1, evidence=EvidenceKind.COUNTED)
    )
    await estimated(deps, snapshot, request, 20)
    [only] = await ranks.ranked(deps, snapshot, OMAR)
    said = " ".join(only.why)
    assert "Payments loses 10 hours a month: 5 people, 2 times a month, 1 hour each (counted, says Ada" in said
    assert "estimates Omar" in said


async def test_what_is_merged_counts_for_what_it_became_part_of_and_not_any_more_when_it_is_taken_out(
    deps: Deps, snapshot: Snapshot
) -> None:
    blocked = {"blocked_people": 2, "blocked_share": Slowdown.STOPPED, "evidence": EvidenceKind.MEASURED}
    kept, other = await opened(deps, snapshot, new(1, **blocked), new(2, team=None, by=EVE, **blocked))
    await estimated(deps, snapshot, kept, 20)

    async def cost() -> float:
        [found] = [each for each in await ranks.ranked(deps, snapshot, OMAR) if each.card.id == kept]
        assert isinstance(found.place.rank, Rank)
        return found.place.rank.blocked_hours

    alone = await cost()
    await merges.merge(deps, snapshot, request_id=other, into_id=kept, person_id=OMAR)
    assert await order(deps, snapshot) == [kept]
    assert await cost() == pytest.approx(2 * alone)
    await take(deps, snapshot, request_id=other, person_id=OMAR, step=Step.UNMERGE)
    assert await cost() == pytest.approx(alone)


async def test_a_private_request_has_a_place_that_only_its_people_see(deps: Deps, snapshot: Snapshot) -> None:
    private = replace(new(1), origin=Origin("form:V1", is_private=True))
    hidden, seen = await opened(deps, snapshot, private, new(2, by=GRACE))
    assert await order(deps, snapshot, ADA) == [hidden, seen]
    assert await order(deps, snapshot, OMAR) == [hidden, seen]
    [other] = await ranks.ranked(deps, snapshot, EVE)
    assert (other.card.id, other.place.position) == (seen, 2)


async def test_the_work_of_the_devops_team_is_counted_by_the_team_it_served(deps: Deps, snapshot: Snapshot) -> None:
    done, open_ = await opened(deps, snapshot, new(1), new(2, team=None, by=EVE))
    await estimated(deps, snapshot, done, 20)
    await take(deps, snapshot, request_id=done, person_id=OMAR, step=Step.DELIVER)
    found = {each.team: each for each in await ranks.shares(deps, snapshot)}
    assert (found["Payments"].served_hours, found["Payments"].served_share) == (24, 1)
    assert (found["Eve"].served_hours, found["Eve"].open_requests) == (0, 1)
    assert open_ != done
