"""A thread as it is read for a draft: what people wrote, sentence by sentence, without bots, quotes and markup."""

from __future__ import annotations

import calendar
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from textwrap import wrap
from typing import Any

from bot.domain.authors import is_from_person
from bot.domain.backlog.cues import WORDS
from bot.domain.names import visible

#: More than this of one message is not read: a pasted log is not a wish.
_LONGEST = 8_000
#: A longer sentence is read in pieces, so that reading takes time in proportion to its length.
_LONGEST_SENTENCE = 400

_NO_DAY = date(1970, 1, 1)
_GROUP = re.compile(r"<!subteam\^\w{1,20}\|@?([^<>|]{1,80})>")
_CHANNEL = re.compile(r"<#\w{1,20}\|?([^<>|]{0,80})>")
_LINK = re.compile(r"<(?:https?|mailto|tel|ftp)[^<>|\s]{0,2000}(?:\|([^<>]{0,300}))?>")
_ANGLE = re.compile(r"<[@!#][^<>]{0,100}>")
_BARE_LINK = re.compile(r"https?://[^\s<>]{1,2000}")
_EMOJI = re.compile(r"(?<![\w`]):(?=[\w+'-]{0,60}[a-z+])[\w+'-]{1,60}(?:::[\w-]{1,20})?:")
#: A message that is nothing but a sign for yes, or begins with one for no.
_YES = re.compile(r"^\s*(?:(?::(?:thumbsup|\+1|100|heavy_check_mark|white_check_mark):|[👍✅✔💯])\s*)+$")
_NO = re.compile(r"^\s*(?:(?::(?:thumbsdown|-1|no_good|no_entry|no_entry_sign|x):|[👎❌🚫⛔])\s*)+")
_STRUCK = re.compile(r"(?<![\w~])~(?=\S)[^~\n]{1,300}(?<=\S)~(?![\w~])")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,300})(?<=\S)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_(?=\S)([^_\n]{1,300})(?<=\S)_(?![\w_])")
#: Python reads no number of more than 4,300 digits.
_LONG_NUMBER = re.compile(r"&#\d{8,};?")
_TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": ". ", "\u00a0": " "})

_BULLET = re.compile(r"^\s*(?:[-*•‣]|\(?(?P<label>[1-9a-h]{1,2})[.)])\s+")
_NUMBERED = re.compile(r"(?:^|(?<=[\s,;:]))\(?([1-9a-h])(?:\)\s+|(?<=[1-9])\.\s+(?=\D))")
_ABBREVIATIONS = frozenset(
    ["incl.", "e.g.", "i.e.", "approx.", "ca.", "vs.", "resp.", "max.", "min.", "etc.", "z.b.", "st."]
)
_BEFORE_NUMBERS = ("no.", *(f"{name.lower()}." for name in calendar.month_abbr[1:] if name != "May"), "sept.")
_ORDINAL = re.compile(r"\d{1,2}\.")
_MONTHS = frozenset(
    each for name in calendar.month_name[1:] for each in WORDS["readings"].get(name.lower(), "").split(", ") if each
)
_END = re.compile(r"(?<=[.!?;])[\"')]?\s+|(?<=\w[!?])(?=[A-Za-z]{2})|\s+(?=[-]\s)")


@dataclass(frozen=True, slots=True)
class Message:
    """What one person wrote. `code` and `unfurls` are evidence of technologies, not words of theirs."""

    index: int
    ts: str
    author: str
    day: date
    text: str
    code: str = ""
    unfurls: str = ""
    #: The emoji of a message that has no words.
    emoji: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a line of a list. `at` is its place in the thread, `first` whether it begins its message."""

    at: int
    message: Message
    text: str
    first: bool
    is_bullet: bool
    #: The number or the letter of a point of a list.
    label: str = ""

    @property
    def low(self) -> str:
        """The sentence in small letters."""
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Thread:
    """What people wrote in a thread, in order."""

    messages: tuple[Message, ...]
    sentences: tuple[Sentence, ...]


def read(document: Mapping[str, Any], zones: Mapping[str, tzinfo] | None = None) -> Thread:
    """Return the thread of a `conversations.replies` document; what is no message of a person is left out.

    `zones` are where its authors are, by their Slack ids: "tomorrow" is counted from the day that it was for them.
    """
    listed = document.get("messages")
    rows = listed if isinstance(listed, list) else []
    return thread(list(_messages(rows, zones or {})))


def thread(messages: Sequence[Message]) -> Thread:
    """Return a thread of messages, cut into sentences."""
    cut: list[Sentence] = []
    for message in messages:
        first = True
        for text, is_bullet, label in _sentences(message.text):
            cut.append(Sentence(len(cut), message, text, first, is_bullet, label))
            first = False
    return Thread(tuple(messages), tuple(cut))


def _messages(rows: Sequence[object], zones: Mapping[str, tzinfo]) -> Iterator[Message]:
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or not is_from_person(row):
            continue
        raw = row.get("text")
        said = raw if isinstance(raw, str) and raw.strip() else _of_blocks(row.get("blocks"))
        text, code = _words(said)
        emoji = "" if text.strip() else "".join(_EMOJI.findall(said[:_LONGEST]))
        ts, author = str(row.get("ts") or ""), str(row.get("user") or row.get("username") or "")
        day = _day(ts, zones.get(author, UTC))
        yield Message(index, ts, author, day, text, code, _unfurled(row.get("attachments")), emoji)


def _day(ts: str, zone: tzinfo) -> date:
    try:
        day = datetime.fromtimestamp(float(ts), zone).date()
    except (ValueError, OverflowError, OSError):
        return _NO_DAY
    # Days are counted on and back from this one, and the calendar begins and ends.
    return day if 1900 < day.year < 9000 else _NO_DAY


def _words(raw: str) -> tuple[str, str]:
    """Return what a person wrote, without markup, and the code that they pasted."""
    pieces = visible(raw[:_LONGEST]).split("```")
    code = "\n".join(pieces[1::2])
    text = _YES.sub("yes", _NO.sub("no, ", "\n".join(pieces[::2])))
    # A quoted line begins with the sign that Slack escapes; what it quotes somebody else has said.
    lines = [line for line in text.split("\n") if not line.lstrip().startswith(("&gt;", ">"))]
    text = "\n".join(lines)
    text = _GROUP.sub(r"@\1", text)
    text = _CHANNEL.sub(r"#\1", text)
    text = _LINK.sub(lambda found: found[1] or " ", text)
    text = _BARE_LINK.sub(" ", _ANGLE.sub(" ", text))
    text = _unescaped(text).translate(_TYPOGRAPHY)
    text = _STRUCK.sub(" ", _EMOJI.sub(" ", text))
    return _ITALIC.sub(r"\1", _BOLD.sub(r"\1", text)), _unescaped(code)


def _unescaped(text: str) -> str:
    """Return a text with its entities as characters; a number longer than any character's is none."""
    return visible(html.unescape(_LONG_NUMBER.sub(" ", text)))


def _sentences(text: str) -> Iterator[tuple[str, bool, str]]:
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        # The pieces between the numbers of "(a) a topic, (b) a role", each behind its number.
        said = line[bullet.end() :] if bullet else line
        # One number alone is no list: "the whole team (7) is stuck".
        is_list = bool(bullet) or len(_NUMBERED.findall(said)) > 1
        first, *rest = _NUMBERED.split(said) if is_list else [said]
        points = [((bullet["label"] or "") if bullet else "", first), *zip(rest[::2], rest[1::2], strict=True)]
        for number, (label, part) in enumerate(points):
            is_bullet = bool(bullet) or number > 0
            for sentence in (short for cut in _cut(part) for short in wrap(cut, _LONGEST_SENTENCE)):
                yield sentence, is_bullet, label.lower() if is_bullet else ""
                is_bullet = False


def _cut(line: str) -> Iterator[str]:
    kept = ""
    pieces = _END.split(line)
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        kept = f"{kept} {piece}".strip()
        # "no. 7" is a number, and "Nov. 7" a day; "so no." ends.
        last = kept.lower().rpartition(" ")[2].lstrip("(")
        is_number = last in _BEFORE_NUMBERS and following and following[0].isdigit()
        # "bis zum 15. Januar"
        is_day = _ORDINAL.fullmatch(last) and following and following.partition(" ")[0].lower().strip(".,") in _MONTHS
        if is_day:
            kept = kept.removesuffix(".")
        elif following is None or not (last in _ABBREVIATIONS or is_number):
            if any(letter.isalnum() for letter in kept):
                yield " ".join(kept.split())
            kept = ""


def _of_blocks(blocks: object) -> str:
    """Return the text of rich text blocks, for messages whose `text` is empty."""
    parts: list[str] = []
    stack: list[object] = [blocks]
    while stack and len(parts) < 2_000:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict) and node.get("type") != "rich_text_quote":
            code = node.get("type") == "rich_text_preformatted"
            said = node.get("text")
            if isinstance(said, str):
                parts.append(said)
            stack.extend(["\n```\n"] * code + [said if isinstance(said, dict) else None, node.get("fields")])
            stack.extend([node.get("elements"), "\n```\n" if code else None][::-1])
            if node.get("type") in ("section", "rich_text_section", "rich_text_list"):
                parts.append("\n")
        elif isinstance(node, str):
            parts.append(node)
    return "".join(parts)


def _unfurled(attachments: object) -> str:
    if not isinstance(attachments, list):
        return ""
    fields = ("title", "text", "fallback", "pretext")
    said = [str(one.get(field) or "") for one in attachments if isinstance(one, dict) for field in fields]
    return _unescaped("\n".join(dict.fromkeys(filter(None, said)))[:_LONGEST])
