"""Assets in one line, for the tests of the directory."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.domain.catalog import AssetKind
from bot.domain.directory import Directory
from bot.domain.directory.answers import Match
from bot.domain.records import AssetRecord

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)

_ids = count(1)


def asset(name: str, kind: AssetKind = AssetKind.SERVICE, **fields: Any) -> AssetRecord:
    """Return an asset of this name, with an id of its own if none is given."""
    return AssetRecord(**{"id": next(_ids), "kind": kind, "name": name} | fields)


def answer(directory: Directory, text: str) -> str:
    """Return the name of what a text is answered with; empty where it is not answered."""
    found = directory.resolve(text)
    held = directory.get(found.asset_id) if isinstance(found, Match) else None
    return held.name if held is not None else ""
