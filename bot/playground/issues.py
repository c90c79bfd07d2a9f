"""The playground's own tracker, shown as GitHub: issues in memory, each with a page to close and reopen it."""

# ruff: noqa: ARG002 - a tracker is asked for more than one in memory needs to know

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Any

import aiohttp
import orjson
from sqlalchemy import select
from sqlmodel import col

from bot.domain.backlog.tracker_issues import TRACKER_WORDS
from bot.domain.tracker import CommentDraft, IssueDraft, IssueStatus, TrackedComment, TrackedIssue
from bot.playground.records import Json, PlaygroundError
from bot.ports import Clock
from bot.store import tables
from bot.store.db import Database

_REPOSITORY = "playground/issues"
_STANDS: Mapping[IssueStatus, str] = {
    IssueStatus.OPEN: "Open",
    IssueStatus.DONE: "Closed as completed",
    IssueStatus.DROPPED: "Closed as not planned",
}
#: The possible changes to an issue's status, and the buttons for them.
_CHANGES: Mapping[IssueStatus, tuple[tuple[IssueStatus, str], ...]] = {
    IssueStatus.OPEN: ((IssueStatus.DONE, "Close as completed"), (IssueStatus.DROPPED, "Close as not planned")),
    IssueStatus.DONE: ((IssueStatus.OPEN, "Reopen"),),
    IssueStatus.DROPPED: ((IssueStatus.OPEN, "Reopen"),),
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title} · {ref}</title>
  <link rel="icon" href="/play/static/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/play/static/theme.css">
  <link rel="stylesheet" href="/play/static/issue.css">
  <script type="module" src="/play/static/issue.js"></script>
</head>
<body>
  <main>
    <p>The simulated {tracker} · {ref}</p>
    <h1>{title}</h1>
    <p role="status"><strong>{stands}</strong></p>
    <pre>{text}</pre>
    {comments}
    <p>{buttons}</p>
    <p>Baton hears of what you do here by a signed webhook, and then reads the issue.
      What comes of it stands in the thread of the request: <a href="/">back to the workspace</a>.</p>
    <p role="alert" id="trouble"></p>
  </main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An issue with its content."""

    number: int
    draft: IssueDraft
    status: IssueStatus
    changed_at: datetime
    comments: tuple[TrackedComment, ...] = ()


class PlaygroundIssues:
    """Implements `bot.ports.Tracker`. `site` is the playground's address, below which the issues have their pages."""

    name, signature_header, delivery_header = "github", "X-Hub-Signature-256", "X-GitHub-Delivery"

    def __init__(self, clock: Clock, *, site: str, webhook_secret: str, has_comments: bool) -> None:
        self._clock, self._site, self.has_comments = clock, site, has_comments
        self.webhook_secret = webhook_secret
        self.webhook_url = ""
        self._issues: dict[int, _Kept] = {}

    async def remember(self, database: Database) -> None:
        """Restore the issues that were created before the playground was restarted."""
        issue, request = tables.TrackerIssue, tables.Request
        query = select(issue, col(request.title)).join(request, col(request.id) == col(issue.request_id))
        async with database.reading() as session:
            for row, title in (await session.execute(query.where(col(issue.state) == "made"))).all():
                number = int(row.ref.rpartition("#")[2])
                at = row.changed_at or self._clock.now()
                self._issues[number] = _Kept(number, IssueDraft(row.marker, title), IssueStatus(row.status), at)

    async def create(self, draft: IssueDraft) -> TrackedIssue:
        """Create an issue."""
        made = _Kept(max(self._issues, default=0) + 1, draft, IssueStatus.OPEN, self._clock.now())
        self._issues[made.number] = made
        return self._shown(made)

    async def find(self, marker: str, *, since: datetime) -> TrackedIssue | None:
        """Return the issue with this marker."""
        return next((self._shown(each) for each in self._issues.values() if each.draft.marker == marker), None)

    async def read(self, ref: str) -> TrackedIssue | None:
        """Return an issue."""
        found = self._issues.get(int(ref.rpartition("#")[2]))
        return None if found is None else self._shown(found)

    async def is_public(self, ref: str = "") -> bool:
        """Whether others can read the issues: no, the visitor is alone here."""
        return False

    async def changed_since(self, since: datetime) -> AsyncIterator[TrackedIssue]:
        """Yield the issues that changed since then."""
        for each in sorted(self._issues.values(), key=lambda its: its.changed_at):
            if each.changed_at >= since:
                yield self._shown(each)

    def named_in(self, payload: Any) -> str:
        """Return the ref of the issue in a payload."""
        return str(payload["issue"])

    async def comment(self, ref: str, draft: CommentDraft) -> TrackedComment:
        """Comment on an issue."""
        kept = self._issues[int(ref.rpartition("#")[2])]
        return self._commented(kept, "Baton", "\n".join(draft.lines), marker=draft.marker)

    async def edit_comment(self, ref: str, comment_id: str, draft: CommentDraft) -> None:
        """Replace a comment's text."""
        self._rewrite(ref, lambda its: replace(its, text="\n".join(draft.lines)) if its.id == comment_id else its)

    async def comments(self, ref: str, *, since: datetime) -> AsyncIterator[TrackedComment]:
        """Yield the comments of an issue."""
        for each in self._issues[int(ref.rpartition("#")[2])].comments:
            yield each

    async def delete_comment(self, ref: str, comment_id: str) -> None:
        """Delete a comment."""
        self._rewrite(ref, lambda its: None if its.id == comment_id else its)

    def _rewrite(self, ref: str, new: Callable[[TrackedComment], TrackedComment | None]) -> None:
        kept = self._issues[int(ref.rpartition("#")[2])]
        self._issues[kept.number] = replace(kept, comments=tuple(filter(None, map(new, kept.comments))))

    def _commented(self, kept: _Kept, author: str, text: str, *, marker: str = "") -> TrackedComment:
        now, number = self._clock.now(), f"{kept.number}-{len(kept.comments) + 1}"
        made = TrackedComment(number, author, text, self._address(kept.number), now, marker=marker)
        self._issues[kept.number] = replace(kept, comments=(*kept.comments, made), changed_at=now)
        return made

    async def act(self, body: Json) -> None:
        """Carry out somebody's action on an issue's page, and tell Baton as GitHub does. Raises PlaygroundError."""
        kept, said = self._issues.get(body.get("number", 0)), str(body.get("comment") or "").strip()
        wanted = next((each for each in IssueStatus if each.value == body.get("status")), None)
        if kept is None or (wanted is None and not said):
            raise PlaygroundError("There is no such issue, or nothing to do with it: reload the page.")
        if wanted is not None:
            self._issues[kept.number] = replace(kept, status=wanted, changed_at=self._clock.now())
        else:
            self._commented(kept, "you", said)
        sent = orjson.dumps({"issue": self._shown(kept).ref})
        signature = hmac.new(self.webhook_secret.encode(), sent, sha256).hexdigest()
        headers = {self.signature_header: f"sha256={signature}", self.delivery_header: self._clock.now().isoformat()}
        async with aiohttp.ClientSession() as session, session.post(self.webhook_url, data=sent, headers=headers):
            pass

    def page(self, number: int) -> str | None:
        """Return the page of an issue; None if there is none."""
        kept = self._issues.get(number)
        if kept is None:
            return None
        draft, buttons = kept.draft, _CHANGES[kept.status]
        said = "".join(f"<h2>{escape(each.author)}</h2><pre>{escape(each.text)}</pre>" for each in kept.comments)
        box = '<p><label>Comment <textarea id="comment" rows="3"></textarea></label></p>' if self.has_comments else ""
        shown = [f'<button class="button" data-status="{each.value}">{word}</button>' for each, word in buttons]
        if box:
            shown.append('<button class="button" data-status="">Comment</button>')
        return _PAGE.format(
            title=escape(draft.title),
            ref=self._shown(kept).ref,
            tracker=TRACKER_WORDS[self.name],
            stands=_STANDS[kept.status],
            text=escape("\n".join(draft.lines)),
            comments=said + box,
            buttons=" ".join(shown),
        )

    def _shown(self, kept: _Kept) -> TrackedIssue:
        return TrackedIssue(f"{_REPOSITORY}#{kept.number}", self._address(kept.number), kept.status, kept.changed_at)

    def _address(self, number: int) -> str:
        return f"{self._site}/issues/{number}"
