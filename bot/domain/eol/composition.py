"""The facts in force, composed: the feed before the starter table, and what providers say themselves before either."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.eol.matches import UnknownProduct
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Clock, Cycle, Product, ProviderCycle
from bot.domain.eol.versions import Token, tokens

_CLOCKS = ("eoas", "eol", "eoes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A clock of a cycle says something else than it did."""

    product: str
    cycle: str
    clock: str
    before: Clock
    after: Clock


@dataclass(frozen=True, slots=True)
class _Dates:
    """When a provider ends support: the earliest days of all regions that say one."""

    standard_until: date | None
    extended_until: date | None


def compose(starter: Sequence[Product], feed: Sequence[Product], said: Iterable[ProviderCycle] = ()) -> Table:
    """Return the table in force of the starter table, the feed's copy (empty: there is none) and providers' own dates.

    The feed counts where both have a product; it knows no prices and writes no notes, so those of the starter table
    stay with it. A product that the feed has renamed keeps the key that Baton knows it by.
    """
    table = Table(_united(starter, feed))
    dates = _dates_by_product(table, said)
    if not dates:
        return table
    products = (_dated(product, dates[product.key]) if product.key in dates else product for product in table.products)
    return Table(products)


def moved(before: Table, after: Table) -> list[Moved]:
    """Return the clocks that differ, of cycles that both tables have, in the order of the tables."""
    found: list[Moved] = []
    for product in after.products:
        known = before.get(product.key)
        if known is None or known is product:
            continue
        cycles = {cycle.name: cycle for cycle in known.cycles}
        for cycle in product.cycles:
            earlier = cycles.get(cycle.name)
            if earlier is None or earlier.clocks == cycle.clocks:
                continue
            found.extend(
                Moved(product=product.key, cycle=cycle.name, clock=clock, before=was, after=now)
                for clock, was, now in zip(_CLOCKS, earlier.clocks, cycle.clocks, strict=True)
                if was != now
            )
    return found


def _united(starter: Sequence[Product], feed: Sequence[Product]) -> list[Product]:
    if not feed:
        return list(starter)
    known = {product.key: product for product in starter}
    found = {product.key: product for product in feed}
    aliases: dict[str, Product | None] = {}
    for product in feed:
        for alias in product.aliases:
            # One that several have names none of them.
            aliases[alias] = None if alias in aliases else product
    for key in known:
        renamed = aliases.get(key)
        if key not in found and renamed is not None and renamed.key not in known:
            found.pop(renamed.key, None)
            others = (renamed.key, *(alias for alias in renamed.aliases if alias != key))
            found[key] = replace(renamed, key=key, aliases=others)
    united = [_completed(product, known[key]) if key in known else product for key, product in found.items()]
    return united + [product for key, product in known.items() if key not in found]


def _completed(product: Product, known: Product) -> Product:
    """Return the feed's product with what only the starter table has."""
    own = {cycle.name: cycle for cycle in known.cycles if cycle.charges or cycle.note}
    cycles = tuple(
        replace(cycle, charges=cycle.charges or own[cycle.name].charges, note=cycle.note or own[cycle.name].note)
        if cycle.name in own
        else cycle
        for cycle in product.cycles
    )
    return replace(product, cycles=cycles, note=product.note or known.note)


def _dates_by_product(table: Table, said: Iterable[ProviderCycle]) -> Mapping[str, Mapping[tuple[Token, ...], _Dates]]:
    """Return what providers say, by the key of the product whose clock theirs is and by the tokens of the cycle."""
    regions: dict[tuple[str, str, str], list[ProviderCycle]] = {}
    for one in said:
        if one.standard_until is not None or one.extended_until is not None:
            regions.setdefault((one.provider, one.engine, one.cycle), []).append(one)
    found: dict[str, dict[tuple[Token, ...], _Dates]] = {}
    for (provider, engine, cycle), each in sorted(regions.items()):
        index = table.identify(engine, provider)
        if not isinstance(index, UnknownProduct):
            ends = _Dates(_earliest(one.standard_until for one in each), _earliest(one.extended_until for one in each))
            found.setdefault(index.product.key, {})[tokens(cycle)] = ends
    return found


def _earliest(days: Iterable[date | None]) -> date | None:
    """Return the first of the days, for whichever region it is right in: a warning too early does no harm."""
    return min((day for day in days if day is not None), default=None)


def _dated(product: Product, said: Mapping[tuple[Token, ...], _Dates]) -> Product:
    """Return the product with a provider's own dates.

    The feed lists some minor versions as cycles of their own. Those that end with their major version still do; those
    that the provider retires before keep their day.
    """
    spelt = [(tokens(cycle.name), cycle) for cycle in product.cycles]
    own = {name: cycle for name, cycle in spelt if name in said}
    cycles: list[Cycle] = []
    for name, cycle in spelt:
        major = next((name[:length] for length in range(len(name), 0, -1) if name[:length] in said), None)
        if major is None or (major != name and (major not in own or own[major].clocks != cycle.clocks)):
            cycles.append(cycle)
            continue
        ends = said[major]
        cycles.append(replace(cycle, eol=ends.standard_until or cycle.eol, eoes=ends.extended_until or cycle.eoes))
    return replace(product, cycles=tuple(cycles))
