"""Handoffs with several people at once, on both databases; and what the daily pass says of them once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.catalog import Area
from bot.domain.handoff.due import DueKind
from bot.domain.handoff.handoffs import HandoffStep, HandoffTerms, ResourceState
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services import inbound, release, transfers
from bot.services.actors import Decider
from bot.services.daily_pass import DailyPass
from bot.services.handoff import due_days, offers, steps
from bot.services.handoff.contribution import Handoffs
from bot.services.handoff.offers import NewHandoff
from bot.services.inbound import Interaction
from bot.services.matters import answers, doubts
from bot.services.snapshot import Snapshot, refresh
from bot.services.transfers import Resource, Terms
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import Said, World, asset, owner, person, team

AREAS = (Area.DATABASE, Area.MONITORING)
PEOPLE: tuple[Said, ...] = (
    *(person(name=name, email=f"{name}@example.test") for name in ("Omar", "Ada", "Grace")),
    team("DevOps", channel="#devops", members=("omar@example.test",)),
    team("Payments", channel="#payments", members=("ada@example.test", "grace@example.test")),
)


class Givers(World):
    """DevOps (Omar) has two areas of `orders`, which it offers to Payments (Ada, Grace)."""

    snapshot: Snapshot
    teams_by_name: dict[str, int]
    people: dict[str, int]
    claims: tuple[Said, ...]

    async def begin(self) -> None:
        self.claims = PEOPLE
        await self.load(
            "backstage",
            *self.claims,
            asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS)),
        )
        self.snapshot = Snapshot()
        await refresh(self.snapshot, self.database)
        self.teams_by_name = {each.name: each.id for each in self.snapshot.teams()}
        self.people = {row.name: row.id for row in await self.rows(tables.Person)}

    async def offer(self, **terms: Any) -> None:
        new = NewHandoff(
            giver_team_id=self.teams_by_name["DevOps"],
            receiver_team_id=self.teams_by_name["Payments"],
            resources=tuple(Resource(1, area) for area in AREAS),
            person_id=self.people["Omar"],
            terms=HandoffTerms(**terms),
        )
        await offers.offer(self.deps, self.snapshot, new)

    async def take(self, who: str, step: HandoffStep, *resources: int, number: int = 1) -> steps.StepTaken:
        return await steps.take(
            self.deps,
            self.snapshot,
            handoff_id=number,
            person_id=self.people[who],
            step=step,
            version=1,
            resource_ids=resources,
        )

    async def hear_of_search(self) -> None:
        """A file says that the database is Search's."""
        await self.load(
            "backstage",
            *(person(name=name, email=f"{name}@example.test") for name in (*self.people, "Solo")),
            team("DevOps", channel="#devops", members=("omar@example.test",)),
            team("Payments", channel="#payments", members=("ada@example.test", "grace@example.test")),
            team("Search", channel="#search", members=("solo@example.test",)),
            asset("1", "orders", owner("Search", area=Area.DATABASE), owner("DevOps", area=Area.MONITORING)),
        )
        await refresh(self.snapshot, self.database)

    async def owner_of(self, area: Area) -> set[str]:
        """The names of the teams that own an area by the facts in force."""
        names = {row.id: row.name for row in await self.rows(tables.Team)}
        return {names[each.team_id] for each in await self.facts() if each.area == area and each.role == "owner"}

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows(tables.HandoffResource)]


@pytest.fixture
async def givers(database: Database, clock: Any) -> Givers:
    made = Givers(database, clock)
    await made.begin()
    return made


@pytest.mark.sql
async def test_two_who_accept_at_once_move_it_once(givers: Givers) -> None:
    await givers.offer()
    done = await asyncio.gather(*(givers.take(who, HandoffStep.ACCEPT) for who in ("Ada", "Grace")))
    assert sorted(each.is_new for each in done) == [False, True]
    assert await givers.states() == [ResourceState.ACCEPTED, ResourceState.ACCEPTED]
    assert len(await givers.rows(tables.Transfer)) == 2
    assert {fact.team_id for fact in await givers.facts()} == {givers.teams_by_name["Payments"]}
    assert len(await givers.facts()) == 2


@pytest.mark.sql
async def test_of_an_acceptance_and_a_withdrawal_at_once_one_counts(givers: Givers) -> None:
    await givers.offer()
    done = await asyncio.gather(
        givers.take("Ada", HandoffStep.ACCEPT), givers.take("Omar", HandoffStep.WITHDRAW), return_exceptions=True
    )
    assert sorted(isinstance(each, UserError) for each in done) == [False, True]
    [state] = set(await givers.states())
    moved = await givers.rows(tables.Transfer)
    assert (state, len(moved)) in [(ResourceState.ACCEPTED, 2), (ResourceState.WITHDRAWN, 0)]


@pytest.mark.sql
async def test_the_same_is_offered_once_at_a_time(givers: Givers) -> None:
    done = await asyncio.gather(givers.offer(), givers.offer(), return_exceptions=True)
    assert sorted(isinstance(each, UserError) for each in done) == [False, True]
    assert len(await givers.states()) == 2


@pytest.mark.sql
async def test_two_processes_let_it_take_effect_once(givers: Givers) -> None:
    await givers.offer(effective_on=datetime(2026, 3, 5, tzinfo=UTC).date())
    await givers.take("Ada", HandoffStep.ACCEPT)
    assert await givers.rows(tables.Transfer) == []
    givers.clock.at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    moved = await asyncio.gather(*(due_days.run(givers.deps, givers.snapshot) for _ in range(2)))
    assert sorted(moved) == [False, True]
    assert len(await givers.rows(tables.Transfer)) == 2


async def test_a_guest_changes_nothing_whoever_they_are(givers: Givers) -> None:
    await givers.offer()

    async def as_a_guest() -> None:
        inbound.begin(Interaction("", may_decide=False))
        await givers.take("Ada", HandoffStep.ACCEPT)

    with pytest.raises(NotAllowedError, match="Guests can ask me anything"):
        await asyncio.create_task(as_a_guest())  # what a task is about is its own
    assert await givers.states() == [ResourceState.OFFERED, ResourceState.OFFERED]


@pytest.mark.sql
async def test_two_passes_at_once_remind_once(givers: Givers) -> None:
    await givers.offer()
    givers.clock.at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    passes = []
    for _ in range(2):
        snapshot = Snapshot()
        await refresh(snapshot, givers.database)
        passes.append(DailyPass(givers.deps, snapshot, WorkingTimes(), [Handoffs(givers.deps, snapshot)]))
    await asyncio.gather(*(each.run() for each in passes))
    await passes[0].run()
    async with givers.database.reading() as session:
        keys = (await session.execute(select(tables.OutboxMessage.key))).scalars().all()
    assert [key for key in keys if key.startswith("handoff.due:")] == ["handoff.due:1:answer:1:2"]
    assert [row.what for row in await givers.rows(tables.HandoffNote)] == ["answer:1:2"]


async def test_what_a_late_pass_missed_is_said_once(givers: Givers) -> None:
    await givers.offer()
    givers.clock.at = datetime(2026, 3, 11, 12, tzinfo=UTC)
    reminding = DailyPass(givers.deps, givers.snapshot, WorkingTimes(), [Handoffs(givers.deps, givers.snapshot)])
    await reminding.run()
    givers.clock.at = datetime(2026, 3, 12, 12, tzinfo=UTC)
    await reminding.run()
    assert [row.what for row in await givers.rows(tables.HandoffNote)] == ["answer:1:5"], "not that after two days"


async def test_what_cannot_take_effect_holds_back_nothing_else(givers: Givers) -> None:
    await givers.offer(effective_on=datetime(2026, 3, 5, tzinfo=UTC).date())
    await givers.take("Ada", HandoffStep.ACCEPT)
    await givers.hear_of_search()
    givers.clock.at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert await due_days.run(givers.deps, givers.snapshot)
    assert await givers.states() == [ResourceState.CALLED_OFF, ResourceState.ACCEPTED]
    assert await givers.owner_of(Area.MONITORING) == {"Payments"}
    assert not await due_days.run(givers.deps, givers.snapshot)


async def test_an_offer_is_over_where_somebody_else_owns_it_meanwhile_and_both_sides_hear_why(givers: Givers) -> None:
    await givers.offer()
    await givers.hear_of_search()
    assert not await due_days.run(givers.deps, givers.snapshot), "nothing changes hands"
    assert await givers.states() == [ResourceState.WITHDRAWN, ResourceState.OFFERED]
    await due_days.run(givers.deps, givers.snapshot)
    sent = {row.key: row.body["text"] for row in await givers.rows(tables.OutboxMessage)}
    told = [text for key, text in sent.items() if key.startswith("handoff.overtaken:")]
    assert len(told) == 2, "both sides, once"
    assert all("withdrawn: Search owns it now." in text for text in told)
    assert "withdrawn: Search owns it now." in sent["handoff.card:1"]
    givers.clock.at = datetime(2026, 3, 25, 12, tzinfo=UTC)
    await due_days.run(givers.deps, givers.snapshot)
    assert await givers.states() == [ResourceState.WITHDRAWN, ResourceState.EXPIRED]


async def test_what_was_asked_for_is_declined_where_its_owner_has_nothing_to_give_any_more(givers: Givers) -> None:
    asked = NewHandoff(
        giver_team_id=givers.teams_by_name["DevOps"],
        receiver_team_id=givers.teams_by_name["Payments"],
        resources=(Resource(1, Area.DATABASE),),
        person_id=givers.people["Ada"],
    )
    await offers.ask(givers.deps, givers.snapshot, asked)
    await givers.hear_of_search()
    await due_days.run(givers.deps, givers.snapshot)
    assert await givers.states() == [ResourceState.DECLINED]
    sent = {row.key: row for row in await givers.rows(tables.OutboxMessage)}
    [news] = [row.body["text"] for key, row in sent.items() if key.startswith("handoff.overtaken:")]
    assert "declined: Search owns it now." in news
    [row] = await givers.rows(tables.Handoff)
    assert row.closed_at is not None


async def test_a_loan_that_cannot_return_is_said_so_and_the_rest_returns(givers: Givers) -> None:
    await givers.offer(loan_until=datetime(2026, 3, 10, tzinfo=UTC).date())
    await givers.take("Ada", HandoffStep.ACCEPT)
    await givers.hear_of_search()
    givers.clock.at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert await due_days.run(givers.deps, givers.snapshot)
    assert await givers.owner_of(Area.MONITORING) == {"DevOps"}
    assert "Payments" in await givers.owner_of(Area.DATABASE)
    sent = {row.key: row.body["text"] for row in await givers.rows(tables.OutboxMessage)}
    told = [text for key, text in sent.items() if key.startswith("handoff.not_returned:")]
    assert len(told) == 2, "both teams"
    assert all("not returned: Search also owns orders (database)" in text for text in told)


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        ({}, datetime(2026, 3, 18, 12, tzinfo=UTC)),
        ({"loan_until": datetime(2026, 3, 4, tzinfo=UTC).date()}, datetime(2026, 3, 4, 12, tzinfo=UTC)),
    ],
)
async def test_what_is_over_is_not_accepted_before_anybody_has_noted_it(
    givers: Givers, terms: dict[str, Any], day: datetime
) -> None:
    await givers.offer(**terms)
    givers.clock.at = day
    with pytest.raises(UserError, match="The offer has expired"):
        await givers.take("Ada", HandoffStep.ACCEPT)
    assert await givers.rows(tables.Transfer) == []


async def test_what_is_lent_is_handed_on_to_nobody_but_its_lender(givers: Givers) -> None:
    await givers.load(
        "more", person(name="Solo", email="solo@example.test"), team("Search", members=("solo@example.test",))
    )
    await refresh(givers.snapshot, givers.database)
    teams = {each.name: each.id for each in givers.snapshot.teams()}
    await givers.offer(loan_until=datetime(2026, 3, 10, tzinfo=UTC).date())
    await givers.take("Ada", HandoffStep.ACCEPT)

    async def pass_on(to: str) -> None:
        new = NewHandoff(
            giver_team_id=teams["Payments"],
            receiver_team_id=teams[to],
            resources=(Resource(1, Area.DATABASE),),
            person_id=givers.people["Ada"],
        )
        await offers.offer(givers.deps, givers.snapshot, new)

    with pytest.raises(UserError, match="DevOps has lent it until 2026-03-10"):
        await pass_on("Search")
    async with givers.database.transaction() as session:
        terms = Terms(frozenset({f"team:{teams['Payments']}"}), teams["Search"], 1, 1, givers.clock.now())
        with pytest.raises(UserError, match="DevOps has lent it until 2026-03-10"):
            await transfers.move(session, givers.deps, givers.snapshot, [Resource(1, Area.DATABASE)], terms)
    await pass_on("DevOps")
    givers.clock.at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert await due_days.run(givers.deps, givers.snapshot)
    assert await givers.owner_of(Area.DATABASE) == {"DevOps"}


async def test_what_came_back_is_asked_about_no_more_and_ends_no_later_overlap(givers: Givers) -> None:
    await givers.offer(overlap_days=10)
    await givers.take("Ada", HandoffStep.ACCEPT)
    back: dict[str, Any] = {"handoff_id": 1, "person_id": givers.people["Grace"], "reason": "No"}
    await offers.hand_back(givers.deps, givers.snapshot, **back)
    await givers.take("Omar", HandoffStep.ACCEPT, number=2)
    with pytest.raises(UserError, match="there is nothing to hand back"):
        await offers.hand_back(
            givers.deps, givers.snapshot, handoff_id=1, person_id=givers.people["Grace"], reason="No"
        )
    givers.clock.at = datetime(2026, 3, 12, 12, tzinfo=UTC)
    await givers.offer(overlap_days=40)
    await givers.take("Ada", HandoffStep.ACCEPT, number=3)
    givers.clock.at = datetime(2026, 4, 6, 12, tzinfo=UTC)
    assert not await due_days.run(givers.deps, givers.snapshot)
    assert sum(each.role == "secondary" for each in await givers.facts()) == 2
    await refresh(givers.snapshot, givers.database)
    key = f"team:{givers.teams_by_name['DevOps']}"
    async with givers.database.reading() as session:
        parts = await Handoffs(givers.deps, givers.snapshot).parts(session, [key])
    assert {each.card.id for each in parts[key].found if each.kind is DueKind.WORKS} == {3}


async def test_nobody_is_asked_whether_it_works_that_somebody_else_owns_by_now(givers: Givers) -> None:
    await givers.offer()
    await givers.take("Ada", HandoffStep.ACCEPT)
    await refresh(givers.snapshot, givers.database)
    key = f"team:{givers.teams_by_name['Payments']}"
    async with givers.database.reading() as session:
        parts = await Handoffs(givers.deps, givers.snapshot).parts(session, [key])
    assert [each.kind for each in parts[key].found] == [DueKind.WORKS]
    await givers.load("backstage", *givers.claims, asset("1", "orders"))
    await refresh(givers.snapshot, givers.database)
    for area in AREAS:
        giving: dict[str, Any] = {"area": area, "person_id": givers.people["Ada"], "reason": "We moved away"}
        await release.release(givers.deps, givers.snapshot, asset_id=1, **giving)
    await refresh(givers.snapshot, givers.database)
    async with givers.database.reading() as session:
        assert key not in await Handoffs(givers.deps, givers.snapshot).parts(session, [key])


async def test_a_loan_that_was_given_up_meanwhile_returns_all_the_same(givers: Givers) -> None:
    await givers.offer(loan_until=datetime(2026, 3, 10, tzinfo=UTC).date())
    await givers.take("Ada", HandoffStep.ACCEPT)
    giving: dict[str, Any] = {"area": Area.DATABASE, "person_id": givers.people["Ada"], "reason": "We moved away"}
    with pytest.raises(UserError, match="A file still names DevOps, who would have it by silence"):
        await release.release(givers.deps, givers.snapshot, asset_id=1, **giving)
    await givers.load("backstage", *givers.claims, asset("1", "orders", owner("DevOps", area=Area.MONITORING)))
    await refresh(givers.snapshot, givers.database)
    await release.release(givers.deps, givers.snapshot, asset_id=1, **giving)
    assert await givers.owner_of(Area.DATABASE) == set()
    givers.clock.at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert await due_days.run(givers.deps, givers.snapshot)
    assert await givers.owner_of(Area.DATABASE) == {"DevOps"}
    assert await givers.owner_of(Area.MONITORING) == {"DevOps"}


async def test_a_release_that_waited_gives_up_nothing_that_was_handed_over_meanwhile(givers: Givers) -> None:
    areas = (owner("DevOps", area=area) for area in AREAS)
    await givers.load("backstage", *givers.claims, asset("1", "orders", *areas, tier=1))
    await refresh(givers.snapshot, givers.database)
    asked: dict[str, Any] = {"area": Area.DATABASE, "person_id": givers.people["Omar"], "reason": "We moved away"}
    deps = replace(givers.deps, catalog_admins=("U1",))
    grace = givers.snapshot.person(givers.people["Grace"])
    assert grace is not None
    givers.snapshot.put_people([replace(grace, slack_id="U1")])  # who can confirm it
    await release.release(deps, givers.snapshot, asset_id=1, **asked)
    await givers.offer()
    await givers.take("Ada", HandoffStep.ACCEPT)
    await givers.add(tables.SlackMember(slack_id="U1", standing="member", seen_at=givers.clock.now()))
    granted: dict[str, Any] = {"by": Decider(givers.people["Grace"], "U1"), "is_granted": True}
    with pytest.raises(NotFoundError, match="They do not own it any more"):
        await release.decide(deps, givers.snapshot, release_id=1, **granted)
    assert "ownership.release" not in [row.action for row in await givers.rows(tables.AuditEntry)]


async def test_a_doubt_does_not_bring_back_who_gave_it_while_a_file_still_names_them(givers: Givers) -> None:
    await givers.offer()
    await givers.take("Ada", HandoffStep.ACCEPT)
    doubt = doubts.NewDoubt(asset_id=1, person_id=givers.people["Omar"], area=Area.DATABASE, reason="Who runs it?")
    await doubts.doubt(givers.deps, givers.snapshot, doubt)
    giving: dict[str, Any] = {"matter_id": 1, "by": Decider(givers.people["Ada"], "")}
    with pytest.raises(UserError, match="A file still names DevOps, who would have it by silence"):
        await answers.agree(givers.deps, givers.snapshot, **giving)
    assert await givers.owner_of(Area.DATABASE) == {"Payments"}
    await givers.load("backstage", *givers.claims, asset("1", "orders", owner("DevOps", area=Area.MONITORING)))
    await refresh(givers.snapshot, givers.database)
    await answers.agree(givers.deps, givers.snapshot, **giving)
    assert await givers.owner_of(Area.DATABASE) == set()
