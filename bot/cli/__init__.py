"""`baton …`: the command line. Each command lives in a module of its own and is imported only when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.errors import BatonError

if TYPE_CHECKING:
    import typer

#: Modules by the first word after `baton`. A module has a typer sub-app `app`, or a function named like the command.
_COMMANDS = {
    "ask": "bot.cli.ask",
    "catalog": "bot.cli.catalog",
    "db": "bot.cli.db",
    "doctor": "bot.cli.doctor",
    "lifecycle": "bot.cli.lifecycle",
    "manifest": "bot.cli.manifest",
    "outbox": "bot.cli.outbox",
    "playground": "bot.cli.run",
    "run": "bot.cli.run",
    "team": "bot.cli.team",
}


def main() -> None:
    """Run `baton`. Exit codes: 0 done, 1 refused or not possible, 2 wrong usage. Expected errors are one sentence."""
    try:
        make_app(sys.argv[1:2])()
    except BatonError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


def make_app(wanted: list[str]) -> typer.Typer:
    """Return the command line; with the command named in `wanted` only, where it is one, so that it starts sooner."""
    import typer  # noqa: PLC0415 - typer and rich cost 0.2 s that `import bot.cli` should not

    app = typer.Typer(name="baton", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_baton)  # keeps `baton NAME` a sub-command even where only one is loaded
    names = [name for name in wanted if name in _COMMANDS] or list(_COMMANDS)
    for name in names:
        module: Any = import_module(_COMMANDS[name])
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _baton() -> None:
    """Who owns what, who is asked for what, and what reaches end of life."""
