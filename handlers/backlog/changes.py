"""The form that corrects a request which is open already."""

from __future__ import annotations

from bot.blocks import backlog as blocks
from bot.blocks.backlog import forms
from bot.blocks.backlog.change_form import CHANGE, TITLE
from bot.blocks.text import Block
from bot.blocks.values import number, parse
from bot.domain.backlog.changes import RequestChange
from bot.errors import FormError
from bot.ports import Ack
from bot.services.backlog import changes
from bot.services.context import Context
from handlers import replies
from handlers.backlog.steps import PlanSubject, done
from handlers.backlog.submissions import demand_of, today_of
from handlers.interaction import open_form, person_of, place_of, read_metadata
from handlers.payloads import Action, Submission


async def on_change(action: Action, context: Context) -> Ack:
    """Open the form, filled with what is said so far."""
    await open_form(context, action, _form(action, context))
    return replies.nothing()


async def _form(action: Action, context: Context) -> Block:
    request_id, person_id = number(action.value), await person_of(context, action.user_id)
    its = await changes.to_change(context.deps, context.snapshot, request_id=request_id, person_id=person_id)
    return blocks.change_view(its, place_of(action).metadata(request_id, its.card.version))


async def on_change_submitted(submission: Submission, context: Context) -> Ack:
    """Correct the request, unless others have changed it meanwhile."""
    subject, place = read_metadata(submission.metadata)
    said = CHANGE.read(submission.values)
    new = RequestChange(
        demand_of(said),
        said.get(forms.NEEDED_BY),
        said.text(forms.NEEDED_REASON),
        said.text(TITLE),
        tuple(map(said.text, forms.ITEM_TITLES)),
    )
    person_id = await person_of(context, submission.user_id)
    try:
        with CHANGE.refusing():
            card = await changes.change(
                context.deps,
                context.snapshot,
                **parse(PlanSubject, subject)._asdict(),
                person_id=person_id,
                new=new,
                today=today_of(context, submission.user_id),
            )
    except FormError as error:
        asked = {**forms.PROBLEM_FIELDS, "items": forms.ITEM_TITLES[0]}
        wrong = {asked[name].block_id if name in asked else name: said for name, said in error.by_field.items()}
        raise FormError(wrong) from None
    return await done(context, place, card, person_id)
