"""Queries about decisions on assets without an owner: who gave them up, and which are unowned on purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import HUMAN_SOURCE, Area
from bot.domain.records import AssetRecord, NobodyRecord, PersonRecord, ReleaseRecord, UnownedBy
from bot.store import tables
from bot.store.large_tables import Among, Ids, about_ids, asked


async def decided(connection: AsyncConnection, ids: Ids) -> dict[int, tuple[NobodyRecord, str]]:
    """Return what was decided about these assets, each with the reason if it is unowned on purpose."""
    found = dict[int, tuple[NobodyRecord, str]]()
    for row in await asked(connection, _releases_of, ids):
        areas, owner = tuple(map(Area, row.areas)), row.team or row.person or ""
        made = ReleaseRecord(areas, row.team_id, owner, row.reason, row.decided_at)
        earlier = found[row.asset_id][0].releases if row.asset_id in found else ()
        found[row.asset_id] = NobodyRecord((*earlier, made)), ""
    for asset_id, reason, until, *reviewer in await asked(connection, _marks_of, ids):
        number, name, slack_id, is_active = reviewer
        who = PersonRecord(id=number, name=name, slack_id=slack_id or "", is_active=is_active)
        before, _ = found.get(asset_id, (NobodyRecord(), ""))
        found[asset_id] = replace(before, until=until, reviewer=who), reason
    return found


@about_ids
def _marks_of(among: Among) -> Select[Any]:
    mark, person = tables.core(tables.UnownedMark).c, tables.core(tables.Person).c
    return (
        select(mark.asset_id, mark.reason, mark.until, person.id, person.name, person.slack_id, person.is_active)
        .join_from(tables.core(tables.UnownedMark), tables.core(tables.Person), person.id == mark.reviewer_id)
        .where(mark.ended_at.is_(None), among(mark.asset_id))
        .order_by(mark.id)
    )


def applied(asset: AssetRecord, said: tuple[NobodyRecord, str]) -> AssetRecord:
    """Return an asset with people's decisions about it, which come before any source."""
    nobody, reason = said
    if nobody.until is None:
        return replace(asset, nobody=nobody)
    return replace(asset, nobody=nobody, unowned_reason=reason, unowned_by=UnownedBy(HUMAN_SOURCE, is_preferred=True))


@about_ids
def _releases_of(among: Among) -> Select[Any]:
    """Select the releases in force, the latest first."""
    release = tables.core(tables.Release).c
    team, person = tables.core(tables.Team), tables.core(tables.Person)
    return (
        select(
            *(release.asset_id, release.areas, release.team_id, release.reason),
            *(release.decided_at, team.c.name.label("team"), person.c.name.label("person")),
        )
        .select_from(
            tables.core(tables.Release)
            .outerjoin(team, team.c.id == release.team_id)
            .outerjoin(person, person.c.id == release.person_id)
        )
        .where(release.decided_at.is_not(None), release.ended_at.is_(None), among(release.asset_id))
        .order_by(release.decided_at.desc(), release.id.desc())
    )
