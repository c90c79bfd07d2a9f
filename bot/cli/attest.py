"""`baton attest`: how many things teams have confirmed this quarter as still theirs, and which are missing."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated, Any

import orjson
import typer

from bot.blocks.ownership import attestation as blocks
from bot.blocks.ownership.attestation import Campaign
from bot.cli._database import with_catalog
from bot.cli._plain import plain
from bot.cli._terminal import AsJson
from bot.services import attestation
from bot.services.deps import Deps
from bot.services.portfolio import Portfolios, team_called
from bot.services.snapshot import Snapshot


def attest(
    name: Annotated[str | None, typer.Argument(help="A team, by any name it has; without one, all teams.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how many things were confirmed this quarter, week by week, and which teams are behind."""
    with_catalog(partial(_attest, name=name or "", as_json=as_json))


async def _attest(deps: Deps, catalog: Snapshot, *, name: str, as_json: bool) -> None:
    team = team_called(catalog, name) if name else None
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
