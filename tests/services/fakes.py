"""An in-memory Slack behind the port, which fails as it is told to. What people see of Slack is in the playground's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import SlackError, SlackUnreachableError
from bot.ports import Blocks, Clock, ListedChannel, Page, Posted, SlackUser


@dataclass(slots=True)
class FakeMessage:
    """A message that is in Slack. `channel` is as it was named, `place` the conversation's id."""

    ts: str
    channel: str
    place: str
    text: str
    key: str
    at: datetime
    thread_ts: str | None
    blocks: Blocks
    is_broadcast: bool
    is_editable: bool = True


class FakePort:
    """Fits `bot.ports.Slack`.

    `plan` holds what becomes of the next posts, the first one first: an error is raised before the message is in Slack;
    `"lost"` takes it and never answers; None takes it. `edits` does the same for updates, `finds` for `find_message`.
    `refusals` are the codes with which channels refuse every post. `before_answer` runs once a post is in Slack and
    before its answer is out.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.posted: list[FakeMessage] = []
        self.edited: list[tuple[datetime, str, str]] = []
        self.edits: list[SlackError | str | None] = []
        self.refusals: dict[str, str] = {}
        self.is_token_good = True
        self.attempts: list[tuple[datetime, str]] = []
        self.looked_for: list[str] = []
        self.plan: list[SlackError | str | None] = []
        self.finds: list[SlackError | None] = []
        self.before_answer: Callable[[], Any] | None = None
        self._count = 0
        self.people: dict[str, SlackUser] = {}
        self.looked_up: list[str] = []

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.posted]

    async def post_message(
        self,
        channel: str,
        *,
        text: str,
        blocks: Blocks = (),
        thread_ts: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        reply_broadcast: bool = False,
    ) -> Posted:
        await asyncio.sleep(0)
        self.attempts.append((self._clock.now(), text))
        planned = self.plan.pop(0) if self.plan else None
        if isinstance(planned, SlackError):
            raise planned
        if channel in self.refusals:
            raise SlackError(self.refusals[channel])
        place, key = place_of(channel), metadata["event_payload"]["key"] if metadata else ""
        if thread_ts is not None and not any((m.place, m.ts) == (place, thread_ts) for m in self.posted):
            raise SlackError("thread_not_found")
        self._count += 1
        message = FakeMessage(
            f"{self._count}.000000", channel, place, text, key, self._clock.now(), thread_ts, blocks, reply_broadcast
        )
        self.posted.append(message)
        if self.before_answer is not None:
            await self.before_answer()
        if planned == "lost":
            raise SlackUnreachableError("TimeoutError")
        return Posted(place, message.ts)

    async def update_message(self, channel: str, ts: str, *, text: str, blocks: Blocks = ()) -> None:
        await asyncio.sleep(0)
        planned = self.edits.pop(0) if self.edits else None
        if isinstance(planned, SlackError):
            raise planned
        if channel in self.refusals:
            raise SlackError(self.refusals[channel])
        found = next((m for m in self.posted if (m.place, m.ts) == (channel, ts)), None)
        if found is None:
            raise SlackError("message_not_found")
        if not found.is_editable:
            raise SlackError("edit_window_closed")
        found.text, found.blocks = text, blocks
        self.edited.append((self._clock.now(), ts, text))
        if planned == "lost":
            raise SlackUnreachableError("TimeoutError")

    async def upload_file(self, channel: str, **rest: Any) -> None:
        raise NotImplementedError

    async def bot_user_id(self) -> str:
        await asyncio.sleep(0)
        if not self.is_token_good:
            raise SlackError("account_inactive")
        return "U0BATON"

    def delete(self, key: str) -> None:
        """Somebody deletes the message with this key."""
        self.posted = [message for message in self.posted if message.key != key]

    async def find_message(
        self, channel: str, *, key: str, since: datetime, thread_ts: str | None = None
    ) -> Posted | None:
        await asyncio.sleep(0)
        self.looked_for.append(key)
        planned = self.finds.pop(0) if self.finds else None
        if planned is not None:
            raise planned
        where = (place_of(channel), thread_ts, key)
        earliest = since - timedelta(minutes=1)
        found = (m for m in self.posted if (m.place, m.thread_ts, m.key) == where and m.at >= earliest)
        return next((Posted(message.place, message.ts) for message in found), None)

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        raise NotImplementedError

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        raise NotImplementedError

    async def update_view(self, view_id: str, view: Mapping[str, Any], *, view_hash: str = "") -> str:
        raise NotImplementedError

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        raise NotImplementedError

    async def publish_home(self, user_id: str, view: Mapping[str, Any]) -> None:
        raise NotImplementedError

    async def user(self, user_id: str) -> SlackUser:
        await asyncio.sleep(0)
        self.looked_up.append(user_id)
        if user_id not in self.people:
            raise SlackError("user_not_found")
        return self.people[user_id]

    async def member_pages(self, cursor: str = "") -> AsyncIterator[Page[SlackUser]]:
        assert not cursor, "there is one page"
        yield Page(list(self.people.values()), "")

    async def channel_pages(self, cursor: str = "") -> AsyncIterator[Page[ListedChannel]]:
        assert not cursor, "there is one page"
        yield Page([], "")

    def know(self, people: Iterable[SlackUser]) -> None:
        """Let these people be in the workspace."""
        self.people |= {person.id: person for person in people}


def place_of(address: str) -> str:
    """The id of the conversation that an address means: a person's direct message has one of its own."""
    return f"D{address[1:]}" if address.startswith("U") else address


def member(user_id: str, name: str = "", *, email: str = "", is_active: bool = True, is_bot: bool = False) -> SlackUser:
    return SlackUser(
        id=user_id, name=name or user_id, email=email, timezone="Europe/London", is_active=is_active, is_bot=is_bot
    )
