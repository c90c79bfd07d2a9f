"""What an owner gives up on a doubt is offered to the team that the doubter named, and what becomes of that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.blocks.text import Rendered
from bot.domain.catalog import Area
from bot.domain.ownership import Unowned, is_here
from bot.domain.ownership.matters import MatterCard, MatterKind, MatterState
from bot.domain.recipients import Recipient
from bot.domain.records import TeamRecord
from bot.domain.rights import Right, require
from bot.errors import NotFoundError
from bot.services import actors, outbox, owner_questions, routing
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.matters._cards import UNKNOWN, MatterAct, loaded, redraw, say_where_asked, verdict_of
from bot.services.snapshot import Snapshot, deciding
from bot.store import tables
from bot.store.journal import audit

_SETTLED = "That is settled already: ask again with `/whoowns`."


async def propose(act: MatterAct) -> None:
    """Ask the team that a doubter named whether it is theirs, so that they can claim it or say that it is not."""
    if (named := act.card.named) is None:
        return
    await act.send(Recipient(team=named), _key(act.row), blocks.proposed(act.card))
    await redraw(act.session, act.row, act.card, at=act.now)


async def decline(
    deps: Deps, snapshot: Snapshot, *, matter_id: int, by: Decider
) -> tuple[MatterCard, TeamRecord | None]:
    """Say that it is not the named team's either, which is remembered; whoever doubted hears it.

    Another team that a doubter named is asked next, and returned.

    Raises NotAllowedError for anybody but the team's people and catalog admins, NotFoundError once it is settled.
    """
    now = deps.clock.now()
    async with deciding(snapshot, deps.database) as session:
        row = await session.get(tables.OwnershipMatter, matter_id)
        asset = snapshot.asset(row.asset_id) if row is not None else None
        if row is None or row.kind != MatterKind.DOUBT.value or row.team_id is None:
            raise NotFoundError(UNKNOWN)
        if asset is None:
            raise NotFoundError("That is no longer in the catalog: ask again.")
        held = await actors.holders(session, [row.team_id], what=asset.name)
        require(await actors.person_or_admin(session, deps, by), Right.REJECT, held)
        no = tables.RejectedOwner
        said = select(col(no.id)).where(col(no.asset_id) == asset.id, col(no.team_id) == row.team_id)
        is_free = row.state == MatterState.AGREED.value and isinstance(verdict_of(deps, snapshot, row), Unowned)
        if not is_free or (await session.execute(said.limit(1))).first() is not None:
            raise NotFoundError(_SETTLED)
        session.add(no(asset_id=asset.id, team_id=row.team_id, person_id=by.person_id, at=now))
        await audit(session, now, by.person_id, "ownership.reject", f"asset:{asset.id}", {"team": row.team_id})
        await owner_questions.leave_out(session, asset.id, row.team_id, at=now)
        card = await loaded(session, deps, snapshot, row)
        then = await _named_next(session, snapshot, row)
        message = blocks.proposal_declined(card, snapshot.person(by.person_id), then)
        await _revise(session, row, Rendered(message.text), at=now)
        await _tell_doubters(session, deps, snapshot, row, message, but=by.person_id)
        if then is not None:
            row.team_id = then.id
            await session.flush()
            asked = blocks.proposed(await loaded(session, deps, snapshot, row))
            await routing.send(session, deps, snapshot, Recipient(team=then), key=_key(row), message=asked, at=now)
    return card, then


async def _named_next(session: AsyncSession, snapshot: Snapshot, row: tables.OwnershipMatter) -> TeamRecord | None:
    """Return the next team that a doubter named, which has neither given it up nor said that it is not theirs."""
    doubt, no = tables.OwnerDoubt, tables.RejectedOwner
    said = select(col(doubt.team_id)).where(col(doubt.matter_id) == row.id).order_by(col(doubt.id))
    refused = select(col(no.team_id)).where(col(no.asset_id) == row.asset_id)
    out = {*(await session.execute(refused)).scalars(), *(snapshot.recipient(key).team_id for key in row.agreed)}
    teams = (snapshot.team(each) for each in (await session.execute(said)).scalars() if each not in {*out, row.team_id})
    return next((each for each in teams if each is not None and is_here(Recipient(each), snapshot)), None)


async def taken(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    asset_id: int,
    areas: Collection[Area],
    message: Rendered,
    *,
    by: int | None,
) -> None:
    """Let the questions about these areas of an asset, or all of it, say who took them; whoever doubted hears it."""
    matter = tables.OwnershipMatter
    query = select(matter).where(
        col(matter.asset_id) == asset_id,
        col(matter.kind) == MatterKind.DOUBT.value,
        col(matter.state) == MatterState.AGREED.value,
        col(matter.team_id).is_not(None),
    )
    for row in (await session.execute(query.order_by(col(matter.id)))).scalars():
        is_about = Area.ALL in areas or Area(row.area) in areas
        if is_about and await _revise(session, row, message, at=deps.clock.now()):
            await _tell_doubters(session, deps, snapshot, row, message, but=by)


async def _tell_doubters(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.OwnershipMatter,
    message: Rendered,
    *,
    but: int | None,
) -> None:
    """Tell whoever doubted what became of it since, where they asked; whoever did it knows."""
    doubt = tables.OwnerDoubt
    found = await session.execute(select(doubt).where(col(doubt.matter_id) == row.id).order_by(col(doubt.id)))
    for each in found.scalars():
        slack_id = routing.slack_id_of(snapshot.person(each.person_id))
        if each.person_id == but:
            continue
        channel, thread = each.channel_id or "", each.thread_ts or ""
        key = f"ownership.became:{row.id}:{each.person_id}:{channel}:{thread}:{deps.clock.now().date()}"
        said = blocks.addressed(message, slack_id if channel else "")
        await say_where_asked(session, key, slack_id, channel, thread, said, at=deps.clock.now())


async def _revise(session: AsyncSession, row: tables.OwnershipMatter, message: Rendered, *, at: datetime) -> bool:
    """Change the question to the team that is asked now; return whether there is one."""
    before = f"ownership.given_up:{row.id}"  # as it was kept while only one team could be asked
    return any([await outbox.revise(session, key=key, message=message, at=at) for key in (before, _key(row))])


def _key(row: tables.OwnershipMatter) -> str:
    """Return the outbox key of the question to the team that a doubter named."""
    return f"ownership.given_up:{row.id}:{row.team_id}"
