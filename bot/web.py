"""The web server's routes: Slack's requests, health, readiness, metrics, calendars."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from slack_sdk.signature import SignatureVerifier
from yarl import URL

from bot.ports import Ack
from bot.services.deps import Deps
from bot.services.lifecycle.calendars import Calendars
from bot.services.snapshot import Snapshot
from bot.store import queries

#: Where Slack sends events, commands and interactions.
SLACK_PATH = "/slack/events"
#: Slack's largest payloads (a message with 50 blocks in an interaction) stay well below.
_MOST_BYTES = 2 * 1024 * 1024
#: The address is a secret: nobody is told where a reader came from, and no index keeps it.
_UNSHARED = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
_UNKEPT = {"Cache-Control": "no-store", **_UNSHARED}
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


def slack_routes(answer: Callable[[Mapping[str, Any]], Awaitable[Ack]], *, signing_secret: str) -> list[web.RouteDef]:
    """Return the route that takes Slack's signed requests to `answer`.

    The signature is checked here, on the raw bytes and before anything is parsed; a wrong or old one gets 401.
    """
    verifier = SignatureVerifier(signing_secret)

    async def on_request(request: web.Request) -> web.Response:
        raw = await request.read()
        headers = request.headers
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        if not timestamp.isdecimal() or not verifier.is_valid(raw, timestamp, signature):
            return web.Response(status=401, text="The signature is missing, wrong or old.")
        try:
            body = parse(raw, request.content_type)
        except ValueError:
            return web.Response(status=400, text="The body is not what its content type says.")
        ack = await answer(body)
        return web.Response(body=ack.encode(), headers=_JSON if ack else _TEXT)

    return [web.post(SLACK_PATH, on_request)]


def parse(raw: bytes, content_type: str) -> dict[str, Any]:
    """Return the payload of a request: JSON, a form, or a form with JSON in its field `payload`.

    Raises ValueError when it is none of these. (Bolt's own parser takes a command that has the word "payload" in its
    text for an interaction, and loses it.)
    """
    if content_type == "application/json":
        body = orjson.loads(raw)
    else:
        form = _form(raw.decode("utf-8"))
        body = orjson.loads(form["payload"]) if "payload" in form and "command" not in form else form
    if not isinstance(body, dict):
        raise ValueError("the payload is not an object")
    return body


def health_routes(
    deps: Deps,
    snapshot: Snapshot,
    registry: CollectorRegistry,
    *,
    is_connected: Callable[[], Awaitable[bool]] | None = None,
) -> list[web.RouteDef]:
    """Return `/healthz` (the process lives), `/readyz` (it can answer and decide) and `/metrics`.

    `is_connected` says whether Slack's payloads reach this process; None where they come in over HTTP.
    """
    began = time.monotonic()

    async def healthz(_request: web.Request) -> web.Response:
        return _json({"status": "ok", "uptime_seconds": round(time.monotonic() - began)})

    async def readyz(_request: web.Request) -> web.Response:
        if snapshot.revision < 0:
            return _json({"status": "starting", "reason": "the catalog is not loaded yet"}, status=503)
        try:
            async with deps.database.engine.connect() as connection:
                await queries.revision(connection)
        except Exception as error:  # noqa: BLE001 - whatever it is, the database cannot be used
            return _json({"status": "unready", "reason": f"the database: {type(error).__name__}"}, status=503)
        if is_connected is not None and not await is_connected():
            return _json({"status": "unready", "reason": "Socket Mode is not connected"}, status=503)
        return _json({"status": "ready", "revision": snapshot.revision, "assets": len(snapshot.directory)})

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


def calendar_routes(calendars: Calendars) -> list[web.RouteDef]:
    """Return `/calendar/{token}.ics`. What is not there, or no longer, is one and the same 404."""

    async def on_calendar(request: web.Request) -> web.Response:
        found = await calendars.find(request.match_info["token"])
        if found is None:
            return web.Response(status=404, text="There is no calendar at this address.", headers=_UNKEPT)
        etag = f'"{found.etag}"'
        headers = {"ETag": etag, "Cache-Control": "private, max-age=900", **_UNSHARED}
        if etag in (each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")):
            return web.Response(status=304, headers=headers)
        return web.Response(body=found.body, content_type="text/calendar", charset="utf-8", headers=headers)

    return [web.get("/calendar/{token}.ics", on_calendar)]


def application(*routes: list[web.RouteDef]) -> web.Application:
    """Return the web application with these routes."""
    made = web.Application(client_max_size=_MOST_BYTES)
    for each in routes:
        made.add_routes(each)
    return made


def _form(text: str) -> dict[str, str]:
    # A query string and a form are written alike, and aiohttp's URLs read them natively: half the time of parse_qsl.
    return dict(URL.build(query_string=text, encoded=True).query)


def _json(body: Mapping[str, object], *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
