"""`baton lifecycle …`: what runs where, what of it reaches its end of life, and how that is known."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli.lifecycle.matching import match

#: Commands that need the store or the network, by the module they are in: imported when one of them is asked for, so
#: that `match`, which other programs call often, starts without them.
_LATER = {
    "due": "due",
    "report": "report",
    "timeline": "timeline",
    "calendar": "calendar",
    "inventory": "listing",
    "refresh": "refreshing",
    "scan-image": "scanning",
    "scan-sbom": "scanning",
    "scan-dockerfile": "scanning",
    "scan-rds": "databases",
}


class _Group(TyperGroup):
    """The commands of this package, some of which are imported later."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), *_LATER]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of that name, None where there is none."""
        if cmd_name not in _LATER:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"bot.cli.lifecycle.{_LATER[cmd_name]}")
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(getattr(module, cmd_name.replace("-", "_")))
        return get_command(alone)


app = typer.Typer(cls=_Group, no_args_is_help=True, help="End of life: what runs where, and when its support ends.")
app.command()(match)


@app.callback()
def _lifecycle() -> None:
    """End of life: what runs where, and when its support ends."""
