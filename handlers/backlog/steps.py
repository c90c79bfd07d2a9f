"""The buttons of a request's card and of the DevOps team's message, and the forms behind them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bot.blocks import backlog as blocks
from bot.blocks.backlog import actions, forms
from bot.blocks.backlog.actions import MoreValue
from bot.blocks.text import Block, Rendered
from bot.blocks.values import UNKNOWN, number, parse
from bot.domain.backlog.requests import TRANSITIONS, RequestCard, Step
from bot.domain.rights import Right
from bot.errors import FormError, NotFoundError
from bot.ports import Ack
from bot.services import devops_team
from bot.services.backlog import lists, merges, plans, steps
from bot.services.context import Context
from handlers import replies
from handlers.backlog import tracker_jobs
from handlers.backlog.submissions import chosen_person, person_of, today_of
from handlers.interaction import Place, open_form, place_of, read_metadata, show
from handlers.payloads import Action, Submission

#: Buttons that take a step at once, and those that open its form.
AT_ONCE: Mapping[str, Step] = MappingProxyType(
    {actions.ACCEPT: Step.ACCEPT, actions.START: Step.START, actions.CONFIRM: Step.CONFIRM}
)
BY_FORM: Mapping[str, Step] = MappingProxyType(
    {
        actions.DELIVER: Step.DELIVER,
        actions.ASK: Step.ASK,
        actions.REPLY: Step.REPLY,
        actions.WITHDRAW: Step.WITHDRAW,
        actions.NOT_YET: Step.NOT_YET,
        actions.REOPEN: Step.REOPEN,
    }
)
_ESTIMATE_FIELDS = {"likely": forms.LIKELY, "pessimistic": forms.PESSIMISTIC}


class _StepSubject(NamedTuple):
    """What the form of a step is about."""

    request_id: int
    step: Step


async def on_step(action: Action, context: Context) -> Ack:
    """Take a step that needs no words."""
    return await _take(context, action.user_id, place_of(action), number(action.value), AT_ONCE[action.action_id])


async def on_step_form(action: Action, context: Context) -> Ack:
    """Open the form of a step that takes words."""
    await open_form(context, action, _step_form(context, action, number(action.value), BY_FORM[action.action_id]))
    return replies.nothing()


async def on_estimate(action: Action, context: Context) -> Ack:
    """Open the form of an estimate."""
    await open_form(context, action, _plan_form(context, action, actions.ESTIMATE, number(action.value)))
    return replies.nothing()


async def on_more(action: Action, context: Context) -> Ack:
    """Do what was chosen under "More"."""
    word, request_id = parse(MoreValue, action.value)
    if word in (actions.UNMERGE, actions.DISMISS):
        return await _take(context, action.user_id, place_of(action), request_id, Step(word))
    if word in (actions.ANSWER, actions.DECLINE):
        await open_form(context, action, _step_form(context, action, request_id, Step(word)))
    else:
        await open_form(context, action, _plan_form(context, action, word, request_id))
    return replies.nothing()


async def on_follow(action: Action, context: Context) -> Ack:
    """Let somebody hear what becomes of a request, or no longer."""
    is_on = action.action_id == actions.FOLLOW
    person_id = await person_of(context, action.user_id)
    card = await lists.follow(
        context.deps, context.snapshot, request_id=number(action.value), person_id=person_id, is_on=is_on
    )
    said = blocks.following(card, is_on=is_on)
    await show(context, place_of(action), said.text, message=said)
    return replies.nothing()


async def on_step_submitted(submission: Submission, context: Context) -> Ack:
    """Take the step with the words that it needs."""
    subject, place = read_metadata(submission.metadata)
    request_id, step = parse(_StepSubject, subject)
    form = forms.STEP_FORMS.get(step)
    if form is None:
        raise NotFoundError(UNKNOWN)
    said = form.read(submission.values)
    words = said.text(form.fields[0])
    with form.refusing():
        return await _take(
            context, submission.user_id, place, request_id, step, words=words, link=said.text(forms.LINK)
        )


async def on_merge_submitted(submission: Submission, context: Context) -> Ack:
    """Make a request part of another."""
    subject, place = read_metadata(submission.metadata)
    said = forms.MERGE.read(submission.values)
    with forms.MERGE.refusing():
        into_id = number(said[forms.INTO].removeprefix("#"))
        person_id = await person_of(context, submission.user_id)
        taken = await merges.merge(
            context.deps, context.snapshot, request_id=number(subject), into_id=into_id, person_id=person_id
        )
    return await done(context, place, taken.card, person_id, is_new=taken.is_new)


async def on_snooze_submitted(submission: Submission, context: Context) -> Ack:
    """Put a request off."""
    subject, place = read_metadata(submission.metadata)
    said = forms.SNOOZE.read(submission.values)
    with forms.SNOOZE.refusing():
        person_id = await person_of(context, submission.user_id)
        card = await plans.snooze(
            context.deps,
            context.snapshot,
            request_id=number(subject),
            person_id=person_id,
            until=said[forms.DAY],
            today=today_of(context, submission.user_id),
        )
    return await done(context, place, card, person_id)


async def on_assign_submitted(submission: Submission, context: Context) -> Ack:
    """Note who works on a request."""
    subject, place = read_metadata(submission.metadata)
    chosen = forms.ASSIGN.read(submission.values).text(forms.ASSIGNEE)
    if not chosen:
        raise FormError({forms.ASSIGNEE.block_id: "Choose somebody."})
    with forms.ASSIGN.refusing():
        person_id = await person_of(context, submission.user_id)
        assignee_id = await chosen_person(context, forms.ASSIGNEE, chosen)
        card = await plans.assign(
            context.deps, context.snapshot, request_id=number(subject), person_id=person_id, assignee_id=assignee_id
        )
    return await done(context, place, card, person_id)


async def on_estimate_submitted(submission: Submission, context: Context) -> Ack:
    """Note how many hours a request takes."""
    subject, place = read_metadata(submission.metadata)
    said = forms.ESTIMATE.read(submission.values)
    hours = said[forms.OPTIMISTIC], said[forms.LIKELY], said[forms.PESSIMISTIC]
    person_id = await person_of(context, submission.user_id)
    try:
        card = await plans.estimate(
            context.deps, context.snapshot, request_id=number(subject), person_id=person_id, hours=hours
        )
    except FormError as error:
        wrong = {_ESTIMATE_FIELDS[name].block_id: sentence for name, sentence in error.by_field.items()}
        raise FormError(wrong) from None
    return await done(context, place, card, person_id)


async def _take(
    context: Context, user_id: str, place: Place, request_id: int, step: Step, *, words: str = "", link: str = ""
) -> Ack:
    person_id = await person_of(context, user_id)
    taken = await steps.take(
        context.deps,
        context.snapshot,
        request_id=request_id,
        person_id=person_id,
        step=step,
        words=words,
        link=link,
    )
    return await done(context, place, taken.card, person_id, is_new=taken.is_new)


async def done(context: Context, place: Place, card: RequestCard, person_id: int, *, is_new: bool = True) -> Ack:
    """Acknowledge, and say how the request stands; a card that only its reader sees is drawn afresh."""
    context.drainer.wake()
    tracker_jobs.wake(context)
    message = shown(context, card, person_id)
    await show(context, place, blocks.receipt(card, is_new=is_new).text, message=message)
    return replies.nothing()


def shown(context: Context, card: RequestCard, person_id: int | None) -> Rendered:
    """Return a request as somebody sees it who asks for it: the DevOps team with what it can do."""
    is_devops = person_id is not None and devops_team.is_member(context.deps, context.snapshot, person_id)
    return blocks.triage(card) if is_devops else blocks.card(card)


async def _step_form(context: Context, action: Action, request_id: int, step: Step) -> Block:
    card = await card_to(context, action, request_id, TRANSITIONS[step].right, step)
    return blocks.step_view(card, step, place_of(action).metadata(request_id, step.value))


async def _plan_form(context: Context, action: Action, word: str, request_id: int) -> Block:
    step = Step.MERGE if word == actions.MERGE else None
    card = await card_to(context, action, request_id, Right.TRIAGE, step)
    metadata = place_of(action).metadata(request_id)
    match word:
        case actions.MERGE:
            person = context.snapshot.person_by_slack_id(action.user_id)
            person_id = person.id if person is not None else None
            found = await lists.open_requests(context.deps, context.snapshot, person_id)
            return blocks.merge_view(card, [each for each in found if each.id != request_id], metadata)
        case actions.SNOOZE:
            return blocks.snooze_view(card, metadata)
        case actions.ASSIGN:
            return blocks.assign_view(card, metadata)
        case actions.ESTIMATE:
            return blocks.estimate_view(card, metadata)
        case _:
            raise NotFoundError(UNKNOWN)


async def card_to(context: Context, action: Action, request_id: int, right: Right, step: Step | None) -> RequestCard:
    """Return a request to somebody who may do this to it: the form opens for nobody else."""
    person = context.snapshot.person_by_slack_id(action.user_id)
    person_id = person.id if person is not None else await person_of(context, action.user_id)
    return await lists.to_step(
        context.deps, context.snapshot, request_id=request_id, person_id=person_id, right=right, step=step
    )
