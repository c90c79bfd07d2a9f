"""Phrases in threads of their own, `domain/backlog/phrases.yaml`: how many ways to say a thing drafting understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests import drafting

FILE = Path(__file__).parent / "domain" / "backlog" / "phrases.yaml"
_DATE = "2026-11-03T10:00"
#: What stands around a phrase, so that it is said in a thread.
_AROUND = {
    "gaps": ("eva: we want to send the events through X, can devops host it?", ""),
    "skilled": ("eva: we want to send the events through X, can devops host it?", ""),
    "rejected": ("eva: we need a broker for the events", "eva: can we have Y then?"),
    "kept": ("eva: events story", ""),
    "named": ("eva: please, we need a test environment", ""),
    "wishes": ("", ""),
    "no_wishes": ("", ""),
    "hours": ("eva: about the exports", "eva: can devops please automate this with a script?"),
    "dates": ("eva: please, we need a test environment", ""),
    "blocked": ("eva: please, we need the signing certificate", ""),
    "errands": ("", ""),
    "added": ("", ""),
    "agreed": ("", ""),
    "fulfilled": ("", ""),
    "notes": ("", ""),
}
KINDS = tuple(_AROUND)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with what is right to make of it; `is_aside` where the rules are not tuned on it."""

    kind: str
    text: str
    expected: dict[str, Any] = field(hash=False)
    is_aside: bool

    @property
    def is_understood(self) -> bool:
        draft = drafting.drafted(self._thread())
        names = {*draft["technologies"], *draft["skills_gaps"]}
        match self.kind:
            case "gaps":
                return "pulsar" in draft["skills_gaps"]
            case "skilled":
                return "pulsar" not in draft["skills_gaps"]
            case "rejected":
                return "pulsar" not in names and "nats" in names
            case "kept":
                return "pulsar" in names
            case "named":
                return set(draft["technologies"]) == set(self.expected["tech"])
            case "wishes":
                return any(item["type"] in self.expected["types"] for item in draft["items"])
            case "no_wishes":
                return not draft["items"]
            case "hours":
                return _is_near(draft["hours_per_month"], self.expected["hours"])
            case "errands" | "added" | "agreed" | "fulfilled" | "notes":
                return _is_as_said(draft, self.expected)
            case "dates":
                right = [self.expected["by"], *self.expected.get("ok", [])]
                return draft["needed_by"] in [each and str(each) for each in right]
            case _:
                return bool(draft["people_blocked"] == self.expected["n"])

    @property
    def labelled(self) -> drafting.Labels:
        """The thread of a phrase about a skill, with its labels."""
        said = self.text.replace("X", "Pulsar").split(" - ")
        lacking = {"gaps": ["pulsar"], "gaps_said": said} if self.kind == "gaps" else {"gaps_said": []}
        return self._thread() | {"only_skills": True} | lacking

    def _thread(self) -> dict[str, Any]:
        before, after = _AROUND[self.kind]
        parts = [self.text] if "\n" in self.text else self.text.split(" - ")
        said = [f"{'ben' if at % 2 == 0 else 'cas'}: {part}" for at, part in enumerate(parts)]
        lines = [line.replace("X", "Pulsar").replace("Y", "NATS") for line in (before, *said, after) if line]
        return {"date": _DATE, "m": lines}


def read() -> Iterator[Phrase]:
    for kind, phrases in yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
        for at, row in enumerate(phrases):
            expected = row if isinstance(row, dict) else {"text": row}
            yield Phrase(kind, expected["text"], expected, is_aside=at % 2 == 1)


def _is_near(found: float | None, right: float | None) -> bool:
    if found is None or right is None:
        return found is right
    return abs(found - right) <= max(0.1 * right, 0.5)


def _is_as_said(draft: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether a draft has an item for each word in `items` and no other, and the other values that are expected."""
    titles = [item["title"].lower() for item in draft["items"]]
    for word in expected.get("items", []):
        about = next((each for each in titles if word in each), None)
        if about is None:
            return False
        titles.remove(about)
    stays = " ".join(draft["stays_with_team"]).lower()
    named = {"tech": "technologies", "gaps": "skills_gaps"}
    return (
        not (titles and "items" in expected)
        and all(set(draft[named[key]]) == set(expected[key]) for key in named if key in expected)
        and ("by" not in expected or draft["needed_by"] == (expected["by"] and str(expected["by"])))
        and ("hours" not in expected or _is_near(draft["hours_per_month"], expected["hours"]))
        and all(word in stays for word in expected.get("stays", []))
    )
