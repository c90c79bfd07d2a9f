"""The web server's routes: Slack's requests, health, readiness, metrics, calendars, trackers' webhooks."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from traceback import extract_tb

import orjson
from aiohttp import StreamReader, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.errors import SettingsError, StoreError, StoreUnavailableError
from bot.services.background import Background
from bot.services.backlog.trackers import Trackers
from bot.services.deps import Deps
from bot.services.eol.calendars import Calendars
from bot.services.snapshot import Snapshot
from bot.store import queries
from bot.store.db import Database

#: Where Slack sends events, commands and interactions.
SLACK_PATH = "/slack/events"
#: Where a tracker sends webhooks, by its name.
TRACKER_PATH = "/trackers/{}"
#: Slack's largest payloads (a message with 50 blocks in an interaction) stay well below.
_MOST_BYTES = 2 * 1024 * 1024
#: Of bodies that are still arriving: sixteen of the largest. What a body has up to the size of the usual ones does not
#: count, so that no one keeps those out by sending large ones; the number of connections limits them.
_MOST_HELD_BYTES, _USUAL_BYTES = 16 * _MOST_BYTES, 64 * 1024
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
#: What a tracker signs with, and how much of it is taken: an issue's text has 64 KiB at most.
_HMAC, _MOST_WEBHOOK_BYTES = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII), 1024 * 1024
#: Slack checks a certificate with a form of this and a token, which it does not sign; Bolt answers it.
_SSL_CHECK, _LONGEST_SSL_CHECK = re.compile(r"(?:^|&)ssl_check=1(?:&|$)"), 200
#: Whoever asks whether Baton is ready gives up soon, and takes it out of service meanwhile.
_READY_SECONDS = 2.0
#: The address of a calendar, or of a page of OAuth, is a secret: nobody is told where a reader came from, and no index
#: keeps it.
_UNSHARED = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
#: After a body that was not read to its end.
_CLOSING = {"Connection": "close"}
_UNKEPT = {"Cache-Control": "no-store", **_UNSHARED}

log = logging.getLogger(__name__)


def slack_routes(
    dispatch: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]], *, read_seconds: float
) -> list[web.RouteDef]:
    """Return the route that takes Slack's signed requests to Bolt.

    What can be neither a signed request nor Slack's short look at the certificate is refused by its headers, before its
    body is read: 401. A body has to arrive within `read_seconds`, and bodies that are under way together may hold
    `_MOST_HELD_BYTES`.
    """
    held = _HeldBytes(_MOST_HELD_BYTES)

    async def on_request(request: web.Request) -> web.Response:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        may_be_signed = _TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)
        if not may_be_signed and not _may_check_certificate(request):
            return _unsigned()
        body = await _body_of(request, held, most=_MOST_BYTES, read_seconds=read_seconds)
        if isinstance(body, web.Response):
            return body
        try:
            raw = body.decode()
        except UnicodeDecodeError:
            return _unsigned()
        bolt_request = _Unread(raw, request.headers)
        if len(raw) < _LONGEST_SSL_CHECK and _SSL_CHECK.search(raw):
            bolt_request.body = {"ssl_check": "1"}
        elif not may_be_signed:
            return _unsigned()
        answer = await dispatch(bolt_request)
        # What Bolt refuses has no body yet; middleware of somebody's own may answer with the same status.
        return _unsigned() if answer.status == 401 and not bolt_request.body else await _response(answer)

    return [web.post(SLACK_PATH, on_request)]


class _Unread(AsyncBoltRequest):
    """A request as Bolt checks its signature: its body is parsed after that.

    Bolt's constructor would look for a workspace, a person and a channel in a body that is not there yet.
    """

    def __init__(self, raw: str, headers: Mapping[str, str]) -> None:
        self.mode, self.raw_body, self.body, self.query = "http", raw, {}, {}
        # Of one that comes twice the first counts, which is the one that was looked at.
        self.headers = {name.lower(): [value] for name, value in reversed([*headers.items()])}
        self.content_type = headers.get("Content-Type", "").partition(";")[0]
        self.context = AsyncBoltContext()
        self.lazy_only, self.lazy_function_name = False, None


async def _response(answer: BoltResponse) -> web.Response:
    """Return Bolt's answer as aiohttp's.

    Bolt's adapter hands the body over as text, which aiohttp wraps into a payload object first. Only cookies, which
    nothing of Baton's sets, need the adapter. Baton's own answers are bytes already.
    """
    if "set-cookie" in answer.headers:
        return await to_aiohttp_response(answer)
    body: str | bytes = answer.body
    # Half a character, as in a text that was cut, becomes a question mark: a listener of somebody's own may have one.
    raw = body.encode(errors="replace") if isinstance(body, str) else body
    return web.Response(status=answer.status, body=raw, headers=answer.first_headers())


def _may_check_certificate(request: web.Request) -> bool:
    """Whether a request without a signature may be Slack's look at the certificate, so that its few bytes are read."""
    is_bare = "X-Slack-Signature" not in request.headers and "X-Slack-Request-Timestamp" not in request.headers
    return is_bare and 0 < (request.content_length or 0) < _LONGEST_SSL_CHECK


def _unsigned() -> web.Response:
    log.info("a request without a valid signature was refused")
    return web.Response(status=401, text="The signature is missing, wrong or old.")


class _TooMuchError(Exception):
    """More bytes are held than may be."""


class _HeldBytes:
    """Counts what has arrived of bodies that are being read, so that together they stay below a limit."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0

    async def read(self, content: StreamReader, *, most: int) -> bytes:
        """Return a body, or somewhat more than `most` bytes of it. Raises _TooMuchError when too much is held."""
        body, counted = bytearray(), 0
        try:
            async for chunk in content.iter_any():
                body += chunk
                more = max(len(body) - _USUAL_BYTES, 0) - counted
                if self._held + more > self._most:
                    raise _TooMuchError
                self._held += more
                counted += more
                if len(body) > most:
                    break
        finally:
            self._held -= counted
        return bytes(body)


class _DatabaseChecks:
    """Looks whether a database can be used, once at a time: whoever asks while one hangs waits for the same look."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looking: asyncio.Task[str] | None = None

    async def trouble(self) -> str:
        """Return what is wrong with the database; empty where it answers and takes changes."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await asyncio.wait({self._looking}, timeout=_READY_SECONDS)
        return self._looking.result() if self._looking.done() else "the database did not answer in time"

    async def _look(self) -> str:
        try:
            self._database.check_file()
            await self._database.check_writes()
            async with self._database.connected() as connection:
                await queries.revision(connection)
        except StoreUnavailableError as error:
            return f"the database {error.why} ({error.cause})"
        except Exception as error:  # noqa: BLE001 - whatever it is, the database cannot be used
            why = error.why if isinstance(error, StoreError) else ""
            return f"the database {why}" if why else f"the database: {type(error).__name__}"
        return ""


def health_routes(
    deps: Deps,
    snapshot: Snapshot,
    registry: CollectorRegistry,
    *,
    metrics_token: str = "",
    is_connected: Callable[[], Awaitable[bool]] | None = None,
) -> list[web.RouteDef]:
    """Return `/healthz` (the process lives), `/readyz` (it can answer and decide) and `/metrics`.

    `/metrics` is there for whoever sends `metrics_token` as a bearer token; without one it is not there at all.
    `is_connected` says whether Slack's payloads reach this process; None where they come in over HTTP.
    """
    began, checks = time.monotonic(), _DatabaseChecks(deps.database)

    async def healthz(_request: web.Request) -> web.Response:
        return _json({"status": "ok", "uptime_seconds": round(time.monotonic() - began)})

    async def readyz(_request: web.Request) -> web.Response:
        if snapshot.revision < 0:
            return _json({"status": "starting", "reason": "the catalog is not loaded yet"}, status=503)
        if reason := await checks.trouble():
            return _json({"status": "unready", "reason": reason}, status=503)
        if is_connected is not None and not await is_connected():
            return _json({"status": "unready", "reason": "Socket Mode is not connected"}, status=503)
        return _json({"status": "ready", "revision": snapshot.revision, "assets": len(snapshot.directory)})

    async def metrics(request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {metrics_token}".encode()):
            return web.Response(status=401, text="Send BATON_METRICS_TOKEN as a bearer token.")
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    routes = [web.get("/healthz", healthz), web.get("/readyz", readyz)]
    return [*routes, web.get("/metrics", metrics)] if metrics_token else routes


def waiting_routes(reason: Callable[[], str]) -> list[web.RouteDef]:
    """Return the routes of a process that lives and cannot serve yet; what Slack sends is to be delivered again."""

    async def healthz(_request: web.Request) -> web.Response:
        return _json({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        return _json({"status": "starting", "reason": reason()}, status=503)

    async def not_yet(_request: web.Request) -> web.Response:
        return web.Response(status=503, text="Baton is starting; try again.")

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.post(SLACK_PATH, not_yet)]


def oauth_routes(flow: AsyncOAuthFlow | None, *, besides: list[web.RouteDef]) -> list[web.RouteDef]:
    """Return the pages of Bolt's OAuth flow: where somebody installs, and where Slack sends them back.

    Raises SettingsError for a page at an address of those `besides`, or at none.
    """
    if flow is None:
        return []
    pages = {flow.install_path: flow.handle_installation, flow.redirect_uri_path: flow.handle_callback}
    for path in pages:
        if not path.startswith("/") or any(path == each.path for each in besides):
            raise SettingsError(
                f"The OAuth flow of BATON_LISTENERS cannot have a page at {path!r}: choose another path."
            )

    async def on_page(request: web.Request) -> web.Response:
        # A body is not read: whoever sends one has no signature, and a browser sends none.
        asked = AsyncBoltRequest(body="", query=request.query_string, headers=request.headers)  # type: ignore[arg-type]
        try:
            page = await to_aiohttp_response(await pages[request.path](asked))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - Slack, the flow's stores, or what else it does
            at = extract_tb(error.__traceback__)[-1]
            log.warning("a page of the OAuth flow failed (%s at %s:%d)", type(error).__name__, at.filename, at.lineno)
            return web.Response(status=503, text="This cannot be done just now; begin again.", headers=_UNKEPT)
        page.headers.update(_UNKEPT)
        return page

    return [web.get(path, on_page) for path in pages]


def calendar_routes(calendars: Calendars) -> list[web.RouteDef]:
    """Return `/calendar/{token}.ics`. What is not there, or no longer, is one and the same 404."""

    async def on_calendar(request: web.Request) -> web.Response:
        try:
            found = await calendars.find(request.match_info["token"])
        except StoreUnavailableError as error:
            log.warning("a calendar could not be read: %s", error)
            return web.Response(status=503, text="The calendar cannot be read just now; try again.", headers=_UNKEPT)
        if found is None:
            return web.Response(status=404, text="There is no calendar at this address.", headers=_UNKEPT)
        etag = f'"{found.etag}"'
        headers = {"ETag": etag, "Cache-Control": "private, max-age=900", **_UNSHARED}
        if etag in (each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")):
            return web.Response(status=304, headers=headers)
        return web.Response(body=found.body, content_type="text/calendar", charset="utf-8", headers=headers)

    return [web.get("/calendar/{token}.ics", on_calendar)]


def tracker_routes(trackers: Trackers | None, background: Background, *, read_seconds: float) -> list[web.RouteDef]:
    """Return the route that takes the tracker's signed webhooks; none without a tracker, or without their secret.

    What has no signature is refused before its body is read. What a webhook says is read from the tracker afterwards.
    """
    if trackers is None or not trackers.tracker.webhook_secret:
        return []
    held = _HeldBytes(_MOST_HELD_BYTES)

    async def on_webhook(request: web.Request) -> web.Response:
        if not _HMAC.fullmatch(request.headers.get(trackers.tracker.signature_header, "")):
            return _unsigned()
        raw = await _body_of(request, held, most=_MOST_WEBHOOK_BYTES, read_seconds=read_seconds)
        if isinstance(raw, web.Response):
            return raw
        try:
            status = await trackers.hear(request.headers, raw, background)
        except StoreUnavailableError as error:
            log.warning("a tracker's webhook could not be taken: %s", error)
            return web.Response(status=503, text="This cannot be taken just now; try again.")
        if status == 401:
            return _unsigned()
        return web.Response(status=status, text="Choose JSON as the content type." if status == 400 else "")

    return [web.post(TRACKER_PATH.format(trackers.tracker.name), on_webhook)]


async def _body_of(request: web.Request, held: _HeldBytes, *, most: int, read_seconds: float) -> bytes | web.Response:
    """Return a request's body, or the refusal of one that is too large, too slow, or one too many."""
    if (request.content_length or 0) > most:
        return web.Response(status=413, text="The body is too large.", headers=_CLOSING)
    if request.headers.get("Content-Encoding", "identity") != "identity":
        return web.Response(status=415, text="Send the body uncompressed.", headers=_CLOSING)
    try:
        if request.content.is_eof():  # the whole body came with the headers: there is nothing to wait for, or to hold
            raw = request.content.read_nowait()
        else:
            async with asyncio.timeout(read_seconds):
                raw = await held.read(request.content, most=most)
    except TimeoutError:
        return web.Response(status=408, text="The body did not arrive in time.", headers=_CLOSING)
    except (web.RequestPayloadError, ConnectionError) as error:  # whoever sends it may have no signature
        log.info("a body did not arrive whole (%s)", type(error).__name__)
        return web.Response(status=400, text="The body did not arrive whole.", headers=_CLOSING)
    except _TooMuchError:
        return web.Response(status=503, text="Too much is being read at once; try again.", headers=_CLOSING)
    return raw if len(raw) <= most else web.Response(status=413, text="The body is too large.", headers=_CLOSING)


def application(*routes: list[web.RouteDef]) -> web.Application:
    """Return the web application with these routes."""
    made = web.Application(client_max_size=_MOST_BYTES)
    for each in routes:
        made.add_routes(each)
    return made


def _json(body: Mapping[str, object], *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
