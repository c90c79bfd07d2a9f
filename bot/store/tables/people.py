"""People, teams, and who is in which team."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from bot.store.tables._basics import Row, flag, json, when, words


class Person(Row, table=True):
    """Somebody who asks, owns or decides. Known by Slack id, e-mail address or a source's handle."""

    __tablename__ = "people"
    id: int = Field(default=None, primary_key=True)
    name: str = words()
    slack_id: str | None = Field(default=None, unique=True)
    email: str | None = Field(default=None, unique=True)  #: lower case
    handle: str | None = Field(default=None, unique=True)  #: lower case, without `@`
    timezone: str = words()
    is_active: bool = True  #: False if either of the next two is True
    has_left: bool = flag()  #: according to the most believed source
    is_deactivated: bool = flag()  #: according to Slack
    revision: int = Field(default=0, index=True)


class SlackMember(Row, table=True):
    """Slack's information about an account: kept to be known before anything else, and while Slack is unreachable."""

    __tablename__ = "slack_members"
    slack_id: str = Field(primary_key=True)
    standing: str = words()  #: a `bot.domain.trust.AccountStanding`
    seen_at: datetime = when()


class Team(Row, table=True):
    """A team. `folded` is its identity. `is_declared` is False if sources only mention it as an owner."""

    __tablename__ = "teams"
    id: int = Field(default=None, primary_key=True)
    folded: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    name: str = words()
    aliases: list[str] = json()
    former_names: list[str] = json()
    channel: str = words()
    user_group: str = words()
    timezone: str = words()
    lead_id: int | None = Field(default=None, foreign_key="people.id")
    manager_id: int | None = Field(
        default=None, foreign_key="people.id"
    )  #: answers for several teams, above their leads
    is_declared: bool = False
    gone_at: datetime | None = when(nullable=True)
    revision: int = Field(default=0, index=True)


class Membership(Row, table=True):
    """A source says that a person is in a team."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("team_id", "person_id", "source_id"),)
    id: int = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id", index=True)
    person_id: int = Field(foreign_key="people.id", index=True)
    source_id: int = Field(foreign_key="sources.id")


class FormerMember(Row, table=True):
    """A person who was in a team, according to a source that still lists its members."""

    __tablename__ = "former_members"
    __table_args__ = (UniqueConstraint("team_id", "person_id", "source_id"),)
    id: int = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id", index=True)
    person_id: int = Field(foreign_key="people.id", index=True)
    source_id: int = Field(foreign_key="sources.id")
    left_at: datetime = when()
