"""`baton db …`: the schema of the database."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as environment
from bot.cli._database import is_missing, opened, sqlite_file
from bot.errors import StoreError
from bot.store import migrations
from bot.store.backup import backup as copy

app = typer.Typer(no_args_is_help=True, help="Look after the database.")


@app.command()
def upgrade() -> None:
    """Migrate the database to the schema of this version of Baton."""
    asyncio.run(_upgrade())


@app.command()
def status() -> None:
    """Show which schema the database has; exit with 1 unless it is that of this version of Baton."""
    if not asyncio.run(_status()):
        raise typer.Exit(1)


@app.command()
def backup(
    target: Annotated[Path | None, typer.Argument(help="The copy; if left out, it is beside the database.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it is there already.")] = False,
) -> None:
    """Copy a SQLite database while Baton runs, and check the copy."""
    url = environment.load().database_url.get_secret_value()
    file = sqlite_file(url)
    if file is None:
        raise StoreError("Only SQLite is copied here: for PostgreSQL run `pg_dump --format=custom --file=baton.dump`.")
    if is_missing(url):
        raise StoreError(f"There is no database at {file} to copy: check BATON_DATABASE_URL.")
    to = target or file.with_name(f"{file.stem}-{datetime.now(UTC):%Y-%m-%d}{file.suffix}")
    size = copy(file, to, force=force)
    sys.stdout.write(f"{to} holds a whole copy ({size / 1024 / 1024:,.1f} MiB), readable by its owner only.\n")


async def _upgrade() -> None:
    async with opened(environment.load().database_url.get_secret_value(), may_make=True) as database:
        was = await migrations.current(database)
        if await migrations.upgrade(database):
            sys.stdout.write(f"The database is at version {migrations.head()} now (was {was or 'empty'}).\n")
        else:
            sys.stdout.write(f"The database is at version {was} already.\n")


async def _status() -> bool:
    url, at, needed = environment.load().database_url.get_secret_value(), None, migrations.head()
    if not is_missing(url):
        async with opened(url) as database:
            at = await migrations.current(database)
    if at == needed:
        sys.stdout.write(f"The database is at version {at}, which this Baton needs.\n")
        return True
    sys.stdout.write(
        f"The database is at version {at or 'none'} and this Baton needs {needed}: run `baton db upgrade`.\n"
    )
    return False
