"""Holds a simulated stretch of time to the rules, worked out once more and in another way than Baton does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.clients.eol import starter
from bot.domain.eol.answers import SHARED, AnswerKind
from bot.store.tables import Reminder
from tests.simulation.calendars import Calendar, calendar
from tests.simulation.life import Lived, Message, Said
from tests.simulation.organisation import PLATFORM, STARTS, Organisation, Team, move_dates
from tests.simulation.repeats import cycle_of, repeats
from tests.simulation.running import Running

#: Messages of a day about several things: a digest, and a reminder of a question about an owner.
_OF_TEAM = re.compile(r"(?:eol:digest:team:(?=\d+)|ownership\.matter:team:(?=\d+:remind:))(\d+)")
_DAYS = (365, 180, 90, 60, 30, 14, 7, 1, 0)


@dataclass(frozen=True, slots=True)
class Handover:
    """A team took a reminder over: somebody of it pressed Accept, as the audit log has it."""

    at: datetime
    reminder: int
    team: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What was lived through, and who was told of what at which moment."""

    lived: Lived
    organisation: Organisation
    handovers: Sequence[Handover]

    def team(self, number: int) -> Team:
        return self.organisation.teams[number - 1]

    def told(self, reminder: int, at: datetime) -> Team | None:
        """Return the team that is told of a reminder: whoever took it over last, else its addressee."""
        taken = [each.team for each in self.handovers if each.reminder == reminder and each.at <= at]
        if taken:
            return self.team(taken[-1])
        addressee = self.lived.reminders[reminder].addressee
        return self.team(int(addressee.removeprefix("team:"))) if addressee.startswith("team:") else None

    def team_of(self, message: Message) -> Team | None:
        """Return the team that a message was for; None for what is nobody's, and for those above a team."""
        if message.reminder is not None:
            return self.told(message.reminder, message.at)
        found = _OF_TEAM.match(message.subject)
        return self.team(int(found[1])) if found is not None else None


def scene(lived: Lived, organisation: Organisation) -> Scene:
    accepted = [entry for entry in lived.given if entry.action in ("lifecycle.accept", "lifecycle.taken_over")]
    found = [Handover(each.at, int(each.subject.partition(":")[2]), each.detail["team"]) for each in accepted]
    return Scene(lived, organisation, found)


def problems(lived: Lived, organisation: Organisation, *, days: int) -> list[str]:
    """Return every rule that was broken, each in a sentence."""
    seen = scene(lived, organisation)
    found = [*_quiet_hours(seen), *_a_day(seen), *repeats(lived), *_answered(lived), *_digests(lived)]
    found += [*_told(seen), *_asked(seen), *_pinned(seen)]
    found += _nothing_missing(seen, days)
    return found


def is_ping(message: Message) -> bool:
    """Whether a message calls a team of Baton's own accord: a digest, a root, a milestone.

    What somebody's answer brings to others comes when it is given: an offer, a waiver to be approved, a claim.
    """
    if message.subject.startswith(("lifecycle.", "ownership.")):
        return False
    return not _is_quiet_line(message)


def _is_quiet_line(message: Message) -> bool:
    return message.subject.endswith(":resolved") or any(each in message.subject for each in (":moved:", ":joined:"))


def _quiet_hours(seen: Scene) -> Iterator[str]:
    for message in seen.lived.messages:
        if message.subject.startswith(("lifecycle.", "ownership.")):
            continue
        team = seen.team_of(message)
        zone = team.zone if team is not None else _zone_of_recipient(message, seen.organisation)
        if not calendar(zone).is_open(message.at):
            yield f"{message.subject} came to {message.place} at {message.at}, in quiet hours"
        # A quiet line goes into the thread that there is, which may be that of who had it before.
        if team is not None and message.place != team.place and not _is_quiet_line(message):
            yield f"{message.subject} came to {message.place} instead of {team.place}"


def _zone_of_recipient(message: Message, organisation: Organisation) -> str:
    if message.subject.startswith("eol:owed:person:"):
        return organisation.teams[int(message.subject.split(":")[3]) - 1].zone
    return ""


def _a_day(seen: Scene) -> Iterator[str]:
    counts: Counter[tuple[str, date]] = Counter()
    for message in filter(is_ping, seen.lived.messages):
        team = seen.team_of(message)
        if team is not None:
            counts[team.name, calendar(team.zone).day(message.at)] += 1
        elif message.subject.startswith(("eol:owed:", "eol:digest:")):
            zone = calendar(_zone_of_recipient(message, seen.organisation))
            who = ":".join(message.subject.split(":")[1:-1])
            counts[who, zone.day(message.at)] += 1
    for (who, day), count in counts.items():
        if count > 1:
            yield f"{who} was written to {count} times on {day}"


def _answered(lived: Lived) -> Iterator[str]:
    claims, running = lived.claims, Running(lived)
    for each in lived.said:
        answer = each.quiet_by
        if answer is None or answer.deadline > each.deadline:
            continue
        row = lived.reminders[each.reminder]
        match answer.kind:
            case AnswerKind.ACKNOWLEDGED:
                is_quiet = answer.deadline == each.deadline and each.milestone >= answer.milestone
            case AnswerKind.PLANNED:
                is_quiet = each.on < answer.until - timedelta(7)
            case _:
                is_quiet = each.on < answer.until
        is_contested = (row.addressee, row.product) in lived.contested
        has_news = claims[each.reminder] or running.has_joined(row, answer.at, each.seen_at) or is_contested
        if is_quiet and not has_news:
            yield f"T-{each.milestone} of {row.addressee} {row.product} {row.cycle} was said on {each.on}: {answer}"


def _digests(lived: Lived) -> Iterator[str]:
    on_day = {(each.told, each.on) for each in lived.said}
    first: set[str] = set()
    for message in lived.messages:
        if message.subject.startswith("eol:digest:"):
            who, _, day = message.subject.removeprefix("eol:digest:").rpartition(":")
            has_items = (who, date.fromisoformat(day)) in on_day
            # The versions that nobody knows are all there from the beginning, and said by the first digest; what has
            # not been confirmed lately is asked about by itself.
            if not has_items and who in first and "*Still yours?*" not in message.text:
                yield f"the digest of {who} on {day} is empty"
            first.add(who)


def _told(seen: Scene) -> Iterator[str]:
    """What counts as said was sent on that day to whoever has it now, and a digest that is not cut short names it."""
    sent: dict[tuple[str, date], Message] = {}
    for message in seen.lived.messages:
        if not is_ping(message) and _OF_TEAM.match(message.subject) is None:
            continue
        team = seen.team_of(message)
        if team is not None:
            sent[team.name, calendar(team.zone).day(message.at)] = message
    labels = {product.key: product.label or product.key for product in starter.load().products}
    for each in seen.lived.said:
        row, team = seen.lived.reminders[each.reminder], seen.told(each.reminder, each.seen_at)
        if team is None:
            continue
        if each.told != f"team:{team.number}":
            yield f"{_about(row)} was said to {each.told} on {each.on}, and {team.name} has taken it over"
        found = sent.get((team.name, each.on))
        if found is None:
            yield f"{_about(row)} counts as said to {team.name} on {each.on}, and nothing was sent"
        elif found.reminder is None and "more: `/eol`" not in found.text and labels[row.product] not in found.text:
            yield f"{_about(row)} counts as said to {team.name} on {each.on}, and the digest does not name it"


def _asked(seen: Scene) -> Iterator[str]:
    """Every offer, every waiver and every "not ours" that names a team has asked once, at the right place."""
    asked: dict[tuple[str, int], list[str]] = {}
    for message in seen.lived.messages:
        if message.answer is not None:
            asked.setdefault((message.subject.partition(":")[0], message.answer), []).append(message.place)
    for entry in seen.lived.given:
        named = entry.detail.get("team")
        place = seen.team(named).place if named is not None else ""
        match entry.action.removeprefix("lifecycle."):
            case "delegate":
                question = "lifecycle.offer"
            case "not_ours" if place not in ("", PLATFORM):  # a team with neither channel nor lead cannot be asked
                question = "lifecycle.claim-wanted"
            case "waive":
                question = "lifecycle.waiver"
            case "accept":
                question, place = "lifecycle.offer-accepted", ""
            case "decline":
                question, place = "lifecycle.offer-declined", ""
            case _:
                continue
        places = asked.get((question, entry.detail["answer"]), [])
        if len(places) != 1 or place not in ("", *places):
            yield f"{question} of {entry.subject} at {entry.at} went to {places}, not once to {place or 'its thread'}"


def _pinned(seen: Scene) -> Iterator[str]:
    """Only of what a team runs something is said, as what it counts; and of all that a version counts as."""
    running = Running(seen.lived)
    for each in seen.lived.said:
        row = seen.lived.reminders[each.reminder]
        is_theirs = row.addressee.startswith("team:") and (row.addressee, row.product) not in seen.lived.contested
        if is_theirs and not running.runs(row, each.seen_at):
            yield f"{_about(row)} was said on {each.on}, and nothing of theirs counts as that"
    known = {(row.addressee, row.product, row.cycle) for row in seen.lived.reminders.values()}
    for pin in seen.lived.pins:
        addressee = f"team:{seen.lived.owners.get(pin.asset_id)}"
        is_lasting = running.is_lasting(pin, seen.lived.messages[-1].at - timedelta(5))
        is_theirs = addressee != "team:None" and (addressee, pin.product) not in seen.lived.contested
        if is_lasting and is_theirs and (addressee, pin.pinned_product, pin.pinned_cycle) not in known:
            yield f"nobody looks after {pin.pinned_product} {pin.pinned_cycle} of asset {pin.asset_id}"


def _about(row: Reminder) -> str:
    return f"{row.addressee} {row.product} {row.cycle} {row.kind}"


def _answered_elsewhere(lived: Lived) -> set[tuple[tuple[str, str, str], int]]:
    """Return the reminders of whose release cycle another deadline was planned, waived or claimed: that is for all."""
    givers = {each.reminder_id for each in lived.answers.values() if each.kind in SHARED}
    givers |= {number for number, count in lived.claims.items() if count}
    cycles: dict[tuple[str, str, str], set[int]] = {}
    for number in givers & lived.reminders.keys():
        cycles.setdefault(cycle_of(lived.reminders[number]), set()).add(number)
    return {
        (cycle_of(row), number)
        for number, row in lived.reminders.items()
        if cycles.get(cycle_of(row), set()) - {number}
    }


def _nothing_missing(seen: Scene, days: int) -> Iterator[str]:
    """Go through what nobody answered and no date of which moved: all of it has been said in its time.

    Of what was taken over, by what came after: answers given before have ended.
    """
    lived, claims = seen.lived, seen.lived.claims
    heard: dict[int, list[Said]] = {}
    for each in lived.said:
        heard.setdefault(each.reminder, []).append(each)
    moved = {(move.product, move.cycle) for move in move_dates(days)}
    ends, answered = STARTS.date() + timedelta(days), _answered_elsewhere(lived)
    for number, row in lived.reminders.items():
        team, since = seen.told(number, STARTS + timedelta(days)), _free_since(seen, number)
        is_moved = (row.product, row.cycle) in moved or (row.addressee, row.product) in lived.contested
        if team is None or since is None or claims[number] or is_moved or (cycle_of(row), number) in answered:
            continue
        until = row.resolved_at.date() if row.resolved_at is not None else ends
        tier = seen.team(int(row.addressee.removeprefix("team:"))).tier
        for milestone, first, last in _expected(row, tier, calendar(team.zone)):
            said = [each for each in heard.get(number, ()) if each.milestone <= milestone and first <= each.on <= last]
            if since < first and last < until - timedelta(1) and not said:
                yield f"T-{milestone} of {_about(row)} {row.deadline} is missing by {last} for {team.name}"


def _free_since(seen: Scene, number: int) -> date | None:
    """Return the day since which no answer has been given to a reminder; None where the last one may hold still.

    A handover ends what was answered before.
    """
    answers = [each for each in seen.lived.answers.values() if each.reminder_id == number]
    taken = [each.at for each in seen.handovers if each.reminder == number]
    if not taken:
        return date.min if not answers else None
    return None if any(each.at > taken[-1] for each in answers) else taken[-1].date()


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


def a_month(lived: Lived, organisation: Organisation) -> str:
    """Return the table of how many messages each team got in each month."""
    seen, messages = scene(lived, organisation), lived.messages
    counts: dict[str, Counter[str]] = {}
    months = sorted({f"{message.at:%Y-%m}" for message in messages})
    for message in messages:
        if is_ping(message):
            team = seen.team_of(message)
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
