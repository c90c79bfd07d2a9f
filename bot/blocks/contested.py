"""Fields of a form that others have changed since it was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from bot.blocks.text import Block, plain

_INITIAL = {
    "datepicker": "initial_date",
    "number_input": "initial_value",
    "plain_text_input": "initial_value",
    "static_select": "initial_option",
    "users_select": "initial_user",
}


def opened_with(blocks: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the fields of a form were filled with, by block id, empty for nothing; without those to tick."""
    return {
        str(block["block_id"]): _value(element.get(_INITIAL[element["type"]]))
        for block in blocks
        if block.get("type") == "input" and (element := block["element"])["type"] in _INITIAL
    }


def with_contested(
    blocks: Iterable[Mapping[str, Any]], contested: Mapping[str, tuple[str, str]], named: Callable[[str], str]
) -> list[Block]:
    """Return the blocks of a form, whose `contested` fields say what stands there now beside what was sent.

    They count as opened with what stands there now: sent again, what was typed is kept. `named` returns the name of
    somebody by their Slack id.
    """
    return [
        _contested(each, *contested[name], named) if (name := each.get("block_id", "")) in contested else dict(each)
        for each in blocks
    ]


def _contested(block: Mapping[str, Any], now: str, mine: str, named: Callable[[str], str]) -> Block:
    element = block["element"]
    was = f"Meanwhile it became {_words(element, now, named)}." if now else "Meanwhile it was emptied."
    again = f"Send again to make it {_words(element, mine, named)}." if mine else "Send again to empty it."
    return {
        **block,
        "element": _opened_at(element, now),
        "hint": {"type": "plain_text", "text": f"{was} {again}"},
    }


def _value(initial: Any) -> str:
    return str(initial.get("value", "")) if isinstance(initial, Mapping) else str(initial or "")


def _option(element: Mapping[str, Any], value: str) -> Block | None:
    return next((each for each in element.get("options", ()) if each["value"] == value), None)


def _opened_at(element: Mapping[str, Any], now: str) -> Block:
    key = _INITIAL[element["type"]]
    initial = _option(element, now) if key == "initial_option" else now
    kept = {name: each for name, each in element.items() if name != key}
    return {**kept, key: initial} if initial else kept


def _words(element: Mapping[str, Any], value: str, named: Callable[[str], str]) -> str:
    match element["type"]:
        case "static_select":
            option = _option(element, value)
            return str(option["text"]["text"]) if option is not None else "something else"
        case "users_select":
            return named(value) or "somebody else"
        case "datepicker":
            on = date.fromisoformat(value)
            return f"{on.day} {on:%B %Y}"
    return f"“{plain(value, 300)}”" if element["type"] == "plain_text_input" else value
