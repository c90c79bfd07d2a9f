"""`baton catalog …`: import the catalog from files, list its sources and gaps, export it."""

from __future__ import annotations

import typer

from bot.cli.catalog.commits import read_commits
from bot.cli.catalog.imports import import_
from bot.cli.catalog.listing import export, misses, prefer, sources

app = typer.Typer(no_args_is_help=True, help="The catalog of who owns what.")
app.command("import")(import_)
app.command()(sources)
app.command()(prefer)
app.command("commits")(read_commits)
app.command()(misses)
app.command()(export)


@app.callback()
def _catalog() -> None:
    """The catalog of who owns what."""
