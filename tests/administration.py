"""What administrators do in the simulated Slack, and what the app hears of it: groups, people, channels that close."""

from __future__ import annotations

from collections.abc import Iterable

from bot.playground._shapes import group_json, ts_of, user_json
from bot.playground.fake_slack import FakeSlack
from bot.playground.records import Delivery, Json, PlaygroundError, UserGroup

#: `subteam_updated` and `subteam_members_changed` name no more people than this.
_MOST_USERS = 500


async def change_user_group(slack: FakeSlack, handle: str, *, users: Iterable[str]) -> Delivery:
    """Gives a user group other members; the app hears `subteam_members_changed` and `subteam_updated`."""
    group = _group(slack, handle)
    members = [slack.workspace.user(user).id for user in users]
    added = [user for user in members if user not in group.users]
    removed = [user for user in group.users if user not in members]
    group.users = members
    seconds = slack.workspace.seconds()
    await slack.emit(
        {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": slack.workspace.team_id,
            "date_previous_update": group.date_create,
            "date_update": seconds,
            "added_users": added[:_MOST_USERS],
            "added_users_count": len(added),
            "removed_users": removed[:_MOST_USERS],
            "removed_users_count": len(removed),
            "event_ts": ts_of(slack.workspace.now()),
        }
    )
    return await _group_updated(slack, group)


async def disable_user_group(slack: FakeSlack, handle: str) -> Delivery:
    """Disables a user group; the app hears `subteam_updated` with a `date_delete`."""
    group = _group(slack, handle)
    group.date_delete = slack.workspace.seconds()
    return await _group_updated(slack, group)


async def _group_updated(slack: FakeSlack, group: UserGroup) -> Delivery:
    shown = group_json(slack.workspace, group, users=True, count=True)
    shown["users"] = shown["users"][:_MOST_USERS]
    event = {"type": "subteam_updated", "subteam": shown, "event_ts": ts_of(slack.workspace.now())}
    return await slack.emit(event)


def _group(slack: FakeSlack, handle: str) -> UserGroup:
    for group in slack.workspace.groups.values():
        if handle.removeprefix("@") in (group.handle, group.id):
            return group
    raise PlaygroundError(f"There is no group called {handle}.")


async def deactivate_user(slack: FakeSlack, user: str) -> Delivery:
    """Somebody leaves: the account is deactivated and out of every channel; the app hears `user_change`."""
    person = slack.workspace.user(user)
    person.deleted = True
    for channel in slack.workspace.channels.values():
        if not channel.is_im:
            channel.members.discard(person.id)
    slack.workspace.changed("user", user=person.id)
    about: Json = {"user": user_json(slack.workspace, person), "cache_ts": slack.workspace.seconds()}
    return await slack.emit({"type": "user_change", **about})


async def archive_channel(slack: FakeSlack, channel: str, *, by: str) -> Delivery:
    """Archives a channel; the app hears `channel_archive` (`group_archive` of a private one)."""
    place = slack.workspace.channel(channel)
    place.is_archived = True
    slack.workspace.changed("channel", channel=place.id)
    kind = "group_archive" if place.is_private else "channel_archive"
    about = {"channel": place.id, "user": slack.workspace.user(by).id, "is_moved": 0}
    return await slack.emit({"type": kind, **about, "event_ts": ts_of(slack.workspace.now())}, channel=place)


async def rename_channel(slack: FakeSlack, channel: str, name: str) -> Delivery:
    """Renames a channel; the app hears `channel_rename` (`group_rename` of a private one)."""
    place = slack.workspace.channel(channel)
    place.name = name
    slack.workspace.changed("channel", channel=place.id)
    about = {
        "id": place.id,
        "is_channel": not place.is_private,
        "is_mpim": False,
        "name": name,
        "name_normalized": name,
        "created": place.created,
    }
    kind = "group_rename" if place.is_private else "channel_rename"
    return await slack.emit({"type": kind, "channel": about, "event_ts": ts_of(slack.workspace.now())}, channel=place)
