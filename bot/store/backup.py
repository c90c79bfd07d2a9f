"""A consistent copy of a SQLite database, taken while others write."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError

#: How many pages are copied at a time; writers get their turn between two steps.
_PAGES = 2_000
_PAUSE_SECONDS = 0.01


def backup(source: Path, target: Path, *, force: bool = False) -> int:
    """Copy the database at `source` to `target`, check the copy, and return its size in bytes.

    The copy is made beside the target and moved into place once it is complete. Only its owner can read it. Raises
    StoreError if the target exists and `force` is not set, or if the copy is damaged.
    """
    if target.exists() and not force:
        raise StoreError(f"{target} is there already: choose another name, or add --force to replace it.")
    if not target.parent.is_dir():
        raise StoreError(f"The folder {target.parent} does not exist: make it first.")
    beside = target.with_name(f".{target.name}.part")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as held,
            closing(sqlite3.connect(beside)) as copy,
        ):
            held.backup(copy, pages=_PAGES, sleep=_PAUSE_SECONDS)
            copy.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise StoreError(f"The copy is damaged ({verdict}): check the disk and the database, then try again.")
        beside.replace(target)
    except sqlite3.Error as error:
        raise StoreError(f"The database cannot be copied ({error}): is the path right?") from None
    finally:
        beside.unlink(missing_ok=True)
    return target.stat().st_size
