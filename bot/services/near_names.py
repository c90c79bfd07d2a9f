"""People and teams whose names are near one that nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.names import fold
from bot.domain.records import PersonRecord, TeamRecord
from bot.services.snapshot import Snapshot

#: A longer name may have two slips.
_SHORT = 4
#: What is shorter is the beginning of too many.
_SHORTEST_BEGINNING = 3
_MOST = 5


def people_near(snapshot: Snapshot, name: str) -> tuple[PersonRecord, ...]:
    """Return the people who are called almost so, the nearest first."""
    named = snapshot.people_by_name()
    ids = dict.fromkeys(number for key in _near(name, named) for number in named[key])
    return tuple(filter(None, map(snapshot.person, ids)))[:_MOST]


def teams_near(snapshot: Snapshot, name: str) -> tuple[TeamRecord, ...]:
    """Return the teams that are called almost so, the nearest first."""
    named = {fold(team.name): team for team in snapshot.teams()}
    return tuple(named[key] for key in _near(name, named))[:_MOST]


def _near(name: str, names: Iterable[str]) -> Iterator[str]:
    """Yield those of these folded names, the nearest first, that differ by a slip or two or go on after the name."""
    key, known = fold(name), list(names)
    slips = 2 if len(key) > _SHORT else 1
    near = [each for each, *_ in process.extract(key, known, scorer=OSA.distance, score_cutoff=slips, limit=_MOST)]
    if len(key) >= _SHORTEST_BEGINNING:
        near += sorted(each for each in known if each.startswith(key))[:_MOST]
    yield from dict.fromkeys(near)
