"""What somebody still has to hear in private after an acknowledgement said nothing of it.

It waits in the outbox as an answer, so it outlives the process, goes out once, and is forgotten like an answer.
"""

from __future__ import annotations

from datetime import timedelta

from bot.blocks.text import Rendered
from bot.services import outbox
from bot.services.deps import Deps
from bot.services.inbound import answer_key

#: How long something else may go on trying to say it. Whatever does has to give up well before.
GRACE = timedelta(minutes=3)


async def hold(deps: Deps, key: str, slack_id: str, message: Rendered) -> None:
    """Have a message said after `GRACE`, unless `drop` or `say` with the same key comes first: by then nobody is left.

    `key` is what the message is about, such as the trigger of a press.
    """
    at = deps.clock.now() + GRACE
    async with deps.database.transaction(is_aside=True) as session:
        await outbox.enqueue(session, key=answer_key(key), channel=slack_id, message=message, at=at)


async def hold_on(deps: Deps, key: str) -> None:
    """Have a message that is held wait for `GRACE` once more: whoever is to say it is still at work."""
    async with deps.database.transaction(is_aside=True) as session:
        await outbox.postpone(session, key=answer_key(key), at=deps.clock.now() + GRACE)


async def say(deps: Deps, key: str, slack_id: str, message: Rendered) -> None:
    """Say a message now, in place of one that is held."""
    async with deps.database.transaction(is_aside=True) as session:
        await outbox.take_back(session, [answer_key(key)])
        await outbox.enqueue(session, key=answer_key(key), channel=slack_id, message=message, at=deps.clock.now())


async def drop(deps: Deps, key: str) -> None:
    """Let a message that is held not be said: it was said elsewhere."""
    async with deps.database.transaction(is_aside=True) as session:
        await outbox.take_back(session, [answer_key(key)])
