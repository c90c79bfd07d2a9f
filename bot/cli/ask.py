"""`baton ask`: the same answers as in Slack, in a terminal."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import orjson
import typer

from bot.blocks import help as help_blocks
from bot.blocks import ownership as blocks
from bot.cli import _history, _owners
from bot.cli._database import answering
from bot.cli._plain import plain
from bot.cli._terminal import day, typed_lines
from bot.domain.catalog import Area
from bot.domain.directory.courtesies import Courtesy
from bot.domain.handoff.status import HandoffStatus
from bot.domain.ownership import Disputed, Drift, Holding, Orphaned, Owned, Stale, Unowned, UnownedOnPurpose, Verdict
from bot.services import history, ownership
from bot.services.deps import Deps
from bot.services.history import Chronicle, Recalled
from bot.services.ownership import Answered, Found, Missing, SeveralAssets
from bot.services.questions import Always, Meant, NoQuestion, OnDay
from bot.services.snapshot import Snapshot

_NOTHING = Missing(asked="", choices=(), confidence=0.0, name="", names_nothing=True)
_STATUS: tuple[tuple[type[Verdict], str], ...] = (
    (Disputed, "disputed"),
    (UnownedOnPurpose, "unowned_on_purpose"),
    (Unowned, "unowned"),
    (Orphaned, "orphaned"),
    (Stale, "stale"),
    (Owned, "owned"),
)


def ask(
    question: Annotated[
        list[str] | None, typer.Argument(help="What to ask, for example: who owns payments-db?")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each question.")] = False,
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read a question a line; needs --json.")] = False,
    on: Annotated[
        date | None, typer.Option(parser=day, metavar="YYYY-MM-DD", help="Ask about the end of that day.")
    ] = None,
) -> None:
    """Answer who owns something, or who owned it on a day in the past, from the catalog."""
    if from_stdin != (question is None) or (from_stdin and not as_json):
        raise typer.BadParameter("give a question, or --stdin --json with a question a line")
    asyncio.run(_ask(" ".join(question or ()), as_json=as_json, on=on))


async def _ask(question: str, *, as_json: bool, on: date | None) -> None:
    async with answering() as (deps, catalog):
        questions = [question] if question else typed_lines()
        for line in questions:
            said = await _answer(deps, catalog, line, on, as_json=as_json)
            sys.stdout.write((said if isinstance(said, str) else orjson.dumps(said).decode()) + "\n")


async def _answer(deps: Deps, catalog: Snapshot, text: str, on: date | None, *, as_json: bool) -> str | dict[str, Any]:
    """Return the answer as text, or as the fields of `--json`."""
    found = OnDay(text, on) if on is not None else ownership.answer(deps, catalog, text)
    if isinstance(found, OnDay | Always):
        past = await history.recall(deps, catalog, found)
        if isinstance(past, Recalled | Chronicle):
            return _history.as_dict(past) if as_json else plain(_history.render(past).text, catalog)
        found = past
    if isinstance(found, NoQuestion):
        said = help_blocks.whoowns_help() if found.courtesy is Courtesy.GREETING else blocks.nothing_asked()
        return as_dict(_NOTHING, catalog) if as_json else plain(said.text, catalog)
    if isinstance(found, _owners.OwnerMeant):
        return await _owners.answer(deps, catalog, found, as_json=as_json)
    if isinstance(found, Meant):  # a reference by id can only be resolved in Slack
        found = ownership.find(deps, catalog, text)
    return as_dict(found, catalog) if as_json else as_text(found, catalog)


def as_dict(found: Found, catalog: Snapshot) -> dict[str, Any]:
    """Return an answer as the fields of `--json`; docs/ownership.md explains them."""
    if isinstance(found, Answered):
        return _answered(found, catalog)
    return {
        "status": "several" if isinstance(found, SeveralAssets) else "unknown",
        "asset": None,
        "ref": None,
        "owner": None,
        "owners": [],
        "area": None,
        "confidence": round(found.confidence, 3),
        "understood_as": found.asked,
        "suggestions": [asset.name for asset, _ in found.choices],
        "suggested_refs": [asset.ref for asset, _ in found.choices],
        "sources": [],
    }


def as_text(found: Found, catalog: Snapshot) -> str:
    """Return an answer for a terminal: the message's plain-text version without Slack's markup."""
    if isinstance(found, Answered):
        message = blocks.answer(found.verdict, replace(found.frame, is_shared=True))
    elif isinstance(found, SeveralAssets):
        message = blocks.several(found.choices, found.left, lacks_repository=found.lacks_repository)
    else:
        message = blocks.unknown(found.choices, found.asked, lacks_repository=found.lacks_repository)
    return plain(message.text, catalog)


def _answered(found: Answered, catalog: Snapshot) -> dict[str, Any]:
    verdict, match = found.verdict, found.match
    assert match is not None  # noqa: S101 - a text was asked about
    held = verdict.holdings if isinstance(verdict, Owned) else ()
    if isinstance(verdict, Disputed):
        held = verdict.claims
    is_sure = isinstance(verdict, Owned) and not isinstance(verdict, Stale | Orphaned)
    owners = verdict.owners if isinstance(verdict, Owned) else ()
    status = next(status for kind, status in _STATUS if isinstance(verdict, kind))
    without_owner = _without_owner(verdict)
    return {
        "status": "partly_owned" if status == "owned" and without_owner else status,
        "asset": verdict.asset.name,
        "ref": verdict.asset.ref,
        "owner": owners[0].name if is_sure else None,
        "last_known_owner": owners[0].name if owners else None,
        "owner_of": list(dict.fromkeys(each.fact.area for each in owners if each.name == owners[0].name)),
        "owners": [_holding(holding, catalog) for holding in held],
        "area": verdict.area,
        "not_updated": [_drift(one) for one in verdict.drift] if isinstance(verdict, Owned) else [],
        "without_owner": without_owner,
        "handoffs": [_status(one) for one in found.frame.handoffs],
        "inherited_from": verdict.inherited_from.name
        if isinstance(verdict, Owned) and verdict.inherited_from is not None
        else None,
        "reason": _reason(verdict),
        "confidence": round(match.confidence, 3),
        "understood_as": match.understood_as,
        "method": match.method,
        "suggestions": [],
        "sources": sorted({holding.fact.source for holding in held} | _says_nobody(verdict)),
    }


def _without_owner(verdict: Verdict) -> list[Area]:
    """Return the areas without an owner of something partly owned; `all` for everything that nobody is named for."""
    if not isinstance(verdict, Owned):
        return []
    areas = {area for each in verdict.given_up for area in each.areas}
    areas |= {each.fact.area for each in verdict.left_behind}
    if verdict.is_partial and Area.APPLICATION not in areas:
        areas.add(Area.ALL)
    return sorted(areas)


def _reason(verdict: Verdict) -> str | None:
    """Return why nobody owns it: it is unowned on purpose (also if disputed), or its owner gave it up; else None."""
    if isinstance(verdict, Unowned) and verdict.release is not None:
        return verdict.release.reason
    nobody = verdict.nobody if isinstance(verdict, Disputed) else None
    return (nobody or verdict.asset).unowned_reason or None


def _says_nobody(verdict: Verdict) -> set[str]:
    nobody = verdict.nobody if isinstance(verdict, Disputed) else None
    return {nobody.unowned_source} if nobody is not None and nobody.unowned_source else set()


def _drift(one: Drift) -> dict[str, Any]:
    fact = one.holding.fact
    said = {"source": fact.source, "owner": one.holding.name, "area": fact.area}
    return {**said, "files": list(one.files), "until": one.until if one.becomes_dispute else None}


def _status(one: HandoffStatus) -> dict[str, Any]:
    said = one.record
    return {
        "handoff": said.number,
        "state": said.stage,
        "areas": list(one.areas),
        "from": one.giver.name,
        "to": one.receiver.name,
        "on": said.on,
    }


def _holding(holding: Holding, catalog: Snapshot) -> dict[str, Any]:
    fact = holding.fact
    by = catalog.person(fact.confirmed_by) if fact.confirmed_by is not None else None
    return {
        "owner": holding.name,
        "type": "team" if holding.team is not None else "person",
        "channel": holding.team.channel or None if holding.team is not None else None,
        "area": fact.area,
        "role": fact.role,
        "source": fact.source,
        "since": fact.valid_from,
        "until": fact.until,
        "last_seen_at": holding.seen_at,
        "confirmed_at": fact.confirmed_at,
        "confirmed_by": by.name if by is not None else None,
    }
