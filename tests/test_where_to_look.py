"""The map in docs/development.md leads where it says, in two steps."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPOSITORY

_ROW = re.compile(r"^\| [^|]+\? \| `(\w+)` \| `([\w/.]+)` \| `(\w+)` \|$", re.MULTILINE)
#: More files than this are a search and no look-up.
_MOST_FILES = 8
MAP = _ROW.findall((REPOSITORY / "docs" / "development.md").read_text())


def test_no_row_of_the_map_is_left_out() -> None:
    assert len(MAP) == 15


@pytest.mark.parametrize(("word", "path", "name"), MAP)
def test_a_search_finds_the_file_and_the_file_has_the_name(word: str, path: str, name: str) -> None:
    files = {each: (REPOSITORY / each).read_text() for each in _files()}
    defines = re.compile(rf"(?:def|class) \w*{word}", re.IGNORECASE)
    found = [each for each in files if word in each.rpartition("/")[2] or defines.search(files[each])]
    assert path in found
    assert len(found) <= _MOST_FILES, found
    assert re.search(rf"^(?:async def|def|class) {name}\b", files[path], re.MULTILINE)


def _files() -> list[str]:
    return [
        str(each.relative_to(REPOSITORY)) for top in ("bot", "handlers") for each in (REPOSITORY / top).rglob("*.py")
    ]
