"""Checks of Block Kit's interactive elements: the types, their fields, and the valid combinations."""

from __future__ import annotations

from typing import Any

from bot.playground._refuse_objects import (
    Check,
    Found,
    anything,
    boolean,
    confirm,
    conversation_filter,
    dispatch_action_config,
    fields,
    integer,
    items,
    matching,
    one_of,
    option,
    option_group,
    refuse,
    string,
    text,
    url,
)

_BASE: dict[str, Check] = {"action_id": string(255, shortest=1)}
_COMMON: dict[str, Check] = {**_BASE, "confirm": confirm, "focus_on_load": boolean}
_SELECT: dict[str, Check] = {**_COMMON, "placeholder": text(150)}
_MULTI: dict[str, Check] = {**_SELECT, "max_selected_items": integer(1, 1_000)}
_STATIC: dict[str, Check] = {
    "options": items(option(), least=1, most=100),
    "option_groups": items(option_group, least=1, most=100),
}
_ID = string(255, shortest=1)
_IDS = items(_ID, least=0, most=1_000)
_DATE = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date such as 2024-01-31")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time such as 09:30")
_RICH_OPTION = option(plain_only=False)
_TYPED: dict[str, Check] = {
    **_BASE,
    "placeholder": text(150),
    "focus_on_load": boolean,
    "dispatch_action_config": dispatch_action_config,
}
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": conversation_filter,
}

_image = fields(
    {"image_url": url, "slack_file": anything, "alt_text": string(2000, shortest=1)}, required=("alt_text",)
)

#: element type -> its check, without the rules about several fields (`_joint`).
_TABLES: dict[str, Check] = {
    "button": fields(
        {
            **_BASE,
            "confirm": confirm,
            "text": text(75),
            "url": url,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
        required=("text",),
    ),
    "image": _image,
    "overflow": fields(
        {**_BASE, "confirm": confirm, "options": items(option(with_url=True), least=1, most=5)}, required=("options",)
    ),
    "checkboxes": fields(
        {
            **_COMMON,
            "options": items(_RICH_OPTION, least=1, most=10),
            "initial_options": items(_RICH_OPTION, least=1, most=10),
        },
        required=("options",),
    ),
    "radio_buttons": fields(
        {**_COMMON, "options": items(_RICH_OPTION, least=1, most=10), "initial_option": _RICH_OPTION},
        required=("options",),
    ),
    "static_select": fields({**_SELECT, **_STATIC, "initial_option": option()}),
    "users_select": fields({**_SELECT, "initial_user": _ID}),
    "conversations_select": fields({**_SELECT, **_CONVERSATIONS, "initial_conversation": _ID}),
    "channels_select": fields({**_SELECT, "initial_channel": _ID}),
    "multi_static_select": fields({**_MULTI, **_STATIC, "initial_options": items(option(), least=1, most=100)}),
    "multi_users_select": fields({**_MULTI, "initial_users": _IDS}),
    "multi_conversations_select": fields({**_MULTI, **_CONVERSATIONS, "initial_conversations": _IDS}),
    "multi_channels_select": fields({**_MULTI, "initial_channels": _IDS}),
    "datepicker": fields({**_SELECT, "initial_date": _DATE}),
    "timepicker": fields({**_SELECT, "initial_time": _TIME, "timezone": string(100)}),
    "datetimepicker": fields({**_COMMON, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": fields(
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        }
    ),
    "number_input": fields(
        {
            **_TYPED,
            "is_decimal_allowed": boolean,
            "initial_value": string(100, shortest=1),
            "min_value": string(100, shortest=1),
            "max_value": string(100, shortest=1),
        },
        required=("is_decimal_allowed",),
    ),
    "email_text_input": fields({**_TYPED, "initial_value": string(3000)}),
    "url_text_input": fields({**_TYPED, "initial_value": string(3000)}),
}

_SINGLE = frozenset({"static_select", "users_select", "conversations_select", "channels_select"})
_MULTIPLE = frozenset(f"multi_{kind}" for kind in _SINGLE)
_PICKERS = frozenset({"checkboxes", "radio_buttons", "datepicker", "timepicker"})
_INPUTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})

#: block type -> the elements that are allowed in it.
ALLOWED: dict[str, frozenset[str]] = {
    "section": _SINGLE | _MULTIPLE | _PICKERS | {"button", "overflow", "image"},
    "actions": _SINGLE | _PICKERS | {"button", "overflow", "datetimepicker"},
    "context": frozenset({"image"}),
    "input": _SINGLE | _MULTIPLE | _PICKERS | _INPUTS | {"datetimepicker"},
}


def element_in(block: str) -> Check:
    """Return a check of one element in a block of this type."""
    allowed = ALLOWED[block]

    def check(value: Any, at: str, found: Found) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        rule = _TABLES.get(kind) if isinstance(kind, str) else None
        if rule is None:
            refuse(found, at, f"unsupported element type: {kind}")
        elif kind not in allowed:
            refuse(found, at, f"element type {kind} is not allowed in a block of type {block}")
        else:
            rule(value, at, found)
            _joint(value, at, found)

    return check


def _joint(element: dict[str, Any], at: str, found: Found) -> None:
    """Check the rules about several fields of one element."""
    kind = element["type"]
    if kind in ("static_select", "multi_static_select") and ("options" in element) == ("option_groups" in element):
        refuse(found, at, "must have exactly one of options and option_groups")
    if kind == "image" and ("image_url" in element) == ("slack_file" in element):
        refuse(found, at, "must have exactly one of image_url and slack_file")
    least, most = element.get("min_length"), element.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        refuse(found, f"{at}/min_length", "must not exceed max_length")
    if isinstance(most, int) and isinstance(element.get("initial_value"), str) and len(element["initial_value"]) > most:
        refuse(found, f"{at}/initial_value", "must not exceed max_length")
    _initial(element, at, found)


def _initial(element: dict[str, Any], at: str, found: Found) -> None:
    """Check that the initial choice is among the options, exactly as it is there."""
    offered = options_of(element)
    if not offered:
        return
    values = [str(one.get("value")) for one in offered]
    if len(set(values)) != len(values):
        refuse(found, f"{at}/options", "option values must be unique")
    chosen = element.get("initial_options") or ([element["initial_option"]] if element.get("initial_option") else [])
    for one in _listed(chosen):
        if one not in offered:
            refuse(found, at, "initial option must exactly match one of the options")


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every option of an element, including those in groups; empty for elements without options."""
    groups = [group for group in _listed(element.get("option_groups")) if isinstance(group, dict)]
    options = [*_listed(element.get("options")), *(one for group in groups for one in _listed(group.get("options")))]
    return [option for option in options if isinstance(option, dict)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
