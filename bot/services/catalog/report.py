"""What an import did, for a person or as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.catalog import Problem
from bot.domain.secrets import redacted

#: Changes that a report lists, and of those beyond, new disputes that it lists all the same; it counts all of them.
MAX_CHANGES = 200


class ImportOutcome(StrEnum):
    """How an import ended. `REFUSED` changed nothing."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ReportAction(StrEnum):
    """What became of one asset, team or person."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report: `name` is an asset's ref, a team's or a person's name; owners by name, assets only.

    `owners_before` and `owners_after` are those of the asset from all imports together, and from what people claimed;
    `was_disputed` and `is_disputed` say whether these contradict each other.
    """

    action: ReportAction
    subject: str
    name: str
    owners_before: tuple[str, ...] = ()
    owners_after: tuple[str, ...] = ()
    was_disputed: bool = False
    is_disputed: bool = False


@dataclass(frozen=True, slots=True, order=True)
class PositionChange:
    """Who was added to or removed from which team, by name; `role` is `member`, `lead` or `manager`."""

    team: str
    person: str
    role: str
    action: ReportAction


@dataclass(frozen=True, slots=True, order=True)
class PersonChange:
    """What somebody whom the catalog had is now known by, or is no longer.

    `field` is `email`, `handle`, `slack_id` or `is_active`, which has an empty `value` and is `REMOVED` of a leaver.
    """

    person: str
    field: str
    value: str
    action: ReportAction


@dataclass(frozen=True, slots=True, order=True)
class OutdatedLine:
    """The source still names the giver of what was handed over: the asset's ref, the giver's name, and the file.

    From `until` on it is a dispute; None where it never is one, as `Drift` has it. `handoff` is the number of the
    handoff; None for an agreed claim.
    """

    asset: str
    area: str
    owner: str
    file: str
    until: datetime | None
    handoff: int | None = None


@dataclass(slots=True)
class Changes:
    """Collects changes up to a bound, and counts the rest."""

    listed: list[ReportLine] = field(default_factory=list)
    more: int = 0
    newly_disputed: int = 0
    positions: list[PositionChange] = field(default_factory=list)
    people: list[PersonChange] = field(default_factory=list)

    def lists(self, *, is_new_dispute: bool) -> bool:
        """Count a change that is to come; return whether it has to be added, too."""
        self.newly_disputed += is_new_dispute
        if len(self.listed) < MAX_CHANGES * (2 if is_new_dispute else 1):
            return True
        self.more += 1
        return False

    def add(self, change: ReportLine) -> None:
        """Take a change that is listed. A secret that an earlier import took for a name is not repeated."""
        before, after = (tuple(map(redacted, names)) for names in (change.owners_before, change.owners_after))
        self.listed.append(replace(change, name=redacted(change.name), owners_before=before, owners_after=after))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The outcome of an import; of a dry run, what the outcome would have been.

    `counts` has `<assets|teams|people|facts>_<added|changed|removed|unchanged>`. `kept` names claims that were not read
    because their document has an error, and that therefore still stand. `refusal` is a sentence when the outcome is
    `REFUSED`, else "". `notes` counts the problems that are not in the files alone: other sources may yet solve them.
    `more_changes` counts those that `changes` has no room for; `newly_disputed` counts them all.
    `positions` says who joins and leaves which team, `people` who is known by what and who has left;
    `positions_changed` and `people_changed` count those beyond the bound, too.
    `outdated` says what of the source has not followed a handoff yet, `outdated_count` how much there is of it.
    `is_unread` says that the files were left unread, because the last import had read the same.
    """

    source: str
    outcome: ImportOutcome
    is_dry_run: bool
    counts: dict[str, int]
    problems: tuple[Problem, ...] = ()
    notes: int = 0
    kept: tuple[str, ...] = ()
    refusal: str = ""
    changes: tuple[ReportLine, ...] = ()
    more_changes: int = 0
    newly_disputed: int = 0
    positions: tuple[PositionChange, ...] = ()
    positions_changed: int = 0
    people: tuple[PersonChange, ...] = ()
    people_changed: int = 0
    outdated: tuple[OutdatedLine, ...] = ()
    outdated_count: int = 0
    is_unread: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the report as values that JSON has."""
        return {
            "source": self.source,
            "outcome": self.outcome.value,
            "dry_run": self.is_dry_run,
            "refusal": self.refusal or None,
            "counts": self.counts,
            "problems": [
                {
                    "path": problem.origin.path,
                    "line": problem.origin.line,
                    "message": problem.message,
                    "is_error": problem.is_error,
                }
                for problem in self.problems
            ],
            "kept": list(self.kept),
            "changes": [
                asdict(each) | {"owners_before": [*each.owners_before], "owners_after": [*each.owners_after]}
                for each in self.changes
            ],
            "more_changes": self.more_changes,
            "newly_disputed": self.newly_disputed,
            "positions": [
                {"action": each.action.value, "team": each.team, "person": each.person, "role": each.role}
                for each in self.positions
            ],
            "positions_changed": self.positions_changed,
            "people": [
                {"action": each.action.value, "person": each.person, "field": each.field, "value": each.value}
                for each in self.people
            ],
            "people_changed": self.people_changed,
            "outdated": [
                asdict(each) | {"until": each.until.isoformat() if each.until is not None else None}
                for each in self.outdated
            ],
            "outdated_count": self.outdated_count,
            "unread": self.is_unread,
        }


def empty_counts() -> Counter[str]:
    """Return every count of a report, at nought."""
    verbs = ("added", "changed", "removed", "unchanged")
    return Counter({f"{noun}_{verb}": 0 for noun in ("assets", "teams", "people", "facts") for verb in verbs})
