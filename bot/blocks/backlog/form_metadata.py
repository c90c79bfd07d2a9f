"""What the form of a request carries to its submission, within the 3,000 characters that Slack takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import orjson

from bot.blocks.values import UNKNOWN
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.names import clean
from bot.errors import NotFoundError

_LIMIT = 3_000
#: How much of quotes, titles and what stays with the team is kept, the most first.
_QUOTES, _TITLES, _STAYS = (160, 80, 40, 0), (100, 60, 25), (100, 40, 0)
MOST_ITEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMetadata:
    """Where the form was opened, and the items that can be ticked in it, which the boxes name by their place.

    `author` is who began the thread. Everything is as it was when the form was opened.
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

    def encode(self) -> str:
        """Return it as text; quotes are cut first where it is too long."""
        text = ""
        for title, stays, quote in product(_TITLES, _STAYS, _QUOTES):
            text = orjson.dumps(self._parts(quote, title, stays)).decode()
            if len(text) <= _LIMIT:
                break
        return text

    def _parts(self, quote: int, title: int, stays: int) -> list[Any]:
        items = [
            [each.type.value, clean(each.title)[:title], clean(each.quote)[:quote]] for each in self.items[:MOST_ITEMS]
        ]
        place = [self.channel_id, self.thread_ts, self.permalink[:200], self.is_private]
        theirs = [clean(each)[:stays] for each in self.stays_with_team[:8]] if stays else []
        return [place, items, theirs, self.asset_id, self.area, self.reminder_id]


def read(text: str) -> FormMetadata:
    """Read what a form carried. Raises NotFoundError for a text that no version of Baton wrote."""
    try:
        (channel_id, thread_ts, permalink, is_private), items, stays, asset_id, area, reminder_id = orjson.loads(text)
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
        )
    except (ValueError, TypeError):
        raise NotFoundError(UNKNOWN) from None


def chosen(items: Sequence[RequestItem], ticked: Sequence[str]) -> tuple[RequestItem, ...]:
    """Return the items whose boxes are ticked."""
    return tuple(item for place, item in enumerate(items) if str(place) in ticked)
