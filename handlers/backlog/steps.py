"""The buttons of a request's card and of the DevOps team's message, and the forms behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial, wraps
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from bot.blocks import backlog as blocks
from bot.blocks.backlog import actions, step_forms
from bot.blocks.backlog.actions import MoreValue
from bot.blocks.contested import opened_with
from bot.blocks.forms import Field, Form
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Block, Rendered
from bot.blocks.values import UNKNOWN, number, parse
from bot.domain.backlog.alternatives import likeliest_first
from bot.domain.backlog.merges import may_take_in
from bot.domain.backlog.open_items import NOTHING_IS_THERE
from bot.domain.backlog.requests import AT_DELIVERY, TRANSITIONS, RequestCard, Step
from bot.domain.rights import Right
from bot.errors import ChangedError, FormError, NotFoundError, UserError
from bot.ports import Ack
from bot.services import devops_team
from bot.services.backlog import lists, merges, plans, rest_costs, steps, typed_answers
from bot.services.context import Context
from handlers import attestation, replies
from handlers.backlog import jobs
from handlers.backlog.submissions import chosen_person, today_of
from handlers.interaction import Place, name_of, open_form, person_of, place_of, read_metadata, show
from handlers.payloads import Action, Submission

Listener: TypeAlias = Callable[[Submission, Context], Awaitable[Ack | None]]
#: Slack's most for the choices of a menu.
_MOST_CHOICES = 100
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
_ESTIMATE_FIELDS = {"likely": step_forms.LIKELY, "pessimistic": step_forms.PESSIMISTIC}


class _StepSubject(NamedTuple):
    """What the form of a step is about."""

    request_id: int
    step: Step
    version: int = 0


class PlanSubject(NamedTuple):
    """What the other forms are about."""

    request_id: int
    version: int = 0


def told(listener: Listener, form_of: Callable[[Submission], Form]) -> Listener:
    """Return what answers a form, and shows it once more where others have changed meanwhile what it is about."""

    @wraps(listener)
    async def listen(submission: Submission, context: Context) -> Ack | None:
        try:
            return await listener(submission, context)
        except ChangedError as error:
            subject, place = read_metadata(submission.metadata)
            metadata = place.metadata(*subject.split("|")[:-1], error.version)
            form = form_of(submission)
            shown, contested = error.shown, error.contested
            named = partial(name_of, context)
            return replies.view(blocks.changed_view(form, submission.blocks, metadata, shown, contested, named))

    return listen


async def on_step(action: Action, context: Context) -> None:
    """Take a step that needs no words."""
    step = AT_ONCE[action.action_id]
    request_id = await _subject(context, action, number(action.value), step)
    await _take(context, action.user_id, place_of(action), request_id, step)


async def on_step_form(action: Action, context: Context) -> None:
    """Open the form of a step that takes words."""
    await open_form(context, action, _step_form(context, action, number(action.value), BY_FORM[action.action_id]))


async def _subject(context: Context, action: Action, request_id: int, step: Step) -> int:
    """Return the request that a step is about: of what is asked at a delivery, that of whoever answers."""
    if step not in AT_DELIVERY:
        return request_id
    person = context.snapshot.person_by_slack_id(action.user_id)
    return await lists.answered(context.deps, context.snapshot, request_id, person.id if person is not None else None)


async def on_estimate(action: Action, context: Context) -> None:
    """Open the form of an estimate."""
    await open_form(context, action, _plan_form(context, action, actions.ESTIMATE, number(action.value)))


async def on_more(action: Action, context: Context) -> None:
    """Do what was chosen under "More"."""
    word, request_id = parse(MoreValue, action.value)
    if word in (actions.UNMERGE, actions.RESUME):
        await _take(context, action.user_id, place_of(action), request_id, Step(word))
        return
    if word in (actions.ANSWER, actions.DECLINE, actions.DISMISS):
        await open_form(context, action, _step_form(context, action, request_id, Step(word)))
    else:
        await open_form(context, action, _plan_form(context, action, word, request_id))


async def on_follow(action: Action, context: Context) -> None:
    """Let somebody hear what becomes of a request, or no longer."""
    is_on = action.action_id == actions.FOLLOW
    person_id = await person_of(context, action.user_id)
    card = await lists.follow(
        context.deps, context.snapshot, request_id=number(action.value), person_id=person_id, is_on=is_on
    )
    said = blocks.following(card, is_on=is_on)
    await show(context, place_of(action), said, message=said)


async def on_step_submitted(submission: Submission, context: Context) -> None:
    """Take the step with the words that it needs."""
    subject, place = read_metadata(submission.metadata)
    request_id, step, version = parse(_StepSubject, subject)
    form = _step_form_of(submission)
    said = form.read(submission.values)
    words = said.text(step_forms.said_in(form))
    link = said.text(step_forms.LINK)
    left, there = (_ticked(form, each, submission) for each in (step_forms.LEFT, step_forms.THERE))
    with form.refusing():
        await _require_same_items(context, submission, request_id, step)
        if step is Step.DELIVER and not (words or link):  # a tracker delivers without words, a person does not
            raise UserError("Say what was delivered, or give the link to it: whoever asked reads it.")
        opened = opened_with(submission.blocks)
        # What was left as it was shown stays as others have it by now.
        changed = {each for each, value in submission.values.items() if value != opened.get(each, "")}
        rest = {name: said.get(field) for name, field in step_forms.REST.items() if field.block_id in changed}
        given = {"words": words, "link": link, "version": version, "left": left, "there": there, "rest": rest}
        today = today_of(context, submission.user_id)
        try:
            await _take(context, submission.user_id, place, request_id, step, today=today, **given)
        except FormError as error:
            wrong = {step_forms.REST[name].block_id: why for name, why in error.by_field.items()}
            raise FormError(wrong) from None


async def _require_same_items(context: Context, submission: Submission, request_id: int, step: Step) -> None:
    """Raise UserError where the boxes of a form are not those of the request's items any more: a tick says another."""
    form = step_forms.STEP_FORMS[step]
    if not {step_forms.LEFT, step_forms.THERE}.intersection(form.fields):
        return
    person = context.snapshot.person_by_slack_id(submission.user_id)
    person_id = person.id if person is not None else None
    card = await lists.one(context.deps, context.snapshot, request_id, person_id)
    is_own = lists.as_seen_by(context.snapshot, card, person_id) is card
    now = blocks.step_view(card, step, "", is_own=is_own)
    if step_forms.boxes_in(submission.blocks) != step_forms.boxes_in(now["blocks"]):
        raise UserError("Meanwhile its items have changed, so nothing was saved: copy your words, and open this again.")


def _ticked(form: Form, boxes: Field[tuple[str, ...]], submission: Submission) -> tuple[int, ...]:
    """Return the places of the items whose boxes are ticked; none where nobody was asked.

    Raises FormError where a delivery has none of them.
    """
    if boxes not in form.fields or boxes.block_id not in submission.values:
        return ()
    ticked = tuple(map(number, submission.choices.get(boxes.block_id, ())))
    if boxes is step_forms.THERE and not ticked:
        raise FormError({boxes.block_id: NOTHING_IS_THERE})
    return ticked


def _step_form_of(submission: Submission) -> Form:
    form = step_forms.STEP_FORMS.get(parse(_StepSubject, read_metadata(submission.metadata)[0]).step)
    if form is None:
        raise NotFoundError(UNKNOWN)
    return form


async def on_merge_submitted(submission: Submission, context: Context) -> None:
    """Make a request part of another."""
    into = step_forms.MERGE.read(submission.values)[step_forms.INTO]
    with step_forms.MERGE.refusing():
        its = await _its(submission, context)
        taken = await merges.merge(context.deps, context.snapshot, **its, into_id=number(into.removeprefix("#")))
    said = blocks.receipt(taken.card, Step.MERGE, is_new=taken.is_new, reach=taken.reach)
    await _noted(submission, context, taken.card, said=said)


async def on_snooze_submitted(submission: Submission, context: Context) -> None:
    """Put a request off."""
    until, today = step_forms.SNOOZE.read(submission.values)[step_forms.DAY], today_of(context, submission.user_id)
    with step_forms.SNOOZE.refusing():
        its = await _its(submission, context)
        card = await plans.snooze(context.deps, context.snapshot, **its, until=until, today=today)
    await _noted(submission, context, card)


async def on_assign_submitted(submission: Submission, context: Context) -> None:
    """Note who works on a request."""
    chosen = step_forms.ASSIGN.read(submission.values).text(step_forms.ASSIGNEE)
    with step_forms.ASSIGN.refusing():
        its = await _its(submission, context)
        assignee_id = await chosen_person(context, step_forms.ASSIGNEE, chosen) if chosen else None
        card = await plans.assign(context.deps, context.snapshot, **its, assignee_id=assignee_id)
    await _noted(submission, context, card)


async def on_estimate_submitted(submission: Submission, context: Context) -> None:
    """Note how many hours a request takes."""
    said = step_forms.ESTIMATE.read(submission.values)
    hours = said[step_forms.OPTIMISTIC], said[step_forms.LIKELY], said[step_forms.PESSIMISTIC]
    its = await _its(submission, context)
    try:
        card = await plans.estimate(context.deps, context.snapshot, **its, hours=hours)
    except FormError as error:
        wrong = {_ESTIMATE_FIELDS[name].block_id: sentence for name, sentence in error.by_field.items()}
        raise FormError(wrong) from None
    await _noted(submission, context, card, said=blocks.estimated(card))


async def _its(submission: Submission, context: Context) -> dict[str, int]:
    """Return what a form is about, and who sends it, as the use cases take them."""
    subject = parse(PlanSubject, read_metadata(submission.metadata)[0])
    return {**subject._asdict(), "person_id": await person_of(context, submission.user_id)}


async def _noted(submission: Submission, context: Context, card: RequestCard, **said: Any) -> None:
    place = read_metadata(submission.metadata)[1]
    await done(context, place, card, await person_of(context, submission.user_id), **said)


async def _take(context: Context, user_id: str, place: Place, request_id: int, step: Step, **given: Any) -> None:
    person_id = await person_of(context, user_id)
    taken = await steps.take(
        context.deps, context.snapshot, request_id=request_id, person_id=person_id, step=step, **given
    )
    card = taken.card
    if step is Step.CONFIRM and taken.is_new and card.team is not None and card.asset_id is not None:
        attestation.used(context, user_id, team_id=card.team.id, asset_ids=[card.asset_id])
    said = blocks.left(card, taken.left, OpenValue(asset_id=card.asset_id)) if taken.left else None
    said = said or blocks.receipt(
        card,
        taken.step or step,
        is_new=taken.is_new,
        is_for_theirs=taken.is_for_theirs,
        is_told=taken.is_told,
        reach=taken.reach,
    )
    await done(context, place, card, person_id, said=said)


async def done(
    context: Context,
    place: Place,
    card: RequestCard,
    person_id: int,
    *,
    said: Rendered | None = None,
) -> None:
    """Acknowledge, and say what was done. A card that only its reader sees is drawn afresh."""
    context.drainer.wake()
    jobs.wake(context)
    jobs.react(context)
    jobs.redraw(context, (card.whole or card).id)
    message = shown(context, card, person_id)
    await show(context, place, said or blocks.receipt(card), message=message)


def shown(context: Context, card: RequestCard, person_id: int | None) -> Rendered:
    """Return a request as somebody sees it who asks for it: with what they can do."""
    if person_id is not None and devops_team.is_member(context.deps, context.snapshot, person_id):
        return blocks.triage(card)
    seen = lists.as_seen_by(context.snapshot, card, person_id)
    return blocks.card(seen, is_own=seen is card)


async def _step_form(context: Context, action: Action, request_id: int, step: Step) -> Block:
    request_id = await _subject(context, action, request_id, step)
    card = await card_to(context, action, request_id, TRANSITIONS[step].right, step)
    typed = ""
    if step in (Step.REPLY, Step.NOT_YET):
        typed = await typed_answers.typed(
            context.deps,
            context.snapshot,
            context.slack,
            context.members,
            request_id=request_id,
            slack_id=action.user_id,
        )
    metadata = place_of(action).metadata(request_id, step.value, card.version)
    person = context.snapshot.person_by_slack_id(action.user_id)
    is_own = lists.as_seen_by(context.snapshot, card, person.id if person is not None else None) is card
    rest = await rest_costs.of_request(context.deps, request_id) if step is Step.NOT_YET and is_own else {}
    return blocks.step_view(card, step, metadata, typed=typed, is_own=is_own, rest=rest)


async def _plan_form(context: Context, action: Action, word: str, request_id: int) -> Block:
    step = Step.MERGE if word == actions.MERGE else None
    card = await card_to(context, action, request_id, Right.TRIAGE, step)
    metadata = place_of(action).metadata(request_id, card.version)
    match word:
        case actions.MERGE:
            person = context.snapshot.person_by_slack_id(action.user_id)
            person_id = person.id if person is not None else None
            found = await context.backlog.oldest(person_id, _MOST_CHOICES)
            # Of more than a menu takes, the number is typed: none of them is beyond reach.
            first = found.first if found.total <= _MOST_CHOICES else ()
            its = next((each for each in first if each.id == request_id), card)  # with the ids of its technologies
            others = likeliest_first(its, (each for each in first if each.id != request_id and may_take_in(each, card)))
            return blocks.merge_view(card, others, metadata)
        case actions.SNOOZE:
            return blocks.snooze_view(card, metadata)
        case actions.ASSIGN:
            return blocks.assign_view(card, metadata)
        case actions.ESTIMATE:
            return blocks.estimate_view(card, metadata)
        case _:
            raise NotFoundError(UNKNOWN)


async def card_to(
    context: Context, action: Action, request_id: int, right: Right, step: Step | None, *, with_parts: bool = False
) -> RequestCard:
    """Return a request to somebody who may do this to it: the form opens for nobody else.

    With `with_parts` that is also whoever speaks for a team that has joined it, or for a part of it.
    """
    person = context.snapshot.person_by_slack_id(action.user_id)
    person_id = person.id if person is not None else await person_of(context, action.user_id)
    return await lists.to_step(
        context.deps,
        context.snapshot,
        request_id=request_id,
        person_id=person_id,
        right=right,
        step=step,
        with_parts=with_parts,
    )


#: What answers the forms of a request's steps.
SUBMISSIONS: Mapping[str, Listener] = MappingProxyType(
    {
        actions.STEP_VIEW: told(on_step_submitted, _step_form_of),
        actions.MERGE_VIEW: told(on_merge_submitted, lambda _: step_forms.MERGE),
        actions.SNOOZE_VIEW: told(on_snooze_submitted, lambda _: step_forms.SNOOZE),
        actions.ASSIGN_VIEW: told(on_assign_submitted, lambda _: step_forms.ASSIGN),
        actions.ESTIMATE_VIEW: told(on_estimate_submitted, lambda _: step_forms.ESTIMATE),
    }
)
