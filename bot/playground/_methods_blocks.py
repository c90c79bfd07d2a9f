"""Web API: blocks.validate."""

from __future__ import annotations

from bot.playground._calls import ApiError, ApiMethod, CallContext, method
from bot.playground._refuse_blocks import check_blocks
from bot.playground._refuse_objects import Found
from bot.playground.records import Json
from bot.playground.refusals import refuse_message, refuse_view


def validate(_context: CallContext, arguments: Json) -> Json:
    """blocks.validate: what Slack would say of blocks, a message or a view, without showing it to anybody."""
    given = [name for name in ("blocks", "message", "view") if name in arguments]
    if len(given) != 1:
        raise ApiError("invalid_arguments", "exactly one of blocks, message and view is needed")
    found: Found = []
    match given[0]:
        case "blocks":
            check_blocks(arguments["blocks"], "/blocks", found, surface="message")
        case "message":
            found = refuse_message(arguments["message"])
        case _:
            found = refuse_view(arguments["view"])
    if found:
        errors = [{"pointer": one.pointer, "code": one.code, "message": one.message} for one in found]
        raise ApiError(f"invalid_{given[0]}", errors=errors)
    return {}


METHODS: dict[str, ApiMethod] = {
    # Slack says "special rate limits apply", and not which.
    "blocks.validate": method(validate, "blocks:list message:dict view:dict", tier=0),
}
