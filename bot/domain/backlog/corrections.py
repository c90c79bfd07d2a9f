"""What a correction of a request has changed, in a few words for its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.backlog.requests import RequestItem
from bot.domain.backlog.summaries import begins_alike, shortened
from bot.domain.concurrent_edits import places
from bot.domain.phrases import figure

_LONGEST = 60
#: So much of what stays the same is shown before a difference far behind.
_BEFORE = 20
#: From so many days away on, a day is said with its year.
_FAR = 180
_NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What is said of a request that somebody may correct; teams and people by their names."""

    title: str
    items: tuple[RequestItem, ...]
    lost: tuple[float, float, float]
    evidence: str
    blocked: tuple[int, str, date | None]
    needed_by: date | None
    needed_reason: str
    miss_hours: float | None
    team: str
    asker: str


def differences(before: Stated, after: Stated, today: date) -> Iterator[str]:
    """Yield what has changed, each as `+ A Redis cache`, `date 16 Dec → 8 Jan` or `hours 10 → 4 a month`."""
    yield from _items(before.items, after.items)
    if before.title != after.title:
        yield _from_to("title", before.title, after.title)
    if before.needed_by != after.needed_by:
        yield f"date {days(before.needed_by, after.needed_by, today)}"
    if after.needed_reason not in ("", before.needed_reason):
        yield f"why by then: {shortened(after.needed_reason, _LONGEST)}"
    yield from _hours(before.lost, after.lost)
    yield from _blocked(before, after, today)
    named = {
        "evidence": (before.evidence, after.evidence),
        "hours that missing the date costs:": (_number(before.miss_hours), _number(after.miss_hours)),
        "team": (before.team, after.team),
        "for": (before.asker, after.asker),
    }
    for name, (old, new) in named.items():
        if old != new:
            yield _from_to(name, old, new)


def days(old: date | None, new: date | None, today: date) -> str:
    """Return two days in a few letters, each with its year where that is not clear: `16 Dec → 8 Jan`."""
    is_one_year = old is not None and new is not None and old.year == new.year
    return f"{_day(old, new if is_one_year and new else today)} → {_day(new, today)}"


def _day(on: date | None, beside: date) -> str:
    if on is None:
        return _NONE
    return f"{on.day} {on:%b %Y}" if abs((on - beside).days) > _FAR and on.year != beside.year else f"{on.day} {on:%b}"


def _items(before: Sequence[RequestItem], after: Sequence[RequestItem]) -> Iterator[str]:
    moved = places([each.title for each in before], [each.title for each in after])
    for place, old in enumerate(before):
        if place not in moved:
            yield f"− {shortened(old.title, _LONGEST)}"
            continue
        new = after[moved[place]]
        kind = [new.type.value] if old.type is not new.type else []
        if old.title != new.title:
            notes = ", ".join([*kind, *(["open again"] if old.is_done and not new.is_done else [])])
            yield _from_to("", old.title, new.title) + (f" ({notes})" if notes else "")
        elif kind:
            yield _from_to(f"kind of {shortened(new.title, _LONGEST)}:", old.type.value, new.type.value)
    for place, new in enumerate(after):
        if place not in moved.values():
            yield f"+ {shortened(new.title, _LONGEST)}"


def _hours(before: tuple[float, float, float], after: tuple[float, float, float]) -> Iterator[str]:
    if before == after:
        return
    was, now = (figure(people * times * hours) for people, times, hours in (before, after))
    if was != now:
        yield f"hours {was} → {now} a month"
    else:
        yield _from_to("hours", *(" × ".join(map(figure, said)) for said in (before, after)))


def _blocked(before: Stated, after: Stated, today: date) -> Iterator[str]:
    (people, share, until), (now, new_share, new_until) = before.blocked, after.blocked
    if people != now:
        yield f"blocked {people} → {now}"
    if share != new_share:
        yield _from_to("blocked", share, new_share)
    if until != new_until:
        yield f"blocked until {days(until, new_until, today)}"


def _number(value: float | None) -> str:
    return "" if value is None else figure(value)


def _from_to(name: str, old: str, new: str) -> str:
    was, now = (shortened(each, _LONGEST) or _NONE for each in (old, new))
    same = begins_alike(old, new)
    if same > _LONGEST // 2 and max(len(old), len(new)) > _LONGEST:
        # What is shown begins shortly before the first difference.
        start = old.rfind(" ", 0, same - _BEFORE)
        was, now = (f"…{shortened(each[start:].strip(), _LONGEST)}" for each in (old, new))
    return f"{name} {was} → {now}".strip()
