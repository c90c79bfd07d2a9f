"""`baton backlog picture`: what waiting costs against the work, lane by lane."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.cli._database import with_catalog
from bot.cli._terminal import write_picture
from bot.services.backlog import charts
from bot.services.pictures import Pictures


def picture(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG file to write.")],
) -> None:
    """Draw the backlog, and print what the picture shows in words."""
    write_picture(output, with_catalog(partial(charts.chart, pictures=Pictures(), is_all=True)))
