"""Connections before any signature: too many, too slow, too much announced; and those that proxies keep open."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from tests.strangers.cases import case, expect
from tests.strangers.door import raw, signed_headers
from tests.strangers.world import OWNER, SLACK_PATH, Baton, House, until

#: What a request says that has a signature of the right shape, and no right one.
_FALSE = [(b"X-Slack-Request-Timestamp", b"1800000000"), (b"X-Slack-Signature", b"v0=" + b"0" * 64)]
_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def _head(length: int | None, headers: list[tuple[bytes, bytes]]) -> bytes:
    """The head of a request whose body has this length; None for one that comes in chunks."""
    size = (b"Transfer-Encoding", b"chunked") if length is None else (b"Content-Length", str(length).encode())
    kind = (b"Content-Type", b"application/x-www-form-urlencoded")
    lines = [name + b": " + value for name, value in ((b"Host", b"x"), kind, size, *headers)]
    return b"\r\n".join([b"POST " + SLACK_PATH.encode() + b" HTTP/1.1", *lines]) + b"\r\n\r\n"


@asynccontextmanager
async def _opened(baton: Baton, count: int, first: bytes) -> AsyncIterator[list[_Connection]]:
    """Open so many connections, and send the same on each."""
    made: list[_Connection] = []
    try:
        for _ in range(count):
            async with asyncio.timeout(5):
                made.append(await asyncio.open_connection("127.0.0.1", baton.port))
            made[-1][1].write(first)
        yield made
    finally:
        for _, writer in made:
            writer.transport.abort()


async def _in_two_parts(baton: Baton) -> bytes:
    """Send a signed command whose body comes after its headers were read; return how the answer begins."""
    body = baton.command("checkout")
    sent = _head(len(body), signed_headers(body))
    reader, writer = await asyncio.open_connection("127.0.0.1", baton.port)
    try:
        writer.write(sent)
        await writer.drain()
        # Whoever connects later is answered later: the headers have been read by then.
        await baton.status("/healthz")
        writer.write(body)
        return await asyncio.wait_for(reader.read(2000), 10)
    finally:
        writer.transport.abort()


def _limit(baton: Baton, *limits: int) -> tuple[int, int]:
    """Set, where any are given, and return the limits of open files of a Baton that is starting, or runs."""
    process = psutil.Process(baton.process.pid if baton.process is not None else None)
    if limits:
        process.rlimit(psutil.RLIMIT_NOFILE, limits)
    soft, hard = process.rlimit(psutil.RLIMIT_NOFILE)
    return soft, hard


@case("With 1,024 open files, a thousand connections with headers and no body keep nobody out", is_quick=True)
async def too_many(house: House) -> None:
    async with house.cold() as baton:
        await baton.slack.start()
        baton.is_fresh = True
        await baton.start()
        _limit(baton, 1024, 1024)
        await baton.ready()
        for first in (_head(5, _FALSE), b""):
            async with _opened(baton, 1000, first) as connections:
                for _ in range(4):
                    answer = await baton.ask(baton.command("checkout"))
                    expect(answer.status == 200 and OWNER in answer.text, "the owner", answer)
                    expect(answer.seconds < 2.5, "an answer within 2.5 s", answer.seconds)

                def most_are_gone(held: list[_Connection] = connections) -> bool:
                    return sum(not reader.at_eof() for reader, _ in held) <= 1024 // 2

                await until(most_are_gone, seconds=5, what="at most 512 connections")
                open_files = psutil.Process(baton.process.pid if baton.process is not None else None).num_fds()
                expect(open_files < 1024, "fewer than 1,024 open files", open_files)
        warnings = [line for line in baton.log().splitlines() if "connection" in line and '"warning"' in line]
        expect(len(warnings) == 1 and "more than 512 connections" in warnings[0], "one line on it", warnings[:3])
        expect("Traceback" not in baton.log(), "no traceback in the log", baton.log()[-600:])


@case("Where the system allows more open files than it gives, they are asked for", is_quick=True)
async def more_files(house: House) -> None:
    async with house.cold() as baton:
        await baton.slack.start()
        baton.is_fresh = True
        await baton.start()
        _limit(baton, 256, 3000)
        await baton.ready()
        expect(_limit(baton) == (3000, 3000), "the soft limit to be the hard one", _limit(baton))


@case("Large bodies that are announced and do not come keep no signed question out", is_quick=True)
async def announced(house: House) -> None:
    baton = await house.shared()
    for length in (2 * 1024 * 1024, None):
        async with _opened(baton, 40, _head(length, _FALSE)):
            said = await _in_two_parts(baton)
            expect(b" 200 " in said and OWNER.encode() in said, "the owner", said)


@case("Large bodies that come but for their end are limited, and keep no signed question out", is_quick=True)
async def held(house: House) -> None:
    baton = await house.shared()
    most = 2 * 1024 * 1024
    async with _opened(baton, 24, _head(most, _FALSE) + b"a" * (most - 1)) as connections:
        refused = [asyncio.create_task(reader.readline()) for reader, _ in connections]
        done, waiting = await asyncio.wait(refused, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        said = await _in_two_parts(baton)
        for each in waiting:
            each.cancel()
    first = next(iter(done)).result() if done else b"nothing"
    expect(b" 503 " in first, "503 for what is too much", first)
    expect(b" 200 " in said and OWNER.encode() in said, "the owner", said)
    for number in range(24):  # what has been read is held no longer
        status = await raw(baton.port, _FALSE, b"a" * (most - 1))
        expect(status == 401, f"401 to large body {number} of those that come one after another", status)


@case("A connection that is in use, or rests between requests, is kept", is_quick=True, seconds=40)
async def kept(house: House) -> None:
    async with house.baton(BATON_READ_SECONDS="0.5") as baton:
        reader, writer = await asyncio.open_connection("127.0.0.1", baton.port)
        try:
            began = time.monotonic()
            while time.monotonic() - began < 3:
                await _again(baton, reader, writer, "on a connection in use")
            async with asyncio.timeout(10):  # one on which nothing comes is cut off: so much later it is
                silent, other = await asyncio.open_connection("127.0.0.1", baton.port)
                await silent.read()
                other.close()
            await _again(baton, reader, writer, "on one that rested for longer than BATON_READ_SECONDS")
        finally:
            writer.transport.abort()


async def _again(baton: Baton, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, what: str) -> None:
    """Ask on an open connection, and read the whole answer."""
    body = baton.command("checkout")
    writer.write(_head(len(body), signed_headers(body)) + body)
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        said = await reader.readexactly(int(length.split(b":")[1]))
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        said, head = repr(error).encode(), b""
    expect(b" 200 " in head and OWNER.encode() in said, f"the owner, {what}", said)


@case("A signed event whose type is written in capitals is answered", is_quick=True)
async def capitals(house: House) -> None:
    baton = await house.shared()
    event = baton.event("who owns checkout?")
    body = json.dumps(event).encode()
    status = await raw(baton.port, [*signed_headers(body), (b"Content-Type", b"Application/JSON; Charset=utf-8")], body)
    expect(status == 200, "200", status)
    expect(OWNER in await baton.answered(event), "the owner", "another answer")
