"""Words of strangers: any text, and the pieces of Slack's markup that somebody might put into a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

MARKUP = (
    *(
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<@U0STRANGER>",
        "<@W0STRANGER|ada>",
        "<#C0STRANGER>",
        "<!subteam^S0ALL>",
    ),
    *(
        "<https://evil.example.test|payments>",
        "<!date^0^{date}|x>",
        "&lt;!channel&gt;",
        "<!",
        "<@",
        "<#",
        "<",
        ">",
        "&",
    ),
    *("*", "_", "~", "`", "```", "*bold*", "_sly_", "~gone~", "`code`", "> quoted", "|", ":warning:", "@channel"),
    *("\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u3164", "\x00", "\x1b[31m", "\n", "\r\n", "\t", "\u2028"),
    *("https://example.test/", "http://", "javascript:alert(1)", "payments_db", "Ünïcode", "支付", "🙂", "\U000e0041"),
)

#: Up to a few pieces of markup and any other text, in any order.
words = st.lists(st.sampled_from(MARKUP) | st.text(max_size=12), max_size=6).map("".join)

_DATE = re.compile(r"<!date\^\d+\^\{date_short(?:_pretty)?\}\|\d{4}-\d\d-\d\d>")
_LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|\n]+>", re.IGNORECASE)
_QUOTE = re.compile("^> ", re.MULTILINE)
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
#: Controls, marks of direction, invisible characters, halves of surrogate pairs. A line feed is ours alone.
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def strings(payload: Any, *, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a message or view, with the key that it stands under."""
    if isinstance(payload, str):
        yield key, payload
    elif isinstance(payload, dict):
        for name, value in payload.items():
            yield from strings(value, key=name)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from strings(value, key=key)


def mrkdwn(payload: Any) -> Iterator[str]:
    """Every text that Slack reads as mrkdwn: the top-level one, and those of mrkdwn objects."""
    if isinstance(payload, dict):
        if payload.get("type") != "plain_text" and isinstance(payload.get("text"), str):
            yield payload["text"]
        for value in payload.values():
            yield from mrkdwn(value)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from mrkdwn(value)


def unexpected_markup(text: str, *, ids: frozenset[str]) -> str:
    """What is left of angle brackets and ampersands without dates, links, known ids, entities and our own quotes."""
    rest = _QUOTE.sub("", _LINK.sub("", _DATE.sub("", text)))
    for each in ids:
        rest = rest.replace(f"<@{each}>", "").replace(f"<#{each}>", "")
    return "".join(re.findall("[<>&]", _ENTITY.sub("", rest)))
