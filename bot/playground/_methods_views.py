"""Web API: views.*. An acknowledgement may do the same with views."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from bot.playground._calls import ApiError, ApiMethod, CallContext, method, refuse_content
from bot.playground._refuse_blocks import check_blocks
from bot.playground._refuse_objects import Found
from bot.playground._shapes import with_ids
from bot.playground._state import initial_values
from bot.playground.records import Json, Trigger, View
from bot.playground.refusals import refuse_message, refuse_view
from bot.playground.workspace import SimulatedWorkspace

#: How long a trigger_id can be used.
TRIGGER_SECONDS = 3
#: How many modals can be stacked.
STACK = 3


def check(workspace: SimulatedWorkspace, where: str, view: Json, *, kind: str = "modal") -> None:
    """Refuse what Slack refuses in a view; record pings. Raises ApiError."""
    found = refuse_view(view)
    if found:
        workspace.refuse(where, [str(one) for one in found], view)
    refuse_content(found)
    if view["type"] != kind:
        raise ApiError("invalid_arguments", f"must be of type {kind} [json-pointer:/view/type]")
    external = view.get("external_id")
    if external and any(other.payload["external_id"] == external for other in workspace.views.values()):
        raise ApiError("duplicate_external_id")
    workspace.note_pings(where, view)


def exchange(workspace: SimulatedWorkspace, trigger_id: str) -> Trigger:
    """Use up a trigger. Raises ApiError for one that is unknown, used or older than three seconds."""
    trigger = workspace.triggers.get(trigger_id)
    if trigger is None:
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    if workspace.now() - trigger.at > timedelta(seconds=TRIGGER_SECONDS):
        raise ApiError("expired_trigger_id")
    trigger.used = True
    return trigger


def new_view(workspace: SimulatedWorkspace, user: str, view: Json, *, below: View | None = None) -> View:
    """Return a view object from a checked definition, not yet shown to anybody."""
    view_id = workspace.next_id("V")
    root = below.root_view_id if below else view_id
    made = View(view_id, view["type"], user, {}, root, below.id if below else None)
    fill(workspace, made, view)
    return made


def fill(workspace: SimulatedWorkspace, view: View, definition: Json) -> None:
    """Put a checked definition into a view, with a new hash.

    What people typed stays if block and action still match.
    """
    kept = view.payload.get("state", {}).get("values")
    blocks = with_ids(definition["blocks"])
    modal = view.type == "modal"
    view.errors = {}
    view.payload = {
        "id": view.id,
        "team_id": workspace.team_id,
        "type": view.type,
        "blocks": blocks,
        "private_metadata": definition.get("private_metadata", ""),
        "callback_id": definition.get("callback_id", ""),
        "state": {"values": initial_values(blocks, kept=kept)},
        "hash": f"{workspace.next_ts()}.{hashlib.md5(view.id.encode(), usedforsecurity=False).hexdigest()[:8]}",
        "title": definition.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": definition.get("clear_on_close", False),
        "notify_on_close": definition.get("notify_on_close", False),
        "close": definition.get("close"),
        "submit": definition.get("submit"),
        "submit_disabled": definition.get("submit_disabled", False) if modal else False,
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": workspace.app_id,
        "external_id": definition.get("external_id", ""),
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
    }


def push(workspace: SimulatedWorkspace, below: View, definition: Json) -> View:
    """Put a checked modal on top of another. Raises ApiError if there are three already."""
    if len(workspace.stacks.get(below.user, ())) >= STACK:
        raise ApiError("push_limit_reached")
    view = new_view(workspace, below.user, definition, below=below)
    workspace.push_view(view)
    return view


def open_view(context: CallContext, arguments: Json) -> Json:
    """views.open: a new stack with this modal."""
    workspace = context.workspace
    check(workspace, "views.open", arguments["view"])
    trigger = exchange(workspace, _pointer(arguments))
    workspace.drop_views(trigger.user)
    view = new_view(workspace, trigger.user, arguments["view"])
    workspace.push_view(view)
    return {"view": view.payload}


def _pointer(arguments: Json) -> str:
    if not arguments.get("trigger_id"):
        raise ApiError("invalid_arguments", "missing required field: trigger_id")
    return str(arguments["trigger_id"])


def push_view(context: CallContext, arguments: Json) -> Json:
    """views.push: only with the trigger of something done in an open modal."""
    workspace = context.workspace
    check(workspace, "views.push", arguments["view"])
    trigger = exchange(workspace, _pointer(arguments))
    below = workspace.stack(trigger.user)[-1:]
    if not below or trigger.view_id not in workspace.views:
        raise ApiError("not_found", "the trigger does not come from an open modal")
    return {"view": push(workspace, below[0], arguments["view"]).payload}


def update_view(context: CallContext, arguments: Json) -> Json:
    """views.update: an open modal or a Home tab, by `view_id` or `external_id`; a `hash` must be the current one."""
    workspace = context.workspace
    view = _addressed(workspace, arguments)
    _hash(view, arguments)
    before, view.payload["external_id"] = view.payload["external_id"], ""
    try:
        check(workspace, "views.update", arguments["view"], kind=view.type)
    finally:
        view.payload["external_id"] = before
    fill(workspace, view, arguments["view"])
    workspace.changed("view" if view.type == "modal" else "home", user=view.user)
    return {"view": view.payload}


def _addressed(workspace: SimulatedWorkspace, arguments: Json) -> View:
    if "view_id" not in arguments and "external_id" not in arguments:
        raise ApiError("invalid_arguments", "one of view_id and external_id is needed")
    for view in (*workspace.views.values(), *workspace.homes.values()):
        if view.id == arguments.get("view_id") or view.payload["external_id"] == arguments.get("external_id"):
            return view
    raise ApiError("not_found")


def _hash(view: View, arguments: Json) -> None:
    if arguments.get("hash") and arguments["hash"] != view.payload["hash"]:
        raise ApiError("hash_conflict")


def publish(context: CallContext, arguments: Json) -> Json:
    """views.publish: the Home tab of one person."""
    workspace = context.workspace
    if not workspace.manifest.home_tab:
        raise ApiError("not_enabled")
    user = workspace.users.get(arguments["user_id"])
    if user is None:
        raise ApiError("user_not_found")
    check(workspace, "views.publish", arguments["view"], kind="home")
    home = workspace.homes.get(user.id)
    if home is None:
        home = workspace.homes[user.id] = new_view(workspace, user.id, arguments["view"])
    else:
        _hash(home, arguments)
        fill(workspace, home, arguments["view"])
    workspace.changed("home", user=user.id)
    return {"view": home.payload}


def validate(_context: CallContext, arguments: Json) -> Json:
    """blocks.validate: Slack's verdict on blocks, a message or a view, without showing it to anybody."""
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
    # Slack says "special rate limits apply", but not which.
    "blocks.validate": method(validate, "blocks:list message:dict view:dict", tier=0),
    "views.open": method(open_view, "trigger_id view:dict!", tier=4),
    "views.push": method(push_view, "trigger_id view:dict!", tier=4),
    "views.update": method(update_view, "view_id external_id hash view:dict!", tier=4),
    "views.publish": method(publish, "user_id! hash view:dict!", tier=4),
}
