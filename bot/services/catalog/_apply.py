"""What an import and a decision about the whole catalog share: compare what a source says, and carry it out."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.reconcile.diff import Diff, broken_paths
from bot.domain.reconcile.owners import OwnerIndex, shared_words
from bot.domain.sources import ClaimSubject
from bot.services.catalog import (
    _deployments,
    _drift,
    _facts,
    _identity,
    _owners,
    _people,
    _plan,
    _roster,
    _run,
    _settle,
    _versions,
    _write,
)
from bot.services.catalog._claim_digests import Said
from bot.services.catalog._parents import resolve_parents
from bot.services.catalog._run import Run
from bot.services.catalog.report import ReportAction, ReportLine
from bot.store import tables
from bot.store.bulk import chunks, table_of
from bot.store.journal import audit, next_revision


@dataclass(frozen=True, slots=True)
class Reason:
    """What the audit log keeps of why the catalog changed. `detail` is read when the change has been made."""

    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


async def compare(run: Run) -> None:
    """Load what the source said before, and find what it says otherwise now."""
    await _run.load_claims(run)
    reading = run.reading
    broken = broken_paths(reading.problems)
    said: dict[ClaimSubject, Said[Any]] = {
        ClaimSubject.ASSET: reading.assets,
        ClaimSubject.TEAM: reading.teams,
        ClaimSubject.PERSON: reading.people,
    }
    for subject, each in said.items():
        diff, stored = Diff(), run.stored[subject]
        for chunk in chunks(each.digests.items()):
            for external, digest in chunk:
                diff.compare(external, digest, each.claims[external].origin, stored.get(external))
            await asyncio.sleep(0)
        diff.missing(stored, each.claims.keys(), broken)
        run.diffs[subject] = diff


async def apply(session: AsyncSession, run: Run, reason: Reason, *, also: Collection[int] | None = None) -> int:
    """Carry the differences out; return the id of the audit entry.

    `also` are assets to be merged anew although the source says nothing new of them; where it is given, teams and
    people are, too.
    """
    roster = await _roster.load(run)
    settled, who = None, dict[str, list[str]]()
    if also is not None or not (run.diffs[ClaimSubject.TEAM].is_empty and run.diffs[ClaimSubject.PERSON].is_empty):
        before = _people.positions(roster)
        settled = await _settle.settle(run, roster)
        run.changes.positions = _people.changes(roster.book, before, _people.positions(roster))
        run.changes.people = _identity.changes(roster)
        who = _people.audited(run) | _identity.audited(run)
    elif roster.index.shared != shared_words(paths := _roster.named_paths(run, roster)):
        roster.index = OwnerIndex(roster.book, paths)
    plan = await _plan.make_plan(run, before=roster.index_before, after=roster.index, also=also or ())
    claims = (claim for planned in plan.planned.values() for _, claim in planned.claims)
    owners = await _owners.resolve_owners(roster, claims)
    await _roster.flush(run, roster)
    if settled is not None:
        await _write_who(run, settled)
    parents = await resolve_parents(run, plan)
    writer = _write.AssetWriter(run, plan, roster, parents=parents, owners=owners)
    await writer.write()
    await _write.write_claims(run, ClaimSubject.ASSET, run.reading.assets, plan.asset_ids, plan)
    await _deployments.write(run, plan)
    await _versions.write(run, plan)
    await _write.write_origins(run)
    run.counts["facts_unchanged"] -= writer.facts.own_ended
    audit_id = await audit(
        session,
        run.now,
        reason.actor,
        reason.action,
        reason.subject,
        {
            **{key: dict(value) if isinstance(value, Mapping) else value for key, value in reason.detail.items()},
            **who,
        },
    )
    await _facts.write(run, writer.facts, audit_id=audit_id)
    if writer.corrected:
        await _facts.forget_corrected(run, writer.corrected)
    if writer.drift.begun or writer.drift.ended:
        await _drift.write(run, writer.drift)
    await _roster.drop_unused_stubs(run)
    await next_revision(session)
    return audit_id


async def _write_who(run: Run, settled: _settle.Settled) -> None:
    """Write the claims about teams and people, and tell of them."""
    team_ids = {external: team.id for external, team in settled.teams.items()}
    person_ids = {external: person.id for external, person in settled.people.items()}
    await _write.write_claims(run, ClaimSubject.TEAM, run.reading.teams, team_ids)
    await _write.write_claims(run, ClaimSubject.PERSON, run.reading.people, person_ids)
    table = table_of(tables.Claim)
    for source, external, team in settled.moved:
        await run.connection.execute(
            update(table)
            .where(
                table.c.source_id == source, table.c.subject == ClaimSubject.TEAM.value, table.c.external_id == external
            )
            .values(subject_id=team.id)
        )
    names: Mapping[ClaimSubject, Mapping[str, str]] = {
        ClaimSubject.TEAM: {external: team.name for external, team in settled.teams.items()},
        ClaimSubject.PERSON: {external: person.name for external, person in settled.people.items()},
    }
    for subject, called in names.items():
        diff = run.diffs[subject]
        listed = (
            (ReportAction.ADDED, diff.added),
            (ReportAction.CHANGED, diff.changed),
            (ReportAction.REMOVED, diff.removed),
        )
        for action, externals in listed:
            for external in externals:
                if run.changes.lists(is_new_dispute=False):
                    run.changes.add(ReportLine(action, subject.value, called.get(external, external)))
