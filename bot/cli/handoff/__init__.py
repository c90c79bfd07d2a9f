"""`baton handoff …`: list handoffs, print file changes after one, and offer many at once."""

from __future__ import annotations

import typer

from bot.cli.handoff.bulk import bulk
from bot.cli.handoff.handoffs import list_, show
from bot.cli.handoff.patch import patch

app = typer.Typer(no_args_is_help=True, help="Handoffs, files after one, and many at once.")


@app.callback()
def _handoff() -> None:
    """Handoffs: list them, change files after one, offer many at once."""


app.command("list")(list_)
app.command()(show)
app.command()(patch)
app.command()(bulk)
