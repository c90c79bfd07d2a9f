"""`baton eol timeline`: a picture of what ends when."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.eol._scope import inventory
from bot.errors import UserError
from bot.services.eol.timelines import Picture, Pictures


def timeline(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG file to write.")],
    team: Annotated[str, typer.Option(help="Whose dates; without it, those of all teams.")] = "",
) -> None:
    """Draw a timeline of what ends when, and print what it shows in words."""
    picture = asyncio.run(_picture(team))
    try:
        output.write_bytes(picture.content)
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error.strerror}.") from None
    sys.stdout.write(f"{output}: {picture.alt_text}\n")


async def _picture(team: str) -> Picture:
    async with inventory() as known:
        return await Pictures(known.deps, known.watcher).timeline(known.team(team))
