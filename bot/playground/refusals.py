"""What Slack refuses in messages and views, as pure functions on dicts, for the simulated Slack and for any test.

The limits are those of Slack's Block Kit reference and of `chat.postMessage` and `views.open`. This is stricter than
Slack in some points:

- A message with blocks needs a top-level `text` as well: screen readers and notifications read nothing else.
- Inputs are allowed in views only.
- Unknown fields are refused everywhere.
- Text over 40,000 characters is refused; Slack would cut it.
"""

from __future__ import annotations

import json
from typing import Any

from bot.playground._refuse_blocks import check_blocks
from bot.playground._refuse_objects import (
    Check,
    Found,
    Refusal,
    anything,
    boolean,
    fields,
    one_of,
    refuse,
    string,
    text,
)

__all__ = ["Refusal", "refuse_message", "refuse_size", "refuse_view"]

#: Slack cuts the text of a message at this length.
TEXT_LIMIT = 40_000
#: Slack refuses messages long before that, depending on the method. It does not document the limits; these are what
#: apps report, for the text of all blocks together.
UPDATED_TEXT, POSTED_TEXT = 4_000, 13_000
#: `view_too_large`.
VIEW_BYTES = 250 * 1024
_VIEW: dict[str, Check] = {
    "type": one_of("modal", "home"),
    "blocks": anything,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_modal = fields(
    {
        **_VIEW,
        "title": text(24),
        "submit": text(24),
        "close": text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    required=("title", "blocks"),
)
_home = fields(_VIEW, required=("blocks",))


def refuse_message(payload: dict[str, Any]) -> Found:
    """Return why Slack would refuse this message (`text`, `blocks`, `attachments`); empty if it would accept it."""
    found: Found = []
    blocks, attachments = payload.get("blocks") or [], payload.get("attachments") or []
    _message_text(payload, bool(blocks or attachments), found)
    if not isinstance(blocks, list):
        refuse(found, "/blocks", "must be an array", code="invalid_blocks_format")
    else:
        check_blocks(blocks, "/blocks", found, surface="message")
    if not isinstance(attachments, list):
        refuse(found, "/attachments", "must be an array", code="invalid_attachments")
        return found
    if len(attachments) > 100:
        refuse(found, "/attachments", "no more than 100 items allowed", code="too_many_attachments")
    for index, attachment in enumerate(attachments):
        inside = attachment.get("blocks", []) if isinstance(attachment, dict) else None
        if isinstance(inside, list):
            check_blocks(inside, f"/attachments/{index}/blocks", found, surface="message")
        else:
            refuse(found, f"/attachments/{index}", "must be an object", code="invalid_attachments")
    return found


def refuse_size(payload: dict[str, Any], method: str) -> Found:
    """Return why Slack would refuse a message of this length with this method."""
    found: Found = []
    parts = {name: _text_in(payload.get(name)) for name in ("blocks", "attachments")}
    together = sum(parts.values())
    if method == "chat.update":
        said = payload.get("text") or payload.get("markdown_text") or ""
        for name, size in (("text", len(said)), ("blocks", together)):
            if size > UPDATED_TEXT:
                refuse(found, f"/{name}", f"{size} characters; at most {UPDATED_TEXT}", code="msg_too_long")
    else:
        is_lenient = method == "response_url"
        most, code = (TEXT_LIMIT, "msg_too_long") if is_lenient else (POSTED_TEXT, "msg_blocks_too_long")
        if together > most:
            refuse(found, "/blocks", f"{together} characters; at most {most}", code=code)
    return found


def _text_in(value: Any) -> int:
    """Return the number of characters in all texts of blocks, including buttons and options."""
    if isinstance(value, dict):
        return sum(
            len(each) if key in ("text", "alt_text", "fallback", "title") and isinstance(each, str) else _text_in(each)
            for key, each in value.items()
        )
    return sum(map(_text_in, value)) if isinstance(value, list | tuple) else 0


def _message_text(payload: dict[str, Any], has_blocks: bool, found: Found) -> None:
    content = payload.get("text")
    markdown = payload.get("markdown_text")
    if markdown is not None:
        if content is not None or has_blocks:
            refuse(found, "/markdown_text", "cannot stand beside text or blocks", code="markdown_text_conflict")
        elif not isinstance(markdown, str) or not 0 < len(markdown) <= 12_000:
            refuse(found, "/markdown_text", "must be a string of 1 to 12000 characters", code="msg_too_long")
    elif content is not None and not isinstance(content, str):
        refuse(found, "/text", "must be a string", code="invalid_arguments")
    elif not content or not content.strip():
        why = "a message with blocks needs a top-level text too, for screen readers and notifications"
        refuse(found, "/text", why if has_blocks else "a message needs a text", code="no_text")
    elif len(content) > TEXT_LIMIT:
        refuse(found, "/text", f"must be less than {TEXT_LIMIT + 1} characters", code="msg_too_long")


def refuse_view(view: dict[str, Any]) -> Found:
    """Return why Slack would refuse this modal or Home tab; empty if it would accept it."""
    found: Found = []
    if not isinstance(view, dict):
        return [Refusal("invalid_arguments", "must be an object", "/view")]
    home = view.get("type") == "home"
    (_home if home else _modal)(view, "/view", found)
    if "type" not in view:
        refuse(found, "/view", "missing required field: type")
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        check_blocks(blocks, "/view/blocks", found, surface="home" if home else "modal")
        if not home and not blocks:
            refuse(found, "/view/blocks", "no fewer than 1 items allowed")
        inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
        if inputs and not home and not view.get("submit"):
            refuse(found, "/view", "a view with input blocks needs a submit button")
    elif blocks is not None:
        refuse(found, "/view/blocks", "must be an array")
    found = [Refusal("invalid_arguments", refusal.message, refusal.pointer) for refusal in found]
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        found.insert(0, Refusal("view_too_large", "must be less than 250 KB", "/view"))
    return found
