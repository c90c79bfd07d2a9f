"""The form that corrects a request which is open already."""

from __future__ import annotations

from typing import NamedTuple

from bot.blocks.backlog import forms
from bot.blocks.backlog.actions import BlockedValue, DayValue, HoursValue, RenamedValue, WishValue
from bot.blocks.backlog.change_form import (
    ADDED,
    ADDED_TYPE,
    CHANGE,
    NO_DAY,
    TAKE_BLOCKED,
    TAKE_DAY,
    TAKE_HOURS,
    TAKE_OUT,
    TAKE_RENAMED,
    TITLE,
    WISHES,
)
from bot.blocks.contested import opened_with
from bot.blocks.forms import Field
from bot.blocks.values import number, parse
from bot.domain.backlog.changes import Changeable, RequestChange
from bot.domain.backlog.requests import RequestItem
from bot.errors import FormError
from bot.services import portfolio
from bot.services.backlog import changes
from bot.services.context import Context
from handlers.backlog.change_forms import change_form
from handlers.backlog.concurrent_changes import merge
from handlers.backlog.steps import done
from handlers.backlog.submissions import chosen_person, demand_of, kind_of, today_of
from handlers.interaction import open_form, person_of, place_of, read_metadata
from handlers.payloads import Action, Submission

_MORE_FIELDS = {"added": ADDED, "added_type": ADDED_TYPE, "team": forms.TEAM}


class ChangeSubject(NamedTuple):
    """What the form is about, and up to when its thread was read for it."""

    request_id: int
    read_to: str
    version: int = 0


async def on_change(action: Action, context: Context) -> None:
    """Open the form, filled with what is said so far."""
    here = action.channel_id or action.metadata  # of what stands in the place of the form of a new request
    form = change_form(context, action.user_id, number(action.value), place_of(action), here=here)
    await open_form(context, action, form)


def _taken(submission: Submission) -> dict[str, str]:
    """Return the fields that are to have what the thread says by now, each with that: a tick takes it."""

    def chosen(asked: Field[tuple[str, ...]]) -> str:
        return next(iter(submission.choices.get(asked.block_id, ())), "")

    found: dict[str, str] = {}
    if day := chosen(TAKE_DAY):
        name = forms.NEEDED_REASON.block_id
        found[forms.NEEDED_BY.block_id], reason = parse(DayValue, day)
        # The reason is that of the other day, unless somebody has just written it.
        if submission.values.get(name, "") == opened_with(submission.blocks).get(name, ""):
            found[name] = reason
    if hours := chosen(TAKE_HOURS):
        fields = (forms.PEOPLE, forms.TIMES, forms.HOURS)
        found |= {each.block_id: f"{value:g}" for each, value in zip(fields, parse(HoursValue, hours), strict=True)}
    if blocked := chosen(TAKE_BLOCKED):
        people, share = parse(BlockedValue, blocked)
        found |= {forms.BLOCKED.block_id: str(people), **({forms.SHARE.block_id: share} if share else {})}
    renamed = (parse(RenamedValue, each) for each in submission.choices.get(TAKE_RENAMED.block_id, ()))
    found |= {forms.ITEM_TITLES[each.place].block_id: each.title for each in renamed}
    found |= {forms.ITEM_TITLES[number(each)].block_id: "" for each in submission.choices.get(TAKE_OUT.block_id, ())}
    return found


def _left_out(submission: Submission, asked: Field[tuple[str, ...]]) -> set[str]:
    """Return what a field had to tick and was left out."""
    there = (each["element"]["options"] for each in submission.blocks if each.get("block_id") == asked.block_id)
    values = {str(option["value"]) for options in there for option in options}
    return values - set(submission.choices.get(asked.block_id, ()))


async def _read(submission: Submission, context: Context, its: Changeable, read_to: str) -> RequestChange:
    """Return what the form says. Raises FormError with what is wrong at its fields, and as `merge`."""
    values, restored, moved = merge(context, its, submission.blocks, {**submission.values, **_taken(submission)})
    said = CHANGE.read(values, submission.choices)
    wishes = [parse(WishValue, each) for each in said.get(WISHES) or ()]
    asker, kind = said.text(forms.ASKED_BY), said.text(ADDED_TYPE)
    with forms.REQUEST.refusing():  # beside the team
        team = portfolio.team_called(context.snapshot, name) if (name := said.text(forms.TEAM)) else None
    return RequestChange(
        said=demand_of(said),
        needed_by=said.get(forms.NEEDED_BY),
        needed_reason=said.text(forms.NEEDED_REASON),
        has_reason=bool(_taken(submission).get(forms.NEEDED_REASON.block_id)),
        title=said.text(TITLE),
        titles=tuple(said.text(each) for each in forms.ITEM_TITLES if each.block_id in values),
        kinds=tuple(map(kind_of, map(said.text, forms.ITEM_KINDS))),
        added=said.text(ADDED),
        added_type=kind_of(kind),
        team_id=team.id if team is not None else None,
        asked_by=await chosen_person(context, forms.ASKED_BY, asker) if asker else None,
        wishes=(*restored, *(RequestItem(each.kind, each.title) for each in wishes)),
        kept=frozenset(moved[place] for each in _left_out(submission, TAKE_OUT) if (place := number(each)) in moved),
        keeps_day=NO_DAY in _left_out(submission, TAKE_DAY),
        read_to=read_to,
    )


async def on_change_submitted(submission: Submission, context: Context) -> None:
    """Correct the request. What others have corrected meanwhile stays, unless the form says otherwise."""
    subject, place = read_metadata(submission.metadata)
    about = parse(ChangeSubject, subject)
    whose = {"request_id": about.request_id, "person_id": await person_of(context, submission.user_id)}
    with CHANGE.refusing():
        its = await changes.to_change(context.deps, context.snapshot, **whose, version=about.version)
    new = await _read(submission, context, its, about.read_to)
    version, today = its.card.version, today_of(context, submission.user_id)
    try:
        with CHANGE.refusing():
            card = await changes.change(context.deps, context.snapshot, **whose, version=version, new=new, today=today)
    except FormError as error:
        asked = {**forms.PROBLEM_FIELDS, "items": forms.ITEM_TITLES[0], **_MORE_FIELDS}
        wrong = {asked[name].block_id if name in asked else name: said for name, said in error.by_field.items()}
        raise FormError(wrong) from None
    await done(context, place, card, whose["person_id"])
