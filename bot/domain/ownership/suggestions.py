"""Which teams could own something that has no owner, with the evidence for each. A suggestion is never an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.names import fold
from bot.domain.ownership.holdings import CatalogView, active_members
from bot.domain.records import TeamRecord


class EvidenceKind(StrEnum):
    """What speaks for a team, the strongest first."""

    TEAMMATES = "teammates"  #: the person who owned it was in the team
    MOVED = "moved"  #: people of the team that owned it are in the team now
    COMMITS = "commits"  #: its people have committed to it recently
    BEFORE = "before"  #: it owned it before
    PART = "part"  #: it owns or helps with another area of it
    PARENT = "parent"  #: it owns what this is a part of
    ACTED = "acted"  #: its people have acted on it in Baton
    NEIGHBOURS = "neighbours"  #: it owns most of what is beside it


#: How many teams are suggested for one thing, and for all things that an owner left behind.
_MOST_TEAMS, _MOST_HEIRS = 3, 5
_WEIGHTS = {kind: len(EvidenceKind) - place for place, kind in enumerate(EvidenceKind)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a team.

    `name` is the asset or person that it is about, `count` how often it happened, and `at` when it last did, if known.
    """

    kind: EvidenceKind
    team_id: int
    name: str = ""
    count: int = 1
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A team that could own something, with its evidence, the strongest first."""

    team: TeamRecord
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Heir:
    """A team that could own some of the things that an owner left behind, with its evidence by asset id."""

    team: TeamRecord
    evidence: Mapping[int, tuple[Evidence, ...]]


def suggest(
    found: Iterable[Evidence], catalog: CatalogView, *, rejected: Collection[int] = ()
) -> tuple[Suggestion, ...]:
    """Return the teams with the most evidence, three at most, without those that said no or have nobody in them."""
    by_team: dict[int, dict[EvidenceKind, Evidence]] = {}
    for each in found:
        kinds = by_team.setdefault(each.team_id, {})
        before = kinds.get(each.kind)
        if before is None or each.count > before.count:
            kinds[each.kind] = each
    made = []
    for team_id, kinds in by_team.items():
        team = catalog.team(team_id)
        if team is None or team.is_gone or team_id in rejected or next(active_members(team, catalog), None) is None:
            continue
        made.append(Suggestion(team, tuple(sorted(kinds.values(), key=lambda one: -_WEIGHTS[one.kind]))))
    return tuple(sorted(made, key=_rank)[:_MOST_TEAMS])


def heirs(suggestions: Mapping[int, Sequence[Suggestion]]) -> tuple[Heir, ...]:
    """Return the teams that are suggested for some of several assets, each with its assets; five at most."""
    found: dict[TeamRecord, dict[int, tuple[Evidence, ...]]] = {}
    for asset_id, suggested in suggestions.items():
        for each in suggested:
            found.setdefault(each.team, {})[asset_id] = each.evidence
    weights = {team.id: sum(map(_weight, evidence.values())) for team, evidence in found.items()}
    ordered = sorted(found, key=lambda team: (-weights[team.id], fold(team.name), team.id))
    return tuple(Heir(team, found[team]) for team in ordered[:_MOST_HEIRS])


def _weight(evidence: Iterable[Evidence]) -> int:
    return sum(_WEIGHTS[each.kind] for each in evidence)


def _rank(made: Suggestion) -> tuple[int, str, int]:
    return -_weight(made.evidence), fold(made.team.name), made.team.id
