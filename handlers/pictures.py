"""Sharing a picture in the channel in which somebody asked for it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from bot.blocks import pictures as blocks
from bot.blocks.text import Rendered
from bot.domain.outbox import may_pass
from bot.domain.rights import Right
from bot.errors import SlackError
from bot.services import inbound
from bot.services.context import Context
from bot.services.pictures import Picture
from handlers import share
from handlers.failures import failure
from handlers.interaction import answer_late
from handlers.payloads import Command

log = logging.getLogger(__name__)


def begin(context: Context, command: Command, draw: Callable[[], Awaitable[Picture]], *, what: str) -> None:
    """Draw a picture and share it, behind the answer to the command. Raises NotAllowedError for a guest."""
    inbound.require_full_member(Right.PICTURE)
    context.background.start(answer_late(context, command, _post(context, command, draw)), what=what)


async def _post(context: Context, command: Command, draw: Callable[[], Awaitable[Picture]]) -> Rendered | None:
    """Draw and share; return what went wrong for whoever asked, who would wait for the picture otherwise."""
    try:
        await share.check_place(context, command.channel_id)
        picture = await draw()
        await context.slack.upload_file(
            command.channel_id,
            filename=picture.filename,
            title=picture.title,
            alt_text=picture.alt_text,
            content=picture.content,
            comment=blocks.comment(command.user_id),
        )
    except SlackError as error:
        log.warning("a picture could not be shared: %s", error)
        return blocks.refused(error.code, may_pass=may_pass(error))
    except Exception as error:  # noqa: BLE001 - the reply boundary
        return failure(error, what="a picture")[1]
    return None
