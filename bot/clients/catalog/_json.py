"""Streaming JSON, typed, so that a file of hundreds of megabytes is never held whole."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import ijson  # type: ignore[import-untyped]

#: One step of a walk over JSON: where it is (`items.item.kind`, "" at the top), its name (`start_map`, `map_key`,
#: `string`, …) and its value, None for brackets.
Event = tuple[str, str, object]


class BadJSONError(Exception):
    """The stream is not complete, valid JSON in UTF-8. Without a text: the parser's own would quote the file."""


def events(stream: BinaryIO) -> Iterator[Event]:
    """Yield the events of a JSON text; numbers are int or float. Raise `BadJSONError` where it stops being valid."""
    try:
        yield from cast("Iterator[Event]", ijson.parse(stream, use_float=True))
    except (ijson.JSONError, UnicodeDecodeError, OverflowError):
        raise BadJSONError from None


def items(stream: BinaryIO, prefix: str) -> Iterator[object]:
    """Yield the values at `prefix` (`item`, `items.item`, or "" for the whole), each made whole, one after another."""
    try:
        yield from cast("Iterator[object]", ijson.items(stream, prefix, use_float=True))
    except (ijson.JSONError, UnicodeDecodeError, OverflowError):
        raise BadJSONError from None


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
