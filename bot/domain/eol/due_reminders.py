"""What there is to do for one addressee: what is due, opened, re-dated, joined and asked, as a plan has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain import daily_limit
from bot.domain.daily_limit import LEAST_TIER, Agenda
from bot.domain.eol.answers import Answer
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.milestones import Loudness, Milestone
from bot.domain.eol.plans import Part
from bot.domain.eol.reminders import Remembered
from bot.domain.eol.responsibility import CycleKey

#: What its deadlines are known by beside those of others.
NOUN = "eol"


@dataclass(frozen=True, slots=True)
class Subject:
    """A watch, and what the store remembers of it; None for one that is seen for the first time."""

    watch: Watch
    reminder: Remembered | None = None


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A milestone that is said now. `is_owed`: nobody answered the one before it, so those above have to hear, too.

    `is_missed` says that it is owed because the day of a plan has passed, and `stage` at which step what had passed
    before its team was told of it. What `stands` has been said, lies ahead, and
    waits for an answer: it is named again in any digest that there is.
    """

    subject: Subject
    milestone: Milestone
    loudness: Loudness
    is_owed: bool = False
    waits: bool = True  #: for the digest
    is_repeated: bool = False
    stands: bool = False
    is_missed: bool = False
    stage: int | None = None

    @property
    def tier(self) -> int:
        """The tier of what it is about; the least where nobody has said."""
        tier = self.subject.watch.tier
        return tier if tier is not None else LEAST_TIER

    @property
    def owed(self) -> int | None:
        """The step that those above hear of; of a plan that was not kept lead and manager hear as of the day itself."""
        if not self.is_owed:
            return None
        if self.stage is not None:
            return self.stage
        return max(self.milestone.days, 0) if self.is_missed else self.milestone.days

    @property
    def entry(self) -> daily_limit.Due:
        """It as the daily limit reads it."""
        watch = self.subject.watch
        return daily_limit.Due(
            noun=NOUN,
            key=watch.key,
            days=self.milestone.days,
            is_loud=not self.waits,
            tier=self.tier,
            is_repeated=self.is_repeated,
            stands=self.stands,
        )


@dataclass(frozen=True, slots=True)
class Redating:
    """The deadline of a reminder has moved to `on`. `milestone` is what counts as said before that day."""

    reminder: Remembered
    on: date
    milestone: Milestone | None


@dataclass(frozen=True, slots=True)
class Joined:
    """What runs in an answered release cycle, and came to its owner only after the answer: said once in its thread."""

    reminder: Remembered
    runs: tuple[MatchedDeployment, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """The owners of these parts of a plan are asked after them."""

    reminder: Remembered
    answer: Answer
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What there is for one addressee now: reminders to open and to re-date, and what is due, the most urgent first.

    `due` tells by its loudness what waits for the digest. `answered` are the release cycles of which something is open
    and answered, `quiet` those of them of which nothing is said, `unsure` are versions that nobody knows and no digest
    has named. The rest as in
    `Agenda`.
    """

    opening: tuple[Watch, ...] = ()
    redating: tuple[Redating, ...] = ()
    joined: tuple[Joined, ...] = ()
    asking: tuple[Asking, ...] = ()
    due: tuple[DueReminder, ...] = ()
    answered: frozenset[CycleKey] = frozenset()
    quiet: frozenset[CycleKey] = frozenset()
    unsure: tuple[MatchedDeployment, ...] = ()
    known_since: date | None = None
    next_on: date | None = None

    def agenda(self, *, has_changes: bool = False, is_shown: bool = False) -> Agenda:
        """Return it as the daily limit reads it; `has_changes` when there is more to write down than the plan has."""
        return Agenda(
            due=tuple(each.entry for each in self.due),
            known_since=self.known_since,
            has_news=bool(self.unsure),
            has_changes=has_changes or any((self.redating, self.joined, self.asking)),
            has_notes=bool(self.opening),
            is_shown=is_shown,
            next_on=self.next_on,
        )
