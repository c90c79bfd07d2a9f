"""The playground's clocks: the machine's, moved forward by whoever wants to see what comes; and one for the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: One step, and the furthest that the clock goes: a reminder is due years ahead at most.
LONGEST_STEP, FURTHEST = timedelta(days=366), timedelta(days=3 * 366)


class SetClock:
    """A `bot.ports.Clock` that stands at one moment: for what is done as of then."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """Return the moment that it was set to, aware, in UTC."""
        return self._moment


class MovableClock:
    """A `bot.ports.Clock` that runs with the machine's, some way ahead of it. It never goes back."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the workspace's moment, aware, in UTC."""
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        """Move the clock forward. Raises ValueError for a step back, too large a step, or a moment too far ahead."""
        self.check(by)
        self.ahead += by

    def check(self, by: timedelta) -> None:
        """Raise ValueError unless the clock may be moved by this."""
        if not timedelta() < by <= LONGEST_STEP or self.ahead + by > FURTHEST:
            raise ValueError(f"the clock moves forward only, a year at a time, and at most {FURTHEST.days:,} days")
