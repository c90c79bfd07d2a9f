"""`baton eol match`: which release cycle a version belongs to, by which rule, and when its support ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from bot.cli._terminal import read_utf8, typed_lines
from bot.clients.eol import document, starter
from bot.domain import eol
from bot.domain.eol import (
    AmbiguousVersion,
    BetweenCycles,
    Clock,
    Cycle,
    InCycle,
    Matched,
    MatchMethod,
    Newer,
    Table,
    Undated,
    UnknownProduct,
    UntrackedOld,
    run_words,
)
from bot.domain.eol.charges import price
from bot.domain.eol.providers import VENDOR_REQUIRED
from bot.domain.names import clean
from bot.errors import StoreError

STATUS: dict[type[Matched], str] = {
    InCycle: "in_cycle",
    AmbiguousVersion: "ambiguous",
    UntrackedOld: "untracked_old",
    BetweenCycles: "gap",
    Newer: "newer",
    UnknownProduct: "unknown_product",
}
_CLOCK_NAMES = (("active support", "eoas"), ("standard support", "eol"), ("extended support", "eoes"))
#: How many problems of a document are shown; one in the wrong shape has a problem for each product.
_PROBLEMS_SHOWN = 5
#: Everybody who builds a product that has no end of life until its builder is known.
_VENDORS = frozenset(key for keys in VENDOR_REQUIRED.values() for key in keys)


def match(
    product: Annotated[
        str | None,
        typer.Argument(help="What runs: a name, an engine, an image, a purl or a CPE; or all of it in words."),
    ] = None,
    version: Annotated[str | None, typer.Argument(help="Its version, as an inventory has it.")] = None,
    provider: Annotated[str, typer.Option(help="Who offers it (aws-rds, azure, heroku …): its dates count.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each.")] = False,
    from_stdin: Annotated[
        bool, typer.Option("--stdin", help="Read a product and a version a line, with a tab between; needs --json.")
    ] = False,
    table: Annotated[
        Path | None, typer.Option(help="A saved document of endoflife.date's API (v1, products/full) to match against.")
    ] = None,
) -> None:
    """Show which release cycle a version belongs to. An uncertain version never gets a cycle."""
    if from_stdin and (product is not None or not as_json):
        raise typer.BadParameter("--stdin reads products and versions from its lines, and needs --json")
    rows = _rows(typed_lines(), provider) if from_stdin else iter([_asked(product or "", version, provider)])
    chosen = _table(table)
    for name, written, by in rows:
        found = eol.match(chosen, product=name, version=written, provider=by)
        if as_json:
            sys.stdout.write(orjson.dumps(as_dict(found)).decode() + "\n")
        else:
            sys.stdout.write(as_text(found, f"{clean(name)} {clean(written)}") + "\n")


def _table(file: Path | None) -> Table:
    """Return the table to match against: a saved document, or else the facts in force."""
    if file is None:
        return in_force()
    read = document.read(read_utf8(file), shown=str(file))
    for problem in read.problems[:_PROBLEMS_SHOWN]:
        sys.stderr.write(f"note: {problem}\n")
    if len(read.problems) > _PROBLEMS_SHOWN:
        sys.stderr.write(f"note: and {len(read.problems) - _PROBLEMS_SHOWN:,} more.\n")
    return Table(read.products)


def in_force() -> Table:
    """Return the facts in the database, or those that ship with Baton if there is no database. None is created."""
    # Imported here, because loading the store takes time, which matching against a document should not cost.
    from bot.cli._database import is_missing  # noqa: PLC0415
    from bot.settings import load  # noqa: PLC0415

    url = load().database_url.get_secret_value()
    if is_missing(url):
        return starter.load()
    try:
        return asyncio.run(_stored(url))
    except StoreError as error:
        sys.stderr.write(f"note: the facts that ship with Baton are used, for those stored cannot be: {error}\n")
        return starter.load()


async def _stored(url: str) -> Table:
    from bot.cli._database import opened  # noqa: PLC0415 - as above
    from bot.services.eol.facts import Facts  # noqa: PLC0415 - as above
    from bot.store import migrations  # noqa: PLC0415 - as above

    facts = Facts()
    async with opened(url) as database:
        await migrations.require_current(database)
        await facts.follow(database)
    return facts.table


def _asked(product: str, version: str | None, provider: str) -> tuple[str, str, str]:
    """Return product, version and provider; all three from a single text such as `PostgreSQL 11 on AWS RDS`."""
    if version is not None:
        return product, version, provider
    said = run_words.read(product)
    name, _, rest = product.strip().partition(" ")
    if said is None and len(rest.split()) == 1:
        return name, rest.strip(), provider  # `debian bookworm`
    if said is None and rest.strip():
        return product, "", provider
    if said is None:
        raise typer.BadParameter(
            "give a product and a version, one text with both ('PostgreSQL 11 on AWS RDS'), or --stdin --json with "
            "both on each line"
        )
    return said.product, said.version, provider or said.provider


def _rows(lines: Iterable[str], provider: str) -> Iterator[tuple[str, str, str]]:
    """Yield product, version and provider of each line. A third column overrides `provider`; a missing one is ""."""
    for line in lines:
        columns = line.split("\t")
        yield columns[0], columns[1] if len(columns) > 1 else "", columns[2] if len(columns) > 2 else provider


def as_dict(found: Matched) -> dict[str, Any]:
    """Return the fields of `--json`. `cycle` and `clocks` are null unless certain; `candidates` are names of cycles."""
    cycle = found.cycle if isinstance(found, InCycle) else None
    return {
        "status": STATUS[type(found)],
        "product": None if isinstance(found, UnknownProduct) else found.product.key,
        "cycle": None if cycle is None else cycle.name,
        "method": found.method if isinstance(found, InCycle | AmbiguousVersion) else None,
        "clocks": None if cycle is None else {name: plain_clock(getattr(cycle, name)) for _, name in _CLOCK_NAMES},
        "charges": [] if cycle is None else [_charge(charge) for charge in cycle.charges],
        "candidates": [each.name for each in found.candidates] if isinstance(found, AmbiguousVersion) else [],
        "nearest": [each.name for each in _nearest(found)],
        "is_prerelease": isinstance(found, BetweenCycles) and found.is_prerelease,
        "suggestions": [each.key for each in found.suggestions] if isinstance(found, UnknownProduct) else [],
        "feed": found.feed,
    }


def as_text(found: Matched, asked: str) -> str:
    """Return an answer for a terminal."""
    if isinstance(found, UnknownProduct):
        names = ", ".join(each.key for each in found.suggestions)
        if len(found.suggestions) > 1 and all(each.key in _VENDORS for each in found.suggestions):
            return f"{asked}: its end depends on who builds it; name one of {names}."
        hint = f" Did you mean {names}?" if names else ""
        return f"{asked}: no dates are known for it.{hint}"
    label = found.product.label or found.product.key
    if isinstance(found, InCycle):
        ends = "; ".join(f"{said} {_in_words(clock)}" for said, clock in _named_clocks(found.cycle))
        money = "".join(f"\n  charged from {c.since} on: {price(c)}" for c in found.cycle.charges)
        return f"{asked}: {label} {found.cycle.name} (by {found.method}): {ends or 'no dates known'}.{money}"
    if isinstance(found, AmbiguousVersion):
        names = ", ".join(each.name for each in found.candidates)
        if found.method is MatchMethod.DOUBT:
            return f"{asked}: no certain version of {label}; it may be {names}. Say which one it is."
        what = "a range, which may be" if found.method is MatchMethod.RANGE else "may be"
        return f"{asked}: {what} any of these cycles of {label}: {names}. Say which one it is."
    near = " and ".join(each.name for each in _nearest(found))
    if isinstance(found, BetweenCycles):
        what = "a pre-release" if found.is_prerelease else "in none of the cycles"
        return f"{asked}: {what} of {label}, next to {near}."
    what = "newer" if isinstance(found, Newer) else "older"
    is_over = isinstance(found, UntrackedOld) and found.ended is not None
    over = " Its support has ended, nobody knows on which day." if is_over else ""
    return f"{asked}: {what} than every known cycle of {label}; the nearest is {near}.{over}"


def _nearest(found: Matched) -> list[Cycle]:
    if isinstance(found, BetweenCycles):
        return [each for each in (found.below, found.above) if each is not None]
    if isinstance(found, Newer):
        return [] if found.newest is None else [found.newest]
    if isinstance(found, UntrackedOld):
        return [] if found.oldest is None else [found.oldest]
    return []


def plain_clock(clock: Clock) -> str | None:
    """Return a clock in the form of `--json`: a day, `ended`, `open`, or null if the cycle has no such clock."""
    return None if clock is Undated.ABSENT else str(clock)


def _charge(charge: eol.Charge) -> dict[str, str | None]:
    return {
        "since": charge.since.isoformat(),
        "amount": str(charge.amount) if charge.amount is not None else None,
        "currency": charge.currency,
        "unit": charge.unit,
    }


def _named_clocks(cycle: Cycle) -> Iterator[tuple[str, Clock]]:
    for said, name in _CLOCK_NAMES:
        clock: Clock = getattr(cycle, name)
        if clock is not Undated.ABSENT:
            yield said, clock


def _in_words(clock: Clock) -> str:
    if isinstance(clock, Undated):
        return "ended on an unknown day" if clock is Undated.ENDED else "without an announced end"
    return f"until {clock.isoformat()}"
