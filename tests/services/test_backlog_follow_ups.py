"""What Baton comes back to by itself: when it is said, to whom, once, and what the answers change."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.domain.backlog.demand import EvidenceKind, OpenQuestion, Slowdown
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin
from bot.domain.backlog.requests import RequestState, Step
from bot.domain.records import TeamRecord
from bot.domain.working_time import WorkingTime, zone_of
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services import daily_pass, outbox
from bot.services.backlog import answers, merges, plans
from bot.services.backlog.contribution import Requests
from bot.services.backlog.intake import open_request
from bot.services.backlog.joins import join
from bot.services.backlog.standings import Backlog
from bot.services.backlog.steps import take
from bot.services.daily_pass import DailyPass
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.journal import written_about
from tests.conftest import NIGHT, FixedClock
from tests.services.test_backlog import ADA, EVE, GRACE, NEW_REQUEST, OMAR, PAYMENTS, deps, entries, snapshot
from tests.statements import one_connection

__all__ = ["deps", "snapshot"]

OPS, PAY = "C0OPS00001", "C0PAY00001"
FORM = replace(NEW_REQUEST, origin=Origin("form:V1"))


class Days:
    """A fixed clock, and a daily pass that is a new process each time."""

    def __init__(self, deps: Deps, snapshot: Snapshot, clock: FixedClock) -> None:
        self.deps, self.snapshot, self.clock = deps, snapshot, clock

    async def open(self, new: NewRequest = FORM) -> int:
        return (await open_request(self.deps, self.snapshot, new)).card.id

    async def take(self, step: Step, person_id: int, words: str = "words", *, request_id: int = 1) -> None:
        await take(self.deps, self.snapshot, request_id=request_id, person_id=person_id, step=step, words=words)

    def new_pass(self) -> DailyPass:
        return DailyPass(
            self.deps,
            self.snapshot,
            WorkingTimes(),
            [Requests(self.deps, self.snapshot, Backlog(self.deps, self.snapshot))],
        )

    async def go(self, month: int, day: int, hour: int = 11) -> list[tuple[str, str, str]]:
        """Run the pass at that moment; return what it said: key, place and text."""
        self.clock.at = datetime(2026, month, day, hour, tzinfo=UTC)
        before = await self.said()
        with one_connection(self.deps.database):
            await self.new_pass().run()
        return [each for key, each in (await self.said()).items() if key not in before]

    async def go_beside_ops(self, month: int, day: int) -> list[tuple[str, str, str]]:
        """As `go`, without what the DevOps team reads."""
        return [each for each in await self.go(month, day) if each[1] != OPS]

    async def said(self) -> dict[str, tuple[str, str, str]]:
        """All that passes have said, by its key."""
        async with self.deps.database.reading() as session:
            rows = (await session.execute(select(tables.OutboxMessage))).scalars().all()
        kinds = ("backlog.follow_up", "eol:digest")
        return {row.key: (row.key, row.channel, row.body["text"]) for row in rows if row.key.startswith(kinds)}

    async def row(self, request_id: int = 1) -> tables.Request:
        async with self.deps.database.reading() as session:
            return await session.get_one(tables.Request, request_id)


@pytest.fixture
def days(deps: Deps, snapshot: Snapshot, clock: FixedClock) -> Days:
    return Days(deps, snapshot, clock)


async def accepted(days: Days, new: NewRequest = FORM) -> int:
    """A request that the DevOps team has answered and estimated, so that it says nothing of it."""
    number = await days.open(new)
    await days.take(Step.ACCEPT, OMAR, request_id=number)
    await plans.estimate(days.deps, days.snapshot, request_id=number, person_id=OMAR, hours=(1, 2, 3))
    return number


async def test_a_date_that_has_passed_is_asked_about_once(days: Days) -> None:
    await accepted(days, replace(FORM, needed_by=date(2026, 3, 5)))
    assert await days.go_beside_ops(3, 5) == []
    [(_, place, text)] = await days.go(3, 6)
    assert place == PAY
    assert "was needed by" in text
    async with days.deps.database.reading() as session:
        [demand] = (await session.execute(select(tables.RequestDemand))).scalars()
    assert demand.needed_asked_on == date(2026, 3, 6)
    for day in range(9, 28):
        assert [each for each in await days.go(3, day) if "was needed by" in each[2]] == []


async def test_each_team_is_asked_for_itself_whether_its_date_counts(days: Days) -> None:
    async with days.deps.database.transaction() as session:
        session.add(tables.Team(id=3, folded="search", name="Search", channel="C0SEARCH01", revision=2))
    days.snapshot.put_teams([TeamRecord(id=3, name="Search", channel="C0SEARCH01")])
    mine = replace(FORM, needed_by=date(2026, 3, 5))
    await accepted(days, mine)
    theirs = replace(mine, origin=Origin("form:V2"), team_id=3, filed_by=EVE, asked_by=EVE)
    await join(days.deps, days.snapshot, request_id=1, new=theirs)
    asked = [place for _, place, text in await days.go(3, 6) if "was needed by" in text]
    assert sorted(asked) == sorted([PAY, "C0SEARCH01"])
    assert [each for each in await days.go(3, 9) if "was needed by" in each[2]] == []


async def test_a_new_date_is_asked_about_anew_and_none_never(days: Days) -> None:
    await accepted(days, replace(FORM, needed_by=date(2026, 3, 5)))
    await days.go(3, 6)
    said = {"request_id": 1, "question": OpenQuestion.STILL_NEEDED, "today": date(2026, 3, 6)}
    with pytest.raises(UserError, match="later"):
        await answers.needed_until(days.deps, days.snapshot, person_id=ADA, until=date(2026, 3, 6), **said)  # type: ignore[arg-type]
    with pytest.raises(NotAllowedError):
        await answers.needed_until(days.deps, days.snapshot, person_id=EVE, until=None, **said)  # type: ignore[arg-type]
    await answers.needed_until(days.deps, days.snapshot, person_id=ADA, until=date(2026, 3, 11), **said)  # type: ignore[arg-type]
    assert [text for _, _, text in await days.go(3, 12) if "was needed by" in text] != []
    await answers.needed_until(days.deps, days.snapshot, person_id=ADA, until=None, **said)  # type: ignore[arg-type]
    assert await days.go(3, 25) == []
    row = await days.row()
    assert (row.needed_by, row.state) == (None, RequestState.ACCEPTED)
    assert [action for _, action in await entries(days.deps)].count("backlog.needed_by") == 2


async def test_the_end_of_a_block_is_asked_about_once_and_nobody_is_blocked_any_more(days: Days) -> None:
    blocked = DemandEntry(blocked_people=2, blocked_share=Slowdown.STOPPED, blocked_until=date(2026, 3, 5))
    await accepted(days, replace(FORM, demand=blocked))
    [(_, place, text)] = await days.go(3, 6)
    assert (place, "were to be blocked until" in text) == (PAY, True)
    assert await days.go(3, 12) == []
    await answers.needed_until(
        days.deps, days.snapshot, request_id=1, person_id=ADA, question=OpenQuestion.STILL_BLOCKED, until=None,
        today=date(2026, 3, 12),
    )  # fmt: skip
    async with days.deps.database.reading() as session:
        [demand] = (await session.execute(select(tables.RequestDemand))).scalars()
    assert (demand.blocked_people, demand.blocked_until) == (0, None)


async def test_a_question_is_said_again_after_three_working_days_to_whoever_asked(days: Days) -> None:
    await days.open()
    days.clock.at = datetime(2026, 3, 5, 12, tzinfo=UTC)  # a Thursday
    await days.take(Step.ASK, OMAR, "Which region?")
    assert [each for each in await days.go(3, 9) if "Which region" in each[2]] == []
    await days.go(3, 10)
    [(_, place, text)] = [each for each in (await days.said()).values() if "Which region" in each[2]]
    assert (place, "has waited for your answer" in text) == ("U00000002", True)
    for day in (11, 12, 17, 18):
        assert await days.go_beside_ops(3, day) == []
    await days.take(Step.REPLY, ADA, "Frankfurt")
    await days.take(Step.ASK, OMAR, "Which size?")
    await days.go(3, 24)
    assert len([each for each in (await days.said()).values() if "Which size" in each[2]]) == 1


async def test_a_delivery_is_asked_about_once_more_and_then_stands_in_the_teams_digest(days: Days) -> None:
    await accepted(days)
    days.clock.at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    await days.take(Step.DELIVER, OMAR)
    assert await days.go(3, 10) == []
    [(_, place, text)] = await days.go(3, 11)
    assert (place, "Does it do the job?" in text) == ("U00000002", True)
    assert await days.go(3, 17) == []
    for day in (24, 31):
        [(key, place, text)] = await days.go(3, day)
        assert (key.split(":")[1], place, "Does it do the job?" in text) == ("digest", PAY, True)
    await days.take(Step.CONFIRM, GRACE)
    assert not any("Does it do the job?" in text for _, _, text in await days.go(4, 7))


async def test_a_request_without_a_first_answer_is_said_to_the_devops_team_in_its_working_time(days: Days) -> None:
    days.clock.at = datetime(2026, 3, 4, 16, tzinfo=UTC)
    await days.open()
    assert await days.go(3, 5, 15) == []
    [(_, place, text)] = await days.go(3, 5, 16)
    assert (place, "waited for a first answer" in text) == (OPS, True)
    assert await days.go(3, 6) == []


async def test_an_answer_in_time_keeps_it_quiet(days: Days) -> None:
    await accepted(days)
    assert await days.go(3, 9) == []


async def test_a_snoozed_request_wakes_on_its_day(days: Days) -> None:
    await days.open()
    await plans.snooze(
        days.deps, days.snapshot, request_id=1, person_id=OMAR, until=date(2026, 3, 12), today=date(2026, 3, 3)
    )
    assert await days.go(3, 11) == []
    [(_, place, text)] = await days.go(3, 12)
    assert (place, "was snoozed until" in text) == (OPS, True)
    assert (await days.row()).snoozed_until is None
    assert str((await days.row()).answer_by).startswith("2026-03-13"), "its time for a first answer begins anew"
    assert ("baton", "backlog.wake") in await entries(days.deps)
    async with days.deps.database.reading() as session:
        rows = (await session.execute(select(tables.OutboxMessage))).scalars()
        assert "snoozed" not in next(row for row in rows if row.key == "backlog.triage:1").body["text"]


async def test_what_it_saves_is_asked_of_each_team_after_30_and_90_days(days: Days) -> None:
    await accepted(days)
    await days.take(Step.DELIVER, OMAR)
    await days.take(Step.CONFIRM, ADA)
    assert await days.go(3, 31) == []
    with pytest.raises(NotFoundError):
        await saves(days, 30)
    [(_, place, text)] = await days.go(4, 7)
    assert (place, "After 30 days" in text, "Payments" in text) == (PAY, True, True)
    assert await days.go(4, 14) == []
    await saves(days, 30)
    [(_, _, text)] = await days.go(6, 2)
    assert "After 90 days" in text
    assert await days.go(6, 9) == []
    async with days.deps.database.reading() as session:
        rows = (await session.execute(select(tables.RequestSaving))).scalars().all()
    assert {row.day: row.hours_a_month for row in rows} == {30: 4.5, 90: None}


async def saves(days: Days, after: int) -> None:
    await answers.saves(
        days.deps, days.snapshot, request_id=1, person_id=GRACE, team_id=PAYMENTS, days=after, hours=4.5
    )


async def test_a_process_that_goes_on_says_what_new_ones_say(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = days.new_pass()
    monkeypatch.setattr(days, "new_pass", lambda: kept)
    await accepted(days, replace(FORM, needed_by=date(2026, 3, 19)))
    said = {day: await days.go_beside_ops(3, day) for day in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24)}
    assert [day for day, found in said.items() if found] == [20], "nothing but the day has changed"
    await days.take(Step.DELIVER, OMAR)
    await days.take(Step.CONFIRM, ADA)
    assert [day for day in (31, 30) if await days.go_beside_ops(3, day)] == []
    told = [day for day in (1, 7, 14, 21, 22, 23, 24, 27, 28) if await days.go_beside_ops(4, day)]
    assert told == [28], "30 days later, in the digest"


async def test_a_pass_looks_only_at_those_whose_requests_have_changed(days: Days) -> None:
    await accepted(days)
    other = await accepted(days, replace(FORM, origin=Origin("form:V2"), team_id=None, filed_by=EVE, asked_by=EVE))
    requests = Requests(days.deps, days.snapshot, Backlog(days.deps, days.snapshot))

    async def changed(since: int | None, looked_at: datetime) -> tuple[int, Collection[str]]:
        async with days.deps.database.reading() as session:
            return await requests.changed(session, since, await written_about(session, looked_at))

    days.clock.at += timedelta(hours=1)
    position, keys = await changed(None, days.clock.at)
    assert keys == {"team:1"}, "all that there is to wait for"
    looked_at, days.clock.at = days.clock.at, days.clock.at + timedelta(hours=1)
    position, keys = await changed(position, looked_at)
    assert keys == set()
    await days.take(Step.ASK, OMAR, request_id=other)
    position, keys = await changed(position, days.clock.at)
    assert keys == {"person:4", "team:1"}
    looked_at, days.clock.at = days.clock.at, days.clock.at + timedelta(hours=1)
    position, keys = await changed(position, looked_at)
    assert keys == {"person:4", "team:1"}, "what was written down late is looked for once more"
    assert (await changed(position, days.clock.at))[1] == set()


async def test_the_devops_teams_digest_has_what_to_estimate_and_what_is_at_risk(days: Days) -> None:
    for number in range(7):
        wanted = DemandEntry(lost_people=1 + number, lost_times=4, lost_hours=1, evidence=EvidenceKind.MEASURED)
        one = await days.open(
            replace(FORM, origin=Origin(f"form:E{number}"), title=f"Job {number}", demand=wanted, team_id=None)
        )
        await days.take(Step.ACCEPT, OMAR, request_id=one)
    risky = await days.open(replace(FORM, title="In danger", needed_by=date(2026, 3, 12)))
    await days.take(Step.ACCEPT, OMAR, request_id=risky)
    await plans.estimate(days.deps, days.snapshot, request_id=risky, person_id=OMAR, hours=(10, 20, 30))
    [(key, place, text)] = await days.go(3, 10)
    assert (key.split(":")[1], place) == ("digest", OPS)
    assert "In danger" in text.split("to estimate")[0]
    assert [f"Job {number}" in text for number in range(7)] == [False, False, True, True, True, True, True]
    assert len(await days.go(3, 17)) >= 1, "every week"


async def test_a_private_request_is_asked_about_in_private_and_not_by_its_title(days: Days) -> None:
    await accepted(days, replace(FORM, origin=Origin("form:V1", is_private=True), needed_by=date(2026, 3, 5)))
    [(_, place, text)] = await days.go(3, 6)
    assert place == "U00000002"
    assert FORM.title not in text


async def test_what_became_part_of_another_request_is_asked_about_as_long_as_that_one_is_open(days: Days) -> None:
    kept = await accepted(days)
    part = await days.open(replace(FORM, origin=Origin("form:V2"), team_id=None, filed_by=EVE, asked_by=EVE,
                                   needed_by=date(2026, 3, 12)))  # fmt: skip
    await merges.merge(days.deps, days.snapshot, request_id=part, into_id=kept, person_id=OMAR)
    [(_, place, text)] = await days.go(3, 13)
    assert (place, f"#{part}" in text) == ("U00000004", True)


@pytest.mark.parametrize("seed", range(6 if NIGHT else 2))
async def test_each_thing_is_said_once_whatever_the_order_of_passes_and_crashes(
    days: Days, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    await accepted(days, replace(FORM, needed_by=date(2026, 3, 5)))
    asked = await days.open(replace(FORM, origin=Origin("form:V2")))
    await days.take(Step.ASK, OMAR, "Which region?", request_id=asked)
    await days.open(replace(FORM, origin=Origin("form:V3")))
    delivered = await accepted(days, replace(FORM, origin=Origin("form:V4")))
    await days.take(Step.DELIVER, OMAR, request_id=delivered)
    real, kept = outbox.enqueue, days.new_pass()

    async def enqueue(*args: object, **kwargs: object) -> bool:
        made = await real(*args, **kwargs)  # type: ignore[arg-type]
        if chance.random() < 0.4:
            raise ConnectionError("killed after it was written, before it was committed")
        return made

    monkeypatch.setattr(daily_pass.outbox, "enqueue", enqueue)
    for day in range(4, 31):
        for hour in sorted(chance.sample(range(9, 17), 3)):
            days.clock.at = datetime(2026, 3, day, hour, tzinfo=UTC)
            await asyncio.gather(*(each.run() for each in (days.new_pass(), kept)[: chance.randint(1, 2)]))
    monkeypatch.undo()
    for day in (1, 2, 3):
        await days.go(4, day)
    texts = [text for key, (_, _, text) in (await days.said()).items()]
    counts = {
        said: sum(text.count(said) for text in texts)
        for said in ("was needed by", "Which region?", "waited for a first answer")
    }
    digests = 4  # of the DevOps team, from the working day on that is the fifth
    assert counts == {"was needed by": 1, "Which region?": 1, "waited for a first answer": 1 + digests}
    own = [text for key, (_, place, text) in (await days.said()).items() if place == "U00000002"]
    assert sum(text.count("Does it do the job?") for text in own) == 1


def test_the_target_is_counted_in_working_time() -> None:
    work = WorkingTime(zone_of("Europe/Berlin"), frozenset({date(2026, 3, 9)}))
    friday = datetime(2026, 3, 6, 14, tzinfo=UTC)  # 15:00 in Berlin
    assert work.later(friday, timedelta(hours=2)) == datetime(2026, 3, 6, 16, tzinfo=UTC)
    assert work.later(friday, timedelta(hours=3)) == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert work.later(friday + timedelta(days=1), timedelta(0)) == datetime(2026, 3, 10, 8, tzinfo=UTC)
