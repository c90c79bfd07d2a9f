"""How fast Slack lets messages in, and when it wants none at all. One `Pace` a process; nothing of it is stored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.outbox import hold_pause

#: `chat.postMessage` allows about one message a second and channel: https://docs.slack.dev/apis/web-api/rate-limits/
CHANNEL_INTERVAL = timedelta(seconds=1)
#: "Several hundred messages a minute" in a workspace, says the same page; when it was less, a 429 says so.
POSTS_A_MINUTE, POSTS_AT_ONCE = 600.0, 300.0
#: `chat.update` is Tier 3, "50+ a minute": https://docs.slack.dev/reference/methods/chat.update/
UPDATES_A_MINUTE, UPDATES_AT_ONCE = 50.0, 50.0
_MANY = 10_000
#: So many channels are remembered before those that have long rested are forgotten.
_REMEMBERED = 4096


class Call(StrEnum):
    """The calls that Slack counts, and pauses, apart from each other."""

    POST = "chat.postMessage"
    UPDATE = "chat.update"
    FIND = "conversations.history"


@dataclass(slots=True)
class _Bucket:
    """So many calls at once, and so many more a minute; infinite ones never run out."""

    a_minute: float
    at_once: float
    left: float
    at: datetime | None = None


class Pace:
    """Keeps to Slack's limits: a cap on posts and on updates, one post a second and channel, and every `Retry-After`.

    While Slack does not let Baton in at all, everything is held, for longer each time.
    """

    def __init__(
        self,
        *,
        posts_a_minute: float = POSTS_A_MINUTE,
        posts_at_once: float = POSTS_AT_ONCE,
        updates_a_minute: float = UPDATES_A_MINUTE,
        updates_at_once: float = UPDATES_AT_ONCE,
        channel_interval: timedelta = CHANNEL_INTERVAL,
    ) -> None:
        self.channel_interval = channel_interval
        self._buckets = {
            Call.POST: _Bucket(posts_a_minute, posts_at_once, posts_at_once),
            Call.UPDATE: _Bucket(updates_a_minute, updates_at_once, updates_at_once),
        }
        self._paused: dict[Call, datetime] = {}
        #: When something last went out to a channel, unless that is too long ago to matter.
        self.served: dict[str, datetime] = {}
        self._held_until: datetime | None = None
        self._holds = 0
        self._begun: datetime | None = None

    def begin(self, now: datetime) -> None:
        """Begin a pass. Where the clock was set back since the last one, no moment that was noted holds any more."""
        if self._begun is not None and now < self._begun:
            self._paused.clear()
            self.served.clear()
            self._held_until = None
        self._begun = now

    def room(self, call: Call, now: datetime) -> int:
        """How many calls may be made now."""
        if self.is_closed(call, now):
            return 0
        bucket = self._buckets[call]
        if bucket.at is not None and bucket.left < bucket.at_once:
            passed = max((now - bucket.at).total_seconds(), 0.0)
            bucket.left = min(bucket.at_once, bucket.left + passed * bucket.a_minute / 60)
        bucket.at = now
        most = 1 if self._holds else _MANY  # whether Slack lets us in again is tried with one
        return min(most, math.floor(bucket.left)) if math.isfinite(bucket.left) else most

    def take(self, call: Call) -> None:
        """Count a call that is about to be made, of those that there is `room` for."""
        self._buckets[call].left -= 1

    def pause(self, call: Call, until: datetime) -> None:
        """Make no such call before then, because Slack asked for it."""
        self._paused[call] = max(until, self._paused.get(call, until))

    def is_closed(self, call: Call, now: datetime) -> bool:
        """Whether no such call may be made now, because of a pause or a hold."""
        return self.is_held(now) or (call in self._paused and now < self._paused[call])

    def hold(self, now: datetime) -> datetime:
        """Hold everything because Slack does not let Baton in; return until when. Longer each time in a row."""
        if self._held_until is None or now >= self._held_until:
            self._holds += 1
            self._held_until = now + hold_pause(self._holds)
        return self._held_until

    def is_held(self, now: datetime) -> bool:
        """Whether everything is held."""
        return self._held_until is not None and now < self._held_until

    def let_in(self) -> None:
        """Slack has taken a call: the next hold begins short again."""
        self._holds = 0

    def serve(self, lane: str, now: datetime) -> None:
        """Note that something goes out to a channel."""
        if len(self.served) >= _REMEMBERED:
            self.served = {lane: at for lane, at in self.served.items() if now - at < self.channel_interval}
        self.served[lane] = now
