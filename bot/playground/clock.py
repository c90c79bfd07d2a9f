"""The playground's clocks: one that runs ahead of the machine's and can be moved forward, and one for the past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: The longest step, and how far ahead the clock can be: a reminder is due years ahead at most.
LONGEST_STEP, FURTHEST = timedelta(days=366), timedelta(days=3 * 366)


class SetClock:
    """A `bot.ports.Clock` that is stopped at one moment, for actions in the past."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """Return the moment it was set to, aware, in UTC."""
        return self._moment


class MovableClock:
    """A `bot.ports.Clock` that runs with the machine's, some way ahead of it. It never goes back."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the workspace's time, aware, in UTC."""
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        """Move the clock forward. Raises ValueError for a step back, too large a step, or a moment too far ahead."""
        self.check(by)
        self.ahead += by

    def check(self, by: timedelta) -> None:
        """Raise ValueError unless the clock may be moved by `by`."""
        if not timedelta() < by <= LONGEST_STEP or self.ahead + by > FURTHEST:
            raise ValueError(f"the clock moves forward only, a year at a time, and at most {FURTHEST.days:,} days")
