"""The import itself: lock, compare, refuse or apply, and remember."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.catalog import SourceCatalog
from bot.domain.reconcile.claims import Subject
from bot.domain.reconcile.diff import Diff, broken_paths, refusal
from bot.services.catalog import _facts, _owners, _plan, _roster, _run, _settle, _write
from bot.services.catalog._bulk import chunks, table_of
from bot.services.catalog._parents import resolve_parents
from bot.services.catalog._reading import Reading, Said, read, texts
from bot.services.catalog._run import Run
from bot.services.catalog.report import Action, Change, ImportReport, Outcome
from bot.services.deps import Deps
from bot.store import tables
from bot.store.journal import audit, next_revision

log = logging.getLogger(__name__)

#: Problems that the store keeps of a run.
_KEPT_PROBLEMS = 1_000


class _DryRunDoneError(Exception):
    """Carries the report out of a transaction that must not be committed."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


async def import_catalog(
    deps: Deps,
    catalog: SourceCatalog,
    *,
    source: str,
    format_name: str,
    paths: Sequence[str],
    dry_run: bool = False,
    allow_mass_change: bool = False,
) -> ImportReport:
    """Make the store's catalog what `catalog`, all that `source` says now, asks for; nothing else of it changes.

    Imports wait for one another. A run that changes nothing is remembered, but neither audited nor given a revision. A
    run that would remove more than a set share of the source's assets, or that could read nothing, is refused.
    `dry_run` does the same work and undoes it. `paths` are remembered with the run. Parents that nothing fits and
    circles of them are noted by runs that change something.

    Raises CatalogError when `source` is the name under which people's decisions are kept.
    """
    reading = await read(catalog)
    try:
        async with deps.database.transaction() as session:
            run = await _open(session, reading, deps, source=source, format_name=format_name)
            report = await _import(
                session, run, deps=deps, paths=paths, allow_mass_change=allow_mass_change, dry_run=dry_run
            )
            if dry_run:
                raise _DryRunDoneError(report)
    except _DryRunDoneError as done:
        report = done.report
    counts = {name: count for name, count in report.counts.items() if count}
    log.info("import of %r: %s%s %s", source, report.outcome, " (dry run)" if dry_run else "", counts)
    return report


async def _open(session: AsyncSession, reading: Reading, deps: Deps, *, source: str, format_name: str) -> Run:
    connection = await session.connection()
    revision = await _run.lock(connection) + 1
    opened, sources = await _run.open_source(connection, source, format_name)
    # The moment is taken behind the lock: whoever waited must not end a fact before it began.
    run = Run(connection, deps.clock.now(), opened, sources, revision, reading)
    await _run.load_claims(run)
    broken = broken_paths(reading.problems)
    said: dict[Subject, Said[Any]] = {
        Subject.ASSET: reading.assets,
        Subject.TEAM: reading.teams,
        Subject.PERSON: reading.people,
    }
    for subject, claims in said.items():
        run.diffs[subject] = await _compare(run, subject, claims, broken)
    for subject, noun in ((Subject.ASSET, "assets"), (Subject.TEAM, "teams"), (Subject.PERSON, "people")):
        diff = run.diffs[subject]
        run.counts[f"{noun}_added"] = len(diff.added)
        run.counts[f"{noun}_changed"] = len(diff.changed)
        run.counts[f"{noun}_removed"] = len(diff.removed)
        run.counts[f"{noun}_unchanged"] = diff.unchanged + len(diff.kept)
    return run


async def _compare(run: Run, subject: Subject, said: Said[Any], broken: frozenset[str]) -> Diff:
    diff, stored = Diff(), run.stored[subject]
    for chunk in chunks(said.digests.items()):
        for external, digest in chunk:
            diff.compare(external, digest, said.claims[external].origin, stored.get(external))
        await asyncio.sleep(0)
    diff.missing(stored, said.claims.keys(), broken)
    return diff


async def _import(
    session: AsyncSession, run: Run, *, deps: Deps, paths: Sequence[str], allow_mass_change: bool, dry_run: bool
) -> ImportReport:
    """Refuse, leave or apply what was compared, and remember the run."""
    before = await _run.current_facts(run)
    why_not = _refusal(run, allow_mass_change=allow_mass_change)
    audit_id: int | None = None
    run.counts["facts_unchanged"] = before
    if why_not:
        outcome = Outcome.REFUSED
    elif run.has_changed:
        outcome = Outcome.IMPORTED
        audit_id = await _apply(session, run, paths)
    else:
        outcome = Outcome.UNCHANGED
        await _write.write_origins(run)
        roster = await _roster.load(run)
        _owners.note_unknown(run, roster.index, roster.book.teams)
    await _run.record_run(
        run,
        outcome=outcome.value,
        paths=paths,
        finished_at=deps.clock.now(),
        problems=[*([why_not] if why_not else []), *texts(run.problems, _KEPT_PROBLEMS)][:_KEPT_PROBLEMS],
        audit_id=audit_id,
    )
    return ImportReport(
        source=run.source.name,
        outcome=outcome,
        is_dry_run=dry_run,
        counts=dict(run.counts),
        problems=tuple(run.problems),
        kept=tuple(run.kept),
        refusal=why_not,
        changes=tuple(run.changes.listed),
        more_changes=run.changes.more,
    )


def _refusal(run: Run, *, allow_mass_change: bool) -> str:
    return refusal(
        before=sum(claim.is_live for claim in run.stored[Subject.ASSET].values()),
        removed=len(run.diffs[Subject.ASSET].removed),
        read=run.reading.size,
        errors=sum(problem.is_error for problem in run.reading.problems),
        allow_mass_change=allow_mass_change,
    )


async def _apply(session: AsyncSession, run: Run, paths: Sequence[str]) -> int:
    """Carry the differences out; return the id of the audit entry."""
    roster = await _roster.load(run)
    settled = None
    if not (run.diffs[Subject.TEAM].is_empty and run.diffs[Subject.PERSON].is_empty):
        settled = await _settle.settle(run, roster)
    plan = await _plan.make_plan(run, before=roster.index_before, after=roster.index)
    claims = (claim for planned in plan.planned.values() for _, claim in planned.claims)
    _owners.note_unknown(run, roster.index, roster.book.teams)
    owners = await _owners.resolve_owners(roster, claims)
    await _roster.flush(run, roster)
    if settled is not None:
        await _write_who(run, settled)
    parents = await resolve_parents(run, plan)
    writer = _write.AssetWriter(run, plan, roster, parents=parents, owners=owners)
    await writer.write()
    await _write.write_claims(run, Subject.ASSET, run.reading.assets, plan.asset_ids, plan)
    await _write.write_origins(run)
    run.counts["facts_unchanged"] -= writer.facts.own_ended
    audit_id = await audit(
        session,
        at=run.now,
        actor=f"import:{run.source.name}",
        action="catalog.import",
        subject=f"source:{run.source.id}",
        detail={"counts": dict(run.counts), "paths": list(paths), "revision": run.revision},
    )
    await _facts.write(run, writer.facts, audit_id=audit_id)
    await _roster.drop_unused_stubs(run)
    await next_revision(session)
    return audit_id


async def _write_who(run: Run, settled: _settle.Settled) -> None:
    """Write the claims about teams and people, and tell of them."""
    team_ids = {external: team.id for external, team in settled.teams.items()}
    person_ids = {external: person.id for external, person in settled.people.items()}
    await _write.write_claims(run, Subject.TEAM, run.reading.teams, team_ids)
    await _write.write_claims(run, Subject.PERSON, run.reading.people, person_ids)
    table = table_of(tables.Claim)
    for source, external, team in settled.moved:
        await run.connection.execute(
            update(table)
            .where(table.c.source_id == source, table.c.subject == Subject.TEAM.value, table.c.external_id == external)
            .values(subject_id=team.id)
        )
    names: Mapping[Subject, Mapping[str, str]] = {
        Subject.TEAM: {external: team.name for external, team in settled.teams.items()},
        Subject.PERSON: {external: person.name for external, person in settled.people.items()},
    }
    for subject, called in names.items():
        diff = run.diffs[subject]
        listed = ((Action.ADDED, diff.added), (Action.CHANGED, diff.changed), (Action.REMOVED, diff.removed))
        for action, externals in listed:
            for external in externals:
                run.changes.add(Change(action, subject.value, called.get(external, external)))
