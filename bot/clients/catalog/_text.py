"""The text of a catalog's file, within a size limit and with any bytes."""

from __future__ import annotations

import codecs

from bot.clients.catalog._reader import MEBIBYTE, PEEK_BYTES, Sink, SourceFile
from bot.errors import UnreadableError


def read_text(file: SourceFile, sink: Sink, *, max_bytes: int) -> str:
    r"""Return a file's text with `\n` line ends and without a byte-order mark.

    Bytes that are not UTF-8 become U+FFFD and a problem. Raise `UnreadableError` for a file that is too large or
    binary.
    """
    check_size(file, max_bytes)
    raw = file.path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", errors="replace")
    elif b"\0" in raw[:PEEK_BYTES]:
        raise UnreadableError("is not a text file.", path=file.shown)
    else:
        text = raw.decode("utf-8-sig", errors="replace")
        if "\ufffd" in text:
            _report_bytes(file, sink, raw)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_size(file: SourceFile, max_bytes: int) -> None:
    """Raise `UnreadableError` if the file is larger than `max_bytes`."""
    size = file.path.stat().st_size
    if size > max_bytes:
        have, limit = f"{size / MEBIBYTE:.1f}", f"{max_bytes / MEBIBYTE:.0f}"
        raise UnreadableError(f"has {have} MiB, over the limit of {limit} MiB; split it.", path=file.shown)


def _report_bytes(file: SourceFile, sink: Sink, raw: bytes) -> None:
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        sink.problem(
            file.at(line), "has bytes that are not UTF-8; what holds them is left out, save the file as UTF-8."
        )
