"""Slack's rate limits as refilling buckets. They use the machine's time, because a workspace's clock may be stopped."""

from __future__ import annotations

import math
from collections.abc import Callable

#: tier -> (calls a minute, calls at once). Tier 1 says "1+ a minute" and lets ten connections open at once.
TIERS: dict[int, tuple[float, float]] = {1: (1, 10), 2: (20, 20), 3: (50, 50), 4: (100, 100)}
#: chat.postMessage: about one message a second in a channel, short bursts allowed, several hundred a minute in all.
CHANNEL = (60.0, 5.0)
WORKSPACE = (600.0, 300.0)
#: auth.test allows hundreds a minute.
GENEROUS = (600.0, 600.0)


class RateLimits:
    """Token buckets, one per method or per method and channel."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_seconds(self, method: str, tier: int, channel: str | None) -> int:
        """Return 0 and count the call if it is allowed now, else its `Retry-After`."""
        if method != "chat.postMessage":
            return self._take(method, *(TIERS[tier] if tier else GENEROUS))
        return self._take(f"{method} {channel}", *CHANNEL) or self._take(method, *WORKSPACE)

    def _take(self, key: str, per_minute: float, burst: float) -> int:
        now = self._monotonic()
        left, at = self._buckets.get(key, (burst, now))
        left = min(burst, left + (now - at) * per_minute / 60)
        if left >= 1:
            self._buckets[key] = (left - 1, now)
            return 0
        self._buckets[key] = (left, now)
        return max(1, math.ceil((1 - left) * 60 / per_minute))
