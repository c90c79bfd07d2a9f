"""One message a day, one digest a week and one escalation a day, whichever nouns have something to say."""

# ruff: noqa: ARG002, ARG005 - the noun that is made up here needs little of what it is given

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.digests import Section
from bot.blocks.escalation import Complaint
from bot.blocks.lines import Line, with_also
from bot.blocks.text import Rendered, section
from bot.domain.daily_limit import Agenda, Due, Written
from bot.domain.escalation import Audience, Owed
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.services.contributors import Message, Telling
from bot.services.daily_pass import DailyPass
from bot.services.eol import answers
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.eol_world import World, made_world
from tests.services.test_eol_reminders import at, one_team
from tests.statements import noted


@pytest.fixture
async def world(database: Database, clock: FixedClock) -> AsyncIterator[World]:
    """Return a Baton whose pass asks every noun, as a deployment's does."""
    async with made_world(database, clock) as made:
        yield made


@dataclass
class Request:
    """A request that has to be decided in so many days, known since a day and said on another."""

    number: int
    team: int
    days: int
    since: date
    is_loud: bool = True
    said_on: date | None = None
    is_owed: bool = False
    heard: dict[Audience, int | None] = field(default_factory=dict)
    to: Recipient | None = None  #: instead of the team


@dataclass
class Asked:
    """What is asked of one team."""

    recipient: Recipient
    requests: list[Request]

    @property
    def size(self) -> int:
        return len(self.requests)

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        due = tuple(
            Due(noun="requests", key=(str(each.number),), days=each.days, is_loud=each.is_loud)
            for each in self.requests
            if each.said_on is None
        )
        return Agenda(due=due, known_since=min(each.since for each in self.requests))

    async def read(self, session: AsyncSession) -> None:
        pass

    async def begin(self, telling: Telling) -> None:
        pass

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        for each in self._of(due):
            each.said_on = telling.today

    def line(self, due: Due) -> Line:
        return Line(f"Request {due.key[0]}")

    def message(self, lead: Due, also: Sequence[Line]) -> Message:
        text = f"Please decide on request {lead.key[0]}."
        return Message(key=f"request:{lead.key[0]}", content=with_also([text], [section(text)], also))

    def section(self, telling: Telling, due: Sequence[Due], *, is_first: bool) -> Section | None:
        text = "\n".join(["*Requests*", *(f"• Request {each.number}" for each in self._of(due))])
        return (lambda share: Rendered(text, [section(text)])) if due else None

    async def end(self, telling: Telling, *, is_digest: bool) -> None:
        pass

    def _of(self, due: Sequence[Due]) -> list[Request]:
        return [each for each in self.requests if (str(each.number),) in {one.key for one in due}]


class Requests:
    """A noun that a test makes up, which keeps everything in memory."""

    name = "requests"

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.all: list[Request] = []

    async def changed(self, session: AsyncSession, since: object, written: object) -> tuple[None, set[str]]:
        return None, {self._team(each).key for each in self.all}

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> dict[str, Asked]:
        found: dict[str, Asked] = {}
        for each in self.all:
            recipient = self._team(each)
            if recipient.key in keys:
                found.setdefault(recipient.key, Asked(recipient, [])).requests.append(each)
        return found

    async def note(self, session: AsyncSession, parts: Sequence[tuple[Asked, date]]) -> None:
        raise AssertionError("there is nothing to note")

    async def said_on(self, session: AsyncSession, key: str, day: date) -> list[Line]:
        return [Line(f"Request {each.number}") for each in self.all if each.said_on == day]

    async def owed(
        self, session: AsyncSession, work_of: Callable[[Recipient], Awaitable[WorkingTime]], ids: Sequence[int] | None
    ) -> list[Owed]:
        return [
            Owed(noun="requests", id=each.number, step=each.days, holder=self._team(each), day=each.said_on,
                 heard=each.heard)
            for each in self.all
            if each.is_owed and each.said_on is not None and (ids is None or each.number in ids)
        ]  # fmt: skip

    async def complaints(self, session: AsyncSession, owed: Sequence[Owed]) -> list[Complaint]:
        return [Complaint(Line(f"Request {each.id} waits."), each.holder.name) for each in owed]

    async def heard(self, session: AsyncSession, owed: Owed, part: Audience) -> bool:
        [request] = [each for each in self.all if each.number == owed.id]
        is_new = request.heard.get(part) != owed.step
        request.heard[part] = owed.step
        return is_new

    def _team(self, request: Request) -> Recipient:
        return request.to or Recipient(self._snapshot.team(request.team))


@pytest.fixture
def requests(world: World) -> Requests:
    """The second noun, of a team that has a reminder, too."""
    made = Requests(world.snapshot)
    world.deps.contributors.append(made)
    daily_pass = DailyPass(world.deps, world.snapshot, WorkingTimes(), world.deps.contributors)
    world.context = replace(world.context, daily_pass=daily_pass)
    return made


async def test_one_message_a_day_has_what_both_have_to_say(world: World, requests: Requests) -> None:
    team, _, _ = await one_team(world)
    world.jump(at(2, 23, 8))
    await world.go(at(3, 3, 8))
    requests.all += [Request(7, team, 40, since=date(2027, 3, 3)), Request(8, team, 5, since=date(2027, 3, 3))]
    await world.go(at(3, 3, 17))  # T-30 of the reminder
    [message] = [each for each in world.seen("payments") if each.at > at(3, 3, 1)]
    # What is nearest leads, be it whose it may.
    assert message.text.startswith("Please decide on request 8.\nAlso due today:\n• ")
    assert "Widget 1" in message.text.replace("*", "")
    assert message.text.endswith("• Request 7")
    [reminder] = await world.reminders()
    assert (reminder.milestone and reminder.milestone.days, reminder.said_on, reminder.root_key) == (
        30, date(2027, 3, 3), "",
    )  # fmt: skip
    await world.go(at(3, 8))
    assert len(world.seen("payments")) == 2, "and nothing twice"


async def test_what_the_other_had_to_say_stays_in_a_message_that_is_drawn_anew(
    world: World, requests: Requests
) -> None:
    team, _, _ = await one_team(world)
    world.jump(at(2, 23, 8))
    await world.go(at(3, 3, 8))
    requests.all.append(Request(7, team, 40, since=date(2027, 3, 3)))
    await world.go(at(3, 3, 17))
    await answers.acknowledge(world.deps, world.watcher, reminder_id=1, person_id=1)
    await world.arrive()
    message = world.seen("payments")[-1]
    assert message.key == "eol:1:root"
    assert "Acknowledged by" in message.text
    assert message.text.endswith("Also due today:\n• Request 7")


@pytest.mark.parametrize(
    ("days", "order"), [(1, ["Requests", "End of life"]), (-1000, ["End of life", "Requests"])], ids=["near", "passed"]
)
async def test_one_digest_a_week_has_a_section_of_each_and_begins_with_what_can_be_prevented(
    world: World, requests: Requests, days: int, order: list[str]
) -> None:
    team, _, _ = await one_team(world)
    requests.all.append(Request(7, team, days, since=date(2027, 2, 22), is_loud=False))
    world.jump(at(2, 22, 8))
    await world.go(at(3, 2))
    [digest] = world.seen("payments")
    assert (digest.key, digest.at.hour) == (f"eol:digest:team:{team}:2027-02-23", 10)
    heads = [line.split("*")[1] for line in digest.text.splitlines() if line.startswith("*")]
    assert heads == order
    assert "• Request 7" in digest.text
    assert "Widget 1" in digest.text.replace("*", "")


async def test_the_digest_of_one_noun_is_not_held_up_by_the_silence_of_the_other(
    world: World, requests: Requests
) -> None:
    team = await world.team("payments")
    await world.learn_channels()
    requests.all.append(Request(7, team, 100, since=date(2027, 2, 22), is_loud=False))
    world.jump(at(2, 22, 8))
    await world.go(at(3, 20))
    assert [each.text for each in world.seen("payments")] == ["*Requests*\n• Request 7"]


async def test_what_nobody_answers_of_the_second_noun_is_escalated_once_and_an_hour_later(
    world: World, requests: Requests
) -> None:
    team, _, _ = await one_team(world)
    world.facts.ends["1"] = date(2029, 1, 1)
    world.jump(at(3, 3, 8))
    requests.all.append(Request(7, team, 14, since=date(2027, 3, 3), is_owed=True))
    await world.go(at(3, 3, 9), hours=(9,))
    assert world.seen("payments")[-1].key == "request:7"
    assert world.seen("lena") == []
    await world.go(at(3, 10))
    [told] = world.seen("lena")
    assert "*payments* has not answered:" in told.text
    assert "Request 7 waits." in told.text
    assert told.at == at(3, 3, 16), "at 10 the hour was not over"


async def test_who_owns_something_and_leads_a_silent_team_gets_one_message_a_day(
    world: World, requests: Requests
) -> None:
    team, _, _ = await one_team(world)
    lena = Recipient(person=world.snapshot.person(1))
    world.facts.ends["1"] = date(2029, 1, 1)
    world.jump(at(3, 3, 8))
    requests.all.append(Request(7, team, 14, since=date(2027, 3, 3), is_owed=True))
    requests.all.append(Request(8, team, 14, since=date(2027, 3, 3), to=lena))
    await world.go(at(3, 3, 17))
    assert [each.key for each in world.seen("lena")] == ["request:8"], "what nobody has answered waits for tomorrow"
    requests.all.append(Request(9, team, 13, since=date(2027, 3, 4), to=lena))
    await world.go(at(3, 4, 17))
    assert [each.key for each in world.seen("lena")][1:] == ["eol:owed:person:1:2027-03-04"], "and then comes first"
    await world.go(at(3, 5, 17))
    assert [each.key for each in world.seen("lena")][2:] == ["request:9"]


async def test_a_lead_hears_of_both_nouns_in_one_message(world: World, requests: Requests) -> None:
    team, _, _ = await one_team(world)
    world.jump(at(3, 2, 8))
    await world.go(at(3, 3, 17))
    world.jump(at(3, 18, 17))
    requests.all.append(Request(7, team, 10, since=date(2027, 3, 18), is_owed=True))
    await world.go(at(3, 19, 17))
    [told] = world.seen("lena")
    lines = told.text.replace("*", "").splitlines()
    assert "Request 7 waits." in lines[1]
    assert "Widget 1" in lines[2]


async def test_a_pass_looks_at_those_for_whom_something_has_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    team, _, _ = await one_team(world)
    other = await world.team("search")
    asset = await world.asset("index", team=other)
    await world.run(asset, "1")
    noun = world.deps.contributors[0]
    looked: list[str] = []
    parts = noun.parts

    async def listening(session: AsyncSession, keys: Collection[str]) -> object:
        looked.extend(keys)
        return await parts(session, keys)

    monkeypatch.setattr(noun, "parts", listening)

    async def seen() -> list[str]:
        looked.clear()
        await world.look()
        return sorted(looked)

    world.jump(at(2, 24, 12))  # a Wednesday
    assert await seen() == sorted([f"team:{team}", f"team:{other}"])
    world.jump(at(2, 25, 12))
    assert await seen() == []
    await world.run(asset, "2")
    assert await seen() == [f"team:{other}"]
    [first, *_] = await world.reminders()
    await answers.acknowledge(world.deps, world.watcher, reminder_id=first.id, person_id=1)
    assert await seen() == [first.addressee]
    world.jump(at(2, 26, 12))
    await seen()  # what was written down in the last minutes before a pass is read twice
    assert await seen() == []
    await world.change_team(team, timezone="Europe/Berlin")
    assert await seen() == ["person:1", f"team:{team}"], "whoever leads it works in its time zone"
    world.jump(at(3, 2, 12))  # the day of the digest
    assert await seen() == sorted([f"team:{team}", f"team:{other}"])


@pytest.mark.parametrize("change", [{"timezone": "Europe/London"}, {"lead_id": None}], ids=["zone", "lead"])
async def test_a_lead_is_looked_at_again_when_the_team_whose_hours_they_work_is_another(
    world: World, change: dict[str, object]
) -> None:
    lena = await world.person("lena", tz="Europe/London")
    team = await world.team("payments", tz="America/Los_Angeles", lead=lena)
    await world.run(await world.asset("wiki", person=lena), "1")
    world.jump(at(3, 3, 9))  # in Los Angeles it is night, so Lena is to be looked at in the evening
    await world.look()
    await world.change_team(team, **change)
    await world.look()
    [reminder] = await world.reminders()
    assert reminder.opened_on == date(2027, 3, 3), "Lena is at work"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_pass_at_which_nothing_has_changed_asks_each_noun_once(world: World) -> None:
    await one_team(world)
    world.jump(at(3, 2, 10))
    await world.look()
    await world.look()
    opened = list[object]()
    event.listen(world.deps.database.engine.sync_engine.pool, "checkout", lambda *given: opened.append(given))
    with noted(world.deps.database) as asked:
        await world.context.daily_pass.run()
    assert len(asked) == 4
    assert sum("audit_log" in statement for statement, _ in asked) == 1, (
        "what was written is read for all nouns at once"
    )
    assert len(opened) == 2, "one session for what has changed, and one for what is owed"
