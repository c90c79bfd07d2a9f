"""When somebody was last written to. The row for a day is the lock that keeps a second message off that day."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.daily_limit import Written
from bot.store.inserts import insert_into
from bot.store.tables import Ping, core

#: With this begin the keys of digests that were sent.
DIGEST = "eol:digest:"
#: … and with this those of escalations. Both stay as they are, because they are stored.
OWED = "eol:owed:"

_PINGS = core(Ping)
_T = _PINGS.c
_WRITTEN = (
    select(
        _T.addressee,
        func.max(case((_T.key != "", _T.day))).label("last"),
        func.max(case((_T.is_digest, _T.day))).label("looked"),
        func.max(case((_T.key.startswith(DIGEST), _T.day))).label("digest"),
        func.max(case((_T.key.startswith(OWED), _T.day))).label("owed"),
    )
    .where(_T.addressee.in_(bindparam("addressees", expanding=True)), _T.day >= bindparam("since"))
    .group_by(_T.addressee)
)
#: So many addressees are asked for at a time.
_MANY = 500


class TakenError(Exception):
    """Another process is doing the same right now: the transaction has to be rolled back."""


async def written_to(
    session: AsyncSession, addressees: Sequence[str], *, since: date = date.min
) -> Mapping[str, Written]:
    """Return when each of these addressees was written to, as far as that was on the day `since` or later."""
    found = dict.fromkeys(addressees, Written())
    for start in range(0, len(addressees), _MANY):
        given = {"addressees": addressees[start : start + _MANY], "since": since}
        for row in await session.execute(_WRITTEN, given):
            found[row.addressee] = Written(last=row.last, looked=row.looked, digest=row.digest, owed=row.owed)
        await asyncio.sleep(0)
    return found


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
