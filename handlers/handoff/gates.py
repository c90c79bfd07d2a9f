"""Who may open a form or press a button of a handoff; the click is asked again, with what the database has."""

from __future__ import annotations

from bot.domain.handoff.handoffs import HandoffCard
from bot.domain.rights import Right, require
from bot.services import actors
from bot.services.context import Context


def require_right(context: Context, user_id: str, card: HandoffCard, right: Right) -> None:
    """Raise NotAllowedError unless somebody may do this, as far as memory knows."""
    both = (card.giver, card.receiver)
    teams = {Right.HAND_OVER: (card.giver,), Right.EVIDENCE: both, Right.CALL_OFF: both}.get(right, (card.receiver,))
    offered_by = card.offerer.id if card.offerer is not None else None
    held = actors.remembered_holders(context.snapshot, teams, asked_by=offered_by)
    require(actors.remembered(context.snapshot, user_id), right, held)
