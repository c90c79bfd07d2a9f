"""Whatever is enqueued, revised, refused, lost, archived, deleted and crashed, in any order, on the simulated Slack:

each message is posted at most once, its last words win, replies stand under their root, each channel keeps its order,
and it comes to an end. Each example gets a SQLite file and a workspace of its own, with Slack's rate limits.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.blocks.text import Rendered
from bot.clients.slack import SlackClient
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.playground.fake_slack import FakeSlack, PostedMessage
from bot.ports import Posted
from bot.services.deps import Deps
from bot.services.outbox import Pace, drain, enqueue, revise
from bot.store import migrations
from bot.store.db import Database
from bot.store.tables import OutboxMessage
from tests.conftest import FixedClock, examples

PLACES = ["C0PAYMENTS", "C0PLATFORM", "U0ADA1234"]
#: What Slack says of a place in which Baton can neither post nor look.
NOT_THERE = frozenset({"channel_not_found", "not_in_channel"})
KEYS = ["a", "b", "c", "d"]
PARENTS = [None, "a", "a", "b"]
#: What becomes of a call to Slack: not made, made but not answered, or refused.
FAULTS = [None, "lost", "trouble", "unreachable", "pause", "busy", "revoked", "die before", "die after"]

keys, places = st.sampled_from(KEYS), st.sampled_from(PLACES)
calls = st.sampled_from(["post", "post", "update", "find"])
steps = st.one_of(
    st.tuples(st.just("put"), keys, places, st.sampled_from(PARENTS), st.lists(places, max_size=2)),
    st.tuples(st.just("put"), keys, places, st.sampled_from(PARENTS), st.lists(places, max_size=2)),
    st.tuples(st.just("say"), keys, st.sampled_from(["one", "two", "three"])),
    st.tuples(st.just("fault"), calls, st.sampled_from(FAULTS)),
    st.tuples(st.just("drain"), st.integers(1, 2), st.sampled_from([0, 1, 1, 61])),
    st.tuples(st.just("drain"), st.integers(1, 2), st.sampled_from([0, 1, 1, 61])),
    st.tuples(st.just("say_meanwhile"), keys, st.sampled_from(["one", "two", "three"])),
    st.tuples(st.just("archive"), st.sampled_from(PLACES[:2]), st.booleans()),
    st.tuples(st.just("invite"), st.sampled_from(PLACES[:2]), st.booleans()),
    st.tuples(st.just("delete"), keys),
    st.tuples(st.just("uneditable")),
)


class Faulty:
    """The real client, but calls go wrong as planned, before or after Slack has done them."""

    def __init__(self, real: SlackClient) -> None:
        self._real = real
        self.faults: dict[str, list[str | None]] = {"post": [], "update": [], "find": []}
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def _call(self, kind: str, call: Any) -> Any:
        fault = self.faults[kind].pop(0) if self.faults[kind] else None
        before: dict[str, BaseException] = {
            "unreachable": SlackUnreachableError("ClientConnectorError"),
            "pause": SlackRateLimitedError(7),
            "busy": SlackError("external_channel_migrating"),
            "revoked": SlackError("token_revoked"),
            "die before": asyncio.CancelledError(),
        }
        after: dict[str, BaseException] = {
            "lost": SlackUnreachableError("TimeoutError"),
            "trouble": SlackError("internal_error"),
            "die after": asyncio.CancelledError(),
        }
        if fault in before:
            call.close()
            raise before[fault]
        answer = await call
        if self.meanwhile is not None:
            await self.meanwhile()
        if fault in after:
            raise after[fault]
        return answer

    async def post_message(self, *args: Any, **rest: Any) -> Posted:
        return await self._call("post", self._real.post_message(*args, **rest))  # type: ignore[no-any-return]

    async def update_message(self, *args: Any, **rest: Any) -> None:
        await self._call("update", self._real.update_message(*args, **rest))

    async def find_message(self, *args: Any, **rest: Any) -> Posted | None:
        return await self._call("find", self._real.find_message(*args, **rest))  # type: ignore[no-any-return]

    async def bot_user_id(self) -> str:
        return await self._real.bot_user_id()


@dataclass
class Run:
    """One example: what was done to it, and what came of it."""

    deps: Deps
    clock: FixedClock
    workspace: FakeSlack
    slack: Faulty
    pace: Pace = field(default_factory=Pace)
    #: Keys whose place in line says nothing any more: they failed and came back, or were posted anew.
    came_back: set[str] = field(default_factory=set)

    async def rows(self) -> dict[str, OutboxMessage]:
        async with self.deps.database.reading() as session:
            return {row.key: row for row in (await session.execute(select(OutboxMessage))).scalars()}

    async def step(self, step: tuple[Any, ...]) -> None:
        await getattr(self, f"do_{step[0]}")(*step[1:])

    async def do_put(self, key: str, place: str, parent: str | None, fallbacks: list[str]) -> None:
        async with self.deps.database.transaction() as session:
            await enqueue(
                session,
                key=key,
                channel=place,
                message=Rendered(f"{key} zero"),
                at=self.clock.now(),
                # Who replies is later in the alphabet, so that nobody replies to itself in the end.
                parent_key=parent if parent is not None and parent < key else None,
                fallbacks=fallbacks,
            )

    async def do_say(self, key: str, words: str) -> None:
        row = (await self.rows()).get(key)
        if row is not None and row.state == "failed":
            self.came_back.add(key)
        async with self.deps.database.transaction() as session:
            await revise(session, key=key, message=Rendered(f"{key} {words}"), at=self.clock.now())

    async def do_say_meanwhile(self, key: str, words: str) -> None:
        """Revise while a pass is under way: at its next call, after Slack has taken it and before it has said so."""

        async def say() -> None:
            self.slack.meanwhile = None
            await self.do_say(key, words)

        self.slack.meanwhile = say
        await self.do_drain(1, 1)
        self.slack.meanwhile = None

    async def do_fault(self, kind: str, fault: str | None) -> None:
        self.slack.faults[kind].append(fault)

    async def do_drain(self, processes: int, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        passes = (drain(self.deps, self.slack, self.pace) for _ in range(processes))  # type: ignore[arg-type]
        for outcome in await asyncio.gather(*passes, return_exceptions=True):
            if isinstance(outcome, asyncio.CancelledError):
                self.pace = Pace()  # the process died, and another one knows nothing of its pauses
            elif isinstance(outcome, BaseException):
                raise outcome

    async def do_archive(self, place: str, is_archived: bool) -> None:
        self.workspace.workspace.channels[place].is_archived = is_archived

    async def do_invite(self, place: str, is_member: bool) -> None:
        self.workspace.workspace.channels[place].bot_is_member = is_member

    async def do_delete(self, key: str) -> None:
        row = (await self.rows()).get(key)
        if row is None or row.state != "sent" or row.ts is None:
            return
        message = self.workspace.workspace.message(str(row.posted_channel), row.ts)
        if message is not None:
            self.workspace.workspace.delete_message(message)

    async def do_uneditable(self) -> None:
        self.workspace.api.failures.setdefault("chat.update", []).append("cant_update_message")

    async def settle(self) -> None:
        """Nothing goes wrong any more: everything comes to its end, and then nothing happens."""
        for faults in self.slack.faults.values():
            faults.clear()
        self.workspace.api.failures.clear()
        for place in PLACES[:2]:
            await self.do_archive(place, False)
        for _ in range(60):
            await self.do_drain(1, 61)
            if all(row.state in ("sent", "failed") for row in (await self.rows()).values()):
                break
        before = len(self.workspace.calls)
        for _ in range(3):
            await self.do_drain(1, 3600)
        assert len(self.workspace.calls) == before, "it does not come to rest"


def marks(run: Run) -> dict[str, Counter[str]]:
    """How often each message was taken by Slack in each place and left there, by what it is known by."""
    found: dict[str, Counter[str]] = {}
    taken = [call for call in run.workspace.calls if call.response["ok"]]
    deleted = {(each.response["channel"], each.response["ts"]) for each in taken if each.method == "chat.delete"}
    for call in taken:
        if call.method == "chat.postMessage" and (call.response["channel"], call.response["ts"]) not in deleted:
            mark = call.arguments["metadata"]["event_payload"]["key"]
            found.setdefault(mark, Counter())[call.arguments["channel"]] += 1
    return found


async def hold_to(run: Run) -> None:
    rows = await run.rows()
    assert {row.state for row in rows.values()} <= {"sent", "failed"}
    for mark, places in marks(run).items():
        assert all(count == 1 for count in places.values()), f"{mark} twice in one place: {places}"
        left = {entry["channel"] for entry in rows[mark.partition("#")[0]].moved_from if entry["error"] in NOT_THERE}
        # Slack may have it where Baton was let out before it could look: there, and only there, another place gets it.
        assert len(places.keys() - left) <= 1, f"{mark} in several places: {places}"
    messages = run.workspace.workspace.messages
    for row in rows.values():
        if row.state == "failed":
            assert row.error, "nothing fails without a reason"
            continue
        shown = messages[str(row.posted_channel)].get(str(row.ts))
        if shown is not None:  # nobody has deleted it
            assert shown.text.splitlines()[0] == row.body["text"], "the last words win"
            _hold_reply_to(row, shown, rows)
    _hold_order_to(run, rows)


def _hold_reply_to(row: OutboxMessage, shown: PostedMessage, rows: dict[str, OutboxMessage]) -> None:
    if row.parent_key is None or row.moved_from:
        assert row.thread_ts is None
        return
    root = rows[row.parent_key]
    assert row.thread_ts is not None, "a reply stands under its root"
    assert shown.thread_ts == row.thread_ts
    assert float(str(row.ts)) > float(row.thread_ts), "after it"
    if not root.edition and not root.parent_key and root.ts is not None:
        assert (row.posted_channel, row.thread_ts) == (root.posted_channel, root.ts)


def _hold_order_to(run: Run, rows: dict[str, OutboxMessage]) -> None:
    """What went straight to its channel is there in the order in which it was enqueued."""
    for place in PLACES:
        straight = [
            row
            for row in rows.values()
            if row.channel == place
            and row.state == "sent"
            and row.parent_key is None
            and not (row.edition or row.moved_from or row.key in run.came_back)
        ]
        stamps = [float(str(row.ts)) for row in sorted(straight, key=lambda row: row.id or 0)]
        assert stamps == sorted(stamps), place


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row in it."""
    file = tmp_path_factory.mktemp("outbox") / "empty.sqlite"

    async def make() -> None:
        database = Database(f"sqlite:///{file}")
        await migrations.upgrade(database)
        await database.close()

    asyncio.run(make())
    return file


async def play(file: Path, script: list[tuple[Any, ...]]) -> None:
    database, clock = Database(f"sqlite:///{file}"), FixedClock()
    workspace = FakeSlack(
        signing_secret="s",
        bot_token="xoxb-outbox",
        app_token="xapp",
        clock=clock.now,
        monotonic=lambda: clock.now().timestamp(),
    )
    workspace.add_user("ada", real_name="Ada Byron", user_id="U0ADA1234")
    for name, number in (("payments", PLACES[0]), ("platform", PLACES[1])):
        workspace.add_channel(name, members=["ada"], bot_is_member=True, channel_id=number)
    await workspace.start()
    try:
        async with SlackClient(token="xoxb-outbox", api_url=workspace.api_url) as client:
            run = Run(Deps(database, clock), clock, workspace, Faulty(client))
            for step in script:
                await run.step(step)
            await run.settle()
            await hold_to(run)
    finally:
        await workspace.stop()
        await database.close()


@examples(15)
@given(script=st.lists(steps, min_size=8, max_size=30))
def test_whatever_happens(migrated: Path, tmp_path: Path, script: list[tuple[Any, ...]]) -> None:
    file = tmp_path / "outbox.sqlite"
    for old in tmp_path.glob("outbox.sqlite*"):
        old.unlink()
    shutil.copy(migrated, file)
    asyncio.run(play(file, script))
