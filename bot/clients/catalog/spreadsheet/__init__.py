"""CSV: a file of assets, teams or people, recognised by its header. docs/catalog-formats.md has templates.

An asset may have several lines, one for each owner or area. `_lines` reads the file; this module reads its lines'
content.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from bot.clients.catalog._kinds import kind_of_word
from bot.clients.catalog._placeholders import said_of
from bot.clients.catalog._reader import MEBIBYTE, Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._text import check_size
from bot.clients.catalog._values import E, is_email, is_web, owner_ref, quoted, tier_in, unique, word_in
from bot.clients.catalog.spreadsheet._lines import (
    OWNER_WORDS,
    SheetKind,
    SheetRow,
    SheetRows,
    below_hint,
    columns_of,
    decoded,
    first_line,
    separator,
)
from bot.clients.catalog.spreadsheet._ranks import ranked
from bot.clients.catalog.spreadsheet._runs_reader import RunsReader, is_provider
from bot.clients.eol import starter
from bot.domain.catalog import (
    Area,
    AssetClaim,
    Hosting,
    Link,
    OwnerClaim,
    OwnerRef,
    PersonClaim,
    Role,
    Runs,
    TeamClaim,
)
from bot.domain.eol import providers
from bot.domain.eol.cycle_index import CycleIndex
from bot.domain.names import fold
from bot.domain.reconcile.owner_texts import GIVEN_NAMES
from bot.errors import UnreadableError

_MAX_BYTES = 256 * MEBIBYTE
_TURNED_NAME = re.compile(r"[^\W\d_][\w'’-]*, [^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*)?")
_JOINED_NAMES = re.compile(r"\s+(?:&|and)\s+", re.IGNORECASE)
_ADDED_NAMES = re.compile(r"\s+\+\s+")
#: "payments (Jane Doe)", "Jane Doe (payments)".
_IN_BRACKETS = re.compile(r"(?P<owner>[^()\[\]]+?)\s*[(\[](?P<beside>[^()\[\]]+)[)\]]")
_MOST_NAMES = 3
_OWNERS = ("team", "owner", "secondary")
#: Columns for which the first line of an asset counts.
_SINGLE = ("parent", "hosting", "tier", "unowned")
_MOST_SHOWN = 5
_YES = frozenset({"yes", "y", "true", "1", "x", "left"})


def _matches(path: Path) -> bool:
    if path.suffix.lower() not in {".csv", ".tsv"}:
        return False
    try:
        text = decoded(peek(path))[0]
        below, _ = below_hint(text)
        header = next(csv.reader(io.StringIO(first_line(below)[0] or below, newline=""), delimiter=separator(text)), [])
    except csv.Error:
        return False
    return columns_of(header) is not None


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    check_size(file, min(_MAX_BYTES, options.max_file_bytes))
    text, is_guessed = decoded(file.path.read_bytes())
    if "\0" in text[:4096]:
        raise UnreadableError("is not a text file.", path=file.shown)
    if is_guessed:
        message = "is not UTF-8 and was read as Windows-1252; save it as 'CSV UTF-8' if names look wrong."
        sink.problem(file.at(), message, is_error=False)
    rows = SheetRows(file, sink, text)
    kind = rows.kind
    if kind is SheetKind.TEAMS:
        for row in rows.read():
            _team(file, sink, row)
    elif kind is SheetKind.PEOPLE:
        for row in rows.read():
            _person(file, sink, row)
    else:
        _Assets(file, sink).read(rows.read())


def external_id(row: SheetRow) -> str:
    """Return the file's id for the asset of a line that has a name."""
    kind, name = kind_of_word(row.text("kind")), row.text("name")
    return row.text("id") or f"{kind.value}:{row.text('namespace')}/{name}".replace(":/", ":").lower()


@dataclass(slots=True)
class _Gathered:
    """An asset's first line, and the owners and what runs of all its lines."""

    row: SheetRow
    owners: dict[OwnerClaim, None] = field(default_factory=dict)
    runs: dict[Runs, None] = field(default_factory=dict)
    #: Its lines, each with its owners.
    said: list[tuple[SheetRow, list[OwnerClaim]]] = field(default_factory=list)

    @property
    def told(self) -> str:
        """Its name, and the numbers of its lines."""
        return (
            f"{quoted(self.row.text('name'), limit=40)} (lines {', '.join(str(row.line) for row, _ in self.said[:5])}:"
        )

    def differing(self) -> list[str]:
        """Return the columns in which its lines differ."""
        found = [key for key in _SINGLE if len({fold(row.text(key)) for row, _ in self.said} - {""}) > 1]
        by_area: dict[Area, set[frozenset[str]]] = {}
        for _, owners in self.said:
            named: dict[Area, set[str]] = {}
            for one in owners:
                if one.role is Role.OWNER and said_of(one.owner) is None:
                    named.setdefault(one.area, set()).add(fold(one.owner.name))
            for area, names in named.items():
                by_area.setdefault(area, set()).add(frozenset(names))
        return [*(["owner"] if any(len(names) > 1 for names in by_area.values()) else []), *found]


class _Assets:
    """Collects the lines of each asset, and adds the assets in the order of their first lines."""

    def __init__(self, file: SourceFile, sink: Sink) -> None:
        self._file, self._sink = file, sink
        self._runs = RunsReader(file, sink)
        #: Texts that are alone in an owner's cell, folded.
        self._alone: frozenset[str] = frozenset()

    def read(self, rows: Iterator[SheetRow]) -> None:
        gathered: dict[str, _Gathered] = {}
        read = list(rows)
        cells = {row.texts(key) for row in read for key in _OWNERS}
        self._alone = frozenset(fold(cell[0]) for cell in cells if len(cell) == 1)
        for row in read:
            name = row.text("name")
            if not name:
                self._say(row, "has no name and is left out; give it one.")
                continue
            external = external_id(row)
            held = gathered.setdefault(external, _Gathered(row))
            owners = list(self._owners(row))
            held.said.append((row, owners))
            held.owners.update(dict.fromkeys(owners))
            held.runs.update(dict.fromkeys(self._runs.read(row)))
        for external, held in gathered.items():
            self._add(external, held)
        self._say_differing(gathered.values())

    def _say_differing(self, gathered: Iterable[_Gathered]) -> None:
        """Note where several lines of one asset differ: all owners count; for the rest, the first line does."""
        several = (each for each in gathered if len(each.said) > 1)
        differing = [(each, found) for each in several if (found := each.differing())]
        shown = "; ".join(f"{each.told} {', '.join(found)})" for each, found in differing[:_MOST_SHOWN])
        if differing:
            more = f" and {len(differing) - _MOST_SHOWN:,} more" if len(differing) > _MOST_SHOWN else ""
            message = (
                f"has several lines with different things about {shown}{more}. All owners own it together, and of "
                "anything else the first line counts."
            )
            self._sink.problem(self._file.at(differing[0][0].said[1][0].line), message, is_error=False)

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
                kind=kind_of_word(row.text("kind")),
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
                runs=tuple(held.runs),
                owners=owners,
                unowned_reason=unowned,
                origin=self._file.at(row.line),
            )
        )

    def _owners(self, row: SheetRow) -> Iterator[OwnerClaim]:
        if not any(row.text(key) for key in _OWNERS):
            yield from self._tagged(row)
        area = self._word(row, "area", Area) or Area.ALL
        role = self._word(row, "role", Role) or Role.OWNER
        for key, as_role in (("team", role), ("owner", role), ("secondary", Role.SECONDARY)):
            turned = _TURNED_NAME.fullmatch(row.text(key))
            if turned and all(fold(name) in self._alone for name in row.texts(key)):
                turned = None  # each part is an owner on another line
            for written, whole, helps in self._split(row.texts(key)):
                owner = owner_ref(written)
                if owner is not None:
                    # "Doe, Jane" may be two owners or a person, "Data + AI" one owner: the known names decide.
                    owner = replace(owner, written=turned[0] if turned else whole or owner.written)
                    yield OwnerClaim(owner, area, Role.SECONDARY if helps else as_role)

    def _tagged(self, row: SheetRow) -> Iterator[OwnerClaim]:
        """Yield the owner in a tag, as in exports of cloud providers."""
        for key, value in self._tags(row):
            owner = owner_ref(value) if re.sub(r"[^a-z]", "", key.lower()) in OWNER_WORDS else None
            if owner is not None:
                yield OwnerClaim(owner, Area.ALL, Role.OWNER)
                return

    def _split(self, names: tuple[str, ...]) -> Iterator[tuple[str, str, bool]]:
        """Yield the owners in a cell's texts, each with the text that it is a piece of (or ""), and whether it helps.

        "red + blue" are two owners unless a team has that name; "red & blue" are two if each occurs alone on another
        line. "red (Jane Doe)" is a team with one of its people.
        """
        for name, helps in ranked(names):
            parts = _JOINED_NAMES.split(name)
            if len(parts) > 1 and all(fold(part) in self._alone for part in parts):
                yield from ((part, "", helps) for part in parts)
            elif len(added := _ADDED_NAMES.split(name)) > 1:
                yield from ((part, "" if _is_reference(part) else name, helps) for part in added)
            elif (
                (bracketed := _IN_BRACKETS.fullmatch(name))
                and any(map(_is_person, bracketed.groups()))
                and said_of(OwnerRef(name, written=name)) is None  # "Jane Doe (left the company)"
            ):
                yield bracketed["owner"], "" if _is_reference(bracketed["owner"]) else name, helps
            else:
                yield name, "", helps

    def _links(self, row: SheetRow) -> Iterator[Link]:
        for text in row.texts("links"):
            label, _, url = text.rpartition("=") if "=http" in text else ("", "", text)
            if is_web(url):
                yield Link(label.strip() or "link", url.strip())
            else:
                self._say(row, f"link {quoted(text)} is not a web address and is left out; write name=https://….")

    def _tags(self, row: SheetRow) -> Iterator[tuple[str, str]]:
        for text in row.texts("tags"):
            key, _, value = text.partition("=") if "=" in text else text.partition(":")
            yield key.strip(), value.strip()

    def _tier(self, row: SheetRow) -> int | None:
        text = row.text("tier")
        tier = tier_in(text)
        if text and tier is None:
            self._say(row, f"tier {quoted(text)} is not a number from 0 to 99; it is left out.")
        return tier

    def _word(self, row: SheetRow, key: str, words: type[E]) -> E | None:
        text = row.text(key)
        found = word_in(text, words) if text else None
        if text and found is None and not (key == "hosting" and (is_provider(text) or providers.is_machine(text))):
            known = ", ".join(words)
            self._say(row, f"{key} {quoted(text)} is not known and is ignored; known are: {known}.")
        return found

    def _say(self, row: SheetRow, message: str) -> None:
        self._sink.problem(self._file.at(row.line), message)


def _is_reference(text: str) -> bool:
    return "@" in text or "/" in text or ":" in text


def _is_person(text: str) -> bool:
    """Whether a text looks like a person: a given name with another name, an e-mail address or a handle."""
    names = text.split()
    is_name = 1 < len(names) <= _MOST_NAMES and fold(names[0]) in GIVEN_NAMES
    return is_name or is_email(text) or (text.startswith("@") and "/" not in text)


def _team(file: SourceFile, sink: Sink, row: SheetRow) -> None:
    name = row.text("team")
    if not name:
        sink.problem(file.at(row.line), "has no team's name and is left out; give it one.")
        return
    if said_of(OwnerRef(name, written=name)) is not None and not any(
        row.text(key) for key in row.cells if key != "team"
    ):
        message = f"has {quoted(name)} for a team, which is the name of none; it is left out."
        sink.problem(file.at(row.line), message, is_error=False)
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


def _person(file: SourceFile, sink: Sink, row: SheetRow) -> None:
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


FORMAT = Format(
    name="csv",
    summary="CSV with a header: assets, teams or people",
    matches=_matches,
    read_file=_read_file,
    reads_beside=False,
)
