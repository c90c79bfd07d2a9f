"""Deadlines as an iCalendar file (RFC 5545). The library escapes all text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import WatchKey
from bot.domain.eol.milestones import words_of
from bot.domain.eol.plans import PlanPart, plan_of
from bot.domain.eol.reminders import DateMove
from bot.domain.eol.reports import Entry, Report, Urgency
from bot.domain.names import clean

if TYPE_CHECKING:
    from icalendar import Event

#: How many days before an event calendar programs give their alarm.
ALARM_DAYS = 30
#: Events older than this are left out; reports still show them.
_SHOWN_DAYS = 366
_MOST_EVENTS = 1000
_MOST_NAMES = 40


def calendar(report: Report, moves: Mapping[tuple[str, str], tuple[DateMove, ...]], *, name: str) -> bytes:
    """Return a report's deadlines as all-day events, and the days of plans.

    `name` is the team's name, "" for all teams.

    Equal reports give equal bytes: an event's times are those of its content, not of the request.
    """
    from icalendar import Calendar  # noqa: PLC0415 - costs 0.1 s and some MB, needed only here

    made = Calendar()
    made.add("prodid", "-//Baton//End of life//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    title = clean(f"End of life: {name}" if name else "End of life")
    for key in ("name", "x-wr-calname"):
        made.add(key, title)
    made.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    shown = (entry for entry in report.entries if _is_shown(entry, report.today))
    alike: Counter[WatchKey] = Counter()  # deadlines of one release cycle on different terms
    for count, entry in enumerate(shown):
        if count == _MOST_EVENTS:
            break
        alike[entry.watch.key] += 1
        its_moves = moves.get((entry.watch.product.key, entry.watch.cycle.name), ())
        for event in _events(entry, report, its_moves, alike[entry.watch.key]):
            made.add_component(event)
    body: bytes = made.to_ical()
    return body


def _is_shown(entry: Entry, today: date) -> bool:
    on = entry.watch.deadline.on
    return on != LONG_AGO and on >= today - timedelta(_SHOWN_DAYS)


def _events(entry: Entry, report: Report, moves: tuple[DateMove, ...], number: int) -> Iterator[Event]:
    from icalendar import Alarm  # noqa: PLC0415 - as above

    watch = entry.watch
    release = clean(f"{watch.product.label or watch.product.key} {watch.cycle.label or watch.cycle.name}")
    summary = f"{release}: {words_of(watch.deadline.kind, watch.cycle).ahead.removesuffix(' from')}"
    of_several = f"-{number}" if number > 1 else ""
    event = _event(entry, watch.deadline.on, summary, moves, suffix=of_several)
    if watch.deadline.on > report.today and entry.urgency not in (Urgency.PLANNED, Urgency.WAIVED):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{summary} in {ALARM_DAYS} days")
        alarm.add("trigger", timedelta(days=-ALARM_DAYS))
        event.add_component(alarm)
    yield event
    if entry.urgency is Urgency.PLANNED and entry.quiet_until is not None:
        yield _event(entry, entry.quiet_until, f"Planned: upgrade of {release}", moves, suffix=f"{of_several}-plan")


def _event(entry: Entry, on: date, summary: str, moves: tuple[DateMove, ...], *, suffix: str = "") -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above

    changed = _changed_at(entry, moves)
    event = Event()
    # The id depends on the subject and not on the date: an event that moves keeps its identity.
    event.add("uid", f"{hashlib.sha256('|'.join(entry.watch.key).encode()).hexdigest()[:32]}{suffix}@baton")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    # Any number that grows with each revision works.
    event.add("sequence", int(changed.timestamp()) // 60)
    event.add("summary", summary)
    event.add("description", _description(entry))
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(1))
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["end of life"])
    return event


def _changed_at(entry: Entry, moves: tuple[DateMove, ...]) -> datetime:
    """Return when the event's content last changed."""
    times = [one.deployment.observed.first_seen_at for one in entry.watch.runs]
    times += [move.at for move in moves]
    if entry.reminder is not None:
        times += [answer.decided_at or answer.at for answer in entry.reminder.answers]
    return max(times).astimezone(UTC).replace(microsecond=0)


def _parts(entry: Entry) -> Iterator[str]:
    """Yield who does which part of the planned upgrade, and until when."""
    held = entry.effect.answer if entry.effect is not None else None
    plan = plan_of(held) if held is not None else None
    for part in plan.parts if plan is not None else ():
        label = "Upgrade" if part.part is PlanPart.UPGRADE else "Application compatibility"
        if part.owner:
            yield f"{label}: {clean(part.name) or 'somebody'} by {part.on.isoformat()}"


def _description(entry: Entry) -> str:
    names = list(dict.fromkeys(clean(one.asset.name) for one in entry.watch.runs))
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    lines = [f"Runs it: {', '.join(names[:_MOST_NAMES])}{more}"]
    if entry.holder.name:
        giver = f", from {clean(entry.giver.name)}" if entry.giver is not None else ""
        lines.append(f"Whose: {clean(entry.holder.name)}{giver}")
    if money := entry.charged.said():
        lines.append(f"{money[:1].upper()}{money[1:]}")
    if entry.urgency is Urgency.PLANNED and entry.quiet_until is not None:
        lines.append(f"Planned for {entry.quiet_until.isoformat()}")
        lines += _parts(entry)
    if entry.urgency is Urgency.WAIVED and entry.quiet_until is not None:
        lines.append(f"Waived until {entry.quiet_until.isoformat()}")
    return "\n".join(lines)
