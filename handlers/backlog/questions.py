"""`/devops`, and the answers that offer to open a request: to a mention that asks for something, and to the emoji."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from functools import partial

from bot.blocks import backlog as blocks
from bot.blocks import help as help_blocks
from bot.blocks.backlog.actions import ListTurn, OtherValue, RequestList
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Rendered
from bot.blocks.values import number, parse
from bot.domain.backlog import wishes
from bot.domain.directory.questions import unescaped
from bot.errors import NotFoundError, SlackError
from bot.ports import Ack
from bot.services import devops_team, inbound
from bot.services.backlog import charts, intake, lists, savings, step_words
from bot.services.context import Context
from bot.services.inbound import Reply
from handlers import pictures, replies
from handlers.backlog.channels import channel_settings
from handlers.backlog.intake import open_typed
from handlers.backlog.request_forms import named_by, seen_by
from handlers.backlog.steps import shown
from handlers.interaction import replace_answer, reply, whisper
from handlers.payloads import Action, Command, Event

log = logging.getLogger(__name__)

#: A number that no request has, and that every database takes.
_NO_ID = 2**31 - 1
_SHOW = re.compile(r"(?:show\s+)?#?(\d+)", re.IGNORECASE)


async def on_devops(command: Command, context: Context) -> Ack | None:
    """Answer `/devops …`; what is no question opens the form."""
    text = command.text.strip()
    match text.casefold():
        case "help" | "?":
            return replies.ephemeral(help_blocks.devops_help(context.deps.devops.emoji))
        case RequestList.OPEN | RequestList.MINE | RequestList.RANK as which:
            return replies.ephemeral(await _listed(context, RequestList(which), command.user_id))
        case "picture":
            draw = partial(charts.chart, context.deps, context.snapshot, context.pictures)
            pictures.begin(context, command, draw, what="backlog picture")
            return replies.ephemeral(blocks.drawing())
        case "channel":
            return replies.ephemeral(await channel_settings(context, command.channel_id, command.user_id))
        case "savings":
            found_savings = await savings.report(context.deps, context.snapshot, _person_id(context, command.user_id))
            return replies.ephemeral(blocks.savings(found_savings.cards, found_savings.reviews))
    if (asked := _SHOW.fullmatch(text)) is not None:
        return replies.ephemeral(await request(context, min(int(asked[1][:10]), _NO_ID), command.user_id))
    if (asked_why := wishes.asked_why(text)) is not None:
        return replies.ephemeral(await _why(context, min(asked_why, _NO_ID), command.user_id))
    if meant := wishes.meant(text):
        return replies.ephemeral(blocks.mistyped(unescaped(text), meant))
    await open_typed(command, context, "" if wishes.asks_for_form(text) else text)
    return None


async def on_turn(action: Action, context: Context) -> None:
    """Put another page of a list in the place of the one whose button was pressed."""
    which, start = parse(ListTurn, action.value)
    await replace_answer(context, action, await _listed(context, which, action.user_id, start))


async def _listed(context: Context, which: RequestList, user_id: str, start: int = 0) -> Rendered:
    """Return what somebody may see of a list of requests, from the place `start` on."""
    person_id, may_open = _person_id(context, user_id), not inbound.is_guest()
    match which:
        case RequestList.RANK:
            weeks = context.deps.devops.sprint_weeks
            ranked = await context.backlog.first(person_id, blocks.MOST_RANKED, start=start)
            message, has_ended = blocks.backlog(ranked, weeks=weeks, may_open=may_open), not ranked.first
        case RequestList.MINE:
            found = await lists.mine(context.deps, context.snapshot, person_id, blocks.MOST_LISTED, start=start)
            message, has_ended = blocks.listing(found, is_mine=True, may_open=may_open), not found.first
        case RequestList.OPEN:
            found = await context.backlog.oldest(person_id, blocks.MOST_LISTED, start=start)
            message, has_ended = blocks.listing(found, may_open=may_open), not found.first
    # So many may have been closed since that there is no such page any more.
    return await _listed(context, which, user_id) if has_ended and start else message


async def on_show(action: Action, context: Context) -> None:
    """Show a request of a list to whoever asked."""
    message = await request(context, number(action.value), action.user_id)
    await whisper(context, action, message, blocks.card_view(message))


async def on_why(action: Action, context: Context) -> None:
    """Say to whoever asked why a request stands where it does."""
    message = await _why(context, number(action.value), action.user_id)
    await reply(context, action.response_url, message, thread_ts=action.thread_ts)


async def _why(context: Context, request_id: int, user_id: str) -> Rendered:
    """Return why a request stands where it does, for somebody. Raises NotFoundError for one that they may not see."""
    person_id = _person_id(context, user_id)
    card = await lists.one(context.deps, context.snapshot, request_id, person_id)
    is_devops = person_id is not None and devops_team.is_member(context.deps, context.snapshot, person_id)
    found = await context.backlog.why(request_id, is_all=is_devops)
    card = lists.as_seen_by(context.snapshot, card, person_id)
    return blocks.why(card, found[1], may_estimate=is_devops) if found is not None else blocks.unranked(card)


async def answer_in_words(context: Context, text: str, event: Event) -> Rendered | None:
    """Return the offer to open a request for words that ask for something; None for any others.

    The draft is made from the message, with the rest of its thread. A request that the words name is shown.
    """
    if request_id := wishes.named(text):
        return await _named(context, request_id, event, is_why=wishes.asked_why(text) is not None)
    is_command = wishes.is_command(text)
    if not is_command and not wishes.asks(text):
        return None
    if not is_command and not devops_team.takes_requests(context.deps, context.snapshot):
        return None  # where nobody takes requests, the words may be a question all the same
    ts = event.thread_ts or event.ts
    return await _offer(context, event.channel_id, ts, event.user_id, mentioned=event.user_id)


async def _named(context: Context, request_id: int, event: Event, *, is_why: bool) -> Rendered:
    """Return a request that words name. Everybody in a channel reads the answer, so a private one is not among them."""
    reader = event.user_id if event.channel_type == "im" else ""
    try:
        if is_why:
            return await _why(context, request_id, reader)
        card = await lists.one(context.deps, context.snapshot, request_id, _person_id(context, reader))
        return blocks.already(card, is_itself=True)
    except NotFoundError as error:
        return Rendered(str(error))


def is_wanted(event: Event, context: Context) -> bool:
    """Whether somebody reacts with the emoji that stands for a request."""
    is_emoji = event.reaction.partition("::")[0] == context.deps.devops.emoji
    return is_emoji and bool(event.channel_id and event.ts) and event.user_id != context.bot_user_id


async def on_reaction(event: Event, context: Context) -> Reply | None:
    """Show a button that opens the form to whoever has put the emoji under a message: a reaction opens nothing."""
    root_ts, in_thread = await _root(context, event)
    message = await _offer(context, event.channel_id, root_ts, event.user_id, pressed=event.ts)
    return await _whisper(event, context, message, root_ts if in_thread else "")


async def refuse(event: Event, context: Context, message: Rendered) -> Reply | None:
    """Say to whoever has put the emoji there why there is no form."""
    return await _whisper(event, context, message, "")


async def _whisper(event: Event, context: Context, message: Rendered, thread_ts: str) -> Reply | None:
    """Show something to one person where they are; where Slack does not, write to them."""
    try:
        await context.slack.post_ephemeral(
            event.channel_id, event.user_id, text=message.text, blocks=message.blocks, thread_ts=thread_ts or None
        )
    except SlackError as error:
        log.warning("a button could not be shown: %s", error)
        return Reply(event.user_id, "", event.user_id, message)
    return None


async def _offer(
    context: Context, channel_id: str, ts: str, user_id: str, *, pressed: str = "", mentioned: str = ""
) -> Rendered:
    """Return the button that opens the form, or the request that there is; `pressed` is a message of the thread."""
    devops = intake.require_devops(context.deps, context.snapshot)
    its = await intake.of_thread(context.deps, context.snapshot, channel_id, ts)
    named = (pressed,) if its.ended else (pressed, ts)
    card = await named_by(context, user_id, channel_id, *named) if not its.live else None
    # The answer to a mention is read by others as well, who may follow.
    seen = [each if mentioned else seen_by(context, each, user_id) for each in (*its.live, *([card] if card else []))]
    if seen:
        other = OtherValue(channel_id, ts) if its.live else None
        return blocks.already(*seen, other=other, is_itself=card is not None)
    inbound.require_full_member()
    return blocks.offer(OpenValue(channel_id, ts), devops.name, user_id=mentioned, ended=its.ended)


async def _root(context: Context, event: Event) -> tuple[str, bool]:
    """Return the first message of the thread that a message is in, and whether it has replies.

    Slack shows nothing to one person in a thread that has none.
    """
    try:
        async for page in context.slack.thread_pages(event.channel_id, event.ts):
            root = page[0] if page else {}
            return str(root.get("thread_ts") or event.ts), bool(root.get("reply_count"))
    except SlackError as error:
        log.warning("the thread of a reaction could not be read: %s", error)
    return event.ts, False


async def request(context: Context, request_id: int, user_id: str) -> Rendered:
    """Return a request's card as somebody sees it. Raises NotFoundError for one that they may not see."""
    person_id = _person_id(context, user_id)
    card = await lists.one(context.deps, context.snapshot, request_id, person_id)
    saved = await savings.of_request(context.deps, context.snapshot, request_id)
    words = await step_words.of_request(context.deps, context.snapshot, request_id)
    before = tuple(each for each in words if not each.is_shown_by(card))
    return shown(context, replace(card, savings=tuple(saved), before=before), person_id)


def _person_id(context: Context, user_id: str) -> int | None:
    person = context.snapshot.person_by_slack_id(user_id)
    return person.id if person is not None else None
