"""`baton lifecycle …`: what reaches its end of life, and how it is known."""

from __future__ import annotations

import typer

from bot.cli.lifecycle.calendar import calendar
from bot.cli.lifecycle.due import due
from bot.cli.lifecycle.matching import match
from bot.cli.lifecycle.report import report
from bot.cli.lifecycle.timeline import timeline

app = typer.Typer(no_args_is_help=True, help="End of life: what ends when, and which release cycle a version is of.")
app.command()(match)
app.command()(due)
app.command()(report)
app.command()(calendar)
app.command()(timeline)
