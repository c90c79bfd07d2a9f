"""Catalogs in a store: assets with teams, people and facts, put straight into the tables."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from bot.domain.catalog import Area, AssetClaim, Origin, OwnerClaim, OwnerRef, OwnerType, Role, SourceCatalog
from bot.domain.records import AssetRecord
from bot.store import migrations, tables
from bot.store.db import Database
from tests.benchmarks.names import realistic_assets

_TEAMS, _MEMBERS = 200, 6


def people_of(teams: int) -> list[str]:
    """Return the Slack ids of everybody in that many teams, the members of the first team first."""
    return [f"U{number:08}" for number in range(1, teams * _MEMBERS + 1)]


PEOPLE = people_of(_TEAMS)
_ROWS_AT_ONCE = 5000
_SPLIT = (Area.INFRASTRUCTURE, Area.DATABASE, Area.CI_CD, Area.MONITORING)


async def fill(url: str, assets: Sequence[AssetRecord], *, seed: int, teams: int = _TEAMS) -> None:
    """Migrate an empty database and put a catalog of these assets into it, as two imports would leave it behind.

    The assets are spread over `teams` teams of six.
    """
    database = Database(url)
    try:
        await migrations.upgrade(database)
        rng, now = random.Random(seed), datetime.now(UTC)
        async with database.engine.begin() as connection:
            audit = {"id": 1, "at": now, "actor": "import:backstage", "action": "catalog.import", "subject": "source:1"}
            await connection.execute(insert(tables.AuditEntry), [{**audit, "detail": {}}])
            await connection.execute(insert(tables.Source), _sources(now))
            await connection.execute(insert(tables.Person), _people(teams))
            await connection.execute(insert(tables.Team), _teams(teams))
            await connection.execute(insert(tables.Membership), _memberships(teams))
            for rows in _chunks([_asset(each) for each in assets]):
                await connection.execute(insert(tables.Asset), rows)
            for rows in _chunks([row for each in assets for row in _facts(each.id, rng, now, teams)]):
                await connection.execute(insert(tables.Ownership), rows)
            await connection.execute(update(tables.CatalogState).values(revision=1))
    finally:
        await database.close()


def claims(count: int, seed: int) -> SourceCatalog:
    """Return what another source says of the same assets: an owner each, half of them another team than before."""
    rng = random.Random(seed + 1)
    here = Origin("catalog.json", 1)
    catalog = SourceCatalog()
    for each in realistic_assets(count, seed):
        name = _team_name(rng.randint(1, _TEAMS))
        owners = (OwnerClaim(OwnerRef(name, OwnerType.TEAM, name), Area.INFRASTRUCTURE),)
        catalog.assets.append(
            AssetClaim(external_id=each.ref, kind=each.kind, name=each.name, owners=owners, origin=here)
        )
    return catalog


def _sources(now: datetime) -> list[dict[str, Any]]:
    return [
        {"id": 1, "name": "backstage", "format": "backstage", "is_human": False, "last_run_at": now},
        {"id": 2, "name": "slack", "format": "slack", "is_human": True, "last_run_at": None},
    ]


def _people(teams: int) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "name": f"Person {number}",
            "slack_id": slack_id,
            "email": f"p{number}@example.test",
            "timezone": "",
            "revision": 1,
        }
        for number, slack_id in enumerate(people_of(teams), start=1)
    ]


def _team_name(number: int) -> str:
    return f"Team {number}"


def _teams(teams: int) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "folded": f"team{number}",
            "name": _team_name(number),
            "aliases": [],
            "former_names": [],
            "channel": f"#team-{number}",
            "user_group": "",
            "timezone": "",
            "lead_id": number * _MEMBERS,
            "is_declared": True,
            "revision": 1,
        }
        for number in range(1, teams + 1)
    ]


def _memberships(teams: int) -> list[dict[str, Any]]:
    return [
        {"team_id": (number - 1) // _MEMBERS + 1, "person_id": number, "source_id": 1}
        for number in range(1, teams * _MEMBERS + 1)
    ]


def _asset(asset: AssetRecord) -> dict[str, Any]:
    return {
        "id": asset.id,
        "ref": asset.ref,
        "kind": asset.kind.value,
        "name": asset.name,
        "namespace": "",
        "description": f"Keeps {asset.name} going" if asset.id % 2 else "",
        "aliases": [],
        "addresses": [],
        "links": [["Runbook", f"https://runbooks.example.test/{asset.id}"]] if asset.id % 3 == 0 else [],
        "tags": [],
        "runs": [],
        "tier": asset.id % 4 or None,
        "unowned_reason": "",
        "revision": 1,
    }


def _facts(asset_id: int, rng: random.Random, now: datetime, teams: int) -> list[dict[str, Any]]:
    """Nine of ten have an owner, three of ten a second one for an area, one of ten a person who helps."""
    if rng.random() < 0.1:
        return []
    team = rng.randint(1, teams)
    facts = [_fact(asset_id, now, area=Area.ALL, team_id=team)]
    if rng.random() < 0.3:
        facts[0]["confirmed_at"], facts[0]["confirmed_by"] = now - timedelta(days=rng.randint(1, 90)), team * _MEMBERS
        facts.append(_fact(asset_id, now, area=rng.choice(_SPLIT), team_id=rng.randint(1, teams)))
    if rng.random() < 0.1:
        helper = rng.randint(1, teams * _MEMBERS)
        facts.append(_fact(asset_id, now, area=Area.ALL, person_id=helper, role=Role.SECONDARY))
    return facts


def _fact(
    asset_id: int,
    now: datetime,
    *,
    area: Area,
    team_id: int | None = None,
    person_id: int | None = None,
    role: Role = Role.OWNER,
) -> dict[str, Any]:
    return {
        "asset_id": asset_id,
        "team_id": team_id,
        "person_id": person_id,
        "area": area.value,
        "role": role.value,
        "source_id": 1,
        "valid_from": now - timedelta(days=30),
        "valid_to": None,
        "confirmed_at": None,
        "confirmed_by": None,
        "begun_by": 1,
        "ended_by": None,
    }


def _chunks(rows: Sequence[dict[str, Any]]) -> Iterable[Sequence[dict[str, Any]]]:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield rows[start : start + _ROWS_AT_ONCE]
