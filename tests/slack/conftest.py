"""The app as deployed, in front of the simulated Slack: signed requests over HTTP in, Web API calls over HTTP out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import bindparam, select

from bot.app import RunningApp, running
from bot.clients.slack import SlackClient
from bot.domain.catalog import (
    Area,
    AssetClaim,
    AssetKind,
    Hosting,
    Link,
    Origin,
    OwnerClaim,
    OwnerRef,
    OwnerType,
    PersonClaim,
    Role,
    SourceCatalog,
    TeamClaim,
)
from bot.playground.fake_slack import Delivery, FakeSlack, MessageRef, PostedMessage
from bot.services import snapshot
from bot.services.backlog.comments import Comments
from bot.services.backlog.trackers import Trackers
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.services.listings import Listings
from bot.services.members import Members
from bot.services.outbox import drain
from bot.services.snapshot import Snapshot
from bot.settings import Settings
from bot.store.db import Database
from bot.store.tables import OutboxMessage, core
from bot.web import SLACK_PATH
from handlers.catalog import CatalogChanges
from tests import kept
from tests.conftest import DEPLOYMENTS, FixedClock, fresh_database
from tests.postgres_databases import migrated

SECRET, BOT_TOKEN, APP_TOKEN = "signing-secret-for-tests", "xoxb-token-for-tests", "xapp-token-for-tests"
METRICS_TOKEN = "metrics-token-for-tests"
HERE = Origin("catalog.yaml", 1)
_OUTBOX = core(OutboxMessage).c
_UNDER_WAY = _OUTBOX.state.in_(("waiting", "sending"))
_ANSWERS = select(_OUTBOX.id).where(_OUTBOX.key.startswith("answer:"), _UNDER_WAY)
_UNSENT = select(_OUTBOX.state).where(_UNDER_WAY, _OUTBOX.due_at <= bindparam("until"))


def team_owns(name: str, area: Area = Area.ALL, role: Role = Role.OWNER) -> OwnerClaim:
    return OwnerClaim(OwnerRef(name, OwnerType.TEAM, name), area, role)


def asset(name: str, kind: AssetKind = AssetKind.SERVICE, **rest: Any) -> AssetClaim:
    return AssetClaim(external_id=rest.pop("external_id", f"{kind}:{name}"), kind=kind, name=name, origin=HERE, **rest)


def organisation() -> SourceCatalog:
    """A small organisation with one asset for each kind of answer."""
    catalog = SourceCatalog()
    catalog.people = [
        PersonClaim(name="Ada Byron", email="ada@example.test", teams=("Payments",), origin=HERE),
        PersonClaim(name="Grace Marsh", email="grace@example.test", teams=("Payments",), origin=HERE),
        PersonClaim(name="Lin Wei", email="lin@example.test", teams=("Platform",), origin=HERE),
        PersonClaim(name="Omar Sol", email="omar@example.test", teams=("Platform",), origin=HERE),
        PersonClaim(name="Solo Singh", email="solo@example.test", teams=("Search",), origin=HERE),
    ]
    catalog.teams = [
        TeamClaim(name="Payments", channel="#payments", lead="ada@example.test", origin=HERE),
        TeamClaim(name="Platform", channel="#platform", origin=HERE),
        TeamClaim(name="Search", channel="#search", origin=HERE),
    ]
    catalog.assets = [
        asset(
            "payments-db",
            AssetKind.DATABASE,
            hosting=Hosting.MANAGED,
            tier=1,
            owners=(team_owns("Payments", Area.APPLICATION), team_owns("Platform", Area.DATABASE)),
            links=(Link("Runbook", "https://runbooks.example.test/payments-db"),),
        ),
        asset("checkout", owners=(team_owns("Payments"), team_owns("Platform", Area.CI_CD))),
        asset("checkout-worker", parent="checkout"),
        asset("search-api", AssetKind.API, owners=(team_owns("Search"),)),
        asset("old-cron"),
        asset("sandbox", unowned_reason="Everybody may break it."),
        asset("invoices", AssetKind.SERVICE, owners=(team_owns("Payments"),)),
        asset("invoices", AssetKind.DATABASE, owners=(team_owns("Platform"),)),
        asset("evil<!channel>&<@U1>", owners=(team_owns("Payments"),)),
    ]
    return catalog


async def organised(url: str) -> None:
    """Bring the small organisation into the empty database at an address, at the time when clocks begin.

    What Slack lists has been read then, too.
    """
    await migrated(url)
    database = Database(url)
    deps = Deps(database, FixedClock())
    await import_catalog(
        deps, organisation(), source="baton", format_name="baton", paths=["catalog.yaml"], trust_people=True
    )
    slack = furnished()
    await slack.start()
    async with SlackClient(token=BOT_TOKEN, api_url=slack.api_url) as client:
        memory = Snapshot()
        await snapshot.refresh(memory, database)
        listings = Listings(deps, client, memory, Members(deps, client, memory))
        await listings.read_members()
        await listings.read_channels()
    await slack.stop()
    await database.close()


def furnished() -> FakeSlack:
    """Slack as every scene finds it: its people and channels have the same ids each time."""
    slack = FakeSlack(signing_secret=SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN, rate_limits=False)
    slack.install(kept.manifest())
    for handle, name in (
        ("ada", "Ada Byron"),
        ("grace", "Grace Marsh"),
        ("lin", "Lin Wei"),
        ("omar", "Omar Sol"),
        ("solo", "Solo Singh"),
        ("eve", "Eve Nobody"),
    ):
        slack.add_user(handle, real_name=name, email=f"{handle}@example.test")
    everybody = ["ada", "grace", "lin", "omar", "solo", "eve"]
    slack.add_channel("general", members=everybody, bot_is_member=True)
    for name in ("payments", "platform", "search"):
        slack.add_channel(name, members=everybody, bot_is_member=True)
    return slack


@contextmanager
def already_read() -> Iterator[None]:
    """Let a Baton that starts here take what Slack lists from the store: it has been read a moment ago.

    To read it took a third of a scene's start. `test_start` holds that every start reads it.
    """
    read = Listings._read

    async def _read(listings: Listings, *how: Any) -> None:
        await read(listings, *how[:-1], False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Listings, "_read", _read)
        yield


@pytest.fixture(autouse=True, scope="session")
def hurried() -> Iterator[None]:
    """Let Baton write to a tracker without a second in between."""
    with pytest.MonkeyPatch.context() as patch:
        for sender in (Trackers, Comments):
            patch.setitem(sender.__init__.__kwdefaults__, "pause", _at_once)  # type: ignore[arg-type]
        yield


async def _at_once(seconds: float) -> None:
    """Wait no time."""


@dataclass
class Stage:
    """A workspace with Baton in it, and short ways to do and see what people do and see."""

    slack: FakeSlack
    baton: RunningApp
    database: Database
    clock: FixedClock

    async def ask(self, text: str, *, user: str = "grace", channel: str = "general") -> PostedMessage:
        """Run a command and return the one message that it brought."""
        before = len(self.slack.visible_messages(user, channel))
        delivery = await self.slack.run_command(user, channel, text)
        assert delivery.status in (200, None), delivery
        seen = self.slack.visible_messages(user, channel)
        assert len(seen) == before + 1, [toast.text for toast in self.slack.toasts]
        return seen[-1]

    async def press(
        self,
        message: PostedMessage,
        action_id: str,
        *,
        user: str = "grace",
        block_id: str | None = None,
        value: str | None = None,
    ) -> Delivery:
        """Press a button or choose an option by its `value`, and wait for what happens behind the acknowledgement."""
        delivery = await self.slack.act(
            user, MessageRef(message.channel, message.ts), action_id, value=value, block_id=block_id
        )
        await self.settle()
        return delivery

    async def settle(self) -> None:
        """Wait until nothing is under way behind an acknowledgement."""
        await self.slack.settle()
        await self.baton.context.background.drain(seconds=10)
        await self._answers_posted()

    async def _answers_posted(self) -> None:
        """Wait until no answer to an event is on its way to Slack, at one a second in a channel."""
        async with asyncio.timeout(10):
            while True:
                async with self.database.connected() as connection:
                    if (await connection.execute(_ANSWERS)).first() is None:
                        return
                self.clock.advance(timedelta(milliseconds=200))
                self.baton.context.drainer.wake()
                await asyncio.sleep(0.01)

    async def arrive(self) -> None:
        """Wait until all that Baton has to say just now is in Slack; what is for another day stays where it is.

        A channel takes one message a second, so the clock moves on by as much as that takes.
        """
        until = self.clock.now() + timedelta(minutes=10)
        async with asyncio.timeout(60):
            while states := await self._unsent(until):
                assert self.clock.now() < until, "the outbox does not come to rest"
                if "sending" in states:  # the app's own drainer has it
                    await asyncio.sleep(0.005)
                elif not await drain(self.baton.context.deps, self.baton.context.slack):
                    self.clock.advance(timedelta(seconds=1))

    async def _unsent(self, until: datetime) -> set[str]:
        async with self.database.connected() as connection:
            return set((await connection.execute(_UNSENT, {"until": until})).scalars())

    async def say(
        self, text: str, *, user: str = "grace", channel: str = "general", thread_ts: str | None = None
    ) -> PostedMessage:
        message = await self.slack.post(user, channel, text, thread_ts=thread_ts)
        await self.settle()
        return message

    async def bring(self, catalog: SourceCatalog, *, source: str = "baton", **options: Any) -> None:
        """Import a catalog as another process would, and let Baton see it."""
        deps, changes = Deps(self.database, self.clock), CatalogChanges(self.baton.context)
        options.setdefault("trust_people", True)
        await import_catalog(deps, catalog, source=source, format_name=source, paths=["catalog.yaml"], **options)
        context = self.baton.context
        await snapshot.refresh(context.snapshot, self.database)
        await changes.follow()  # which Baton does by itself a moment later


def clean(stage: Stage) -> None:
    """What must be true after every scene: Slack refused nothing, and nobody was pinged as a crowd."""
    assert [(refused.where, refused.messages) for refused in stage.slack.refused] == []
    assert stage.slack.workspace.pings == []


#: For scenes of what is said, from memory.
read_only = pytest.mark.parametrize("deployment", DEPLOYMENTS[:1], indirect=True)


@pytest.fixture(params=DEPLOYMENTS)
def deployment(request: pytest.FixtureRequest) -> tuple[str, str]:
    """How Slack reaches Baton, and where the store is."""
    transport, kind = request.param.split("-")
    return transport, kind


@pytest.fixture
def transport(deployment: tuple[str, str]) -> str:
    return deployment[0]


@pytest.fixture
async def database_url(
    deployment: tuple[str, str], request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    fill = None
    if "database" in request.fixturenames:
        fill = organised if "stage" in request.fixturenames else migrated
    async with fresh_database(deployment[1], request, tmp_path, fill=fill) as url:
        yield url


@pytest.fixture
def public_url() -> str:
    """Where Baton is reached from outside; nobody has said so unless a test does."""
    return ""


@pytest.fixture
def platform_channel() -> str:
    """The channel that hears of what reaches nobody else; there is none unless a test names one."""
    return ""


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    """Whom the settings name as catalog admins; nobody unless a test does."""
    return ()


@pytest.fixture
def devops_team() -> str:
    """The team that takes requests; there is none unless a test names one."""
    return ""


@pytest.fixture
def more_settings(devops_team: str) -> Mapping[str, Any]:
    """Settings besides those that every scene has."""
    return {"devops_team": devops_team}


@pytest.fixture
async def stage(
    database: Database,
    database_url: str,
    clock: FixedClock,
    transport: str,
    public_url: str,
    platform_channel: str,
    catalog_admins: tuple[str, ...],
    more_settings: Mapping[str, Any],
) -> AsyncIterator[Stage]:
    slack = furnished()
    await slack.start()
    settings = Settings(
        _env_file=None,
        database_url=SecretStr(database_url),
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_signing_secret=SecretStr(SECRET),
        slack_app_token=SecretStr(APP_TOKEN if transport == "socket" else ""),
        slack_api_url=slack.api_url,
        port=0,
        public_url=public_url,
        platform_channel=platform_channel,
        catalog_admins=", ".join(slack.workspace.user(handle).id for handle in catalog_admins),
        feed_refresh=False,
        metrics_token=SecretStr(METRICS_TOKEN),
        **more_settings,
    )
    try:
        async with AsyncExitStack() as stack:
            with already_read():
                baton = await stack.enter_async_context(running(settings, clock=clock))
                slack.connect_http(baton.url + SLACK_PATH)
                await baton.context.background.drain(seconds=10)
            await snapshot.refresh(baton.context.snapshot, database)
            scene = Stage(slack, baton, database, clock)
            yield scene
            clean(scene)
    finally:
        await slack.stop()
