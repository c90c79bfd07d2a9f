"""What somebody fills in to open a request, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.backlog.demand import DemandPart, EvidenceKind, Slowdown
from bot.domain.backlog.requests import RequestItem
from bot.domain.catalog import Area
from bot.domain.names import clean

#: A working month of one person, in hours: 4.33 weeks of five days of eight hours.
MONTH_HOURS = 4.33 * 5 * 8
LONGEST_TITLE = 150


def thread_key(channel_id: str, thread_ts: str, turn: int = 0) -> str:
    """Return what a request from this thread is known by: a thread makes one request, and one more in each `turn`."""
    return ":".join(["thread", channel_id, thread_ts, *([str(turn)] if turn else [])])


def turn_of(key: str) -> int:
    """Return in which turn a thread has made the request with this key: 0 for its first."""
    _, _, _, *turn = key.split(":")
    return int(turn[0]) if turn else 0


def thread_of(key: str) -> tuple[str, str]:
    """Return the channel and the first message of the thread that a key names; empty for a request from elsewhere."""
    kind, *place = key.split(":")
    return (place[0], place[1]) if kind == "thread" else ("", "")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from. `key` is the same for the same thread or form, so that it makes one request only.

    `thread_ts` is empty for a form that stands by itself. `copied` holds the thread's words, where they may be kept,
    and `read_to` is up to when the form has read them, by Slack's clock.
    """

    key: str
    channel_id: str = ""
    thread_ts: str = ""
    permalink: str = ""
    copied: str = ""
    read_to: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandEntry:
    """What not having it costs the team: so many people lose so many hours each time, so many times a month.

    `miss_hours` are lost once if its date is missed. What nobody said is None. `drafted` was left as the form was
    filled in, and `speakers` are those who have said that in its thread, each with the time.
    """

    lost_people: float | None = None
    lost_times: float | None = None
    lost_hours: float | None = None
    evidence: EvidenceKind | None = None
    blocked_people: int = 0
    blocked_share: Slowdown | None = None
    blocked_until: date | None = None
    miss_hours: float | None = None
    drafted: frozenset[DemandPart] = frozenset()
    speakers: Mapping[DemandPart, tuple[int, datetime]] = field(default_factory=dict)

    @property
    def hours_a_month(self) -> float:
        """The hours that the team loses in a month."""
        return (self.lost_people or 0) * (self.lost_times or 0) * (self.lost_hours or 0)

    @property
    def unsaid(self) -> str:
        """The first of these numbers that is missing beside another one, by the name of its field; empty for none."""
        said = {"people": self.lost_people, "times": self.lost_times, "hours": self.lost_hours}
        return next((name for name, value in said.items() if value is None), "") if any(said.values()) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A request as it is submitted. Ids of people and teams are the catalog's."""

    origin: Origin
    title: str
    items: tuple[RequestItem, ...]
    filed_by: int
    asked_by: int
    team_id: int | None = None
    details: str = ""
    technologies: tuple[str, ...] = ()
    skills_gaps: tuple[str, ...] = ()
    stays_with_team: tuple[str, ...] = ()
    needed_by: date | None = None
    needed_reason: str = ""
    demand: DemandEntry = DemandEntry()
    asset_id: int | None = None
    area: Area | None = None
    reminder_id: int | None = None
    supports_id: int | None = None


def estimate_problems(optimistic: float, likely: float, pessimistic: float) -> dict[str, str]:
    """Return what is wrong with an estimate in hours, by the name of the field: `likely` or `pessimistic`."""
    if likely < optimistic:
        return {"likely": "Give at least the hours if all goes well."}
    if pessimistic < likely:
        return {"pessimistic": "Give at least the most likely hours."}
    if pessimistic <= 0:
        return {"pessimistic": "Write more than 0 hours."}
    return {}


#: What is said where one of the three numbers of the hours lost is missing: what was typed beside it is not lost.
_UNSAID = {
    "people": "Write how many people lose time, or leave all three empty.",
    "times": "Write how many times a month, about; 0 if it does not happen again.",
    "hours": "Write how many hours each time, or leave all three empty.",
}


def most_hours(team_size: int) -> float:
    """Return the hours a month that a team can lose, or be spared, at most: half of what it works."""
    return team_size * MONTH_HOURS / 2


def problems(new: NewRequest, *, today: date, team_size: int | None) -> dict[str, str]:
    """Return what is wrong, by the name of the field.

    These are `title`, `items`, `needed_by`, `missed`, `people`, `times`, `hours`, `blocked` and `until`.

    `team_size` is None where nobody knows the team. A team cannot lose more than half of its working hours.
    """
    found: dict[str, str] = {}
    demand = new.demand
    if not clean(new.title):
        found["title"] = "Say what you need."
    if not new.items:
        found["items"] = "Choose at least one thing, or a kind for the title."
    if new.needed_by is not None and new.needed_by < today:
        found["needed_by"] = "That day is over: choose a later one, or leave it empty."
    if demand.unsaid:
        found[demand.unsaid] = _UNSAID[demand.unsaid]
    elif demand.hours_a_month < 0:
        found["hours"] = "Hours cannot be negative."
    elif team_size and demand.hours_a_month > most_hours(team_size):
        most = round(most_hours(team_size))
        total = f"That is {round(demand.hours_a_month):,} hours a month in all"
        found["hours"] = f"{total}, over half of a team of {team_size}: at most {most:,} can be lost."
    if demand.blocked_people < 0 or (team_size and demand.blocked_people > team_size):
        found["blocked"] = f"The team has no more than {team_size}: give at most that."
    if demand.blocked_until is not None and demand.blocked_until < today:
        found["until"] = "That day is over: choose a later one, or leave it empty."
    if demand.miss_hours is not None and new.needed_by is None:
        found["missed"] = "Choose the day by which it is needed as well, or leave this empty."
    return found
