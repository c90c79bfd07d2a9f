"""What Slack's user groups are called: an event names one by its id alone, and a catalog mostly by its handle."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from bot.domain.directory.references import Refers, references
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import Clock, Slack
from bot.services.snapshot import Snapshot

log = logging.getLogger(__name__)

#: How long what Slack said is believed. A workspace without user groups, or without the right to read them, says so.
_LASTS = timedelta(minutes=10)
#: How long Slack may take; somebody waits for the answer.
_PATIENCE_SECONDS = 5.0


class UserGroups:
    """The handles of user groups by their ids, asked for when a question needs one."""

    def __init__(self, slack: Slack, clock: Clock, snapshot: Snapshot) -> None:
        self._slack, self._clock, self._snapshot = slack, clock, snapshot
        self._handles: dict[str, str] = {}
        self._asked_at: datetime | None = None

    async def labelled(self, text: str) -> str:
        """Return a question with the handles of the user groups that it gives by an id which no team has."""
        with_ids = {team.user_group for team in self._snapshot.teams()}
        for each in references(text):
            if each.to is Refers.GROUP and not each.label and each.id not in with_ids:
                handle = (await self._known()).get(each.id)
                if handle:
                    text = text.replace(f"<!subteam^{each.id}>", f"<!subteam^{each.id}|@{handle}>")
        return text

    async def _known(self) -> dict[str, str]:
        now = self._clock.now()
        if self._asked_at is not None and now - self._asked_at < _LASTS:
            return self._handles
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                self._handles = await self._slack.user_groups()
        except (SlackRateLimitedError, SlackUnreachableError, TimeoutError) as error:
            log.warning("Slack did not list its user groups (%s)", type(error).__name__)
            return self._handles  # that passes: the next question asks again
        except SlackError as error:
            log.warning("Slack does not list its user groups (%s)", error.code)
        self._asked_at = now
        return self._handles
