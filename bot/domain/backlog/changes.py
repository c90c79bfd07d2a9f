"""What those who ask for a request may correct while it is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from rapidfuzz.distance import OSA

from bot.domain.backlog.item_types import named, retitled
from bot.domain.backlog.new_request import DemandEntry
from bot.domain.backlog.requests import ItemType, RequestCard, RequestItem
from bot.domain.backlog.thread_news import NO_NEWS, ThreadNews
from bot.domain.names import tokens

#: So many letters begin a word that is only misspelt.
_BEGINS = 2
#: A word of fewer letters is another one with any letter, and one of fewer than the second with another letter.
_SHORT, _LONG = 4, 8


def corrected(item: RequestItem, title: str, kind: ItemType | None) -> RequestItem:
    """Return an item with other words, and the kind that was chosen for it, None for none.

    A kind that was left as it is follows the words, unless somebody has chosen it against them before. What is done is
    open again once its words say something else.
    """
    item = replace(item, is_done=item.is_done and is_alike(item.title, title))
    words = named(item.title)
    is_chosen = kind not in (None, item.type) or (words is not None and words.weight and words.kind is not item.type)
    return replace(item, title=title, type=kind or item.type) if is_chosen else retitled(item, title)


def is_alike(title: str, other: str) -> bool:
    """Whether two titles say the same but for spelling: as many words, each the same or misspelt.

    A word that begins otherwise, a short one with another letter and a number are others, however alike: "internal" and
    "external", "Maria" and "Mario", "v3" and "v4".
    """
    pairs = list(zip_longest(tokens(title), tokens(other), fillvalue=""))
    return all(one == two or _is_misspelt(one, two) for one, two in pairs)


def _is_misspelt(one: str, two: str) -> bool:
    """Whether one word is the other with a letter too many, too few or out of place; a long one, with a wrong one."""
    is_alike = OSA.distance(one, two) <= 1 and one[:_BEGINS] == two[:_BEGINS]
    is_another_letter = len(one) == len(two) and sorted(one) != sorted(two)
    is_enough = min(len(one), len(two)) >= (_LONG if is_another_letter else _SHORT)
    return is_alike and is_enough and not any(map(str.isdigit, one + two))


def reason_of_day(day: date | None, reason: str, *, was: date | None, reason_was: str) -> str:
    """Return why something is needed by its day: a reason belongs to the day with which it was given.

    Whoever corrects the day and leaves the reason as it was has given none.
    """
    return "" if day is None or (day != was and reason == reason_was) else reason


@dataclass(frozen=True, slots=True)
class Changeable:
    """A request as somebody may correct it: what their team says of it, and with `is_own` what is asked for as well.

    Their thread is at `channel_id` and `thread_ts`, empty for none, and was read up to `read_to`, by Slack's clock.
    What it says besides stands in `news`; `held` is what the requests of that thread ask for. `meanwhile` is what
    others have done since somebody last saw it.
    """

    card: RequestCard
    said: DemandEntry
    needed_by: date | None
    is_own: bool
    channel_id: str = ""
    thread_ts: str = ""
    read_to: str = ""
    held: tuple[RequestItem, ...] = ()
    news: ThreadNews = NO_NEWS
    meanwhile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestChange:
    """A correction. Without a `title`, a `team_id` or `asked_by` a request keeps those that it has.

    `titles` are the words of the items by their places, without words for one that goes, and `kinds` their kinds, None
    for one that keeps its own. `added` is one more item, and `added_type` its kind; `wishes` are what of its thread is
    added, which was read up to `read_to`, by Slack's clock. What it has taken back and stays all the same are the items
    in `kept`, by their places, and with `keeps_day` the day. With `has_reason` the reason was given with the day.
    """

    said: DemandEntry
    needed_by: date | None
    needed_reason: str = ""
    has_reason: bool = False
    title: str = ""
    titles: tuple[str, ...] = ()
    kinds: tuple[ItemType | None, ...] = ()
    added: str = ""
    added_type: ItemType | None = None
    team_id: int | None = None
    asked_by: int | None = None
    wishes: tuple[RequestItem, ...] = ()
    kept: frozenset[int] = frozenset()
    keeps_day: bool = False
    read_to: str = ""
