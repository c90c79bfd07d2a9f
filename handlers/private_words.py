"""What was acknowledged and could not be said where it was asked: said in private, once, even after a kill."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from bot.blocks.text import Rendered
from bot.domain.outbox import may_pass
from bot.errors import SlackError, SlackRateLimitedError, StoreError
from bot.services import inbound, private_words
from bot.services.context import Context
from bot.services.inbound import Interaction

log = logging.getLogger(__name__)

#: For so long a modal that waits is tried to be filled: well below the time after which the outbox speaks instead.
_TRIED_SECONDS = 60.0
_FIRST_PAUSE_SECONDS = 1.0
#: What takes longer than this is known to be still at work, so what is held for it waits on.
_HELD_SECONDS = private_words.GRACE.total_seconds() / 2


class PrivateWords:
    """The message that one interaction may owe its person. `part` tells it from others of the same interaction."""

    def __init__(self, context: Context, interaction: Interaction, part: str = "") -> None:
        self._context, self._user_id = context, interaction.user_id
        self._may_hold = bool(interaction.user_id and interaction.trigger)  # without one, nobody could take it back
        self._key = f"{interaction.trigger or secrets.token_hex(8)}{part}"

    async def hold(self, message: Rendered) -> None:
        """Have a message said in a few minutes, should this process have died by then without `say` or `drop`."""
        if not self._may_hold:
            return
        try:
            await private_words.hold(self._context.deps, self._key, self._user_id, message)
        except StoreError as error:
            log.warning("what is still to be said is not written down: %s", type(error).__name__)

    async def hold_during(self, work: asyncio.Future[Any]) -> None:
        """Wait for what is to say it, and have what is held wait as long; broken off, break off both."""
        with ExitStack() as stack:
            stack.callback(work.cancel)  # does nothing to what is done
            while not (await asyncio.wait({work}, timeout=_HELD_SECONDS))[0]:
                try:
                    await private_words.hold_on(self._context.deps, self._key)
                except StoreError as error:
                    log.warning("what is still to be said may be said too early: %s", type(error).__name__)

    async def say(self, message: Rendered) -> None:
        """Say a message through the outbox, which goes on until Slack takes it; without the store, at once or never."""
        if not self._user_id:
            return
        try:
            await private_words.say(self._context.deps, self._key, self._user_id, message)
            self._context.drainer.wake()
        except StoreError as error:
            log.warning("what is to be said in private is not written down: %s", type(error).__name__)
            await self._post(message)

    async def drop(self) -> None:
        """Take back what is held: it was said."""
        try:
            await private_words.drop(self._context.deps, self._key)
        except StoreError as error:
            log.warning("what was said is not crossed out: %s", type(error).__name__)

    async def _post(self, message: Rendered) -> None:
        try:
            await self._context.slack.post_message(self._user_id, text=message.text, blocks=message.blocks)
        except SlackError as error:
            log.warning("what came of it could not be said in private, either: %s", error)


async def fill(
    context: Context, view_id: str, view: Mapping[str, Any], words: PrivateWords, instead: Rendered | None
) -> str | None:
    """Show in a modal what its reader waits for; where Slack does not take it for a minute, or at all, say `instead`.

    Returns the hash of what is shown; None when it is not. Without `instead`, nothing is owed.
    """
    end, pause = time.monotonic() + _TRIED_SECONDS, _FIRST_PAUSE_SECONDS
    while True:
        try:
            view_hash = await context.slack.update_view(view_id, view)
        except SlackError as error:
            asked = error.retry_after_seconds if isinstance(error, SlackRateLimitedError) else 0.0
            wait, pause = max(pause, asked), pause * 2
            if may_pass(error) and time.monotonic() + wait < end:
                await asyncio.sleep(wait)
                continue
            log.warning("a modal does not show what it was to show: %s", error)
            await (words.say(instead) if instead is not None else words.drop())
            return None
        await words.drop()
        return view_hash


async def tell(context: Context, message: Rendered) -> None:
    """Say to whoever the present interaction is of, in private, what could not be shown to them."""
    current = inbound.interaction.get()
    if current is not None:
        current.is_left_to_outbox = True
        await PrivateWords(context, current).say(message)
