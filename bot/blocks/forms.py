"""Forms: modals as tables of fields, which are rendered, read when they are submitted, and say what is wrong where."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Generic, TypeVar

from bot.blocks.text import Block, mention, plain, section
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


@dataclass(frozen=True, slots=True)
class Field(ABC, Generic[_T]):
    """A field. `missing` is what is said when it is left empty; without it, it may be."""

    block_id: str
    label: str
    missing: str = field(default="", kw_only=True)

    def input(self, fill: Fill) -> Block | None:
        """Return the field as a block; None where there is nothing to ask."""
        element = self.element(fill)
        if element is None:
            return None
        return {
            "type": "input",
            "block_id": self.block_id,
            "optional": self.is_optional,
            "label": {"type": "plain_text", "text": fill.label or self.label},
            "element": {"action_id": self.block_id, **element},
        }

    @property
    def is_optional(self) -> bool:
        """Whether Slack takes the form with this left empty."""
        return not self.missing

    @abstractmethod
    def element(self, fill: Fill) -> Block | None:
        """Return the element that is filled in, None where there is nothing to ask."""

    @abstractmethod
    def read(self, text: str) -> _T:
        """Return what was typed or chosen, which is not empty. Raises UserError for what it cannot be."""


@dataclass(frozen=True, slots=True)
class Text(Field[str]):
    """A line of text, or with `is_long` several."""

    limit: int = field(default=500, kw_only=True)
    hint: str = field(default="", kw_only=True)
    is_long: bool = field(default=False, kw_only=True)

    def element(self, fill: Fill) -> Block:
        """Return a text input."""
        element: Block = {"type": "plain_text_input", "multiline": self.is_long, "max_length": self.limit}
        if shown := plain(fill.initial, self.limit):
            element["initial_value"] = shown
        if self.hint:
            element["placeholder"] = {"type": "plain_text", "text": self.hint}
        return element

    def read(self, text: str) -> str:
        """Return what was typed."""
        return text


@dataclass(frozen=True, slots=True)
class Day(Field[date]):
    """A day; it is filled with one in the ISO format."""

    def element(self, fill: Fill) -> Block:
        """Return a date picker."""
        return {"type": "datepicker", **({"initial_date": fill.initial} if fill.initial else {})}

    def read(self, text: str) -> date:
        """Return the day. Raises UserError for what is none."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise UserError(self.missing or "Choose a day.") from None


@dataclass(frozen=True, slots=True)
class Person(Field[str]):
    """Somebody in Slack, by their Slack id."""

    def element(self, fill: Fill) -> Block:
        """Return a menu of people."""
        return {"type": "users_select", **({"initial_user": fill.initial} if mention(fill.initial) else {})}

    def read(self, text: str) -> str:
        """Return the id."""
        return text


class _Menu(Field[_T]):
    def element(self, fill: Fill) -> Block | None:
        """Return a menu of the options; None where there are none."""
        if not fill.options:
            return None
        cut = {value[:_OPTION_VALUE]: said for value, said in fill.options.items()}
        options = {value: _option(said, value) for value, said in islice(cut.items(), _MOST_OPTIONS)}
        element: Block = {"type": "static_select", "options": list(options.values())}
        initial = options.get(fill.initial[:_OPTION_VALUE])
        return element if initial is None else {**element, "initial_option": initial}


@dataclass(frozen=True, slots=True)
class Choice(_Menu[str]):
    """One of some values, asked only where there are some. With `is_kept`, the first choice can only be changed."""

    is_kept: bool = field(default=False, kw_only=True)

    @property
    def is_optional(self) -> bool:
        """Whether it can be emptied."""
        return not (self.missing or self.is_kept)

    def read(self, text: str) -> str:
        """Return the value."""
        return text


@dataclass(frozen=True, slots=True)
class IdChoice(_Menu[int]):
    """One of some things by their ids."""

    def read(self, text: str) -> int:
        """Return the id. Raises NotFoundError for what is none."""
        return number(text)


@dataclass(frozen=True, slots=True)
class NameOrChoice(_Menu[str]):
    """One of some things by their ids; where there are more than a menu takes, or none, the name is typed."""

    hint: str = field(default="", kw_only=True)

    def element(self, fill: Fill) -> Block | None:
        """Return the menu or a line of text."""
        if not fill.options or len(fill.options) > _MOST_OPTIONS:
            return Text(self.block_id, self.label, hint=self.hint, limit=120).element(_EMPTY)
        return _Menu.element(self, fill)

    def read(self, text: str) -> str:
        """Return the id or the name."""
        return text


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
            text = values.get(each.block_id, "").strip()
            try:
                if text:
                    found[each.block_id] = each.read(text)
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
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "One moment"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [section("One moment: I am looking that up.")],
    }


def _option(said: str, value: str) -> Block:
    text = plain(said, _OPTION_TEXT) or "(no name)"
    return {"text": {"type": "plain_text", "text": text}, "value": value}
