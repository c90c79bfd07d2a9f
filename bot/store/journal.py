"""What writing use cases share: audit entries, the catalog's lock and revision, the source of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from bot.domain.catalog import HUMAN_SOURCE
from bot.store.bulk import chunks
from bot.store.tables import Asset, AuditEntry, CatalogState, Source, core

#: How much later than its time an entry may become visible: it has to be committed, and clocks differ.
_LATE = timedelta(minutes=10)
_ENTRY = core(AuditEntry).c
_WRITTEN_ABOUT = select(_ENTRY.subject).where(_ENTRY.at >= bindparam("since", type_=_ENTRY.at.type)).distinct()


async def audit(
    session: AsyncSession,
    at: datetime,
    actor: int | str,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Add an audit entry and return its id.

    `actor` is a person's id, or a text such as `import:backstage` or `baton`.
    """
    who = f"person:{actor}" if isinstance(actor, int) else actor
    entry = AuditEntry(at=at, actor=who, action=action, subject=subject, detail=dict(detail or {}))
    session.add(entry)
    await session.flush()
    return entry.id


async def written_about(session: AsyncSession, since: datetime) -> Mapping[str, set[int]]:
    """Return the ids of subjects of a noun with an audit entry since a moment, or shortly before it."""
    found = defaultdict[str, set[int]](set)
    for subject in (await session.execute(_WRITTEN_ABOUT, {"since": since - _LATE})).scalars():
        noun, _, number = subject.partition(":")
        if number.isdecimal():
            found[noun].add(int(number))
    return found


async def lock_catalog(connection: AsyncConnection) -> int:
    """Wait until no other transaction changes the catalog, make others wait, and return the revision."""
    column = core(CatalogState).c.revision
    statement = update(CatalogState).values(revision=column).returning(column)
    return int((await connection.execute(statement)).scalar_one())


async def next_revision(session: AsyncSession) -> int:
    """Increase the catalog's revision by one and return it.

    The row stays locked until the transaction ends, so revisions are committed in order.
    """
    column = core(CatalogState).c.revision
    statement = update(CatalogState).values(revision=column + 1).returning(column)
    return int((await session.execute(statement)).scalar_one())


async def touch_assets(session: AsyncSession, asset_ids: Iterable[int]) -> None:
    """Have these assets read into memory again, as of the catalog's next revision."""
    revision = await next_revision(session)
    for some in chunks(asset_ids):
        await session.execute(update(Asset).where(col(Asset.id).in_(some)).values(revision=revision))


async def human_source(session: AsyncSession) -> int:
    """Return the id of the source of decisions made in Slack or at the command line; create it if it is missing.

    Call it while holding the catalog's lock (`next_revision`), so that two simultaneous decisions do not both create
    it.
    """
    found = (await session.execute(select(col(Source.id)).where(col(Source.is_human).is_(True)).limit(1))).scalar()
    if found is not None:
        return found
    source = Source(name=HUMAN_SOURCE, is_human=True)
    session.add(source)
    await session.flush()
    return source.id
