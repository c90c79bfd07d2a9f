"""Answers to cards. A card is what the messages about one row show, with buttons that change it.

Whoever presses one acts in a transaction that holds the row, so that of two people at once the second sees what the
first has done. What they do is written into the audit log, and every message that shows the card is drawn anew.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from bot.blocks.text import Rendered
from bot.domain import rights
from bot.domain.recipients import Recipient, Told
from bot.domain.rights import Holders, Right
from bot.errors import NotFoundError
from bot.services import actors, outbox, routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store.journal import audit

_Row = TypeVar("_Row", bound=SQLModel)
_Card = TypeVar("_Card")
_Act = TypeVar("_Act", bound="Act[Any, Any]")


@dataclass(slots=True)
class Act(ABC, Generic[_Row, _Card]):
    """One person's answer to one card. A noun says which table its cards are of, and how one is loaded and drawn.

    `subject` and `prefix` name it in the audit log: `reminder:7` and `lifecycle.snooze`; `unknown` is said where there
    is no such row. What is not known before the transaction begins is set by `acting`.
    """

    table: ClassVar[type[SQLModel]]
    subject: ClassVar[str]
    prefix: ClassVar[str]
    unknown: ClassVar[str]

    deps: Deps
    snapshot: Snapshot
    subject_id: int
    person_id: int
    session: AsyncSession = field(init=False)
    row: _Row = field(init=False)
    card: _Card = field(init=False)
    now: datetime = field(init=False)

    async def lock(self) -> None:
        """Hold the row until the transaction ends. Raises NotFoundError where there is none."""
        table: type[Any] = self.table
        self.row = await locked(self.session, table, self.subject_id, unknown=self.unknown)

    @abstractmethod
    async def load(self) -> _Card:
        """Return the card as the row and its answers are now. Raises NotFoundError for one that is closed or gone."""

    @abstractmethod
    async def render(self) -> None:
        """Revise every message that shows the card."""

    @abstractmethod
    async def holders(self, *, asked_by: int | None = None) -> Holders:
        """Return in whose hands the card is; `asked_by` asks for what is decided on."""

    @property
    def actor(self) -> str:
        """Who acts, as the audit log names them."""
        return f"person:{self.person_id}"

    def require(self, right: Right, held: Holders) -> None:
        """Raise NotAllowedError unless the person may do this."""
        rights.require(actors.actor(self.person_id), right, held)

    async def note(self, action: str, **detail: Any) -> int:
        """Write what was done into the audit log, and return the entry's id."""
        return await audit(
            self.session, self.now, self.actor, f"{self.prefix}.{action}", f"{self.subject}:{self.subject_id}", detail
        )

    async def redraw(self) -> _Card:
        """Load the card with what has been answered, revise its messages, and return it."""
        await self.session.flush()
        self.card = await self.load()
        await self.render()
        return self.card

    async def send(
        self, to: Recipient, key: str, message: Rendered, *, parent_key: str | None = None, at: datetime | None = None
    ) -> Told:
        """Send a message on behalf of the person, now or later; with `parent_key` it is a reply to that one."""
        return await routing.send(
            self.session,
            self.deps,
            self.snapshot,
            to,
            key=key,
            message=message,
            at=at or self.now,
            asker_id=routing.slack_id_of(self.snapshot.person(self.person_id)),
            parent_key=parent_key,
        )

    def hears_of_loss(self, name: str) -> outbox.Asker:
        """Return the person as whoever hears when no one is reached for `name`, of whom they read that it is told."""
        return outbox.Asker(routing.slack_id_of(self.snapshot.person(self.person_id)), name, is_of_loss=True)

    async def revise(self, key: str, message: Rendered) -> None:
        """Let a message that was sent before read like this."""
        await outbox.revise(self.session, key=key, message=message, at=self.now)


@asynccontextmanager
async def acting(act: _Act, right: Right | None) -> AsyncIterator[_Act]:
    """Open the transaction of an answer.

    Raises NotFoundError when there is no such card, or none that is open, and NotAllowedError unless the person has the
    right; None is for a right that only the use case can tell.
    """
    async with act.deps.database.transaction() as session:
        act.session, act.now = session, act.deps.clock.now()
        await act.lock()
        act.card = await act.load()
        if right is not None:
            act.require(right, await act.holders())
        yield act


async def locked(session: AsyncSession, table: type[_Row], row_id: int, *, unknown: str) -> _Row:
    """Return a row, held until the transaction ends. Raises NotFoundError, saying `unknown`, if there is none."""
    row = (await locked_all(session, table, [row_id])).get(row_id)
    if row is None:
        raise NotFoundError(unknown)
    return row


async def locked_all(session: AsyncSession, table: type[_Row], row_ids: Collection[int]) -> dict[int, _Row]:
    """Return those of these rows that there are, by their ids, held until the transaction ends.

    They are locked in the order of their ids: two transactions that want some of the same wait for each other, and do
    not both wait.
    """
    key = table.__table__.c.id  # type: ignore[attr-defined]  # every table has an id
    query = select(table).where(key.in_(row_ids)).order_by(key).with_for_update()
    return {row.id: row for row in (await session.execute(query)).scalars()}  # type: ignore[attr-defined]  # as above
