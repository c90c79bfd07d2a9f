"""The buttons of a handoff's card, and the forms of the answers that take words."""

from __future__ import annotations

from bot.blocks import handoff as blocks
from bot.blocks.handoff import actions, forms
from bot.blocks.handoff.actions import AnswerValue, HandoffValue
from bot.blocks.text import Block
from bot.blocks.values import UNKNOWN, number, parse
from bot.domain.handoff.handoffs import TRANSITIONS, HandoffStep
from bot.domain.rights import Right, require
from bot.errors import NotFoundError, UserError
from bot.ports import Ack
from bot.services import actors, people
from bot.services.context import Context
from bot.services.handoff import lists, offers, reviews, steps
from bot.services.handoff.named_people import named
from bot.services.handoff.steps import Words
from bot.services.transfers import Resource
from handlers.handoff.forms import open_about, or_the_other, say_begun, seen_by
from handlers.handoff.gates import require_right
from handlers.interaction import Place, open_form, place_of, read_metadata, settle, show
from handlers.payloads import Action, Submission

#: Steps with all of a handoff that need no words, by their buttons.
AT_ONCE = {
    actions.ACCEPT_ALL: HandoffStep.ACCEPT,
    actions.WITHDRAW: HandoffStep.WITHDRAW,
    actions.CANCEL: HandoffStep.CANCEL,
}


async def on_answer(action: Action, context: Context) -> None:
    """Accept one resource at once; the other answers take words."""
    value = parse(AnswerValue, action.value)
    if value.step in forms.ANSWERS:
        await _open(action, context, value)
        return
    await _take(context, action.user_id, place_of(action), value)


async def on_refuse(action: Action, context: Context) -> None:
    """Open the form that says why something is not offered."""
    await _open(action, context, AnswerValue(HandoffStep.REFUSE, *parse(HandoffValue, action.value)))


async def on_call_off(action: Action, context: Context) -> None:
    """Open the form that says why what was agreed is called off."""
    await _open(action, context, AnswerValue(HandoffStep.CALL_OFF, *parse(HandoffValue, action.value)))


async def on_answer_submitted(submission: Submission, context: Context) -> None:
    """Take the step with its words."""
    subject, place = read_metadata(submission.metadata)
    value = parse(AnswerValue, subject)
    form = forms.ANSWERS.get(value.step)
    if form is None:
        raise NotFoundError(UNKNOWN)
    said = form.read(submission.values)
    words = Words(
        reason=said.text(forms.DECLINE_REASON),
        needs=said.text(forms.NEEDS),
        needs_from=said.text(forms.NEEDS_FROM),
        needs_by=said.get(forms.NEEDS_BY),
    )
    with form.refusing():
        await _take(context, submission.user_id, place, value, words)


async def on_works(action: Action, context: Context) -> None:
    """Note that a handoff works."""
    person_id = await people.identify(context.deps, context.slack, action.user_id)
    done = await reviews.works(context.deps, context.snapshot, handoff_id=number(action.value), person_id=person_id)
    await show(context, place_of(action), blocks.reviewed(done.card).text)


async def on_no(action: Action, context: Context) -> None:
    """Open the form that asks what does not work."""
    await open_about(action, context, Right.REVIEW, blocks.no_view)


async def on_no_submitted(submission: Submission, context: Context) -> None:
    """Tell the other side what does not work."""
    subject, place = read_metadata(submission.metadata)
    said = forms.NO.read(submission.values)
    with forms.NO.refusing():
        done, told = await reviews.does_not_work(
            context.deps,
            context.snapshot,
            handoff_id=number(subject),
            person_id=await people.identify(context.deps, context.slack, submission.user_id),
            why=said[forms.WHAT_FAILS],
        )
    context.drainer.wake()
    await show(context, place, blocks.told_why(done.card, done.side, told))


async def on_back(action: Action, context: Context) -> None:
    """Open the form that asks why something is handed back."""
    handoff_id = number(action.value)

    async def making() -> Block:
        card = await lists.one(context.deps, context.snapshot, handoff_id)
        held = actors.remembered_holders(context.snapshot, [card.receiver])
        require(actors.remembered(context.snapshot, action.user_id), Right.HAND_OVER, held)
        if not card.owned:
            raise UserError(offers.NOTHING_TO_HAND_BACK)
        await lists.left_of(context.deps, [Resource(each.asset_id, each.area) for each in card.owned])
        return blocks.back_view(card, place_of(action).metadata(handoff_id))

    await open_form(context, action, or_the_other(context, action.user_id, making))


async def on_back_submitted(submission: Submission, context: Context) -> Ack:
    """Offer what a handoff brought to the team that gave it."""
    subject, place = read_metadata(submission.metadata)
    said = forms.BACK.read(submission.values)
    with forms.BACK.refusing():
        begun = await offers.hand_back(
            context.deps,
            context.snapshot,
            handoff_id=number(subject),
            person_id=await people.identify(context.deps, context.slack, submission.user_id),
            reason=said[forms.BACK_REASON],
        )
    return await say_begun(context, place, begun)


async def on_all(action: Action, context: Context) -> None:
    """Accept all that is open, take it back, or ask for it no more."""
    step = AT_ONCE[action.action_id]
    value = parse(HandoffValue, action.value)
    await _take(context, action.user_id, place_of(action), AnswerValue(step, *value))


async def _open(action: Action, context: Context, value: AnswerValue) -> None:
    async def making() -> Block:
        card = await lists.one(context.deps, context.snapshot, value.handoff_id)
        right = TRANSITIONS[value.step].right
        assert right is not None  # noqa: S101 - a person takes each step that has a form
        require_right(context, action.user_id, card, right)
        steps.require_possible(card, value.step, version=value.version, resource_id=value.resource_id)
        return blocks.answer_view(card, value.step, value.resource_id, place_of(action).metadata(*value))

    await open_form(context, action, making())


async def _take(context: Context, user_id: str, place: Place, value: AnswerValue, words: Words | None = None) -> None:
    person_id = await people.identify(context.deps, context.slack, user_id)
    taken = await steps.take(
        context.deps,
        context.snapshot,
        handoff_id=value.handoff_id,
        person_id=person_id,
        step=value.step,
        version=value.version,
        resource_ids=() if value.resource_id is None else (value.resource_id,),
        words=words,
    )
    await settle(context)
    came = await steps.came_with(context.deps, context.snapshot, taken)
    message = blocks.with_came(seen_by(context, user_id, taken.card), came)
    said = blocks.with_came(blocks.receipt(taken.card, is_new=taken.is_new, along=taken.along), came)
    if value.step is HandoffStep.NOT_YET and taken.is_new and words is not None:
        said = blocks.told_of_need(said, taken.card, named(context.snapshot, words.needs_from))
    await show(context, place, said, message=message, view=blocks.card_view(message))
