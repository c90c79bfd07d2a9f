"""How many connections the web server has at once, and which make room; `tests/strangers/connections.py` floods it."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.web_server import Runner
from tests.strangers.world import until

_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_ASKED = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"


class _Site:
    """A server of one's own; `/slow` is answered when `may_end` is set."""

    def __init__(self) -> None:
        self.may_end, self.asked, self.open = asyncio.Event(), asyncio.Semaphore(0), list[asyncio.StreamWriter]()
        app = web.Application()
        app.router.add_get("/slow", self._slow)
        app.router.add_get("/", self._quick)
        app.router.add_post("/read", self._read)
        self.runner = Runner(app, read_seconds=30, shutdown_timeout=0.1)

    async def _quick(self, _request: web.Request) -> web.Response:
        return web.Response(text="done")

    async def _slow(self, _request: web.Request) -> web.Response:
        self.asked.release()
        await self.may_end.wait()
        return web.Response(text="done")

    async def _read(self, request: web.Request) -> web.Response:
        self.asked.release()
        return web.Response(text=f"{await request.text()} done")

    async def connect(self, sent: bytes = b"") -> _Connection:
        made = await asyncio.open_connection(*self.runner.addresses[0])
        self.open.append(made[1])
        made[1].write(sent)
        return made


@asynccontextmanager
async def serving(monkeypatch: pytest.MonkeyPatch, *, most: int) -> AsyncIterator[_Site]:
    monkeypatch.setattr("bot.web_server._MOST_CONNECTIONS", most)
    site = _Site()
    await site.runner.setup()
    await web.TCPSite(site.runner, "127.0.0.1", 0, backlog=site.runner.backlog).start()
    try:
        yield site
    finally:
        for each in site.open:
            each.transport.abort()
        await site.runner.cleanup()
        asyncio.get_running_loop().set_exception_handler(None)


async def rest(connection: _Connection) -> bytes:
    """All that comes until the other side ends it."""
    async with asyncio.timeout(5):
        try:
            return await connection[0].read()
        except ConnectionError:
            return b""


async def answer(connection: _Connection) -> bytes:
    async with asyncio.timeout(5):
        return await connection[0].readuntil(b"done")


async def test_who_asks_first_whether_to_send_a_body_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, most=10) as site:
        connection = await site.connect(
            b"GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        async with asyncio.timeout(5):
            assert await connection[0].readline() == b"HTTP/1.1 100 Continue\r\n"
        connection[1].write(b"ok")
        assert b"200 OK" in await answer(connection)


async def test_a_path_is_found_with_a_query_and_by_the_right_method_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, most=10) as site:
        for line, status in ((b"GET /?a=1", b"200"), (b"HEAD /", b"200"), (b"POST /", b"405"), (b"GET /else", b"404")):
            connection = await site.connect(line + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert (await rest(connection)).startswith(b"HTTP/1.1 " + status)


async def test_the_one_that_waits_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, most=3) as site:
        used, silent, slow = await site.connect(), await site.connect(), await site.connect(_ASKED % b"slow")
        await site.asked.acquire()
        used[1].write(_ASKED % b"")
        await answer(used)  # since when it waits a shorter time than the silent one
        new = await site.connect(_ASKED % b"")
        assert await answer(new)
        assert await rest(silent) == b""
        used[1].write(_ASKED % b"")
        assert await answer(used)
        site.may_end.set()
        assert await answer(slow)


async def test_what_is_being_answered_is_not_cut_off_for_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, most=2) as site:
        asked = [await site.connect(_ASKED % b"slow") for _ in range(2)]
        await site.asked.acquire()
        await site.asked.acquire()
        assert await rest(await site.connect(_ASKED % b"")) == b""
        site.may_end.set()
        for each in asked:
            assert await answer(each)


async def test_a_body_that_has_not_come_is_waited_for_and_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, most=1) as site:
        announced = await site.connect(b"GET /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        await site.asked.acquire()
        assert await answer(await site.connect(_ASKED % b""))
        assert await rest(announced) == b""


async def test_a_stop_takes_in_the_body_of_a_request_that_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, most=3) as site:
        begun = await site.connect(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nha")
        await site.asked.acquire()
        stopping = asyncio.create_task(site.runner.cleanup())
        await until(lambda: not site.runner.sites, seconds=5, what="a server that lets nobody in any more")
        begun[1].write(b"lf")
        assert b"half done" in await answer(begun)
        await stopping


async def test_a_stop_waits_for_no_body_that_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web_server._ARRIVING_SECONDS", 0.05)
    async with serving(monkeypatch, most=3) as site:
        site.runner._shutdown_timeout = 60
        begun = await site.connect(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nha")
        await site.asked.acquire()
        async with asyncio.timeout(5):
            await site.runner.cleanup()
        assert await rest(begun) == b""


async def test_a_connection_rests_for_longer_than_proxies_keep_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch, most=1) as site:
        assert site.runner.server is not None
        assert site.runner.server().keepalive_timeout > 600


async def test_connections_that_cannot_be_taken_in_are_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()
    async with serving(monkeypatch, most=1):
        with caplog.at_level(logging.INFO):
            for _ in range(1000):
                error = OSError(errno.EMFILE, "Too many open files")
                loop.call_exception_handler({"message": "socket.accept() out of system resource", "exception": error})
            loop.call_exception_handler({"message": "something else", "exception": ValueError("odd")})
    assert [each.getMessage() for each in caplog.records] == [
        "a connection could not be taken in (Too many open files)",
        "something else",
    ]
