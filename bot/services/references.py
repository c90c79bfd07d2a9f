"""What a question means that refers to a channel, a person or a user group instead of naming something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bot.blocks.text import is_channel_id
from bot.domain.directory import Match, Nearest
from bot.domain.directory.references import Reference, Refers, references, without_references
from bot.domain.names import fold
from bot.domain.records import PersonRecord, TeamRecord
from bot.services.snapshot import Snapshot

#: Of several references, the surest to be meant comes first: people are also mentioned to call them.
_FIRST = (Refers.GROUP, Refers.CHANNEL, Refers.PERSON)


@dataclass(frozen=True, slots=True)
class TeamsMeant:
    """The teams that have this channel or user group, at least one."""

    teams: tuple[TeamRecord, ...]


@dataclass(frozen=True, slots=True)
class PersonMeant:
    """A person that the catalog knows."""

    person: PersonRecord


@dataclass(frozen=True, slots=True)
class NobodyMeant:
    """The catalog has nothing for this reference."""

    reference: Reference


Meant: TypeAlias = TeamsMeant | PersonMeant | NobodyMeant


def meant(snapshot: Snapshot, text: str) -> Meant | None:
    """Return what a question refers to; None when it refers to nothing, or names something all the same."""
    referred = references(text)
    if not referred or snapshot.directory.is_name(text) or asked(snapshot, text) != text:
        return None
    ordered = sorted(referred, key=lambda reference: _FIRST.index(reference.to))
    for reference in ordered:
        found = _known(snapshot, reference)
        if found is not None:
            return found
    # A channel may be an asset's, by its id or by its name.
    is_known = not isinstance(snapshot.directory.resolve(text), Nearest)
    return None if is_known else NobodyMeant(ordered[0])


def asked(snapshot: Snapshot, text: str) -> str:
    """Return a question without whom and what it mentions in passing, as far as it names something beside that."""
    rest = without_references(text)
    if rest == text or snapshot.directory.is_name(text):
        return text
    return rest if _names_something(snapshot, rest) else text


def _names_something(snapshot: Snapshot, text: str) -> bool:
    """Whether a text asks for an asset by name: "who owns checkout, @jo?" does, and "what does @jo own?" does not."""
    if not snapshot.directory.asks_by_name(text):
        found = snapshot.directory.resolve(text)
        return isinstance(found, Match) and found.method.is_literal
    return not isinstance(snapshot.directory.resolve(text), Nearest)


def _known(snapshot: Snapshot, reference: Reference) -> Meant | None:
    if reference.to is Refers.PERSON:
        person = snapshot.person_by_slack_id(reference.id)
        return PersonMeant(person) if person is not None else None
    has = _has_channel if reference.to is Refers.CHANNEL else _has_group
    teams = tuple(sorted((team for team in snapshot.teams() if has(team, reference)), key=lambda team: fold(team.name)))
    return TeamsMeant(teams) if teams else None


def _has_channel(team: TeamRecord, reference: Reference) -> bool:
    if is_channel_id(team.channel):
        return team.channel == reference.id
    name = team.channel.removeprefix("#")
    return bool(name) and name.casefold() == reference.label.casefold()


def _has_group(team: TeamRecord, reference: Reference) -> bool:
    handle = team.user_group.removeprefix("@")
    return bool(handle) and (handle == reference.id or handle.casefold() == reference.label.casefold())
