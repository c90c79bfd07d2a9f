"""The messages that ask who takes what nobody owns any more, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import releases as blocks
from bot.blocks.text import Rendered
from bot.domain.catalog import Area
from bot.domain.ownership import Orphaned, Owned
from bot.services import outbox
from bot.services.deps import Deps
from bot.services.ownership import look_up
from bot.services.release_notices import REST_GIVEN_UP, told
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables

#: How the outbox keys of these messages begin; behind that is the id of a release, of a mark, or of an asset.
_HEADS = ("release", "unowned", REST_GIVEN_UP)
_HEIRS = ":heirs"


def given_up_key(release_id: int) -> str:
    """Return the outbox key of the question who takes what was given up."""
    return f"release:{release_id}{_HEIRS}"


def wanted_key(mark_id: int) -> str:
    """Return the outbox key of the question who takes what is unowned on purpose no longer."""
    return f"unowned:{mark_id}{_HEIRS}"


async def open_questions(session: AsyncSession, asset_id: int, areas: Collection[Area]) -> list[str]:
    """Return the outbox keys of the questions who takes these areas of an asset, or all of it."""
    release, mark = tables.Release, tables.UnownedMark
    query = select(release).where(col(release.asset_id) == asset_id, col(release.ended_at).is_(None))
    given_up = [
        given_up_key(row.id)
        for row in (await session.execute(query)).scalars()
        if Area.ALL in areas or {Area(each) for each in row.areas} <= {*areas}
    ]
    marks = select(col(mark.id)).where(col(mark.asset_id) == asset_id, col(mark.ended_at).is_not(None))
    given_up += await told(session, asset_id)
    return given_up + [wanted_key(number) for number in (await session.execute(marks)).scalars()]


async def end_owned(deps: Deps, snapshot: Snapshot) -> bool:
    """Let the questions who takes what somebody owns again ask no more, as after an import; return whether any did."""
    async with deps.database.reading() as session:
        asking = await _asking(session)
        asked_about = await _asked_about(session, asking) if asking else []
    if not asked_about:
        return False
    # A question that was asked just now is about what a memory that is behind still has the owner of.
    await refresh(snapshot, deps.database)
    ended: list[tuple[str, Rendered]] = []
    async with deps.database.reading() as session:
        for asset_id, areas in asked_about:
            asset, owners = snapshot.asset(asset_id), _owners(deps, snapshot, asset_id, areas)
            if asset is not None and owners:
                keys = asking.intersection(await open_questions(session, asset_id, areas))
                ended += [(key, blocks.owned_since(asset, areas, owners)) for key in sorted(keys)]
    if ended:
        async with deps.database.transaction() as session:
            for key, message in ended:
                await outbox.revise(session, key=key, message=message, at=deps.clock.now())
    return bool(ended)


async def _asking(session: AsyncSession) -> set[str]:
    """Return the outbox keys of the questions who takes something, and of what was told beside, that have buttons."""
    message = tables.OutboxMessage
    # Parts of the index of keys: however many messages there were, those that ask are few.
    is_one = or_(*(col(message.key).between(f"{head}:", f"{head};") for head in _HEADS))
    query = select(col(message.key)).where(is_one, tables.core(message).c.body["blocks"].as_string().is_not(None))
    keys = (await session.execute(query)).scalars()
    return {key for key in keys if key.endswith(_HEIRS) or key.startswith(REST_GIVEN_UP)}


async def _asked_about(session: AsyncSession, keys: Collection[str]) -> list[tuple[int, list[Area]]]:
    """Return what nobody owned when these questions were asked, by the assets' ids."""
    ids: dict[str, list[int]] = {head: [] for head in _HEADS}
    for head, number in (key.split(":")[:2] for key in keys):
        ids[head].append(int(number))
    release, mark = tables.Release, tables.UnownedMark
    given_up = select(col(release.asset_id), col(release.areas)).where(
        or_(col(release.id).in_(ids["release"]), col(release.asset_id).in_(ids[REST_GIVEN_UP])),
        col(release.decided_at).is_not(None),
        col(release.ended_at).is_(None),
    )
    marked = select(col(mark.asset_id)).where(
        or_(col(mark.id).in_(ids["unowned"]), col(mark.asset_id).in_(ids[REST_GIVEN_UP])),
        col(mark.ended_at).is_not(None),
    )
    found = [(asset_id, [Area(each) for each in areas]) for asset_id, areas in await session.execute(given_up)]
    return [*found, *((asset_id, [Area.ALL]) for asset_id in set((await session.execute(marked)).scalars()))]


def _owners(deps: Deps, snapshot: Snapshot, asset_id: int, areas: Collection[Area]) -> list[str]:
    """Return the names of those who own all of these areas of an asset, each by itself; none while one has nobody."""
    names: dict[str, None] = {}
    for area in areas if snapshot.asset(asset_id) is not None else ():
        verdict = look_up(deps, snapshot, asset_id, area=area)
        if not isinstance(verdict, Owned) or isinstance(verdict, Orphaned) or verdict.inherited_from is not None:
            return []
        owners = [each.name for each in verdict.owners if each.fact.area in (area, Area.ALL)]
        if not owners:
            return []
        names.update(dict.fromkeys(owners))
    return list(names)


async def leave_out(session: AsyncSession, asset_id: int, team_id: int, *, at: datetime) -> None:
    """Let the questions who takes an asset propose a team no more, which has said that it is not theirs."""
    message = tables.OutboxMessage
    keys = await open_questions(session, asset_id, list(Area))
    found = await session.execute(select(col(message.key), col(message.body)).where(col(message.key).in_(keys)))
    for key, body in found.all():
        before = Rendered(body["text"], body.get("blocks", ()))
        await outbox.revise(session, key=key, message=blocks.without_heir(before, asset_id, team_id), at=at)
