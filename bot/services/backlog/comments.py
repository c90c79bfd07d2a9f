"""Comments between a request's thread and its issue, where they are switched on: each is carried once, to one side.

A row of `tracker_comments` says what was carried, and holds no words. Before a reply is sent to the tracker the row
is `sending`; one that stays so is looked for by its marker. What has a marker of Baton's is never carried back, and
neither is what bots wrote on either side. What is edited or deleted where it was written is so on the other side, too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.blocks.backlog import tracker_notes as notes
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import OPEN, RequestState
from bot.domain.backlog.tracker_issues import TRACKER_WORDS, comment
from bot.domain.secrets import redacted
from bot.domain.tracker import CommentDraft, TrackedComment
from bot.errors import (
    NotFoundError,
    SlackError,
    TrackerBusyError,
    TrackerError,
    TrackerRefusedError,
    TrackerUnreachableError,
    UserError,
    log_failure,
)
from bot.ports import Slack, Tracker
from bot.services import outbox
from bot.services.backlog import channels, threads
from bot.services.backlog._cards import card_key, tell_devops
from bot.services.backlog._issues import held
from bot.services.backlog.threads import ThreadWords
from bot.services.backlog.typed_answers import as_typed
from bot.services.deps import Deps
from bot.services.members import Members
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once

log = logging.getLogger(__name__)

_COMMENT, _ISSUE = tables.TrackerComment, tables.TrackerIssue
#: Threads that are read in one look, the longest unread first; and for how long a thread is one process's.
_MOST, _HELD = 50, timedelta(minutes=5)
#: What is older is not carried any more, and a thread whose request has ended is read for so long.
LATELY = timedelta(days=14)
#: The tracker's clock and ours may differ by this much.
_SKEW = timedelta(minutes=10)
#: GitHub wants a second between two things that are made.
_PACE_SECONDS = 1.0
_PAUSE_SECONDS = 60.0
#: How long a thread rests whose replies the tracker refuses, and how long one whose request has ended for good.
_REFUSED, _SELDOM = timedelta(hours=1), timedelta(days=1)
#: Slack's clock and ours may differ by this much: an edit in that time is carried, perhaps twice.
_EDIT_SKEW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Thread:
    """A request's thread and its issue. `known` are the comments that were carried, by their keys.

    Nothing from before `since` is carried, and nothing leaves the thread unless its words `may_copy`. `at` is when the
    thread was looked into.
    """

    request_id: int
    ref: str
    url: str
    marker: str
    at: datetime
    channel: str
    ts: str
    since: datetime
    may_copy: bool
    known: Mapping[str, tables.TrackerComment]


class Comments:
    """What carries comments between threads and one tracker. `pause` waits for some seconds."""

    def __init__(
        self,
        deps: Deps,
        snapshot: Snapshot,
        slack: Slack,
        members: Members,
        tracker: Tracker,
        *,
        bot_user_id: str = "",
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._deps, self._snapshot, self._slack, self._members = deps, snapshot, slack, members
        self._tracker, self._bot, self._pause = tracker, bot_user_id, pause
        self._shown = TRACKER_WORDS[tracker.name]
        self._not_before: datetime | None = None
        #: Until when the threads rest whose replies the tracker refuses.
        self._refused_until: dict[int, datetime] = {}

    async def send(self) -> None:
        """Carry what people have replied in threads to their issues, and take back what they have deleted."""
        now = self._deps.clock.now()
        if self._not_before is not None and now < self._not_before:
            return
        for request_id in await self._due(now):
            if self._refused_until.get(request_id, now) > now:
                continue
            try:
                thread = await self._thread(request_id, is_claimed=True)
                if thread is not None:
                    await self._send(thread)
            except (TrackerBusyError, TrackerUnreachableError) as error:
                self._not_before = now + timedelta(seconds=error.retry_after_seconds or _PAUSE_SECONDS)
                log.warning("comments wait: %s", error)
                return
            except TrackerRefusedError as error:
                await self._wait(request_id, error)
            except (TrackerError, UserError, SlackError) as error:
                log.warning("the comments of request %d wait: %s", request_id, type(error).__name__)
            except Exception as error:  # noqa: BLE001 - per request
                log_failure(log, error, "the comments of request %d could not be carried", request_id)

    async def take_in(self, request_id: int) -> None:
        """Post what people have written in an issue into its thread. Raises TrackerError."""
        thread = await self._thread(request_id)
        if thread is None or await self._tracker.is_public(thread.ref):
            return
        listed = [each async for each in self._tracker.comments(thread.ref, since=thread.since)]
        there = {each.id for each in listed}
        for each in sorted(listed, key=lambda its: its.at):
            if each.is_from_person and not _is_ours(thread, each) and each.at >= thread.since:
                await self._post(thread, each)
        for row in thread.known.values():
            is_listed = row.state == "taken" and row.sent_at is not None and row.sent_at >= thread.since
            if is_listed and row.comment_id not in there:
                await self._post_gone(thread, row)

    async def _due(self, now: datetime) -> list[int]:
        """Return the requests whose threads are to be read, the longest unread first."""
        request = tables.Request
        states = [each.value for each in (*OPEN, RequestState.DELIVERED)]
        carried = select(col(_COMMENT.request_id)).where(
            col(_COMMENT.request_id) == col(request.id), col(_COMMENT.state) == "made"
        )
        may_grow, read_at = (
            col(request.state).in_(states) | (col(request.state_at) >= now - LATELY),
            col(_ISSUE.thread_read_at),
        )
        # What was carried may still be deleted, but the threads of all requests that ever were would be too many.
        is_due = (may_grow & (read_at.is_(None) | (read_at <= now - _HELD))) | (
            carried.exists() & (read_at <= now - _SELDOM)
        )
        query = (
            select(col(_ISSUE.request_id))
            .join(request, col(request.id) == col(_ISSUE.request_id))
            .where(col(_ISSUE.state) == "made", col(_ISSUE.tracker) == self._tracker.name, is_due)
            .order_by(read_at.nulls_first())
            .limit(_MOST)
        )
        async with self._deps.database.reading() as session:
            return list((await session.execute(query)).scalars())

    async def _thread(self, request_id: int, *, is_claimed: bool = False) -> _Thread | None:
        """Return a request's thread with its issue; None where there is none of them, or people from outside read it.

        With `is_claimed` also where another process is at it.
        """
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            row, request = await held(session, request_id), await session.get(tables.Request, request_id)
            if row is None or request is None or row.state != "made" or request.is_private or not request.thread_ts:
                return None
            if is_claimed:
                if row.thread_read_at is not None and row.thread_read_at > now - _HELD:
                    return None
                row.thread_read_at = now
            if self._snapshot.is_shared(request.channel_id):
                return None
            row.comments_since = row.comments_since or now
            query = select(_COMMENT).where(col(_COMMENT.request_id) == request_id)
            known = {each.key: each for each in (await session.execute(query)).scalars()}
            since = max(row.comments_since, now - LATELY)
            its, place = (row.ref, row.url, row.marker), (request.channel_id, request.thread_ts)
            return _Thread(request_id, *its, now, *place, since, bool(request.copied), known)

    # From the thread to the issue

    async def _send(self, thread: _Thread) -> None:
        try:
            words = await threads.read(self._slack, self._members, thread.channel, thread.ts)
        except NotFoundError:
            words = ThreadWords(())
        for key, row in thread.known.items():
            ts = key.removeprefix("slack:")
            if row.state in ("made", "sending") and ts != key and ts not in words.there:
                await self._take_back(thread, row, f"{thread.marker}:{ts}")
        new = [each for each in words.messages if self._is_due(thread, each)] if thread.may_copy else []
        if not new or await self._tracker.is_public(thread.ref):
            return
        for message in new:
            await self._send_one(thread, message)

    def _is_due(self, thread: _Thread, message: Mapping[str, Any]) -> bool:
        """Whether a reply is to be carried, or was edited since; one that speaks to Baton is for nobody else."""
        ts, text = str(message["ts"]), str(message.get("text") or "")
        known = thread.known.get(f"slack:{ts}")
        if known is not None and known.state != "sending":
            edited_at = float((message.get("edited") or {}).get("ts") or 0)
            if known.state != "made" or known.sent_at is None:
                return False
            return edited_at > known.sent_at.timestamp() - _EDIT_SKEW_SECONDS
        is_for_baton = bool(self._bot) and f"<@{self._bot}" in text
        has_words = bool(text.strip() or _files(message))
        return ts != thread.ts and float(ts) > thread.since.timestamp() and has_words and not is_for_baton

    async def _send_one(self, thread: _Thread, message: Mapping[str, Any]) -> None:
        """Let a reply stand in the issue as it reads now."""
        ts = str(message["ts"])
        key, marker = f"slack:{ts}", f"{thread.marker}:{ts}"
        permalink = await self._slack.permalink(thread.channel, ts)
        text = as_typed(str(message.get("text") or ""), self._snapshot)
        draft = comment(await self._name_of(str(message["user"])), text, _files(message), marker, permalink)
        try:
            carried = await self._carried(thread, key, draft)
        except TrackerRefusedError as error:
            if error.is_for_all:
                raise
            log.warning("a comment of request %d is not taken: %s", thread.request_id, error)
            await self._note(thread, key, state="failed", sent_at=None)
            note = notes.comment_refused(thread.ref, thread.url, str(error), permalink)
            await self._tell(thread.request_id, f"comment_refused:{ts}", note)
            return
        await self._note(thread, key, state="made", **carried)
        await self._pause(_PACE_SECONDS)

    async def _carried(self, thread: _Thread, key: str, draft: CommentDraft) -> dict[str, Any]:
        """Write, find or edit a comment; return which it is, and when what it says was read. Raises TrackerError."""
        known = thread.known.get(key)
        if known is not None and known.state == "made":
            await self._tracker.edit_comment(thread.ref, known.comment_id, draft)
            return {"sent_at": thread.at}
        found = await self._found(thread, draft.marker, known.sent_at) if known is not None and known.sent_at else None
        if found is not None:
            return {"comment_id": found.id}
        return {"comment_id": (await self._made(thread, key, draft)).id, "sent_at": thread.at}

    async def _made(self, thread: _Thread, key: str, draft: CommentDraft) -> TrackedComment:
        """Write a comment. Raises TrackerError."""
        await self._note(thread, key, state="sending", sent_at=thread.at)
        try:
            return await self._tracker.comment(thread.ref, draft)
        except (TrackerBusyError, TrackerRefusedError):  # it is clear that nothing was made
            theirs = (col(_COMMENT.request_id) == thread.request_id) & (col(_COMMENT.key) == key)
            async with self._deps.database.transaction() as session:
                await session.execute(delete(_COMMENT).where(theirs))
            raise

    async def _found(self, thread: _Thread, marker: str, sent_at: datetime) -> TrackedComment | None:
        """Return the comment whose answer was lost."""
        async for each in self._tracker.comments(thread.ref, since=sent_at - _SKEW):
            if each.marker == marker:
                return each
        return None

    async def _take_back(self, thread: _Thread, row: tables.TrackerComment, marker: str) -> None:
        """Delete a comment whose message was deleted in Slack, if the tracker allows it."""
        found = await self._found(thread, marker, row.sent_at) if row.state == "sending" and row.sent_at else None
        comment_id = found.id if found is not None else row.comment_id
        try:
            if comment_id:
                await self._tracker.delete_comment(thread.ref, comment_id)
        except TrackerRefusedError as error:
            log.warning("a comment of request %d stays in %s: %s", thread.request_id, self._shown, error)
            await self._note(thread, row.key, state="kept")
            note = notes.comment_kept(thread.ref, thread.url, str(error))
            await self._tell(thread.request_id, f"comment_kept:{comment_id}", note)
            return
        await self._note(thread, row.key, state="gone")

    async def _name_of(self, slack_id: str) -> str:
        person = self._snapshot.person_by_slack_id(slack_id)
        return (person.name if person is not None else "") or (await self._slack.user(slack_id)).name

    async def _wait(self, request_id: int, error: TrackerRefusedError) -> None:
        """Let a thread rest whose replies the tracker refuses, and say so once to the DevOps team."""
        log.warning("the comments of request %d wait: %s", request_id, error)
        self._refused_until[request_id] = self._deps.clock.now() + _REFUSED
        async with self._deps.database.reading() as session:
            row = await session.get_one(_ISSUE, request_id)
        await self._tell(request_id, "comments_wait", notes.comments_wait(row.ref, row.url, str(error)))

    async def _tell(self, request_id: int, what: str, note: Rendered) -> None:
        async with self._deps.database.transaction() as session:
            at, key = self._deps.clock.now(), f"backlog.issue:{request_id}:{what}"
            await tell_devops(session, request_id, key=key, message=note, at=at)

    # From the issue to the thread

    async def _post(self, thread: _Thread, its: TrackedComment) -> None:
        """Post a comment below the card, or edit it there; where the card alone is wanted it stays in the tracker."""
        now, key = self._deps.clock.now(), f"{self._tracker.name}:{its.id}"
        message = notes.commented(self._shown, thread.ref, its.url, its.author, redacted(its.text))
        async with self._deps.database.transaction() as session:
            row = {"comment_id": its.id, "state": "taken", "sent_at": its.at}
            if not await add_once(session, _COMMENT, request_id=thread.request_id, key=key, **row):
                await outbox.revise(session, key=_post_key(thread, key), message=message, at=now)
                return
            shown = await outbox.destination(session, card_key(thread.request_id))
            is_in_thread = shown is not None and not shown.is_lost and shown.channel == thread.channel
            if not is_in_thread or await channels.with_card_alone(session, [thread.channel]):
                return
            await outbox.enqueue(
                session,
                key=_post_key(thread, key),
                channel=thread.channel,
                message=message,
                at=now,
                thread_ts=thread.ts,
            )

    async def _post_gone(self, thread: _Thread, row: tables.TrackerComment) -> None:
        """Let the thread no longer say what was deleted in the tracker."""
        message = notes.comment_gone(self._shown, thread.ref, thread.url)
        async with self._deps.database.transaction() as session:
            now = self._deps.clock.now()
            await outbox.revise(session, key=_post_key(thread, row.key), message=message, at=now)

    async def _note(self, thread: _Thread, key: str, **values: Any) -> None:
        theirs = (col(_COMMENT.request_id) == thread.request_id) & (col(_COMMENT.key) == key)
        async with self._deps.database.transaction() as session:
            await add_once(session, _COMMENT, request_id=thread.request_id, key=key, state="", comment_id="")
            await session.execute(update(_COMMENT).where(theirs).values(**values))


def _post_key(thread: _Thread, key: str) -> str:
    return f"backlog.comment:{thread.request_id}:{key}"


def _is_ours(thread: _Thread, its: TrackedComment) -> bool:
    """Whether Baton wrote a comment. People who copy one copy its marker as well, and theirs has another id."""
    row = thread.known.get(f"slack:{its.marker.rpartition(':')[2]}")
    return bool(its.marker) and (row is None or row.comment_id in ("", its.id))


def _files(message: Mapping[str, Any]) -> list[str]:
    """Return what somebody attached to a message, by name."""
    return [str(each.get("name") or each.get("title") or "a file") for each in message.get("files") or ()]
