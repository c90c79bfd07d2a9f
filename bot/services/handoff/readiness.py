"""What is shown of a handoff's readiness, by either side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.blocks.text import escape
from bot.domain.handoff.handoffs import HandoffCard
from bot.domain.handoff.readiness import BY_RECEIVER, Evidence, ReadinessItem
from bot.domain.names import clean
from bot.domain.rights import Right
from bot.errors import FieldError
from bot.services import actors
from bot.services.deps import Deps
from bot.services.handoff._cards import HandoffAct, acting
from bot.services.snapshot import Snapshot
from bot.store import tables

_LONGEST = 500
#: How far the time zone is ahead of UTC in which a day begins first.
_FIRST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """What shows one item of readiness: a link, a person or a day, or why it does not apply."""

    item: ReadinessItem
    link: str = ""
    shown_by: int | None = None
    day: date | None = None
    not_applicable: str = ""


async def show(deps: Deps, snapshot: Snapshot, *, handoff_id: int, person_id: int, new: NewEvidence) -> HandoffCard:
    """Record evidence; that of the same item before is replaced, and stays in the audit log.

    Raises UserError for evidence that shows nothing, FieldError for what one field says, NotAllowedError for somebody
    of neither team.
    """
    why = clean(new.not_applicable)[:_LONGEST]
    person = str(new.shown_by) if new.shown_by is not None else ""
    latest = (deps.clock.now() + _FIRST_ZONE).date()
    Evidence(item=new.item, link=new.link, person=person, day=new.day, not_applicable=why).check(today=latest)
    async with acting(deps, snapshot, handoff_id=handoff_id, person_id=person_id, right=Right.EVIDENCE) as act:
        if new.item in BY_RECEIVER and new.shown_by is not None:
            await _require_of_receiver(act, new.shown_by)
        row = await act.session.get(tables.HandoffEvidence, (handoff_id, new.item.value))
        if row is None:
            row = tables.HandoffEvidence(handoff_id=handoff_id, item=new.item.value, noted_by=person_id)
            act.session.add(row)
        says = (new.link[:_LONGEST], new.shown_by, new.day, why)
        if says == (row.link, row.person_id, row.day, row.not_applicable):
            return act.card
        row.link, row.person_id, row.day, row.not_applicable = says
        row.noted_by, row.noted_at = person_id, act.now
        await act.note(
            "evidence",
            item=new.item.value,
            link=row.link,
            person=new.shown_by,
            day=new.day.isoformat() if new.day is not None else None,
            not_applicable=why,
        )
        return await act.redraw()


async def _require_of_receiver(act: HandoffAct, person_id: int) -> None:
    """Raise FieldError for somebody of another team: what they have done shows nothing of the receiver."""
    held = await actors.holders(act.session, [act.row.receiver_team_id])
    if person_id not in actors.people_of(held.teams):
        receiver = escape(act.card.receiver.name, 80)
        raise FieldError("shown_by", f"They are not in {receiver}: choose whoever of {receiver} did it.")
