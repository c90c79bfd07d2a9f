"""What a thread says since somebody last looked: what its request does not hold, and what it holds otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.domain.backlog.alternatives import FILLERS
from bot.domain.backlog.copied_words import folded
from bot.domain.backlog.demand import DemandPart, Slowdown
from bot.domain.backlog.new_request import DemandEntry
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import RequestCard, RequestItem, RequestState
from bot.domain.backlog.summaries import begins_alike
from bot.domain.names import tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadNews:
    """What is new in a thread. Of what stays as it is, and of what nobody has said, there is nothing.

    With `is_day_gone` the thread has taken its day back, and with `is_over` all that it had asked for; `withdrawn` are
    the items that it has taken back, by their places in the request, with the words that do so, empty where words were
    edited or deleted; `renamed` are those of which it names something else now, as they would be, with its words. The
    hours lost are people, times a month and hours each; `quotes` are the words that say the numbers and the day.
    """

    items: tuple[RequestItem, ...] = ()
    withdrawn: Mapping[int, str] = field(default_factory=dict)
    renamed: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    needed_by: date | None = None
    needed_reason: str = ""
    is_day_gone: bool = False
    is_over: bool = False
    hours: tuple[float, float, float] | None = None
    blocked: tuple[int, Slowdown | None] | None = None
    quotes: Mapping[DemandPart, str] = field(default_factory=dict)


NO_NEWS = ThreadNews()


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterDraft:
    """What the new messages of a thread say: `said` has nothing from the ones before, whose day `before` is.

    With `is_over` they have taken back all that those had asked for, and `withdrawn` are what they have taken back of
    it, each with the words that do so; `renamed` are what they name something else for: what it was, what it is, and
    the words that do so. `items` is what the whole thread asks for, and `words` all of its words, folded.
    """

    said: Prefill
    items: tuple[RequestItem, ...] = ()
    withdrawn: tuple[tuple[RequestItem, str], ...] = ()
    renamed: tuple[tuple[RequestItem, RequestItem, str], ...] = ()
    words: str = ""
    quotes: Mapping[DemandPart, str] = field(default_factory=dict)
    before: date | None = None
    now: date | None = None
    is_over: bool = False


def written_at(message: Mapping[str, Any]) -> str:
    """Return when a message of Slack's got the words that it has now, by Slack's clock."""
    edited = message.get("edited")
    return max(str(message.get("ts") or ""), str(edited.get("ts") or "") if isinstance(edited, Mapping) else "")


def news(
    later: LaterDraft,
    held: Iterable[RequestItem],
    said: DemandEntry,
    needed_by: date | None,
    *,
    own: Sequence[RequestItem] = (),
) -> ThreadNews:
    """Return what of a thread's new messages a request does not hold, which asks for `held` and says the rest.

    Those of `own` can be taken out of it. A number or a day that nobody has said anew stays, whoever corrected it.
    """
    its = later.said
    hours = None
    if its.people is not None and its.times is not None and its.hours is not None:
        hours = (its.people, its.times, its.hours)
    share = its.blocked_share
    blocked = (its.people_blocked, share) if its.people_blocked else None
    is_same = its.people_blocked == said.blocked_people and share in (None, said.blocked_share)
    back = withdrawn(own, later)
    is_over = later.is_over or (bool(own) and len(back) == len(own) and not its.items)
    # The words of a day that was drafted may be gone, which no message tells.
    had_day = later.before is not None or DemandPart.NEEDED_BY in said.drafted
    is_day_new = its.needed_by != needed_by
    return ThreadNews(
        items=unheld(its.items, held),
        withdrawn={} if is_over else back,
        renamed=renamed(own, later),
        needed_by=its.needed_by if is_day_new else None,
        needed_reason=its.needed_reason if is_day_new else "",
        is_day_gone=needed_by is not None and had_day and later.now is None and not is_over,
        is_over=is_over,
        hours=hours if hours != (said.lost_people, said.lost_times, said.lost_hours) else None,
        blocked=None if is_same else blocked,
        quotes=later.quotes,
    )


def withdrawn(own: Sequence[RequestItem], later: LaterDraft) -> dict[int, str]:
    """Return which items of a request the thread has taken back, by their places, with the words that do so.

    One whose words were edited or deleted is taken back without any.
    """
    found: dict[int, str] = {}
    for place, each in enumerate(own):
        if each.is_done or each not in unheld(own, later.items):
            continue
        words = next(
            (quote for gone, quote in later.withdrawn if _says(each, gone) or not unheld([each], [gone])), None
        )
        if words is None and each.quote and folded(each.quote) not in later.words:
            words = ""
        if words is not None:
            found[place] = words
    return found


def renamed(own: Sequence[RequestItem], later: LaterDraft) -> dict[int, tuple[str, str]]:
    """Return how the thread calls items of a request now, by their places, with the words that do so."""
    found: dict[int, tuple[str, str]] = {}
    for place, each in enumerate(own):
        if each.is_done:
            continue
        for old, new, words in later.renamed:
            if _says(each, old) and not _says(each, new):
                found[place] = _reworded(each.title, old.title, new.title), words
    return found


def _reworded(title: str, old: str, new: str) -> str:
    """Return a title that says what `new` says where it said what `old` does; its other words stay."""
    before, after = old.split(), new.split()
    head = begins_alike(before, after)
    tail = begins_alike(before[head:][::-1], after[head:][::-1])
    was, now = (" ".join(each[head : len(each) - tail]) for each in (before, after))
    return title.replace(was, now, 1) if was and was in title else new


def held_by(cards: Iterable[RequestCard]) -> tuple[RequestItem, ...]:
    """Return what requests ask for, or have been given: what was declined or withdrawn may be asked for anew."""
    gone = (RequestState.DECLINED, RequestState.WITHDRAWN)
    kept = [each for each in cards if each.state not in gone]
    asked = [items for each in kept for items in (each.items, *(one.items for one in each.asked_too))]
    return tuple(item for items in asked for item in items)


def unheld(drafted: Sequence[RequestItem], held: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return the items that are in none of those which are held, in whatever words somebody has put them since.

    An item is held by one whose words have all of its own. Of those left over, one that quotes the same words holds
    one: two wishes of the same sentence are two.
    """
    there = list(held)
    left = [each for each in drafted if not any(_says(one, each) for one in there)]
    taken = [each for each in there if not any(_says(each, one) for one in drafted)]
    quotes = [folded(each.quote) for each in taken if each.quote]
    found = []
    for each in left:
        if (quote := folded(each.quote)) in quotes:
            quotes.remove(quote)
        else:
            found.append(each)
    return tuple(found)


def holder(item: RequestItem, held: Sequence[RequestItem]) -> int | None:
    """Return the place of the one that holds an item, as `unheld` tells; None where none does."""
    quote = folded(item.quote)
    says = (place for place, each in enumerate(held) if _says(each, item))
    quotes = (place for place, each in enumerate(held) if quote and folded(each.quote) == quote)
    return next(says, next(quotes, None))


def _says(held: RequestItem, item: RequestItem) -> bool:
    """Whether all that an item says is said by one that is held."""
    words = _words(item)
    return words <= _words(held) if words else folded(item.title) == folded(held.title)


def _words(item: RequestItem) -> frozenset[str]:
    return frozenset(tokens(item.title)) - FILLERS
