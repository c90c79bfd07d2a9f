"""`baton inventory scan-rds`: the databases that AWS runs, and how long it supports their versions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from bot.cli._database import opened_deps
from bot.cli._terminal import AsJson, stored
from bot.cli.inventory._scan_report import SourceScan, finish
from bot.clients.catalog import aws_rds
from bot.clients.inventory import rds
from bot.domain.catalog import SourceCatalog
from bot.domain.inventory.scans import How, Sighting, Sightings
from bot.services import snapshot as snapshots
from bot.services.catalog import ImportOutcome, import_catalog
from bot.services.deps import Deps
from bot.services.eol import provider_dates
from bot.services.eol.facts import Facts
from bot.services.inventory.deployments import Scan
from bot.services.inventory.placement import Places, claimed_by, described_by_others
from bot.services.snapshot import Snapshot

_ACTOR = "cli"


def scan_rds(
    region: Annotated[list[str], typer.Option(help="A region, such as eu-west-1; may be given repeatedly.")],
    profile: Annotated[
        str, typer.Option(parser=stored, metavar="TEXT", help="A profile of AWS' own configuration.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    as_json: AsJson = False,
    allow_mass_change: Annotated[
        bool, typer.Option("--allow-mass-change", help="Go on even if more than 20% of a region's databases are gone.")
    ] = False,
) -> None:
    """Record the databases of RDS. Those that no source describes become assets, so that nothing that runs is missed.

    Each region (of each profile) is a source of its own. It is recorded completely or, if AWS refuses a list, not at
    all.
    """
    reports = asyncio.run(
        _scan(list(dict.fromkeys(region)), profile, dry_run=dry_run, allow_mass_change=allow_mass_change)
    )
    finish(reports, dry_run=dry_run, as_json=as_json)


async def _scan(regions: Sequence[str], profile: str, *, dry_run: bool, allow_mass_change: bool) -> list[SourceScan]:
    # All regions are asked before the first is recorded: from then on, a dry run keeps others from changing anything.
    answers = [(region, await rds.read([region], profile=profile)) for region in regions]
    reports: list[SourceScan] = []
    async with opened_deps(dry_run=dry_run) as deps:
        for region, read in answers:
            if read.cycles:
                await provider_dates.keep(deps, read.cycles, actor=_ACTOR)
            source = ":".join(part for part in (rds.PROVIDER, profile, region) if part)
            reports.append(await _record(deps, source, region, read, allow_mass_change))
    return reports


async def _record(deps: Deps, source: str, region: str, read: rds.RdsInventory, allow_mass_change: bool) -> SourceScan:
    facts, catalog = Facts(), Snapshot()
    await facts.follow(deps.database)
    await snapshots.refresh(catalog, deps.database)
    found = SourceScan(source, facts.table, problems=list(read.sightings.problems))
    if any(problem.is_error for problem in read.sightings.problems):
        found.not_recorded.append((region, "AWS did not give all that was asked: mend that and scan again."))
        return found
    sightings = [one for one in read.sightings.found if one.address]
    known = await described_by_others(deps, Places(catalog), sightings, source=source)
    news = [one for one in sightings if one.address not in known]
    report = await import_catalog(
        deps,
        SourceCatalog(assets=aws_rds.claims(news), may_be_empty=True),
        source=source,
        format_name=aws_rds.FORMAT,
        paths=[f"AWS {region}"],
        allow_mass_change=allow_mass_change,
    )
    found.problems.extend(report.problems)
    if report.outcome is ImportOutcome.REFUSED:
        found.not_recorded.append((region, report.refusal))
        return found
    await snapshots.refresh(catalog, deps.database)
    await _record_sightings(deps, found, sightings, known, catalog)
    return found


async def _record_sightings(
    deps: Deps,
    found: SourceScan,
    sightings: Sequence[Sighting],
    known: Mapping[str, int],
    catalog: Snapshot,
) -> None:
    """Assign every database to its asset: one that a source describes, or a new one."""
    own = await claimed_by(deps, found.source)
    for sighting in sightings:
        asset = catalog.asset(known.get(sighting.address, own.get(sighting.address, -1)))
        if asset is not None:
            found.add(asset, Sightings((sighting,)))
        else:
            found.new_assets.append(sighting.name or sighting.address)
    scan = Scan(source=found.source, how=How.AWS_RDS.value, seen=found.by_asset, is_complete=True)
    await found.record(deps, scan)
