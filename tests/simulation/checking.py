"""Holds a simulated stretch of time to the rules, worked out once more and in another way than Baton does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from bot.domain.lifecycle.responses import Acknowledged, Planned, Snoozed, Waived
from bot.store.tables import Reminder
from tests.simulation.living import Lived, Message, Said
from tests.simulation.organisation import STARTS, Organisation, Team, move_dates

_COUNTRIES = {
    "Europe/Berlin": "DE",
    "America/New_York": "US",
    "America/Los_Angeles": "US",
    "Asia/Tokyo": "JP",
    "Europe/London": "GB",
    "Asia/Kolkata": "IN",
    "Australia/Sydney": "AU",
}
_DAYS = (365, 180, 90, 60, 30, 14, 7, 1, 0)


@dataclass(slots=True)
class Calendar:
    """Working days and hours of a zone."""

    zone: ZoneInfo
    free: set[date]

    def is_free(self, day: date) -> bool:
        return day.weekday() >= 5 or day in self.free

    def digest(self, day: date) -> date:
        """Return the day of the first digest on or after a day: Tuesday, or the next working day."""
        for back in (1, 0, -1):
            found = day - timedelta((day.weekday() - 1) % 7 + 7 * back)
            while self.is_free(found):
                found += timedelta(1)
            if found >= day:
                return found
        raise AssertionError("no week without a working day")

    def next(self, day: date) -> date:
        """Return the working day after a day."""
        found = day + timedelta(1)
        while self.is_free(found):
            found += timedelta(1)
        return found

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        return not self.is_free(local.date()) and time(9) <= local.time() < time(17)


def calendar(zone: str) -> Calendar:
    country = _COUNTRIES.get(zone)
    free = set(holidays.country_holidays(country, years=range(2025, 2030))) if country else set()
    return Calendar(ZoneInfo(zone or "UTC"), free)


def problems(lived: Lived, organisation: Organisation, *, days: int) -> list[str]:
    """Return every rule that was broken, each in a sentence."""
    calendars = {team.zone: calendar(team.zone) for team in organisation.teams}
    by_name = {team.name: team for team in organisation.teams}
    found = [*_quiet_hours(lived, organisation, calendars), *_a_day(lived, organisation, calendars)]
    found += [*_once(lived), *_answered(lived), *_digests(lived)]
    found += _nothing_missing(lived, {team.number: team for team in by_name.values()}, calendars, days)
    return found


def is_ping(message: Message) -> bool:
    """Whether a message calls a team: a digest, a root, a milestone."""
    return not message.subject.endswith(":resolved") and ":moved:" not in message.subject


def team_of(message: Message, organisation: Organisation) -> Team | None:
    """Return the team that a message was for; None for what is nobody's, and for those above a team."""
    head = message.subject.removeprefix("eol:digest:")
    if not head.startswith("team:"):
        return None
    number = int(head.removeprefix("team:").split("/")[0].split(":")[0])
    return organisation.teams[number - 1]


def _quiet_hours(lived: Lived, organisation: Organisation, calendars: dict[str, Calendar]) -> Iterator[str]:
    for message in lived.messages:
        team = team_of(message, organisation)
        zone = team.zone if team is not None else _zone_of_recipient(message, organisation)
        if not calendars.setdefault(zone, calendar(zone)).is_open(message.at):
            yield f"{message.subject} came to {message.place} at {message.at}, in quiet hours"
        if team is not None and message.place != team.place:
            yield f"{message.subject} came to {message.place} instead of {team.place}"


def _zone_of_recipient(message: Message, organisation: Organisation) -> str:
    if message.subject.startswith("eol:owed:lead:"):
        return organisation.teams[int(message.subject.split(":")[3]) - 1].zone
    return ""


def _a_day(lived: Lived, organisation: Organisation, calendars: dict[str, Calendar]) -> Iterator[str]:
    counts: Counter[tuple[str, date]] = Counter()
    for message in lived.messages:
        if not is_ping(message):
            continue
        team = team_of(message, organisation)
        if team is not None:
            counts[team.name, message.at.astimezone(calendars[team.zone].zone).date()] += 1
        elif message.subject.startswith(("eol:owed:", "eol:digest:")):
            zone = calendars.setdefault(zone_name := _zone_of_recipient(message, organisation), calendar(zone_name))
            who = ":".join(message.subject.split(":")[1:-1])
            counts[who, message.at.astimezone(zone.zone).date()] += 1
    for (who, day), count in counts.items():
        if count > 1:
            yield f"{who} was written to {count} times on {day}"


def _once(lived: Lived) -> Iterator[str]:
    counts = Counter((each.reminder, each.deadline, each.milestone) for each in lived.said)
    for (reminder, deadline, milestone), count in counts.items():
        row = lived.reminders[reminder]
        if count > 1 and row.claimed_at is None:  # what was claimed is asked after once
            yield f"T-{milestone} of {row.addressee} {row.product} {row.cycle} {deadline} was said {count} times"


def _answered(lived: Lived) -> Iterator[str]:
    for each in lived.said:
        answer = each.quiet_by
        if answer is None or answer.deadline.on > each.deadline:
            continue
        row = lived.reminders[each.reminder]
        match answer:
            case Acknowledged(milestone=seen):
                is_quiet = answer.deadline.on == each.deadline and each.milestone >= seen.days
            case Planned(on=on):
                is_quiet = each.on < on - timedelta(7)
            case Snoozed(until=over) | Waived(expires=over):
                is_quiet = each.on < over
        if is_quiet and row.claimed_at is None:
            yield f"T-{each.milestone} of {row.addressee} {row.product} {row.cycle} was said on {each.on}: {answer}"


def _digests(lived: Lived) -> Iterator[str]:
    on_day = {(lived.reminders[each.reminder].addressee, each.on) for each in lived.said}
    first: set[str] = set()
    for message in lived.messages:
        if message.subject.startswith("eol:digest:"):
            who, _, day = message.subject.removeprefix("eol:digest:").rpartition(":")
            has_items = (who, date.fromisoformat(day)) in on_day
            # The versions that nobody knows are all there from the beginning, and said by the first digest.
            if not has_items and who in first:
                yield f"the digest of {who} on {day} is empty"
            first.add(who)


def _nothing_missing(lived: Lived, teams: dict[int, Team], calendars: dict[str, Calendar], days: int) -> Iterator[str]:
    """Go through what nobody ever answered and no date of which moved: all of it has been said in its time."""
    heard: dict[int, list[Said]] = {}
    for each in lived.said:
        heard.setdefault(each.reminder, []).append(each)
    moved = {(move.product, move.cycle) for move in move_dates(days)}
    ends = STARTS.date() + timedelta(days)
    for number, row in lived.reminders.items():
        is_plain = number not in lived.answered and row.claimed_at is None and (row.product, row.cycle) not in moved
        if not is_plain or not row.addressee.startswith("team:"):
            continue
        team = teams[int(row.addressee.removeprefix("team:"))]
        until = row.resolved_at.date() if row.resolved_at is not None else ends
        for milestone, first, last in _expected(row, team.tier, calendars[team.zone]):
            said = [each for each in heard.get(number, ()) if each.milestone <= milestone and first <= each.on <= last]
            if last < until - timedelta(1) and not said:
                yield f"T-{milestone} of {row.addressee} {row.product} {row.cycle} {row.deadline} is missing by {last}"


def _expected(row: Reminder, tier: int | None, days: Calendar) -> Iterator[tuple[int, date, date]]:
    """Yield each milestone with the first and the last day on which it, or one after it, is said.

    Of those before the reminder was opened it is the last one that counts, and the digest in which it is said.
    """
    points = {3: (180, 90, 30, 14, 7, 0), 4: (90, 30, 7, 0)}.get(tier or 0, _DAYS)
    overdue = [-7 * week for week in range(1, 9)] + [-56 - 28 * month for month in range(1, 20)]
    backlog: tuple[int, date, date] | None = None
    for milestone in (*points, *overdue):
        day = row.deadline - timedelta(milestone)
        while days.is_free(day):
            day += timedelta(-1 if milestone in (0, 1) else 1)
        is_loud = row.kind != "eoas" and 0 <= milestone <= 30
        if day < row.opened_on:
            # One that was opened on the digest's day, after the digest, waits for the next.
            backlog = milestone, row.opened_on, days.digest(row.opened_on + timedelta(1))
        elif day == row.opened_on:
            # The day's message may have been sent by then.
            after = days.digest(day + timedelta(1))
            yield milestone, day, days.next(day) if is_loud else after
        else:
            yield milestone, day, day if is_loud else days.digest(day)
    if backlog is not None:
        yield backlog


def a_month(messages: Sequence[Message], organisation: Organisation) -> str:
    """Return the table of how many messages each team got in each month."""
    counts: dict[str, Counter[str]] = {}
    months = sorted({f"{message.at:%Y-%m}" for message in messages})
    for message in messages:
        if is_ping(message):
            team = team_of(message, organisation)
            who = team.name if team is not None else message.place
            counts.setdefault(who, Counter())[f"{message.at:%Y-%m}"] += 1
    width = max(map(len, counts), default=4)
    lines = [f"{'':{width}} " + " ".join(month[2:] for month in months) + "   all"]
    for who in sorted(counts):
        row = counts[who]
        lines.append(f"{who:{width}} " + " ".join(f"{row[month]:5}" for month in months) + f" {row.total():5}")
    total = sum(counts.values(), Counter())
    lines.append(f"{'all':{width}} " + " ".join(f"{total[month]:5}" for month in months) + f" {total.total():5}")
    return "\n".join(lines)
