"""Teams that own what ages, facts that say until when, a simulated Slack around it, and a clock moved by the hour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from bot.clients.slack import SlackClient
from bot.domain.eol import Cycle, Product, Table
from bot.domain.eol.due_reminders import NOUN
from bot.domain.eol.reminders import Remembered
from bot.playground.fake_slack import FakeSlack, PostedMessage
from bot.services import snapshot as snapshots
from bot.services.context import assemble
from bot.services.daily_pass import DailyPass
from bot.services.deps import Deps
from bot.services.eol.facts import Facts
from bot.services.eol.reminder_store import remembered
from bot.services.outbox import Pace, drain
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.db import Database
from bot.store.journal import audit, next_revision
from tests.conftest import NIGHT, FixedClock
from tests.statements import one_connection

TOKEN = "xoxb-lifecycle"
#: When the job runs in a day: once at night, and in the first and the last hours of work.
HOURS = (3, 9, 10, 16) if NIGHT else (10, 16)


class MadeFacts(Facts):
    """Facts that a test makes and changes: one product, `widget`, with cycles by name."""

    def __init__(self, **ends: date | None) -> None:
        super().__init__()
        self.ends = {name.removeprefix("v"): end for name, end in ends.items()}
        #: Since when a cycle is charged for, where it is.
        self.charges: dict[str, date] = {}
        #: Until when a cycle is supported actively, where that ends before.
        self.active: dict[str, date] = {}
        #: What people call a cycle, where that is not its name.
        self.labels: dict[str, str] = {}

    @property
    def table(self) -> Table:  # type: ignore[override]
        """The table made of `ends`; a cycle without an end has none yet."""
        return _table(
            tuple(
                (name, end, self.charges.get(name), self.active.get(name), self.labels.get(name, ""))
                for name, end in self.ends.items()
            )
        )


_Made = tuple[tuple[str, date | None, date | None, date | None, str], ...]
_TABLES: dict[_Made, Table] = {}


def _table(made: _Made) -> Table:
    if made not in _TABLES:
        from bot.domain.eol import Charge, Undated

        cycles = tuple(
            Cycle(
                name=name,
                label=label,
                eol=end if end is not None else Undated.OPEN,
                eoas=active if active is not None else Undated.ABSENT,
                charges=(Charge(since, Decimal("0.10")),) if since is not None else (),
            )
            for name, end, since, active, label in made
        )
        _TABLES[made] = Table([Product(key="widget", label="Widget", cycles=cycles)])
    return _TABLES[made]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of Baton's as people see it."""

    at: datetime
    channel: str
    text: str
    key: str
    is_reply: bool
    is_broadcast: bool
    #: The words on the buttons, in order, and on those that stand beside lines.
    buttons: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def is_ping(self) -> bool:
        return self.key.split(":")[-1] != "resolved" and not any(each in self.key for each in (":moved:", ":joined:"))


class World:
    """One Baton with its store, its facts and its Slack, in words that tests read well with."""

    def __init__(
        self, database: Database, clock: FixedClock, slack: FakeSlack, client: SlackClient, *, is_alone: bool = False
    ) -> None:
        self.clock, self.slack, self.is_alone = clock, slack, is_alone
        self.deps = Deps(database, clock, platform_channel="platform")
        self.facts = MadeFacts(v1=date(2027, 4, 2), v2=date(2030, 6, 30))
        self.client = client
        self.snapshot = Snapshot()
        self.start()

    def start(self, **settings: Any) -> None:
        """Begin as a process that has just been started."""
        self.deps = replace(self.deps, **settings)
        self.context = assemble(self.deps, self.client, snapshot=self.snapshot, facts=self.facts)
        if self.is_alone:
            nouns = self.deps.contributors
            nouns[:] = [each for each in nouns if each.name == NOUN]
            self.context = replace(self.context, daily_pass=DailyPass(self.deps, self.snapshot, WorkingTimes(), nouns))
        self.watcher = self.context.watcher
        self.pace = Pace()

    async def learn_channels(self) -> None:
        """Learn which channel has which id, as a whole reading of Slack's list would."""
        pages = [page async for page in self.client.channel_pages()]
        self.snapshot.put_channels({each.name: each.id for page in pages for each in page.items})

    # The organisation

    async def person(self, handle: str, *, tz: str = "") -> int:
        """Somebody whom Slack knows, too."""
        user = self.slack.add_user(handle, real_name=handle.title(), tz=tz or "Europe/London")
        async with self._change() as (session, revision):
            row = tables.Person(name=handle.title(), slack_id=user.id, timezone=tz, revision=revision)
            session.add(row)
            await session.flush()
            assert row.id is not None
            return row.id

    async def team(
        self,
        name: str,
        *,
        tz: str = "",
        channel: bool | str = True,
        lead: int | None = None,
        manager: int | None = None,
    ) -> int:
        """A team with a channel of its name (which Slack has), one that Slack has not, or none."""
        if channel is True:
            self.slack.add_channel(name, bot_is_member=True)
        async with self._change() as (session, revision):
            row = tables.Team(
                folded=name,
                name=name,
                timezone=tz,
                lead_id=lead,
                manager_id=manager,
                channel=f"#{name}" if channel is True else channel or "",
                revision=revision,
            )
            session.add(row)
            await session.flush()
            assert row.id is not None
            return row.id

    async def change_person(self, person: int, **fields: Any) -> None:
        """Let an import, or Slack, say something else of a person."""
        await self._change_row(tables.Person, person, fields)

    async def change_team(self, team: int, **fields: Any) -> None:
        """Let an import say something else of a team."""
        await self._change_row(tables.Team, team, fields)

    async def _change_row(self, table: type[tables.Person] | type[tables.Team], row_id: int, fields: Any) -> None:
        async with self._change() as (session, revision):
            row = await session.get_one(table, row_id)
            for name, value in {**fields, "revision": revision}.items():
                setattr(row, name, value)

    async def asset(
        self, name: str, *, team: int | None = None, person: int | None = None, tier: int | None = 1
    ) -> int:
        """Something that a team, a person or nobody owns."""
        async with self._change() as (session, revision):
            row = tables.Asset(ref=f"service:{name}", kind="service", name=name, tier=tier, revision=revision)
            session.add(row)
            await session.flush()
            assert row.id is not None
            if team is not None or person is not None:
                await self._own(session, row.id, team, person)
            return row.id

    async def _own(self, session: Any, asset: int, team: int | None, person: int | None) -> None:
        now = self.clock.now()
        entry = await audit(session, at=now, actor="import:x", action="catalog.import", subject="source:1")
        session.add(
            tables.Ownership(
                asset_id=asset,
                team_id=team,
                person_id=person,
                area="all",
                role="owner",
                source_id=await self._source(session),
                valid_from=now,
                begun_by=entry,
            )
        )

    async def hand_over(self, asset: int, *, team: int) -> None:
        """Another team owns an asset from now on."""
        async with self._change() as (session, revision):
            table = tables.Ownership
            rows = (await session.execute(select(table).where(col(table.asset_id) == asset))).scalars()
            for row in rows:
                row.valid_to = self.clock.now()
            await self._own(session, asset, team, None)
            (await session.get_one(tables.Asset, asset)).revision = revision

    async def run(
        self, asset: int, version: str, *, product: str = "widget", has_extended_support: bool | None = None
    ) -> int:
        """Let a source see an asset at a version."""
        now = self.clock.now()
        async with self._change() as (session, revision):
            row = tables.Deployment(
                revision=revision,
                asset_id=asset,
                source_id=await self._source(session),
                product=product,
                version=version,
                has_extended_support=has_extended_support,
                how="catalog",
                first_seen_at=now,
                last_seen_at=now,
            )
            session.add(row)
            await session.flush()
            assert row.id is not None
            return row.id

    async def stop(self, deployment: int) -> None:
        """Let the source not see it any more."""
        async with self._change() as (session, revision):
            row = await session.get_one(tables.Deployment, deployment)
            row.gone_at, row.revision = self.clock.now(), revision

    async def asset_is_gone(self, asset: int) -> None:
        """Let an asset disappear, with what runs on it."""
        async with self._change() as (session, revision):
            row = await session.get_one(tables.Asset, asset)
            row.gone_at, row.revision = self.clock.now(), revision
            query = select(tables.Deployment).where(col(tables.Deployment.asset_id) == asset)
            for deployment in (await session.execute(query)).scalars():
                deployment.gone_at = self.clock.now()

    async def upgrade(self, asset: int, deployment: int, version: str) -> int:
        """Let an import show another version of what an asset runs."""
        await self.stop(deployment)
        return await self.run(asset, version)

    async def _source(self, session: Any) -> int:
        found = (await session.execute(select(tables.Source))).scalars().first()
        if found is None:
            found = tables.Source(name="terraform")
            session.add(found)
        found.last_run_at = self.clock.now()
        await session.flush()
        return int(found.id)

    def _change(self) -> Any:
        return _Change(self.deps.database)

    # Answers

    async def answer(self, kind: str, *, by: int, reminder: int | None = None, **fields: Any) -> None:
        """Answer a reminder (the only one that is open, unless it is said) as the buttons do."""
        found = await self.reminders()
        target = next(each for each in found if reminder in (None, each.id))
        async with self.deps.database.transaction() as session:
            session.add(
                tables.ReminderAnswer(
                    reminder_id=target.id,
                    kind=kind,
                    person_id=by,
                    at=self.clock.now(),
                    deadline=target.deadline,
                    milestone=target.milestone.days if kind == "acknowledged" and target.milestone else None,
                    **fields,
                )
            )
            await self._noted(session, target.id)

    async def _noted(self, session: Any, reminder: int) -> None:
        await audit(
            session, at=self.clock.now(), actor="person:1", action="lifecycle.answer", subject=f"reminder:{reminder}"
        )

    async def edit(self, reminder: int, **fields: Any) -> None:
        """Change a reminder's row."""
        async with self.deps.database.transaction() as session:
            row = await session.get_one(tables.Reminder, reminder)
            for name, value in fields.items():
                setattr(row, name, value)
            await self._noted(session, reminder)

    async def reminders(self, *, is_open: bool = True) -> list[Remembered]:
        async with self.deps.database.reading() as session:
            return await remembered(session, is_open=is_open)

    async def row(self, reminder: int) -> tables.Reminder:
        async with self.deps.database.reading() as session:
            return await session.get_one(tables.Reminder, reminder)

    # Time

    async def look(self) -> None:
        """Run the job once, and let what it said arrive."""
        await snapshots.refresh(self.snapshot, self.deps.database)
        with one_connection(self.deps.database):
            await self.context.daily_pass.run()
        await self.arrive()

    async def arrive(self) -> None:
        """Drain until nothing is left, a second of the clock between passes; the clock then stands where it stood.

        What waits for somebody's working day is left for later.
        """
        at = self.clock.at
        unsent = select(col(tables.OutboxMessage.id)).where(
            col(tables.OutboxMessage.state).in_(("waiting", "sending")),
            col(tables.OutboxMessage.due_at) <= at + timedelta(minutes=10),
        )
        for _ in range(600):
            async with self.deps.database.reading() as session:
                if (await session.execute(unsent.limit(1))).first() is None:
                    break
            if not await drain(self.deps, self.client, self.pace):
                self.clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0)
        else:
            raise AssertionError("the outbox does not come to rest")
        self.clock.at = at

    async def go(self, until: datetime | date, *, hours: Sequence[int] = HOURS) -> None:
        """Move the clock to a moment (a day: its midnight), the job running at these hours of each day, all UTC.

        Where no hours are named, tests by day leave out weekends, which are quiet by a test of their own, and the later
        hours of a day on which nothing was said: those complain about what was said before.
        """
        is_short, quiet = hours is HOURS and not NIGHT, None
        end = until if isinstance(until, datetime) else datetime(until.year, until.month, until.day, tzinfo=UTC)
        while self.clock.at < end:
            midnight = self.clock.at.replace(hour=0, minute=0)
            ahead = [midnight + timedelta(days=day, hours=hour) for day in range(4) for hour in hours]
            if is_short:
                ahead = [each for each in ahead if each.weekday() < 5 and each.date() != quiet]
            self.clock.at = min(next(each for each in ahead if each > self.clock.at), end)
            await self.look()
            if self.clock.at.hour == HOURS[0] and not self._has_spoken_on(self.clock.at.date()):
                quiet = self.clock.at.date()

    def _has_spoken_on(self, day: date) -> bool:
        stored = self.slack.workspace.messages.values()
        return any(datetime.fromtimestamp(float(ts), UTC).date() == day for messages in stored for ts in messages)

    def jump(self, until: datetime) -> None:
        """Move the clock while nothing runs."""
        self.clock.at = until

    # What people see

    def seen(self, place: str | None = None) -> list[Seen]:
        """Baton's messages in a channel or with a person, the oldest first; of everywhere without a place."""
        found = []
        for channel_id, messages in self.slack.workspace.messages.items():
            channel = self.slack.workspace.channels[channel_id]
            people = [self.slack.workspace.users[user].handle for user in channel.members if channel.is_im]
            if place is not None and place not in (channel.name, *people):
                continue
            for message in messages.values():
                at = datetime.fromtimestamp(float(message.ts), UTC)
                key = message.metadata["event_payload"]["key"] if message.metadata else ""
                is_reply = message.thread_ts not in (None, message.ts)
                buttons, beside = _buttons(message), _beside(message)
                found.append(Seen(at, channel.name, message.text, key, is_reply, message.broadcast, buttons, beside))
        return sorted(found, key=lambda each: each.at)

    def days(self, place: str, *, tz: str = "UTC") -> list[date]:
        """The days on which a place was pinged."""
        return [each.at.astimezone(ZoneInfo(tz)).date() for each in self.seen(place) if each.is_ping]

    def keys(self) -> Sequence[str]:
        return [each.key for each in self.seen()]


def _buttons(message: PostedMessage) -> tuple[str, ...]:
    elements = [each for block in message.blocks for each in block.get("elements", ())]
    return tuple(each["text"]["text"] for each in elements if each["type"] == "button")


def _beside(message: PostedMessage) -> tuple[str, ...]:
    elements = [block["accessory"] for block in message.blocks if "accessory" in block]
    return tuple(each["text"]["text"] for each in elements if each["type"] == "button")


@asynccontextmanager
async def made_world(database: Database, clock: FixedClock, *, is_alone: bool = False) -> AsyncIterator[World]:
    """A world on Monday, 2 November 2026, whose Slack refuses nothing and pings nobody as a crowd.

    Where reminders are alone, the daily pass asks no other noun: those have nothing to say, but each takes as long to
    ask as reminders do.
    """
    clock.at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    slack = FakeSlack(
        signing_secret="s", bot_token=TOKEN, app_token="", clock=clock.now, echo=False,
        monotonic=lambda: clock.now().timestamp(),
    )  # fmt: skip
    slack.add_channel("platform", bot_is_member=True)
    await slack.start()
    async with SlackClient(token=TOKEN, api_url=slack.api_url) as client:
        yield World(database, clock, slack, client, is_alone=is_alone)
    assert not slack.refused
    assert not slack.pings
    await slack.stop()


class _Change:
    """A transaction that raises the catalog's revision."""

    def __init__(self, database: Database) -> None:
        self._transaction = database.transaction()

    async def __aenter__(self) -> tuple[Any, int]:
        session = await self._transaction.__aenter__()
        return session, await next_revision(session)

    async def __aexit__(self, *error: Any) -> None:
        await self._transaction.__aexit__(*error)
