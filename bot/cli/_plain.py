"""Messages for a terminal: the text twin without what only Slack reads."""

from __future__ import annotations

import re

from bot.blocks.text import as_written

_DATE = re.compile(r"<!date\^\d+\^[^|]*\|([^>]*)>")
_REFERENCE = re.compile(r"<(?:[@#]|https?://)[^|>]*\|?([^>]*)>")
_ALARMS = re.compile(r":(?:warning|bulb|hourglass|grey_question|red_circle):\s*")
_OTHERS = re.compile(
    r":(?:hourglass_flowing_sand|moneybag|calendar|memo|no_bell|large_blue_circle|white_check_mark):\s*"
)


def plain(text: str) -> str:
    """Return a text without Slack's markup; signs that ask for attention become exclamation marks, others go."""
    text = _REFERENCE.sub(r"\1", _DATE.sub(r"\1", text)).replace("*", "")
    return as_written(_OTHERS.sub("", _ALARMS.sub("! ", text)).replace("\u2060", ""))
