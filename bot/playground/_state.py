"""What people have typed and chosen: the `state` of inputs, as Slack keeps and sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.playground._refuse_blocks import elements_of
from bot.playground._refuse_elements import options_of
from bot.playground.records import Json, PlaygroundError, PostedMessage, View

#: element type -> (the key in its state, the key of its initial value).
STATE_KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
_PATTERNS = {"selected_date": r"\d{4}-\d\d-\d\d", "selected_time": r"\d\d:\d\d"}
_ADDRESSES = {
    "email_text_input": r"[^@\s]+@[^@\s]+",
    "url_text_input": r"https?://\S+",
    "number_input": r"-?\d+(\.\d+)?",
}
Values = dict[str, dict[str, Json]]


def blocks_of(container: PostedMessage | View) -> list[Json]:
    """Return the blocks of a message (including its attachments') or of a view."""
    if isinstance(container, View):
        blocks: list[Json] = container.payload["blocks"]
        return blocks
    return container.blocks + [block for part in container.attachments for block in part.get("blocks", ())]


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every element with an `action_id`, with its block."""
    for block in blocks:
        for element in elements_of(block):
            if "action_id" in element:
                yield block, element


def find_element(blocks: list[Json], action_id: str, *, block_id: str | None = None) -> tuple[Json, Json]:
    """Return the block and element with this `action_id`. Raises PlaygroundError unless there is exactly one."""
    found = [
        (block, element)
        for block, element in elements(blocks)
        if element["action_id"] == action_id and block_id in (None, block["block_id"])
    ]
    if len(found) != 1:
        there = ", ".join(sorted({element["action_id"] for _, element in elements(blocks)})) or "nothing to act on"
        count = "no element" if not found else f"{len(found)} elements"
        raise PlaygroundError(f"There is {count} with the action_id {action_id} here; there is: {there}.")
    return found[0]


def initial_values(blocks: list[Json], *, kept: Values | None = None) -> Values:
    """Return the state of every stateful element. `kept` are earlier values, used if block and action still match."""
    values: Values = {}
    for block, element in elements(blocks):
        kind = element["type"]
        if kind not in STATE_KEYS:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        before = (kept or {}).get(block_id, {}).get(action_id)
        if before is None or before["type"] != kind:
            key, first = STATE_KEYS[kind]
            nothing: Any = [] if key.endswith("s") else None
            before = {"type": kind, key: element.get(first, nothing)}
        values.setdefault(block_id, {})[action_id] = before
    return values


def chosen(element: Json, value: Any) -> Json:
    """Return the state of an element in which a person chose or typed `value`.

    Options are given by their value, several as a list. Raises PlaygroundError for a choice that the element does not
    allow.
    """
    kind = element["type"]
    key = "selected_option" if kind == "overflow" else STATE_KEYS[kind][0]
    if key == "selected_option":
        value = None if value is None else _option(element, value)
    elif key == "selected_options":
        value = [_option(element, one) for one in value]
    elif key in _PATTERNS and value is not None and not re.fullmatch(_PATTERNS[key], str(value)):
        raise PlaygroundError(f"{value} is not a value for a {kind}.")
    elif key.endswith("s") and not isinstance(value, list):
        raise PlaygroundError(f"A {kind} takes a list.")
    if element.get("max_selected_items") and len(value) > element["max_selected_items"]:
        raise PlaygroundError(f"No more than {element['max_selected_items']} may be chosen.")
    return {"type": kind, key: value or None if key == "value" else value}


def _option(element: Json, value: Any) -> Json:
    wanted = value["value"] if isinstance(value, dict) else value
    offered = options_of(element)
    for option in offered:
        if option["value"] == wanted:
            return option
    raise PlaygroundError(f"There is no option {wanted}; there is: {', '.join(o['value'] for o in offered) or 'none'}.")


def complaints(view: View) -> dict[str, str]:
    """Return what Slack's client says before it submits a view: block_id -> sentence; empty if everything is fine."""
    said: dict[str, str] = {}
    values: Values = view.payload["state"]["values"]
    for block in view.payload["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = values[block["block_id"]][element["action_id"]]
        value = state.get(STATE_KEYS[element["type"]][0])
        if value in (None, "", []):
            if not block.get("optional"):
                said[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and (sentence := _length(element, value) or _form(element, value)):
            said[block["block_id"]] = sentence
    return said


def _length(element: Json, value: str) -> str | None:
    if "min_length" in element and len(value) < element["min_length"]:
        return f"Please enter at least {element['min_length']} characters."
    if element["type"] == "plain_text_input" and len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def _form(element: Json, value: str) -> str | None:
    pattern = _ADDRESSES.get(element["type"])
    if pattern is None:
        return None
    if not re.fullmatch(pattern, value):
        return "Please enter a valid value."
    if element["type"] != "number_input":
        return None
    if "." in value and not element.get("is_decimal_allowed"):
        return "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
