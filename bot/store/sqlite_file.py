"""The SQLite file: only its owner can read it, and it must not be replaced while it is open."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path
from typing import Any
from weakref import WeakSet

from bot.errors import StoreError
from bot.store import database_errors

#: Files that SQLite keeps beside the database while it is open. The latest changes may be only in the first one.
_BESIDE = ("-wal", "-shm")
_MAGIC = b"SQLite format 3\0"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
#: Distinguishes a file from another one at the same path.
_Identity = tuple[int, int]


class SqliteFile:
    """The file of a database. It is created if it is missing; if it is ours, only its owner can read it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: _Identity | None = None
        self._beside: dict[Path, _Identity] = {}
        self._connections: WeakSet[Any] = WeakSet()
        _make_private(path)

    def note_open(self, _connection: object, record: Any) -> None:
        """Record a connection. With the first one, record which files are beside the database."""
        if not self._connections:
            found = {path: _identity(path) for path in map(self._named, _BESIDE)}
            self._beside = {path: identity for path, identity in found.items() if identity is not None}
        self._connections.add(record)

    def note_close(self, _connection: object, record: Any) -> None:
        """Forget a connection. With the last one, SQLite removes the files beside the database."""
        self._connections.discard(record)
        if not self._connections:
            self._beside.clear()

    def forget(self) -> None:
        """Forget which file was opened; the next one may be another."""
        self._opened = None

    def require_same(self) -> None:
        """Raise StoreError if the file, or one beside it, was deleted or replaced since it was opened."""
        found = _identity(self.path)
        self._opened = self._opened or found
        if found != self._opened or any(_identity(path) != noted for path, noted in self._beside.items()):
            raise StoreError(
                "Nothing was saved: the database file was deleted or replaced while Baton ran. Ask your Baton "
                "administrator to put it back and to start Baton again.",
                why="file was deleted or replaced while Baton ran",
            )

    def require_usable(self) -> None:
        """Raise StoreError if the file cannot be opened, or it or its folder is not writable."""
        folder = self.path.absolute().parent
        if not folder.is_dir():
            raise StoreError(f"The folder {folder} does not exist: make it, or set BATON_DATABASE_URL.")
        for each in (str(folder), str(self.path)):
            if os.path.exists(each) and not os.access(each, os.W_OK):  # noqa: PTH110 - a Path raises for a long name
                raise StoreError(f"{each} may not be written to: give Baton the right to, or set BATON_DATABASE_URL.")
        try:  # tried here, because a failure in the driver leaves a thread that may outlive the loop
            sqlite3.connect(self.path).close()
        except sqlite3.Error as error:
            raise database_errors.unopened(database_errors.unavailable(error) or error) from None

    def _named(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


def _make_private(path: Path) -> None:
    """Create the file if it is missing, readable only by its owner. SQLite gives -wal and -shm the same mode.

    An existing file of ours, such as a restored backup, gets the same permissions.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        for each in (path, *(path.with_name(path.name + suffix) for suffix in _BESIDE)):
            _tighten(each, path)
    except OSError:
        return  # it cannot be created: the connection attempt reports why


def _tighten(path: Path, database: Path) -> None:
    """Remove others' permissions from a file, if it is ours and belongs to a SQLite database."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or not found.st_mode & _OTHERS or found.st_uid != os.geteuid():
            return
        with database.open("rb") as file:
            is_database = file.read(len(_MAGIC)) == _MAGIC
        if is_database:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    except OSError:
        return  # `baton doctor` reports who can read it


def _identity(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
