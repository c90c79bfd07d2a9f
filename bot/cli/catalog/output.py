"""An import's report for a person: a summary, then the changes, grouped by team."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from bot.cli._terminal import print_problems
from bot.domain.catalog import Area
from bot.domain.names import clean
from bot.services.catalog import (
    ImportOutcome,
    ImportReport,
    OutdatedLine,
    PersonChange,
    PositionChange,
    ReportAction,
    ReportLine,
)

#: How many changes are printed; `--json` has all of them.
_SHOWN = 40
_MARKS = {ReportAction.ADDED: "+", ReportAction.CHANGED: "~", ReportAction.REMOVED: "-"}
#: Which lines are kept first when not all are printed, by their mark.
_WEIGHTS = {"!": 0, "-": 1, "~": 2}
_NOBODY = "nobody"
#: The heading for things without a named owner; the owner of what they are a part of may own them.
_UNNAMED = "no owner named"

#: A title and its lines.
_Section = tuple[str, list[str]]


def print_report(report: ImportReport) -> None:
    """Print the summary and changes to standard output, and problems to standard error."""
    print_problems(report.problems)
    if report.kept:
        sys.stderr.write(f"{len(report.kept):,} kept unchanged because of errors in their files.\n")
    if report.refusal:
        sys.stderr.write(report.refusal + "\n")
    sys.stdout.write(summary(report) + "\n")
    _print_uncut("who is in which team", map(_position, report.positions), report.positions_changed)
    _print_uncut("who is who", map(_person, report.people), report.people_changed)
    _print_uncut("not yet updated after a handoff", map(_outdated, report.outdated), report.outdated_count)
    sections = _sections(report.changes)
    shown = _weightiest(sections)
    for number, (title, lines) in enumerate(sections):
        if kept := [line for at, line in enumerate(lines) if (number, at) in shown]:
            sys.stdout.write("".join(f"{line}\n" for line in (f"  {title}", *kept)))
    hidden = sum(len(lines) for _, lines in sections) - len(shown) + report.more_changes
    if hidden:
        sys.stdout.write(f"  … and {hidden:,} more; --json lists the first {len(report.changes):,}.\n")


def _print_uncut(title: str, listed: Iterable[str], changed: int) -> None:
    """Print lines that must not be lost among the changes before them."""
    lines = list(listed)
    if not lines:
        return
    sys.stdout.write(f"  {title}\n")
    sys.stdout.writelines(f"    {line}\n" for line in lines[:_SHOWN])
    if (more := changed - _SHOWN) > 0:
        sys.stdout.write(f"    … and {more:,} more; --json lists the first {len(lines):,}.\n")


def _position(each: PositionChange) -> str:
    verb = {ReportAction.ADDED: "joins", ReportAction.REMOVED: "leaves"}[each.action]
    role = "" if each.role == "member" else f" as {each.role}"
    return f"{_MARKS[each.action]} {clean(each.person)} {verb} {clean(each.team)}{role}"


def _person(each: PersonChange) -> str:
    mark, name = _MARKS[each.action], clean(each.person)
    if each.field == "is_active":
        return f"{mark} {name} {'has left' if each.action is ReportAction.REMOVED else 'is back'}"
    verb = "is no longer" if each.action is ReportAction.REMOVED else "is"
    return f"{mark} {name} {verb} {'@' * (each.field == 'handle')}{clean(each.value)}"


def _outdated(each: OutdatedLine) -> str:
    area = "" if each.area == Area.ALL else f" ({each.area})"
    where = f" in {clean(each.file)}" if each.file else ""
    patch = f" (`baton handoff patch {each.handoff}`)" if each.handoff is not None else ""
    then = f", a dispute from {each.until.date()} on{patch}" if each.until is not None else ""
    return f"= {clean(each.asset)}{area}: still {clean(each.owner)}{where}{then}"


def summary(report: ImportReport) -> str:
    """Return one line with the outcome and the numbers of added, changed and removed things."""
    parts = []
    for noun in ("assets", "teams", "people", "facts"):
        counts = ((report.counts.get(f"{noun}_{verb}", 0), verb) for verb in ("added", "changed", "removed"))
        if said := ", ".join(f"{count:,} {verb}" for count, verb in counts if count):
            parts.append(f"{noun}: {said}")
    if report.newly_disputed:
        parts.append(f"newly disputed: {report.newly_disputed:,}")
    if report.outdated_count:
        parts.append(f"not yet updated: {report.outdated_count:,}")
    if report.is_unread:
        parts.append("no file has changed since the last import, so none was read")
    would = "would be " if report.is_dry_run else ""
    meant = "it would mean " if report.outcome is ImportOutcome.REFUSED else ""
    return f"{report.source}: {would}{report.outcome}" + (f" ({meant}{'; '.join(parts)})" if parts else "")


def _weightiest(sections: Sequence[_Section]) -> set[tuple[int, int]]:
    """Return the places of the lines to print if not all are: disputes before removals, removals before the rest."""
    places = [
        (_WEIGHTS.get(line.lstrip()[0], len(_WEIGHTS)), number, at)
        for number, (_, lines) in enumerate(sections)
        for at, line in enumerate(lines)
    ]
    return {(number, at) for _, number, at in sorted(places)[:_SHOWN]}


def _sections(changes: Iterable[ReportLine]) -> list[_Section]:
    """Return each team with its changes. An asset that went from one team to another is listed under both."""
    by_team: dict[str, list[str]] = {}
    others: list[str] = []
    for change in changes:
        if change.subject != "asset":
            others.append(f"    {_MARKS[change.action]} {change.subject} {clean(change.name)}")
            continue
        for team in dict.fromkeys((*change.owners_after, *change.owners_before)) or (_UNNAMED,):
            by_team.setdefault(team, []).append(f"    {_asset(change, team)}")
    sections = [
        (clean(team), sorted(by_team[team], key=lambda line: line[6:]))
        for team in sorted(by_team, key=lambda name: (name == _UNNAMED, name.lower()))
    ]
    return [*sections, ("teams and people", others)] if others else sections


def _asset(change: ReportLine, team: str) -> str:
    """Return what happened to an asset, from this team's point of view."""
    name = clean(change.name)
    before, after = (clean(", ".join(names)) or _NOBODY for names in (change.owners_before, change.owners_after))
    if change.is_disputed:
        return f"! {name}: {'disputed' if not change.was_disputed else 'still disputed'} between {after}"
    if change.owners_before == change.owners_after:
        return f"{_MARKS[change.action]} {name}"
    if change.action is ReportAction.ADDED:
        others = clean(", ".join(owner for owner in change.owners_after if owner != team))
        return f"+ {name}" + (f" (with {others})" if others else "")
    if change.action is ReportAction.REMOVED:
        return f"- {name}"
    mark = "+" if team not in change.owners_before else "-" if team not in change.owners_after else "~"
    return f"{mark} {name}: {before} -> {after}" + (", no longer disputed" if change.was_disputed else "")
