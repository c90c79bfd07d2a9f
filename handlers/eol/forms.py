"""The forms behind a reminder's buttons, submitted."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from bot.blocks import home as home_blocks
from bot.blocks.eol import actions, answers
from bot.blocks.values import number, parse
from bot.domain.records import TeamRecord
from bot.errors import NotFoundError, UserError
from bot.ports import Ack
from bot.services import people, portfolio, snapshot
from bot.services.context import Context
from bot.services.eol import answers as answering
from bot.services.eol import delegation, not_ours, version_overrides, waivers
from handlers import replies
from handlers.eol.receipts import say
from handlers.interaction import read_metadata
from handlers.payloads import Submission


class _Pinned(NamedTuple):
    """What "Wrong version" is about; `deployment_id` is the one that the form chooses between where it has several."""

    reminder_id: int | None
    deployment_id: int


async def on_plan_submitted(submission: Submission, context: Context) -> Ack:
    """Record the plan."""
    values = submission.values
    on = _day(values.get(actions.PLAN_DAY, ""))
    if on is None:
        return replies.errors({actions.PLAN_DAY: "Choose the day on which it will be done."})
    detail = {
        answers.TARGET: values.get(actions.PLAN_OTHER, "").strip() or values.get(actions.PLAN_TARGET, ""),
        answers.COMPATIBILITY: values.get(actions.PLAN_COMPATIBILITY, ""),
        answers.UPGRADE: values.get(actions.PLAN_UPGRADE, ""),
        answers.ROLLBACK: values.get(actions.PLAN_ROLLBACK, "").strip(),
        answers.DECIDER: values.get(actions.PLAN_DECIDER, ""),
    }
    subject, place = read_metadata(submission.metadata)
    try:
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await answering.plan(
            context.deps, context.watcher, reminder_id=number(subject), person_id=person_id, on=on, detail=detail
        )
    except UserError as error:
        return replies.errors({actions.PLAN_DAY: str(error)})
    return await say(context, place, outcome)


async def on_delegate_submitted(submission: Submission, context: Context) -> Ack:
    """Ask the other team."""
    subject, place = read_metadata(submission.metadata)
    try:
        team = _team(context, submission.values.get(actions.DELEGATE_TEAM, ""))
        if team is None:
            raise UserError("Choose the team that you ask.")
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await delegation.delegate(
            context.deps, context.watcher, reminder_id=number(subject), person_id=person_id, team_id=team.id
        )
    except UserError as error:
        return replies.errors({actions.DELEGATE_TEAM: str(error)})
    return await say(context, place, outcome)


async def on_not_ours_submitted(submission: Submission, context: Context) -> Ack:
    """Put the doubt on record."""
    values = submission.values
    subject, place = read_metadata(submission.metadata)
    asset = values.get(actions.NOT_OURS_ASSET, "")
    try:
        team = _team(context, values.get(actions.NOT_OURS_TEAM, ""))
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await not_ours.not_ours(
            context.deps,
            context.watcher,
            reminder_id=number(subject),
            person_id=person_id,
            reason=values.get(actions.NOT_OURS_REASON, ""),
            asset_ids=[int(asset)] if asset.isdecimal() else [],
            team_id=team.id if team is not None else None,
        )
    except UserError as error:
        return replies.errors({actions.NOT_OURS_TEAM: str(error)})
    await snapshot.refresh(context.snapshot, context.deps.database)
    return await say(context, place, outcome)


async def on_pin_submitted(submission: Submission, context: Context) -> Ack:
    """Let a version count as what it is said to be, and show what that leaves of the reminder."""
    values = submission.values
    subject, place = read_metadata(submission.metadata)
    reminder_id, deployment_id = parse(_Pinned, subject)
    try:
        deployment_id = number(values.get(actions.PIN_WHAT, "") or str(deployment_id))
        one = await version_overrides.running(context.watcher, deployment_id)
        picked, typed = values.get(actions.PIN_CYCLE, ""), values.get(actions.PIN_TYPED, "")
        choice = version_overrides.chosen(context.watcher.facts.table, one, picked=picked, typed=typed)
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await version_overrides.pin(
            context.deps, context.watcher, deployment_id=deployment_id, person_id=person_id, choice=choice
        )
    except UserError as error:
        return replies.errors({actions.PIN_TYPED: str(error)})
    await snapshot.refresh(context.snapshot, context.deps.database)
    if reminder_id is not None:
        await version_overrides.redraw(context.deps, context.watcher, reminder_id=reminder_id)
    return await say(context, place, outcome)


async def on_waive_submitted(submission: Submission, context: Context) -> Ack:
    """Ask the others of the team to leave it."""
    values = submission.values
    subject, place = read_metadata(submission.metadata)
    reason, until = values.get(actions.WAIVE_REASON, "").strip(), _day(values.get(actions.WAIVE_DAY, ""))
    if not reason:
        return replies.errors({actions.WAIVE_REASON: "Say why it may stay as it is: whoever approves has to know."})
    if until is None:
        return replies.errors({actions.WAIVE_DAY: "Choose the day until which it may stay."})
    try:
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await waivers.waive(
            context.deps,
            context.watcher,
            reminder_id=number(subject),
            person_id=person_id,
            until=until,
            reason=reason,
        )
    except UserError as error:
        return replies.errors({actions.WAIVE_DAY: str(error)})
    return await say(context, place, outcome)


async def on_done_submitted(submission: Submission, context: Context) -> Ack:
    """Note that it is said to be done; what is wrong is said in the form's place, for it has no field to say it at."""
    subject, place = read_metadata(submission.metadata)
    try:
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await answering.done(context.deps, context.watcher, reminder_id=number(subject), person_id=person_id)
    except UserError as error:
        return replies.view(home_blocks.notice(str(error)))
    return await say(context, place, outcome)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _team(context: Context, value: str) -> TeamRecord | None:
    """Return the team that was chosen or typed; None for neither. Raises NotFoundError with the nearest names."""
    said = value.strip()
    if not said:
        return None
    team = context.snapshot.team(int(said)) if said.isdecimal() else None
    team = team or context.snapshot.team_by_name(said.removeprefix("@"))
    if team is not None and not team.is_gone:
        return team
    nearest = [each.name for each in portfolio.nearest_teams(context.snapshot, said)][:3]
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    raise NotFoundError(f"The catalog has no team of that name.{hint}")
