"""`baton inventory scan-image`, `scan-sbom` and `scan-dockerfile`: record what was seen, for its asset."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli._terminal import AsJson, read_bytes, stored
from bot.cli.inventory._scan_report import ScanGroup, SourceScan, finish, placed
from bot.clients.catalog import remote_around, require_own
from bot.clients.inventory import dockerfile, images, sbom
from bot.domain.catalog import Origin, Problem
from bot.domain.encodings import as_utf8
from bot.domain.inventory.scans import How, Sightings
from bot.services.inventory.deployments import Scan

Asset = Annotated[str, typer.Option("--asset", help="The asset that runs it: its reference, name or address.")]
Environment = Annotated[str, typer.Option(parser=stored, metavar="TEXT", help="Where it runs, such as production.")]
SourceName = Annotated[
    str,
    typer.Option(parser=stored, metavar="TEXT", help="What to call this source; the scan's name if left out."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
_COMMAND_LINE = "the command line"


def scan_image(
    references: Annotated[list[str], typer.Argument(metavar="NAME:TAG", help="Images, as a deployment names them.")],
    asset: Asset = "",
    environment: Environment = "",
    source: SourceName = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Record which images run. Name all images of an asset in one command, because they replace those seen before."""
    groups = [_image(reference, environment) for reference in references]
    _scan(groups, How.IMAGE, asset=asset, source=_source(source, How.IMAGE, environment), dry_run=dry_run, json=as_json)


def scan_sbom(
    files: Annotated[list[Path], typer.Argument(help="Bills of materials: CycloneDX, or SPDX 2.")],
    asset: Asset = "",
    environment: Environment = "",
    source: SourceName = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Record the systems, runtimes, databases and frameworks in bills of materials; libraries are counted."""
    groups = []
    for file in files:
        read = sbom.read(_own(file), str(file), environment=environment)
        groups.append(ScanGroup(str(file), _names_of_image(read.subject), read))
    _scan(groups, How.SBOM, asset=asset, source=_source(source, How.SBOM, environment), dry_run=dry_run, json=as_json)


def scan_dockerfile(
    files: Annotated[list[Path], typer.Argument(help="Dockerfiles or Containerfiles.")],
    asset: Asset = "",
    environment: Environment = "",
    target: Annotated[str, typer.Option(help="The stage that is built; the last one if left out.")] = "",
    build_arg: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, as given to the build.")] = None,
    source: SourceName = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Record what images are built on. Without --asset, the asset is the one whose repository contains the file."""
    arguments = dict(_argument(each) for each in build_arg or [])
    groups = []
    for file in files:
        text = as_utf8(_own(file)).decode(errors="replace")
        read = dockerfile.read(text, str(file), arguments=arguments, target=target, environment=environment)
        remote = remote_around(file)
        groups.append(ScanGroup(str(file), remote.addresses if remote is not None else (), read))
    named = _source(source, How.DOCKERFILE, environment)
    _scan(groups, How.DOCKERFILE, asset=asset, source=named, dry_run=dry_run, json=as_json)


def _scan(groups: Sequence[ScanGroup], how: How, *, asset: str, source: str, dry_run: bool, json: bool) -> None:
    found = asyncio.run(_record(groups, how, asset=asset, source=source, dry_run=dry_run))
    finish([found], dry_run=dry_run, as_json=json)


async def _record(groups: Sequence[ScanGroup], how: How, *, asset: str, source: str, dry_run: bool) -> SourceScan:
    async with placed(groups, asset=asset, source=source, dry_run=dry_run) as (deps, found):
        if found.by_asset:
            scan = Scan(source=source, how=how.value, seen=found.by_asset)
            await found.record(deps, scan)
    return found


def _own(file: Path) -> bytes:
    """Read a file of a repository. Other people wrote it, so no link in it may lead to other files of this machine."""
    require_own(file)
    return read_bytes(file)


def _image(reference: str, environment: str) -> ScanGroup:
    sighting, problem = images.sighting_of(reference, origin=Origin(_COMMAND_LINE), environment=environment)
    problems: tuple[Problem, ...] = () if problem is None else (problem,)
    found = () if sighting is None else (sighting, *images.beside(sighting))
    return ScanGroup(reference, _names_of_image(reference), Sightings(found, problems))


def _names_of_image(reference: str) -> tuple[str, ...]:
    """Return the names that an image's asset may have; for a public image, that is its full name."""
    ref = images.parse(reference)
    if ref is None:
        return (reference,)
    last = () if ref.is_on_docker_hub else (ref.path.rpartition("/")[2],)
    return tuple(dict.fromkeys((ref.name, ref.path, *last)))


def _source(given: str, how: How, environment: str) -> str:
    """Return the source's name: one for each environment, so that staging does not replace production."""
    return given or (f"scan-{how}:{environment}" if environment else f"scan-{how}")


def _argument(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"'{written}' is not NAME=VALUE", param_hint="--build-arg")
    return name, value
