"""`baton backlog draft`: what threads ask for, from documents of `conversations.replies`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from bot.cli._terminal import read_utf8
from bot.domain.backlog import drafts, technologies, threads
from bot.domain.backlog.drafts import Draft
from bot.domain.encodings import read_json
from bot.domain.names import clean, storable
from bot.domain.phrases import figure
from bot.errors import UnreadableError


def draft(
    files: Annotated[list[Path], typer.Argument(help="Documents of conversations.replies, one thread each.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line for each file.")] = False,
) -> None:
    """Show what each thread asks for. Nothing is created, and nothing leaves this machine.

    With --json, a file that cannot be read has a line as well, so that lines and files correspond.
    """
    vocabulary = technologies.known()
    unread = False
    for file in files:
        found: Draft | None = None
        try:
            found = drafts.draft(threads.read(_document(file)), vocabulary)
            fields = as_dict(found)
        except UnreadableError as error:
            unread = True
            fields = {"file": storable(str(file)), "error": storable(str(error))}
            sys.stderr.write(f"{fields['error']}\n")
        if as_json:
            sys.stdout.write(f"{orjson.dumps(fields).decode()}\n")
        elif found is not None:
            sys.stdout.writelines(f"{line}\n" for line in _lines(found))
    if unread:
        raise typer.Exit(1)


def _document(file: Path) -> dict[str, Any]:
    try:
        read = read_json(read_utf8(file))
    except ValueError as error:
        raise UnreadableError(f"{file} is not JSON: {error}.", path=str(file)) from None
    if not isinstance(read, dict) or not isinstance(read.get("messages"), list):
        raise UnreadableError(f"{file} has no messages: save an answer of conversations.replies in it.", path=str(file))
    return read


def as_dict(found: Draft) -> dict[str, Any]:
    """Return the fields of `--json`. Missing values are null; without a known cadence there are no hours a month."""
    return {
        "title": clean(found.title),
        "items": [_item(item) for item in found.items],
        "suggested": [_item(item) for item in found.suggested],
        "technologies": [each.value for each in found.technologies],
        "skills_gaps": [each.value for each in found.skills_gaps],
        "hours_per_month": None if found.hours is None else found.hours.monthly,
        "hours": None
        if found.hours is None
        else {
            "amount": found.hours.amount,
            "per": found.hours.per,
            "people": found.hours.people,
            "quote": found.hours.quote,
        },
        "people_blocked": None if found.blocked is None else found.blocked.people,
        "needed_by": None if found.needed_by is None else found.needed_by.day.isoformat(),
        "needed_by_reason": found.needed_by.reason or None if found.needed_by is not None else None,
        "team": None if found.team is None else found.team.value,
        "confidence": found.confidence,
        "stays_with_team": [each.value for each in found.stays_with_team],
        "questions": list(found.questions),
    }


def _item(item: drafts.Item) -> dict[str, str]:
    work = item.work
    return {
        "type": item.type.value,
        "title": clean(item.title),
        "why": clean(item.why),
        "builds": work.builds,
        "leaves": work.leaves,
        "owns": work.owns,
    }


def _lines(found: Draft) -> Iterator[str]:
    """Yield a draft for a person at a terminal."""
    yield clean(found.title) or "An empty thread"
    if not found.items:
        yield "  Nothing to request."
        return
    for item in found.items:
        yield f"  {item.type.value}: {clean(item.title)}"
    named = (
        ("technologies", [each.value for each in found.technologies]),
        ("nobody can yet", [each.value for each in found.skills_gaps]),
        ("hours a month", [figure(found.hours.monthly)] if found.hours and found.hours.monthly is not None else []),
        ("people blocked", [str(found.blocked.people)] if found.blocked else []),
        ("needed by", [found.needed_by.day.isoformat()] if found.needed_by else []),
        ("stays with the team", [clean(each.value) for each in found.stays_with_team]),
        ("may come with it", [clean(each.title) for each in found.suggested]),
    )
    for label, values in named:
        if values:
            yield f"  {label}: {', '.join(values)}"
    yield from (f"  ? {question}" for question in found.questions)
