"""The form of a request that is filled from a thread."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.backlog.actions import OtherValue
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.backlog.forms import FormFrame
from bot.blocks.text import Block, is_channel_id
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import RequestItem
from bot.errors import NotAllowedError, SlackError
from bot.services.backlog import alternatives, drafts, intake, lists, suggestions, threads
from bot.services.backlog.intake import ThreadRequests
from bot.services.backlog.threads import ThreadWords
from bot.services.context import Context
from handlers.backlog.change_forms import change_form
from handlers.backlog.request_forms import about, asset_name, existing_view, named_by, seen_by, team_of, teams
from handlers.interaction import Place

log = logging.getLogger(__name__)

_NO_WORDS = "I found no words of your colleagues in this thread: fill it in yourself."
_NO_WISH = "I found nothing in this thread to ask DevOps for: say what you need."
_NO_MORE = "I found nothing more in this thread to ask DevOps for: say what you need."
_OUTSIDERS = "Messages of guests and from outside your organisation are left out."


class ThreadForm:
    """The form that is filled from a thread, and to which a language model may add when people see it already.

    For `something_else` it is the form of one more request, filled with what the thread's others do not hold.
    """

    def __init__(
        self,
        context: Context,
        user_id: str,
        channel_id: str,
        ts: str,
        *,
        pressed: str = "",
        instead: Mapping[str, Any] | None = None,
        something_else: bool = False,
    ) -> None:
        self._context, self._user_id, self._channel_id, self._ts = context, user_id, channel_id, ts
        self._pressed, self._instead, self._something_else = pressed, instead, something_else
        self._shown: tuple[Prefill, FormMetadata, FormFrame] | None = None
        self._said: list[Mapping[str, Any]] = []
        self._held: tuple[RequestItem, ...] = ()

    async def make(self) -> Block:
        """Return the form; in its place a request that the thread has made already, for those who may to change it."""
        context, channel_id, ts = self._context, self._channel_id, self._ts
        intake.require_devops(context.deps, context.snapshot)
        its = await intake.of_thread(context.deps, context.snapshot, channel_id, ts)
        if (there := await self._there(its, ts)) is not None:
            return there
        named = (self._pressed,) if its.ended or self._something_else else (self._pressed, ts)
        if (card := await named_by(context, self._user_id, channel_id, *named)) is not None:
            other = OtherValue(channel_id, ts) if its.ended else None
            return existing_view(context, [card], self._user_id, other, is_itself=True)
        words = await threads.read(context.slack, context.members, channel_id, ts, instead=self._instead)
        root_ts = words.root_ts or ts
        if root_ts != ts:
            its = await intake.of_thread(context.deps, context.snapshot, channel_id, root_ts)
            if (there := await self._there(its, root_ts)) is not None:
                return there
        self._shown = await self._filled(words, root_ts, its)
        return blocks.request_view(*self._shown)

    async def _there(self, its: ThreadRequests, ts: str) -> Block | None:
        """Return what stands in the place of the form where the thread has requests; None where the form does."""
        context, user_id = self._context, self._user_id
        if self._something_else or not its.live:
            return None
        number = await intake.named_by(context.deps, self._channel_id, self._pressed)
        cards = [each for each in its.live if each.id == number] or its.live
        person = context.snapshot.person_by_slack_id(user_id)
        seen = lists.as_seen_by(context.snapshot, cards[0], person.id if person is not None else None)
        if len(cards) == 1 and seen.is_changeable and seen.may_change:
            try:
                here = self._channel_id
                return await change_form(context, user_id, seen.id, Place(), here=here, is_found=True)
            except NotAllowedError:
                log.info("request %d is shown to somebody who may not change it after all", seen.id)
        return existing_view(context, cards, user_id, OtherValue(self._channel_id, ts))

    async def _filled(
        self, words: ThreadWords, root_ts: str, its: ThreadRequests
    ) -> tuple[Prefill, FormMetadata, FormFrame]:
        """Return what the form is filled with, what it carries, and what is said above it."""
        context, channel_id = self._context, self._channel_id
        self._said, self._held = threads.said_by_people(words, context.bot_user_id), its.held
        prefill, asked_by = await self._drafted(words)
        metadata = FormMetadata(
            channel_id=channel_id,
            thread_ts=root_ts,
            permalink=await _permalink(context, channel_id, root_ts),
            is_private=not is_channel_id(channel_id),
            items=prefill.items_to_tick,
            stays_with_team=prefill.stays_with_team,
            read_to=words.read_to,
            turn=its.turn,
        )
        prefill, metadata = about(context, self._user_id, prefill, metadata)
        theirs = [each.id for each in (*its.live, *its.ended)]
        found = await alternatives.find(context.deps, context.snapshot, prefill, asset_id=metadata.asset_id, but=theirs)
        frame = FormFrame(
            devops=intake.require_devops(context.deps, context.snapshot).name,
            teams=teams(context),
            team_id=team_of(context, channel_id, asked_by, self._user_id),
            asked_by=asked_by,
            note=self._note(words, prefill),
            may_copy=await _is_public(context, channel_id),
            alternatives=found,
            asset=asset_name(context, metadata),
            ended=[seen_by(context, each, self._user_id) for each in its.ended],
            besides=its.live,
        )
        return prefill, metadata, frame

    async def _drafted(self, words: ThreadWords) -> tuple[Prefill, str]:
        """Return what the thread asks for, without what its requests hold, and whose need it seems to be."""
        deps, snapshot = self._context.deps, self._context.snapshot
        if not self._held:
            return await drafts.draft(deps, snapshot, self._said), words.author or self._user_id
        prefill, author = await drafts.rest(deps, snapshot, self._said, self._held)
        return prefill, author or self._user_id

    def _note(self, words: ThreadWords, prefill: Prefill) -> str:
        has_words = any(map(_has_words, self._said))
        nothing = _NO_MORE if self._held else _NO_WISH if has_words else _NO_WORDS
        return " ".join(filter(None, ("" if prefill.items else nothing, _OUTSIDERS if words.outsiders else "")))

    async def add_from_model(self, view_id: str, view_hash: str) -> None:
        """Add what a model finds in the thread, unticked, where one is set and may read this channel.

        Nothing is added to a form that shows something else by then, such as the rest of its fields.
        """
        model, context = self._context.model, self._context
        if model is None or self._shown is None:
            return
        if not await suggestions.may_read(context.deps, context.slack, self._channel_id):
            return
        prefill, metadata, frame = self._shown
        found = await suggestions.find(model, self._said, (*self._held, *metadata.items))
        if not found:
            return
        prefill = replace(prefill, from_model=found)
        frame = replace(frame, model=model.name, note=frame.note.replace(_NO_MORE, "").replace(_NO_WISH, "").strip())
        view = blocks.request_view(prefill, replace(metadata, items=prefill.items_to_tick), frame)
        try:
            await context.slack.update_view(view_id, view, view_hash=view_hash)
        except SlackError as error:
            log.info("what the model found is not shown, the form is gone or another by now: %s", error)


def _has_words(message: Mapping[str, Any]) -> bool:
    """Whether a message says anything but emoji."""
    return re.search(r"[^\W_]", re.sub(r":[\w+'-]+:", "", str(message.get("text") or ""))) is not None


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
