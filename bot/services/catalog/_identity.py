"""Who somebody is and whether they are still here: what an import changed about that, and where it was not believed.

A reference to a person gives a team's rights to whoever that person turns out to be, so such a change is never silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from bot.domain.catalog import Origin, PersonClaim, Problem
from bot.domain.reconcile.book import PersonEntry
from bot.domain.reconcile.claims import decode_person
from bot.domain.reconcile.people import Key, keys_of
from bot.domain.secrets import redacted
from bot.domain.sources import ClaimSubject, Source, rank
from bot.services.catalog._roster import Roster
from bot.services.catalog._run import Run
from bot.services.catalog.report import MAX_CHANGES, PersonChange, ReportAction
from bot.store import tables
from bot.store.bulk import select_all, table_of

_FIELDS = ("email", "handle", "slack_id")
_CALLED = {"email": "e-mail address", "handle": "handle", "slack_id": "Slack id"}


def changes(roster: Roster) -> list[PersonChange]:
    """Return what people who were stored are known by now and were not, and the reverse, by the names
    that they had. Of two who turned out to be one, each is now known by what the other was.
    """
    found: set[PersonChange] = set()
    for entry, before in roster.originals.items():
        if isinstance(entry, PersonEntry):
            found.update(_changes(entry, before, roster.book.final(entry)))
    return sorted(found)


def _changes(entry: PersonEntry, before: Any, now: PersonEntry) -> Iterator[PersonChange]:
    name = redacted(next((before[key] for key in ("name", *_FIELDS) if before[key]), now.name))
    for field in _FIELDS:
        was, value = before[field], getattr(now, field)
        if was == value:
            continue
        if was and entry is now:
            yield PersonChange(name, field, redacted(was), ReportAction.REMOVED)
        if value:
            yield PersonChange(name, field, redacted(value), ReportAction.ADDED)
    if before["is_active"] != now.is_active:
        yield PersonChange(name, "is_active", "", ReportAction.ADDED if now.is_active else ReportAction.REMOVED)


def audited(run: Run) -> dict[str, list[str]]:
    """Return what the audit log keeps of an import about who people are, up to a bound."""
    said = [f"{each.action.value} {each.field} {each.value} {each.person}" for each in run.changes.people]
    return {"people": said[:MAX_CHANGES]} if said else {}


async def note_outvoted(run: Run, roster: Roster) -> None:
    """Note what this source says of who people are while a source that is believed first says otherwise."""
    mine: list[tuple[PersonEntry, PersonClaim]] = []
    others: dict[int, list[tuple[Source, PersonClaim]]] = {}
    givers: dict[Key, Source] = {}
    t = table_of(tables.Claim).c
    query = select(t.id, t.source_id, t.subject_id, t.content, t.path, t.line).where(
        t.subject == ClaimSubject.PERSON.value, t.digest != ""
    )
    async for rows in select_all(run.connection, query, t.id):
        for row in rows:
            source, claim = run.sources[row.source_id], decode_person(row.content, origin=Origin(row.path, row.line))
            if source.id == run.source.id:
                mine.append((roster.people_by_id[row.subject_id], claim))
            elif rank(source) < rank(run.source):
                others.setdefault(row.subject_id, []).append((source, claim))
                givers.update((key, min(givers.get(key, source), source, key=rank)) for key in keys_of(claim))
    for entry, claim in mine:
        about = sorted(others.get(entry.id, ()), key=lambda each: rank(each[0]))
        for what, source in _outvoted(entry, claim, about, givers):
            message = f"{what}; '{source.name}', which comes first, says otherwise: not taken from here."
            run.notes.append(Problem(claim.origin, message, is_error=False))


def _outvoted(
    entry: PersonEntry, claim: PersonClaim, about: list[tuple[Source, PersonClaim]], givers: dict[Key, Source]
) -> Iterator[tuple[str, Source]]:
    """Yield what a claim says in vain, and the source that is believed instead; `about` are others' claims."""
    name = redacted(entry.name or entry.email or claim.name)
    for field, value in keys_of(claim):
        if getattr(entry, field) == value:
            continue
        fields = (source for source, other in about if any(key[0] == field for key in keys_of(other)))
        if (source := givers.get((field, value)) or next(fields, None)) is not None:
            yield f"gives '{name}' the {_CALLED[field]} '{redacted(value)}'", source
    if about and claim.is_active != about[0][1].is_active:
        yield f"says that '{name}' {'is still here' if claim.is_active else 'has left'}", about[0][0]
