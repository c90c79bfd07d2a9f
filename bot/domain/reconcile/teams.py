"""Which claims are about the same team, which stored team that is, and what is known about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.catalog import TeamClaim
from bot.domain.names import fold
from bot.domain.reconcile.book import Book, TeamEntry, first_said
from bot.domain.reconcile.owners import bare
from bot.domain.sources import Source, rank


@dataclass(frozen=True, slots=True)
class SourcedTeam:
    """A live team claim, its source, and the entry that the same claim was about in the last import, if any."""

    source: Source
    claim: TeamClaim
    mapped: TeamEntry | None = None

    @property
    def folded(self) -> str:
        """The identity from the claim's name."""
        return fold(self.claim.name) or self.claim.name

    def other_keys(self) -> set[str]:
        """Return the folded spellings in the claim besides the name."""
        texts = (*self.claim.aliases, *self.claim.former_names, self.claim.user_group)
        return {key for text in texts if (key := fold(bare(text))) and key != self.folded}


@dataclass(slots=True, eq=False)
class Cluster:
    """Claims of different sources about one team, the most believed first.

    `guarded` are the folded names of teams into which sources that are trusted for people put somebody.
    """

    claims: list[SourcedTeam]
    guarded: Collection[str] = ()
    entry: TeamEntry | None = None
    candidates: list[TeamEntry] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The folded names, the most believed source's first."""
        return list(dict.fromkeys(claim.folded for claim in self.claims))

    @property
    def decided(self) -> set[str]:
        """The folded spellings that people have decided are former names of the team."""
        return set().union(*(claim.other_keys() for claim in self.claims if claim.source.is_human))

    @property
    def gives_rights(self) -> bool:
        """Whether a source that is trusted for people describes the team."""
        is_described = any(claim.source.is_trusted_for_people for claim in self.claims)
        return is_described or any(claim.folded in self.guarded for claim in self.claims)

    @property
    def naming(self) -> list[SourcedTeam]:
        """The claims that may give the team other names, including its user group.

        If a source that is trusted for people describes the team, only such sources and people may. Another name could
        make what somebody else owns the team's own, so that its members may decide about it.
        """
        return [claim for claim in self.claims if claim.source.gives_rights or not self.gives_rights]

    def other_keys(self) -> set[str]:
        """Return the folded spellings besides the names.

        The name of a team with trusted members is among them only if people decided so.
        """
        said = set().union(*(claim.other_keys() for claim in self.naming)) - set(self.names)
        return said if self.gives_rights else said - (set(self.guarded) - self.decided)


def cluster(claims: Iterable[SourcedTeam], guarded: Collection[str] = ()) -> list[Cluster]:
    """Group claims by team: by the same folded name, or by a name that exactly one other team gives as an alias.

    Two claims of one source are never one team, unless people decided so. The result does not depend on the order of
    `claims`. `guarded` is as in `Cluster`.
    """
    by_name: dict[str, Cluster] = {}
    for claim in sorted(claims, key=lambda claim: (_rank(claim.source), claim.folded)):
        by_name.setdefault(claim.folded, Cluster([], guarded)).claims.append(claim)
    given = _given(by_name.values())
    # Trusted names come first, so that untrusted ones meet the teams that these form.
    names = sorted((key not in one.decided, not one.gives_rights, key, one.names[0]) for key, one in given.items())
    for is_said, _, key, name in names:
        one, other = by_name[name], by_name.get(key)
        if other is None or one is other or (is_said and not _may_join(one, other, key)):
            continue
        merged = Cluster(_by_belief((*one.claims, *other.claims)), guarded)
        for folded in merged.names:
            by_name[folded] = merged
    return list(dict.fromkeys(by_name.values()))


def _may_join(one: Cluster, other: Cluster, key: str) -> bool:
    """Tell whether a name that only files give may merge two teams."""
    if _sources(one) & _sources(other) or (other.gives_rights and not one.gives_rights):
        return False
    return key in one.other_keys()


def _by_belief(claims: Sequence[SourcedTeam]) -> list[SourcedTeam]:
    """Order the claims about one team: the most believed source's first.

    Within a source, the team that people merged others into comes first. People's own claim gives the name that they
    merged into; its last former name is what that team was called before.
    """
    decided = [
        name for each in claims if each.source.is_human for name in (each.claim.name, *each.claim.former_names[::-1])
    ]
    place = {fold(bare(name)): number for number, name in reversed(list(enumerate(decided)))}
    return sorted(claims, key=lambda each: (_rank(each.source), place.get(each.folded, len(place)), each.folded))


def _rank(source: Source) -> tuple[Any, ...]:
    """Return the sort key of a source: the most believed about teams first.

    Sources trusted for people come before those that nobody preferred, because a team's channel is where its decisions
    are asked for.
    """
    return not source.gives_rights and source.precedence is None, *rank(source)


def _given(clusters: Iterable[Cluster]) -> dict[str, Cluster]:
    """Return the team for each other spelling: the one that people decided on, or else the only one that gives it.

    A source that is trusted for people is not contradicted by one that is not.
    """
    givers: dict[str, list[Cluster]] = {}
    for one in clusters:
        for key in one.other_keys():
            givers.setdefault(key, []).append(one)
    chosen = {
        key: [one for one in those if key in one.decided] or [one for one in those if one.gives_rights] or those
        for key, those in givers.items()
    }
    return {key: those[0] for key, those in chosen.items() if len(those) == 1}


def _sources(one: Cluster) -> set[int]:
    return {claim.source.id for claim in one.claims}


def settle(
    book: Book,
    claims: Sequence[SourcedTeam],
    *,
    lost: Collection[TeamEntry],
    now: datetime,
    guarded: Collection[str] = (),
) -> list[Cluster]:
    """Update the book's teams to what all live claims say. Every returned cluster has its entry.

    `lost` are the entries of claims that this import withdrew; those that no cluster takes are gone. A stub, or a team
    that nobody declares any more, is merged into a declared team if it turns out to be another name of it. A name that
    people gave to a team does not keep the team alive. `guarded` is as in `Cluster`.
    """
    clusters = [one for one in cluster(claims, guarded) if not all(claim.source.is_human for claim in one.claims)]
    _find_candidates(book, clusters)
    for one in clusters:
        found = sorted(one.candidates, key=lambda entry: (not entry.is_declared, entry.folded != one.names[0]))
        one.entry = found[0] if found else book.add_team(TeamEntry(folded=one.names[0], name=""))
        for other in found[1:]:
            _absorb(book, other, one.entry, now=now)
    theirs = _given(clusters) | {name: one for one in clusters for name in one.names}
    said = {key for one in clusters for claim in one.claims for key in (claim.folded, *claim.other_keys())}
    said |= set(guarded)
    for one in clusters:
        if one.entry is not None:
            _describe(one.entry, one, theirs, said)
    taken = {one.entry for one in clusters}
    for entry in lost:
        if entry not in taken and entry.is_live:
            entry.gone_at = now
    return clusters


def _find_candidates(book: Book, clusters: Sequence[Cluster]) -> None:
    """Give each cluster the stored entries of its team: by name, else by the last import's claim, else by alias."""
    by_folded = {entry.folded: entry for entry in book.teams}
    free = set(book.teams)

    def offer(one: Cluster, entry: TeamEntry | None) -> None:
        if entry is not None and entry in free:
            free.remove(entry)
            one.candidates.append(entry)

    for one in clusters:
        for name in one.names:
            offer(one, by_folded.get(name))
    for one in clusters:
        for claim in one.claims:
            offer(one, claim.mapped)
    given = _given(clusters)
    for one in clusters:
        for key in sorted(one.other_keys()):
            if given.get(key) is one:
                offer(one, by_folded.get(key))


def _absorb(book: Book, other: TeamEntry, entry: TeamEntry, *, now: datetime) -> None:
    book.merged[other] = entry
    other.is_declared, other.gone_at = False, other.gone_at or now
    # Its names now belong to the team that it turned out to be.
    other.folded = other.name = f"{other.folded}~{other.id}"
    other.aliases, other.former_names, other.lead, other.manager = (), (), None, None


def _describe(entry: TeamEntry, one: Cluster, theirs: Mapping[str, Cluster], said: Collection[str]) -> None:
    """Update a team to what its claims say. It only gets spellings that are its own in `theirs`.

    A former name that no claim gives to any team now still works, because sources rename teams without saying so.
    """
    claims = [claim.claim for claim in one.claims]
    first = claims[0]
    previous = (*entry.former_names, *([entry.name] if entry.is_declared else []))
    entry.folded, entry.name = one.names[0], first.name
    naming = [claim.claim for claim in one.naming]
    names = (claim.name for claim in claims if claim is not first)
    also_called = (*names, *(text for claim in naming for text in claim.aliases))
    aliases = _spellings({entry.folded, *one.decided}, also_called)
    entry.aliases = tuple(text for key, text in aliases.items() if theirs.get(key) is one)
    former = _spellings({entry.folded, *aliases}, (text for claim in naming for text in claim.former_names))
    kept = _spellings({entry.folded, *aliases, *former}, previous)
    entry.former_names = (
        *(text for key, text in former.items() if theirs.get(key) is one),
        *(text for key, text in kept.items() if key not in said),
    )
    entry.channel = first_said(claim.channel for claim in claims)
    entry.user_group = first_said(
        claim.user_group for claim in naming if one.gives_rights or fold(bare(claim.user_group)) not in one.guarded
    )
    entry.timezone = first_said(claim.timezone for claim in claims)
    entry.is_declared, entry.gone_at = True, None


def _spellings(known: set[str], texts: Iterable[str]) -> dict[str, str]:
    """Return the texts with a folded spelling that is not in `known`, by that spelling, the first of each."""
    found: dict[str, str] = {}
    for text in texts:
        if (key := fold(bare(text))) and key not in known:
            found.setdefault(key, text)
    return found
