"""Who the owners are that claims name: found among teams and people, or added so that they can own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.domain.catalog import AssetClaim, OwnerRef, Problem
from bot.domain.reconcile.book import Owner, PersonEntry, TeamEntry
from bot.domain.reconcile.owners import Index, UnknownPerson, UnknownTeam, nearest, slug
from bot.services.catalog._roster import Roster
from bot.services.catalog._run import Run
from bot.store.bulk import chunks

#: Whom each reference means; None where it names nobody.
Owners = dict[OwnerRef, Owner | None]


async def resolve_owners(roster: Roster, claims: Iterable[AssetClaim]) -> Owners:
    """Return whom the claims' owner references mean; adds stubs and people to the book."""
    found: Owners = {}
    for chunk in chunks(claims):
        for claim in chunk:
            for one in claim.owners:
                if one.owner not in found:
                    found[one.owner] = _owner(roster, one.owner)
        await asyncio.sleep(0)
    return found


def _owner(roster: Roster, ref: OwnerRef) -> Owner | None:
    index, book = roster.index, roster.book
    match index.resolve(ref):
        case TeamEntry() as team:
            team.refer(slug(ref.name))
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


def note_unknown(run: Run, index: Index, teams: list[TeamEntry]) -> None:
    """Note every team that this source's claims name and no source declares, once, with the nearest declared names.

    Says nothing while no source declares any team: then there is nothing that the name could be held against.
    """
    if not any(team.is_live for team in teams):
        return
    seen: set[OwnerRef] = set()
    unknown: set[str] = set()
    for claim in run.reading.assets.claims.values():
        for one in claim.owners:
            if one.owner in seen:
                continue
            seen.add(one.owner)
            found = index.resolve(one.owner)
            if isinstance(found, TeamEntry):
                if found.is_live or found.folded in unknown:
                    continue
            elif not isinstance(found, UnknownTeam) or found.folded in unknown:
                continue
            unknown.add(found.folded)
            names = ", ".join(nearest(one.owner.name, teams)) or "none"
            message = f"no source declares the team '{slug(one.owner.name)}'; nearest: {names}."
            run.notes.append(Problem(claim.origin, message, is_error=False))
