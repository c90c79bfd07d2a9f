"""`baton db …`: the schema of the database."""

from __future__ import annotations

import asyncio
import sys

import typer

from bot import settings as environment
from bot.cli._database import is_missing, opened
from bot.store import migrations

app = typer.Typer(no_args_is_help=True, help="Look after the database.")


@app.command()
def upgrade() -> None:
    """Bring the database to the schema of this Baton."""
    asyncio.run(_upgrade())


@app.command()
def status() -> None:
    """Say which schema the database has; exit with 1 unless it is this Baton's."""
    if not asyncio.run(_status()):
        raise typer.Exit(1)


async def _upgrade() -> None:
    async with opened(environment.load().database_url.get_secret_value()) as database:
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
