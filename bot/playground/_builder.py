"""Building a workspace: people, channels, user groups, and the installed app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.playground._core import Core
from bot.playground._manifest import read_manifest
from bot.playground.records import Channel, PlaygroundError, User, UserGroup

#: The workspace of people from outside.
PARTNER_TEAM = "T0PARTNERS"


class Building(Core):
    """The part of the simulated Slack that sets a workspace up."""

    def install(self, manifest: dict[str, Any]) -> None:
        """Install the app with a manifest: from now on, Slack refuses what the manifest does not name.

        Other commands are invalid, events without a subscription do not arrive, and methods whose scope is missing
        answer `missing_scope`. Without a manifest everything is allowed.
        """
        read = read_manifest(manifest)
        self.workspace.manifest = read
        bot = self.workspace.users[self.workspace.bot_user_id]
        bot.real_name = read.bot_name or read.app_name
        bot.handle = bot.real_name.lower().replace(" ", "_")

    def add_user(
        self,
        handle: str,
        *,
        real_name: str,
        email: str | None = None,
        tz: str = "Europe/London",
        deleted: bool = False,
        is_bot: bool = False,
        standing: Literal["member", "guest", "stranger"] = "member",
        user_id: str | None = None,
    ) -> User:
        """Add a person.

        Raises PlaygroundError if the handle or id is taken, ZoneInfoNotFoundError for an unknown `tz`.
        """
        ZoneInfo(tz)
        users = self.workspace.users
        if user_id in users or any(user.handle == handle for user in users.values()):
            raise PlaygroundError(f"There already is somebody called {handle}.")
        user = User(user_id or self.workspace.next_id("U"), handle, real_name, email, tz, deleted, is_bot)
        user.is_guest, user.is_stranger = standing == "guest", standing == "stranger"
        user.team_id = PARTNER_TEAM if user.is_stranger else ""
        users[user.id] = user
        self.workspace.changed("user", user=user.id)
        return user

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        private: bool = False,
        bot_is_member: bool = False,
        is_ext_shared: bool = False,
        is_pending_ext_shared: bool = False,
        topic: str = "",
        channel_id: str | None = None,
    ) -> Channel:
        """Add a channel. Members are given by id or handle. Raises PlaygroundError if its name is taken."""
        channels = self.workspace.channels
        if channel_id in channels or any(channel.name == name for channel in channels.values()):
            raise PlaygroundError(f"There already is a channel called {name}.")
        channel = Channel(channel_id or self.workspace.next_id("C"), name, private, bot_is_member=bot_is_member)
        channel.members = {self.workspace.user(member).id for member in members}
        if self.workspace.bot_user_id in channel.members:
            channel.members.discard(self.workspace.bot_user_id)
            channel.bot_is_member = True
        channel.topic = topic
        channel.is_ext_shared, channel.is_pending_ext_shared = is_ext_shared, is_pending_ext_shared
        channel.created = self.workspace.seconds()
        channels[channel.id] = channel
        self.workspace.changed("channel", channel=channel.id)
        return channel

    def add_user_group(self, handle: str, *, name: str, users: Iterable[str] = ()) -> UserGroup:
        """Add a user group. Raises PlaygroundError if its handle is taken."""
        groups = self.workspace.groups
        if any(group.handle == handle for group in groups.values()):
            raise PlaygroundError(f"There already is a group called {handle}.")
        members = [self.workspace.user(user).id for user in users]
        group = UserGroup(self.workspace.next_id("S"), handle, name, members, date_create=self.workspace.seconds())
        groups[group.id] = group
        return group
