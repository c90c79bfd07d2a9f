"""Sources that still name the giver after a handoff. This is expected for 30 days, and a contradiction after that.

What such a source says is kept apart from the facts, so that nobody mistakes it for one in the meantime.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.catalog import Area, Role
from bot.domain.ownership.holdings import CatalogView, Holding, holdings_of, is_here
from bot.domain.records import AssetRecord, DriftRecord, HandoffRecord, HandoffStage, OwnerKey, OwnershipRecord

#: How long a source may name the giver before that is a dispute.
EXPECTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Transfer:
    """An area of an asset has passed from one owner to another, and both agreed."""

    area: Area
    giver: OwnerKey
    receiver: OwnerKey
    at: datetime


@dataclass(frozen=True, slots=True)
class Loan:
    """An area of an asset is on loan to `borrower` since a moment, and returns on a day."""

    area: Area
    lender: OwnerKey
    borrower: OwnerKey
    since: datetime
    until: date


@dataclass(frozen=True, slots=True)
class Drift:
    """What a source still says about an area that was handed over; `holding` names the giver.

    It counts as a fact from `until` on, and is then a dispute if `becomes_dispute`. It does not become one if the giver
    is gone, or if the area was on loan and is the lender's again by then. If people have decided against it, it
    `is_overruled` and never counts. `files` are those in which the source describes the asset; empty if unknown.
    """

    holding: Holding
    until: datetime
    files: tuple[str, ...]
    becomes_dispute: bool = True
    is_overruled: bool = False
    is_lent: bool = False  #: the source names the lender, who gets it back: nobody has to edit the file


def loan_of(area: Area, loans: Iterable[Loan], agreed: Collection[tuple[OwnerKey, Area]]) -> Loan | None:
    """Return the current loan of an area: the last one whose borrower owns the area by agreement. None without one."""
    running = (each for each in loans if each.area is area and (each.borrower, area) in agreed)
    return max(running, key=lambda each: each.since, default=None)


def behind_since(
    owner: OwnerKey,
    area: Area,
    transfers: Iterable[Transfer],
    agreed: Collection[tuple[OwnerKey, Area]],
    *,
    now: datetime,
    loan: Loan | None = None,
    is_left: bool = False,
) -> datetime | None:
    """Return since when a source that names `owner` is behind the transfers of an area; None if what it says counts.

    `transfers` are in the order in which they happened, whatever their times say, so an area that came back belongs to
    its first owner again. A source counts once it has been behind for `EXPECTED_FOR`, and also if the receiver no
    longer owns the area: a transfer alone makes nobody an owner.

    `agreed` says who owns which area by agreement, and `loan` is the current loan of this area. With `is_left`, the
    owner by agreement is gone, and the source never counts: nobody gets back by silence what they gave away. A transfer
    that seems to lie in the future was made before the clock was set back.
    """
    holder, since, counted = owner, None, _counted_to(now, loan)
    for transfer in transfers:
        is_in_time = is_left or counted < transfer.at + EXPECTED_FOR
        if transfer.area is area and transfer.giver == holder and is_in_time:
            holder = transfer.receiver
            since = None if holder == owner else since or transfer.at
    return since if (holder, area) in agreed else None


def with_drift(
    asset: AssetRecord, catalog: CatalogView, *, now: datetime
) -> tuple[tuple[Holding, ...], tuple[Drift, ...]]:
    """Return an asset's holdings, and the drift: what its sources say that need not know of a transfer yet.

    A source that has been behind for too long counts like any other fact, unless the receiver of the area is gone. It
    also counts for an area that nobody has by agreement any more. If people have decided that somebody does not own an
    area, no source is believed that says so.
    """
    held = holdings_of(asset.facts, catalog)
    if not asset.matters.drift and not asset.matters.overruled:
        return held, ()
    by_agreement = [each for each in held if each.fact.is_agreed and each.fact.role is Role.OWNER]
    agreed = {((each.fact.team_id, each.fact.person_id), each.fact.area) for each in by_agreement}
    areas = {area for _, area in agreed}
    left = areas - {each.fact.area for each in by_agreement if is_here(each.owner, catalog)}
    loans = _loans(asset.matters.handoffs)
    drift = _overruled(asset, catalog, now=now)
    for record in asset.matters.drift:
        if (record.area, *record.owner) in asset.matters.disowned:
            continue
        loan, until = loan_of(record.area, loans, agreed), record.since + EXPECTED_FOR
        said = holdings_of((_fact(record, now=now),), catalog)
        if record.area in left or (record.area in areas and _counted_to(now, loan) < until):
            is_lenders = loan is not None and loan.lender == record.owner
            over = until if loan is None else max(until, datetime.combine(loan.until, time(), UTC))
            drift.extend(
                Drift(
                    one,
                    over,
                    record.files,
                    becomes_dispute=not is_lenders and record.area not in left and is_here(one.owner, catalog),
                    is_lent=is_lenders,
                )
                for one in said
            )
        else:
            held += said
    return held, tuple(drift)


def _overruled(asset: AssetRecord, catalog: CatalogView, *, now: datetime) -> list[Drift]:
    """Return what sources say that people have decided against, unless the owner that they name owns it again."""
    owned = {(fact.area, fact.team_id, fact.person_id) for fact in asset.facts if fact.role is Role.OWNER}
    return [
        Drift(one, record.since, record.files, becomes_dispute=False, is_overruled=True)
        for record in asset.matters.overruled
        if (record.area, *record.owner) not in owned
        for one in holdings_of((_fact(record, now=now),), catalog)
    ]


def _counted_to(now: datetime, loan: Loan | None) -> datetime:
    """Return the moment up to which the days count in which a source has to follow. They stop while an area is on loan.

    The lender gets the area back, and nobody edits a file for the time in between.
    """
    return now if loan is None else min(now, loan.since)


def _loans(handoffs: Iterable[HandoffRecord]) -> list[Loan]:
    return [
        Loan(each.area, (each.giver_team_id, None), (each.receiver_team_id, None), each.since, each.on)
        for each in handoffs
        if each.stage is HandoffStage.LENT and each.since is not None and each.on is not None
    ]


def _fact(record: DriftRecord, *, now: datetime) -> OwnershipRecord:
    """Return what a source says as a fact that is younger than the receiver's."""
    team_id, person_id = record.owner
    return OwnershipRecord(
        area=record.area,
        role=Role.OWNER,
        team_id=team_id,
        person_id=person_id,
        source=record.source,
        valid_from=min(now, record.since + EXPECTED_FOR),
    )
