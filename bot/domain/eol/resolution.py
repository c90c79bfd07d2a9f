"""Whether the inventory shows that a reminder is done, and what became of its subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.eol.charges import monthly_of, running_charge
from bot.domain.eol.deadlines import current, deadlines_of
from bot.domain.eol.exposure import Exposure, MatchedDeployment, certain_of
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Cycle, Phase, phase
from bot.domain.eol.reminders import Remembered


class Resolution(StrEnum):
    """Why a reminder is closed."""

    UPGRADED = "upgraded"  #: Its assets have been seen in supported cycles since.
    GONE = "gone"  #: Its assets are gone, or no longer run that product.
    MOVED = "moved"  #: They still run it, but have another owner.
    REPLACED = "replaced"  #: They count as something else now, which is not known to be supported.
    UNLISTED = "unlisted"  #: The catalog no longer lists that version of the organisation's own.
    PASSED = "passed"  #: The day has passed, and another deadline of the same cycle counts now.


def saved_by(cycle: Cycle | None, evidence: Sequence[MatchedDeployment], today: date) -> dict[str, int]:
    """Return roughly what an upgrade saves per month, by currency: the old cycle's charge, if none is left."""
    if cycle is None:
        return {}
    for one in evidence:
        found = certain_of(one.matched)
        if found is not None and running_charge(found.cycle, today, has_extended_support=one.goes_on) is not None:
            return {}
    return monthly_of(cycle, today, (one.goes_on for one in evidence))


@dataclass(frozen=True, slots=True)
class Gone:
    """An asset ran the reminder's cycle, and a source that was read later no longer saw it.

    `product` is the source's own word for it.
    """

    asset_id: int
    product: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about a reminder whose subject is no longer watched. `since` is when it was opened.

    `is_unlisted` is whether it is about a version of the organisation's own product that the catalog no longer lists.
    """

    gone: Sequence[Gone]
    since: datetime
    is_unlisted: bool = False

    def runs(self, watches: Exposure, product: str) -> tuple[MatchedDeployment, ...]:
        """Return what runs in place of the cycle: the same product, or what appeared after the reminder was opened."""
        found: dict[int, MatchedDeployment] = {}
        for each in self.gone:
            runs = watches.by_asset.get(each.asset_id, ())
            seen = [(run, run.deployment.observed) for run in runs]
            same = [run for run, said in seen if said.product == each.product or _product_of(run) == product]
            for run in same or [run for run, said in seen if said.first_seen_at >= self.since]:
                found[run.deployment.id] = run
        return tuple(found.values())


def resolve(
    reminder: Remembered, evidence: Evidence, watches: Exposure, table: Table, *, today: date
) -> Resolution | None:
    """Return what became of a reminder whose key is no longer watched; None if that is unknown.

    It then stays open and nothing is sent: its cycle is missing from the facts or has lost its date, and may be back
    tomorrow. Changes in the catalog itself count at once.
    """
    addressee, product, cycle, kind = reminder.key
    if evidence.is_unlisted:
        return Resolution.UNLISTED
    if (addressee, product, cycle) in watches.running:
        if any((addressee, product, cycle, each.value) in watches.by_key for each in DeadlineKind):
            return Resolution.PASSED if reminder.deadline < today else Resolution.REPLACED
        has_passed = kind == DeadlineKind.ACTIVE_SUPPORT.value and reminder.deadline < today
        return Resolution.PASSED if has_passed else None
    # An asset that is gone or runs nothing counts as the addressee's.
    runs_of = {each.asset_id: watches.by_asset.get(each.asset_id, ()) for each in evidence.gone}
    owners = {number: runs[0].responsible.addressee.key for number, runs in runs_of.items() if runs}
    theirs = [each for each in evidence.gone if owners.get(each.asset_id, addressee) == addressee]
    if theirs:
        runs = Evidence(theirs, evidence.since).runs(watches, product)
        is_shown = all(_is_supported(run, today) and run.deployment.last_seen_at >= evidence.since for run in runs)
        return Resolution.GONE if not runs else Resolution.UPGRADED if is_shown else Resolution.REPLACED
    if evidence.gone or watches.is_run_by_anybody(product, cycle):
        return Resolution.MOVED
    known = table.get(product)
    is_known = known is not None and any(each.name == cycle for each in known.cycles)
    return Resolution.REPLACED if is_known else None


def _is_supported(run: MatchedDeployment, today: date) -> bool:
    certain = certain_of(run.matched)
    if certain is None:
        return False
    deadlines = deadlines_of(certain.cycle, has_extended_support=run.goes_on)
    ahead = all(each.on >= today for each in current(deadlines, today))
    return ahead and phase(certain.cycle, today) not in (Phase.UNKNOWN, Phase.ENDED)


def _product_of(run: MatchedDeployment) -> str:
    certain = certain_of(run.matched)
    return certain.product.key if certain is not None else ""
