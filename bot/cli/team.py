"""`baton team rename` and `baton team merge`: teams change, and their old names go on answering."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from bot.cli._database import opened_deps
from bot.services.catalog import teams
from bot.services.catalog.teams import Renamed

app = typer.Typer(no_args_is_help=True, help="Teams that are renamed or merged.")

_ACTOR = "cli"


@app.callback()
def _team() -> None:
    """Teams that are renamed or merged; the old names go on answering."""


@app.command()
def rename(
    name: Annotated[str, typer.Argument(help="The team, by any name it has.")],
    to: Annotated[str, typer.Argument(help="Its new name.")],
) -> None:
    """Give a team another name, whatever its sources go on calling it."""
    renamed = asyncio.run(_rename(name, to))
    sys.stdout.write(f"It is '{renamed.name}' now, and answers to {_names(renamed)} as before.\n")


@app.command()
def merge(
    name: Annotated[str, typer.Argument(help="The team that ends, or a name that sources only refer to.")],
    into: Annotated[str, typer.Argument(help="The team that it becomes a part of.")],
) -> None:
    """Make a team a part of another, which owns what it owned, and answers to its names. There is no way back."""
    merged = asyncio.run(_merge(name, into))
    sys.stdout.write(f"'{merged.name}' owns what both owned, and answers to {_names(merged)}, too.\n")


async def _rename(name: str, to: str) -> Renamed:
    async with opened_deps() as deps:
        return await teams.rename_team(deps, name=name, to=to, actor=_ACTOR)


async def _merge(name: str, into: str) -> Renamed:
    async with opened_deps() as deps:
        return await teams.merge_teams(deps, name=name, into=into, actor=_ACTOR)


def _names(renamed: Renamed) -> str:
    return ", ".join(f"'{each}'" for each in renamed.other_names)
