"""What opens the form of a request: shortcuts, the command and buttons. A thread, if there is one, fills it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.backlog import form_metadata, forms
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.backlog.forms import FormFrame
from bot.blocks.eol.words import upgrade_title
from bot.blocks.ownership.words import AREA_WORDS, sentence
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Block, is_channel_id
from bot.blocks.values import UNKNOWN, parse
from bot.domain.backlog import wishes
from bot.domain.backlog.alternatives import NO_ALTERNATIVES
from bot.domain.backlog.new_request import LONGEST_TITLE, thread_key
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import ItemType, RequestCard, RequestItem
from bot.domain.catalog import Area
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.names import cut
from bot.domain.ownership import Owned
from bot.domain.records import AssetRecord, TeamRecord
from bot.errors import NotFoundError, SlackError
from bot.services import inbound, ownership
from bot.services.backlog import alternatives, drafts, intake, lists, suggestions, threads
from bot.services.backlog.threads import ThreadWords
from bot.services.context import Context
from bot.services.eol import answers
from handlers.interaction import open_slowly
from handlers.payloads import Action, Command, Shortcut

log = logging.getLogger(__name__)

_NO_WORDS = "I found no words of your colleagues in this thread: fill it in yourself."
_NO_WISH = "I found nothing in this thread to ask DevOps for: say what you need."
_OUTSIDERS = "Messages of guests and from outside your organisation are left out."


def reminder_key(reminder_id: int) -> str:
    """Return what a request for help with a reminder is known by: a reminder makes one request."""
    return f"reminder:{reminder_id}"


async def on_message_shortcut(shortcut: Shortcut, context: Context) -> None:
    """Open the form, filled from the thread of a message."""
    inbound.require_full_member()
    ts = shortcut.thread_ts or shortcut.message_ts
    text = "\n".join(shortcut.says)
    said = {"user": shortcut.author_id, "text": text, "ts": shortcut.message_ts, "thread_ts": ts}
    # Nobody can invite Baton into a conversation between two people: there the message itself is what it knows.
    instead = None if is_channel_id(shortcut.channel_id) else said
    form = ThreadForm(context, shortcut.user_id, shortcut.channel_id, ts, pressed=shortcut.message_ts, instead=instead)
    await open_slowly(context, shortcut.trigger_id, form.make(), what="request form", then=form.add_from_model)


async def on_global_shortcut(shortcut: Shortcut, context: Context) -> None:
    """Open an empty form."""
    inbound.require_full_member()
    await open_slowly(context, shortcut.trigger_id, _typed_form(context, shortcut.user_id), what="request form")


async def on_open(action: Action, context: Context) -> None:
    """Open the form with what the button says."""
    value = parse(OpenValue, action.value)
    if value.channel_id:
        form = ThreadForm(context, action.user_id, value.channel_id, value.thread_ts)
        await open_slowly(context, action.trigger_id, form.make(), what="request form", then=form.add_from_model)
        return
    if value.reminder_id is not None:
        making = reminder_form(context, action.user_id, value.reminder_id)
    elif value.supports_id is not None or value.library_id is not None:
        making = _support_form(context, action.user_id, value)
    elif value.asset_id is not None:
        making = _asset_form(context, action.user_id, value)
    else:
        making = _typed_form(context, action.user_id)
    await open_slowly(context, action.trigger_id, making, what="request form")


async def on_rest(action: Action, context: Context) -> None:
    """Show the rest of the form below what is there."""
    metadata = form_metadata.read(action.metadata)
    names = drafts.names_of(metadata.kept.get(forms.TECHNOLOGIES.block_id, ()))
    devops, asset = intake.require_devops(context.deps, context.snapshot).name, _asset_name(context, metadata)
    view = blocks.full_view(
        action.blocks, action.metadata, metadata, names, devops=devops, asset=asset, typed=action.values
    )
    await context.slack.update_view(action.view_id, view)


async def open_typed(command: Command, context: Context, text: str) -> None:
    """Open the form with what was typed behind the command."""
    inbound.require_full_member()
    is_private = command.channel_id.startswith("D")
    making = _typed_form(context, command.user_id, text, is_private=is_private)
    await open_slowly(context, command.trigger_id, making, what="request form")


class ThreadForm:
    """The form that is filled from a thread, and to which a language model may add when people see it already."""

    def __init__(
        self,
        context: Context,
        user_id: str,
        channel_id: str,
        ts: str,
        *,
        pressed: str = "",
        instead: Mapping[str, Any] | None = None,
    ) -> None:
        self._context, self._user_id, self._channel_id, self._ts = context, user_id, channel_id, ts
        self._pressed, self._instead = pressed, instead
        self._shown: tuple[Prefill, FormMetadata, FormFrame] | None = None
        self._said: list[Mapping[str, Any]] = []

    async def make(self) -> Block:
        """Return the form, or the request that the thread has made already."""
        context, channel_id, ts = self._context, self._channel_id, self._ts
        devops = intake.require_devops(context.deps, context.snapshot)
        if (card := await intake.existing(context.deps, context.snapshot, thread_key(channel_id, ts))) is not None:
            return existing_view(context, card, self._user_id)
        if (card := await named_by(context, self._user_id, channel_id, self._pressed, ts)) is not None:
            return existing_view(context, card, self._user_id, is_itself=True)
        words = await threads.read(context.slack, context.members, channel_id, ts, instead=self._instead)
        root_ts = words.root_ts or ts
        if root_ts != ts:
            card = await intake.existing(context.deps, context.snapshot, thread_key(channel_id, root_ts))
            if card is not None:
                return existing_view(context, card, self._user_id)
        self._said = [each for each in words.messages if not _is_command(context, str(each.get("text") or ""))]
        prefill = await drafts.draft(context.deps, context.snapshot, self._said)
        asked_by = words.author or self._user_id
        metadata = FormMetadata(
            channel_id=channel_id,
            thread_ts=root_ts,
            permalink=await _permalink(context, channel_id, root_ts),
            is_private=not is_channel_id(channel_id),
            items=prefill.items_to_tick,
            stays_with_team=prefill.stays_with_team,
        )
        prefill, metadata = about(context, self._user_id, prefill, metadata)
        frame = FormFrame(
            devops=devops.name,
            teams=teams(context),
            team_id=_team_of(context, channel_id, asked_by, self._user_id),
            asked_by=asked_by,
            note=_note(words, has_words=any(map(_has_words, self._said)), has_items=bool(prefill.items)),
            may_copy=await _is_public(context, channel_id),
            alternatives=await alternatives.find(context.deps, context.snapshot, prefill, asset_id=metadata.asset_id),
            asset=_asset_name(context, metadata),
        )
        self._shown = prefill, metadata, frame
        return blocks.request_view(*self._shown)

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
        found = await suggestions.find(model, self._said, metadata.items)
        if not found:
            return
        prefill = replace(prefill, from_model=found)
        frame = replace(frame, model=model.name, note=frame.note.replace(_NO_WISH, "").strip())
        view = blocks.request_view(prefill, replace(metadata, items=prefill.items_to_tick), frame)
        try:
            await context.slack.update_view(view_id, view, view_hash=view_hash)
        except SlackError as error:
            log.info("what the model found is not shown, the form is gone or another by now: %s", error)


async def named_by(context: Context, user_id: str, channel_id: str, *timestamps: str) -> RequestCard | None:
    """Return the request that one of these messages of Baton's own is about; None for all others.

    Raises NotFoundError for one that this person may not see.
    """
    number = await intake.named_by(context.deps, channel_id, *timestamps)
    if number is None:
        return None
    person = context.snapshot.person_by_slack_id(user_id)
    return await lists.one(context.deps, context.snapshot, number, person.id if person is not None else None)


async def _typed_form(context: Context, user_id: str, text: str = "", *, is_private: bool = False) -> Block:
    """Return the form of a request without a thread, filled from what was typed."""
    now = f"{context.deps.clock.now().timestamp():.6f}"
    said = [{"user": user_id, "text": text, "ts": now}]
    prefill = Prefill()
    if text:
        prefill = await drafts.draft(context.deps, context.snapshot, said, is_asked=True)
    metadata = FormMetadata(
        is_private=is_private,
        items=prefill.items_to_tick,
        stays_with_team=prefill.stays_with_team,
    )
    return await _form(context, user_id, *about(context, user_id, prefill, metadata))


def about(context: Context, user_id: str, prefill: Prefill, metadata: FormMetadata) -> tuple[Prefill, FormMetadata]:
    """Return a draft with the thing of the catalog that it is about, where there is one, and whose that is."""
    found = drafts.worked_on(context.snapshot, prefill.items)
    asset = context.snapshot.asset(found.asset_id) if found is not None else None
    if found is None or asset is None:
        return prefill, metadata
    verdict = ownership.look_up(context.deps, context.snapshot, asset.id)
    offer = intake.offer(context.deps, context.snapshot, verdict, user_id)
    area = found.area or Area(offer.area if offer is not None and offer.area else Area.ALL)
    filled = replace(metadata, asset_id=asset.id, area=area.value, is_named=True)
    return replace(prefill, details=_owners(context, asset, area)), filled


async def _support_form(context: Context, user_id: str, value: OpenValue) -> Block:
    """Return the form of a request for support with something that was delivered, or a library."""
    person = context.snapshot.person_by_slack_id(user_id)
    used = await alternatives.usable(
        context.deps,
        context.snapshot,
        person_id=person.id if person is not None else None,
        request_id=value.supports_id,
        asset_id=value.library_id,
    )
    title = alternatives.support_item(used).title
    item = RequestItem(ItemType.SUPPORT, "Advice on its use, or a change to it")  # the title says with what
    metadata = FormMetadata(
        is_private=used.is_private, items=(item,), asset_id=value.library_id, supports_id=value.supports_id
    )
    prefill = Prefill(title=title, items=(item,))
    return await _form(context, user_id, prefill, metadata, alternatives=NO_ALTERNATIVES)


async def _asset_form(context: Context, user_id: str, value: OpenValue) -> Block:
    """Return the form of a request about an asset, or an area of it."""
    asset = context.snapshot.asset(value.asset_id or 0)
    if asset is None:
        raise NotFoundError("That is no longer in the catalog: `/devops` opens a request without it.")
    area = next((each for each in Area if each.value == value.area), Area.ALL)
    items = (RequestItem(ItemType.INFRASTRUCTURE, value.title),) if value.title else ()
    metadata = FormMetadata(items=items, asset_id=asset.id, area=area.value)
    ends, details = _day(value.needed_by), _owners(context, asset, area)
    is_over = ends is not None and ends < context.deps.clock.now().date()
    needed_by = None if is_over else ends
    prefill = Prefill(
        title=cut(value.title or f"Help with {AREA_WORDS[area]} of {asset.name}", LONGEST_TITLE),
        items=items,
        details=f"{_overdue(ends)} {details}" if is_over else details,
        needed_by=needed_by,
        needed_reason="Its support ends then" if needed_by is not None else "",
    )
    return await _form(context, user_id, prefill, metadata)


def _overdue(day: date | None) -> str:
    """Return what is said of a day that is over: no form fills it in, and DevOps should know it."""
    return "Overdue." if day == LONG_AGO else f"Overdue since {day}."


def _day(text: str) -> date | None:
    """Return the day that a button names."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotFoundError(UNKNOWN) from None


def _owners(context: Context, asset: AssetRecord, area: Area) -> str:
    """Return whose an asset is, for the DevOps team to know."""
    verdict = ownership.look_up(context.deps, context.snapshot, asset.id, area=area)
    names = ownership.names_of(verdict.owners) if isinstance(verdict, Owned) else "nobody that I know of"
    return sentence(f"{AREA_WORDS[area]} of {asset.name} belongs to {names}.")


def existing_view(context: Context, card: RequestCard, user_id: str, *, is_itself: bool = False) -> Block:
    """Return the request that there is already, in the place of the form, with what somebody may do about it."""
    person = context.snapshot.person_by_slack_id(user_id)
    seen = lists.as_seen_by(context.snapshot, card, person.id if person is not None else None)
    return blocks.existing_view(seen, is_itself=is_itself)


async def reminder_form(context: Context, user_id: str, reminder_id: int, *, by: date | None = None) -> Block:
    """Return the form of a request for help with an upgrade, or the request that there is already.

    `by` is the day of the plan, where it is made with one.
    """
    if (made := await intake.existing(context.deps, context.snapshot, reminder_key(reminder_id))) is not None:
        return existing_view(context, made, user_id)
    card = await answers.look_up(context.deps, context.watcher, reminder_id=reminder_id)
    item = RequestItem(ItemType.INFRASTRUCTURE, upgrade_title(card.watch, card.today))
    ends = card.watch.deadline.on
    is_ahead = ends >= card.today
    prefill = Prefill(
        title=item.title,
        items=(item,),
        details="" if is_ahead else _overdue(ends),
        needed_by=by or (ends if is_ahead else None),
        needed_reason="It is planned for then" if by else "Its support ends then" if is_ahead else "",
    )
    metadata = FormMetadata(items=(item,), asset_id=card.watch.runs[0].asset.id, reminder_id=reminder_id)
    team = card.holder.team
    return await _form(context, user_id, prefill, metadata, **({"team_id": team.id} if team is not None else {}))


async def _form(context: Context, user_id: str, prefill: Prefill, metadata: FormMetadata, **frame: Any) -> Block:
    """Return the form of a request that is from no thread; `frame` is what is not as in all others."""
    devops = intake.require_devops(context.deps, context.snapshot)
    if "alternatives" not in frame:
        frame["alternatives"] = await alternatives.find(
            context.deps, context.snapshot, prefill, asset_id=metadata.asset_id
        )
    whose: dict[str, Any] = {"team_id": _team_of(context, "", user_id), "asked_by": user_id}
    made = FormFrame(devops=devops.name, teams=teams(context), asset=_asset_name(context, metadata), **(whose | frame))
    return blocks.request_view(prefill, metadata, made)


def _asset_name(context: Context, metadata: FormMetadata) -> str:
    asset = context.snapshot.asset(metadata.asset_id) if metadata.asset_id is not None else None
    return asset.name if asset is not None else ""


def _note(words: ThreadWords, *, has_words: bool, has_items: bool) -> str:
    missing = "" if has_items else _NO_WISH if has_words else _NO_WORDS
    return " ".join(filter(None, (missing, _OUTSIDERS if words.outsiders else "")))


def _has_words(message: Mapping[str, Any]) -> bool:
    """Whether a message says anything but emoji."""
    return re.search(r"[^\W_]", re.sub(r":[\w+'-]+:", "", str(message.get("text") or ""))) is not None


def _is_command(context: Context, text: str) -> bool:
    """Whether a message only calls Baton to the thread, as `@Baton request` does."""
    mention = re.compile(rf"<@{re.escape(context.bot_user_id)}(\|[^>]*)?>")
    bare = mention.sub(" ", text).strip()
    return bare != text.strip() and (not bare or (wishes.is_command(bare) and len(bare.split()) <= 3))


def teams(context: Context) -> list[TeamRecord]:
    """Return the teams that can be chosen, by name."""
    return sorted(context.snapshot.teams(), key=lambda team: team.name.casefold())


def _team_of(context: Context, channel_id: str, *people: str) -> int | None:
    """Return the team that a request is likely of: that of the channel, or else of the first of these people."""
    snapshot = context.snapshot
    here = {team.id for team in snapshot.teams_in(channel_id)}
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
