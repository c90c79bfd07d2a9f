"""`baton health`: how well things are owned, what DevOps holds for other teams, and where to begin."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import settings as environment
from bot.blocks import health as blocks
from bot.blocks.health import HealthReport, HealthSection
from bot.blocks.text import as_written
from bot.cli._plain import plain
from bot.cli._terminal import AsJson, cell, print_json, write_picture
from bot.cli.eol._scope import Inventory, inventory
from bot.domain.health import scope_of
from bot.services import portfolio
from bot.services.context import health_of
from bot.services.deps import DevopsTeam
from bot.services.health import Health
from bot.services.pictures import Pictures
from bot.services.portfolio import Portfolios
from bot.services.working_times import WorkingTimes

_COLUMNS = ("team", "line", "figure", "value", "of", "before", "before_on")


def health(
    team: Annotated[str, typer.Argument(help="A team, by any name it has; without it, everybody.")] = "",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a row for each figure.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Write the picture of everybody to this PNG file.")] = None,
) -> None:
    """Show how well things are owned, what DevOps holds for other teams, what has ended, and where to begin."""
    if as_json + as_csv + (picture is not None) > 1 or (picture is not None and team):
        raise typer.BadParameter("--json, --csv or --picture, and no team with --picture")
    asyncio.run(_health(team, as_json=as_json, as_csv=as_csv, picture=picture))


async def _health(name: str, *, as_json: bool, as_csv: bool, picture: Path | None) -> None:
    async with inventory() as known:
        found = _of(known)
        if picture is not None:
            write_picture(picture, await found.picture(Pictures()))
            return
        report = await found.report(portfolio.team_called(known.snapshot, name) if name else None)
        rows = list(_rows(report))
        if as_json:
            actions = [plain(each.line.text, known.snapshot) for each in report.actions]
            print_json({"team": report.team or None, "on": report.today, "figures": rows, "actions": actions})
        elif as_csv:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows([cell(row[column]) for column in _COLUMNS] for row in rows)
        else:
            sys.stdout.write(plain(blocks.report(report).text, known.snapshot) + "\n")


def _of(known: Inventory) -> Health:
    settings = environment.load()
    devops = DevopsTeam(name=settings.devops_team.strip())
    deps = replace(known.deps, devops=devops, timezone=settings.timezone)
    snapshot = known.snapshot
    return health_of(deps, snapshot, Portfolios(deps, snapshot), known.watcher, WorkingTimes())


def _rows(report: HealthReport) -> Iterator[dict[str, Any]]:
    """Yield the figures of the report: the team's or everybody's, then those of single teams."""
    headline = [HealthSection("Verdict", [report.headline])] if report.headline is not None else []
    for section in (*headline, *report.sections):
        for figure in section.figures:
            parts = [(report.team_id, report.team, figure.key, figure.value, figure.of)]
            parts += [
                (number, name, figure.team_key or figure.key, value, None) for number, name, value in figure.teams
            ]
            for number, team, key, value, of in parts:
                before = report.earlier.of(scope_of(number), key)
                values = (team or None, as_written(section.title), key, value, of, before, report.earlier.since)
                yield dict(zip(_COLUMNS, values, strict=True))
