"""What Slack says of accounts that are asked for one by one, kept for a moment: the door and a decision ask for one."""

from __future__ import annotations

import asyncio

from bot.errors import SlackUnreachableError
from bot.ports import Slack, SlackUser

#: For so long nobody asks again.
_KEPT_SECONDS = 30.0
#: How long whoever asks waits at most when nobody waits for them.
_PATIENCE_SECONDS = 15.0


class Profiles:
    """Asks Slack for one account at a time. A look-up that takes too long goes on, so the next one finds it."""

    def __init__(self) -> None:
        self._asked: dict[str, asyncio.Future[SlackUser]] = {}

    async def get(self, slack: Slack, slack_id: str, *, seconds: float | None = None) -> SlackUser:
        """Return an account. Raises SlackError when Slack knows none, or has not said so within `seconds`."""
        asking = self._asked.get(slack_id)
        if asking is None:
            asking = self._asked[slack_id] = asyncio.ensure_future(slack.user(slack_id))
            asking.add_done_callback(lambda done: self._answered(slack_id, done))
        await asyncio.wait({asking}, timeout=_PATIENCE_SECONDS if seconds is None else max(seconds, 0.0))
        if not asking.done():
            raise SlackUnreachableError("no account in time")
        return asking.result()

    def _answered(self, slack_id: str, asking: asyncio.Future[SlackUser]) -> None:
        if asking.cancelled() or asking.exception() is not None:
            self._forget(slack_id, asking)
        else:
            asyncio.get_running_loop().call_later(_KEPT_SECONDS, self._forget, slack_id, asking)

    def _forget(self, slack_id: str, asking: asyncio.Future[SlackUser]) -> None:
        if self._asked.get(slack_id) is asking:
            del self._asked[slack_id]
