"""All that a message says: in its text, in its attachments and in its blocks.

Alerts have an empty or a generic `text`; what they are about stands in attachments or blocks:
https://docs.slack.dev/reference/messaging/payload and https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: A message is read up to here: characters in all, texts and objects in all, levels of objects within objects.
MOST_TEXT, _MOST_PARTS, _DEEPEST = 8000, 4000, 16
#: Where attachments and blocks keep words or what holds words, in the order in which they are read.
_KEYS = (
    "pretext",
    "author_name",
    "title",
    "title_link",
    "from_url",
    "text",
    "url",
    "label",
    "fields",
    "rows",
    "elements",
    "element",
    "accessory",
    "options",
    "blocks",
    "message_blocks",
    "message",
    "actions",
    "alt_text",
    "description",
    "footer",
    "fallback",
)
#: Objects whose text is no mrkdwn, so that `<` in it begins no link.
_LITERAL = ("plain_text", "raw_text", "text")
#: Objects of rich text whose elements are one line.
_LINES = ("rich_text_section", "rich_text_preformatted", "rich_text_quote")
_MARKS = str.maketrans("*_~`", "    ")


def pieces(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a message says, piece by piece and each once, in Slack's markup; `MOST_TEXT` characters in all.

    Takes any object: what is not as Slack writes it is passed over.
    """
    found: list[str] = []
    said, left = "", MOST_TEXT
    for whole in _Walk().message(message):
        piece = _cut(whole, left)
        # What is formatted otherwise, or broken into lines otherwise, has been said all the same.
        bare = " ".join(piece.translate(_MARKS).split())
        if bare and f" {bare} " not in said:
            said += f" {bare} "
            found.append(piece)
            left -= len(piece)
    return tuple(found)


def attached(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the attachments of a message say, as `pieces` does: of one that was passed on, all of it."""
    return pieces({"attachments": message.get("attachments")})


def rich_text(block: Any) -> str:
    """Return all that a rich text says, a line for each of its sections, as a message's text would have it."""
    return _cut("\n".join(_Walk().block(block)), MOST_TEXT)


class _Walk:
    """Goes through one message, and counts what it comes by."""

    def __init__(self) -> None:
        self._left = _MOST_PARTS

    def message(self, message: Mapping[str, Any]) -> Iterator[str]:
        yield string(message, "text")
        for key in ("attachments", "blocks"):
            yield from self._of(message.get(key), _DEEPEST)

    def block(self, block: Any) -> Iterator[str]:
        yield from self._of(block, _DEEPEST)

    def _of(self, node: Any, levels: int) -> Iterator[str]:
        """Yield the words of an object, or of each object in a list."""
        if not isinstance(node, dict | list) or levels == 0 or not self._take():
            return
        if isinstance(node, list):
            for each in node[:_MOST_PARTS]:
                yield from self._of(each, levels - 1)
        elif node.get("type") in _LINES:
            yield self._line(node.get("elements"))
        elif _is_field(node):
            yield f"{node['title']} {node['value']}"
        else:
            yield from self._words(node, levels)

    def _words(self, node: Mapping[str, Any], levels: int) -> Iterator[str]:
        kind = node.get("type")
        for key in _KEYS:
            value = node.get(key)
            if not isinstance(value, str):
                yield from self._of(value, levels - 1)
            elif value and self._take():
                yield _literal(value) if key == "text" and kind in _LITERAL else value

    def _line(self, elements: Any) -> str:
        listed = elements[:_MOST_PARTS] if isinstance(elements, list) else ()
        return "".join(_inline(each) for each in listed if isinstance(each, dict) and self._take())

    def _take(self) -> bool:
        self._left -= 1
        return self._left >= 0


def _is_field(node: Mapping[str, Any]) -> bool:
    """Whether this is a field of an attachment. It is one piece: "Service" says what the name beside it is."""
    return isinstance(node.get("title"), str) and isinstance(node.get("value"), str) and "type" not in node


def _inline(element: Mapping[str, Any]) -> str:
    """Return an element of rich text as a message's text would have it; a broadcast and a colour say nothing."""
    text = _literal(string(element, "text"))
    match element.get("type"):
        case "link":
            url = string(element, "url")
            return f"<{url}|{text}>" if text else f"<{url}>"
        case "user":
            return f"<@{string(element, 'user_id')}>"
        case "channel":
            return f"<#{string(element, 'channel_id')}>"
        case "usergroup":
            return f"<!subteam^{string(element, 'usergroup_id')}>"
        case "emoji":
            return f":{string(element, 'name')}:"
        case "text":
            style = element.get("style")
            return f"`{text}`" if isinstance(style, dict) and style.get("code") is True else text
    return ""


def mapping(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object under a key of a payload; empty where there is none."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def string(source: Mapping[str, Any], key: str) -> str:
    """Return the text under a key of a payload; empty where there is none."""
    value = source.get(key)
    return value if isinstance(value, str) else ""


def _literal(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, limit: int) -> str:
    """Return the words of a text that fit whole: half a name may be another's."""
    if len(text) <= limit:
        return text
    whole = text[: limit + 1].rsplit(None, 1)
    return whole[0] if len(whole) == 2 else ""
