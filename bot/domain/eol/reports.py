"""The answer to a question about end of life: what ends when, what is done about it, and what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain, groupby
from operator import itemgetter
from typing import TypeVar

from bot.domain.digests import preventable_first
from bot.domain.eol.answers import AnswerKind, Effect, effect
from bot.domain.eol.charges import NOTHING, Charged, charged, monthly, running_charge
from bot.domain.eol.exposure import Exposure, MatchedDeployment, Watch, WatchKey, certain_of, order_of, watches_of
from bot.domain.eol.image_libraries import Inside, together
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.periods import SOON_DAYS, Everything, Overdue, Period
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.reminders import FactsAge, Remembered, giver_of, holder_of
from bot.domain.eol.responsibility import Addressee, CycleKey
from bot.domain.eol.subjects import ReportScope
from bot.domain.eol.terms import answered, by_terms
from bot.domain.names import fold
from bot.domain.records import TeamRecord


class Urgency(StrEnum):
    """The heading under which something is listed, the most urgent first."""

    OVERDUE = "overdue"  #: it has ended
    SOON = "soon"  #: it ends within 90 days
    PAID = "paid"  #: standard support is over, and it continues for money
    LATER = "later"
    PLANNED = "planned"  #: somebody has planned it, and the plan's day has not passed
    WAIVED = "waived"  #: somebody has approved a waiver


#: The order in reports and digests: what can still be prevented, then what has passed, then what is far ahead or taken
#: care of.
LISTED = (Urgency.SOON, Urgency.PAID, Urgency.OVERDUE, Urgency.LATER, Urgency.PLANNED, Urgency.WAIVED)
_PLACES = {urgency: place for place, urgency in enumerate(LISTED)}
_Item = TypeVar("_Item")


def in_order(
    items: Collection[_Item],
    today: date,
    *,
    watch_of: Callable[[_Item], Watch],
    urgency: Callable[[_Item], Urgency],
) -> list[_Item]:
    """Return items in the order in which reports and digests list them.

    Under each heading the nearest comes first; of what has passed, the latest; on the same day, the most expensive.
    Paid support can be stopped on any day, so there the most expensive comes first.
    """
    listed = {(each := watch_of(item).product).key: each for item in items}
    products = {key: (fold(each.label or key), key) for key, each in listed.items()}

    def place(item: _Item) -> tuple[object, ...]:
        watch, head = watch_of(item), urgency(item)
        away, price = preventable_first((watch.deadline.on - today).days), -cost(watch, today)
        first, then = (price, away) if head is Urgency.PAID else (away, price)
        return _PLACES[head], first, then, products[watch.product.key], watch.cycle.name, watch.deadline.kind

    return sorted(items, key=place)


def cost(watch: Watch, today: date) -> Decimal:
    """Return what the things of a watch cost on top per month: now, or from its deadline on if nothing is charged yet.

    An unknown price counts as 0.
    """
    kinds = Counter(one.goes_on for one in watch.runs)
    for day in (today, watch.deadline.on + timedelta(1)):
        running = {each: running_charge(watch.cycle, day, has_extended_support=each) for each in kinds}
        if any(running.values()):
            prices = ((monthly(charge), kinds[each]) for each, charge in running.items() if charge is not None)
            return sum((price * count for price, count in prices if price is not None), Decimal(0))
    return Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Everything that one addressee has of one cycle with a deadline.

    `taker` is the team that has taken it over, or None.

    - `charged`: what the provider charges on top.
    - `is_past`: whether the deadline has passed.
    - `effect`: the effect of the answers to the reminder; None without a reminder.
    - `active_until`: when active support ends, if that lies ahead.
    """

    watch: Watch
    urgency: Urgency
    is_past: bool
    reminder: Remembered | None = None
    effect: Effect | None = None
    charged: Charged = NOTHING
    active_until: date | None = None
    taker: TeamRecord | None = None

    @property
    def holder(self) -> Addressee:
        """The current holder."""
        return holder_of(self.watch, self.taker)

    @property
    def giver(self) -> Addressee | None:
        """From whom it was taken over; None if its addressee still has it."""
        return giver_of(self.watch, self.taker)

    def charged_for(self, one: MatchedDeployment, today: date) -> Charged:
        """Return what is charged for one of the things. For a cluster, its machines are not counted as well."""
        return charged(self.watch.product, self.watch.cycle, today, (one.goes_on,))

    @property
    def has_ended(self) -> bool:
        """Whether support is over or continues only for money, whatever was answered."""
        return self.is_past or self.charged.now is not None

    @property
    def quiet_until(self) -> date | None:
        """The day of the plan, snooze or waiver in force; None if it is not quiet."""
        held = self.effect.answer if self.effect is not None else None
        return held.until if held is not None else None


def others(entries: Iterable[Entry], team_ids: Collection[int]) -> list[Entry]:
    """Return the entries of other teams, without those of nobody or of one person."""
    return [each for each in entries if (team := each.holder.team) is not None and team.id not in team_ids]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The answer. `unsure` are deployments with an unknown version, `undated` those without an announced end.

    `ended_besides` and `later_besides` count what is outside the period. `covered` counts deployments, and
    `watched_runs` those of them with a deadline. `releases` are the release cycles that were asked for, if nobody runs
    them.
    """

    subject: ReportScope
    period: Period
    today: date
    facts: FactsAge
    entries: tuple[Entry, ...] = ()
    unsure: tuple[MatchedDeployment, ...] = ()
    undated: tuple[MatchedDeployment, ...] = ()
    covered: int = 0
    ended_besides: int = 0
    later_besides: int = 0
    only_unknown: bool = False
    releases: tuple[tuple[Product, Cycle], ...] = ()

    @property
    def counts(self) -> Mapping[Urgency, int]:
        """The number of entries under each heading; those inside one image count as one."""
        found = dict.fromkeys(Urgency, 0)
        own, inside = self.by_image()
        for entry in (*own, *(group.items[0] for group in inside)):
            found[entry.urgency] += 1
        return found

    @property
    def charged(self) -> int:
        """How many entries the provider charges for now, under any heading."""
        own, inside = self.by_image()
        entries = [*own, *(entry for group in inside for entry in group.items)]
        return sum(each.charged.now is not None for each in entries)

    def by_image(self) -> tuple[Sequence[Entry], Sequence[Inside[Entry]]]:
        """Return the entries with a line of their own, and libraries grouped by heading, owner and image.

        A question about one asset or one product gets every library.
        """
        if self.subject.asset is not None or self.subject.product is not None:
            return self.entries, ()
        return together(self.entries, lambda each: each.watch.runs, apart=lambda each: (each.urgency, each.holder.key))

    def unsure_by_image(self) -> tuple[Sequence[MatchedDeployment], Sequence[Inside[MatchedDeployment]]]:
        """Return the same for what has an unknown version."""
        if self.subject.asset is not None or self.subject.product is not None:
            return self.unsure, ()
        return together(self.unsure, lambda one: (one,))

    @property
    def is_all_clear(self) -> bool:
        """Whether Baton may say that nothing of the subject needs anything now.

        It may not if a version is unknown, the facts are too old, or nothing is known at all.
        """
        urgent = any(entry.urgency in (Urgency.OVERDUE, Urgency.SOON, Urgency.PAID) for entry in self.entries)
        return (
            not urgent
            and not self.ended_besides
            and not self.unsure
            and self.covered > 0
            and self.facts.freshness.may_clear
        )


@dataclass(slots=True)
class Compiling:
    """Collects what a question is about from the inventory, and makes the report.

    `takers` are the teams that have taken release cycles over from their addressees.
    """

    subject: ReportScope
    period: Period
    today: date
    facts: FactsAge
    only_unknown: bool = False
    takers: Mapping[CycleKey, TeamRecord] = field(default_factory=dict)
    _watches: dict[WatchKey, tuple[Watch, list[MatchedDeployment]]] = field(default_factory=dict)
    _undated: list[MatchedDeployment] = field(default_factory=list)
    _unsure: list[MatchedDeployment] = field(default_factory=list)
    #: How many deployments were collected so far.
    size: int = 0

    def fill(self, exposure: Exposure) -> Iterator[None]:
        """Collect everything that the subject covers, asset by asset, so that the caller can pause in between."""
        taken = [cycle for cycle, team in self.takers.items() if self.subject.is_of_team(team)]
        theirs = {cycle: frozenset(exposure.running.get(cycle, ())) for cycle in taken}
        asset_ids = self.subject.assets(exposure)
        for asset_id in chain(asset_ids, set[int]().union(*theirs.values()).difference(asset_ids)):
            self._add(exposure, asset_id, theirs)
            yield

    def _add(self, exposure: Exposure, asset_id: int, taken: Collection[CycleKey]) -> None:
        for one in exposure.by_asset.get(asset_id, ()):
            if one.is_of_itself or not (self.subject.covers(one) or self._is_taken(one, taken)):
                continue
            self.size += 1
            watches = watches_of(one, exposure.today_of)
            for watch in watches:
                key = watch.key
                if key not in self._watches:
                    self._watches[key] = exposure.by_key.get(key, watch), []
                self._watches[key][1].append(one)
            if certain_of(one.matched) is None:
                self._unsure.append(one)
            elif not watches:
                self._undated.append(one)

    def _is_taken(self, one: MatchedDeployment, taken: Collection[CycleKey]) -> bool:
        """Whether one of the teams asked about has taken it over."""
        sure = certain_of(one.matched)
        if sure is None or (one.responsible.addressee.key, sure.product.key, sure.cycle.name) not in taken:
            return False
        return self.subject.product is None or self.subject.product.covers(one)

    @property
    def addressees(self) -> frozenset[str]:
        """The keys of the addressees whose reminders the report shows."""
        return frozenset(key[0] for key in self._watches)

    def done(self, reminders: Iterable[Remembered]) -> Report:
        """Return the report of everything collected, with the open reminders among `reminders`."""
        everything = self._entries({each.key: each for each in reminders})
        entries = [each for each in everything if is_within(each, self.period)]
        outside = [each for each in everything if not is_within(each, self.period)]
        ended = sum(each.has_ended for each in outside)
        return Report(
            subject=self.subject,
            period=self.period,
            today=self.today,
            facts=self.facts,
            entries=() if self.only_unknown else tuple(self._in_order(entries)),
            unsure=tuple(sorted(self._unsure, key=_run_order)),
            undated=tuple(sorted(self._undated, key=_run_order)),
            covered=self.size,
            ended_besides=ended,
            later_besides=len(outside) - ended,
            only_unknown=self.only_unknown,
        )

    def _in_order(self, entries: Sequence[Entry]) -> list[Entry]:
        alike = sorted(entries, key=lambda each: (each.charged.said(with_next=True), fold(each.holder.name)))
        return in_order(
            alike,
            self.today,
            watch_of=lambda each: each.watch,
            urgency=lambda each: each.urgency,
        )

    def _entries(self, reminders: Mapping[WatchKey, Remembered]) -> list[Entry]:
        """Return an entry for each addressee, cycle and terms.

        Frees what was collected, because a report of everything is large.
        """
        entries = []
        for _, keys in groupby(sorted(self._watches), key=itemgetter(0, 1, 2)):
            watches = [_with_runs(*self._watches.pop(key)) for key in keys]
            for same in by_terms(watches).values():
                # The end of active support is a separate watch; beside the end of support it is only a note.
                active = next((each for each in same if each.deadline.kind is DeadlineKind.ACTIVE_SUPPORT), None)
                ends = [each for each in same if each is not active]
                said = {each.key: answered(reminders[each.key], each) for each in same if each.key in reminders}
                shown = _shown(ends or same, said, self.today)
                entries.append(self._entry(shown, active if ends else None, said.get(shown.key)))
        return entries

    def _entry(self, watch: Watch, active: Watch | None, reminder: Remembered | None) -> Entry:
        goes_on = (one.goes_on for one in watch.runs)
        money = charged(watch.product, watch.cycle, self.today, goes_on)
        done = effect(reminder.answers, watch.deadline.on, reminder.milestone, self.today) if reminder else None
        return Entry(
            watch=watch,
            urgency=urgency_of(watch.deadline.on, done, self.today, is_paid=money.now is not None),
            is_past=watch.deadline.on < self.today,
            reminder=reminder,
            effect=done,
            charged=money,
            active_until=active.deadline.on if active is not None else None,
            taker=self.takers.get(watch.key[:3]),
        )


def _with_runs(held: Watch, found: list[MatchedDeployment]) -> Watch:
    """Return the watch of what was collected. This is usually all of it: then it is the inventory's own object."""
    runs = tuple(sorted(found, key=order_of))
    return held if held.runs == runs else replace(held, runs=runs)


def _shown(watches: Sequence[Watch], reminders: Mapping[WatchKey, Remembered], today: date) -> Watch:
    """Return the deadline of a cycle that a report shows: an answered one, else the next, else a passed one."""

    def place(watch: Watch) -> tuple[bool, bool]:
        reminder = reminders.get(watch.key)
        is_held = reminder is not None and reminder.effect(today).answer is not None
        return not is_held, watch.deadline.on < today

    return min(watches, key=place)


def urgency_of(deadline: date, done: Effect | None, today: date, *, is_paid: bool) -> Urgency:
    """Return the heading for a deadline, considering the effect of its answers."""
    held = done.answer if done is not None else None
    if held is not None and held.kind is AnswerKind.PLANNED:
        return Urgency.PLANNED
    if held is not None and held.kind is AnswerKind.WAIVED:
        return Urgency.WAIVED
    if deadline < today:
        return Urgency.OVERDUE
    if deadline <= today + timedelta(SOON_DAYS):
        return Urgency.SOON
    return Urgency.PAID if is_paid else Urgency.LATER


def is_within(entry: Entry, period: Period) -> bool:
    """Whether an entry belongs in the answer to a question about a period."""
    match period:
        case Everything():
            return True
        case Overdue():
            return entry.has_ended
        case _:
            return period.first <= entry.watch.deadline.on <= period.last


def _run_order(running: MatchedDeployment) -> tuple[str, str, str, str, int]:
    one = running.deployment
    return one.observed.product, one.observed.version, one.observed.provider, fold(running.asset.name), one.id
