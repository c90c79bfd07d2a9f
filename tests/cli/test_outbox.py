"""`baton outbox list`, `retry` and `drop`."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.blocks.text import Rendered
from bot.ports import SystemClock
from bot.services.deps import Deps
from bot.services.outbox import drain, enqueue
from bot.store import migrations
from bot.store.db import Database
from tests.cli.conftest import Baton
from tests.services.fakes import FakePort

PAY, OPS = "C0PAYMENTS", "C0PLATFORM"


async def _fill(database: Path) -> None:
    made = Database(f"sqlite:///{database}")
    await migrations.upgrade(made)
    deps, now = Deps(made, SystemClock()), datetime.now(UTC)
    async with made.transaction() as session:
        for key, channel, age in (("sent", PAY, 0), ("failed", OPS, 26), ("later", PAY, -1)):
            at = now - timedelta(hours=age)
            message = Rendered(f"a private {key}")
            await enqueue(
                session, key=f"test:{key}", channel=channel, message=message, at=at, fallbacks=["U0ADA"][:age]
            )
    slack = FakePort(deps.clock)
    slack.refusals = {OPS: "not_in_channel", "U0ADA": "user_disabled"}
    await drain(deps, slack)
    await drain(deps, slack)
    await made.close()


@pytest.fixture
def filled(database: Path) -> Path:
    """One message sent, one failed in two places, one for later."""
    asyncio.run(_fill(database))
    return database


def test_what_is_not_delivered_and_why(baton: Baton, filled: Path) -> None:
    ran = baton("outbox", "list")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "     2  failed, 1 d old: test:failed for U0ADA",
        f"        not in {OPS}: Baton is not in the channel.",
        "        The account is deactivated. Name somebody else.",
        "     3  waiting, 0 s old: test:later for C0PAYMENTS",
        "",
        "Places that cannot be posted to; what was meant for them went elsewhere:",
        f"        {OPS}: 1 message 0 s ago. Baton is not in the channel. `/invite @Baton` there.",
    ]
    assert "a private failed" in baton("outbox", "list", "--text").out
    assert "test:sent" in baton("outbox", "list", "--all").out
    assert "… and 2 more" in baton("outbox", "list", "--all", "--limit", 1).out


def test_json(baton: Baton, filled: Path) -> None:
    first, second = json.loads(baton("outbox", "list", "--json").out)["messages"]
    assert (first["id"], first["key"], first["error"], first["why"]) == (
        2,
        "test:failed",
        "user_disabled",
        "the account is deactivated",
    )
    assert "text" not in first
    assert second["state"] == "waiting"
    assert json.loads(baton("outbox", "list", "--json", "--text").out)["messages"][0]["text"] == "a private failed"


def test_retry(baton: Baton, filled: Path) -> None:
    assert baton("outbox", "retry", "--failed").out == "1 to be tried again.\n"
    assert "failed," not in baton("outbox", "list").out
    assert baton("outbox", "retry", "--failed").out == "0 to be tried again.\n"
    for words in ([], [1, "--failed"]):
        ran = baton("outbox", "retry", *words)
        assert (ran.code, ran.out) == (1, "")
        assert "--failed" in ran.err
    assert "Message 1 is sent already" in baton("outbox", "retry", 1).err


def test_drop(baton: Baton, filled: Path) -> None:
    assert baton("outbox", "drop", 2, 3).out == "2 dropped.\n"
    assert baton("outbox", "list").out.splitlines()[0] == "Nothing waits, and nothing failed."
    assert "There is no message 9" in baton("outbox", "drop", 9).err
    assert "Name the messages" in baton("outbox", "drop").err


def test_the_doctor_counts_them(baton: Baton, filled: Path) -> None:
    (found,) = [each for each in json.loads(baton("doctor", "--json").out) if each["about"] == "outbox"]
    assert found["level"] == "problem"
    assert found["what"] == "Messages that could not be delivered: 1."
    assert "baton outbox list" in found["do"]


def test_what_went_elsewhere_is_named_by_its_place(baton: Baton, filled: Path) -> None:
    asyncio.run(_move(filled))
    *_, first, second = baton("outbox", "list").out.splitlines()
    assert first.startswith("        #old: 1 message ")
    assert first.endswith(" ago. The channel is archived. Name another channel or unarchive it.")
    assert second.startswith(f"        {OPS}: 2 messages, the last ")
    found = json.loads(baton("outbox", "list", "--json").out)["refused"]
    assert [(each["channel"], each["error"], each["why"], each["messages"]) for each in found] == [
        ("#old", "is_archived", "the channel is archived", 1),
        (OPS, "not_in_channel", "Baton is not in the channel", 2),
    ]
    (doctor,) = [each for each in json.loads(baton("doctor", "--json").out) if each["about"] == "places"]
    assert (doctor["level"], doctor["what"]) == (
        "note",
        f"Messages went elsewhere, because Slack takes none for #old, {OPS}.",
    )
    assert "baton outbox list" in doctor["do"]


async def _move(database: Path) -> None:
    made = Database(f"sqlite:///{database}")
    deps, slack = Deps(made, SystemClock()), FakePort(SystemClock())
    slack.refusals = {OPS: "not_in_channel", "#old": "is_archived"}
    for channel in (OPS, "#old"):
        async with made.transaction() as session:
            message, at = Rendered("private"), deps.clock.now()
            await enqueue(session, key=channel, channel=channel, message=message, at=at, fallbacks=["U0BOB"])
        await drain(deps, slack)
        await drain(deps, slack)
    await made.close()


def test_a_clean_outbox(baton: Baton, database: Path) -> None:
    baton("db", "upgrade")
    assert baton("outbox", "list").out == "Nothing waits, and nothing failed.\n"
    assert baton("outbox", "list", "--all").out == "There are no messages.\n"
    assert json.loads(baton("outbox", "list", "--json").out) == {"messages": [], "refused": []}
