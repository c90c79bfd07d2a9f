"""Forms: modals as tables of fields, which are rendered, read when they are submitted, and say what is wrong where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

from bot.blocks.text import Block, mention, modal, option, plain, section
from bot.blocks.values import number
from bot.errors import FormError, UserError

_T = TypeVar("_T")

#: Slack's limits of a select menu: its options, the text and the value of one.
_MOST_OPTIONS, _OPTION_TEXT, _OPTION_VALUE = 100, 75, 150


@dataclass(frozen=True, slots=True)
class Fill:
    """What a field shows this time. `options` map values to words; `label` takes the place of the field's own."""

    initial: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    label: str = ""


_EMPTY = Fill()


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
        return _menu(fill) if is_menu else _text(_EMPTY, limit=120, hint=hint, is_long=False)

    return Field(block_id, label, element, str, missing)


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

    def read(self, values: Mapping[str, str]) -> Answers:
        """Return what was filled in. Raises FormError with what is wrong at each field."""
        found: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for each in self.fields:
            typed = values.get(each.block_id, "").strip()
            try:
                if typed:
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
    return modal("One moment", [section("One moment: I am looking that up.")], close="Cancel")


def _text(fill: Fill, *, limit: int, hint: str, is_long: bool) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": is_long, "max_length": limit}
    if shown := plain(fill.initial, limit):
        element["initial_value"] = shown
    if hint:
        element["placeholder"] = {"type": "plain_text", "text": hint}
    return element


def _menu(fill: Fill) -> Block | None:
    if not fill.options:
        return None
    cut = {value[:_OPTION_VALUE]: said for value, said in fill.options.items()}
    options = {
        value: option(plain(said, _OPTION_TEXT) or "(no name)", value)
        for value, said in islice(cut.items(), _MOST_OPTIONS)
    }
    element: Block = {"type": "static_select", "options": list(options.values())}
    initial = options.get(fill.initial[:_OPTION_VALUE])
    return element if initial is None else {**element, "initial_option": initial}
