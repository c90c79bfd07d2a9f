"""Resolves what assets are a part of, for every claim that says so: what was missing before may have come now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from bot.domain.catalog import Origin, Problem
from bot.domain.names import fold
from bot.domain.reconcile.assets import identity
from bot.domain.reconcile.parents import ParentCandidate, ParentClaim, Parents, break_cycles, wanted_names
from bot.domain.sources import ClaimSubject, rank
from bot.services.catalog._plan import ImportPlan, standing
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import chunks, select_all, select_in, table_of

#: The plain table: its JSON columns can be asked for one key.
_CLAIM = tables.core(tables.Claim).c


@dataclass(frozen=True, slots=True)
class _Said:
    claim: ParentClaim
    origin: Origin


async def resolve_parents(run: Run, plan: ImportPlan) -> dict[int, int]:
    """Return the parent of every asset that has one, by id.

    Notes this source's parents that no asset fits, once for each text, and every cycle with an asset of this source.
    """
    stored = [one async for one in _said_of_parents(run) if one.claim.asset not in plan.planned]
    said = [
        _Said(ParentClaim(asset, source, claim.parent), claim.origin)
        for asset, planned in plan.planned.items()
        for source, claim in planned.claims
        if claim.parent
    ]
    said += stored
    if not said:
        return {}
    said.sort(key=lambda one: rank(run.sources[one.claim.source]))
    texts = {one.claim.parent for one in said}
    parents = Parents(await _externals(run, plan, texts), await _candidates(run, plan, texts))
    found: dict[int, int] = {}
    noted: set[str] = set()
    for chunk in chunks(said):
        for one in chunk:
            parent = parents.find(one.claim)
            if parent is not None:
                found.setdefault(one.claim.asset, parent)
            elif one.claim.source == run.source.id and one.claim.parent not in noted:
                noted.add(one.claim.parent)
                run.notes.append(Problem(one.origin, _unresolved(one.claim.parent), is_error=False))
        await asyncio.sleep(0)
    kept, cycles = break_cycles(found, plan.ref)
    _note_cycles(run, plan, cycles, said)
    return kept


async def note_unresolved(run: Run) -> None:
    """Note this source's parents that no asset fits, once for each text, for a run that changes nothing."""
    if not (said := await _lone(run)):
        return
    plan = await standing(run)
    texts = {one.claim.parent for one in said}
    parents = Parents(await _externals(run, plan, texts), await _candidates(run, plan, texts))
    unfit: dict[str, _Said] = {}
    for one in said:
        # One that fits and yet counts for nothing stood in a circle.
        if parents.find(one.claim) is None:
            unfit.setdefault(one.claim.parent, one)
    run.notes.extend(Problem(one.origin, _unresolved(text), is_error=False) for text, one in unfit.items())


async def _lone(run: Run) -> list[_Said]:
    """Return what this source's claims say of parents where the asset has none, in the order of its files."""
    asset = table_of(tables.Asset).c
    lone = (_CLAIM.source_id == run.source.id, _CLAIM.subject_id == asset.id, asset.parent_id.is_(None))
    said = [one async for one in _said_of_parents(run, *lone)]
    return sorted(said, key=lambda one: (one.origin.path, one.origin.line or 0))


def _note_cycles(run: Run, plan: ImportPlan, cycles: Iterable[Sequence[int]], said: Iterable[_Said]) -> None:
    origins = {one.claim.asset: one.origin for one in said if one.claim.source == run.source.id} if cycles else {}
    for cycle in cycles:
        if (origin := next((origins[asset] for asset in cycle if asset in origins), None)) is not None:
            names = " in ".join(plan.ref(asset) for asset in (*cycle, cycle[0]))
            message = f"parents go round in a circle ({names}), so the first has none: correct one of them."
            run.notes.append(Problem(origin, message))


def _unresolved(parent: str) -> str:
    return f"no asset, or more than one, is called '{parent}', so nothing is a part of it until one is imported."


async def _said_of_parents(run: Run, *conditions: ColumnElement[bool]) -> AsyncIterator[_Said]:
    """Yield what live claims that meet `conditions` say of parents, as stored."""
    parent = _CLAIM.content["parent"].as_string()
    query = select(_CLAIM.id, _CLAIM.source_id, _CLAIM.subject_id, parent, _CLAIM.path, _CLAIM.line).where(
        _CLAIM.subject == ClaimSubject.ASSET.value, _CLAIM.digest != "", parent.is_not(None), *conditions
    )
    async for rows in select_all(run.connection, query, _CLAIM.id):
        for _, source, asset, text, path, line in rows:
            yield _Said(ParentClaim(asset, source, text), Origin(path, line))


async def _externals(run: Run, plan: ImportPlan, texts: set[str]) -> Mapping[tuple[int, str], int]:
    """Return which live asset each source calls by one of `texts` as its own id."""
    own = run.source.id
    found = {(own, text): plan.asset_ids[text] for text in texts if text in plan.asset_ids}
    t = table_of(tables.Claim).c
    query = select(t.source_id, t.external_id, t.subject_id).where(
        t.subject == ClaimSubject.ASSET.value, t.digest != "", t.source_id != own
    )
    async for rows in select_in(run.connection, query, t.external_id, texts):
        for source, external, asset in rows:
            found[source, external] = asset
    return found


async def _candidates(run: Run, plan: ImportPlan, texts: set[str]) -> list[ParentCandidate]:
    """Return the live assets whose ref or name is among `texts`, with the sources that claim them."""
    refs, names = wanted_names(texts)
    found: dict[int, tuple[str, str]] = {}
    for stored in chunks(plan.known.items()):
        for asset, known in stored:
            if asset not in plan.planned and not known.is_gone and _fits(known.ref, known.name, refs, names):
                found[asset] = known.ref, known.name
        await asyncio.sleep(0)
    for touched in chunks(plan.planned.items()):
        for asset, planned in touched:
            if planned.merged is not None and _fits(planned.ref, planned.merged.name, refs, names):
                found[asset] = planned.ref, planned.merged.name
        await asyncio.sleep(0)
    sources: dict[int, set[int]] = {asset: set() for asset in found}
    t = table_of(tables.Claim).c
    query = select(t.source_id, t.subject_id).where(
        t.subject == ClaimSubject.ASSET.value, t.digest != "", t.source_id != run.source.id
    )
    async for rows in select_in(run.connection, query, t.subject_id, sources):
        for source, asset in rows:
            sources[asset].add(source)
    for asset in plan.asset_ids.values():
        if asset in sources:
            sources[asset].add(run.source.id)
    return [ParentCandidate(asset, ref, name, frozenset(sources[asset])) for asset, (ref, name) in found.items()]


def _fits(ref: str, name: str, refs: frozenset[str], names: frozenset[str]) -> bool:
    return fold(name) in names or (bool(refs) and identity(ref) in refs)
