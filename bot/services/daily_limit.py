"""When somebody was last written to. The row for a day is the lock that keeps a second message off that day."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.daily_limit import Written
from bot.store.inserts import insert_into
from bot.store.tables import Ping, core

#: With this begin the keys of digests that were sent.
DIGEST = "eol:digest:"
#: … and with this those of escalations. Both stay as they are, because they are stored.
OWED = "eol:owed:"

_PINGS = core(Ping)
#: So many addressees are asked for at a time.
_MANY = 500


class TakenError(Exception):
    """Another process is doing the same right now: the transaction has to be rolled back."""


async def written_since(session: AsyncSession, day: date, addressees: Sequence[str]) -> dict[str, Written]:
    """Return when these addressees were written to, as far as that was on `day` or later."""
    t, found = _PINGS.c, dict[str, Written]()
    for start in range(0, len(addressees), _MANY):
        some = addressees[start : start + _MANY]
        query = _query().where(t.addressee.in_(some), t.day >= day).group_by(t.addressee)
        found |= {row.addressee: _written(row) for row in await session.execute(query)}
        await asyncio.sleep(0)
    return found


async def written_to(session: AsyncSession, addressee: str) -> Written:
    """Return when one addressee was written to."""
    row = (await session.execute(_query().where(_PINGS.c.addressee == addressee).group_by(_PINGS.c.addressee))).first()
    return _written(row) if row is not None else Written()


async def message_keys(session: AsyncSession, days: Collection[tuple[str, date]]) -> dict[tuple[str, date], str]:
    """Return the keys of the messages that these addressees got on these days of theirs."""
    t, wanted = _PINGS.c, set(days)
    if not wanted:
        return {}
    addressees, dates = zip(*wanted, strict=True)
    query = select(t.addressee, t.day, t.key).where(t.addressee.in_(addressees), t.day.in_(dates), t.key != "")
    return {(row.addressee, row.day): row.key for row in await session.execute(query)}


async def keys_since(session: AsyncSession, addressees: Collection[str], day: date) -> list[str]:
    """Return the keys of the messages that these addressees got from a day of theirs on."""
    t = _PINGS.c
    query = select(t.key).where(t.addressee.in_(addressees), t.day >= day, t.key != "")
    return [*(await session.execute(query)).scalars()]


async def take(session: AsyncSession, addressee: str, day: date, *, key: str, is_digest: bool) -> None:
    """Take the addressee's day for the message with that key. Raises TakenError when there is one already.

    A day on which the digest had nothing to say can still be taken, and stays the one on which it was looked at.
    """
    insert = insert_into(_PINGS, session.get_bind().dialect.name).values(
        addressee=addressee, day=day, is_digest=is_digest, key=key
    )
    statement = insert.on_conflict_do_update(
        index_elements=["addressee", "day"], set_={"key": key}, where=_PINGS.c.key == ""
    )
    if not (await session.execute(statement)).rowcount:  # type: ignore[attr-defined]  # an INSERT's result has it
        raise TakenError


async def looked_at(session: AsyncSession, addressees: Iterable[tuple[str, date]]) -> None:
    """Note that on these days the digests of these addressees had nothing to say."""
    rows = [{"addressee": who, "day": day, "is_digest": True, "key": ""} for who, day in addressees]
    if rows:
        statement = insert_into(_PINGS, session.get_bind().dialect.name).on_conflict_do_update(
            index_elements=["addressee", "day"], set_={"is_digest": True}
        )
        await (await session.connection()).execute(statement, rows)


def _query() -> Select[Any]:
    t = _PINGS.c
    return select(
        t.addressee,
        func.max(case((t.key != "", t.day))).label("last"),
        func.max(case((t.is_digest, t.day))).label("looked"),
        func.max(case((t.key.startswith(DIGEST), t.day))).label("digest"),
        func.max(case((t.key.startswith(OWED), t.day))).label("owed"),
    )


def _written(row: Any) -> Written:
    return Written(last=row.last, looked=row.looked, digest=row.digest, owed=row.owed)
