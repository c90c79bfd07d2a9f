"""What the DevOps team notes on a request without taking a step: its estimate, who works on it, until when it waits.

Each raises ChangedError where others have changed the request since its `version`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import date

from bot.blocks import backlog as blocks
from bot.domain.backlog.new_request import estimate_problems
from bot.domain.backlog.requests import OPEN, RequestCard, in_sentence
from bot.domain.rights import Right
from bot.errors import FormError, UserError
from bot.services import devops_team
from bot.services.backlog._cards import TAKEN_ON, RequestAct, acting, tell_devops
from bot.services.backlog.message_updates import redraw_answered
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot


async def estimate(
    deps: Deps,
    snapshot: Snapshot,
    *,
    request_id: int,
    person_id: int,
    hours: tuple[float, float, float],
    version: int = 0,
) -> RequestCard:
    """Note how many hours of work it takes: if all goes well, most likely, and if much goes wrong.

    Raises FormError, by the names of `estimate_problems`, where they are in the wrong order.
    """
    if wrong := estimate_problems(*hours):
        raise FormError(wrong)
    async with _open(deps, snapshot, request_id, person_id, version, but=TAKEN_ON) as act:
        row, is_from_before = act.row, act.card.estimate is not None and act.card.estimate.is_from_before
        before = row.optimistic_hours, row.likely_hours, row.pessimistic_hours, row.estimated_by
        if before == (*hours, person_id) and not is_from_before:  # the same hours may be those of what is left
            return act.card
        row.optimistic_hours, row.likely_hours, row.pessimistic_hours = hours
        row.estimated_by, row.estimated_at = person_id, act.now
        await act.note("estimate", hours=list(hours))
        await redraw_answered(act)
        return await act.redraw()


async def assign(
    deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, assignee_id: int | None, version: int = 0
) -> RequestCard:
    """Note who works on it, None for nobody, and tell them, and whoever did before.

    Raises UserError for somebody who is not of the DevOps team.
    """
    async with _open(deps, snapshot, request_id, person_id, version) as act:
        if assignee_id is not None and not devops_team.is_member(deps, snapshot, assignee_id):
            raise UserError(f"Choose somebody of {deps.devops.name}.")
        if act.row.assignee_id == assignee_id:
            return act.card
        before = snapshot.person(act.row.assignee_id) if act.row.assignee_id not in (None, person_id) else None
        act.row.assignee_id = assignee_id
        await act.note("assign", to=assignee_id)
        card = await act.redraw()
        by, at = snapshot.person(person_id), int(act.now.timestamp() * 1000)
        if assignee_id not in (None, person_id) and by is not None:
            key = f"backlog.assigned:{request_id}:{at}"
            await tell_devops(act.session, request_id, key=key, message=blocks.assigned(card, by), at=act.now)
        if before is not None and by is not None:
            key, message = f"backlog.unassigned:{request_id}:{at}", blocks.unassigned(card, before, by)
            await tell_devops(act.session, request_id, key=key, message=message, at=act.now)
        return card


async def snooze(
    deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, until: date, today: date, version: int = 0
) -> RequestCard:
    """Put it off until a day, which comes before the one on which it is needed, where that is still ahead."""
    async with _open(deps, snapshot, request_id, person_id, version) as act:
        if until <= today:
            raise UserError("Choose a day after today.")
        if act.card.needed_by is not None and today <= act.card.needed_by <= until:
            raise UserError(f"It is needed by {act.card.needed_by}: choose a day before that.")
        if act.row.snoozed_until == until:
            return act.card
        act.row.snoozed_until = until
        await act.note("snooze", until=until.isoformat())
        await redraw_answered(act)
        return await act.redraw()


@asynccontextmanager
async def _open(
    deps: Deps, snapshot: Snapshot, request_id: int, person_id: int, version: int, *, but: Collection[str] = ()
) -> AsyncIterator[RequestAct]:
    async with acting(deps, snapshot, request_id=request_id, person_id=person_id, right=Right.TRIAGE) as act:
        if act.card.state not in OPEN:
            ended = f"This request is {in_sentence(act.card.state)}, so nothing was changed."
            raise UserError(" ".join(filter(None, (await act.meanwhile(version), ended))))
        await act.require_current(version, but=but)
        yield act
