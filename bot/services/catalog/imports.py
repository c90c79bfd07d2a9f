"""The import itself: lock, compare, refuse or apply, and remember."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.catalog import SourceCatalog
from bot.domain.reconcile.diff import Going, refusal
from bot.domain.secrets import redacted
from bot.domain.sources import ClaimSubject
from bot.services.catalog import _apply as apply
from bot.services.catalog import _drift, _identity, _owners, _people, _readings, _roster, _run, _write
from bot.services.catalog._claim_digests import DigestedCatalog, read
from bot.services.catalog._parents import note_unresolved
from bot.services.catalog._people import may_be_trusted
from bot.services.catalog._run import Run
from bot.services.catalog.report import MAX_CHANGES, ImportOutcome, ImportReport
from bot.services.deps import Deps
from bot.store.journal import lock_catalog

log = logging.getLogger(__name__)

#: Problems that the store keeps of a run.
_KEPT_PROBLEMS = 1_000


async def import_catalog(
    deps: Deps,
    catalog: SourceCatalog,
    *,
    source: str,
    format_name: str,
    paths: Sequence[str],
    allow_mass_change: bool = False,
    trust_people: bool | None = None,
    digest: str = "",
) -> ImportReport:
    """Make the store's catalog what `catalog`, all that `source` says now, asks for; nothing else of it changes.

    Imports wait for one another. A run that changes nothing is remembered, but neither audited nor given a revision. A
    run that would remove more than a set share of the source's assets, teams or people, or that could read nothing, is
    refused. So is one that found nothing where the source had something, unless it `may_be_empty`, and one that was
    read from elsewhere and has none of these any more: that is a file of another shape.
    On a database that is a rehearsal this is a dry run. `paths` are remembered with the run, and so is `digest`, for
    `import_unread`: whatever has the same digest has to be read as an equal catalog. Circles of parents are noted by
    runs that change something.

    People, and who is in which team, are taken only from a source that is trusted for that: `trust_people` says whether
    this one is, now and in its later imports; None leaves it as it was, and at first no source is. Formats that live in
    single repositories never are: whoever may write to a repository must not be able to give themselves the rights of
    any team.

    Raises CatalogError when `source` is the name under which people's decisions are kept.
    """
    is_trusted = await _people.is_trusted(deps, source=source, format_name=format_name, wanted=trust_people)
    reading = await read(catalog if is_trusted else _people.without_people(catalog, format_name=format_name))
    async with deps.database.transaction() as session:
        revision = await lock_catalog(await session.connection()) + 1
        run = await _open(session, reading, deps, source=source, format_name=format_name, revision=revision)
        _people.hold_to(run, is_trusted=is_trusted, is_said=trust_people is not None)
        await apply.compare(run)
        # Of people that are left out because the source is not trusted for them, something stands there all the same.
        run.is_empty = not (catalog.may_be_empty or catalog.assets or catalog.teams or catalog.people)
        run.is_elsewhere = await _run.is_elsewhere(run, paths)
        report = await _import(session, run, deps=deps, paths=paths, allow_mass_change=allow_mass_change)
        if report.outcome is not ImportOutcome.REFUSED:
            await _readings.remember(run, digest)
    _log(report)
    return report


async def import_unread(
    deps: Deps, *, source: str, format_name: str, paths: Sequence[str], digest: str, trust_people: bool | None = None
) -> ImportReport | None:
    """Do and report what `import_catalog` would for files that say what `source` says already, without their reading.

    Only the reading and the comparison are left out: the run is remembered, and what depends on other sources, such as
    a team that nobody declares any more, is found anew. Returns None, with nothing done, when `digest` is not that of
    what the source's claims were read from, or when `trust_people` has more or less taken from it than before.
    """
    async with deps.database.transaction() as session:
        connection = await session.connection()
        revision = await lock_catalog(connection) + 1
        notes = await _readings.notes(connection, source, digest)
        if notes is None:
            return None
        reading = DigestedCatalog(problems=notes)
        run = await _open(session, reading, deps, source=source, format_name=format_name, revision=revision)
        wanted = trust_people if may_be_trusted(format_name) else None
        if wanted not in (None, run.source.is_trusted_for_people):
            return None
        run.diffs = await _readings.unchanged(run)
        report = await _import(session, run, deps=deps, paths=paths, allow_mass_change=False)
    report = replace(report, is_unread=True)
    _log(report)
    return report


async def has_read(deps: Deps, *, source: str, digest: str) -> bool:
    """Tell whether the claims of `source` were read from what has this digest, as things stand."""
    async with deps.database.reading() as session:
        return await _readings.notes(await session.connection(), source, digest) is not None


def _log(report: ImportReport) -> None:
    counts = {name: count for name, count in report.counts.items() if count}
    how = " (dry run)" if report.is_dry_run else ""
    log.info("import of %r: %s%s%s %s", report.source, report.outcome, how, ", unread" * report.is_unread, counts)


async def _open(
    session: AsyncSession, reading: DigestedCatalog, deps: Deps, *, source: str, format_name: str, revision: int
) -> Run:
    connection = await session.connection()
    opened, sources = await _run.open_source(connection, source, format_name)
    # The moment is taken behind the lock: whoever waited must not end a fact before it began.
    return Run(connection, deps.clock.now(), opened, sources, revision, reading)


async def _import(
    session: AsyncSession, run: Run, *, deps: Deps, paths: Sequence[str], allow_mass_change: bool
) -> ImportReport:
    """Refuse, leave or apply what was compared, and remember the run."""
    _count(run)
    run.counts["facts_unchanged"] = await _run.current_facts(run)
    owners = None if allow_mass_change else await _run.going_owners(run)
    why_not = _refusal(run, owners, allow_mass_change=allow_mass_change)
    if why_not and (secret := await _run.secret_removals(run)):
        why_not = _refusal(run, owners, allow_mass_change=allow_mass_change, secret=secret)
    outcome, audit_id = (ImportOutcome.REFUSED, None) if why_not else await _carry_out(session, run, paths)
    await _run.record_run(
        run,
        outcome=outcome.value,
        paths=paths,
        finished_at=deps.clock.now(),
        problems=[*([why_not] if why_not else []), *map(str, run.problems[:_KEPT_PROBLEMS])][:_KEPT_PROBLEMS],
        audit_id=audit_id,
    )
    outdated = await _drift.outdated(run)
    return ImportReport(
        source=run.source.name,
        outcome=outcome,
        is_dry_run=deps.database.is_rehearsal,
        counts=dict(run.counts),
        problems=tuple(run.problems),
        notes=len(run.notes),
        kept=tuple(map(redacted, run.kept)),
        refusal=why_not,
        changes=tuple(run.changes.listed),
        more_changes=run.changes.more,
        newly_disputed=run.changes.newly_disputed,
        positions=tuple(run.changes.positions[:MAX_CHANGES]),
        positions_changed=len(run.changes.positions),
        people=tuple(run.changes.people[:MAX_CHANGES]),
        people_changed=len(run.changes.people),
        outdated=tuple(outdated[:MAX_CHANGES]),
        outdated_count=len(outdated),
    )


async def _carry_out(session: AsyncSession, run: Run, paths: Sequence[str]) -> tuple[ImportOutcome, int | None]:
    """Make what was compared so; return the outcome, with the audit entry's id. What the claims lack is noted."""
    outcome, audit_id = ImportOutcome.UNCHANGED, None
    trust = await _people.remember(session, run) if run.is_trust_new else {}
    if run.has_changed:
        detail = {"counts": run.counts, "paths": list(paths), "revision": run.revision, **trust}
        reason = apply.Reason(f"import:{run.source.name}", "catalog.import", f"source:{run.source.id}", detail)
        outcome, audit_id = ImportOutcome.IMPORTED, await apply.apply(session, run, reason)
    else:
        await _write.write_origins(run)
        await note_unresolved(run)
    # Of what is stored now: a decision needs no notes, and an import holds less in memory by then.
    roster = await _roster.load(run)
    await _owners.note_unknown(run, roster)
    if run.source.is_trusted_for_people:
        await _people.note_outvoted(run, roster)
        await _identity.note_outvoted(run, roster)
    return outcome, audit_id


_NOUNS = {ClaimSubject.ASSET: "assets", ClaimSubject.TEAM: "teams", ClaimSubject.PERSON: "people"}


def _count(run: Run) -> None:
    for subject, noun in _NOUNS.items():
        diff = run.diffs[subject]
        run.counts[f"{noun}_added"] = len(diff.added)
        run.counts[f"{noun}_changed"] = len(diff.changed)
        run.counts[f"{noun}_removed"] = len(diff.removed)
        run.counts[f"{noun}_unchanged"] = diff.unchanged + len(diff.kept)


def _refusal(run: Run, owners: Going | None, *, allow_mass_change: bool, secret: int = 0) -> str:
    """Return why what goes by this run is too much; empty where it is not."""
    going = list[Going]()
    for subject, noun in _NOUNS.items():
        if subject is ClaimSubject.PERSON and not run.source.is_trusted_for_people:
            continue  # that people go with the trust in what their source says of them is meant
        hidden = secret if subject is ClaimSubject.ASSET else 0
        diff, before = run.diffs[subject], sum(claim.is_live for claim in run.stored[subject].values())
        is_other_file = run.is_elsewhere and not (diff.added or diff.changed or diff.unchanged or diff.kept)
        going.append(Going(noun, before - hidden, len(diff.removed) - hidden, is_other_file, hidden))
    return refusal(
        going if owners is None else [*going, owners],
        read=sum(len(each.claims) for each in (run.reading.assets, run.reading.teams, run.reading.people)),
        lost=sum(len(diff.removed) for diff in run.diffs.values()) if run.is_empty else 0,
        errors=sum(problem.is_error for problem in run.reading.problems),
        allow_mass_change=allow_mass_change,
        secret=secret,
    )
