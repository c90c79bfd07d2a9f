"""The words by which a thread is read, `bot/data/drafting.yaml`, as patterns."""

from __future__ import annotations

import re

from bot.data import table

#: The whole file, for what is no pattern.
WORDS = table("drafting")
_CLASSES: dict[str, str] = {name: words.replace("| ", "|") for name, words in WORDS["classes"].items()}


def patterns(group: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of one group by their names."""
    return {key: re.compile(alternatives(listed), re.IGNORECASE) for key, listed in WORDS[group].items()}


def alternatives(listed: list[str | list[str]]) -> str:
    """Return a regular expression of the alternatives in a list; one that is itself a list was too long for a line."""
    joined = "|".join("".join(each) for each in listed)
    for _ in range(2):  # a class may name another one
        joined = _CLASS.sub(lambda found: f"(?:{_CLASSES[found[1]]})", joined)
    return joined


_CLASS = re.compile("{(" + "|".join(_CLASSES) + ")}")
_READINGS = re.compile(
    r"(?<![\w'])(?:" + "|".join(sorted(map(re.escape, WORDS["readings"]), key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Return a text in which days and numbers are said in the one way that is read."""
    return _READINGS.sub(lambda found: str(WORDS["readings"][found[0].lower()]), text)
