"""`baton eol …`: when the support of what runs ends, and how that is known."""

from __future__ import annotations

import typer

from bot.cli._later import later
from bot.cli.eol.match import match

_HELP = "End of life: when the support of what runs ends, and how that is known."
#: These need the store or the network. `match`, which other programs call often, starts without them.
_LATER = {name: f"bot.cli.eol.{name}:{name}" for name in ("calendar", "due", "refresh", "report", "timeline")}

app = typer.Typer(cls=later(_LATER), no_args_is_help=True, help=_HELP)
app.command()(match)


@app.callback()
def _eol() -> None:
    """End of life: when the support of what runs ends, and how that is known."""
