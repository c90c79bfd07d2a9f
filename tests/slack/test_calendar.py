"""A team's calendar: the address from Slack, what calendar programs read there, and taking it back."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import aiohttp
import pytest
from icalendar import Calendar, Event
from sqlalchemy import select

from bot.domain.catalog import PersonClaim, Runs
from bot.playground.fake_slack import PostedMessage
from bot.services import snapshot
from bot.store import tables
from tests.slack.conftest import HERE, Stage, asset, organisation, team_owns
from tests.slack.test_eol import inventory
from tests.slack.test_eol_answers import copied
from tests.slack.test_whoowns import buttons


@dataclass(frozen=True)
class Fetched:
    status: int
    headers: Mapping[str, str]
    body: bytes


@pytest.fixture
def public_url() -> str:
    return "https://baton.example.test"


@pytest.fixture
async def stocked(stage: Stage) -> Stage:
    await stage.bring(inventory())
    return stage


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def path_in(message: PostedMessage) -> str:
    """The path of the address that a message shows."""
    return message.text.split("```https://baton.example.test")[1].split("```")[0]


async def fetch(http: aiohttp.ClientSession, stage: Stage, path: str, **headers: str) -> Fetched:
    async with http.get(stage.baton.url + path, headers=headers) as response:
        return Fetched(response.status, response.headers, await response.read())


async def events(http: aiohttp.ClientSession, stage: Stage, path: str) -> list[Event]:
    response = await fetch(http, stage, path)
    assert response.status == 200
    return list(Calendar.from_ical(response.body).events)


async def rows(stage: Stage, table: Any) -> list[Any]:
    async with stage.database.reading() as session:
        return list((await session.execute(select(table).order_by(table.id))).scalars())


async def test_the_dates_of_a_team_at_an_address_that_is_shown_once(
    stocked: Stage, http: aiohttp.ClientSession
) -> None:
    answer = await stocked.ask("/baton calendar payments")
    assert answer.ephemeral_for == stocked.slack.workspace.user("grace").id
    path = path_in(answer)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) == 64
    [link] = await rows(stocked, tables.CalendarLink)
    assert link.digest == hashlib.sha256(token.encode()).hexdigest()
    response = await fetch(http, stocked, path)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, max-age=900"
    unshared = response.headers["Referrer-Policy"], response.headers["X-Robots-Tag"]
    assert unshared == ("no-referrer", "noindex"), "the address is a secret"
    calendar = Calendar.from_ical(response.body)
    assert str(calendar["X-WR-CALNAME"]) == "End of life: Payments"
    by_summary = {str(event["SUMMARY"]): event for event in calendar.events}
    money = by_summary["Amazon RDS for PostgreSQL 11: the price of extended support rises"]
    assert money["DTSTART"].dt == date(2026, 4, 1)
    assert money["DTEND"].dt == date(2026, 4, 2)
    assert money["DTSTART"].params["VALUE"] == "DATE"
    assert "payments-db" in money["DESCRIPTION"]
    [alarm] = money.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(days=-30)
    python = by_summary.get("Python 3.8: support ends")
    assert python is None, "what ended long ago is no date to wait for"
    again = await stocked.ask("/baton calendar payments")
    assert token not in again.text
    assert " since <!date^" in again.text


async def test_an_event_stays_the_same_one_when_its_date_moves(stocked: Stage, http: aiohttp.ClientSession) -> None:
    path = path_in(await stocked.ask("/baton calendar payments"))
    [before] = await events(http, stocked, path)
    again = await fetch(http, stocked, path)
    async with stocked.database.transaction() as session:
        session.add(
            tables.DateChange(
                product="amazon-rds-postgresql", cycle="11", clock="eoes", before="2027-03-31", after="2027-06-30",
                at=stocked.clock.now() + timedelta(hours=1),
            )
        )  # fmt: skip
    stocked.clock.advance(timedelta(hours=1))
    [after] = await events(http, stocked, path)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert (await fetch(http, stocked, path)).headers["ETag"] != again.headers["ETag"]


async def test_nothing_is_sent_again_that_has_not_changed(stocked: Stage, http: aiohttp.ClientSession) -> None:
    path = path_in(await stocked.ask("/baton calendar payments"))
    first = await fetch(http, stocked, path)
    stocked.clock.advance(timedelta(minutes=11))
    second = await fetch(http, stocked, path, **{"If-None-Match": f'W/{first.headers["ETag"]}, "other"'})
    assert (second.status, second.body) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]


async def test_text_of_strangers_stays_text(stage: Stage, http: aiohttp.ClientSession) -> None:
    catalog = organisation()
    name = "evil;,\\\r\nBEGIN:VALARM\nATTENDEE:mailto:a@example.test"
    catalog.assets.append(asset(name, owners=(team_owns("Search"),), runs=(Runs("nodejs", "24"),)))
    await stage.bring(catalog)
    path = path_in(await stage.ask("/baton calendar", user="solo"))
    body = (await fetch(http, stage, path)).body
    [event] = Calendar.from_ical(body).events
    assert "ATTENDEE" not in event
    assert "evil;,\\" in event["DESCRIPTION"]
    assert b"\r\nATTENDEE" not in body


@pytest.mark.parametrize(
    "path", ["/calendar/x.ics", f"/calendar/{'a' * 64}.ics", "/calendar/.ics", "/calendar/%2e%2e.ics", "/calendar/"]
)
async def test_other_addresses_say_nothing(stocked: Stage, http: aiohttp.ClientSession, path: str) -> None:
    await stocked.ask("/baton calendar payments")
    response = await fetch(http, stocked, path)
    assert response.status == 404
    assert b"ayments" not in response.body


async def test_revoked_is_gone_at_once_and_twice_does_no_harm(stocked: Stage, http: aiohttp.ClientSession) -> None:
    answer = await stocked.ask("/baton calendar payments")
    path = path_in(answer)
    assert (await fetch(http, stocked, path)).status == 200
    await stocked.press(answer, "calendar.revoke")
    said = stocked.slack.visible_messages("grace", "general")[-1]
    assert "The address for the calendar of *Payments* has ended." in said.text
    assert "calendar/" not in said.text
    gone = await fetch(http, stocked, path)
    assert (gone.status, gone.body) == (404, b"There is no calendar at this address.")
    entries = [(row.action, row.actor.split(":")[0]) for row in await rows(stocked, tables.AuditEntry)]
    assert ("calendar.create", "person") in entries
    assert ("calendar.revoke", "person") in entries


async def test_a_new_address_ends_the_persons_old_one_and_nobody_elses(
    stocked: Stage, http: aiohttp.ClientSession
) -> None:
    adas = path_in(await stocked.ask("/baton calendar", user="ada"))
    mine = path_in(await stocked.ask("/baton calendar"))
    existing = await stocked.ask("/baton calendar")
    assert set(buttons(existing)) == {"New address", "Revoke", "Revoke both"}
    stale = await copied(stocked, "general", existing.blocks)
    await stocked.press(existing, "calendar.renew")
    new = path_in(existing)
    await stocked.press(stale, "calendar.renew")
    assert "That address has ended already" in stocked.slack.visible_messages("grace", "general")[-1].text
    assert [(await fetch(http, stocked, path)).status for path in (adas, mine, new)] == [200, 404, 200]
    await stocked.press(existing, "calendar.revoke_all")
    assert [(await fetch(http, stocked, path)).status for path in (adas, new)] == [404, 404]


async def test_only_the_team_has_it(stocked: Stage) -> None:
    refused = await stocked.ask("/baton calendar search")
    assert "Only members of Search and their leads can have its calendar" in refused.text
    assert await rows(stocked, tables.CalendarLink) == []
    assert "The catalog has you in no team" in (await stocked.ask("/baton calendar", user="eve")).text
    assert "There is no team *zzqq*" in (await stocked.ask("/baton calendar zzqq")).text


async def test_a_button_in_the_wrong_hands_does_nothing(stocked: Stage, http: aiohttp.ClientSession) -> None:
    answer = await stocked.ask("/baton calendar payments")
    message = stocked.slack.workspace.messages[answer.channel][answer.ts]
    message.ephemeral_for = stocked.slack.workspace.user("solo").id
    await stocked.press(answer, "calendar.revoke", user="solo")
    said = stocked.slack.visible_messages("solo", "general")[-1]
    assert "Only members of Payments and their leads can have its calendar" in said.text
    assert (await fetch(http, stocked, path_in(answer))).status == 200


async def test_an_address_ends_when_its_maker_leaves_the_team(stocked: Stage, http: aiohttp.ClientSession) -> None:
    path = path_in(await stocked.ask("/baton calendar payments"))
    assert (await fetch(http, stocked, path)).status == 200
    catalog = inventory()
    catalog.people = [
        PersonClaim(name="Grace Marsh", email="grace@example.test", teams=("Search",), origin=HERE)
        if each.name == "Grace Marsh"
        else each
        for each in catalog.people
    ]
    await stocked.bring(catalog)
    await snapshot.refresh(stocked.baton.context.snapshot, stocked.database)
    assert (await fetch(http, stocked, path)).status == 404


async def test_somebody_in_two_teams_is_asked_which(stocked: Stage) -> None:
    catalog = inventory()
    lin = catalog.people[2]
    catalog.people[2] = PersonClaim(name=lin.name, email=lin.email, teams=("Platform", "Search"), origin=HERE)
    await stocked.bring(catalog)
    asked = await stocked.ask("/baton calendar", user="lin")
    assert "Which of your teams? `/baton calendar Platform`, `/baton calendar Search`" in asked.text


class TestWithoutAnAddress:
    @pytest.fixture
    def public_url(self) -> str:
        return ""

    async def test_it_says_what_to_set(self, stage: Stage) -> None:
        assert "BATON_PUBLIC_URL" in (await stage.ask("/baton calendar payments")).text
        assert await rows(stage, tables.CalendarLink) == []
