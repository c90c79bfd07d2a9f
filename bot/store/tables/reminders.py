"""What has been said of ends of support, what was answered, and where calendars are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field

from bot.store.tables._basics import OWNER_KEY, Row, json, partial_index, when, words


class Reminder(Row, table=True):
    """What an addressee has been told of one deadline. One for each (addressee, product, cycle, kind) at a time."""

    __tablename__ = "reminders"
    __table_args__ = (
        partial_index(
            "uq_reminders_open",
            "addressee",
            "product",
            "cycle",
            "kind",
            unique=True,
            where="resolved_at IS NULL",
        ),
        partial_index("ix_reminders_owed", "owed", where="resolved_at IS NULL AND owed IS NOT NULL"),
        partial_index(
            "ix_reminders_taken_over", "delegated_to", where="resolved_at IS NULL AND delegated_to IS NOT NULL"
        ),
    )
    id: int = Field(default=None, primary_key=True)
    addressee: str = words(OWNER_KEY)  #: `team:3`, `person:7` or `nobody`
    product: str = words()
    cycle: str = words()
    kind: str = words()  #: a `DeadlineKind`
    deadline: date = Field()
    opened_on: date = Field()  #: the addressee's day on which it was first seen
    milestone: int | None = None  #: the last one that was said, in days before the deadline
    said_on: date | None = None  #: the addressee's day on which that was
    root_key: str = words()  #: the outbox key of the root message; empty before there is one
    owed: int | None = None  #: the milestone that was said to no answer, which those above the addressee have to hear
    lead_told: int | None = None  #: the last one that was said to the lead, or to whoever hears in their place
    manager_told: int | None = None  #: … to the manager
    platform_told: int | None = None  #: … to the platform channel
    claimed_at: datetime | None = when(nullable=True)  #: somebody said that it is done; the evidence is awaited
    claimed_by: int | None = Field(default=None, foreign_key="people.id")
    delegated_to: int | None = Field(default=None, foreign_key="teams.id")  #: the team that has accepted it
    came_from: int | None = None  #: the reminder of the owner before, who had answered it
    resolved_at: datetime | None = when(nullable=True)
    resolution: str = words()  #: a `Resolution`


class ReminderAnswer(Row, table=True):
    """What somebody answered to a reminder. The newest that has not ended is in force."""

    __tablename__ = "reminder_answers"
    id: int = Field(default=None, primary_key=True)
    reminder_id: int = Field(foreign_key="reminders.id", index=True)
    kind: str = words()  #: `acknowledged`, `planned`, `snoozed`, `waived` or `delegated`
    person_id: int = Field(foreign_key="people.id")
    at: datetime = when()
    deadline: date = Field()  #: the deadline that it was given to
    milestone: int | None = None  #: for `acknowledged`
    until: date | None = None  #: a plan's day; when a snooze or a waiver is over
    team_id: int | None = Field(default=None, foreign_key="teams.id")  #: whom a delegation is offered to
    detail: dict[str, Any] = json(dict)  #: a plan's target and people, a waiver's reason
    asset_ids: list[int] | None = Field(default=None, sa_column=Column(JSON, nullable=True))  #: what it was given for
    decided_by: int | None = Field(default=None, foreign_key="people.id")  #: who approved, or accepted
    decided_at: datetime | None = when(nullable=True)
    ended_at: datetime | None = when(nullable=True)


class Ping(Row, table=True):
    """Somebody was written to on a day of theirs: the reason why nothing more is sent on it.

    `addressee` is one of reminders, or the person or the platform channel (`nobody`) that hears of what nobody
    answers. With `is_digest` the week's digest has been looked at on that day; without a `key` there was
    nothing to say in it.
    """

    __tablename__ = "pings"
    addressee: str = Field(primary_key=True, sa_column_kwargs={"info": OWNER_KEY})
    day: date = Field(primary_key=True)
    is_digest: bool = False
    key: str = words()  #: the outbox key of the message


class CalendarLink(Row, table=True):
    """The address of a team's calendar of deadlines: only a hash of its secret part is kept. Links are revoked."""

    __tablename__ = "calendar_links"
    id: int = Field(default=None, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)  #: None: every team
    digest: str = Field(sa_column=Column(Text, nullable=False, unique=True))  #: SHA-256 of the token, in hexadecimal
    person_id: int | None = Field(default=None, foreign_key="people.id")  #: None: made at the command line
    created_at: datetime = when()
    revoked_at: datetime | None = when(nullable=True)
