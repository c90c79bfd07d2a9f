"""What Slack lists, read page by page: its members and its channels.

A page is kept as soon as it is read, together with where the next one begins. When Slack asks for a pause, a later run
goes on from there, also in another process or after a restart, so a workspace of any size is read in the end.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import delete, select
from sqlmodel import col

from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import ENDLESS_LIST, ListedChannel, Page, Slack, SlackUser
from bot.services import people
from bot.services.deps import Deps
from bot.services.members import Members
from bot.services.outbox import admin
from bot.services.snapshot import Snapshot
from bot.store.inserts import insert_into
from bot.store.tables import SlackChannel, SlackListing, core

log = logging.getLogger(__name__)

_T = TypeVar("_T")
#: How long after a reading began the next one begins, and how long after Slack refused one.
_EVERY, _AFTER_REFUSAL = timedelta(hours=1), timedelta(minutes=10)
#: … and after a fault of Slack's, or of the way to it, which mostly passes within seconds.
_AFTER_FAULT = timedelta(minutes=1)


class ListingKind(StrEnum):
    """What is read page by page."""

    MEMBERS = "members"
    CHANNELS = "channels"


@dataclass(frozen=True, slots=True)
class _Position:
    """How far a listing has been read: `cursor` is empty at the beginning."""

    cursor: str
    began_at: datetime
    due_at: datetime

    @property
    def is_whole(self) -> bool:
        """Whether the last reading came to its end: only then is the next one an hour after its beginning."""
        return not self.cursor and self.due_at - self.began_at >= _EVERY


class Listings:
    """Reads Slack's listings into the store and into this process's memory.

    Processes share one position: whichever comes first reads, and the others take over what it stored.
    """

    def __init__(self, deps: Deps, slack: Slack, snapshot: Snapshot, members: Members) -> None:
        self._deps, self._slack, self._snapshot, self._members = deps, slack, snapshot, members
        self._known: dict[ListingKind, _Position] = {}
        self._under_way: set[ListingKind] = set()
        #: Channels that somebody has asked about before a list had them, and when: the store does not know them.
        self._met: dict[str, tuple[ListedChannel, datetime]] = {}

    async def read_members(self, *, at_start: bool = False) -> None:
        """Learn who is who, if it is due; at the start also when it is not, unless Slack has asked for a pause."""
        await self._read(
            ListingKind.MEMBERS, self._slack.member_pages, self._keep_members, self._members.load, at_start
        )

    async def read_channels(self, *, at_start: bool = False) -> None:
        """Learn which channel has which id, if it is due; at the start as `read_members`."""
        if at_start:
            for refusal in reversed(await admin.refused(self._deps)):
                self._deps.refusals.add(refusal.channel, refusal.error, at=refusal.last_at)
        await self._read(
            ListingKind.CHANNELS, self._slack.channel_pages, self._keep_channels, self._load_channels, at_start
        )

    async def read_member(self, slack_id: str) -> None:
        """Learn at once what one account is now. Raises SlackError when Slack does not say."""
        await self._keep_members([await self._slack.user(slack_id)])
        await self._touch(ListingKind.MEMBERS)

    async def read_channel(self, channel_id: str) -> None:
        """Learn at once what one channel is now. Raises SlackError when Slack does not say."""
        found = await self._slack.listed_channel(channel_id)
        if found is not None:
            await self._keep_channels([found])
        else:
            self._met.pop(channel_id, None)
            async with self._deps.database.transaction() as session:
                await session.execute(delete(SlackChannel).where(col(SlackChannel.channel_id) == channel_id))
        await self._load_channels()
        await self._touch(ListingKind.CHANNELS)

    async def meet_channel(self, channel_id: str) -> bool:
        """Learn what a channel is that the list has not had yet; return whether Slack lists it.

        Only this process knows it then, so that nobody who asks waits for the database. Raises SlackError as usual.
        """
        found = await self._slack.listed_channel(channel_id)
        if found is not None:
            self._met[found.id] = found, self._deps.clock.now()
            self._know([found])
        return found is not None

    async def _touch(self, listing: ListingKind) -> None:
        """Let the other processes see that the store knows more: they take it over when a position has changed."""
        async with self._deps.database.transaction() as session:
            row = await session.get(SlackListing, listing.value, with_for_update=True)
            if row is not None:
                row.due_at += timedelta(microseconds=1)

    async def _read(
        self,
        listing: ListingKind,
        pages: Callable[[str], AsyncIterator[Page[_T]]],
        keep: Callable[[Sequence[_T]], Awaitable[None]],
        load: Callable[[], Awaitable[None]],
        at_start: bool,
    ) -> None:
        if listing in self._under_way:
            return
        self._under_way.add(listing)
        try:
            position = await self._position(listing)
            if position != self._known.get(listing):
                await load()
                self._known[listing] = position
            if position.due_at <= self._deps.clock.now() or (at_start and not position.cursor):
                await self._go_on(listing, position, pages, keep)
        finally:
            self._under_way.discard(listing)

    async def _go_on(
        self,
        listing: ListingKind,
        position: _Position,
        pages: Callable[[str], AsyncIterator[Page[_T]]],
        keep: Callable[[Sequence[_T]], Awaitable[None]],
    ) -> None:
        now = self._deps.clock.now()
        cursor, began = position.cursor, position.began_at if position.cursor else now
        try:
            async for page in pages(cursor):
                await keep(page.items)
                cursor = page.next_cursor
                if cursor:  # after the last page the whole reading is noted, below
                    await self._put(listing, _Position(cursor, began, now))
        except SlackRateLimitedError as error:
            pause = timedelta(seconds=error.retry_after_seconds)
            await self._put(listing, _Position(cursor, began, self._deps.clock.now() + pause))
            return
        except SlackError as error:
            if error.code == "invalid_cursor" and cursor:
                await self._put(listing, _Position("", now, now))  # too old: the next run begins anew
                return
            pause = _AFTER_FAULT if isinstance(error, SlackUnreachableError) else _AFTER_REFUSAL
            # Going on where a list leads back into itself would only lead there again.
            cursor = "" if error.code == ENDLESS_LIST else cursor
            await self._put(listing, _Position(cursor, began, now + pause))
            log.warning("Slack's %s could not be read: %s", listing, error)
            return
        if listing is ListingKind.CHANNELS:
            await self._forget_channels(before=began)
        await self._put(listing, _Position("", began, max(now, began + _EVERY)))

    async def _keep_members(self, users: Sequence[SlackUser]) -> None:
        await self._members.put_page(users)
        others = [await self._account(slack_id) for slack_id in await people.accounts_to_ask(self._deps, users)]
        await people.sync_members(self._deps, users, others=[each for each in others if each is not None])

    async def _account(self, slack_id: str) -> SlackUser | None:
        try:
            return await self._slack.user(slack_id)
        except SlackRateLimitedError:
            raise  # the page is read again after the pause
        except SlackError as error:
            log.info("Slack does not say whose an account is: %s", error)
            return None

    async def _keep_channels(self, channels: Sequence[ListedChannel]) -> None:
        now, table = self._deps.clock.now(), core(SlackChannel)
        rows = [
            {"channel_id": each.id, "name": each.name, "is_shared": each.is_shared, "seen_at": now} for each in channels
        ]
        if not rows:
            return
        async with self._deps.database.transaction() as session:
            insert = insert_into(table, session.get_bind().dialect.name)
            changed = {name: insert.excluded[name] for name in ("name", "is_shared", "seen_at")}
            await session.execute(insert.on_conflict_do_update(index_elements=["channel_id"], set_=changed), rows)
        for each in channels:
            self._deps.refusals.listed(each.id)
            self._met.pop(each.id, None)
        self._know(channels)

    def _know(self, channels: Sequence[ListedChannel]) -> None:
        self._snapshot.add_channels({each.name: each.id for each in channels})
        self._snapshot.put_shared({each.id: each.is_shared for each in channels})

    async def _forget_channels(self, *, before: datetime) -> None:
        """Forget channels that a whole reading has not met: they are archived, deleted or closed to Baton."""
        async with self._deps.database.transaction() as session:
            await session.execute(delete(SlackChannel).where(col(SlackChannel.seen_at) < before))
        self._met = {key: (found, at) for key, (found, at) in self._met.items() if at >= before}
        await self._load_channels(is_whole=True)

    async def _load_channels(self, *, is_whole: bool = False) -> None:
        is_whole = is_whole or (await self._position(ListingKind.CHANNELS)).is_whole
        await load_channels(self._deps, self._snapshot, is_whole=is_whole)
        self._know([found for found, _ in self._met.values()])

    async def _position(self, listing: ListingKind) -> _Position:
        async with self._deps.database.reading() as session:
            row = await session.get(SlackListing, listing.value)
        if row is None:
            now = self._deps.clock.now()
            return _Position("", now, now)
        return _Position(row.cursor, row.began_at, row.due_at)

    async def _put(self, listing: ListingKind, position: _Position) -> None:
        table = core(SlackListing)
        values = {"cursor": position.cursor, "began_at": position.began_at, "due_at": position.due_at}
        async with self._deps.database.transaction() as session:
            insert = insert_into(table, session.get_bind().dialect.name).values(listing=listing.value, **values)
            await session.execute(insert.on_conflict_do_update(index_elements=["listing"], set_=values))
        self._known[listing] = position


async def load_channels(deps: Deps, snapshot: Snapshot, *, is_whole: bool = False) -> None:
    """Let memory know the channels that the store knows; `is_whole` says that these are all."""
    # Of two channels with one name, the one that was seen last has it now.
    t = core(SlackChannel).c
    query = select(t.name, t.channel_id, t.is_shared).order_by(t.seen_at)
    async with deps.database.reading() as session:
        rows = (await session.execute(query)).all()
    snapshot.put_shared({row.channel_id: row.is_shared for row in rows})
    snapshot.put_channels({row.name: row.channel_id for row in rows}, is_whole=is_whole)
