"""The pause that a server asks for in the header `Retry-After`: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: The longest pause that is respected, so that a wrong header does not stop everything.
_LONGEST_PAUSE_SECONDS = 7 * 86_400.0


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After asks for; None without a usable value.

    It may be a number of seconds, or a date by the server's own clock.
    """
    written = headers.get("Retry-After", "").strip()
    if written.isascii() and written.isdigit():
        return min(float(written), _LONGEST_PAUSE_SECONDS)
    until = _moment(written)
    if until is None:
        return None
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_PAUSE_SECONDS)


def _moment(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
