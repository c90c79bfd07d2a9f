"""The state of the simulated workspace: people, conversations, messages, views, triggers.

There is no network here and no `await`. The caller provides the clock, so that a playground can be moved forward.
Message timestamps never repeat and never run backwards, even if the clock is stopped.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.playground._manifest import Manifest
from bot.playground._mentions import pings_in
from bot.playground.records import (
    Channel,
    CrowdMention,
    Json,
    PageChange,
    PlaygroundError,
    PostedMessage,
    RefusedContent,
    ResponseUrl,
    Toast,
    Trigger,
    Upload,
    User,
    UserGroup,
    View,
)

#: How many entries the logs keep at least; they are cut to this number when they reach twice as many.
KEPT = 2_000
#: How many messages a conversation keeps before the oldest are dropped.
KEPT_MESSAGES = 20_000
_T = TypeVar("_T")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def keep(log: list[_T], entry: _T, *, limit: int = KEPT) -> None:
    """Append to a log and drop its oldest entries, at an amortised constant cost."""
    log.append(entry)
    if len(log) >= 2 * limit:
        del log[:-limit]


class SimulatedWorkspace:
    """Everything that the simulated Slack stores. One team, one app."""

    team_id = "T0PLAYGRND"
    team_name = "Playground"
    team_domain = "playground"
    app_id = "A0BATONAPP"
    bot_id = "B0BATONBOT"
    bot_user_id = "U0BATONBOT"
    #: Whether the app is installed for a whole enterprise.
    is_org_wide = False
    url = "https://playground.example.test/"

    def __init__(self, *, clock: Callable[[], datetime] | None = None) -> None:
        self.clock: Callable[[], datetime] = clock or (lambda: datetime.now(UTC))
        self.manifest = Manifest()
        #: If False, the answer is `plan_upgrade_required`, as on Slack's free plan.
        self.has_user_groups = True
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.messages: dict[str, dict[str, PostedMessage]] = {}
        self.deleted: set[tuple[str, str]] = set()  #: channel and `ts` of deleted messages
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, Upload] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.toasts: list[Toast] = []
        self.refused: list[RefusedContent] = []
        self.pings: list[CrowdMention] = []
        self._queues: set[asyncio.Queue[PageChange]] = set()
        self._numbers = itertools.count(1)
        self._last_ts = 0
        bot = User(self.bot_user_id, "baton", "Baton", tz="Etc/UTC", is_bot=True)
        self.users[bot.id] = bot

    def now(self) -> datetime:
        """The workspace's time, aware."""
        return self.clock()

    def seconds(self) -> int:
        """The workspace's time in whole seconds since the epoch."""
        return int(self.clock().timestamp())

    def next_id(self, prefix: str) -> str:
        """Return an id in Slack's form: a letter and eight digits or capitals, unique in this workspace."""
        number, digits = next(self._numbers), ""
        while number:
            number, digit = divmod(number, 36)
            digits = _DIGITS[digit] + digits
        return f"{prefix}{digits:0>8}"

    def next_ts(self) -> str:
        """Return a message timestamp that is later than every one before it."""
        micros = int(self.clock().timestamp() * 1_000_000)
        self._last_ts = micros = max(micros, self._last_ts + 1)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    # Lookups that a mistake in a test or a page must not get past.

    def user(self, user: str) -> User:
        """Return the person with this id or handle. Raises PlaygroundError."""
        found = self.users.get(user) or next(
            (u for u in self.users.values() if u.handle == user.removeprefix("@")), None
        )
        if found is None:
            raise PlaygroundError(f"There is nobody called {user} in this workspace.")
        return found

    def team_of(self, user_id: str) -> str:
        """Return the workspace that an account belongs to."""
        found = self.users.get(user_id)
        return (found.team_id if found is not None else "") or self.team_id

    def channel(self, channel: str) -> Channel:
        """Return the conversation with this id or name. Raises PlaygroundError."""
        name = channel.removeprefix("#")
        found = self.channels.get(channel) or next((c for c in self.channels.values() if c.name == name), None)
        if found is None:
            raise PlaygroundError(f"There is no channel called {channel} in this workspace.")
        return found

    def message(self, channel: str, ts: str) -> PostedMessage | None:
        """Return the message; None if it never existed, is deleted or was dropped."""
        found = self.messages.get(channel, {}).get(ts)
        return None if found is None or found.deleted else found

    def im(self, user: str) -> Channel:
        """Return the direct message between this person and the bot, opening it if needed."""
        person = self.user(user)
        for channel in self.channels.values():
            if channel.is_im and person.id in channel.members:
                return channel
        channel = Channel(self.next_id("D"), f"dm-{person.handle}", is_private=True, is_im=True, created=self.seconds())
        channel.members = {person.id, self.bot_user_id}
        channel.bot_is_member = True
        self.channels[channel.id] = channel
        self.changed("channel", user=person.id, channel=channel.id)
        return channel

    # Messages

    def add_message(self, message: PostedMessage) -> PostedMessage:
        """Store a message and update its thread's counts."""
        stored = self.messages.setdefault(message.channel, {})
        stored[message.ts] = message
        if message.ephemeral_for is None and message.thread_ts and message.thread_ts != message.ts:
            self._count_reply(stored.get(message.thread_ts), message)
        if len(stored) > KEPT_MESSAGES:
            del stored[next(iter(stored))]
        self.changed("message", user=message.ephemeral_for, channel=message.channel, ts=message.ts)
        return message

    def _count_reply(self, parent: PostedMessage | None, reply: PostedMessage) -> None:
        if parent is None:
            return
        parent.thread_ts = parent.ts
        parent.reply_count += 1
        parent.latest_reply = reply.ts
        if reply.user not in parent.reply_users:
            parent.reply_users.append(reply.user)

    def delete_message(self, message: PostedMessage) -> None:
        """Delete a message. In Slack, a first message with replies becomes a tombstone; here its replies just stay."""
        message.deleted = True
        self.deleted.add((message.channel, message.ts))
        parent = self.messages[message.channel].get(message.thread_ts or "")
        if parent is not None and parent is not message and message.ephemeral_for is None:
            parent.reply_count -= 1
        del self.messages[message.channel][message.ts]
        self.changed("message_deleted", user=message.ephemeral_for, channel=message.channel, ts=message.ts)

    # Views

    def stack(self, user: str) -> list[View]:
        """Return the open modals of a person, the top one last."""
        return [self.views[view_id] for view_id in self.stacks.get(user, ())]

    def push_view(self, view: View) -> None:
        """Put a modal on top of its person's stack."""
        self.views[view.id] = view
        self.stacks.setdefault(view.user, []).append(view.id)
        self.changed("view", user=view.user)

    def drop_views(self, user: str, count: int | None = None) -> list[View]:
        """Close the topmost `count` modals of a person (None: all of them) and return them, the top one first."""
        stack, dropped = self.stacks.get(user, []), []
        for _ in range(len(stack) if count is None else min(count, len(stack))):
            dropped.append(self.views.pop(stack.pop()))
        if dropped:
            self.changed("view", user=user)
        return dropped

    def add_file(self, file: Upload) -> None:
        """Store a file; the oldest ones are dropped."""
        self.files[file.id] = file
        self._forget(self.files)

    # Things that work once or for a while

    def issue_trigger(self, user: str, *, view_id: str | None = None) -> str:
        """Return a new `trigger_id` for something that this person just did."""
        number = next(self._numbers)
        trigger = Trigger(f"{number}.{self.seconds()}.{secrets.token_hex(16)}", user, self.now(), view_id)
        self.triggers[trigger.id] = trigger
        self._forget(self.triggers)
        return trigger.id

    def issue_response_url(self, user: str, channel: str, *, ts: str | None = None) -> ResponseUrl:
        """Return a new `response_url` for something that this person just did in this conversation."""
        issued = ResponseUrl(self.next_id("R"), user, channel, self.now(), ts)
        self.response_urls[issued.token] = issued
        self._forget(self.response_urls)
        return issued

    @staticmethod
    def _forget(book: dict[str, Any]) -> None:
        while len(book) > KEPT:
            del book[next(iter(book))]

    # Logs

    def toast(self, user: str, text: str) -> None:
        """Record what Slack's own client would have told this person."""
        keep(self.toasts, Toast(self.now(), user, text))
        self.changed("toast", user=user)

    def refuse(self, where: str, messages: list[str], payload: Json) -> None:
        """Record content that Slack would have refused."""
        keep(self.refused, RefusedContent(self.now(), where, messages, payload))

    def note_pings(self, where: str, payload: Json) -> None:
        """Record every mention of a whole channel or user group in a message of the bot."""
        for mention, text in pings_in(payload):
            keep(self.pings, CrowdMention(self.now(), where, mention, text))

    # Live pages

    def subscribe(self) -> asyncio.Queue[PageChange]:
        """Return a queue that receives every change from now on. A reader that falls far behind loses the oldest."""
        queue: asyncio.Queue[PageChange] = asyncio.Queue(maxsize=KEPT)
        self._queues.add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[PageChange]) -> None:
        """End a subscription."""
        self._queues.discard(queue)

    def changed(self, kind: str, *, user: str | None = None, channel: str | None = None, ts: str | None = None) -> None:
        """Notify every subscriber."""
        if not self._queues:
            return
        change = PageChange(kind, user, channel, ts)
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(change)
