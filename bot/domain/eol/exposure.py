"""Who has what of which release cycle that ends: the whole inventory, gone through once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter

from bot.domain import ownership, recipients
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.eol.deadlines import current, deadlines_of
from bot.domain.eol.matches import Ambiguous, InCycle, Matched
from bot.domain.eol.milestones import Deadline
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.version_matcher import match
from bot.domain.inventory.deployments import Deployment, Pin
from bot.domain.names import fold
from bot.domain.ownership import CatalogView, Disputed, Holding, Orphaned, Owned
from bot.domain.records import AssetRecord

#: Whose part of a thing ages: of what stores data its database, of a cluster its infrastructure, else the whole.
_AREAS = {
    AssetKind.DATABASE: Area.DATABASE,
    AssetKind.CACHE: Area.DATABASE,
    AssetKind.QUEUE: Area.DATABASE,
    AssetKind.CLUSTER: Area.INFRASTRUCTURE,
}


#: Whom reminders go to.
Addressee = recipients.Recipient
NOBODY = recipients.NOBODY


@dataclass(frozen=True, slots=True)
class Responsible:
    """Whom an asset's reminders go to, who owns its other areas, and whether that is disputed."""

    addressee: Addressee
    others: tuple[tuple[Area, str], ...] = ()
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A deployment, the asset that it is of, and what its version came to. `pin` is set when a person said so."""

    deployment: Deployment
    asset: AssetRecord
    matched: Matched
    responsible: Responsible
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What one addressee has of one release cycle with a deadline: the subject of a reminder.

    `runs` are in the order in which to look at them: by tier, then by name.
    """

    addressee: Addressee
    product: Product
    cycle: Cycle
    deadline: Deadline
    runs: tuple[Running, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a reminder is unique by: addressee, product, cycle, kind of deadline."""
        return self.addressee.key, self.product.key, self.cycle.name, self.deadline.kind.value

    @property
    def tier(self) -> int | None:
        """The most important tier of what runs it; None when none is known."""
        return min((one.asset.tier for one in self.runs if one.asset.tier is not None), default=None)


@dataclass(frozen=True, slots=True)
class Watches:
    """The inventory as of one moment. `unsure` is whatever is not sure to be in a cycle, by its addressee's key.

    `running` says who runs which cycle, one without a deadline, too: (addressee, product, cycle).
    """

    by_key: Mapping[tuple[str, str, str, str], Watch] = field(default_factory=dict)
    by_asset: Mapping[int, Sequence[Running]] = field(default_factory=dict)
    by_addressee: Mapping[str, Sequence[Watch]] = field(default_factory=dict)
    unsure: Mapping[str, Sequence[Running]] = field(default_factory=dict)
    addressees: Mapping[str, Addressee] = field(default_factory=dict)
    running: Set[tuple[str, str, str]] = frozenset()


def responsible_for(asset: AssetRecord, catalog: CatalogView, *, now: datetime, stale_after: timedelta) -> Responsible:
    """Return whom the reminders about an asset go to: the living owner of the part that ages, else of the whole.

    In a dispute they stay with whoever was named first: a claim moves nothing until the other side agrees.
    """
    whole = ownership.verdict(asset, catalog, now=now, stale_after=stale_after)
    area = _AREAS.get(asset.kind)
    verdict = whole
    if area is not None and any(holding.fact.area is area for holding in _holdings(whole)):
        verdict = ownership.verdict(asset, catalog, now=now, stale_after=stale_after, area=area)
    if isinstance(verdict, Disputed):
        answering = tuple(sorted(verdict.claims, key=lambda claim: (claim.fact.valid_from, claim.fact.is_human)))
    elif isinstance(verdict, Owned) and not isinstance(verdict, Orphaned):
        answering = verdict.owners
    else:
        return Responsible(NOBODY)
    alive = [holding for holding in answering if ownership.is_alive(holding, catalog)]
    if not alive:
        return Responsible(NOBODY)
    first = next((holding for holding in alive if holding.team is not None), alive[0])
    addressee = Addressee(first.team, None if first.team is not None else first.person)
    return Responsible(addressee, _others(whole, first), isinstance(verdict, Disputed))


def _holdings(verdict: ownership.Verdict) -> tuple[Holding, ...]:
    if isinstance(verdict, Disputed):
        return (*verdict.claims, *verdict.others)
    return verdict.holdings if isinstance(verdict, Owned) else ()


def _others(whole: ownership.Verdict, first: Holding) -> tuple[tuple[Area, str], ...]:
    """Name the owners of other areas who are somebody else."""
    return tuple(
        dict.fromkeys(
            (holding.fact.area, holding.name)
            for holding in _holdings(whole)
            if holding.fact.role is Role.OWNER
            and holding.fact.area is not first.fact.area
            and (holding.team, holding.person) != (first.team, first.person)
        )
    )


@dataclass(frozen=True, slots=True)
class _Certain:
    """What is running, the cycle that it is sure to be in, and all deadlines of that."""

    running: Running
    order: tuple[int, str, int]
    sure: InCycle
    deadlines: tuple[Deadline, ...]


class Watching:
    """Takes deployments one by one, so that whoever gathers may pause in between, and makes the watches of them.

    `today_of` says which day it is for an addressee.
    """

    def __init__(
        self,
        table: Table,
        catalog: CatalogView,
        *,
        now: datetime,
        stale_after: timedelta,
        pins: Mapping[tuple[int, str, str, str], Pin],
        today_of: Callable[[Addressee], date],
    ) -> None:
        self._table, self._catalog, self._now, self._stale_after = table, catalog, now, stale_after
        self._pins, self._today_of = pins, today_of
        self._responsible: dict[int, Responsible] = {}
        self._by_owner: dict[tuple[int | None, int | None], Responsible] = {}
        self._by_asset: dict[int, list[Running]] = {}
        self._unsure: dict[str, list[Running]] = {}
        self._groups: dict[tuple[str, str, str, str], tuple[Addressee, InCycle, Deadline, list[_Certain]]] = {}
        self._addressees: dict[str, Addressee] = {}
        self._cycles: set[tuple[str, str, str]] = set()
        self._by_key: dict[tuple[str, str, str, str], Watch] = {}
        self._by_addressee: dict[str, list[Watch]] = {}
        #: What was sure of all that was added, for the next day.
        self.certain: list[_Certain] = []

    def add(self, deployment: Deployment) -> None:
        """Take one deployment; one of an asset that the catalog no longer has is left out."""
        asset = self._catalog.asset(deployment.asset_id)
        if asset is None:
            return
        responsible = self._responsible.get(asset.id)
        if responsible is None:
            responsible = self._responsible[asset.id] = self._judge(asset)
        pin = self._pins.get((asset.id, deployment.product, deployment.version, deployment.provider))
        comes_to = matched(
            self._table, pin, product=deployment.product, version=deployment.version, provider=deployment.provider
        )
        running = Running(deployment, asset, comes_to, responsible, pin)
        self._by_asset.setdefault(asset.id, []).append(running)
        addressee = responsible.addressee
        self._addressees.setdefault(addressee.key, addressee)
        certain = certain_of(running.matched)
        if certain is None:
            self._unsure.setdefault(addressee.key, []).append(running)
            return
        self._cycles.add((addressee.key, certain.product.key, certain.cycle.name))
        deadlines = deadlines_of(certain.cycle, has_extended_support=deployment.has_extended_support)
        known = _Certain(running, _order(running), certain, deadlines)
        self.certain.append(known)
        self._group(known)

    def _judge(self, asset: AssetRecord) -> Responsible:
        """Return whose an asset is. One imported fact says the same of every asset, so each owner is judged once."""
        fact = asset.facts[0] if len(asset.facts) == 1 else None
        is_plain = fact is not None and fact.role is Role.OWNER and not fact.is_human and not asset.unowned_reason
        owner = (fact.team_id, fact.person_id) if fact is not None and is_plain else None
        found = self._by_owner.get(owner) if owner is not None else None
        if found is None:
            found = responsible_for(asset, self._catalog, now=self._now, stale_after=self._stale_after)
            if owner is not None:
                self._by_owner[owner] = found
        return found

    def add_again(self, known: _Certain) -> None:
        """Take one that an earlier `Watching` of the same catalog and facts was sure of, on another day."""
        self.certain.append(known)
        self._group(known)

    def _group(self, known: _Certain) -> None:
        addressee, sure = known.running.responsible.addressee, known.sure
        for deadline in current(known.deadlines, self._today_of(addressee)):
            key = (addressee.key, sure.product.key, sure.cycle.name, deadline.kind.value)
            self._groups.setdefault(key, (addressee, sure, deadline, []))[3].append(known)

    def follow(self, before: Watching) -> None:
        """Take over all that does not depend on the day."""
        self._by_asset, self._unsure, self._cycles = before._by_asset, before._unsure, before._cycles
        self._addressees = before._addressees

    def finishing(self) -> Iterator[None]:
        """Put what was added in order, a piece at a time, so that whoever gathers may pause in between."""
        for key, (addressee, known, deadline, runs) in self._groups.items():
            watch = Watch(addressee, known.product, known.cycle, deadline, _in_order(runs))
            self._by_key[key] = watch
            self._by_addressee.setdefault(addressee.key, []).append(watch)
            yield
        for watches in self._by_addressee.values():
            watches.sort(key=_urgency)
            yield
        for unsure in self._unsure.values():
            unsure.sort(key=_order)
            yield

    def done(self) -> Watches:
        """Put everything in order at once, and return the watches."""
        for _ in self.finishing():
            pass
        return self.finished()

    def finished(self) -> Watches:
        """Return the watches once all is in order."""
        return Watches(
            by_key=self._by_key,
            by_asset=self._by_asset,
            by_addressee=self._by_addressee,
            unsure=self._unsure,
            addressees=self._addressees,
            running=self._cycles,
        )


def matched(table: Table, pin: Pin | None, *, product: str, version: str, provider: str) -> Matched:
    """Return what a deployment's version comes to: what a person said, while there is such a cycle, else the rules."""
    if pin is not None:
        found = match(table, product=pin.pinned_product, version=pin.pinned_cycle)
        known = table.get(pin.pinned_product) is not None
        if known and isinstance(found, InCycle) and found.cycle.name == pin.pinned_cycle:
            return found
    return match(table, product=product, version=version, provider=provider)


def certain_of(matched: Matched) -> InCycle | None:
    """Return what is sure of a version: its cycle, or any of several that share all clocks; None when it is not."""
    if isinstance(matched, InCycle):
        return matched
    if isinstance(matched, Ambiguous) and matched.is_one_answer:
        return InCycle(product=matched.product, cycle=matched.candidates[0], method=matched.method, feed=matched.feed)
    return None


def _in_order(runs: list[_Certain]) -> tuple[Running, ...]:
    if len(runs) > 1:
        runs.sort(key=_by_order)
    return tuple([each.running for each in runs])


_by_order = attrgetter("order")
#: Products' names, of which there are few.
_folded = lru_cache(maxsize=4096)(fold)


def _order(running: Running) -> tuple[int, str, int]:
    tier = running.asset.tier
    return 99 if tier is None else tier, fold(running.asset.name), running.deployment.id


def _urgency(watch: Watch) -> tuple[date, str, str]:
    return watch.deadline.on, _folded(watch.product.label or watch.product.key), watch.cycle.name
