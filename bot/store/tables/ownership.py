"""Who owns what, since when and until when, who doubts it, and what is asked about it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field

from bot.store.tables._basics import OWNER_KEY, Row, flag, json, partial_index, when, words


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
    is_agreed: bool = flag()  #: whoever owned the area until then agreed that it passes to this owner


class Transfer(Row, table=True):
    """An area of an asset that passed from a giver to a team, with the agreement of both.

    Files that nobody has updated yet go on naming the giver: imports look here before they believe them. Where nobody
    owned the area, neither giver is set.
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

    That is none of the facts while it may be expected; `bot.domain.ownership.drift` says for how long. Of a source that
    does not say so any more there is no row.
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
    """Somebody pressed "Wrong owner?": who, about which area of an asset, and if they said so, why and whose it is.

    `matter_id` is the matter that ends it, and by which its doubter hears how it ended: in the thread
    that `channel_id` and `thread_ts` name, where everybody there could see them ask, or else in private.
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
    """A matter of one area of an asset. Of the same kind, area and team one is open at a time."""

    __tablename__ = "ownership_matters"
    __table_args__ = (partial_index("ix_ownership_matters_open", "asset_id", where="ended_at IS NULL"),)
    id: int = Field(default=None, primary_key=True)
    kind: str = words()  #: a `bot.domain.ownership.matters.MatterKind`
    state: str = words()  #: … and a `MatterState`
    asset_id: int = Field(foreign_key="assets.id", index=True)
    area: str = words()
    team_id: int | None = Field(default=None, foreign_key="teams.id")  #: who claims, or is named by a doubter
    person_id: int | None = Field(default=None, foreign_key="people.id")  #: who raised it; nobody for a dispute
    reason: str = words()
    at: datetime = when()
    channel_id: str = words()  #: where it was raised, when everybody there could see it
    thread_ts: str = words()
    answerer: str = words(OWNER_KEY)  #: the key of the `Recipient` who has to answer
    asked_at: datetime = when()  #: since when they have to
    told_at: datetime | None = when(nullable=True)  #: when they were first told
    times_reminded: int = 0
    said_on: date | None = None  #: their day on which they were last told by the daily pass
    is_passed_on: bool = flag()  #: the catalog admins decide
    question: str = words()  #: what the owner asked back
    question_by: int | None = Field(default=None, foreign_key="people.id")
    reply: str = words()
    message_keys: list[str] = json()  #: the outbox keys of the messages that show it
    ended_at: datetime | None = when(nullable=True)
    ended_by: int | None = Field(default=None, foreign_key="people.id")
    agreed: list[str] = json(info=OWNER_KEY)  #: the keys of those of several owners who have agreed
    #: The key of the `Recipient` whose it is since it ended; of an open dispute, whose people are asked.
    owner: str = words(OWNER_KEY)


class Disownment(Row, table=True):
    """People decided that somebody does not own an area of an asset. Files that go on saying so are not believed."""

    __tablename__ = "disownments"
    __table_args__ = (CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="one_owner"),)
    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="assets.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id")
    person_id: int | None = Field(default=None, foreign_key="people.id")
    area: str = words()
    at: datetime = when()
    audit_id: int = Field(foreign_key="audit_log.id")
