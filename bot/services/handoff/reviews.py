"""What both sides say 30 days later: whether it works."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.handoff.due import Side
from bot.domain.handoff.handoffs import HandoffCard
from bot.domain.rights import Right, may
from bot.services import actors
from bot.services.cards import acting
from bot.services.deps import Deps
from bot.services.handoff._cards import HandoffAct
from bot.services.snapshot import Snapshot

_WORKS = "works"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The handoff, and for which side somebody spoke; `is_new` is False when that side had said it before."""

    card: HandoffCard
    side: Side
    is_new: bool


async def works(deps: Deps, snapshot: Snapshot, *, handoff_id: int, person_id: int) -> Reviewed:
    """Note that a handoff works for the person's team. Raises NotAllowedError for somebody of neither team."""
    async with acting(HandoffAct(deps, snapshot, handoff_id, person_id), None) as act:
        receivers = await act.holders()
        side = Side.RECEIVER if may(actors.actor(person_id), Right.HAND_OVER, receivers) else Side.GIVER
        if side is Side.GIVER:
            act.require(Right.HAND_OVER, await act.holders_of(Right.HAND_OVER))
        name = f"{side.value}_says"
        is_new = getattr(act.row, name) != _WORKS
        if is_new:
            setattr(act.row, name, _WORKS)
            await act.note("works", side=side.value)
        return Reviewed(act.card, side, is_new)
