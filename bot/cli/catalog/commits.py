"""`baton catalog commits`: who has committed to something recently, as evidence of which team could own it."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import Annotated

import typer

from bot.cli._database import answering
from bot.cli._terminal import typed_lines
from bot.domain import phrases
from bot.errors import NotFoundError, UserError
from bot.services import commits, ownership
from bot.services.ownership import Answered

#: What may surround an address.
_AROUND = " \t<>\"'"


def read_commits(asset: Annotated[str, typer.Argument(help="What the commits are about, by any name it has.")]) -> None:
    """Count commits to something by team, and store the counts as evidence of who could own it.

    Reads one e-mail address per line from standard input: git log --since=90.days --format=%aE -- PATH | baton catalog
    commits ASSET. Addresses are not stored. Running it again replaces the earlier counts.
    """
    authors = Counter(address for line in typed_lines() if (address := line.strip(_AROUND).casefold()))
    addresses = sum(count for line, count in authors.items() if _is_address(line))
    if addresses * 2 < authors.total():
        raise UserError("Most of these lines are no e-mail addresses: read them with `git log --format=%aE`.")
    asyncio.run(_read_commits(asset, authors))


def _is_address(text: str) -> bool:
    return "@" in text and not any(each.isspace() or each == "\0" for each in text)


async def _read_commits(name: str, authors: Counter[str]) -> None:
    async with answering() as (deps, catalog):
        found = ownership.find(deps, catalog, name)
        if not isinstance(found, Answered):
            raise NotFoundError(f"Nothing in the catalog is called '{name}', or several things are: `baton ask` shows.")
        asset = found.verdict.asset
        counted = await commits.record(deps, catalog, asset.id, authors)
        teams = sorted(counted.by_team.items(), key=lambda pair: (-pair[1], pair[0].name))
        said = ", ".join(f"{team.name} {count:,}" for team, count in teams) or "none by people of a team"
        rest = f"; {counted.strangers:,} by addresses that no team has" if counted.strangers else ""
        sys.stdout.write(
            f"{asset.name}: {phrases.counted(authors.total(), 'commit')} of the last 90 days: {said}{rest}.\n"
        )
