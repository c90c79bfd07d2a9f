"""The parts of every Web API method: its declaration, its arguments, its refusals."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

import orjson

from bot.playground._refuse_objects import Found
from bot.playground._sockets import Sockets
from bot.playground.delivery import PayloadCourier
from bot.playground.records import Channel, Json, PostedMessage
from bot.playground.workspace import SimulatedWorkspace

ArgumentType = Literal["str", "int", "bool", "list", "dict", "csv"]
_T = TypeVar("_T")
#: Every method accepts these; SDKs send the team with each call.
_ALWAYS = frozenset({"token", "team_id"})


class ApiError(Exception):
    """The answer is `ok: false` with this `error`. `extra` is merged into it; `messages` are Slack's explanations."""

    def __init__(self, code: str, *messages: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.extra = extra

    def answer(self) -> Json:
        """The body of the answer."""
        answer: Json = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
            if self.code == "invalid_blocks":
                answer["errors"] = self.messages
        return answer


class Server(Protocol):
    """The server of the Web API. Its address is known once it listens."""

    base_url: str


@dataclass(frozen=True, slots=True)
class CallContext:
    """What the methods work on. `echo` is whether the app is told of its own actions."""

    workspace: SimulatedWorkspace
    courier: PayloadCourier
    sockets: Sockets
    server: Server
    echo: bool

    @property
    def base_url(self) -> str:
        """The address of this server, with a slash at its end."""
        return self.server.base_url


@dataclass(frozen=True, slots=True)
class ApiMethod:
    """A Web API method. `scope` is what the token needs; `tier` 0 means "hundreds a minute"."""

    run: Callable[[CallContext, Json], Json]
    arguments: dict[str, ArgumentType]
    required: tuple[str, ...]
    tier: int
    scope: str | None = None
    #: The kind of token that it accepts.
    caller: Literal["bot", "app"] = "bot"


def method(
    run: Callable[[CallContext, Json], Json],
    arguments: str = "",
    *,
    tier: int,
    scope: str | None = None,
    caller: Literal["bot", "app"] = "bot",
) -> ApiMethod:
    """Declare a method.

    `arguments` has its names, `name:type` if it is not a string, with a `!` behind required ones.
    """
    types: dict[str, ArgumentType] = {}
    required = []
    for word in arguments.split():
        name, _, kind = word.removesuffix("!").partition(":")
        if word.endswith("!"):
            required.append(name)
        types[name] = kind or "str"  # type: ignore[assignment] # the tables below hold no other words
    return ApiMethod(run, types, tuple(required), tier, scope, caller)


def read_arguments(declared: ApiMethod, given: Json) -> Json:
    """Return the arguments with their types. Raises ApiError for unknown names, missing ones and wrong types."""
    arguments: Json = {}
    for name, value in given.items():
        kind = declared.arguments.get(name)
        if value is None or name in _ALWAYS:
            continue
        if kind is None:
            raise ApiError("invalid_arg_name", f"unknown argument: {name}")
        arguments[name] = _read(name, kind, value)
    for name in declared.required:
        if arguments.get(name) in (None, ""):
            raise ApiError("invalid_arguments", f"missing required field: {name}")
    return arguments


def _read(name: str, kind: ArgumentType, value: Any) -> Any:
    if kind in ("list", "dict"):
        return _read_json(name, kind, value)
    if kind == "csv":
        parts = value.split(",") if isinstance(value, str) else value
        if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
            return [part.strip() for part in parts if part.strip()]
    elif kind == "int":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
    elif kind == "bool":
        if value in (True, "true", "1", 1):
            return True
        if value in (False, "false", "0", 0, ""):
            return False
    elif isinstance(value, str):
        return value
    raise ApiError("invalid_arguments", f"{name} must be a {kind} [json-pointer:/{name}]")


def _read_json(name: str, kind: ArgumentType, value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            value = None
    if not isinstance(value, list if kind == "list" else dict):
        raise ApiError("invalid_blocks_format" if name == "blocks" else "invalid_arguments", f"{name} must be a {kind}")
    return value


def refuse_content(found: Found) -> None:
    """Raise ApiError if there are refusals: with the code of the first one, and the sentences of all with that code."""
    if found:
        raise ApiError(found[0].code, *(one.sentence for one in found if one.code == found[0].code))


def page(items: Sequence[_T], arguments: Json, *, default: int, most: int) -> tuple[list[_T], str]:
    """Return one page of a list and the cursor of the next ("" if there is none). Raises ApiError."""
    limit = arguments.get("limit", default)
    if not 0 < limit <= most:
        raise ApiError("invalid_limit", f"must be between 1 and {most} [json-pointer:/limit]")
    start = _offset(arguments.get("cursor", ""))
    end = start + limit
    more = end < len(items)
    return list(items[start:end]), base64.b64encode(f"offset:{end}".encode()).decode() if more else ""


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        word, number = "", ""
    if word != "offset" or not number.isdigit():
        raise ApiError("invalid_cursor")
    return int(number)


def visible_channel(context: CallContext, channel_id: str) -> Channel:
    """Return a conversation that the bot may know, that is, not a private one without the bot. Raises ApiError."""
    channel = context.workspace.channels.get(channel_id)
    if channel is None or (channel.is_private and not channel.bot_is_member):
        raise ApiError("channel_not_found")
    return channel


def found_message(context: CallContext, channel: Channel, ts: str, *, code: str = "message_not_found") -> PostedMessage:
    """Return a message that everybody in the conversation sees. Raises ApiError: ephemeral ones cannot be found."""
    message = context.workspace.message(channel.id, ts)
    if message is None or message.ephemeral_for is not None:
        raise ApiError(code)
    return message


def needs_scope(context: CallContext, scope: str) -> None:
    """Raise ApiError `missing_scope` unless the app has it."""
    manifest = context.workspace.manifest
    if not manifest.grants(scope):
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(manifest.scopes or ())))


_SCOPE_OF = {"channel": "channels", "group": "groups", "im": "im"}


def needs_conversation_scope(context: CallContext, channel: Channel, verb: str) -> None:
    """Raise ApiError unless the app has, for example, `channels:history`, or `groups:history` for a private channel."""
    needs_scope(context, f"{_SCOPE_OF[channel.kind]}:{verb}")
