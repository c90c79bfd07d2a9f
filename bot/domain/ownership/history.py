"""Who owned an asset at a moment in the past, from facts with a beginning and an end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.catalog import Area
from bot.domain.ownership.disputes import find_dispute
from bot.domain.ownership.holdings import CatalogView, Holding, answering_for
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord, OwnershipRecord


@dataclass(frozen=True, slots=True)
class Handed:
    """The handoff that made somebody an owner: its number, and who gave it."""

    number: int
    giver_id: int


@dataclass(frozen=True, slots=True)
class Term:
    """A fact with its end. `valid_to` is None while it is in force. `handed` is set if a handoff began it."""

    fact: OwnershipRecord
    valid_to: datetime | None = None
    handed: Handed | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the fact was in force at `moment`. It is not at the moment of its end."""
        return self.fact.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, slots=True)
class Held:
    """A past owner, and the time for which they owned it.

    If a handoff made them the owner, `giver` is the name of who gave it, and `handoff_id` its number.
    """

    holding: Holding
    valid_to: datetime | None
    giver: str = ""
    handoff_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was in force for an asset at `moment`.

    `owners` answer the question: both sides if `is_disputed`, empty if nobody owned it. `others` are the remaining
    facts of that time. If the catalog's knowledge begins later, only `known_since` is set.
    """

    asset: AssetRecord
    moment: datetime
    owners: tuple[Held, ...] = ()
    others: tuple[Held, ...] = ()
    area: Area | None = None
    is_disputed: bool = False
    inherited_from: AssetRecord | None = None
    known_since: datetime | None = None


def past(
    lineage: Sequence[tuple[AssetRecord, Sequence[Term]]],
    catalog: CatalogView,
    *,
    moment: datetime,
    area: Area | None = None,
) -> Past:
    """Return who owned the first asset of `lineage` at `moment`.

    `lineage` is the asset and its parents as they are today, the nearest first, each with every fact that it ever had.
    The catalog remembers who owned what, but not which asset was part of which.
    """
    asset = lineage[0][0]
    for holder, terms in lineage:
        current = {term.fact.id: term for term in terms if term.covers(moment)}
        if current:
            parent = holder if holder is not asset else None
            return _held(asset, current, catalog, moment=moment, area=area, parent=parent)
    first = min((term.fact.valid_from for _, terms in lineage for term in terms), default=None)
    is_later = first is not None and first > moment
    return Past(asset=asset, moment=moment, area=area, known_since=first if is_later else None)


def timeline(terms: Iterable[Term], catalog: CatalogView) -> tuple[Held, ...]:
    """Return every fact that an asset ever had, with its owner, the latest beginning first.

    If a source already named the owner whom a transfer then made right, that is returned once.
    """
    found = list(terms)
    passed = {_whose(each) for each in found if each.fact.is_agreed}
    told = [each for each in found if each.fact.is_human or _whose(each) not in passed]
    ordered = sorted(told, key=lambda term: (term.fact.valid_from, term.fact.id), reverse=True)
    return tuple(_held_in(term, _holding(term.fact, catalog), catalog) for term in ordered)


def _whose(term: Term) -> tuple[object, ...]:
    fact = term.fact
    return (fact.area, fact.role, fact.team_id, fact.person_id, fact.valid_from, term.valid_to)


def _held_in(term: Term, holding: Holding, catalog: CatalogView) -> Held:
    giver = catalog.team(term.handed.giver_id) if term.handed is not None else None
    if term.handed is None or giver is None:
        return Held(holding, term.valid_to)
    return Held(holding, term.valid_to, giver.name, term.handed.number)


def _held(
    asset: AssetRecord,
    current: dict[int, Term],
    catalog: CatalogView,
    *,
    moment: datetime,
    area: Area | None,
    parent: AssetRecord | None,
) -> Past:
    holdings = tuple(_holding(_as_then(term.fact, moment), catalog) for term in current.values())
    dispute = find_dispute(holdings, area)
    owners = dispute or answering_for(holdings, area)
    answering = {id(holding) for holding in owners}

    def ended(holding: Holding) -> Held:
        return _held_in(current[holding.fact.id], holding, catalog)

    return Past(
        asset=asset,
        moment=moment,
        owners=tuple(map(ended, owners)),
        others=tuple(ended(holding) for holding in holdings if id(holding) not in answering),
        area=area,
        is_disputed=dispute is not None,
        inherited_from=parent,
    )


def _holding(fact: OwnershipRecord, catalog: CatalogView) -> Holding:
    team = catalog.team(fact.team_id) if fact.team_id is not None else None
    person = catalog.person(fact.person_id) if fact.person_id is not None else None
    return Holding(fact, Recipient(team, person), fact.valid_from)


def _as_then(fact: OwnershipRecord, moment: datetime) -> OwnershipRecord:
    """Leave out a confirmation that came after `moment`."""
    if fact.confirmed_at is None or fact.confirmed_at <= moment:
        return fact
    return replace(fact, confirmed_at=None, confirmed_by=None)
