"""Forty teams on four continents, and two thousand deployments of real products: what the simulated year is about."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.clients.eol import starter
from bot.domain.eol import Cycle, Table
from bot.playground.fake_slack import FakeSlack
from bot.services.eol.facts import Facts
from bot.store import tables
from bot.store.db import Database
from bot.store.journal import audit, next_revision

_MANIFEST = Path(__file__).resolve().parents[2] / "app.yaml"
SEED = 4
STARTS = datetime(2026, 8, 31, tzinfo=UTC)  #: a Monday
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Europe/London",
    "Asia/Kolkata",
    "America/Los_Angeles",
    "Australia/Sydney",
    "",
)
PLATFORM = "platform"
#: What sees the deployments, and how it looks.
SOURCE, HOW = "terraform", "terraform-state"
#: Of the dates that lie ahead, about so many move within a year.
_MOVING = 1 / 6
#: Different versions that one team runs.
_VERSIONS = 16


@dataclass(frozen=True, slots=True)
class Team:
    """A team as the checks know it. `place` is where its messages have to arrive: a channel's name, or a handle.

    `lead` and `member` are the handles of its two people; `lead` is empty where it has none.
    """

    number: int
    name: str
    zone: str
    place: str
    tier: int | None  #: of all that they own
    lead: str
    member: str


@dataclass(frozen=True, slots=True)
class Move:
    """On a day, the facts begin to say another end of support."""

    day: date
    product: str
    cycle: str
    by: timedelta


def move_dates(days: int) -> list[Move]:
    """Return which dates move in the year, the earliest first."""
    rng = random.Random(f"{SEED} moves")
    first = STARTS.date()
    found = [
        Move(first + timedelta(rng.randrange(1, 365)), product.key, cycle.name, timedelta(rng.randrange(-45, 120)))
        for product in starter.load().products
        for cycle in product.cycles
        if isinstance(cycle.eol, date) and cycle.eol > first and rng.random() < _MOVING
    ]
    return sorted((each for each in found if (each.day - first).days < days), key=lambda each: each.day)


class MovingFacts(Facts):
    """The starter table with the moves up to a day applied to it."""

    def __init__(self, moves: Sequence[Move]) -> None:
        super().__init__()
        self._moves = moves
        self._applied = 0
        self._now = starter.load()

    def go_to(self, day: date) -> None:
        """Apply the moves of the days up to `day`."""
        due = sum(move.day <= day for move in self._moves)
        if due != self._applied:
            self._applied = due
            self._now = _moved(self._moves[:due])

    @property
    def table(self) -> Table:  # type: ignore[override]
        """The table as of the day."""
        return self._now


def _moved(moves: Sequence[Move]) -> Table:
    by = {(move.product, move.cycle): move.by for move in moves}

    def moved(product: str, cycle: Cycle) -> Cycle:
        delta = by.get((product, cycle.name))
        if delta is None or not isinstance(cycle.eol, date):
            return cycle
        return replace(cycle, eol=cycle.eol + delta)

    return Table(
        replace(product, cycles=tuple(moved(product.key, cycle) for cycle in product.cycles))
        for product in starter.load().products
    )


class Organisation:
    """Puts itself into a store and into a simulated Slack, the same each time."""

    def __init__(self, *, teams: int, deployments: int) -> None:
        self.count, self.deployments = teams, deployments

    @cached_property
    def teams(self) -> list[Team]:
        """The teams. The last three have no channel, an archived one, and neither channel nor lead."""
        found = []
        for number in range(1, self.count + 1):
            name, left = f"team-{number:02}", self.count - number
            place = {2: f"lead-{number:02}", 1: f"lead-{number:02}", 0: PLATFORM}.get(left, name)
            zone, tier = ZONES[number % len(ZONES)], (1, 2, None, 3, 4)[number % 5]
            lead = f"lead-{number:02}" if left else ""
            found.append(Team(number, name, zone, place, tier, lead, f"member-{number:02}"))
        return found

    def handle_of(self, person_id: int) -> str:
        """Return whose id this is: the leads come first in the store, then the members."""
        is_lead = person_id <= self.count
        return f"lead-{person_id:02}" if is_lead else f"member-{person_id - self.count:02}"

    def furnish(self, slack: FakeSlack) -> None:
        """Give everybody an account and every team a channel."""
        slack.install(yaml.load(_MANIFEST.read_text(), Loader=yaml.CSafeLoader))
        for team in self.teams:
            for kind in ("lead", "member"):
                name, number = f"{kind}-{team.number:02}", f"U0{kind.upper()}{team.number:03}"
                slack.add_user(name, real_name=f"{kind.title()} {team.number}", user_id=number)
            left, everybody = self.count - team.number, [f"lead-{team.number:02}", team.member]
            if left not in (0, 2):
                number = f"C0TEAM{team.number:03}"
                slack.add_channel(team.name, members=everybody, bot_is_member=True, channel_id=number)
                slack.workspace.channels[number].is_archived = left == 1
        last = self.teams[-1].member
        slack.add_channel(PLATFORM, members=[last], bot_is_member=True, channel_id="C0PLATFORM")

    async def fill(self, database: Database) -> None:
        """Write teams, assets, owners and deployments."""
        rng = random.Random(f"{SEED} deployments")
        versions = _versions()
        async with database.transaction() as session:
            revision = await next_revision(session)
            entry = await audit(session, at=STARTS, actor="import:x", action="catalog.import", subject="source:1")
            session.add(tables.Source(name=SOURCE, format=HOW, last_run_at=STARTS))
            for kind in ("Lead", "Member"):
                for team in self.teams:
                    slack_id = f"U0{kind.upper()}{team.number:03}"
                    name = f"{kind} {team.number}"
                    session.add(tables.Person(name=name, slack_id=slack_id, revision=revision))
                await session.flush()
            for team in self.teams:
                left = self.count - team.number
                session.add(
                    tables.Team(
                        folded=team.name,
                        name=team.name,
                        timezone=team.zone,
                        channel="" if left in (0, 2) else f"#{team.name}",
                        lead_id=None if left == 0 else team.number,
                        revision=revision,
                    )
                )
            await session.flush()
            for team in self.teams:
                session.add(tables.Membership(team_id=team.number, person_id=self.count + team.number, source_id=1))
            rows = [self._rows(number, rng, versions, revision, entry) for number in range(1, self.deployments + 1)]
            for table, column in ((tables.Asset, 0), (tables.Ownership, 1), (tables.Deployment, 2)):
                session.add_all([table(**given) for row in rows if (given := row[column])])
                await session.flush()

    def _rows(
        self, number: int, rng: random.Random, versions: Sequence[tuple[str, str]], revision: int, entry: int
    ) -> tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any]]:
        team = None if number % 200 == 0 else rng.randrange(self.count) + 1
        mine = random.Random(f"{SEED} versions of {team}").sample(versions, _VERSIONS)
        product, version = rng.choice(mine)
        if number % 97 == 0:
            version = "nobody-knows"
        asset = {
            "id": number, "ref": f"service:thing-{number}", "kind": "service", "name": f"thing-{number}",
            "tier": self.teams[team - 1].tier if team else 1, "revision": revision,
        }  # fmt: skip
        owner = team and {
            "asset_id": number, "team_id": team, "area": "all", "role": "owner", "source_id": 1,
            "valid_from": STARTS, "begun_by": entry,
        }  # fmt: skip
        deployment = {
            "asset_id": number, "source_id": 1, "product": product, "version": version, "how": HOW,
            "first_seen_at": STARTS, "last_seen_at": STARTS,
        }  # fmt: skip
        return asset, owner or None, deployment


def _versions() -> list[tuple[str, str]]:
    """Return products and versions to choose from; those whose support ends around the year three times as often."""
    found = []
    around = STARTS.date() - timedelta(100), STARTS.date() + timedelta(500)
    for product in starter.load().products:
        for cycle in product.cycles:
            is_near = isinstance(cycle.eol, date) and around[0] < cycle.eol < around[1]
            found += [(product.key, cycle.latest or cycle.name)] * (6 if is_near else 1)
    return found
