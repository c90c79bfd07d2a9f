"""Checks of Block Kit's blocks and of rich text, and the rules across the blocks of one surface."""

from __future__ import annotations

from typing import Any, Literal

from bot.playground._refuse_elements import element_in
from bot.playground._refuse_objects import (
    Check,
    Found,
    anything,
    boolean,
    fields,
    integer,
    items,
    one_of,
    refuse,
    string,
    text,
    url,
)

Surface = Literal["message", "modal", "home"]
_ID: dict[str, Check] = {"block_id": string(255, shortest=1)}
_CONTEXT_TEXT = text(2000, plain_only=False)
_CONTEXT_IMAGE = element_in("context")
_INLINE = {
    "text": ("text",),
    "link": ("url",),
    "user": ("user_id",),
    "usergroup": ("usergroup_id",),
    "channel": ("channel_id",),
    "emoji": ("name",),
    "broadcast": ("range",),
    "date": ("timestamp", "format"),
    "color": ("value",),
    "team": ("team_id",),
}
_RICH = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")


def _context_element(value: Any, at: str, found: Found) -> None:
    if isinstance(value, dict) and value.get("type") in ("plain_text", "mrkdwn"):
        _CONTEXT_TEXT(value, at, found)
    else:
        _CONTEXT_IMAGE(value, at, found)


def _inline(value: Any, at: str, found: Found) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _INLINE:
        refuse(found, at, f"unsupported rich text element: {kind}")
        return
    for name in _INLINE[kind]:
        if value.get(name) in (None, ""):
            refuse(found, at, f"missing required field: {name}")


def _rich(value: Any, at: str, found: Found) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in _RICH:
        refuse(found, at, f"unsupported rich text element: {kind}")
        return
    if kind == "rich_text_list":
        one_of("bullet", "ordered")(value.get("style"), f"{at}/style", found)
        integer(0, 8)(value.get("indent", 0), f"{at}/indent", found)
    inner = _rich if kind == "rich_text_list" else _inline
    items(inner, least=0, most=10_000)(value.get("elements"), f"{at}/elements", found)


def _cell(value: Any, at: str, found: Found) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "raw_text":
        string(10_000, shortest=1)(value.get("text"), f"{at}/text", found)
    elif kind == "rich_text":
        items(_rich, least=0, most=100)(value.get("elements"), f"{at}/elements", found)
    else:
        refuse(found, at, f"unsupported cell type: {kind}")


_column = fields({"align": one_of("left", "center", "right"), "is_wrapped": boolean})

_BLOCKS: dict[str, Check] = {
    "section": fields(
        {
            **_ID,
            "text": text(3000, plain_only=False),
            "fields": items(text(2000, plain_only=False), least=1, most=10),
            "accessory": element_in("section"),
            "expand": boolean,
        }
    ),
    "header": fields({**_ID, "text": text(150)}, required=("text",)),
    "divider": fields(_ID),
    "image": fields(
        {**_ID, "image_url": url, "slack_file": anything, "alt_text": string(2000, shortest=1), "title": text(2000)},
        required=("alt_text",),
    ),
    "context": fields({**_ID, "elements": items(_context_element, least=1, most=10)}, required=("elements",)),
    "actions": fields({**_ID, "elements": items(element_in("actions"), least=1, most=25)}, required=("elements",)),
    "input": fields(
        {
            **_ID,
            "label": text(2000),
            "hint": text(2000),
            "element": element_in("input"),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        required=("label", "element"),
    ),
    "rich_text": fields({**_ID, "elements": items(_rich, least=1, most=1_000)}, required=("elements",)),
    "markdown": fields({**_ID, "text": string(12_000, shortest=1)}, required=("text",)),
    "table": fields(
        {
            **_ID,
            "rows": items(items(_cell, least=1, most=20), least=1, most=100),
            "column_settings": items(_column, least=0, most=20),
        },
        required=("rows",),
    ),
}
_EVERYWHERE = frozenset({"section", "header", "divider", "image", "context", "actions", "rich_text"})
_SURFACES: dict[Surface, frozenset[str]] = {
    "message": _EVERYWHERE | {"markdown", "table"},
    "modal": _EVERYWHERE | {"input"},
    "home": _EVERYWHERE | {"input"},
}
_MOST: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}


def check_blocks(blocks: list[Any], at: str, found: Found, *, surface: Surface) -> None:
    """Check the blocks of one message, modal or Home tab, one by one and together."""
    if len(blocks) > _MOST[surface]:
        refuse(found, at, f"no more than {_MOST[surface]} items allowed")
    for index, block in enumerate(blocks):
        check_block(block, f"{at}/{index}", found, surface=surface)
    good = [block for block in blocks if isinstance(block, dict)]
    _unique([block.get("block_id") for block in good], "block_id", at, found)
    if sum(block.get("type") == "table" for block in good) > 1:
        refuse(found, at, "only one table is allowed")
    markdown = [block.get("text") for block in good if block.get("type") == "markdown"]
    if sum(len(part) for part in markdown if isinstance(part, str)) > 12_000:
        refuse(found, at, "markdown blocks must be less than 12001 characters together")
    if sum(bool(element.get("focus_on_load")) for block in good for element in elements_of(block)) > 1:
        refuse(found, at, "only one element may have focus_on_load")


def check_block(block: Any, at: str, found: Found, *, surface: Surface) -> None:
    """Check one block."""
    kind = block.get("type") if isinstance(block, dict) else None
    rule = _BLOCKS.get(kind) if isinstance(kind, str) else None
    if rule is None:
        refuse(found, at, f"unsupported type: {kind}")
        return
    if kind not in _SURFACES[surface]:
        refuse(found, at, f"block type {kind} is not allowed in a {surface}")
    rule(block, at, found)
    if kind == "section" and not (block.get("text") or block.get("fields")):
        refuse(found, at, "must have a text or fields")
    if kind == "image" and ("image_url" in block) == ("slack_file" in block):
        refuse(found, at, "must have exactly one of image_url and slack_file")
    elements = elements_of(block)
    _unique([element.get("action_id") for element in elements], "action_id", at, found)


def _unique(ids: list[Any], what: str, at: str, found: Found) -> None:
    given = [one for one in ids if isinstance(one, str) and one]
    if len(set(given)) != len(given):
        for one in sorted({one for one in given if given.count(one) > 1}):
            refuse(found, at, f"{what} `{one}` already exists for another element")


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the interactive elements and images of one block. Never fails, whatever the block contains."""
    kind = block.get("type")
    if kind in ("actions", "context"):
        inside = block.get("elements")
    else:
        inside = [block.get("accessory" if kind == "section" else "element")]
    return [element for element in inside if isinstance(element, dict)] if isinstance(inside, list) else []
