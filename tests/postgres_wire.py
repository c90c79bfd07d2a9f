"""A wire to a PostgreSQL that can fall silent or be cut, as networks and servers do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url


class Wire:
    """Passes on what is said between whoever connects to `port` and the server behind a Unix socket."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._flows, self._is_cut = asyncio.Event(), False
        self._flows.set()
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._trap: tuple[bytes, Callable[[], None]] | None = None
        self.port = 0

    def fall_silent(self) -> None:
        """Pass nothing on any more, and keep every connection."""
        self._flows.clear()

    def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Be a wire again."""
        self._is_cut = False
        self._flows.set()

    def when(self, said: bytes, then: Callable[[], None]) -> None:
        """Do something as soon as a client says this, once it has been passed on."""
        self._trap = said, then

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if self._is_cut:
            writer.transport.abort()
            return
        up_reader, up_writer = await asyncio.open_unix_connection(self._socket)
        self._writers += [writer, up_writer]
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await asyncio.gather(self._pass_on(reader, up_writer, is_client=True), self._pass_on(up_reader, writer))
        except OSError:
            writer.transport.abort()
            up_writer.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_client: bool = False
    ) -> None:
        while said := await reader.read(65536):
            await self._flows.wait()
            writer.write(said)
            await writer.drain()
            if is_client and self._trap is not None and self._trap[0] in said:
                then, self._trap = self._trap[1], None
                then()
        writer.close()

    def end(self) -> None:
        """Carry nothing any more."""
        self.cut()
        for task in self._tasks:
            task.cancel()


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[tuple[str, Wire]]:
    """Yield an address that leads to the database at `url` over a wire, and the wire."""
    meant = make_url(url)
    wire = Wire(f"{meant.query['host']}/.s.PGSQL.{meant.query.get('port', 5432)}")
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        over = meant.set(host="127.0.0.1", port=wire.port, query={"ssl": "disable"})
        yield over.render_as_string(hide_password=False), wire
    finally:
        wire.end()
        server.close()
