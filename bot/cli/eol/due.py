"""`baton eol due`: what is due or overdue, today or on another day. Takes the questions of `/eol`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import orjson
import typer

from bot.blocks.eol import reports as blocks
from bot.cli._plain import plain
from bot.cli._terminal import AsJson, day
from bot.cli.eol import rows
from bot.cli.eol._scope import Inventory, inventory, understood
from bot.domain.eol.periods import Everything
from bot.domain.eol.reports import Report, Urgency
from bot.domain.eol.subjects import ReportScope
from bot.services.eol.questions import Asked

_EVERY_LINE = sys.maxsize


def due(
    question: Annotated[
        list[str] | None, typer.Argument(help="Whom or what, and for which time: payments this quarter, postgres 11.")
    ] = None,
    on: Annotated[
        date | None, typer.Option(parser=day, metavar="YYYY-MM-DD", help="As of that day; without it, today.")
    ] = None,
    team: Annotated[str, typer.Option(help="What is that team's only.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what is overdue or ends within 90 days, what is done about it, and which versions are unknown."""
    asyncio.run(_due(" ".join(question or ()), on=on, team=team, as_json=as_json))


async def _due(text: str, *, on: date | None, team: str, as_json: bool) -> None:
    async with inventory(on) as known:
        asked = _asked(known, text, team)
        report = await known.report(asked)
        if not text:
            report = _without_later(report)
        if as_json:
            sys.stdout.write(orjson.dumps(as_dict(report)).decode() + "\n")
            return
        frame = blocks.ReportFrame(size=_EVERY_LINE, note=understood(asked))
        sys.stdout.write(plain(blocks.answer(report, frame).text, known.snapshot) + "\n")


def as_dict(report: Report) -> dict[str, Any]:
    """Return the fields of `--json`; docs/eol.md explains them."""
    age = report.facts
    return {
        "on": report.today.isoformat(),
        "is_all_clear": report.is_all_clear,
        "facts": {
            "confirmed_at": age.confirmed_at.isoformat() if age.confirmed_at is not None else None,
            "freshness": age.freshness.value,
        },
        "covered": report.covered,
        "due": [rows.entry(each, report) for each in report.entries],
        "unknown": [rows.unsure(one) for one in report.unsure],
        "no_end_announced": len(report.undated),
    }


def _asked(known: Inventory, text: str, team: str) -> Asked:
    whose = known.team(team)
    if not text:
        return Asked(subject=whose, period=Everything())
    asked = known.question(text)
    if whose == ReportScope():
        return asked
    return replace(asked, subject=replace(asked.subject, teams=whose.teams))


def _without_later(report: Report) -> Report:
    """Leave out what ends later than in 90 days, because nobody asked for that."""
    kept = tuple(each for each in report.entries if each.urgency is not Urgency.LATER)
    return replace(report, entries=kept, later_besides=report.later_besides + len(report.entries) - len(kept))
