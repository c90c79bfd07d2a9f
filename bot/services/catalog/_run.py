"""One import under way: the locked catalog, its source, what the source said before, and what has been counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import HUMAN_SOURCE, Problem
from bot.domain.reconcile.diff import Diff, Going, StoredClaim
from bot.domain.secrets import looks_secret
from bot.domain.sources import ClaimSubject, Source, file_prefix
from bot.errors import CatalogError
from bot.services.catalog._claim_digests import DigestedCatalog
from bot.services.catalog.report import Changes, empty_counts
from bot.store import tables
from bot.store.bulk import reserve_ids, select_all, select_in, table_of


@dataclass(slots=True)
class Run:
    """What every step of an import needs. `revision` is the one that this run will have made, if it changes anything.

    `stored` and `diffs` are this source's claims by subject, as before and as compared with `reading`.
    """

    connection: AsyncConnection
    now: datetime
    source: Source
    sources: Mapping[int, Source]
    revision: int
    reading: DigestedCatalog
    stored: dict[ClaimSubject, dict[str, StoredClaim]] = field(
        default_factory=lambda: {subject: {} for subject in ClaimSubject}
    )
    diffs: dict[ClaimSubject, Diff] = field(default_factory=dict)
    #: Whether nothing stood in what was read, where something should.
    is_empty: bool = False
    #: Whether none of what was named for the last import was named for this one.
    is_elsewhere: bool = False
    #: Whether it is trusted for people now and was not before, or the other way round.
    is_trust_new: bool = False
    counts: Counter[str] = field(default_factory=empty_counts)
    changes: Changes = field(default_factory=Changes)
    notes: list[Problem] = field(default_factory=list)

    @property
    def problems(self) -> Sequence[Problem]:
        """Everything that the report tells of."""
        return [*self.reading.problems, *self.notes]

    @property
    def kept(self) -> list[str]:
        """External ids of claims that stand although they were not read."""
        return [external for diff in self.diffs.values() for external in diff.kept]

    @property
    def has_changed(self) -> bool:
        """Whether the source says something else than before."""
        return any(not diff.is_empty for diff in self.diffs.values())


async def all_sources(connection: AsyncConnection) -> dict[int, Source]:
    """Return every source by id."""
    t = table_of(tables.Source).c
    rows = await connection.execute(select(t.id, t.name, t.format, t.is_human, t.precedence, t.is_trusted_for_people))
    return {row.id: Source(*row) for row in rows}


async def open_source(connection: AsyncConnection, name: str, format_name: str) -> tuple[Source, dict[int, Source]]:
    """Return the source of that name, made or brought to its format, and all sources by id.

    Raises CatalogError when the name belongs to people's decisions.
    """
    table = table_of(tables.Source)
    sources = await all_sources(connection)
    found = next((source for source in sources.values() if source.name == name), None)
    if name == HUMAN_SOURCE or (found is not None and found.is_human):
        raise CatalogError(f"'{name}' is what people decide, not a source of files: choose another with --source.")
    if found is None:
        [number] = await reserve_ids(connection, table, 1)
        values: dict[str, Any] = {"id": number, "name": name, "format": format_name, "is_human": False}
        await connection.execute(insert(table).values(**values, last_run_at=None))
    elif found.format != format_name:
        await connection.execute(update(table).where(table.c.id == found.id).values(format=format_name))
    source = Source(number, name, format_name) if found is None else replace(found, format=format_name)
    sources[source.id] = source
    return source, sources


async def load_claims(run: Run) -> None:
    """Fill `run.stored` with what the source said in earlier imports."""
    t = table_of(tables.Claim).c
    query = select(t.id, t.subject, t.external_id, t.subject_id, t.digest, t.path, t.line)
    paths: dict[str, str] = {}  # a hundred thousand claims come from a few files: there is one text for each
    async for rows in select_all(run.connection, query.where(t.source_id == run.source.id), t.id):
        for claim_id, subject, external, subject_id, digest, path, line in rows:
            stored = StoredClaim(claim_id, subject_id, digest, paths.setdefault(path, path), line)
            run.stored[subject][external] = stored  # a subject's text is as good a key, and costs no call


async def secret_removals(run: Run) -> int:
    """Return how many of the assets that this import removes hold what looks like a secret, as stored."""
    t = table_of(tables.Claim).c
    ids = [run.stored[ClaimSubject.ASSET][external].id for external in run.diffs[ClaimSubject.ASSET].removed]
    count = 0
    async for rows in select_in(run.connection, select(t.external_id, t.content), t.id, ids):
        for external, content in rows:
            count += any(map(looks_secret, (external, *_texts(content))))
    return count


async def going_owners(run: Run) -> Going | None:
    """Return how many assets have lost all of their owners; None if no asset has.

    A file of another shape is one that names no owner at all. That nobody owns something on purpose is meant.
    """
    stored, claims = run.stored[ClaimSubject.ASSET], run.reading.assets.claims
    changed = ((external, claims[external]) for external in run.diffs[ClaimSubject.ASSET].changed)
    ids = [stored[external].id for external, claim in changed if not (claim.owners or claim.unowned_reason)]
    if not ids:
        return None
    table = tables.core(tables.Claim)
    query = select(table.c.id).where(table.c.content["owners"].as_string().is_not(None))
    lost = 0
    async for rows in select_in(run.connection, query, table.c.id, ids):
        lost += len(rows)
    live = query.where(
        table.c.source_id == run.source.id, table.c.subject == ClaimSubject.ASSET.value, table.c.digest != ""
    )
    before = (await run.connection.execute(select(func.count()).select_from(live.subquery()))).scalar_one()
    is_without = before > 1 and not any(claim.owners for claim in claims.values())
    return Going("owned assets", before, lost, is_other_file=is_without, are_kept=True)


def _texts(content: Any) -> Iterator[str]:
    """Yield every text in a claim's content, and a tag as one text: its key may say what its value is."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            if key == "tags":
                yield from ("=".join(map(str, tag)) for tag in value)
            yield from _texts(value)
    elif isinstance(content, list | tuple):
        for each in content:
            yield from _texts(each)


async def current_facts(run: Run) -> int:
    """Return how many facts of this source are in force."""
    t = table_of(tables.Ownership).c
    query = select(func.count()).where(t.source_id == run.source.id, t.valid_to.is_(None))
    return int((await run.connection.execute(query)).scalar_one())


async def is_elsewhere(run: Run, paths: Sequence[str]) -> bool:
    """Tell whether the source was last imported from nothing of what it is imported from now."""
    t = table_of(tables.ImportRun).c
    query = select(t.paths).where(t.source_id == run.source.id, t.outcome != "refused").order_by(t.id.desc()).limit(1)
    last = (await run.connection.execute(query)).scalar()
    return last is not None and not set(last) & set(paths)


async def record_run(
    run: Run, *, outcome: str, paths: Sequence[str], finished_at: datetime, problems: list[str], audit_id: int | None
) -> None:
    """Add the row that remembers this import; the moment of the last whole run moves unless it was refused.

    A run that kept claims of broken documents did not read the source whole.
    """
    if outcome != "refused" and not run.kept:
        source = table_of(tables.Source)
        is_file = source.c.name.startswith(file_prefix(run.source), autoescape=True)
        is_read = or_(source.c.id == run.source.id, is_file)
        await run.connection.execute(update(source).where(is_read).values(last_run_at=run.now))
    await run.connection.execute(
        insert(table_of(tables.ImportRun)).values(
            source_id=run.source.id,
            paths=list(paths),
            started_at=run.now,
            finished_at=finished_at,
            outcome=outcome,
            counts=dict(run.counts),
            problems=problems,
            audit_id=audit_id,
        )
    )
