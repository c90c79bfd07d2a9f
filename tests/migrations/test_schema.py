"""The migrated schema is the models' metadata, on both databases; and what only the database can promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import SQLModel

from bot.errors import SettingsError, StoreError
from bot.store import migrations, tables
from bot.store.db import Database, normalise_url

pytestmark = pytest.mark.sql

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


async def test_migrated_schema_equals_metadata(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, SQLModel.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_partial_indexes_are_for_the_rows_that_the_models_say(database: Database) -> None:
    async with database.engine.connect() as connection:
        query = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
            if database.is_sqlite
            else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% WHERE %'"
        )
        found = {name: _condition(sql) for name, sql in await connection.execute(text(query))}
    wanted = {
        str(index.name): _condition(f" WHERE {index.info['where']}")
        for table in SQLModel.metadata.sorted_tables
        for index in table.indexes
        if "where" in index.info
    }
    assert found == wanted
    assert len(wanted) >= 4


def _condition(sql: str) -> str:
    """Return an index's condition, without what PostgreSQL adds when it prints one: parentheses and types."""
    return sql.rsplit(" WHERE ", 1)[1].replace("::text", "").translate(str.maketrans("", "", "()"))


async def test_upgrade_does_nothing_the_second_time(database: Database) -> None:
    assert await migrations.upgrade(database) is False
    assert await migrations.current(database) == migrations.head()


async def test_an_empty_database_is_refused_with_the_command_to_run(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(StoreError, match="baton db upgrade"):
        await migrations.require_current(database)
    await database.close()


async def test_a_newer_database_is_left_alone(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer than this Baton"):
        await migrations.upgrade(database)


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
async def test_the_audit_log_cannot_be_rewritten(database: Database, statement: str) -> None:
    async with database.transaction() as session:
        session.add(tables.AuditEntry(at=AT, actor="baton", action="test", subject="asset:1"))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text(statement))
    async with database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(tables.AuditEntry))).scalar() == 1


async def test_datetimes_come_back_aware_and_in_utc(database: Database) -> None:
    local = AT.astimezone(timezone(timedelta(hours=5)))
    async with database.transaction() as session:
        session.add(tables.InboundEvent(event_id="E1", received_at=local))
    async with database.reading() as session:
        row = await session.get(tables.InboundEvent, "E1")
    assert row is not None
    assert row.received_at == AT
    assert row.received_at.utcoffset() == timedelta(0)


async def test_a_naive_datetime_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        async with database.transaction() as session:
            session.add(tables.InboundEvent(event_id="E1", received_at=AT.replace(tzinfo=None)))


async def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        async with database.transaction() as session:
            session.add(tables.OwnerDoubt(asset_id=1, person_id=1, at=AT))


async def test_an_ownership_has_exactly_one_owner(database: Database) -> None:
    async with database.transaction() as session:
        session.add(tables.AuditEntry(id=1, at=AT, actor="baton", action="test", subject="asset:1"))
        session.add(tables.Source(id=1, name="test"))
        session.add(tables.Asset(id=1, ref="service:x", kind="service", name="x"))
    with pytest.raises(DBAPIError, match="one_owner"):
        async with database.transaction() as session:
            session.add(tables.Ownership(asset_id=1, area="all", role="owner", source_id=1, valid_from=AT, begun_by=1))


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://u:p@h/d", "postgresql+asyncpg"),
        ("postgres://u:p@h/d", "postgresql+asyncpg"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+asyncpg"),
        ("sqlite:///x.sqlite", "sqlite+aiosqlite"),
    ],
)
def test_urls_get_the_asynchronous_driver(given: str, driver: str) -> None:
    assert normalise_url(given).drivername == driver


def test_another_database_is_refused() -> None:
    with pytest.raises(SettingsError, match="sqlite:///PATH"):
        normalise_url("mysql://h/d")
