"""Streaming JSON with types, so that a file of hundreds of megabytes is never held in memory as a whole."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import ijson  # type: ignore[import-untyped]

#: One step of a walk over JSON: its path (`items.item.kind`, "" at the top), its kind (`start_map`, `map_key`,
#: `string`, …) and its value (None for brackets).
Event = tuple[str, str, object]


#: How many bytes are read at a time. A step's path takes memory in proportion to its depth, so few steps are held at
#: once.
_CHUNK = 4096
#: The longest path of a step; nobody nests deeper.
_LONGEST_PLACE = 10_000
_BROKEN = "is not complete, valid JSON; what comes before the fault was read, write the file again."
_TOO_DEEP = "nests its values too deep to be read; what comes before was read."
#: The most digits of a number in Python; ijson's parser in C crashes with more.
_MOST_DIGITS = sys.int_info.default_max_str_digits
_TOO_LONG = f"has a number of more than {_MOST_DIGITS} digits; what comes before was read."


class BadJSONError(Exception):
    """The stream is not complete, valid JSON in UTF-8.

    The message is ours, because the parser's own would quote the file.
    """


def events(stream: BinaryIO) -> Iterator[Event]:
    """Yield the events of a JSON text. Numbers are int or Decimal, because a state may contain any JSON number.

    Raise `BadJSONError` if it stops being valid, or is nested too deeply.
    """
    try:
        for event in cast("Iterator[Event]", ijson.parse(_Digits(stream), buf_size=_CHUNK)):
            if len(event[0]) > _LONGEST_PLACE:
                raise BadJSONError(_TOO_DEEP)
            yield event
    except (ijson.JSONError, ValueError, ArithmeticError):
        raise BadJSONError(_BROKEN) from None


def items(stream: BinaryIO, prefix: str) -> Iterator[object]:
    """Yield the complete values at `prefix` (`item`, `items.item`, or "" for everything), one after another."""
    yield from cast("Iterator[object]", ijson.items(events(stream), prefix))


@contextmanager
def open_json(path: Path) -> Iterator[BinaryIO]:
    """Open a JSON file as UTF-8 without a byte-order mark. UTF-16, as PowerShell's `>` writes it, is converted."""
    with path.open("rb") as stream:
        start = stream.read(3)
        if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            stream.seek(0)
            yield cast("BinaryIO", _Utf16(stream))
            return
        stream.seek(3 if start == codecs.BOM_UTF8 else 0)
        yield stream


class _Digits:
    """The interface of a binary stream that the JSON parser uses.

    Ends with an error if a number has too many digits.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digits = 0  #: digits at the end of the last chunk

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        leading = len(chunk) - len(chunk.lstrip(b"0123456789"))
        if self._digits + leading > _MOST_DIGITS:
            raise BadJSONError(_TOO_LONG)
        trailing = len(chunk) - len(chunk.rstrip(b"0123456789"))
        self._digits = trailing if leading < len(chunk) else self._digits + leading
        return chunk


class _Utf16:
    """The interface of a binary stream that the JSON parser uses, over UTF-16."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")()

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        while True:
            raw = self._stream.read(size)
            text = self._decoder.decode(raw, final=not raw)
            if text or not raw:
                return text.encode("utf-8")
