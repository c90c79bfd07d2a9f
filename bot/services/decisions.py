"""Questions that somebody else decides: another team accepts or declines an offer, a second person approves.

Each is decided once. Whoever comes second is told what was decided.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

from bot.domain.rights import Holders, Right
from bot.errors import NotFoundError
from bot.services.cards import Act


class Question(Protocol):
    """A row that awaits a decision until the day `until`; one that is refused or withdrawn has ended."""

    until: date | None
    decided_by: int | None
    decided_at: datetime | None
    ended_at: datetime | None


def decide(
    act: Act[Any, Any], question: Question, held: Holders, *, right: Right, is_granted: bool, today: date, over: str
) -> bool:
    """Decide a question as the person who acts; return False when it was decided before, which changes nothing.

    Raises NotFoundError, which says `over`, for one that is no longer asked, and NotAllowedError without the right.
    """
    if question.decided_by is not None:
        return False
    if question.ended_at is not None or (question.until is not None and question.until <= today):
        raise NotFoundError(over)
    act.require(right, held)
    question.decided_by, question.decided_at = act.person_id, act.now
    if not is_granted:
        question.ended_at = act.now
    return True


def was_granted(question: Question) -> bool:
    """Whether a decided question was granted: what was refused ended at that moment."""
    return question.ended_at != question.decided_at
