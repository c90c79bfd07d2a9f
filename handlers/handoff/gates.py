"""Who may open a form or press a button of a handoff; the click is asked again, with what the database has."""

from __future__ import annotations

from bot.domain.handoff.handoffs import FOR_GIVER, FOR_RECEIVER, HandoffCard
from bot.domain.records import TeamRecord
from bot.domain.rights import Holders, Right, may, require, why_not
from bot.services import actors
from bot.services.context import Context
from bot.services.handoff.named_people import named


def require_right(context: Context, user_id: str, card: HandoffCard, right: Right) -> None:
    """Raise NotAllowedError unless somebody may do this, as far as memory knows."""
    require(actors.remembered(context.snapshot, user_id), right, _holders(context, card, right))


def able(context: Context, user_id: str, card: HandoffCard) -> frozenset[Right]:
    """Return what somebody may do to a handoff: the buttons that they are shown."""
    actor = actors.remembered(context.snapshot, user_id)
    return frozenset(right for right in FOR_GIVER | FOR_RECEIVER if may(actor, right, _holders(context, card, right)))


def who_can(context: Context, user_id: str, card: HandoffCard) -> str:
    """Return who answers a handoff that waits for somebody, for a person who does not; empty for whoever does."""
    if not card.unanswered:
        return ""
    right = Right.HAND_OVER if card.is_draft else Right.TAKE_OVER
    return why_not(actors.remembered(context.snapshot, user_id), right, _holders(context, card, right))


def _holders(context: Context, card: HandoffCard, right: Right) -> Holders:
    teams: tuple[TeamRecord, ...] = (card.receiver,)
    if right in (Right.HAND_OVER, Right.SUPPLY):
        teams = (card.giver,)
    elif right in (Right.CALL_OFF, Right.REVIEW, Right.EVIDENCE):
        teams = (card.giver, card.receiver)
    offered_by = card.offerer.id if card.offerer is not None else None
    people = [named(context.snapshot, each.needs_from) for each in card.open_resources] if right is Right.SUPPLY else []
    named_here = [each for each in people if each is not None]
    return actors.remembered_holders(context.snapshot, teams, people=named_here, asked_by=offered_by)
