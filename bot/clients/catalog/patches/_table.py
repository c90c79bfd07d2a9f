"""Edits of CSV: only the cells of the owner's column change."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.clients.catalog._values import word_in
from bot.clients.catalog.patches._spans import OverlapError, Span, replaced
from bot.clients.catalog.spreadsheet import external_id
from bot.clients.catalog.spreadsheet._lines import (
    LIST,
    SheetKind,
    SheetRow,
    below_hint,
    columns_of,
    separator,
    unmarked,
)
from bot.clients.catalog.spreadsheet._ranks import numbered_owners, renamed, unranked
from bot.domain.catalog import Area, Role
from bot.domain.reconcile.edits import Edited, OwnerEdit, Refusal

_LINE_END = re.compile(r"\r\n|\r|\n")


class _CannotError(Exception):
    """The file does not allow an edit."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's value and its place in the text, including its quotation marks."""

    value: str
    start: int
    end: int


def edit(text: str, edits: Sequence[OwnerEdit]) -> Edited:
    """Return a table of assets with other owners for those in `edits`."""
    try:
        rows = list(_rows(text))
    except _CannotError as error:
        return Edited(text, tuple(Refusal(one, str(error)) for one in edits))
    delimiter = separator(text)
    spans: list[Span] = []
    refusals: list[Refusal] = []
    for one in edits:
        helpers = [cell for row, cells in rows for cell in _helpers(row, cells, one)]
        try:
            cells = [cells["owner"] for row, cells in rows if "owner" in cells and _is_about(row, one)]
            new = [
                Span(cell.start, cell.end, _quoted(word, text[cell.start : cell.end], delimiter))
                for cell in cells
                if (word := _renamed(cell.value, one)) is not None
            ]
            if not new:
                raise _CannotError(f"it does not name {' or '.join(one.givers)} any more: nothing is to be changed.")
            new += [
                Span(cell.start, cell.end, _quoted(word, text[cell.start : cell.end], delimiter))
                for cell in helpers
                if (word := _without(cell.value, one.names_receiver)) is not None
            ]
            replaced(text, [*spans, *new])
            spans += new
        except (_CannotError, OverlapError) as error:
            refusals.append(Refusal(one, str(error) or "two changes are about the same cell: change it by hand."))
    return Edited(replaced(text, spans), tuple(refusals))


def _is_about(row: SheetRow, one: OwnerEdit) -> bool:
    area = word_in(row.text("area"), Area) or Area.ALL
    role = word_in(row.text("role"), Role) or Role.OWNER
    return external_id(row) == one.external_id and area is one.area and role is Role.OWNER


def _helpers(row: SheetRow, cells: Mapping[str, _Cell], one: OwnerEdit) -> Iterator[_Cell]:
    """Yield the cells of a row that name helpers for an edit's area."""
    if external_id(row) == one.external_id and (word_in(row.text("area"), Area) or Area.ALL) is one.area:
        names_helpers = word_in(row.text("role"), Role) is Role.SECONDARY
        yield from (cells[key] for key in ("secondary", *(("team", "owner") if names_helpers else ())) if key in cells)


def _without(value: str, is_unwanted: Callable[[str], bool]) -> str | None:
    """Return a cell's text without its unwanted words; None if it has none of them."""
    words, marks = LIST.split(value), LIST.findall(value)
    kept = [number for number, word in enumerate(words) if not is_unwanted(unranked(unmarked(word.strip())))]
    if len(kept) == len(words):
        return None
    parts = [(marks[at - 1] if place else "") + words[at] for place, at in enumerate(kept)]
    return "".join(parts).lstrip()


def _renamed(value: str, one: OwnerEdit) -> str | None:
    """Return a cell's text with the receiver in place of the giver; None if it does not name the giver."""
    words = LIST.split(value)
    marks = LIST.findall(value)
    texts = [unmarked(word.strip()) for word in words]
    if any(map(one.names_giver, numbered_owners(texts))):
        raise _CannotError("its owners are numbered: change it by hand.")
    names = list(map(unranked, texts))
    if not any(map(one.names_giver, names)):
        return None
    is_named = False
    kept: list[str] = []
    for number, (word, name) in enumerate(zip(words, names, strict=True)):
        if one.names_giver(name) and not is_named:
            word = renamed(word, one.receiver, is_unwanted=one.names_receiver)  # noqa: PLW2901 - the cell's word anew
            is_named = True
        elif one.names_giver(name) or one.names_receiver(name):
            continue
        kept += ([marks[number - 1]] if kept else []) + [word if kept else word.lstrip()]
    return "".join(kept).rstrip()


def _quoted(word: str, before: str, delimiter: str) -> str:
    """Return a cell as it is written: in quotation marks if it had them or needs them."""
    if before.startswith('"') or any(mark in word for mark in (delimiter, '"', "\r", "\n")):
        return '"' + word.replace('"', '""') + '"'
    return word


def _rows(text: str) -> Iterator[tuple[SheetRow, Mapping[str, _Cell]]]:
    """Yield the rows below the header, each with the cells of the columns that Baton uses."""
    delimiter = separator(text)
    below, skipped = below_hint(text)
    lines = _cells(text, len(text) - len(below), delimiter)
    _check(lines, below, delimiter)
    filled = [cells for cells in lines if "".join(cell.value for cell in cells).strip()]
    found = columns_of([cell.value for cell in filled[0]]) if filled else None
    if found is None or found[0] is not SheetKind.ASSETS:
        raise _CannotError("the file has no table of assets any more.")
    for cells in filled[1:]:
        ours = {key: cells[place] for key, place in found[1].items() if place < len(cells)}
        yield SheetRow(skipped, {key: cell.value for key, cell in ours.items()}), ours


def _check(lines: Sequence[Sequence[_Cell]], below: str, delimiter: str) -> None:
    """Raise _CannotError unless the cells are the same as those that the reader finds."""
    try:
        read = list(csv.reader(io.StringIO(below, newline=""), delimiter=delimiter, strict=False))
    except csv.Error:
        raise _CannotError("the file cannot be read: change it by hand.") from None
    if [cells for cells in read if cells] != [[cell.value for cell in cells] for cells in lines]:
        raise _CannotError("the file has quotation marks in unusual places: change it by hand.")


def _cells(text: str, at: int, delimiter: str) -> list[list[_Cell]]:
    """Return the cells of the non-empty lines, from `at` on."""
    lines: list[list[_Cell]] = []
    cells: list[_Cell] = []
    quoted = re.compile(r'"((?:[^"]|"")*)"')
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    while at < len(text):
        is_quoted = quoted.match(text, at)
        match = is_quoted or plain.match(text, at)
        assert match is not None  # noqa: S101 - an empty cell matches
        value = match[1].replace('""', '"') if is_quoted else match[0]
        cells.append(_Cell(value, at, match.end()))
        at = match.end()
        if text.startswith(delimiter, at):
            at += len(delimiter)
            if at == len(text):
                cells.append(_Cell("", at, at))
            continue
        ending = _LINE_END.match(text, at)
        if ending is None and at < len(text):
            raise _CannotError("the file has quotation marks in unusual places: change it by hand.")
        if len(cells) > 1 or cells[0].end > cells[0].start:
            lines.append(cells)
        cells, at = [], ending.end() if ending is not None else at
    return [*lines, cells] if cells else lines
