"""The forms behind the buttons of a request: its steps, and the questions about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from bot.blocks import forms
from bot.blocks.backlog import actions, words
from bot.blocks.backlog.forms import (
    EVIDENCE_WORDS,
    HOURS,
    MOST_HOURS,
    MOST_PEOPLE,
    MOST_TIMES,
    SHARE,
    SHARE_CHOICES,
    TIMES,
)
from bot.blocks.contested import with_contested
from bot.blocks.forms import Field, Fill, Form, filled_day, filled_number
from bot.blocks.text import Block, bold, passage, section
from bot.domain.backlog.demand import OpenQuestion, RestCost
from bot.domain.backlog.merges import whose
from bot.domain.backlog.open_items import asked_about, is_partly_done, is_there, still_to_do
from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.backlog.step_words import NEEDS_WORDS

_WHAT = "What do you want to know?"
_MOST_NAMES = 10
#: The forms of the steps that take words: title, button, what is asked, and whether there is a field for a link.
_STEPS: Mapping[Step, tuple[str, str, str, bool]] = MappingProxyType(
    {
        Step.DELIVER: ("Delivered", "Deliver", "What was delivered?", True),
        Step.ASK: ("Ask", "Ask", _WHAT, False),
        Step.REPLY: ("Answer", "Answer", "Your answer", False),
        Step.ANSWER: ("Answer with…", "Answer", "What answers it?", True),
        Step.DECLINE: ("Decline", "Decline", "Why not?", False),
        Step.DISMISS: ("Not a request", "Decline", "Why is it not a request?", False),
        Step.WITHDRAW: ("Withdraw", "Withdraw", "Why?", False),
        Step.NOT_YET: ("Not yet", "Send", "What is missing?", False),
        Step.REOPEN: ("Reopen", "Reopen", "Why reopen it?", False),
    }
)
LINK = forms.address(actions.LINK, "Link")
#: Items that are missing, or delivered: asked for where there are several.
LEFT = forms.ticks(actions.LEFT, "Tick what is still missing")
THERE = forms.ticks(actions.THERE, "What is there?")
#: What the team still loses, by the names of its numbers: asked for as it has said it before, and as far as it has.
REST: Mapping[str, Field[Any]] = MappingProxyType(
    {
        "lost_people": forms.number_between(
            actions.REST_PEOPLE, "How many people still lose time", 0, MOST_PEOPLE, is_whole=True
        ),
        "lost_times": forms.number_between(actions.REST_TIMES, TIMES.label, 0, MOST_TIMES),
        "lost_hours": forms.number_between(actions.REST_HOURS, HOURS.label, 0, MOST_HOURS),
        "blocked_people": forms.number_between(
            actions.REST_BLOCKED, "People still blocked", 0, MOST_PEOPLE, is_whole=True
        ),
        "blocked_share": forms.choice(actions.REST_SHARE, SHARE.label),
        "evidence": forms.choice(actions.REST_EVIDENCE, "How do you know the new numbers?"),
        "needed_by": forms.day(actions.REST_DAY, "The rest is needed by"),
    }
)
_REST_OPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"blocked_share": SHARE_CHOICES, "evidence": EVIDENCE_WORDS}
)
_REST_EVIDENCE = "Without an answer, what you change is a guess."
_REST_HOLDS = "Do your numbers still hold for what is missing? What you leave as it is counts as said before."


def _step_form(step: Step) -> Form:
    title, submit, label, has_link = _STEPS[step]
    # Slack asks for what is missing before anything is sent, unless a link or a tick may take its place.
    missing = "" if has_link or step is Step.NOT_YET else NEEDS_WORDS.get(step, "")
    said = forms.text(actions.WORDS, label, missing=missing, limit=1_000, is_long=True)
    first: list[Field[Any]] = [LEFT] if step in (Step.NOT_YET, Step.REOPEN) else []
    first += [THERE] if step is Step.DELIVER else []
    more: list[Field[Any]] = [LINK] if has_link else [*REST.values()] if step is Step.NOT_YET else []
    return Form(actions.STEP_VIEW, title, submit, (*first, said, *more), refused_at=said)


STEP_FORMS: Mapping[Step, Form] = MappingProxyType({step: _step_form(step) for step in _STEPS})
INTO = forms.name_or_choice(actions.INTO, "Duplicate of which request?", hint="Its number", missing="Choose a request.")
MERGE = Form(actions.MERGE_VIEW, "Duplicate of…", "Merge", (INTO,), refused_at=INTO)
DAY = forms.day(actions.DAY, "Until when?", missing="Choose a day.")
SNOOZE = Form(actions.SNOOZE_VIEW, "Snooze", "Snooze", (DAY,), refused_at=DAY)
ASSIGNEE = forms.person(actions.ASSIGNEE, "Who takes it on?")
ASSIGN = Form(actions.ASSIGN_VIEW, "Assign", "Assign", (ASSIGNEE,), refused_at=ASSIGNEE)
_MEANWHILE = "backlog.meanwhile"
_HOURS_MISSING = "Write the hours of work."
OPTIMISTIC = forms.number_between(actions.OPTIMISTIC, "Hours if all goes well", 0, 10_000, missing=_HOURS_MISSING)
LIKELY = forms.number_between(actions.LIKELY, "Most likely", 0, 10_000, missing=_HOURS_MISSING)
PESSIMISTIC = forms.number_between(actions.PESSIMISTIC, "If much goes wrong", 0, 10_000, missing=_HOURS_MISSING)
ESTIMATE = Form(actions.ESTIMATE_VIEW, "Estimate", "Estimate", (OPTIMISTIC, LIKELY, PESSIMISTIC), refused_at=LIKELY)

NEED_DAY = forms.day(actions.DAY, "Until when?")
NEED = Form(actions.NEED_VIEW, "New date", "Save", (NEED_DAY,), refused_at=NEED_DAY)
SAVED = forms.number_between(actions.SAVED, "Hours saved a month", 0, 10_000, missing="Write a number, 0 for none.")
SAVING = Form(actions.SAVING_VIEW, "What does it save?", "Save", (SAVED,), refused_at=SAVED)


def changed_view(
    form: Form,
    blocks: Sequence[Mapping[str, Any]],
    metadata: str,
    shown: str,
    contested: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    named: Callable[[str], str] = str,
) -> Block:
    """Return a form once more, with what others have done meanwhile above it. Slack keeps what was typed.

    `contested` fields say what stands there now beside what was sent; `named` names people by their Slack ids.
    """
    note = {**section(shown), "block_id": _MEANWHILE}
    there = [each for each in blocks if each.get("block_id") != _MEANWHILE]
    return form.of_blocks(metadata, [note, *with_contested(there, contested, named)])


def need_view(its: RequestCard, question: OpenQuestion, metadata: str) -> Block:
    """Return the form that gives a request a new date, or a new end to what it blocks."""
    empty = "it has no date any more" if question is OpenQuestion.STILL_NEEDED else "nobody is blocked any more"
    return NEED.view(metadata, f"{words.name(its)}\nLeave it empty if {empty}.")


def saving_view(its: RequestCard, metadata: str) -> Block:
    """Return the form that asks what a delivery saves."""
    return SAVING.view(metadata, f"{words.name(its)}\nAbout how many hours a month does it save your whole team?")


def step_view(
    its: RequestCard,
    step: Step,
    metadata: str,
    *,
    typed: str = "",
    is_own: bool = True,
    rest: RestCost = MappingProxyType({}),
) -> Block:
    """Return the form of a step that takes words; `typed` are those that somebody has written into the thread.

    `rest` is what the team has said that it loses, where it is asked whether that still holds.
    With `is_own` false whoever takes it speaks only for a team that has joined the request.
    """
    said, form = words.name(its), STEP_FORMS[step]
    if step is Step.WITHDRAW and its.joined:
        others = ", ".join(bold(each, 60) for each in its.joined[:_MOST_NAMES])
        ends = f"It ends for {others} as well, who are told and can open their own."
        said += f"\n{ends if is_own else 'Only your team is taken off it: it stays open for the others.'}"
    if step is Step.REPLY and its.reason:
        said += "\n" + passage(its.reason, 1_000, mark="> ")
    if LINK in form.fields:
        said += "\nWrite it, give a link, or both: whoever asked reads it."
    boxes = _boxes(its, step) if is_own or step is Step.DELIVER else Fill()
    fill = Fill(
        typed,
        hint="This is what you have written in the thread." if typed else "",
        is_needed=step is Step.NOT_YET and not boxes.options,
    )
    said += f"\n{_REST_HOLDS}" if rest else ""
    stored = {REST[name]: _stored(name, value) for name, value in rest.items()}
    asked = [each for each in form.fields if each not in REST.values() or each in stored]
    fills: dict[Field[Any], Fill] = {said_in(form): fill, LEFT: boxes, THERE: boxes, **stored}
    return form.of_blocks(metadata, [section(said), *form.inputs(asked, fills)])


def _stored(name: str, value: float | str | date | None) -> Fill:
    if isinstance(value, str):
        return Fill(value, _REST_OPTIONS.get(name, {}), hint=_REST_EVIDENCE if name == "evidence" else "")
    return Fill(filled_day(value) if isinstance(value, date) else filled_number(value))


def said_in(form: Form) -> Field[str]:
    """Return the field for what is said with a step."""
    return next(each for each in form.fields if each.block_id == actions.WORDS)


def _boxes(its: RequestCard, step: Step) -> Fill:
    """Return the boxes of the items that a step asks about: all of them are delivered, none is missing."""
    asked = {str(place): each for place, each in asked_about(its, step).items()}
    is_delivery = step is Step.DELIVER
    back = "all of it" if is_there(its.items) else "all that was just delivered"
    return Fill(
        options={place: each.title for place, each in asked.items()},
        chosen=tuple(asked) if is_delivery else (),
        hints={place: _kind_and_team(its, int(place)) for place in asked},
        hint="Untick what is still to come." if is_delivery else f"Without a tick, {back} goes back.",
        is_needed=is_delivery,
    )


def _kind_and_team(its: RequestCard, place: int) -> str:
    """Return of what kind an item is, and where other teams ask for something as well, which of them asks for it."""
    teams = [*[whose(its)] * len(its.items), *(each.whose for each in its.part_items)]
    kind = words.kind_of(its.all_items[place])
    return f"{teams[place]} · {kind}" if its.part_items else kind


def boxes_in(blocks: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the boxes of a form's items as they are shown: their places and words."""
    asked = [each for each in blocks if each.get("block_id") in (LEFT.block_id, THERE.block_id)]
    return [(one["value"], one["text"]["text"]) for each in asked for one in each["element"]["options"]]


def merge_view(its: RequestCard, others: Iterable[RequestCard], metadata: str) -> Block:
    """Return the form that makes a request part of another."""
    shown = list(others)
    options = {str(each.id): f"#{each.id} {each.title}" for each in shown}
    teams = {str(each.id): f"for {(each.team or each.asker).name}" for each in shown}
    said = "Whoever asked for it then counts for the other one, which lists what only this one asks for:"
    said = "\n".join([words.name(its), said, *words.items(its.items), "You can undo the merge."])
    return MERGE.view(metadata, said, {INTO: Fill(options=options, hints=teams)})


def snooze_view(its: RequestCard, metadata: str) -> Block:
    """Return the form that puts a request off."""
    return SNOOZE.view(metadata, words.name(its), {DAY: Fill(filled_day(its.snoozed_until))})


def assign_view(its: RequestCard, metadata: str) -> Block:
    """Return the form that says who works on a request."""
    assignee = its.assignee.slack_id if its.assignee is not None else ""
    said = words.name(its) + ("\nLeave it empty if nobody works on it any more." if assignee else "")
    return ASSIGN.view(metadata, said, {ASSIGNEE: Fill(assignee)})


def estimate_view(its: RequestCard, metadata: str) -> Block:
    """Return the form of an estimate."""
    said = f"{words.name(its)}\nHours of the DevOps team alone; triage, review and handoff are added."
    if is_partly_done(its):
        left = still_to_do(its.all_items)
        said = "\n".join([said, "Estimate what is left:", *words.items(left)])
    if its.estimate is None:
        return ESTIMATE.view(metadata, said)
    hours = (its.estimate.optimistic_hours, its.estimate.likely_hours, its.estimate.pessimistic_hours)
    fills = {field: Fill(filled_number(each)) for field, each in zip(ESTIMATE.fields, hours, strict=True)}
    return ESTIMATE.view(metadata, said, fills)
