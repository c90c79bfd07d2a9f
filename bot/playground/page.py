"""The playground's page: the browser client of the simulated workspace.

It is a local tool without a login, so it only answers its own page: the Host must be one that the caller allows (which
prevents DNS rebinding), and an action must be same-origin JSON (which keeps other sites from driving it).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground.fake_slack import FakeSlack
from bot.playground.issues import PlaygroundIssues
from bot.playground.page_api import ACTIONS, Mover, action_handler, clock_action, issue_action, refusal
from bot.playground.page_state import Suggestion, Tour, people, picture_type, traffic, visible_state
from bot.playground.records import Json, PageChange

STATIC = Path(__file__).parent / "static"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
#: Proxies and browsers close a silent stream; 15 s is well below the usual 60.
HEARTBEAT_SECONDS = 15.0
SUGGESTIONS = (
    Suggestion("/whoowns payments-db", "split ownership, and who confirmed it"),
    Suggestion("/whoowns who looks after deployments of checkout?", "plain words, and one area only"),
    Suggestion("/whoowns payments-db six months ago", "the past: who owned it then"),
    Suggestion("/eol payments", "what reaches its end of life, and what it costs"),
    Suggestion("/whoowns chekout", "a typo: it says what it understood"),
    Suggestion("/eol timeline", "the same as a picture; then move the clock"),
    Suggestion("/baton help", "how to begin with each command"),
)
#: The first reactions offered.
EMOJI = ("devops-request",)

_CONTENT_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_page(  # noqa: PLR0913 - one part of the page each, all of them by name
    app: web.Application,
    fake: FakeSlack,
    *,
    suggestions: Sequence[Suggestion] = SUGGESTIONS,
    emoji: Sequence[str] = EMOJI,
    allowed_hosts: Sequence[str] = LOOPBACK_HOSTS,
    tour: Tour | None = None,
    move: Mover | None = None,
    moving: Callable[[], float | None] = lambda: None,
    issues: PlaygroundIssues | None = None,
) -> None:
    """Add the page at `/` and its interface under `/play/` to `app`.

    `suggestions` are what a newcomer is told to try. `allowed_hosts` are the host names (without port) under which the
    page can be opened; add others if it is served beyond the loopback interface. With `tour` the page offers one. With
    `move` its clock can be moved, and `moving` tells how much of a move is done. With `issues` these have pages below
    `/issues/`.
    """
    shown = partial(
        visible_state, suggestions=suggestions, emoji=emoji, tour=tour, has_clock=move is not None, moving=moving
    )
    page = _Page(fake, shown, frozenset(allowed_hosts), issues)
    app.router.add_get("/", page.guarded(page.index))
    app.router.add_get("/play/static/{name}", page.guarded(page.static))
    app.router.add_get("/play/state", page.guarded(page.state))
    app.router.add_get("/play/traffic", page.guarded(page.traffic))
    app.router.add_get("/play/file/{id}", page.guarded(page.file))
    app.router.add_get("/play/live", page.guarded(page.live))
    app.router.add_get("/issues/{number:[0-9]{1,9}}", page.guarded(page.issue))
    actions = ACTIONS if move is None else {**ACTIONS, "clock": clock_action(move)}
    if issues is not None:
        actions = {**actions, "issue": issue_action(issues)}
    for path, action in actions.items():
        app.router.add_post(f"/play/{path}", page.guarded(action_handler(fake, action)))
    app.on_shutdown.append(page.end_streams)


class _Page:
    """The handlers for one simulated Slack."""

    def __init__(
        self,
        fake: FakeSlack,
        shown: Callable[[FakeSlack, str], Json],
        allowed_hosts: frozenset[str],
        issues: PlaygroundIssues | None,
    ) -> None:
        self._fake, self._issues = fake, issues
        self._shown = shown
        self._allowed_hosts = allowed_hosts
        self._ending = asyncio.Event()

    def guarded(self, handler: _Handler) -> _Handler:
        """Return `handler` with the checks of this page and its security headers."""

        async def handle(request: web.Request) -> web.StreamResponse:
            response = self._refused(request) or await handler(request)
            if not response.prepared:
                response.headers.update(_HEADERS)
            return response

        return handle

    def _refused(self, request: web.Request) -> web.Response | None:
        if _host_name(request.host) not in self._allowed_hosts:
            return refusal(403, "This playground is not served under that host name.")
        if request.method != "POST":
            return None
        if request.content_type != "application/json":
            return refusal(415, "Actions are sent as application/json.")
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if site != "same-origin" or (origin is not None and urlsplit(origin).netloc != request.host):
            return refusal(403, "Only the playground's own page may do that.")
        return None

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """The page itself."""
        return _file(STATIC / "index.html")

    async def issue(self, request: web.Request) -> web.StreamResponse:
        """The page of one issue."""
        page = self._issues.page(int(request.match_info["number"])) if self._issues is not None else None
        return (
            refusal(404, "There is no such issue.")
            if page is None
            else web.Response(text=page, content_type="text/html")
        )

    async def static(self, request: web.Request) -> web.StreamResponse:
        """One of the page's files, by its plain name."""
        path = STATIC / request.match_info["name"]
        # Only files directly in the folder: a name with an encoded slash finds nothing.
        if path.parent != STATIC or not await asyncio.to_thread(path.is_file):
            return refusal(404, "There is no such file.")
        return _file(path)

    async def state(self, request: web.Request) -> web.StreamResponse:
        """What the user in the query sees; the first person if it names nobody who can be played."""
        playable = people(self._fake)
        if not playable:
            return refusal(409, "This workspace has no people yet; load the demo organisation first.")
        wanted = request.query.get("user")
        user = next((each for each in playable if each.id == wanted), playable[0])
        return web.json_response(self._shown(self._fake, user.id))

    async def traffic(self, request: web.Request) -> web.StreamResponse:
        """One delivery with its answer and calls; the newest unless the query has an `index`."""
        try:
            index = int(request.query.get("index", "-1"))
        except ValueError:
            return refusal(400, "The index of a delivery is a whole number.")
        return web.json_response(traffic(self._fake, index), dumps=_dumps)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A picture that was shared."""
        found = self._fake.workspace.files.get(request.match_info["id"])
        content_type = picture_type(found) if found is not None else None
        if found is None or content_type is None:
            return refusal(404, "There is no such picture.")
        return web.Response(body=found.content, content_type=content_type)

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one `change` for every change that concerns the user in the query."""
        user = request.query.get("user")
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
        queue = self._fake.subscribe()
        try:
            await response.prepare(request)
            await response.write(b"retry: 1000\n\n")
            await self._stream(response, queue, user)
        except ConnectionResetError:
            # The reader has left, which is how every stream ends.
            return response
        finally:
            self._fake.unsubscribe(queue)
        return response

    async def _stream(self, response: web.StreamResponse, queue: asyncio.Queue[PageChange], user: str | None) -> None:
        ending = asyncio.create_task(self._ending.wait())
        try:
            while not ending.done():
                getting = asyncio.create_task(queue.get())
                await asyncio.wait({getting, ending}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not getting.done():
                    getting.cancel()
                    await response.write(b": still here\n\n")
                elif getting.result().user in (None, user):
                    await response.write(_event(getting.result()))
        finally:
            ending.cancel()

    async def end_streams(self, _app: web.Application) -> None:
        """Let the open streams finish, so that the server stops at once."""
        self._ending.set()


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _event(change: PageChange) -> bytes:
    return f"event: change\ndata: {json.dumps(asdict(change))}\n\n".encode()


def _dumps(value: object) -> str:
    return json.dumps(value, default=str)


def _file(path: Path) -> web.StreamResponse:
    return web.FileResponse(path, headers={"Content-Type": f"{_CONTENT_TYPES[path.suffix]}; charset=utf-8"})
