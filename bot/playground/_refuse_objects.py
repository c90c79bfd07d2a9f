"""Checks of Block Kit's composition objects and plain values, from which the tables of elements and blocks are built.

A check takes the value, its JSON pointer and the list to which it adds its refusals. The sentences follow Slack's own
(`must be less than 3001 characters`), the limits its Block Kit reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why Slack would refuse something. `code` is the answer's `error`, `pointer` a JSON pointer to the cause."""

    code: str
    message: str
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"

    @property
    def sentence(self) -> str:
        """The sentence as in Slack's `response_metadata.messages`."""
        return f"{self.message} [json-pointer:{self.pointer}]" if self.pointer else self.message


Found = list[Refusal]
Check = Callable[[Any, str, Found], None]
_URL = re.compile(r"(?:https?|slack|mailto|tel):[^\s<>]+")


def refuse(found: Found, at: str, message: str, *, code: str = "invalid_blocks") -> None:
    """Add one refusal."""
    found.append(Refusal(code, message, at))


def string(longest: int, *, shortest: int = 0) -> Check:
    """A string of `shortest` to `longest` characters."""

    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, str):
            refuse(found, at, "must be a string")
        elif len(value) > longest:
            refuse(found, at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            refuse(found, at, f"must be more than {shortest - 1} characters")

    return check


def matching(pattern: str, what: str) -> Check:
    """A string that matches the whole pattern."""
    compiled = re.compile(pattern)

    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            refuse(found, at, f"must be {what}")

    return check


def one_of(*allowed: Any) -> Check:
    """One of these values."""

    def check(value: Any, at: str, found: Found) -> None:
        if value not in allowed:
            refuse(found, at, f"must be one of {', '.join(map(str, allowed))}")

    return check


def integer(least: int, most: int) -> Check:
    """A whole number between the bounds."""

    def check(value: Any, at: str, found: Found) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            refuse(found, at, "must be an integer")
        elif not least <= value <= most:
            refuse(found, at, f"must be between {least} and {most}")

    return check


def boolean(value: Any, at: str, found: Found) -> None:
    """True or False."""
    if not isinstance(value, bool):
        refuse(found, at, "must be a boolean")


def anything(_value: Any, _at: str, _found: Found) -> None:
    """Accept any value."""


def url(value: Any, at: str, found: Found) -> None:
    """An absolute URL of at most 3000 characters."""
    string(3000, shortest=1)(value, at, found)
    if isinstance(value, str) and not _URL.fullmatch(value):
        refuse(found, at, "invalid url")


def items(each: Check, *, least: int, most: int) -> Check:
    """A list of `least` to `most` items, each of which passes `each`."""

    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, list):
            refuse(found, at, "must be an array")
            return
        if len(value) > most:
            refuse(found, at, f"no more than {most} items allowed")
        if len(value) < least:
            refuse(found, at, f"no fewer than {least} items allowed")
        for index, item in enumerate(value):
            each(item, f"{at}/{index}", found)

    return check


def fields(table: dict[str, Check], *, required: Iterable[str] = ()) -> Check:
    """An object with exactly these fields; `type` is always allowed."""
    needed = tuple(required)

    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            refuse(found, at, "must be an object")
            return
        for name in needed:
            if value.get(name) is None:
                refuse(found, at, f"missing required field: {name}")
        for name, item in value.items():
            rule = table.get(name)
            if rule is not None:
                rule(item, f"{at}/{name}", found)
            elif name != "type":
                refuse(found, f"{at}/{name}", f"invalid additional property: {name}")

    return check


def text(longest: int, *, plain_only: bool = True) -> Check:
    """A text object of 1 to `longest` characters: plain_text, or mrkdwn as well when `plain_only` is False."""
    body = string(longest, shortest=1)

    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            refuse(found, at, "must be a text object")
            return
        kind = value.get("type")
        if kind not in ("plain_text", "mrkdwn"):
            refuse(found, f"{at}/type", f"unsupported type: {kind}")
        elif plain_only and kind != "plain_text":
            refuse(found, f"{at}/type", "must be plain_text")
        body(value.get("text"), f"{at}/text", found)
        extra = "emoji" if kind == "plain_text" else "verbatim"
        for name in value.keys() - {"type", "text", extra}:
            refuse(found, f"{at}/{name}", f"invalid additional property: {name}")

    return check


def option(*, plain_only: bool = True, with_url: bool = False) -> Check:
    """An option: text 75, value 1 to 150, description 75; a url only in an overflow menu."""
    table: dict[str, Check] = {
        "text": text(75, plain_only=plain_only),
        "value": string(150, shortest=1),
        "description": text(75, plain_only=plain_only),
    }
    return fields(table | ({"url": url} if with_url else {}), required=("text", "value"))


option_group = fields({"label": text(75), "options": items(option(), least=1, most=100)}, required=("label", "options"))

confirm = fields(
    {
        "title": text(100),
        "text": text(300, plain_only=False),
        "confirm": text(30),
        "deny": text(30),
        "style": one_of("primary", "danger"),
    },
    required=("title", "text", "confirm", "deny"),
)

dispatch_action_config = fields(
    {
        "trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), least=1, most=2),
    }
)

conversation_filter = fields(
    {
        "include": items(one_of("im", "mpim", "private", "public"), least=1, most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)
