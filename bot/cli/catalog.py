"""`baton catalog import`: read files of a format and make the catalog what they say."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import orjson
import typer

from bot import settings as environment
from bot.cli._database import is_missing, opened
from bot.clients.catalog import FORMATS, ReadOptions, read
from bot.domain.catalog import SourceCatalog
from bot.domain.names import clean
from bot.ports import SystemClock
from bot.services.catalog import Change, ImportReport, Outcome, import_catalog
from bot.services.deps import Deps
from bot.store import migrations
from bot.store.db import Database

app = typer.Typer(no_args_is_help=True, help="The catalog of who owns what.")

#: Lines of each kind that are printed; `--json` has all of them.
_SHOWN = 20


@app.callback()
def _catalog() -> None:
    """The catalog of who owns what."""


@app.command("import")
def import_(
    format_name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders that are searched for them.")],
    source: Annotated[str, typer.Option(help="What to call this source; the format's name if left out.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON document.")] = False,
    allow_mass_change: Annotated[
        bool, typer.Option("--allow-mass-change", help="Import even if more than 20% of the source's assets go.")
    ] = False,
    repository: Annotated[str, typer.Option(help="The repository of a CODEOWNERS file, as owner/name.")] = "",
) -> None:
    """Import what files say: whatever they no longer say is taken back, other sources are left alone.

    Files that cannot be read are reported, and what they said before stands. Exits with 1 when nothing was imported.
    """
    if format_name not in FORMATS:
        raise typer.BadParameter(f"there is no format '{format_name}': choose one of {', '.join(FORMATS)}.")
    settings = environment.load()
    # What is read lives until the command ends and holds no cycles: looking for them takes a sixth of an import's time.
    gc.disable()
    with _progress() as progress:
        catalog = read(format_name, paths, options=ReadOptions(repository=repository), progress=progress)
    report = asyncio.run(
        _import(
            settings,
            catalog,
            source=source or format_name,
            format_name=format_name,
            paths=[str(path) for path in paths],
            dry_run=dry_run,
            allow_mass_change=allow_mass_change,
        )
    )
    if as_json:
        sys.stdout.write(orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _print(report)
    if report.outcome is Outcome.REFUSED:
        raise typer.Exit(1)


async def _import(
    settings: environment.Settings,
    catalog: SourceCatalog,
    *,
    source: str,
    format_name: str,
    paths: list[str],
    dry_run: bool,
    allow_mass_change: bool,
) -> ImportReport:
    async with _ready(settings.database_url.get_secret_value(), dry_run=dry_run) as database:
        return await import_catalog(
            Deps(database, SystemClock(), settings.stale_after),
            catalog,
            source=source,
            format_name=format_name,
            paths=paths,
            dry_run=dry_run,
            allow_mass_change=allow_mass_change,
        )


@asynccontextmanager
async def _ready(url: str, *, dry_run: bool) -> AsyncIterator[Database]:
    """Open the database with its schema; a SQLite file that is not there yet is made, for a dry run elsewhere."""
    is_new = is_missing(url)
    with TemporaryDirectory() as elsewhere:
        if is_new and dry_run:
            url = f"sqlite:///{elsewhere}/dry-run.sqlite"
        async with opened(url) as database:
            if is_new:
                await migrations.upgrade(database)
            await migrations.require_current(database)
            yield database


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show how many files are read, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - costs start-up time, needed only on a terminal
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading files", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print(report: ImportReport) -> None:
    """Print the summary and changes to standard output, problems to standard error."""
    for problem in sorted(report.problems, key=lambda problem: not problem.is_error)[:_SHOWN]:
        sys.stderr.write(f"{'error' if problem.is_error else 'note'}: {clean(str(problem))}\n")
    if (more := len(report.problems) - _SHOWN) > 0:
        sys.stderr.write(f"… and {more:,} more; --json lists all of them.\n")
    if report.kept:
        sys.stderr.write(f"Kept as they were, because their files have errors: {len(report.kept):,}.\n")
    if report.refusal:
        sys.stderr.write(report.refusal + "\n")
    sys.stdout.write(_summary(report) + "\n")
    for change in report.changes[:_SHOWN]:
        sys.stdout.write(f"  {_line(change)}\n")
    if (more := len(report.changes) - _SHOWN) > 0 or report.more_changes:
        sys.stdout.write(f"  … and {max(more, 0) + report.more_changes:,} more.\n")


def _summary(report: ImportReport) -> str:
    parts = []
    for noun in ("assets", "teams", "people", "facts"):
        counts = ((report.counts.get(f"{noun}_{verb}", 0), verb) for verb in ("added", "changed", "removed"))
        if said := ", ".join(f"{count:,} {verb}" for count, verb in counts if count):
            parts.append(f"{noun}: {said}")
    would = "would be " if report.is_dry_run else ""
    return f"{report.source}: {would}{report.outcome}" + (f" ({'; '.join(parts)})" if parts else "")


def _line(change: Change) -> str:
    owners = ""
    if change.owners_before != change.owners_after:
        before, after = (", ".join(names) or "nobody" for names in (change.owners_before, change.owners_after))
        owners = f": {before} -> {after}"
    return clean(f"{change.action} {change.subject} {change.name}{owners}")
