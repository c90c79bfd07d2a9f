"""What Slack sends, as typed values. Payload dictionaries stop here; text is bounded here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import unquote_to_bytes

from bot.domain import authors
from bot.domain.encodings import read_json
from bot.domain.value_object import value_object
from bot.ports import SlackUser
from handlers import message_text
from handlers.message_text import mapping

#: Slack lets a person type 4,000 characters into a command; nothing that Baton is asked needs more.
MOST_TEXT = 4000
#: What Slack allows at most: blocks of a view, elements of a block, options of an element, characters of an id.
_MOST_BLOCKS, _MOST_ELEMENTS, _MOST_CHOICES, _MOST_ID = 100, 25, 100, 255
#: Where elements keep what was typed or chosen: https://docs.slack.dev/reference/block-kit/block-elements/
_TYPED = ("value", "selected_date", "selected_time", "selected_date_time")
_ONE = ("selected_option", "selected_user", "selected_channel", "selected_conversation")
_LISTS = ("selected_options", "selected_users", "selected_channels", "selected_conversations", "files")
#: Moments come as seconds; a number that no calendar has is none of them.
_FAR_FUTURE = 10**12
#: A time of Slack's: seconds, and the millionths behind the point.
_TIMESTAMP = re.compile(r"\d{1,11}\.\d{1,6}")


@value_object()
class Command:
    """A slash command. `text` is what follows the command's name."""

    name: str
    text: str
    user_id: str
    channel_id: str
    response_url: str
    trigger_id: str


@dataclass(frozen=True, slots=True)
class Action:
    """A pressed button or a choice. `thread_ts` is set when the message stands in a thread, `view_id` in a modal.

    `value` is what is chosen in an element now, the first of several, empty for nothing. `metadata`, `blocks` and
    `values` are those of the modal that it is in, as of a `Submission`, to show it again with others beside them.
    `at` is when it was pressed, by Slack's clock, in seconds.
    """

    action_id: str
    value: str
    user_id: str
    channel_id: str
    response_url: str
    trigger_id: str
    thread_ts: str
    is_ephemeral: bool
    view_id: str = ""
    message_ts: str = ""
    metadata: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted modal. `values` maps each block id to what was typed or chosen there, empty for nothing.

    `choices` maps it to all of it, for fields that take several: options, people, channels, files. `blocks` are those
    of the modal, to show it again with others beside them.
    """

    callback_id: str
    metadata: str
    values: Mapping[str, str]
    user_id: str
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    view_id: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut: what the message says that it was used on, who wrote it, and the thread that it answers in.

    A global shortcut is about no message, and stands in no channel.
    """

    callback_id: str
    says: tuple[str, ...]
    user_id: str
    channel_id: str
    thread_ts: str
    response_url: str
    trigger_id: str = ""
    message_ts: str = ""
    author_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the Events API.

    `is_from_person` is True for what a person has written, with a file or without, and False for bots, edits and joins.
    `tab` is the tab of the app that somebody opened, `says` what is attached to a message: an alert that is passed on,
    for one. `thread_ts` is empty for a message that begins its thread.
    `reaction` is the emoji that somebody put under the message `ts`. `at` is when it happened, by Slack's clock, in
    seconds.
    """

    type: str
    event_id: str
    user_id: str
    channel_id: str
    channel_type: str
    text: str
    ts: str
    thread_ts: str
    is_from_person: bool
    tab: str = ""
    says: tuple[str, ...] = ()
    reaction: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """An event about an account or a channel that has changed.

    It is a hint: `seems` is the account as the event shows it, None where it shows none.
    """

    type: str
    user_id: str
    channel_id: str
    seems: SlackUser | None = None


def parse(raw: bytes, content_type: str) -> dict[str, Any]:
    """Return the payload of a request: JSON, a form, or a form with JSON in its field `payload`; NUL is left out.

    Raises ValueError when it is none of these. (Bolt's own parser takes a command that has the word "payload" in its
    text for an interaction, and loses it.)
    """
    if content_type.strip().lower() == "application/json":
        body = read_json(raw)
    else:
        form = _form(raw.decode("utf-8"))
        body = read_json(form["payload"].encode()) if "payload" in form and "command" not in form else form
    if not isinstance(body, dict):
        raise ValueError("the payload is not an object")
    return body


def command(body: Mapping[str, Any]) -> Command:
    """Read a slash command's form fields."""
    keys = ("command", "text", "user_id", "channel_id", "response_url", "trigger_id")
    return Command(*[value[:MOST_TEXT] if isinstance(value := body.get(key), str) else "" for key in keys])


def action(body: Mapping[str, Any]) -> Action:
    """Read a `block_actions` payload; Slack sends one action at a time."""
    pressed = next(iter(_objects(body, "actions", 1)), {})
    container = mapping(body, "container")
    message, view = mapping(body, "message"), mapping(body, "view")
    # A message that begins a thread stands in the channel, and so does whoever presses a button of it.
    thread_ts = _text(container, "thread_ts") or _text(message, "thread_ts")
    return Action(
        action_id=_text(pressed, "action_id"),
        value=next(iter(_chosen(pressed)), ""),
        user_id=_text(mapping(body, "user"), "id"),
        channel_id=_text(mapping(body, "channel"), "id") or _text(container, "channel_id"),
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
        thread_ts="" if thread_ts == (_text(container, "message_ts") or _text(message, "ts")) else thread_ts,
        is_ephemeral=bool(container.get("is_ephemeral")),
        view_id=_text(view, "id") if view.get("type") == "modal" else "",
        message_ts=_text(container, "message_ts") or _text(message, "ts"),
        metadata=_text(view, "private_metadata"),
        blocks=tuple(_objects(view, "blocks", _MOST_BLOCKS)),
        values=_first_of(_choices(view)),
        at=_seconds(_text(pressed, "action_ts")),
    )


def submission(body: Mapping[str, Any]) -> Submission:
    """Read a `view_submission` payload."""
    view = mapping(body, "view")
    choices = _choices(view)
    return Submission(
        callback_id=_text(view, "callback_id"),
        metadata=_text(view, "private_metadata"),
        values=_first_of(choices),
        user_id=_text(mapping(body, "user"), "id"),
        choices=choices,
        view_id=_text(view, "id"),
        blocks=tuple(_objects(view, "blocks", _MOST_BLOCKS)),
    )


def _choices(view: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return all that is typed or chosen in a modal now, by block id."""
    state = mapping(mapping(view, "state"), "values")
    return {
        block_id: _chosen_in(mapping(state, block_id))
        for block_id in islice(state, _MOST_BLOCKS)
        if len(block_id) <= _MOST_ID
    }


def _first_of(choices: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {block_id: next(iter(chosen), "") for block_id, chosen in choices.items()}


def shortcut(body: Mapping[str, Any]) -> Shortcut:
    """Read a `message_action` payload, or a `shortcut` one."""
    message = mapping(body, "message")
    # A message that begins a thread stands in the channel, and so does whoever uses the shortcut on it.
    thread_ts = _text(message, "thread_ts")
    return Shortcut(
        callback_id=_text(body, "callback_id"),
        says=message_text.pieces(message),
        user_id=_text(mapping(body, "user"), "id"),
        channel_id=_text(mapping(body, "channel"), "id"),
        thread_ts="" if thread_ts == _text(message, "ts") else thread_ts,
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
        message_ts=_text(message, "ts"),
        author_id=_text(message, "user"),
    )


def event(body: Mapping[str, Any]) -> Event:
    """Read an `event_callback` envelope."""
    inner = mapping(body, "event")
    inner = {**inner, **about(inner)}
    ts, thread_ts = _text(inner, "ts"), _text(inner, "thread_ts")
    return Event(
        type=_text(inner, "type"),
        event_id=_event_id(body, inner),
        user_id=_text(inner, "user"),
        channel_id=_text(inner, "channel"),
        channel_type=_text(inner, "channel_type"),
        text=_text(inner, "text"),
        ts=ts,
        thread_ts="" if thread_ts == ts else thread_ts,
        tab=_text(inner, "tab"),
        reaction=_text(inner, "reaction"),
        is_from_person=bool(_text(inner, "user")) and authors.is_from_person(inner),
        says=message_text.attached(inner),
        at=_seconds(_text(inner, "event_ts")),
    )


def _seconds(timestamp: str) -> float:
    """Return a time of Slack's in seconds; 0 for none."""
    return float(timestamp) if _TIMESTAMP.fullmatch(timestamp) else 0.0


def _event_id(body: Mapping[str, Any], inner: Mapping[str, Any]) -> str:
    """Return what an event is known by: for a message the message itself, which may come under several event ids.

    It may also come as two types, if a direct message mentions Baton. A reaction that somebody takes back and gives
    again is the same one.
    """
    place, ts, who = _text(inner, "channel"), _text(inner, "ts"), ""
    if _text(inner, "reaction"):
        who = f":{_text(inner, 'user')}:{_text(inner, 'reaction')}"
    kind = "message" if _text(inner, "type") == "app_mention" else _text(inner, "type")
    return f"{kind}:{place}:{ts}{who}" if place and ts else _text(body, "event_id")


def about(event: Mapping[str, Any]) -> dict[str, str]:
    """Return channel and `ts` of the message that an event is about, where it names one: a reaction does."""
    item = mapping(event, "item")
    return {name: said for name in ("channel", "ts") if (said := _text(item, name))}


def change(body: Mapping[str, Any]) -> ChangeEvent:
    """Read an `event_callback` envelope about something that has changed."""
    inner = mapping(body, "event")
    user = mapping(inner, "user")
    channel_id = _text(inner, "channel") or _text(mapping(inner, "channel"), "id") or _text(inner, "new_channel_id")
    return ChangeEvent(_text(inner, "type"), _text(inner, "user") or _text(user, "id"), channel_id, _account(user))


def _account(user: Mapping[str, Any]) -> SlackUser | None:
    if not _text(user, "id"):
        return None
    return SlackUser(
        id=_text(user, "id"),
        name="",
        email="",
        timezone="",
        is_active=user.get("deleted") is not True,
        is_bot=authors.is_bot(user),
        is_guest=user.get("is_restricted") is True or user.get("is_ultra_restricted") is True,
        is_stranger=user.get("is_stranger") is True,
    )


def kind_of(body: Mapping[str, Any]) -> str:
    """Return the type of a payload: `command` for a slash command, which has none of its own."""
    return "command" if "command" in body else _text(body, "type")[:60]


def held_back_at(body: Mapping[str, Any]) -> str:
    """Return the minute in which Slack held events back, as it says itself; in words where it does not say."""
    try:
        return f"{datetime.fromtimestamp(body['minute_rate_limited'], UTC):%Y-%m-%d %H:%M} UTC"
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return "a time that it does not say"


def view_id_of(body: Mapping[str, Any]) -> str:
    """Return the id of the modal that was submitted."""
    return _text(mapping(body, "view"), "id")


def first_input_of(body: Mapping[str, Any]) -> str:
    """Return the block id of the first input of a submitted modal, where an error can be shown; perhaps empty."""
    blocks = _objects(mapping(body, "view"), "blocks", _MOST_BLOCKS)
    return next((_text(each, "block_id") for each in blocks if each.get("type") == "input"), "")


def _text(source: Mapping[str, Any], key: str) -> str:
    value = source.get(key)
    return value[:MOST_TEXT] if isinstance(value, str) else ""


def _chosen_in(elements: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was typed or chosen in the elements of a block, in their order."""
    chosen = (each for name in islice(elements, _MOST_ELEMENTS) for each in _chosen(mapping(elements, name)))
    return tuple(islice(chosen, _MOST_CHOICES))


def _chosen(element: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was typed into an element, or all that is chosen in it; nothing that is empty."""
    found = [*(element.get(key) for key in (*_ONE, *_TYPED)), message_text.rich_text(element.get("rich_text_value"))]
    for key in _LISTS:
        listed = element.get(key)
        found += listed[:_MOST_CHOICES] if isinstance(listed, list) else ()
    return tuple(filter(None, map(_choice, found)))[:_MOST_CHOICES]


def _choice(value: Any) -> str:
    """Return one choice as text: an id, a moment in seconds, the value of an option, the id of a file."""
    if isinstance(value, dict):
        return _text(value, "value") or _text(value, "id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _FAR_FUTURE else ""
    return value[:MOST_TEXT] if isinstance(value, str) else ""


def _objects(source: Mapping[str, Any], key: str, most: int) -> list[Mapping[str, Any]]:
    """Return the objects among the first of a list."""
    listed = source.get(key)
    return [each for each in listed[:most] if isinstance(each, dict)] if isinstance(listed, list) else []


def _form(text: str) -> dict[str, str]:
    """Read a form as `dict(parse_qsl(text, keep_blank_values=True))` does, in half of the time, and without NUL."""
    form = {}
    for pair in filter(None, text.replace("+", " ").replace("\0", "").split("&")):
        name, _, value = pair.partition("=")
        if "%" in pair:
            name = unquote_to_bytes(name).decode(errors="replace")
            value = unquote_to_bytes(value).decode(errors="replace").replace("\0", "")
        form[name] = value
    return form
