"""What Baton comes back to by itself, so that no request is forgotten, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.backlog.requests import RequestCard
from bot.domain.working_time import WorkingTime

#: Working days after which a question that nobody answered is said again, and the question at delivery is.
ANSWER_DAYS, DELIVERY_DAYS = 3, 5
#: Working days after which a delivery that nobody confirmed stands in each digest of the requesting team.
UNCONFIRMED_DAYS = 10
#: … and for how long: nobody is asked for ever.
UNCONFIRMED_FOR = timedelta(weeks=8)
#: … and after which one that nobody has answered stands in each digest of the DevOps team.
UNANSWERED_DAYS = 5


class FollowUpKind(StrEnum):
    """What is come back to. The values are part of the keys of messages."""

    FIRST_RESPONSE = "first_response"  #: the DevOps team has not said anything yet
    UNANSWERED = "unanswered"  #: … though it was reminded
    WAKE = "wake"  #: the day has come until which it was snoozed
    DATE = "date"  #: the day is over by which it was needed
    BLOCK = "block"  #: … on which a team was to be blocked no longer
    INFO = "info"  #: whoever asked for it has not answered a question
    DELIVERY = "delivery"  #: … or has not said whether it does the job
    UNCONFIRMED = "unconfirmed"  #: … though asked twice
    SAVING = "saving"  #: what a delivery really saves


_WORKING_DAYS = {
    FollowUpKind.UNANSWERED: UNANSWERED_DAYS,
    FollowUpKind.INFO: ANSWER_DAYS,
    FollowUpKind.DELIVERY: DELIVERY_DAYS,
    FollowUpKind.UNCONFIRMED: UNCONFIRMED_DAYS,
}
#: Their day is the last one on which nothing is said.
_DAY_AFTER = frozenset({FollowUpKind.DATE, FollowUpKind.BLOCK})
#: What is said in the week's digest alone.
_REPEATED = frozenset({FollowUpKind.UNCONFIRMED, FollowUpKind.UNANSWERED})
_QUIET = frozenset({FollowUpKind.SAVING, *_REPEATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Something that is said of one request, once, when its time has come; what is repeated stands in every digest.

    `since` is the moment or the day from which its time counts. `said_on` is when it was said. `team_id` is the team
    that it is about, `demand_id` the row of that team's demand, and `days` after how many days a saving is asked for.
    `allowed` is the working time within which the first response is to be given. With `is_assumed` nobody named the
    day.
    """

    kind: FollowUpKind
    card: RequestCard
    since: datetime | date
    said_on: date | None = None
    team_id: int | None = None
    demand_id: int | None = None
    days: int = 0
    allowed: timedelta = timedelta(0)
    is_assumed: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What it is found by, and what its message is named by."""
        return key_of(self.kind, self.card.id, self.since, team_id=self.team_id, days=self.days)

    @property
    def is_loud(self) -> bool:
        """Whether it deserves a message of its own."""
        return self.kind not in _QUIET

    @property
    def is_repeated(self) -> bool:
        """Whether each digest says it."""
        return self.kind in _REPEATED

    def due_at(self, work: WorkingTime) -> datetime:
        """Return when its time has come, by the working time of whoever is told."""
        if self.kind is FollowUpKind.FIRST_RESPONSE:
            return work.later(_moment(self.since, work), self.allowed)
        day = work.today(self.since) if isinstance(self.since, datetime) else self.since
        for _ in range(_WORKING_DAYS.get(self.kind, 0)):
            day = work.on_or_after(day + timedelta(1))
        return work.at(day + timedelta(self.kind in _DAY_AFTER), time.min)


def key_of(
    kind: FollowUpKind, request_id: int, since: datetime | date, *, team_id: int | None = None, days: int = 0
) -> tuple[str, ...]:
    """Return what a follow-up is found by: `("saving", "7", "2026-04-01", "3", "30")`."""
    return kind.value, str(request_id), since.isoformat(), str(team_id or ""), str(days)


def _moment(since: datetime | date, work: WorkingTime) -> datetime:
    return since.astimezone(UTC) if isinstance(since, datetime) else work.at(since, time.min)
