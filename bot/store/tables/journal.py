"""What has happened: the audit log, and the events that Slack has delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field

from bot.store.tables._basics import Row, json, when, words


class AuditEntry(Row, table=True):
    """Who changed what, when. The database refuses to change or delete a row."""

    __tablename__ = "audit_log"
    id: int = Field(default=None, primary_key=True)
    at: datetime = when(index=True)
    actor: str = words()  #: `person:12`, `import:backstage` or `baton`
    action: str = words()  #: `ownership.confirm`, `catalog.import` …
    #: `asset:3`, `source:1` …
    subject: str = Field(default="", sa_column=Column(Text, nullable=False, index=True))
    detail: dict[str, Any] = json(dict)


class InboundEvent(Row, table=True):
    """Something that Slack delivered and Baton has taken, kept for a day so that the same delivery has no effect again.

    `event_id` is an event's id, `act:` and the trigger of a press or form, or `share:` and the message that was shared.
    An event that still waits for its answer has a `payload`, which is removed with the answer.
    """

    __tablename__ = "inbound_events"
    event_id: str = Field(primary_key=True)
    received_at: datetime = when(index=True)
    payload: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
