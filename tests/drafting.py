"""Labelled threads for drafting, and how far drafts are from their labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.cli.backlog.draft import as_dict
from bot.domain.backlog import drafts, technologies, threads
from tests.conftest import SHARED

_FOLDER = Path(__file__).parent / "domain" / "backlog"
#: Threads that the rules are tuned on, by whoever wrote them.
FILES = {
    "own": "threads",
    "tuning": "threads_tuning",
    "strangers": "threads_strangers",
    "strangers_a": "threads_strangers_a",
    "strangers_b": "threads_strangers_b",
    "voices": "threads_voices",
    "aside": "threads_aside",
    "unseen": "threads_unseen",
    "workshop": "threads_workshop",
    "fresh": "threads_fresh",
    "blind": "threads_blind",
    "passing": "threads_passing",
    "check": "threads_check",
    "turns": "threads_turns",
    "sealed": "threads_sealed",
    "guests": "threads_guests",
    "visitors": "threads_visitors",
    "third": "threads_third",
    "fourth": "threads_fourth",
    "fifth": "threads_fifth",
    "sixth": "threads_sixth",
}
FILES |= {f"quoted_{letter}": f"threads_quoted_{letter}" for letter in "abcdefghij"}
#: The sets of which only the totals were looked at. So it is with "sealed", but who mended the rules had written it.
UNREAD = ("fresh", "blind", "third", "fourth", "fifth", "sixth")
SHARED_EXAMPLES = SHARED / "backlog" / "examples.yaml"
_LATER = re.compile(r"^\[\+(\d+)([dhm])\]\s*")
_NAMES = {name + end for name in ("tech", "gaps") for end in ("", "_ok", "_any")} | {"negated"}
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}

Labels = Mapping[str, Any]


def read(name: str) -> list[Labels]:
    """Return the labelled threads of one of FILES; there are none where the file is missing."""
    file = _FOLDER / f"{FILES[name]}.yaml"
    return _load(file) if file.exists() else []


def examples() -> list[Labels]:
    return _load(SHARED_EXAMPLES) if SHARED_EXAMPLES.exists() else []


def document(labelled: Labels) -> dict[str, Any]:
    """Return a labelled thread as conversations.replies would: escaped, with ids of users."""
    when = datetime.fromisoformat(str(labelled["date"])).replace(tzinfo=UTC)
    users: dict[str, str] = {}
    messages = []
    for index, line in enumerate(labelled["m"]):
        who, _, text = line.partition(":")
        if moved := _LATER.match(who):
            when += timedelta(**{_UNITS[moved[2]]: int(moved[1])})
            who = who[moved.end() :]
        when += timedelta(seconds=40)
        said = {"ts": f"{when.timestamp():.6f}", "text": escaped(text.strip()), "type": "message"}
        if who.strip().startswith("bot-"):
            said |= {"bot_id": "B1", "subtype": "bot_message"}
        else:
            said["user"] = users.setdefault(who.strip(), f"U{len(users):04}")
        unfurled = labelled.get("attach", {}).get(index)
        messages.append(said | ({"attachments": [{"title": unfurled, "fallback": unfurled}]} if unfurled else {}))
    return {"ok": True, "messages": messages}


def escaped(text: str) -> str:
    """Return a text as Slack sends it; links and mentions in angle brackets stay."""
    pieces = re.split(r"(<(?:https?:|[@#!])[^<>]*>)", text)
    return "".join(
        piece if at % 2 else piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for at, piece in enumerate(pieces)
    )


def drafted(labelled: Labels) -> dict[str, Any]:
    return as_dict(drafts.draft(threads.read(document(labelled)), technologies.known()))


@dataclass
class Score:
    """Counts over threads; `misses` says what was wrong where."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def ratio(self, right: str, of: str) -> float:
        return self.counts[right] / self.counts[of] if self.counts[of] else 1.0

    @property
    def figures(self) -> dict[str, float]:
        return {
            "technologies precision": self.ratio("tech right", "tech offered"),
            "technologies recall": self.ratio("tech found", "tech wanted"),
            "gaps precision": self.ratio("gaps right", "gaps offered"),
            "gaps recall": self.ratio("gaps found", "gaps wanted"),
            "items precision": self.ratio("items right", "items offered"),
            "items recall": self.ratio("items found", "items wanted"),
            "numbers and dates right": self.ratio("values right", "values wanted"),
            "null where null is right": self.ratio("nulls right", "nulls wanted"),
            "rejected offered": self.counts["rejected offered"] / max(1, self.counts["rejected"]),
        }


def score(labelled: Iterable[Labels]) -> Score:
    total = Score()
    for one in labelled:
        found = drafted(one)
        _named(total, one, found["technologies"], "tech", {*one.get("tech", []), *one.get("gaps", [])})
        _named(total, one, found["skills_gaps"], "gaps", set(one.get("gaps", [])))
        _rejected(total, one, found)
        _items(total, one, found["items"])
        _value(total, one, "hours", found["hours_per_month"])
        _value(total, one, "blocked", found["people_blocked"])
        _value(total, one, "by", found["needed_by"])
    return total


def _named(total: Score, one: Labels, offered: list[str], what: str, wanted: set[str]) -> None:
    groups = [{each} for each in one.get(what, [])] + [set(group) for group in one.get(f"{what}_any", [])]
    allowed = wanted | {each for group in groups for each in group} | set(one.get(f"{what}_ok", []))
    if what == "tech":
        allowed |= {*one.get("gaps", []), *one.get("gaps_ok", [])}
    for group in groups:
        total.counts[f"{what} wanted"] += 1
        total.counts[f"{what} found"] += bool(group & set(offered))
        if not group & set(offered):
            total.misses.append(f"{one['id']}: {what} missed {sorted(group)}")
    for each in offered:
        total.counts[f"{what} offered"] += 1
        total.counts[f"{what} right"] += each in allowed
        if each not in allowed:
            total.misses.append(f"{one['id']}: {what} wrong {each}")


def _rejected(total: Score, one: Labels, found: Mapping[str, Any]) -> None:
    for each in one.get("negated", []):
        total.counts["rejected"] += 1
        if each in {*found["technologies"], *found["skills_gaps"]}:
            total.counts["rejected offered"] += 1
            total.misses.append(f"{one['id']}: rejected offered {each}")


def _items(total: Score, one: Labels, offered: list[Mapping[str, str]]) -> None:
    wanted = list(one.get("items", []))
    also = list(one.get("items_ok", []))
    total.counts["items wanted"] += len(wanted)
    for item in offered:
        total.counts["items offered"] += 1
        for known in (wanted, also):
            match = next((each for each in known if _is_about(item, each)), None)
            if match is not None:
                known.remove(match)
                total.counts["items right"] += 1
                total.counts["items found"] += known is wanted
                break
        else:
            total.misses.append(f"{one['id']}: item wrong {item['type']}: {item['title']}")
    total.misses.extend(f"{one['id']}: item missed {each['type']} {each['about']}" for each in wanted)


def _is_about(item: Mapping[str, str], label: Labels) -> bool:
    said = f"{item['title']} {item['why']}".lower()
    return item["type"] in {label["type"], *label.get("types", [])} and any(
        str(word).lower() in said for word in label["about"]
    )


def _value(total: Score, one: Labels, what: str, found: Any) -> None:
    right, also = one.get(what), one.get(f"{what}_ok", [])
    span = one.get(f"{what}_range")
    kind = "nulls" if right is None and span is None else "values"
    total.counts[f"{kind} wanted"] += 1
    is_right = any(_is_near(each, found) for each in (right, *also))
    if span is not None and found is not None:
        is_right = is_right or str(span[0]) <= str(found) <= str(span[1])
    total.counts[f"{kind} right"] += is_right
    if not is_right:
        total.misses.append(f"{one['id']}: {what} {found} instead of {right if right is not None else span}")


def _is_near(right: Any, found: Any) -> bool:
    if right is None or found is None:
        return right is None and found is None
    if isinstance(right, int | float):
        return abs(float(found) - right) <= max(0.1 * right, 0.5 if isinstance(found, float) else 0)
    return str(found) == str(right)


def _load(file: Path) -> list[Labels]:
    read: list[Labels] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
    return [{key: _by_vocabulary(key, label) for key, label in each.items()} for each in read]


def _by_vocabulary(key: str, label: Any) -> Any:
    """Return a label with the ids of the vocabulary: `route53` is the same technology as `amazon-route-53`."""
    if isinstance(label, list) and key in _NAMES:
        return [_by_vocabulary(key, each) for each in label]
    if not isinstance(label, str) or key not in _NAMES:
        return label
    found = technologies.known().find([f"`{label}`"])[0]
    return found[0].id if found and found[0].end - found[0].start == len(label) else label


def rows(score_of: Score) -> Iterator[str]:
    for name, figure in score_of.figures.items():
        yield f"{name:28} {figure:7.2%}"
