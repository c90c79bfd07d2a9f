"""`baton backlog …`: what the DevOps team is asked to do, and in which order."""

from __future__ import annotations

import typer

from bot.cli._later import later

_HELP = "Backlog: what the DevOps team is asked to do, and in which order."
#: The place of each command, which is imported only when it is used.
_LATER = {
    "draft": "bot.cli.backlog.draft:draft",
    "list": "bot.cli.backlog.requests:list_",
    "show": "bot.cli.backlog.requests:show",
    "rank": "bot.cli.backlog.requests:rank",
    "picture": "bot.cli.backlog.requests:picture",
    "savings": "bot.cli.backlog.savings:savings",
    "shares": "bot.cli.backlog.requests:shares",
    "export": "bot.cli.backlog.requests:export",
    "simulate": "bot.cli.backlog.simulate:simulate",
}

app = typer.Typer(cls=later(_LATER), no_args_is_help=True, help=_HELP)


@app.callback()
def _backlog() -> None:
    """Backlog: what the DevOps team is asked to do, and in which order."""
