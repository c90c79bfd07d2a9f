"""What a case acts in: a small Slack, and a real `baton run` in front of it, with a catalog of its own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

import aiohttp

from tests.conftest import REPOSITORY, lasting_port
from tests.forks import Fork, Forks
from tests.strangers.small_slack import APP, BOT_TOKEN, BOT_USER, TEAM, SmallSlack

SECRET = "signing-secret-of-strangers"
METRICS_TOKEN = "metrics-token-of-strangers"
#: The owner of everything in the catalog; whoever reads this word has read catalog data.
OWNER = "Ledgerfolk"
CATALOG = f"""
baton: 1
teams:
  - name: {OWNER}
    channel: "#ledger-room"
    members: [ada@example.test, guest@example.test, new@example.test]
people:
  - {{name: Ada Byron, email: ada@example.test}}
  - {{name: Gus Guest, email: guest@example.test}}
  - {{name: Nell New, email: new@example.test}}
assets:
  - name: checkout
    owner: {OWNER}
    links: [{{title: Runbook, url: "https://runbooks.example.test/checkout"}}]
  - {{name: invoices, owner: {OWNER}}}
"""
SLACK_PATH = "/slack/events"
_FORM = "application/x-www-form-urlencoded"
_forks: Forks | None = None


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    seconds: float


async def until(is_so: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Wait for a state and return what it was; TimeoutError says what was waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = is_so()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        await asyncio.sleep(0.05)
    raise TimeoutError(f"expected {what} within {seconds:g} seconds; it did not come")


def environment(**settings: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BATON_")}
    return kept | {"PYTHONPATH": str(REPOSITORY), "BATON_FEED_REFRESH": "false"} | settings


async def run_baton(folder: Path, *arguments: str, seconds: float = 30, **settings: str) -> tuple[int | None, str]:
    """Run a `baton` command to its end; the status is None when it had to be killed."""
    with tempfile.TemporaryFile() as said:
        process = await _started(folder, *arguments, env=environment(**settings), out=said, error=said)
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            return None, f"nothing within {seconds:g} seconds"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        said.seek(0)
        return process.returncode, said.read().decode(errors="replace")


@asynccontextmanager
async def forking() -> AsyncIterator[None]:
    """Let processes be forked off one that has imported Baton, instead of each importing it."""
    global _forks  # noqa: PLW0603 - cases start commands without being handed anything
    _forks = Forks("bot.app", "bot.cli.catalog", "bot.cli.db", "bot.cli.run")
    try:
        yield
    finally:
        made, _forks = _forks, None
        await made.close()


def _nothing() -> IO[bytes]:
    return Path(os.devnull).open("rb")


async def _started(
    folder: Path, *arguments: str, env: Mapping[str, str], out: IO[bytes], error: IO[bytes], is_fresh: bool = False
) -> asyncio.subprocess.Process | Fork:
    if _forks is not None and not is_fresh:
        with _nothing() as nothing:
            return await _forks.start(
                "bot", *arguments, folder=folder, env=env, files=[each.fileno() for each in (nothing, out, error)]
            )
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=env, stdin=asyncio.subprocess.DEVNULL,
        stdout=out, stderr=error,
    )  # fmt: skip


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers that Slack sends with a body."""
    moment = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}


@dataclass
class Baton:
    """A `baton run`, and short ways to send it what Slack sends.

    With `is_fresh` it is forked off nothing, for cases that change something of it while it imports.
    """

    folder: Path
    slack: SmallSlack
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    is_fresh: bool = False

    def __post_init__(self) -> None:
        self.port = self.port or lasting_port()
        self.database = self.folder / "baton.sqlite"
        self.process: asyncio.subprocess.Process | Fork | None = None
        self._numbers = itertools.count(1)
        self._log = self.folder / "log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        standard = {
            "BATON_SLACK_BOT_TOKEN": BOT_TOKEN,
            "BATON_SLACK_SIGNING_SECRET": SECRET,
            "BATON_SLACK_API_URL": f"{self.slack.url}/api/",
            "BATON_DATABASE_URL": f"sqlite:///{self.database}",
            "BATON_PORT": str(self.port),
            "BATON_METRICS_TOKEN": METRICS_TOKEN,
        }
        env = environment(**(standard | self.settings))
        with self._log.open("ab") as log, (self.folder / "output").open("wb") as output:
            self.process = await _started(self.folder, "run", env=env, out=output, error=log, is_fresh=self.is_fresh)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def status(self, path: str, headers: dict[str, str] | None = None) -> int:
        """The status that a path is answered with; 0 where nobody listens."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.get(self.url + path, headers=headers) as answer,
            ):
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def ready(self, *, seconds: float = 30) -> None:
        async def is_ready() -> bool:
            if not self.is_alive():
                raise RuntimeError(f"baton run ended by itself: {self.log()[-300:]}")
            return await self.status("/readyz") == 200

        await until(is_ready, seconds=seconds, what="baton run to be ready")

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def logged(self, *words: str) -> list[str]:
        """Which of these words stand in the log."""
        said = self.log()
        return [each for each in words if each in said]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(query, values).fetchall()

    def asset_id(self, name: str = "checkout") -> int:
        return int(self.rows("SELECT id FROM assets WHERE name = ?", name)[0][0])

    async def send(self, body: bytes, kind: str = _FORM, *, seconds: float = 20, **headers: str) -> Answer:
        """Send one request with a signature (which `headers` may replace)."""
        began = time.monotonic()
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session,
            session.post(
                self.url + SLACK_PATH, data=body, headers={"Content-Type": kind, **signed(body), **headers}
            ) as answer,
        ):
            return Answer(answer.status, await answer.text(), time.monotonic() - began)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{time.time_ns()}{next(self._numbers)}"

    def command(self, text: str, *, user: str = "UGRACE", channel: str = "C0000GENERAL", **over: str) -> bytes:
        fields = {
            "token": "old", "team_id": TEAM, "team_domain": "small", "channel_id": channel, "channel_name": "general",
            "user_id": user, "user_name": user.lower(), "command": "/whoowns", "text": text, "api_app_id": APP,
            "is_enterprise_install": "false", "response_url": self.slack.response_url(),
            "trigger_id": self.new_id("1."),
        }  # fmt: skip
        return urlencode(fields | over).encode()

    def event(self, text: str, *, user: str = "UGRACE", channel: str = "C0000GENERAL", **over: Any) -> dict[str, Any]:
        """A mention, or in a channel whose id begins with D a direct message. `over` goes into the envelope."""
        ts = f"{time.time():.6f}"
        inner = {"user": user, "team": TEAM, "ts": ts, "event_ts": ts, "channel": channel, "client_msg_id": ts}
        if channel.startswith("D"):
            inner |= {"type": "message", "channel_type": "im", "text": text}
        else:
            inner |= {"type": "app_mention", "text": f"<@{BOT_USER}> {text}"}
        return {
            "token": "old", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
            "event_id": self.new_id("Ev"), "event_time": int(time.time()), "is_ext_shared_channel": False,
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": inner | over.pop("inner", {}),
        } | over  # fmt: skip

    def interaction(self, kind: str, user: str, **rest: Any) -> dict[str, Any]:
        return {
            "type": kind, "team": {"id": TEAM, "domain": "small"}, "api_app_id": APP, "token": "old",
            "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
            "enterprise": None, "is_enterprise_install": False, "trigger_id": self.new_id("2."),
        } | rest  # fmt: skip

    def press(self, action_id: str, *, user: str = "UADA", asset: str = "checkout", **over: Any) -> dict[str, Any]:
        """A button of an answer that only the presser sees."""
        ts = over.pop("ts", "") or self.new_id("17")
        action = {"type": "button", "action_id": action_id, "block_id": "b1", "value": f"{self.asset_id(asset)}|"}
        pressed = self.interaction(
            "block_actions",
            user,
            channel={"id": "C0000GENERAL", "name": "general"},
            container={"type": "message", "message_ts": ts, "channel_id": "C0000GENERAL", "is_ephemeral": True},
            actions=[action | {"action_ts": f"{time.time():.6f}"}],
            response_url=self.slack.response_url(),
            state={"values": {}},
        )
        return pressed | over

    def submission(self, callback_id: str, *, user: str = "UADA", **over: Any) -> dict[str, Any]:
        view = {
            "id": self.new_id("V"), "team_id": TEAM, "app_id": APP, "app_installed_team_id": TEAM, "type": "modal",
            "callback_id": callback_id, "hash": "1.2", "state": {"values": {}},
            "private_metadata": f"{self.asset_id()}||{self.slack.response_url()}",
            "blocks": [{"type": "input", "block_id": "ownership.doubt_reason"}],
        }  # fmt: skip
        return self.interaction("view_submission", user, view=view | over.pop("view", {})) | over

    async def ask(self, body: bytes) -> Answer:
        return await self.send(body)

    async def act(self, payload: dict[str, Any]) -> Answer:
        return await self.send(form(payload))

    async def deliver(self, event: dict[str, Any], **headers: str) -> Answer:
        return await self.send(json.dumps(event).encode(), "application/json", **headers)

    async def deliver_as_slack_does(self, event: dict[str, Any], *, most: int = 4) -> bool:
        """Deliver until it is acknowledged within three seconds, four times at most; return whether it was."""
        body = json.dumps(event).encode()
        for attempt in range(most):
            more = {"X-Slack-Retry-Num": str(attempt)} if attempt else {}
            try:
                if (await self.send(body, "application/json", seconds=3, **more)).status == 200:
                    return True
            except (aiohttp.ClientError, TimeoutError):
                continue
        return False

    def answers_to(self, event: dict[str, Any]) -> list[str]:
        """The messages that stand where an event is answered: in the thread of a mention, in the direct message."""
        inner = event["event"]
        if inner["type"] == "message":
            return [everything_in(post) for post in self.slack.posts if post["channel"] == inner["channel"]]
        return [everything_in(post) for post in self.slack.posts if post.get("thread_ts") == inner["ts"]]

    async def answered(self, event: dict[str, Any], *, seconds: float = 30) -> str:
        found = await until(lambda: self.answers_to(event), seconds=seconds, what="an answer in Slack")
        return str(found[0])

    async def quiet(self, *, seconds: float = 30) -> None:
        """Wait until nothing is on its way: another question is answered, and the outbox holds nothing unsent."""
        last = self.event("who owns invoices?")
        await self.deliver_as_slack_does(last)
        await self.answered(last, seconds=seconds)
        await until(lambda: not self.unsent(), seconds=seconds, what="an outbox with nothing unsent")

    async def quiet_elsewhere(self, event: dict[str, Any]) -> None:
        """The same, asked in the conversation of an event: what was to be said there comes before."""
        last = self.event("who owns invoices?", channel=event["event"]["channel"])
        await self.deliver_as_slack_does(last)
        end = "invoices"
        await until(lambda: any(end in text for text in self.answers_to(last)), seconds=30, what="an answer in Slack")
        await until(lambda: not self.unsent(), seconds=30, what="an outbox with nothing unsent")

    def unsent(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT id FROM outbox WHERE state IN ('waiting', 'sending')")


def copied(database: Path, folder: Path) -> None:
    """Copy a database that nobody uses into a folder."""
    folder.mkdir(exist_ok=True)
    for part in database.parent.glob("baton.sqlite*"):
        shutil.copy2(part, folder / part.name)


def form(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def everything_in(post: dict[str, Any]) -> str:
    return json.dumps([post.get("text"), post.get("blocks")], ensure_ascii=False)


class House:
    """Gives cases their Batons. A case that only asks shares one with others; one that breaks things has its own."""

    def __init__(self, folder: Path, *, is_long: bool) -> None:
        self.folder, self.is_long = folder, is_long
        self._numbers = itertools.count(1)
        self._stack = AsyncExitStack()
        self._shared: Baton | None = None
        self._done: dict[Path, Path] = {}

    async def close(self) -> None:
        await self._stack.aclose()

    def new_folder(self) -> Path:
        made = self.folder / f"case-{next(self._numbers)}"
        made.mkdir()
        return made

    async def migrated(self) -> Path:
        """A database with the schema and nothing in it, made once for all."""
        return await self._made("migrated", "db", "upgrade")

    async def template(self) -> Path:
        """A database with the small catalog in it, imported once for all."""
        empty, made = await self.migrated(), self.folder / "template"
        if not made.exists():
            copied(empty, made)
            (made / "catalog.yaml").write_text(CATALOG)
        return await self._made("template", "catalog", "import", "baton", "catalog.yaml", "--trust-people")

    async def _made(self, name: str, *arguments: str) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        if folder not in self._done:
            database = folder / "baton.sqlite"
            status, said = await run_baton(folder, *arguments, BATON_DATABASE_URL=f"sqlite:///{database}")
            if status != 0:
                raise RuntimeError(f"baton {' '.join(arguments)} ended with {status}: {said[-400:]}")
            self._done[folder] = database
        return self._done[folder]

    async def shared(self) -> Baton:
        if self._shared is None or not self._shared.is_alive():
            self._shared = await self._stack.enter_async_context(self.baton())
        self._shared.slack.heal()
        return self._shared

    @asynccontextmanager
    async def baton(self, **settings: str) -> AsyncIterator[Baton]:
        """A small Slack and a ready Baton of one's own."""
        async with self.cold(**settings) as made:
            await made.slack.start()
            await made.start()
            await made.ready()
            await until(lambda: made.slack.called("users.list"), seconds=20, what="Slack's members to be read")
            yield made

    def new_baton(self, settings: dict[str, str]) -> Baton:
        return Baton(self.new_folder(), small_slack(), settings)

    @asynccontextmanager
    async def cold(self, **settings: str) -> AsyncIterator[Baton]:
        """The same, nothing of it started yet; all of it is ended afterwards."""
        made = self.new_baton(settings)
        copied(await self.template(), made.folder)
        try:
            yield made
        finally:
            await made.kill()
            await made.slack.stop()


def small_slack(slack: SmallSlack | None = None) -> SmallSlack:
    slack = slack or SmallSlack()
    for user in ("UADA", "UGRACE"):
        slack.add_user(user)
    slack.add_user("UGUEST", is_restricted=True)
    slack.add_user("UNEW", is_listed=False)
    slack.add_user("USTRANGER", is_listed=False, is_stranger=True, team_id="T9")
    slack.add_user(BOT_USER, is_bot=True)
    slack.add_channel("C0000GENERAL", "general")
    slack.add_channel("C0000LEDGER", "ledger-room")
    slack.add_channel("C0000SHARED", "shared", is_ext_shared=True)
    return slack
