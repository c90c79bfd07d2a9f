"""What there is to do for one addressee.

Reminders are due, opened, re-dated or joined, and owners are asked about their parts, as a plan says.
"""

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

#: The noun of these deadlines, among those of other nouns.
NOUN = "eol"


@dataclass(frozen=True, slots=True)
class Subject:
    """A watch, and what the store remembers of it; None if the watch is new."""

    watch: Watch
    reminder: Remembered | None = None


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A milestone that is sent now.

    - `is_owed`: nobody answered the one before, so the people above have to hear of it, too.
    - `is_missed`: it is owed because the day of a plan has passed.
    - `stage`: for a deadline that had passed before its team was told, the step of its escalation.
    - `stands`: it was sent earlier, still lies ahead and waits for an answer. It is repeated in any digest that is
      sent.
    """

    subject: Subject
    milestone: Milestone
    loudness: Loudness
    is_owed: bool = False
    waits: bool = True  #: it is kept for the digest
    is_repeated: bool = False
    stands: bool = False
    is_missed: bool = False
    stage: int | None = None

    @property
    def tier(self) -> int:
        """The tier of its subject; the lowest if none is known."""
        tier = self.subject.watch.tier
        return tier if tier is not None else LEAST_TIER

    @property
    def owed(self) -> int | None:
        """The step that the people above hear of.

        If a plan was not kept, lead and manager hear as on the day itself.
        """
        if not self.is_owed:
            return None
        if self.stage is not None:
            return self.stage
        return max(self.milestone.days, 0) if self.is_missed else self.milestone.days


@dataclass(frozen=True, slots=True)
class Redating:
    """The deadline of a reminder has moved to `on`. `milestone` is the one that counts as sent for the new day."""

    reminder: Remembered
    on: date
    milestone: Milestone | None


@dataclass(frozen=True, slots=True)
class Joined:
    """Something in an answered release cycle that came to its owner after the answer.

    It is mentioned once, in the thread.
    """

    reminder: Remembered
    runs: tuple[MatchedDeployment, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """The owners of these parts of a plan are asked about their progress."""

    reminder: Remembered
    answer: Answer
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What there is to do for one addressee now: reminders to open and re-date, and what is due, the most urgent first.

    The loudness of `due` says what waits for the digest. `answered` are the release cycles with an open and answered
    reminder, `quiet` those of them that nothing is sent about. `unsure` are unknown versions that no digest has named.
    The other fields are as in `Agenda`.
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
        """Return the plan in the form that the daily limit reads.

        `has_changes` is whether there is more to save than the plan has.
        """
        return Agenda(
            due=tuple(
                daily_limit.Due(
                    noun=NOUN,
                    key=each.subject.watch.key,
                    days=each.milestone.days,
                    is_loud=not each.waits,
                    tier=each.tier,
                    is_repeated=each.is_repeated,
                    stands=each.stands,
                )
                for each in self.due
            ),
            known_since=self.known_since,
            has_news=bool(self.unsure),
            has_changes=has_changes or any((self.redating, self.joined, self.asking)),
            has_notes=bool(self.opening),
            is_shown=is_shown,
            next_on=self.next_on,
        )
