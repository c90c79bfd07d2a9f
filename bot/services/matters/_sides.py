"""The sides of a matter: who is said to own something, and in which files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain import ownership as rules
from bot.domain.catalog import Area, Origin, Role
from bot.domain.handoff.handoffs import UNANSWERED
from bot.domain.ownership import MOST_PARENTS, Disputed, Holding, Verdict
from bot.domain.ownership.matters import Loan, MatterKind, Side, WayBack
from bot.domain.recipients import NOBODY, Recipient, owner_key
from bot.domain.records import TeamRecord
from bot.domain.sources import ClaimSubject
from bot.services.ownership import claimed_by, lent_by
from bot.services.snapshot import Snapshot
from bot.store import tables

_HANDOFF, _LENT = tables.core(tables.Handoff).c, tables.core(tables.HandoffResource).c
_RETURNED = (
    select(_LENT.asset_id, _LENT.area, _LENT.returned_at)
    .join(tables.core(tables.Handoff), _HANDOFF.id == _LENT.handoff_id)
    .where(_HANDOFF.loan_until.is_not(None), _LENT.returned_at >= bindparam("since", type_=_LENT.returned_at.type))
)


async def sides_of(
    session: AsyncSession, snapshot: Snapshot, row: tables.OwnershipMatter, verdict: Verdict | None
) -> tuple[Side, ...]:
    """Return the owners that the catalog names for what a matter is about, whoever is asked first.

    Of a dispute, each comes with the files that name it; of a claim, the claiming team is left out. Of a claim and of
    a doubt, whoever has lent it answers for the borrower.
    """
    if verdict is None:
        return ()
    holdings = [each for each in ordered(claimed_by(verdict)) if each.fact.team_id != row.team_id or not _is_claim(row)]
    files = await _files(session, row.asset_id) if row.kind == MatterKind.DISPUTE.value else {}
    found: dict[str, tuple[Recipient, dict[str, None]]] = {}
    for each in holdings:
        owner = answerer_of(snapshot, row, each, verdict)
        _, said = found.setdefault(owner.key, (owner, {}))
        if not each.fact.is_human:
            said.update(dict.fromkeys(files.get(each.fact.source, [each.fact.source])))
    if isinstance(verdict, Disputed) and verdict.nobody is not None:
        source = verdict.nobody.unowned_source
        found[NOBODY.key] = NOBODY, dict.fromkeys(files.get(source, [source]))
    agreed = {each.owner.key for each in holdings if each.fact.is_human and each.fact.is_agreed}
    sides = [Side(owner, tuple(said), owner.key in agreed) for owner, said in found.values()]
    return tuple(sorted(sides, key=lambda side: side.owner.key != row.owner))


async def sides_before(session: AsyncSession, snapshot: Snapshot, row: tables.OwnershipMatter) -> tuple[Side, ...]:
    """Return who owned what a matter is about when it was raised; without the team that claims it.

    What is inherited was the parent's owner's.
    """
    fact, asset_id = tables.Ownership, row.asset_id
    for _ in range(MOST_PARENTS):
        query = select(fact).where(
            col(fact.asset_id) == asset_id,
            col(fact.role) == Role.OWNER.value,
            col(fact.valid_from) <= row.at,
            or_(col(fact.valid_to).is_(None), col(fact.valid_to) > row.at),
        )
        facts = list((await session.execute(query.order_by(col(fact.valid_from), col(fact.id)))).scalars())
        for area in (row.area, Area.ALL.value):
            of_area = [each for each in facts if each.area == area]
            keys = [owner_key(each.team_id, each.person_id) for each in of_area if each.team_id != row.team_id]
            if of_area:
                return tuple(Side(snapshot.recipient(key)) for key in dict.fromkeys(keys))
        asset = snapshot.asset(asset_id)
        if facts or asset is None or asset.parent_id is None:
            break
        asset_id = asset.parent_id
    return ()


def answerer_of(snapshot: Snapshot, row: tables.OwnershipMatter, held: Holding, verdict: Verdict) -> Recipient:
    """Return who answers a matter for an owner: of a claim and of a doubt the lender, for what is lent to them."""
    if row.kind == MatterKind.DISPUTE.value:
        return held.owner
    loan = lent_by(snapshot, held, row.team_id if _is_claim(row) else None, verdict)
    return loan.lender if loan is not None else held.owner


def loan_of(snapshot: Snapshot, row: tables.OwnershipMatter, verdict: Verdict | None) -> Loan | None:
    """Return the loan whose end a claim or a doubt has to wait for; None where it need not."""
    if row.kind == MatterKind.DISPUTE.value or verdict is None:
        return None
    team_id = row.team_id if _is_claim(row) else None
    return next(filter(None, (lent_by(snapshot, each, team_id, verdict) for each in claimed_by(verdict))), None)


async def back_from_loan(
    session: AsyncSession, snapshot: Snapshot, rows: Sequence[tables.OwnershipMatter]
) -> list[tables.OwnershipMatter]:
    """Return those of the matters whose thing has come back from a loan since they were asked."""
    if not rows:
        return []
    asked = {"since": min(each.asked_at for each in rows)}
    back = [(each.asset_id, each.area, each.returned_at) for each in await session.execute(_RETURNED, asked)]
    return [
        row
        for row in rows
        if any(
            asset_id == holder_of(snapshot, row.asset_id) and area in (row.area, Area.ALL.value) and at >= row.asked_at
            for asset_id, area, at in back
        )
    ]


def holder_of(snapshot: Snapshot, asset_id: int) -> int:
    """Return the asset whose facts count for another: a part inherits the owners, and the dispute, of the whole."""
    asset = snapshot.asset(asset_id)
    return rules.holder_of(asset, snapshot).id if asset is not None else asset_id


def ordered(holdings: Iterable[Holding]) -> list[Holding]:
    """Return owners as they are asked: those whom a person has confirmed, the last one first; then the oldest."""
    by_age = sorted(holdings, key=lambda each: each.fact.valid_from)
    confirmed = [each for each in by_age if each.fact.confirmed_at is not None]
    confirmed.sort(key=lambda each: each.trusted_at, reverse=True)
    return [*confirmed, *(each for each in by_age if each.fact.confirmed_at is None)]


async def way_back_of(
    session: AsyncSession, snapshot: Snapshot, row: tables.OwnershipMatter, sides: Sequence[Side]
) -> WayBack | None:
    """Return how what is disputed can be handed back, where only the two teams of a handoff dispute it.

    None where the receiver has nobody any more who could.
    """
    agreed = [each.owner.team for each in sides if each.is_agreed and each.owner.team is not None]
    others = [each.owner.team for each in sides if not each.is_agreed and each.owner.team is not None]
    if row.kind != MatterKind.DISPUTE.value or len(sides) != 2 or len(agreed) != 1 or len(others) != 1:
        return None
    [receiver], [giver] = agreed, others
    brought = tables.HandoffResource
    has_passed = col(brought.moved_at).is_not(None) & col(brought.returned_at).is_(None)
    taken = await handoff_about(session, row, _between(giver, receiver), has_passed)
    if taken is None or next(rules.active_members(receiver, snapshot), None) is None:
        return None
    waits = col(brought.state).in_([each.value for each in UNANSWERED])
    back = await handoff_about(session, row, _between(receiver, giver), waits)
    admin = snapshot.recipient(row.answerer).person
    return WayBack(
        handoff_id=taken,
        receiver=Recipient(team=receiver),
        giver=Recipient(team=giver),
        under_way=back,
        is_for_admin=row.is_passed_on and admin not in tuple(rules.active_members(receiver, snapshot)),
    )


async def handoff_about(session: AsyncSession, row: tables.OwnershipMatter, *stands: ColumnElement[bool]) -> int | None:
    """Return the last handoff in which what a matter is about stands like this."""
    handoff, resource = tables.Handoff, tables.HandoffResource
    about = col(resource.asset_id) == row.asset_id, col(resource.area) == row.area
    query = select(col(handoff.id)).join(resource, col(resource.handoff_id) == col(handoff.id)).where(*about, *stands)
    return (await session.execute(query.order_by(col(handoff.id).desc()))).scalars().first()


def _between(giver: TeamRecord, receiver: TeamRecord) -> ColumnElement[bool]:
    handoff = tables.Handoff
    return (col(handoff.giver_team_id) == giver.id) & (col(handoff.receiver_team_id) == receiver.id)


async def _files(session: AsyncSession, asset_id: int) -> dict[str, list[str]]:
    """Return in which files each source speaks of an asset, with the lines."""
    claim, source = tables.Claim, tables.Source
    query = (
        select(col(source.name), col(claim.path), col(claim.line))
        .join_from(source, claim, col(claim.source_id) == col(source.id))
        .where(
            col(claim.subject) == ClaimSubject.ASSET.value,
            col(claim.subject_id) == asset_id,
            col(claim.digest) != "",
            col(claim.path) != "",
        )
        .order_by(col(claim.path), col(claim.line))
    )
    found: dict[str, list[str]] = {}
    for name, path, line in await session.execute(query):
        found.setdefault(name, []).append(str(Origin(path, line)))
    return found


def _is_claim(row: tables.OwnershipMatter) -> bool:
    return row.kind == MatterKind.CLAIM.value
