"""`baton catalog import`: read files of a format, or of all formats found, and update the catalog to match."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot import settings as environment
from bot.cli._database import is_missing, opened
from bot.cli._terminal import AsJson, print_json, stored
from bot.cli.catalog.output import print_report
from bot.clients.catalog import FORMATS, ReadOptions, SourceFiles, detect, look, require_utf8
from bot.domain.catalog import Problem, SourceCatalog
from bot.domain.names import clean
from bot.ports import SystemClock
from bot.services.catalog import ImportOutcome, ImportReport, has_read, import_catalog, import_unread, may_be_trusted
from bot.services.deps import Deps
from bot.services.eol.own_names import public_name_notes
from bot.store import migrations
from bot.store.db import Database

#: Reads every format found, each as a source of its own.
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A source to import: its name, its format, its files, how to read them, and whether it is trusted for people."""

    source: str
    format_name: str
    only: frozenset[Path] | None
    options: ReadOptions
    trust_people: bool | None = None


def import_(
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help=f"'{AUTO}' for what is there, or one of {', '.join(FORMATS)}.")
    ],
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders that are searched for them.")],
    source: Annotated[
        str,
        typer.Option(parser=stored, metavar="TEXT", help="What to call this source; the format's name if left out."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    as_json: AsJson = False,
    allow_mass_change: Annotated[
        bool,
        typer.Option(
            "--allow-mass-change",
            help="Import even if more than 20% of the source's assets, teams, people or assets' owners go.",
        ),
    ] = False,
    trust_people: Annotated[
        bool | None,
        typer.Option(
            "--trust-people/--no-trust-people",
            help="Whether this source may say who is in which team, which gives rights; as last time if left out.",
        ),
    ] = None,
    repository: Annotated[
        str, typer.Option(parser=stored, metavar="TEXT", help="The repository of a CODEOWNERS file, as owner/name.")
    ] = "",
) -> None:
    """Import files. What they no longer say is removed; other sources are not affected.

    Files that cannot be read are reported, and what they said before stays. Exits with 1 if a source was refused.
    """
    settings = environment.load()
    for path in paths:
        require_utf8(path)
    options = ReadOptions(repository=repository)
    wanted, problems = _wanted(format_name, paths, source=source, options=options)
    for problem in problems:
        sys.stderr.write(f"{'error' if problem.is_error else 'note'}: {clean(str(problem))}\n")
    if not wanted:
        raise typer.Exit(1)
    wanted = [_trusting(settings, each, trust_people, format_name) for each in wanted]
    # Everything read lives until the command ends and has no cycles; searching for them would take a sixth of an
    # import's time.
    gc.disable()
    reports = asyncio.run(_import_all(settings, wanted, paths, dry_run=dry_run, allow_mass_change=allow_mass_change))
    if as_json:
        found = [report.as_dict() for report in reports]
        document = found if format_name == AUTO else found[0]
        print_json(document)
    else:
        for report in reports:
            print_report(report)
    if any(problem.is_error for problem in problems) or any(
        report.outcome is ImportOutcome.REFUSED for report in reports
    ):
        raise typer.Exit(1)


def _wanted(
    format_name: str, paths: list[Path], *, source: str, options: ReadOptions
) -> tuple[list[_Wanted], list[Problem]]:
    if format_name != AUTO:
        if format_name not in FORMATS:
            raise typer.BadParameter(
                f"there is no format '{format_name}': choose '{AUTO}' or one of {', '.join(FORMATS)}."
            )
        return [_Wanted(source or format_name, format_name, None, options)], []
    found, problems = detect(paths)
    if source and len(found) > 1:
        raise typer.BadParameter(
            f"--source can name one source, and there are files of {', '.join(found)}: leave it out, or import each."
        )
    return [_Wanted(source or name, name, frozenset(files), options) for name, files in found.items()], problems


def _trusting(settings: environment.Settings, wanted: _Wanted, trust_people: bool | None, format_name: str) -> _Wanted:
    """Return `wanted` with whether it is trusted for people: as in the settings, or else as the command says."""
    by_setting = settings.trusts_people(wanted.source)
    if trust_people and not may_be_trusted(wanted.format_name) and format_name != AUTO:
        raise typer.BadParameter(
            f"{wanted.format_name} files are in single repositories, and whoever may write there must not say who is "
            "in which team: leave --trust-people out, and import Baton YAML, Backstage or CSV for that."
        )
    if trust_people is not None and by_setting is not None and trust_people != by_setting:
        raise typer.BadParameter(
            f"BATON_PEOPLE_SOURCES says which sources are trusted for people, and {wanted.source!r} is "
            f"{'one of them' if by_setting else 'none of them'}: change that instead."
        )
    return replace(wanted, trust_people=trust_people if by_setting is None else by_setting)


@dataclass(slots=True)
class _Said:
    """What is to be imported as one source. `catalog` is None if the source's last import read the same."""

    wanted: _Wanted
    found: SourceFiles
    digest: str
    catalog: SourceCatalog | None = None


async def _import_all(
    settings: environment.Settings, wanted: list[_Wanted], paths: list[Path], *, dry_run: bool, allow_mass_change: bool
) -> list[ImportReport]:
    """Import one source after another. A dry run does the same, and rolls everything back at the end."""
    async with ready(settings.database_url.get_secret_value(), dry_run=dry_run) as database, AsyncExitStack() as stack:
        # Everything is read before the first import: from then on, a dry run keeps others from changing anything.
        deps = Deps(database, SystemClock(), settings.stale_after)
        said = [await _look(deps, each, paths) for each in wanted]
        if dry_run:
            deps = replace(deps, database=await stack.enter_async_context(database.rehearsal()))

        async def run(number: int) -> ImportReport:
            return await _import(deps, said[number], paths, allow_mass_change=allow_mass_change)

        reports = [await run(number) for number in range(len(wanted))]
        for number, report in enumerate(reports[:-1]):
            if report.outcome is not ImportOutcome.REFUSED and report.notes:
                # A later source may have added what it lacked.
                reports[number] = replace(report, problems=(await run(number)).problems)
        return [await _with_public_names(deps, report) for report in reports]


async def _with_public_names(deps: Deps, report: ImportReport) -> ImportReport:
    """Return a report with notes on libraries whose names have a public meaning."""
    notes = await public_name_notes(deps.database, report.source)
    return replace(report, problems=(*report.problems, *notes)) if notes else report


async def _look(deps: Deps, wanted: _Wanted, paths: list[Path]) -> _Said:
    """Find a source's files, and read them unless they are unchanged since the last import."""
    found = look(wanted.format_name, paths, options=wanted.options, only=wanted.only)
    said = _Said(wanted, found, found.digest())
    if not await has_read(deps, source=wanted.source, digest=said.digest):
        _read(said)
    return said


def _read(said: _Said) -> SourceCatalog:
    with _progress() as progress:
        said.catalog = said.found.read(progress)
    if said.found.digest() != said.digest:
        said.digest = ""  # somebody changed the files meanwhile: the result may match neither version
    return said.catalog


async def _import(deps: Deps, said: _Said, paths: list[Path], *, allow_mass_change: bool) -> ImportReport:
    wanted, shown, catalog = said.wanted, [str(path) for path in paths], said.catalog
    if catalog is None:
        report = await import_unread(
            deps,
            source=wanted.source,
            format_name=wanted.format_name,
            paths=shown,
            digest=said.digest,
            trust_people=wanted.trust_people,
        )
        if report is not None:
            return report
        catalog = _read(said)  # there was another import of the source in between
    return await import_catalog(
        deps,
        catalog,
        source=wanted.source,
        format_name=wanted.format_name,
        paths=shown,
        allow_mass_change=allow_mass_change,
        trust_people=wanted.trust_people,
        digest=said.digest,
    )


@asynccontextmanager
async def ready(url: str, *, dry_run: bool) -> AsyncIterator[Database]:
    """Open the database with its schema. A missing SQLite file is created; for a dry run, in another place."""
    is_new = is_missing(url)
    with TemporaryDirectory() as elsewhere:
        if is_new and dry_run:
            url = f"sqlite:///{elsewhere}/dry-run.sqlite"
        async with opened(url, may_make=True) as database:
            if is_new:
                await migrations.upgrade(database)
            await migrations.require_current(database)
            yield database


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show how many files are read, if the output is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - costs start-up time, needed only on a terminal
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading files", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
