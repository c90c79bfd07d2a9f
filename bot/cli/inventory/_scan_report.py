"""What the scans share: finding the assets, recording, and the report for a person or a program."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import typer

from bot.cli._database import opened_deps
from bot.cli._terminal import print_json, print_problems
from bot.cli.eol.match import as_dict, as_text
from bot.domain.catalog import Problem
from bot.domain.eol import Table, match
from bot.domain.eol.matches import Matched
from bot.domain.eol.tracked_sightings import evidence
from bot.domain.inventory.observations import Seen
from bot.domain.inventory.scans import Sightings
from bot.domain.names import clean
from bot.domain.phrases import counted
from bot.domain.records import AssetRecord
from bot.errors import NotFoundError
from bot.services import snapshot as snapshots
from bot.services.deps import Deps
from bot.services.eol.facts import Facts
from bot.services.inventory.deployments import Scan, ScanResult, record
from bot.services.inventory.placement import Places, Unplaced
from bot.services.snapshot import Snapshot

_ACTOR = "cli"


@dataclass(frozen=True, slots=True)
class ScanGroup:
    """What one file or image showed, its name for the user, and the names by which its asset may be known."""

    shown: str
    names: Sequence[str]
    sightings: Sightings

    @property
    def is_broken(self) -> bool:
        """Whether it was not read completely, so that missing things may still be there."""
        return any(problem.is_error for problem in self.sightings.problems)


@dataclass(slots=True)
class SourceScan:
    """The report of one source: what was recorded for which asset, and what was not and why.

    `new_assets` are those that a dry run would have created.
    """

    source: str
    table: Table
    assets: dict[int, AssetRecord] = field(default_factory=dict)
    by_asset: dict[int, list[Seen]] = field(default_factory=dict)
    left_out: int = 0
    problems: list[Problem] = field(default_factory=list)
    not_recorded: list[tuple[str, str]] = field(default_factory=list)
    new_assets: list[str] = field(default_factory=list)
    recorded: ScanResult = field(default_factory=lambda: ScanResult(came=0, changed=0, ended=0, unchanged=0))

    def add(self, asset: AssetRecord, sightings: Sightings) -> None:
        """Assign to an asset what was seen of it."""
        found = evidence(sightings.found, self.table, inside=sightings.subject or asset.name)
        self.left_out += found.left_out
        self.assets[asset.id] = asset
        self.by_asset.setdefault(asset.id, []).extend(found.seen)

    async def record(self, deps: Deps, scan: Scan) -> None:
        """Record the scan."""
        self.recorded = await record(deps, scan, actor=_ACTOR)


@asynccontextmanager
async def placed(
    groups: Sequence[ScanGroup], *, asset: str, source: str, dry_run: bool
) -> AsyncIterator[tuple[Deps, SourceScan]]:
    """Open the database and find the asset of each group: the one given for all, or else the group's own.

    Raises NotFoundError if there is no asset with the name given for all.
    """
    async with opened_deps(dry_run=dry_run) as deps:
        catalog, facts = Snapshot(), Facts()
        await snapshots.refresh(catalog, deps.database)
        await facts.follow(deps.database)
        found = SourceScan(source, facts.table)
        for group in groups:
            found.problems.extend(group.sightings.problems)
        places = Places(catalog)
        everybodys = named(places, asset) if asset else None
        owners = [everybodys or places.asset_of(group.names) for group in groups]
        broken = {whose for whose, group in zip(owners, groups, strict=True) if group.is_broken}
        for whose, group in zip(owners, groups, strict=True):
            if group.is_broken or (whose in broken and not isinstance(whose, Unplaced)):
                # What would replace the last sighting is incomplete.
                found.not_recorded.append((group.shown, "not everything could be read: mend that and scan again."))
            elif isinstance(whose, Unplaced):
                found.not_recorded.append((group.shown, _why(whose)))
            else:
                found.add(whose, group.sightings)
        yield deps, found


def named(places: Places, asset: str) -> AssetRecord:
    """Return the asset that the user named. Raises NotFoundError with the nearest names unless exactly one has it."""
    found = places.asset_of([asset])
    if not isinstance(found, Unplaced):
        return found
    near = (found.several or places.nearest(asset))[:5]
    hint = f"; give the reference of one of {', '.join(near)}" if near else ""
    what = "more than one asset is known as" if found.several else "no asset is known as"
    raise NotFoundError(f"In the catalog {what} '{clean(asset)}'{hint}.")


def _why(unplaced: Unplaced) -> str:
    if unplaced.several:
        return f"it belongs to more than one asset: say --asset with one of {', '.join(unplaced.several[:5])}."
    return "no asset of the catalog is known by its name or repository: say --asset REF, or import it first."


def finish(reports: Sequence[SourceScan], *, dry_run: bool, as_json: bool) -> None:
    """Print the reports. Exit with 1 if something could not be recorded."""
    if as_json:
        documents = [_document(found, dry_run=dry_run) for found in reports]
        written = documents[0] if len(documents) == 1 else documents
        print_json(written)
    else:
        for found in reports:
            _print(found, dry_run=dry_run)
    if any(found.not_recorded for found in reports):
        raise typer.Exit(1)


def matched(seen: Seen, table: Table) -> Matched:
    """Return the match of something that was seen."""
    return match(table, product=seen.product, version=seen.version, provider=seen.provider)


def deployment(seen: Seen, found: Matched) -> dict[str, Any]:
    """Return a deployment and its match as fields of `--json`."""
    return {
        "product": seen.product,
        "version": seen.version,
        "provider": seen.provider,
        "environment": seen.environment,
        "how": seen.how,
        "address": seen.address,
        "match": as_dict(found),
    }


def line(seen: Seen, found: Matched) -> str:
    """Return a deployment and its match for a terminal."""
    where = (f" on {clean(seen.provider)}" if seen.provider else "") + (
        f" in {clean(seen.environment)}" if seen.environment else ""
    )
    return as_text(found, f"{clean(seen.product)} {clean(seen.version) or 'of an unknown version'}{where}")


def _document(found: SourceScan, *, dry_run: bool) -> dict[str, Any]:
    recorded = found.recorded
    return {
        "source": found.source,
        "dry_run": dry_run,
        "came": recorded.came,
        "changed": recorded.changed,
        "ended": recorded.ended,
        "unchanged": recorded.unchanged,
        "assets": [
            {
                "ref": found.assets[asset].ref,
                "deployments": [deployment(each, matched(each, found.table)) for each in seen],
            }
            for asset, seen in found.by_asset.items()
        ],
        "new_assets": found.new_assets,
        "components_left_out": found.left_out,
        "not_recorded": [{"what": what, "why": why} for what, why in found.not_recorded],
        "problems": [str(problem) for problem in found.problems],
    }


def _print(found: SourceScan, *, dry_run: bool) -> None:
    print_problems(found.problems)
    for what, why in found.not_recorded:
        sys.stderr.write(f"not recorded: {clean(what)}: {why}\n")
    for asset, seen in found.by_asset.items():
        sys.stdout.write(f"{clean(found.assets[asset].ref)}\n")
        for each in dict.fromkeys(seen):
            sys.stdout.write(f"  {line(each, matched(each, found.table))}\n")
    for name in found.new_assets:
        sys.stdout.write(f"{clean(name)} would become an asset\n")
    if found.left_out:
        what = "not a product" if found.left_out == 1 else "not products"
        sys.stdout.write(f"{counted(found.left_out, 'component')} left out: {what} with a known end of life.\n")
    recorded, assets = found.recorded, len(found.new_assets)
    counts = (
        (recorded.came, "new"),
        (recorded.changed, "changed"),
        (recorded.ended, "gone"),
        (assets, f"new {'asset' if assets == 1 else 'assets'} with what runs there"),
    )
    said = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    would = "would be " if dry_run and said else ""
    sys.stdout.write(f"{found.source}: {would}{said or 'nothing changed'}\n")
