"""What handoffs say in the health report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bot.blocks.handoff.actions import SHOW
from bot.blocks.health import Figure, HealthSection, NextAction
from bot.blocks.lines import Line
from bot.blocks.text import bold, button, escape
from bot.domain.phrases import counted
from bot.domain.records import TeamRecord


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What has passed in 90 days, as the days from each offer to its acceptance, and how many parts wait now."""

    days: Sequence[int] = ()
    waiting: int = 0

    @property
    def figures(self) -> dict[str, int]:
        """What is kept: without anything accepted there is no time that it took."""
        found = {"handoffs.accepted": len(self.days), "handoffs.waiting": self.waiting}
        return found | ({"handoffs.days": round(median(self.days))} if self.days else {})


@dataclass(frozen=True, slots=True)
class OldestOffer:
    """The handoff that has waited longest for an answer: its number, how many of its parts, and days.

    `by` is the team that offers it or, where it `is_asked`, asks for it, and `to` the team that has to answer.
    """

    id: int
    by: TeamRecord
    to: TeamRecord
    size: int
    days: int
    is_asked: bool = False


def section(found: Acceptance) -> HealthSection:
    """Return the line: what was accepted, how long that took, and what waits; nothing without any of it."""
    if not found.days and not found.waiting:
        return HealthSection("Handoffs", ())
    accepted = _things(len(found.days), "accepted in 90 days")
    figures = [Figure(key="handoffs.accepted", value=len(found.days), words=accepted)]
    if found.days:
        days = found.figures["handoffs.days"]
        words = f"{'day' if days == 1 else 'days'} from offer to acceptance"
        figures.append(Figure(key="handoffs.days", value=days, lead="a median of", words=words))
    waiting = _things(found.waiting, "waiting for an answer")
    figures.append(Figure(key="handoffs.waiting", value=found.waiting, words=waiting))
    return HealthSection("Handoffs", figures)


def _things(count: int, words: str) -> str:
    """Return the words with what is counted: one handoff may have many parts, each with an answer of its own."""
    return f"{'thing' if count == 1 else 'things'} {words}" if count else words


def answer(oldest: OldestOffer) -> NextAction:
    """Return the action about the offer, or the question for one, that has waited longest."""
    size = counted(oldest.size, "thing")
    when = f"{counted(oldest.days, 'day')} ago" if oldest.days else "today"
    did, what = ("asked for", "question") if oldest.is_asked else ("offered", "offer")
    text = f"Have {bold(oldest.to.name, 60)} answer {escape(oldest.by.name, 60)}, who {did} {size} {when}."
    show = button(f"See the {what}", SHOW, str(oldest.id), label=f"See the {what} #{oldest.id}")
    return NextAction(oldest.size, Line(text, show))
