"""The lines of a report about end of life: one for each product and cycle, under a title for how urgent it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from bot.blocks.eol import actions, buttons, image
from bot.blocks.eol import report_words as words
from bot.blocks.eol.answers import had_planned, planned
from bot.blocks.eol.buttons import pin_button
from bot.blocks.eol.words import day, month_sums, plain_name
from bot.blocks.text import SECTION_TEXT, Block, bold, button, cut_mrkdwn, escape, section
from bot.blocks.values import encode
from bot.domain.eol.answers import Answer, AnswerKind, State
from bot.domain.eol.charges import monthly_of
from bot.domain.eol.deadlines import current, deadlines_of
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.image_libraries import Inside
from bot.domain.eol.periods import Between, Overdue
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.reports import LISTED, Entry, Report, Urgency
from bot.domain.phrases import counted

_MOST_TEAMS_IN_LINE = 6
#: Characters of one line: a page of them with its head has to fit into a message.
_LONGEST_LINE = 560
#: What is shared with whom is looked for among so many of a line's runs.
_LOOKED_AT = 200
_TITLES = {
    Urgency.OVERDUE: ":red_circle: Overdue",
    Urgency.SOON: ":hourglass_flowing_sand: Within 90 days",
    Urgency.PAID: ":moneybag: In extended support",
    Urgency.LATER: ":calendar: Later",
    Urgency.PLANNED: ":memo: Planned",
    Urgency.WAIVED: ":no_bell: Waived",
}
#: Titles of what somebody has to do something about now.
PRESSING = frozenset(_TITLES[each] for each in (Urgency.OVERDUE, Urgency.SOON, Urgency.PAID))
_UNSURE, _UNDATED = ":grey_question: Unknown versions", ":large_blue_circle: No end announced"
#: Of what nobody runs.
_RELEASES = ":calendar: When it ends"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of a report, under its title; `entries` are what it says of deadlines. `button` opens the rest of it."""

    title: str
    text: str
    entries: tuple[Entry, ...] = ()
    button: Mapping[str, Any] | None = None

    @property
    def may_correct(self) -> bool:
        """Whether its button says what a version is that nobody knows."""
        return self.button is not None and self.button["action_id"] == actions.PIN


def lines(report: Report) -> list[ReportRow]:
    """Return the lines of a report in their order: one for each product and cycle under each title, then each image."""
    own, inside = report.by_image()
    by_urgency: dict[Urgency, list[ReportRow]] = {urgency: [] for urgency in LISTED}
    for (urgency, *_), group in groupby(own, key=_group):
        entries = tuple(group)
        row = ReportRow(_TITLES[urgency], _entry_line(report, entries), entries, _open_button(entries))
        by_urgency[urgency].append(row)
    for each in inside:
        by_urgency[each.items[0].urgency].append(_image_row(report, each))
    found = [row for rows in by_urgency.values() for row in rows]
    unsure, unsure_inside = report.unsure_by_image()
    for runs in (list(same) for _, same in groupby(unsure, key=_words_of)):
        found.append(ReportRow(_UNSURE, _unsure_line(report, runs), button=_pin_button(runs)))
    found += [_unsure_row(report, each) for each in unsure_inside]
    if lists_undated(report):
        found += [ReportRow(_UNDATED, _undated_line(list(runs))) for _, runs in groupby(report.undated, key=_words_of)]
    found += [ReportRow(_RELEASES, _release_line(product, cycle, report.today)) for product, cycle in report.releases]
    return found


def sections(shown: Sequence[ReportRow]) -> Iterator[Block]:
    """Yield the lines under their titles, as many to a section as it holds."""
    for title, group in groupby(shown, key=lambda line: line.title):
        part = f"*{title}*"
        for line in group:
            if line.button is not None:
                head = f"*{title}*\n" if part == f"*{title}*" else ""
                if part and not head:
                    yield section(part)
                yield {**section(f"{head}{line.text}"), "accessory": line.button}
                part = ""
            elif len(part) + len(line.text) + 1 > SECTION_TEXT:
                yield section(part)
                part = line.text
            else:
                part = f"{part}\n{line.text}" if part else line.text
        if part:
            yield section(part)


def as_text(shown: Sequence[ReportRow]) -> Iterator[str]:
    """Yield titles and lines, for where there are no blocks."""
    for title, group in groupby(shown, key=lambda line: line.title):
        yield f"*{title}*"
        yield from (line.text for line in group)


def _group(entry: Entry) -> tuple[Urgency, str, str, str, str]:
    """Return what shares a line: what ends at once and costs the same."""
    watch, money = entry.watch, entry.charged.said(with_next=True)
    return entry.urgency, watch.product.key, watch.cycle.name, f"{watch.deadline.kind}{watch.deadline.on}", money


def _words_of(running: MatchedDeployment) -> tuple[str, str, str]:
    one = running.deployment
    return one.observed.product, one.observed.version, one.observed.provider


def _entry_line(report: Report, entries: Sequence[Entry]) -> str:
    first = entries[0]
    watch = first.watch
    head = f"{bold(words.release(watch.product, watch.cycle))}: {words.ends(watch.deadline, watch.cycle, report.today)}"
    if money := first.charged.said(with_next=True, day=day, a_month=_a_month(entries, report.today)):
        head += f" · {money}"
    if first.active_until is not None:
        head += f" · active support until {day(first.active_until)}"
    is_one_team = len(report.subject.teams) == 1 and all(
        each.holder.team is not None and each.holder.team.id == report.subject.teams[0].id for each in entries
    )
    whose = [_theirs(each, report.today, is_named=not is_one_team) for each in entries[:_MOST_TEAMS_IN_LINE]]
    # On one line: Slack drops the spaces that would set a second one in.
    return _listed(f"• {head} — ", whose, len(entries))


def _a_month(entries: Sequence[Entry], today: date) -> str:
    """Return about what all that is on one line is charged a month today; empty for nothing that is known."""
    first = entries[0]
    if first.charged.now is None:
        return ""
    goes_on = (one.goes_on for each in entries for one in each.watch.runs)
    return month_sums(monthly_of(first.watch.cycle, today, goes_on))


def _open_button(entries: Sequence[Entry]) -> Mapping[str, Any] | None:
    """Return the button that opens the reminder, where a line is about one; what has none yet gets it then."""
    if len(entries) > 1:
        return None
    watch, reminder = entries[0].watch, entries[0].reminder
    value = str(reminder.id) if reminder is not None else encode(actions.DeadlineValue(*watch.key))
    return button("Open", actions.OPEN, value, label=f"Open: {plain_name(watch)}")


def keep_button(row: ReportRow, today: date) -> Mapping[str, Any] | None:
    """Return the button that goes on with what the owner before had planned; None where nobody had, or it is over."""
    for each in row.entries:
        found = each.reminder.inherited if each.reminder is not None else None
        if each.reminder is not None and found is not None and found.may_be_kept(today):
            return buttons.keep_button(each.reminder.id, plain_name(each.watch))
    return None


def _image_row(report: Report, inside: Inside[Entry]) -> ReportRow:
    """Return the line about the libraries inside one image, with the first of them that ends or ended."""
    worst = min(inside.items, key=lambda each: each.watch.deadline.on)
    whose = "" if len(report.subject.teams) == 1 else f"{words.owner(worst)}: "
    said = image.line(inside, worst.watch, report.today)
    return ReportRow(_TITLES[worst.urgency], f"• {whose}{said}", (worst,), image.open_button(inside))


def _listed(head: str, whose: Sequence[str], count: int, *, after: str = "") -> str:
    """Return one line about several teams, `count` in all: as many as it holds, then how many more there are."""
    for shown in range(len(whose), 0, -1):
        more = count - shown
        rest = f"; and {counted(more, 'more team')}" if more else ""
        line = f"{head}{'; '.join(whose[:shown])}{rest}{after}"
        if len(line) <= _LONGEST_LINE:
            return line
    return cut_mrkdwn(line, _LONGEST_LINE)


def _theirs(entry: Entry, today: date, *, is_named: bool) -> str:
    watch = entry.watch
    said = words.names(watch.runs)
    if is_named:
        said = f"{words.owner(entry)}: {said}"
    elif giver := words.given_by(entry):
        said += f", {giver}"
    owners = {name for one in watch.runs[:_LOOKED_AT] for _, name in one.responsible.others}
    others = sorted(owners - {entry.holder.name})  # whoever has taken it over may own another part
    if others and not is_named:
        said += f" (shared with {', '.join(escape(name, 40) for name in others[:3])})"
    state = _state(entry, today)
    return f"{said} · {state}" if state else said


def _state(entry: Entry, today: date) -> str:
    """Return what is being done about it."""
    reminder = entry.reminder
    if reminder is None:
        return ""
    if reminder.claimed_at is not None:
        by = escape(reminder.claimed_by.name, 40) if reminder.claimed_by is not None else "somebody"
        return f"{by} reported it done, not verified"
    last = entry.effect.last if entry.effect is not None else None
    if last is not None:
        return _answered(entry, last, today)
    if reminder.inherited is not None and (before := had_planned(reminder.inherited, today)):
        return before
    is_asked = entry.effect is not None and entry.effect.asked(AnswerKind.WAIVED) is not None
    return "a waiver awaits approval" if is_asked else ""


def _answered(entry: Entry, last: Answer, today: date) -> str:
    by = escape(last.person.name, 40) if last.person is not None else "somebody"
    until = day(last.until) if last.until is not None else ""
    state = entry.effect.last_state if entry.effect is not None else None
    moved = ", before the date moved" if state is State.OUTDATED else ""
    match last.kind:
        case AnswerKind.PLANNED:
            return planned(last, state, today)
        case AnswerKind.WAIVED:
            return f"the waiver ended {until}" if state is State.OVER else f"waived until {until}{moved}"
        case AnswerKind.SNOOZED:
            return f"snoozed until {until} by {by}" if state is State.HOLDS else ""
        case _:
            return f"acknowledged by {by}"


def _unsure_line(report: Report, runs: Sequence[MatchedDeployment]) -> str:
    first = runs[0]
    source = words.sources(runs)
    is_named = len(report.subject.teams) != 1
    by_owner: dict[str, list[MatchedDeployment]] = {}
    for one in runs:
        by_owner.setdefault(words.owner(one) if is_named else "", []).append(one)
    said = [f"{owner}: {words.names(theirs)}" if owner else words.names(theirs) for owner, theirs in by_owner.items()]
    after = f" · from {source}" if source else ""
    head = f"• {words.version(first)}: {words.why_unsure(first)} — "
    return _listed(head, said[:_MOST_TEAMS_IN_LINE], len(said), after=after)


def _pin_button(runs: Sequence[MatchedDeployment]) -> Mapping[str, Any] | None:
    """Return the button that corrects the first of these versions; None where no one team or person could press it.

    Once that is known the next has its turn.
    """
    owners = {one.responsible.addressee.key for one in runs}
    return pin_button(runs[0]) if len(owners) == 1 and runs[0].responsible.addressee.name else None


def _unsure_row(report: Report, inside: Inside[MatchedDeployment]) -> ReportRow:
    whose = "" if len(report.subject.teams) == 1 else f"{words.owner(inside.items[0])}: "
    return ReportRow(_UNSURE, f"• {whose}{image.unsure_line(inside)}", button=image.open_button(inside))


def _release_line(product: Product, cycle: Cycle, today: date) -> str:
    said = " · ".join(words.ends(each, cycle, today) for each in current(deadlines_of(cycle), today))
    return f"• {bold(words.release(product, cycle))}: {said or 'no end announced'}"


def _undated_line(runs: Sequence[MatchedDeployment]) -> str:
    return f"• {words.version(runs[0])} — {words.names(runs)}"


def lists_undated(report: Report) -> bool:
    """Whoever asks about a thing or a product wants every version of it; a team's list is about what ends."""
    subject = report.subject
    is_narrow = subject.asset is not None or subject.product is not None
    return is_narrow and not isinstance(report.period, Between | Overdue) and not report.only_unknown
