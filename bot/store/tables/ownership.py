"""Who owns what, from when until when; doubts, and open questions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field

from bot.store.tables._basics import OWNER_KEY, Row, flag, json, partial_index, when, words


class Ownership(Row, table=True):
    """A fact: a team or a person owns an area of an asset, from a time and perhaps until one.

    Facts end; they never change.
    """

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
    id: int = Field(default=None, primary_key=True)
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
    is_agreed: bool = flag()  #: the previous owner of the area agreed to it


class Transfer(Row, table=True):
    """An area of an asset has passed from a giver to a team, and both agreed.

    Files that nobody has updated still name the giver; imports check here before they believe them. If nobody owned the
    area, neither giver is set.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("giver_team_id IS NULL OR giver_person_id IS NULL", name="one_giver"),
        Index("ix_transfers_asset_id_at", "asset_id", "at"),
    )
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id")
    area: str = words()
    giver_team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)
    giver_person_id: int | None = Field(default=None, foreign_key="people.id")
    receiver_team_id: int = Field(foreign_key="teams.id", index=True)
    at: datetime = when()
    audit_id: int = Field(foreign_key="audit_log.id")


class Drift(Row, table=True):
    """A source still names the giver of an area that was handed over.

    While that is expected it is not a fact; `bot.domain.ownership.drift` says for how long. The row is removed when the
    source no longer says so.
    """

    __tablename__ = "drifts"
    __table_args__ = (CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="one_owner"),)
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    source_id: int = Field(foreign_key="sources.id", index=True)
    area: str = words()
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="people.id")
    since: datetime = when()  #: when the area was handed over


class OwnerDoubt(Row, table=True):
    """Somebody pressed "Wrong owner?": who, about which area of an asset and, if they said so, why and whose it is.

    `matter_id` is the matter that ends it. The doubter is told the result in the thread of `channel_id` and
    `thread_ts`, if everybody there could see them ask, or else privately.
    """

    __tablename__ = "owner_doubts"
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    person_id: int = Field(foreign_key="people.id")
    reason: str = words()
    at: datetime = when()
    settled_at: datetime | None = when(nullable=True)
    area: str = Field(default="all", sa_column=Column(Text, nullable=False, server_default="all"))
    matter_id: int | None = Field(default=None, foreign_key="ownership_matters.id")
    team_id: int | None = Field(default=None, foreign_key="teams.id")  #: the team that they named as the owner
    channel_id: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    thread_ts: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class OwnershipMatter(Row, table=True):
    """A matter about one area of an asset. There is at most one open matter of a kind for an area and a team."""

    __tablename__ = "ownership_matters"
    __table_args__ = (partial_index("ix_ownership_matters_open", "asset_id", where="ended_at IS NULL"),)
    id: int = Field(default=None, primary_key=True)
    kind: str = words()  #: a `bot.domain.ownership.matters.MatterKind`
    state: str = words()  #: … and a `MatterState`
    asset_id: int = Field(foreign_key="assets.id", index=True)
    area: str = words()
    team_id: int | None = Field(default=None, foreign_key="teams.id")  #: the team that claims, or that a doubter named
    person_id: int | None = Field(default=None, foreign_key="people.id")  #: who raised it; None for a dispute
    reason: str = words()
    at: datetime = when()
    channel_id: str = words()  #: where it was raised, if everybody there could see it
    thread_ts: str = words()
    answerer: str = words(OWNER_KEY)  #: the key of the `Recipient` who has to answer
    asked_at: datetime = when()  #: since when they have to answer
    told_at: datetime | None = when(nullable=True)  #: when they were first told
    times_reminded: int = 0
    said_on: date | None = None  #: their day on which the daily pass last told them
    is_passed_on: bool = flag()  #: the catalog admins decide
    question: str = words()  #: the owner's question
    question_by: int | None = Field(default=None, foreign_key="people.id")
    reply: str = words()
    message_keys: list[str] = json()  #: the outbox keys of its messages
    ended_at: datetime | None = when(nullable=True)
    ended_by: int | None = Field(default=None, foreign_key="people.id")
    agreed: list[str] = json(info=OWNER_KEY)  #: the keys of the owners who have agreed, if there are several
    #: The key of the `Recipient` who owns it since it ended; for an open dispute, of the side whose people are asked.
    owner: str = words(OWNER_KEY)


class Disownment(Row, table=True):
    """People have decided that somebody does not own an area of an asset. Files that still say so are not believed."""

    __tablename__ = "disownments"
    __table_args__ = (CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="one_owner"),)
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id")
    person_id: int | None = Field(default=None, foreign_key="people.id")
    area: str = words()
    at: datetime = when()
    audit_id: int = Field(foreign_key="audit_log.id")
