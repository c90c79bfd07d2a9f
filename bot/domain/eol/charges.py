"""What providers charge for support after the standard one: from when, how much, and the words for it.

Everything that Baton says about this money is decided here, including prices that nobody has written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from bot.domain.eol.records import VCPU_HOUR, Charge, Cycle, Product

#: The vCPU-hours per month of an instance with two vCPUs and its standby: 2 x 2 x 730. The inventory knows no sizes, so
#: all monthly amounts are calculated like this.
EXAMPLE_HOURS = 2920
#: The unit of charges for a cluster's control plane; its machines are not charged for.
_CLUSTER_HOUR = "cluster-hour"
#: How many units a thing uses in a month, by unit.
_A_MONTH = {VCPU_HOUR: EXAMPLE_HOURS, _CLUSTER_HOUR: 730}
#: The category of services that providers sell. In other categories, the third clock may be support that is free.
_SOLD = "service"
NOT_KNOWN = "price not known"
_CENT = Decimal("0.01")


class With(Enum):
    """The whole that is charged for instead of its parts. Their support continues as long as that of the whole."""

    CLUSTER = "cluster"


#: Whether something has paid support after the standard one; None if the inventory does not say.
GoesOn = bool | With | None


@dataclass(frozen=True, slots=True)
class Charged:
    """What something costs on top on a day: `now` and `next`, or nothing unless somebody buys support."""

    now: Charge | None = None
    next: Charge | None = None
    for_sale_until: date | None = None

    def said(self, *, with_next: bool = False, day: Callable[[date], str] = date.isoformat, a_month: str = "") -> str:
        """Return the charge in words without a full stop; "" for nothing. `with_next` adds the price after today's.

        `day` formats a date. `a_month` is the monthly amount of today's price, in words.
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
    """Return what is charged on `day` for things of a release cycle. If cases differ, return the most expensive one."""
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
    """Return the charges for something that runs, step by step.

    If the inventory does not say, paid support counts as continuing wherever the provider starts it automatically, that
    is, where it has charges. If somebody has bought it, it costs money from the day after the end of standard support.
    """
    if has_extended_support is False or isinstance(has_extended_support, With):
        return ()
    if cycle.charges or has_extended_support is None:
        return cycle.charges
    is_dated = isinstance(cycle.eol, date) and _goes_beyond(cycle)
    return (Charge(cycle.eol + timedelta(1)),) if is_dated and isinstance(cycle.eol, date) else ()


def is_per_cluster(cycle: Cycle) -> bool:
    """Whether the charge is for the cluster, and not for what runs in it."""
    return any(each.unit == _CLUSTER_HOUR for each in cycle.charges)


def running_charge(cycle: Cycle, day: date, *, has_extended_support: GoesOn = None) -> Charge | None:
    """Return what is charged on `day` for something that runs; None for nothing.

    There is no charge if support does not continue, nor after the end of extended support.
    """
    if isinstance(cycle.eoes, date) and cycle.eoes < day:
        return None
    steps = charges_of(cycle, has_extended_support=has_extended_support)
    return next((each for each in reversed(steps) if each.since <= day), None)


def price(charge: Charge) -> str:
    """Return a price in words: `0.10 USD per vCPU-hour`, `80% of the node's price`, or that it is not known."""
    if charge.amount is None:
        return NOT_KNOWN
    if charge.currency == "%":
        return f"{charge.amount:f}% of {charge.unit}"
    amount = charge.amount.quantize(_CENT) if charge.amount >= _CENT else charge.amount
    return f"{amount} {charge.currency} per {charge.unit}"


def _priced(charge: Charge) -> str:
    return f"{':' if charge.amount is not None else ','} {price(charge)}"


def monthly(charge: Charge) -> Decimal | None:
    """Return what a charge costs per month for two vCPUs with a standby; None if the price is not known."""
    hours = _A_MONTH.get(charge.unit)
    return charge.amount * hours if charge.amount is not None and hours is not None else None


def monthly_of(cycle: Cycle, day: date, goes_on: Iterable[GoesOn]) -> dict[str, int]:
    """Return what things of a release cycle are charged per month on `day`, by currency; see `monthly`."""
    found: dict[str, int] = {}
    for each in goes_on:
        charge = running_charge(cycle, day, has_extended_support=each)
        a_month = monthly(charge) if charge is not None else None
        if charge is not None and a_month is not None:
            found[charge.currency] = found.get(charge.currency, 0) + int(a_month)
    return found


def moved_with(charges: tuple[Charge, ...], days: timedelta) -> tuple[Charge, ...]:
    """Return the charges moved later by `days`: a provider that supports something for longer charges for it later."""
    return tuple(Charge(each.since + days, each.amount, each.currency, each.unit) if days else each for each in charges)


def assumed(cycle: Cycle) -> tuple[Charge, ...]:
    """Return the charges to assume for a cycle without a known price, if its provider charges for other cycles."""
    return cycle.charges or charges_of(cycle, has_extended_support=True)


def _goes_beyond(cycle: Cycle) -> bool:
    """Whether there is paid support after the standard one."""
    return isinstance(cycle.eoes, date) and isinstance(cycle.eol, date) and cycle.eoes > cycle.eol
