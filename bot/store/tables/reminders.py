"""What was sent about ends of support, the answers to it, and calendar addresses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field

from bot.store.tables._basics import OWNER_KEY, Row, json, partial_index, when, words


class Reminder(Row, table=True):
    """What an addressee has been told about one deadline.

    There is one per addressee, product, cycle and kind at a time.
    """

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
    milestone: int | None = None  #: the last one that was sent, in days before the deadline
    said_on: date | None = None  #: the addressee's day on which it was sent
    root_key: str = words()  #: the outbox key of the first message; "" before there is one
    owed: int | None = None  #: the unanswered milestone to be told to those above
    lead_told: int | None = None  #: the last one sent to the lead, or to whoever is told instead
    manager_told: int | None = None  #: … to the manager
    platform_told: int | None = None  #: … to the platform channel
    claimed_at: datetime | None = when(nullable=True)  #: reported as done; the inventory has to show it
    claimed_by: int | None = Field(default=None, foreign_key="people.id")
    delegated_to: int | None = Field(default=None, foreign_key="teams.id")  #: the team that has accepted it
    came_from: int | None = None  #: the previous owner's reminder, if it had an answer
    resolved_at: datetime | None = when(nullable=True)
    resolution: str = words()  #: a `Resolution`


class ReminderAnswer(Row, table=True):
    """An answer to a reminder. The newest one that has not ended is in force."""

    __tablename__ = "reminder_answers"
    id: int = Field(default=None, primary_key=True)
    reminder_id: int = Field(foreign_key="reminders.id", index=True)
    kind: str = words()  #: `acknowledged`, `planned`, `snoozed`, `waived` or `delegated`
    person_id: int = Field(foreign_key="people.id")
    at: datetime = when()
    deadline: date = Field()  #: the date of the deadline when it was given
    milestone: int | None = None  #: for `acknowledged`
    until: date | None = None  #: a plan's day; when a snooze or a waiver is over
    team_id: int | None = Field(default=None, foreign_key="teams.id")  #: the team that a delegation is offered to
    detail: dict[str, Any] = json(dict)  #: a plan's target and people, a waiver's reason
    asset_ids: list[int] | None = Field(default=None, sa_column=Column(JSON, nullable=True))  #: what it was given for
    decided_by: int | None = Field(default=None, foreign_key="people.id")  #: who approved, or accepted
    decided_at: datetime | None = when(nullable=True)
    ended_at: datetime | None = when(nullable=True)


class Ping(Row, table=True):
    """Somebody got a message on one of their days, so nothing more is sent that day.

    `addressee` is the addressee of reminders, or the person or the platform channel (`nobody`) that is told about
    unanswered ones. With `is_digest`, the weekly digest was checked on that day; without a `key` it had no content.
    """

    __tablename__ = "pings"
    addressee: str = Field(primary_key=True, sa_column_kwargs={"info": OWNER_KEY})
    day: date = Field(primary_key=True)
    is_digest: bool = False
    key: str = words()  #: the outbox key of the message


class CalendarLink(Row, table=True):
    """The address of a team's calendar of deadlines. Only a hash of its secret part is stored. Links can be revoked."""

    __tablename__ = "calendar_links"
    id: int = Field(default=None, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True)  #: None: every team
    digest: str = Field(sa_column=Column(Text, nullable=False, unique=True))  #: SHA-256 of the token, in hexadecimal
    person_id: int | None = Field(default=None, foreign_key="people.id")  #: None: made at the command line
    created_at: datetime = when()
    revoked_at: datetime | None = when(nullable=True)
