"""What teams answer when they are asked again: whether a request is still needed, and what a delivery saves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlmodel import col

from bot.domain.backlog.demand import OpenQuestion
from bot.domain.backlog.requests import OPEN, RequestCard, RequestState
from bot.domain.rights import Right
from bot.errors import NotFoundError, UserError
from bot.services.backlog._cards import UNKNOWN, acting
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

_ENDED = "This request is not open any more, so nothing was changed."


async def needed_until(
    deps: Deps,
    snapshot: Snapshot,
    *,
    request_id: int,
    person_id: int,
    question: OpenQuestion,
    until: date | None,
    today: date,
) -> RequestCard:
    """Note by when it is needed, or until when a team is blocked; None is for no date, or for nobody blocked.

    Raises UserError for a day that is over, and for a request that has ended.
    """
    if until is not None and until <= today:
        raise UserError("That day is over or today: choose a later one.")
    async with acting(deps, snapshot, request_id=request_id, person_id=person_id, right=Right.REQUEST) as act:
        if act.card.state not in OPEN | {RequestState.MERGED}:
            raise UserError(_ENDED)
        is_date = question is OpenQuestion.STILL_NEEDED
        table = tables.RequestDemand
        query = select(table).where(col(table.request_id) == request_id)
        demands = (await act.session.execute(query)).scalars().all()
        before = _said(act.row, demands)
        for demand in demands:
            if is_date:
                demand.needed_by = until
            elif demand.blocked_people:
                demand.blocked_until = until
                demand.blocked_people = demand.blocked_people if until is not None else 0
        if is_date:
            act.row.needed_by = until
        if _said(act.row, demands) == before:
            return act.card
        said = until.isoformat() if until is not None else None
        await act.note("needed_by" if is_date else "blocked_until", until=said)
        return await act.redraw()


def _said(row: tables.Request, demands: Sequence[tables.RequestDemand]) -> tuple[object, ...]:
    return row.needed_by, *((each.needed_by, each.blocked_until, each.blocked_people) for each in demands)


async def saves(
    deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, team_id: int, days: int, hours: float
) -> RequestCard:
    """Note how many hours a month a delivery saves a team. Raises NotFoundError where that was not asked."""
    async with acting(
        deps, snapshot, request_id=request_id, person_id=person_id, right=Right.REQUEST, with_parts=True
    ) as act:
        table = tables.core(tables.RequestSaving)
        statement = update(table).where(
            table.c.request_id == request_id, table.c.team_id == team_id, table.c.day == days
        )
        said = statement.values(hours_a_month=hours, person_id=person_id, answered_at=act.now)
        if not (await act.session.execute(said)).rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
            raise NotFoundError(UNKNOWN)
        await act.note("saving", team=team_id, days=days, hours=hours)
        return act.card
