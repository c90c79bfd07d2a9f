"""Servers that stand in for GitHub and Jira Cloud: they answer as these document it, and fail as they are told to.

https://docs.github.com/en/rest/issues/issues and https://developer.atlassian.com/cloud/jira/platform/rest/v3/
"""

from __future__ import annotations

import base64
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from aiohttp import web

from bot.clients.trackers import jira
from bot.ports import Tracker
from tests.conftest import FixedClock

SECRET = "a-secret-of-webhooks"
REPOSITORY = "acme/platform"
TOKEN = "t0ken"
#: What an account that reads German is told.
_GERMAN = {"Done": "Fertig", "Won't Do": "Wird nicht erledigt", "Duplicate": "Duplikat"}


@dataclass
class Issue:
    """An issue in a stand-in. `fields` is what was sent to make it."""

    number: int
    fields: dict[str, Any]
    created_at: datetime
    changed_at: datetime
    state: str = "open"
    reason: str | None = None
    is_deleted: bool = False


@dataclass
class Comment:
    """A comment in a stand-in. `body` is as the tracker has it: Markdown, or a document."""

    id: int
    number: int
    body: Any
    created_at: datetime
    author: str = "Baton"
    is_bot: bool = False
    is_internal: bool = False


@dataclass
class Answer:
    """An answer that is given in the place of the real one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Something"
    body: bytes | None = None


class StandIn(ABC):
    """A tracker with one place for issues.

    `plan` is what becomes of the next attempts to make one, and `comment_plan` of the next comments: `"lost"` makes it
    and hangs up, an Answer takes its place, None is as usual. `down` takes the place of every answer while it is set.
    """

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.issues: list[Issue] = []
        self.plan: list[Answer | str | None] = []
        self.comments: list[Comment] = []
        self.comment_plan: list[Answer | str | None] = []
        self.down: Answer | None = None
        self.is_public = False
        self.refused_reads: set[int] = set()  #: the numbers of issues that the account may not read
        self.refuses_deletions = False
        self.speaks_english = False  #: whether the last call asked for that; else Jira speaks as the account does
        self.page_size = 100
        self.calls: list[str] = []
        self.url = ""

    @abstractmethod
    def connected(self) -> AbstractAsyncContextManager[Tracker]: ...

    @abstractmethod
    def routes(self) -> list[web.RouteDef]: ...

    @abstractmethod
    def webhook(self, number: int, *, delivery: str = "d-1") -> tuple[bytes, dict[str, str]]: ...

    @abstractmethod
    def ref(self, number: int) -> str: ...

    @abstractmethod
    def written(self, text: str) -> Any:
        """A text as the body of a comment."""

    def say(self, author: str, text: str, *, number: int = 1, **kind: bool) -> Comment:
        """Let somebody comment on an issue by hand, a second after the clock."""
        self.clock.advance(timedelta(seconds=1))
        return self.commented(number, self.written(text), author=author, **kind)

    def commented(self, number: int, body: Any, **rest: Any) -> Comment:
        made = Comment(1_000 + len(self.calls) + len(self.comments), number, body, self.clock.now(), **rest)
        self.comments.append(made)
        self.issues[number - 1].changed_at = self.clock.now()
        return made

    def comments_of(self, number: int) -> list[Comment]:
        return [each for each in self.comments if each.number == number]

    def take_comment(
        self, request: web.Request, number: int, body: Any, answer: Callable[[Comment], dict[str, Any]]
    ) -> web.StreamResponse:
        planned = self.comment_plan.pop(0) if self.comment_plan else None
        if isinstance(planned, Answer):
            return respond(planned)
        made = self.commented(number, body)
        if planned == "lost":
            assert request.transport is not None
            request.transport.close()
        return web.json_response(answer(made), status=201)

    def edit_comment(self, comment_id: int, body: Any) -> web.Response:
        planned = self.comment_plan.pop(0) if self.comment_plan else None
        if isinstance(planned, Answer):
            return respond(planned)
        found = [each for each in self.comments if each.id == comment_id]
        for each in found:
            each.body = body
        return web.json_response({"id": comment_id}) if found else respond(Answer(404))

    def drop_comment(self, comment_id: int) -> web.Response:
        if self.refuses_deletions:
            return respond(Answer(403))
        left = [each for each in self.comments if each.id != comment_id]
        if len(left) == len(self.comments):
            return respond(Answer(404))
        self.comments = left
        return web.Response(status=204)

    def change(self, number: int, state: str, reason: str | None = None) -> None:
        """Close or open an issue by hand, a second after the clock."""
        issue = self.issues[number - 1]
        issue.state, issue.reason = state, reason
        self.clock.advance(timedelta(seconds=1))
        issue.changed_at = self.clock.now()

    def made(self, fields: dict[str, Any]) -> Issue:
        issue = Issue(len(self.issues) + 1, fields, self.clock.now(), self.clock.now())
        self.issues.append(issue)
        return issue

    def find(self, number: int) -> Issue | None:
        return next((each for each in self.issues if each.number == number and not each.is_deleted), None)

    async def create(
        self, request: web.Request, fields: dict[str, Any], answer: Callable[[Issue], dict[str, Any]]
    ) -> web.StreamResponse:
        planned = self.plan.pop(0) if self.plan else None
        if isinstance(planned, Answer):
            return respond(planned)
        issue = self.made(fields)
        if planned == "lost":
            assert request.transport is not None
            request.transport.close()
        return web.json_response(answer(issue), status=201)

    @web.middleware
    async def _counted(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path}")
        self.speaks_english = request.headers.get("X-Force-Accept-Language") == "true"
        return respond(self.down) if self.down is not None else await handler(request)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Tracker]:
        """Listen, and give the client that is connected."""
        app = web.Application(middlewares=[self._counted])
        app.add_routes(self.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with self.connected() as tracker:
                yield tracker
        finally:
            await runner.cleanup()


def respond(answer: Answer) -> web.Response:
    body = answer.body if answer.body is not None else orjson.dumps({"message": answer.message})
    return web.Response(
        status=answer.status, body=body, headers=answer.headers, content_type="application/json", charset="utf-8"
    )


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()


class GitHubServer(StandIn):
    """`api.github.com` with the repository `acme/platform`. A closed issue's `reason` is its `state_reason`."""

    def connected(self) -> AbstractAsyncContextManager[Tracker]:
        from bot.clients.trackers import github  # an extra, which not every installation has

        return github.connected(repository=REPOSITORY, token=TOKEN, webhook_secret=SECRET, api_url=self.url)

    def ref(self, number: int) -> str:
        return f"{REPOSITORY}#{number}"

    def routes(self) -> list[web.RouteDef]:
        place = f"/repos/{REPOSITORY}"
        return [
            web.get(place, self._on_repository),
            web.get(f"{place}/issues", self._on_list),
            web.post(f"{place}/issues", self._on_create),
            web.get(place + "/issues/{number}", self._on_read),
            web.get(place + "/issues/{number}/comments", self._on_comments),
            web.post(place + "/issues/{number}/comments", self._on_comment),
            web.delete(place + "/issues/comments/{id}", self._on_delete_comment),
            web.patch(place + "/issues/comments/{id}", self._on_edit_comment),
        ]

    def written(self, text: str) -> str:
        return text

    async def _on_comments(self, request: web.Request) -> web.Response:
        since, page = datetime.fromisoformat(request.query["since"]), int(request.query.get("page", "1"))
        found = [each for each in self.comments_of(int(request.match_info["number"])) if each.created_at >= since]
        headers = {}
        if len(found) > page * self.page_size:
            headers["Link"] = f'<{self.url}{request.rel_url.update_query(page=str(page + 1))}>; rel="next"'
        shown = found[(page - 1) * self.page_size : page * self.page_size]
        return self._refusal(request) or web.json_response([*map(self._comment, shown)], headers=headers)

    async def _on_comment(self, request: web.Request) -> web.StreamResponse:
        body, number = (await request.json())["body"], int(request.match_info["number"])
        return self._refusal(request) or self.take_comment(request, number, body, self._comment)

    async def _on_delete_comment(self, request: web.Request) -> web.Response:
        return self._refusal(request) or self.drop_comment(int(request.match_info["id"]))

    async def _on_edit_comment(self, request: web.Request) -> web.Response:
        body = (await request.json())["body"]
        return self._refusal(request) or self.edit_comment(int(request.match_info["id"]), body)

    def _comment(self, comment: Comment) -> dict[str, Any]:
        return {
            "id": comment.id,
            "body": comment.body,
            "html_url": f"https://github.com/{REPOSITORY}/issues/{comment.number}#issuecomment-{comment.id}",
            "user": {"login": comment.author, "type": "Bot" if comment.is_bot else "User"},
            "created_at": comment.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def webhook(self, number: int, *, delivery: str = "d-1") -> tuple[bytes, dict[str, str]]:
        said = {"action": "closed", "issue": {"number": number}, "repository": {"full_name": REPOSITORY}}
        body = orjson.dumps(said)
        headers = {"X-GitHub-Event": "issues", "X-GitHub-Delivery": delivery, "X-Hub-Signature-256": signed(body)}
        return body, headers

    def _refusal(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"token {TOKEN}":
            return None
        return respond(Answer(401, message="Bad credentials"))

    async def _on_repository(self, request: web.Request) -> web.Response:
        shown = "public" if self.is_public else "private"
        answer = {"full_name": REPOSITORY, "private": not self.is_public, "visibility": shown}
        return self._refusal(request) or web.json_response(answer)

    async def _on_create(self, request: web.Request) -> web.StreamResponse:
        return self._refusal(request) or await self.create(request, await request.json(), self._shown)

    async def _on_read(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        if number in self.refused_reads:
            return respond(Answer(403))
        issue = self.find(number)
        if issue is None:
            is_known = number <= len(self.issues)
            return respond(Answer(410, message="This issue was deleted") if is_known else Answer(404))
        return self._refusal(request) or web.json_response(self._shown(issue))

    async def _on_list(self, request: web.Request) -> web.Response:
        asked = request.query
        since = datetime.fromisoformat(asked["since"])
        found = [each for each in self.issues if each.changed_at >= since and not each.is_deleted]
        found.sort(key=lambda each: each.created_at if asked["sort"] == "created" else each.changed_at)
        if asked["direction"] == "desc":
            found.reverse()
        page = int(asked.get("page", "1"))
        shown = found[(page - 1) * self.page_size : page * self.page_size]
        headers = {}
        if len(found) > page * self.page_size:
            headers["Link"] = f'<{self.url}{request.rel_url.update_query(page=str(page + 1))}>; rel="next"'
        pull = {"number": 900, "body": None, "pull_request": {}, "created_at": "2026-01-01T00:00:00Z"}
        return self._refusal(request) or web.json_response([*map(self._shown, shown), pull], headers=headers)

    def _shown(self, issue: Issue) -> dict[str, Any]:
        return {
            "number": issue.number,
            "html_url": f"https://github.com/{REPOSITORY}/issues/{issue.number}",
            "state": issue.state,
            "state_reason": issue.reason,
            "body": issue.fields["body"],
            "created_at": issue.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "updated_at": issue.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


class JiraServer(StandIn):
    """A site of Jira Cloud's with the project OPS. A closed issue's `reason` is its resolution."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self.links: dict[str, dict[str, Any]] = {}
        self.refuses_links = False
        self.unread: Answer | None = None  #: takes the place of every issue that is asked for
        self.queries: list[str] = []
        self.public_projects: set[str] = set()  #: those that show themselves to everybody, by their keys
        self.moved: dict[int, str] = {}  #: the keys of issues that are in another project now

    def connected(self) -> AbstractAsyncContextManager[Tracker]:
        return jira.connected(
            site=self.url,
            project="OPS",
            issue_type="Task",
            email="bot@acme.example",
            token=TOKEN,
            webhook_secret=SECRET,
            clock=self.clock,
        )

    def ref(self, number: int) -> str:
        return f"OPS-{number}"

    def routes(self) -> list[web.RouteDef]:
        api = "/rest/api/3"
        return [
            web.get(api + "/project/{key}", self._on_project),
            web.post(f"{api}/issue", self._on_create),
            web.post(f"{api}/search/jql", self._on_search),
            web.get(api + "/issue/{key}", self._on_read),
            web.post(api + "/issue/{key}/remotelink", self._on_link),
            web.get(api + "/issue/{key}/comment", self._on_comments),
            web.post(api + "/issue/{key}/comment", self._on_comment),
            web.delete(api + "/issue/{key}/comment/{id}", self._on_delete_comment),
            web.put(api + "/issue/{key}/comment/{id}", self._on_edit_comment),
        ]

    def written(self, text: str) -> dict[str, Any]:
        mention = {"type": "mention", "attrs": {"id": "5b10", "text": "@Mia"}}
        paragraphs: list[list[dict[str, Any]]] = [[{"type": "text", "text": each}] for each in text.splitlines()]
        content = [{"type": "paragraph", "content": each} for each in [[mention], *paragraphs]]
        return {"type": "doc", "version": 1, "content": content}

    def _number(self, request: web.Request) -> int:
        asked, numbers = request.match_info["key"], {key: number for number, key in self.moved.items()}
        return numbers[asked] if asked in numbers else int(asked.removeprefix("OPS-"))

    async def _on_comments(self, request: web.Request) -> web.Response:
        found = self.comments_of(self._number(request))
        if request.query.get("orderBy") == "-created":
            found.reverse()
        start = int(request.query.get("startAt", "0"))
        shown = found[start : start + self.page_size]
        page = {"startAt": start, "maxResults": self.page_size, "total": len(found)}
        return web.json_response(page | {"comments": [*map(self._comment, shown)]})

    async def _on_comment(self, request: web.Request) -> web.StreamResponse:
        if not self._is_known(request):
            return respond(Answer(401))
        return self.take_comment(request, self._number(request), (await request.json())["body"], self._comment)

    async def _on_delete_comment(self, request: web.Request) -> web.Response:
        return self.drop_comment(int(request.match_info["id"]))

    async def _on_edit_comment(self, request: web.Request) -> web.Response:
        return self.edit_comment(int(request.match_info["id"]), (await request.json())["body"])

    def _comment(self, comment: Comment) -> dict[str, Any]:
        shown = {
            "id": str(comment.id),
            "body": comment.body,
            "author": {"displayName": comment.author, "accountType": "app" if comment.is_bot else "atlassian"},
            "created": comment.created_at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "jsdPublic": not comment.is_internal,
        }
        return shown | ({"visibility": {"type": "role", "value": "Developers"}} if comment.is_internal else {})

    def webhook(self, number: int, *, delivery: str = "d-1") -> tuple[bytes, dict[str, str]]:
        body = orjson.dumps({"webhookEvent": "jira:issue_updated", "issue": {"key": self.key(number)}})
        return body, {"X-Atlassian-Webhook-Identifier": delivery, "X-Hub-Signature": signed(body)}

    def key(self, number: int) -> str:
        return self.moved.get(number, f"OPS-{number}")

    def move(self, number: int, key: str) -> tuple[bytes, dict[str, str]]:
        """Move an issue to another project, and return the webhook about it. It keeps its old key as a second one."""
        changed = {"field": "Key", "fromString": self.key(number), "toString": key}
        self.moved[number] = key
        said = {"webhookEvent": "jira:issue_updated", "issue": {"key": key}, "changelog": {"items": [changed]}}
        body = orjson.dumps(said)
        return body, {"X-Atlassian-Webhook-Identifier": f"moved-{number}", "X-Hub-Signature": signed(body)}

    def _is_known(self, request: web.Request) -> bool:
        account = base64.b64encode(f"bot@acme.example:{TOKEN}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {account}"

    async def _on_project(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        is_shown = self.is_public or key in self.public_projects or self._is_known(request)
        return web.json_response({"key": key}) if is_shown else respond(Answer(404))

    async def _on_create(self, request: web.Request) -> web.StreamResponse:
        if not self._is_known(request):
            return respond(Answer(401))
        fields = (await request.json())["fields"]
        return await self.create(request, fields, lambda issue: {"id": str(issue.number), "key": f"OPS-{issue.number}"})

    async def _on_link(self, request: web.Request) -> web.Response:
        if self.refuses_links:
            return respond(Answer(403))
        link = await request.json()
        self.links[link["globalId"]] = link["object"]
        return web.json_response({"id": 1}, status=201)

    async def _on_read(self, request: web.Request) -> web.Response:
        if self.unread is not None:
            return respond(self.unread)
        number = self._number(request)
        if number in self.refused_reads:
            return respond(Answer(403))
        issue = self.find(number)
        if issue is None or not self._is_known(request):
            return respond(Answer(404))
        return web.json_response(self._shown(issue))

    async def _on_search(self, request: web.Request) -> web.Response:
        asked = await request.json()
        query = asked["jql"]
        self.queries.append(query)
        label, minutes = re.search(r'labels = "([^"]+)"', query), re.search(r'updated >= "-(\d+)m"', query)
        found = [each for each in self.issues if not each.is_deleted]
        if label:
            found = [each for each in found if label[1] in each.fields["labels"]]
        if minutes:
            since = self.clock.now() - timedelta(minutes=int(minutes[1]))
            found = sorted((each for each in found if each.changed_at >= since), key=lambda each: each.changed_at)
        start = int(asked.get("nextPageToken", "0"))
        end = start + self.page_size
        answer: dict[str, Any] = {"issues": [self._shown(each) for each in found[start:end]]}
        return web.json_response(answer | ({"nextPageToken": str(end)} if len(found) > end else {"isLast": True}))

    def _shown(self, issue: Issue) -> dict[str, Any]:
        is_closed, reason = issue.state == "closed", issue.reason or "Done"
        reason = reason if self.speaks_english else _GERMAN.get(reason, reason)
        fields = {
            "status": {"name": "Erledigt", "statusCategory": {"key": "done" if is_closed else "new"}},
            "resolution": {"name": reason} if is_closed else None,
            "updated": issue.changed_at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        }
        return {"id": str(issue.number), "key": self.key(issue.number), "fields": fields}
