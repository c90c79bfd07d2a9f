"""The content of a picture of end-of-life dates: a bar for each release cycle, grouped by product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.eol.charges import charges_of
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.milestones import WORDS, DeadlineKind
from bot.domain.eol.records import Undated
from bot.domain.eol.reports import Entry, Report, Urgency
from bot.domain.names import clean, fold

#: The most rows on one picture; with more, the labels are unreadable.
MOST_ROWS = 30
#: The picture begins a year ago and ends with the last date, one to three years ahead.
_BEFORE, _AFTER_LEAST, _AFTER_MOST = timedelta(366), timedelta(366), timedelta(3 * 366)
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """A release cycle. `ended` is when standard support ends, `paid_until` when paid support does, if it continues.

    A day is None if it is not announced. `on` is the next date, `kind` its kind. `urgency` is the most urgent one of
    what runs it, `names` are the names of that.
    """

    product: str
    release: str
    names: str
    urgency: Urgency
    on: date
    kind: DeadlineKind
    ended: date | None
    paid_until: date | None = None
    planned_for: date | None = None

    def said(self, today: date) -> str:
        """Return the row in words: `ended 2023-11-09`, `2027-02-28, 95 days`."""
        if self.urgency is Urgency.PLANNED and self.planned_for is not None:
            return f"planned for {self.planned_for}"
        if self.on == LONG_AGO:
            return "ended, day unknown"
        days = (self.on - today).days
        if days < 0:
            return f"ended {self.on}"
        when = "today" if days == 0 else f"{self.on}, {days:,} {'day' if days == 1 else 'days'}"
        if self.urgency is Urgency.WAIVED:
            return f"waived; {when}"
        return f"{WORDS[self.kind].short}{when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A picture's content: rows by product, the product with the earliest date first. `more` is the number left out."""

    title: str
    today: date
    first: date
    last: date
    rows: tuple[TimelineRow, ...]
    more: int = 0


def timeline(report: Report, *, title: str) -> Timeline:
    """Return the picture of a report: its most urgent cycles, ordered so that each product stays together."""
    by_cycle: dict[tuple[str, str], list[Entry]] = {}
    for entry in report.entries:  # in order of urgency
        by_cycle.setdefault((entry.watch.product.key, entry.watch.cycle.name), []).append(entry)
    shown = [_row(entries) for entries in list(by_cycle.values())[:MOST_ROWS]]
    earliest: dict[str, date] = {}
    for row in shown:
        earliest[row.product] = min(row.on, earliest.get(row.product, row.on))
    shown.sort(key=lambda row: (earliest[row.product], fold(row.product), row.on, row.release))
    return Timeline(
        title=title,
        today=report.today,
        first=report.today - _BEFORE,
        last=_last(shown, report.today),
        rows=tuple(shown),
        more=len(by_cycle) - len(shown),
    )


def _row(entries: list[Entry]) -> TimelineRow:
    watch = entries[0].watch
    cycle, on = watch.cycle, watch.deadline.on
    label = clean(watch.product.label or watch.product.key)
    kinds = {one.goes_on for each in entries for one in each.watch.runs}
    goes_on = any(charges_of(cycle, has_extended_support=each) for each in kinds)
    planned = [each.quiet_until for each in entries if each.urgency is Urgency.PLANNED and each.quiet_until]
    standard = LONG_AGO if cycle.eol is Undated.ENDED else cycle.eol
    return TimelineRow(
        product=label,
        release=clean(f"{label} {cycle.label or cycle.name}"),
        names=_names(entries),
        urgency=entries[0].urgency,
        on=on,
        kind=watch.deadline.kind,
        ended=standard if isinstance(standard, date) else None,
        paid_until=cycle.eoes if goes_on and isinstance(cycle.eoes, date) else None,
        planned_for=max(planned) if planned else None,
    )


def _names(entries: list[Entry]) -> str:
    names = list(dict.fromkeys(_assets(entries)))
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" +{more}" if more > 0 else "")


def _assets(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        giver = f" (from {clean(entry.giver.name)})" if entry.giver is not None else ""
        for one in entry.watch.runs:
            yield f"{clean(one.asset.name)}{giver}"


def _last(rows: list[TimelineRow], today: date) -> date:
    days = [day for row in rows for day in (row.on, row.ended, row.paid_until, row.planned_for) if day is not None]
    farthest = max(days, default=today) + timedelta(60)
    return min(max(farthest, today + _AFTER_LEAST), today + _AFTER_MOST)
