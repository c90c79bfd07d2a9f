"""Forms: modals as tables of fields, which are rendered, read when they are submitted, and say what is wrong where."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from math import nan
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from bot.blocks.text import Block, mention, modal, option, plain, section
from bot.blocks.values import number
from bot.errors import FormError, UserError

_T = TypeVar("_T")

#: Slack's limits of a select menu: its options, the text and the value of one.
_MOST_OPTIONS, _OPTION_TEXT, _OPTION_VALUE = 100, 75, 150
#: More boxes to tick than this are shown as a menu.
_MOST_BOXES = 10


@dataclass(frozen=True, slots=True)
class Fill:
    """What a field shows this time. `options` map values to words; `label` takes the place of the field's own.

    Where several can be chosen, `chosen` are the values that are from the start, and `hints` say more about some.
    """

    initial: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    chosen: Collection[str] = ()
    hints: Mapping[str, str] = field(default_factory=dict)


_EMPTY = Fill()
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Field(Generic[_T]):
    """A field: `element` renders it, or returns None where there is nothing to ask, and `read` reads what is not empty.

    `missing` is what is said when it is left empty; without it, it may be, unless it `is_kept`: then Slack shows a
    first choice that can only be changed.
    """

    block_id: str
    label: str
    element: Callable[[Fill], Block | None]
    read: Callable[[str], _T]
    missing: str = ""
    is_kept: bool = False
    #: Reads all that is chosen, for a field that takes several.
    read_all: Callable[[tuple[str, ...]], _T] | None = None

    def input(self, fill: Fill) -> Block | None:
        """Return the field as a block; None where there is nothing to ask."""
        element = self.element(fill)
        if element is None:
            return None
        return {
            "type": "input",
            "block_id": self.block_id,
            "optional": not (self.missing or self.is_kept),
            "label": {"type": "plain_text", "text": fill.label or self.label},
            "element": {"action_id": self.block_id, **element},
        }


def text(
    block_id: str, label: str, *, missing: str = "", limit: int = 500, hint: str = "", is_long: bool = False
) -> Field[str]:
    """Return a field for a line of text, or with `is_long` for several."""
    return Field(block_id, label, partial(_text, limit=limit, hint=hint, is_long=is_long), str, missing)


def day(block_id: str, label: str, *, missing: str = "") -> Field[date]:
    """Return a field for a day, which is filled with one in the ISO format."""

    def read(typed: str) -> date:
        try:
            return date.fromisoformat(typed)
        except ValueError:
            raise UserError(missing or "Choose a day.") from None

    def element(fill: Fill) -> Block:
        return {"type": "datepicker", **({"initial_date": fill.initial} if fill.initial else {})}

    return Field(block_id, label, element, read, missing)


def person(block_id: str, label: str) -> Field[str]:
    """Return a field for somebody in Slack, by their Slack id."""

    def element(fill: Fill) -> Block:
        return {"type": "users_select", **({"initial_user": fill.initial} if mention(fill.initial) else {})}

    return Field(block_id, label, element, str)


def choice(block_id: str, label: str, *, is_kept: bool = False) -> Field[str]:
    """Return a field for one of some values, which is asked only where there are some."""
    return Field(block_id, label, _menu, str, is_kept=is_kept)


def id_choice(block_id: str, label: str, *, missing: str = "") -> Field[int]:
    """Return a field for one of some things by their ids."""
    return Field(block_id, label, _menu, number, missing)


def name_or_choice(block_id: str, label: str, *, hint: str, missing: str = "") -> Field[str]:
    """Return a field for one of some things by their ids.

    Where there are more than a menu takes, or none, the name is typed.
    """

    def element(fill: Fill) -> Block | None:
        is_menu = 0 < len(fill.options) <= _MOST_OPTIONS
        named = Fill(fill.options.get(fill.initial, ""))
        return _menu(fill) if is_menu else _text(named, limit=120, hint=hint, is_long=False)

    return Field(block_id, label, element, str, missing)


def number_between(
    block_id: str, label: str, least: float, most: float, *, missing: str = "", is_whole: bool = False
) -> Field[float]:
    """Return a field for a number, filled with one as it is written."""

    def read(typed: str) -> float:
        try:
            value = float(typed)
        except ValueError:
            value = nan
        if not least <= value <= most or (is_whole and value != int(value)):
            raise UserError(f"Write a {'whole ' if is_whole else ''}number from {least:g} to {most:g}.")
        return value

    def element(fill: Fill) -> Block:
        made: Block = {"type": "number_input", "is_decimal_allowed": not is_whole}
        return {**made, "initial_value": fill.initial} if fill.initial else made

    return Field(block_id, label, element, read, missing)


def ticks(block_id: str, label: str) -> Field[tuple[str, ...]]:
    """Return a field for any of some values, which is asked only where there are some: boxes, or a menu for many."""
    return Field(block_id, label, _ticks, lambda chosen: (chosen,), read_all=tuple)


class Answers:
    """What was typed or chosen, by the fields."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found

    def __getitem__(self, asked: Field[_T]) -> _T:
        """Return the answer to a field that may not be left empty."""
        answer: _T = self._found[asked.block_id]
        return answer

    def text(self, asked: Field[str]) -> str:
        """Return the answer to a field, empty for none."""
        return str(self._found.get(asked.block_id, ""))

    def get(self, asked: Field[_T]) -> _T | None:
        """Return the answer to a field that may be left empty, None for no answer."""
        return self._found.get(asked.block_id)


@dataclass(frozen=True, slots=True)
class Form:
    """A modal. `refused_at` is the field beside which it is said why what was filled in cannot be done."""

    callback_id: str
    title: str
    submit: str
    fields: tuple[Field[Any], ...] = ()
    refused_at: Field[Any] | None = None

    def view(self, metadata: str, said: str, fills: Mapping[Field[Any], Fill] | None = None) -> Block:
        """Return the modal: what it is about, in mrkdwn, and the fields, filled."""
        inputs = (each.input((fills or {}).get(each, _EMPTY)) for each in self.fields)
        return {
            "type": "modal",
            "callback_id": self.callback_id,
            "private_metadata": metadata,
            "title": {"type": "plain_text", "text": self.title},
            "submit": {"type": "plain_text", "text": self.submit},
            "close": {"type": "plain_text", "text": "Cancel"},
            "blocks": [section(said), *(each for each in inputs if each is not None)],
        }

    def read(self, values: Mapping[str, str], choices: Mapping[str, tuple[str, ...]] = _NOTHING) -> Answers:
        """Return what was filled in. Raises FormError with what is wrong at each field.

        `choices` are all that is chosen, for the fields that take several.
        """
        found: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for each in self.fields:
            typed = values.get(each.block_id, "").strip()
            try:
                if each.read_all is not None:
                    found[each.block_id] = each.read_all(choices.get(each.block_id, ()))
                elif typed:
                    found[each.block_id] = each.read(typed)
                elif each.missing:
                    wrong[each.block_id] = each.missing
            except UserError as error:
                wrong[each.block_id] = str(error)
        if wrong:
            raise FormError(wrong)
        return Answers(found)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Turn the UserError of what is done with the answers into a FormError, where the form has a field for it."""
        try:
            yield
        except UserError as error:
            if self.refused_at is None:
                raise
            raise FormError({self.refused_at.block_id: str(error)}) from error


def loading_view() -> Block:
    """Return what is shown while a form takes longer to make than its trigger lives."""
    return modal("One moment", [section("Looking that up…")], close="Cancel")


def _text(fill: Fill, *, limit: int, hint: str, is_long: bool) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": is_long, "max_length": limit}
    if shown := plain(fill.initial, limit):
        element["initial_value"] = shown
    if hint:
        element["placeholder"] = {"type": "plain_text", "text": hint}
    return element


def _menu(fill: Fill) -> Block | None:
    options = _options(fill)
    if not options:
        return None
    element: Block = {"type": "static_select", "options": list(options.values())}
    initial = options.get(fill.initial[:_OPTION_VALUE])
    return element if initial is None else {**element, "initial_option": initial}


def _ticks(fill: Fill) -> Block | None:
    options = _options(fill)
    if not options:
        return None
    chosen = {value[:_OPTION_VALUE] for value in fill.chosen}
    initial = [one for value, one in options.items() if value in chosen]
    kind = "checkboxes" if len(options) <= _MOST_BOXES else "multi_static_select"
    element: Block = {"type": kind, "options": list(options.values())}
    return {**element, "initial_options": initial} if initial else element


def _options(fill: Fill) -> dict[str, Block]:
    """Return the options of a field by their values."""
    cut = {
        value[:_OPTION_VALUE]: _option(said, value, fill.hints.get(value, "")) for value, said in fill.options.items()
    }
    return dict(islice(cut.items(), _MOST_OPTIONS))


def _option(said: str, value: str, hint: str) -> Block:
    made = option(plain(said, _OPTION_TEXT) or "(no name)", value[:_OPTION_VALUE])
    if more := plain(hint, _OPTION_TEXT):
        made["description"] = {"type": "plain_text", "text": more}
    return made
