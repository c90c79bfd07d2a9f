"""Which statements are about the same person: matched by Slack id, else e-mail address, else handle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from bot.domain.catalog import PersonClaim
from bot.domain.reconcile.book import Book, PersonEntry, first_said

#: Slack's member ids: `U…`, or `W…` in an Enterprise Grid.
_SLACK_ID = re.compile(r"<?@?([UW][A-Z0-9]{6,20})(?:\|[^>]*)?>?")
_KIND = re.compile(r"(?:user|person):(?:[^/@]*/)?", re.IGNORECASE)

#: An identifier: the field of a person, and the value as stored.
Key = tuple[str, str]


def person_key(text: str) -> Key | None:
    """Return the Slack id, e-mail address or handle in a reference to a person; None if it has none.

    Takes `U0123ABCD`, `<@U0123ABCD>`, `Jo@Example.com`, `@jo`, `jo`, `user:default/jo`.
    """
    text = text.strip()
    if found := _SLACK_ID.fullmatch(text):
        return "slack_id", found[1]
    text = _KIND.sub("", text, count=1).removeprefix("@").lower()
    if not text:
        return None
    return ("email" if "@" in text else "handle"), text


def keys_of(claim: PersonClaim) -> list[Key]:
    """Return the identifiers in a claim, the strongest first."""
    values = (
        ("slack_id", claim.slack_id.strip()),
        ("email", claim.email.strip().lower()),
        ("handle", claim.handle.strip().removeprefix("@").lower()),
    )
    return [(name, value) for name, value in values if value]


#: For each identifier, the entries of the live claims that give it, the most believed claim's first.
Given = Mapping[Key, Sequence[PersonEntry]]


def given(said: Iterable[tuple[PersonEntry, PersonClaim]]) -> Given:
    """Return who is said to have each identifier. `said` are live claims, the most believed first."""
    found: dict[Key, list[PersonEntry]] = {}
    for entry, claim in said:
        for key in keys_of(claim):
            found.setdefault(key, []).append(entry)
    return found


_NOBODY: Given = MappingProxyType({})


class People:
    """Finds people in a book by identifier, and adds new ones.

    `apart` are sets of people whom a more believed source distinguishes: no two of them are merged.
    """

    def __init__(self, book: Book, *, apart: Sequence[set[PersonEntry]] = ()) -> None:
        self._book, self._apart = book, apart
        self._by_key: dict[Key, PersonEntry] = {}
        for entry in book.people:
            for key in _keys(entry):
                self._by_key.setdefault(key, entry)

    def mention(self, key: Key) -> PersonEntry:
        """Return the person with an identifier, added if there is none."""
        if (entry := self._by_key.get(key)) is None:
            entry = self._book.add_person(PersonEntry(name=key[1]))
            self._give(entry, key)
        return entry

    def claimed(
        self,
        claim: PersonClaim,
        mapped: PersonEntry | None,
        said: Given = _NOBODY,
        *,
        is_another: Callable[[Key, PersonEntry], bool] = lambda *_: False,
    ) -> PersonEntry:
        """Return whom a claim is about. `mapped` is whom the same claim was about in the last import.

        Takes identifiers that nobody has. If somebody is known only by a weaker identifier and nothing contradicts it,
        it is the same person, and that entry is merged into this one. `said` is what other live claims give.
        `is_another` tells whether the claim's source describes the holder of an identifier as somebody else.
        """
        keys = keys_of(claim)
        held = {key: holder for key in keys if (holder := self._by_key.get(key)) is not None and holder is not mapped}
        # Slack decides which account an address has, and no file takes either away from its person.
        apart = {key for key, holder in held.items() if key[0] == "handle" and is_another(key, holder)}
        entry = self._known([key for key in keys if key not in apart], said) or mapped
        if entry is None:
            entry = self._book.add_person(PersonEntry(name=claim.name or keys[0][1]))
        for key in keys:
            holder = self._by_key.get(key)
            if holder is not None and holder is not entry and key not in apart and self._are_one(holder, entry):
                self._absorb(holder, entry)
                holder = None
            if holder is None and getattr(entry, key[0]) is None:
                self._give(entry, key)
        return entry

    def describe(self, entry: PersonEntry, claims: Sequence[PersonClaim], said: Given) -> None:
        """Set what sources say about a person. `claims` are all live ones about them, the most believed first.

        The most believed claim that gives an identifier decides whose it is, and the most believed one about a person
        whether they are still here.
        """
        for field, values in _identifiers(claims).items():
            wanted = next((value for value in values if said[field, value][0] is entry), None)
            if wanted is None or wanted == getattr(entry, field) or not self._may_take(entry, (field, wanted), said):
                continue
            if (holder := self._by_key.get((field, wanted))) is not None:
                setattr(holder, field, None)
            self._by_key.pop((field, getattr(entry, field) or ""), None)
            self._give(entry, (field, wanted))
        entry.name = first_said((claim.name for claim in claims), entry.name)
        entry.timezone = first_said((claim.timezone for claim in claims), entry.timezone)
        if claims:
            entry.has_left = not claims[0].is_active
            entry.is_active = not (entry.has_left or entry.is_deactivated)

    def _known(self, keys: Sequence[Key], said: Given) -> PersonEntry | None:
        """Return who has the strongest identifier; skip people to whom a live claim gives another, stronger one."""
        for number, key in enumerate(keys):
            entry = self._by_key.get(key)
            if entry is None:
                continue
            others = ((field, getattr(entry, field)) for field, _ in keys[:number])
            if not any(entry in said.get(other, ()) for other in others):
                return entry
        return None

    def _may_take(self, entry: PersonEntry, key: Key, said: Given) -> bool:
        """Whether an identifier that `said` gives to `entry` is free, or held only by a less believed claim.

        Slack decides which account an address has, and no file takes either away from its person.
        """
        holder = self._by_key.get(key)
        if key[0] == "slack_id":
            return holder is None and not (entry.slack_id and entry.email)
        return holder is None or (holder in said[key] and not (key[0] == "email" and holder.slack_id))

    def _are_one(self, one: PersonEntry, other: PersonEntry) -> bool:
        return _agree(one, other) and not any(one in each and other in each for each in self._apart)

    def _give(self, entry: PersonEntry, key: Key) -> None:
        setattr(entry, key[0], key[1])
        self._by_key[key] = entry

    def _absorb(self, weaker: PersonEntry, entry: PersonEntry) -> None:
        for key in _keys(weaker):
            setattr(weaker, key[0], None)
            if getattr(entry, key[0]) is None:
                self._give(entry, key)
        weaker.is_active = weaker.is_known = False
        for each in self._apart:
            if weaker in each:
                each.add(entry)
        self._book.merged[weaker] = entry


def _keys(entry: PersonEntry) -> list[Key]:
    values = (("slack_id", entry.slack_id), ("email", entry.email), ("handle", entry.handle))
    return [(name, value) for name, value in values if value]


def _agree(one: PersonEntry, other: PersonEntry) -> bool:
    """Tell whether the two have no identifier in which they differ."""
    mine, theirs = dict(_keys(one)), dict(_keys(other))
    return all(theirs.get(field, value) == value for field, value in mine.items())


def _identifiers(claims: Iterable[PersonClaim]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for claim in claims:
        for field, value in keys_of(claim):
            said.setdefault(field, []).append(value)
    return said
