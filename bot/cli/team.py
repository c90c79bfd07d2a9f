"""`baton team show`, `rename` and `merge`: what a team has, and how teams change while old names go on answering."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any

import orjson
import typer

from bot.blocks import portfolio as blocks
from bot.cli._database import answering, in_store
from bot.cli._plain import plain
from bot.domain.portfolio import Portfolio, TeamCard
from bot.errors import NotFoundError
from bot.services import portfolio
from bot.services.catalog import teams
from bot.services.catalog.teams import Renamed
from bot.services.portfolio import Portfolios
from bot.services.snapshot import Snapshot

app = typer.Typer(no_args_is_help=True, help="What a team owns; teams that are renamed or merged.")

_ACTOR = "cli"


@app.callback()
def _team() -> None:
    """What a team owns; teams that are renamed or merged, whose old names go on answering."""


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The team, by any name it has.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what a team owns, what of it needs attention, and who is in the team."""
    asyncio.run(_show(name, as_json=as_json))


@app.command()
def rename(
    name: Annotated[str, typer.Argument(help="The team, by any name it has.")],
    to: Annotated[str, typer.Argument(help="Its new name.")],
) -> None:
    """Give a team another name, whatever its sources go on calling it."""
    renamed = in_store(lambda deps: teams.rename_team(deps, name=name, to=to, actor=_ACTOR))
    sys.stdout.write(f"It is '{renamed.name}' now, and answers to {_names(renamed)} as before.\n")


@app.command()
def merge(
    name: Annotated[str, typer.Argument(help="The team that ends, or a name that sources only refer to.")],
    into: Annotated[str, typer.Argument(help="The team that it becomes a part of.")],
) -> None:
    """Make a team a part of another, which owns what it owned, and answers to its names. There is no way back."""
    merged = in_store(lambda deps: teams.merge_teams(deps, name=name, into=into, actor=_ACTOR))
    sys.stdout.write(f"'{merged.name}' owns what both owned, and answers to {_names(merged)}, too.\n")


async def _show(name: str, *, as_json: bool) -> None:
    async with answering() as (deps, catalog):
        team = catalog.team_by_name(name.removeprefix("@"))
        if team is None or team.is_gone:
            nearest = ", ".join(f"'{each.name}'" for each in portfolio.nearest_teams(catalog, name))
            raise NotFoundError(f"There is no team called '{name}'{f'; nearest: {nearest}' if nearest else ''}.")
        current = await Portfolios(deps, catalog).current()
        card = portfolio.team_card(catalog, current, team)
        if as_json:
            sys.stdout.write(orjson.dumps(_as_dict(card, current, catalog)).decode() + "\n")
            return
        listed = (*card.share.gaps, *(each for each in card.share.owned if each not in current.gaps))
        page = portfolio.page(deps, catalog, listed, 0, size=max(len(listed), 1))
        sys.stdout.write(plain(blocks.team_card(card, page).text, catalog) + "\n")


def _as_dict(card: TeamCard, current: Portfolio, catalog: Snapshot) -> dict[str, Any]:
    def told(asset_ids: tuple[int, ...]) -> list[dict[str, Any]]:
        assets = filter(None, map(catalog.asset, asset_ids))
        return [
            {
                "asset": asset.name,
                "ref": asset.ref,
                "tier": asset.tier,
                "needs_attention": current.gaps[asset.id].value if asset.id in current.gaps else None,
            }
            for asset in assets
        ]

    return {
        "team": card.team.name,
        "other_names": list(card.team.other_names),
        "channel": card.team.channel or None,
        "timezone": card.team.timezone or None,
        "lead": card.lead.name if card.lead is not None else None,
        "manager": card.manager.name if card.manager is not None else None,
        "members": [person.name for person in card.people],
        "owns": told(card.share.owned),
        "helps_with": told(card.share.helped),
    }


def _names(renamed: Renamed) -> str:
    return ", ".join(f"'{each}'" for each in renamed.other_names)
