"""Keeping ownership up to date: owners who are gone, and teams that are not owners."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from bot.store.tables._basics import Row, json, when, words


class Orphan(Row, table=True):
    """An owner is gone, and somebody has to take what they owned. Open until `settled_at`."""

    __tablename__ = "orphans"
    __table_args__ = (CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="one_owner"),)
    id: int = Field(default=None, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="people.id", index=True)
    began_at: datetime = when()
    lead_told_at: datetime | None = when(nullable=True)
    platform_told_at: datetime | None = when(nullable=True)
    settled_at: datetime | None = when(nullable=True, index=True)
    settled_by: int | None = Field(default=None, foreign_key="people.id")  #: None if nothing was left
    heir_team_id: int | None = Field(default=None, foreign_key="teams.id")


class RejectedOwner(Row, table=True):
    """A team that was suggested as an owner and rejected."""

    __tablename__ = "rejected_owners"
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    team_id: int = Field(foreign_key="teams.id")
    person_id: int = Field(foreign_key="people.id")
    at: datetime = when()


class CommitCount(Row, table=True):
    """How many commits to an asset a team's people have made in the 90 days before `read_at`."""

    __tablename__ = "commit_counts"
    asset_id: int = Field(primary_key=True, foreign_key="assets.id", sa_column_kwargs={"autoincrement": False})
    team_id: int = Field(primary_key=True, foreign_key="teams.id", sa_column_kwargs={"autoincrement": False})
    commits: int
    read_at: datetime = when()


class Release(Row, table=True):
    """An owner has said "we no longer own it" about some areas of an asset.

    It is in force once decided, until `ended_at`.

    A release that needs confirmation is undecided until then; if it is refused, it ends at that moment. While it is in
    force, files that still name the owner count as out of date.
    """

    __tablename__ = "releases"
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    areas: list[str] = json()
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="people.id")  #: the owner, if it is a person
    reason: str = words()
    asked_by: int = Field(foreign_key="people.id")
    asked_at: datetime = when()
    until: date | None = None  #: the last day on which it can be confirmed
    decided_by: int | None = Field(default=None, foreign_key="people.id")
    decided_at: datetime | None = when(nullable=True)
    ended_at: datetime | None = when(nullable=True)


class UnownedMark(Row, table=True):
    """Somebody decided that nobody owns an asset: why, and who reviews it on which day."""

    __tablename__ = "unowned_marks"
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    reason: str = words()
    person_id: int = Field(foreign_key="people.id")
    reviewer_id: int = Field(foreign_key="people.id", index=True)
    until: date
    at: datetime = when()
    asked_on: date | None = None  #: the reviewer's day on which they were asked about this `until`
    ended_at: datetime | None = when(nullable=True, index=True)
    ended_by: int | None = Field(default=None, foreign_key="people.id")


class Attestation(Row, table=True):
    """A team was asked whether it still owns these assets, some weeks after it was last asked."""

    __tablename__ = "attestations"
    __table_args__ = (UniqueConstraint("team_id", "asked_on"),)
    id: int = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id")
    asked_on: date  #: a day of the team's
    asset_ids: list[int] = json()
    answered_at: datetime | None = when(nullable=True)
    answered_by: int | None = Field(default=None, foreign_key="people.id")


class AssetAlias(Row, table=True):
    """Another name that a catalog admin gave an asset. Sources do not know it."""

    __tablename__ = "asset_aliases"
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    name: str = words()
    person_id: int = Field(foreign_key="people.id")
    at: datetime = when()
