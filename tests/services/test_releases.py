"""What is given up, and what is unowned on purpose, while owners change: what is over does not come to life again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.catalog import Area
from bot.domain.ownership import Unowned, UnownedOnPurpose
from bot.errors import NotFoundError, UserError
from bot.services import claims, owner_questions, release
from bot.services.actors import Decider
from bot.services.catalog.teams import merge_teams
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import asset, owner
from tests.services.test_handoff_changes import AREAS, Three, begun

FILL = begun


@pytest.fixture
async def world(database: Database, clock: Any) -> Three:
    made = Three(database, clock)
    await made.resume()
    return made


@pytest.fixture
async def admin(world: Three) -> Three:
    """A catalog admin is there, and `orders` is of tier 1."""
    await world.add(tables.SlackMember(slack_id="U1", standing="member", seen_at=world.clock.now()))
    world.deps = replace(world.deps, catalog_admins=("U1",))
    await world.bring(asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS), tier=1))
    grace = world.snapshot.person(world.people["Grace"])
    assert grace is not None
    world.snapshot.put_people([replace(grace, slack_id="U1")])
    return world


async def give_up(world: Three, who: str, area: Area | None) -> None:
    giving: dict[str, Any] = {"area": area, "person_id": world.people[who], "reason": "We moved away"}
    await release.release(world.deps, world.snapshot, asset_id=1, **giving)


async def confirm(world: Three, release_id: int) -> None:
    granting: dict[str, Any] = {"by": Decider(world.people["Grace"], "U1"), "is_granted": True}
    await release.decide(world.deps, world.snapshot, release_id=release_id, **granting)


async def test_what_went_away_and_came_back_is_not_given_up_by_an_old_request(admin: Three) -> None:
    await give_up(admin, "Omar", Area.DATABASE)
    await admin.move("Omar", "DevOps", "Payments", "Ada")
    await admin.move("Ada", "Payments", "DevOps", "Omar")
    await admin.bring(asset("1", "orders", owner("DevOps", area=Area.MONITORING), tier=1))
    with pytest.raises(NotFoundError, match="It has changed hands since that was asked"):
        await confirm(admin, 1)
    assert await admin.owner_of(Area.DATABASE) == {"DevOps"}
    await give_up(admin, "Omar", Area.DATABASE)
    with pytest.raises(NotFoundError, match="That is settled already"):
        await confirm(admin, 1)
    await confirm(admin, 2)
    assert await admin.owner_of(Area.DATABASE) == set()


async def test_one_area_does_not_wait_for_another(admin: Three) -> None:
    await give_up(admin, "Omar", Area.DATABASE)
    with pytest.raises(UserError, match="Somebody has asked for that already"):
        await give_up(admin, "Omar", Area.DATABASE)
    await give_up(admin, "Omar", Area.MONITORING)
    await confirm(admin, 2)
    assert await admin.owner_of(Area.MONITORING) == set()


async def test_a_question_is_not_ended_by_a_memory_that_is_behind(world: Three) -> None:
    """Another process may have given it up since this one looked."""
    world.deps = replace(world.deps, platform_channel="C0PLATFORM1")
    await world.bring(asset("1", "orders", *(owner("DevOps", area=area) for area in AREAS)))
    behind = Snapshot()
    await refresh(behind, world.deps.database)
    await give_up(world, "Omar", Area.DATABASE)
    assert [each.key for each in await world.rows(tables.OutboxMessage)] == [owner_questions.given_up_key(1)]
    assert not await owner_questions.end_owned(world.deps, behind)


async def test_what_somebody_has_owned_since_is_not_unowned_on_purpose_again(admin: Three) -> None:
    await admin.bring(asset("1", "orders"))
    mark: dict[str, Any] = {"reason": "Everybody may break it", "until": date(2026, 6, 1)}
    by: dict[str, Any] = {"by": Decider(admin.people["Omar"], "U1"), "reviewer_id": admin.people["Omar"]}
    await release.mark_unowned(admin.deps, admin.snapshot, asset_id=1, **by, **mark)
    await admin.remember()
    assert isinstance(look_up(admin.deps, admin.snapshot, 1), UnownedOnPurpose)
    search: dict[str, Any] = {"team_id": admin.teams_by_name["Search"], "person_id": admin.people["Solo"]}
    await claims.claim(admin.deps, admin.snapshot, asset_id=1, **search)
    admin.clock.advance(timedelta(days=1))
    await give_up(admin, "Solo", None)
    await admin.remember()
    assert isinstance(look_up(admin.deps, admin.snapshot, 1), Unowned)


@pytest.mark.sql
@pytest.mark.parametrize(("name", "into"), [("DevOps", "Search"), ("Search", "DevOps")])
async def test_what_one_of_two_teams_gave_up_and_the_other_owns_stays_with_both_as_one(
    world: Three, name: str, into: str
) -> None:
    await give_up(world, "Omar", None)
    search = (owner("Search", area=Area.DATABASE), owner("Payments", area=Area.MONITORING))
    await world.bring(asset("1", "orders", *search))
    await merge_teams(world.deps, name=name, into=into, actor="cli")
    await world.bring(asset("1", "orders", *search, tier=2))
    assert await world.owner_of(Area.DATABASE) == {into}
    [given_up] = await world.rows(tables.Release)
    assert given_up.areas == [Area.MONITORING.value], "what is a third team's was given up all the same"
    assert given_up.ended_at is None


async def test_the_owner_hears_what_was_confirmed_when_whoever_asked_has_left(admin: Three) -> None:
    await give_up(admin, "Omar", Area.DATABASE)
    async with admin.database.transaction() as session:
        (await session.get_one(tables.Person, admin.people["Omar"])).is_active = False
    admin.snapshot = Snapshot()
    await admin.remember()
    await confirm(admin, 1)
    [told] = [row for row in await admin.rows(tables.OutboxMessage) if row.key == "release:1:answer"]
    assert told.channel == "#devops"
