"""Handoffs: what one team offers another, the answer for each resource, and the evidence of readiness."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.store.tables._basics import Row, flag, when, words


class Handoff(Row, table=True):
    """An offer of resources from one team to another. It is a draft until `offered_at`."""

    __tablename__ = "handoffs"
    id: int = Field(default=None, primary_key=True)
    giver_team_id: int = Field(foreign_key="teams.id", index=True)
    receiver_team_id: int = Field(foreign_key="teams.id", index=True)
    is_asked: bool = flag()  #: it began with the receiver's "hand it to us"
    started_by: int = Field(foreign_key="people.id")
    offered_by: int | None = Field(default=None, foreign_key="people.id")
    request_id: int | None = Field(default=None, foreign_key="requests.id", index=True)  #: the delivered request
    library_id: int | None = Field(default=None, foreign_key="assets.id")  #: the library that stays with the giver
    follows_id: int | None = Field(default=None, foreign_key="handoffs.id")  #: the handoff that it reverses
    reason: str = words()
    version: int = 1  #: every offer after a decline has a new version
    effective_on: date | None = None  #: None: at once
    overlap_days: int = 0  #: working days in which the giver is a secondary owner
    loan_until: date | None = None  #: the day on which it returns to the giver
    created_at: datetime = when()
    offered_at: datetime | None = when(nullable=True)  #: for the current version
    closed_at: datetime | None = when(nullable=True, index=True)  #: when no more answers were awaited
    giver_says: str = words()  #: whether it works, asked 28 days later: "", `works` or `no`
    receiver_says: str = words()


class HandoffResource(Row, table=True):
    """An area of an asset in a handoff. The receiver answers each one separately."""

    __tablename__ = "handoff_resources"
    __table_args__ = (UniqueConstraint("handoff_id", "asset_id", "area"),)
    id: int = Field(default=None, primary_key=True)
    handoff_id: int = Field(foreign_key="handoffs.id")
    asset_id: int = Field(foreign_key="assets.id", index=True)
    area: str = words()
    state: str = words()  #: a `bot.domain.handoff.ResourceState`
    version: int = 1  #: the version of the handoff in which it was last offered
    answered_by: int | None = Field(default=None, foreign_key="people.id")
    answered_at: datetime | None = when(nullable=True)
    reason: str = words()  #: why it was declined
    needs: str = words()  #: for "not yet": what is missing
    needs_from: str = words()  #: … who provides it
    needs_by: date | None = None  #: … and until when
    moved_at: datetime | None = when(nullable=True)  #: when ownership passed
    overlap_until: date | None = None  #: the last day on which the giver is secondary
    overlap_ended_at: datetime | None = when(nullable=True)
    returned_at: datetime | None = when(nullable=True)  #: when a loan went back


class HandoffEvidence(Row, table=True):
    """Evidence for one item of readiness: a link, a person or a day, or why it does not apply."""

    __tablename__ = "handoff_evidence"
    handoff_id: int = Field(primary_key=True, foreign_key="handoffs.id", sa_column_kwargs={"autoincrement": False})
    item: str = Field(primary_key=True)  #: a `bot.domain.handoff.ReadinessItem`
    link: str = words()
    person_id: int | None = Field(default=None, foreign_key="people.id")
    day: date | None = None
    not_applicable: str = words()  #: why it does not apply
    noted_by: int = Field(foreign_key="people.id")
    noted_at: datetime = when()


class HandoffNote(Row, table=True):
    """A message about a handoff that was sent, so that it is sent only once. `what` is a `HandoffDue.note`."""

    __tablename__ = "handoff_notes"
    handoff_id: int = Field(primary_key=True, foreign_key="handoffs.id", sa_column_kwargs={"autoincrement": False})
    what: str = Field(primary_key=True)
    said_on: date  #: the recipient's own day
