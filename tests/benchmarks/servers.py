"""The servers that are measured, each in a process of its own on loopback.

`serving("ceiling", slack_api_url=…)` starts one and ends it, whatever happens: a server ends with its standard input.
Started as `python -m tests.benchmarks.servers KIND OPTIONS`, it says where it listens in a line of JSON, and answers
each line that it is sent with another.
"""

from __future__ import annotations

import asyncio
import json
import select
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

#: Nothing is imported up here that a kind of server does not need: the start is measured, too.
_REPOSITORY = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 120
_PATH = "/slack/events"
#: The libraries that every `baton run` loads, beside Bolt and aiohttp.
_STANDS_ON = (
    "aiosqlite",
    "apscheduler.schedulers.asyncio",
    "orjson",
    "prometheus_client",
    "pydantic_settings",
    "rapidfuzz",
    "sqlalchemy.ext.asyncio",
    "sqlmodel",
    "yaml",
)
#: How often the watch of the event loop looks at the clock, in seconds.
_TICK_SECONDS = 0.002


@dataclass
class Server:
    """A server in its process. `url` is where Slack's requests go; `began` and `listened` are perf_counter's."""

    process: subprocess.Popen[str]
    url: str
    began: float
    listened: float

    def tell(self, word: str) -> dict[str, Any]:
        """Send a word and return what it answers."""
        self.begin(word)
        return self.said()

    def begin(self, word: str) -> None:
        """Send a word; `said` returns what it answers, when it does."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def is_done(self) -> bool:
        """Whether the process has something to say, or has ended."""
        return _has_spoken(self.process, within=0)

    def said(self) -> dict[str, Any]:
        """Wait for a line."""
        return _line(self.process)

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used: of no interest to whoever else is on the machine."""
        return float(self.tell("cpu")["seconds"])


@contextmanager
def serving(kind: str, **options: Any) -> Iterator[Server]:
    """Start a server of this kind (the keys of `_KINDS`); it has ended when the block is left."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.servers", kind, json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_REPOSITORY,
    )
    try:
        said = _line(process)
        yield Server(process, said["url"], began, time.perf_counter())
    finally:
        process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()  # type: ignore[union-attr]  # it is a pipe


def _has_spoken(process: subprocess.Popen[str], *, within: float) -> bool:
    assert process.stdout is not None
    return bool(select.select([process.stdout], [], [], within)[0])


def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    if not _has_spoken(process, within=_PATIENCE_SECONDS):
        raise TimeoutError("the server says nothing")
    line = process.stdout.readline()  # type: ignore[union-attr]  # it is a pipe
    if not line:
        raise RuntimeError(f"the server ended with {process.wait()}: its error output says why")
    said: dict[str, Any] = json.loads(line)
    return said


# --- inside the server's process ------------------------------------------------------------------------------------


@asynccontextmanager
async def _canned(_options: dict[str, Any]) -> AsyncIterator[str]:
    """Answers whatever it gets with the same bytes: what the driver can do at most."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1200\r\n\r\n" + b"x" * 1200

    class Canned(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport: Any = transport

        def data_received(self, _data: bytes) -> None:
            self.transport.write(answer)

    server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{_PATH}"


@asynccontextmanager
async def _bolt(options: dict[str, Any]) -> AsyncIterator[str]:
    """Bolt with one listener that does nothing but acknowledge."""
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from tests.benchmarks.load import BOT_TOKEN, SECRET

    bolt = AsyncApp(
        client=AsyncWebClient(token=BOT_TOKEN, base_url=options["slack_api_url"]),
        signing_secret=SECRET,
        process_before_response=options["process_before_response"],
    )

    @bolt.command("/whoowns")
    async def acknowledge(ack: Callable[[], Awaitable[Any]]) -> None:
        await ack()

    async with _listening(bolt.web_app(path=_PATH)) as url:
        yield url


@asynccontextmanager
async def _libraries(options: dict[str, Any]) -> AsyncIterator[str]:
    """Bolt with one listener, and the libraries loaded that Baton stands on: a start before any code of Baton's."""
    for name in _STANDS_ON:
        import_module(name)
    async with _bolt({"process_before_response": True, **options}) as url:
        yield url


@asynccontextmanager
async def _baton(options: dict[str, Any]) -> AsyncIterator[str]:
    """Baton as deployed."""
    from pydantic import SecretStr

    from bot.app import running
    from bot.settings import Settings
    from tests.benchmarks.load import BOT_TOKEN, SECRET

    settings = Settings(
        _env_file=None,
        database_url=SecretStr(options["database_url"]),
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_signing_secret=SecretStr(SECRET),
        slack_api_url=options["slack_api_url"],
        port=0,
        feed_refresh=False,
    )
    async with running(settings) as baton:
        yield baton.url + _PATH


@asynccontextmanager
async def _slack(_options: dict[str, Any]) -> AsyncIterator[str]:
    """The simulated Slack."""
    import yaml

    from bot.playground.fake_slack import FakeSlack
    from tests.benchmarks.load import BOT_TOKEN, SECRET
    from tests.benchmarks.stored import PEOPLE

    slack = FakeSlack(signing_secret=SECRET, bot_token=BOT_TOKEN, app_token="xapp-none", rate_limits=False)
    slack.install(yaml.load((_REPOSITORY / "app.yaml").read_text(), Loader=yaml.CSafeLoader))
    for number, user_id in enumerate(PEOPLE):
        slack.add_user("ada" if not number else f"person-{number}", real_name=f"Person {number}", user_id=user_id)
    for number in range(40):
        slack.add_channel(f"team-{number}", members=["ada"], bot_is_member=True)
    await slack.start()
    try:
        yield slack.api_url
    finally:
        await slack.stop()


@asynccontextmanager
async def _importer(options: dict[str, Any]) -> AsyncIterator[str]:
    """No server: a process that holds a catalog ready, and imports it when it is told `import`."""
    from bot.store.db import Database
    from tests.benchmarks.stored import claims

    made = Database(options["database_url"])
    catalog = claims(options["count"], options["seed"])
    _COMMANDS["import"] = lambda: _import(made, catalog)
    try:
        yield ""
    finally:
        await made.close()


async def _import(database: Any, catalog: Any) -> dict[str, Any]:
    from bot.ports import SystemClock
    from bot.services.catalog import import_catalog
    from bot.services.deps import Deps

    began = time.perf_counter()
    deps = Deps(database, SystemClock())
    await import_catalog(deps, catalog, source="terraform", format_name="terraform", paths=["catalog.json"])
    return {"seconds": time.perf_counter() - began}


@asynccontextmanager
async def _listening(application: Any) -> AsyncIterator[str]:
    from aiohttp import web

    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{_PATH}"
    finally:
        await runner.cleanup()


class _Watch:
    """Looks at the clock every two milliseconds: what comes later than that is how long the event loop stood still."""

    def __init__(self) -> None:
        self._stalls: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> dict[str, Any]:
        self._stalls.clear()
        self._task = self._task or asyncio.create_task(self._look())
        return {}

    async def report(self) -> dict[str, Any]:
        """Return the stalls in ms, ascending."""
        return {"stalls": sorted(self._stalls)}

    async def _look(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_SECONDS)
            self._stalls.append(max(time.perf_counter() - before - _TICK_SECONDS, 0) * 1000)


async def _cpu() -> dict[str, Any]:
    return {"seconds": time.process_time()}


_KINDS = {
    "canned": _canned,
    "bolt": _bolt,
    "libraries": _libraries,
    "baton": _baton,
    "slack": _slack,
    "importer": _importer,
}
_WATCH = _Watch()
_COMMANDS: dict[str, Callable[[], Awaitable[dict[str, Any]]]] = {
    "cpu": _cpu,
    "watch": _WATCH.begin,
    "stalls": _WATCH.report,
}


async def main(kind: str, options: dict[str, Any]) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        _say({"url": await stack.enter_async_context(_KINDS[kind](options))})
        words = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
        while word := (await words.readline()).decode().strip():
            _say(await _COMMANDS[word]())


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
