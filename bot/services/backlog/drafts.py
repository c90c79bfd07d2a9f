"""From the words of a thread to a form that is filled already."""

from __future__ import annotations

import asyncio
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.backlog.copied_words import folded
from bot.domain.backlog.demand import DemandPart
from bot.domain.backlog.item_types import is_about_what_is_there
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import RequestItem
from bot.domain.backlog.thread_news import LaterDraft, unheld, written_at
from bot.domain.directory import Match
from bot.domain.directory.questions import unescaped
from bot.domain.secrets import looks_secret
from bot.domain.working_time import zone_of
from bot.services import routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot

_LEFT_OUT = "What looks like a password or a token is left out."

if TYPE_CHECKING:
    from bot.domain.backlog.drafts import Draft, Item
    from bot.domain.backlog.due import Due
    from bot.domain.backlog.people import Blocked
    from bot.domain.backlog.quantities import Hours
    from bot.domain.backlog.technologies import Vocabulary
    from bot.domain.backlog.threads import Thread


async def draft(
    deps: Deps, snapshot: Snapshot, messages: Sequence[Mapping[str, Any]], *, is_asked: bool = False
) -> Prefill:
    """Return what messages, as Slack has them, ask for. A long thread takes a while, so another thread reads it.

    With `is_asked` the words are meant as a request: nobody has only talked about it.
    """
    zones = _zones(deps, snapshot, messages)
    drafted = await asyncio.to_thread(_draft, messages, zones, is_asked=is_asked)
    return _without_past(_without_secrets(drafted), _today(deps, zones))


async def rest(
    deps: Deps, snapshot: Snapshot, messages: Sequence[Mapping[str, Any]], held: Sequence[RequestItem]
) -> tuple[Prefill, str]:
    """Return what messages ask for besides what is held, with all else that the same messages say; and who wants it.

    That is the Slack id of whoever has written the first of them, empty where nothing is left.
    """
    zones = _zones(deps, snapshot, messages)
    drafted, author = await asyncio.to_thread(_rest, messages, zones, held)
    return _without_past(_without_secrets(drafted), _today(deps, zones)), author


async def later(
    deps: Deps,
    snapshot: Snapshot,
    messages: Sequence[Mapping[str, Any]],
    read_to: str,
    own: Sequence[RequestItem] = (),
) -> LaterDraft:
    """Return what was said, or said otherwise, after the time at which somebody had read the messages.

    Which of `own`, items of their request, they take back counts from when each was asked for: whoever has read the
    messages need not have been shown it.
    """
    zones = _zones(deps, snapshot, messages)
    found = await asyncio.to_thread(_Later(messages, zones, read_to).read, own)
    said = _without_past(_without_secrets(found.said), _today(deps, zones))
    return replace(
        found,
        said=said,
        withdrawn=tuple((each, _without_secret(unescaped(words))) for each, words in found.withdrawn),
        renamed=tuple((old, new, _without_secret(unescaped(words))) for old, new, words in found.renamed),
        quotes={part: _without_secret(each) for part, each in found.quotes.items()},
    )


def _zones(deps: Deps, snapshot: Snapshot, messages: Sequence[Mapping[str, Any]]) -> dict[str, tzinfo]:
    authors = {str(each.get("user")) for each in messages}
    return {author: zone_of(routing.zone_name_at(deps, snapshot, author)) for author in authors}


def _today(deps: Deps, zones: Mapping[str, tzinfo]) -> date:
    """Return the day that it is somewhere still: one is over once it is over for all who spoke of it."""
    now = deps.clock.now()
    return min((now.astimezone(zone).date() for zone in zones.values()), default=now.date())


def _without_past(drafted: Prefill, today: date) -> Prefill:
    """Return a draft without a day that is over, as in an old thread; it asks for another one."""
    if drafted.needed_by is None or drafted.needed_by >= today:
        return drafted
    asked = f"{drafted.needed_by}, the day that the thread names, is over: by when is it needed now?"
    return replace(drafted, needed_by=None, needed_reason="", questions=(*drafted.questions, asked))


def _without_secrets(drafted: Prefill) -> Prefill:
    """Return a draft without what the form would refuse, because it looks like a password or a token."""
    items = [
        replace(each, title=title, quote=_without_secret(each.quote))
        for each in drafted.items
        if (title := _without_secret(each.title))
    ]
    found = replace(
        drafted,
        title=_without_secret(drafted.title),
        items=tuple(items),
        stays_with_team=tuple(filter(None, map(_without_secret, drafted.stays_with_team))),
        needed_reason=_without_secret(drafted.needed_reason),
    )
    return found if found == drafted else replace(found, questions=(_LEFT_OUT, *found.questions))


def _without_secret(text: str) -> str:
    """Return a text without the words that look like a secret; nothing where it is not a word alone that does.

    Nor is anything left where it may go on in quotation marks.
    """
    if not looks_secret(text):
        return text
    if any(looks_secret(each) and each.count("'") + each.count('"') == 1 for each in text.split()):
        return ""
    left = " ".join(each for each in text.split() if not looks_secret(each))
    return "" if looks_secret(left) else left


def worked_on(snapshot: Snapshot, items: Sequence[RequestItem]) -> Match | None:
    """Return the one thing of the catalog that all items are about; None where one names another or asks for more."""
    named = [snapshot.directory.mentioned(each.title, limit=2) for each in items if is_about_what_is_there(each)]
    things = {match.asset_id for found in named for match in found}
    return named[0][0] if len(named) == len(items) and all(named) and len(things) == 1 else None


def names_of(technologies: Iterable[str]) -> dict[str, str]:
    """Return the names of technologies by their ids."""
    from bot.domain.backlog import technologies as rules  # noqa: PLC0415 - as above

    names = {each.id: each.name for each in rules.known().technologies}
    return {each: names[each] for each in technologies if each in names}


async def followed_technologies(
    technologies: Iterable[str], before: Sequence[str], after: Sequence[str]
) -> tuple[str, ...]:
    """Return the technologies of a request whose items were called `before` and are called `after`, by their ids."""
    said = tuple(technologies)
    return said if list(before) == list(after) else await asyncio.to_thread(_followed, said, before, after)


def _followed(technologies: Iterable[str], before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    from bot.domain.backlog import named_technologies  # noqa: PLC0415 - as above
    from bot.domain.backlog.technologies import known  # noqa: PLC0415 - as above

    return named_technologies.followed(technologies, before, after, known())


def _draft(messages: Sequence[Mapping[str, Any]], zones: Mapping[str, tzinfo], *, is_asked: bool) -> Prefill:
    # The rules are a tenth of a start, and the first thread is early enough for them.
    from bot.domain.backlog import drafts, technologies, threads  # noqa: PLC0415

    vocabulary = technologies.known()
    found = drafts.draft(threads.read({"messages": list(messages)}, zones), vocabulary, is_asked=is_asked)
    drafted = replace(_prefill(found, vocabulary), speakers=_speakers(found, messages))
    # What only stands in a thread, as "me neither" does, is nobody's wish: whoever opens the form says it.
    return drafted if is_asked or drafted.items else replace(drafted, title="")


class _Later:
    """Reads what a thread says after a time, beside what it had said before."""

    def __init__(self, messages: Sequence[Mapping[str, Any]], zones: Mapping[str, tzinfo], read_to: str) -> None:
        from bot.domain.backlog import technologies  # noqa: PLC0415 - as above

        self._messages, self._zones, self._vocabulary = messages, zones, technologies.known()
        self._new = [place for place, each in enumerate(messages) if written_at(each) > read_to]

    def read(self, own: Sequence[RequestItem]) -> LaterDraft:
        """Return what the new messages say."""
        from bot.domain.backlog import drafts  # noqa: PLC0415 - as above

        every, new = range(len(self._messages)), set(self._new)
        thread, found = self._thread(every), self._draft(every)
        first = self._draft(place for place in every if place not in new) if new else found
        items, before = tuple(map(_item, found.items)), tuple(map(_item, first.items))
        is_over = bool(before) and not items
        gone = () if is_over else unheld(before, items)
        back = [(each, self._words_since(self._new, partial(_is_without, each))) for each in gone]
        back += self._taken_back(thread, own, items) if items else []
        return LaterDraft(
            said=_prefill(drafts.said_in(found, new, self._vocabulary), self._vocabulary),
            items=items,
            withdrawn=tuple(back),
            renamed=tuple(self._renamed(before, items)),
            words=folded(" ".join(each.text for each in thread.sentences)),
            quotes={part: each.quote for part, each in _numbers(found).items()},
            before=first.needed_by.day if first.needed_by is not None else None,
            now=found.needed_by.day if found.needed_by is not None else None,
            is_over=is_over,
        )

    def _thread(self, places: Iterable[int]) -> Thread:
        from bot.domain.backlog import threads  # noqa: PLC0415 - as above

        return threads.read({"messages": [self._messages[each] for each in places]}, self._zones)

    def _draft(self, places: Iterable[int]) -> Draft:
        from bot.domain.backlog import drafts  # noqa: PLC0415 - as above

        return drafts.draft(self._thread(places), self._vocabulary)

    def _words_since(self, places: Sequence[int], is_so: Callable[[Draft], bool]) -> str:
        """Return the words of the first of the messages at some places from which on a draft of the thread is so."""
        at = bisect(places, 0, key=lambda last: is_so(self._draft(range(last + 1))))
        return str(self._messages[places[min(at, len(places) - 1)]].get("text") or "")

    def _taken_back(
        self, thread: Thread, own: Sequence[RequestItem], items: Sequence[RequestItem]
    ) -> Iterator[tuple[RequestItem, str]]:
        """Yield those of `own` that the thread had asked for and does no more, with the words that take them back."""
        for each in unheld([each for each in own if each.quote], items):
            quote = folded(each.quote)
            said = {one.message.index for one in thread.sentences if (text := folded(one.text)) and text in quote}
            after = range(max(said, default=-1) + 1, len(self._messages))
            if said and after and not _is_without(each, self._draft(range(after[0]))):
                yield each, self._words_since(after, partial(_is_without, each))

    def _renamed(
        self, before: Sequence[RequestItem], items: Sequence[RequestItem]
    ) -> Iterator[tuple[RequestItem, RequestItem, str]]:
        """Yield the wishes in which something else has taken the place of what they named, with the words for it."""
        there, now = ({each.title for each in some} for some in (before, items))
        new = [each for each in items if each.title not in there]
        for old in (each for each in before if each.title not in now):
            if its := next((each for each in new if self._is_renamed(old, each)), None):
                new.remove(its)
                yield old, its, self._words_since(self._new, partial(_has_title, its.title))

    def _is_renamed(self, old: RequestItem, new: RequestItem) -> bool:
        """Whether two wishes of the same words name other technologies."""
        was, now = ({each.id for each in self._vocabulary.find([one.title])[0]} for one in (old, new))
        return bool(now) and was != now and folded(old.quote) in folded(new.quote)


def _is_without(item: RequestItem, found: Draft) -> bool:
    return bool(unheld([item], map(_item, found.items)))


def _has_title(title: str, found: Draft) -> bool:
    return any(each.title == title for each in found.items)


def _rest(
    messages: Sequence[Mapping[str, Any]], zones: Mapping[str, tzinfo], held: Sequence[RequestItem]
) -> tuple[Prefill, str]:
    from bot.domain.backlog import drafts, technologies, threads  # noqa: PLC0415 - as above

    vocabulary = technologies.known()
    found = drafts.draft(threads.read({"messages": list(messages)}, zones), vocabulary)
    left = unheld(tuple(map(_item, found.items)), held)
    items = tuple(each for each in found.items if _item(each) in left)
    if not items:
        return Prefill(), ""
    asking = {each.message for each in items}
    its = drafts.said_in(replace(found, items=items), asking, vocabulary)
    filled = replace(_prefill(its, vocabulary), speakers=_speakers(its, messages))
    return filled, str(messages[min(asking)].get("user") or "")


def _numbers(found: Draft) -> dict[DemandPart, Hours | Blocked | Due]:
    """Return what a draft says that a team loses, each thing with the words and the place of them."""
    said = {
        DemandPart.LOST: found.hours,
        DemandPart.BLOCKED: found.blocked,
        DemandPart.NEEDED_BY: found.needed_by,
    }
    return {part: each for part, each in said.items() if each is not None}


def _speakers(found: Draft, messages: Sequence[Mapping[str, Any]]) -> dict[DemandPart, tuple[str, str]]:
    """Return who has said the numbers of a draft, by their Slack ids, and when."""
    said = {part: messages[each.message] for part, each in _numbers(found).items()}
    return {part: (str(each.get("user") or ""), str(each.get("ts") or "")) for part, each in said.items()}


def _prefill(found: Draft, vocabulary: Vocabulary) -> Prefill:
    from bot.domain.backlog.drafts import how_often_question  # noqa: PLC0415 - as above

    people, times, hours = _hours(found.hours)
    how_often = how_often_question(found.hours)
    return Prefill(
        title=found.title,
        items=tuple(_item(each) for each in found.items),
        suggested=tuple(_item(each) for each in found.suggested),
        technologies={each.value: vocabulary[each.value].name for each in found.technologies},
        gaps=tuple(each.value for each in found.skills_gaps),
        stays_with_team=tuple(each.value for each in found.stays_with_team),
        people=people,
        times=times,
        hours=hours,
        people_blocked=found.blocked.people if found.blocked is not None else None,
        blocked_share=found.blocked.share if found.blocked is not None else None,
        needed_by=found.needed_by.day if found.needed_by is not None else None,
        needed_reason=found.needed_by.reason if found.needed_by is not None else "",
        how_often=how_often,
        questions=tuple(each for each in found.questions if each != how_often),
    )


def _item(item: Item) -> RequestItem:
    return RequestItem(item.type, item.title, quote=item.why)


def _hours(said: Hours | None) -> tuple[float | None, float | None, float | None]:
    """Return people, times a month and hours each; how often is left open where nobody said it."""
    if said is None or said.amount <= 0:
        return None, None, None
    people = max(said.people, 1)
    times = round(said.monthly / (people * said.amount), 2) if said.monthly is not None else None
    return people, times, said.amount
