"""What administrators do, and what the app hears of it: user groups, people who leave, channels that close."""

from __future__ import annotations

from collections.abc import Iterable

from bot.playground._message_actions import Talking
from bot.playground._shapes import group_json, ts_of, user_json
from bot.playground.records import Delivery, Json, PlaygroundError, UserGroup

#: `subteam_updated` and `subteam_members_changed` name no more people than this.
_MOST_USERS = 500


class Administering(Talking):
    """The part of the simulated Slack in which a workspace changes while the app runs."""

    async def change_user_group(self, handle: str, *, users: Iterable[str]) -> Delivery:
        """Gives a user group other members; the app hears `subteam_members_changed` and `subteam_updated`."""
        group = self._group(handle)
        members = [self.workspace.user(user).id for user in users]
        added = [user for user in members if user not in group.users]
        removed = [user for user in group.users if user not in members]
        group.users = members
        seconds = self.workspace.seconds()
        await self.emit(
            {
                "type": "subteam_members_changed",
                "subteam_id": group.id,
                "team_id": self.workspace.team_id,
                "date_previous_update": group.date_create,
                "date_update": seconds,
                "added_users": added[:_MOST_USERS],
                "added_users_count": len(added),
                "removed_users": removed[:_MOST_USERS],
                "removed_users_count": len(removed),
                "event_ts": ts_of(self.workspace.now()),
            }
        )
        return await self._group_updated(group)

    async def disable_user_group(self, handle: str) -> Delivery:
        """Disables a user group; the app hears `subteam_updated` with a `date_delete`."""
        group = self._group(handle)
        group.date_delete = self.workspace.seconds()
        return await self._group_updated(group)

    async def _group_updated(self, group: UserGroup) -> Delivery:
        shown = group_json(self.workspace, group, users=True, count=True)
        shown["users"] = shown["users"][:_MOST_USERS]
        event = {"type": "subteam_updated", "subteam": shown, "event_ts": ts_of(self.workspace.now())}
        return await self.emit(event)

    def _group(self, handle: str) -> UserGroup:
        for group in self.workspace.groups.values():
            if handle.removeprefix("@") in (group.handle, group.id):
                return group
        raise PlaygroundError(f"There is no group called {handle}.")

    async def deactivate_user(self, user: str) -> Delivery:
        """Somebody leaves: the account is deactivated and out of every channel; the app hears `user_change`."""
        person = self.workspace.user(user)
        person.deleted = True
        for channel in self.workspace.channels.values():
            if not channel.is_im:
                channel.members.discard(person.id)
        self.workspace.changed("user", user=person.id)
        about: Json = {"user": user_json(self.workspace, person), "cache_ts": self.workspace.seconds()}
        return await self.emit({"type": "user_change", **about})

    async def archive_channel(self, channel: str, *, by: str) -> Delivery:
        """Archives a channel; the app hears `channel_archive` (`group_archive` of a private one)."""
        place = self.workspace.channel(channel)
        place.is_archived = True
        self.workspace.changed("channel", channel=place.id)
        kind = "group_archive" if place.is_private else "channel_archive"
        about = {"channel": place.id, "user": self.workspace.user(by).id, "is_moved": 0}
        return await self.emit({"type": kind, **about, "event_ts": ts_of(self.workspace.now())}, channel=place)

    async def rename_channel(self, channel: str, name: str) -> Delivery:
        """Renames a channel; the app hears `channel_rename` (`group_rename` of a private one)."""
        place = self.workspace.channel(channel)
        place.name = name
        self.workspace.changed("channel", channel=place.id)
        about = {
            "id": place.id,
            "is_channel": not place.is_private,
            "is_mpim": False,
            "name": name,
            "name_normalized": name,
            "created": place.created,
        }
        kind = "group_rename" if place.is_private else "channel_rename"
        return await self.emit({"type": kind, "channel": about, "event_ts": ts_of(self.workspace.now())}, channel=place)
