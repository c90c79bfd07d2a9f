"""CSV: one file of assets, one of teams or people, told apart by their header. docs/catalog-formats.md has templates.

An asset may stand on several lines, one for each owner or area. Separators `,` `;` and tab are found out; whatever a
spreadsheet does with quotes, byte-order marks and blank lines is understood.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.clients.catalog._kinds import kind_of_word
from bot.clients.catalog._reading import (
    MEBIBYTE,
    Format,
    ReadOptions,
    Sink,
    SourceFile,
    check_size,
    is_email,
    owner_ref,
    parse_runs,
    peek,
    quoted,
    unique,
)
from bot.domain.catalog import (
    Area,
    AssetClaim,
    AssetKind,
    Hosting,
    Link,
    OwnerClaim,
    PersonClaim,
    Role,
    Runs,
    TeamClaim,
)
from bot.domain.names import clean
from bot.errors import UnreadableError

_MAX_BYTES = 256 * MEBIBYTE
#: A cell that is longer was made by an unclosed quotation mark.
_LONGEST_CELL = 100_000
_SEPARATORS = (",", ";", "\t", "|")

#: What a column may be called, after folding to lower case letters and digits.
_ASSET = {
    "name": ("name", "asset", "service", "component", "application", "resource"),
    "kind": ("kind", "type", "assettype"),
    "owner": ("owner", "team", "owningteam", "ownerteam", "squad", "ownedby"),
    "area": ("area", "part"),
    "role": ("role",),
    "secondary": ("secondary", "backup", "secondaryowner", "secondaryteam"),
    "id": ("id", "externalid", "ref"),
    "namespace": ("namespace",),
    "description": ("description", "summary"),
    "aliases": ("aliases", "alias", "alsoknownas", "othernames"),
    "addresses": ("addresses", "address", "url", "repository", "repo", "hostname", "host", "arn"),
    "parent": ("parent", "partof", "system"),
    "hosting": ("hosting", "hostinglevel"),
    "tier": ("tier", "criticality"),
    "runs": ("runs", "version", "engine"),
    "environment": ("environment", "env"),
    "links": ("links", "link", "runbook"),
    "tags": ("tags", "labels"),
    "unowned": ("unowned", "unownedreason", "unownedonpurpose"),
}
_TEAM = {
    "team": ("team", "teamname", "name"),
    "channel": ("channel", "slack", "slackchannel"),
    "group": ("usergroup", "slackgroup"),
    "aliases": ("aliases", "alias"),
    "formerly": ("formerly", "formernames", "formername"),
    "timezone": ("timezone", "tz"),
    "lead": ("lead", "teamlead", "manager"),  # a table that knows one person above a team calls them either
    "manager": ("manager",),
    "members": ("members", "people"),
}
_PERSON = {
    "person": ("person", "personname", "name", "fullname"),
    "email": ("email", "mail", "emailaddress"),
    "slack": ("slack", "slackid"),
    "handle": ("handle", "username", "login"),
    "timezone": ("timezone", "tz"),
    "teams": ("teams", "team"),
    "left": ("left", "inactive"),
}
_YES = frozenset({"yes", "y", "true", "1", "x", "left"})
_TIER = re.compile(r"(?:tier[\s_-]*)?(\d{1,2})", re.IGNORECASE)
_LIST = re.compile(r"[;|\n]|,(?=\s*\S)")
#: What a spreadsheet may have put before a text, so that it is not taken for a formula.
_TEXT_MARK = re.compile(r"^'(?=[=+\-@])")

E = TypeVar("E", bound=StrEnum)


class _Kind(StrEnum):
    ASSETS = "assets"
    TEAMS = "teams"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line's cells by our own column names, and its number in the file."""

    line: int
    cells: Mapping[str, str]

    def text(self, key: str) -> str:
        """Return a cell as one cleaned line, "" when the file has no such column."""
        written = self.cells.get(key)
        return _unmarked(written) if written else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a cell's texts, separated by `;`, `|`, commas or line breaks."""
        written = self.cells.get(key)
        return unique([_unmarked(one.strip()) for one in _LIST.split(written)]) if written else ()


def _unmarked(written: str) -> str:
    return clean(_TEXT_MARK.sub("", written) if written.startswith("'") else written)


def _matches(path: Path) -> bool:
    if path.suffix.lower() not in {".csv", ".tsv"}:
        return False
    try:
        text = _decoded(peek(path))[0]
        header = next(csv.reader(io.StringIO(text.partition("\n")[0] or text), delimiter=_separator(text)), [])
    except csv.Error:
        return False
    return _columns(header) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    check_size(file, min(_MAX_BYTES, options.max_file_bytes))
    text, is_guessed = _decoded(file.path.read_bytes())
    if "\0" in text[:4096]:
        raise UnreadableError("is not a text file.", path=file.shown)
    if is_guessed:
        message = "is not UTF-8 and was read as Windows-1252; save it as 'CSV UTF-8' if names look wrong."
        sink.problem(file.at(), message, is_error=False)
    rows = _Rows(file, sink, text)
    kind = rows.kind
    if kind is _Kind.TEAMS:
        for row in rows.read():
            _team(file, sink, row)
    elif kind is _Kind.PEOPLE:
        for row in rows.read():
            _person(file, sink, row)
    else:
        _Assets(file, sink).read(rows.read())


class _Rows:
    """The lines of one file under its header."""

    def __init__(self, file: SourceFile, sink: Sink, text: str) -> None:
        self._file, self._sink = file, sink
        first, _, rest = text.partition("\n")
        skipped = 0
        if first.strip().lower().startswith("sep="):  # what Excel writes for itself
            text, skipped = rest, 1
        csv.field_size_limit(_LONGEST_CELL)
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False)
        self._skipped = skipped
        header = self._header()
        found = _columns(header)
        if found is None:
            known = ", ".join(sorted(_ASSET))
            message = f"has no header that Baton knows; the first line should name columns such as: {known}."
            raise UnreadableError(message, path=file.shown, line=1 + skipped)
        self.kind, self._columns = found
        self._width = len(header)
        self._say_unknown(header)

    def read(self) -> Iterator[_Row]:
        """Yield the lines that say something; a line with too many cells is reported and left out."""
        while True:
            line = self._reader.line_num + 1 + self._skipped
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableError(
                    f"cannot be read from here on ({error}).", path=self._file.shown, line=line
                ) from None
            if not "".join(cells).strip():
                continue
            if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
                message = f"has {len(cells)} cells under {self._width} columns; it is left out, quote commas."
                self._sink.problem(self._file.at(line), message)
                continue
            yield _Row(line, {key: cells[place] for key, place in self._columns.items() if place < len(cells)})

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


@dataclass(slots=True)
class _Gathered:
    """An asset's first line, and the owners of all its lines."""

    row: _Row
    owners: dict[OwnerClaim, None] = field(default_factory=dict)


class _Assets:
    """Gathers the lines of each asset, and adds the assets in the order of their first lines."""

    def __init__(self, file: SourceFile, sink: Sink) -> None:
        self._file, self._sink = file, sink

    def read(self, rows: Iterator[_Row]) -> None:
        gathered: dict[str, _Gathered] = {}
        for row in rows:
            name = row.text("name")
            if not name:
                self._say(row, "has no name and is left out; give it one.")
                continue
            kind = self._kind(row)
            external = row.text("id") or f"{kind.value}:{row.text('namespace')}/{name}".replace(":/", ":").lower()
            held = gathered.setdefault(external, _Gathered(row))
            held.owners.update(dict.fromkeys(self._owners(row)))
        for external, held in gathered.items():
            self._add(external, held)

    def _add(self, external: str, held: _Gathered) -> None:
        row, owners = held.row, tuple(held.owners)
        unowned = row.text("unowned")
        if unowned and owners:
            self._say(row, "has both an owner and a reason for none; the reason is ignored.")
            unowned = ""
        environment = row.text("environment")
        tags = tuple(self._tags(row))
        self._sink.asset(
            AssetClaim(
                external_id=external,
                kind=self._kind(row),
                name=row.text("name"),
                namespace=row.text("namespace"),
                description=row.text("description"),
                aliases=unique(row.texts("aliases"), without=[row.text("name")]),
                addresses=row.texts("addresses"),
                parent=row.text("parent"),
                hosting=self._word(row, "hosting", Hosting),
                tier=self._tier(row),
                links=tuple(self._links(row)),
                tags=(("environment", environment), *tags) if environment else tags,
                runs=tuple(self._runs(row, environment)),
                owners=owners,
                unowned_reason=unowned,
                origin=self._file.at(row.line),
            )
        )

    def _kind(self, row: _Row) -> AssetKind:
        return kind_of_word(row.text("kind"))

    def _owners(self, row: _Row) -> Iterator[OwnerClaim]:
        area = self._word(row, "area", Area) or Area.ALL
        role = self._word(row, "role", Role) or Role.OWNER
        for key, as_role in (("owner", role), ("secondary", Role.SECONDARY)):
            for written in row.texts(key):
                owner = owner_ref(written)
                if owner is not None:
                    yield OwnerClaim(owner, area, as_role)

    def _links(self, row: _Row) -> Iterator[Link]:
        for text in row.texts("links"):
            label, _, url = text.rpartition("=") if "=http" in text else ("", "", text)
            if url.startswith(("https://", "http://")):
                yield Link(label.strip() or "link", url.strip())
            else:
                self._say(row, f"link {quoted(text)} is not a web address and is left out; write name=https://….")

    def _tags(self, row: _Row) -> Iterator[tuple[str, str]]:
        for text in row.texts("tags"):
            key, _, value = text.partition("=") if "=" in text else text.partition(":")
            yield key.strip(), value.strip()

    def _runs(self, row: _Row, environment: str) -> Iterator[Runs]:
        for text in row.texts("runs"):
            runs = parse_runs(text)
            if runs is None:
                self._say(row, f"{quoted(text)} is not a product and a version, such as postgresql@16; it is left out.")
            else:
                yield Runs(runs.product, runs.version, runs.provider, runs.environment or environment)

    def _tier(self, row: _Row) -> int | None:
        text = row.text("tier")
        found = _TIER.fullmatch(text)
        if text and found is None:
            self._say(row, f"tier {quoted(text)} is not a number from 0 to 99; it is left out.")
        return int(found[1]) if found else None

    def _word(self, row: _Row, key: str, words: type[E]) -> E | None:
        text = row.text(key)
        if not text:
            return None
        try:
            return words(re.sub(r"[\s_/]+", "-", text.lower()))
        except ValueError:
            known = ", ".join(words)
            self._say(row, f"{key} {quoted(text)} is not known and is ignored; known are: {known}.")
            return None

    def _say(self, row: _Row, message: str) -> None:
        self._sink.problem(self._file.at(row.line), message)


def _team(file: SourceFile, sink: Sink, row: _Row) -> None:
    name = row.text("team")
    if not name:
        sink.problem(file.at(row.line), "has no team's name and is left out; give it one.")
        return
    members = row.texts("members")
    sink.team(
        TeamClaim(
            name=name,
            aliases=unique(row.texts("aliases"), without=[name]),
            former_names=unique(row.texts("formerly"), without=[name]),
            channel=row.text("channel"),
            user_group=row.text("group"),
            timezone=row.text("timezone"),
            lead=row.text("lead"),
            manager=row.text("manager"),
            members=members if "members" in row.cells else None,
            origin=file.at(row.line),
        )
    )


def _person(file: SourceFile, sink: Sink, row: _Row) -> None:
    email, slack_id, handle = row.text("email").lower(), row.text("slack"), row.text("handle").removeprefix("@")
    if email and not is_email(email):
        sink.problem(file.at(row.line), f"{quoted(email)} is not an e-mail address; it is left out.")
        email = ""
    if not (email or slack_id or handle):
        sink.problem(file.at(row.line), "names a person without an e-mail address, Slack id or handle; it is left out.")
        return
    sink.person(
        PersonClaim(
            name=row.text("person"),
            slack_id=slack_id,
            email=email,
            handle=handle,
            timezone=row.text("timezone"),
            is_active=row.text("left").lower() not in _YES,
            teams=row.texts("teams"),
            origin=file.at(row.line),
        )
    )


def _columns(header: Sequence[str]) -> tuple[_Kind, dict[str, int]] | None:
    """Return what a header's file is about and where its columns are; None when it is about nothing that Baton knows.

    Of two columns with one meaning the first counts. An asset needs a name and one more of its columns.
    """
    folded = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in header[:200]]
    words = set(folded)
    person, team, asset = (_places(folded, names) for names in (_PERSON, _TEAM, _ASSET))
    if words & {"email", "mail", "emailaddress", "slackid", "handle", "username", "login"}:
        return _Kind.PEOPLE, person
    is_about_teams = bool(words & {"team", "teamname"}) and not words & set(_ASSET["name"])
    names_people = bool(words & {"channel", "slackchannel", "members", "lead"})
    if is_about_teams or ("name" in words and names_people and not words & {"team", "owner", "kind", "type"}):
        return _Kind.TEAMS, team
    return (_Kind.ASSETS, asset) if "name" in asset and len(asset) > 1 else None


def _places(folded: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    places: dict[str, int] = {}
    for key, spellings in names.items():
        place = next((folded.index(spelling) for spelling in spellings if spelling in folded), None)
        if place is not None and place not in places.values():
            places[key] = place
    return places


def _separator(text: str) -> str:
    """Return the separator: what the first line says (`sep=;`), or what it has most of outside quotation marks."""
    first, _, rest = text.lstrip("\n").partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4]
    if first.strip().lower().startswith("sep="):
        first = rest.partition("\n")[0]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_SEPARATORS, key=lambda mark: (bare.count(mark), -_SEPARATORS.index(mark)))


def _decoded(raw: bytes) -> tuple[str, bool]:
    """Return the text, and whether its encoding had to be guessed."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace"), False
    try:
        return raw.decode("utf-8-sig"), False
    except UnicodeDecodeError as error:
        # The start of a file may end in the middle of a character.
        if error.end >= len(raw) and error.start > len(raw) - 4:
            return raw[: error.start].decode("utf-8-sig"), False
        return raw.decode("windows-1252", errors="replace"), True


FORMAT = Format(
    name="csv",
    summary="CSV with a header: assets, teams or people",
    matches=_matches,
    read_file=_read_file,
)
