"""`/handoff`, and the buttons that show a handoff."""

from __future__ import annotations

import asyncio
import logging
import re
import unicodedata

from bot.blocks import handoff as blocks
from bot.blocks import help as help_blocks
from bot.blocks import ownership as ownership_blocks
from bot.blocks.handoff_button import OpenHandoff, Way
from bot.blocks.text import Rendered
from bot.blocks.values import number
from bot.domain.handoff.handoffs import Which
from bot.errors import SlackError, StoreError, UserError
from bot.ports import Ack
from bot.services import ownership, snapshot
from bot.services.context import Context
from bot.services.handoff import choices, lists
from bot.services.ownership import Answered, SeveralAssets
from bot.services.questions import owner_called
from handlers import replies
from handlers.handoff.forms import open_typed, show_one, teams_of
from handlers.handoff.gates import able
from handlers.interaction import open_form, whisper
from handlers.ownership import message
from handlers.payloads import Action, Command

log = logging.getLogger(__name__)

#: How long the acknowledgement waits for Slack to say who asks.
_PATIENCE_SECONDS = 1.0
_SHOW = re.compile(r"(?:show\s+)?#?([0-9]{1,9})", re.IGNORECASE)
_SHOW_NO_NUMBER = re.compile(r"show\s.*", re.IGNORECASE)


async def on_handoff(command: Command, context: Context) -> Ack | None:
    """Answer `/handoff …`; the name of an asset opens the form."""
    text = command.text.strip()
    said = unicodedata.normalize("NFKC", text).casefold()  # digits and letters of another width
    match said.split():
        case ["help"] | ["show"]:
            return replies.ephemeral(help_blocks.handoff_help())
        case ["list"]:
            return replies.ephemeral(await _listed(command, context))
        case ["list", word] if word in set(Which):
            return replies.ephemeral(await _listed(command, context, Which(word)))
        case []:
            await _meet(command.user_id, context)
            await open_typed(command, context, OpenHandoff(Way.OFFER))
            return None
    if (typed := _SHOW.fullmatch(said)) is not None:
        return replies.ephemeral(await show_one(context, number(typed[1]), command.user_id))
    if _SHOW_NO_NUMBER.fullmatch(said) is not None:  # whoever does not know the number finds it in the list
        return replies.ephemeral(await _listed(command, context))
    found = ownership.find(context.deps, context.snapshot, text)
    if isinstance(found, Answered):
        asset_id = found.verdict.asset.id
        await _meet(command.user_id, context)
        if (shown := choices.to_show(context.deps, context.snapshot, asset_id, command.user_id)) is not None:
            return replies.ephemeral(await show_one(context, shown, command.user_id))
        way = choices.way_for(context.deps, context.snapshot, asset_id, command.user_id)
        await open_typed(command, context, way)
        return None
    if isinstance(found, SeveralAssets):
        return replies.ephemeral(
            ownership_blocks.several(found.choices, found.left, lacks_repository=found.lacks_repository)
        )
    if (meant := owner_called(context.snapshot, found.asked)) is not None:
        return replies.ephemeral(await message(context, meant, command.user_id))
    return replies.ephemeral(
        ownership_blocks.unknown(found.choices, found.asked, lacks_repository=found.lacks_repository)
    )


async def _meet(user_id: str, context: Context) -> bool:
    """Ask Slack who somebody is whom memory does not know, as before its members have been read for the first time.

    Return whether their teams are known now.
    """
    if context.snapshot.person_by_slack_id(user_id) is not None:
        return True
    try:
        await asyncio.wait_for(context.listings.read_member(user_id), _PATIENCE_SECONDS)
    except (SlackError, StoreError, TimeoutError) as error:
        log.warning(
            "who asks for a handoff is not known: %s", str(error) or "neither Slack nor the database was in time"
        )
        return False
    await snapshot.refresh(context.snapshot, context.deps.database)
    return True


async def on_show(action: Action, context: Context) -> None:
    """Show a handoff to whoever asked."""
    shown = await show_one(context, number(action.value), action.user_id)
    await whisper(context, action, shown, blocks.card_view(shown))


async def on_details(action: Action, context: Context) -> None:
    """Open the details of a handoff, with what shows that it is ready."""

    async def making() -> dict[str, object]:
        card = await lists.one(context.deps, context.snapshot, number(action.value))
        return blocks.details_view(card, able(context, action.user_id, card))

    await open_form(context, action, making())


async def _listed(command: Command, context: Context, which: Which = Which.PENDING) -> Rendered:
    if not await _meet(command.user_id, context):
        raise UserError("I do not know your teams just now. Try again in a minute; `/handoff show 7` works.")
    teams = teams_of(context, command.user_id)
    return blocks.listing(await lists.listed(context.deps, context.snapshot, teams, which=which), which)
