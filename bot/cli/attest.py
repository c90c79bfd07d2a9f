"""`baton attest`: how many things teams have confirmed this quarter as still theirs, and which they have not."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any

import orjson
import typer

from bot.blocks.ownership import attestation as blocks
from bot.blocks.ownership.attestation import Campaign
from bot.cli._database import answering
from bot.cli._plain import plain
from bot.errors import NotFoundError
from bot.services import attestation, portfolio
from bot.services.portfolio import Portfolios


def attest(
    name: Annotated[str | None, typer.Argument(help="A team, by any name it has; without one, all teams.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say how many things were confirmed this quarter, week by week, and which teams are behind."""
    asyncio.run(_attest(name or "", as_json=as_json))


async def _attest(name: str, *, as_json: bool) -> None:
    async with answering() as (deps, catalog):
        team = catalog.team_by_name(name.removeprefix("@")) if name else None
        if name and (team is None or team.is_gone):
            nearest = ", ".join(f"'{each.name}'" for each in portfolio.nearest_teams(catalog, name))
            raise NotFoundError(f"There is no team called '{name}'{f'; nearest: {nearest}' if nearest else ''}.")
        made = await attestation.campaign(deps, catalog, await Portfolios(deps, catalog).current(), team)
        said = orjson.dumps(_as_dict(made)).decode() if as_json else plain(blocks.campaign(made).text, catalog)
        sys.stdout.write(f"{said}\n")


def _as_dict(made: Campaign) -> dict[str, Any]:
    return {
        "since": made.start,
        "confirmed": made.confirmed,
        "total": made.total,
        "weeks": [{"until": end, "confirmed": count} for end, count in made.weeks],
        "teams": [
            {"team": each.team.name, "confirmed": each.confirmed, "total": each.total, "missing": list(each.missing)}
            for each in made.teams
        ],
    }
