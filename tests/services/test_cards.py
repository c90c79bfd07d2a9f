"""Answers to the cards of a noun that the kernel has never heard of: a team's motto, which its members may change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.blocks.text import Rendered
from bot.domain.recipients import Recipient, Via
from bot.domain.rights import Holders, Right
from bot.errors import NotAllowedError, NotFoundError
from bot.services import actors, cards, decisions
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from bot.store.db import Database
from tests.conftest import FixedClock

pytestmark = pytest.mark.sql

TEAM, ADA, OMAR = 1, 1, 2


@dataclass(slots=True)
class Motto(cards.Act[tables.Team, str]):
    table, subject, prefix, unknown = tables.Team, "team", "motto", "There is no such team: choose another."

    async def load(self) -> str:
        if self.row.gone_at is not None:
            raise NotFoundError("That team is gone: choose another.")
        return self.row.name

    async def render(self) -> None:
        await self.revise("motto:1", Rendered(f"The motto is {self.card}"))

    async def holders(self, *, asked_by: int | None = None) -> Holders:
        return await actors.holders(self.session, [self.subject_id], asked_by=asked_by)


@pytest.fixture
async def deps(database: Database, clock: FixedClock) -> Deps:
    async with database.transaction() as session:
        session.add(tables.Source(id=1, name="people"))
        session.add_all(tables.Person(id=each, name="", slack_id=f"U{each}", revision=1) for each in (ADA, OMAR))
        session.add(tables.Team(id=TEAM, folded="t", name="Onward", channel="C0TEAM", revision=1))
        await session.flush()
        session.add(tables.Membership(team_id=TEAM, person_id=ADA, source_id=1))
    return Deps(database, clock)


async def snapshot_of(deps: Deps) -> Snapshot:
    snapshot = Snapshot()
    await refresh(snapshot, deps.database)
    return snapshot


async def say(deps: Deps, snapshot: Snapshot, words: str, *, person_id: int = ADA, team_id: int = TEAM) -> str:
    act = Motto(deps, snapshot, team_id, person_id)
    async with cards.acting(act, Right.CLAIM):
        act.row.name = f"{act.card}, {words}"
        await act.note("say", words=words)
        return await act.redraw()


async def test_of_two_at_once_the_second_sees_what_the_first_did(deps: Deps) -> None:
    snapshot = await snapshot_of(deps)
    said = await asyncio.gather(*(say(deps, snapshot, str(number)) for number in range(3)))
    last = max(said, key=len)
    assert sorted(last.split(", ")) == ["0", "1", "2", "Onward"]
    async with deps.database.reading() as session:
        entries = (await session.execute(select(tables.AuditEntry))).scalars().all()
    assert [(entry.actor, entry.action, entry.subject) for entry in entries] == [
        ("person:1", "motto.say", "team:1")
    ] * 3


async def test_every_message_that_shows_the_card_is_revised(deps: Deps) -> None:
    snapshot = await snapshot_of(deps)
    act = Motto(deps, snapshot, TEAM, ADA)
    async with cards.acting(act, None):
        told = await act.send(Recipient(snapshot.team(TEAM)), "motto:1", Rendered("The motto is Onward"))
    assert (told.via, told.place) in {(Via.OWN, "C0TEAM"), (Via.UNLISTED, "C0TEAM")}
    await say(deps, snapshot, "upward")
    async with deps.database.reading() as session:
        [message] = (await session.execute(select(tables.OutboxMessage))).scalars()
    assert message.body["text"] == "The motto is Onward, upward"


async def test_who_may_not_and_what_is_not_there_is_refused_and_leaves_nothing(deps: Deps, clock: FixedClock) -> None:
    snapshot = await snapshot_of(deps)
    with pytest.raises(NotAllowedError):
        await say(deps, snapshot, "upward", person_id=OMAR)
    with pytest.raises(NotFoundError, match="no such team"):
        await say(deps, snapshot, "upward", team_id=TEAM + 1)
    async with deps.database.transaction() as session:
        (await session.get_one(tables.Team, TEAM)).gone_at = clock.now()
    with pytest.raises(NotFoundError, match="is gone"):
        await say(deps, snapshot, "upward")
    async with deps.database.reading() as session:
        assert (await session.execute(select(tables.AuditEntry))).first() is None
        assert (await session.get_one(tables.Team, TEAM)).name == "Onward"


@dataclass
class Offer:
    until: date | None = None
    decided_by: int | None = None
    decided_at: datetime | None = None
    ended_at: datetime | None = None


async def decide(deps: Deps, offer: Offer, *, is_granted: bool, person_id: int = ADA) -> bool:
    act = Motto(deps, Snapshot(), TEAM, person_id)
    async with cards.acting(act, None):
        held = await act.holders(asked_by=OMAR)
        today = deps.clock.now().date()
        return decisions.decide(
            act, offer, held, right=Right.ACCEPT, is_granted=is_granted, today=today, over="No longer asked."
        )


@pytest.mark.parametrize("is_granted", [True, False])
async def test_a_question_is_decided_once(deps: Deps, clock: FixedClock, is_granted: bool) -> None:
    offer = Offer()
    assert await decide(deps, offer, is_granted=is_granted)
    first = Offer(**vars(offer))
    assert (first.decided_by, first.decided_at) == (ADA, clock.now())
    clock.advance(timedelta(hours=1))
    assert not await decide(deps, offer, is_granted=not is_granted)
    assert offer == first
    assert decisions.was_granted(offer) is is_granted


async def test_a_question_that_is_over_or_somebody_elses_to_decide_is_not_decided(
    deps: Deps, clock: FixedClock
) -> None:
    today = clock.now().date()
    for over in (Offer(ended_at=clock.now()), Offer(until=today)):
        with pytest.raises(NotFoundError, match="No longer asked"):
            await decide(deps, over, is_granted=True)
    offer = Offer(until=today + timedelta(1))
    with pytest.raises(NotAllowedError):
        await decide(deps, offer, is_granted=True, person_id=OMAR)
    assert offer == Offer(until=today + timedelta(1))
