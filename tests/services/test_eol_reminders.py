"""When what is said to whom, exactly once: the job, the real outbox and the simulated Slack, by the hour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlmodel import col

from bot.domain.doctor import Level, reach
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.eol.reminders import Card, ClosedCard
from bot.domain.eol.subjects import ReportScope
from bot.errors import StoreUnavailableError
from bot.services import daily_pass
from bot.services import snapshot as snapshots
from bot.services.daily_pass import DailyPass
from bot.services.eol import answers, reminder_store
from bot.services.eol.contribution import Reminders
from bot.services.eol.delegation import decide, delegate
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_store import card_of
from bot.services.eol.reports import report_of
from bot.services.eol.unreachable_teams import unreachable
from bot.services.escalation import Escalation
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.db import Database
from handlers.backlog.submissions import today_of
from tests import administration
from tests.conftest import NIGHT, FixedClock
from tests.services.eol_world import World, made_world
from tests.statements import noted

#: `widget` 1 ends on a Friday. T-90 and T-60 are Mondays, T-30 is Wednesday, 3 March, T-14 and T-7 are Fridays.
ENDS = date(2027, 4, 2)


#: Makes the store refuse whatever is written to one team, as a fault in its data would.
REFUSING = {
    "sqlite": "CREATE TRIGGER refusing BEFORE INSERT ON pings WHEN NEW.addressee = 'team:{broken}' "
    "BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE pings ADD CONSTRAINT refusing CHECK (addressee <> 'team:{broken}')",
}


def at(month: int, day: int, hour: int = 12, *, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.fixture
async def world(database: Database, clock: FixedClock) -> AsyncIterator[World]:
    async with made_world(database, clock, is_alone=not NIGHT) as made:
        yield made


async def one_team(world: World, *, tier: int = 1) -> tuple[int, int, int]:
    """A team with a lead, and a database of theirs that runs widget 1; the team, the asset, the deployment."""
    lead = await world.person("lena")
    team = await world.team("payments", lead=lead)
    asset = await world.asset("pay-db", team=team, tier=tier)
    deployment = await world.run(asset, "1")
    await snapshots.refresh(world.snapshot, world.deps.database)
    await world.learn_channels()
    return team, asset, deployment


class TestTheWayToADeadline:
    async def test_each_milestone_is_said_once_on_its_day(self, world: World) -> None:
        await one_team(world)
        world.jump(at(12, 28, 8, year=2026))
        await world.go(at(4, 28), hours=(9, 10))
        said = [(each.at.date(), each.at.hour, each.key.split(":")[-2]) for each in world.seen("payments")]
        digest = [day for day, hour, _ in said if hour == 10]
        posts = [day for day, hour, _ in said if hour == 9]
        # The first look is on Tuesday, 29 December, and says T-180; T-90 and T-60 wait for the day after theirs.
        assert digest[:3] == [date(2026, 12, 29), date(2027, 1, 5), date(2027, 2, 2)]
        assert posts == [date(2027, 3, 3), date(2027, 3, 19), date(2027, 3, 26), date(2027, 4, 1), ENDS]
        # What is overdue, and nobody has answered: in every digest.
        assert digest[3:] == [date(2027, 4, 6) + timedelta(7 * week) for week in range(4)]

    async def test_the_root_comes_with_the_first_post_and_the_rest_are_replies(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(4, 3))
        _first, *posts = world.seen("payments")
        root, *replies = posts
        assert root.key.endswith(":root")
        assert not root.is_reply
        assert [(each.is_reply, each.key.split(":")[-2]) for each in replies] == [
            (True, "14"), (True, "7"), (True, "1"), (True, "0"),
        ]  # fmt: skip
        [reminder] = await world.reminders()
        assert (reminder.root_key, reminder.milestone and reminder.milestone.days) == (root.key, 0)

    async def test_after_a_time_away_only_the_latest_is_said(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 2, 10))
        await world.look()
        world.jump(at(3, 29, 11))
        await world.look()
        await world.go(at(3, 31, 17))
        # The digests of eight weeks are made up for by one, on the first day.
        assert [each.key.split(":")[-1] for each in world.seen("payments")] == ["2027-02-02", "2027-03-29"]
        [reminder] = await world.reminders()
        assert reminder.milestone is not None
        assert reminder.milestone.days == 7


class TestTheFirstLook:
    async def test_many_deadlines_make_one_digest_and_no_more_that_week(self, world: World) -> None:
        team, _, _ = await one_team(world)
        left = (-200, -100, -40, -20, -3, 22, 24, 26, 40, 50, 75, 120, 250, 300)
        world.facts.ends = {f"{number}": date(2026, 11, 4) + timedelta(days) for number, days in enumerate(left, 1)}
        for number in range(2, len(left) + 1):
            await world.run(await world.asset(f"db-{number}", team=team), f"{number}")
        world.jump(at(11, 4, 8, year=2026))  # a Wednesday
        await world.go(at(11, 10, 9, year=2026))
        assert world.seen("payments") == [], "what was due before the first look waits for the digest"
        await world.go(at(11, 10, 18, year=2026))
        [digest] = world.seen("payments")
        assert digest.key.startswith("eol:digest:")
        assert world.seen("lena") == [], "nobody has had time to answer"
        assert all(each.milestone is not None and not each.root_key for each in await world.reminders())
        assert len(await world.reminders()) == len(left)

    async def test_a_milestone_that_comes_due_before_the_digest_is_a_message(self, world: World) -> None:
        await one_team(world)
        world.jump(at(3, 24, 8))  # Wednesday; T-14 was on Friday, T-7 comes before the next digest
        await world.go(at(3, 31, 17))
        [said] = world.seen("payments")
        assert (said.key.split(":")[-1], said.at.date()) == ("root", date(2027, 3, 26))


class TestOneMessageADay:
    async def test_all_that_is_due_is_in_it_and_counts_as_said(self, world: World) -> None:
        team, _, _ = await one_team(world)
        world.facts.ends |= {"3": date(2027, 3, 17)}  # T-14 is on the day of the other's T-30
        await world.run(await world.asset("other-db", team=team), "3")
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        ping = world.seen("payments")[-1]
        assert ping.at.date() == date(2027, 3, 3)
        assert "Widget 3" in ping.text.replace("*", "")
        assert "Widget 1" in ping.text.replace("*", "")
        assert {each.cycle: each.milestone and each.milestone.days for each in await world.reminders()} == {
            "1": 30, "3": 14,
        }  # fmt: skip
        assert {each.cycle for each in await world.reminders() if each.root_key} == {"3"}

    async def test_what_was_due_besides_stays_in_the_message_until_it_is_said_again(self, world: World) -> None:
        def root() -> str:
            return next(each.text.replace("*", "") for each in world.seen("payments") if each.key == lead.root_key)

        team, _, _ = await one_team(world)
        world.facts.ends |= {"3": date(2027, 3, 17)}
        await world.run(await world.asset("other-db", team=team), "3")
        member = await world.person("mona")
        async with world.deps.database.transaction() as session:
            (await session.get_one(tables.Team, team)).lead_id = member
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        lead = next(each for each in await world.reminders() if each.root_key)
        assert "Also due today:\n• Widget 1: support ends" in root()
        world.jump(at(3, 4, 12))
        await answers.acknowledge(world.deps, world.watcher, reminder_id=lead.id, person_id=member)
        await world.arrive()
        assert "Acknowledged by" in root()
        assert "Also due on <!date^" in root()
        assert "• Widget 1: support ends" in root()
        await world.go(at(3, 23, 17))  # its T-14 was on the 19th, and the digest brings the card up to date
        assert "Widget 1" not in root()

    async def test_the_reply_that_said_it_last_shows_the_answer_too(self, world: World) -> None:
        team, asset, deployment = await one_team(world)
        world.facts.ends |= {"3": date(2027, 4, 9)}
        await world.run(await world.asset("other-db", team=team), "3")
        member = await world.person("mona")
        async with world.deps.database.transaction() as session:
            (await session.get_one(tables.Team, team)).lead_id = member
        world.jump(at(2, 23, 8))
        await world.go(at(3, 26, 17))
        lead = next(each for each in await world.reminders() if each.root_key)

        def reply() -> tuple[str, Sequence[str]]:
            [found] = [each for each in world.seen("payments") if each.key.startswith(f"eol:{lead.id}:7:")]
            return found.text.replace("*", ""), found.buttons

        said, buttons = reply()
        assert "Also due today:\n• Widget 3: support ends" in said
        assert buttons[:2] == ("Acknowledge", "Plan…")
        await answers.acknowledge(world.deps, world.watcher, reminder_id=lead.id, person_id=member)
        await world.arrive()
        said, buttons = reply()
        assert "Acknowledged by" in said
        assert "• Widget 3: support ends" in said
        assert not {"Acknowledge", "Plan…"} & set(buttons)
        await world.upgrade(asset, deployment, "2")
        await world.go(at(3, 30, 17))  # after the weekend and Easter Monday
        assert reply()[0].startswith(":white_check_mark: Widget 1")

    async def test_on_the_day_of_the_digest_it_carries_the_urgent_ones(self, world: World) -> None:
        await one_team(world)
        world.facts.ends["1"] = date(2027, 4, 1)  # its T-30 is Tuesday, 2 March
        world.jump(at(2, 23, 8))
        await world.go(at(3, 2, 18))
        last = world.seen("payments")[-1]
        assert (last.key.split(":")[1], last.at.hour) == ("digest", 10)
        [reminder] = await world.reminders()
        assert reminder.milestone is not None
        assert (reminder.milestone.days, reminder.root_key) == (30, "")

    async def test_two_processes_say_it_once(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 10))
        await world.look()
        world.jump(at(3, 3, 9))
        nouns = [Reminders(world.deps, world.watcher)]
        others = [DailyPass(world.deps, world.snapshot, WorkingTimes(), nouns) for _ in range(4)]
        await asyncio.gather(*(each.run() for each in others))
        await world.arrive()
        assert len(world.seen("payments")) == 2
        assert len(await world.reminders()) == 1


class TestQuiet:
    @pytest.mark.parametrize(
        ("kind", "until", "said", "lead_heard"),
        [
            # An acknowledgement answers the milestone that was said, and no other. T-14 comes to somebody who had
            # answered T-30, T-7 to somebody who has not answered T-14.
            ("acknowledged", None, [19, 26, 1, 2], [26, 1, 2]),
            # A plan is asked after a week before its day; nobody above hears of it before that day has passed.
            ("planned", date(2027, 3, 31), [24, 26, 1, 2], [1, 2]),
            ("snoozed", date(2027, 3, 19), [19, 26, 1, 2], [26, 1, 2]),
            ("waived", date(2027, 4, 2), [2], []),
        ],
    )
    async def test_whoever_has_answered_is_left_alone(
        self, world: World, kind: str, until: date | None, said: list[int], lead_heard: list[int]
    ) -> None:
        await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        approval = {"decided_by": 1, "decided_at": world.clock.now()} if kind == "waived" else {}
        await world.answer(kind, by=1, until=until, **approval)
        world.jump(at(3, 15, 17))
        await world.go(at(4, 3))
        assert [each.at.day for each in world.seen("payments") if each.at > at(3, 4)] == said
        assert [each.at.day for each in world.seen("lena")] == lead_heard

    @pytest.mark.parametrize("kind", ["snoozed", "waived"])
    async def test_what_was_put_off_is_said_again_when_that_is_over(self, world: World, kind: str) -> None:
        async def put_off(until: date) -> None:
            approval = {"decided_by": 1, "decided_at": world.clock.now()} if kind == "waived" else {}
            await world.answer(kind, by=1, until=until, **approval)

        await one_team(world)
        world.jump(at(2, 1, 12))
        await world.go(at(2, 3, 8))
        await put_off(date(2027, 2, 10))  # a Wednesday: what the digest said, the next digest says again
        await world.go(at(3, 3, 17))
        await put_off(date(2027, 3, 10))
        await world.go(at(3, 18))
        said = world.seen("payments")
        assert [each.at.date() for each in said] == [
            date(2027, 2, 2), date(2027, 2, 16), date(2027, 3, 3), date(2027, 3, 10),
        ]  # fmt: skip
        assert "in 23 days" in said[-1].text
        assert (said[-1].is_reply, said[-1].is_broadcast) == (True, False)
        assert world.seen("lena") == []

    async def test_what_was_put_off_and_then_seen_is_not_said_again(self, world: World) -> None:
        await one_team(world)
        world.jump(at(3, 2, 12))
        await world.go(at(3, 3, 17))
        await world.answer("snoozed", by=1, until=date(2027, 3, 10))
        world.jump(at(3, 4, 12))
        await world.answer("acknowledged", by=1)
        await world.go(at(3, 18))
        assert [each.at.day for each in world.seen("payments")] == [2, 3]

    async def test_nights_weekends_and_holidays_are_quiet(self, world: World) -> None:
        lead = await world.person("kenji")
        team = await world.team("tokyo", tz="Asia/Tokyo", lead=lead)
        await world.run(await world.asset("db", team=team), "1")
        # T-14 is Friday, 30 April; Showa Day (29) and Golden Week (3 to 5 May, a Monday to a Wednesday) are holidays.
        world.facts.ends["1"] = date(2027, 5, 19)
        await world.learn_channels()
        world.jump(at(4, 12, 8))
        await world.go(at(5, 20), hours=(0, 5, 8, 20))
        local = [each.at.astimezone(datetime.now(UTC).tzinfo) for each in world.seen("tokyo")]
        assert all(0 <= moment.hour < 8 for moment in local), "9 to 17 in Tokyo is 0 to 8 UTC"
        days = world.days("tokyo", tz="Asia/Tokyo")
        assert all(day.weekday() < 5 for day in days)
        assert not {date(2027, 4, 29), date(2027, 5, 3), date(2027, 5, 4), date(2027, 5, 5)} & set(days)
        # T-14 is Wednesday, 5 May: a holiday, so it is said on the 6th. T-7, T-1, T0 follow.
        assert days[-4:] == [date(2027, 5, day) for day in (6, 12, 18, 19)]

    async def test_nothing_to_say_means_no_message(self, world: World) -> None:
        await one_team(world)
        world.facts.ends["1"] = date(2029, 1, 1)
        await world.go(at(11, 30, year=2026))
        assert world.seen() == []
        async with world.deps.database.reading() as session:
            looked = (await session.execute(select(tables.Ping).order_by(col(tables.Ping.day)))).scalars().all()
        assert [(each.day.day, each.is_digest, each.key) for each in looked] == [
            (day, True, "") for day in (3, 10, 17, 24)
        ]

    async def test_a_change_of_the_clocks_neither_skips_nor_doubles(self, world: World) -> None:
        team = await world.team("berlin", tz="Europe/Berlin")
        await world.run(await world.asset("db", team=team), "1")
        await world.learn_channels()
        world.facts.ends["1"] = date(2027, 4, 4)  # the clocks change on Sunday, 28 March: T-7, said on Easter's Tuesday
        world.jump(at(3, 16, 7))
        await world.go(at(4, 6), hours=(6, 7, 8, 9, 12, 17))
        days = world.days("berlin", tz="Europe/Berlin")
        assert len(days) == len(set(days))
        said = [(each.at.day, each.at.hour) for each in world.seen("berlin")]
        # T-14 (a Sunday) on Monday, T-7 (Easter Monday is free) in Tuesday's digest, T0 on Friday at 9, and in the next
        # digest, for nobody has answered.
        assert said == [(16, 9), (22, 8), (30, 8), (2, 7), (6, 8)]


class TestDatesMove:
    async def test_an_earlier_day_is_news_to_whoever_has_answered(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        await world.answer("waived", by=1, until=date(2027, 8, 1), decided_by=1, decided_at=world.clock.now())
        world.facts.ends["1"] = date(2027, 3, 12)
        await world.go(at(3, 4, 17))
        last = world.seen("payments")[-1]
        assert (last.at.day, last.key.split(":")[2], last.is_reply) == (4, "14", True)
        [reminder] = await world.reminders()
        assert (reminder.deadline, reminder.milestone and reminder.milestone.days) == (date(2027, 3, 12), 14)

    async def test_a_later_day_is_one_quiet_line(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        before = len(world.seen("payments"))
        world.facts.ends["1"] = date(2028, 4, 2)
        await world.go(at(3, 12))
        [line] = world.seen("payments")[before:]
        assert ":moved:" in line.key
        assert (line.is_reply, line.is_broadcast) == (True, False)
        assert "2028-04-02" in line.text
        assert world.days("payments") == [date(2027, 2, 23), date(2027, 3, 3)]
        # What was said by the old day does not count for the new one: T-180 comes in its digest.
        world.jump(at(10, 5, 8))
        await world.go(at(10, 5, 11))
        assert world.days("payments")[-1] == date(2027, 10, 5)

    async def test_another_version_is_another_reminder(self, world: World) -> None:
        _, asset, deployment = await one_team(world)
        world.facts.ends["3"] = date(2027, 4, 9)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        await world.answer("acknowledged", by=1)
        await world.upgrade(asset, deployment, "3")
        world.jump(at(3, 4, 9))
        await world.look()
        assert [each.cycle for each in await world.reminders()] == ["3"]
        await world.go(at(3, 10, 17))
        assert world.seen("payments")[-1].key.startswith(("eol:digest:", "eol:2:"))


class TestEvidence:
    async def test_an_upgrade_that_is_seen_closes_it_and_is_said_in_the_thread(self, world: World) -> None:
        _, asset, deployment = await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        await world.edit(1, claimed_at=world.clock.now(), claimed_by=1)
        world.jump(at(3, 4, 3))
        await world.upgrade(asset, deployment, "2")
        await world.look()
        assert len(await world.reminders()) == 1, "at night nothing is written"
        world.jump(at(3, 4, 9))
        await world.look()
        assert [each.cycle for each in await world.reminders()] == ["2"]
        assert (await world.row(1)).resolution == "upgraded"
        last = world.seen("payments")[-1]
        assert (last.key, last.is_reply, last.is_broadcast) == ("eol:1:resolved", True, False)
        root = next(each for each in world.seen("payments") if each.key == "eol:1:root")
        assert "upgraded" in root.text or "done" in root.text
        await world.go(at(4, 3))
        assert world.seen("payments")[-1] == last

    async def test_whoever_was_told_of_a_plan_hears_that_it_is_done(self, world: World) -> None:
        _, asset, deployment = await one_team(world)
        joe = await world.person("joe")
        world.jump(at(2, 23, 10))
        await world.look()
        async with world.deps.database.reading() as session:
            slack_id = (await session.get_one(tables.Person, joe)).slack_id
        await world.answer("planned", by=1, until=date(2027, 3, 20), detail={"target": "2", "compatibility": slack_id})
        await world.upgrade(asset, deployment, "2")
        await world.look()
        assert (await world.row(1)).resolution == "upgraded"
        for place in ("joe", "payments"):
            assert "Thank you." in world.seen(place)[-1].text, place
        await world.go(at(2, 26))
        assert len(world.seen("joe")) == 1

    async def test_what_was_only_in_the_digest_closes_without_a_word(self, world: World) -> None:
        _, asset, deployment = await one_team(world)
        world.jump(at(2, 23, 10))
        await world.look()
        await world.upgrade(asset, deployment, "2")
        await world.look()
        assert (await world.row(1)).resolution == "upgraded"
        assert len(world.seen()) == 1

    async def test_the_last_digest_counts_it_no_longer_and_says_that_it_is_over(self, world: World) -> None:
        _, asset, deployment = await one_team(world)
        world.facts.labels = {"1": "One SP2"}
        world.jump(at(2, 23, 10))
        await world.look()
        [before] = world.seen("payments")
        assert "1 deadline to answer" in before.text
        assert "*Widget One SP2*: support ends" in before.text
        await world.upgrade(asset, deployment, "2")
        await world.look()
        await world.look()
        async with world.deps.database.reading() as session:
            body = (await session.execute(select(tables.OutboxMessage.body))).scalar_one()  # type: ignore[call-overload]
        assert "no deadline left to answer" in body["text"]
        assert "*Widget One SP2*: done." in body["text"]
        assert "'Open'" not in str(body)

    @pytest.mark.parametrize("version", ["1", "99", "nonsense"])
    async def test_a_version_that_is_not_known_to_be_supported_is_no_upgrade(self, world: World, version: str) -> None:
        _, asset, deployment = await one_team(world)
        world.facts.ends["99"] = date(2026, 1, 1)
        world.jump(at(2, 23, 10))
        await world.look()
        if version == "1":
            await world.stop(deployment)
            await world.run(asset, "1.1")
        else:
            await world.upgrade(asset, deployment, version)
        await world.look()
        row = await world.row(1)
        assert row.resolution == ("" if version == "1" else "replaced")

    async def test_an_asset_that_is_gone_and_one_that_moved(self, world: World) -> None:
        team, asset, _ = await one_team(world)
        other = await world.team("search")
        moving = await world.asset("moving-db", team=team)
        await world.run(moving, "2")
        world.facts.ends["2"] = date(2027, 8, 1)
        world.jump(at(2, 23, 10))
        await world.look()
        await world.asset_is_gone(asset)
        await world.hand_over(moving, team=other)
        await world.look()
        closed = {each.cycle: (await world.row(each.id)).resolution for each in await world.reminders(is_open=False)}
        assert closed == {"1": "gone", "2": ""} | ({"2": ""} if len(closed) == 2 else {})
        resolutions = {(each.addressee, each.cycle): (await world.row(each.id)).resolution
                       for each in await world.reminders(is_open=False)}  # fmt: skip
        assert resolutions == {
            (f"team:{team}", "1"): "gone",
            (f"team:{team}", "2"): "moved",
            (f"team:{other}", "2"): "",
        }

    async def test_facts_that_lose_a_date_close_nothing_and_say_nothing(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        for ends in ({"1": None, "2": date(2030, 6, 30)}, {"2": date(2030, 6, 30)}):
            world.facts.ends = dict(ends)
            await world.go(world.clock.at + timedelta(days=1))
            assert [each.id for each in await world.reminders()] == [1]
        before = len(world.seen())
        world.facts.ends = {"1": ENDS, "2": date(2030, 6, 30)}
        await world.go(at(3, 19, 17))
        assert [each.key.split(":")[2] for each in world.seen()[before:] if each.channel == "payments"] == ["14"]
        assert [each.id for each in await world.reminders()] == [1]

    async def test_what_is_claimed_is_quiet_for_two_weeks_then_asked_after(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 10))
        await world.look()
        world.jump(at(3, 2, 11))
        await world.edit(1, claimed_at=world.clock.now(), claimed_by=1)
        await world.go(at(3, 15))
        assert world.days("payments") == [date(2027, 2, 23)]
        await world.go(at(3, 25))
        # The two weeks are over on Tuesday, 16 March, with the digest that says so; T-14 comes on the 19th.
        assert world.days("payments")[1:] == [date(2027, 3, 16), date(2027, 3, 19)]
        assert "the inventory still shows it" in world.seen("payments")[1].text
        assert "verifying" not in world.seen("payments")[1].text


class TestAbove:
    async def test_the_lead_then_the_platform_channel_hear_of_what_nobody_answers(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        world.jump(at(3, 18, 17))
        await world.go(at(4, 21))
        assert heard(world, "lena") == [(3, 19), (3, 26), (4, 1), (4, 2)]
        assert all(each.at.hour > 9 for each in world.seen("lena")), "the team hears at 9"
        assert [(each.at.month, each.at.day) for each in world.seen("platform")] == [(4, 2)]

    async def test_a_lead_of_several_teams_gets_one_message_a_day(self, world: World) -> None:
        team, _, _ = await one_team(world)
        second = await world.team("search", lead=1)
        await world.run(await world.asset("search-db", team=second), "1")
        await world.learn_channels()
        assert team != second
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        world.jump(at(3, 18, 17))
        await world.go(at(3, 19, 17))
        [message] = world.seen("lena")
        assert message.text.replace("*", "").count("Widget 1") == 2

    async def test_an_answer_that_comes_before_the_lead_is_at_work_is_in_time(self, world: World) -> None:
        await one_team(world)
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        await world.edit(1, milestone=14, said_on=date(2027, 3, 19), owed=14)
        world.jump(at(3, 19, 18))
        await world.answer("planned", by=1, until=date(2027, 3, 30))
        await world.go(at(3, 23))
        assert world.seen("lena") == []

    async def test_whoever_was_asked_has_an_hour_to_answer_first(self, world: World) -> None:
        await one_team(world)
        await unanswered(world, at(3, 19, 9))
        assert world.days("payments")[-1] == date(2027, 3, 19)
        world.jump(at(3, 19, 9) + timedelta(minutes=59))
        await world.look()
        assert world.seen("lena") == []
        world.jump(at(3, 19, 10) + timedelta(minutes=15))
        await world.look()
        assert [each.at for each in world.seen("lena")] == [world.clock.at]

    async def test_an_answer_within_the_hour_is_in_time(self, world: World) -> None:
        await one_team(world)
        await unanswered(world, at(3, 19, 9))
        world.jump(at(3, 19, 9) + timedelta(minutes=30))
        await world.answer("acknowledged", by=1)
        await world.go(at(3, 25))
        assert world.seen("lena") == []

    async def test_nobody_hears_of_a_message_that_has_not_arrived(self, world: World) -> None:
        await one_team(world)
        await unanswered(world, at(3, 19, 8))
        world.jump(at(3, 19, 9))
        await world.context.daily_pass.run()
        world.jump(at(3, 19, 11))
        await world.context.daily_pass.run()
        async with world.deps.database.reading() as session:
            waiting = (await session.execute(select(tables.OutboxMessage.key).where(
                col(tables.OutboxMessage.state) == "waiting"))).scalars().all()  # fmt: skip
        assert "eol:digest:team:1:2027-03-19" in waiting
        await world.arrive()
        world.jump(at(3, 19, 13))
        await world.look()
        assert [each.at.hour for each in world.seen("lena")] == [13]

    async def test_a_lead_of_two_teams_hears_of_both_although_one_message_came_a_little_later(
        self, world: World
    ) -> None:
        await one_team(world)
        second = await world.team("search", lead=1)
        await world.run(await world.asset("search-db", team=second), "1")
        await world.learn_channels()
        await unanswered(world, at(3, 19, 9))
        async with world.deps.database.transaction() as session:
            row = (await session.execute(select(tables.OutboxMessage).where(
                col(tables.OutboxMessage.key) == "eol:digest:team:2:2027-03-19"))).scalar_one()  # fmt: skip
            row.sent_at = at(3, 19, 9) + timedelta(minutes=5)
        await world.go(at(3, 19, 11), hours=(10, 11))
        [message] = world.seen("lena")
        assert (message.at, message.text.replace("*", "").count("Widget 1")) == (at(3, 19, 11), 2)

    @pytest.mark.parametrize(
        ("kind", "fields", "said"),
        [
            ("acknowledged", {}, "Acknowledged by <@"),
            ("planned", {"until": date(2027, 3, 20)}, "planned it for"),
            ("snoozed", {"until": date(2027, 3, 10)}, "Snoozed by <@"),
            ("waived", {"until": date(2027, 5, 1)}, "which nobody has approved"),
            ("delegated", {"team_id": 2}, "has offered it to *data*, who have not answered"),
        ],
    )
    async def test_who_has_answered_before_is_named(
        self, world: World, kind: str, fields: dict[str, Any], said: str
    ) -> None:
        await one_team(world)
        await world.team("data")
        await world.learn_channels()
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        await world.answer(kind, by=1, **fields)
        world.jump(at(3, 18, 17))
        await world.go(at(3, 26, 17))
        last = world.seen("lena")[-1]
        assert said in last.text
        assert "Nobody" not in last.text
        assert "the team has not answered" not in last.text

    async def test_who_says_that_it_is_done_is_named_once_the_evidence_is_overdue(self, world: World) -> None:
        await one_team(world)
        world.jump(at(2, 23, 8))
        await world.go(at(3, 3, 17))
        await world.edit(1, claimed_at=world.clock.now(), claimed_by=1)
        world.jump(at(3, 18, 17))
        await world.go(at(3, 19, 17))
        [message] = world.seen("lena")
        assert "but the inventory still shows it" in message.text
        assert "Nobody" not in message.text

    async def test_a_team_without_a_lead_is_the_platform_channels_to_hear_of(self, world: World) -> None:
        team = await world.team("alone")
        await world.run(await world.asset("db", team=team), "1")
        await world.learn_channels()
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        world.jump(at(3, 18, 17))
        await world.go(at(4, 3))
        assert [each.at.day for each in world.seen("platform")] == [19, 26, 1, 2]


async def managed(world: World, *, tier: int = 1, tz: str = "", **team: int | None) -> int:
    """The team of `one_team` with a manager as well; the team."""
    who = {"lead": await world.person("lena"), "manager": await world.person("mona", tz=tz), **team}
    made = await world.team("payments", **who)
    await world.run(await world.asset("pay-db", team=made, tier=tier), "1")
    await snapshots.refresh(world.snapshot, world.deps.database)
    await world.learn_channels()
    return made


async def unanswered(world: World, until: datetime) -> None:
    """Say T-30 on its day, stand still until the evening before T-14, and go on from there."""
    world.jump(at(3, 2, 8))
    await world.go(at(3, 3, 17))
    world.jump(at(3, 18, 17))
    await world.go(until)


def heard(world: World, who: str) -> list[tuple[int, int]]:
    return [(each.at.month, each.at.day) for each in world.seen(who)]


class TestManagers:
    async def test_the_lead_then_the_manager_then_the_platform_channel(self, world: World) -> None:
        await managed(world)
        await unanswered(world, at(4, 21))
        assert heard(world, "lena") == [(3, 19)]
        assert heard(world, "mona") == [(3, 26), (4, 1), (4, 2)]
        assert heard(world, "platform") == [(4, 2)]
        said = world.seen("mona")[0].text
        assert "*payments* has not answered:" in said
        assert "Press *Open* and plan it: then this stops." in said

    async def test_a_manager_of_several_teams_gets_one_message_a_day(self, world: World) -> None:
        await managed(world)
        second = await world.team("search", lead=await world.person("kenji"), manager=2)
        await world.run(await world.asset("search-db", team=second), "1")
        await world.learn_channels()
        await unanswered(world, at(3, 26, 17))
        assert (heard(world, "lena"), heard(world, "kenji")) == ([(3, 19)], [(3, 19)])
        [message] = world.seen("mona")
        assert message.text.replace("*", "").count("Widget 1") == 2

    async def test_who_leads_one_team_and_manages_another_gets_one_message_a_day(self, world: World) -> None:
        await managed(world)
        second = await world.team("search", lead=2)
        await world.run(await world.asset("search-db", team=second, tier=4), "1")
        await world.learn_channels()
        await unanswered(world, at(3, 26, 17))
        [message] = world.seen("mona")
        assert message.at.day == 26
        assert message.text.replace("*", "").count("Widget 1") == 2

    async def test_one_person_as_lead_and_manager_hears_as_a_lead_does(self, world: World) -> None:
        await managed(world, lead=2)
        await unanswered(world, at(4, 21))
        assert heard(world, "mona") == [(3, 19), (3, 26), (4, 1), (4, 2)]
        assert heard(world, "platform") == [(4, 2)]

    @pytest.mark.parametrize("fields", [{"is_active": False}, {"slack_id": None}], ids=["gone", "not in Slack"])
    async def test_in_place_of_a_manager_who_cannot_be_told_the_lead_hears_again(
        self, world: World, fields: dict[str, object]
    ) -> None:
        await managed(world)
        await world.change_person(2, **fields)
        await unanswered(world, at(4, 3))
        assert heard(world, "lena") == [(3, 19), (3, 26), (4, 1), (4, 2)]
        assert world.seen("mona") == []

    async def test_in_place_of_a_lead_the_manager_hears_and_the_platform_channel_only_at_the_end(
        self, world: World
    ) -> None:
        await managed(world, lead=None)
        await unanswered(world, at(4, 3))
        assert heard(world, "mona") == [(3, 19), (3, 26), (4, 1), (4, 2)]
        assert heard(world, "platform") == [(4, 2)]

    async def test_a_lead_who_was_told_nothing_before_hears_beside_the_manager(self, world: World) -> None:
        await managed(world, tier=4)  # T-30, and then T-7
        await unanswered(world, at(4, 3))
        assert heard(world, "lena") == [(3, 26)]
        assert heard(world, "mona") == [(3, 26), (4, 2)]

    @pytest.mark.parametrize(
        ("above", "lena", "mona", "platform"),
        [
            ({}, [(5, 13), (7, 1)], [(5, 13), (7, 1)], []),
            ({"lead": None}, [], [(5, 13), (7, 1)], []),
            ({"lead": None, "manager": None}, [], [], [(5, 13), (7, 1)]),
        ],
    )
    async def test_those_above_hear_of_each_plan_that_was_not_kept_after_the_next_digest(
        self, world: World, above: dict[str, None], lena: list[Any], mona: list[Any], platform: list[Any]
    ) -> None:
        """What had passed before is news no more: only that the plan came to nothing."""
        await managed(world, **above)
        await unanswered(world, at(4, 3))
        for until in (date(2027, 5, 12), date(2027, 6, 30)):
            await world.answer("planned", by=1, until=until)
            world.jump(at(until.month, until.day, 20))
            await world.go(at(until.month, until.day) + timedelta(8))  # the digest of weeks ago is made up for
        after = {who: [day for day in heard(world, who) if day > (4, 3)] for who in ("lena", "mona", "platform")}
        assert after == {"lena": lena, "mona": mona, "platform": platform}

    async def test_a_plan_that_was_not_kept_is_said_once_for_all_deadlines_of_its_release(self, world: World) -> None:
        await managed(world)
        world.facts.active = {"1": date(2027, 3, 31)}
        world.jump(at(1, 4, 12))
        await world.go(at(1, 6, 8))
        assert {each.milestone for each in await world.reminders()} == {Milestone(90)}
        await world.answer("planned", by=1, until=date(2027, 1, 8))
        await world.go(at(1, 31))
        assert world.days("payments") == [date(2027, 1, 5), date(2027, 1, 12)]
        [told] = world.seen("lena")
        assert "support ends" in told.text
        assert "active support" not in told.text

    async def test_those_above_hear_of_it_once_though_one_deadline_has_passed_and_one_lies_ahead(
        self, world: World
    ) -> None:
        await managed(world)
        world.facts.charges = {"1": date(2027, 8, 2)}
        await unanswered(world, at(5, 5))
        assert {each.kind for each in await world.reminders()} == {DeadlineKind.SUPPORT, DeadlineKind.EXTENDED_COST}
        before = len(world.seen("lena"))
        await world.answer("planned", by=1, until=date(2027, 5, 6))
        await world.go(at(5, 29))
        assert heard(world, "lena")[before:] == [(5, 11)]

    async def test_the_end_of_active_support_is_no_matter_for_those_above(self, world: World) -> None:
        await managed(world)
        world.facts.ends["1"], world.facts.active = date(2028, 4, 2), {"1": date(2027, 4, 2)}
        await unanswered(world, at(4, 3))
        assert [each.text for who in ("lena", "mona", "platform") for each in world.seen(who)] == []

    async def test_what_is_charged_stays_in_the_digest_by_its_name_while_a_plan_holds(self, world: World) -> None:
        team = await managed(world)
        await world.run(await world.asset("search-db", team=team), "2")
        world.facts.ends |= {"2": date(2027, 3, 9)}
        world.facts.charges = {"1": date(2027, 1, 1)}
        world.jump(at(1, 4, 12))
        await world.go(at(1, 6))
        [paid] = [each.id for each in await world.reminders() if each.cycle == "1"]
        await world.answer("planned", by=1, until=date(2027, 2, 20), reminder=paid)
        await world.go(at(1, 13))
        digest = world.seen("payments")[-1]
        assert "Answered: *Widget 1*" in digest.text
        assert "Charged now: 0.10 USD" in digest.text
        assert digest.beside == ("Open", "Open"), "one to answer, and one whose plan may be changed"

    async def test_a_plan_for_what_is_paid_keeps_nothing_quiet_that_nobody_pays_for(self, world: World) -> None:
        team = await managed(world)
        await world.run(await world.asset("till-db", team=team), "1", has_extended_support=False)
        world.facts.ends |= {"1": date(2026, 12, 31)}
        world.facts.charges = {"1": date(2027, 1, 1)}
        world.jump(at(1, 4, 12))
        await world.go(at(1, 6))
        [paid] = [each.id for each in await world.reminders() if each.kind is DeadlineKind.SUPPORT]
        await world.answer("planned", by=1, until=date(2027, 2, 20), reminder=paid)
        await world.go(at(1, 13))
        said = world.seen("payments")[-1].text
        [open_, answered] = [line for line in said.splitlines() if "*Widget 1*" in line]
        assert "*till-db*" in open_
        assert "Answered" not in open_
        assert answered.startswith("Answered: ")
        assert "Charged now: 0.10 USD" in answered
        assert "till-db" not in answered

    async def test_a_plan_that_was_not_kept_long_before_the_day_is_its_leads_to_hear_of(self, world: World) -> None:
        await managed(world)
        world.jump(at(2, 1, 12))
        await world.go(at(2, 3, 8))
        await world.answer("planned", by=1, until=date(2027, 2, 10))
        world.jump(at(2, 10, 20))
        await world.go(at(2, 24))
        assert (heard(world, "lena"), heard(world, "mona")) == ([(2, 11)], [])

    async def test_a_manager_who_comes_between_two_milestones_hears_from_the_next_one_on(self, world: World) -> None:
        team = await managed(world)
        await world.person("nils")
        await unanswered(world, at(3, 22, 17))
        await world.change_team(team, manager_id=3)
        await world.go(at(3, 29, 17))
        assert (heard(world, "mona"), heard(world, "nils")) == ([], [(3, 26)])
        await world.change_team(team, manager_id=None)
        await world.go(at(3, 31, 17))
        assert heard(world, "lena") == [(3, 19)], "what the manager has heard is not said again in their place"
        await world.go(at(4, 1, 17))
        assert heard(world, "lena") == [(3, 19), (4, 1)]
        await world.change_team(team, manager_id=2)
        await world.go(at(4, 1, 20))
        assert heard(world, "mona") == [], "nor is what the lead has heard"

    async def test_a_manager_is_told_in_their_own_working_time_though_nothing_else_happens(self, world: World) -> None:
        await managed(world, tz="America/New_York")
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        world.jump(at(3, 26, 8))
        await world.go(at(3, 27), hours=range(24))
        assert [(each.at.day, each.at.hour) for each in world.seen("mona")] == [(26, 13)]
        assert [(each.at.day, each.at.hour) for each in world.seen("lena")] == [(26, 11)]

    async def test_an_answer_that_comes_before_the_manager_is_at_work_is_in_time(self, world: World) -> None:
        await managed(world, tz="America/New_York")
        await unanswered(world, at(3, 26, 11))
        await world.answer("planned", by=1, until=date(2027, 4, 1))
        await world.go(at(3, 27), hours=range(24))
        assert world.seen("mona") == []

    async def test_a_restart_and_a_second_process_tell_nobody_twice(self, world: World) -> None:
        await managed(world)
        await unanswered(world, at(3, 26, 9))
        for _ in range(3):
            world.start()
            await asyncio.gather(*(world.context.daily_pass.run() for _ in range(2)))
            await world.arrive()
        await world.go(at(3, 31))
        assert (heard(world, "lena"), heard(world, "mona")) == ([(3, 19)], [(3, 26)])

    async def test_two_processes_that_know_different_managers_say_it_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        team = await managed(world)
        await unanswered(world, at(3, 22, 17))
        behind = Snapshot()
        await snapshots.refresh(behind, world.deps.database)
        await world.change_team(team, manager_id=None)
        await world.edit(1, milestone=7, said_on=date(2027, 3, 26), owed=7)
        world.jump(at(3, 26, 10))
        await snapshots.refresh(world.snapshot, world.deps.database)
        both, read = asyncio.Barrier(2), reminder_store.moves_of

        async def together(*given: Any) -> Any:
            """Wait until both have read what is owed, where the store lets both in at once."""
            if not world.deps.database.is_sqlite:
                await both.wait()
            return await read(*given)

        monkeypatch.setattr(reminder_store, "moves_of", together)
        watchers = world.watcher, Watcher(world.deps, behind, world.facts)
        both_know = [
            Escalation(world.deps, each.snapshot, WorkingTimes(), [Reminders(world.deps, each)]) for each in watchers
        ]
        await asyncio.gather(*(each.run(world.clock.now()) for each in both_know))
        await world.arrive()
        assert len(heard(world, "lena")) + len(heard(world, "mona")) == 2, "one for the lead at 14 days, one at 7"

    async def test_a_date_that_moves_is_said_to_both_anew(self, world: World) -> None:
        await managed(world)
        await unanswered(world, at(3, 26, 17))
        world.facts.ends["1"] = date(2027, 5, 28)
        await world.go(at(5, 29))
        assert heard(world, "lena") == [(3, 19), (5, 14)]
        assert heard(world, "mona") == [(3, 26), (5, 21), (5, 27), (5, 28)]

    async def test_of_what_a_team_has_taken_over_its_own_lead_and_manager_hear(self, world: World) -> None:
        await managed(world)
        other = await world.team("data", lead=await world.person("kenji"), manager=await world.person("olga"))
        await world.learn_channels()
        await unanswered(world, at(3, 22, 17))
        await delegate(world.deps, world.watcher, reminder_id=1, person_id=1, team_id=other)
        [offered] = (await world.reminders())[0].answers
        await decide(world.deps, world.watcher, answer_id=offered.id, person_id=3, is_accepted=True)
        await world.go(at(4, 3))
        assert (heard(world, "lena"), heard(world, "mona")) == ([(3, 19)], [])
        # T-7 comes to somebody who had just answered by taking it over.
        assert heard(world, "kenji") == [(4, 1)]
        assert heard(world, "olga") == [(4, 1), (4, 2)]
        for who in ("kenji", "olga", "platform"):
            for message in world.seen(who):
                assert "Nobody" not in message.text
                assert "*data* has taken this over" in message.text
        assert heard(world, "platform") == [(4, 2)]


class TestWhereItGoes:
    async def test_a_team_without_a_channel_is_told_through_its_lead(self, world: World) -> None:
        lead = await world.person("lena")
        team = await world.team("payments", channel=False, lead=lead)
        await world.run(await world.asset("db", team=team), "1")
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        world.jump(at(3, 18, 17))
        await world.go(at(3, 19, 17))
        heard = world.seen("lena")
        assert [each.at.day for each in heard] == [2, 3, 19], "and is not told once more as the lead"
        assert all("Add a channel for *payments* to the catalog" in each.text for each in heard[:2])

    async def test_a_channel_that_cannot_be_written_to_falls_back_and_says_so(self, world: World) -> None:
        await one_team(world)
        world.slack.add_user("boss", real_name="Boss")
        await administration.archive_channel(world.slack, "payments", by="boss")
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        assert world.seen("payments") == []
        assert [each.at.day for each in world.seen("lena")] == [2, 3]
        assert "payments" in world.seen("lena")[0].text or "channel" in world.seen("lena")[0].text

    async def test_whoever_hears_in_place_of_the_channel_is_not_told_besides_that_nobody_answers(
        self, world: World
    ) -> None:
        await one_team(world)
        world.slack.add_user("boss", real_name="Boss")
        await administration.archive_channel(world.slack, "payments", by="boss")
        world.jump(at(3, 2, 8))
        await world.go(at(4, 3, 17))
        keys = [each.key.split(":")[1] for each in world.seen("lena")]
        assert "owed" not in keys
        days = [each.at.date() for each in world.seen("lena")]
        assert days == sorted(set(days)), "one message a day"
        assert [each.at.date() for each in world.seen("platform")] == [ENDS]

    async def test_a_person_is_written_to_in_their_own_time(self, world: World) -> None:
        person = await world.person("ada", tz="America/New_York")
        await world.run(await world.asset("db", person=person), "1")
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 23), hours=range(24))
        assert [(each.at.day, each.at.hour) for each in world.seen("ada")] == [(2, 15), (3, 14)]

    async def test_what_nobody_owns_is_in_the_platform_channels_digest(self, world: World) -> None:
        await world.run(await world.asset("db"), "1")
        await world.learn_channels()
        world.jump(at(3, 1, 8))
        await world.go(at(4, 8))
        assert [(each.at.month, each.at.day, each.key.split(":")[1]) for each in world.seen("platform")] == [
            (3, 2, "digest"), (3, 9, "digest"), (3, 23, "digest"), (3, 30, "digest"), (4, 6, "digest"),
        ]  # fmt: skip
        assert all(each.text.startswith("*End of life* of what nobody owns") for each in world.seen("platform"))

    async def test_without_any_place_it_is_logged_once_a_day_and_not_counted_as_said(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.start(platform_channel="")
        await world.run(await world.asset("db"), "1")
        world.jump(at(3, 1, 8))
        await world.go(at(3, 3, 17))
        assert world.seen() == []
        [reminder] = await world.reminders()
        assert reminder.milestone is None
        complaints = [each for each in caplog.records if "reach nobody" in each.message]
        assert len(complaints) == 3
        world.start(platform_channel="platform")
        await world.learn_channels()
        await world.go(at(3, 5))
        assert len(world.seen("platform")) == 1

    async def test_a_reminder_that_was_taken_over_is_said_to_the_other_team(self, world: World) -> None:
        await one_team(world)
        other = await world.team("helpers")
        world.jump(at(3, 2, 8))
        await world.go(at(3, 3, 17))
        await world.learn_channels()
        await world.edit(1, delegated_to=other)
        before = len(world.seen("payments"))
        world.jump(at(3, 18, 17))
        await world.go(at(3, 19, 17))
        assert len(world.seen("payments")) == before
        [root] = world.seen("helpers")
        assert not root.is_reply


async def test_whoever_leads_a_team_has_the_day_of_that_team_wherever_a_day_is_asked_for(world: World) -> None:
    lead = await world.person("lena", tz="Pacific/Auckland")
    team = await world.team("west", tz="Pacific/Honolulu", lead=lead)
    await world.run(await world.asset("own-db", person=lead), "1")
    world.jump(at(3, 2, 22))  # noon in Honolulu, and tomorrow in Auckland
    await world.look()
    honolulu, recipient = date(2027, 3, 2), world.snapshot.recipient(f"person:{lead}")
    exposure = await world.watcher.current()
    assert world.watcher.today(recipient) == exposure.today_of(recipient) == honolulu
    assert {each.opened_on for each in await world.reminders()} == {honolulu}
    assert today_of(world.context, world.snapshot.person(lead).slack_id) == honolulu
    await world.change_team(team, timezone="Pacific/Auckland")
    await snapshots.refresh(world.snapshot, world.deps.database)
    assert (await world.watcher.current()).today_of(recipient) == date(2027, 3, 3)


async def kinds(world: World, recipient: str) -> list[str]:
    """Refresh, and return what is said to end for somebody."""
    await snapshots.refresh(world.snapshot, world.deps.database)
    return [each.deadline.kind.value for each in (await world.watcher.current()).by_addressee[recipient]]


async def test_what_is_over_for_a_team_that_moves_to_another_time_zone_goes_at_once(world: World) -> None:
    world.facts.active["1"] = date(2027, 3, 3)
    lead = await world.person("lena")
    team = await world.team("west", tz="Pacific/Honolulu", lead=lead)
    await world.run(await world.asset("own-db", person=lead), "1")
    for day in (2, 3):
        world.jump(at(3, day, 22))  # noon in Honolulu, and tomorrow in Auckland
        assert await kinds(world, f"person:{lead}") == ["eoas", "eol"]
    await world.change_team(team, timezone="Pacific/Auckland")
    assert await kinds(world, f"person:{lead}") == ["eol"]


async def test_what_nobody_owns_ends_by_the_day_of_the_platform_channels_team_wherever_that_moves(world: World) -> None:
    world.facts.active["1"] = date(2027, 3, 2)
    team = await world.team("platform team", tz="Pacific/Honolulu", channel="#platform")
    await world.learn_channels()
    await world.run(await world.asset("db"), "1")
    world.jump(at(3, 2, 22))
    assert await kinds(world, "nobody") == ["eoas", "eol"]
    await world.change_team(team, timezone="Pacific/Auckland")
    world.jump(at(3, 3, 22))
    assert await kinds(world, "nobody") == ["eol"]


class TestNothingStopsTheRest:
    async def test_one_that_breaks_is_logged_and_the_others_are_told(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken = await world.team("broken")
        await world.run(await world.asset("broken-db", team=broken), "1")
        await one_team(world)
        async with world.deps.database.transaction() as session:
            await session.execute(text(REFUSING[session.get_bind().dialect.name].format(broken=broken)))
        world.jump(at(3, 2, 10))
        await world.look()
        assert world.seen("broken") == []
        assert world.days("payments") == [date(2027, 3, 2)]
        assert f"telling team:{broken} failed" in caplog.text
        assert len(await world.reminders()) == 1, "what was begun for the other is undone"

    async def test_a_zone_that_is_none_stops_neither_its_own_team_nor_others(self, world: World) -> None:
        odd = await world.team("odd", tz="Europe")
        await world.run(await world.asset("odd-db", team=odd), "1")
        await one_team(world)
        world.jump(at(3, 2, 10))
        await world.look()
        assert world.days("payments") == world.days("odd") == [date(2027, 3, 2)]

    async def test_a_database_in_trouble_is_one_line_and_what_was_due_is_said_by_the_next_pass(
        self, world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await one_team(world)
        world.jump(at(3, 2, 10))

        async def locked(*_: object, **__: object) -> bool:
            raise StoreUnavailableError("is locked by somebody else", cause="OperationalError")

        with monkeypatch.context() as trouble:
            trouble.setattr(daily_pass.outbox, "enqueue", locked)
            await world.look()
        [record] = [each for each in caplog.records if "it is tried again at the next run" in each.getMessage()]
        assert record.exc_info is None
        assert world.days("payments") == []
        await world.look()
        assert world.days("payments") == [date(2027, 3, 2)]

    async def test_versions_that_nobody_knows_are_said_once_by_themselves(self, world: World) -> None:
        team, _, _ = await one_team(world)
        world.facts.ends["1"] = date(2029, 1, 1)
        world.jump(at(11, 3, 10, year=2026))
        await world.look()
        await world.run(await world.asset("odd", team=team), "nonsense")
        await world.go(at(12, 2, year=2026))
        assert world.days("payments") == [date(2026, 11, 10)]


class TestCards:
    async def test_of_an_open_one_of_one_that_is_closed_and_of_none(self, world: World) -> None:
        _, asset, deployment = await one_team(world)
        world.jump(at(2, 23, 10))
        await world.look()
        async with world.deps.database.reading() as session:
            shown = await card_of(world.deps, world.watcher, session, 1)
            assert isinstance(shown, Card)
            assert (shown.today, shown.watch.cycle.name, shown.reminder.id) == (date(2027, 2, 23), "1", 1)
            assert await card_of(world.deps, world.watcher, session, 99) is None
        newer = await world.upgrade(asset, deployment, "2")
        await world.look()
        async with world.deps.database.reading() as session:
            closed = await card_of(world.deps, world.watcher, session, 1)
        assert isinstance(closed, ClosedCard)
        assert (closed.resolution, [each.deployment.id for each in closed.evidence]) == ("upgraded", [newer])

    async def test_an_offer_and_the_moves_of_a_date_are_on_it(self, world: World) -> None:
        await one_team(world)
        other = await world.team("helpers")
        world.jump(at(2, 23, 10))
        await world.look()
        await world.answer("delegated", by=1, team_id=other)
        async with world.deps.database.transaction() as session:
            session.add(
                tables.DateChange(
                    product="widget", cycle="1", clock="eol", before="2027-03-01", after="2027-04-02", at=at(1, 5)
                )
            )
        async with world.deps.database.reading() as session:
            shown = await card_of(world.deps, world.watcher, session, 1)
        assert isinstance(shown, Card)
        assert (shown.offered_to, shown.taker) == ("helpers", None)
        assert [(each.before, each.after) for each in shown.moves] == [("2027-03-01", "2027-04-02")]


async def test_the_doctor_counts_what_reaches_nobody(world: World) -> None:
    team = await world.team("mute", channel=False)
    await world.run(await world.asset("db", team=team), "1")
    await world.run(await world.asset("orphan"), "2")
    world.facts.ends.clear()
    bare = replace(world.deps, platform_channel="")
    async with bare.database.transaction() as session:
        for deployment in (await session.execute(select(tables.Deployment))).scalars():
            deployment.product, deployment.version = "postgresql", "11.22"
    assert await unreachable(bare) == (2, ["mute"])
    assert await unreachable(world.deps) == (0, [])
    assert reach(lost=2, nowhere=["mute"]).level is Level.PROBLEM
    assert reach(lost=0, nowhere=[]).level is Level.OK


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_somebody_is_told_of_is_found_without_going_through_everybody_elses(world: World) -> None:
    await one_team(world)
    world.jump(at(3, 2, 10))
    await world.look()
    with noted(world.deps.database) as said:
        async with world.deps.database.reading() as session:
            found = [each async for chunk in reminder_store.told_to(session, ["team:1"]) for each in chunk]
            await reminder_store.taken_over(session)
    assert [each.addressee for each in found] == ["team:1"]
    plans = []
    async with world.deps.database.engine.connect() as connection:
        for statement, parameters in said:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans += [row.detail for row in plan]
    assert any("reminders" in each for each in plans)
    assert not [each for each in plans if "SCAN reminders" in each or "rowid>" in each]


async def test_a_report_and_the_parts_of_messages_are_read_in_one_session(world: World) -> None:
    await one_team(world)
    world.jump(at(3, 2, 10))
    await world.look()
    await report_of(world.deps, world.watcher, ReportScope())  # the inventory is in memory from here on
    reminders, opened = Reminders(world.deps, world.watcher), list[object]()
    pool = world.deps.database.engine.sync_engine.pool
    event.listen(pool, "checkout", lambda *given: opened.append(given))
    assert (await report_of(world.deps, world.watcher, ReportScope())).entries
    assert len(opened) == 1
    async with world.deps.database.reading() as session:
        assert (await reminders.parts(session, ["team:1"])).keys() == {"team:1"}
    assert len(opened) == 2
