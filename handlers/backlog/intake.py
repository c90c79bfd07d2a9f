"""What opens the form of a request: shortcuts, the command and buttons. A thread, if there is one, fills it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.backlog.forms import FormFrame
from bot.blocks.eol.words import upgrade_title
from bot.blocks.ownership.words import AREA_WORDS
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Block, is_channel_id
from bot.blocks.values import parse
from bot.domain.backlog import wishes
from bot.domain.backlog.new_request import LONGEST_TITLE
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.catalog import Area
from bot.domain.records import TeamRecord
from bot.errors import NotFoundError, SlackError
from bot.ports import Ack
from bot.services import inbound
from bot.services.backlog import drafts, intake, threads
from bot.services.backlog.threads import ThreadWords
from bot.services.context import Context
from bot.services.eol import answers
from handlers import replies
from handlers.interaction import open_slowly
from handlers.payloads import Action, Command, Shortcut

_NO_WORDS = "I found nothing of your colleagues in this thread: fill it in yourself."
_OUTSIDERS = "Messages from outside your organisation are left out."


def thread_key(channel_id: str, thread_ts: str) -> str:
    """Return what a request from this thread is known by: a thread makes one request."""
    return f"thread:{channel_id}:{thread_ts}"


def reminder_key(reminder_id: int) -> str:
    """Return what a request for help with a reminder is known by: a reminder makes one request."""
    return f"reminder:{reminder_id}"


async def on_message_shortcut(shortcut: Shortcut, context: Context) -> Ack:
    """Open the form, filled from the thread of a message."""
    inbound.require_full_member()
    ts = shortcut.thread_ts or shortcut.message_ts
    text = "\n".join(shortcut.says)
    said = {"user": shortcut.author_id, "text": text, "ts": shortcut.message_ts, "thread_ts": ts}
    # Nobody can invite Baton into a conversation between two people: there the message itself is what it knows.
    instead = None if is_channel_id(shortcut.channel_id) else said
    making = thread_form(context, shortcut.user_id, shortcut.channel_id, ts, instead=instead)
    await open_slowly(context, shortcut.trigger_id, making, what="request form")
    return replies.nothing()


async def on_global_shortcut(shortcut: Shortcut, context: Context) -> Ack:
    """Open an empty form."""
    inbound.require_full_member()
    await open_slowly(context, shortcut.trigger_id, _typed_form(context, shortcut.user_id), what="request form")
    return replies.nothing()


async def on_open(action: Action, context: Context) -> Ack:
    """Open the form with what the button says."""
    value = parse(OpenValue, action.value)
    if value.channel_id:
        making = thread_form(context, action.user_id, value.channel_id, value.thread_ts)
    elif value.reminder_id is not None:
        making = _reminder_form(context, action.user_id, value.reminder_id)
    elif value.asset_id is not None:
        making = _asset_form(context, action.user_id, value)
    else:
        making = _typed_form(context, action.user_id)
    await open_slowly(context, action.trigger_id, making, what="request form")
    return replies.nothing()


async def open_typed(command: Command, context: Context, text: str) -> Ack:
    """Open the form with what was typed behind the command."""
    inbound.require_full_member()
    is_private = command.channel_id.startswith("D")
    making = _typed_form(context, command.user_id, text, is_private=is_private)
    await open_slowly(context, command.trigger_id, making, what="request form")
    return replies.nothing()


async def thread_form(
    context: Context, user_id: str, channel_id: str, ts: str, *, instead: Mapping[str, Any] | None = None
) -> Block:
    """Return the form filled from a thread, or the request that it has made already."""
    devops = intake.require_devops(context.deps, context.snapshot)
    if (card := await intake.existing(context.deps, context.snapshot, thread_key(channel_id, ts))) is not None:
        return blocks.existing_view(card)
    words = await threads.read(context.slack, context.members, channel_id, ts, instead=instead)
    root_ts = words.root_ts or ts
    if root_ts != ts:
        card = await intake.existing(context.deps, context.snapshot, thread_key(channel_id, root_ts))
        if card is not None:
            return blocks.existing_view(card)
    said = [each for each in words.messages if not _is_command(context, str(each.get("text") or ""))]
    prefill = await drafts.draft(said)
    asked_by = words.author or user_id
    metadata = FormMetadata(
        channel_id=channel_id,
        thread_ts=root_ts,
        permalink=await _permalink(context, channel_id, root_ts),
        is_private=not is_channel_id(channel_id),
        items=(*prefill.items, *prefill.suggested),
        stays_with_team=prefill.stays_with_team,
    )
    frame = FormFrame(
        devops=devops.name,
        teams=_teams(context),
        team_id=_team_of(context, channel_id, asked_by, user_id),
        asked_by=asked_by,
        note=_note(words, is_empty=not said),
        may_copy=await _is_public(context, channel_id),
    )
    return blocks.request_view(prefill, metadata, frame)


async def _typed_form(context: Context, user_id: str, text: str = "", *, is_private: bool = False) -> Block:
    """Return the form of a request without a thread, filled from what was typed."""
    devops = intake.require_devops(context.deps, context.snapshot)
    now = f"{context.deps.clock.now().timestamp():.6f}"
    prefill = await drafts.draft([{"user": user_id, "text": text, "ts": now}]) if text else Prefill()
    metadata = FormMetadata(
        is_private=is_private,
        items=(*prefill.items, *prefill.suggested),
        stays_with_team=prefill.stays_with_team,
    )
    return blocks.request_view(prefill, metadata, _frame(context, devops, user_id))


async def _asset_form(context: Context, user_id: str, value: OpenValue) -> Block:
    """Return the form of a request about an asset, or an area of it."""
    devops = intake.require_devops(context.deps, context.snapshot)
    asset = context.snapshot.asset(value.asset_id or 0)
    if asset is None:
        raise NotFoundError("That is no longer in the catalog: `/devops` opens a request without it.")
    area = next((each for each in Area if each.value == value.area), Area.ALL)
    metadata = FormMetadata(asset_id=asset.id, area=area.value)
    prefill = Prefill(title=f"Help with {AREA_WORDS[area]} of {asset.name}"[:LONGEST_TITLE])
    return blocks.request_view(prefill, metadata, _frame(context, devops, user_id))


async def _reminder_form(context: Context, user_id: str, reminder_id: int) -> Block:
    """Return the form of a request for help with an upgrade, or the request that there is already."""
    devops = intake.require_devops(context.deps, context.snapshot)
    if (made := await intake.existing(context.deps, context.snapshot, reminder_key(reminder_id))) is not None:
        return blocks.existing_view(made)
    card = await answers.look_up(context.deps, context.watcher, reminder_id=reminder_id)
    item = RequestItem(ItemType.INFRASTRUCTURE, upgrade_title(card.watch, card.today))
    ends = card.watch.deadline.on
    is_ahead = ends >= card.today
    prefill = Prefill(
        title=item.title,
        items=(item,),
        needed_by=ends if is_ahead else None,
        needed_reason="Its support ends then" if is_ahead else "",
    )
    metadata = FormMetadata(items=(item,), asset_id=card.watch.runs[0].asset.id, reminder_id=reminder_id)
    frame = _frame(context, devops, user_id)
    team = card.watch.addressee.team
    return blocks.request_view(prefill, metadata, replace(frame, team_id=team.id) if team is not None else frame)


def _frame(context: Context, devops: TeamRecord, user_id: str) -> FormFrame:
    team_id = _team_of(context, "", user_id)
    return FormFrame(devops=devops.name, teams=_teams(context), team_id=team_id, asked_by=user_id)


def _note(words: ThreadWords, *, is_empty: bool) -> str:
    return " ".join(filter(None, (_NO_WORDS if is_empty else "", _OUTSIDERS if words.outsiders else "")))


def _is_command(context: Context, text: str) -> bool:
    """Whether a message only calls Baton to the thread, as `@Baton request` does."""
    mention = re.compile(rf"<@{re.escape(context.bot_user_id)}(\|[^>]*)?>")
    bare = mention.sub(" ", text).strip()
    return bare != text.strip() and (not bare or (wishes.is_command(bare) and len(bare.split()) <= 3))


def _teams(context: Context) -> list[TeamRecord]:
    return sorted(context.snapshot.teams(), key=lambda team: team.name.casefold())


def _team_of(context: Context, channel_id: str, *people: str) -> int | None:
    """Return the team that a request is likely of: that of the channel, or else of the first of these people."""
    snapshot = context.snapshot
    here = {team.id for team in snapshot.teams() if channel_id and snapshot.channel_id(team.channel) == channel_id}
    theirs = [team.id for each in _known(context, people) for team in snapshot.teams_of(each)]
    return next((each for each in theirs if each in here), next(iter(sorted(here)), next(iter(theirs), None)))


def _known(context: Context, slack_ids: Iterable[str]) -> list[int]:
    people = map(context.snapshot.person_by_slack_id, slack_ids)
    return [each.id for each in people if each is not None]


async def _permalink(context: Context, channel_id: str, ts: str) -> str:
    try:
        return await context.slack.permalink(channel_id, ts)
    except SlackError:
        return ""


async def _is_public(context: Context, channel_id: str) -> bool:
    """Whether every member may read a conversation, as far as Slack tells."""
    try:
        return await context.slack.is_public_channel(channel_id)
    except SlackError:
        return False
