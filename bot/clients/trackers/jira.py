"""Jira Cloud's REST API: https://developer.atlassian.com/cloud/jira/platform/rest/v3/"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson

from bot import __version__
from bot.clients.trackers._answers import TIMEOUT, error_for, moment, translated
from bot.domain.encodings import read_json
from bot.domain.tracker import CommentDraft, IssueDraft, IssueStatus, TrackedComment, TrackedIssue
from bot.errors import TrackerError
from bot.ports import Clock

log = logging.getLogger(__name__)

_SHOWN = "Jira"
#: Baton's marker at the end of the link in a comment.
_MARKER = re.compile(r"#(baton-[0-9a-f]+:[0-9.]+)\"")
#: https://support.atlassian.com/jira-cloud-administration/docs/manage-project-keys/
_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,18}", re.ASCII)
#: ADF nodes that end a line, and those that stand for a file.
_LINES = frozenset({"paragraph", "heading", "codeBlock", "hardBreak", "rule"})
_FILES = frozenset({"media", "mediaInline"})
_FIELDS = ["status", "resolution", "updated"]
#: The time of change of an issue that could not be read yet: earlier than all later readings.
_UNREAD = datetime.fromtimestamp(0, UTC)
#: The resolutions in every Jira site for issues that are closed without being done.
_DROPPED = frozenset({"won't do", "won't fix", "duplicate", "cannot reproduce", "declined"})


class JiraTracker:
    """A project's issues. Implements `bot.ports.Tracker`. The marker is a label, which the search finds exactly."""

    name, signature_header, delivery_header = "jira", "X-Hub-Signature", "X-Atlassian-Webhook-Identifier"

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        site: str,
        project: str,
        issue_type: str,
        auth: str,
        webhook_secret: str,
        clock: Clock,
    ) -> None:
        self._session, self._auth, self._clock = session, auth, clock
        self.webhook_secret = webhook_secret
        self._site, self._project, self._issue_type = site.rstrip("/"), project, issue_type

    async def create(self, draft: IssueDraft) -> TrackedIssue:
        """Create an issue with a link to the request."""
        fields = {
            "project": {"key": self._project},
            "issuetype": {"name": self._issue_type},
            "summary": draft.title,
            "description": description(draft),
            "labels": [draft.marker],
        }
        with translated(_SHOWN):
            key = _key(await self._ask("POST", "/issue", {"fields": fields}))
            if draft.permalink:
                await self._link(key, draft)
            try:
                return self._issue(await self._ask("GET", f"/issue/{key}?fields={','.join(_FIELDS)}"))
            except TrackerError as error:
                log.warning("%s was made, and could not be read: %s", key, error)
                return TrackedIssue(key, self._address(key), IssueStatus.OPEN, _UNREAD)

    async def find(self, marker: str, *, since: datetime) -> TrackedIssue | None:  # noqa: ARG002 - a label is unique
        """Return the issue with this marker, or None."""
        found = [each async for each in self._search(f'project = "{self._project}" AND labels = "{marker}"')]
        return found[0] if found else None

    async def read(self, ref: str) -> TrackedIssue | None:
        """Return an issue; None if it was deleted."""
        with translated(_SHOWN):
            found = await self._ask("GET", f"/issue/{ref}?fields={','.join(_FIELDS)}", is_optional=True)
            if found is None:
                await self._ask("GET", f"/project/{self._project}")  # raises if it is the project that cannot be seen
                return None
            return self._issue(found)

    async def is_public(self, ref: str = "") -> bool:
        """Whether the project is visible without signing in.

        With `ref`, this is checked for the project that the issue is in now.
        """
        with translated(_SHOWN):
            url = f"{self._site}/rest/api/3/project/{ref.rpartition('-')[0] or self._project}"
            async with self._session.get(url) as response:
                if response.status in (401, 403, 404):
                    return False
                if response.status != 200:
                    raise error_for(_SHOWN, response.status, response.headers)
                return True

    async def changed_since(self, since: datetime) -> AsyncIterator[TrackedIssue]:
        """Yield the issues that changed since then.

        The query uses minutes back, which are the same in every time zone.
        """
        minutes = max(1, math.ceil((self._clock.now() - since).total_seconds() / 60))
        changed = f'project = "{self._project}" AND updated >= "-{minutes}m" ORDER BY updated ASC'
        async for each in self._search(changed):
            yield each

    async def comment(self, ref: str, draft: CommentDraft) -> TrackedComment:
        """Comment on an issue."""
        with translated(_SHOWN):
            return self._comment(ref, await self._ask("POST", f"/issue/{ref}/comment", _commented(draft)))

    async def edit_comment(self, ref: str, comment_id: str, draft: CommentDraft) -> None:
        """Replace a comment's text."""
        with translated(_SHOWN):
            await self._ask("PUT", f"/issue/{ref}/comment/{comment_id}", _commented(draft), is_optional=True)

    async def comments(self, ref: str, *, since: datetime) -> AsyncIterator[TrackedComment]:
        """Yield the comments of an issue since then, newest first, without internal ones and those for some roles."""
        start = 0
        while True:
            with translated(_SHOWN):
                asked = f"/issue/{ref}/comment?orderBy=-created&maxResults=100&startAt={start}"
                page = await self._ask("GET", asked)
                listed, total = page["comments"], int(page["total"])
                is_for_all = [not each.get("visibility") and each.get("jsdPublic") is not False for each in listed]
                found = [self._comment(ref, each) for each in listed]
            for each, is_shown in zip(found, is_for_all, strict=True):
                if each.at < since:
                    return
                if is_shown:
                    yield each
            start += len(found)
            if not found or start >= total:
                return

    async def delete_comment(self, ref: str, comment_id: str) -> None:
        """Delete a comment."""
        with translated(_SHOWN):
            await self._ask("DELETE", f"/issue/{ref}/comment/{comment_id}", is_optional=True)

    def named_in(self, payload: Any) -> str:
        """Return the key of the issue in a payload; for an issue that was just moved the old key, which is known here.

        Jira finds an issue by its old keys as well, so reading it returns the new one.
        """
        if not isinstance(payload, dict):
            return ""
        changes = (payload.get("changelog") or {}).get("items") or ()
        old = [each.get("fromString") for each in changes if each.get("field") == "Key"]
        key = old[0] if old else payload.get("issue", {}).get("key")
        return key if isinstance(key, str) and _KEY.fullmatch(key) else ""

    async def _search(self, query: str) -> AsyncIterator[TrackedIssue]:
        """Yield the results of a query, page by page."""
        token = ""
        while True:
            asked: dict[str, Any] = {"jql": query, "fields": _FIELDS, "maxResults": 100}
            with translated(_SHOWN):
                page = await self._ask("POST", "/search/jql", asked | ({"nextPageToken": token} if token else {}))
                found = [self._issue(each) for each in page["issues"]]
                last, token = token, page.get("nextPageToken") or ""
            for each in found:
                yield each
            if not token or token == last:  # a page that points to itself would never end
                return

    async def _link(self, key: str, draft: IssueDraft) -> None:
        """Add a link to the request. The description has it too, so a failure is only logged."""
        asked = {"globalId": draft.marker, "object": {"url": draft.permalink, "title": "The request in Slack"}}
        try:
            await self._ask("POST", f"/issue/{key}/remotelink", asked)
        except TrackerError as error:
            log.warning("%s has no link to its request: %s", key, error)

    async def _ask(self, method: str, path: str, data: Any = None, *, is_optional: bool = False) -> Any:
        """Return the API's answer; with `is_optional`, None for something that does not exist."""
        url = f"{self._site}/rest/api/3{path}"
        body = None if data is None else orjson.dumps(data)
        headers = {"Authorization": self._auth} | ({"Content-Type": "application/json"} if body else {})
        async with self._session.request(method, url, headers=headers, data=body) as response:
            if response.status == 404 and is_optional:
                return None
            if not 200 <= response.status < 300:
                raise error_for(
                    _SHOWN, response.status, response.headers, objections=_objections(await response.read())
                )
            return None if response.status == 204 else read_json(await response.read())

    def _issue(self, found: dict[str, Any]) -> TrackedIssue:
        fields, key = found["fields"], _key(found)
        return TrackedIssue(key, self._address(key), _status(fields), moment(fields["updated"]))

    def _address(self, key: str) -> str:
        return f"{self._site}/browse/{key}"

    def _comment(self, ref: str, found: dict[str, Any]) -> TrackedComment:
        author, number = found.get("author") or {}, str(found["id"])
        marked = _MARKER.search(orjson.dumps(found["body"]).decode())
        return TrackedComment(
            number,
            str(author.get("displayName") or "Somebody"),
            _text(found["body"]).strip(),
            f"{self._address(ref)}?focusedCommentId={number}",
            moment(found["created"]),
            is_from_person=author.get("accountType") != "app",
            marker=marked[1] if marked is not None else "",
        )


def _key(found: dict[str, Any]) -> str:
    """Return the key of an issue. Raises ValueError for what is none, which would become a part of addresses."""
    if not _KEY.fullmatch(key := str(found["key"])):
        raise ValueError("an answer has another key than Jira gives")
    return key


def _commented(draft: CommentDraft) -> dict[str, Any]:
    """Return a comment. The marker is the end of its link, because nothing else of it can be read back."""
    marked = replace(draft, permalink=f"{draft.permalink}#{draft.marker}")
    return {"body": description(marked, linked="The message in Slack")}


def _text(node: Any) -> str:
    """Return the text of an ADF node, with a line for each of its blocks."""
    attrs, kind = node.get("attrs") or {}, node.get("type")
    said = str(node.get("text") or attrs.get("text") or attrs.get("url") or "")
    if kind == "date":
        said = datetime.fromtimestamp(int(attrs["timestamp"]) / 1000, UTC).date().isoformat()
    elif kind in _FILES:
        said = f"({attrs.get('alt') or 'a file'})\n"
    said += "".join(map(_text, node.get("content") or ()))
    return f"{said}\n" if kind in _LINES else said


def description(draft: IssueDraft | CommentDraft, *, linked: str = "The request in Slack") -> dict[str, Any]:
    """Return an issue's description or a comment as ADF, in which text is never markup.

    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    paragraphs: list[list[dict[str, Any]]] = [[{"type": "text", "text": each}] for each in draft.lines if each]
    if draft.permalink:
        link = {"type": "link", "attrs": {"href": draft.permalink}}
        paragraphs.append([{"type": "text", "text": linked, "marks": [link]}])
    content = [{"type": "paragraph", "content": each} for each in paragraphs]
    return {"type": "doc", "version": 1, "content": content}


def _status(fields: dict[str, Any]) -> IssueStatus:
    if fields["status"]["statusCategory"]["key"] != "done":
        return IssueStatus.OPEN
    resolution = (fields.get("resolution") or {}).get("name", "")
    return IssueStatus.DROPPED if resolution.lower() in _DROPPED else IssueStatus.DONE


def _objections(body: bytes) -> str:
    """Return what Jira says is wrong with a request, with the fields that it names; "" if it says nothing.

    https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes
    """
    try:
        said = orjson.loads(body)
        errors = (said.get("errors") or {}).items()
        return " ".join([*(said.get("errorMessages") or ()), *(f"{field}: {why}" for field, why in errors)])
    except (orjson.JSONDecodeError, TypeError, AttributeError):
        return ""


@asynccontextmanager
async def connected(
    *, site: str, project: str, issue_type: str, email: str, token: str, webhook_secret: str, clock: Clock
) -> AsyncIterator[JiraTracker]:
    """Open a session with Jira."""
    headers = {
        "User-Agent": f"Baton/{__version__}",
        "Accept": "application/json",
        # Otherwise, resolutions are in the language of the account, and those that drop an issue would not be
        # recognised.
        "Accept-Language": "en-US",
        "X-Force-Accept-Language": "true",
    }
    auth = aiohttp.encode_basic_auth(email, token)
    async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session:
        yield JiraTracker(
            session,
            site=site,
            project=project,
            issue_type=issue_type,
            auth=auth,
            webhook_secret=webhook_secret,
            clock=clock,
        )
