"""Groups of commands whose modules are imported only when one of their commands is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command


def later(commands: Mapping[str, str]) -> type[TyperGroup]:
    """Return a group that also has these commands.

    `commands` maps a command's name to its place: `bot.cli.eol.due:due`.
    """

    class Group(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return [*super().list_commands(ctx), *commands]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name not in commands:
                return super().get_command(ctx, cmd_name)
            module, _, function = commands[cmd_name].partition(":")
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(getattr(import_module(module), function))
            return get_command(alone)

    return Group
