"""Messages as a terminal shows them: the text twin without Slack's markup."""

from __future__ import annotations

import re

_DATE = re.compile(r"<!date\^\d+\^[^|]*\|([^>]*)>")
_REFERENCE = re.compile(r"<(?:[@#]|https?://)[^|>]*\|?([^>]*)>")
_ALARMS = re.compile(r":(?:warning|bulb|hourglass|grey_question|red_circle):\s*")
_OTHERS = re.compile(
    r":(?:hourglass_flowing_sand|moneybag|calendar|memo|no_bell|large_blue_circle|white_check_mark):\s*"
)


def plain(text: str) -> str:
    """Return a message's text for people at a terminal: days in ISO, names without marks, alarms as `!`."""
    text = _REFERENCE.sub(r"\1", _DATE.sub(r"\1", text)).replace("*", "")
    text = _OTHERS.sub("", _ALARMS.sub("! ", text))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("\u2060", "")
