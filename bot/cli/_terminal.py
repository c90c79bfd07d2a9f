"""What commands read from a terminal and print to it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bot.domain.encodings import UTF_16, as_utf8
from bot.domain.names import clean, storable
from bot.errors import UnreadableError, UserError

if TYPE_CHECKING:
    from bot.domain.catalog import Problem
    from bot.services.pictures import Picture

#: The option to print a document instead of text.
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_SHOWN_PROBLEMS = 20
#: Spreadsheets read a cell that begins like this as a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def day(text: str) -> date:
    """Read a day. Raises BadParameter, which says how to write one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as in 2026-03-03.") from None


def stored(text: str) -> str:
    """Read what is written down as it is. Raises BadParameter for bytes that are no text."""
    if storable(text) != text:
        raise typer.BadParameter(f"'{storable(text)}' has bytes that are not UTF-8; write it in that.")
    return text


def write_picture(file: Path, picture: Picture) -> None:
    """Write a picture to a file, and print its content as text. Raises UserError."""
    try:
        file.write_bytes(picture.content)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from None
    sys.stdout.write(f"{file}: {picture.alt_text}\n")


def read_utf8(file: Path) -> bytes:
    """Read a text file given on the command line, as UTF-8. Raises UnreadableError."""
    return as_utf8(read_bytes(file))


def read_bytes(file: Path) -> bytes:
    """Read a file given on the command line. Raises UnreadableError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{file} cannot be read: {error.strerror}.", path=str(file)) from None


def typed_lines() -> Iterator[str]:
    """Yield the lines of standard input without their ends. Bytes that are no text become U+FFFD."""
    source = sys.stdin.buffer
    first = source.readline()
    if first.startswith(UTF_16):  # what ended this line is half of a character
        first += source.read()
    for line in chain(as_utf8(first).splitlines(), source):
        yield line.rstrip(b"\r\n").decode(errors="replace")


def print_json(document: Any) -> None:
    """Print one JSON document, indented."""
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_problems(problems: Iterable[Problem]) -> None:
    """Print the first problems to standard error, errors before notes, and the number of further ones."""
    ordered = sorted(problems, key=lambda problem: not problem.is_error)
    for problem in ordered[:_SHOWN_PROBLEMS]:
        sys.stderr.write(f"{'error' if problem.is_error else 'note'}: {clean(str(problem))}\n")
    if (more := len(ordered) - _SHOWN_PROBLEMS) > 0:
        sys.stderr.write(f"… and {more:,} more; --json lists all.\n")


def cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet reads as a formula. Days and times are in ISO format, None is ""."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    # A number is never a formula.
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text
