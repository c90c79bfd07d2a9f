"""What opens the form of a request: shortcuts, the command and buttons. A thread, if there is one, fills it."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.blocks import backlog as blocks
from bot.blocks.backlog import form_metadata, forms
from bot.blocks.backlog.actions import OtherValue
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.backlog.forms import FormFrame
from bot.blocks.eol.words import upgrade_title
from bot.blocks.ownership.words import AREA_WORDS
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Block, is_channel_id
from bot.blocks.values import UNKNOWN, parse
from bot.domain.backlog.alternatives import NO_ALTERNATIVES
from bot.domain.backlog.new_request import LONGEST_TITLE
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.catalog import Area
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.names import cut
from bot.errors import NotFoundError
from bot.services import inbound
from bot.services.backlog import alternatives, drafts, intake
from bot.services.context import Context
from bot.services.eol import answers
from handlers.backlog.request_forms import about, asset_name, existing_view, owners, team_of, teams
from handlers.backlog.thread_forms import ThreadForm
from handlers.interaction import open_slowly
from handlers.payloads import Action, Command, Shortcut


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


async def on_other(action: Action, context: Context) -> None:
    """Open the form of one more request of a thread, for something else."""
    inbound.require_full_member()
    channel_id, ts = parse(OtherValue, action.value)
    form = ThreadForm(context, action.user_id, channel_id, ts, something_else=True)
    making, then = form.make(), form.add_from_model
    await open_slowly(context, action.trigger_id, making, what="request form", then=then, below=action.view_id)


async def on_rest(action: Action, context: Context) -> None:
    """Show the rest of the form below what is there."""
    metadata = form_metadata.read(action.metadata)
    names = drafts.names_of(metadata.kept.get(forms.TECHNOLOGIES.block_id, ()))
    devops, asset = intake.require_devops(context.deps, context.snapshot).name, asset_name(context, metadata)
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
    ends, details = _day(value.needed_by), owners(context, asset, area)
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


async def reminder_form(context: Context, user_id: str, reminder_id: int, *, by: date | None = None) -> Block:
    """Return the form of a request for help with an upgrade, or the request that there is already.

    `by` is the day of the plan, where it is made with one.
    """
    if (made := await intake.existing(context.deps, context.snapshot, reminder_key(reminder_id))) is not None:
        return existing_view(context, [made], user_id)
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
    whose: dict[str, Any] = {"team_id": team_of(context, "", user_id), "asked_by": user_id}
    made = FormFrame(devops=devops.name, teams=teams(context), asset=asset_name(context, metadata), **(whose | frame))
    return blocks.request_view(prefill, metadata, made)
