"""A catalog of a few people and teams, which samples and tests judge by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.catalog import Area, Role
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord, TeamRecord

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
HALF_A_YEAR = timedelta(days=180)

ADA, GRACE, LIN, GONE = 1, 2, 3, 4
PAYMENTS, PLATFORM, SEARCH, EMPTY, DISSOLVED, DESERTED = 11, 12, 13, 14, 15, 16


@dataclass
class Catalog:
    """A catalog of a few people and teams; sources were last read at `read_at`."""

    assets: dict[int, AssetRecord] = field(default_factory=dict)
    read_at: datetime = NOW
    people: dict[int, PersonRecord] = field(
        default_factory=lambda: {
            ADA: PersonRecord(id=ADA, name="Ada"),
            GRACE: PersonRecord(id=GRACE, name="Grace"),
            LIN: PersonRecord(id=LIN, name="Lin"),
            GONE: PersonRecord(id=GONE, name="Gus", is_active=False),
        }
    )
    teams: dict[int, TeamRecord] = field(
        default_factory=lambda: {
            PAYMENTS: TeamRecord(id=PAYMENTS, name="Payments", member_ids=(ADA, GRACE), lead_id=ADA),
            PLATFORM: TeamRecord(id=PLATFORM, name="Platform", member_ids=(GRACE, LIN)),
            SEARCH: TeamRecord(id=SEARCH, name="Search", member_ids=(LIN, GONE)),
            EMPTY: TeamRecord(id=EMPTY, name="Mentioned only"),
            DISSOLVED: TeamRecord(id=DISSOLVED, name="Dissolved", member_ids=(ADA,), is_gone=True),
            DESERTED: TeamRecord(id=DESERTED, name="Deserted", member_ids=(GONE,)),
        }
    )

    def asset(self, asset_id: int) -> AssetRecord | None:
        """Return the asset."""
        return self.assets.get(asset_id)

    def team(self, team_id: int) -> TeamRecord | None:
        """Return the team."""
        return self.teams.get(team_id)

    def person(self, person_id: int) -> PersonRecord | None:
        """Return the person."""
        return self.people.get(person_id)

    def last_seen(self, fact: OwnershipRecord) -> datetime:
        """Return when the fact's source was last read."""
        return fact.valid_from if fact.is_human else max(self.read_at, fact.valid_from)


def fact(owner: int, area: Area = Area.ALL, role: Role = Role.OWNER, **rest: Any) -> OwnershipRecord:
    """A fact of the source `files`; ids below 10 are people, the others teams."""
    who = {"person_id": owner} if owner < 10 else {"team_id": owner}
    made: dict[str, Any] = {"id": 100, "source": "files", "valid_from": LONG_AGO, **who, **rest}
    return OwnershipRecord(area=area, role=role, **made)
