"""The JSON objects of Slack's answers and payloads: user, conversation, user group, message, view, file."""

from __future__ import annotations

import functools
import itertools
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.records import Channel, Json, PostedMessage, Upload, User, UserGroup
from bot.playground.workspace import SimulatedWorkspace

_ID_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def user_json(workspace: SimulatedWorkspace, user: User) -> Json:
    """Return a user object.

    It has the e-mail address only if the app may read it; a deactivated one has fewer fields.
    """
    common = {
        "id": user.id,
        "team_id": workspace.team_of(user.id),
        "name": user.handle,
        "deleted": user.deleted,
        **({"is_stranger": True} if user.is_stranger else {}),
        "profile": _profile(workspace, user),
        "is_bot": user.is_bot,
        "updated": 0,
        "is_app_user": False,
    }
    if user.deleted:
        return common
    offset = workspace.now().astimezone(ZoneInfo(user.tz)).utcoffset()
    return common | {
        "color": "9f69e7",
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz.replace("_", " "),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        **dict.fromkeys(("is_admin", "is_owner", "is_primary_owner", "is_ultra_restricted"), False),
        "is_restricted": user.is_guest,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def _profile(workspace: SimulatedWorkspace, user: User) -> Json:
    first, _, last = user.real_name.partition(" ")
    bot = {"always_active": True, "bot_id": workspace.bot_id, "api_app_id": workspace.app_id} if user.is_bot else {}
    email = {"email": user.email} if user.email and workspace.manifest.grants("users:read.email") else {}
    picture = f"{workspace.url}avatar/{user.id}.png"
    return {
        **dict.fromkeys(("title", "phone", "skype", "status_text", "status_emoji", "avatar_hash"), ""),
        **dict.fromkeys(("real_name", "real_name_normalized"), user.real_name),
        **dict.fromkeys(("display_name", "display_name_normalized"), user.handle),
        "first_name": first,
        "last_name": last,
        "status_expiration": 0,
        **dict.fromkeys(("image_24", "image_48", "image_72"), picture),
        "team": workspace.team_of(user.id),
        **email,
        **bot,
    }


def channel_json(workspace: SimulatedWorkspace, channel: Channel, *, with_count: bool = False) -> Json:
    """A conversation object as the bot sees it."""
    if channel.is_im:
        return _im_json(workspace, channel)
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        **dict.fromkeys(("is_im", "is_mpim", "is_shared", "is_org_shared"), False),
        "is_private": channel.is_private,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        **{name: [] for name in ("pending_shared", "pending_connected_team_ids", "previous_names")},
        "shared_team_ids": [workspace.team_id],
        "context_team_id": workspace.team_id,
        "updated": channel.created * 1000,
        "creator": workspace.bot_user_id,
        "is_member": channel.bot_is_member,
        "topic": {"value": channel.topic, "creator": "", "last_set": channel.created if channel.topic else 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        **({"num_members": members_count(channel)} if with_count else {}),
    }


def _im_json(workspace: SimulatedWorkspace, channel: Channel) -> Json:
    return {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "user": next(iter(channel.members - {workspace.bot_user_id})),
        "context_team_id": workspace.team_id,
        "updated": channel.created * 1000,
    }


def members_count(channel: Channel) -> int:
    """How many people are in a conversation, the bot included."""
    return len(channel.members) + channel.bot_is_member


def group_json(workspace: SimulatedWorkspace, group: UserGroup, *, users: bool, count: bool) -> Json:
    """A user group object."""
    return {
        "id": group.id,
        "team_id": workspace.team_id,
        **dict.fromkeys(("is_usergroup", "is_subteam"), True),
        **dict.fromkeys(("is_external", "auto_provision"), False),
        **dict.fromkeys(("description", "enterprise_subteam_id"), ""),
        "name": group.name,
        "handle": group.handle,
        **dict.fromkeys(("date_create", "date_update"), group.date_create),
        "date_delete": group.date_delete,
        **dict.fromkeys(("created_by", "updated_by"), workspace.bot_user_id),
        "prefs": {"channels": [], "groups": []},
        "channel_count": 0,
        **({"users": list(group.users)} if users else {}),
        **({"user_count": len(group.users)} if count else {}),
    }


def bot_profile(workspace: SimulatedWorkspace) -> Json:
    """Return the bot's profile, as its messages contain it."""
    icon = f"{workspace.url}avatar/{workspace.bot_id}.png"
    return {
        "id": workspace.bot_id,
        "app_id": workspace.app_id,
        "name": workspace.users[workspace.bot_user_id].real_name,
        "icons": {"image_36": icon, "image_48": icon, "image_72": icon},
        "deleted": False,
        "updated": 0,
        "team_id": workspace.team_id,
    }


def message_json(workspace: SimulatedWorkspace, message: PostedMessage, *, metadata: bool = False) -> Json:
    """Return a message as in histories and payloads."""
    shown: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team_of(message.user),
    }
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "app_id": workspace.app_id, "bot_profile": bot_profile(workspace)}
    if message.client_msg_id:
        shown["client_msg_id"] = message.client_msg_id
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.attachments:
        shown["attachments"] = message.attachments
    if message.edited:
        shown["edited"] = {"user": message.edited_by, "ts": message.edited_at}
    if message.thread_ts:
        shown |= _thread_json(workspace, message)
    if message.reactions:
        counted = message.reactions.items()
        shown["reactions"] = [{"name": name, "users": list(users), "count": len(users)} for name, users in counted]
    if message.files:
        shown["files"] = [file_json(workspace, workspace.files[one]) for one in message.files if one in workspace.files]
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown


def _thread_json(workspace: SimulatedWorkspace, message: PostedMessage) -> Json:
    if message.thread_ts != message.ts:
        parent = workspace.message(message.channel, message.thread_ts or "")
        return {"thread_ts": message.thread_ts} | ({"parent_user_id": parent.user} if parent else {})
    return {
        "thread_ts": message.ts,
        "reply_count": message.reply_count,
        "reply_users_count": len(message.reply_users),
        "latest_reply": message.latest_reply,
        "reply_users": list(message.reply_users),
        "is_locked": False,
        "subscribed": False,
    }


def file_json(workspace: SimulatedWorkspace, file: Upload) -> Json:
    """A file object."""
    kind = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    place = f"{workspace.url}files/{file.id}/{file.name}"
    return {
        "id": file.id,
        **dict.fromkeys(("created", "timestamp"), file.created),
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": "application/octet-stream",
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": workspace.bot_user_id,
        "user_team": workspace.team_id,
        "size": file.length,
        "mode": "hosted",
        **dict.fromkeys(("editable", "is_external", "public_url_shared", "display_as_bot"), False),
        **dict.fromkeys(("external_type", "username"), ""),
        "is_public": bool(file.channels),
        **dict.fromkeys(("url_private", "permalink"), place),
        "url_private_download": f"{place}?download=1",
        "channels": list(file.channels),
        "groups": [],
        "ims": [],
        "comments_count": 0,
    }


def with_ids(blocks: list[Json]) -> list[Json]:
    """Return the blocks with the `block_id`s and `action_id`s that Slack adds if the app gives none."""
    numbers = itertools.count()
    taken = {block.get("block_id") for block in blocks}

    def fresh() -> str:
        while (name := _short(next(numbers))) in taken:
            continue
        return name

    return [_identified(block, fresh) for block in blocks]


def _identified(block: Json, fresh: Any) -> Json:
    block = {**block, "block_id": block.get("block_id") or fresh()}
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            block[key] = _with_action_id(block[key], fresh)
    if block["type"] == "actions":
        block["elements"] = [_with_action_id(element, fresh) for element in block["elements"]]
    return block


def _with_action_id(element: Json, fresh: Any) -> Json:
    return element if element["type"] == "image" or element.get("action_id") else {**element, "action_id": fresh()}


@functools.cache
def _short(number: int) -> str:
    """Return five characters like Slack's; always the same for a number, so that a test's output is stable."""
    digits = ""
    for _ in range(5):
        number, digit = divmod(number, len(_ID_DIGITS))
        digits = _ID_DIGITS[digit] + digits
    return digits


def permalink(workspace: SimulatedWorkspace, message: PostedMessage) -> str:
    """The address of a message."""
    link = f"{workspace.url}archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return link


def ts_of(moment: datetime) -> str:
    """Return a time as a timestamp, for `event_ts` and `action_ts`."""
    return f"{moment.timestamp():.6f}"
