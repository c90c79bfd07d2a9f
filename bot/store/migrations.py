"""Migrates a database to the schema of this code. Alembic is imported only if there is something to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

    from bot.store.db import Database

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def head() -> str:
    """Return the newest version's id. File names under `migrations/versions` start with it and sort in order."""
    names = sorted(path.name for path in (_FOLDER / "versions").glob("[0-9]*.py"))
    return names[-1].split("_", 1)[0]


async def current(database: Database) -> str | None:
    """Return the database's version, or None if it has no schema."""
    async with database.connected() as connection:
        return await connection.run_sync(_current)


async def upgrade(database: Database) -> bool:
    """Migrate to the newest version. Return whether anything was done.

    Raises StoreError if a newer Baton has written the database.
    """
    at = await current(database)
    if at == head():
        return False
    _require_known(at)
    async with database.connected() as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()
    return True


async def require_current(database: Database) -> None:
    """Raise StoreError, naming the command to run, unless the schema is this code's."""
    at = await current(database)
    _require_known(at)
    if at != head():
        raise StoreError(
            f"The database is at version {at or 'none'} and this Baton needs {head()}: run `baton db upgrade`."
        )


def _require_known(at: str | None) -> None:
    known = {path.name.split("_", 1)[0] for path in (_FOLDER / "versions").glob("[0-9]*.py")}
    if at is not None and at not in known:
        raise StoreError(
            f"The database is at version {at}, newer than this Baton knows ({head()}): run the newer Baton."
        )


def config() -> Config:
    """Return Alembic's configuration without an ini file."""
    from alembic.config import Config  # noqa: PLC0415 - costs start-up time, needed only here

    made = Config()
    made.set_main_option("script_location", re.sub("%", "%%", str(_FOLDER)))
    return made


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - costs start-up time, needed only here

    alembic = config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "head")
