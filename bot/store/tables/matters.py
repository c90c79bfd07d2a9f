"""Open questions about who owns something: claims of what is owned, doubts, and disputes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from bot.store.tables._basics import Row, flag, json, partial_index, when, words


class OwnershipMatter(Row, table=True):
    """A matter of one area of an asset. Of the same kind, area and team one is open at a time."""

    __tablename__ = "ownership_matters"
    __table_args__ = (partial_index("ix_ownership_matters_open", "asset_id", where="ended_at IS NULL"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = words()  #: a `bot.domain.ownership.matters.MatterKind`
    state: str = words()  #: … and a `MatterState`
    asset_id: int = Field(foreign_key="assets.id", index=True)
    area: str = words()
    team_id: int | None = Field(default=None, foreign_key="teams.id")  #: the team that claims, or that a doubter named
    person_id: int | None = Field(default=None, foreign_key="people.id")  #: who raised it; nobody for a dispute
    reason: str = words()
    at: datetime = when()
    channel_id: str = words()  #: where it was raised, when everybody there could see it
    thread_ts: str = words()
    answerer: str = words()  #: the key of the `Recipient` who has to answer
    asked_at: datetime = when()  #: since when they have to
    told_at: datetime | None = when(nullable=True)  #: when they were first told
    times_reminded: int = 0
    said_on: date | None = None  #: their day on which they were last told by the daily pass
    is_passed_on: bool = flag()  #: the catalog admins decide
    question: str = words()  #: what the owner asked back
    question_by: int | None = Field(default=None, foreign_key="people.id")
    reply: str = words()
    message_keys: list[str] = json()  #: the outbox keys of the messages that show its card
    ended_at: datetime | None = when(nullable=True)
    ended_by: int | None = Field(default=None, foreign_key="people.id")
    agreed: list[str] = json()  #: the keys of those of several owners who have agreed
    #: The key of the `Recipient` whose it is since it ended; of an open dispute, whose people are asked.
    owner: str = words()


class Disownment(Row, table=True):
    """People decided that somebody does not own an area of an asset. Files that go on saying so are not believed."""

    __tablename__ = "disownments"
    __table_args__ = (CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="one_owner"),)
    id: int | None = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id")
    person_id: int | None = Field(default=None, foreign_key="people.id")
    area: str = words()
    at: datetime = when()
    audit_id: int = Field(foreign_key="audit_log.id")
