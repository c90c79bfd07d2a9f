"""Proposals and their answers, `domain/backlog/proposals.yaml`: whether what is turned down is left out of a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests import drafting

_FILE = Path(__file__).parent / "domain" / "backlog" / "proposals.yaml"


@dataclass(frozen=True, slots=True)
class Turn:
    """Messages in which something is proposed and answered; `is_aside` where the rules are not tuned on them."""

    kind: str
    said: str
    without: str
    wanted: str
    is_aside: bool

    @property
    def titles(self) -> list[str]:
        lines = [f"{'eva' if at % 2 == 0 else 'ben'}: {part}" for at, part in enumerate(self.said.split(" / "))]
        draft = drafting.drafted({"date": "2026-11-03T10:00", "m": lines})
        return [item["title"].lower() for item in draft["items"]]

    @property
    def is_understood(self) -> bool:
        titles = self.titles
        is_left_out = not self.without or not any(self.without in each for each in titles)
        return is_left_out and (not self.wanted or any(self.wanted in each for each in titles))


def read() -> Iterator[Turn]:
    for kind, turns in yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
        for at, each in enumerate(turns):
            yield Turn(kind, each["m"], each.get("not", ""), each.get("want", ""), is_aside=at % 2 == 1)
