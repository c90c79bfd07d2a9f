"""`baton team show`, `rename` and `merge`: what a team has, and renaming teams whose old names still work."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated, Any

import orjson
import typer

from bot.blocks import portfolio as blocks
from bot.cli._database import in_store, with_catalog
from bot.cli._plain import plain
from bot.cli._terminal import AsJson
from bot.domain.portfolio import Portfolio, TeamCard
from bot.services import portfolio
from bot.services.catalog import teams
from bot.services.catalog.teams import Renamed
from bot.services.deps import Deps
from bot.services.portfolio import Portfolios
from bot.services.snapshot import Snapshot

app = typer.Typer(no_args_is_help=True, help="What a team owns; teams that are renamed or merged.")

_ACTOR = "cli"


@app.callback()
def _team() -> None:
    """What a team owns; renaming and merging teams, whose old names still work."""


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The team, by any name it has.")],
    as_json: AsJson = False,
) -> None:
    """Show what a team owns, what needs attention, and who is in the team."""
    with_catalog(partial(_show, name=name, as_json=as_json))


@app.command()
def rename(
    name: Annotated[str, typer.Argument(help="The team, by any name it has.")],
    to: Annotated[str, typer.Argument(help="Its new name.")],
) -> None:
    """Rename a team. Its sources can keep the old name."""
    renamed = in_store(lambda deps: teams.rename_team(deps, name=name, to=to, actor=_ACTOR))
    sys.stdout.write(f"It is '{renamed.name}' now, and answers to {_names(renamed)} as before.\n")


@app.command()
def merge(
    name: Annotated[str, typer.Argument(help="The team that ends, or a name that sources only refer to.")],
    into: Annotated[str, typer.Argument(help="The team that it becomes a part of.")],
) -> None:
    """Merge a team into another one, which then owns what it owned and also has its names. This cannot be undone."""
    merged = in_store(lambda deps: teams.merge_teams(deps, name=name, into=into, actor=_ACTOR))
    sys.stdout.write(f"'{merged.name}' owns what both owned, and answers to {_names(merged)}, too.\n")


async def _show(deps: Deps, catalog: Snapshot, *, name: str, as_json: bool) -> None:
    current = await Portfolios(deps, catalog).current()
    card = portfolio.team_card(catalog, current, portfolio.team_called(catalog, name))
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
