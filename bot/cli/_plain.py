"""Messages for a terminal: the plain-text version without Slack's markup."""

from __future__ import annotations

import re

from bot.blocks.text import as_written
from bot.services.snapshot import Snapshot

_DATE = re.compile(r"<!date\^\d+\^[^|]*\|([^>]*)>")
_PERSON = re.compile(r"<@([^|>]+)>")
_CHANNEL = re.compile(r"<(#[^|>]+)>")
_BAR = re.compile(r"`([█░]+)`")
_LINK = re.compile(r"<https?://[^|>]*\|?([^>]*)>")
_ALARMS = re.compile(r":(?:warning|bulb|hourglass|grey_question|red_circle):\s*")
_OTHERS = re.compile(
    r":(?:hourglass_flowing_sand|moneybag|calendar|memo|no_bell|large_blue_circle|white_check_mark):\s*"
)


def plain(text: str, catalog: Snapshot) -> str:
    """Return a text without Slack's markup. Warning emoji become exclamation marks; other emoji are removed.

    People whom Slack would show by their id get the name in `catalog`.
    """

    def name(found: re.Match[str]) -> str:
        person = catalog.person_by_slack_id(found[1])
        return person.name if person is not None and person.name else f"@{found[1]}"

    text = _BAR.sub(r"\1", text)
    text = _CHANNEL.sub(r"\1", _LINK.sub(r"\1", _DATE.sub(r"\1", text))).replace("*", "")
    return as_written(_PERSON.sub(name, _OTHERS.sub("", _ALARMS.sub("! ", text)).replace("\u2060", "")))
