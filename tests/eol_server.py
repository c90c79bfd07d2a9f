"""Servers that stand in for the feed of end-of-life dates, well and badly behaved, and a document for them to give."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PATH = "/api/v1/products/full"


@asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[str]:
    """A server that answers everything with `handler`; yields its address."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def product(number: int) -> dict[str, Any]:
    cycles = [{"name": str(cycle), "isEol": False, "eolFrom": "2029-01-01"} for cycle in range(1, 4)]
    return {"name": f"product-{number:02}", "aliases": [], "label": f"Product {number}", "releases": cycles}


def document(count: int = 20, **changes: Any) -> bytes:
    result = [product(number) for number in range(count)]
    head = {"schema_version": "1.2.1", "generated_at": "2026-08-22T08:52:34+00:00"}
    return orjson.dumps({**head, "total": count, "result": result, **changes})


def answering(status: int, body: bytes, content_type: str = "application/json", **headers: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, content_type=content_type, headers=named)

    return handler


@asynccontextmanager
async def raw(answer: bytes, *, is_reset: bool = False) -> AsyncIterator[str]:
    """A server that sends these bytes and closes, or resets, the connection; yields its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if is_reset:
            # Lingering for no time makes the kernel send RST in place of FIN.
            found = writer.get_extra_info("socket")
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
