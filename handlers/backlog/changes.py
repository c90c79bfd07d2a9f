"""The form that corrects a request which is open already."""

from __future__ import annotations

from bot.blocks import backlog as blocks
from bot.blocks.backlog import forms
from bot.blocks.backlog.change_form import ADDED, ADDED_TYPE, CHANGE, TITLE
from bot.blocks.text import Block
from bot.blocks.values import number, parse
from bot.domain.backlog.changes import RequestChange
from bot.errors import FormError
from bot.services import portfolio
from bot.services.backlog import changes
from bot.services.context import Context
from handlers.backlog.intake import teams
from handlers.backlog.steps import PlanSubject, done
from handlers.backlog.submissions import chosen_person, demand_of, kind_of, today_of
from handlers.interaction import open_form, person_of, place_of, read_metadata
from handlers.payloads import Action, Submission

_MORE_FIELDS = {"added": ADDED, "added_type": ADDED_TYPE, "team": forms.TEAM}


async def on_change(action: Action, context: Context) -> None:
    """Open the form, filled with what is said so far."""
    await open_form(context, action, _form(action, context))


async def _form(action: Action, context: Context) -> Block:
    request_id, person_id = number(action.value), await person_of(context, action.user_id)
    its = await changes.to_change(context.deps, context.snapshot, request_id=request_id, person_id=person_id)
    return blocks.change_view(its, place_of(action).metadata(request_id, its.card.version), teams(context))


async def _read(submission: Submission, context: Context) -> RequestChange:
    """Return what the form says. Raises FormError with what is wrong at its fields."""
    said = CHANGE.read(submission.values)
    asker, kind = said.text(forms.ASKED_BY), said.text(ADDED_TYPE)
    with forms.REQUEST.refusing():  # beside the team
        team = portfolio.team_called(context.snapshot, name) if (name := said.text(forms.TEAM)) else None
    return RequestChange(
        said=demand_of(said),
        needed_by=said.get(forms.NEEDED_BY),
        needed_reason=said.text(forms.NEEDED_REASON),
        title=said.text(TITLE),
        titles=tuple(map(said.text, forms.ITEM_TITLES)),
        kinds=tuple(map(kind_of, map(said.text, forms.ITEM_KINDS))),
        added=said.text(ADDED),
        added_type=kind_of(kind),
        team_id=team.id if team is not None else None,
        asked_by=await chosen_person(context, forms.ASKED_BY, asker) if asker else None,
    )


async def on_change_submitted(submission: Submission, context: Context) -> None:
    """Correct the request, unless others have changed it meanwhile."""
    subject, place = read_metadata(submission.metadata)
    new = await _read(submission, context)
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
        asked = {**forms.PROBLEM_FIELDS, "items": forms.ITEM_TITLES[0], **_MORE_FIELDS}
        wrong = {asked[name].block_id if name in asked else name: said for name, said in error.by_field.items()}
        raise FormError(wrong) from None
    await done(context, place, card, person_id)
