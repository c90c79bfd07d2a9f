"""Disputes: found where sources contradict each other, and given to one person who can end them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import ownership as blocks
from bot.domain import ownership as rules
from bot.domain.catalog import Area
from bot.domain.ownership import Disputed, Holding, Verdict
from bot.domain.ownership.matters import MatterCard, MatterKind, MatterState
from bot.domain.recipients import NOBODY, Recipient, owner_key
from bot.errors import NotFoundError
from bot.services import routing
from bot.services.deps import Deps
from bot.services.matters._cards import Ending, end, loaded, redraw, verdict_of
from bot.services.matters._open import add_matter, matter_of, open_rows
from bot.services.matters._sides import (
    answerer_of,
    back_from_loan,
    holder_of,
    loan_of,
    ordered,
    sides_before,
)
from bot.services.matters.admins import admin_to_ask
from bot.services.ownership import claimed_by, look_up
from bot.services.snapshot import Snapshot, deciding
from bot.store import tables
from bot.store.db import release
from bot.store.journal import audit

#: Disputes that are opened in one transaction; the next pass takes the next ones.
_MOST_NEW = 200
#: Matters that are looked at in one go.
_SLICE = 50


async def reconcile(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, disputed: Collection[int]
) -> list[tables.OwnershipMatter]:
    """Open a matter for each of these assets that is disputed and has none, and end those that are over.

    Returns the matters that are open then, oldest first.

    A claim or a doubt is over when its owner has changed in another way, a dispute when nothing is contradicted any
    more. Where whoever has to answer is a part of another team now, or no side any more, the next one is asked; and
    of what was lent, the lender anew once it is back.
    In a transaction only when there is something to do.
    """
    rows = await open_rows(session)
    known = {row.asset_id for row in rows if row.kind == MatterKind.DISPUTE.value}
    returned, settled = await _returned(session, deps, snapshot, rows) if rows else (set[int](), set[int]())
    over = [row.id for row in rows if row.id in settled or _is_over(deps, snapshot, row)]
    lost = {row.id for row in rows if row.id in returned or _next_owner(deps, snapshot, row) is not None}
    new = list(dict.fromkeys(holder for each in disputed if (holder := holder_of(snapshot, each)) not in known))[
        :_MOST_NEW
    ]
    if not over and not lost and not new:
        return rows
    await release(session)
    async with deciding(snapshot, deps.database) as writing:
        for row in await open_rows(writing):
            if row.id in over:
                await _end_over(writing, deps, snapshot, row, is_settled=row.id in settled)
            elif row.id in lost:
                await _ask_next(writing, deps, snapshot, row, is_back=row.id in returned)
        for holder in new:
            said = look_up(deps, snapshot, holder) if snapshot.asset(holder) is not None else None
            if isinstance(said, Disputed):
                await add_dispute(writing, deps, snapshot, said)
        return await open_rows(writing)


async def end_over(deps: Deps, snapshot: Snapshot) -> bool:
    """End what a decision has left nothing to answer of, at once; return whether there was anything.

    What waited for the end of a loan is asked anew once that has been handed back.
    """
    over: list[int | None] = []
    async with deps.database.reading() as session:
        rows = await open_rows(session)
        returned, settled = await _returned(session, deps, snapshot, rows)
        for count, row in enumerate(rows, 1):
            if row.id in settled or _is_over(deps, snapshot, row):
                over.append(row.id)
            if not count % _SLICE:
                await asyncio.sleep(0)  # answers come first
    if not over and not returned:
        return False
    async with deciding(snapshot, deps.database) as session:
        for row in await open_rows(session):
            if row.id in over:
                await _end_over(session, deps, snapshot, row, is_settled=row.id in settled)
            elif row.id in returned:
                await _ask_next(session, deps, snapshot, row, is_back=True)
    return True


async def redraw_open(deps: Deps, snapshot: Snapshot) -> None:
    """Let the messages about all open matters read as they stand, as after a team has been renamed."""
    async with deciding(snapshot, deps.database) as session:
        for row in await open_rows(session):
            await redraw(session, row, await loaded(session, deps, snapshot, row), at=deps.clock.now())


async def _end_over(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter, *, is_settled: bool = False
) -> None:
    """End a matter of which nothing is left to answer, unless that has changed meanwhile.

    `is_settled` is for what the end of a loan has settled. A team that has got what it claimed in another way has not
    lost it.
    """
    if not is_settled and not _is_over(deps, snapshot, row):
        return
    verdict, now, asked = verdict_of(deps, snapshot, row), deps.clock.now(), row.owner
    owners = ordered(claimed_by(verdict)) if verdict is not None else []
    won = [each for each in owners if row.kind == MatterKind.CLAIM.value and each.fact.team_id == row.team_id]
    card = await loaded(session, deps, snapshot, row)
    card = replace(card, sides=await sides_before(session, snapshot, row))
    await audit(session, now, "baton", "ownership.matter.over", f"matter:{row.id}")
    ending = Ending(deps, snapshot, session, row, card, now)
    if won:
        await end(ending, MatterState.AGREED, won[0].owner, by=won[0].fact.confirmed_by)
        return
    card = await end(ending, MatterState.OVER, owners[0].owner if owners else None)
    if row.kind == MatterKind.DISPUTE.value and card.is_owner_gone:
        await _tell_others(ending)
    elif row.kind == MatterKind.DISPUTE.value and owners:
        await _tell_remaining(ending, owners[0].owner, asked=asked)


async def _tell_others(ending: Ending) -> None:
    """Tell those whom files still name, and who are still there, that the owner of what they disputed is gone."""
    snapshot, row, said = ending.snapshot, ending.row, blocks.outcome(ending.card)
    asset, area = snapshot.asset(row.asset_id), Area(row.area)
    facts = [(each.team_id, each.person_id) for each in asset.facts if each.area is area] if asset is not None else []
    late = [each.owner for each in asset.matters.drift if each.area is area] if asset is not None else []
    for key in dict.fromkeys(owner_key(*each) for each in (*facts, *late)):
        to = snapshot.recipient(key)
        if to != NOBODY and rules.is_here(to, snapshot):
            own = f"ownership.outcome:{row.id}:{key}"
            await routing.send(ending.session, ending.deps, snapshot, to, key=own, message=said, at=ending.now)


async def _tell_remaining(ending: Ending, owner: Recipient, *, asked: str) -> None:
    """Tell whom a file makes the owner of what another side, who was `asked` and is gone, had until now."""
    snapshot, row = ending.snapshot, ending.row
    gone = snapshot.recipient(asked)
    if asked == owner.key or gone == NOBODY or rules.is_here(gone, snapshot) or not rules.is_here(owner, snapshot):
        return
    message = blocks.left_with(ending.card, gone)
    own = f"ownership.outcome:{row.id}:{owner.key}"
    await routing.send(ending.session, ending.deps, snapshot, owner, key=own, message=message, at=ending.now)


async def opened(deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None) -> MatterCard:
    """Return the matter of a dispute, which begins if it has none yet.

    Raises NotFoundError when the asset is gone, or nothing about it is disputed any more.
    """
    async with deciding(snapshot, deps.database) as session:
        said = look_up(deps, snapshot, asset_id, area=area)
        if not isinstance(said, Disputed):
            raise NotFoundError("That is not disputed any more: ask again with `/whoowns`.")
        row, _ = await add_dispute(session, deps, snapshot, said)
        return await loaded(session, deps, snapshot, row)


async def add_dispute(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, said: Disputed
) -> tuple[tables.OwnershipMatter, bool]:
    """Return the matter of a dispute, and whether it is new.

    It goes to a person of the side that is believed first: the lead of the team that has confirmed it last, or owns it
    for longest; and to a catalog admin where nobody of any side is still there.
    """
    asset_id = holder_of(snapshot, said.asset.id)
    known = await matter_of(session, MatterKind.DISPUTE, asset_id, said.disputed_area)
    if known is not None:
        return known, False
    side = _first(snapshot, said)
    row = tables.OwnershipMatter(
        kind=MatterKind.DISPUTE.value,
        asset_id=asset_id,
        area=said.disputed_area.value,
        owner=side.key,
        is_passed_on=side == NOBODY,
    )
    await add_matter(session, deps, row, _spokesman(deps, snapshot, side))
    await audit(
        session,
        deps.clock.now(),
        "baton",
        "ownership.matter.open",
        f"matter:{row.id}",
        {"asset": asset_id, "area": row.area},
    )
    return row, True


def _first(snapshot: Snapshot, said: Verdict) -> Recipient:
    """Return who of the owners is asked first: nobody where none is there any more."""
    alive = [each for each in ordered(claimed_by(said)) if rules.is_here(each.owner, snapshot)]
    return alive[0].owner if alive else NOBODY


def _spokesman(deps: Deps, snapshot: Snapshot, side: Recipient) -> Recipient:
    """Return the person who ends a dispute for a side: its lead; a catalog admin where the side is nobody."""
    if side == NOBODY:
        return admin_to_ask(deps, snapshot)
    lead = routing.lead_of(snapshot, side.team) if side.team is not None else None
    return Recipient(person=lead) if routing.slack_id_of(lead) else side


def _next_owner(deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter) -> Recipient | None:
    """Return which owner has to answer in the place of whoever cannot any more; None where they still can.

    Their team may be a part of another now, gone, or no side any more, and somebody may have left the team for which
    they were asked.
    """
    verdict = verdict_of(deps, snapshot, row)
    if verdict is None or row.is_passed_on:
        return None
    if isinstance(verdict, rules.Orphaned):
        return None if rules.is_here(snapshot.recipient(row.answerer), snapshot) else _successor(snapshot, row)
    side = snapshot.recipient(row.owner if row.kind == MatterKind.DISPUTE.value else row.answerer)
    answering = {answerer_of(snapshot, row, each, verdict).key for each in claimed_by(verdict)}
    if side.key not in answering or (isinstance(verdict, Disputed) and not rules.is_here(side, snapshot)):
        alive = [each for each in ordered(claimed_by(verdict)) if rules.is_here(each.owner, snapshot)]
        return answerer_of(snapshot, row, alive[0], verdict) if alive else NOBODY
    person = snapshot.recipient(row.answerer).person
    is_theirs = side.team is None or person is None or person in rules.active_members(side.team, snapshot)
    return None if is_theirs else side


def _successor(snapshot: Snapshot, row: tables.OwnershipMatter) -> Recipient:
    """Return who can answer a matter whose owner is gone: the lead of the team that claims it, or else an admin."""
    team = snapshot.team(row.team_id) if row.kind == MatterKind.CLAIM.value else None
    lead = routing.lead_of(snapshot, team) if team is not None else None
    return Recipient(person=lead) if routing.slack_id_of(lead) else NOBODY


def _answering(snapshot: Snapshot, row: tables.OwnershipMatter, held: Holding, verdict: Verdict) -> set[str]:
    """Return the keys of those who answer for an owner: of what is claimed or doubted and lent, its lender as well."""
    return {held.owner.key, answerer_of(snapshot, row, held, verdict).key}


async def _returned(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, rows: Sequence[tables.OwnershipMatter]
) -> tuple[set[int], set[int]]:
    """Return the claims and doubts, by id, that waited for the end of a loan which is over now.

    First those that the lender has to answer now, then those that are settled by it: whoever doubted that the borrower
    owned something has not doubted that its lender does.
    """
    waiting = [each for each in rows if each.kind != MatterKind.DISPUTE.value and not each.is_passed_on]
    back = [
        each
        for each in await back_from_loan(session, snapshot, waiting)
        if loan_of(snapshot, each, verdict_of(deps, snapshot, each)) is None
    ]
    settled = {each.id for each in back if each.kind == MatterKind.DOUBT.value}
    return {each.id for each in back} - settled, settled


async def _ask_next(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter, *, is_back: bool
) -> None:
    """Let the next owner have to answer, who is told by the daily pass; with `is_back` the same, anew."""
    verdict, side = verdict_of(deps, snapshot, row), _next_owner(deps, snapshot, row)
    if is_back and side is None:
        side = snapshot.recipient(row.answerer)
    if verdict is None or side is None:
        return
    claimed_by = row.person_id if row.kind == MatterKind.CLAIM.value else None
    to = side if side != NOBODY else admin_to_ask(deps, snapshot, but=claimed_by)
    if row.kind == MatterKind.DISPUTE.value:
        row.owner, to = side.key, _spokesman(deps, snapshot, side)
    row.answerer, row.is_passed_on = to.key, side == NOBODY
    row.asked_at, row.told_at, row.times_reminded = deps.clock.now(), None, 0
    await redraw(session, row, await loaded(session, deps, snapshot, row), at=deps.clock.now())
    await audit(session, deps.clock.now(), "baton", "ownership.matter.ask_next", f"matter:{row.id}")


def _is_over(deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter) -> bool:
    """Whether there is nothing left to answer."""
    verdict = verdict_of(deps, snapshot, row)
    if verdict is None:
        return True
    if row.kind == MatterKind.DISPUTE.value:
        return not isinstance(verdict, Disputed) or verdict.disputed_area is not Area(row.area)
    owners = claimed_by(verdict)
    if row.kind == MatterKind.CLAIM.value:
        team = snapshot.team(row.team_id)
        if not rules.has_somebody(team, snapshot) or all(each.fact.team_id == row.team_id for each in owners):
            return True
    keys = {key for each in owners for key in _answering(snapshot, row, each, verdict)}
    is_asked = row.answerer in keys or row.is_passed_on or isinstance(verdict, rules.Orphaned)
    if not is_asked and _is_part_of_another(snapshot, row.answerer):
        is_asked = not _has_new_owner(row, verdict)
    return not owners or not is_asked or (row.kind == MatterKind.DOUBT.value and _has_new_owner(row, verdict))


def _is_part_of_another(snapshot: Snapshot, key: str) -> bool:
    """Whether the team that has to answer is gone: what it owned is that of the team that it has become a part of."""
    team = snapshot.recipient(key).team
    return key.startswith("team:") and (team is None or team.is_gone)


def _has_new_owner(row: tables.OwnershipMatter, verdict: Verdict) -> bool:
    """Whether whoever owns it became the owner after the doubt was put to whoever has to answer."""
    owners = claimed_by(verdict)
    if any(each.owner.key in (row.answerer, *row.agreed) for each in owners):
        return False  # it was lent, and whoever was asked has it again
    return bool(owners) and min(each.fact.valid_from for each in owners) > row.asked_at
