"""The meaning of a tracker's answers, as GitHub and Atlassian document their statuses and pauses.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import aiohttp

from bot.blocks.text import shorten
from bot.clients.retry_after import retry_after
from bot.domain.secrets import redacted
from bot.errors import TrackerBusyError, TrackerError, TrackerRefusedError, TrackerUnreachableError

TIMEOUT = aiohttp.ClientTimeout(total=30)
#: The pause if the tracker asks for one without saying how long, and the longest one respected.
_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 60.0, 86_400.0
_LONGEST_OBJECTIONS = 300
_FOR_ALL = {
    401: "does not accept the token",
    403: "does not give the token the right to do this",
    404: "does not know the place where issues go, or does not show it to the token",
    410: "takes no issues in this place: switch them on there",
}


def error_for(
    tracker: str, status: int, headers: Mapping[str, str], *, message: str = "", objections: str = ""
) -> TrackerError:
    """Return the error for a status that is not a success. `message` is only searched for a rate limit, never shown.

    `objections` is what the tracker reports about an issue's fields, which says what to correct.
    """
    pause = retry_after(headers)
    is_used_up = headers.get("X-RateLimit-Remaining") == "0"
    is_limit = pause is not None or is_used_up or "rate limit" in message.lower()
    if status == 429 or (status == 403 and is_limit):
        pause = pause if pause is not None else _until_reset(headers) if is_used_up else _PAUSE_SECONDS
        return TrackerBusyError(f"{tracker} asks for fewer requests ({status}).", retry_after_seconds=pause)
    if status >= 500 or status == 408:
        return TrackerUnreachableError(f"{tracker} has a fault of its own ({status}).", retry_after_seconds=pause)
    if status in _FOR_ALL:
        return TrackerRefusedError(f"{tracker} {_FOR_ALL[status]} ({status}).", is_for_all=True)
    said = shorten(redacted(" ".join(objections.split())), _LONGEST_OBJECTIONS)
    why = f"{tracker} does not take what it was sent ({status})."
    return TrackerRefusedError(why, is_for_all=False, objections=said)


def _until_reset(headers: Mapping[str, str]) -> float:
    """Return the seconds until the used-up limit is reset."""
    written = headers.get("X-RateLimit-Reset", "")
    if not (written.isascii() and written.isdigit()):
        return _PAUSE_SECONDS
    return min(max(int(written) - datetime.now(UTC).timestamp(), _PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)


@contextmanager
def translated(tracker: str) -> Iterator[None]:
    """Raise TrackerUnreachableError for network failures, and for answers of another shape than documented."""
    try:
        yield
    except TimeoutError:
        raise TrackerUnreachableError(f"{tracker} did not answer in time.") from None
    except (aiohttp.ClientError, OSError):
        raise TrackerUnreachableError(f"{tracker} cannot be reached.") from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        raise TrackerUnreachableError(f"{tracker} answered with something that is not what it documents.") from None


def moment(written: str) -> datetime:
    """Return a time in a tracker's format: `2026-03-03T09:00:00Z`, `2026-03-03T10:00:00.000+0100`."""
    found = datetime.fromisoformat(written)
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
