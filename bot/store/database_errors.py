"""Turns what the drivers raise for a database in trouble into one error of Baton's."""

from __future__ import annotations

import socket
import sqlite3
import ssl

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import StoreError, StoreUnavailableError

_GONE, _SLOW, _LOCKED = "cannot be reached", "did not answer in time", "is locked by somebody else"
_BUSY = "has too much to do"
_FULL, _FIXED, _UNWRITABLE = "has no room left on its disk", "takes no changes", "cannot be read or written"
DAMAGED = "is damaged"
#: States in which a database answers reads but accepts no changes until somebody fixes it.
KEEP_FROM_WRITING = frozenset({_FULL, _FIXED, _UNWRITABLE, DAMAGED})
UNKNOWN_HOST = "is at a host that no name server knows"
#: asyncpg's message for a server without TLS, if the settings ask for it.
_NO_TLS = "rejected SSL upgrade"
#: PostgreSQL's error codes, the longest prefix first: https://www.postgresql.org/docs/current/errcodes-appendix.html
_STATES = {
    "55P03": _LOCKED,
    "57014": _SLOW,
    "53100": _FULL,
    "57P03": "is starting or stopping",
    "08": _GONE,
    "40": _LOCKED,
    "53": _BUSY,
    "57": _GONE,
}
#: Codes that do not go away by waiting: no access, no such database, a read-only copy, something damaged or forbidden.
_LASTING_STATES = {
    "28": "refuses user or password",
    "3D": "does not exist",
    "25006": _FIXED,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
_SQLITE_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
#: SQLite's other problems. The rest, such as a wrong statement, is a fault in Baton.
_SQLITE_TROUBLES = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_READONLY: _FIXED,
    sqlite3.SQLITE_PERM: _FIXED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: "is another kind of file",
}
#: What a driver may raise for a database in trouble, its own errors or the system's. It includes errors that mean no
#: trouble.
RAISED = (DBAPIError, PoolTimeoutError, OSError)


def is_cut_off(error: BaseException) -> bool:
    """Tell whether `error` means that the connection is lost, so that nobody knows how far the database got."""
    return error.connection_invalidated if isinstance(error, DBAPIError) else isinstance(error, OSError)


def unavailable(error: BaseException, *, may_be_saved: bool = False) -> StoreUnavailableError | None:
    """Return the error to raise in place of one of `RAISED`; None if the database is not to blame."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    why, may_pass = _why(cause)
    if not why and is_cut_off(error):
        why, may_pass = _GONE, True
    if not why:
        return None
    return StoreUnavailableError(why, cause=_name(cause), may_pass=may_pass, may_be_saved=may_be_saved)


def unopened(error: Exception) -> StoreError:
    """Return the error for the operator if the database in the settings cannot be used."""
    if isinstance(error, StoreUnavailableError):
        why, cause = error.why, error.cause
    else:
        why, cause = "cannot be opened", _name(error.orig if isinstance(error, DBAPIError) else error)
    return StoreError(f"The database {why} ({cause}): check BATON_DATABASE_URL, and that the database lets Baton in.")


def _name(cause: BaseException | None) -> str:
    """Return the driver's name for an error. Its message is not used, because it may contain what somebody typed."""
    return type(cause.__cause__ if cause is not None and cause.__cause__ is not None else cause).__name__


def _why(cause: BaseException | None) -> tuple[str, bool]:
    """Return what is wrong with the database, and whether that may pass; "" if it is not in trouble."""
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return (_LOCKED, True) if code in _SQLITE_LOCKED else (_SQLITE_TROUBLES.get(code, ""), False)
    if isinstance(cause, PoolTimeoutError):
        return _BUSY, True
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "cannot show whose it is", False
    if type(cause) is ConnectionError and _NO_TLS in str(cause):
        return "offers no encrypted connection", False
    if isinstance(cause, socket.gaierror) and cause.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
        return UNKNOWN_HOST, True
    if isinstance(cause, OSError):
        return (_SLOW if isinstance(cause, TimeoutError) else _GONE), True
    state = getattr(cause, "sqlstate", None) or ""
    for known, may_pass in ((_LASTING_STATES, False), (_STATES, True)):
        for prefix, why in known.items():
            if state.startswith(prefix):
                return why, may_pass
    return "", False
