"""Use cases of catalog admins for names that were asked for in vain: added, ignored, or made other names of things."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.text import escape
from bot.domain.catalog import AssetClaim, AssetKind, Origin
from bot.domain.names import clean, fold
from bot.domain.records import AssetRecord
from bot.domain.rights import Right, require
from bot.errors import NotFoundError, UserError
from bot.services import actors, ownership
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.ownership import Answered
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit, lock_catalog, touch_assets

_MOST_CHARACTERS = 120
_GONE = "That name is not on the list any more."


async def name_of(deps: Deps, key: str, *, slack_id: str) -> str:
    """Return a name of the list.

    Raises NotAllowedError for anybody but a catalog admin, and NotFoundError if it is not on the list.
    """
    async with deps.database.reading() as session:
        require(await actors.account(session, deps.catalog_admins, slack_id), Right.MISSES)
        row = await session.get(tables.Miss, key)
    if row is None or not row.text:
        raise NotFoundError(_GONE)
    return row.text


async def add(deps: Deps, snapshot: Snapshot, key: str, *, name: str, kind: AssetKind, by: Decider) -> str:
    """Put a thing of this name into the catalog, which nobody owns yet; return its name.

    Raises NotAllowedError for anybody but a catalog admin, UserError for no name or one that something has.
    """
    name = clean(name)[:_MOST_CHARACTERS]
    if not fold(name):
        raise UserError("Write a name of letters or digits.")
    if snapshot.directory.is_name(name):
        raise UserError(f"Something is called {escape(name, 80)} already: make this another name of it.")
    from bot.services.catalog._apply import Reason  # noqa: PLC0415 - what imports need is loaded with the first
    from bot.services.catalog._decide import deciding  # noqa: PLC0415

    async with deciding(deps) as decision:
        require(await actors.account(decision.session, deps.catalog_admins, by.slack_id), Right.MISSES)
        origin = Origin("decided")
        decision.assets.append(AssetClaim(external_id=f"{kind}:{fold(name)}", kind=kind, name=name, origin=origin))
        await decision.session.execute(delete(tables.Miss).where(col(tables.Miss.key) == key))
        await decision.carry_out(
            Reason(f"person:{by.person_id}", "asset.add", f"asset:{kind}:{name}", {"name": name, "kind": kind.value})
        )
    return name


async def make_alias(deps: Deps, snapshot: Snapshot, key: str, *, of: str, by: Decider) -> AssetRecord:
    """Make a name of the list another name of the asset that is called `of`; return the asset.

    Raises NotAllowedError for anybody but a catalog admin, UserError where `of` names no asset for sure.
    """
    name = await name_of(deps, key, slack_id=by.slack_id)
    asset = _meant(deps, snapshot, of)
    async with deps.database.transaction() as session:
        await lock_catalog(await session.connection())
        require(await actors.account(session, deps.catalog_admins, by.slack_id), Right.MISSES)
        now = deps.clock.now()
        session.add(tables.AssetAlias(asset_id=asset.id, name=name, person_id=by.person_id, at=now))
        await touch_assets(session, [asset.id])
        await session.execute(delete(tables.Miss).where(col(tables.Miss.key) == key))
        await audit(session, now, by.person_id, "asset.alias", f"asset:{asset.id}", {"name": name})
    return asset


async def ignore(deps: Deps, key: str, *, by: Decider) -> None:
    """Leave a name off the list however often it is asked for; only its digest is kept. Twice is as once.

    Raises NotAllowedError for anybody but a catalog admin.
    """
    async with deps.database.transaction() as session:
        require(await actors.account(session, deps.catalog_admins, by.slack_id), Right.MISSES)
        row = (await session.execute(select(tables.Miss).where(col(tables.Miss.key) == key))).scalar_one_or_none()
        if row is None or row.is_ignored:
            return
        row.is_ignored, row.text, row.askers, row.times = True, "", [], 0
        await _note(session, deps, key, by)


async def _note(session: AsyncSession, deps: Deps, key: str, by: Decider) -> None:
    # The audit log keeps everything, so it does not get to know the name.
    now, actor = deps.clock.now(), f"person:{by.person_id}"
    await audit(session, now, actor, "misses.ignore", f"miss:{key}")


def _meant(deps: Deps, snapshot: Snapshot, of: str) -> AssetRecord:
    found = ownership.find(deps, snapshot, of)
    if isinstance(found, Answered) and not found.frame.understood_as:
        return found.verdict.asset
    near = [found.verdict.asset] if isinstance(found, Answered) else [asset for asset, _ in found.choices[:3]]
    names = ", ".join(escape(each.ref, 80) for each in near)
    raise UserError(f"Write the exact name. Nearest: {names}." if names else "Nothing in the catalog is called so.")
