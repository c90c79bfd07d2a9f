"""Socket Mode: Bolt holds the connections to Slack, and the front door answers ahead of Bolt's listeners.

Only who runs in Socket Mode imports this: over HTTP nothing of Bolt is needed, and nobody should wait for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.dispatch import Dispatch


class FrontDoor(AsyncMiddleware):
    """The first of Bolt's middlewares, which answers for every listener."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002 - Bolt's signature
    ) -> BoltResponse:
        """Answer a payload that came through Bolt."""
        ack = await self._dispatch.answer(req.body)
        headers: dict[str, str | Sequence[str]] = {"content-type": ["application/json"]} if ack else {}
        return BoltResponse(status=200, body=ack, headers=headers)


def sockets(client: AsyncWebClient, dispatch: Dispatch, app_token: str) -> AsyncSocketModeHandler:
    """Return Socket Mode, not connected yet.

    Slack's side of the connection needs no signature, and the bot token was checked at the start.
    """
    bolt = AsyncApp(
        client=client,
        before_authorize=FrontDoor(dispatch),
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    return AsyncSocketModeHandler(bolt, app_token)
