"""Use cases of names that people asked for in vain: counted, shown to the catalog's admins, removed, forgotten.

A question may be private. What is kept of it is a name, in plain text only once anybody may know it: after it was asked
for in a public channel, or by three different people. Until then there are only digests of the name and of who asked.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from bot.domain import rights
from bot.domain.directory import Nearest
from bot.domain.directory.missed_names import can_be_name
from bot.domain.names import clean, fold
from bot.domain.portfolio import MissedName
from bot.domain.secrets import looks_secret
from bot.services import actors
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store.inserts import insert_into
from bot.store.journal import audit
from bot.store.tables import Miss, core

#: A name that so many different people know is nobody's secret.
_ENOUGH_PEOPLE = 3
#: A name is forgotten so long after it was last asked for.
_KEPT = timedelta(days=90)
#: Names that are looked through for some that nothing answers yet.
_MOST_READ = 500


async def remember(deps: Deps, asked: str, *, asker: str, is_public: bool, is_asked: bool) -> None:
    """Count a name that nobody could answer.

    `asker` is a Slack id, `is_public` whether every member of the workspace can read the question, and `is_asked`
    whether it asks for an owner and does not only name something.

    Only what can be a name is kept: a sentence, an address, a person or a secret may be private.
    """
    text = clean(asked)
    folded = fold(text)
    if not folded or not can_be_name(text, is_asked=is_asked) or looks_secret(text):
        return
    key = _digest(folded)
    async with deps.database.transaction() as session:
        # Of two questions at once, the second waits here and then counts on.
        insert = insert_into(core(Miss), session.get_bind().dialect.name)
        values = {"key": key, "text": "", "askers": [], "is_common": False, "times": 0, "last_at": deps.clock.now()}
        statement = insert.values(**values)
        changed = {"last_at": statement.excluded.last_at}
        await session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=changed))
        row = await session.get_one(Miss, key)
        if row.is_ignored:
            return
        if not row.is_common:
            askers = {*row.askers, _digest(f"{key}:{asker}")}
            row.is_common = len(askers) >= _ENOUGH_PEOPLE
            row.askers = [] if row.is_common else sorted(askers)
        if is_public or row.is_common:
            row.times = max(row.times + 1, _ENOUGH_PEOPLE if row.is_common else 0)
            row.text = text


async def in_vain(deps: Deps, snapshot: Snapshot, *, limit: int) -> list[MissedName]:
    """Return the names that were asked for most often, may be shown, and are still not answered."""
    query = select(Miss).where(col(Miss.text) != "")
    ordered = query.order_by(col(Miss.times).desc(), col(Miss.last_at).desc(), col(Miss.key)).limit(_MOST_READ)
    async with deps.database.reading() as session:
        rows = (await session.execute(ordered)).scalars()
        missed = [MissedName(row.key, row.text, row.times, row.last_at) for row in rows]
    found: list[MissedName] = []
    for each in missed:
        if len(found) >= limit:
            break
        if not _is_answered(snapshot, each.text):
            found.append(each)
        await asyncio.sleep(0)
    return found


async def shown_to(deps: Deps, snapshot: Snapshot, slack_id: str, *, limit: int) -> list[MissedName]:
    """Return what `in_vain` does for a catalog admin, and nothing for anybody else."""
    async with deps.database.reading() as session:
        account = await actors.account(session, deps.catalog_admins, slack_id)
    if not rights.may(account, rights.Right.MISSES):
        return []
    return await in_vain(deps, snapshot, limit=limit)


async def remove(deps: Deps, key: str, *, by: Decider) -> None:
    """Forget a name. One that is gone already stays gone. Raises NotAllowedError for anybody but a catalog admin."""
    async with deps.database.transaction() as session:
        rights.require(await actors.account(session, deps.catalog_admins, by.slack_id), rights.Right.MISSES)
        removed = await session.execute(delete(Miss).where(col(Miss.key) == key))
        if not removed.rowcount:  # type: ignore[attr-defined]  # a DELETE's result has it
            return
        # The audit log keeps everything, so it does not get to know the name.
        await audit(session, deps.clock.now(), by.person_id, "misses.remove", f"miss:{key}")


async def forget_old(deps: Deps) -> None:
    """Delete names that nobody has asked for in a long time, and with them who did; those that are ignored stay so."""
    async with deps.database.transaction() as session:
        await session.execute(
            delete(Miss).where(col(Miss.last_at) < deps.clock.now() - _KEPT, col(Miss.is_ignored).is_(False))
        )


def _is_answered(snapshot: Snapshot, text: str) -> bool:
    team = snapshot.team_by_name(text)
    is_team = team is not None and not team.is_gone
    return is_team or not isinstance(snapshot.directory.resolve(text), Nearest)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
