"""`/devops channel`: how much Baton says about requests in a channel, and the form that changes it."""

from __future__ import annotations

from typing import NamedTuple

from bot.blocks import backlog as blocks
from bot.blocks.backlog import channels as channel_blocks
from bot.blocks.text import Block, Rendered, is_channel_id
from bot.blocks.values import UNKNOWN, parse
from bot.domain.backlog.channels import ChannelSettings
from bot.errors import NotAllowedError, NotFoundError
from bot.services import routing
from bot.services.backlog import channels, status_emoji
from bot.services.context import Context
from handlers.backlog import jobs
from handlers.interaction import decider, open_form, place_of, read_metadata, show
from handlers.payloads import Action, Submission


class ChannelSubject(NamedTuple):
    """The channel that the form is about."""

    channel_id: str


async def channel_settings(context: Context, channel_id: str, user_id: str) -> Rendered:
    """Return what is set for a channel, as somebody sees it."""
    if not is_channel_id(channel_id):
        return blocks.not_a_channel()
    if routing.is_closed(context.deps, context.snapshot, channel_id):
        return blocks.shared_channel(channel_id)
    found = await channels.look_up(context.deps, context.snapshot, channel_id=channel_id, slack_id=user_id)
    return await _said(context, channel_id, found.settings, found.refusal)


async def on_channel(action: Action, context: Context) -> None:
    """Open the form that changes what is set for a channel."""
    await open_form(context, action, _form(context, action))


async def _form(context: Context, action: Action) -> Block:
    channel_id = parse(ChannelSubject, action.value).channel_id
    if not is_channel_id(channel_id):
        raise NotFoundError(UNKNOWN)
    found = await channels.look_up(context.deps, context.snapshot, channel_id=channel_id, slack_id=action.user_id)
    if found.refusal:
        raise NotAllowedError(found.refusal)
    metadata = place_of(action).metadata(channel_id)
    return blocks.channel_view(channel_id, found.settings, status_emoji.emoji(context.deps), metadata)


async def on_channel_submitted(submission: Submission, context: Context) -> None:
    """Set how much is said in a channel."""
    form = channel_blocks.CHANNEL
    subject, place = read_metadata(submission.metadata)
    channel_id, new = parse(ChannelSubject, subject).channel_id, channel_blocks.read(form.read(submission.values))
    with form.refusing():
        by = await decider(context, submission.user_id)
        await channels.change(context.deps, context.snapshot, channel_id=channel_id, by=by, new=new)
    jobs.react(context)
    now = await _said(context, channel_id, new)
    await show(context, place, now, message=now)


async def _said(context: Context, channel_id: str, its: ChannelSettings, refusal: str = "") -> Rendered:
    can_react = not its.has_emoji or await status_emoji.may_react(context.slack)
    emoji = status_emoji.emoji(context.deps)
    return blocks.channel_settings(channel_id, its, emoji, refusal, can_react=can_react)
