"""Whom an owner reference means, given all teams and people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process

from bot.domain.catalog import OwnerRef, OwnerType
from bot.domain.names import fold
from bot.domain.reconcile.book import Book, PersonEntry, TeamEntry
from bot.domain.reconcile.people import Key, person_key

_KIND = re.compile(r"(?:group|team):", re.IGNORECASE)
#: Names that are less alike than this (of 100) are no help as a suggestion.
_NEAREST_CUTOFF = 60


@dataclass(frozen=True, slots=True)
class UnknownTeam:
    """Nobody declares the team: it becomes a stub with this identity and name."""

    folded: str
    name: str


@dataclass(frozen=True, slots=True)
class UnknownPerson:
    """A person of whom nothing but this identifier is known."""

    key: Key


@dataclass(frozen=True, slots=True)
class Nobody:
    """The reference names nothing (`-`, an empty text)."""


Resolved = TeamEntry | PersonEntry | UnknownTeam | UnknownPerson | Nobody


def bare(text: str) -> str:
    """Return a team reference without `@` and `group:`: `@acme/payments` -> `acme/payments`."""
    return _KIND.sub("", text.strip(), count=1).removeprefix("@")


def slug(text: str) -> str:
    """Return the last part of a team reference: `group:default/payments` -> `payments`."""
    return bare(text).rstrip("/").rpartition("/")[2]


def other_keys(entry: TeamEntry) -> Iterator[str]:
    """Yield the folded spellings that a team answers to beside its name."""
    for text in (*entry.aliases, *entry.former_names, entry.user_group):
        if key := fold(bare(text)):
            yield key


class OwnerIndex:
    """Every spelling of every team, and every identifier of every person, at one moment.

    Where several teams answer to a spelling: a team's name counts before its other names, those before their last part
    (`@acme/payments`), and declared teams before gone ones. A spelling that two teams have as an alias names neither.
    Stubs are kept apart: what they answer to is what nothing else answers to.
    """

    def __init__(self, book: Book) -> None:
        self.teams: dict[str, TeamEntry] = {}
        live = [entry for entry in book.teams if entry.is_live]
        gone = [entry for entry in book.teams if entry.is_declared and entry.gone_at is not None]
        for entries in (live, gone):
            self._names((entry.folded, entry) for entry in entries)
            self._names(_unambiguous((key, entry) for entry in entries for key in other_keys(entry)))
            self._names(_unambiguous((fold(slug(text)), entry) for entry in entries for text in entry.aliases))
        self.stubs = {entry.folded: entry for entry in book.teams if not entry.is_declared}
        self.people: dict[Key, PersonEntry] = {}
        for person in book.people:
            for field in ("slack_id", "email", "handle"):
                if value := getattr(person, field):
                    self.people[field, value] = person
        self.known = {key for key, person in self.people.items() if person.is_known}

    def differs(self, other: OwnerIndex) -> bool:
        """Tell whether some reference may mean something else by the other index."""
        return self.teams != other.teams or self.people != other.people or self.known != other.known

    def add_stub(self, entry: TeamEntry) -> None:
        """Let a stub that is new to the book be found."""
        self.stubs[entry.folded] = entry

    def team(self, *texts: str) -> TeamEntry | None:
        """Return the declared team that one of `texts` names: as written first, then by its last part."""
        for spell in (bare, slug):
            for text in texts:
                if entry := self.teams.get(fold(spell(text))):
                    return entry
        return None

    def stub(self, text: str) -> TeamEntry | UnknownTeam | Nobody:
        """Return the stub that `text` names, or what it would have to be."""
        name = slug(text)
        folded = fold(name) or name
        return self.stubs.get(folded) or (UnknownTeam(folded, name) if folded else Nobody())

    def resolve(self, ref: OwnerRef) -> Resolved:
        """Return whom `ref` means; see `OwnerRef` for what a source may write."""
        if ref.type is OwnerType.PERSON:
            return self._person(ref.name)
        if entry := self.team(ref.written, ref.name):
            return entry
        if ref.type is OwnerType.TEAM:
            return self.stub(ref.name)
        return self._unsaid(ref.name)

    def _unsaid(self, name: str) -> Resolved:
        key = person_key(name)
        if key is not None and (key in self.known or key[0] == "slack_id"):
            return self._person(name)
        if key is None or key[0] != "email":
            return self.stub(name)
        local, _, _ = key[1].partition("@")
        return self.teams.get(fold(local)) or self._person(name)

    def _person(self, name: str) -> Resolved:
        if (key := person_key(name)) is None:
            return Nobody()
        return self.people.get(key) or UnknownPerson(key)

    def _names(self, pairs: Iterable[tuple[str, TeamEntry]]) -> None:
        for key, entry in pairs:
            if key:
                self.teams.setdefault(key, entry)


def _unambiguous(pairs: Iterable[tuple[str, TeamEntry]]) -> Iterator[tuple[str, TeamEntry]]:
    named: dict[str, TeamEntry | None] = {}
    for key, entry in pairs:
        if named.setdefault(key, entry) is not entry:
            named[key] = None
    return ((key, entry) for key, entry in named.items() if entry is not None)


def nearest(name: str, teams: Iterable[TeamEntry], *, limit: int = 3) -> list[str]:
    """Return the names of declared teams that look most like `name`, the likeliest first."""
    folded = {entry.name: entry.folded for entry in teams if entry.is_live}
    found = process.extract(fold(slug(name)), folded, limit=limit, score_cutoff=_NEAREST_CUTOFF)
    return [name for _, _, name in found]
