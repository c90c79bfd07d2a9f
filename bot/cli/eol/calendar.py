"""`baton eol calendar`: an address for a team's end-of-life dates, and revoking all of them."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from bot import settings as environment
from bot.cli.eol._scope import inventory
from bot.domain.phrases import counted
from bot.errors import SettingsError
from bot.services.eol import calendars


def calendar(
    team: Annotated[str, typer.Option(help="Whose dates; without it, those of all teams.")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="End all addresses of that team, people's as well.")] = False,
) -> None:
    """Create an address that calendar programs can subscribe to. It is printed once and not stored."""
    asyncio.run(_calendar(team, is_revoking=revoke))


async def _calendar(team: str, *, is_revoking: bool) -> None:
    public_url = environment.load().public_url
    if not public_url and not is_revoking:
        raise SettingsError(
            "BATON_PUBLIC_URL is not set: set it to where Baton's web server is reached, as in https://baton.example.com."
        )
    async with inventory() as known:
        subject = known.team(team)
        team_id = subject.teams[0].id if subject.teams else None
        if is_revoking:
            count = await calendars.revoke(known.deps, team_id=team_id, person_id=None)
            sys.stdout.write(f"{counted(count, 'address has', 'addresses have')} ended.\n")
            return
        token, _ = await calendars.make(known.deps, team_id=team_id, person_id=None)
    sys.stdout.write(f"{public_url.rstrip('/')}/calendar/{token}.ics\n")
