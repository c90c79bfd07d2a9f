"""`baton …`: the command line. Each command has its own module, which is imported only when the command is used."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.errors import BatonError

if TYPE_CHECKING:
    import typer

#: Modules by the first word after `baton`. A module has a typer sub-app `app`, or a function with the command's name.
_COMMANDS = {
    "ask": "bot.cli.ask",
    "attest": "bot.cli.attest",
    "backlog": "bot.cli.backlog",
    "catalog": "bot.cli.catalog",
    "db": "bot.cli.db",
    "doctor": "bot.cli.doctor",
    "eol": "bot.cli.eol",
    "handoff": "bot.cli.handoff",
    "health": "bot.cli.health",
    "inventory": "bot.cli.inventory",
    "manifest": "bot.cli.manifest",
    "outbox": "bot.cli.outbox",
    "playground": "bot.cli.playground",
    "run": "bot.cli.run",
    "team": "bot.cli.team",
}


def main() -> None:
    """Run `baton`. Exit codes: 0 done, 1 refused or impossible, 2 wrong usage, 130 interrupted.

    Expected errors are printed as one sentence.
    """
    try:
        with quick_imports():
            command = _command(sys.argv[1:])
        command()
    except BatonError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _command(arguments: list[str]) -> Callable[[], object]:
    """Return a function that runs the arguments. `run` alone needs no parsing, so it does not wait for the parser."""
    if arguments == ["run"]:
        return import_module(_COMMANDS["run"]).run  # type: ignore[no-any-return]  # the module is found by its name
    return make_app(arguments[:1])


@contextmanager
def quick_imports() -> Iterator[None]:
    """Keep modules out of the garbage collector for good: they stay, and scanning them takes a tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def make_app(wanted: list[str]) -> typer.Typer:
    """Return the command line; if `wanted` names a command, with only that one, so that it starts faster."""
    import typer  # noqa: PLC0415 - typer and rich cost 0.2 s that `import bot.cli` should not

    app = typer.Typer(name="baton", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_baton)  # keeps `baton NAME` a sub-command even if only one is loaded
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
