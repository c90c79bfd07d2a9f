"""What teams ask for and what it takes to build: the values that a rank is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.domain.phrases import figure
from bot.errors import UserError

HOURS_PER_WEEK = 40  #: of one person
WEEKS_PER_MONTH = 52 / 12
#: After so many days without a new confirmation, what a team said counts as one kind of evidence weaker.
FRESH_DAYS = 90


class EvidenceKind(StrEnum):
    """How a team knows its numbers, the strongest first."""

    MEASURED = "measured"
    COUNTED = "counted"
    ESTIMATED = "estimated"
    GUESSED = "guessed"

    @property
    def weight(self) -> float:
        """The share of the claimed hours that counts."""
        return _WEIGHTS[self]

    def after(self, days: int) -> EvidenceKind:
        """Return the kind that it counts as, that many days after its last confirmation: one weaker after 90."""
        return self if days <= FRESH_DAYS else _WEAKER[self]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a team knows a number. With `is_assumed` nobody has said it."""

    kind: EvidenceKind
    is_assumed: bool = False

    @classmethod
    def of(cls, said: str) -> Evidence:
        """Return the evidence that somebody has said, which is a guess where they have not."""
        return cls(EvidenceKind(said or EvidenceKind.GUESSED), not said)


_WEIGHTS = {
    EvidenceKind.MEASURED: 1.0,
    EvidenceKind.COUNTED: 0.8,
    EvidenceKind.ESTIMATED: 0.5,
    EvidenceKind.GUESSED: 0.2,
}
#: The same in a sentence, for whoever reads that only a part of what was said counts.
EVIDENCE_SHARES = (
    f"Guessed hours count {EvidenceKind.GUESSED.weight:.0%}, estimated {EvidenceKind.ESTIMATED.weight:.0%}, counted "
    f"{EvidenceKind.COUNTED.weight:.0%}, measured all"
)
_WEAKER = dict(zip(EvidenceKind, [*[*EvidenceKind][1:], EvidenceKind.GUESSED], strict=True))


class Slowdown(StrEnum):
    """How much people who are blocked are kept from their work."""

    SLOWED = "slowed"
    HALF = "half"
    STOPPED = "stopped"

    @property
    def share(self) -> float:
        """The share of their hours that is lost."""
        return {Slowdown.SLOWED: 0.25, Slowdown.HALF: 0.5, Slowdown.STOPPED: 1.0}[self]


class DemandPart(StrEnum):
    """Something that a demand says."""

    LOST = "lost"
    BLOCKED = "blocked"
    NEEDED_BY = "needed_by"


#: What a team still loses, by the names of its numbers: those that it has said, or says anew; None for none any more.
RestCost: TypeAlias = Mapping[str, float | str | date | None]
#: What missing the date costs: no draft says it.
MISS_COST = "miss_cost"


@dataclass(frozen=True, slots=True)
class Author:
    """Who said a number, and when.

    What was said in a thread was confirmed on the day on which it was filed. `evidence` is how they know it, where that
    is not how the team knows its hours.
    """

    name: str
    on: date
    filed_on: date | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class TeamBlock:
    """People of a team who wait for the request.

    `until` is the day when the block ends by itself; None when nobody said, then it is taken to last for the number of
    weeks in the settings, from the demand's last confirmation. With `is_assumed` nobody said how much they are blocked.
    """

    people: float
    slowdown: Slowdown
    until: date | None = None
    is_assumed: bool = False

    def __post_init__(self) -> None:
        _require_amount(self.people, "The number of people who are blocked")

    @property
    def hours_per_week(self) -> float:
        """The hours that these people lose in a week."""
        return self.people * self.slowdown.share * HOURS_PER_WEEK


@dataclass(frozen=True, slots=True)
class NeededBy:
    """A date that a team has to meet.

    `miss_hours` is what missing it costs the team; None when nobody said, then the setting counts.
    """

    day: date
    reason: str = ""
    miss_hours: float | None = None

    def __post_init__(self) -> None:
        _require_amount(self.miss_hours or 0, "The hours that missing the date costs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one team says about one request. A request has one demand for each team.

    `team` is the team's name, `team_people` how many are in it; None when the catalog does not say. The hours lost are
    asked as people x times a month x hours each time. `said_by` are the names of all who asked for the team, on the day
    `confirmed_on`, and `authors` who said a part of it, such as `lost` or `miss_cost`, where that is written down. What
    is in `drafted` was left as the form was filled in. With `is_evidence_assumed` nobody said how the team
    knows. With `is_private` the team has asked for it privately, through the person `asked_by`, and others may read
    neither its name nor its words. What is `from_before` was said before some of what it asks for was done:
    `items_done` says how many items of how many. A team that `has_it` has said that all of them do the job.
    """

    team: str
    evidence: EvidenceKind
    confirmed_on: date
    said_by: tuple[str, ...] = ()
    authors: Mapping[str, Author] = field(default_factory=dict)
    team_people: int | None = None
    people: float = 0
    times_per_month: float = 0
    hours_each: float = 0
    drafted: frozenset[DemandPart] = frozenset()
    is_evidence_assumed: bool = False
    block: TeamBlock | None = None
    needed_by: NeededBy | None = None
    is_private: bool = False
    asked_by: int | None = None
    from_before: frozenset[str] = frozenset()
    items_done: tuple[int, int] = (0, 0)
    has_it: bool = False

    def __post_init__(self) -> None:
        _require_amount(self.people, "The number of people who lose time")
        _require_amount(self.times_per_month, "How many times a month it happens")
        _require_amount(self.hours_each, "The hours lost each time")
        _require_amount(self.claimed_hours_per_month, "The hours lost in a month")

    @property
    def without_losses(self) -> Demand:
        """The demand of a team that has all that it asked for, while the work goes on for others."""
        return replace(self, people=0, block=None, needed_by=None, from_before=frozenset(), has_it=True)

    @property
    def claimed_hours_per_month(self) -> float:
        """The hours that the team says it loses in a month."""
        return self.people * self.times_per_month * self.hours_each

    @property
    def most_hours_per_month(self) -> float:
        """Half the team's hours, above which a claim does not count. An unknown team is the people who lose time."""
        people = self.people if self.team_people is None else self.team_people
        return people * HOURS_PER_WEEK * WEEKS_PER_MONTH / 2

    @property
    def hours_per_month(self) -> float:
        """The hours that count, before their evidence is weighed."""
        return min(self.claimed_hours_per_month, self.most_hours_per_month)

    def evidence_of(self, part: DemandPart) -> Evidence:
        """Return how the team knows a part of the demand."""
        author = self.authors.get(part)
        own = author.evidence if author is not None else None
        return own or Evidence(self.evidence, self.is_evidence_assumed)

    def evidence_on(self, today: date, part: DemandPart = DemandPart.LOST) -> EvidenceKind:
        """Return the kind of evidence that a part of the demand counts with today."""
        return self.evidence_of(part).kind.after((today - self.last_confirmed(part)).days)

    def last_confirmed(self, part: DemandPart) -> date:
        """Return when a part of the demand was last entered or confirmed."""
        author = self.authors.get(part)
        return self.confirmed_on if author is None else author.filed_on or author.on

    def block_ends(self, usual_weeks: float) -> date | None:
        """Return when the block ends by itself; None without one.

        `usual_weeks` is how long a block lasts that nobody gave an end.
        """
        if self.block is None:
            return None
        return self.block.until or self.last_confirmed(DemandPart.BLOCKED) + timedelta(weeks=usual_weeks)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Hours of DevOps work without triage: if all goes well, most likely, and if much goes wrong.

    It `is_from_before` where something was delivered since: it is of more than what is left, if that is not all of it.
    """

    optimistic_hours: float
    likely_hours: float
    pessimistic_hours: float
    estimated_by: str = ""
    estimated_on: date | None = None
    is_from_before: bool = False

    def __post_init__(self) -> None:
        hours = (self.optimistic_hours, self.likely_hours, self.pessimistic_hours)
        for each in hours:
            _require_amount(each, "The hours of an estimate")
        for low, high, names in zip(hours, hours[1:], ("optimistic likely", "likely pessimistic"), strict=False):
            if low > high:
                lower, higher = names.split()
                raise UserError(
                    f"The {lower} hours ({figure(low)}) are more than the {higher} ones ({figure(high)}): "
                    "give three numbers that rise, such as 8, 16 and 40."
                )

    @property
    def expected_hours(self) -> float:
        """The mean of the three, in which the likely hours count four times (PERT)."""
        return (self.optimistic_hours + 4 * self.likely_hours + self.pessimistic_hours) / 6


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogRequest:
    """A request as far as its rank depends on it.

    `types` are those of its `items`, such as `library`; so many of them are `done`. `demands` may hold several demands
    of one team when requests were merged; the one that counts most is taken, because two requests for the same thing
    are about the same hours.
    """

    id: int
    created_on: date
    types: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    estimate: Estimate | None = None
    items: int = 0
    done: int = 0

    @property
    def teams(self) -> tuple[str, ...]:
        """The names of the teams that ask for it, each once, in alphabetical order."""
        return tuple(sorted({demand.team for demand in self.demands}))


class OpenQuestion(StrEnum):
    """What a team is asked again, because a day that it named is over."""

    STILL_NEEDED = "still needed"
    STILL_BLOCKED = "still blocked"


def open_questions(demand: Demand, *, today: date, usual_block_weeks: float) -> dict[OpenQuestion, date]:
    """Return what the team has to be asked today, each with the day that is over.

    A question stays open until the team gives a new day or takes the old one back: whoever asks keeps the day with the
    question and so asks once.
    """
    days = {
        OpenQuestion.STILL_NEEDED: demand.needed_by.day if demand.needed_by is not None else None,
        OpenQuestion.STILL_BLOCKED: demand.block_ends(usual_block_weeks),
    }
    return {question: day for question, day in days.items() if day is not None and day < today}


def _require_amount(amount: float, what: str) -> None:
    if not 0 <= amount < math.inf:
        raise UserError(f"{what} cannot be {amount:g}: give a number from 0 up.")
