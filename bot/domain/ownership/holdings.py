"""Owners, the facts that make them owners, and whether anybody is still there to answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeGuard

from bot.domain.catalog import Area, Role
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord, TeamRecord
from bot.domain.value_object import value_object


class CatalogView(Protocol):
    """The look-ups by id that the rules need; each returns None if there is no such record."""

    def asset(self, asset_id: int) -> AssetRecord | None:
        """Return the asset."""
        ...

    def team(self, team_id: int) -> TeamRecord | None:
        """Return the team."""
        ...

    def person(self, person_id: int) -> PersonRecord | None:
        """Return the person."""
        ...

    def last_seen(self, fact: OwnershipRecord) -> datetime:
        """Return when the fact's source last said so."""
        ...


@value_object()
class Holding:
    """An owner (a team or a person), and the fact that makes it one.

    `seen_at` is when the fact's source last said so.
    """

    fact: OwnershipRecord
    owner: Recipient
    seen_at: datetime

    @property
    def team(self) -> TeamRecord | None:
        """The team; None if the owner is a person."""
        return self.owner.team

    @property
    def person(self) -> PersonRecord | None:
        """The person; None if the owner is a team."""
        return self.owner.person

    @property
    def name(self) -> str:
        """The owner's name as people write it."""
        return self.owner.name

    @property
    def trusted_at(self) -> datetime:
        """When a person last confirmed the fact, or its source last said so, whichever is later."""
        confirmed = self.fact.confirmed_at
        return self.seen_at if confirmed is None else max(confirmed, self.seen_at)


def holdings_of(facts: Iterable[OwnershipRecord], catalog: CatalogView) -> tuple[Holding, ...]:
    """Return the facts with their owners, without those whose team or person the catalog no longer has."""
    found = []
    for fact in facts:
        team = catalog.team(fact.team_id) if fact.team_id is not None else None
        person = catalog.person(fact.person_id) if fact.person_id is not None else None
        if team is not None or person is not None:
            found.append(Holding(fact, Recipient(team, person), catalog.last_seen(fact)))
    return tuple(found)


def answering_for(holdings: tuple[Holding, ...], area: Area | None) -> tuple[Holding, ...]:
    """Return the owners of `area`.

    For the whole (None), these are the owners of `all`, else of the application, else of every area.
    """
    owners = tuple([h for h in holdings if h.fact.role is Role.OWNER])
    wanted = (area, Area.ALL) if area is not None else (Area.ALL, Area.APPLICATION)
    for each in wanted:
        found = tuple([h for h in owners if h.fact.area is each])
        if found:
            return found
    return owners if area is None else ()


def is_here(owner: Recipient, catalog: CatalogView) -> bool:
    """Whether somebody is there to answer: an active person, or a team that has not lost all of its people."""
    return owner.person.is_active if owner.person is not None else has_somebody(owner.team, catalog)


def has_somebody(team: TeamRecord | None, catalog: CatalogView) -> TypeGuard[TeamRecord]:
    """Whether a team exists and has not lost all of its people."""
    if team is None or team.is_gone:
        return False
    for person_id in team.people_ids:  # not `active_members`, which is slower: every answer asks this of each owner
        person = catalog.person(person_id)
        if person is not None and person.is_active:
            return True
    return not team.member_ids and not team.former_members  # nobody knows who is in it, so it counts as there


def active_members(team: TeamRecord, catalog: CatalogView) -> Iterator[PersonRecord]:
    """Yield the team's members who are still here, the lead included, each once."""
    for person_id in team.people_ids:
        person = catalog.person(person_id)
        if person is not None and person.is_active:
            yield person


def without_the_gone(held: tuple[Holding, ...], catalog: CatalogView) -> tuple[Holding, ...]:
    """Drop owners who are gone, in areas that people claimed and that have an owner who is still here."""
    owners = [holding for holding in held if holding.fact.role is Role.OWNER]
    gone = {id(holding) for holding in owners if not is_here(holding.owner, catalog)}
    claimed = {holding.fact.area for holding in owners if holding.fact.is_human}
    lived_in = claimed & {holding.fact.area for holding in owners if id(holding) not in gone}
    return tuple(h for h in held if id(h) not in gone or h.fact.area not in lived_in)
