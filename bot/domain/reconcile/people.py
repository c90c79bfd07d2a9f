"""Who is who among people: matched by Slack id, else e-mail, else handle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.domain.catalog import PersonClaim
from bot.domain.reconcile.book import Book, PersonEntry, first_said

#: Slack's ids of members: `U…`, or `W…` in an Enterprise Grid.
_SLACK_ID = re.compile(r"<?@?([UW][A-Z0-9]{6,20})(?:\|[^>]*)?>?")
_KIND = re.compile(r"(?:user|person):(?:[^/@]*/)?", re.IGNORECASE)

#: An identifier: which field of a person, and the value as stored.
Key = tuple[str, str]


def person_key(text: str) -> Key | None:
    """Return what a reference to a person says: a Slack id, an e-mail or a handle. None when it says nothing.

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
    """Return the identifiers that a claim gives, the strongest first."""
    values = (
        ("slack_id", claim.slack_id.strip()),
        ("email", claim.email.strip().lower()),
        ("handle", claim.handle.strip().removeprefix("@").lower()),
    )
    return [(name, value) for name, value in values if value]


class People:
    """Finds people in a book by identifier, and adds those who are new."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._by_key: dict[Key, PersonEntry] = {}
        for entry in book.people:
            for key in _keys(entry):
                self._by_key.setdefault(key, entry)

    def find(self, key: Key | None) -> PersonEntry | None:
        """Return the person with that identifier, if the book has one."""
        return None if key is None else self._by_key.get(key)

    def mention(self, key: Key) -> PersonEntry:
        """Return the person with that identifier, added when nobody has it."""
        if (entry := self._by_key.get(key)) is None:
            entry = self._book.add_person(PersonEntry(name=key[1]))
            self._give(entry, key)
        return entry

    def claimed(self, claim: PersonClaim, mapped: PersonEntry | None) -> PersonEntry:
        """Return whom a claim is about; `mapped` is whom the same claim was about in the last import.

        Takes the identifiers that nobody has. Somebody who is known by a weaker one only, and by nothing that speaks
        against it, is the same person: that entry is merged into this one.
        """
        keys = keys_of(claim)
        entry = next((found for key in keys if (found := self._by_key.get(key))), None) or mapped
        if entry is None:
            entry = self._book.add_person(PersonEntry(name=claim.name or keys[0][1]))
        for key in keys:
            holder = self._by_key.get(key)
            if holder is not None and holder is not entry and _agree(holder, entry):
                self._absorb(holder, entry)
                holder = None
            if holder is None and getattr(entry, key[0]) is None:
                self._give(entry, key)
        return entry

    def describe(self, entry: PersonEntry, claims: Sequence[PersonClaim]) -> None:
        """Set what sources say of a person; `claims` are all live ones, the most believed first."""
        for field, values in _identifiers(claims).items():
            wanted = next(iter(values), None)
            if wanted is None or wanted == getattr(entry, field) or (field, wanted) in self._by_key:
                continue
            if field == "slack_id" and entry.slack_id and entry.email:
                continue  # Slack itself says whose address it is
            self._by_key.pop((field, getattr(entry, field) or ""), None)
            self._give(entry, (field, wanted))
        entry.name = first_said((claim.name for claim in claims), entry.name)
        entry.timezone = first_said((claim.timezone for claim in claims), entry.timezone)
        if claims:
            entry.is_active = all(claim.is_active for claim in claims)

    def _give(self, entry: PersonEntry, key: Key) -> None:
        setattr(entry, key[0], key[1])
        self._by_key[key] = entry

    def _absorb(self, weaker: PersonEntry, entry: PersonEntry) -> None:
        for key in _keys(weaker):
            setattr(weaker, key[0], None)
            if getattr(entry, key[0]) is None:
                self._give(entry, key)
        weaker.is_active = weaker.is_known = False
        self._book.merged[weaker] = entry


def _keys(entry: PersonEntry) -> list[Key]:
    values = (("slack_id", entry.slack_id), ("email", entry.email), ("handle", entry.handle))
    return [(name, value) for name, value in values if value]


def _agree(one: PersonEntry, other: PersonEntry) -> bool:
    """Tell whether nothing that both are known by differs."""
    mine, theirs = dict(_keys(one)), dict(_keys(other))
    return all(theirs.get(field, value) == value for field, value in mine.items())


def _identifiers(claims: Iterable[PersonClaim]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for claim in claims:
        for field, value in keys_of(claim):
            said.setdefault(field, []).append(value)
    return said
