"""Teams and people between the store and the rules: loaded whole, written back where they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import delete, select, update
from sqlmodel import SQLModel

from bot.domain.reconcile.book import Book, Owner, PersonEntry, TeamEntry
from bot.domain.reconcile.claims import decode_owners
from bot.domain.reconcile.owners import OwnerIndex, path_of
from bot.domain.sources import ClaimSubject
from bot.services.catalog import _merges
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import chunks, insert_rows, reserve_ids, select_all, table_of, update_rows

#: A source says that a person is in a team.
Membership = tuple[TeamEntry, PersonEntry, int]

_IDENTIFIERS = ("slack_id", "email", "handle")


@dataclass(slots=True)
class Roster:
    """The book, what its entries were when loaded, and the memberships: as stored (by id), and as they are to be.

    `former` are those of people who have left a team, `stored_former` the same as stored. `index` finds owners in the
    book as it is now, `index_before` as it was when loaded. `paths_of_others` are those of groups by which other
    sources name owners.
    """

    book: Book
    index: OwnerIndex
    index_before: OwnerIndex
    originals: dict[Owner, Mapping[str, Any]]
    stored_members: dict[Membership, int]
    members: set[Membership]
    teams_by_id: dict[int, TeamEntry]
    people_by_id: dict[int, PersonEntry]
    paths_of_others: frozenset[str] = frozenset()
    stored_former: dict[Membership, int] = field(default_factory=dict)
    former: set[Membership] = field(default_factory=set)


def _person_values(entry: PersonEntry) -> dict[str, Any]:
    keys = ("name", "slack_id", "email", "handle", "timezone", "is_active", "has_left")
    return {key: getattr(entry, key) for key in keys}


def _team_values(entry: TeamEntry) -> dict[str, Any]:
    keys = ("folded", "name", "channel", "user_group", "timezone", "is_declared", "gone_at")
    values = {key: getattr(entry, key) for key in keys}
    values["aliases"], values["former_names"] = list(entry.aliases), list(entry.former_names)
    values["lead_id"] = None if entry.lead is None else entry.lead.id
    values["manager_id"] = None if entry.manager is None else entry.manager.id
    return values


async def load(run: Run) -> Roster:
    """Return every team and person of the store."""
    t, people = table_of(tables.Person).c, dict[int, PersonEntry]()
    query = select(t.id, t.name, t.slack_id, t.email, t.handle, t.timezone, t.is_active, t.has_left, t.is_deactivated)
    async for rows in select_all(run.connection, query, t.id):
        people.update((row.id, PersonEntry(**row._asdict())) for row in rows)
    teams = await _load_teams(run, people)
    book = Book(list(teams.values()), list(people.values()))
    members = await _load_members(run, tables.Membership, teams, people)
    former = await _load_members(run, tables.FormerMember, teams, people)
    claims = table_of(tables.Claim).c
    is_claimed = claims.subject == ClaimSubject.PERSON.value, claims.digest != ""
    claimed = set((await run.connection.execute(select(claims.subject_id).where(*is_claimed))).scalars())
    know(book, members, (people[number] for number in claimed))
    paths = await _paths(run)
    index = OwnerIndex(book, paths[True] | paths[False])
    originals: dict[Owner, Mapping[str, Any]] = {entry: _person_values(entry) for entry in book.people}
    originals.update((entry, _team_values(entry)) for entry in book.teams)
    others = frozenset(paths[False])
    return Roster(book, index, index, originals, members, set(members), teams, people, others, former, set(former))


def named_paths(run: Run, roster: Roster) -> set[str]:
    """Return the paths of groups by which sources name owners, this one as it was read."""
    named = (each.owner for claim in run.reading.assets.claims.values() for each in claim.owners)
    return {*roster.paths_of_others, *filter(None, map(path_of, named))}


async def _paths(run: Run) -> dict[bool, set[str]]:
    """Return the paths of groups by which stored claims name owners: this source's (True), and the others'."""
    t = tables.core(tables.Claim).c
    owners, is_own = t.content["owners"].as_string(), t.source_id == run.source.id
    query = (
        select(owners, is_own)
        .distinct()
        .where(t.subject == ClaimSubject.ASSET.value, t.digest != "", owners.contains("/"))
    )
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for chunk in chunks((await run.connection.execute(query)).all()):
        for said, own in chunk:
            named = decode_owners({"owners": orjson.loads(said)})
            found[bool(own)].update(filter(None, (path_of(each.owner) for each in named)))
        await asyncio.sleep(0)
    return found


def know(book: Book, members: Iterable[Membership], claimed: Iterable[PersonEntry]) -> None:
    """Mark who is known to be a person: claimed by a source, in Slack, in a team or above one.

    The others are only e-mail addresses of owners.
    """
    for entry in book.people:
        entry.is_known = entry.slack_id is not None
    above = (person for team in book.teams for person in (team.lead, team.manager) if person is not None)
    for entry in (*claimed, *(person for _, person, _ in members), *above):
        entry.is_known = True


async def _load_members(
    run: Run, model: type[SQLModel], teams: Mapping[int, TeamEntry], people: Mapping[int, PersonEntry]
) -> dict[Membership, int]:
    t = table_of(model).c
    query = select(t.id, t.team_id, t.person_id, t.source_id)
    return {
        (teams[row.team_id], people[row.person_id], row.source_id): row.id
        async for rows in select_all(run.connection, query, t.id)
        for row in rows
    }


async def _load_teams(run: Run, people: Mapping[int, PersonEntry]) -> dict[int, TeamEntry]:
    table = table_of(tables.Team)
    return {
        row.id: TeamEntry(
            id=row.id,
            folded=row.folded,
            name=row.name,
            aliases=tuple(row.aliases),
            former_names=tuple(row.former_names),
            channel=row.channel,
            user_group=row.user_group,
            timezone=row.timezone,
            lead=people.get(row.lead_id),
            manager=people.get(row.manager_id),
            is_declared=row.is_declared,
            gone_at=row.gone_at,
        )
        async for rows in select_all(run.connection, select(table), table.c.id)
        for row in rows
    }


async def flush(run: Run, roster: Roster) -> None:
    """Write what differs from the store; every entry has its id afterwards, and merged ones own nothing any more."""
    await _write(run, roster, roster.book.people, table_of(tables.Person), unique=_IDENTIFIERS)
    for person in roster.book.people:
        roster.people_by_id[person.id] = person
    changed = (roster.members ^ set(roster.stored_members)) | (roster.former ^ set(roster.stored_former))
    touched = {team for team, person, source in changed}
    await _write(run, roster, roster.book.teams, table_of(tables.Team), unique=("folded",), touched=touched)
    for team in roster.book.teams:
        roster.teams_by_id[team.id] = team
    for before, into in roster.book.merged.items():
        await _merges.repoint(run, before, into)
    if changed:
        await _write_members(run, tables.Membership, roster.stored_members, roster.members)
        await _write_members(run, tables.FormerMember, roster.stored_former, roster.former, left_at=run.now)


async def _write(
    run: Run,
    roster: Roster,
    entries: Iterable[PersonEntry] | Iterable[TeamEntry],
    table: Any,
    *,
    unique: tuple[str, ...],
    touched: Iterable[Owner] = (),
) -> None:
    new = [entry for entry in entries if not entry.id]
    for entry, number in zip(new, await reserve_ids(run.connection, table, len(new)), strict=True):
        entry.id = number
    inserts, updates = [], []
    also = set(touched)
    for entry in entries:
        values = _person_values(entry) if isinstance(entry, PersonEntry) else _team_values(entry)
        before = roster.originals.get(entry)
        if before is None:
            inserts.append({"id": entry.id, **values, "revision": run.revision})
        elif before != values or entry in also:
            updates.append({"row_id": entry.id, **values, "revision": run.revision})
    # Set aside first what is unique: the name that one entry gives up may be the one that another takes.
    aside = [
        {"row_id": row["row_id"], **{key: None if table.c[key].nullable else f"~{row['row_id']}" for key in unique}}
        for row in updates
    ]
    await update_rows(run.connection, table, aside)
    await update_rows(run.connection, table, updates)
    await insert_rows(run.connection, table, inserts)


async def _write_members(
    run: Run, model: type[SQLModel], stored: Mapping[Membership, int], wanted: Set[Membership], **also: Any
) -> None:
    table = table_of(model)
    ended = [number for member, number in stored.items() if member not in wanted]
    for chunk in chunks(ended):
        await run.connection.execute(delete(table).where(table.c.id.in_(chunk)))
    begun = sorted((team.id, person.id, source) for team, person, source in wanted - stored.keys())
    rows = ({"team_id": team, "person_id": person, "source_id": source, **also} for team, person, source in begun)
    await insert_rows(run.connection, table, rows)


async def drop_unused_stubs(run: Run) -> None:
    """Drop stubs that nothing refers to any more. They come back with their id when something refers to them again."""
    team, owned, member = (table_of(model) for model in (tables.Team, tables.Ownership, tables.Membership))
    drift = table_of(tables.Drift)
    owns = select(owned.c.id).where(owned.c.team_id == team.c.id, owned.c.valid_to.is_(None))
    has = select(member.c.id).where(member.c.team_id == team.c.id)
    owned_before = select(drift.c.id).where(drift.c.team_id == team.c.id)
    await run.connection.execute(
        update(team)
        .where(
            team.c.is_declared.is_(False),
            team.c.gone_at.is_(None),
            ~owns.exists(),
            ~has.exists(),
            ~owned_before.exists(),
        )
        .values(gone_at=run.now, revision=run.revision)
    )
