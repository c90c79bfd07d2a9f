"""The buttons of what Baton asks by itself: a new date for a request, and what a delivery saves."""

from __future__ import annotations

from datetime import date

from bot.blocks import backlog as blocks
from bot.blocks.backlog import step_forms
from bot.blocks.backlog.actions import NeedValue, SavingValue
from bot.blocks.text import Block
from bot.blocks.values import UNKNOWN, parse
from bot.domain.backlog.demand import OpenQuestion
from bot.domain.backlog.follow_ups import FollowUpKind
from bot.domain.backlog.requests import Step
from bot.domain.rights import Right
from bot.errors import NotFoundError
from bot.services.backlog import answers
from bot.services.context import Context
from handlers.backlog.steps import card_to, done
from handlers.backlog.submissions import today_of
from handlers.interaction import Place, open_form, person_of, place_of, read_metadata
from handlers.payloads import Action, Submission

_QUESTIONS = {
    FollowUpKind.DATE.value: OpenQuestion.STILL_NEEDED,
    FollowUpKind.BLOCK.value: OpenQuestion.STILL_BLOCKED,
}


async def on_need(action: Action, context: Context) -> None:
    """Open the form for a new date."""
    await open_form(context, action, _need_form(context, action, parse(NeedValue, action.value)))


async def on_no_date(action: Action, context: Context) -> None:
    """Take the date back, or the block."""
    value = parse(NeedValue, action.value)
    await _needed(context, action.user_id, place_of(action), value, None)


async def on_need_submitted(submission: Submission, context: Context) -> None:
    """Note the new date."""
    subject, place = read_metadata(submission.metadata)
    until = step_forms.NEED.read(submission.values).get(step_forms.NEED_DAY)
    with step_forms.NEED.refusing():
        await _needed(context, submission.user_id, place, parse(NeedValue, subject), until)


async def on_saving(action: Action, context: Context) -> None:
    """Open the form that asks what a delivery saves."""
    await open_form(context, action, _saving_form(context, action, parse(SavingValue, action.value)))


async def on_saving_submitted(submission: Submission, context: Context) -> None:
    """Note what a delivery saves."""
    subject, place = read_metadata(submission.metadata)
    value, said = parse(SavingValue, subject), step_forms.SAVING.read(submission.values)
    person_id = await person_of(context, submission.user_id)
    with step_forms.SAVING.refusing():
        card = await answers.saves(
            context.deps,
            context.snapshot,
            request_id=value.request_id,
            person_id=person_id,
            team_id=value.team_id,
            days=value.days,
            hours=said[step_forms.SAVED],
        )
    await done(context, place, card, person_id, said=blocks.saved(card, said[step_forms.SAVED]))


async def _needed(context: Context, user_id: str, place: Place, value: NeedValue, until: date | None) -> None:
    person_id = await person_of(context, user_id)
    card = await answers.needed_until(
        context.deps,
        context.snapshot,
        request_id=value.request_id,
        person_id=person_id,
        question=_question(value),
        until=until,
        today=today_of(context, user_id),
    )
    await done(context, place, card, person_id)


def _question(value: NeedValue) -> OpenQuestion:
    if value.kind not in _QUESTIONS:
        raise NotFoundError(UNKNOWN)
    return _QUESTIONS[value.kind]


async def _need_form(context: Context, action: Action, value: NeedValue) -> Block:
    question = _question(value)
    card = await card_to(context, action, value.request_id, Right.REQUEST, None, with_parts=True)
    return blocks.need_view(card, question, place_of(action).metadata(*value))


async def _saving_form(context: Context, action: Action, value: SavingValue) -> Block:
    card = await card_to(context, action, value.request_id, Right.REQUEST, Step.CONFIRM, with_parts=True)
    return blocks.saving_view(card, place_of(action).metadata(*value))
