"""What is stored about assets besides their facts: doubts, claims, handoffs, ruled-out owners, outdated sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import Area, Role
from bot.domain.ownership.matters import MatterKind
from bot.domain.records import (
    HANDOFF_STAGES,
    ClaimRecord,
    Disowned,
    DoubtRecord,
    DriftRecord,
    HandoffRecord,
    HandoffStage,
    OpenMatters,
    OwnershipRecord,
    PersonRecord,
)
from bot.domain.sources import ClaimSubject
from bot.store import tables
from bot.store.large_tables import AboutIds, Among, Ids, about_ids, asked

_AREAS = {area.value: area for area in Area}


def among(column: ColumnElement[int], ids: Ids) -> ColumnElement[bool]:
    """Return the condition that a column has one of these ids."""
    return column.between(*ids) if isinstance(ids, tuple) else column.in_(ids)


def person_of(row: Any) -> PersonRecord:
    """Return the person in a row with the columns of a person."""
    return PersonRecord(
        id=row.id,
        name=row.name or row.handle or row.email or row.slack_id or "",
        slack_id=row.slack_id or "",
        email=row.email or "",
        is_active=row.is_active,
        timezone=row.timezone,
    )


@dataclass(slots=True)
class _Beside:
    """`OpenMatters` while they are being read."""

    doubts: list[DoubtRecord] = field(default_factory=list)
    claims: list[ClaimRecord] = field(default_factory=list)
    handoffs: list[HandoffRecord] = field(default_factory=list)
    disowned: list[Disowned] = field(default_factory=list)
    drift: list[DriftRecord] = field(default_factory=list)
    overruled: list[DriftRecord] = field(default_factory=list)
    helped: list[tuple[Area, int, date]] = field(default_factory=list)

    def read(self) -> OpenMatters:
        return OpenMatters(
            doubts=tuple(self.doubts),
            claims=tuple(self.claims),
            handoffs=tuple(self.handoffs),
            disowned=tuple(self.disowned),
            drift=tuple(self.drift),
            overruled=tuple(self.overruled),
            helped=tuple(self.helped),
        )


async def open_matters(
    connection: AsyncConnection, ids: Ids, source_names: Mapping[int, str]
) -> dict[int, OpenMatters]:
    """Return what people have said about assets, and what sources have not followed. There is little of it."""
    found = defaultdict[int, _Beside](_Beside)
    for row in await asked(connection, _doubts, ids):
        found[row.asset_id].doubts.append(DoubtRecord(person_of(row), row.reason, row.at, _AREAS[row.area]))
    for asset_id, record in await _said_by_sources(connection, _drift, ids, source_names):
        found[asset_id].drift.append(record)
    await _add_handoffs(connection, ids, found)
    for asset_id, matter_id, team_id, person_id, area, at in await asked(connection, _claims, ids):
        found[asset_id].claims.append(ClaimRecord(matter_id, team_id, person_id, _AREAS[area], at))
    for asset_id, area, team_id, person_id in await asked(connection, _disowned, ids):
        found[asset_id].disowned.append((_AREAS[area], team_id, person_id))
    for asset_id, record in await _said_by_sources(connection, _overruled, ids, source_names):
        found[asset_id].overruled.append(record)
    return {asset_id: each.read() for asset_id, each in found.items()}


@about_ids
def _claims(among: Among) -> Select[Any]:
    matter = tables.core(tables.OwnershipMatter).c
    return (
        select(matter.asset_id, matter.id, matter.team_id, matter.person_id, matter.area, matter.at)
        .where(matter.kind == MatterKind.CLAIM.value, matter.ended_at.is_(None), among(matter.asset_id))
        .order_by(matter.id)
    )


@about_ids
def _disowned(among: Among) -> Select[Any]:
    no = tables.core(tables.Disownment).c
    return select(no.asset_id, no.area, no.team_id, no.person_id).where(among(no.asset_id)).order_by(no.id)


def with_help(fact: OwnershipRecord, matters: OpenMatters) -> OwnershipRecord:
    """Return a fact with the day until which the giver of a handoff helps, if it is that giver's fact."""
    if fact.role is not Role.SECONDARY or not fact.is_human:
        return fact
    days = [day for area, team_id, day in matters.helped if (area, team_id) == (fact.area, fact.team_id)]
    return replace(fact, until=days[-1]) if days else fact


@about_ids
def _doubts(among: Among) -> Select[Any]:
    """Select the doubts that no owner has settled."""
    doubt, person = tables.core(tables.OwnerDoubt).c, tables.core(tables.Person).c
    return (
        select(
            *(doubt.asset_id, doubt.reason, doubt.at, doubt.area),
            *(person.id, person.name, person.slack_id, person.email, person.handle, person.is_active, person.timezone),
        )
        .join_from(tables.core(tables.OwnerDoubt), tables.core(tables.Person), person.id == doubt.person_id)
        .where(doubt.settled_at.is_(None), among(doubt.asset_id))
        .order_by(doubt.id)
    )


async def _add_handoffs(connection: AsyncConnection, ids: Ids, found: dict[int, _Beside]) -> None:
    """Add the parts of handoffs that wait for an answer, for their day, or for the return of a loan.

    For those that have passed, add the day until which the giver helps.
    """
    for each in await asked(connection, _helped, ids):
        found[each.asset_id].helped.append((_AREAS[each.area], each.giver_team_id, each.overlap_until))
    for row in await asked(connection, _under_way, ids):
        stage, on, back_on = HANDOFF_STAGES[row.state], row.effective_on, None
        if row.moved_at is not None:
            stage, on = HandoffStage.LENT, row.loan_until
        elif stage is HandoffStage.AGREED:
            back_on = row.loan_until
        else:
            on = None
        teams = (row.giver_team_id, row.receiver_team_id)
        made = HandoffRecord(row.id, _AREAS[row.area], *teams, stage, on, row.moved_at, back_on)
        found[row.asset_id].handoffs.append(made)


def is_lent() -> ColumnElement[bool]:
    """Return the condition that a resource of a handoff is on loan: it has passed, and has not returned yet."""
    of, handoff = tables.core(tables.HandoffResource).c, tables.core(tables.Handoff).c
    return of.moved_at.is_not(None) & of.returned_at.is_(None) & handoff.loan_until.is_not(None)


@about_ids
def _under_way(among: Among) -> Select[Any]:
    of, handoff = tables.core(tables.HandoffResource).c, tables.core(tables.Handoff).c
    return (
        select(
            *(of.asset_id, of.area, of.state, of.moved_at, handoff.id, handoff.giver_team_id),
            *(handoff.receiver_team_id, handoff.effective_on, handoff.loan_until),
        )
        .join_from(tables.core(tables.HandoffResource), tables.core(tables.Handoff), handoff.id == of.handoff_id)
        .where(among(of.asset_id), of.state.in_(HANDOFF_STAGES), or_(of.moved_at.is_(None), is_lent()))
        .order_by(of.id)
    )


@about_ids
def _helped(among: Among) -> Select[Any]:
    of, handoff = tables.core(tables.HandoffResource).c, tables.core(tables.Handoff).c
    return (
        select(of.asset_id, of.area, of.overlap_until, handoff.giver_team_id)
        .join_from(tables.core(tables.HandoffResource), tables.core(tables.Handoff), handoff.id == of.handoff_id)
        .where(among(of.asset_id), of.moved_at.is_not(None), of.overlap_until.is_not(None))
        .where(of.overlap_ended_at.is_(None))
        .order_by(of.id)
    )


@about_ids
def _drift(among: Among) -> Select[Any]:
    """Select what sources say that have not followed a handoff."""
    drift = tables.core(tables.Drift)
    return select(drift).where(among(drift.c.asset_id)).order_by(drift.c.id)


@about_ids
def _overruled(among: Among) -> Select[Any]:
    """Select what sources still say against a decision: the facts that the decision ended."""
    no, fact, source = (tables.core(each).c for each in (tables.Disownment, tables.Ownership, tables.Source))
    return (
        select(no.asset_id, no.area, no.team_id, no.person_id, no.at.label("since"), fact.source_id)
        .join_from(tables.core(tables.Disownment), tables.core(tables.Ownership), fact.ended_by == no.audit_id)
        .join(tables.core(tables.Source), source.id == fact.source_id)
        .where(among(no.asset_id), fact.asset_id == no.asset_id, fact.area == no.area, source.is_human.is_(False))
        .where(fact.team_id.is_not_distinct_from(no.team_id), fact.person_id.is_not_distinct_from(no.person_id))
        .distinct()
        .order_by(no.at, fact.source_id)
    )


async def _said_by_sources(
    connection: AsyncConnection, statement: AboutIds, ids: Ids, source_names: Mapping[int, str]
) -> list[tuple[int, DriftRecord]]:
    """Return what sources say about assets, each with the asset's id and the files that say it."""
    rows = (await asked(connection, statement, ids)).all()
    files = await _files(connection, {(row.asset_id, row.source_id) for row in rows}) if rows else {}
    return [
        (
            row.asset_id,
            DriftRecord(
                area=_AREAS[row.area],
                owner=(row.team_id, row.person_id),
                source=source_names[row.source_id],
                since=row.since,
                files=tuple(files.get((row.asset_id, row.source_id), ())),
            ),
        )
        for row in rows
    ]


async def _files(connection: AsyncConnection, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
    """Return the files in which sources describe assets, by asset id and source id, each file once."""
    claim = tables.core(tables.Claim).c
    query = (
        select(claim.subject_id, claim.source_id, claim.path)
        .where(claim.subject == ClaimSubject.ASSET.value, claim.digest != "", claim.path != "")
        .where(
            claim.subject_id.in_({asset for asset, _ in wanted}), claim.source_id.in_({source for _, source in wanted})
        )
        .distinct()
        .order_by(claim.path)
    )
    found: dict[tuple[int, int], list[str]] = {}
    for asset, source, path in await connection.execute(query):
        found.setdefault((asset, source), []).append(path)
    return found
