"""Which calls to Slack are retried: after problems that pass within seconds, or half a minute for long lists."""

from __future__ import annotations

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

#: Statuses of problems that usually pass within seconds.
_TROUBLES = (408, 500, 502, 503, 504)
#: The longest pause asked for by Slack for which a person is kept waiting.
_LONGEST_WAIT_SECONDS = 5
#: … and for which the reading of a long list waits; after a longer one, a later run continues.
LONGEST_LISTING_PAUSE_SECONDS = 30


class Pauses(AsyncRateLimitErrorRetryHandler):
    """Waits if Slack asks for a short pause. The caller sees one above `longest_seconds`."""

    def __init__(self, *, longest_seconds: int, max_retry_count: int) -> None:
        super().__init__(max_retry_count)
        self._longest_seconds = longest_seconds

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        is_too_many = await super()._can_retry_async(state=state, request=request, response=response, error=error)
        if not is_too_many or response is None:
            return False
        headers = {name.lower(): value[0] for name, value in response.headers.items()}
        asked = headers.get("retry-after", "")
        return asked.isdecimal() and int(asked) <= self._longest_seconds


class _Troubles(AsyncServerErrorRetryHandler):
    """Retries if Slack, or a gateway before it, is in trouble. slack_sdk only knows 500 and 503."""

    async def _can_retry_async(self, *, response: HttpResponse | None = None, **_: object) -> bool:
        return response is not None and response.status_code in _TROUBLES


class _BeforeSharing(AsyncRetryHandler):
    """Retries the steps of an upload except the last one, because Slack may have shared the file."""

    def __init__(self, handler: AsyncRetryHandler) -> None:
        super().__init__(handler.max_retry_count)
        self._handler = handler

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        is_last = request.url.endswith("files.completeUploadExternal")
        again = self._handler.can_retry_async
        return not is_last and await again(state=state, request=request, response=response, error=error)


def for_people() -> list[AsyncRetryHandler]:
    """Return handlers for calls whose second attempt does little harm if Slack has accepted the first."""
    return [*not_taken(), _Troubles(), AsyncConnectionErrorRetryHandler()]


def not_taken() -> list[AsyncRetryHandler]:
    """Return handlers that retry only if Slack says that it has not accepted the first attempt."""
    return [Pauses(longest_seconds=_LONGEST_WAIT_SECONDS, max_retry_count=1)]


def for_uploads() -> list[AsyncRetryHandler]:
    """Return handlers for each step of an upload."""
    steps = _Troubles(), AsyncConnectionErrorRetryHandler()
    return [*not_taken(), *map(_BeforeSharing, steps)]


def for_listings() -> list[AsyncRetryHandler]:
    """Return handlers for pages of a list, which Slack gives out slowly: each page is retried a few times."""
    return [Pauses(longest_seconds=LONGEST_LISTING_PAUSE_SECONDS, max_retry_count=3)]
