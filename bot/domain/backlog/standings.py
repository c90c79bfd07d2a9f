"""The order of the backlog, kept up to date one request and one day at a time.

Nothing depends on the order in which requests come in.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from typing import TypeAlias

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.lanes import BacklogPlace, Lane, lane_of
from bot.domain.backlog.rank import Rank, RankSettings, Unestimated, rank, same_until

#: What equals are sorted by: payback, teams, age and id, so that no two are equal.
_Tie: TypeAlias = tuple[float, int, int, int]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A request as it stands: `first` is what it is sorted by first, the least first."""

    request: BacklogRequest
    rank: Rank | Unestimated
    lane: Lane
    first: float
    tie: _Tie

    @property
    def key(self) -> tuple[float, _Tie]:
        return self.first, self.tie


@dataclass(slots=True)
class _LaneOrder:
    """One lane. `floors` are the lowest priorities of its requests, ascending; none where there is no estimate."""

    keys: list[tuple[float, _Tie]] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)

    def put(self, entry: _Entry) -> None:
        insort(self.keys, entry.key)
        if isinstance(entry.rank, Rank):
            insort(self.floors, entry.rank.lowest_priority)

    def remove(self, entry: _Entry) -> None:
        del self.keys[bisect_left(self.keys, entry.key)]
        if isinstance(entry.rank, Rank):
            del self.floors[bisect_left(self.floors, entry.rank.lowest_priority)]

    def ids(self) -> Iterator[tuple[int, int]]:
        """Yield the requests in their order, each with its band."""
        end = 0
        while end < len(self.keys):
            band, start, end = self._band(self.keys[end][0])
            ties = [tie for _, tie in self.keys[start:end]]
            if not self.floors:
                yield from ((tie[-1], band) for tie in ties)
                return
            heapq.heapify(ties)
            while ties:
                yield heapq.heappop(ties)[-1], band

    def place_of(self, entry: _Entry) -> tuple[int, int]:
        """Return the band of a request, and how many of the lane come before it."""
        if not self.floors:
            return 1, bisect_left(self.keys, entry.key)
        band, start, end = self._band(entry.first)
        return band, start + sum(tie < entry.tie for _, tie in self.keys[start:end])

    def _band(self, first: float) -> tuple[int, int, int]:
        """Return the band of whoever is sorted by `first`, and where among the keys it begins and ends.

        The highest priorities of a band lie between the same two floors.
        """
        if not self.floors:
            return 1, 0, len(self.keys)
        reached = bisect_right(self.floors, -first)
        start = self._until(self.floors[reached]) if reached < len(self.floors) else 0
        return 1 + len(self.floors) - reached, start, self._until(self.floors[reached - 1])

    def _until(self, floor: float) -> int:
        """Return how many keys there are of requests whose highest priority is at least this."""
        return bisect_right(self.keys, -floor, key=lambda key: key[0])


class Standings:
    """The backlog, the first to be worked on first.

    An estimate is a range, so a priority is one, too, and requests whose ranges overlap are equal. Overlap alone makes
    no order: A may overlap B and B overlap C while A is above C for certain. So the band of a request is one more than
    the number of requests of its lane that are above it for certain, whose lowest priority is above its highest. A
    request that is above another for certain always has the better band, and a request whose priority goes up never
    comes down. Within a band the shorter payback is first, then more teams, then the older request, then the lower id.

    Only what is asked for is put in order: the first of a lane cost the same however many follow.
    """

    def __init__(self, settings: RankSettings, *, today: date) -> None:
        self.today = today
        self._settings = settings
        self._entries: dict[int, _Entry] = {}
        self._lanes = {lane: _LaneOrder() for lane in Lane}
        #: Requests by the day on which their numbers may be others.
        self._turning: dict[date, set[int]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, request: BacklogRequest) -> None:
        """Add a request, or put it in the place of the one with its id."""
        self.remove(request.id)
        ranked = rank(request, self._settings, today=self.today)
        lane = lane_of(request, ranked, today=self.today)
        first = ranked.highest_priority if isinstance(ranked, Rank) else ranked.waiting_cost_hours
        payback = ranked.payback_weeks if isinstance(ranked, Rank) else 0.0
        tie = (payback, -len(request.teams), request.created_on.toordinal(), request.id)
        entry = _Entry(request, ranked, lane, -first, tie)
        self._entries[request.id] = entry
        self._lanes[lane].put(entry)
        if (turns_on := same_until(request, self._settings, today=self.today)) is not None:
            self._turning.setdefault(turns_on, set()).add(request.id)

    def remove(self, request_id: int) -> None:
        """Take a request out, if it is there."""
        entry = self._entries.pop(request_id, None)
        if entry is not None:
            self._lanes[entry.lane].remove(entry)

    def turn(self, today: date) -> Iterator[None]:
        """Let it be another day: rank again whatever is another on it, one request at a step."""
        if today < self.today:
            moved = set(self._entries)
            self._turning.clear()
        else:
            moved = {each for day in self._turning if day <= today for each in self._turning[day]}
            self._turning = {day: ids for day, ids in self._turning.items() if day > today}
        self.today = today
        for request_id in moved:
            if (entry := self._entries.get(request_id)) is not None:
                self.put(entry.request)
            yield

    def count(self, lane: Lane) -> int:
        """Return how many requests are in a lane."""
        return len(self._lanes[lane].keys)

    def lane(self, request_id: int) -> Lane | None:
        """Return the lane of a request; None where it is not in the backlog."""
        entry = self._entries.get(request_id)
        return entry.lane if entry is not None else None

    def created(self, lane: Lane, without: Collection[int]) -> Iterator[date]:
        """Yield when the requests of a lane were made, in no order; some may be left out."""
        for _, (_, _, created_on, number) in self._lanes[lane].keys:
            if number not in without:
                yield date.fromordinal(created_on)

    def of(self, lane: Lane) -> Iterator[BacklogPlace]:
        """Yield the places of a lane, the first first."""
        for number, (request_id, band) in enumerate(self._lanes[lane].ids(), self._before(lane) + 1):
            yield _place(self._entries[request_id], band, number)

    def places(self) -> Iterator[BacklogPlace]:
        """Yield all places, the first first."""
        for lane in Lane:
            yield from self.of(lane)

    def place_of(self, request_id: int) -> BacklogPlace | None:
        """Return the place of one request; None where it is not in the backlog."""
        entry = self._entries.get(request_id)
        if entry is None:
            return None
        band, number = self._lanes[entry.lane].place_of(entry)
        return _place(entry, band, self._before(entry.lane) + number + 1)

    def _before(self, lane: Lane) -> int:
        return sum(self.count(each) for each in takewhile(lambda each: each is not lane, Lane))


def _place(entry: _Entry, band: int, position: int) -> BacklogPlace:
    return BacklogPlace(entry.request, entry.rank, entry.lane, band, position)


def order(requests: Iterable[BacklogRequest], settings: RankSettings, *, today: date) -> list[BacklogPlace]:
    """Return the backlog, the first to be worked on first."""
    standings = Standings(settings, today=today)
    for request in requests:
        standings.put(request)
    return list(standings.places())
