"""What Baton posts on its own account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from bot.store.tables._basics import Row, json, partial_index, when, words


class OutboxMessage(Row, table=True):
    """A rendered message that Baton posts on its own account. A second enqueue with the same `key` has no effect.

    There is one row per message: a revision changes the row, and the message in Slack is updated.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_due_at", "state", "due_at"),
        partial_index(
            "ix_outbox_arriving",
            "state",  # so that SQLite prefers it to the index above
            "due_at",
            where="lane IS NULL AND state = 'waiting'",
        ),
        partial_index(
            "ix_outbox_in_line",
            "lane",
            "id",
            where="lane IS NOT NULL",
        ),
    )
    id: int = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    channel: str = words()  #: a channel id or name, or a user id; for a reply, once known, its root's
    body: dict[str, Any] = json(dict)  #: `text`, perhaps `blocks`, and `askers`, who are told if it is lost
    state: str = "waiting"  #: `waiting`, `sending`, `sent`, `failed` or `dropped`
    attempts: int = 0
    created_at: datetime = when()
    due_at: datetime = when()  #: the earliest time; while `sending`, the end of the claim; once `sent`, the last change
    sent_at: datetime | None = when(nullable=True)
    ts: str | None = None  #: Slack's id of the posted message; with it, `waiting` means that an update is due
    error: str = words()  #: Slack's code of the last failure
    posted_channel: str | None = None  #: the conversation in Slack's response, even if `channel` is a person
    thread_ts: str | None = None  #: the thread in which it was, or may have been, posted
    revision: int = 0  #: increases with every change of its text
    tried_revision: int = 0  #: the revision of the last attempt to post it
    edition: int = 0  #: how often it was posted again because it could no longer be edited
    parent_key: str | None = Field(default=None, sa_column=Column(Text, nullable=True, index=True))
    is_broadcast: bool = False  #: a reply that is also shown in the channel
    fallbacks: list[str] = json()  #: where it goes next if `channel` cannot be posted to
    #: Where it could not be posted: `channel` ("" if only the thread was at fault), Slack's `error`, and `at` in ISO
    #: 8601, which entries from before 2026-12 lack.
    moved_from: list[dict[str, str]] = json()
    #: The queue that it is in: that of its channel, or of updates; None if it is in none.
    lane: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    unsure_since: datetime | None = when(nullable=True)  #: since then it may have been posted without Baton knowing
