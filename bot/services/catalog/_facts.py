"""Ownership facts: which end and which begin, so that the facts in force are what the sources say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from bot.domain.catalog import AssetClaim, Role
from bot.domain.ownership import contradict
from bot.domain.reconcile.book import TeamEntry
from bot.services.catalog._owners import Owners
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import insert_rows, select_in, table_of, update_rows

#: An owner in a fact: team id and person id (one is None), area, role, source id.
FactKey = tuple[int | None, int | None, str, str, int]


@dataclass(slots=True)
class FactChanges:
    """Facts to begin, with their asset, and the ids of facts to end. They are written last, with their audit entry.

    `own_ended` counts the ended ones that came from the importing source itself.
    """

    begun: list[tuple[int, FactKey]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    own_ended: int = 0


def wanted(claims: Iterable[tuple[int, AssetClaim]], owners: Owners) -> dict[FactKey, None]:
    """Return the facts that follow from an asset's claims, each once, in the order said."""
    keys: dict[FactKey, None] = {}
    for source, claim in claims:
        for one in claim.owners:
            for owner in owners[one.owner]:
                ids = (owner.id, None) if isinstance(owner, TeamEntry) else (None, owner.id)
                keys[(*ids, str(one.area), str(one.role), source)] = None
    return keys


async def in_force(run: Run, assets: Sequence[int]) -> dict[int, list[tuple[int, FactKey]]]:
    """Return the facts of imports (not people's decisions) that are in force for `assets`, the longest-lived first."""
    t = table_of(tables.Ownership).c
    human = [source.id for source in run.sources.values() if source.is_human]
    query = (
        select(t.id, t.asset_id, t.team_id, t.person_id, t.area, t.role, t.source_id)
        .where(t.valid_to.is_(None), t.source_id.not_in(human))
        .order_by(t.confirmed_at.is_(None), t.id)
    )
    found: dict[int, list[tuple[int, FactKey]]] = {}
    async for rows in select_in(run.connection, query, t.asset_id, assets):
        for number, asset, *key in rows:
            found.setdefault(asset, []).append((number, tuple(key)))
    return found


async def decided(run: Run, assets: Sequence[int]) -> dict[int, list[FactKey]]:
    """Return the facts in force for `assets` that people decided."""
    human = [source.id for source in run.sources.values() if source.is_human]
    found: dict[int, list[FactKey]] = {}
    if not human:
        return found
    t = table_of(tables.Ownership).c
    query = select(t.asset_id, t.team_id, t.person_id, t.area, t.role, t.source_id).where(
        t.valid_to.is_(None), t.source_id.in_(human)
    )
    async for rows in select_in(run.connection, query, t.asset_id, assets):
        for asset, *key in rows:
            found.setdefault(asset, []).append(tuple(key))
    return found


async def disowned(run: Run, assets: Sequence[int]) -> dict[int, set[tuple[int | None, int | None, str]]]:
    """Return by asset who does not own an area, because people decided so or because they gave it up.

    Each is a team id, a person id (one is None), and the area.
    """
    no = table_of(tables.Disownment).c
    query = select(no.asset_id, no.team_id, no.person_id, no.area)
    found: dict[int, set[tuple[int | None, int | None, str]]] = {}
    async for rows in select_in(run.connection, query, no.asset_id, assets):
        for asset, *owner in rows:
            found.setdefault(asset, set()).add(tuple(owner))
    released = table_of(tables.Release).c
    given_up = select(released.asset_id, released.areas, released.team_id, released.person_id).where(
        released.decided_at.is_not(None), released.ended_at.is_(None)
    )
    async for rows in select_in(run.connection, given_up, released.asset_id, assets):
        for asset, areas, team, person in rows:
            found.setdefault(asset, set()).update((team, person, area) for area in areas)
    return found


async def forget_corrected(run: Run, corrected: Iterable[tuple[int, int | None, int | None, str]]) -> None:
    """Forget that these owners were ruled out, because no file names them any more: asset, team id, person id, area.

    Somebody who was ruled out for a part that inherits its owner is still named for the whole, and stays ruled out.
    """
    no, fact = table_of(tables.Disownment), table_of(tables.Ownership).c
    was_own = select(fact.id).where(fact.asset_id == no.c.asset_id, fact.ended_by == no.c.audit_id).exists()
    for asset, team, person, area in corrected:
        is_theirs = no.c.team_id == team if team is not None else no.c.person_id == person
        await run.connection.execute(delete(no).where(no.c.asset_id == asset, no.c.area == area, is_theirs, was_own))


def says_nobody(run: Run, claims: Iterable[tuple[int, AssetClaim]]) -> bool:
    """Return whether a source says that nobody owns an asset on purpose, and nobody preferred it to the others."""
    source = next((source for source, claim in claims if claim.unowned_reason), None)
    return source is not None and run.sources[source].precedence is None


def are_disputed(run: Run, keys: Sequence[FactKey], *, is_nobody_said: bool = False) -> bool:
    """Return whether facts of one asset contradict each other, as `bot.domain.ownership` has it.

    `is_nobody_said` is whether a source says that nobody owns it on purpose.
    """
    if is_nobody_said and not any(run.sources[key[4]].is_human for key in keys):
        return any(key[3] == Role.OWNER for key in keys)
    if len({key[4] for key in keys}) < 2 and not any(run.sources[key[4]].is_human for key in keys):
        return False  # one source does not contradict itself; a person's claim may contradict another's
    areas: dict[str, dict[object, set[object]]] = {}
    for team, person, area, role, source in keys:
        if role == Role.OWNER:
            side = (source, team, person) if run.sources[source].is_human else source
            areas.setdefault(area, {}).setdefault(side, set()).add((team, person))
    return any(contradict(list(sides.values())) for sides in areas.values())


def compare(run: Run, changes: FactChanges, asset: int, current: Sequence[tuple[int, FactKey]], keys: Any) -> bool:
    """Add what has to change for `asset` to have the facts `keys`; return whether anything has.

    Where a merger of teams has left two facts that say the same, the confirmed or older one is kept.
    """
    seen: set[FactKey] = set()
    ended: list[FactKey] = []
    for number, key in current:
        if key in keys and key not in seen:
            seen.add(key)
        else:
            changes.ended.append(number)
            ended.append(key)
    changes.own_ended += sum(key[4] == run.source.id for key in ended)
    begun = [key for key in keys if key not in seen]
    changes.begun.extend((asset, key) for key in begun)
    _count(run, begun, ended)
    return bool(begun or ended)


def _count(run: Run, begun: list[FactKey], ended: list[FactKey]) -> None:
    """Count an end and a beginning for the same area, role and source as one change."""
    if not ended:
        run.counts["facts_added"] += len(begun)
        return
    came, went = (Counter(key[2:] for key in keys) for keys in (begun, ended))
    both = (came & went).total()
    run.counts["facts_changed"] += both
    run.counts["facts_added"] += len(begun) - both
    run.counts["facts_removed"] += len(ended) - both


async def write(run: Run, changes: FactChanges, *, audit_id: int) -> None:
    """End and begin facts now, and note which audit entry caused it."""
    table = table_of(tables.Ownership)
    ends = ({"row_id": number, "valid_to": run.now, "ended_by": audit_id} for number in changes.ended)
    await update_rows(run.connection, table, ends)
    begins = (
        {
            "asset_id": asset,
            "team_id": team,
            "person_id": person,
            "area": area,
            "role": role,
            "source_id": source,
            "valid_from": run.now,
            "begun_by": audit_id,
        }
        for asset, (team, person, area, role, source) in changes.begun
    )
    await insert_rows(run.connection, table, begins)
