"""What becomes of a form that was opened before others have changed what it is about, and is sent afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

#: From here on a line is likely another one reworded: some of its words are the same.
_ALIKE = 70


@dataclass(frozen=True, slots=True)
class Edit:
    """What a form says once what others have changed is in it, and in `contested` the fields that both have changed.

    Of those it says what was filled in, and `contested` how they stand now.
    """

    values: Mapping[str, str]
    contested: Mapping[str, str]


def merged(opened: Mapping[str, str], typed: Mapping[str, str], now: Mapping[str, str]) -> Edit:
    """Return what a form says that was opened with some values, where others stand by now.

    A field that was left as it was follows what stands now.
    """
    values = {name: now.get(name, "") if each == opened.get(name, "") else each for name, each in typed.items()}
    contested = {
        name: there for name, each in values.items() if (there := now.get(name, "")) not in (each, opened.get(name, ""))
    }
    return Edit(values, contested)


def places(opened: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """Return where the lines of a list stand now, reworded or not, without those that are gone.

    One line that became one other is reworded. Of several lines that became others, only the words tell which is which:
    those that are like none of them count as gone.
    """
    found: dict[int, int] = {}
    for what, start, end, there, there_end in SequenceMatcher(None, opened, now, autojunk=False).get_opcodes():
        old, new = list(range(start, end)), list(range(there, there_end))
        if what == "equal" or len(old) == len(new) == 1:
            found |= dict(zip(old, new, strict=True))
            continue
        for place in old:
            alike = {each: fuzz.token_set_ratio(opened[place], now[each]) for each in new}
            likeliest = max(alike, key=lambda each: alike[each], default=-1)
            if alike.get(likeliest, 0) >= _ALIKE:
                found[place] = likeliest
                new.remove(likeliest)
    return found
