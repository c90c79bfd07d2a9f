"""The form that corrects a request which is open already, filled with what is said so far."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from bot.blocks.backlog import actions, words
from bot.blocks.backlog.actions import BlockedValue, DayValue, HoursValue, OtherValue, RenamedValue, WishValue
from bot.blocks.backlog.forms import (
    ASKED_BY,
    BLOCKED,
    EVIDENCE,
    EVIDENCE_WORDS,
    FOLLOWS_WORDS,
    HOURS,
    ITEM_KINDS,
    ITEM_TITLES,
    KINDS,
    MISSED,
    NEEDED_BY,
    NEEDED_REASON,
    OF_ITS_DAY,
    PEOPLE,
    SHARE,
    SHARE_CHOICES,
    SHARE_WORDS,
    TEAM,
    TIMES,
    UNTIL,
    kind_of,
    lost_hours,
)
from bot.blocks.backlog.words import ITEM_WORDS
from bot.blocks.forms import Field, Fill, Form, choice, filled_day, filled_number, filled_text, text, ticks
from bot.blocks.text import Block, section
from bot.blocks.values import encode
from bot.domain.backlog.changes import Changeable
from bot.domain.backlog.demand import DemandPart
from bot.domain.backlog.new_request import LONGEST_TITLE
from bot.domain.backlog.thread_news import ThreadNews
from bot.domain.names import clean
from bot.domain.phrases import counted, join
from bot.domain.records import TeamRecord

#: Slack's most for the value of a box.
_LONGEST_VALUE = 150
#: … and for the words beside it.
_LONGEST_BOX = 75
ADDED = text(actions.ADDED, "Another item", limit=LONGEST_TITLE)
ADDED_TYPE = choice(actions.ADDED_TYPE, "Kind of the other item")
#: What the thread says by now, each beside the fields that have it otherwise: a tick takes it.
WISHES = ticks(actions.WISHES, "Asked for in the thread since")
TAKE_OUT = ticks(actions.TAKE_OUT, "The thread takes this back: take it out?")
TAKE_RENAMED = ticks(actions.TAKE_RENAMED, "The thread names something else now: take that?")
TAKE_DAY = ticks(actions.TAKE_DAY, "By when")
TAKE_HOURS = ticks(actions.TAKE_HOURS, "What is lost")
TAKE_BLOCKED = ticks(actions.TAKE_BLOCKED, "Who is blocked")
#: What is chosen where the thread has taken its day back.
NO_DAY = encode(DayValue(""))
#: What is said of an item whose words were edited or deleted.
_GONE = "The words that asked for it are gone."
#: What is said of an item that is done while others are not.
_DELIVERED = "Delivered already. Write something else, and it is open again."
_NEWS = "Tick what is to be taken; what you leave out is not offered again."
TITLE = filled_text(actions.TITLE, "What do you need?", limit=LONGEST_TITLE)
#: Each item's words, and its kind below them.
_ITEMS: tuple[Field[Any], ...] = tuple(chain.from_iterable(zip(ITEM_TITLES, ITEM_KINDS, strict=True)))
#: What only those change who speak for the request itself.
_ASKED: tuple[Field[Any], ...] = (TITLE, *_ITEMS, TAKE_RENAMED, TAKE_OUT, WISHES, ADDED, ADDED_TYPE, TEAM, ASKED_BY)
_OWN: tuple[Field[Any], ...] = (*_ASKED, NEEDED_REASON)
_LOST: tuple[Field[Any], ...] = (PEOPLE, TIMES, HOURS, TAKE_HOURS, EVIDENCE)
_BLOCKED: tuple[Field[Any], ...] = (BLOCKED, SHARE, TAKE_BLOCKED, UNTIL)
_FIELDS: tuple[Field[Any], ...] = (*_LOST, *_BLOCKED, NEEDED_BY, TAKE_DAY, NEEDED_REASON, MISSED)
CHANGE = Form(
    actions.CHANGE_VIEW,
    "Change",
    "Save",
    (*_ASKED, *_FIELDS),
    refused_at=PEOPLE,
)


def change_view(its: Changeable, metadata: str, teams: Sequence[TeamRecord] = (), *, is_found: bool = False) -> Block:
    """Return the form; for those who have joined the request with what their own team says alone.

    With `is_found` it stands in the place of the form of a new request.
    """
    said, team = its.said, its.card.team
    fills: dict[Field[Any], Fill] = {
        TITLE: Fill(its.card.title),
        ADDED_TYPE: Fill(options=KINDS, hint=FOLLOWS_WORDS),
        TEAM: Fill(str(team.id) if team is not None else "", {str(each.id): each.name for each in teams}),
        ASKED_BY: Fill(its.card.asker.slack_id),
        PEOPLE: Fill(filled_number(said.lost_people)),
        TIMES: Fill(filled_number(said.lost_times)),
        HOURS: Fill(filled_number(said.lost_hours)),
        EVIDENCE: Fill(said.evidence or "", EVIDENCE_WORDS),
        BLOCKED: Fill(filled_number(said.blocked_people or None)),
        SHARE: Fill(said.blocked_share or "", SHARE_CHOICES),
        UNTIL: Fill(filled_day(said.blocked_until)),
        NEEDED_BY: Fill(filled_day(its.needed_by)),
        MISSED: Fill(filled_number(said.miss_hours)),
        NEEDED_REASON: Fill(its.card.needed_reason, hint=OF_ITS_DAY if its.card.needed_reason else ""),
        **_news(its.news),
        TAKE_OUT: _withdrawn(its),
        TAKE_RENAMED: _renamed(its),
    }
    for item, title, kind in zip(its.card.items, ITEM_TITLES, ITEM_KINDS, strict=False):
        there = _DELIVERED if item.is_done else ""
        fills |= {title: Fill(item.title, label=words.kind_label(item), hint=there), kind: kind_of(item)}
    fields = CHANGE.fields if its.is_own else tuple(each for each in CHANGE.fields if each not in _OWN)
    made = Form(CHANGE.callback_id, CHANGE.title, CHANGE.submit, fields)
    other = words.other_question(OtherValue(its.channel_id, its.thread_ts)) if its.thread_ts else []
    return made.of_blocks(metadata, [section(_above(its, is_found=is_found)), *made.inputs(fields, fills), *other])


def _above(its: Changeable, *, is_found: bool) -> str:
    name = words.name(its.card)
    head = [f"{words.THERE_IS} {name}", words.standing(its.card)] if is_found else [name]
    lines = [*head, "Its place in the backlog depends on these answers."]
    wishes = [] if its.is_own else its.news.items
    if new := _named(its.news, is_own=its.is_own):
        lines.append(f"*The thread says more by now:* {join(new)}. {_NEWS}")
    if its.news.is_over:
        lines.append("*The thread sounds as if nobody needs it any more.* If so, *Withdraw…* on its card ends it.")
    if wishes:
        lines += ["Your thread asks for more by now, which can be a request of its own:", *words.items(wishes)]
    return "\n".join(lines)


def _named(news: ThreadNews, *, is_own: bool) -> list[str]:
    """Return what of the thread's news can be ticked, in words: the form is long."""
    items = [counted(len(news.items), "more item", "more items")] if news.items and is_own else []
    out = [counted(len(news.withdrawn), "item taken back", "items taken back")] if news.withdrawn else []
    out += [counted(len(news.renamed), "item of something else", "items of something else")] if news.renamed else []
    day = ["another day"] if news.needed_by is not None else ["no day any more"] if news.is_day_gone else []
    hours = ["other hours"] if news.hours is not None else []
    return [*items, *out, *hours, *(["who is blocked"] if news.blocked is not None else []), *day]


def _news(news: ThreadNews) -> dict[Field[Any], Fill]:
    """Return what the thread says by now, each thing with the words that say so, and nothing of it ticked."""
    fills: dict[Field[Any], Fill] = {}
    if news.items:
        values = {encode(WishValue(each.type, clean(each.title)))[:_LONGEST_VALUE]: each for each in news.items}
        texts = {value: each.title for value, each in values.items()}
        hints = {value: ": ".join(filter(None, (ITEM_WORDS[each.type], each.quote))) for value, each in values.items()}
        fills[WISHES] = Fill(options=texts, hints=hints)
    if news.needed_by is not None:
        said = f"The thread says {news.needed_by.day} {news.needed_by:%B %Y} now"
        fills[TAKE_DAY] = _taking(
            said,
            encode(DayValue(news.needed_by.isoformat(), news.needed_reason)),
            news.quotes.get(DemandPart.NEEDED_BY, ""),
        )
    elif news.is_day_gone:
        fills[TAKE_DAY] = _taking("The thread names no day any more", NO_DAY, "", "Take the day away")
    if news.hours is not None:
        said = f"The thread says now: {lost_hours(*news.hours)}"
        value = encode(HoursValue(*news.hours))
        fills[TAKE_HOURS] = _taking(said, value, news.quotes.get(DemandPart.LOST, ""))
    if news.blocked is not None:
        count, share = news.blocked
        how = f", {SHARE_WORDS[share].lower()}" if share is not None else ""
        said = f"The thread says now: {counted(count, 'person', 'people')} blocked{how}"
        value = encode(BlockedValue(count, share or ""))
        fills[TAKE_BLOCKED] = _taking(said, value, news.quotes.get(DemandPart.BLOCKED, ""))
    return fills


def _withdrawn(its: Changeable) -> Fill:
    """Return the items that the thread has taken back, by their places among those that are shown."""
    hints = {str(place): words or _GONE for place, words in its.news.withdrawn.items() if place < len(ITEM_TITLES)}
    return Fill(options={place: its.card.items[int(place)].title for place in hints}, hints=hints)


def _renamed(its: Changeable) -> Fill:
    """Return how the thread calls items by now, by their places among those that are shown."""
    shown = {place: each for place, each in its.news.renamed.items() if place < len(ITEM_TITLES)}
    values = {encode(RenamedValue(place, clean(new)))[:_LONGEST_VALUE]: place for place, (new, _) in shown.items()}
    texts = {value: _renaming(its.card.items[place].title, shown[place][0]) for value, place in values.items()}
    return Fill(options=texts, hints={value: shown[place][1] for value, place in values.items()})


def _renaming(old: str, new: str) -> str:
    said = f"{old} → {new}"
    return said if len(said) <= _LONGEST_BOX else f"→ {new}"


def _taking(said: str, value: str, quote: str, text: str = "Take it") -> Fill:
    value = value[:_LONGEST_VALUE]
    return Fill(options={value: text}, hints={value: quote}, label=said)
