"""What teams answer when they are asked again: whether a request is still needed, and what a delivery saves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks import backlog as blocks
from bot.domain.backlog.corrections import days
from bot.domain.backlog.demand import DemandPart, OpenQuestion
from bot.domain.backlog.new_request import most_hours
from bot.domain.backlog.requests import OPEN, RequestCard, RequestState
from bot.domain.rights import Right, may
from bot.errors import NotFoundError, UserError
from bot.services import actors
from bot.services.backlog._cards import UNKNOWN, acting, tell_devops
from bot.services.backlog._demands import demands_of, is_said_privately, sign
from bot.services.backlog._duty import wake_if_needed_sooner
from bot.services.backlog.message_updates import redraw_answered
from bot.services.backlog.step_words import keep
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

    Whoever answers for a team that has joined changes what that team has said, and nothing else.
    Raises UserError for a day that is over, and for a request that has ended.
    """
    if until is not None and until <= today:
        raise UserError("That day is over or today: choose a later one.")
    async with acting(
        deps, snapshot, request_id=request_id, person_id=person_id, right=Right.REQUEST, with_parts=True
    ) as act:
        if act.card.state not in OPEN | {RequestState.MERGED}:
            raise UserError(_ENDED)
        is_date = question is OpenQuestion.STILL_NEEDED
        own = await act.holders_of(Right.REQUEST)
        speaks_for_it = may(actors.actor(person_id), Right.REQUEST, own)
        teams = {team.id for team in snapshot.teams_of(person_id)}
        demands = [
            each
            for each in await demands_of(act.session, request_id)
            if (each.team_id == act.row.team_id if speaks_for_it else each.team_id in teams)
            or each.person_id == person_id
        ]
        before = _said(act.row, demands)
        was = next((each.needed_by if is_date else each.blocked_until for each in demands), None)
        for demand in demands:
            sign(demand, [DemandPart.NEEDED_BY if is_date else DemandPart.BLOCKED], person_id, act.now)
            _say(demand, until, is_date=is_date)
        if is_date and speaks_for_it and act.row.needed_by != until:
            # The reason was that of the other day.
            act.row.needed_by, act.row.needed_reason = until, ""
        if _said(act.row, demands) == before:
            return act.card
        said = until.isoformat() if until is not None else None
        entry = await act.note("needed_by" if is_date else "blocked_until", until=said)
        is_unnamed = not speaks_for_it and all(is_said_privately(act.row, each) for each in demands)
        if not is_unnamed:
            keep(act, entry, days(was, until, today))
        await wake_if_needed_sooner(act)
        card = await act.redraw()
        message = blocks.changed_news(card, "" if is_unnamed else snapshot.somebody(person_id).name)
        await tell_devops(
            act.session, request_id, key=f"backlog.changed:{request_id}:{entry}", message=message, at=act.now
        )
        await redraw_answered(act)
        return card


def _say(demand: tables.RequestDemand, until: date | None, *, is_date: bool) -> None:
    part = DemandPart.NEEDED_BY if is_date else DemandPart.BLOCKED
    demand.drafted = " ".join(each for each in demand.drafted.split() if each != part)  # now somebody says it
    if is_date:
        demand.needed_by = until
        demand.miss_hours = demand.miss_hours if until is not None else None
    elif demand.blocked_people:
        demand.blocked_until = until
        demand.blocked_people = demand.blocked_people if until is not None else 0


def _said(row: tables.Request, demands: Sequence[tables.RequestDemand]) -> tuple[object, ...]:
    return row.needed_by, *((each.needed_by, each.blocked_until, each.blocked_people) for each in demands)


async def saves(
    deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, team_id: int, days: int, hours: float
) -> RequestCard:
    """Note how many hours a month a delivery saves a team.

    Raises NotFoundError where that was not asked, and UserError for more hours than the team can be spared.
    """
    team = snapshot.team(team_id)
    size = len(team.member_ids) if team is not None else 0
    if size and hours > (most := most_hours(size)):
        refused = f"A team of {size} cannot be spared more than {most:,.0f} hours a month, half of its working hours."
        raise UserError(refused)
    async with acting(
        deps, snapshot, request_id=request_id, person_id=person_id, right=Right.REQUEST, with_parts=True
    ) as act:
        row = await act.session.get(tables.RequestSaving, (request_id, team_id, days))
        if row is None:
            raise NotFoundError(UNKNOWN)
        if row.hours_a_month == hours:
            return act.card
        row.hours_a_month, row.person_id, row.answered_at = hours, person_id, act.now
        await act.note("saving", team=team_id, days=days, hours=hours)
        await redraw_answered(act)
        return act.card
