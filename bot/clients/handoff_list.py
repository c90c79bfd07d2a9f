"""Lists of handoffs, as CSV with a header or as YAML. Each line has an asset, an area, its giver and its receiver."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.clients.catalog._nodes import FieldReader, Fields, Items
from bot.clients.catalog._reader import ReadOptions, Sink, SourceFile
from bot.clients.catalog._text import check_size
from bot.clients.catalog._yaml import documents
from bot.clients.catalog.spreadsheet._lines import below_hint, decoded, separator
from bot.domain.handoff.bulk import BulkLine
from bot.domain.names import clean
from bot.errors import UnreadableError

_MAX_BYTES = 10 * 1024 * 1024
_KEYS = ("asset", "area", "giver", "receiver")
_NEEDED = ("asset", "giver", "receiver")


def read(path: Path) -> list[BulkLine]:
    """Return the lines of a list. Raises UnreadableError, with the line, if the file is not such a list.

    YAML is a list of mappings, or has one under `handoffs`. A line without an asset, giver or receiver is an error, so
    that half a list is never taken for the whole.
    """
    try:
        file = SourceFile(path, str(path))
        with _named(file):
            check_size(file, _MAX_BYTES)
        rows = list(_yaml(file) if path.suffix.lower() in {".yaml", ".yml"} else _csv(path))
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.", path=str(path)) from None
    if not rows:
        raise UnreadableError(f"{path} has no line: give each an asset, a giver and a receiver.", path=str(path))
    return [_line(path, number, cells) for number, cells in rows]


@contextmanager
def _named(file: SourceFile) -> Iterator[None]:
    """Name the file in what a reader of catalogs, which leaves that to its caller, says against it."""
    try:
        yield
    except UnreadableError as error:
        raise UnreadableError(f"{file.shown} {error}", path=file.shown, line=error.line) from None


def _line(path: Path, number: int, cells: Mapping[str, str]) -> BulkLine:
    missing = [key for key in _NEEDED if not cells.get(key)]
    if missing:
        raise UnreadableError(f"{path}:{number} has no {missing[0]}: give each line one.", path=str(path), line=number)
    return BulkLine(
        number=number,
        asset=cells["asset"],
        area=cells.get("area", ""),
        giver=cells["giver"],
        receiver=cells["receiver"],
    )


def _csv(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text, _ = decoded(path.read_bytes())
    below, skipped = below_hint(text)
    rows = csv.reader(io.StringIO(below, newline=""), delimiter=separator(text))
    try:
        header = [cell.strip().lower() for cell in next(rows, [])]
        if missing := [key for key in _NEEDED if key not in header]:
            message = f"{path} has no column '{missing[0]}': its first line should be {','.join(_KEYS)}."
            raise UnreadableError(message, path=str(path), line=1)
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield rows.line_num + skipped, {key: clean(cell) for key, cell in zip(header, cells, strict=False)}
    except csv.Error as error:
        raise UnreadableError(f"{path} cannot be read ({error}).", path=str(path)) from None


def _yaml(file: SourceFile) -> Iterator[tuple[int, dict[str, str]]]:
    sink = Sink()
    reader = FieldReader(file, sink)
    with _named(file):
        read_ = list(documents(file, sink, ReadOptions()))
    for document in read_:
        listed = document if isinstance(document, Items) else Fields()
        root = Fields({"handoffs": listed}) if isinstance(document, Items) else document
        for each in reader.mappings(root, "handoffs") if isinstance(root, Fields) else ():
            reader.known_keys(each, _KEYS, "a line")
            yield each.line or 0, {key: reader.text(each, key) for key in _KEYS}
    if sink.catalog.problems:
        wrong = "\n".join(map(str, sink.catalog.problems))
        raise UnreadableError(f"{wrong}\nNothing is offered until that is corrected.", path=file.shown)
