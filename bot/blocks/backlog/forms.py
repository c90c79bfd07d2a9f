"""The form that opens a request, filled from its thread, and the forms behind a request's buttons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.blocks import forms
from bot.blocks.backlog import actions, words
from bot.blocks.backlog.form_metadata import FormMetadata
from bot.blocks.forms import Field, Fill, Form
from bot.blocks.text import Block, bold, button, escape, link, modal, section
from bot.domain.backlog.demand import OpenQuestion
from bot.domain.backlog.new_request import LONGEST_TITLE
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.records import TeamRecord

EVIDENCE_WORDS = {
    "measured": "Measured",
    "counted": "Counted for a while",
    "estimated": "Estimated",
    "guessed": "A guess",
}
SHARE_WORDS = {"slowed": "Slowed down", "half": "Half of their work", "stopped": "Stopped"}
COPY_VALUE = "copy"
_MOST_PEOPLE, _MOST_TIMES, _MOST_HOURS = 10_000, 10_000, 1_000

TITLE = forms.text(actions.TITLE, "What do you need?", missing="Say what you need.", limit=LONGEST_TITLE)
ITEMS = forms.ticks(actions.ITEMS, "What is asked for")
ITEM_TYPE = forms.choice(actions.ITEM_TYPE, "What kind of thing is it, if only the title?")
TECHNOLOGIES = forms.ticks(actions.TECHNOLOGIES, "Technologies")
OTHER_TECHNOLOGIES = forms.text(actions.OTHER_TECHNOLOGIES, "Other technologies", hint="Separated by commas", limit=300)
GAPS = forms.ticks(actions.GAPS, "Which are new to the team?")
TEAM = forms.name_or_choice(actions.TEAM, "Which team needs it?", hint="The team's name")
ASKED_BY = forms.person(actions.ASKED_BY, "Who needs it?")
PEOPLE = forms.number_between(actions.PEOPLE, "Without it: how many people lose time", 0, _MOST_PEOPLE, is_whole=True)
TIMES = forms.number_between(actions.TIMES, "… how many times a month", 0, _MOST_TIMES)
HOURS = forms.number_between(actions.HOURS, "… how many hours each time", 0, _MOST_HOURS)
EVIDENCE = forms.choice(actions.EVIDENCE, "How do you know?", is_kept=True)
BLOCKED = forms.number_between(actions.BLOCKED, "How many people are blocked?", 0, _MOST_PEOPLE, is_whole=True)
SHARE = forms.choice(actions.SHARE, "How much are they blocked?", is_kept=True)
UNTIL = forms.day(actions.UNTIL, "Blocked until when, if it ends by itself?")
NEEDED_BY = forms.day(actions.NEEDED_BY, "Needed by")
NEEDED_REASON = forms.text(actions.NEEDED_REASON, "Why by then?", limit=200)
DETAILS = forms.text(actions.DETAILS, "Anything else?", limit=2_000, is_long=True)
COPY = forms.ticks(actions.COPY, "The thread's words")
REQUEST = Form(
    actions.REQUEST_VIEW,
    "Open DevOps request",
    "Open it",
    (
        TITLE,
        ITEMS,
        ITEM_TYPE,
        TECHNOLOGIES,
        OTHER_TECHNOLOGIES,
        GAPS,
        TEAM,
        ASKED_BY,
        PEOPLE,
        TIMES,
        HOURS,
        EVIDENCE,
        BLOCKED,
        SHARE,
        UNTIL,
        NEEDED_BY,
        NEEDED_REASON,
        DETAILS,
        COPY,
    ),
    refused_at=TEAM,
)
#: Where it is said what `bot.domain.backlog.new_request.problems` finds. Of the items, where there are none to tick, it
#: is said beside the kind of thing that the title names.
PROBLEM_FIELDS: Mapping[str, Field[Any]] = MappingProxyType(
    {
        "title": TITLE,
        "items": ITEM_TYPE,
        "needed_by": NEEDED_BY,
        "hours": HOURS,
        "blocked": BLOCKED,
        "until": UNTIL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFrame:
    """Who fills in the form, for whom, and what is said above it.

    `note` says in a sentence why something is not filled in. `may_copy` is whether the box that lets the thread's words
    be copied is ticked, None where there are none.
    """

    devops: str
    teams: Sequence[TeamRecord] = ()
    team_id: int | None = None
    asked_by: str = ""
    note: str = ""
    may_copy: bool | None = None


def request_view(prefill: Prefill, metadata: FormMetadata, frame: FormFrame) -> Block:
    """Return the form of a request. Metadata has all the items that can be ticked, those asked for ahead."""
    asked_for = {str(place) for place in range(len(prefill.items))}
    items = {str(place): each for place, each in enumerate(metadata.items)}
    technologies = dict(prefill.technologies)
    return REQUEST.view(
        metadata.encode(),
        _above(prefill, frame),
        {
            TITLE: Fill(prefill.title),
            ITEMS: Fill(
                options={place: each.title for place, each in items.items()},
                chosen=asked_for,
                hints={
                    place: ": ".join(filter(None, (words.ITEM_WORDS[each.type], each.quote)))
                    for place, each in items.items()
                },
            ),
            ITEM_TYPE: Fill(options={kind.value: said for kind, said in words.ITEM_WORDS.items()}),
            TECHNOLOGIES: Fill(options=technologies, chosen=technologies),
            GAPS: Fill(options=technologies, chosen=prefill.gaps),
            TEAM: Fill(str(frame.team_id or ""), {str(each.id): each.name for each in frame.teams}),
            ASKED_BY: Fill(frame.asked_by),
            PEOPLE: Fill(_number(prefill.people)),
            TIMES: Fill(_number(prefill.times)),
            HOURS: Fill(_number(prefill.hours)),
            EVIDENCE: Fill("guessed", EVIDENCE_WORDS),
            BLOCKED: Fill(_number(prefill.people_blocked)),
            SHARE: Fill("half", SHARE_WORDS),
            NEEDED_BY: Fill(prefill.needed_by.isoformat() if prefill.needed_by is not None else ""),
            NEEDED_REASON: Fill(prefill.needed_reason),
            COPY: Fill(
                options={COPY_VALUE: "DevOps may keep a copy"} if frame.may_copy is not None else {},
                chosen=[COPY_VALUE] if frame.may_copy else [],
            ),
        },
    )


def _above(prefill: Prefill, frame: FormFrame) -> str:
    lines = [f"To {bold(frame.devops, 80)}. Nothing is sent until you press *Open it*."]
    if frame.note:
        lines.append(frame.note)
    if prefill.stays_with_team:
        lines.append(f"Stays with you: {'; '.join(escape(each, 150) for each in prefill.stays_with_team[:5])}")
    lines += [f"• {escape(each, 200)}" for each in prefill.questions[:5]]
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


_WHAT = "What do you want to know?"
#: The forms of the steps that take words: title, button, what is asked, and whether there is a field for a link.
_STEPS: Mapping[Step, tuple[str, str, str, bool]] = MappingProxyType(
    {
        Step.DELIVER: ("Delivered", "Deliver", "What was delivered?", True),
        Step.ASK: ("Ask", "Ask", _WHAT, False),
        Step.REPLY: ("Answer", "Answer", "Your answer", False),
        Step.ANSWER: ("Answer with…", "Answer", "What answers it?", True),
        Step.DECLINE: ("Decline", "Decline", "Why not?", False),
        Step.WITHDRAW: ("Withdraw", "Withdraw", "Why? (optional)", False),
        Step.NOT_YET: ("Not yet", "Send", "What is missing?", False),
        Step.REOPEN: ("Reopen", "Reopen", "Why reopen it?", False),
    }
)
LINK = forms.text(actions.LINK, "Link", hint="https://…", limit=500)


def _step_form(step: Step) -> Form:
    title, submit, label, has_link = _STEPS[step]
    said = forms.text(actions.WORDS, label, limit=1_000, is_long=True)
    return Form(actions.STEP_VIEW, title, submit, (said, *([LINK] if has_link else [])), refused_at=said)


STEP_FORMS: Mapping[Step, Form] = MappingProxyType({step: _step_form(step) for step in _STEPS})
INTO = forms.name_or_choice(actions.INTO, "Duplicate of which request?", hint="Its number", missing="Choose a request.")
MERGE = Form(actions.MERGE_VIEW, "Duplicate of…", "Merge", (INTO,), refused_at=INTO)
DAY = forms.day(actions.DAY, "Until when?", missing="Choose a day.")
SNOOZE = Form(actions.SNOOZE_VIEW, "Snooze", "Snooze", (DAY,), refused_at=DAY)
ASSIGNEE = forms.person(actions.ASSIGNEE, "Who takes it on?")
ASSIGN = Form(actions.ASSIGN_VIEW, "Assign", "Assign", (ASSIGNEE,), refused_at=ASSIGNEE)
_HOURS_MISSING = "Write the hours of work."
OPTIMISTIC = forms.number_between(actions.OPTIMISTIC, "Hours if all goes well", 0, 10_000, missing=_HOURS_MISSING)
LIKELY = forms.number_between(actions.LIKELY, "Most likely", 0, 10_000, missing=_HOURS_MISSING)
PESSIMISTIC = forms.number_between(actions.PESSIMISTIC, "If much goes wrong", 0, 10_000, missing=_HOURS_MISSING)
ESTIMATE = Form(actions.ESTIMATE_VIEW, "Estimate", "Estimate", (OPTIMISTIC, LIKELY, PESSIMISTIC), refused_at=LIKELY)

NEED_DAY = forms.day(actions.DAY, "Until when?")
NEED = Form(actions.NEED_VIEW, "New date", "Save", (NEED_DAY,), refused_at=NEED_DAY)
SAVED = forms.number_between(
    actions.SAVED, "Hours saved a month", 0, _MOST_PEOPLE, missing="Write a number, 0 for none."
)
SAVING = Form(actions.SAVING_VIEW, "What does it save?", "Save", (SAVED,), refused_at=SAVED)


def need_view(its: RequestCard, question: OpenQuestion, metadata: str) -> Block:
    """Return the form that gives a request a new date, or a new end to what it blocks."""
    empty = "it has no date any more" if question is OpenQuestion.STILL_NEEDED else "nobody is blocked any more"
    return NEED.view(metadata, f"{words.name(its)}\nLeave it empty if {empty}.")


def saving_view(its: RequestCard, metadata: str) -> Block:
    """Return the form that asks what a delivery saves."""
    return SAVING.view(metadata, f"{words.name(its)}\nHours that your whole team is spared in a month, about.")


def step_view(its: RequestCard, step: Step, metadata: str) -> Block:
    """Return the form of a step that takes words."""
    said = words.name(its)
    if step is Step.REPLY and its.reason:
        said += f"\n> {escape(its.reason, 600)}"
    return STEP_FORMS[step].view(metadata, said)


def merge_view(its: RequestCard, others: Iterable[RequestCard], metadata: str) -> Block:
    """Return the form that makes a request part of another."""
    options = {str(each.id): f"#{each.id} {each.title}" for each in others}
    said = f"{words.name(its)}\nIts askers count for the other one. You can undo the merge."
    return MERGE.view(metadata, said, {INTO: Fill(options=options)})


def snooze_view(its: RequestCard, metadata: str) -> Block:
    """Return the form that puts a request off."""
    until = its.snoozed_until.isoformat() if its.snoozed_until is not None else ""
    return SNOOZE.view(metadata, words.name(its), {DAY: Fill(until)})


def assign_view(its: RequestCard, metadata: str) -> Block:
    """Return the form that says who works on a request."""
    assignee = its.assignee.slack_id if its.assignee is not None else ""
    return ASSIGN.view(metadata, words.name(its), {ASSIGNEE: Fill(assignee)})


def estimate_view(its: RequestCard, metadata: str) -> Block:
    """Return the form of an estimate."""
    said = f"{words.name(its)}\nHours of the DevOps team alone; triage, review and handoff are added."
    return ESTIMATE.view(metadata, said)


def existing_view(its: RequestCard) -> Block:
    """Return what is shown in place of the form where the thread has a request already."""
    lines = [f"There is a request already: {words.name(its)}", words.standing(its), *map(words.item, its.items[:8])]
    if its.permalink:
        lines.append(link(its.permalink, "The thread"))
    elements = words.follow_buttons(its)
    if Step.REOPEN in its.steps:
        elements.append(button("Reopen…", actions.REOPEN, str(its.id), label=f"Reopen… #{its.id}"))
    buttons = {"type": "actions", "block_id": f"backlog.existing.{its.id}", "elements": elements}
    return modal(REQUEST.title, [section("\n".join(lines)), buttons])
