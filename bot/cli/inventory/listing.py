"""`baton inventory list`: what runs where, and which release cycle each belongs to."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from typing import Annotated, Any

import typer

from bot.cli._database import opened_deps
from bot.cli._terminal import AsJson, print_json
from bot.cli.inventory import _scan_report
from bot.domain.eol import InCycle
from bot.domain.eol.matches import Matched
from bot.domain.names import clean
from bot.domain.phrases import counted
from bot.services import snapshot as snapshots
from bot.services.eol.exposure import Watcher
from bot.services.eol.facts import Facts
from bot.services.inventory.listing import ListedDeployment, owned_by, running
from bot.services.inventory.placement import Places
from bot.services.portfolio import team_called
from bot.services.snapshot import Snapshot


def list_running(
    asset: Annotated[str, typer.Option(help="Only this asset: its reference, name or address.")] = "",
    team: Annotated[str, typer.Option(help="Only what this team owns.")] = "",
    as_json: AsJson = False,
) -> None:
    """List what runs where, as imports and scans have seen it, with its release cycle."""
    found = asyncio.run(_found(asset, team))
    if as_json:
        documents = [_document(one, matched) for one, matched in found]
        print_json(documents)
        return
    if not found:
        sys.stdout.write("Nothing is known to run: import a catalog that says it, or scan with `baton inventory`.\n")
        return
    shown = ""
    for one, matched in found:
        if one.asset.ref != shown:
            shown = one.asset.ref
            sys.stdout.write(f"{clean(shown)}\n")
        sys.stdout.write(f"  {_scan_report.line(one.seen, matched)} [{clean(one.source)}]\n")
    sure = Counter(isinstance(matched, InCycle) for _, matched in found)
    sys.stdout.write(f"{counted(len(found), 'deployment')}, {sure[False]:,} without a certain release cycle.\n")


async def _found(asset: str, team: str) -> list[tuple[ListedDeployment, Matched]]:
    """Return what runs, each with its match: by the rules, or as somebody has said."""
    async with opened_deps() as deps:
        catalog, facts = Snapshot(), Facts()
        await snapshots.refresh(catalog, deps.database)
        await facts.follow(deps.database)
        wanted: set[int] | None = {_scan_report.named(Places(catalog), asset).id} if asset else None
        if team:
            owned = owned_by(deps, catalog, team_called(catalog, team).id)
            wanted = owned if wanted is None else wanted & owned
        watches = await Watcher(deps, catalog, facts).current()
        counts_as = {each.deployment.id: each.matched for runs in watches.by_asset.values() for each in runs}
        found = await running(deps, catalog, assets=wanted)
        return [(one, counts_as.get(one.id) or _scan_report.matched(one.seen, facts.table)) for one in found]


def _document(one: ListedDeployment, matched: Matched) -> dict[str, Any]:
    return {
        "asset": one.asset.ref,
        "source": one.source,
        **_scan_report.deployment(one.seen, matched),
        "first_seen_at": one.first_seen_at,
        "last_seen_at": one.last_seen_at,
    }
