"""`baton eol timeline`: a picture of release cycles and when they end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli._terminal import write_picture
from bot.cli.eol._scope import inventory
from bot.services.eol import timelines
from bot.services.pictures import Picture, Pictures


def timeline(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG file to write.")],
    team: Annotated[str, typer.Option(help="Whose dates; without it, those of all teams.")] = "",
) -> None:
    """Draw a timeline of what ends when, and print its content as text."""
    write_picture(output, asyncio.run(_picture(team)))


async def _picture(team: str) -> Picture:
    async with inventory() as known:
        return await timelines.timeline(known.deps, known.watcher, Pictures(), known.team(team))
