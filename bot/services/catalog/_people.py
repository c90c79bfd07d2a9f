"""Which sources may say who is in which team, and what an import changed about that.

To be in a team gives its rights, and so does being the person whom a list of members means. Whoever may write to a file
must not get either by what they write there: only sources that somebody trusts for people say such things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.catalog import AssetClaim, Origin, OwnerRef, OwnerType, PersonClaim, Problem, SourceCatalog
from bot.domain.names import fold
from bot.domain.reconcile.book import Book, PersonEntry, TeamEntry
from bot.domain.reconcile.claims import decode_team
from bot.domain.reconcile.owner_texts import without_title
from bot.domain.reconcile.owners import bare, person_names
from bot.domain.secrets import redacted
from bot.domain.sources import ClaimSubject, rank
from bot.errors import CatalogError
from bot.services.catalog._roster import Roster
from bot.services.catalog._run import Run
from bot.services.catalog.report import MAX_CHANGES, PositionChange, ReportAction
from bot.services.deps import Deps
from bot.store import tables
from bot.store.bulk import select_all, table_of
from bot.store.journal import audit

#: Formats whose files lie in the repositories of those whom they are about.
_OF_ONE_REPOSITORY = frozenset(
    {"codeowners", "gitlab-codeowners", "kubernetes", "opslevel", "cortex", "datadog", "terraform"}
)

#: A team, somebody in it or above it, and as what: `member`, `lead` or `manager`.
Position = tuple[TeamEntry, PersonEntry, str]


def may_be_trusted(format_name: str) -> bool:
    """Tell whether a source of this format can be trusted for people, as it is not in files of single repositories."""
    return format_name not in _OF_ONE_REPOSITORY


async def is_trusted(deps: Deps, *, source: str, format_name: str, wanted: bool | None) -> bool:
    """Return whether an import may take people from `source`: as `wanted` says, else as its last import had it."""
    if wanted is None:
        t = table_of(tables.Source).c
        async with deps.database.reading() as session:
            wanted = (await session.execute(select(t.is_trusted_for_people).where(t.name == source))).scalar()
    return bool(wanted) and may_be_trusted(format_name)


def hold_to(run: Run, *, is_trusted: bool, is_said: bool) -> None:
    """Let the run's source be one that is trusted for people, or is not.

    Raises CatalogError where nobody said so with this import, and another one has changed it meanwhile.
    """
    if not is_said and may_be_trusted(run.source.format) and run.source.is_trusted_for_people != is_trusted:
        raise CatalogError(
            f"Another import of '{run.source.name}' changed whether it is trusted for people. Import it again."
        )
    run.is_trust_new = run.source.is_trusted_for_people != is_trusted
    run.source = replace(run.source, is_trusted_for_people=is_trusted)
    run.sources = {**run.sources, run.source.id: run.source}


async def remember(session: AsyncSession, run: Run) -> dict[str, bool]:
    """Keep whether the run's source is trusted for people, which is new; return what the audit log is to say of it.

    Where the run changes nothing else, there is no other entry to say it, so this adds one.
    """
    table, is_trusted = table_of(tables.Source), run.source.is_trusted_for_people
    trusted = update(table).where(table.c.id == run.source.id).values(is_trusted_for_people=is_trusted)
    await run.connection.execute(trusted)
    detail = {"is_trusted_for_people": is_trusted}
    if not run.has_changed:
        await audit(session, run.now, f"import:{run.source.name}", "catalog.trust", f"source:{run.source.id}", detail)
    return detail


def without_people(catalog: SourceCatalog, *, format_name: str) -> SourceCatalog:
    """Return what a source says of assets, and of teams as such: no people, and nobody in a team or above one.

    A note says so where something is left out. People own things all the same: that gives them no team's rights.
    """
    said = [each.origin for each in catalog.people]
    said += [each.origin for each in catalog.teams if each.names_people]
    if not said:
        return catalog
    how = (
        "To use them: --trust-people (or BATON_PEOPLE_SOURCES), if only trusted people can edit it."
        if may_be_trusted(format_name)
        else "To use them, import them as Baton YAML, Backstage or CSV."
    )
    note = Problem(
        said[0],
        f"Team members in this file were ignored (they give rights). {how}",
        is_error=False,
    )
    teams = [replace(each, lead="", manager="", members=None) for each in catalog.teams]
    assets = _with_known_owners(catalog)
    return replace(catalog, people=[], teams=teams, assets=assets, problems=[*catalog.problems, note])


def _with_known_owners(catalog: SourceCatalog) -> list[AssetClaim]:
    """Return the assets, with those owners by address who are named in the source's own list of people.

    Nothing is owned by somebody who has left, as that list says: to own less gives nobody a right.
    """
    called = {fold(each.name): each for each in catalog.people if each.name and (each.email or each.handle)}
    known = called | {each.email.lower(): each for each in catalog.people if each.email}
    assets = []
    for asset in catalog.assets:
        owners = []
        for one in asset.owners:
            person = _person(one.owner, called, known)
            if person is None:
                owners.append(one)
            elif person.is_active:
                address = person.email.lower() or person.handle.lower()
                owners.append(replace(one, owner=OwnerRef(address, OwnerType.PERSON, one.owner.written)))
        assets.append(replace(asset, owners=tuple(dict.fromkeys(owners))))
    return assets


def _person(owner: OwnerRef, called: Mapping[str, PersonClaim], known: Mapping[str, PersonClaim]) -> PersonClaim | None:
    """Return whom of a source's own people an owner is; None for a team, and for somebody else."""
    if owner.type is OwnerType.TEAM:
        return None
    name = without_title(owner.name)
    spellings = (fold(owner.name), *person_names(name, owner.written))
    return known.get(owner.name.lower()) or next(filter(None, map(called.get, spellings)), None)


def positions(roster: Roster) -> set[Position]:
    """Return who is in which team or above it, whichever source says so."""
    found = {(team, person, "member") for team, person, _ in roster.members}
    for team in roster.book.teams:
        above = (("lead", team.lead), ("manager", team.manager))
        found.update((team, person, role) for role, person in above if person is not None)
    return found


def changes(book: Book, before: Iterable[Position], after: set[Position]) -> list[PositionChange]:
    """Return who joined and left which team, in the order of teams.

    Of somebody who turned out to be somebody else it is told what that one joins: they may do more from now on.
    """
    was = {(book.final(team), person, role) for team, person, role in before if book.final(person) is person}
    news = [(ReportAction.ADDED, each) for each in after - was] + [(ReportAction.REMOVED, each) for each in was - after]
    return sorted(
        PositionChange(redacted(team.name), redacted(person.name or person.email or ""), role, action)
        for action, (team, person, role) in news
    )


def audited(run: Run) -> dict[str, list[str]]:
    """Return what the audit log keeps of an import about who joined and left which team, up to a bound."""
    said = [f"{each.action.value} {each.role} {each.person} {each.team}" for each in run.changes.positions]
    return {"positions": said[:MAX_CHANGES]} if said else {}


async def note_outvoted(run: Run, roster: Roster) -> None:
    """Note every team of which this source says who is in it, while another source is believed first about that."""
    said: dict[int, dict[tuple[TeamEntry, int], Origin]] = {}
    merged = await _merged(run, roster)
    t = table_of(tables.Claim).c
    query = select(t.id, t.source_id, t.subject, t.subject_id, t.content, t.path, t.line).where(
        t.subject.in_((ClaimSubject.TEAM.value, ClaimSubject.PERSON.value)), t.digest != ""
    )
    async for rows in select_all(run.connection, query, t.id):
        for row in rows:
            if run.sources[row.source_id].is_trusted_for_people:
                for team, name in _peopled(roster, row):
                    part = team, merged.get((team, fold(bare(name))), 0)
                    said.setdefault(row.source_id, {}).setdefault(part, Origin(row.path, row.line))
    for part, origin in said.get(run.source.id, {}).items():
        first, team = min((run.sources[number] for number, parts in said.items() if part in parts), key=rank), part[0]
        if first.id != run.source.id:
            message = (
                f"who is in the team '{team.name}' is said by '{first.name}', which comes first: not taken from here."
            )
            run.notes.append(Problem(origin, message, is_error=False))


async def _merged(run: Run, roster: Roster) -> dict[tuple[TeamEntry, str], int]:
    """Return which part of which team each name is that a team had before people made it a part of another."""
    t = table_of(tables.Claim).c
    human = [number for number, source in run.sources.items() if source.is_human]
    query = select(t.subject_id, t.content).where(
        t.source_id.in_(human), t.subject == ClaimSubject.TEAM.value, t.digest != ""
    )
    return {
        (roster.teams_by_id[row.subject_id], fold(bare(name))): number
        for row in await run.connection.execute(query)
        for number, names in enumerate(row.content.get("merged", ()), start=1)
        for name in names
    }


def _peopled(roster: Roster, row: Any) -> Iterator[tuple[TeamEntry, str]]:
    """Yield the teams that a claim puts somebody into or under, and what it calls each."""
    if row.subject == ClaimSubject.TEAM.value:
        claim = decode_team(row.content, origin=Origin(row.path, row.line))
        if claim.names_people:
            yield roster.teams_by_id[row.subject_id], claim.name
        return
    for text in row.content.get("teams", ()):
        team = roster.index.team(text) or roster.index.stub(text)
        if isinstance(team, TeamEntry):
            yield team, text
