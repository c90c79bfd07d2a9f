"""Which answer to a reminder holds now, so that another press of a button would change nothing."""

from __future__ import annotations

from datetime import date

from bot.domain.eol.milestones import Milestone
from bot.domain.eol.reminders import Answer, AnswerKind, Card, Remembered
from bot.domain.eol.responses import Acknowledged, Planned, Snoozed, Waived


def current_milestone(reminder: Remembered, deadline: date, today: date) -> Milestone:
    """Return what there is to acknowledge: the milestone said last, or where nothing was said, the days left."""
    return reminder.milestone if reminder.milestone is not None else Milestone((deadline - today).days)


def standing(card: Card) -> Answer | None:
    """Return the newest answer that holds on the card's day; None when there is nothing but what is over.

    An answer to a deadline that has moved to an earlier day since is over. A plan holds until its day has passed, an
    acknowledgement until the next milestone is said.
    """
    for answer in card.reminder.answers:
        if card.watch.deadline.on >= answer.deadline and _holds(answer, card):
            return answer
    return None


def pending(reminder: Remembered, kind: AnswerKind, today: date) -> Answer | None:
    """Return the delegation or waiver that awaits its decision; None where none does."""
    for answer in reminder.answers:
        is_over = answer.until is not None and answer.until <= today
        if answer.kind is kind and answer.decided_by is None and not is_over:
            return answer
    return None


def _holds(answer: Answer, card: Card) -> bool:
    match answer.response(card.watch.deadline.kind):
        case Acknowledged(milestone=seen):
            return current_milestone(card.reminder, card.watch.deadline.on, card.today) >= seen
        case Planned(on=day):
            return day >= card.today
        case Snoozed(until=day) | Waived(expires=day):
            return day > card.today
        case None:
            return False
