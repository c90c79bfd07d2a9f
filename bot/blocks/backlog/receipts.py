"""What whoever has done something to a request reads: what was done, who hears of it, and how the request stands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.blocks.backlog import words
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.recipients import Reach

#: What is said for each step; `{asker}` is whoever the thread calls.
_DONE: Mapping[Step, str] = MappingProxyType(
    {
        Step.ACCEPT: "{asker} is told, and so are those who follow it.",
        Step.START: "Started; nobody is written to.",
        Step.DELIVER: "{asker} is asked whether it does the job.",
        Step.DELIVER_PART: "{asker} reads which items are there. Press *Delivered…* again when the others are.",
        Step.ASK: "Your question goes to {asker}, and to those who follow it.",
        Step.REPLY: "The DevOps team reads your answer under its message.",
        Step.ANSWER: "{asker} is told, and so are those who follow it.",
        Step.DECLINE: "{asker} is told why, and so are those who follow it.",
        Step.DISMISS: "{asker} is told why, and so are those who follow it.",
        Step.MERGE: "{asker} is told, and so are those who follow it.",
        Step.UNMERGE: "It stands by itself again: {asker} is told, and the DevOps team is to answer it.",
        Step.WITHDRAW: "The DevOps team reads under its message that it is not needed any more.",
        Step.CONFIRM: "It is confirmed: the DevOps team's message says so.",
        Step.NOT_YET: "The DevOps team reads under its message what is missing.",
        Step.RESUME: "It is in progress again, and nobody is asked any more whether it does the job.",
        Step.REOPEN: "The DevOps team reads under its message that it is open again.",
    }
)

#: … and where each of several teams is asked about what it has asked for itself.
_TO_PARTS: Mapping[Step, str] = MappingProxyType(
    {
        Step.DELIVER: "All who asked for it are told, and asked once whether it does the job.",
        Step.DELIVER_PART: "All who asked for it read which items are there. Whoever has all of theirs is asked "
        "whether it does the job. Press *Delivered…* again when the others are.",
    }
)
#: Steps that the DevOps team has to know of; of the others, whoever asked.
_FOR_DEVOPS = frozenset({Step.REPLY, Step.WITHDRAW, Step.NOT_YET, Step.REOPEN})


def receipt(
    its: RequestCard,
    step: Step | None = None,
    *,
    is_new: bool = True,
    is_for_theirs: bool = False,
    is_told: bool = False,
    reach: Reach = Reach.TOLD,
) -> Rendered:
    """Return what whoever has taken a step reads; without a step how the request stands."""
    standing = f"{words.name(its)}: {words.standing(its)}"
    if not is_new:
        return Rendered(f"Done already. {standing}")
    if step is None or step not in _DONE:
        return Rendered(standing)
    asker = words.person(its.reachable[0]) if its.reachable else "Whoever asked"
    # The yes of a team that asked for a part, or has joined, does not end the request.
    said = _DONE[Step.ACCEPT] if step is Step.START and is_told else _DONE[step]
    done = "The card says that it does the job for you." if is_for_theirs else said.format(asker=asker)
    if step in _TO_PARTS and its.parts:
        done = _TO_PARTS[step]
    elif step is Step.DELIVER and its.joined:
        done = f"{done.removesuffix('.')}, and so is everybody else who asked for it."
    if reach is Reach.BY_CARD:
        done = "The card says so: its channel wants no other posts. Those who follow it are told."
    elif reach is not Reach.TOLD:
        done = _not_told("the DevOps team" if step in _FOR_DEVOPS else "whoever asked for it", reach)
    return Rendered(f"{done}\n{standing}")


def _not_told(whom: str, reach: Reach) -> str:
    if reach is Reach.PERHAPS:
        return f"I may be unable to tell {whom}. If so, I will tell you."
    return f"I can tell nobody: {whom} has no open channel or active account in Slack. Talk to them."


def saved(its: RequestCard, hours: float) -> Rendered:
    """Return what whoever has said what a delivery saves reads."""
    return Rendered(f"Noted: it saves {words.hours(hours)} a month. `/devops savings` shows it.\n{words.name(its)}")


def estimated(its: RequestCard) -> Rendered:
    """Return what whoever has estimated a request reads."""
    return Rendered("\n".join([words.name(its), *([words.effort(its.estimate)] if its.estimate is not None else [])]))
