"""Which assets an import touches, which stored asset each claim is about, and what all sources make of it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot.domain.catalog import AssetClaim, AssetKind, Origin
from bot.domain.names import fold
from bot.domain.reconcile.assets import Refs, are_apart, external_id_elsewhere, identity, merge, ref_of
from bot.domain.reconcile.claims import decode_asset, decode_owners
from bot.domain.reconcile.owners import OwnerIndex
from bot.domain.sources import ClaimSubject, rank
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import chunks, reserve_ids, select_all, select_in, table_of


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan needs of a stored asset."""

    ref: str
    name: str
    parent_id: int | None
    is_gone: bool


@dataclass(slots=True)
class PlannedAsset:
    """A touched asset: its live claims with their source's id, the most believed first, and their merge.

    `merged` is None when no source claims it any more; `ref` is what it will be called by.
    """

    claims: list[tuple[int, AssetClaim]] = field(default_factory=list)
    former_names: list[str] = field(default_factory=list)
    merged: AssetClaim | None = None
    ref: str = ""


@dataclass(slots=True)
class ImportPlan:
    """The assets of an import. `known` are all stored ones, `planned` those touched, both by id.

    By external id of this source: `asset_ids` says which asset a claim is about, `former` under which other names it
    was, `withdrawn` what stays of a claim that it no longer makes.
    """

    known: dict[int, Known] = field(default_factory=dict)
    planned: dict[int, PlannedAsset] = field(default_factory=dict)
    asset_ids: dict[str, int] = field(default_factory=dict)
    former: dict[str, list[str]] = field(default_factory=dict)
    withdrawn: dict[str, dict[str, Any]] = field(default_factory=dict)
    refs: Refs = field(default_factory=Refs)

    def ref(self, asset: int) -> str:
        """Return an asset's ref as it will be."""
        planned = self.planned.get(asset)
        return planned.ref if planned is not None and planned.ref else self.known[asset].ref


async def make_plan(run: Run, *, before: OwnerIndex, after: OwnerIndex, also: Collection[int] = ()) -> ImportPlan:
    """Decide which asset each claim is about, and merge what is said of every asset that this import touches.

    An import touches the assets whose claims are new, changed or gone, those whose owners' names mean somebody else in
    the index `after` than in the index `before`, and those in `also`.
    """
    plan = await _known(run)
    await _identify(run, plan)
    diff, stored = run.diffs[ClaimSubject.ASSET], run.stored[ClaimSubject.ASSET]
    touched = {*also, *(plan.asset_ids[external] for external in (*diff.added, *diff.changed))}
    touched.update(stored[external].subject_id for external in (*diff.changed, *diff.removed))
    if before is not after and before.differs(after):
        touched |= await _differently_owned(run, before, after)
    await _gather(run, plan, touched)
    await _name(run, plan)
    return plan


async def standing(run: Run) -> ImportPlan:
    """Return the plan of a run that touches nothing: every stored asset, and which this source's claims are about."""
    plan = await _known(run)
    t = table_of(tables.Claim).c
    query = select(t.id, t.external_id, t.subject_id).where(
        t.source_id == run.source.id, t.subject == ClaimSubject.ASSET.value, t.digest != ""
    )
    async for rows in select_all(run.connection, query, t.id):
        plan.asset_ids.update((external, asset) for _, external, asset in rows)
    return plan


async def _known(run: Run) -> ImportPlan:
    plan = ImportPlan()
    t = table_of(tables.Asset).c
    async for rows in select_all(run.connection, select(t.id, t.ref, t.name, t.parent_id, t.gone_at), t.id):
        for number, ref, name, parent_id, gone_at in rows:
            plan.known[number] = Known(ref, name, parent_id, gone_at is not None)
            plan.refs.hold(number, ref)
    return plan


async def _identify(run: Run, plan: ImportPlan) -> None:
    """Find the asset of every claim: by an earlier claim with the same id, else by its ref; otherwise it is new."""
    stored, diff = run.stored[ClaimSubject.ASSET], run.diffs[ClaimSubject.ASSET]
    removed = set(diff.removed)
    for external, claim in stored.items():
        if claim.is_live and external not in removed:
            plan.asset_ids[external] = claim.subject_id
    claimed = set(plan.asset_ids.values())
    read = run.reading.assets.claims
    # What two files of the source disagree about is one asset.
    again = {external: first for external in (*diff.added, *diff.changed) if (first := _elsewhere(read, external))}
    refs = {external: ref_of(read[external]) for external in diff.added if external not in again}
    wanted = {external: plan.refs.holder(ref) for external, ref in refs.items()}
    wanted |= {each: stored[each].subject_id for each in diff.changed if read[each].kind is AssetKind.PATH}
    at_hosts: dict[int, list[str]] = {}
    for external, holder in wanted.items():
        if holder is not None and read[external].kind in (AssetKind.REPOSITORY, AssetKind.PATH):
            at_hosts.setdefault(holder, []).append(external)
    apart = await _at_other_hosts(run, at_hosts) if at_hosts else set()
    # What was one before hosts were told apart.
    new = sorted(each for each in diff.changed if (each, stored[each].subject_id) in apart)
    # Sorted, because of two claims of one name the first joins: that must not depend on the order of files or imports.
    for external in sorted(refs, key=lambda external: (refs[external], external)):
        earlier = stored.get(external)
        found = earlier.subject_id if earlier is not None else None
        if found is None or found in claimed:
            found = plan.refs.holder(refs[external])
        if found is None or found in claimed or (external, found) in apart:
            new.append(external)
        else:
            plan.asset_ids[external] = found
            claimed.add(found)
    ids = await reserve_ids(run.connection, table_of(tables.Asset), len(new))
    plan.asset_ids.update(zip(new, ids, strict=True))
    plan.asset_ids.update((external, plan.asset_ids[first]) for external, first in again.items())


async def _at_other_hosts(run: Run, holders: Mapping[int, Sequence[str]]) -> set[tuple[str, int]]:
    """Return which claims are not about the assets whose names they have, since those are at another host."""
    read, diff = run.reading.assets.claims, run.diffs[ClaimSubject.ASSET]
    outdated = {*diff.removed, *diff.changed}
    found: set[tuple[str, int]] = set()
    t = table_of(tables.Claim).c
    query = select(t.id, t.source_id, t.external_id, t.subject_id, t.content, t.path, t.line).where(
        t.subject == ClaimSubject.ASSET.value, t.digest != ""
    )
    async for rows in select_in(run.connection, query, t.subject_id, holders):
        for row in rows:
            if row.source_id == run.source.id and row.external_id in outdated:
                continue
            claim = decode_asset(row.content, external=row.external_id, origin=Origin(row.path, row.line))
            found.update((each, row.subject_id) for each in holders[row.subject_id] if are_apart(read[each], claim))
    return found


def _elsewhere(read: Mapping[str, AssetClaim], external: str) -> str:
    """Return under which id another file names the asset of a claim; "" where none does."""
    claim = read[external]
    first = read.get(external_id_elsewhere(claim))
    return first.external_id if first is not None and ref_of(first) == ref_of(claim) else ""


async def _differently_owned(run: Run, before: OwnerIndex, after: OwnerIndex) -> set[int]:
    """Return the assets with a stored claim whose owner's name now means somebody else."""
    touched: set[int] = set()
    t = table_of(tables.Claim).c
    query = select(t.id, t.subject_id, t.content).where(t.subject == ClaimSubject.ASSET.value, t.digest != "")
    differs: dict[Any, bool] = {}
    async for rows in select_all(run.connection, query, t.id):
        for _, asset, content in rows:
            for one in decode_owners(content):
                if one.owner not in differs:
                    differs[one.owner] = before.owners(one.owner) != after.owners(one.owner)
                if differs[one.owner]:
                    touched.add(asset)
    return touched


async def _gather(run: Run, plan: ImportPlan, touched: set[int]) -> None:
    """Collect the live claims of every touched asset, from this reading and from the store, and merge them."""
    plan.planned = {asset: PlannedAsset() for asset in sorted(touched)}
    # New assets have no stored claims; a claim of this source that was read counts as read.
    t = table_of(tables.Claim).c
    query = select(t.id, t.source_id, t.external_id, t.subject_id, t.digest, t.content, t.path, t.line).where(
        t.subject == ClaimSubject.ASSET.value
    )
    async for rows in select_in(run.connection, query, t.subject_id, touched & plan.known.keys()):
        for row in rows:
            _take_stored(run, plan, row)
    for external, claim in run.reading.assets.claims.items():
        if (asset := plan.asset_ids[external]) in plan.planned:
            plan.planned[asset].claims.append((run.source.id, claim))
    for chunk in chunks(plan.planned.values()):
        for planned in chunk:
            if len(planned.claims) > 1:
                planned.claims.sort(key=lambda one: (rank(run.sources[one[0]]), one[1].external_id))
            if planned.claims:
                preferred = sum(run.sources[source].precedence is not None for source, _ in planned.claims)
                claims = [claim for _, claim in planned.claims]
                planned.merged = merge(claims, former_names=planned.former_names, preferred=preferred)
        await asyncio.sleep(0)


def _take_stored(run: Run, plan: ImportPlan, row: Any) -> None:
    planned = plan.planned[row.subject_id]
    former: list[str] = row.content.get("former", [])
    if row.source_id == run.source.id:
        name = row.content["name"]
        if plan.asset_ids.get(row.external_id) != row.subject_id:
            plan.withdrawn[row.external_id] = {"name": name, "former": former}
            return
        claim = run.reading.assets.claims.get(row.external_id)
        if claim is not None and fold(claim.name) != fold(name):
            former = [*(one for one in former if fold(one) != fold(claim.name)), name]
        plan.former[row.external_id] = former
        planned.former_names.extend(former)
        if claim is not None:
            return
    elif not row.digest:
        return
    else:
        planned.former_names.extend(former)
    claim = decode_asset(row.content, external=row.external_id, origin=Origin(row.path, row.line))
    planned.claims.append((row.source_id, claim))


async def _name(run: Run, plan: ImportPlan) -> None:
    """Give every touched asset its ref. Those that are renamed let go of theirs first, so that names can be swapped."""
    naming: list[tuple[bool, str, str, int]] = []
    for chunk in chunks(plan.planned.items()):
        for asset, planned in chunk:
            known = plan.known.get(asset)
            if planned.merged is None:
                planned.ref = known.ref if known is not None else ""
                continue
            wanted = ref_of(planned.merged)
            if known is not None and identity(known.ref) == identity(wanted):
                planned.ref = wanted
                continue
            if known is not None:
                plan.refs.release(known.ref)
            source = run.sources[planned.claims[0][0]]
            naming.append((known is None, wanted, f"{source.name}:{planned.merged.external_id}", asset))
        await asyncio.sleep(0)
    # Which of two assets of one name gets the bare ref must not depend on the order of files.
    for _, wanted, unique, asset in sorted(naming):
        plan.planned[asset].ref = plan.refs.take(asset, wanted, unique)
