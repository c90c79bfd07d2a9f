"""Brings teams, people and memberships to what all sources say, when one of them says something new of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from bot.domain.catalog import Origin, PersonClaim
from bot.domain.names import fold
from bot.domain.reconcile import teams as team_rules
from bot.domain.reconcile.book import PersonEntry, TeamEntry, first_said
from bot.domain.reconcile.claims import decode_person, decode_team
from bot.domain.reconcile.owners import OwnerIndex, UnknownTeam, bare, slug
from bot.domain.reconcile.people import Key, People, given, keys_of, person_key
from bot.domain.reconcile.teams import Cluster, SourcedTeam
from bot.domain.sources import ClaimSubject, Source, rank
from bot.services.catalog._roster import Roster, know, named_paths
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import select_all, table_of


@dataclass(slots=True, eq=False)
class SourcedPerson:
    """A live person claim, whose it is, and whom it is about once that is settled."""

    source: Source
    claim: PersonClaim
    external_id: str
    entry: PersonEntry | None = None


#: A person, and the name of the team that they are said to be in.
NamedMember = tuple[str, SourcedPerson]


@dataclass(slots=True)
class Settled:
    """Which team and person this source's claims turned out to be about, by external id.

    `moved` are other sources' team claims that are about another team than before: source, external id, team.
    """

    teams: dict[str, TeamEntry] = field(default_factory=dict)
    people: dict[str, PersonEntry] = field(default_factory=dict)
    moved: list[tuple[int, str, TeamEntry]] = field(default_factory=list)


async def settle(run: Run, roster: Roster) -> Settled:
    """Settle who is who from every source's live claims, and index the outcome in the roster.

    Every source's claims count, not only this one's, so that the order of imports does not.
    """
    team_claims, person_claims = await _live_claims(run, roster)
    finder = People(roster.book, apart=_told_apart(run, person_claims))
    _settle_people(run, roster, finder, person_claims)
    lost = [
        roster.teams_by_id[run.stored[ClaimSubject.TEAM][external].subject_id]
        for external in run.diffs[ClaimSubject.TEAM].removed
    ]
    clusters = team_rules.settle(
        roster.book, team_claims, lost=lost, now=run.now, guarded=_with_trusted_members(person_claims)
    )
    human = {source.id for source in run.sources.values() if source.is_human}
    roster.members = {
        (roster.book.final(team), roster.book.final(person), source)
        for team, person, source in roster.stored_members
        if source in human
    }
    _settle_members(roster, finder, clusters, person_claims)
    know(roster.book, roster.members, (person.entry for person in person_claims if person.entry is not None))
    roster.index = OwnerIndex(roster.book, named_paths(run, roster))
    return _outcome(run, clusters, person_claims)


def _outcome(run: Run, clusters: list[Cluster], people: list[SourcedPerson]) -> Settled:
    settled = Settled()
    for one in clusters:
        for claim in one.claims:
            if one.entry is None:
                continue
            if claim.source.id == run.source.id:
                settled.teams[claim.folded] = one.entry
            elif claim.mapped is not one.entry:
                settled.moved.append((claim.source.id, claim.folded, one.entry))
    settled.people = {p.external_id: p.entry for p in people if p.source.id == run.source.id and p.entry is not None}
    return settled


async def _live_claims(run: Run, roster: Roster) -> tuple[list[SourcedTeam], list[SourcedPerson]]:
    """Return all live team and person claims: this source's as read now (or kept), the others' as stored."""
    teams = [
        SourcedTeam(run.source, claim, _mapped_team(run, roster, external))
        for external, claim in run.reading.teams.claims.items()
    ]
    people = [
        SourcedPerson(run.source, claim, external, _mapped_person(run, roster, external))
        for external, claim in run.reading.people.claims.items()
    ]
    kept = {subject: set(run.diffs[subject].kept) for subject in ClaimSubject}
    t = table_of(tables.Claim).c
    query = select(t.id, t.source_id, t.subject, t.external_id, t.subject_id, t.content, t.path, t.line).where(
        t.subject.in_([ClaimSubject.TEAM.value, ClaimSubject.PERSON.value]), t.digest != ""
    )
    async for rows in select_all(run.connection, query, t.id):
        for row in rows:
            subject = ClaimSubject(row.subject)
            if row.source_id == run.source.id and row.external_id not in kept[subject]:
                continue
            source, origin = run.sources[row.source_id], Origin(row.path, row.line)
            if subject is ClaimSubject.TEAM:
                team = decode_team(row.content, origin=origin)
                teams.append(SourcedTeam(source, team, roster.teams_by_id[row.subject_id]))
            else:
                person = decode_person(row.content, origin=origin)
                entry = roster.people_by_id[row.subject_id]
                people.append(SourcedPerson(source, person, row.external_id, entry))
    return teams, sorted(people, key=lambda one: (rank(one.source), one.external_id))


def _mapped_team(run: Run, roster: Roster, external: str) -> TeamEntry | None:
    stored = run.stored[ClaimSubject.TEAM].get(external)
    return None if stored is None else roster.teams_by_id[stored.subject_id]


def _mapped_person(run: Run, roster: Roster, external: str) -> PersonEntry | None:
    stored = run.stored[ClaimSubject.PERSON].get(external)
    return None if stored is None else roster.people_by_id[stored.subject_id]


def _settle_people(run: Run, roster: Roster, finder: People, claims: list[SourcedPerson]) -> None:
    diff = run.diffs[ClaimSubject.PERSON]
    news = {*diff.added, *diff.changed}
    new = [one for one in claims if one.source.id == run.source.id and one.external_id in news]
    are_new = set(map(id, new))
    said = given((one.entry, one.claim) for one in claims if one.entry is not None and id(one) not in are_new)
    believed = _Believed(run, roster, (one for one in claims if id(one) not in are_new))
    # Whoever is known by more is found first: a handle alone may be somebody else's.
    for one in sorted(new, key=lambda each: bool(keys_of(each.claim)) and keys_of(each.claim)[0][0] == "handle"):
        one.entry = finder.claimed(one.claim, one.entry, said, is_another=believed.is_another)
        believed.add(one)
    by_entry: dict[PersonEntry, list[PersonClaim]] = {}
    for one in claims:
        if one.entry is not None:
            one.entry = roster.book.final(one.entry)
            by_entry.setdefault(one.entry, []).append(one.claim)
    said = given((one.entry, one.claim) for one in claims if one.entry is not None)
    for entry, about in by_entry.items():
        finder.describe(entry, about, said)


class _Believed:
    """Whom the run's source speaks of as of its own people, and what it and more believed sources give them.

    A source tells its people apart, in whichever order the imports come. What a less believed one gives somebody whom
    one of its claims is about does not make them somebody of whom another of its claims is.
    """

    def __init__(self, run: Run, roster: Roster, claims: Iterable[SourcedPerson]) -> None:
        self._source, self._final = run.source, roster.book.final
        self._own: set[PersonEntry] = set()
        self._given: dict[Key, list[PersonEntry]] = {}
        for one in claims:
            if rank(one.source) <= rank(run.source):
                self.add(one)

    def add(self, one: SourcedPerson) -> None:
        """Take what a claim gives."""
        if one.entry is None:
            return
        if one.source.id == self._source.id:
            self._own.add(one.entry)
        for key in keys_of(one.claim):
            self._given.setdefault(key, []).append(one.entry)

    def is_another(self, key: Key, holder: PersonEntry) -> bool:
        """Whether another claim of the source is about whoever has an identifier that nobody believed gives them."""
        return holder in self._own and not any(self._final(each) is holder for each in self._given.get(key, ()))


def _told_apart(run: Run, claims: list[SourcedPerson]) -> list[set[PersonEntry]]:
    """Return whom each source that is believed before this run's speaks of: people of its own, each another."""
    found: dict[int, set[PersonEntry]] = {}
    for one in claims:
        if one.entry is not None and rank(one.source) < rank(run.source):
            found.setdefault(one.source.id, set()).add(one.entry)
    return list(found.values())


def _settle_members(
    roster: Roster, finder: People, clusters: list[Cluster], person_claims: list[SourcedPerson]
) -> None:
    """Set leads, managers and memberships; people and teams that are new are added, for they were just mentioned.

    Of the sources that are trusted for people and say who is in a team or above it, the most believed is taken at its
    word, and the others add nobody. That is so for each of the teams that people made one.
    """
    index = OwnerIndex(roster.book)
    by_claims: dict[TeamEntry, list[NamedMember]] = {}
    for sourced in person_claims:
        for text in sourced.claim.teams:
            found = team_named(roster, index, text)
            if found is not None and sourced.entry is not None and sourced.source.gives_rights:
                by_claims.setdefault(found, []).append((text, sourced))
    described = {one.entry: one for one in clusters if one.entry is not None}
    for team in dict.fromkeys((*described, *by_claims)):
        parts = _parts(described.get(team), by_claims.get(team, []))
        claims = [each for part in parts for each in part.claims]
        team.lead = _mention(finder, first_said(each.claim.lead for each in claims))
        team.manager = _mention(finder, first_said(each.claim.manager for each in claims))
        for part in parts:
            named = [_mention(finder, text) for each in part.claims for text in each.claim.members or ()]
            named += [each.entry for each in part.people]
            roster.members.update((team, person, part.source.id) for person in named if person is not None)
    for team in roster.book.teams:
        team.lead = None if team.lead is None else roster.book.final(team.lead)
        team.manager = None if team.manager is None else roster.book.final(team.manager)
    _settle_former(roster, described, by_claims)


@dataclass(slots=True)
class _Part:
    """What one source says of who is in a team, or in one of those that people made one."""

    source: Source
    claims: list[SourcedTeam]
    people: list[SourcedPerson]


def _parts(one: Cluster | None, people: list[NamedMember]) -> list[_Part]:
    """Return who is in a team and above it by the most believed source of each of its parts, its own part first."""
    merged = [names for claim in one.claims if claim.source.is_human for names in claim.claim.merged] if one else []
    part_of = {fold(bare(name)): number for number, names in enumerate(merged, start=1) for name in names}
    claims: dict[int, list[SourcedTeam]] = {}
    for claim in _on_people(one) if one is not None else ():
        claims.setdefault(part_of.get(claim.folded, 0), []).append(claim)
    put: dict[int, list[SourcedPerson]] = {}
    for text, each in people:
        put.setdefault(part_of.get(fold(bare(text)), 0), []).append(each)
    parts = []
    for number in sorted({*claims, *put}):
        said, those = claims.get(number, []), put.get(number, [])
        source = min((*(each.source for each in said), *(each.source for each in those)), key=rank)
        own = [each for each in said if each.source == source]
        parts.append(_Part(source, own, [each for each in those if each.source == source]))
    return parts


def _settle_former(
    roster: Roster,
    described: Mapping[TeamEntry, Cluster],
    by_claims: Mapping[TeamEntry, list[tuple[str, SourcedPerson]]],
) -> None:
    """Set who was in a team and is no more, by sources that still say who is in it.

    Of a team whose source does not list its people any more, nobody knows who is in it: nobody has left that.
    """
    placing = {each.source.id for people in by_claims.values() for _, each in people}
    listing = {
        (team, each.source.id)
        for team, one in described.items()
        for each in _on_people(one)
        if each.claim.members is not None
    }
    now = {(team, person) for team, person, _ in roster.members}
    final = roster.book.final
    were = {(final(team), final(person), source) for team, person, source in {*roster.stored_members, *roster.former}}
    roster.former = {
        (team, person, source)
        for team, person, source in were
        if (team, person) not in now and (source in placing or (team, source) in listing)
    }


def _with_trusted_members(claims: list[SourcedPerson]) -> set[str]:
    """Return the folded names of the teams that people are put into by what is said of these people."""
    texts = [text for one in claims if one.source.gives_rights for text in one.claim.teams]
    return {key for text in texts for key in (fold(bare(text)), fold(slug(text))) if key}


def _on_people(one: Cluster) -> list[SourcedTeam]:
    """Return the claims about a team that say who is in it or above it, and whose sources are trusted for that."""
    return [each for each in one.claims if each.source.gives_rights and each.claim.names_people]


def _mention(finder: People, text: str) -> PersonEntry | None:
    key = person_key(text)
    return None if key is None else finder.mention(key)


def team_named(roster: Roster, index: OwnerIndex, text: str) -> TeamEntry | None:
    """Return the team that `text` names, a stub where no source declares it; None when it names nothing."""
    found = index.team(text) or index.stub(text)
    if isinstance(found, TeamEntry):
        found.refer(index.stub_name(text))
        return found
    if isinstance(found, UnknownTeam):
        return add_stub(roster, index, found)
    return None


def add_stub(roster: Roster, index: OwnerIndex, unknown: UnknownTeam) -> TeamEntry:
    """Add a team that is only referred to, so that it can own."""
    entry = roster.book.add_team(TeamEntry(folded=unknown.folded, name=unknown.name))
    index.add_stub(entry)
    return entry
