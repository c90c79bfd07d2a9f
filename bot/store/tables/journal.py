"""What has happened: the audit log, and the events that Slack has delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from bot.store.tables._basics import Row, json, when, words


class AuditEntry(Row, table=True):
    """Who changed what, when. The database refuses to change or delete a row."""

    __tablename__ = "audit_log"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = when(index=True)
    actor: str = words()  #: `person:12`, `import:backstage` or `baton`
    action: str = words()  #: `ownership.confirm`, `catalog.import` …
    subject: str = words()  #: `asset:3`, `source:1` …
    detail: dict[str, Any] = json(dict)


class InboundEvent(Row, table=True):
    """An event id that Slack delivered and Baton has taken; kept for a day so that a redelivery does nothing."""

    __tablename__ = "inbound_events"
    event_id: str = Field(primary_key=True)
    received_at: datetime = when(index=True)
