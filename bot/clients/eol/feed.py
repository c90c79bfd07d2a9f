"""Fetches the feed of end-of-life dates: https://endoflife.date/docs/api/v1/ (`GET /api/v1/products/full`)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from yarl import URL

from bot import __version__
from bot.clients.retry_after import retry_after
from bot.domain.eol.feed import FeedSummary, summarize

DEFAULT_BASE_URL = "https://endoflife.date"
_PATH = "/api/v1/products/full"
#: The document has 2.7 MB; anything ten times as large is something else.
MAX_BYTES = 32 * 1024 * 1024
_TIMEOUT_SECONDS = 60.0
_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: The part of `schema_version` before its first dot. In another version, the same names may have other meanings.
_SCHEMA = "1"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete document of the expected shape.

    `etag` and `last_modified` go into the next request; "" if not sent.
    """

    body: bytes
    etag: str
    last_modified: str
    summary: FeedSummary


@dataclass(frozen=True, slots=True)
class NotModified:
    """The feed confirms the copy whose `etag` or `last_modified` was sent."""


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no new copy. `reason` is a sentence, `retry_after_seconds` the pause that the server asked for."""

    reason: str
    retry_after_seconds: float | None = None


Answer = Fetched | NotModified | Failed


class _FailedError(Exception):
    """Carries the reason of a failure out of a request."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.failed = Failed(reason, retry_after_seconds)


async def fetch(
    base_url: str = DEFAULT_BASE_URL,
    *,
    etag: str = "",
    last_modified: str = "",
    max_bytes: int = MAX_BYTES,
    timeout_seconds: float = _TIMEOUT_SECONDS,
) -> Answer:
    """Ask the feed at `base_url` for its document. Never raises for failures of the network or the server.

    With `etag` or `last_modified` of the last copy, the server may answer that nothing has changed. `max_bytes` limits
    the unpacked body, `timeout_seconds` the whole exchange with its redirects.
    """
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {
        "User-Agent": f"Baton/{__version__}",
        "Accept": "application/json",
        **{name: value for name, value in asked.items() if value},
    }
    try:
        async with (
            asyncio.timeout(timeout_seconds),
            aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=None)) as session,
        ):
            return await _follow(session, URL(base_url.rstrip("/") + _PATH), bool(etag or last_modified), max_bytes)
    except _FailedError as error:
        return error.failed
    except TimeoutError:
        return Failed(f"The feed did not answer in full within {timeout_seconds:g} seconds.")
    except aiohttp.ClientPayloadError:
        return Failed("The feed's answer was cut off before its end.")
    except aiohttp.ServerDisconnectedError:
        return Failed("The feed closed the connection without an answer.")
    except aiohttp.ClientSSLError:
        return Failed("The feed cannot be reached: its certificate is not accepted.")
    except aiohttp.ClientConnectorDNSError:
        return Failed("The feed cannot be reached: no name server knows its host.")
    except (aiohttp.ClientError, OSError, ValueError):
        return Failed("The feed cannot be reached: check its address, and this machine's way to it.")


async def _follow(session: aiohttp.ClientSession, url: URL, is_conditional: bool, max_bytes: int) -> Answer:
    for _ in range(_MAX_REDIRECTS + 1):
        async with session.get(url, allow_redirects=False) as response:
            if response.status not in _REDIRECTS:
                return await _read(response, is_conditional, max_bytes)
            url = _target(url, response.headers.get("Location", ""))
    raise _FailedError(f"The feed redirects more than {_MAX_REDIRECTS} times; check its address.")


def _target(here: URL, location: str) -> URL:
    if not location:
        raise _FailedError("The feed redirects without saying where to.")
    try:
        target = here.join(URL(location))
    except ValueError:
        raise _FailedError("The feed redirects to an address that is none.") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise _FailedError("The feed redirects to something that is not on the web.")
    if here.scheme == "https" and target.scheme != "https":
        raise _FailedError("The feed redirects from https to plain http, which is not followed.")
    return target


async def _read(response: aiohttp.ClientResponse, is_conditional: bool, max_bytes: int) -> Fetched | NotModified:
    if response.status == 304 and is_conditional:
        return NotModified()
    if response.status != 200:
        raise _FailedError(_refusal(response), retry_after(response.headers))
    body = await _body(response, max_bytes)
    # This takes about 50 ms for the whole document, so it does not run in the event loop.
    summary = await asyncio.to_thread(_check, body, response.content_type)
    return Fetched(body, response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""), summary)


def _refusal(response: aiohttp.ClientResponse) -> str:
    status = response.status
    if status == 404:
        return "The feed has no such page (404): its address changed, or is set wrongly."
    if status == 429:
        return "The feed asks for fewer requests (429)."
    if status >= 500:
        return f"The feed has a fault of its own ({status})."
    return f"The feed answered with status {status}, which was not expected."


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    too_large = f"The feed's answer is larger than {max_bytes:,} bytes, which is not the expected document."
    if (response.content_length or 0) > max_bytes:
        raise _FailedError(too_large)
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise _FailedError(too_large)
    return bytes(body)


def _check(body: bytes, content_type: str) -> FeedSummary:
    """Return the document's summary. Only the outer shape is checked; the reader checks the products."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if content_type == "text/html":
            raise _FailedError("The feed answered with a web page instead of its document.") from None
        raise _FailedError(f"The feed's answer is not valid JSON (line {error.lineno}).") from None
    result = _result(document)
    if not all(_is_product(product) for product in result):
        raise _FailedError("The feed's document lists something that is not a product with releases.")
    return summarize(result)


def _result(document: Any) -> list[Any]:
    result = document.get("result") if isinstance(document, dict) else None
    if not isinstance(result, list):
        raise _FailedError("The feed's answer is JSON, but not its document: it has no list of products.")
    version, total = document.get("schema_version"), document.get("total")
    if not isinstance(version, str) or not isinstance(document.get("generated_at"), str):
        raise _FailedError("The feed's document does not say its version and when it was made.")
    if version.partition(".")[0] != _SCHEMA:
        raise _FailedError("The feed's document is of a newer form that this version of Baton does not read.")
    if total != len(result):
        raise _FailedError("The feed's document does not hold as many products as it says.")
    return result


def _is_product(product: Any) -> bool:
    return (
        isinstance(product, dict)
        and isinstance(product.get("name"), str)
        and product["name"] != ""
        and isinstance(product.get("releases"), list)
    )
