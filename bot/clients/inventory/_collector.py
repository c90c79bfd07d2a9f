"""What the readers share: a collector for what they find, and text formatted for a problem's sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.catalog import Origin, Problem
from bot.domain.inventory.scans import Sighting, Sightings
from bot.domain.names import clean

#: The most problems that are kept for one file.
_MAX_PROBLEMS = 200


@dataclass(slots=True)
class Collector:
    """Collects what a file shows: each product, version and address once, at its first place."""

    path: str
    subject: str = ""
    _found: dict[tuple[str, str, str, str], Sighting] = field(default_factory=dict)
    _problems: list[Problem] = field(default_factory=list)

    def at(self, line: int | None = None) -> Origin:
        """Return a place in the file. `line` counts from 1."""
        return Origin(self.path, line)

    def add(self, sighting: Sighting) -> None:
        """Add a sighting, unless it repeats an earlier one."""
        key = (sighting.product, sighting.version, sighting.purl, sighting.address)
        self._found.setdefault(key, sighting)

    def problem(self, message: str, line: int | None = None, *, is_error: bool = True) -> None:
        """Add a problem. Problems beyond a limit are summed up in one sentence."""
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(Problem(self.at(line), message, is_error))
        elif len(self._problems) == _MAX_PROBLEMS:
            text = f"has more than {_MAX_PROBLEMS} problems, the rest is not shown."
            self._problems.append(Problem(self.at(), text))

    def done(self) -> Sightings:
        """Return what was collected."""
        return Sightings(tuple(self._found.values()), tuple(self._problems), self.subject)


def quoted(text: str, *, limit: int = 80) -> str:
    """Return `text` cleaned, shortened and in quotation marks."""
    text = clean(text[: limit * 4])
    return f"'{text if len(text) <= limit else text[: limit - 1] + '…'}'"
