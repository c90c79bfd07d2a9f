"""Requests as issues in a tracker: made once, and their status taken back.

A row of `tracker_issues` is the outbox of its issue: `wanted` -> `made`, and `gone` once somebody deletes it there.
It is `failed` while the tracker does not take it, and is tried again every day. Nothing in Slack waits for a tracker.

Before an issue is sent the row says so (`sent_at`), and an answer takes that back. A row that still says so may have
its issue: it is looked for by its marker before it is sent again.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import col

from bot.blocks.backlog import tracker_notes as notes
from bot.blocks.text import Rendered
from bot.domain.backlog.new_request import thread_of
from bot.domain.backlog.requests import OPEN, RequestCard, RequestState
from bot.domain.backlog.tracker_issues import draft
from bot.domain.encodings import read_json
from bot.domain.names import storable
from bot.domain.tracker import IssueStatus, TrackedIssue
from bot.errors import (
    SlackError,
    SlackRateLimitedError,
    SlackUnreachableError,
    TrackerBusyError,
    TrackerError,
    TrackerRefusedError,
    log_failure,
)
from bot.ports import Slack, Tracker
from bot.services.background import Background
from bot.services.backlog._issues import READABLE, Issues, held
from bot.services.backlog._loaded import loaded
from bot.services.backlog.comments import LATELY, Comments
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once

log = logging.getLogger(__name__)

_UNMADE = ("wanted", "failed")
_UNDER_WAY = (RequestState.ACCEPTED.value, RequestState.IN_PROGRESS.value)
#: GitHub wants a second between two things that are made.
PACE_SECONDS = 1.0
#: For how long a row is one process's: longer than all calls for it may take together.
_HELD = timedelta(minutes=5)
#: After a failure that may pass: doubled each time, up to the longest. After a refusal of everything: the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=1)
#: After a refusal of one issue: somebody may have put it right.
_NEXT_DAY = timedelta(days=1)
#: The tracker's clock and ours may differ by this much.
_SKEW = timedelta(minutes=10)
#: How often an issue is read itself, because what is deleted is in no list of changes; and how many in one run.
_READ_EVERY, _MOST_READ = timedelta(hours=24), 100
_DELIVERIES_KEPT = timedelta(days=7)
_LONGEST_DELIVERY_ID = 200

_ISSUE = tables.TrackerIssue


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An issue that is to be made; `sent_at` is when it was sent without a clear answer.

    `channel_id` is where the words of its request come from, whether the request has a card there or not.
    """

    card: RequestCard
    marker: str
    channel_id: str
    sent_at: datetime | None
    is_under_way: bool
    attempts: int


class Trackers:
    """The tracker of this process. `comments` carries comments, where that is on; `pause` waits for some seconds."""

    def __init__(
        self,
        deps: Deps,
        snapshot: Snapshot,
        slack: Slack,
        tracker: Tracker,
        *,
        comments: Comments | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._deps, self._snapshot, self._slack, self.tracker = deps, snapshot, slack, tracker
        self.comments = comments
        self._pause = pause
        self._sending = asyncio.Lock()
        #: Until when the tracker wants to be left alone, and until when all wait because it refused everything.
        self._rests_until: datetime | None = None
        self._refused_until: datetime | None = None
        self._issues = Issues(deps, snapshot, tracker, carries_comments=comments is not None)
        self._shown = self._issues.shown

    async def send(self) -> None:
        """Make the issues that are due, one a second, until the tracker has had enough or cannot be reached."""
        async with self._sending:
            await self._want()
            if self._rests_until is not None and self._deps.clock.now() < self._rests_until:
                return
            for request_id in await self._due():
                try:
                    if not await self._send(request_id):
                        return
                except Exception as error:  # noqa: BLE001 - one issue stops no other
                    log_failure(log, error, "the issue of request %d could not be made; it is tried again", request_id)

    async def _want(self) -> None:
        """Note for each accepted request that an issue is wanted; a private one has none."""
        request = tables.Request
        has_issue = select(col(_ISSUE.request_id)).where(col(_ISSUE.request_id) == col(request.id)).exists()
        wanting = select(col(request.id)).where(
            col(request.state).in_(_UNDER_WAY), col(request.is_private).is_(False), ~has_issue
        )
        async with self._deps.database.reading() as session:
            ids = list((await session.execute(wanting)).scalars())
        if not ids:
            return
        async with self._deps.database.transaction() as session:
            for request_id in ids:
                row = _ISSUE(
                    request_id=request_id,
                    tracker=self.tracker.name,
                    marker=f"baton-{secrets.token_hex(16)}",
                    state="wanted",
                    status=IssueStatus.OPEN.value,
                )
                await add_once(session, _ISSUE, **row.model_dump())

    async def _due(self) -> list[int]:
        now = self._deps.clock.now()
        request = tables.Request
        due = (
            select(col(_ISSUE.request_id))
            .join(request, col(request.id) == col(_ISSUE.request_id))
            .where(col(_ISSUE.tracker) == self.tracker.name, col(_ISSUE.state).in_(_UNMADE))
            .where(col(_ISSUE.not_before).is_(None) | (col(_ISSUE.not_before) <= now))
            .where(col(request.state).in_(_UNDER_WAY) | col(_ISSUE.sent_at).is_not(None))
        )
        async with self._deps.database.reading() as session:
            return list((await session.execute(due.order_by(col(_ISSUE.request_id)))).scalars())

    async def _send(self, request_id: int) -> bool:
        """Make one issue; return False where the others have to wait, too."""
        wanted = await self._claim(request_id)
        if wanted is None:
            return True
        try:
            issue = await self._made(wanted)
        except (SlackUnreachableError, SlackRateLimitedError) as error:
            await self._put_off(wanted, f"Slack cannot be asked ({error}).", _FIRST_PAUSE)
            return True
        except TrackerError as error:
            return await self._fail(wanted, error)
        if issue is not None:
            await self._issues.note_made(wanted.card.id, issue)
            await self._let_all_go()
            await self._pause(PACE_SECONDS)
        return True

    async def _claim(self, request_id: int) -> _Wanted | None:
        """Hold a row for a while; None when it is another process's, or no longer wanted."""
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            row = await held(session, request_id)
            request = await session.get(tables.Request, request_id)
            if row is None or request is None or row.state not in _UNMADE or (row.not_before or now) > now:
                return None
            is_under_way = request.state in _UNDER_WAY
            if not is_under_way and row.sent_at is None:
                return None  # it is done or declined; should it be opened again, the issue is made then
            row.not_before, row.attempts = now + _HELD, row.attempts + 1
            card = await loaded(session, self._snapshot, request, now=now)
            channel_id = request.channel_id or thread_of(request.source_key)[0]
            return _Wanted(card, row.marker, channel_id, row.sent_at, is_under_way, row.attempts)

    async def _made(self, wanted: _Wanted) -> TrackedIssue | None:
        """Return the issue, found or made; None when none is wanted any more."""
        if wanted.sent_at is not None:
            found = await self.tracker.find(wanted.marker, since=wanted.sent_at - _SKEW)
            if found is not None:
                return found
            await self._change(wanted.card.id, sent_at=None)
        if not wanted.is_under_way:
            return None
        is_public = await self.tracker.is_public()
        is_private_channel = bool(wanted.channel_id) and not await self._is_open(wanted.channel_id)
        its = draft(
            await self._without_private_words(wanted.card),
            wanted.marker,
            is_public=is_public,
            is_from_private_channel=is_private_channel,
            as_of=self._deps.clock.now().date(),
        )
        if its is None:
            return None
        await self._change(wanted.card.id, sent_at=self._deps.clock.now())
        try:
            return await self.tracker.create(its)
        except (TrackerBusyError, TrackerRefusedError):
            await self._change(wanted.card.id, sent_at=None)  # it is clear that nothing was made
            raise

    async def _without_private_words(self, card: RequestCard) -> RequestCard:
        """Return a request without what teams asked for where not everybody can read it who have joined it."""
        asked = [
            each
            for each in card.asked_too
            if not each.is_private
            and each.channel_id is not None
            and (not each.channel_id or await self._is_open(each.channel_id))
        ]
        return replace(card, asked_too=tuple(asked))

    async def _is_open(self, channel_id: str) -> bool:
        """Whether everybody in the workspace can read a channel; one of which Slack does not tell counts as private."""
        try:
            return await self._slack.is_public_channel(channel_id)
        except (SlackUnreachableError, SlackRateLimitedError):
            raise
        except SlackError:
            return False

    async def _fail(self, wanted: _Wanted, error: TrackerError) -> bool:
        """Note why there is no issue yet; return whether the others may be tried."""
        problem = str(error)
        log.warning("the issue of request %d could not be made: %s", wanted.card.id, problem)
        if isinstance(error, TrackerBusyError):
            pause = timedelta(seconds=error.retry_after_seconds or 60.0)
            self._rests_until = await self._put_off(wanted, problem, pause, is_for_all=True)
            return False
        if not isinstance(error, TrackerRefusedError):
            pause = min(_FIRST_PAUSE * 2 ** min(wanted.attempts - 1, 10), _LONGEST_PAUSE)
            asked = timedelta(seconds=error.retry_after_seconds or 0.0)
            note = notes.issue_delayed(self._shown, problem) if pause == _LONGEST_PAUSE else None
            await self._put_off(wanted, problem, max(pause, asked), note=note)
            return False
        if error.is_for_all:
            note = notes.issue_delayed(self._shown, problem)
            self._refused_until = await self._put_off(wanted, problem, _LONGEST_PAUSE, is_for_all=True, note=note)
            return False
        if error.objections:
            problem = f"{problem.rstrip('.')}: {error.objections.rstrip('.')}."
        note = notes.issue_refused(self._shown, problem)
        await self._put_off(wanted, problem, _NEXT_DAY, note=note, state="failed")
        await self._pause(PACE_SECONDS)
        return True

    async def _put_off(
        self,
        wanted: _Wanted,
        problem: str,
        pause: timedelta,
        *,
        is_for_all: bool = False,
        note: Rendered | None = None,
        state: str = "wanted",
    ) -> datetime:
        """Let a row wait, or with `is_for_all` all that are wanted; say why to the DevOps team, once.

        Returns until when.
        """
        now, request_id = self._deps.clock.now(), wanted.card.id
        until, theirs = now + pause, col(_ISSUE.not_before)
        its = update(_ISSUE).where(col(_ISSUE.request_id) == request_id)
        async with self._deps.database.transaction() as session:
            await session.execute(its.values(not_before=until, problem=problem, state=state))
            if is_for_all:
                others = update(_ISSUE).where(col(_ISSUE.state).in_(_UNMADE), col(_ISSUE.tracker) == self.tracker.name)
                await session.execute(others.where(theirs.is_(None) | (theirs < until)).values(not_before=until))
            if note is not None:
                await self._issues.tell(session, request_id, f"problem:{state}", note, now)
        return until

    async def _let_all_go(self) -> None:
        """Let what waits because everything was refused have its turn: the tracker takes issues again."""
        if self._refused_until is None:
            return
        waiting = (col(_ISSUE.tracker) == self.tracker.name) & (col(_ISSUE.not_before) == self._refused_until)
        async with self._deps.database.transaction() as session:
            await session.execute(update(_ISSUE).where(waiting).values(not_before=None))
        self._refused_until = None

    async def reconcile(self) -> None:
        """Take back what has changed in the tracker since it was last asked, and look for what was deleted there."""
        now = self._deps.clock.now()
        async with self._deps.database.transaction() as session:
            old = now - _DELIVERIES_KEPT
            await session.execute(delete(tables.TrackerDelivery).where(col(tables.TrackerDelivery.at) < old))
        try:
            await self._follow(now)
            for request_id in await self._unread(now):
                await self._change(request_id, read_at=now)  # first, so that one that cannot be read lets others follow
                await self._issues.read_again(request_id)
        except TrackerError as error:
            log.warning("what has changed in %s is asked again in an hour: %s", self._shown, error)

    async def _follow(self, now: datetime) -> None:
        """Take over what has changed since the tracker was last asked. Raises TrackerError."""
        made = await self._rows_made()
        if not made:
            return
        by_ref = {row.ref: row.request_id for row in made}
        ids = set(by_ref.values())
        async for issue in self.tracker.changed_since(min(row.followed_at or now for row in made) - _SKEW):
            if issue.ref in by_ref:
                await self._issues.take_over(by_ref[issue.ref], issue)
                if not await self._take_comments_in(by_ref[issue.ref]):
                    ids.discard(by_ref[issue.ref])
        lately = col(_ISSUE.request_id).in_(ids) | (col(_ISSUE.followed_at) < now - LATELY)
        async with self._deps.database.transaction() as session:
            await session.execute(update(_ISSUE).where(lately, _is_made(self.tracker)).values(followed_at=now))

    async def _rows_made(self) -> list[tables.TrackerIssue]:
        """Return the issues there are."""
        made = select(_ISSUE).where(_is_made(self.tracker))
        async with self._deps.database.reading() as session:
            return list((await session.execute(made)).scalars())

    async def _unread(self, now: datetime) -> list[int]:
        """Return the open requests whose issues have to be read themselves again, the longest unread first."""
        request = tables.Request
        unread = (
            select(col(_ISSUE.request_id))
            .join(request, col(request.id) == col(_ISSUE.request_id))
            .where(col(_ISSUE.state).in_(READABLE), col(_ISSUE.tracker) == self.tracker.name)
            .where(col(_ISSUE.read_at) <= now - _READ_EVERY, col(request.state).in_([each.value for each in OPEN]))
            .order_by(col(_ISSUE.read_at))
            .limit(_MOST_READ)
        )
        async with self._deps.database.reading() as session:
            return list((await session.execute(unread)).scalars())

    async def hear(self, headers: Mapping[str, str], body: bytes, background: Background) -> int:
        """Take a webhook in and return the HTTP status for it. It is a hint: the issue is read behind the answer.

        401 for a wrong signature, 400 for what is not JSON or not of the tracker's shape; 200 for everything else,
        whether it concerns a request or not, and however often it comes.
        """
        secret, given = self.tracker.webhook_secret, headers.get(self.tracker.signature_header, "")
        signature = hmac.new(secret.encode(), body, sha256).hexdigest()
        if not secret or not hmac.compare_digest(f"sha256={signature}".encode(), given.encode(errors="replace")):
            return 401
        try:
            ref = self.tracker.named_in(read_json(body))
        except (ValueError, AttributeError, TypeError):
            return 400
        async with self._deps.database.transaction() as session:
            named = select(col(_ISSUE.request_id)).where(col(_ISSUE.ref) == ref, col(_ISSUE.state).in_(READABLE))
            request_id = (await session.execute(named)).scalars().first() if ref else None
            if request_id is None:
                return 200
            delivery = storable(headers.get(self.tracker.delivery_header, ""))[:_LONGEST_DELIVERY_ID] or signature
            key, now = f"{self.tracker.name}:{delivery}", self._deps.clock.now()
            is_new = await add_once(session, tables.TrackerDelivery, key=key, at=now)
        if is_new:
            background.start(self._read_logged(request_id), what="a tracker's webhook", is_optional=True)
        return 200

    async def _read_logged(self, request_id: int) -> None:
        try:
            await self._issues.read_again(request_id)
        except TrackerError as error:
            log.warning("the issue of request %d could not be read; the next hour's look will: %s", request_id, error)
        await self._take_comments_in(request_id)

    async def _take_comments_in(self, request_id: int) -> bool:
        """Take the comments of one issue in; return False where they have to be asked for again."""
        try:
            if self.comments is not None:
                await self.comments.take_in(request_id)
        except TrackerError as error:
            log.warning("the comments on request %d are asked for again in an hour: %s", request_id, error)
            return False
        return True

    async def _change(self, request_id: int, **changes: Any) -> None:
        async with self._deps.database.transaction() as session:
            await session.execute(update(_ISSUE).where(col(_ISSUE.request_id) == request_id).values(**changes))


def _is_made(tracker: Tracker) -> ColumnElement[bool]:
    return (col(_ISSUE.state) == "made") & (col(_ISSUE.tracker) == tracker.name)
