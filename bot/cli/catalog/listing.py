"""`baton catalog sources`, `misses` and `export`: the sources of the catalog, what it lacks, and its content."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as environment
from bot.cli._database import in_store, with_catalog
from bot.cli._terminal import AsJson, print_json
from bot.clients.catalog.baton_writer import render
from bot.domain.catalog import SourceCatalog
from bot.domain.doctor import not_a_source
from bot.domain.names import clean
from bot.domain.phrases import counted
from bot.services import misses as missed
from bot.services.catalog.export import export as export_catalog
from bot.services.catalog.export import export_source
from bot.services.catalog.listing import SourceSummary
from bot.services.catalog.listing import sources as list_sources
from bot.services.catalog.precedence import prefer as prefer_sources
from bot.services.deps import Deps


def sources(as_json: AsJson = False) -> None:
    """List the sources of the catalog, the most believed first."""
    found = in_store(list_sources)
    if as_json:
        print_json([asdict(each) for each in found])
    elif not found:
        sys.stdout.write("No source yet: import one with `baton catalog import auto PATH`.\n")
    else:
        _table(
            ("source", "format", "assets", "facts", "says who is in teams", "last read", "last import"),
            map(_row, found),
        )
    for name in sorted(environment.load().people_source_names - {each.name for each in found}):
        sys.stderr.write(f"note: {not_a_source(name)}\n")


def prefer(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="Sources, the most believed first; none: formats decide again."),
    ] = None,
) -> None:
    """Choose which source counts if several describe the same thing, for names, tiers, parents and links.

    This never decides who owns it: if sources disagree about that, both are shown.
    """
    ordered = in_store(lambda deps: prefer_sources(deps, names or [], actor="cli"))
    sys.stdout.write("Believed in this order: " + ", ".join(clean(each) for each in ordered) + ".\n")


def misses(
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the names that people asked for most often and the catalog did not have, except those that it has by now.

    As on the Home tab, a name counts once it was asked for in a public channel or by three different people.
    """
    found = with_catalog(partial(missed.in_vain, limit=limit))
    if as_json:
        print_json([asdict(each) for each in found])
    elif not found:
        sys.stdout.write("Nothing was asked for in vain.\n")
    else:
        rows = [(clean(each.text), f"{each.times:,}", each.last_at.date().isoformat()) for each in found]
        _table(("asked for", "times", "last"), rows)


def export(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The file to write; left out, it is printed.")] = None,
    source: Annotated[str, typer.Option(help="Only what this source says; left out, what all say together.")] = "",
) -> None:
    """Write the catalog as Baton's own YAML, which imports as the same catalog.

    One file cannot contradict itself: for a dispute, the most believed side is written, and a message says so.
    """
    catalog, one_sided = in_store(partial(_export, source=source))
    if out is None:
        sys.stdout.writelines(render(catalog))
    else:
        beside = out.with_name(out.name + ".part")
        with beside.open("w", encoding="utf-8") as file:
            file.writelines(render(catalog))
        beside.replace(out)
    if one_sided:
        names = ", ".join(one_sided[:5]) + (" …" if len(one_sided) > 5 else "")
        sys.stderr.write(
            f"note: {len(one_sided):,} disputed, of which one side was written ({names}); "
            "--source NAME writes what each source says.\n"
        )


async def _export(deps: Deps, source: str) -> tuple[SourceCatalog, tuple[str, ...]]:
    if source:
        return await export_source(deps, source), ()
    exported = await export_catalog(deps)
    return exported.catalog, exported.one_sided


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    everything = [head, *rows]
    widths = [max(len(row[place]) for row in everything) for place in range(len(head))]
    for row in everything:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def _row(source: SourceSummary) -> tuple[str, ...]:
    counts = (f"{source.assets:,}", f"{source.facts:,}")
    says_people = "yes" if source.is_trusted_for_people or source.is_human else "no"
    return (clean(source.name), source.format or "people", *counts, says_people, _when(source), _outcome(source))


def _when(source: SourceSummary) -> str:
    return source.last_read_at.strftime("%Y-%m-%d %H:%M") if source.last_read_at is not None else "never"


def _outcome(source: SourceSummary) -> str:
    if source.is_human:
        return "decided in Slack"
    problems = f", {counted(source.problems, 'problem')}" if source.problems else ""
    return f"{source.outcome or 'none'}{problems}"
