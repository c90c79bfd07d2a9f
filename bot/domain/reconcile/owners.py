"""Whom an owner reference means, given all teams and people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process

from bot.domain.catalog import OwnerRef, OwnerType
from bot.domain.names import fold
from bot.domain.reconcile.book import Book, E, Owner, PersonEntry, TeamEntry
from bot.domain.reconcile.owner_texts import GIVEN_NAMES, read_owners
from bot.domain.reconcile.people import Key, person_key

_KIND = re.compile(r"(?:group|team):", re.IGNORECASE)
#: Names with a lower similarity than this (of 100) do not help as a suggestion.
_NEAREST_CUTOFF = 60
#: The most words of a person's name.
_MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class UnknownTeam:
    """A team that nobody declares. It becomes a stub with this identity and name."""

    folded: str
    name: str


@dataclass(frozen=True, slots=True)
class UnknownPerson:
    """A person who is known only by this identifier."""

    key: Key


@dataclass(frozen=True, slots=True)
class Nobody:
    """The reference names nobody (`-`, an empty text)."""


Resolved = TeamEntry | PersonEntry | UnknownTeam | UnknownPerson | Nobody


def bare(text: str) -> str:
    """Return a team reference without `@`, `#` and `group:`: `@acme/payments` -> `acme/payments`."""
    return _KIND.sub("", text.strip(), count=1).removeprefix("@").removeprefix("#")


def slug(text: str) -> str:
    """Return the last part of a team reference: `group:default/payments` -> `payments`.

    A name such as `UI/UX` stays whole.
    """
    name = bare(text).rstrip("/")
    return name if "/" not in name or is_slashed(text) else name.rpartition("/")[2]


def is_slashed(text: str) -> bool:
    """Whether a reference is a team's name with a slash in it, and not its path of groups: `UI/UX`, `R&D/Tools`."""
    first, slash, _ = text.strip().partition("/")
    is_reference = first.startswith(("@", "#")) or _KIND.match(first) is not None or "." in first
    return bool(slash) and not is_reference and first != first.lower()


def path_of(ref: OwnerRef) -> str:
    """Return the path of groups in a reference (`acme/payments/backend`), in lower case; "" for a plain name.

    A reference with Backstage's default namespace is a plain name.
    """
    if "/" not in ref.written or is_slashed(ref.written):
        return ""
    written = bare(ref.written).strip("/").lower()
    return "" if "/" not in written or " " in written or written.startswith("default/") else written


def spelling(ref: OwnerRef) -> str:
    """Return the text under which an undeclared team is found: its path of groups if it has one, or else its name.

    Other text may name several owners: "Search, Discovery".
    """
    return ref.written if path_of(ref) else ref.name


@dataclass(frozen=True, slots=True)
class SharedWords:
    """What paths of groups have in common.

    `words` (folded) are last parts of several paths: `ui` of `a/one/ui` and `a/two/ui`. `apart` are paths whose last
    part also names a team of another organisation: `other/ui` beside `own/ui`. A team declared with only that word
    belongs to the organisation with the most teams among the owners, if there is one.
    """

    words: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()


def shared_words(paths: Iterable[str]) -> SharedWords:
    """Return the last parts that paths share, and the paths that belong to other organisations."""
    first: dict[str, str] = {}
    words: set[str] = set()
    teams: dict[str, set[str]] = {}
    for path in paths:
        key = fold(slug(path))
        if first.setdefault(key, path) != path:
            words.add(key)
        organisation, slash, rest = path.partition("/")
        if slash and "/" not in rest:
            teams.setdefault(organisation, set()).add(key)
    apart: set[str] = set()
    for word in words:
        ranked = sorted(((len(held), name) for name, held in teams.items() if word in held), reverse=True)
        has_home = len(ranked) > 1 and ranked[0][0] > ranked[1][0]
        apart.update(f"{name}/{word}" for _, name in (ranked[has_home:] if len(ranked) > 1 else ()))
    return SharedWords(frozenset(words), frozenset(apart))


def other_keys(entry: TeamEntry) -> Iterator[str]:
    """Yield the folded spellings of a team besides its name."""
    for text in (*entry.aliases, *entry.former_names, entry.user_group):
        if key := fold(bare(text)):
            yield key


class OwnerIndex:
    """Every spelling of every team, and every identifier of every person, at one moment.

    If several teams have a spelling, a team's name comes before its other names, those before the last part of a path
    (`@acme/payments`), and declared teams before former ones. A spelling that two teams have as an alias names neither.
    Stubs are kept apart: they are found only if nothing else is.

    `paths` are the paths of groups that name owners. If several end with the same word, that word alone names none of
    them. A path whose last word is another organisation's does not name the team that is declared with that word.
    """

    def __init__(self, book: Book, paths: Iterable[str] = ()) -> None:
        self.shared = shared_words(paths)
        self.teams: dict[str, TeamEntry] = {}
        live = [entry for entry in book.teams if entry.is_live]
        gone = [entry for entry in book.teams if entry.is_declared and entry.gone_at is not None]
        for entries in (live, gone):
            self._names((entry.folded, entry) for entry in entries)
            self._names(_unambiguous((key, entry) for entry in entries for key in other_keys(entry)))
            self._names(_unambiguous((fold(slug(text)), entry) for entry in entries for text in entry.aliases))
        self.stubs = {entry.folded: entry for entry in book.teams if not entry.is_declared}
        self.channels = dict(
            _unambiguous((fold(entry.channel), entry) for entry in live if entry.channel and fold(entry.channel))
        )
        self.people: dict[Key, PersonEntry] = {}
        self.names = dict(_unambiguous((fold(person.name), person) for person in book.people if person.is_known))
        for person in book.people:
            for field in ("slack_id", "email", "handle"):
                if value := getattr(person, field):
                    self.people[field, value] = person
        self.known = {key for key, person in self.people.items() if person.is_known}

    def differs(self, other: OwnerIndex) -> bool:
        """Tell whether some reference may mean something else in the other index."""
        return (
            self.teams != other.teams
            or self.people != other.people
            or self.known != other.known
            or self.names != other.names
            or self.channels != other.channels
            or self.shared != other.shared
        )

    def add_stub(self, entry: TeamEntry) -> None:
        """Add a stub that is new to the book."""
        self.stubs[entry.folded] = entry

    def team(self, *texts: str) -> TeamEntry | None:
        """Return the declared team that one of `texts` names, by the longest path or else its last part; or None."""
        nearest_first = sorted(texts, key=lambda text: -bare(text).count("/"))
        if any("/" in text and self._stands_apart(text) for text in texts):
            return self.teams.get(fold(bare(nearest_first[0])))
        for text in nearest_first:
            if entry := self.teams.get(fold(bare(text))):
                return entry
        return next(filter(None, (self.teams.get(fold(slug(text))) for text in nearest_first)), None)

    def _stands_apart(self, text: str) -> bool:
        path, word = bare(text).strip("/").lower(), fold(slug(text))
        if path.count("/") > 1:
            return word in self.shared.words
        return "/" in path and f"{path.partition('/')[0]}/{word}" in self.shared.apart

    def stub(self, text: str) -> TeamEntry | UnknownTeam | Nobody:
        """Return the stub that `text` names, or the one to create."""
        name = self.stub_name(text)
        folded = fold(name) or name
        return self.stubs.get(folded) or (UnknownTeam(folded, name) if folded else Nobody())

    def stub_name(self, text: str) -> str:
        """Return the name for an undeclared team: its path's last part, or the whole path if others share that part."""
        name = slug(text).strip()
        path = path_of(OwnerRef(name, written=text))
        return bare(text).strip("/") if path and fold(name) in self.shared.words else name

    def called(self, ref: OwnerRef) -> str:
        """Return the name for an undeclared team in a reference."""
        is_turned = ref.type is OwnerType.UNSAID and "," in ref.written and self._may_be_turned(ref.written)
        return ref.written if is_turned else self.stub_name(spelling(ref))

    def resolve(self, ref: OwnerRef) -> Resolved:
        """Return whom `ref` means; see `OwnerRef` for what a source may write."""
        if ref.type is OwnerType.PERSON:
            return self._person(ref.name)
        if ref.written.startswith("#") and (entry := self.channels.get(fold(ref.written))):
            return entry
        if entry := self.team(ref.written, ref.name):
            return entry
        if ref.type is OwnerType.TEAM:
            return self.stub(spelling(ref))
        return self._unsaid(ref)

    def owners(self, ref: OwnerRef) -> tuple[Resolved, ...]:
        """Return everybody whom `ref` means: several, if its text is a list of known owners."""
        written, folded = ref.written.strip(), fold(ref.written.strip())
        is_known = folded in self.teams or folded in self.names or written.startswith("#") or "@" in written
        # A single word is a single name.
        if ref.type is OwnerType.UNSAID and written == ref.name and not (is_known or written.isalnum()):
            read: Sequence[Owner] | None = read_owners(written, self._live_team, self._known_person)
            if read is not None:
                return tuple(read) or (Nobody(),)
        return (self.resolve(ref),)

    def _live_team(self, text: str) -> Owner | None:
        entry = self.teams.get(fold(bare(text)))
        return entry if entry is not None and entry.is_live else None

    def _known_person(self, text: str) -> Owner | None:
        if person := next(filter(None, map(self.names.get, person_names(text, text))), None):
            return person
        key = person_key(text)
        return self.people[key] if key in self.known else None

    def _unsaid(self, ref: OwnerRef) -> Resolved:
        name = ref.name
        if person := next(filter(None, map(self.names.get, person_names(name, ref.written))), None):
            return person
        if "," in ref.written and self._may_be_turned(ref.written):
            return self.stub(ref.written)
        key = person_key(name)
        if key is not None and (key in self.known or key[0] == "slack_id"):
            return self._person(name)
        if key is None or key[0] != "email":
            return self.stub(spelling(ref))
        local, _, _ = key[1].partition("@")
        return self.teams.get(fold(local)) or self._person(name)

    def _may_be_turned(self, written: str) -> bool:
        """Whether "Doe, Jane" is probably an unknown person.

        That is so if the last part is a given name and neither part is a team's name.
        """
        last, _, first = written.partition(",")
        given = fold(next(iter(first.split()), ""))
        return given in GIVEN_NAMES and "," not in first and not {fold(last), fold(first)} & self.teams.keys()

    def _person(self, name: str) -> Resolved:
        if (key := person_key(name)) is None:
            return Nobody()
        return self.people.get(key) or UnknownPerson(key)

    def _names(self, pairs: Iterable[tuple[str, TeamEntry]]) -> None:
        for key, entry in pairs:
            if key:
                self.teams.setdefault(key, entry)


def person_names(name: str, written: str) -> Iterator[str]:
    """Yield the names, folded, under which a person may be known who is called `name`, or `written` as a source has it.

    "Doe, Jane" and "Doe Jane" are "Jane Doe", and "Doe Jane Ann" may begin with the surname or end with it.
    """
    yield fold(name)
    last, comma, first = written.partition(",")
    if comma and "," not in first:
        yield fold(f"{first} {last}")
    words = name.split()
    if 1 < len(words) <= _MOST_NAMES:
        yield fold("".join([*words[1:], words[0]]))
        yield fold("".join([words[-1], *words[:-1]]))


def _unambiguous(pairs: Iterable[tuple[str, E]]) -> Iterator[tuple[str, E]]:
    named: dict[str, E | None] = {}
    for key, entry in pairs:
        if named.setdefault(key, entry) is not entry:
            named[key] = None
    return ((key, entry) for key, entry in named.items() if entry is not None)


def nearest(name: str, teams: Iterable[TeamEntry], *, limit: int = 3) -> list[str]:
    """Return the names of the declared teams that are most similar to `name`, best first."""
    folded = {entry.name: entry.folded for entry in teams if entry.is_live}
    found = process.extract(fold(slug(name)), folded, limit=limit, score_cutoff=_NEAREST_CUTOFF)
    return [name for _, _, name in found]
