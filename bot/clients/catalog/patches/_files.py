"""Finding a source's file on this machine, and its exact text."""

from __future__ import annotations

from pathlib import Path, PurePath

from bot.clients.catalog._links import may_read
from bot.clients.catalog._reader import MEBIBYTE

_MAX_BYTES = 256 * MEBIBYTE
_NOT_NAMES = frozenset({"..", ".", "/"})


def find(shown: str, folder: Path) -> Path | None:
    """Return the file in `folder` that an import called `shown`, by as much of its path as possible; else None.

    Nothing outside the folder is read, and no link to a file with another name.
    """
    names = [name for name in PurePath(shown).parts if name not in _NOT_NAMES]
    for at in range(len(names)):
        path = folder.joinpath(*names[at:])
        if may_read(path, folder):
            return path
    return None


def exact_text(path: Path) -> str | None:
    """Return a file's text with its line ends and byte-order mark; None if it is too large or not UTF-8."""
    if path.stat().st_size > _MAX_BYTES:
        return None
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
