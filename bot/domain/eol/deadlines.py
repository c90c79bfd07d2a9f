"""The deadlines of a release cycle, and which of them count on a day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from bot.domain.eol.charges import GoesOn, With, charges_of
from bot.domain.eol.milestones import Deadline, DeadlineKind
from bot.domain.eol.records import Cycle, Undated

#: Stands for the day of an end that nobody knows.
LONG_AGO = date(2000, 1, 1)


@lru_cache(maxsize=65536)
def deadlines_of(cycle: Cycle, *, has_extended_support: GoesOn = None) -> tuple[Deadline, ...]:
    """Return what ends or begins to cost money, ordered by day. A clock without a date has no deadline.

    Paid support counts if it continues automatically: if the inventory says so, or if the provider charges for it and
    the inventory does not say. Otherwise nobody is known to have bought it, so support ends with the standard one. If
    the inventory says that it does not continue, the provider upgrades automatically then. A cost that begins the day
    after an end is part of that deadline.
    """
    charges = charges_of(cycle, has_extended_support=has_extended_support)
    is_charged = bool(cycle.charges if isinstance(has_extended_support, With) else charges)
    goes_on = has_extended_support if isinstance(has_extended_support, bool) else is_charged
    end = LONG_AGO if cycle.eol is Undated.ENDED else cycle.eol
    found: list[Deadline] = []
    if isinstance(end, date):
        kind = DeadlineKind.FORCED_UPGRADE if has_extended_support is False else DeadlineKind.SUPPORT
        found.append(Deadline(kind, end))
    if isinstance(cycle.eoas, date) and not (isinstance(end, date) and cycle.eoas >= end):
        found.append(Deadline(DeadlineKind.ACTIVE_SUPPORT, cycle.eoas))
    if goes_on:
        for charge in charges:
            if not (isinstance(end, date) and charge.since <= end + timedelta(1)):
                is_first = charge is charges[0]
                step = DeadlineKind.EXTENDED_COST if is_first else DeadlineKind.PRICE_STEP
                found.append(Deadline(step, charge.since))
        if isinstance(cycle.eoes, date) and not (isinstance(end, date) and cycle.eoes <= end):
            found.append(Deadline(DeadlineKind.EXTENDED_SUPPORT, cycle.eoes))
    return tuple(sorted(found, key=lambda each: (each.on, each.kind.value)))


def next_one(cycle: Cycle, today: date, *, has_extended_support: GoesOn = None) -> Deadline | None:
    """Return what ends or begins to cost money next, except active support; None if nothing has a date."""
    found = deadlines_of(cycle, has_extended_support=has_extended_support)
    return next((each for each in found if each.on >= today and each.kind is not DeadlineKind.ACTIVE_SUPPORT), None)


def current(deadlines: tuple[Deadline, ...], today: date) -> tuple[Deadline, ...]:
    """Return the deadlines that count today: the last one that has passed, and the next one.

    Paid support does not change the end of standard support, so today's charge is always said. The end of active
    support is added until it has passed.
    """
    if len(deadlines) == 1:  # the usual case
        only = deadlines[0]
        return deadlines if only.kind is not DeadlineKind.ACTIVE_SUPPORT or only.on >= today else ()
    main = [each for each in deadlines if each.kind is not DeadlineKind.ACTIVE_SUPPORT]
    ahead = [each for each in main if each.on >= today]
    beside = [each for each in deadlines if each.kind is DeadlineKind.ACTIVE_SUPPORT and each.on >= today]
    passed = [each for each in main if each.on < today]
    return (*beside, *passed[-1:], *ahead[:1])
