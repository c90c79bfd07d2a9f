"""A tracker's issues as the store knows them: what becomes of a request when its issue is made, changed or deleted."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.backlog import tracker_notes as notes
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import ENDED, OPEN, RequestState, Step, may_take
from bot.domain.backlog.tracker_issues import TRACKER_WORDS, step_for
from bot.domain.tracker import IssueStatus, TrackedIssue
from bot.errors import log_failure
from bot.ports import Tracker
from bot.services import cards
from bot.services.backlog import _step_news, questions, steps
from bot.services.backlog._cards import NOBODY, TrackerAct, tell_devops
from bot.services.backlog._issue_notes import strike
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit

log = logging.getLogger(__name__)

#: The states in which an issue is read: what was deleted or moved out of sight may be back.
READABLE = ("made", "gone")


@dataclass(frozen=True, slots=True)
class Issues:
    """The issues of one tracker."""

    deps: Deps
    snapshot: Snapshot
    tracker: Tracker
    carries_comments: bool = False

    @property
    def shown(self) -> str:
        """What the tracker is called in messages."""
        return TRACKER_WORDS[self.tracker.name]

    async def note_made(self, request_id: int, issue: TrackedIssue) -> None:
        """Write down that a request has its issue, and say so to the DevOps team."""
        now = self.deps.clock.now()
        async with self.deps.database.transaction() as session:
            row = await held(session, request_id)
            if row is None or row.state == "made":
                return
            row.state, row.ref, row.url = "made", issue.ref, issue.url
            row.problem, row.sent_at, row.not_before = "", None, None
            row.read_at = row.followed_at = now
            row.comments_since = now if self.carries_comments else None
            await self._audit(session, request_id, "issue_made", now, ref=issue.ref)
            note = notes.issue_made(self.shown, issue.ref, issue.url)
            await self.tell(session, request_id, f"made:{issue.ref}", note, now)
        await self.take_over(request_id, issue)

    async def read_again(self, request_id: int) -> None:
        """Read one issue, and take over what it says, or that it is gone. Raises TrackerError."""
        async with self.deps.database.reading() as session:
            row = await session.get(tables.TrackerIssue, request_id)
        if row is None or row.state not in READABLE:
            return
        issue, now = await self.tracker.read(row.ref), self.deps.clock.now()
        if issue is not None:
            if row.state == "gone":
                await self._note_found(request_id, issue, now)
            await self.take_over(request_id, issue)
            return
        async with self.deps.database.transaction() as session:
            found = await held(session, request_id)
            if found is None or found.state != "made":
                return
            found.state, found.read_at = "gone", now
            await self._audit(session, request_id, "issue_gone", now, ref=row.ref)
            await self.tell(
                session,
                request_id,
                f"gone:{row.ref}:{int(now.timestamp())}",
                notes.issue_gone(self.shown, row.ref),
                now,
            )

    async def _note_found(self, request_id: int, issue: TrackedIssue, now: datetime) -> None:
        """Follow an issue again that could not be read for a while."""
        async with self.deps.database.transaction() as session:
            row = await held(session, request_id)
            if row is None or row.state != "gone":
                return
            row.state, row.followed_at = "made", now
            await self._audit(session, request_id, "issue_found", now, ref=issue.ref)
            note = notes.issue_found(self.shown, issue.ref, issue.url)
            await self.tell(session, request_id, f"found:{issue.ref}:{int(now.timestamp())}", note, now)

    async def take_over(self, request_id: int, issue: TrackedIssue) -> None:
        """Take an issue's status over; what goes wrong is logged, so that the next issue has its turn."""
        try:
            await self._apply(request_id, issue)
        except Exception as error:  # noqa: BLE001 - the next issue has its turn
            log_failure(log, error, "what %s says of request %d could not be taken over", self.shown, request_id)

    async def _apply(self, request_id: int, issue: TrackedIssue) -> None:
        """Take the step that a change of status is. A word that is older than what is known changes nothing."""
        act = TrackerAct(self.deps, self.snapshot, request_id, NOBODY, tracker=self.tracker.name)
        async with cards.acting(act, None):
            row = await held(act.session, request_id)
            if row is None or row.state != "made" or (row.changed_at is not None and issue.changed_at < row.changed_at):
                return
            before = IssueStatus(row.status)
            row.status, row.changed_at, row.read_at = issue.status.value, issue.changed_at, act.now
            row.ref, row.url = issue.ref, issue.url  # an issue that was moved has another
            step, note = step_for(before, issue.status), None
            if before is not issue.status:
                await strike(act, row, asked_to_close=issue.status is not IssueStatus.OPEN)
            if act.card.state in ENDED:
                note = await self._of_ended(act, step, issue)
            elif step is not None and may_take(step, act.card.standing, now=act.now):
                words, link = (f"Closed in {self.shown}.", issue.url) if step is Step.DELIVER else ("", "")
                await steps.carry_out(act, step, words=words, link=link)
                if step is Step.RESUME:
                    note = notes.issue_reopened(self.shown, issue.ref, issue.url, RequestState.IN_PROGRESS)
                    await _step_news.tell_resumed(act, self.shown)
            elif issue.status is IssueStatus.DROPPED and before is not issue.status and act.card.state in OPEN:
                note = notes.issue_dropped(self.shown, issue.ref, issue.url, request_id)
            if note is not None:
                key = f"{issue.status}:{int(issue.changed_at.timestamp())}"
                await self.tell(act.session, request_id, key, note, act.now)

    async def _of_ended(self, act: TrackerAct, step: Step | None, issue: TrackedIssue) -> Rendered | None:
        """Ask those whose request has ended whether to reopen it when its issue was opened again: no tracker does.

        Of a part of one that goes on nobody is asked. Once the issue is closed again nothing is asked any more. Returns
        what the DevOps team reads.
        """
        if step is Step.RESUME:
            if act.card.whole is not None and act.card.whole.state not in ENDED:
                return notes.issue_of_part(self.shown, issue.ref, issue.url, act.card)
            await _step_news.ask_again(act, self.shown)
            return notes.issue_reopened(self.shown, issue.ref, issue.url, (act.card.whole or act.card).state)
        if issue.status is not IssueStatus.OPEN:
            await questions.settle(act, asked=[Step.RESUME])
        return None

    async def tell(self, session: AsyncSession, request_id: int, what: str, message: Rendered, at: datetime) -> None:
        """Say something about an issue to the DevOps team, once for each `what`."""
        await tell_devops(session, request_id, key=f"backlog.issue:{request_id}:{what}", message=message, at=at)

    async def _audit(self, session: AsyncSession, request_id: int, action: str, at: datetime, **detail: Any) -> None:
        await audit(session, at, f"tracker:{self.tracker.name}", f"backlog.{action}", f"request:{request_id}", detail)


async def held(session: AsyncSession, request_id: int) -> tables.TrackerIssue | None:
    """Return the row of a request's issue, held until the transaction ends; None when there is none."""
    table = tables.TrackerIssue
    statement = select(table).where(col(table.request_id) == request_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()
