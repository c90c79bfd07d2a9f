"""The demo organisation, with a past: it is imported as it was on earlier days, change by change until today.

Its files describe today. `history.yaml` gives the state before each change, so every earlier state is the files with
the later changes undone. Imports, claims and confirmations of an earlier day go through the services, with a clock set
to that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlmodel import col

from bot.clients import catalog as formats
from bot.domain.catalog import AssetClaim, OwnerClaim, OwnerRef, PersonClaim, SourceCatalog, TeamClaim
from bot.domain.records import AssetRecord, PersonRecord
from bot.playground.clock import SetClock
from bot.ports import Clock
from bot.services import claims
from bot.services import snapshot as snapshots
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.services.matters import doubts
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.db import Database

#: The demo organisation's files, of many formats.
DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
_HISTORY = DEMO / "history.yaml"


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """Somebody's click: `by` (an e-mail address) claims the asset for `team`, or confirms it if `team` is empty."""

    asset: str
    by: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class DemoChange:
    """A change that happened `ago` before the start, described by the state before it.

    `teams` are former names by name, `owners` former owners by source and asset ("" for nobody), `people` the former
    teams by a member's e-mail address. `claim` and `confirm` happened in Slack and undo nothing in files.
    """

    ago: timedelta
    teams: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    claim: DemoDecision | None = None
    confirm: DemoDecision | None = None


async def load_demo(database: Database, clock: Clock) -> bool:
    """Replay the demo organisation's past in an empty store. Return whether that was done."""
    async with database.reading() as session:
        if (await session.execute(select(col(tables.Source.id)).limit(1))).scalar() is not None:
            return False
    now = clock.now()
    begun, changes = read_history(_HISTORY)
    found, _ = formats.detect([DEMO])
    today = {name: formats.read(name, [DEMO], only=files) for name, files in found.items()}
    said = await _import(database, now - begun, as_of(begun, changes, today), {})
    for change in changes:
        said = await _import(database, now - change.ago, as_of(change.ago, changes, today), said)
        await _decide(database, now - change.ago, change)
    await _import(database, now, today, {})
    return True


def read_history(file: Path) -> tuple[timedelta, tuple[DemoChange, ...]]:
    """Return how long before the start the catalog begins, and the changes since then, earliest first."""
    said = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    changes = (_change(each) for each in said["changes"])
    return timedelta(days=said["begins"]), tuple(sorted(changes, key=lambda change: -change.ago))


def as_of(
    ago: timedelta, changes: Iterable[DemoChange], today: Mapping[str, SourceCatalog]
) -> dict[str, SourceCatalog]:
    """Return what each source said `ago` before today, including the changes of that moment.

    Versions were not recorded then: what runs where is known only from today on.
    """
    later = sorted((change for change in changes if change.ago < ago), key=lambda change: change.ago)
    then = {}
    for name, catalog in today.items():
        teams, people, assets = catalog.teams, catalog.people, [replace(asset, runs=()) for asset in catalog.assets]
        for change in later:
            former = change.owners.get(name, {})
            teams = [_team_before(team, change) for team in teams]
            people = [_person_before(person, change) for person in people]
            assets = [_asset_before(asset, former, change.teams) for asset in assets]
        then[name] = SourceCatalog(teams=teams, people=people, assets=assets)
    return then


def _change(said: dict[str, Any]) -> DemoChange:
    values = dict(said)
    ago = timedelta(days=values.pop("days-ago"))
    for key in values.keys() & {"claim", "confirm"}:
        values[key] = DemoDecision(**values[key])
    return DemoChange(ago, **values)


def _team_before(team: TeamClaim, change: DemoChange) -> TeamClaim:
    joined = tuple(email for email, name in change.people.items() if name == team.name)
    if joined and team.members is not None:
        team = replace(team, members=(*team.members, *joined))
    name = change.teams.get(team.name)
    if name is None:
        return team
    return replace(team, name=name, former_names=tuple(each for each in team.former_names if each != name))


def _person_before(person: PersonClaim, change: DemoChange) -> PersonClaim:
    if person.email in change.people:
        person = replace(person, is_active=True, teams=(change.people[person.email],))
    return replace(person, teams=tuple(change.teams.get(name, name) for name in person.teams))


def _asset_before(asset: AssetClaim, owners: Mapping[str, str], names: Mapping[str, str]) -> AssetClaim:
    if asset.name in owners:
        former = owners[asset.name]
        return replace(asset, owners=(OwnerClaim(OwnerRef(former)),) if former else ())
    if not names:
        return asset
    renamed = (
        replace(claim, owner=replace(claim.owner, name=names.get(claim.owner.name, claim.owner.name)))
        for claim in asset.owners
    )
    return replace(asset, owners=tuple(renamed))


async def _import(
    database: Database, at: datetime, catalogs: Mapping[str, SourceCatalog], before: Mapping[str, SourceCatalog]
) -> Mapping[str, SourceCatalog]:
    """Import, with a clock set to `at`, every source that differs from `before`. Return what all of them say."""
    deps = Deps(database, SetClock(at))
    for name, catalog in catalogs.items():
        if catalog != before.get(name):
            await import_catalog(
                deps,
                catalog,
                source=name,
                format_name=name,
                paths=[DEMO.name],
                allow_mass_change=True,
                trust_people=True,
            )
    return catalogs


async def _decide(database: Database, at: datetime, change: DemoChange) -> None:
    if change.claim is None and change.confirm is None:
        return
    deps, snapshot = Deps(database, SetClock(at)), Snapshot()
    await snapshots.refresh(snapshot, database)
    if (claim := change.claim) is not None:
        asset, person = _found(snapshot, claim)
        team = next(team for team in snapshot.teams() if team.name == claim.team)
        await claims.claim(deps, snapshot, asset_id=asset.id, team_id=team.id, person_id=person.id)
    if (confirm := change.confirm) is not None:
        asset, person = _found(snapshot, confirm)
        await doubts.confirm(deps, snapshot, asset_id=asset.id, person_id=person.id)


def _found(snapshot: Snapshot, decision: DemoDecision) -> tuple[AssetRecord, PersonRecord]:
    assets = (snapshot.asset(asset_id) for asset_id in snapshot.directory.ids())
    person = snapshot.person_by_email(decision.by)
    assert person is not None  # noqa: S101 - the demo's own file names it
    return next(asset for asset in assets if asset is not None and asset.name == decision.asset), person
