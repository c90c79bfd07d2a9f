"""What providers charge for support that goes on after the standard one: since when and how much, and how that reads.

Whatever is said of such money anywhere is decided here, that of a price that nobody has written down, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from bot.domain.eol.records import VCPU_HOUR, Charge, Cycle, Product

#: What an instance of two vCPUs and its standby use in a month, in vCPU-hours: 2 x 2 x 730. The inventory names no
#: sizes, so whatever is said of money a month is counted so.
EXAMPLE_HOURS = 2920
#: What is charged for the control plane of a cluster, and for none of the machines in it.
_CLUSTER_HOUR = "cluster-hour"
#: What one of these uses in a month, by what is charged for.
_A_MONTH = {VCPU_HOUR: EXAMPLE_HOURS, _CLUSTER_HOUR: 730}
#: The category of what providers sell. Elsewhere the third clock may as well be support that is free.
_SOLD = "service"
NOT_KNOWN = "price not known"
_CENT = Decimal("0.01")


class With(Enum):
    """Of what a thing is a part that alone is charged for: its support goes on as that one's does."""

    CLUSTER = "cluster"


#: Whether support goes on for money where something runs; None where the inventory does not say.
GoesOn = bool | With | None


@dataclass(frozen=True, slots=True)
class Charged:
    """What something costs on top on a day: `now`, `next`, or nothing as long as nobody buys support until a day."""

    now: Charge | None = None
    next: Charge | None = None
    for_sale_until: date | None = None

    def said(self, *, with_next: bool = False, day: Callable[[date], str] = date.isoformat, a_month: str = "") -> str:
        """Return it in words without a full stop, "" for nothing; `with_next` tells the price after today's as well.

        `day` writes a day as wherever this is shown does; `a_month` is what today's price comes to.
        """
        if self.now is not None:
            is_news = with_next and self.next is not None and self.next.amount is not None
            after = f"; from {day(self.next.since)}: {price(self.next)}" if is_news and self.next is not None else ""
            return f"charged now{_priced(self.now)}{f', {a_month}' if a_month else ''}{after}"
        if self.next is not None:
            return f"charged from {day(self.next.since)} on{_priced(self.next)}"
        return f"support until {day(self.for_sale_until)} has to be bought" if self.for_sale_until is not None else ""


NOTHING = Charged()


def charged(product: Product, cycle: Cycle, day: date, goes_on: Iterable[GoesOn] = (None,)) -> Charged:
    """Return what is charged on that day for things of a release cycle: the dearest case of what runs it."""
    kinds = tuple(dict.fromkeys(goes_on))
    now = next(filter(None, (running_charge(cycle, day, has_extended_support=each) for each in kinds)), None)
    ahead = (charge for each in kinds for charge in charges_of(cycle, has_extended_support=each))
    coming = min((each for each in ahead if day < each.since), key=lambda each: each.since, default=None)
    if now is not None or coming is not None or None not in kinds or product.category != _SOLD:
        return Charged(now, coming)
    is_for_sale = isinstance(cycle.eol, date) and cycle.eol < day and not cycle.charges
    until = cycle.eoes if is_for_sale and isinstance(cycle.eoes, date) and day <= cycle.eoes else None
    return Charged(for_sale_until=until)


def charges_of(cycle: Cycle, *, has_extended_support: GoesOn = None) -> tuple[Charge, ...]:
    """Return what is charged for something that runs, step by step.

    Where the inventory does not say, support goes on for money where the provider lets it do so by itself, which is
    where it has charges. Where somebody has bought it, it costs from the day after the standard one.
    """
    if has_extended_support is False or isinstance(has_extended_support, With):
        return ()
    if cycle.charges or has_extended_support is None:
        return cycle.charges
    is_dated = isinstance(cycle.eol, date) and _goes_beyond(cycle)
    return (Charge(cycle.eol + timedelta(1)),) if is_dated and isinstance(cycle.eol, date) else ()


def is_per_cluster(cycle: Cycle) -> bool:
    """Whether it is the cluster that is charged for, and not what runs in it."""
    return any(each.unit == _CLUSTER_HOUR for each in cycle.charges)


def running_charge(cycle: Cycle, day: date, *, has_extended_support: GoesOn = None) -> Charge | None:
    """Return what is charged on that day for something that runs; None for nothing.

    Nothing is charged where support does not go on, nor once the extended support is over, too.
    """
    if isinstance(cycle.eoes, date) and cycle.eoes < day:
        return None
    steps = charges_of(cycle, has_extended_support=has_extended_support)
    return next((each for each in reversed(steps) if each.since <= day), None)


def price(charge: Charge) -> str:
    """Return a price: `0.10 USD per vCPU-hour`, `80% of the node's price`, or that it is not known."""
    if charge.amount is None:
        return NOT_KNOWN
    if charge.currency == "%":
        return f"{charge.amount:f}% of {charge.unit}"
    amount = charge.amount.quantize(_CENT) if charge.amount >= _CENT else charge.amount
    return f"{amount} {charge.currency} per {charge.unit}"


def _priced(charge: Charge) -> str:
    return f"{':' if charge.amount is not None else ','} {price(charge)}"


def monthly(charge: Charge) -> Decimal | None:
    """Return what a charge comes to in a month, as if each thing had two vCPUs and a standby; None if that is open."""
    hours = _A_MONTH.get(charge.unit)
    return charge.amount * hours if charge.amount is not None and hours is not None else None


def monthly_of(cycle: Cycle, day: date, goes_on: Iterable[GoesOn]) -> dict[str, int]:
    """Return what things of a release cycle are charged a month on that day, by currency, each as `monthly` has it."""
    found: dict[str, int] = {}
    for each in goes_on:
        charge = running_charge(cycle, day, has_extended_support=each)
        a_month = monthly(charge) if charge is not None else None
        if charge is not None and a_month is not None:
            found[charge.currency] = found.get(charge.currency, 0) + int(a_month)
    return found


def moved_with(charges: tuple[Charge, ...], days: timedelta) -> tuple[Charge, ...]:
    """Return charges that begin so much later: a provider who supports something for longer charges for it later."""
    return tuple(Charge(each.since + days, each.amount, each.currency, each.unit) if days else each for each in charges)


def assumed(cycle: Cycle) -> tuple[Charge, ...]:
    """Return what a cycle is charged for whose provider charges for others, where nobody has written down how much."""
    return cycle.charges or charges_of(cycle, has_extended_support=True)


def _goes_beyond(cycle: Cycle) -> bool:
    """Whether there is support for money after the standard one."""
    return isinstance(cycle.eoes, date) and isinstance(cycle.eol, date) and cycle.eoes > cycle.eol
