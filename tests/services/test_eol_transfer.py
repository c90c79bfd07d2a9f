"""What becomes of reminders when what they are about gets another owner: nothing falls silent, no answer is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from bot.domain.eol.reminders import Card
from bot.services import snapshot as snapshots
from bot.services.eol import answers
from bot.services.eol.delegation import decide, delegate
from bot.services.eol.reminder_store import card_of
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.eol_world import World, made_world
from tests.services.test_eol_reminders import at

#: The day on which support of `v1` ends.
ENDS = date(2027, 4, 2)


@pytest.fixture
async def world(database: Database, clock: FixedClock) -> AsyncIterator[World]:
    async with made_world(database, clock) as made:
        yield made


async def given(world: World) -> tuple[int, int, int]:
    """Payments have been reminded of their database; return them, Data, and the database."""
    payments = await world.team("payments", lead=await world.person("lena"))
    data = await world.team("data", lead=await world.person("kenji"))
    asset = await world.asset("ledger", team=payments)
    await world.run(asset, "1")
    await world.learn_channels()
    world.jump(at(3, 2, 8))
    await world.go(at(3, 3, 17))
    return payments, data, asset


async def card(world: World, reminder: int) -> Card:
    await snapshots.refresh(world.snapshot, world.deps.database)
    await world.watcher.current()
    async with world.deps.database.reading() as session:
        found = await card_of(world.deps, world.watcher, session, reminder)
    assert isinstance(found, Card)
    return found


async def opened(world: World, team: int) -> int:
    """The open reminder of a team."""
    [found] = [each.id for each in await world.reminders() if each.addressee == f"team:{team}"]
    return found


async def test_a_plan_is_shown_to_the_next_owner_who_keeps_it_with_one_press(world: World) -> None:
    _, data, asset = await given(world)
    detail = {"target": "v2", "upgrade": "Lena", "rollback": "errors", "decider": "Lena"}
    await world.answer("planned", by=1, until=date(2027, 3, 25), detail=detail)
    await world.hand_over(asset, team=data)
    await world.go(at(3, 9, 17))
    reminder = await opened(world, data)
    shown = await card(world, reminder)
    assert shown.reminder.inherited is not None
    assert (shown.reminder.inherited.owner, shown.effect.answer) == ("payments", None)
    kept = await answers.keep_plan(world.deps, world.watcher, reminder_id=reminder, person_id=2)
    stands = kept.card.effect.answer
    assert stands is not None
    assert (stands.until, dict(stands.detail)) == (date(2027, 3, 25), detail)
    assert (await card(world, reminder)).reminder.inherited is None
    again = await answers.keep_plan(world.deps, world.watcher, reminder_id=reminder, person_id=2)
    assert len(again.card.reminder.answers) == 1


async def test_wherever_the_plan_is_said_it_can_be_kept_and_says_that_it_comes_too_late(world: World) -> None:
    _, data, asset = await given(world)
    await world.answer("planned", by=1, until=date(2027, 4, 20))
    await world.hand_over(asset, team=data)
    await world.go(at(3, 26, 17))
    said = [each for each in world.seen("data") if "*Keep the plan*" in each.text]
    assert [each.is_reply for each in said] == [False, True], "the card, and the milestone in its thread"
    for each in said:
        assert "Keep the plan" in each.buttons
        assert "That is 18 days after" in each.text


async def test_a_new_plan_of_their_own_takes_its_place(world: World) -> None:
    _, data, asset = await given(world)
    await world.answer("planned", by=1, until=date(2027, 3, 25))
    await world.hand_over(asset, team=data)
    await world.go(at(3, 9, 17))
    reminder = await opened(world, data)
    await answers.plan(world.deps, world.watcher, reminder_id=reminder, person_id=2, on=date(2027, 3, 30), detail={})
    shown = await card(world, reminder)
    assert shown.reminder.inherited is None
    assert shown.effect.answer is not None
    assert shown.effect.answer.until == date(2027, 3, 30)


async def test_a_waiver_ends_with_its_owner_and_the_next_one_is_told(world: World) -> None:
    _, data, asset = await given(world)
    await world.answer("waived", by=1, until=date(2027, 8, 1), decided_by=1, decided_at=world.clock.now())
    await world.hand_over(asset, team=data)
    before = len(world.seen("data"))
    await world.go(at(3, 30, 17))
    assert len(world.seen("data")) > before, "they are reminded: nobody of theirs has approved anything"
    shown = await card(world, await opened(world, data))
    assert shown.effect.answer is None
    text = "\n".join(each.text for each in world.seen("data"))
    assert "*payments* had a waiver until" in text
    assert "ask for your own" in text
    assert "Keep the plan" not in {label for each in world.seen("data") for label in each.buttons}


@pytest.mark.parametrize("kind", ["snoozed", "acknowledged"])
async def test_what_the_owner_before_had_put_off_is_said_to_the_next_one(world: World, kind: str) -> None:
    _, data, asset = await given(world)
    await world.answer(kind, by=1, **({"until": date(2027, 3, 19)} if kind == "snoozed" else {}))
    await world.hand_over(asset, team=data)
    await world.go(at(3, 10, 17))
    assert any("ledger" in each.text for each in world.seen("data")), "in their digest of 9 March"
    assert (await card(world, await opened(world, data))).reminder.inherited is None


async def test_those_above_the_next_owner_hear_of_it_and_those_above_the_one_before_do_not(world: World) -> None:
    _, data, asset = await given(world)
    await world.hand_over(asset, team=data)
    await world.go(at(4, 3))
    assert not [each for each in world.seen("lena") if "has not answered" in each.text]
    assert [each for each in world.seen("kenji") if "*data* has not answered" in each.text]
    assert "*payments*" not in "".join(each.text for each in world.seen("platform"))


async def test_whoever_had_taken_it_over_and_owns_it_now_goes_on_with_their_own_plan(world: World) -> None:
    _, data, asset = await given(world)
    await delegate(world.deps, world.watcher, reminder_id=1, person_id=1, team_id=data)
    [offered] = (await world.reminders())[0].answers
    await decide(world.deps, world.watcher, answer_id=offered.id, person_id=2, is_accepted=True)
    await answers.plan(
        world.deps, world.watcher, reminder_id=1, person_id=2, on=date(2027, 3, 25), detail={"target": "v2"}
    )
    await world.hand_over(asset, team=data)
    await world.go(at(3, 16, 17))
    shown = await card(world, await opened(world, data))
    assert shown.giver is None
    assert shown.effect.answer is not None
    assert (shown.effect.answer.until, shown.effect.answer.detail["target"]) == (date(2027, 3, 25), "v2")


async def test_what_joins_an_answered_reminder_is_said_once_in_its_thread(world: World) -> None:
    payments, data, asset = await given(world)
    theirs = await world.asset("orders", team=data)
    await world.run(theirs, "1")
    await world.go(at(3, 4, 17))
    await world.go(at(3, 22, 17))  # the root message comes at the latest two weeks before
    reminder = await opened(world, data)
    await answers.plan(world.deps, world.watcher, reminder_id=reminder, person_id=2, on=date(2027, 4, 20), detail={})
    before = len(world.seen("data"))
    await world.hand_over(asset, team=data)
    await world.go(at(3, 25, 17))
    new = world.seen("data")[before:]
    joined = [each for each in new if ":joined:" in each.key]
    assert len(joined) == 1
    assert joined[0].is_reply
    assert "New here: *ledger* runs *Widget 1*, too. *Plan:*" in joined[0].text
    assert ["*Yours?*" in each.text for each in new if each not in joined] == [True], "a file made it theirs"
    assert payments


async def test_what_joins_one_that_was_only_in_the_digest_is_in_the_next(world: World) -> None:
    _, data, asset = await given(world)
    world.facts.ends["1"] = date(2027, 8, 30)
    theirs = await world.asset("orders", team=data)
    await world.run(theirs, "1")
    await world.go(at(3, 10, 17))
    reminder = await opened(world, data)
    await answers.plan(world.deps, world.watcher, reminder_id=reminder, person_id=2, on=date(2027, 8, 1), detail={})
    before = len(world.seen("data"))
    await world.hand_over(asset, team=data)
    await world.go(datetime(2027, 4, 5, 17, tzinfo=UTC))
    new = world.seen("data")[before:]
    assert [each.key.startswith("eol:digest:") for each in new] == [True]
    assert "*ledger*" in new[0].text
