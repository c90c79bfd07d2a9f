"""Who is who: by Slack id, by e-mail, or new; and who has left."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.errors import SlackError
from bot.services.deps import Deps
from bot.services.people import accounts_to_ask, identify, sync_members
from bot.store import queries
from bot.store.db import Database
from bot.store.tables import AuditEntry, Person
from tests.conftest import FixedClock
from tests.services.fakes import FakePort, member

pytestmark = pytest.mark.sql


@pytest.fixture
def deps(database: Database, clock: FixedClock) -> Deps:
    return Deps(database, clock)


@pytest.fixture
def slack(clock: FixedClock) -> FakePort:
    return FakePort(clock)


async def add(deps: Deps, *people: Person) -> list[int]:
    async with deps.database.transaction() as session:
        session.add_all(people)
        await session.flush()
        return [person.id or 0 for person in people]


async def everybody(deps: Deps) -> list[Person]:
    async with deps.database.reading() as session:
        return list((await session.execute(select(Person).order_by(col(Person.id)))).scalars())


async def revision(deps: Deps) -> int:
    async with deps.database.engine.connect() as connection:
        return await queries.revision(connection)


async def audited(deps: Deps) -> list[str]:
    async with deps.database.reading() as session:
        return list((await session.execute(select(col(AuditEntry.action)).order_by(col(AuditEntry.id)))).scalars())


class TestIdentify:
    async def test_by_slack_id_without_asking_slack(self, deps: Deps, slack: FakePort) -> None:
        [ada] = await add(deps, Person(name="Ada", slack_id="U1"))
        before = await revision(deps)
        assert await identify(deps, slack, "U1") == ada
        assert slack.looked_up == []
        assert await revision(deps) == before

    async def test_by_email_and_from_then_on_by_slack_id(self, deps: Deps, slack: FakePort) -> None:
        _, ada = await add(
            deps, Person(name="Bo", email="bo@example.test"), Person(name="Ada", email="ada@example.test")
        )
        slack.know([member("U1", "ada.b", email="ada@example.test")])
        assert [await identify(deps, slack, "U1") for _ in range(2)] == [ada, ada]
        assert slack.looked_up == ["U1"]
        row = (await everybody(deps))[1]
        assert (row.slack_id, row.name, row.timezone) == ("U1", "Ada", "Europe/London")
        assert row.revision == await revision(deps)
        assert await audited(deps) == ["people.identify"]

    async def test_somebody_new(self, deps: Deps, slack: FakePort) -> None:
        slack.know([member("U1", "Ada", email="ada@example.test")])
        found = await identify(deps, slack, "U1")
        [row] = await everybody(deps)
        assert (row.id, row.name, row.slack_id, row.email) == (found, "Ada", "U1", "ada@example.test")

    async def test_who_has_no_email_is_nobody_else_without_one(self, deps: Deps, slack: FakePort) -> None:
        known = await add(deps, Person(name="Handle only", handle="octo"), Person(name="Bo", slack_id="U9"))
        slack.know([member("U1", "Ada"), member("U2", "Lin")])
        found = [await identify(deps, slack, each) for each in ("U1", "U2")]
        assert len({*known, *found}) == 4
        assert [(row.name, row.slack_id) for row in await everybody(deps)] == [
            ("Handle only", None),
            ("Bo", "U9"),
            ("Ada", "U1"),
            ("Lin", "U2"),
        ]

    async def test_another_accounts_address_does_not_make_them_that_person(self, deps: Deps, slack: FakePort) -> None:
        [ada] = await add(deps, Person(name="Ada", slack_id="U1", email="ada@example.test"))
        slack.know([member("U2", "Ada too", email="ada@example.test")])
        other = await identify(deps, slack, "U2")
        assert other != ada
        assert [(row.slack_id, row.email) for row in await everybody(deps)] == [
            ("U1", "ada@example.test"),
            ("U2", None),
        ]
        assert await identify(deps, slack, "U2") == other
        assert slack.looked_up == ["U2"]

    async def test_a_name_that_the_catalog_lacks_is_filled_in(self, deps: Deps, slack: FakePort) -> None:
        await add(deps, Person(email="ada@example.test"))
        slack.know([member("U1", "Ada", email="ada@example.test")])
        await identify(deps, slack, "U1")
        assert [row.name for row in await everybody(deps)] == ["Ada"]

    async def test_somebody_whom_slack_does_not_know(self, deps: Deps, slack: FakePort) -> None:
        with pytest.raises(SlackError):
            await identify(deps, slack, "U1")
        assert await everybody(deps) == []

    @pytest.mark.parametrize("email", ["", "ada@example.test"])
    async def test_two_clicks_at_once_are_one_person(self, deps: Deps, slack: FakePort, email: str) -> None:
        slack.know([member("U1", "Ada", email=email)])
        found = await asyncio.gather(*(identify(deps, slack, "U1") for _ in range(6)))
        assert len(set(found)) == 1
        assert len(await everybody(deps)) == 1


class TestSyncMembers:
    async def test_slack_ids_by_email_and_leavers_by_id(self, deps: Deps) -> None:
        await add(
            deps,
            Person(name="Ada", email="ada@example.test"),
            Person(name="Bo", slack_id="U2"),
            Person(name="Not in Slack", email="cy@example.test"),
        )
        members = [
            member("U1", "Ada B", email="ada@example.test"),
            member("U2", "Bo", is_active=False),
            member("U3", "Stranger", email="dee@example.test"),
        ]
        assert await sync_members(deps, members) == 2
        found = {row.name: (row.slack_id, row.is_active) for row in await everybody(deps)}
        assert found == {"Ada": ("U1", True), "Bo": ("U2", False), "Not in Slack": (None, True)}
        assert {row.name for row in await everybody(deps) if row.revision == await revision(deps)} == {"Ada", "Bo"}
        assert await audited(deps) == ["people.sync"]

    async def test_a_second_time_changes_nothing(self, deps: Deps) -> None:
        await add(deps, Person(name="Ada", email="ada@example.test"))
        members = [member("U1", email="ada@example.test")]
        assert await sync_members(deps, members) == 1
        before = await revision(deps)
        assert await sync_members(deps, members) == 0
        assert await revision(deps) == before
        assert await audited(deps) == ["people.sync"]

    async def test_who_comes_back_is_active_again(self, deps: Deps) -> None:
        await add(deps, Person(name="Bo", slack_id="U2", is_active=False, is_deactivated=True))
        assert await sync_members(deps, [member("U2")]) == 1
        assert [row.is_active for row in await everybody(deps)] == [True]

    async def test_whoever_has_left_by_the_catalog_does_not_come_back_by_an_account(self, deps: Deps) -> None:
        await add(deps, Person(name="Bo", slack_id="U2", is_active=False, has_left=True))
        await sync_members(deps, [member("U2", "Bo")])
        assert [row.is_active for row in await everybody(deps)] == [False]

    async def test_nobody_leaves_because_slack_does_not_list_them(self, deps: Deps) -> None:
        await add(deps, Person(name="Bo", slack_id="U2"))
        assert await sync_members(deps, []) == 0
        assert [row.is_active for row in await everybody(deps)] == [True]

    async def test_no_slack_id_is_taken_from_whom_it_belongs_to(self, deps: Deps) -> None:
        await add(
            deps,
            Person(name="Ada", slack_id="U1"),
            Person(name="Her address", email="ada@example.test"),
        )
        await sync_members(deps, [member("U1", "Ada", email="ada@example.test")])
        assert [row.slack_id for row in await everybody(deps)] == ["U1", None]

    async def test_a_slack_id_is_not_exchanged_for_that_of_the_address(self, deps: Deps) -> None:
        await add(
            deps,
            Person(name="Ada", slack_id="U-elsewhere", email="ada@example.test"),
            Person(name="Lin", slack_id="U1"),
        )
        members = [member("U1", "Lin", email="ada@example.test"), member("U5", "x", email="ada@example.test")]
        await sync_members(deps, members)
        assert [row.slack_id for row in await everybody(deps)] == ["U-elsewhere", "U1"]

    @pytest.mark.parametrize("order", [1, -1])
    async def test_of_two_accounts_with_one_address_the_active_one_counts(self, deps: Deps, order: int) -> None:
        await add(deps, Person(name="Ada", email="ada@example.test"))
        accounts = [
            member("U1", email="ada@example.test", is_active=False),
            member("U2", email="ada@example.test"),
        ]
        await sync_members(deps, accounts[::order])
        assert [(row.slack_id, row.is_active) for row in await everybody(deps)] == [("U2", True)]

    async def test_bots_are_nobody(self, deps: Deps) -> None:
        await add(deps, Person(name="Deploys", email="deploys@example.test"))
        assert await sync_members(deps, [member("U1", email="deploys@example.test", is_bot=True)]) == 0


async def test_whose_an_address_is_says_slack_and_not_a_file(deps: Deps) -> None:
    await add(deps, Person(name="Ada", email="ada@example.test", slack_id="U0EVE"))
    await sync_members(
        deps,
        [member("U0ADA", email="ada@example.test"), member("U0EVE", email="eve@example.test")],
    )
    [ada] = await everybody(deps)
    assert ada.slack_id == "U0ADA"


async def test_accounts_that_a_file_exchanged_are_exchanged_back(deps: Deps) -> None:
    await add(
        deps,
        Person(name="Ada", email="ada@example.test", slack_id="U0EVE"),
        Person(name="Eve", email="eve@example.test", slack_id="U0ADA"),
    )
    members = [member("U0ADA", email="ada@example.test"), member("U0EVE", email="eve@example.test")]
    assert await sync_members(deps, members) == 2
    assert [row.slack_id for row in await everybody(deps)] == ["U0ADA", "U0EVE"]
    assert await sync_members(deps, members) == 0


async def test_an_account_that_is_rightly_anothers_stays_so(deps: Deps) -> None:
    await add(
        deps,
        Person(name="Ada", email="ada@example.test", slack_id="U0EVE"),
        Person(name="Eve", email="eve@example.test", slack_id="U0ADA"),
        Person(name="Also Eve", slack_id="U0OLD"),
    )
    members = [
        member("U0ADA", email="ada@example.test"),
        member("U0EVE", email="eve@example.test", is_active=False),
        member("U0OLD", email="eve@example.test"),
    ]
    await sync_members(deps, members)
    assert [row.slack_id for row in await everybody(deps)] == ["U0EVE", "U0ADA", "U0OLD"]


async def test_whom_to_ask_about_are_accounts_of_other_parts_whose_address_is_here(deps: Deps) -> None:
    await add(
        deps,
        Person(name="Ada", email="ada@example.test", slack_id="U0EVE"),
        Person(name="Bo", email="bo@example.test", slack_id="U0BO"),
        Person(name="Cy", email="cy@example.test"),
        Person(name="Dee", email="dee@example.test", slack_id="U0DEE"),
        Person(name="Fay", email="fay@example.test", slack_id="U0FAY"),
    )
    here = [
        member("U0ADA", email="ada@example.test"),
        member("U0BO", email="bo@example.test"),
        member("U0CY", email="cy@example.test"),
        member("U0OLD", email="dee@example.test", is_active=False),
        replace(member("U0GUEST", email="fay@example.test"), is_guest=True),
    ]
    assert await accounts_to_ask(deps, here) == ["U0EVE"]
