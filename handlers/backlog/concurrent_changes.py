"""The form that corrects a request, where others have corrected it since it was opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.blocks import backlog as blocks
from bot.blocks.backlog import words
from bot.blocks.backlog.forms import ITEM_KINDS, ITEM_TITLES
from bot.blocks.contested import opened_with
from bot.domain.backlog.changes import Changeable
from bot.domain.backlog.requests import RequestItem
from bot.domain.concurrent_edits import merged, places
from bot.errors import ChangedError
from bot.services.context import Context
from handlers.backlog.request_forms import teams
from handlers.backlog.submissions import kind_of

_ITEM_FIELDS = [(title.block_id, kind.block_id) for title, kind in zip(ITEM_TITLES, ITEM_KINDS, strict=True)]


class MergedForm(NamedTuple):
    """What a form says of a request as it is now, and items that it keeps though others have taken them out.

    `moved` is where its items stand now, by their places in the form, without those that are gone.
    """

    values: Mapping[str, str]
    restored: tuple[RequestItem, ...]
    moved: Mapping[int, int]


def merge(
    context: Context, its: Changeable, opened_blocks: tuple[Mapping[str, object], ...], typed: Mapping[str, str]
) -> MergedForm:
    """Return what a form says that was opened with these blocks: what was left as it was follows what others have said.

    Raises ChangedError with the fields that both have changed otherwise.
    """
    opened, now = opened_with(opened_blocks), opened_with(blocks.change_view(its, "", teams(context))["blocks"])
    moved = _moved(opened, now)
    edit = merged(opened, typed, _as_opened(now, typed, moved))
    contested = {name: (there, edit.values[name]) for name, there in edit.contested.items()}
    contested |= {title: ("", typed[title]) for title in _of_another_kind(opened, typed, moved)}
    if contested and its.meanwhile:
        shown = words.now(its.card, its.meanwhile)
        raise ChangedError(its.meanwhile, shown=shown, version=its.card.version, contested=contested)
    values, restored = {**now, **edit.values}, []
    values |= {name: now[name] for each in _ITEM_FIELDS for name in each if name in now}
    for place, (title, kind) in enumerate(_ITEM_FIELDS):
        said, its_kind = edit.values.get(title, ""), kind_of(edit.values.get(kind, ""))
        if place in moved:
            values |= dict(zip(_ITEM_FIELDS[moved[place]], (said, edit.values.get(kind, "")), strict=True))
        elif said and its_kind is not None:
            restored.append(RequestItem(its_kind, said))
    return MergedForm(values, tuple(restored), moved)


def _of_another_kind(opened: Mapping[str, str], typed: Mapping[str, str], moved: Mapping[int, int]) -> list[str]:
    """Return the fields of items that are gone, and to which somebody has only given another kind."""
    gone = [each for place, each in enumerate(_ITEM_FIELDS) if place not in moved and opened.get(each[0])]
    return [title for title, kind in gone if typed.get(title) == opened[title] and typed.get(kind) != opened.get(kind)]


def _moved(opened: Mapping[str, str], now: Mapping[str, str]) -> dict[int, int]:
    """Return where the items of a form stand now, by their places in it, without those that are gone."""
    asked = [place for place, (title, _) in enumerate(_ITEM_FIELDS) if opened.get(title)]
    there = [now[title] for title, _ in _ITEM_FIELDS if title in now]
    found = places([opened[_ITEM_FIELDS[each][0]] for each in asked], there)
    return {asked[place]: here for place, here in found.items()}


def _as_opened(now: Mapping[str, str], typed: Mapping[str, str], moved: Mapping[int, int]) -> dict[str, str]:
    """Return how the fields of a form stand now, each item at its place in the form.

    Of an item that is gone only the words are contested, not its kind.
    """
    stands = dict(now)
    for place, (title, kind) in enumerate(_ITEM_FIELDS):
        if place in moved:
            stands[title], stands[kind] = (now[each] for each in _ITEM_FIELDS[moved[place]])
        else:
            stands[title], stands[kind] = "", typed.get(kind, "")
    return stands
