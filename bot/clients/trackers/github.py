"""GitHub Issues, through gidgethub: https://docs.github.com/en/rest/issues/issues

gidgethub is an extra (`baton[github]`), so this module is imported only if GitHub is the tracker.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import gidgethub
from gidgethub.aiohttp import GitHubAPI

from bot import __version__
from bot.clients.trackers._answers import TIMEOUT, error_for, moment, translated
from bot.domain.tracker import CommentDraft, IssueDraft, IssueStatus, TrackedComment, TrackedIssue
from bot.errors import TrackerUnreachableError

_SHOWN = "GitHub"
_GONE = frozenset({404, 410})
_BACKTICKS = re.compile("`+")
#: A part of a comment that GitHub does not show.
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
#: Baton's marker at the end of a body.
_MARKER = re.compile(r"<!-- (baton-[0-9a-f]+:[0-9.]+) -->\s*\Z")


class GitHubTracker:
    """A repository's issues. Implements `bot.ports.Tracker`."""

    name, signature_header, delivery_header = "github", "X-Hub-Signature-256", "X-GitHub-Delivery"

    def __init__(
        self, session: aiohttp.ClientSession, *, repository: str, token: str, webhook_secret: str, api_url: str
    ) -> None:
        self._api = GitHubAPI(session, f"Baton/{__version__}", oauth_token=token)
        self.webhook_secret = webhook_secret
        self._repository, self._api_url = repository, api_url.rstrip("/")

    async def create(self, draft: IssueDraft) -> TrackedIssue:
        """Create an issue."""
        with _asking():
            data = {"title": draft.title, "body": body(draft)}
            return self._issue(await self._api.post(self._url(self._repository, "/issues"), data=data))

    async def find(self, marker: str, *, since: datetime) -> TrackedIssue | None:
        """Return the issue with this marker, or None. The list is read, because GitHub's search index is delayed."""
        with _asking():
            async with aclosing(self._listed(since, sort="created", direction="desc")) as listed:
                async for each in listed:
                    if moment(each["created_at"]) < since:
                        return None
                    if marker in (each["body"] or ""):
                        return self._issue(each)
        return None

    async def read(self, ref: str) -> TrackedIssue | None:
        """Return an issue; None if it was deleted."""
        repository, _, number = ref.rpartition("#")
        try:
            with _asking(passing=_GONE):
                found = await self._api.getitem(self._url(repository, f"/issues/{number}"))
                return TrackedIssue(ref, str(found["html_url"]), _status(found), moment(found["updated_at"]))
        except gidgethub.HTTPException:
            await self._is_public(repository)  # raises if it is the repository that cannot be seen
            return None

    async def is_public(self, ref: str = "") -> bool:
        """Whether the repository is anything but private: the whole enterprise can see an internal one."""
        return await self._is_public(ref.rpartition("#")[0] or self._repository)

    async def changed_since(self, since: datetime) -> AsyncIterator[TrackedIssue]:
        """Yield the issues that changed since then, the oldest change first."""
        async for each in self._listed(since, sort="updated", direction="asc"):
            with _asking():
                issue = self._issue(each)
            yield issue

    async def comment(self, ref: str, draft: CommentDraft) -> TrackedComment:
        """Comment on an issue."""
        with _asking():
            return _comment(await self._api.post(self._url_of(ref, "/comments"), data=_commented(draft)))

    async def comments(self, ref: str, *, since: datetime) -> AsyncIterator[TrackedComment]:
        """Yield the comments of an issue that changed since then."""
        asked = urlencode({"since": _utc(since), "per_page": 100})
        with _asking():
            async for each in self._api.getiter(self._url_of(ref, f"/comments?{asked}")):
                yield _comment(each)

    async def edit_comment(self, ref: str, comment_id: str, draft: CommentDraft) -> None:
        """Replace a comment's text."""
        with suppress(gidgethub.HTTPException), _asking(passing=_GONE):
            await self._api.patch(self._url_of_comment(ref, comment_id), data=_commented(draft))

    async def delete_comment(self, ref: str, comment_id: str) -> None:
        """Delete a comment."""
        with suppress(gidgethub.HTTPException), _asking(passing=_GONE):
            await self._api.delete(self._url_of_comment(ref, comment_id))

    def named_in(self, payload: Any) -> str:
        """Return the ref of the issue in a payload."""
        number = payload.get("issue", {}).get("number") if isinstance(payload, dict) else None
        return f"{self._repository}#{number}" if type(number) is int else ""  # a bool is one, too

    async def _is_public(self, repository: str) -> bool:
        with _asking():
            found = await self._api.getitem(self._url(repository))
            return bool(found["private"] is not True or found.get("visibility", "private") != "private")

    async def _listed(self, since: datetime, **order: str) -> AsyncGenerator[dict[str, Any], None]:
        """Yield issues without pull requests, which GitHub lists among them."""
        asked = urlencode({"state": "all", "since": _utc(since), "per_page": 100, **order})
        with _asking():
            async for each in self._api.getiter(self._url(self._repository, f"/issues?{asked}")):
                if "pull_request" not in each:
                    yield each

    def _url(self, repository: str, path: str = "") -> str:
        return f"{self._api_url}/repos/{repository}{path}"

    def _url_of(self, ref: str, path: str) -> str:
        repository, _, number = ref.rpartition("#")
        return self._url(repository, f"/issues/{number}{path}")

    def _url_of_comment(self, ref: str, comment_id: str) -> str:
        return self._url(ref.rpartition("#")[0], f"/issues/comments/{comment_id}")

    def _issue(self, found: dict[str, Any]) -> TrackedIssue:
        ref = f"{self._repository}#{int(found['number'])}"
        return TrackedIssue(ref, str(found["html_url"]), _status(found), moment(found["updated_at"]))


def body(draft: IssueDraft | CommentDraft, *, linked: str = "The request in Slack") -> str:
    """Return the Markdown of an issue or a comment.

    What people typed is in a code block, where it mentions and references nobody.
    """
    text = "\n".join(draft.lines)
    fence = "`" * max(3, 1 + max((len(each) for each in _BACKTICKS.findall(text)), default=0))
    parts = [f"{fence}text\n{text}\n{fence}"] if text else []
    if draft.permalink:
        parts.append(f"{linked}: <{draft.permalink}>")
    return "\n\n".join([*parts, f"<!-- {draft.marker} -->"])


def _commented(draft: CommentDraft) -> dict[str, str]:
    return {"body": body(draft, linked="The message in Slack")}


def _comment(found: dict[str, Any]) -> TrackedComment:
    text, user = str(found["body"] or ""), found["user"] or {}
    marked = _MARKER.search(text)
    return TrackedComment(
        str(found["id"]),
        str(user.get("login") or "Somebody"),
        _HIDDEN.sub("", text).strip() or "(no words)",
        str(found["html_url"]),
        moment(found["created_at"]),
        is_from_person=user.get("type") != "Bot",
        marker=marked[1] if marked is not None else "",
    )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(found: dict[str, Any]) -> IssueStatus:
    if found["state"] != "closed":
        return IssueStatus.OPEN
    return IssueStatus.DONE if found.get("state_reason") in (None, "completed") else IssueStatus.DROPPED


def _objections(errors: Any) -> str:
    """Return the fields that GitHub reports with a 422, and what is wrong with each: `title: too_long`.

    https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
    """
    said = []
    for each in errors if isinstance(errors, list) else []:
        parts = [each.get("field"), each.get("message") or each.get("code")] if isinstance(each, dict) else [each]
        said.append(": ".join(str(part) for part in parts if part))
    return ", ".join(said)


@contextmanager
def _asking(*, passing: frozenset[int] = frozenset()) -> Iterator[None]:
    """Translate errors. Those with a status in `passing` are raised unchanged."""
    with translated(_SHOWN):
        try:
            yield
        except gidgethub.HTTPException as error:
            if int(error.status_code) in passing:
                raise
            status, said = int(error.status_code), _objections(getattr(error, "errors", None))
            raise error_for(_SHOWN, status, error.headers, message=str(error), objections=said) from None
        except gidgethub.GitHubException:
            raise TrackerUnreachableError(f"{_SHOWN} gave no usable answer.") from None


@asynccontextmanager
async def connected(*, repository: str, token: str, webhook_secret: str, api_url: str) -> AsyncIterator[GitHubTracker]:
    """Open a session with GitHub."""
    headers = {"X-GitHub-Api-Version": "2022-11-28"}
    async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session:
        yield GitHubTracker(session, repository=repository, token=token, webhook_secret=webhook_secret, api_url=api_url)
