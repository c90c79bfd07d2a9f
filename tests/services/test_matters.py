"""Matters while owners change: they go to whoever can answer them then, and nobody else answers them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.blocks.ownership.attestation import attested
from bot.domain.catalog import Area
from bot.domain.handoff.handoffs import HandoffStep
from bot.domain.ownership.matters import MatterState
from bot.errors import NotAllowedError, NotFoundError
from bot.services import attestation, claims
from bot.services.actors import Decider
from bot.services.catalog.teams import merge_teams
from bot.services.claims import ClaimWords
from bot.services.daily_pass import DailyPass
from bot.services.matters import answers, disputes, doubts
from bot.services.matters.contribution import Matters
from bot.services.portfolio import Portfolios
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import asset, owner, person, team
from tests.services.test_handoff_changes import AREAS, Three, begun
from tests.statements import one_connection

FILL = begun


@pytest.fixture
async def world(database: Database, clock: Any) -> Three:
    made = Three(database, clock)
    await made.resume()
    return made


async def reconcile(world: Three) -> list[tables.OwnershipMatter]:
    """Let the daily pass look at what is disputed; return all matters."""
    await world.remember()
    current = await Portfolios(world.deps, world.snapshot).current()
    with one_connection(world.database):
        async with world.database.reading() as session:
            await disputes.reconcile(session, world.deps, world.snapshot, current.disputed)
    return await world.rows(tables.OwnershipMatter)


async def doubt(world: Three, who: str) -> None:
    new = doubts.NewDoubt(asset_id=1, person_id=world.people[who], area=Area.DATABASE, reason="Who runs it?")
    await doubts.doubt(world.deps, world.snapshot, new)


async def test_a_question_goes_along_when_its_owner_becomes_part_of_another_team(world: Three) -> None:
    claiming: dict[str, Any] = {"team_id": world.teams_by_name["Payments"], "person_id": world.people["Ada"]}
    words = ClaimWords(reason="We run it")
    await claims.claim(world.deps, world.snapshot, asset_id=1, area=Area.DATABASE, words=words, **claiming)
    await doubt(world, "Grace")
    await merge_teams(world.deps, name="DevOps", into="Search", actor="cli")
    found = await reconcile(world)
    search = f"team:{world.teams_by_name['Search']}"
    assert [(each.state, each.answerer, each.told_at) for each in found] == [(MatterState.OPEN, search, None)] * 2
    await answers.agree(world.deps, world.snapshot, matter_id=1, by=Decider(world.people["Omar"], ""))
    assert await world.owner_of(Area.DATABASE) == {"Payments"}


async def test_a_dispute_goes_on_with_the_sides_that_are_left(world: Three) -> None:
    await world.load("csv", asset("orders", "orders", owner("Search", area=Area.DATABASE)))
    await world.load("terraform", asset("o", "orders", owner("Payments", area=Area.DATABASE)))
    [asked] = await reconcile(world)
    assert asked.owner == f"team:{world.teams_by_name['DevOps']}"
    await world.bring(asset("1", "orders", owner("DevOps", area=Area.MONITORING)))
    [asked] = await reconcile(world)
    search = f"team:{world.teams_by_name['Search']}"
    assert (asked.owner, asked.answerer) == (search, search)
    deciding: dict[str, Any] = {"owner": search, "by": Decider(world.people["Solo"], "")}
    done = await answers.decide(world.deps, world.snapshot, matter_id=1, **deciding)
    assert done.state is MatterState.KEPT
    assert await world.owner_of(Area.DATABASE) == {"Search"}


async def test_a_dispute_goes_to_somebody_else_when_whoever_was_asked_has_left_the_team(world: Three) -> None:
    async def led_by(lead: str) -> None:
        everybody = [person(name=name, email=f"{name}@example.test", slack_id=f"U{name}") for name in ("Omar", "Grace")]
        led = team("DevOps", channel="#devops", lead=f"{lead}@example.test", members=(f"{lead}@example.test",))
        orders = asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS))
        await world.load("backstage", *everybody, led, team("Payments", members=("ada@example.test",)), orders)

    await led_by("omar")
    await world.load("csv", asset("orders", "orders", owner("Search", area=Area.DATABASE)))
    [asked] = await reconcile(world)
    assert asked.answerer == f"person:{world.people['Omar']}"
    await led_by("grace")
    [asked] = await reconcile(world)
    assert asked.answerer == f"person:{world.people['Grace']}"
    assert asked.owner == f"team:{world.teams_by_name['DevOps']}"


@pytest.mark.sql
async def test_whoever_helps_for_a_while_does_not_answer_for_the_owner(world: Three) -> None:
    await world.pass_on("Omar", "DevOps", "Payments", overlap_days=10)
    await world.take("Ada", HandoffStep.ACCEPT)
    await world.bring(asset("1", "orders"))
    await doubt(world, "Solo")
    with pytest.raises(NotAllowedError, match="can confirm orders: ask"):
        await doubts.confirm(world.deps, world.snapshot, asset_id=1, person_id=world.people["Omar"])
    [asked] = await reconcile(world)
    assert asked.state == MatterState.OPEN
    await doubts.confirm(world.deps, world.snapshot, asset_id=1, person_id=world.people["Ada"])
    [asked] = await reconcile(world)
    assert (asked.state, asked.owner) == (MatterState.KEPT, f"team:{world.teams_by_name['Payments']}")


async def test_a_list_goes_along_when_its_team_becomes_part_of_another_one(world: Three) -> None:
    asked_on = world.clock.now().date()
    await world.add(tables.Attestation(team_id=world.teams_by_name["DevOps"], asset_ids=[1], asked_on=asked_on))
    await merge_teams(world.deps, name="DevOps", into="Search", actor="cli")
    await world.remember()
    answering: dict[str, Any] = {"attestation_id": 1, "person_id": world.people["Omar"]}
    [(confirmed, areas)], _ = await attestation.confirm_list(world.deps, world.snapshot, **answering)
    assert (confirmed.name, areas) == ("orders", (Area.DATABASE, Area.MONITORING))


async def test_a_list_of_a_team_that_is_gone_is_no_longer_there(world: Three) -> None:
    now = world.clock.now()
    await world.add(tables.Team(id=99, folded="old", name="Old", gone_at=now))
    await world.add(tables.Attestation(team_id=99, asset_ids=[1], asked_on=now.date()))
    answering: dict[str, Any] = {"attestation_id": 1, "person_id": world.people["Omar"]}
    with pytest.raises(NotFoundError, match="That list is no longer there: the next digest has another"):
        await attestation.confirm_list(world.deps, world.snapshot, **answering)


async def test_a_list_of_what_is_doubted_does_not_say_that_it_is_somebody_elses(world: Three) -> None:
    asked_on = world.clock.now().date()
    await world.add(tables.Attestation(team_id=world.teams_by_name["DevOps"], asset_ids=[1], asked_on=asked_on))
    await doubt(world, "Grace")
    answering: dict[str, Any] = {"attestation_id": 1, "person_id": world.people["Omar"]}
    said = attested(*await attestation.confirm_list(world.deps, world.snapshot, **answering))
    assert said.text.endswith("or are asked about separately.")


async def test_what_a_team_gives_up_does_not_go_to_a_claim_of_its_own(world: Three) -> None:
    claiming: dict[str, Any] = {"team_id": world.teams_by_name["Search"], "person_id": world.people["Solo"]}
    words = ClaimWords(reason="We run it")
    await claims.claim(world.deps, world.snapshot, asset_id=1, area=Area.DATABASE, words=words, **claiming)
    await doubt(world, "Grace")
    await merge_teams(world.deps, name="Search", into="DevOps", actor="cli")
    await world.remember()
    await answers.agree(world.deps, world.snapshot, matter_id=2, by=Decider(world.people["Omar"], ""))
    assert await world.owner_of(Area.DATABASE) == set()


@pytest.mark.sql
@pytest.mark.parametrize(("name", "into"), [("DevOps", "Search"), ("Search", "DevOps")])
async def test_what_one_of_two_teams_was_ruled_out_of_and_the_other_owns_stays_with_both_as_one(
    world: Three, name: str, into: str
) -> None:
    await world.load("csv", asset("orders", "orders", owner("Search", area=Area.DATABASE)))
    await reconcile(world)
    devops: dict[str, Any] = {"owner": f"team:{world.teams_by_name['DevOps']}", "matter_id": 1}
    await answers.decide(world.deps, world.snapshot, by=Decider(world.people["Omar"], ""), **devops)
    await merge_teams(world.deps, name=name, into=into, actor="cli")
    await world.bring(asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS), tier=2))
    assert await world.owner_of(Area.DATABASE) == {into}
    assert await world.rows(tables.Disownment) == []


async def test_a_team_stays_ruled_out_of_what_a_third_one_owns(world: Three) -> None:
    await world.load("csv", asset("orders", "orders", owner("Search", area=Area.DATABASE)))
    await reconcile(world)
    devops: dict[str, Any] = {"owner": f"team:{world.teams_by_name['DevOps']}", "matter_id": 1}
    await answers.decide(world.deps, world.snapshot, by=Decider(world.people["Omar"], ""), **devops)
    await merge_teams(world.deps, name="Search", into="Payments", actor="cli")
    await world.load("csv", asset("orders", "orders", owner("Search", area=Area.DATABASE), tier=2))
    assert await world.owner_of(Area.DATABASE) == {"DevOps"}


async def tell(world: Three) -> None:
    """Let the daily pass look at whoever has to answer something."""
    await world.remember()
    portfolios = Portfolios(world.deps, world.snapshot)
    matters = Matters(world.deps, world.snapshot, cast("Any", None), portfolios)
    await DailyPass(world.deps, world.snapshot, WorkingTimes(), [matters]).run()


async def admins(world: Three, *names: str) -> None:
    """Let these be catalog admins, each with an account."""
    await world.load(
        "admins", *(person(name=name, email=f"{name}@example.test", slack_id=f"U{name}") for name in names)
    )
    world.deps = replace(world.deps, catalog_admins=frozenset(f"U{name}" for name in names))


async def test_what_reaches_nobody_of_its_side_goes_to_a_catalog_admin_and_then_to_the_next(world: Three) -> None:
    await world.load("csv", asset("n", "novel", owner("Search")))
    await world.load("terraform", asset("m", "novel", owner("Payments")))
    await world.load("people", team("Payments"), team("Search", members=("solo@example.test",)))
    await admins(world, "EVE00000")
    [asked] = await reconcile(world)
    assert (asked.answerer, asked.is_passed_on) == (f"team:{world.teams_by_name['Search']}", False)
    world.clock.at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    for _ in range(2):
        await tell(world)
    [asked] = await world.rows(tables.OwnershipMatter)
    assert (asked.answerer, asked.is_passed_on) == (f"person:{world.people['EVE00000']}", True)
    assert asked.told_at is not None, "nobody could have told Search, which has no place in Slack"
    gone = person(name="EVE00000", email="EVE00000@example.test", slack_id="UEVE00000", is_active=False)
    await admins(world, "ZOE00000")
    await world.load("more admins", gone)
    world.clock.advance(timedelta(days=1))
    for _ in range(2):
        await tell(world)
    [asked] = await world.rows(tables.OwnershipMatter)
    assert asked.answerer == f"person:{world.people['ZOE00000']}"


async def test_a_doubt_that_reaches_nobody_is_over_after_ten_working_days(world: Three) -> None:
    await world.load("csv", asset("n", "novel", owner("Search")))
    await world.remember()
    novel = next(each for each, row in enumerate(await world.rows(tables.Asset), start=1) if row.name == "novel")
    new = doubts.NewDoubt(asset_id=novel, person_id=world.people["Ada"], area=Area.ALL, reason="Who runs it?")
    await doubts.doubt(world.deps, world.snapshot, new)
    for day in range(4, 30):
        world.clock.at = datetime(2026, 3, day, 12, tzinfo=UTC)
        await tell(world)
    [asked] = await world.rows(tables.OwnershipMatter)
    assert asked.state == MatterState.EXPIRED
