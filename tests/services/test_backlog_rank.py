"""The backlog in its order, from what the store has: estimates, every team's demand, merges, and who may see what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.backlog.demand import EvidenceKind, Slowdown
from bot.domain.backlog.lanes import BacklogPlace, Lane
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin
from bot.domain.backlog.rank import Rank
from bot.domain.backlog.requests import Step
from bot.services.backlog import lists, merges, plans, ranks
from bot.services.backlog.intake import open_request
from bot.services.backlog.standings import Backlog
from bot.services.backlog.steps import take
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from tests.conftest import FixedClock
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
    lanes = [(each.card.id, each.place.lane) for each in ranked]
    assert lanes == [(second, Lane.AT_RISK), (first, Lane.WORTH_BUILDING)]


async def test_why_it_is_there_names_who_said_and_who_estimated(deps: Deps, snapshot: Snapshot) -> None:
    [request] = await opened(
        deps, snapshot, new(1, lost_people=5, lost_times=2, lost_hours=1, evidence=EvidenceKind.COUNTED)
    )
    await estimated(deps, snapshot, request, 20)
    [only] = await ranks.ranked(deps, snapshot, OMAR)
    said = " ".join(only.why)
    assert "Payments: 10 hours a month = 5 people × 2 times × 1 hour; counted, says Ada on 2026-03-03" in said
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


async def placed(backlog: Backlog, person_id: int) -> list[tuple[int, int, int, str]]:
    return [(card.id, *_place(place)) for card, place in (await backlog.first(person_id, 100)).first]


def _place(place: BacklogPlace) -> tuple[int, int, str]:
    return place.position, place.band, place.lane.value


async def test_a_backlog_that_is_kept_up_to_date_is_the_one_that_would_be_made_anew(
    deps: Deps, snapshot: Snapshot, clock: FixedClock
) -> None:
    kept = Backlog(deps, snapshot)
    little = {"lost_people": 1, "lost_times": 1, "lost_hours": 1, "evidence": EvidenceKind.MEASURED}
    hidden = new(4, by=EVE, team=None)
    hidden = replace(hidden, origin=replace(hidden.origin, is_private=True))
    dated = replace(new(3, **little), needed_by=date(2026, 3, 10), needed_reason="the review")
    one, two, three, four = await opened(
        deps, snapshot, new(1, **little), new(2, **{**little, "lost_times": 40}), dated, hidden
    )

    async def both() -> None:
        for person_id in (OMAR, ADA, EVE):
            afresh = [(each.card.id, *_place(each.place)) for each in await ranks.ranked(deps, snapshot, person_id)]
            found = await kept.first(person_id, 100)
            assert await placed(kept, person_id) == afresh
            assert found.total == len(afresh)
            by_lane = await kept.lanes(person_id, 100)
            assert [card.id for lane in by_lane.values() for card, _ in lane.first] == [each[0] for each in afresh]
            assert [each.id for each in (await kept.oldest(person_id, 100)).first] == sorted(each[0] for each in afresh)

    await both()
    for number, hours in ((one, 20), (two, 20), (three, 4)):
        await estimated(deps, snapshot, number, hours)
        await both()
    await merges.merge(deps, snapshot, request_id=one, into_id=two, person_id=OMAR)
    await both()
    await merges.merge(deps, snapshot, request_id=two, into_id=three, person_id=OMAR)
    await both()
    await take(deps, snapshot, request_id=two, person_id=OMAR, step=Step.UNMERGE)
    await both()
    await take(deps, snapshot, request_id=three, person_id=OMAR, step=Step.DECLINE, words="no")
    await both()
    await plans.snooze(deps, snapshot, request_id=two, person_id=OMAR, until=date(2026, 3, 20), today=date(2026, 3, 3))
    assert [each.id for each in (await kept.awaiting(OMAR, 5)).first] == [four]
    clock.at += timedelta(days=12)
    await both()
    async with deps.database.transaction() as session:
        (await session.get_one(tables.Team, PAYMENTS)).name = "Money"
        (await session.get_one(tables.Team, PAYMENTS)).revision = 2
        (await session.get_one(tables.CatalogState, 1)).revision = 2
    await refresh(snapshot, deps.database)
    await both()
    assert (why := await kept.why(two)) is not None
    assert any("Money" in each for each in why[1])


async def test_a_question_reads_again_only_what_has_changed(
    deps: Deps, snapshot: Snapshot, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Backlog(deps, snapshot)
    one, two = await opened(deps, snapshot, new(1), new(2))
    await kept.first(OMAR, 5)
    clock.at += timedelta(hours=1)
    await kept.first(OMAR, 5)
    read = list[int]()
    drop = kept._drop
    monkeypatch.setattr(kept, "_drop", lambda standings, number: (read.append(number), drop(standings, number)))
    await estimated(deps, snapshot, two, 8)
    await kept.first(OMAR, 5)
    assert read == [two]
    assert one not in read


async def test_mine_are_found_however_many_others_there_are(deps: Deps, snapshot: Snapshot) -> None:
    first, second, _ = await opened(deps, snapshot, new(1), new(2), new(3, team=None, by=EVE))
    found = await lists.mine(deps, snapshot, GRACE, 1)
    assert ([each.id for each in found.first], found.total) == ([second], 2)
    await take(deps, snapshot, request_id=first, person_id=OMAR, step=Step.ACCEPT)
    await take(deps, snapshot, request_id=first, person_id=OMAR, step=Step.DELIVER, words="done")
    ahead = await lists.mine(deps, snapshot, GRACE, 5, are_over=False)
    assert [each.id for each in ahead.first] == [first, second], "what waits for an answer comes first"
    await take(deps, snapshot, request_id=first, person_id=GRACE, step=Step.CONFIRM)
    assert (await lists.mine(deps, snapshot, GRACE, 5, are_over=False)).total == 1
    assert (await lists.mine(deps, snapshot, None, 5)).total == 0
