"""`baton eol report`: everything that runs, with its deadlines, for reading or for a spreadsheet."""

from __future__ import annotations

import asyncio
import csv
import sys
from typing import Annotated

import orjson
import typer

from bot.blocks.eol import reports as blocks
from bot.cli._plain import plain
from bot.cli._terminal import cell
from bot.cli.eol import rows
from bot.cli.eol._scope import inventory
from bot.domain.eol.periods import Everything
from bot.services.eol.questions import Asked


def report(
    team: Annotated[str, typer.Option(help="What is that team's only.")] = "",
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a row for each thing that runs and its deadline.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the same rows as JSON, one a line.")] = False,
) -> None:
    """Print the whole inventory: what runs where, which release that is, when it ends, what is done about it."""
    if as_csv and as_json:
        raise typer.BadParameter("--csv or --json, not both")
    asyncio.run(_report(team, as_csv=as_csv, as_json=as_json))


async def _report(team: str, *, as_csv: bool, as_json: bool) -> None:
    async with inventory() as known:
        found = await known.report(Asked(subject=known.team(team), period=Everything()))
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows.COLUMNS)
        for row in rows.inventory(found):
            writer.writerow([cell(row[name]) for name in rows.COLUMNS])
    elif as_json:
        for row in rows.inventory(found):
            sys.stdout.write(orjson.dumps(row).decode() + "\n")
    else:
        sys.stdout.write(plain(blocks.answer(found, blocks.ReportFrame(size=sys.maxsize)).text, known.snapshot) + "\n")
