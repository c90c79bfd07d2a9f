"""Runs the organisation through a stretch of time: this process holds Slack and the clock, another does the work."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.reminders import Remembered
from bot.playground.fake_slack import FakeSlack
from bot.services.deps import Deps
from bot.services.eol.reminder_store import remembered
from bot.store import migrations, tables
from bot.store.db import Database
from bot.web import SLACK_PATH
from tests.conftest import lasting_port
from tests.forks import Fork, Forks
from tests.simulation.clock import SharedClock
from tests.simulation.hands import Hands
from tests.simulation.organisation import SEED, SOURCE, STARTS, MovingFacts, Organisation, move_dates
from tests.simulation.people import People, hour_of_answers

_TOKEN, _SECRET = "xoxb-simulation", "secret-of-the-simulation"
_REPOSITORY = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 300
HOUR = timedelta(hours=1)


#: Nobody has pressed that: it follows from another answer.
_BY_USE = "ownership.confirm_by_use"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is in Slack at the end. `subject` is its key with names for numbers, the same in every run."""

    at: datetime
    place: str
    subject: str
    text: str
    is_reply: bool
    is_broadcast: bool
    reminder: int | None = None  #: that it is about, where it is about one
    answer: int | None = None  #: that it asks about or reports


@dataclass(frozen=True, slots=True)
class Said:
    """A milestone was noted as said: of which reminder, by which deadline, on which day of those who were told."""

    reminder: int
    deadline: date
    milestone: int
    on: date
    seen_at: datetime
    told: str  #: the addressee's key, or that of the team that has taken it over
    quiet_by: Any = None  #: the answer in force just before


@dataclass(slots=True)
class Lived:
    """What a stretch of time left behind."""

    messages: list[Message] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    reminders: dict[int, tables.Reminder] = field(default_factory=dict)
    answers: dict[int, tables.ReminderAnswer] = field(default_factory=dict)
    given: list[tables.AuditEntry] = field(default_factory=list)  #: what people did, as the audit log has it
    deployments: list[tables.Deployment] = field(default_factory=list)
    pins: list[tables.VersionPin] = field(default_factory=list)
    owners: dict[int, int] = field(default_factory=dict)  #: the team that the catalog names, by asset
    #: Whom an asset was claimed from and for, and what it runs: addressee and product.
    contested: set[tuple[str, str]] = field(default_factory=set)
    busy_hours: dict[datetime, int] = field(default_factory=dict)
    presses: dict[datetime, int] = field(default_factory=dict)  #: requests that people's answers made, by the hour
    kills: int = 0
    kills_amid_posts: int = 0
    kills_amid_answers: int = 0

    @property
    def counts(self) -> Counter[str]:
        """How many answers of each kind were given.

        What counts as a confirmation by use is noted behind the answer, and may be lost with the process.
        """
        return Counter(entry.action.partition(".")[2] for entry in self.given if entry.action != _BY_USE)

    @property
    def claims(self) -> Counter[int]:
        """How often somebody said of a reminder that it is done."""
        done = (entry.subject for entry in self.given if entry.action == "lifecycle.done")
        return Counter(int(subject.partition(":")[2]) for subject in done)


class Worker:
    """The process that does the work, started anew whenever it was killed."""

    def __init__(self, *arguments: str, in_line: bool = False) -> None:
        self._arguments = arguments
        modules = ["bot.app", "tests.simulation.clock", "tests.simulation.organisation"]
        self._forks = Forks(*modules, *(["tests.simulation.in_line"] if in_line else []))
        self._process: Fork | None = None
        self._is_killed = False

    async def begin(self, line: str) -> asyncio.Task[bool]:
        """Tell it an hour; the task says whether it got through."""
        if self._process is not None and self._is_killed:
            await self._process.wait()
            self._orders.close()
            self._process = None
        if self._process is None:
            self._is_killed = False
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = await self._forks.start(
                    "tests.simulation.worker",
                    *self._arguments,
                    folder=_REPOSITORY,
                    env={**os.environ, "PYTHONPATH": str(_REPOSITORY)},
                    files=(theirs.fileno(), theirs.fileno(), 2),
                )
            self._said, self._orders = await asyncio.open_connection(sock=ours)
        with contextlib.suppress(ConnectionError):
            self._orders.write(f"{line}\n".encode())
            await self._orders.drain()
        return asyncio.create_task(self._answer(self._process))

    async def through(self, line: str) -> None:
        """Have something done, by one process after the other where some are killed over it."""
        while not await (await self.begin(line)):
            pass

    async def _answer(self, process: Fork) -> bool:
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = await asyncio.wait_for(self._said.readline(), _PATIENCE_SECONDS)
        assert answer.strip() == b"done" or self._is_killed, f"the worker ended by itself, with {await process.wait()}"
        return answer.strip() == b"done"

    def kill(self) -> None:
        """Kill it, as a machine that loses power does."""
        if self._process is not None and self._process.returncode is None and not self._is_killed:
            self._is_killed = True
            self._process.kill()

    async def end(self) -> None:
        """Let it end by itself."""
        if self._process is not None:
            self._orders.close()
            await self._process.wait()
        await self._forks.close()


async def live(
    organisation: Organisation,
    folder: Path,
    *,
    days: int,
    kills: int = 0,
    before: Lived | None = None,
    in_line: bool = False,
) -> Lived:
    """Go through `days` by the hour. Most kills fall into the hours in which there was something to do `before`.

    With `in_line` SQLite has no thread of its own, which takes a fifth less of the processor.
    """
    clock = SharedClock(folder / "clock")
    clock.set(STARTS)
    url = f"sqlite:///{folder / 'baton.sqlite'}"
    database, slack, port = Database(url), _slack(clock), lasting_port()
    await migrations.upgrade(database)
    await organisation.fill(database)
    await slack.start()
    organisation.furnish(slack)
    slack.connect_http(f"http://127.0.0.1:{port}{SLACK_PATH}")
    facts, lived = MovingFacts(move_dates(days)), Lived()
    worker = Worker(url, slack.api_url, _TOKEN, _SECRET, str(port), str(folder / "clock"), str(days), in_line=in_line)
    answering = _Answering(worker, lived)
    hands = Hands(slack, lambda: worker.through("wait"), answering.pressing)
    people = People(organisation, database, Deps(database, clock), slack, hands, facts)
    killing = _when_to_kill(days, kills, before or Lived())
    try:
        for number in range(days * 24):
            hour, kills_now = STARTS + HOUR * number, killing.get(number, [])
            clock.set(hour)
            facts.go_to(hour.date())
            there = _count(slack)
            await _work(worker, slack, hour, [each for each in kills_now if not each.presses], lived)
            if (posted := _count(slack) - there) > 0:
                lived.busy_hours[hour] = posted
                await _note(database, lived, clock.now())
            if hour_of_answers(hour):
                clock.set(hour + HOUR / 2)
                with answering.killing(hour, [each for each in kills_now if each.presses]):
                    await people.act(clock.now())
                await worker.through("answered")
                people.forget()
    finally:
        await worker.end()
        await slack.stop()
    await _look_back(database, slack, lived)
    await database.close()
    clock.close()
    return lived


async def _look_back(database: Database, slack: FakeSlack, lived: Lived) -> None:
    """Read what the store and Slack hold at the end."""
    assert not slack.refused, slack.refused[:3]
    assert not slack.pings, slack.pings[:3]
    async with database.reading() as session:
        rows = (await session.execute(select(tables.Reminder))).scalars()
        lived.reminders = {int(row.id or 0): row for row in rows}
        answers = (await session.execute(select(tables.ReminderAnswer))).scalars()
        lived.answers = {int(row.id or 0): row for row in answers}
        entry = tables.AuditEntry
        by_people = select(entry).where(col(entry.actor).startswith("person:")).order_by(col(entry.id))
        lived.given = list((await session.execute(by_people)).scalars())
        lived.deployments = list((await session.execute(select(tables.Deployment))).scalars())
        lived.pins = list((await session.execute(select(tables.VersionPin))).scalars())
        ownerships = (await session.execute(select(tables.Ownership))).scalars().all()
        catalog = (await session.execute(select(tables.Source.id).where(tables.Source.name == SOURCE))).scalar_one()
    # What people use is confirmed in the catalog's own row; a claim has a row of its own.
    lived.owners = {row.asset_id: row.team_id for row in ownerships if row.team_id and row.source_id == catalog}
    claimed = {row.asset_id for row in ownerships if row.source_id != catalog}
    lived.contested = {
        (f"team:{row.team_id}", each.product)
        for each in lived.deployments
        if each.asset_id in claimed
        for row in ownerships
        if row.asset_id == each.asset_id
    }
    lived.messages = _messages(slack, lived)


def _slack(clock: SharedClock) -> FakeSlack:
    return FakeSlack(
        signing_secret=_SECRET, bot_token=_TOKEN, app_token="", clock=clock.now, echo=False,
        monotonic=lambda: clock.now().timestamp(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Kill:
    """Kill the worker after so many posts of the hour (`is_before` it hears of the last), else after a time.

    With `presses` it is after so many requests of people's in the hour, and that time.
    """

    posts: int = 0
    presses: int = 0
    is_before: bool = False
    seconds: float = 0.0


@dataclass(slots=True)
class _Answering:
    """Counts people's requests, and kills the worker over some of them."""

    worker: Worker
    lived: Lived
    hour: datetime = STARTS
    kills: list[_Kill] = field(default_factory=list)

    @contextlib.contextmanager
    def killing(self, hour: datetime, kills: Sequence[_Kill]) -> Iterator[None]:
        """Kill it over requests of this hour, at the latest when all of them are made."""
        self.hour, self.kills = hour, sorted(kills, key=lambda kill: kill.presses)
        yield
        if self.kills:
            self.lived.kills += len(self.kills)
            self.worker.kill()
            self.kills = []

    def pressing(self) -> None:
        count = self.lived.presses[self.hour] = self.lived.presses.get(self.hour, 0) + 1
        while self.kills and self.kills[0].presses <= count:
            self.lived.kills_amid_answers += 1
            self.lived.kills += 1
            asyncio.get_running_loop().call_later(self.kills.pop(0).seconds, self.worker.kill)


def _when_to_kill(days: int, kills: int, before: Lived) -> dict[int, list[_Kill]]:
    rng = random.Random(f"{SEED} kills {days} {kills}")
    posting, answering = sorted(before.busy_hours), sorted(before.presses)
    found: dict[int, list[_Kill]] = {}
    for number in range(kills):
        hour = STARTS + HOUR * rng.randrange(days * 24)
        kill = _Kill(seconds=rng.random() * 0.05)
        if number % 5 == 1 and answering:
            hour = rng.choice(answering)
            kill = _Kill(presses=rng.randrange(before.presses[hour]) + 1, seconds=rng.random() * 0.02)
        elif number % 5 and posting:
            hour = rng.choice(posting)
            kill = _Kill(posts=rng.randrange(before.busy_hours[hour]) + 1, is_before=rng.random() < 0.5)
        found.setdefault(round((hour - STARTS) / HOUR), []).append(kill)
    return found


async def _work(worker: Worker, slack: FakeSlack, hour: datetime, kills: list[_Kill], lived: Lived) -> None:
    """Have the hour's work done, by one process after the other where some are killed over it."""
    line = "midnight" if hour.hour == 0 else "hour"
    for kill in kills:
        working = await worker.begin(line)
        if kill.posts:
            with _killing_after(slack, kill, worker, lived):
                await working
        else:
            await asyncio.sleep(kill.seconds)
            worker.kill()
            await working
        worker.kill()  # at the latest now, when there was less to post, having been killed in this hour before
        lived.kills += 1
    await worker.through(line)


@contextlib.contextmanager
def _killing_after(slack: FakeSlack, kill: _Kill, worker: Worker, lived: Lived) -> Any:
    """Kill the worker once Slack has taken so many messages: before its answer is on its way, or just after."""
    workspace, left = slack.workspace, kill.posts
    told = workspace.changed

    def changed(kind: str, **rest: Any) -> None:
        nonlocal left
        told(kind, **rest)
        if kind == "message":
            left -= 1
            if left == 0:
                lived.kills_amid_posts += 1
                if kill.is_before:
                    worker.kill()
                else:
                    asyncio.get_running_loop().call_later(0.002, worker.kill)

    workspace.changed = changed  # type: ignore[method-assign]
    try:
        yield
    finally:
        workspace.changed = told  # type: ignore[method-assign]


def _count(slack: FakeSlack) -> int:
    return sum(len(messages) for messages in slack.workspace.messages.values())


async def _note(database: Database, lived: Lived, now: datetime) -> None:
    """Note which milestones are new among those that were said, and what had been answered to them."""
    known = {(each.reminder, each.deadline, each.milestone, each.on) for each in lived.said}
    table = tables.Reminder
    async with database.reading() as session:
        query = select(table.id).where(col(table.said_on) >= now.date() - timedelta(1))  # type: ignore[call-overload]
        ids = [number for (number,) in await session.execute(query)]
        for each in await remembered(session, reminder_ids=ids, is_open=False):
            assert each.milestone is not None
            assert each.said_on is not None
            entry = (each.id, each.deadline, each.milestone.days, each.said_on)
            if entry not in known:
                told = f"team:{each.delegated_to}" if each.delegated_to is not None else each.addressee
                lived.said.append(Said(*entry, now, told, _quiet_by(each)))


def _quiet_by(reminder: Remembered) -> Answer | None:
    """The newest answer that can keep it quiet: not a delegation, and no waiver that nobody has approved."""
    return next(
        (
            each
            for each in reminder.answers
            if each.kind is not AnswerKind.DELEGATED and (each.kind is not AnswerKind.WAIVED or each.decided_by)
        ),
        None,
    )


def _messages(slack: FakeSlack, lived: Lived) -> list[Message]:
    found = []
    for channel_id, messages in slack.workspace.messages.items():
        channel = slack.workspace.channels[channel_id]
        people = [
            user.handle for user in map(slack.workspace.user, channel.members) if channel.is_im and not user.is_bot
        ]
        for message in messages.values():
            key = message.metadata["event_payload"]["key"] if message.metadata else ""
            subject, reminder, answer = _subject(key, lived)
            found.append(
                Message(
                    at=datetime.fromtimestamp(float(message.ts), STARTS.tzinfo),
                    place=people[0] if people else channel.name,
                    subject=subject,
                    text=message.text,
                    is_reply=message.thread_ts not in (None, message.ts),
                    is_broadcast=message.broadcast,
                    reminder=reminder,
                    answer=answer,
                )
            )
    return sorted(found, key=lambda each: (each.at, each.subject))


def _subject(key: str, lived: Lived) -> tuple[str, int | None, int | None]:
    """Return a message's key with names for numbers, the reminder and the answer that it is about."""
    first, _, rest = key.removeprefix("eol:").partition(":")
    if first.isdigit():
        return f"{_name(lived.reminders[int(first)])}:{rest}", int(first), None
    if first.startswith("ownership."):  # the number is a matter's
        return f"{first}:{rest.partition(':')[2]}", None, None
    if first.startswith("lifecycle.") and rest.isdigit():
        answer = lived.answers[int(rest)]
        name = _name(lived.reminders[answer.reminder_id])
        return f"{first}:{name}:{answer.at}", answer.reminder_id, answer.id
    return key, None, None


def _name(row: tables.Reminder) -> str:
    return f"{row.addressee}/{row.product}/{row.cycle}/{row.kind}/{row.opened_on}"
