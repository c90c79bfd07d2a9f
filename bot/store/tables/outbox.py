"""What Baton posts on its own account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from bot.store.tables._basics import Row, json, partial_index, when, words


class OutboxMessage(Row, table=True):
    """A rendered message that Baton posts on its own account; `key` makes a second enqueue a no-op.

    One row a message: a revision changes the row, and what is in Slack follows it.
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
    channel: str = words()  #: where it goes: a channel id, a name or a user id; of a reply, once known, its root's
    body: dict[str, Any] = json(dict)  #: `text`, perhaps `blocks`, and `askers`, who hear when it is lost
    state: str = "waiting"  #: `waiting`, `sending`, `sent`, `failed` or `dropped`
    attempts: int = 0
    created_at: datetime = when()
    due_at: datetime = (
        when()
    )  #: not before; while `sending` until when the claim holds; once `sent` when it last changed
    sent_at: datetime | None = when(nullable=True)
    ts: str | None = None  #: Slack's id of the posted message; with it, `waiting` means that an update is due
    error: str = words()  #: Slack's code of the last failure
    posted_channel: str | None = None  #: the conversation that Slack answered with, also where `channel` is a person
    thread_ts: str | None = None  #: the thread that it was, or may have been, posted to
    revision: int = 0  #: one more with every change of its words
    tried_revision: int = 0  #: the revision that Slack was last given in a post
    edition: int = 0  #: how often it had to be posted anew because the one before could not be edited any more
    parent_key: str | None = Field(default=None, sa_column=Column(Text, nullable=True, index=True))
    is_broadcast: bool = False  #: a reply that also shows in the channel
    fallbacks: list[str] = json()  #: where it goes in turn when `channel` cannot be posted to
    #: Where it could not be posted so far: `channel` (empty when only the thread was at fault), Slack's `error`, and
    #: `at`, in ISO 8601, which entries of before 2026-12 lack.
    moved_from: list[dict[str, str]] = json()
    #: The line that it stands in: that of its channel, or of updates; None while it does not stand in one.
    lane: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    unsure_since: datetime | None = when(nullable=True)  #: since then a post of it may be in Slack unbeknown to us
