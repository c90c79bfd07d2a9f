"""Who owns what, since when and until when, and who doubts it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from bot.store.tables._basics import Row, partial_index, when, words


class Ownership(Row, table=True):
    """A fact: a team or a person owns an area of an asset, from and (once over) to. Facts end; they are not changed."""

    __tablename__ = "ownerships"
    __table_args__ = (
        CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
        partial_index(
            "ix_ownerships_current",
            "asset_id",
            where="valid_to IS NULL",
        ),
        Index("ix_ownerships_asset_id_valid_from", "asset_id", "valid_from"),
    )
    id: int | None = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id")
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="people.id", index=True)
    area: str = words()
    role: str = words()
    source_id: int = Field(foreign_key="sources.id", index=True)
    valid_from: datetime = when()
    valid_to: datetime | None = when(nullable=True)
    confirmed_at: datetime | None = when(nullable=True)
    confirmed_by: int | None = Field(default=None, foreign_key="people.id")
    begun_by: int = Field(foreign_key="audit_log.id")  #: the audit entry that began the fact
    ended_by: int | None = Field(default=None, foreign_key="audit_log.id")


class OwnerDoubt(Row, table=True):
    """Somebody pressed "Wrong owner?": who, about which asset, and the optional word of why."""

    __tablename__ = "owner_doubts"
    id: int | None = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    person_id: int = Field(foreign_key="people.id")
    reason: str = words()
    at: datetime = when()
    settled_at: datetime | None = when(nullable=True)
