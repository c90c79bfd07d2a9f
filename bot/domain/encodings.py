"""What other programs write: JSON with half a character in it, and files in the encodings of Windows."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import orjson

#: With these bytes, files in UTF-16 begin.
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
#: NUL, as JSON writes it, or whatever else a backslash stands before.
_NUL, _ESCAPE = rb"\u0000", re.compile(rb"\\(?:u0000|.)", re.DOTALL)


def as_utf8(raw: bytes) -> bytes:
    """Return the bytes of a file as UTF-8 without a byte-order mark; UTF-16, as PowerShell's `>` writes it, converted.

    Bytes that are neither stay as they are.
    """
    if raw.startswith(UTF_16):
        return raw.decode("utf-16", errors="replace").encode()
    return raw.removeprefix(codecs.BOM_UTF8)


def read_json(raw: bytes) -> Any:
    """Return what JSON says, without what no database stores. Raises ValueError for what is no JSON.

    Half a character, as programs leave it that cut a text, becomes a question mark, and NUL is left out.
    """
    if _NUL in raw:
        raw = _ESCAPE.sub(lambda found: b"" if found[0] == _NUL else found[0], raw)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        if not _HALF_A_CHARACTER.search(raw):
            raise
    try:
        whole = json.dumps(json.loads(raw), ensure_ascii=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return orjson.loads(whole.encode(errors="replace"))
