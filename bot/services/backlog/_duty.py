"""Who of the DevOps team is called: whoever waits for an answer, or else whoever has duty."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.domain.backlog.requests import Step
from bot.domain.recipients import Recipient
from bot.services import devops_team, routing
from bot.services.backlog._cards import RequestAct
from bot.services.backlog._loaded import loaded
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store import tables

_TIMES = WorkingTimes()
#: What the requesting team answers, and the step that it answers: whoever took that one waits for it.
_ANSWERED = {Step.REPLY: Step.ASK, Step.NOT_YET: Step.DELIVER}


async def answer_by(deps: Deps, snapshot: Snapshot, devops: Recipient) -> datetime:
    """Return by when the DevOps team answers for the first time what is opened now."""
    now = deps.clock.now()
    work = await _TIMES.of(routing.zone_name_of(deps, snapshot, devops), now)
    return work.later(now, timedelta(hours=deps.devops.first_response_hours))


async def ask_anew(act: RequestAct, row: tables.Request) -> None:
    """Let the DevOps team's time for a first answer begin anew."""
    team = devops_team.find(act.deps, act.snapshot)
    row.responded_at, row.reminded_on, row.waited_seconds = None, None, 0
    row.answer_by = await answer_by(act.deps, act.snapshot, Recipient(team)) if team is not None else None


async def wake_if_needed_sooner(act: RequestAct) -> None:
    """End the snooze of the request, or of what it is part of, where somebody has just said to need it before."""
    await act.session.flush()
    for row in act.rows.values():
        if row.snoozed_until is None:
            continue
        card = await loaded(act.session, act.snapshot, row, now=act.now)
        if not card.is_open or card.needed_by is None or not act.now.date() <= card.needed_by <= row.snoozed_until:
            continue
        row.snoozed_until = None
        if row.responded_at is None:
            await ask_anew(act, row)
        await act.note_of(row.id, "wake")


async def called(act: RequestAct, step: Step) -> str:
    """Return the Slack id of whoever of the DevOps team is called by a step of the requesting team; empty for nobody.

    A withdrawal concerns only whoever works on the request.
    """
    asked_by = await _last(act, _ANSWERED[step]) if step in _ANSWERED else None
    for person_id in (asked_by, act.row.assignee_id):
        if (
            person_id is None
            or person_id == act.person_id
            or not devops_team.is_member(act.deps, act.snapshot, person_id)
        ):
            continue
        if slack_id := routing.slack_id_of(act.snapshot.person(person_id)):
            return slack_id
    return "" if step is Step.WITHDRAW else devops_team.on_duty(act.deps, act.snapshot)


async def _last(act: RequestAct, step: Step) -> int | None:
    """Return who took a step with this request last; None for nobody, or a tracker."""
    entry = tables.AuditEntry
    here = (col(entry.subject) == f"{act.subject}:{act.subject_id}") & (
        col(entry.action) == f"{act.prefix}.{step.value}"
    )
    query = select(col(entry.actor)).where(here).order_by(col(entry.id).desc()).limit(1)
    kind, _, number = ((await act.session.execute(query)).scalar_one_or_none() or "").partition(":")
    return int(number) if kind == "person" else None
