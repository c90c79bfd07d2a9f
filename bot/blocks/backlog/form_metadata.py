"""What the form of a request carries to its submission, within the 3,000 characters that Slack takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, product
from typing import Any

import orjson

from bot.blocks.values import UNKNOWN
from bot.domain.backlog.prefills import MOST_ITEMS
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.names import clean, units
from bot.errors import NotFoundError

_LIMIT = 3_000
#: Where `FormMetadata.kept` has the kinds with which the fields of the items were filled, once these are shown.
KINDS = "kinds"
#: How much of quotes, titles, what stays with the team and each hidden field is kept, the most first.
_QUOTES, _TITLES, _STAYS, _KEPT = (160, 80, 40, 0), (100, 60, 25), (100, 40, 0), (600, 200, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMetadata:
    """Where the form was opened, and the items that can be asked for in it, which its fields name by their place.

    `kept` is what the fields were filled with that are not shown yet, by their ids: a text, or the values of what is
    chosen. With `is_named` the asset is the one that the items' words name. `read_to` is up to when the thread was
    read, and `turn` the one in which it makes this request: 0 for its first. `speakers` are those who have said the
    thread's numbers, by their Slack ids, each with the message's time. Everything is as it was when the form was
    opened.
    """

    channel_id: str = ""
    thread_ts: str = ""
    permalink: str = ""
    is_private: bool = False
    items: tuple[RequestItem, ...] = ()
    stays_with_team: tuple[str, ...] = ()
    asset_id: int | None = None
    area: str = ""
    reminder_id: int | None = None
    supports_id: int | None = None
    kept: Mapping[str, str | list[str]] = field(default_factory=dict)
    is_named: bool = False
    read_to: str = ""
    turn: int = 0
    speakers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def encode(self) -> str:
        """Return it as text; quotes are cut first where it is too long."""
        text = ""
        for kept, title, stays, quote in product(_KEPT, _TITLES, _STAYS, _QUOTES):
            text = orjson.dumps(self._parts(quote, title, stays, kept)).decode()
            if units(text) <= _LIMIT:
                break
        return text

    def _parts(self, quote: int, title: int, stays: int, kept: int) -> list[Any]:
        items = [
            [each.type.value, clean(each.title)[:title], clean(each.quote)[:quote]] for each in self.items[:MOST_ITEMS]
        ]
        place = [self.channel_id, self.thread_ts, self.permalink[:200], self.is_private]
        theirs = [clean(each)[:stays] for each in self.stays_with_team[:8]] if stays else []
        hidden = {key: _cut(each, kept) for key, each in self.kept.items()}
        about = [self.asset_id, self.area, self.reminder_id, self.supports_id]
        return [place, items, theirs, *about, hidden, self.is_named, self.read_to, self.turn, self.speakers]


def _cut(value: str | list[str], most: int) -> str | list[str]:
    """Return as much of what a field was filled with as fits."""
    if isinstance(value, str):
        return value[:most]
    lengths = accumulate(len(each) for each in value)
    return [each for each, length in zip(value, lengths, strict=True) if length <= most]


def read(text: str) -> FormMetadata:
    """Read what a form carried. Raises NotFoundError for a text that no version of Baton wrote."""
    try:
        (channel_id, thread_ts, permalink, is_private), items, stays, asset_id, area, reminder_id, *rest = orjson.loads(
            text
        )
        return FormMetadata(
            channel_id=channel_id,
            thread_ts=thread_ts,
            permalink=permalink,
            is_private=is_private,
            items=tuple(RequestItem(ItemType(kind), title, quote=quote) for kind, title, quote in items),
            stays_with_team=tuple(stays),
            asset_id=asset_id,
            area=area,
            reminder_id=reminder_id,
            supports_id=rest[0] if rest else None,
            kept=rest[1] if len(rest) > 1 else {},
            is_named=rest[2] if len(rest) > 2 else False,
            read_to=rest[3] if len(rest) > 3 else "",
            turn=rest[4] if len(rest) > 4 else 0,
            speakers=rest[5] if len(rest) > 5 else {},
        )
    except (ValueError, TypeError):
        raise NotFoundError(UNKNOWN) from None


def chosen(items: Sequence[RequestItem], ticked: Sequence[str]) -> tuple[RequestItem, ...]:
    """Return the items whose boxes are ticked."""
    return tuple(item for place, item in enumerate(items) if str(place) in ticked)
