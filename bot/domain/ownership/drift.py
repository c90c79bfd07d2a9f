"""Sources that still name the giver after an area was handed over: expected for a while, then a contradiction.

What such a source says is kept beside the facts, so that nobody takes it for one meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.catalog import Area, Role
from bot.domain.ownership.holdings import CatalogView, Holding, holdings_of, is_alive
from bot.domain.records import AssetRecord, DriftRecord, HandoffRecord, HandoffStage, OwnerKey, OwnershipRecord

#: How long a source may go on naming the giver before that is a dispute.
EXPECTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Transfer:
    """An area of an asset has passed from one owner to another, and both agreed."""

    area: Area
    giver: OwnerKey
    receiver: OwnerKey
    at: datetime


@dataclass(frozen=True, slots=True)
class Drift:
    """What a source still says of an area that was handed over: `holding` names the giver.

    It counts from `until` on, and is a dispute then if `becomes_dispute`: whoever is gone disputes nothing, and what is
    lent for a few days is theirs again by then. `files` are those in which the source speaks of the asset, none where
    they are not known.
    """

    holding: Holding
    until: datetime
    files: tuple[str, ...]
    becomes_dispute: bool = True


def behind_since(
    owner: OwnerKey,
    area: Area,
    transfers: Iterable[Transfer],
    agreed: Collection[tuple[OwnerKey, Area]],
    *,
    now: datetime,
) -> datetime | None:
    """Return since when a source that names `owner` is behind the transfers of an area; None for one that counts.

    Transfers come in the order in which they happened, whatever the clock said, so an area that has come back is its
    first owner's again. A source counts once it has been behind for too long, and where whoever received the area does
    not own it any more: a transfer alone makes nobody an owner. `agreed` is who owns which area by agreement. A
    transfer that seems to be still to come was made before the clock was set back.
    """
    holder, since = owner, None
    for transfer in transfers:
        if transfer.area is area and transfer.giver == holder and now < transfer.at + EXPECTED_FOR:
            holder = transfer.receiver
            since = None if holder == owner else since or transfer.at
    return since if (holder, area) in agreed else None


def with_drift(
    asset: AssetRecord, catalog: CatalogView, *, now: datetime
) -> tuple[tuple[Holding, ...], tuple[Drift, ...]]:
    """Return an asset's holdings, and what its sources say that need not know of a transfer yet.

    What a source has gone on saying for too long counts like any other fact, and so does what it says of an area that
    nobody has by agreement any more. Of whom people have decided that they do not own it, no source is believed.
    """
    held = holdings_of(asset.facts, catalog)
    if not asset.drift:
        return held, ()
    agreed = {fact.area for fact in asset.facts if fact.is_agreed and fact.role is Role.OWNER}
    drift: list[Drift] = []
    for record in asset.drift:
        if (record.area, *record.owner) in asset.disowned:
            continue
        until = record.since + EXPECTED_FOR
        said = holdings_of((_fact(record, now=now),), catalog)
        if now < until and record.area in agreed:
            lent = any(_is_lent(each, record) and ends_before(each.on, until) for each in asset.handoffs)
            drift.extend(
                Drift(one, until, record.files, becomes_dispute=not lent and is_alive(one, catalog)) for one in said
            )
        else:
            held += said
    return held, tuple(drift)


def ends_before(loan_until: date | None, until: datetime) -> bool:
    """Whether a loan, if it is one, is over by the time at which a file that names the lender is a dispute."""
    return loan_until is not None and loan_until <= until.date()


def _is_lent(handoff: HandoffRecord, record: DriftRecord) -> bool:
    is_same = handoff.area is record.area and (handoff.giver_team_id, None) == record.owner
    return is_same and handoff.stage is HandoffStage.LENT


def _fact(record: DriftRecord, *, now: datetime) -> OwnershipRecord:
    """Return what a source says as a fact, which is younger than that of whoever received the area."""
    team_id, person_id = record.owner
    return OwnershipRecord(
        area=record.area,
        role=Role.OWNER,
        team_id=team_id,
        person_id=person_id,
        source=record.source,
        valid_from=min(now, record.since + EXPECTED_FOR),
    )
