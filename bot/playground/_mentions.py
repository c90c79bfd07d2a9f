"""Slack's control sequences in text: what people type becomes them, and the bot must not send any that ping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from bot.playground.records import Channel, Json, User, UserGroup

_PING = re.compile(r"<!(?:channel|here|everyone|group|subteam\^[^>|]+)(?:\|[^>]*)?>")
_HINT = re.compile(rb'<!|"broadcast"|"usergroup"')
_TOKEN = re.compile(r"<([@#!][^<>\s]+|(?:https?|mailto|tel):[^<>\s]+(?:\|[^<>]*)?)>")
_TYPED = re.compile(r"(?<![\w.@/])([@#])([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])(?![\w@])", re.IGNORECASE)
_EMOJI = re.compile(r":([a-z0-9_+'-]+):")
_BROADCASTS = ("channel", "here", "everyone")


def pings_in(payload: Any) -> Iterator[tuple[str, str]]:
    """Yield every mention of a whole channel or group in a message or view: (the mention, the text around it).

    Only text that Slack parses counts: the top-level `text`, mrkdwn objects, markdown blocks, attachments' texts and
    the broadcast elements of rich text. A plain_text object shows `<!channel>` as written.
    """
    # nearly every payload has none: searching its JSON is ten times faster than the walk
    if _HINT.search(orjson.dumps(payload)):
        yield from _pings(payload)


def _pings(payload: Any) -> Iterator[tuple[str, str]]:
    if isinstance(payload, dict):
        kind = payload.get("type")
        if kind in ("broadcast", "usergroup"):
            yield f"<{kind}>", str(payload)
        elif kind not in ("plain_text", "text"):
            for key in ("text", "fallback", "pretext", "markdown_text"):
                text = payload.get(key)
                if isinstance(text, str) and "<!" in text:
                    yield from ((found.group(), text) for found in _PING.finditer(text))
        for key, value in payload.items():
            if isinstance(value, dict | list) and key != "metadata":
                yield from _pings(value)
    elif isinstance(payload, list):
        for item in payload:
            yield from _pings(item)


def escaped(text: str) -> str:
    """Return a text with `&`, `<` and `>` as Slack sends them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_typed(text: str, name_to_token: Callable[[str, str], str | None]) -> str:
    """Return what Slack makes of typed text: control characters escaped, known names turned into mentions.

    Mentions that already have Slack's form (`<@U…>`, `<#C…>`, `<!subteam^…>`, links) stay. `name_to_token` gets the
    sigil and the name, and returns a token or None.
    """
    pieces, end = [], 0
    for found in _TOKEN.finditer(text):
        pieces += [_named(escaped(text[end : found.start()]), name_to_token), found.group()]
        end = found.end()
    return "".join([*pieces, _named(escaped(text[end:]), name_to_token)])


def _named(text: str, name_to_token: Callable[[str, str], str | None]) -> str:
    return _TYPED.sub(lambda found: name_to_token(found[1], found[2]) or found[0], text)


def tokens_for(
    users: dict[str, User], channels: dict[str, Channel], groups: dict[str, UserGroup], *, labels: bool
) -> Callable[[str, str], str | None]:
    """Return a `name_to_token` for `as_typed`. `labels` adds `|name`, as in slash commands with should_escape."""

    def token(sigil: str, name: str) -> str | None:
        label = f"|{name}" if labels else ""
        if sigil == "#":
            channel = next((c for c in channels.values() if c.name == name and not c.is_im), None)
            return f"<#{channel.id}|{channel.name}>" if channel else None
        if name in _BROADCASTS:
            return f"<!{name}>"
        if user := next((u for u in users.values() if u.handle == name), None):
            return f"<@{user.id}{label}>"
        group = next((g for g in groups.values() if g.handle == name and not g.date_delete), None)
        if group is None:
            return None
        return f"<!subteam^{group.id}|@{name}>" if labels else f"<!subteam^{group.id}>"

    return token


def rich_text(text: str, block_id: str) -> list[Json]:
    """Return the rich_text block that Slack's client sends with a typed message, from the text in Slack's form."""
    elements: list[Json] = []
    end = 0
    for found in _TOKEN.finditer(text):
        elements += _plain(text[end : found.start()])
        elements.append(_element(found[1]))
        end = found.end()
    elements += _plain(text[end:])
    return [
        {"type": "rich_text", "block_id": block_id, "elements": [{"type": "rich_text_section", "elements": elements}]}
    ]


def _plain(text: str) -> list[Json]:
    elements: list[Json] = []
    end = 0
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for found in _EMOJI.finditer(text):
        if found.start() > end:
            elements.append({"type": "text", "text": text[end : found.start()]})
        elements.append({"type": "emoji", "name": found[1]})
        end = found.end()
    if end < len(text):
        elements.append({"type": "text", "text": text[end:]})
    return elements


def _element(token: str) -> Json:
    name, _, label = token.partition("|")
    if name.startswith("@"):
        return {"type": "user", "user_id": name[1:]}
    if name.startswith("#"):
        return {"type": "channel", "channel_id": name[1:]}
    if name.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": name.removeprefix("!subteam^")}
    if name.startswith("!"):
        return {"type": "broadcast", "range": name[1:]}
    return {"type": "link", "url": name} | ({"text": label} if label else {})
