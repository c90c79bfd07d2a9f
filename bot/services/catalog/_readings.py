"""What the claims of a source were read from, so that an import can tell that reading it again would change nothing.

Only imports change the claims of a source of files, and each settles here what the claims are from then on. So where a
digest is the one that is kept, the source's claims are what its reading would give: nothing is added, changed, removed
or elsewhere in the files, whatever people have decided and other sources have said since.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import Origin, Problem
from bot.domain.reconcile.diff import Diff
from bot.domain.sources import ClaimSubject
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import table_of

#: A source with more notes on its files is read anew each time.
_MOST_NOTES = 1_000


async def notes(connection: AsyncConnection, source: str, digest: str) -> list[Problem] | None:
    """Return what was noted when `source` was read from what has this digest; None when its claims are from elsewhere.

    Where the answer is to hold, ask behind the catalog's lock.
    """
    reading, its_source = table_of(tables.SourceReading).c, table_of(tables.Source).c
    query = select(reading.notes).where(
        reading.source_id == its_source.id, its_source.name == source, reading.digest == digest
    )
    found = (await connection.execute(query)).first() if digest else None
    if found is None:
        return None
    return [Problem(Origin(path, line), message, is_error=False) for path, line, message in found.notes]


async def unchanged(run: Run) -> dict[ClaimSubject, Diff]:
    """Return what comparing a source's claims with themselves gives."""
    t = table_of(tables.Claim).c
    query = (
        select(t.subject, func.count().label("n"))
        .where(t.source_id == run.source.id, t.digest != "")
        .group_by(t.subject)
    )
    counts = {row.subject: row.n for row in await run.connection.execute(query)}
    return {subject: Diff(unchanged=counts.get(subject.value, 0)) for subject in ClaimSubject}


async def remember(run: Run, digest: str) -> None:
    """Keep what this source's claims are from now on read from; nothing, when that is unknown.

    Nor is it kept where an error was met: it may have other causes than what the files say, and then claims may stand
    that were not read.
    """
    table = table_of(tables.SourceReading)
    await run.connection.execute(delete(table).where(table.c.source_id == run.source.id))
    problems = run.reading.problems
    if not digest or len(problems) > _MOST_NOTES or any(problem.is_error for problem in problems):
        return
    noted = [[problem.origin.path, problem.origin.line, problem.message] for problem in problems]
    await run.connection.execute(insert(table).values(source_id=run.source.id, digest=digest, notes=noted))
