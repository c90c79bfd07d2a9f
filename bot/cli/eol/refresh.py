"""`baton eol refresh`: ask the feed of end-of-life dates now, or use a saved document of it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import settings as environment
from bot.cli._database import in_store
from bot.cli._terminal import AsJson, print_json, read_utf8
from bot.domain.names import clean
from bot.domain.phrases import counted
from bot.services.eol.feed_refresh import RefreshOutcome, RefreshReport, take
from bot.services.eol.feed_refresh import refresh as ask

#: How many moved dates and problems are printed; `--json` has all of them.
_SHOWN = 20


def refresh(
    saved: Annotated[
        Path | None, typer.Option("--from", help="A saved document of endoflife.date's API (v1, products/full).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Update the end-of-life dates. Exits with 1 if there is nothing new; the last good copy then stays in force."""
    if saved is None:
        report = in_store(lambda deps: ask(deps, base_url=environment.load().feed_url))
    else:
        content = read_utf8(saved)
        report = in_store(lambda deps: take(deps, content, shown=str(saved)))
    if as_json:
        print_json(as_dict(report))
    else:
        _print(report)
    if report.outcome in {RefreshOutcome.FAILED, RefreshOutcome.WAITING}:
        raise typer.Exit(1)


def as_dict(report: RefreshReport) -> dict[str, Any]:
    """Return the fields of `--json`."""
    return {
        "outcome": report.outcome,
        "products": report.products,
        "cycles": report.cycles,
        "confirmed_at": report.confirmed_at,
        "failure": report.failure,
        "moved": [asdict(one) | {"before": str(one.before), "after": str(one.after)} for one in report.moved],
        "problems": list(report.problems),
    }


def _print(report: RefreshReport) -> None:
    for problem in report.problems[:_SHOWN]:
        sys.stderr.write(f"note: {clean(problem)}\n")
    if (more := len(report.problems) - _SHOWN) > 0:
        sys.stderr.write(f"note: and {more:,} more; --json lists all.\n")
    if report.failure:
        sys.stderr.write(f"{clean(report.failure)}\n")
    size = f"{report.products:,} products, {report.cycles:,} release cycles"
    if report.confirmed_at is None:
        sys.stdout.write("The feed has not been read yet, so the dates that ship with Baton are in use.\n")
        return
    since = f"confirmed {report.confirmed_at.isoformat(sep=' ', timespec='minutes')}"
    what = {
        RefreshOutcome.UPDATED: f"Updated: {size}.",
        RefreshOutcome.CONFIRMED: f"Nothing has changed: {size}.",
        RefreshOutcome.FAILED: f"The last good copy stays in force: {size}, {since}.",
        RefreshOutcome.WAITING: f"The last good copy stays in force: {size}, {since}.",
    }
    sys.stdout.write(what[report.outcome] + "\n")
    for one in report.moved[:_SHOWN]:
        sys.stdout.write(f"  {clean(one.product)} {clean(one.cycle)}: {one.clock} {one.before} -> {one.after}\n")
    if (more := len(report.moved) - _SHOWN) > 0:
        sys.stdout.write(f"  … and {counted(more, 'more date')} moved; --json lists all.\n")
