"""Writes a plan: the rows of assets and claims, chunk by chunk, and what has to happen to facts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select

from bot.domain.catalog import AssetClaim, Role
from bot.domain.reconcile.claims import AnyClaim
from bot.domain.reconcile.parents import by_depth
from bot.domain.sources import ClaimSubject
from bot.services.catalog import _drift, _facts
from bot.services.catalog._claim_digests import Said
from bot.services.catalog._drift import DriftChanges
from bot.services.catalog._facts import FactChanges, FactKey
from bot.services.catalog._files import told_apart
from bot.services.catalog._owners import Owners
from bot.services.catalog._plan import ImportPlan, PlannedAsset
from bot.services.catalog._roster import Roster
from bot.services.catalog._run import Run
from bot.services.catalog.report import ReportAction, ReportLine
from bot.store import tables
from bot.store.bulk import chunks, insert_rows, select_in, table_of, update_rows


class AssetWriter:
    """Writes the assets of a plan and collects the changes of their facts."""

    def __init__(
        self, run: Run, plan: ImportPlan, roster: Roster, *, parents: Mapping[int, int], owners: Owners
    ) -> None:
        self._run, self._plan, self._roster = run, plan, roster
        self._parents, self._owners = parents, owners
        self.facts = FactChanges()
        self.drift = DriftChanges()
        #: Owners who were ruled out and whom no file names any more: asset, team id, person id, area.
        self.corrected: list[tuple[int, int | None, int | None, str]] = []

    async def write(self) -> None:
        """Write every touched asset, parents before their parts, and every other asset whose parent is another now."""
        run, plan, table = self._run, self._plan, table_of(tables.Asset)
        # Refs that are given up are set aside before others take them.
        known, refs = plan.known, {asset: planned.ref for asset, planned in plan.planned.items()}
        aside = [asset for asset, ref in refs.items() if asset in known and ref != known[asset].ref]
        await update_rows(run.connection, table, ({"row_id": asset, "ref": f"~{asset}"} for asset in aside))
        for chunk in chunks(by_depth(plan.planned, self._parents) if self._parents else plan.planned):
            await self._write_chunk(chunk)
            await asyncio.sleep(0)
        moved = [
            {"row_id": asset, "parent_id": self._parents.get(asset), "revision": run.revision}
            for asset, known in plan.known.items()
            if asset not in plan.planned and not known.is_gone and known.parent_id != self._parents.get(asset)
        ]
        await update_rows(run.connection, table, moved)

    async def _write_chunk(self, assets: Sequence[int]) -> None:
        run, table = self._run, table_of(tables.Asset)
        stored = [asset for asset in assets if asset in self._plan.known]
        rows: dict[int, Mapping[str, Any]] = {}
        async for found in select_in(run.connection, select(table), table.c.id, stored):
            rows.update((row.id, row._mapping) for row in found)
        facts = await _facts.in_force(run, stored)
        decided = await _facts.decided(run, stored)
        handed, disowned = await _drift.handed_over(run, stored), await _facts.disowned(run, stored)
        inserts: list[dict[str, Any]] = []
        updates: list[dict[str, Any]] = []
        gone: list[dict[str, Any]] = []
        for asset in assets:
            planned, before = self._plan.planned[asset], rows.get(asset)
            current = facts.get(asset, ())
            claims = planned.claims if len(planned.claims) < 2 else await told_apart(run, planned.claims)
            named, not_theirs = _facts.wanted(claims, self._owners), disowned.get(asset, set())
            said = {key: None for key in named if key[3] != Role.OWNER or key[:3] not in not_theirs}
            self.corrected += [(asset, *each) for each in not_theirs - {(key[0], key[1], key[2]) for key in named}]
            keys, has_other_drift = said, False
            if (passed := handed.get(asset)) is not None:
                keys, has_other_drift = _drift.heeded(run, self.drift, asset, said, passed)
            has_other_owners = _facts.compare(run, self.facts, asset, current, keys) or has_other_drift
            is_other = has_other_owners
            if planned.merged is None:
                if before is not None and before["gone_at"] is None:
                    gone.append({"row_id": asset, "gone_at": run.now, "revision": run.revision})
                    is_other = True
            else:
                values = _values(planned, planned.merged, self._parents.get(asset))
                if before is None:
                    inserts.append({"id": asset, **values, "revision": run.revision})
                    is_other = True
                elif has_other_owners or any(before[key] != value for key, value in values.items()):
                    updates.append({"row_id": asset, **values, "revision": run.revision})
                    is_other = True
                elif values["unowned_reason"]:
                    # Who says so, and whether they are preferred, is read beside the row.
                    updates.append({"row_id": asset, **values, "revision": run.revision})
            if is_other:
                claimed = decided.get(asset, [])
                was_nobody_said = before is not None and bool(before["unowned_reason"])
                held = [*claimed, *(key for _, key in current)]
                was_disputed = _facts.are_disputed(run, held, is_nobody_said=was_nobody_said)
                self._tell(asset, planned, held, [*claimed, *keys], was_disputed=was_disputed)
        await insert_rows(run.connection, table, inserts)
        await update_rows(run.connection, table, updates)
        await update_rows(run.connection, table, gone)

    def _tell(
        self,
        asset: int,
        planned: PlannedAsset,
        before: Sequence[FactKey],
        after: Sequence[FactKey],
        *,
        was_disputed: bool,
    ) -> None:
        changes, known = self._run.changes, self._plan.known.get(asset)
        is_nobody_said = bool(planned.merged and planned.merged.unowned_reason)
        is_nobody_said = is_nobody_said and _facts.says_nobody(self._run, planned.claims)
        is_disputed = _facts.are_disputed(self._run, after, is_nobody_said=is_nobody_said)
        if not changes.lists(is_new_dispute=is_disputed and not was_disputed):
            return
        action = ReportAction.CHANGED
        if planned.merged is None:
            action = ReportAction.REMOVED
        elif known is None or known.is_gone:
            action = ReportAction.ADDED
        changes.add(
            ReportLine(
                action,
                ClaimSubject.ASSET.value,
                planned.ref,
                self._names(before),
                self._names(after),
                was_disputed=was_disputed,
                is_disputed=is_disputed,
            )
        )

    def _names(self, keys: Iterable[FactKey]) -> tuple[str, ...]:
        names = []
        for team, person, *_ in keys:
            if team is not None:
                names.append(self._roster.teams_by_id[team].name)
            elif person is not None:
                names.append(self._roster.people_by_id[person].name)
        return tuple(dict.fromkeys(names))


def _values(planned: PlannedAsset, merged: AssetClaim, parent_id: int | None) -> dict[str, Any]:
    rule = merged.path_rule
    return {
        "ref": planned.ref,
        "kind": str(merged.kind),
        "name": merged.name,
        "namespace": merged.namespace,
        "description": merged.description,
        "aliases": list(merged.aliases),
        "addresses": list(merged.addresses),
        "parent_id": parent_id,
        "hosting": None if merged.hosting is None else str(merged.hosting),
        "tier": merged.tier,
        "links": [[link.label, link.url] for link in merged.links],
        "tags": [list(tag) for tag in merged.tags],
        "runs": [[one.product, one.version, one.provider, one.environment] for one in merged.runs],
        "unowned_reason": merged.unowned_reason,
        "rule_repository": None if rule is None else rule.repository,
        "rule_pattern": None if rule is None else rule.pattern,
        "rule_position": None if rule is None else rule.position,
        "rule_section": None if rule is None else rule.section or None,
        "gone_at": None,
    }


async def write_claims(
    run: Run, subject: ClaimSubject, said: Said[Any], subject_ids: Mapping[str, int], plan: ImportPlan | None = None
) -> None:
    """Write this source's claims about one kind of subject; `plan` has what assets were called before.

    A claim that is no longer made keeps its row, without a digest, so that its subject is found when it comes back.
    """
    table, stored, diff = table_of(tables.Claim), run.stored[subject], run.diffs[subject]
    former = plan.former if plan is not None else {}

    def row(external: str) -> dict[str, Any]:
        claim: AnyClaim = said.claims[external]
        content = said.encoded[external]
        if names := former.get(external):
            content = f'{content[:-1]},"former":{orjson.dumps(names).decode()}}}'
        return {
            "subject_id": subject_ids[external],
            "digest": said.digests[external],
            "content": content,
            "path": claim.origin.path,
            "line": claim.origin.line,
        }

    constant = {"source_id": run.source.id, "subject": subject.value}
    news = (external for external in diff.added if external not in stored)
    await insert_rows(
        run.connection, table, ({**constant, "external_id": external, **row(external)} for external in news)
    )
    back_or_changed = [*(external for external in diff.added if external in stored), *diff.changed]
    await update_rows(
        run.connection, table, ({"row_id": stored[external].id, **row(external)} for external in back_or_changed)
    )
    withdrawn = plan.withdrawn if plan is not None else {}
    await update_rows(
        run.connection,
        table,
        (
            {"row_id": stored[external].id, "digest": "", "content": withdrawn.get(external, {})}
            for external in diff.removed
        ),
    )


async def write_origins(run: Run) -> None:
    """Correct where unchanged claims stand in the files; nobody's answer depends on it."""
    reading = run.reading
    claims: dict[ClaimSubject, Mapping[str, AnyClaim]] = {
        ClaimSubject.ASSET: reading.assets.claims,
        ClaimSubject.TEAM: reading.teams.claims,
        ClaimSubject.PERSON: reading.people.claims,
    }
    rows = (
        {"row_id": run.stored[subject][external].id, "path": origin.path, "line": origin.line}
        for subject, diff in run.diffs.items()
        for external in diff.moved
        for origin in (claims[subject][external].origin,)
    )
    await update_rows(run.connection, table_of(tables.Claim), rows)
