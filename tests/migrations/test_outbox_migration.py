"""An outbox that was in use goes on after the migration: nothing is lost, and nothing is posted twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, text

from bot.blocks.text import Rendered
from bot.services.deps import Deps
from bot.services.outbox import revise
from bot.store import migrations
from bot.store.db import Database
from bot.store.types import UTCDateTime
from tests.conftest import FixedClock
from tests.services.fakes import FakePort, place_of
from tests.services.outbox_world import PAY, World

pytestmark = pytest.mark.sql

AT = datetime(2026, 3, 3, 8, 59, tzinfo=UTC)


def _to_0002(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0002")


async def _old_database(url: str) -> Database:
    database = Database(url)
    async with database.engine.connect() as connection:
        await connection.run_sync(_to_0002)
        await connection.commit()
    insert = text(
        "INSERT INTO outbox (key, channel, body, state, attempts, created_at, due_at, ts, error)"
        " VALUES (:key, :channel, :body, :state, 0, :at, :at, :ts, '')"
    ).bindparams(bindparam("at", type_=UTCDateTime))
    async with database.transaction() as session:
        for key, state, ts in (
            ("sent", "sent", "1.000000"),
            ("waiting", "waiting", None),
            ("claimed and there", "sending", None),
            ("claimed and not there", "sending", None),
            ("failed", "failed", None),
        ):
            body = json.dumps({"text": key})
            row = {"key": key, "channel": PAY, "body": body, "state": state, "at": AT, "ts": ts}
            await session.execute(insert, row)
    return database


async def test_rows_of_every_state_go_on(database_url: str, clock: FixedClock) -> None:
    database = await _old_database(database_url)
    try:
        assert await migrations.upgrade(database)
        world = World(Deps(database, clock), clock)
        for key in ("sent", "claimed and there"):
            await FakePort.post_message(
                world.slack, PAY, text=key, metadata={"event_type": "baton_outbox", "event_payload": {"key": key}}
            )
        row = await world.row("failed")
        assert (row.revision, row.edition, row.is_broadcast, row.fallbacks, row.moved_from) == (0, 0, False, [], [])
        await world.run(5)
        assert [message.text for message in world.slack.posted] == [
            "sent",
            "claimed and there",
            "waiting",
            "claimed and not there",
        ]
        async with database.transaction() as session:
            assert await revise(session, key="sent", message=Rendered("new"), at=clock.now())
        await world.run(1)
        assert world.shown()[0] == (place_of(PAY), "new", None)
        states = await world.states()
        assert states.pop("failed") == "failed"
        assert set(states.values()) == {"sent"}
    finally:
        await database.close()
