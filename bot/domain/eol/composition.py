"""The facts in force: the feed overrides the starter table, and providers' own dates override both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.eol.charges import assumed, moved_with
from bot.domain.eol.matches import UnknownProduct
from bot.domain.eol.own_products import beside
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Charge, Clock, Cycle, Product, ProviderCycle, Undated
from bot.domain.eol.versions import Token, tokens

_CLOCKS = ("eoas", "eol", "eoes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A clock of a cycle that has changed."""

    product: str
    cycle: str
    clock: str
    before: Clock
    after: Clock


@dataclass(frozen=True, slots=True)
class _Dates:
    """The days on which a provider ends support: the earliest one of all regions."""

    standard_until: date | None
    extended_until: date | None


def compose(
    starter: Sequence[Product],
    feed: Sequence[Product],
    said: Iterable[ProviderCycle] = (),
    own: Sequence[Product] = (),
) -> Table:
    """Return the table in force, from the starter table, the feed's copy (empty if none) and providers' dates.

    The organisation's own products are added to it, and take no name from the others.

    If both have a product, the feed counts. The feed has no prices and no notes, so those of the starter table stay: a
    charge begins as long after the end of standard support as it does there. A product that the feed has renamed keeps
    the key that Baton uses.
    """
    table = Table(_united(starter, feed))
    dates = _dates_by_product(table, said)
    if dates:
        table = Table(_dated(each, dates[each.key]) if each.key in dates else each for each in table.products)
    return beside(table, own)


def moved(before: Table, after: Table) -> list[Moved]:
    """Return the clocks that differ, for cycles that are in both tables, in the order of the tables."""
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
            # An alias of several products names none of them.
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
    """Return the feed's product with the parts that only the starter table has."""
    own = {cycle.name: cycle for cycle in known.cycles}
    charges = any(cycle.charges for cycle in known.cycles)
    cycles = tuple(_priced(cycle, own.get(cycle.name), charges=charges) for cycle in product.cycles)
    return replace(product, cycles=cycles, note=product.note or known.note)


def _priced(cycle: Cycle, known: Cycle | None, *, charges: bool) -> Cycle:
    """Return the feed's cycle with the charges and the note of the `known` cycle.

    `charges` is whether its provider sells further support: then this is assumed for a new cycle, too.
    """
    if known is None:
        return replace(cycle, charges=assumed(cycle)) if charges else cycle
    eoes = known.eoes if known.charges and cycle.eoes is Undated.ABSENT else cycle.eoes
    whole = replace(cycle, eoes=eoes, note=cycle.note or known.note)
    if known.charges:
        return replace(whole, charges=_begun_with(known.charges, known.eol, cycle.eol))
    return replace(whole, charges=assumed(whole)) if charges else whole


def _begun_with(charges: tuple[Charge, ...], before: Clock, now: Clock) -> tuple[Charge, ...]:
    """Return the charges for a cycle whose standard support now ends on another day; none if no end is announced.

    Charges that begin at that end move with it. A charge with a day of its own keeps it, unless support lasts longer.
    """
    if not charges or not isinstance(before, date) or not isinstance(now, date):
        return () if now is Undated.OPEN else charges
    first = charges[0].since
    goes_along = first <= before + timedelta(1) or first <= now
    return moved_with(charges, now - before) if goes_along else charges


def _dates_by_product(table: Table, said: Iterable[ProviderCycle]) -> Mapping[str, Mapping[tuple[Token, ...], _Dates]]:
    """Return the providers' dates, by the key of the product whose clock they are and by the tokens of the cycle."""
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
    """Return the first of the days, whichever region it is for: a warning that comes too early does no harm."""
    return min((day for day in days if day is not None), default=None)


def _dated(product: Product, said: Mapping[tuple[Token, ...], _Dates]) -> Product:
    """Return the product with a provider's own dates.

    The feed lists some minor versions as cycles. Those that end with their major version keep doing so; those that the
    provider retires earlier keep their day.
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
        eol = ends.standard_until or cycle.eol
        charges = _begun_with(cycle.charges, cycle.eol, eol)
        cycles.append(replace(cycle, eol=eol, eoes=ends.extended_until or cycle.eoes, charges=charges))
    return replace(product, cycles=tuple(cycles))
