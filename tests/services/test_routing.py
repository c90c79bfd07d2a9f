"""Where messages to teams and people go, and what whoever caused them hears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.blocks.outbox import why
from bot.blocks.recipients import said_to
from bot.blocks.text import Rendered
from bot.domain.recipients import NOBODY, Recipient, Told, Via
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.trust import AccountStanding
from bot.services import routing
from bot.services.deps import Deps
from bot.services.outbox import admin
from bot.services.snapshot import Snapshot
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.outbox_world import World

PAY, OPS = "C0PAYMENTS", "C0PLATFORM"
MESSAGE = Rendered("*checkout* is not theirs")


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(Deps(database, clock), clock)


def deps_of(database: Database, platform: str = OPS) -> Deps:
    return Deps(database, FixedClock(), platform_channel=platform)


def snapshot_of(channel: str = PAY, *, lead: bool = True, manager: bool = True) -> Snapshot:
    snapshot = Snapshot()
    snapshot.put_people(
        [
            PersonRecord(id=1, name="Ada Byron", slack_id="U0ADA1234", is_active=lead),
            PersonRecord(id=2, name="Max", slack_id="U0MAX", is_active=manager),
            PersonRecord(id=3, name="Gone", slack_id="U0GONE", is_active=False),
        ]
    )
    snapshot.put_channels({"payments": PAY, "platform": OPS}, is_whole=True)
    snapshot.put_teams([TeamRecord(id=1, name="Payments", channel=channel, lead_id=1, manager_id=2, member_ids=(3,))])
    return snapshot


@pytest.mark.parametrize(
    ("snapshot", "platform", "places"),
    [
        (snapshot_of(), OPS, (PAY, "U0ADA1234", "U0MAX", OPS)),
        (snapshot_of("#payments"), "platform", (PAY, "U0ADA1234", "U0MAX", OPS)),
        (snapshot_of("#archived"), OPS, ("U0ADA1234", "U0MAX", OPS, "#archived")),
        (snapshot_of("C0ARCHIVED"), OPS, ("U0ADA1234", "U0MAX", OPS, "C0ARCHIVED")),
        (snapshot_of("", lead=False), OPS, ("U0MAX", OPS)),
        (snapshot_of("", lead=False, manager=False), "", ()),
    ],
)
async def test_a_team_is_reached_by_the_best_place(
    world: World,
    snapshot: Snapshot,
    platform: str,
    places: tuple[str, ...],
) -> None:
    team = Recipient(team=snapshot.team(1))
    assert routing.places(deps_of(world.deps.database, platform), snapshot, team) == places


STANDINGS = {
    5: AccountStanding.GUEST,
    6: AccountStanding.MEMBER,
    7: AccountStanding.GONE,
    8: None,
    9: AccountStanding.MEMBER,
    10: AccountStanding.STRANGER,
    11: AccountStanding.MEMBER,
    12: AccountStanding.MEMBER,
}


def with_members(channel: str = "C0ARCHIVED", *, lead: bool = False) -> Snapshot:
    """Payments with members of every standing, in no order; the one of whom Slack has not told is number 8."""
    snapshot = snapshot_of(channel, lead=lead, manager=lead)
    snapshot.put_people([PersonRecord(id=each, name=f"Member {each}", slack_id=f"U0MEM{each}") for each in STANDINGS])
    snapshot.put_standings({f"U0MEM{each}": found for each, found in STANDINGS.items() if found is not None})
    team = snapshot.team(1)
    assert team is not None
    snapshot.put_teams([replace(team, member_ids=(3, *sorted(STANDINGS, reverse=True)))])
    return snapshot


async def test_a_team_that_nobody_else_stands_for_is_reached_through_its_first_full_members(world: World) -> None:
    snapshot = with_members()
    team, deps = Recipient(team=snapshot.team(1)), deps_of(world.deps.database, "")
    assert routing.places(deps, snapshot, team) == ("U0MEM6", "U0MEM9", "U0MEM11", "C0ARCHIVED")
    led = with_members(PAY, lead=True)
    everybody = (PAY, "U0ADA1234", "U0MAX", OPS, "U0MEM6", "U0MEM9", "U0MEM11")
    assert routing.places(deps_of(world.deps.database), led, Recipient(team=led.team(1))) == everybody


@pytest.mark.parametrize("code", ["is_archived", "restricted_action", "a_code_of_tomorrow"])
async def test_a_channel_that_refused_is_not_promised_again_until_it_takes_something(world: World, code: str) -> None:
    snapshot, deps = snapshot_of(), replace(world.deps, platform_channel=OPS)
    team = Recipient(team=snapshot.team(1))
    world.slack.refusals[PAY] = code
    await world.put("before", channel=PAY, fallbacks=["U0ADA1234"])
    await world.run(3)
    assert routing.places(deps, snapshot, team) == ("U0ADA1234", "U0MAX", OPS, PAY)
    world.slack.refusals.clear()
    await world.put("after", channel=PAY)
    await world.run(3)
    assert routing.places(deps, snapshot, team)[0] == PAY


@pytest.mark.parametrize("code", ["account_inactive", "user_disabled", "cannot_dm_bot"])
async def test_an_account_that_refused_is_not_promised_again_until_it_takes_something(world: World, code: str) -> None:
    snapshot, deps = with_members("", lead=True), replace(world.deps, platform_channel="")
    team, others = Recipient(team=snapshot.team(1)), ("U0MAX", "U0MEM6", "U0MEM9", "U0MEM11")
    assert routing.places(deps, snapshot, team) == ("U0ADA1234", *others)
    world.slack.refusals["U0ADA1234"] = code
    await world.put("before", channel="U0ADA1234", fallbacks=["U0MAX"])
    await world.run(3)
    assert routing.places(deps, snapshot, team) == (*others, "U0ADA1234")
    world.slack.refusals.clear()
    await world.put("after", channel="U0ADA1234")
    await world.run(3)
    assert routing.places(deps, snapshot, team)[0] == "U0ADA1234"


async def test_a_refusal_is_not_held_against_a_channel_for_ever(world: World) -> None:
    snapshot, deps = snapshot_of(), world.deps
    team, now = Recipient(team=snapshot.team(1)), world.clock.now()
    deps.refusals.add(PAY, "restricted_action", at=now)
    deps.refusals.listed(PAY)
    assert routing.places(deps, snapshot, team)[-1] == PAY
    world.clock.advance(timedelta(days=1))
    assert routing.places(deps, snapshot, team)[0] == PAY
    deps.refusals.add(PAY, "is_archived", at=world.clock.now())
    assert routing.places(deps, snapshot, team)[-1] == PAY
    deps.refusals.listed(PAY)
    assert routing.places(deps, snapshot, team)[0] == PAY


async def test_the_receipt_names_the_member_and_never_whoever_caused_it(world: World) -> None:
    snapshot, at = with_members(""), world.clock.now()
    team, deps = Recipient(team=snapshot.team(1)), deps_of(world.deps.database, "")
    async with world.deps.database.transaction() as session:
        told = await routing.send(session, deps, snapshot, team, key="k", message=MESSAGE, at=at, asker_id="U0MEM6")
    assert (told.via, told.person, told.place) == (Via.MEMBER, "Member 9", "U0MEM9")
    await world.run(3)
    assert [message.channel for message in world.slack.posted] == ["U0MEM9"]


async def test_a_channel_with_other_organisations_is_no_place_unless_it_is_opened(world: World) -> None:
    snapshot = snapshot_of()
    snapshot.put_shared({PAY: True, OPS: False})
    team, deps = Recipient(team=snapshot.team(1)), deps_of(world.deps.database)
    assert routing.places(deps, snapshot, team) == ("U0ADA1234", "U0MAX", OPS)
    assert routing.places(replace(deps, open_channels=frozenset({PAY})), snapshot, team)[0] == PAY
    snapshot.put_shared({OPS: True})
    assert OPS not in routing.places(deps, snapshot, team)
    assert routing.platform_of(deps, snapshot) == ""


async def test_a_channel_counts_until_the_whole_list_is_known_and_its_name_can_change_hands(world: World) -> None:
    snapshot = Snapshot()
    snapshot.put_teams([TeamRecord(id=1, name="Payments", channel="#payments")])
    deps = deps_of(world.deps.database)

    def first() -> str:
        return routing.places(deps, snapshot, Recipient(team=snapshot.team(1)))[0]

    snapshot.add_channels({"platform": OPS})
    assert first() == "#payments"
    snapshot.put_channels({"payments": PAY, "platform": OPS}, is_whole=True)
    assert first() == PAY
    snapshot.put_channels({"platform": OPS}, is_whole=True)
    assert first() == OPS
    snapshot.add_channels({"payments": "C0SECOND"})
    assert first() == "C0SECOND"


async def test_a_leaver_is_reached_through_those_above_their_teams(world: World) -> None:
    snapshot = snapshot_of()
    deps = deps_of(world.deps.database)
    assert routing.places(deps, snapshot, Recipient(person=snapshot.person(3))) == ("U0ADA1234", "U0MAX", OPS)
    assert routing.places(deps, snapshot, NOBODY) == (OPS,)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Told("Payments", Via.OWN, True, PAY), f"I am telling Payments in <#{PAY}>."),
        (Told("Omar", Via.OWN, False, "U0OMAR", "Omar"), "I am telling Omar."),
        (
            Told("Payments", Via.PERSON, True, "U0ADA1234", "Ada Byron"),
            "Payments has no open channel in Slack. I am telling Ada Byron.",
        ),
        (
            Told("Omar", Via.PLATFORM, False, OPS),
            f"Omar has no active account in Slack. I am asking in <#{OPS}>.",
        ),
        (
            Told("Payments", Via.MEMBER, True, "U0MEM4", "Mo"),
            "Payments has no open channel or lead in Slack. I am telling Mo from the team.",
        ),
        (
            Told("Payments", Via.UNLISTED, True, "U0ADA1234", "Ada Byron"),
            "I am trying Ada Byron for Payments. Slack took no message there lately. If it takes none now, I will tell "
            "you.",
        ),
        (
            Told("Omar", Via.UNLISTED, False, "U0OMAR", "Omar"),
            "I am trying Omar. Slack took no message there lately. If it takes none now, I will tell you.",
        ),
        (
            Told("Payments", Via.NOWHERE, True),
            "I can tell nobody: Payments has no open channel or lead in Slack. Talk to them, or ask a catalog admin to "
            "name a channel.",
        ),
    ],
)
def test_a_receipt_names_who_is_told(told: Told, said: str) -> None:
    assert said_to([told]) == said


@dataclass
class Sending:
    """Payments, whose channel and lead may refuse, and people who send them the same message."""

    world: World

    async def send(self, asker: str) -> Told:
        snapshot = snapshot_of(manager=False)
        async with self.world.deps.database.transaction() as session:
            return await routing.send(
                session,
                deps_of(self.world.deps.database, ""),
                snapshot,
                Recipient(team=snapshot.team(1)),
                key="k",
                message=MESSAGE,
                at=self.world.clock.now(),
                asker_id=asker,
            )

    def heard(self, asker: str) -> list[str]:
        return [message.text for message in self.world.slack.posted if message.channel == asker]


@pytest.fixture
def sending(world: World) -> Sending:
    return Sending(world)


async def test_what_is_delivered_where_the_receipt_said_needs_no_second_word(sending: Sending) -> None:
    assert (await sending.send("U0EVE")).place == PAY
    await sending.world.run(3)
    assert sending.heard("U0EVE") == []
    again = await sending.send("U0OMAR")
    assert (again.place, again.is_new) == (PAY, False)


async def test_whoever_caused_it_hears_that_it_went_to_somebody_else(sending: Sending) -> None:
    sending.world.slack.refusals[PAY] = "is_archived"
    await sending.send("U0EVE")
    await sending.world.run(3)
    assert sending.heard("U0EVE") == [
        f"I told <@U0ADA1234> instead. <#{PAY}>: the channel is archived.\n> *checkout* is not theirs"
    ]
    again = await sending.send("U0OMAR")
    assert (again.place, again.person, again.is_new) == ("U0ADA1234", "Ada Byron", False)


@pytest.mark.parametrize("code", ["is_archived", "account_inactive", "invalid_blocks", "a_code_of_tomorrow"])
async def test_everybody_who_waits_hears_that_nobody_was_told_whatever_the_refusal(sending: Sending, code: str) -> None:
    sending.world.slack.refusals |= {PAY: code, "U0ADA1234": code}
    for asker in ("U0EVE", "U0OMAR"):
        assert (await sending.send(asker)).is_new
    await sending.world.run(3)
    assert (await sending.world.row("k")).state == "failed"
    for asker in ("U0EVE", "U0OMAR"):
        [said] = sending.heard(asker)
        assert said.startswith(f"I could not reach anybody for *Payments*: {why(code)}. Talk to them, or")
        assert said.endswith("\n> *checkout* is not theirs")


async def test_of_what_slack_may_have_taken_nobody_says_that_it_is_lost(sending: Sending) -> None:
    sending.world.slack.refusals[PAY] = "internal_error"
    await sending.send("U0EVE")
    await sending.world.run(3600, step=60)
    [said] = sending.heard("U0EVE")
    assert said.startswith("I may not have reached *Payments*: Slack had trouble. Talk to them")


async def test_what_was_lost_is_sent_when_somebody_else_asks_and_the_first_hears_of_it(sending: Sending) -> None:
    sending.world.slack.refusals |= {PAY: "is_archived", "U0ADA1234": "user_disabled"}
    await sending.send("U0EVE")
    await sending.world.run(3)
    sending.world.slack.refusals.clear()
    assert (await sending.send("U0OMAR")).is_new
    await sending.world.run(3)
    assert [message.text for message in sending.world.slack.posted if message.channel == PAY] == [MESSAGE.text]
    assert sending.heard("U0EVE") == [f"*Payments* has been told now (<#{PAY}>).\n> *checkout* is not theirs"]
    assert sending.heard("U0OMAR") == []


async def test_whoever_causes_it_is_not_told_in_place_of_others(world: World) -> None:
    snapshot = snapshot_of("")
    async with world.deps.database.transaction() as session:
        at = world.clock.now()
        team = Recipient(team=snapshot.team(1))
        deps = deps_of(world.deps.database)
        told = await routing.send(session, deps, snapshot, team, key="k", message=MESSAGE, at=at, asker_id="U0ADA1234")
    assert (told.via, told.person) == (Via.PERSON, "Max")


async def test_whoever_caused_it_hears_that_an_administrator_dropped_it(sending: Sending) -> None:
    await sending.send("U0EVE")
    await admin.drop(sending.world.deps, [(await sending.world.row("k")).id or 0], actor="cli")
    await sending.world.run(3)
    [said] = sending.heard("U0EVE")
    assert said.startswith("I could not reach anybody for *Payments*: an administrator dropped it.")
