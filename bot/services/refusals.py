"""Channels and accounts that refused Baton's last message, so that nobody is promised the same place again."""

from __future__ import annotations

from datetime import datetime, timedelta

#: After so long a place is worth another try, whatever nobody has said about it.
_LASTS = timedelta(days=1)
#: Refusals that are over when Slack lists the place again. The others are about rights, which no list shows.
_NOT_THERE = frozenset(
    {"account_inactive", "channel_not_found", "is_archived", "is_inactive", "user_disabled", "user_not_found"}
)


class Refusals:
    """The refusals that this process knows of, by the id or name that was posted to."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[datetime, str]] = {}

    def add(self, place: str, code: str, *, at: datetime) -> None:
        """Remember that Slack has just refused a message there."""
        self._found = {each: known for each, known in self._found.items() if known[0] > at - _LASTS}
        self._found[place] = at, code

    def drop(self, place: str) -> None:
        """Forget a refusal: the place takes messages again, or may."""
        self._found.pop(place, None)

    def listed(self, place: str) -> None:
        """Forget a refusal that said that there is no such place, because Slack lists it as open or active."""
        if self._found.get(place, (None, ""))[1] in _NOT_THERE:
            self.drop(place)

    def stands(self, place: str, *, at: datetime) -> bool:
        """Tell whether the last message to this place was refused, and nothing has been heard of it since."""
        known = self._found.get(place)
        return known is not None and known[0] > at - _LASTS
