"""`baton backlog …`: requests to the DevOps team."""

from __future__ import annotations

import typer

from bot.cli._later import later

_HELP = "Requests to the DevOps team: what a thread asks for."
_LATER = {name: f"bot.cli.backlog.{name}:{name}" for name in ("draft",)}

app = typer.Typer(cls=later(_LATER), no_args_is_help=True, help=_HELP)


@app.callback()
def _backlog() -> None:
    """Requests to the DevOps team: what a thread asks for."""
