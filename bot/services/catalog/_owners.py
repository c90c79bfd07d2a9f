"""Who the owners are that claims name: found among teams and people, or added so that they can own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import orjson
from sqlalchemy import func, select

from bot.domain.catalog import AssetClaim, Origin, OwnerRef, Problem
from bot.domain.reconcile.book import Owner, PersonEntry, TeamEntry
from bot.domain.reconcile.claims import decode_owners
from bot.domain.reconcile.owners import Nobody, Resolved, UnknownPerson, UnknownTeam, nearest
from bot.domain.sources import ClaimSubject
from bot.services.catalog._roster import Roster
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import chunks

#: Whom each reference means: several where its text is a list of them, none where it names nobody.
Owners = dict[OwnerRef, tuple[Owner, ...]]


async def resolve_owners(roster: Roster, claims: Iterable[AssetClaim]) -> Owners:
    """Return whom the claims' owner references mean; adds stubs and people to the book."""
    found: Owners = {}
    for chunk in chunks(claims):
        for claim in chunk:
            for one in claim.owners:
                if one.owner not in found:
                    meant = roster.index.owners(one.owner)
                    named = (_owner(roster, one.owner, each, is_alone=len(meant) == 1) for each in meant)
                    found[one.owner] = tuple(each for each in named if each is not None)
        await asyncio.sleep(0)
    return found


def _owner(roster: Roster, ref: OwnerRef, meant: Resolved, *, is_alone: bool) -> Owner | None:
    index, book = roster.index, roster.book
    match meant:
        case TeamEntry() as team:
            team.refer(index.called(ref) if is_alone else team.name)
            return team
        case PersonEntry() as person:
            return person
        case UnknownTeam(folded, name):
            stub = book.add_team(TeamEntry(folded=folded, name=name))
            index.add_stub(stub)
            return stub
        case UnknownPerson(key):
            added = book.add_person(PersonEntry(name=key[1]))
            setattr(added, key[0], key[1])
            index.people[key] = added
            return added
        case _:
            return None


async def note_unknown(run: Run, roster: Roster) -> None:
    """Note every team that this source's claims, as stored, name and no source declares, with the nearest declared.

    Each once, where it comes first in the files. Says nothing while no source declares any team: then there is nothing
    that the name could be held against.
    """
    index, teams = roster.index, roster.book.teams
    if not any(team.is_live for team in teams):
        return
    unknown: set[str] = set()
    for ref, origin in (await _named(run)).items():
        meant = index.owners(ref)
        if meant == (Nobody(),):
            message = f"the owner '{ref.written}' names nobody for sure; name a team or a person."
            run.notes.append(Problem(origin, message, is_error=False))
        for found in meant:
            name = _undeclared(found)
            if name and name not in unknown:
                unknown.add(name)
                names = ", ".join(nearest(ref.name, teams))
                message = f"no source declares the team '{index.called(ref)}'{f'; nearest: {names}' if names else ''}."
                run.notes.append(Problem(origin, message, is_error=False))


def _undeclared(found: Resolved) -> str:
    """Return the name, folded, of a team that no source declares; "" for everybody else."""
    is_undeclared = isinstance(found, UnknownTeam) or (isinstance(found, TeamEntry) and not found.is_live)
    return found.folded if is_undeclared and isinstance(found, UnknownTeam | TeamEntry) else ""


async def _named(run: Run) -> dict[OwnerRef, Origin]:
    """Return whom this source's claims name as owners, with where that is first, in the order of the files."""
    # The plain table: its JSON columns can be asked for one key.
    t = tables.core(tables.Claim).c
    owners = t.content["owners"].as_string()
    # A few hundred owners are named a hundred thousand times, so the database finds where each is first.
    line = func.min(func.coalesce(t.line, 0))
    query = (
        select(owners, t.path, line)
        .where(t.source_id == run.source.id, t.subject == ClaimSubject.ASSET.value, t.digest != "", owners.is_not(None))
        .group_by(owners, t.path)
        .order_by(t.path, line, func.min(t.id))
    )
    first: dict[OwnerRef, Origin] = {}
    for chunk in chunks((await run.connection.execute(query)).all()):
        for said, path, number in chunk:
            for one in decode_owners({"owners": orjson.loads(said)}):
                first.setdefault(one.owner, Origin(path, number or None))
        await asyncio.sleep(0)
    return first
