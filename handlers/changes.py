"""Events that say that an account or a channel has changed.

Each is a hint, which Slack is asked about. The hourly reading brings what no event told of.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from bot.domain.trust import AccountStanding
from bot.errors import SlackError
from bot.services import snapshot
from bot.services.context import Context
from bot.services.members import standing_of
from handlers import orphans
from handlers.payloads import ChangeEvent
from handlers.routes import Routes

log = logging.getLogger(__name__)


async def on_account(change: ChangeEvent, context: Context) -> None:
    """Learn what an account is now, if it seems to be something else: most changes are of a status or a picture."""
    known = context.snapshot.standing(change.user_id)
    if known is None and change.type != "team_join":
        return  # the door asks when it first acts
    # A stranger stays one. An event does not always show that an account is one.
    if change.seems is not None and known not in (standing_of(change.seems), AccountStanding.STRANGER):
        await _asked(change, context.listings.read_member(change.user_id))
        if not change.seems.is_active:
            await snapshot.refresh(context.snapshot, context.deps.database)
            await orphans.look(context)


async def on_channel(change: ChangeEvent, context: Context) -> None:
    """Learn what a channel is called now, whether it is open, and whether other organisations are in it."""
    if change.channel_id:
        await _asked(change, context.listings.read_channel(change.channel_id))


async def on_channel_opened(change: ChangeEvent, context: Context) -> None:
    """Learn of a channel that messages may be sent to again."""
    context.deps.refusals.drop(change.channel_id)
    await on_channel(change, context)


async def on_joined(change: ChangeEvent, context: Context) -> None:
    """Learn of a channel that Baton has been invited to; others may join as they like."""
    if change.user_id == context.bot_user_id:
        await on_channel_opened(change, context)


async def _asked(change: ChangeEvent, asking: Awaitable[None]) -> None:
    try:
        await asking
    except SlackError as error:
        log.warning("what %s is about could not be read: %s; the hourly reading will tell", change.type, error)


ROUTES = Routes(
    changes={
        "user_change": on_account,
        "team_join": on_account,
        **dict.fromkeys(("channel_created", "channel_archive", "channel_rename", "channel_deleted"), on_channel),
        **dict.fromkeys(("channel_shared", "channel_unshared", "channel_id_changed"), on_channel),
        **dict.fromkeys(("group_archive", "group_rename", "group_deleted"), on_channel),
        **dict.fromkeys(("channel_unarchive", "group_unarchive"), on_channel_opened),
        "member_joined_channel": on_joined,
    },
)
