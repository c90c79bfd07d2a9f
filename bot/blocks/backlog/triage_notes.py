"""What the DevOps team reads below its message about a request: who needs it, too, who works on it, what has ended."""

from __future__ import annotations

from datetime import date

from bot.blocks.backlog import words
from bot.blocks.text import Rendered, bold, day, escape, mention, section
from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.records import PersonRecord


def joined_by(who: str, by: date | None = None) -> Rendered:
    """Return what the DevOps team reads under its message when another team has joined a request; it calls nobody."""
    said = f"{bold(who, 60)} needs it as well{f', by {day(by)}' if by is not None else ''}."
    return Rendered(said, [section(said)])


def took_in(part: RequestCard, by: PersonRecord, *, called: str = "") -> Rendered:
    """Return what the DevOps team reads under its message about a request when another one became part of it.

    It calls one person, by their Slack id. Of a private one only the number is said.
    """
    to = f"{mention(called)} " if called else ""
    items = [] if part.is_private or words.is_its_title(part) else words.items(part.items)
    said = "\n".join([f"{to}{words.public_name(part)} is part of this now, says {words.person(by)}.", *items])
    return Rendered(said, [section(said)])


def took_out(part: RequestCard) -> Rendered:
    """Return what stands in the place of that once it is so no more."""
    said = f"{words.public_name(part)} is no longer part of this."
    return Rendered(said, [section(said)])


def left_news(who: str, why: str) -> Rendered:
    """Return what the DevOps team reads under its message when a team has left a request that others still need."""
    said = f"{escape(who, 80)} left this request{f': {escape(why, 600)}' if why else '.'}"
    return Rendered(said, [section(said)])


def assigned(its: RequestCard, by: PersonRecord) -> Rendered:
    """Return what somebody of the DevOps team reads, under its message, to whom a request was given to work on."""
    to = f"{mention(its.assignee.slack_id)} " if its.assignee is not None and its.assignee.slack_id else ""
    said = f"{to}{words.person(by)} assigned this to you."
    return Rendered(said, [section(said)])


def ended_by(its: RequestCard, step: Step, by: PersonRecord) -> Rendered:
    """Return what whoever works on a request reads, under its message, when a colleague has ended it."""
    to = f"{mention(its.assignee.slack_id)} " if its.assignee is not None and its.assignee.slack_id else ""
    said = f"{to}{words.person(by)} {words.DID[step.value]}."
    return Rendered(said, [section(said)])


def unassigned(its: RequestCard, before: PersonRecord, by: PersonRecord) -> Rendered:
    """Return what somebody of the DevOps team reads, under its message, who works on a request no longer."""
    to = f"{mention(before.slack_id)} " if before.slack_id else ""
    now = f"{words.person(its.assignee)} works on it now" if its.assignee is not None else "nobody works on it now"
    said = f"{to}{words.person(by)} took this off you: {now}."
    return Rendered(said, [section(said)])


def released(whole_id: int) -> Rendered:
    """Return what the DevOps team reads under its message about a request that is part of no other any more."""
    said = f"#{whole_id} is no longer needed, so this stands by itself again."
    return Rendered(said, [section(said)])
