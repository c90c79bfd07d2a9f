"""The lines of a CSV file below its header: the kind of the file, its columns by Baton's names, its cells.

The separator (`,`, `;` or tab) and the encoding are detected, and quotes and byte-order marks of spreadsheets
understood.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.clients.catalog._reader import Sink, SourceFile
from bot.clients.catalog._values import quoted, unique
from bot.data import table
from bot.domain.names import clean, fold
from bot.errors import UnreadableError

#: A longer cell is the result of an unclosed quotation mark.
_LONGEST_CELL = 100_000
_SEPARATORS = (",", ";", "\t", "|")

#: Kind of file -> Baton's column names, with the headers that mean them.
_TABLE = table("spreadsheet_columns")
_COLUMNS: Mapping[str, Mapping[str, Sequence[str]]] = {
    about: {name: spellings.split() for name, spellings in _TABLE[about].items()}
    for about in ("assets", "things", "teams", "people")
}
#: Headers of a column for the owner.
OWNER_WORDS = frozenset({*_COLUMNS["assets"]["owner"], *_COLUMNS["assets"]["team"]})
#: The columns of a table of assets whose first column is named after what a team has: `System,Team`.
_THINGS = {**_COLUMNS["assets"], **_COLUMNS["things"]}
#: Column of what runs -> its headers, and those of its version.
_RUNS = {name: (column["what"].split(), column["version"].split()) for name, column in _TABLE["runs"].items()}
RUNS = tuple(_RUNS)
#: Columns in which every word is a product.
OPEN_RUNS = frozenset(name for name, column in _TABLE["runs"].items() if column.get("is_open"))
#: Columns for which providers sell services. What is in the others is self-managed on rented machines.
SOLD_RUNS = frozenset(name for name, column in _TABLE["runs"].items() if column.get("is_sold"))
_VERSION = "version"
_VERSIONS = frozenset(_TABLE["version"].split())
#: Columns that only teams have.
_OF_TEAMS = frozenset({"channel", "slackchannel", "usergroup", "slackgroup", "members", "people", "lead", "teamlead"})
LIST = re.compile(r"[;\n]|(?<!\|)\|(?!\|)|,(?=\s*\S)|\s/\s")
#: A list as JSON and Python write it: `["red", "blue"]`.
_IN_QUOTES = re.compile(r"\"[^\"]*\"|'[^']*'")
_QUOTED_LIST = re.compile(rf"\s*\[\s*(?:{_IN_QUOTES.pattern})(?:\s*,\s*(?:{_IN_QUOTES.pattern}))*\s*\]\s*")
#: Letters that do not decompose into a letter and an accent.
_LATIN = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d"})
_FIRST_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n)?")
#: A mark that spreadsheets put before a text so that it is not read as a formula.
_TEXT_MARK = re.compile(r"^'(?=[=+\-@])")


class SheetKind(StrEnum):
    ASSETS = "assets"
    TEAMS = "teams"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line's cells by Baton's column names, and its number in the file."""

    line: int
    cells: Mapping[str, str]

    def text(self, key: str) -> str:
        """Return a cell as one cleaned line; "" if the file has no such column."""
        written = self.cells.get(key)
        return unmarked(written) if written else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a cell's texts, separated by `;`, `|`, commas or line breaks, or the quoted ones of a JSON list."""
        written = self.cells.get(key)
        if not written:
            return ()
        if _QUOTED_LIST.fullmatch(written) is not None:
            return unique([clean(one[1:-1]) for one in _IN_QUOTES.findall(written)])
        return unique([unmarked(one.strip()) for one in LIST.split(written)])


def unmarked(written: str) -> str:
    return clean(_TEXT_MARK.sub("", written) if written.startswith("'") else written)


class SheetRows:
    """The lines of one file below its header."""

    def __init__(self, file: SourceFile, sink: Sink, text: str) -> None:
        self._file, self._sink = file, sink
        delimiter = separator(text)
        text, skipped = below_hint(text)
        csv.field_size_limit(_LONGEST_CELL)
        self._text, self._read_to = text, io.StringIO(text, newline="")
        self._reader = csv.reader(self._read_to, delimiter=delimiter, strict=False)
        self._skipped = skipped
        header = self._header()
        found = columns_of(header)
        if found is None:
            known = ", ".join(sorted([*_COLUMNS[SheetKind.ASSETS], "engine", _VERSION]))
            message = f"has no header that Baton knows; the first line should name columns such as: {known}."
            raise UnreadableError(message, path=file.shown, line=1 + skipped)
        self.kind, self._columns = found
        self._width = len(header)
        self._say_unknown(header)

    def read(self) -> Iterator[SheetRow]:
        """Yield the lines with content. A line with too many cells is reported and left out."""
        while True:
            line, begins = self._reader.line_num + 1 + self._skipped, self._read_to.tell()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableError(
                    f"cannot be read from here on ({error}).", path=self._file.shown, line=line
                ) from None
            if self._reader.line_num + self._skipped > line and self._is_open(begins):
                what = "has a quotation mark that is never closed, so the rest of the file is one cell; close it."
                raise UnreadableError(what, path=self._file.shown, line=line)
            if not "".join(cells).strip():
                continue
            if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
                message = f"has {len(cells)} cells under {self._width} columns; it is left out, quote commas."
                self._sink.problem(self._file.at(line), message)
                continue
            yield SheetRow(line, {key: cells[place] for key, place in self._columns.items() if place < len(cells)})

    def _is_open(self, begins: int) -> bool:
        """Whether a multi-line cell reaches the end of the file only because its quotation mark is not closed."""
        is_last = self._read_to.tell() == len(self._text)
        return is_last and self._text.count('"', begins) % 2 == 1

    def _header(self) -> list[str]:
        try:
            for cells in self._reader:
                if any(cell.strip() for cell in cells):
                    return cells
        except csv.Error as error:
            raise UnreadableError(f"cannot be read ({error}).", path=self._file.shown, line=1) from None
        return []

    def _say_unknown(self, header: Sequence[str]) -> None:
        used = set(self._columns.values())
        unknown = [cell.strip() for place, cell in enumerate(header) if cell.strip() and place not in used]
        if unknown:
            names = ", ".join(quoted(name, limit=40) for name in unknown[:10])
            message = f"has columns that are not used: {names}."
            self._sink.problem(self._file.at(1 + self._skipped), message, is_error=False)


def columns_of(header: Sequence[str]) -> tuple[SheetKind, dict[str, int]] | None:
    """Return the kind of file for a header and the places of its columns; None if it is not one that Baton knows.

    If two columns have the same meaning, the first counts. An asset needs a name and one more of its columns. If a
    table has a column for a team and one for what teams have, such as a system, the first of the two says what it is
    about. If none of its columns is only a team's, it is about systems.
    """
    folded = [re.sub(r"[^a-z0-9]", "", fold(cell).translate(_LATIN)) for cell in header[:200]]
    words = set(folded)
    person, team = (_places(folded, _COLUMNS[about]) for about in ("people", "teams"))
    asset = _with_runs(folded, _places(folded, _COLUMNS["assets"]))
    if words & {"email", "mail", "emailaddress", "slackid", "handle", "username", "login"}:
        return SheetKind.PEOPLE, person
    things = _things(folded)
    if "name" not in asset and "name" in things and things.keys() & {"owner", "team", "runs", _VERSION, *RUNS}:
        owner = min((things[key] for key in ("owner", "team") if key in things), default=len(folded))
        if things["name"] < owner or not words & _OF_TEAMS:
            return SheetKind.ASSETS, things
    is_about_teams = bool(words & {"team", "teamname"}) and not words & set(_COLUMNS[SheetKind.ASSETS]["name"])
    names_people = bool(words & {"channel", "slackchannel", "members", "lead"})
    if is_about_teams or ("name" in words and names_people and not words & {"team", "owner", "kind", "type"}):
        return SheetKind.TEAMS, team
    return (SheetKind.ASSETS, asset) if "name" in asset and len(asset) > 1 else None


def version_of(name: str) -> str:
    """Return Baton's name for the column with the version of a column of what runs."""
    return f"{name} {_VERSION}"


def _things(folded: Sequence[str]) -> dict[str, int]:
    """Return the places of the columns of a table whose first column is named after what a team has.

    `Software` beside its version is what runs on a `Server`; it is the line's name only if nothing else is.
    """
    runs = _with_runs(folded, {})
    beside = {folded[runs[name]] for name in RUNS if name in runs and version_of(name) in runs}
    names = sorted(_THINGS["name"], key=lambda name: name in beside)
    return _with_runs(folded, _places(folded, {**_THINGS, "name": names}))


def _with_runs(folded: Sequence[str], places: dict[str, int]) -> dict[str, int]:
    """Add the columns of what runs.

    A `version` column belongs to the column before it, or to the first one if none is.
    """
    columns = [(name, whats) for name, (whats, _) in _RUNS.items()]
    # Columns that exist take a version that they may share with missing ones.
    present = sorted(_RUNS, key=lambda name: not any(each in folded for each in _RUNS[name][0]))
    for key, names in [*columns, *((version_of(name), _RUNS[name][1]) for name in present)]:
        place = next((folded.index(each) for each in names if each in folded), None)
        if place is not None and place not in places.values():
            places[key] = place
    for place, word in enumerate(folded):
        if word not in _VERSIONS:
            continue
        alone = [name for name in RUNS if name in places and version_of(name) not in places]
        before = [name for name in alone if places[name] < place]
        owner = max(before, key=places.__getitem__) if before else next(iter(alone), None)
        places.setdefault(version_of(owner) if owner is not None else _VERSION, place)
    return places


def _places(folded: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    places: dict[str, int] = {}
    for key, spellings in names.items():
        place = next((folded.index(spelling) for spelling in spellings if spelling in folded), None)
        if place is not None and place not in places.values():
            places[key] = place
    return places


def first_line(text: str) -> tuple[str, str]:
    r"""Return a text's first line and the rest, for any line ends: Excel's CSV for the Macintosh has `\\r`."""
    found = _FIRST_LINE.match(text)
    return (found[1], text[found.end() :]) if found is not None else (text, "")


def below_hint(text: str) -> tuple[str, int]:
    """Return a text without Excel's own line `sep=;`, and the number of lines removed."""
    first, rest = first_line(text)
    return (rest, 1) if first.strip().lower().startswith("sep=") else (text, 0)


def separator(text: str) -> str:
    """Return the separator: from the line `sep=;`, or the most frequent one outside quotation marks."""
    first, rest = first_line(text.lstrip("\r\n"))
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4]
    if first.strip().lower().startswith("sep="):
        first = first_line(rest)[0]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=lambda mark: (bare.count(mark), -_SEPARATORS.index(mark)))


def decoded(raw: bytes) -> tuple[str, bool]:
    """Return the text, and whether its encoding had to be guessed."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace"), False
    try:
        return raw.decode("utf-8-sig"), False
    except UnicodeDecodeError as error:
        # The start of a file may end inside a character.
        if error.end >= len(raw) and error.start > len(raw) - 4:
            return raw[: error.start].decode("utf-8-sig"), False
        return raw.decode("windows-1252", errors="replace"), True
