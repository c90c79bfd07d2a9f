"""`baton backlog picture`: what waiting costs against the work, lane by lane."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli._database import answering
from bot.cli._terminal import write_picture
from bot.services.backlog import charts
from bot.services.pictures import Picture, Pictures


def picture(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG file to write.")],
) -> None:
    """Draw the backlog, and print what the picture shows in words."""
    write_picture(output, asyncio.run(_picture()))


async def _picture() -> Picture:
    async with answering() as (deps, catalog):
        return await charts.chart(deps, catalog, Pictures(), is_all=True)
