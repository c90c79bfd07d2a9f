"""The buttons of claims, doubts and disputes, and the forms behind them."""

from __future__ import annotations

from bot.blocks import ownership as blocks
from bot.blocks.text import Block, Rendered
from bot.blocks.values import number, parse
from bot.domain.ownership.matters import MatterCard
from bot.services import people
from bot.services.context import Context
from bot.services.matters import answers, disputes, proposals, readers
from bot.services.matters.admins import meet_admins
from handlers.interaction import Place, decider, open_form, place_of, read_metadata, settle, show, whisper
from handlers.payloads import Action, Submission
from handlers.routes import Routes

_AT_ONCE = {
    blocks.MATTER_AGREE: answers.agree,
    blocks.MATTER_KEEP: answers.keep,
    blocks.MATTER_PASS_ON: answers.pass_on,
}


async def on_answer(action: Action, context: Context) -> None:
    """Take an answer that needs no words."""
    answer, matter_id = _AT_ONCE[action.action_id], number(action.value)
    by = await decider(context, action.user_id)
    if action.action_id != blocks.MATTER_KEEP:  # it may be theirs to decide, or to confirm
        await meet_admins(context.deps, context.slack, context.snapshot)
    card = await answer(context.deps, context.snapshot, matter_id=matter_id, by=by)
    await _done(context, place_of(action), blocks.matter_noted(card))


async def on_side(action: Action, context: Context) -> None:
    """Open the form that asks why something disputed is somebody's."""
    await open_form(context, action, _side_form(context, action))


async def _side_form(context: Context, action: Action) -> Block:
    value = parse(blocks.SideValue, action.value)
    by = await decider(context, action.user_id)
    card, owner, losers = await answers.deciding_side(
        context.deps, context.snapshot, matter_id=value.matter_id, owner=value.owner, by=by
    )
    return blocks.side_view(card, owner, losers, place_of(action).metadata(*value))


async def on_side_said(submission: Submission, context: Context) -> None:
    """Say whose something disputed is, and why."""
    subject, place = read_metadata(submission.metadata)
    value, said = parse(blocks.SideValue, subject), blocks.SIDE_FORM.read(submission.values)
    with blocks.SIDE_FORM.refusing():
        by = await decider(context, submission.user_id)
        card = await answers.decide(
            context.deps,
            context.snapshot,
            matter_id=value.matter_id,
            owner=value.owner,
            by=by,
            reason=said.text(blocks.SIDE_FIELD),
        )
    await _done(context, place, blocks.matter_noted(card))


async def on_not_ours(action: Action, context: Context) -> None:
    """Say that what its owner gave up is not the asked team's either."""
    by = await decider(context, action.user_id)
    card, then = await proposals.decline(context.deps, context.snapshot, matter_id=number(action.value), by=by)
    await settle(context)
    said = blocks.proposal_declined(card, context.snapshot.person(by.person_id), then)
    await show(context, place_of(action), said.text, message=said)


async def on_show(action: Action, context: Context) -> None:
    """Show a matter with its buttons beside the message that named it."""
    card = await answers.shown(context.deps, context.snapshot, matter_id=number(action.value))
    await _whisper(action, context, card)


async def _whisper(action: Action, context: Context, card: MatterCard) -> None:
    reader = readers.reader(context.deps, context.snapshot, card, action.user_id)
    shown = blocks.card(card, reader=reader)
    await whisper(context, action, shown, blocks.card_view(shown))


async def on_dispute(action: Action, context: Context) -> None:
    """Show what is disputed, with the buttons that end it."""
    asset_id, area = parse(blocks.AssetValue, action.value)
    await people.identify(context.deps, context.slack, action.user_id)
    card = await disputes.opened(context.deps, context.snapshot, asset_id=asset_id, area=area)
    await _whisper(action, context, card)


async def on_form(action: Action, context: Context) -> None:
    """Open the form for a question, or for the answer to one."""
    await open_form(context, action, _form(context, action))


async def _form(context: Context, action: Action) -> Block:
    matter_id, is_question = number(action.value), action.action_id == blocks.MATTER_ASK
    by = await decider(context, action.user_id)
    opened = answers.asking if is_question else answers.replying
    card = await opened(context.deps, context.snapshot, matter_id=matter_id, by=by)
    metadata = place_of(action).metadata(matter_id)
    return blocks.question_view(card, metadata) if is_question else blocks.reply_view(card, metadata)


async def on_words(submission: Submission, context: Context) -> None:
    """Take a question, or the answer to one."""
    is_question = submission.callback_id == blocks.MATTER_ASK_VIEW
    form, said_in = (blocks.ASK_FORM, blocks.ASK_FIELD) if is_question else (blocks.REPLY_FORM, blocks.REPLY_FIELD)
    subject, place = read_metadata(submission.metadata)
    words = form.read(submission.values)[said_in]
    with form.refusing():
        by = await decider(context, submission.user_id)
        say = answers.ask if is_question else answers.reply
        card = await say(context.deps, context.snapshot, matter_id=number(subject), by=by, words=words)
    await _done(context, place, blocks.question_noted(card) if is_question else blocks.reply_noted(card))


async def _done(context: Context, place: Place, said: Rendered) -> None:
    await settle(context)
    await show(context, place, said.text, message=said)


ROUTES = Routes(
    actions={
        **dict.fromkeys(_AT_ONCE, on_answer),
        blocks.MATTER_SIDE: on_side,
        blocks.MATTER_NOT_OURS: on_not_ours,
        blocks.DISPUTE: on_dispute,
        blocks.MATTER_SHOW: on_show,
        blocks.MATTER_ASK: on_form,
        blocks.MATTER_REPLY: on_form,
    },
    submissions={
        blocks.MATTER_ASK_VIEW: on_words,
        blocks.MATTER_REPLY_VIEW: on_words,
        blocks.MATTER_SIDE_VIEW: on_side_said,
    },
    reading=frozenset({blocks.MATTER_SHOW}),
)
