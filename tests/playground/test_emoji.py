"""The page shows every emoji that Baton writes: one that it does not know stands there by its name."""

from __future__ import annotations

import re
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parent


def test_the_page_knows_every_emoji_of_the_messages() -> None:
    table = (ROOT / "playground/static/emoji.js").read_text(encoding="utf-8")
    known = set(re.findall(r"(?:^|\|)([a-z0-9_+-]+) ", table, re.MULTILINE))
    written = {
        name
        for path in (ROOT / "blocks").rglob("*.py")
        for name in re.findall(r"[\"'{ ]:([a-z][a-z_]+):", path.read_text(encoding="utf-8"))
    }
    assert "raising_hand" in written
    assert written - known == set()
