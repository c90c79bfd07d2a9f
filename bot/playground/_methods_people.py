"""Web API: auth.test, apps.connections.open, bots.info, users.*, usergroups.*."""

from __future__ import annotations

from bot.playground._calls import ApiError, ApiMethod, CallContext, method, page
from bot.playground._shapes import bot_profile, group_json, user_json
from bot.playground.records import Json, User


def auth_test(context: CallContext, _arguments: Json) -> Json:
    """auth.test."""
    workspace = context.workspace
    return {
        "url": workspace.url,
        "team": workspace.team_name,
        "user": workspace.users[workspace.bot_user_id].handle,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": workspace.is_org_wide,
    }


def open_connection(context: CallContext, _arguments: Json) -> Json:
    """apps.connections.open: an address that works once."""
    host = context.base_url.replace("http", "ws", 1)
    return {"url": f"{host}link/?ticket={context.sockets.ticket()}&app_id={context.workspace.app_id}"}


def bots_info(context: CallContext, arguments: Json) -> Json:
    """bots.info."""
    workspace = context.workspace
    if arguments.get("bot", workspace.bot_id) != workspace.bot_id:
        raise ApiError("bot_not_found")
    profile = bot_profile(workspace)
    del profile["team_id"]
    return {"bot": profile | {"user_id": workspace.bot_user_id}}


def _known(context: CallContext, user: str) -> User:
    found = context.workspace.users.get(user)
    if found is None:
        raise ApiError("user_not_found")
    return found


def user_info(context: CallContext, arguments: Json) -> Json:
    """users.info."""
    return {"user": user_json(context.workspace, _known(context, arguments["user"]))}


def list_users(context: CallContext, arguments: Json) -> Json:
    """users.list: everybody, including deactivated people and bots."""
    everybody = list(context.workspace.users.values())
    shown, cursor = page(everybody, arguments, default=1000, most=1000)
    members = [user_json(context.workspace, user) for user in shown]
    seconds = context.workspace.seconds()
    return {"members": members, "cache_ts": seconds, "response_metadata": {"next_cursor": cursor}}


def _paid(context: CallContext) -> None:
    if not context.workspace.has_user_groups:
        raise ApiError("plan_upgrade_required")


def list_groups(context: CallContext, arguments: Json) -> Json:
    """usergroups.list: enabled ones, or all of them with `include_disabled`."""
    _paid(context)
    disabled = arguments.get("include_disabled", False)
    users, count = bool(arguments.get("include_users")), bool(arguments.get("include_count"))
    groups = [group for group in context.workspace.groups.values() if disabled or not group.date_delete]
    return {"usergroups": [group_json(context.workspace, group, users=users, count=count) for group in groups]}


METHODS: dict[str, ApiMethod] = {
    "auth.test": method(auth_test, tier=0),
    "apps.connections.open": method(open_connection, tier=1, caller="app"),
    "bots.info": method(bots_info, "bot", tier=3, scope="users:read"),
    "users.info": method(user_info, "user! include_locale:bool", tier=4, scope="users:read"),
    "users.list": method(list_users, "limit:int cursor include_locale:bool", tier=2, scope="users:read"),
    "usergroups.list": method(
        list_groups,
        "include_users:bool include_count:bool include_disabled:bool",
        tier=2,
        scope="usergroups:read",
    ),
}
