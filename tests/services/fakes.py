"""An in-memory Slack behind the port, which fails as it is told to. What people see of Slack is in the playground's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import SlackError, SlackUnreachableError
from bot.ports import Blocks, Clock, SlackUser


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that is in Slack."""

    ts: str
    channel: str
    text: str
    key: str
    at: datetime
    thread_ts: str | None
    blocks: Blocks


class FakePort:
    """Fits `bot.ports.Slack`.

    `plan` holds what becomes of the next posts, the first one first: an error is raised before the message is in Slack;
    `"lost"` takes it and never answers; None takes it. `finds` does the same for `find_message`. `before_answer` runs
    once a post is in Slack and before its answer is out.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.posted: list[Posted] = []
        self.attempts: list[tuple[datetime, str]] = []
        self.looked_for: list[str] = []
        self.plan: list[SlackError | str | None] = []
        self.finds: list[SlackError | None] = []
        self.before_answer: Callable[[], Any] | None = None
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
    ) -> str:
        await asyncio.sleep(0)
        self.attempts.append((self._clock.now(), text))
        planned = self.plan.pop(0) if self.plan else None
        if isinstance(planned, SlackError):
            raise planned
        key = metadata["event_payload"]["key"] if metadata else ""
        message = Posted(f"{len(self.posted) + 1}.000000", channel, text, key, self._clock.now(), thread_ts, blocks)
        self.posted.append(message)
        if self.before_answer is not None:
            await self.before_answer()
        if planned == "lost":
            raise SlackUnreachableError("TimeoutError")
        return message.ts

    async def find_message(
        self, channel: str, *, key: str, since: datetime, thread_ts: str | None = None
    ) -> str | None:
        await asyncio.sleep(0)
        self.looked_for.append(key)
        planned = self.finds.pop(0) if self.finds else None
        if planned is not None:
            raise planned
        where = (channel, thread_ts, key)
        earliest = since - timedelta(minutes=1)
        found = (m for m in self.posted if (m.channel, m.thread_ts, m.key) == where and m.at >= earliest)
        return next((message.ts for message in found), None)

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        raise NotImplementedError

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        raise NotImplementedError

    async def publish_home(self, user_id: str, view: Mapping[str, Any]) -> None:
        raise NotImplementedError

    async def user(self, user_id: str) -> SlackUser:
        await asyncio.sleep(0)
        self.looked_up.append(user_id)
        if user_id not in self.people:
            raise SlackError("user_not_found")
        return self.people[user_id]

    async def members(self) -> Sequence[SlackUser]:
        return list(self.people.values())

    async def channels(self) -> Mapping[str, str]:
        return {}

    def know(self, people: Iterable[SlackUser]) -> None:
        """Let these people be in the workspace."""
        self.people |= {person.id: person for person in people}


def member(user_id: str, name: str = "", *, email: str = "", is_active: bool = True, is_bot: bool = False) -> SlackUser:
    return SlackUser(
        id=user_id, name=name or user_id, email=email, timezone="Europe/London", is_active=is_active, is_bot=is_bot
    )
