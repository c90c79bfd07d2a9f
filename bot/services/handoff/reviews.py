"""What both sides say 30 days later: whether it works."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from bot.blocks import handoff as blocks
from bot.domain.handoff.due import Side
from bot.domain.handoff.handoffs import HandoffCard, Review
from bot.domain.names import clean
from bot.domain.recipients import Recipient, Told
from bot.domain.rights import Right, may
from bot.errors import UserError
from bot.services import actors
from bot.services.cards import acting
from bot.services.deps import Deps
from bot.services.handoff._cards import HandoffAct
from bot.services.handoff.message_updates import review_key
from bot.services.snapshot import Snapshot

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The handoff, and for which side somebody spoke; `is_new` is False when that side had said it before.

    `is_corrected` says that it had said the opposite.
    """

    card: HandoffCard
    side: Side
    is_new: bool
    is_corrected: bool

    @property
    def other(self) -> Side:
        """The side that did not speak."""
        return Side.GIVER if self.side is Side.RECEIVER else Side.RECEIVER

    @property
    def other_team(self) -> Recipient:
        """The team that is told."""
        return Recipient(team=self.card.giver if self.other is Side.GIVER else self.card.receiver)


async def works(deps: Deps, snapshot: Snapshot, *, handoff_id: int, person_id: int) -> Reviewed:
    """Note that a handoff works for the person's team; the other one hears it where it was told that it does not.

    Raises NotAllowedError for somebody of neither team.
    """
    async with acting(HandoffAct(deps, snapshot, handoff_id, person_id), None) as act:
        done = await _note(act, Review.WORKS)
        if done.is_corrected:
            key = f"handoff.works:{handoff_id}:{done.side}:{person_id}:{act.now.timestamp():.0f}"
            message = blocks.works_now(act.card, snapshot.somebody(person_id), to=done.other)
            await act.send(done.other_team, key, message)
        return done


async def does_not_work(
    deps: Deps, snapshot: Snapshot, *, handoff_id: int, person_id: int, why: str
) -> tuple[Reviewed, Told]:
    """Note that a handoff does not work for the person's team, and tell the other one why; return where that is, too.

    Raises UserError without a reason, NotAllowedError for somebody of neither team.
    """
    why = clean(why)[:_LONGEST]
    if not why:
        raise UserError("Say what does not work: the other team reads it.")
    async with acting(HandoffAct(deps, snapshot, handoff_id, person_id), None) as act:
        done = await _note(act, Review.NO, why=why)
        same = sha256(why.encode()).hexdigest()[:16]  # a form that was sent again says nothing new
        key = f"{review_key(handoff_id)}{done.side}:{person_id}:{same}"
        message = blocks.does_not_work(act.card, snapshot.somebody(person_id), why, to=done.other)
        return done, await act.send(done.other_team, key, message)


async def _note(act: HandoffAct, said: Review, *, why: str = "") -> Reviewed:
    act.require(Right.REVIEW, await act.holders_of(Right.REVIEW))
    side = Side.RECEIVER if may(actors.actor(act.person_id), Right.REVIEW, await act.holders()) else Side.GIVER
    name = f"{side.value}_says"
    before = getattr(act.row, name)
    is_new = before != said.value
    if is_new:
        setattr(act.row, name, said.value)
        await act.note(
            "works" if said == Review.WORKS else "does_not_work", side=side.value, **({"why": why} if why else {})
        )
        await act.redraw()
    return Reviewed(act.card, side, is_new, is_corrected=is_new and bool(before))
