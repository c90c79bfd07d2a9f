"""The forms behind a reminder's buttons, submitted."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from bot.blocks.contested import opened_with, with_contested
from bot.blocks.eol import forms
from bot.blocks.values import number, parse
from bot.domain.concurrent_edits import merged
from bot.domain.eol import plans
from bot.ports import Ack
from bot.services import people, portfolio, snapshot
from bot.services.context import Context
from bot.services.eol import answers as answering
from bot.services.eol import delegation, not_ours, version_overrides, waivers
from handlers import replies
from handlers.backlog.intake import reminder_form
from handlers.eol.receipts import answer, say
from handlers.interaction import name_of, person_of, read_metadata
from handlers.payloads import Submission


class _Pinned(NamedTuple):
    """What "Wrong version" is about; `deployment_id` is the one that the form chooses between where it has several."""

    reminder_id: int | None
    deployment_id: int


async def on_plan_submitted(submission: Submission, context: Context) -> Ack | None:
    """Record the plan; where help is needed, the form of a request takes its place.

    What was left as it was when the form was opened stays as others have planned it since. Where both have said
    something else, the form is shown once more, with what stands there by now beside its fields.
    """
    subject, place = read_metadata(submission.metadata)
    reminder_id = number(subject)
    person_id = await person_of(context, submission.user_id)
    with forms.PLAN.refusing():
        card = await answering.look_up(context.deps, context.watcher, reminder_id=reminder_id, person_id=person_id)
    opened, stands = opened_with(submission.blocks), opened_with(forms.plan_view(card, "")["blocks"])
    edit = merged(opened, submission.values, stands)
    if edit.contested:
        contested = {name: (there, edit.values[name]) for name, there in edit.contested.items()}
        shown = with_contested(submission.blocks, contested, partial(name_of, context))
        return replies.view(forms.PLAN.of_blocks(submission.metadata, shown))
    said = forms.PLAN.read(edit.values, submission.choices)
    detail = {key: said.text(asked) for key, asked in forms.PLAN_DETAIL.items()}
    compatible_by = said.get(forms.PLAN_COMPATIBLE_BY)
    detail[plans.TARGET] = said.text(forms.PLAN_OTHER) or said.text(forms.PLAN_TARGET)
    detail[plans.COMPATIBLE_BY] = compatible_by.isoformat() if compatible_by is not None else ""
    with forms.PLAN.refusing():
        await answer(
            context,
            submission.user_id,
            place,
            answering.plan,
            reminder_id=reminder_id,
            on=said[forms.PLAN_DAY],
            detail=detail,
        )
    if not said[forms.PLAN_HELP]:
        return None
    return replies.view(await reminder_form(context, submission.user_id, reminder_id, by=said[forms.PLAN_DAY]))


async def on_delegate_submitted(submission: Submission, context: Context) -> None:
    """Ask the other team."""
    subject, place = read_metadata(submission.metadata)
    said = forms.DELEGATE.read(submission.values)
    with forms.DELEGATE.refusing():
        team = portfolio.team_called(context.snapshot, said[forms.DELEGATE_TEAM])
        await answer(
            context,
            submission.user_id,
            place,
            delegation.delegate,
            reminder_id=number(subject),
            team_id=team.id,
            reason=said.text(forms.DELEGATE_REASON),
        )


async def on_not_ours_submitted(submission: Submission, context: Context) -> None:
    """Put the doubt on record."""
    subject, place = read_metadata(submission.metadata)
    said = forms.NOT_OURS.read(submission.values)
    asset, name = said.text(forms.NOT_OURS_ASSET), said.text(forms.NOT_OURS_TEAM)
    with forms.NOT_OURS.refusing():
        team_id = portfolio.team_called(context.snapshot, name).id if name else None
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await not_ours.not_ours(
            context.deps,
            context.watcher,
            reminder_id=number(subject),
            person_id=person_id,
            reason=said.text(forms.NOT_OURS_REASON),
            asset_ids=[] if asset in ("", forms.ALL_ASSETS) else [number(asset)],
            team_id=team_id,
        )
    await snapshot.refresh(context.snapshot, context.deps.database)
    await say(context, place, outcome)


async def on_pin_submitted(submission: Submission, context: Context) -> None:
    """Let a version count as what it is said to be, and show what that leaves of the reminder."""
    subject, place = read_metadata(submission.metadata)
    said = forms.PIN.read(submission.values)
    reminder_id, deployment_id = parse(_Pinned, subject)
    with forms.PIN.refusing():
        if which := said.text(forms.PIN_WHAT):
            deployment_id = number(which)
        one = await version_overrides.running(context.watcher, deployment_id)
        choice = version_overrides.chosen(
            context.watcher.facts.table, one, picked=said.text(forms.PIN_CYCLE), typed=said.text(forms.PIN_TYPED)
        )
        person_id = await people.identify(context.deps, context.slack, submission.user_id)
        outcome = await version_overrides.pin(
            context.deps, context.watcher, deployment_id=deployment_id, person_id=person_id, choice=choice
        )
    await snapshot.refresh(context.snapshot, context.deps.database)
    if reminder_id is not None:
        await version_overrides.redraw(context.deps, context.watcher, reminder_id=reminder_id)
    await say(context, place, outcome)


async def on_waive_submitted(submission: Submission, context: Context) -> None:
    """Ask the others of the team to leave it."""
    subject, place = read_metadata(submission.metadata)
    said = forms.WAIVE.read(submission.values)
    with forms.WAIVE.refusing():
        await answer(
            context,
            submission.user_id,
            place,
            waivers.waive,
            reminder_id=number(subject),
            until=said[forms.WAIVE_DAY],
            reason=said[forms.WAIVE_REASON],
        )


async def on_done_submitted(submission: Submission, context: Context) -> None:
    """Note that it is said to be done."""
    subject, place = read_metadata(submission.metadata)
    await answer(context, submission.user_id, place, answering.done, reminder_id=number(subject))
