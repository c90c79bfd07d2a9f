"""Forms: modals as tables of fields, which are rendered, read when they are submitted, and say what is wrong where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from math import nan
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from bot.blocks.text import Block, is_web_address, mention, modal, option, plain, section
from bot.blocks.values import number
from bot.domain.catalog import Area
from bot.domain.names import clean, clean_lines, cut, storable
from bot.domain.phrases import LEAST_AMOUNT, figure
from bot.domain.secrets import SECRET, looks_secret
from bot.errors import ChangedError, FormError, UserError

_T = TypeVar("_T")

#: Slack's limits of a select menu: its options, the text and the value of one.
_MOST_OPTIONS, _OPTION_TEXT, _OPTION_VALUE = 100, 75, 150
#: How much is shown of the two ends of a text that begins as another one does.
_HEAD, _TAIL = 36, 35
#: More boxes to tick than this are shown as a menu.
_MOST_BOXES = 10


@dataclass(frozen=True, slots=True)
class Fill:
    """What a field shows this time. `options` map values to words; `label` takes the place of the field's own.

    Where several can be chosen, `chosen` are the values that are from the start, and `hints` say more about some.
    `hint` stands below the whole field. With `is_needed` the field may not be left empty this time.
    """

    initial: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    chosen: Collection[str] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    is_needed: bool = False


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
        made: Block = {
            "type": "input",
            "block_id": self.block_id,
            "optional": not (self.missing or self.is_kept or fill.is_needed),
            "label": {"type": "plain_text", "text": fill.label or self.label},
            "element": {"action_id": self.block_id, **element},
        }
        return {**made, "hint": {"type": "plain_text", "text": fill.hint}} if fill.hint else made


def text(
    block_id: str, label: str, *, missing: str = "", limit: int = 500, hint: str = "", is_long: bool = False
) -> Field[str]:
    """Return a field for a line of text, or with `is_long` for several. What looks like a secret is refused."""
    return Field(block_id, label, partial(_text, limit=limit, hint=hint, is_long=is_long), _harmless, missing)


def filled_text(block_id: str, label: str, *, limit: int) -> Field[str]:
    """Return a field for a line of text, which is asked only where there is one to change."""

    def element(fill: Fill) -> Block | None:
        return _text(fill, limit=limit, hint="", is_long=False) if plain(fill.initial, limit) else None

    return Field(block_id, label, element, _harmless)


def address(block_id: str, label: str) -> Field[str]:
    """Return a field for a web address."""

    def read(typed: str) -> str:
        if not is_web_address(typed):
            raise UserError("Write a web address, such as https://docs.example.com.")
        return _harmless(typed)

    return Field(block_id, label, partial(_text, limit=500, hint="https://…", is_long=False), read)


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


def area_choice(block_id: str, label: str) -> Field[Area]:
    """Return a field for one of some areas, the first of which is chosen from the start."""

    def read(chosen: str) -> Area:
        try:
            return Area(chosen)
        except ValueError:
            raise UserError("Choose a part.") from None

    return Field(block_id, label, _menu, read, is_kept=True)


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
            raise UserError(f"Write a {'whole ' if is_whole else ''}number from {figure(least)} to {figure(most)}.")
        if 0 < abs(value) < LEAST_AMOUNT:
            raise UserError(f"Write {LEAST_AMOUNT} or more, or 0 for none.")
        return value

    def element(fill: Fill) -> Block:
        made: Block = {"type": "number_input", "is_decimal_allowed": not is_whole}
        return {**made, "initial_value": fill.initial} if fill.initial else made

    return Field(block_id, label, element, read, missing)


def ticks(block_id: str, label: str, *, is_menu: bool = False, missing: str = "") -> Field[tuple[str, ...]]:
    """Return a field for any of some values, which is asked only where there are some: boxes, or a menu for many."""
    return Field(block_id, label, partial(_ticks, is_menu=is_menu), lambda chosen: (chosen,), missing, read_all=tuple)


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
        return self.of_blocks(metadata, [section(said), *self.inputs(self.fields, fills or {})])

    def inputs(self, fields: Iterable[Field[Any]], fills: Mapping[Field[Any], Fill]) -> list[Block]:
        """Return the blocks of those of these fields that are asked."""
        made = (each.input(fills.get(each, _EMPTY)) for each in fields)
        return [each for each in made if each is not None]

    def of_blocks(self, metadata: str, blocks: Sequence[Mapping[str, Any]]) -> Block:
        """Return the modal with blocks that are made already."""
        return {
            "type": "modal",
            "callback_id": self.callback_id,
            "private_metadata": metadata,
            "title": {"type": "plain_text", "text": self.title},
            "submit": {"type": "plain_text", "text": self.submit},
            "close": {"type": "plain_text", "text": "Cancel"},
            "blocks": list(blocks),
        }

    def read(self, values: Mapping[str, str], choices: Mapping[str, tuple[str, ...]] = _NOTHING) -> Answers:
        """Return what was filled in. Raises FormError with what is wrong at each field.

        `choices` are all that is chosen, for the fields that take several.
        """
        found: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for each in self.fields:
            typed = storable(values.get(each.block_id, "")).strip()
            chosen = choices.get(each.block_id, ())
            try:
                # What is typed is among the choices as well, blanks and all.
                if each.missing and not (typed if each.read_all is None else chosen):
                    wrong[each.block_id] = each.missing
                elif each.read_all is not None:
                    found[each.block_id] = each.read_all(chosen)
                elif typed:
                    found[each.block_id] = each.read(typed)
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
        except (ChangedError, FormError):
            raise
        except UserError as error:
            if self.refused_at is None:
                raise
            raise FormError({self.refused_at.block_id: str(error)}) from error


def loading_view() -> Block:
    """Return what is shown while a form takes longer to make than its trigger lives."""
    return modal("One moment", [section("Looking that up…")], close="Cancel")


def _harmless(typed: str) -> str:
    if looks_secret(typed):
        raise UserError(SECRET)
    return typed


def _text(fill: Fill, *, limit: int, hint: str, is_long: bool) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": is_long, "max_length": limit}
    if shown := cut(clean_lines(fill.initial), limit) if is_long else plain(fill.initial, limit):
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


def _ticks(fill: Fill, *, is_menu: bool) -> Block | None:
    options = _options(fill)
    if not options:
        return None
    chosen = {value[:_OPTION_VALUE] for value in fill.chosen}
    initial = [one for value, one in options.items() if value in chosen]
    kind = "multi_static_select" if is_menu or len(options) > _MOST_BOXES else "checkboxes"
    element: Block = {"type": kind, "options": list(options.values())}
    return {**element, "initial_options": initial} if initial else element


def _options(fill: Fill) -> dict[str, Block]:
    """Return the options of a field by their values."""
    texts = _told_apart(fill.options)
    made = {value[:_OPTION_VALUE]: _option(said, value, fill.hints.get(value, "")) for value, said in texts.items()}
    return dict(islice(made.items(), _MOST_OPTIONS))


def _told_apart(options: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of options by their values: those that begin alike are cut in their middle, or numbered."""
    texts = {value: plain(said, _OPTION_TEXT) for value, said in options.items()}
    begins, seen = Counter(texts.values()), Counter[str]()
    for value, text in texts.items():
        if begins[text] == 1:
            continue
        said = clean(options[value])
        whole = text if text == said else f"{cut(said, _HEAD).rstrip()} … {said[-_TAIL:].lstrip()}"
        seen[whole] += 1
        texts[value] = plain(whole if seen[whole] == 1 else f"({seen[whole]}) {whole}", _OPTION_TEXT)
    return texts


def _option(said: str, value: str, hint: str) -> Block:
    made = option(said or "(no name)", value[:_OPTION_VALUE])
    if more := plain(hint, _OPTION_TEXT):
        made["description"] = {"type": "plain_text", "text": more}
    return made


def filled_day(on: date | None) -> str:
    """Return a day as a field is filled with it; empty without one."""
    return on.isoformat() if on is not None else ""


def filled_number(value: float | None) -> str:
    """Return a number as a field is filled with it; empty without one."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value is not None else ""
