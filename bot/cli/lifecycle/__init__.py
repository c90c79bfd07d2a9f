"""`baton lifecycle …`: what reaches its end of life, and how it is known."""

from __future__ import annotations

import typer

from bot.cli.lifecycle.matching import match

app = typer.Typer(no_args_is_help=True, help="End of life: which release cycle a version belongs to.")
app.command()(match)
