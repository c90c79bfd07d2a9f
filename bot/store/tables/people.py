"""Who there is: people, teams, and who is in which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field

from bot.store.tables._basics import Row, flag, json, when, words


class Person(Row, table=True):
    """Somebody who asks, owns or decides. Known by Slack id, e-mail or a source's handle."""

    __tablename__ = "people"
    id: int = Field(default=None, primary_key=True)
    name: str = words()
    slack_id: str | None = Field(default=None, unique=True)
    email: str | None = Field(default=None, unique=True)  #: lower case
    handle: str | None = Field(default=None, unique=True)  #: lower case, without `@`
    timezone: str = words()
    is_active: bool = True  #: False once either of the next two is True
    has_left: bool = flag()  #: what the most believed source says
    is_deactivated: bool = flag()  #: what Slack says of the account
    revision: int = Field(default=0, index=True)


class SlackMember(Row, table=True):
    """What Slack says an account is: known before anything else is asked of it, and known while Slack is away."""

    __tablename__ = "slack_members"
    slack_id: str = Field(primary_key=True)
    standing: str = words()  #: a `bot.domain.trust.AccountStanding`
    seen_at: datetime = when()


class Team(Row, table=True):
    """A team. `folded` is its identity; `is_declared` is False when sources only ever mention it as an owner."""

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
    """A person was in a team, as a source said that still says who is in it."""

    __tablename__ = "former_members"
    __table_args__ = (UniqueConstraint("team_id", "person_id", "source_id"),)
    id: int = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id", index=True)
    person_id: int = Field(foreign_key="people.id", index=True)
    source_id: int = Field(foreign_key="sources.id")
    left_at: datetime = when()
