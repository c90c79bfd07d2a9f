"""What other tests use instead of the migrations comes to the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import migrations
from bot.store.db import Database
from tests import copied_schema


def statements(script: str) -> list[list[str]]:
    """Split a script into statements with sorted lines, because Alembic keeps a copied table's constraints in a set."""
    return [sorted(line.strip(" ,\t") for line in statement.splitlines()) for statement in script.split(";\n")]


async def upgraded(file: Path) -> list[list[str]]:
    database = Database(f"sqlite:///{file}")
    assert await migrations.upgrade(database)
    assert not await migrations.upgrade(database)
    await database.close()
    return statements(copied_schema.script_of(file))


async def test_it_is_what_the_migrations_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrated = await upgraded(tmp_path / "migrated.sqlite")
    monkeypatch.setattr(migrations, "_upgrade", copied_schema.upgrade)
    assert await upgraded(tmp_path / "copied.sqlite") == migrated


async def test_what_holds_something_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(migrations, "_upgrade", copied_schema.upgrade)
    monkeypatch.setattr(copied_schema, "MIGRATE", seen.append)
    database = Database(f"sqlite:///{tmp_path / 'baton.sqlite'}")
    async with database.connected() as connection:
        await connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        await connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
        await connection.commit()
    assert await migrations.upgrade(database)
    await database.close()
    assert len(seen) == 1
