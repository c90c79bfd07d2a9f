"""Streaming JSON, typed, so that a file of hundreds of megabytes is never held whole."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import ijson  # type: ignore[import-untyped]

#: One step of a walk over JSON: where it is (`items.item.kind`, "" at the top), its name (`start_map`, `map_key`,
#: `string`, …) and its value, None for brackets.
Event = tuple[str, str, object]


#: Read at a time. Where each step is takes room in proportion to its depth, so few steps are held at once.
_CHUNK = 4096
#: Nobody nests deeper than this length of a step's place shows.
_LONGEST_PLACE = 10_000
_BROKEN = "is not complete, valid JSON; what comes before the fault was read, write the file again."
_TOO_DEEP = "nests its values too deep to be read; what comes before was read."
#: Python makes no number of more digits, and ijson's parser in C crashes when it tries.
_MOST_DIGITS = sys.int_info.default_max_str_digits
_TOO_LONG = f"has a number of more than {_MOST_DIGITS} digits; what comes before was read."


class BadJSONError(Exception):
    """The stream is not complete, valid JSON in UTF-8. The text is ours: the parser's own would quote the file."""


def events(stream: BinaryIO) -> Iterator[Event]:
    """Yield the events of a JSON text; numbers are int or Decimal, for a state may have any that JSON can write.

    Raise `BadJSONError` where it stops being valid, or nests too deep.
    """
    try:
        for event in cast("Iterator[Event]", ijson.parse(_Digits(stream), buf_size=_CHUNK)):
            if len(event[0]) > _LONGEST_PLACE:
                raise BadJSONError(_TOO_DEEP)
            yield event
    except (ijson.JSONError, ValueError, ArithmeticError):
        raise BadJSONError(_BROKEN) from None


def items(stream: BinaryIO, prefix: str) -> Iterator[object]:
    """Yield the values at `prefix` (`item`, `items.item`, or "" for the whole), each made whole, one after another."""
    yield from cast("Iterator[object]", ijson.items(events(stream), prefix))


@contextmanager
def open_json(path: Path) -> Iterator[BinaryIO]:
    """Open a JSON file as UTF-8 without a mark; UTF-16, which PowerShell's `>` writes, is converted on the way."""
    with path.open("rb") as stream:
        start = stream.read(3)
        if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            stream.seek(0)
            yield cast("BinaryIO", _Utf16(stream))
            return
        stream.seek(3 if start == codecs.BOM_UTF8 else 0)
        yield stream


class _Digits:
    """The part of a binary stream that the JSON parser uses; more digits in a row than make a number end it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digits = 0  #: that the last chunk ended with

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        leading = len(chunk) - len(chunk.lstrip(b"0123456789"))
        if self._digits + leading > _MOST_DIGITS:
            raise BadJSONError(_TOO_LONG)
        trailing = len(chunk) - len(chunk.rstrip(b"0123456789"))
        self._digits = trailing if leading < len(chunk) else self._digits + leading
        return chunk


class _Utf16:
    """The part of a binary stream that the JSON parser uses, over UTF-16."""

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
