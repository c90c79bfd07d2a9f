"""Text on its way out: everything that a person typed or a file said goes through here before Slack sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, time
from datetime import date as calendar_day
from functools import lru_cache
from typing import Any

from bot.domain.names import clean, clean_lines, cut, units
from bot.domain.value_object import value_object

#: A block, an element or a composition object, as Slack's JSON has it.
Block = dict[str, Any]

#: Slack cuts or refuses above these: https://docs.slack.dev/reference/block-kit/blocks/section-block/
SECTION_TEXT, CONTEXT_TEXT, BUTTON_TEXT, BUTTON_VALUE = 3000, 2000, 75, 2000
#: Slack takes no more blocks than this in a message.
MOST_BLOCKS = 50
#: Slack cuts a message's text here: https://docs.slack.dev/reference/methods/chat.postMessage/
MESSAGE_TEXT = 40_000
#: It refuses a message long before that: an update above about 4,000 characters in all its blocks, a post above about
#: 11,000. Whatever Baton makes stays below these.
EDITED_TEXT, POSTED_TEXT = 3_500, 9_000

#: Characters from here on are two for who counts in UTF-16.
_COUNTS_TWICE = "\U00010000"
#: Slack shows a moment in the reader's time zone: at this one it is the same day from Hawaii to New Zealand's summer.
_SAME_DAY = time(10, 30, tzinfo=UTC)
#: A longer address than this is left out of a link rather than cut: half an address leads elsewhere.
_LONGEST_ADDRESS = 500


@value_object()
class Rendered:
    """A message ready to post: blocks, and the text twin that says the same to screen readers and notifications."""

    text: str
    blocks: Sequence[Mapping[str, Any]] = field(default=())

    def as_body(self) -> dict[str, Any]:
        """Return the JSON fields of the message."""
        return {"text": self.text, "blocks": list(self.blocks)} if self.blocks else {"text": self.text}


def size(message: Rendered) -> int:
    """Return how long Slack finds a message: its text, or the texts of all its blocks when they are longer."""
    found, left = 0, list(message.blocks)
    while left:
        for key, value in left.pop().items():
            if isinstance(value, str):
                found += len(value) if key == "text" else 0
            elif isinstance(value, dict):
                left.append(value)
            elif isinstance(value, _SEVERAL):
                left += [each for each in value if isinstance(each, dict)]
    return max(len(message.text), found)


def fitting(draw: Callable[[int], Rendered], most: int, limit: int) -> Rendered:
    """Return what `draw` makes of as many lines as fit into `limit` characters, at most `most` lines."""
    for count in range(most, 0, -1):
        made = draw(count)
        if size(made) <= limit:
            return made
    return draw(0)


def within(paragraphs: Sequence[str], limit: int) -> list[str]:
    """Return escaped paragraphs with the longest ones cut until all of them together are at most `limit` characters."""
    shown = list(paragraphs)
    if 2 * sum(map(len, shown)) <= limit:
        return shown
    for _ in range(len(shown)):
        lengths = [*map(units, shown)]
        over = sum(lengths) - limit
        if over <= 0:
            break
        longest = lengths.index(max(lengths))
        share = max(lengths[longest] - over, limit // len(shown))
        shown[longest] = cut_mrkdwn(shown[longest], share)
    return shown


def escape(text: str, limit: int = 300) -> str:
    """Return foreign text made inert for mrkdwn: one line, no control characters, escaped at most `limit` characters.

    `<!channel>`, `<@U…>` and links come out as the characters that they are. Slack knows no escape for its marks, so
    `*`, `_`, `~` and backticks become their full-width forms, which `names.fold` reads as the marks again.
    """
    return text if len(text) <= limit and _INERT.fullmatch(text) is not None else _escaped(text, limit)


def passage(text: str, limit: int, *, mark: str = "") -> str:
    """Return what somebody wrote at length as `escape` does, with its lines kept, each behind `mark`."""
    lines = [f"{mark}{escape(line, limit)}".rstrip() for line in clean_lines(text).split("\n")]
    return cut_mrkdwn("\n".join(lines), limit)


def as_written(text: str) -> str:
    """Return escaped text with its marks and signs as they were written, for a reader that takes none of them."""
    return text.translate(_AS_WRITTEN).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def possessive(name: str) -> str:
    """Return the ending that makes a name say whose something is: `logistics'`, `search's`."""
    return "'" if name.rstrip("*").endswith(("s", "S")) else "'s"


def plain(text: str, limit: int) -> str:
    """Return foreign text for a `plain_text` object or a label: one line, no control characters, cut to `limit`."""
    text = clean(text)
    return text if len(text) <= limit and max(text, default="") < _COUNTS_TWICE else shorten(text, limit)


def shorten(text: str, limit: int) -> str:
    """Return `text` cut to `limit` characters, with an ellipsis where something was cut.

    Slack does not say how it counts, so an emoji counts as two.
    """
    is_short = len(text.encode("utf-16-le", "surrogatepass")) <= 2 * limit
    return text if is_short else cut(text, limit - 1) + "…"


@lru_cache(maxsize=1024)
def date(moment: datetime) -> str:
    """Return the day of a moment, such as `Mar 3, 2026`, in the reader's own time zone, with an ISO fallback."""
    return f"<!date^{int(moment.timestamp())}^{{date_short}}|{moment.date().isoformat()}>"


def day(on: calendar_day) -> str:
    """Return a day of the calendar as `date` does.

    It is never "tomorrow": what stands beside it, such as "in 3 days", is as of when the message was written.
    """
    return f"<!date^{int(datetime.combine(on, _SAME_DAY).timestamp())}^{{date_short}}|{on.isoformat()}>"


def with_days(escaped: str) -> str:
    """Return an escaped text in which days that stand as `2026-12-31` read as all others do."""
    return _DAY_IN_WORDS.sub(_as_day, escaped)


def _as_day(found: re.Match[str]) -> str:
    try:
        return day(calendar_day.fromisoformat(found[0]))
    except ValueError:  # only looks like one
        return found[0]


def channel(reference: str) -> str:
    """Return a team's channel: a link for an id, `#name` as text otherwise, empty for none."""
    if is_channel_id(reference):
        return f"<#{reference}>"
    name = escape(reference.strip().removeprefix("#"), 80)
    return f"#{name}" if name else ""


def is_channel_id(reference: str) -> bool:
    """Whether this is a Slack channel id (`C…`, `G…`) rather than a name."""
    return _CHANNEL_ID.fullmatch(reference) is not None


def mention(slack_id: str) -> str:
    """Return a mention of a person; empty for what is no Slack id."""
    return f"<@{slack_id}>" if _USER_ID.fullmatch(slack_id) else ""


def bold(name: str, limit: int = 120) -> str:
    """Return a foreign name in bold; one that holds nothing to see says so."""
    return f"*{escape(name, limit) or '(no name)'}*"


def is_web_address(url: str) -> bool:
    """Whether this is something that `link` makes a link of."""
    return _HOST.match(clean(url).replace(" ", "%20")) is not None


def link(url: str, label: str) -> str:
    """Return a link when `url` is a web address, else the label alone; neither can break out of it.

    Without a label it is the address's host.
    """
    address = clean(url).replace(" ", "%20")
    host = _HOST.match(address)
    for character, code in (("&", "&amp;"), ("<", "%3C"), (">", "%3E"), ("|", "%7C")):
        address = address.replace(character, code)
    if host is None or len(address) > _LONGEST_ADDRESS:
        return escape(label, 80)
    return f"<{address}|{escape(label, 80).replace('|', '/') or escape(host[1], 80)}>"


def section(text: str) -> Block:
    """Return a section of mrkdwn; whatever came from outside must be escaped already."""
    return {"type": "section", "text": _mrkdwn(text, SECTION_TEXT)}


def context(*texts: str) -> Block:
    """Return small print: up to ten mrkdwn texts."""
    return {"type": "context", "elements": [_mrkdwn(text, CONTEXT_TEXT) for text in texts[:10]]}


def modal(title: str, blocks: Iterable[Mapping[str, Any]], *, close: str = "Close") -> Block:
    """Return a modal that has nothing to submit."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "close": {"type": "plain_text", "text": close},
        "blocks": list(blocks),
    }


def option(said: str, value: str) -> Block:
    """Return a choice of a menu."""
    return {"text": {"type": "plain_text", "text": said}, "value": value}


def cut_mrkdwn(text: str, limit: int) -> str:
    """Return escaped mrkdwn cut to `limit` characters, never inside a `<…>` or an `&…;`."""
    if len(text.encode("utf-16-le", "surrogatepass")) <= 2 * limit:
        return text
    head = cut(text, limit - 1)
    if head.rfind("<") > head.rfind(">"):
        head = head[: head.rfind("<")]
    if head.rfind("&") > head.rfind(";"):
        head = head[: head.rfind("&")]
    return head + "…"


def button(text: str, action_id: str, value: str, *, label: str = "", style: str = "") -> Block:
    """Return a button.

    `label` is what a screen reader says when the text alone is not enough; it begins with the text, so that people
    who speak to their screen can say what they see (WCAG 2.5.3).
    """
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": text if 2 * len(text) <= BUTTON_TEXT else shorten(text, BUTTON_TEXT)},
        "action_id": action_id,
        "value": value[:BUTTON_VALUE],
    }
    if label:
        made["accessibility_label"] = (
            label if len(label) <= BUTTON_TEXT and max(label) < _COUNTS_TWICE else shorten(label, BUTTON_TEXT)
        )
    if style:
        made["style"] = style
    return made


_SEVERAL = (list, tuple)
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,20}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,20}")
_HOST = re.compile(r"https?://([^/?#|<>]+)", re.IGNORECASE)
#: Words with one separator between them, which is what most names are: nothing in them means anything to Slack.
_INERT = re.compile(r"[A-Za-z0-9]+(?:[ _.,:/-][A-Za-z0-9]+)*")
_ANY_MARK = re.compile(r"[*_~`]")
#: An underscore inside a word (`payments_db`) does nothing in Slack and stays as it is, for copying.
_DAY_IN_WORDS = re.compile(r"(?<![\w.-])\d{4}-\d\d-\d\d(?![\w-])")
_MARKS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")
_FULL_WIDTH = dict(zip("*_~`", "\uff0a\uff3f\uff5e\uff40", strict=True))
_AS_WRITTEN = str.maketrans({wide: mark for mark, wide in _FULL_WIDTH.items()})


@lru_cache(maxsize=4096)  # teams, channels and sources come in answer after answer
def _escaped(text: str, limit: int) -> str:
    cut = plain(text, limit)
    if _ANY_MARK.search(cut) is not None:
        cut = _MARKS.sub(lambda mark: _FULL_WIDTH[mark[0]], cut)
    # A sign that becomes five counts as five, here as in Slack.
    return cut_mrkdwn(cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), limit)


def _mrkdwn(text: str, limit: int) -> Block:
    # Without `verbatim` Slack looks for addresses, channels and mentions in the plain words, which may be a stranger's:
    # https://docs.slack.dev/reference/block-kit/composition-objects/text-object/
    return {"type": "mrkdwn", "text": text if 2 * len(text) <= limit else cut_mrkdwn(text, limit), "verbatim": True}
