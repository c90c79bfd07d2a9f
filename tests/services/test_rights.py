"""Gates ask with what memory knows, clicks with what the database has: for the same people both come to the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain import ownership as rules
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord, TeamRecord
from bot.domain.rights import Actor, Holders, Right, may
from bot.services import actors, inbound, ownership
from bot.services.inbound import Interaction
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from bot.store.db import Database
from tests.conftest import FixedClock

MEMBER, LEAD, MANAGER, OWNER, STRANGER, LEFT = PEOPLE = range(1, 7)
LIVING, GONE = 1, 2


@pytest.fixture
async def stocked(database: Database, clock: FixedClock) -> Database:
    """A team with somebody of each role, the same of a team that has left the catalog, and somebody who has left."""
    async with database.transaction() as session:
        session.add(tables.Source(id=1, name="people"))
        for each in PEOPLE:
            session.add(
                tables.Person(id=each, name=f"P{each}", slack_id=f"U{each}", is_active=each != LEFT, revision=1)
            )
        await session.flush()
        for team, gone_at in ((LIVING, None), (GONE, clock.now())):
            session.add(
                tables.Team(
                    id=team,
                    folded=f"t{team}",
                    name=f"T{team} & co",
                    lead_id=LEAD,
                    manager_id=MANAGER,
                    gone_at=gone_at,
                    revision=1,
                )
            )
            await session.flush()
            session.add_all(tables.Membership(team_id=team, person_id=each, source_id=1) for each in (MEMBER, LEFT))
    return database


async def test_memory_and_the_database_come_to_the_same(stocked: Database) -> None:
    snapshot = Snapshot()
    await refresh(snapshot, stocked)
    for team_id in (LIVING, GONE):
        for owner_id in (OWNER, None):
            owner = snapshot.person(owner_id) if owner_id is not None else None
            team = snapshot.team(team_id)
            assert team is not None
            gate = Holders((team,), (owner,) if owner else (), asked_by=MEMBER)
            async with stocked.reading() as session:
                click = await actors.holders(session, [team_id, None], people=[owner], asked_by=MEMBER)
            for right in Right:
                here = [each for each in PEOPLE if (person := snapshot.person(each)) is None or person.is_active]
                allowed = [(may(Actor(each), right, gate), may(Actor(each), right, click)) for each in here]
                assert all(before is after for before, after in allowed), (team_id, owner_id, right)
            assert may(Actor(LEAD), Right.PIN, gate) is (team_id == LIVING)
            for held in (gate, click):
                assert not may(actors.remembered(snapshot, f"U{LEFT}"), Right.CONFIRM, held)
            assert not may(Actor(LEFT), Right.CONFIRM, click)


async def test_whoever_could_approve_is_found_by_the_same_table(stocked: Database) -> None:
    async with stocked.reading() as session:
        held = await actors.holders(session, [LIVING, GONE], asked_by=MEMBER)
        assert [team.name for team in held.teams] == ["T1 &amp; co"]
        assert actors.people_who_may(Right.APPROVE, held) == {LEAD, MANAGER}
        assert actors.people_who_may(Right.PIN, held) == {MEMBER, LEAD}


async def test_a_guest_of_a_team_is_shown_no_button(stocked: Database) -> None:
    snapshot = Snapshot()
    await refresh(snapshot, stocked)
    assert may(actors.remembered(snapshot, "U1"), Right.CHANGE)
    inbound.begin(Interaction("", may_decide=False))
    try:
        assert not may(actors.remembered(snapshot, "U1"), Right.CHANGE)
    finally:
        inbound.interaction.set(None)


@pytest.mark.parametrize("is_active", [True, False])
def test_an_orphan_is_not_confirmed(clock: FixedClock, is_active: bool) -> None:
    snapshot = Snapshot()
    snapshot.put_people([PersonRecord(id=OWNER, name="Gus", slack_id="U4", is_active=is_active)])
    snapshot.put_teams([TeamRecord(id=LIVING, name="Payments")])
    fact = OwnershipRecord(id=1, area=Area.ALL, role=Role.OWNER, person_id=OWNER, valid_from=clock.now())
    asset = AssetRecord(id=7, kind=AssetKind.SERVICE, name="checkout", facts=(fact,))
    said = rules.verdict(asset, snapshot, now=clock.now(), stale_after=timedelta(180))
    assert ownership.may_confirm(said, actors.remembered(snapshot, "U4")) is is_active
