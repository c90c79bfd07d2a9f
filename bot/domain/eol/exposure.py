"""Who runs which release cycles, and when these end, for the whole inventory."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from operator import attrgetter
from typing import TypeVar

from bot.domain import id_lists
from bot.domain.catalog import Hosting, Role
from bot.domain.eol.charges import Charged, GoesOn, With, charged, is_per_cluster
from bot.domain.eol.deadlines import current, deadlines_of
from bot.domain.eol.matches import AmbiguousVersion, InCycle, Matched, MatchMethod, UnknownProduct, UntrackedOld
from bot.domain.eol.milestones import Deadline, DeadlineKind
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.responsibility import Addressee, Responsible, responsible_for
from bot.domain.eol.version_matcher import match
from bot.domain.inventory.deployments import Deployment, Pin
from bot.domain.names import fold
from bot.domain.ownership import CatalogView
from bot.domain.records import AssetRecord

#: Words beside a version that mean that support has been bought: `18.04 with ESM`, `Windows Server 2012 R2 + ESU`.
_BOUGHT = re.compile(r"\b(?:ESM|ESU|LTSS|ELS|Ubuntu Pro)\b", re.IGNORECASE)


@lru_cache(maxsize=4_096)  # every line of a report and a digest asks this
def _is_bought(product: str, version: str) -> bool:
    return _BOUGHT.search(f"{product} {version}") is not None


@dataclass(frozen=True, slots=True)
class MatchedDeployment:
    """A deployment, its asset, and the match of its version. `pin` is set if a person said which version it is."""

    deployment: Deployment
    asset: AssetRecord
    matched: Matched
    responsible: Responsible
    pin: Pin | None = None

    @property
    def is_of_itself(self) -> bool:
        """Whether it is an asset's own version, which its owner offers to others and is not reminded of."""
        return not isinstance(self.matched, UnknownProduct) and self.matched.product.asset_ref == self.asset.ref

    @property
    def goes_on(self) -> GoesOn:
        """Whether its support can be extended for money. Machines in a cluster follow the cluster."""
        one = self.deployment.observed
        said = one.has_extended_support
        if said is None and _is_bought(one.product, one.version):
            said = True
        if said is False or self.asset.hosting is not Hosting.VIRTUAL_MACHINE:
            return said
        sure = certain_of(self.matched)
        return With.CLUSTER if sure is not None and is_per_cluster(sure.cycle) else said


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that one addressee runs of one release cycle, with a deadline: the subject of a reminder.

    `runs` are in the order in which to look at them: by tier, then by name.
    """

    addressee: Addressee
    product: Product
    cycle: Cycle
    deadline: Deadline
    runs: tuple[MatchedDeployment, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The unique key of its reminder: addressee, product, cycle, kind of deadline."""
        return self.addressee.key, self.product.key, self.cycle.name, self.deadline.kind.value

    @property
    def tier(self) -> int | None:
        """The most important tier of what runs it; None if no tier is known."""
        return min((one.asset.tier for one in self.runs if one.asset.tier is not None), default=None)

    @property
    def goes_on(self) -> list[GoesOn]:
        """For each deployment, whether its support can be extended for money."""
        return [one.goes_on for one in self.runs]

    def charged(self, day: date) -> Charged:
        """Return what is charged on a day for all these deployments."""
        return charged(self.product, self.cycle, day, self.goes_on)


#: The key of a watch: the recipient's key, the product's, the cycle's name, the kind of deadline.
WatchKey = tuple[str, str, str, str]
#: A product's key and a cycle's name.
Clock = tuple[str, str]
_KINDS = [kind.value for kind in DeadlineKind]
#: The key of a pin: the asset, and the deployment's product, version and provider.
PinKey = tuple[int, str, str, str]
#: Owners found in one update, by the one owner's ids or by what was found.
_Judged = dict[tuple[object, ...], "Responsible"]


class Exposure:
    """What runs where and when its support ends, kept up to date from changes.

    `by_asset` has everything that runs. `by_key` and `by_addressee` have the watches. `unsure` has what is not
    certainly in a cycle, by addressee key. `running` has asset ids by (addressee, product, cycle), also for cycles
    without a deadline. Values are replaced and never changed, so callers may keep them.

    `today_of` returns the current day of an addressee.
    """

    def __init__(
        self,
        table: Table,
        catalog: CatalogView,
        *,
        now: datetime,
        stale_after: timedelta,
        today_of: Callable[[Addressee], date],
        pins: Mapping[PinKey, Pin] | None = None,
    ) -> None:
        self.table, self.today_of = table, today_of
        self.pins: Mapping[PinKey, Pin] = pins if pins is not None else {}
        self._catalog, self._now, self._stale_after = catalog, now, stale_after
        #: Deployments by asset that are not in `by_asset`: not judged yet, or of assets that are not in the catalog.
        self._waiting: dict[int, tuple[Deployment, ...]] = {}
        self.by_asset: dict[int, tuple[MatchedDeployment, ...]] = {}
        self.by_key: dict[WatchKey, Watch] = {}
        self.by_addressee: dict[str, tuple[Watch, ...]] = {}
        self.unsure: dict[str, tuple[MatchedDeployment, ...]] = {}
        self.addressees: dict[str, Addressee] = {}
        self.running: dict[tuple[str, str, str], list[int]] = {}
        #: Asset ids by what a question may be about: `team:3`, `person:7`, `also:NAME`, `product:KEY`, `word:NAME`.
        self._assets_by: dict[str, list[int]] = {}
        #: The number of the last change for each addressee with any change, in the order of these numbers.
        self._moved: dict[str, int] = {}
        self.moves = 0
        #: Who has had something in a cycle, and the cycles by the days that matter for them: what a new day moves.
        self._holders: dict[Clock, set[str]] = {}
        self._counting: dict[date, set[Clock]] = {}

    def put(self, asset_id: int, deployment: Deployment, *, is_gone: bool = False) -> int:
        """Add a deployment, or remove it. Return its asset's id, which has to be passed to `update`."""
        asset = self._catalog.asset(asset_id)
        asset_id = asset.id if asset is not None else asset_id  # an equal number, but one that exists already
        others = tuple(each for each in self._deployments_of(asset_id) if each.id != deployment.id)
        self._waiting[asset_id] = others if is_gone else (*others, deployment)
        return asset_id

    def fill(self) -> Iterator[None]:
        """Match everything that was put, one piece at a time, so that the caller can pause in between."""
        yield from self.update(self._waiting)

    def update(self, asset_ids: Iterable[int]) -> Iterator[None]:
        """Judge these assets again, one piece at a time, because their deployments, owners or pins have changed."""
        change = _Change()
        judged: _Judged = {}
        for asset_id in list(asset_ids):
            deployments = self._deployments_of(asset_id)
            for one in self.by_asset.pop(asset_id, ()):
                self._take_out(one, change)
            asset, runs = self._catalog.asset(asset_id), tuple[MatchedDeployment, ...]()
            if asset is not None:
                responsible = self._judge(asset, judged)
                runs = tuple([self._matched(one, asset, responsible) for one in sorted(deployments, key=_by_id)])
            _put_or_drop(self._waiting, asset_id, () if runs else deployments)
            if runs:
                self.by_asset[asset_id] = runs
            for one in runs:
                self._put_in(one, change)
            yield
        if not self._waiting:
            self._waiting = {}  # an emptied dictionary keeps its memory
        yield from self._regroup(change)

    def next_day(self, today_of: Callable[[Addressee], date], over: Iterable[date]) -> Iterator[None]:
        """Move everything that crosses a date, after the day has changed for some addressees.

        `over` are the days that have ended for any of them. Addressees whom these days do not concern are skipped.
        """
        before, self.today_of = self.today_of, today_of
        moved: set[tuple[str, Clock]] = set()
        for day in over:
            for clock in self._counting.get(day, ()):
                for key in self._holders[clock]:
                    addressee = self.addressees.get(key)
                    if addressee is not None and (before(addressee) <= day) != (today_of(addressee) <= day):
                        moved.add((key, clock))
                    yield
        change = _Change()
        for key, clock in moved:
            for asset_id in self.running.get((key, *clock), ()):
                for one in self.by_asset[asset_id]:
                    self._move(one, clock, change)
                yield
        yield from self._regroup(change)

    def note(self, addressee_keys: Iterable[str]) -> None:
        """Record that something has changed for these addressees."""
        for key in addressee_keys:
            self._moved.pop(key, None)
            self.moves += 1
            self._moved[key] = self.moves

    def moved_since(self, moves: int) -> set[str]:
        """Return the keys of the addressees for whom something has changed since `moves` changes had been made."""
        return set(takewhile(lambda key: self._moved[key] > moves, reversed(self._moved)))

    def assets_of(self, *keys: str) -> set[int]:
        """Return the ids of the assets that concern any of these keys: `team:3`, `also:NAME`, `product:KEY`."""
        return set[int]().union(*(self._assets_by.get(key, ()) for key in keys))

    def assets_in(self, product: str, cycle: str) -> list[int]:
        """Return the ids of all assets that run this cycle, whoever owns them."""
        holders = self._holders.get((product, cycle), ())
        return sorted({asset for each in holders for asset in self.running.get((each, product, cycle), ())})

    def is_run_by_anybody(self, product: str, cycle: str) -> bool:
        """Whether anybody runs this cycle."""
        return any((each, product, cycle) in self.running for each in self._holders.get((product, cycle), ()))

    def _deployments_of(self, asset_id: int) -> tuple[Deployment, ...]:
        waiting = self._waiting.get(asset_id)
        if waiting is not None:
            return waiting
        return tuple([one.deployment for one in self.by_asset.get(asset_id, ())])

    def _matched(self, one: Deployment, asset: AssetRecord, responsible: Responsible) -> MatchedDeployment:
        product, version, provider = one.observed.product, one.observed.version, one.observed.provider
        pin = self.pins.get((asset.id, product, version, provider))
        found = matched(self.table, pin, product=product, version=version, provider=provider)
        return MatchedDeployment(one, asset, found, responsible, pin)

    def _judge(self, asset: AssetRecord, judged: _Judged) -> Responsible:
        """Return who owns an asset. Assets with the same facts share one result."""
        fact = asset.facts[0] if len(asset.facts) == 1 else None
        has_nobody = bool(asset.unowned_reason) or asset.nobody is not None
        is_plain = fact is not None and fact.role is Role.OWNER and not fact.is_human and not has_nobody
        owner = (fact.team_id, fact.person_id) if fact is not None and is_plain else None
        found = judged.get(owner) if owner is not None else None
        if found is None:
            said = responsible_for(asset, self._catalog, now=self._now, stale_after=self._stale_after)
            key = said.addressee.key, said.others, said.is_disputed
            found = judged.get(key)
            if found is None:
                held = self.addressees.get(said.addressee.key)
                found = judged[key] = replace(said, addressee=held) if held and held == said.addressee else said
            if owner is not None:
                judged[owner] = found
        return found

    def _put_in(self, one: MatchedDeployment, change: _Change) -> None:
        addressee, asset_id = one.responsible.addressee, one.asset.id
        self.addressees[addressee.key] = addressee
        for key in _found_by(one):
            id_lists.add(self._assets_by, key, asset_id)
        sure = certain_of(one.matched)
        if sure is None:
            if not one.is_of_itself:
                change.unsure.setdefault(addressee.key, []).append(one)
            return
        clock = (sure.product.key, sure.cycle.name)
        id_lists.add(self.running, (addressee.key, *clock), asset_id)
        self._holders.setdefault(clock, set()).add(addressee.key)
        for deadline in deadlines_of(sure.cycle, has_extended_support=one.goes_on):
            self._counting.setdefault(deadline.on, set()).add(clock)
        self._group(one, change)

    def _take_out(self, one: MatchedDeployment, change: _Change) -> None:
        key, asset_id = one.responsible.addressee.key, one.asset.id
        change.touched.add(key)
        for each in _found_by(one):
            id_lists.discard(self._assets_by, each, asset_id)
        sure = certain_of(one.matched)
        if sure is None:
            change.left.setdefault(key, set()).add(asset_id)
        else:
            clock = (sure.product.key, sure.cycle.name)
            id_lists.discard(self.running, (key, *clock), asset_id)
            self._ungroup(one, clock, change)

    def _move(self, one: MatchedDeployment, clock: Clock, change: _Change) -> None:
        sure = certain_of(one.matched)
        if sure is not None and (sure.product.key, sure.cycle.name) == clock:
            self._ungroup(one, clock, change)
            self._group(one, change)

    def _ungroup(self, one: MatchedDeployment, clock: Clock, change: _Change) -> None:
        """Remove a deployment from its watches, whatever day it was added for."""
        for kind in _KINDS:
            key = (one.responsible.addressee.key, *clock, kind)
            if key in self.by_key:
                change.taken.setdefault(key, set()).add(one.asset.id)

    def _group(self, one: MatchedDeployment, change: _Change) -> None:
        for watch in watches_of(one, self.today_of):
            change.added.setdefault(watch.key, (watch, []))[1].append(one)

    def _regroup(self, change: _Change) -> Iterator[None]:
        """Add what has changed to the watches and lists that show it."""
        changed: dict[str, set[WatchKey]] = {}
        for key in dict.fromkeys((*change.taken, *change.added)):
            changed.setdefault(key[0], set()).add(key)
            held, taken, added = self.by_key.get(key), change.taken.get(key, ()), change.added.get(key)
            kept = [one for one in held.runs if one.asset.id not in taken] if held is not None else []
            if added is not None:
                head, runs = added
                self.by_key[key] = replace(head, runs=_merged(kept, runs))
            elif kept and held is not None:
                self.by_key[key] = replace(held, runs=tuple(kept))
            else:
                self.by_key.pop(key, None)
            yield
        for addressee_key, keys in changed.items():
            watches = [each for each in self.by_addressee.get(addressee_key, ()) if each.key not in keys]
            watches += [self.by_key[key] for key in keys if key in self.by_key]
            _put_or_drop(self.by_addressee, addressee_key, tuple(sorted(watches, key=_urgency)))
            yield
        for addressee_key in dict.fromkeys((*change.left, *change.unsure)):
            left = change.left.get(addressee_key, ())
            kept = [one for one in self.unsure.get(addressee_key, ()) if one.asset.id not in left]
            _put_or_drop(self.unsure, addressee_key, _merged(kept, change.unsure.get(addressee_key, [])))
            yield
        for addressee_key in change.touched:
            if addressee_key not in self._assets_by:
                self.addressees.pop(addressee_key, None)
        self.note(dict.fromkeys((*changed, *change.left, *change.unsure, *change.touched)))


@dataclass(slots=True)
class _Change:
    """The ids of assets that an update removes from watches and lists, and adds to them."""

    taken: dict[WatchKey, set[int]] = field(default_factory=dict)
    added: dict[WatchKey, tuple[Watch, list[MatchedDeployment]]] = field(default_factory=dict)
    left: dict[str, set[int]] = field(default_factory=dict)
    unsure: dict[str, list[MatchedDeployment]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)


def watches_of(one: MatchedDeployment, today_of: Callable[[Addressee], date]) -> list[Watch]:
    """Return the watches that a deployment is in by these days, each with only this deployment."""
    sure, addressee = certain_of(one.matched), one.responsible.addressee
    if sure is None or one.is_of_itself:
        return []
    deadlines = deadlines_of(sure.cycle, has_extended_support=one.goes_on)
    return [
        Watch(addressee, sure.product, sure.cycle, deadline, (one,))
        for deadline in current(deadlines, today_of(addressee))
    ]


def _found_by(one: MatchedDeployment) -> Iterator[str]:
    """Yield the keys by which questions find a deployment's asset."""
    yield one.responsible.addressee.key
    for _, name in one.responsible.others:
        yield f"also:{name}"
    if isinstance(one.matched, UnknownProduct):
        yield f"word:{fold(one.deployment.observed.product)}"
        for product in one.matched.suggestions:
            yield f"product:{product.key}"
    else:
        yield f"product:{one.matched.product.key}"


_by_id = attrgetter("id")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _put_or_drop(found: dict[_Key, tuple[_Value, ...]], key: _Key, values: tuple[_Value, ...]) -> None:
    if values:
        found[key] = values
    else:
        found.pop(key, None)


def _merged(kept: list[MatchedDeployment], added: list[MatchedDeployment]) -> tuple[MatchedDeployment, ...]:
    """Return both lists in order.

    `kept` is sorted already, so a few items are merged into many without sorting them all.
    """
    if len(added) * 8 < len(kept):
        for one in added:
            insort(kept, one, key=order_of)
        return tuple(kept)
    return tuple(sorted((*kept, *added), key=order_of))


def matched(table: Table, pin: Pin | None, *, product: str, version: str, provider: str) -> Matched:
    """Return the match of a deployment's version: what a person said, if that cycle exists, or else by the rules."""
    if pin is not None:
        found = match(table, product=pin.pinned_product, version=pin.pinned_cycle)
        known = table.get(pin.pinned_product) is not None
        if known and isinstance(found, InCycle) and found.cycle.name == pin.pinned_cycle:
            return found
    return match(table, product=product, version=version, provider=provider)


def certain_of(matched: Matched) -> InCycle | None:
    """Return the certain part of a match: its cycle, any of several with the same clocks, or all that have ended."""
    if isinstance(matched, InCycle):
        return matched
    if isinstance(matched, AmbiguousVersion) and matched.is_one_answer:
        return InCycle(product=matched.product, cycle=matched.candidates[0], method=matched.method, feed=matched.feed)
    if isinstance(matched, UntrackedOld) and matched.ended is not None:
        return InCycle(product=matched.product, cycle=matched.ended, method=MatchMethod.OLDER, feed=matched.feed)
    return None


def has_unknown_clock(running: MatchedDeployment) -> bool:
    """Whether product and version are known, but not when the provider ends its support."""
    one, matched = running.deployment.observed, running.matched
    if not isinstance(matched, UnknownProduct) or not one.provider or not one.version:
        return False
    asked = _folded(one.product)
    return any(asked in map(_folded, (each.key, each.label, *each.aliases)) for each in matched.suggestions)


#: Cached: there are few products' names and names in files.
_folded = lru_cache(maxsize=4096)(fold)


def order_of(running: MatchedDeployment) -> tuple[int, str, int]:
    """Return the sort key of a watch's runs: the order in which to look at them."""
    tier = running.asset.tier
    return 99 if tier is None else tier, fold(running.asset.name), running.deployment.id


def _urgency(watch: Watch) -> tuple[date, str, str, str]:
    deadline, name = watch.deadline, _folded(watch.product.label or watch.product.key)
    return deadline.on, name, watch.cycle.name, deadline.kind.value
