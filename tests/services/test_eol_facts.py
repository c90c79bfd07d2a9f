"""The feed's copy in the store: taken over real HTTP, judged, kept, followed by every process."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web
from sqlalchemy import update

from bot.domain.eol import InCycle, match
from bot.domain.eol.records import ProviderCycle
from bot.services.context import Context, assemble
from bot.services.deps import Deps
from bot.services.eol import provider_dates
from bot.services.eol.exposure import Watcher, keep_following
from bot.services.eol.facts import Facts
from bot.services.eol.feed_refresh import RefreshOutcome, RefreshReport, refresh, refresh_if_due, take
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.db import Database
from handlers.eol import JOBS, refresh_facts
from tests.conftest import FixedClock
from tests.eol_server import PATH, Handler, answering, document, product, raw, server
from tests.services.catalog_world import World
from tests.services.fakes import FakePort

STARTED = datetime(2026, 8, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(STARTED)


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


def of(*products: dict[str, Any], **changes: Any) -> bytes:
    return document(0, result=list(products), total=len(products), **changes)


def cycle(name: str, eol: str | bool | None = None, **more: str) -> dict[str, Any]:
    return {"name": name, **({"eolFrom": eol} if isinstance(eol, str) else {"isEol": eol}), **more}


def rds(*cycles: dict[str, Any], name: str = "amazon-rds-postgresql") -> dict[str, Any]:
    return {"name": name, "label": "Amazon RDS", "aliases": [], "releases": list(cycles)}


async def ask(world: World, handler: Handler) -> RefreshReport:
    async with server(handler) as url:
        return await refresh(world.deps, base_url=url)


async def copy(world: World) -> Any:
    [row] = await world.rows(tables.FeedCopy)
    return row


async def changes(world: World) -> list[tuple[str, str, str, str, str]]:
    rows = await world.rows(tables.DateChange)
    return [(row.product, row.cycle, row.clock, row.before, row.after) for row in rows]


def with_etag(body: bytes, seen: list[str]) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        asked = request.headers.get("If-None-Match", "")
        seen.append(asked)
        status = 304 if asked == '"one"' else 200
        return web.Response(
            status=status,
            body=None if status == 304 else body,
            content_type="application/json",
            headers={"ETag": '"one"'},
        )

    return handler


def moved_permanently(body: bytes) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        if request.path == PATH:
            return web.Response(status=301, headers={"Location": "/moved"})
        return web.Response(body=body, content_type="application/json")

    return handler


class TestRefreshing:
    async def test_a_first_copy_and_its_confirmation(self, world: World, clock: FixedClock) -> None:
        seen: list[str] = []
        report = await ask(world, with_etag(document(), seen))
        assert (report.outcome, report.products, report.cycles) == (RefreshOutcome.UPDATED, 20, 60)
        assert report.confirmed_at == STARTED
        clock.advance(timedelta(days=1))
        report = await ask(world, with_etag(document(), seen))
        assert (report.outcome, report.confirmed_at) == (RefreshOutcome.CONFIRMED, STARTED + timedelta(days=1))
        assert seen == ["", '"one"']
        row = await copy(world)
        assert (row.fetched_at, row.confirmed_at, row.failure) == (STARTED, STARTED + timedelta(days=1), "")
        [entry] = await world.rows(tables.AuditEntry)
        assert (entry.actor, entry.action, entry.detail["products"]) == ("baton", "lifecycle.refresh", 20)

    async def test_a_new_build_that_says_the_same_confirms(self, world: World, clock: FixedClock) -> None:
        await ask(world, answering(200, document()))
        clock.advance(timedelta(days=1))
        report = await ask(world, answering(200, document(generated_at="2026-08-23T08:00:00+00:00")))
        assert report.outcome is RefreshOutcome.CONFIRMED
        assert await world.count(tables.AuditEntry) == 1

    async def test_redirects_are_followed(self, world: World) -> None:
        assert (await ask(world, moved_permanently(document()))).outcome is RefreshOutcome.UPDATED

    @pytest.mark.parametrize(
        ("handler", "said"),
        [
            (answering(404, b"<!doctype html><h1>Not found</h1>", "text/html"), "404"),
            (answering(500, b""), "500"),
            (answering(200, b'{"result": ['), "not valid JSON"),
            (answering(200, b"<!doctype html>", "text/html"), "web page"),
            (answering(200, document(10)), "more than a tenth"),
            (
                answering(200, of(*[{**product(number), "releases": [{}, {}, {}]} for number in range(20)])),
                "no release",
            ),
        ],
    )
    async def test_what_is_not_fit_leaves_the_last_good_copy(
        self, world: World, clock: FixedClock, handler: Handler, said: str
    ) -> None:
        await ask(world, answering(200, document()))
        before = await copy(world)
        clock.advance(timedelta(hours=1))
        report = await ask(world, handler)
        assert (report.outcome, report.products, report.confirmed_at) == (RefreshOutcome.FAILED, 20, STARTED)
        assert said in report.failure
        after = await copy(world)
        assert (after.failure, after.tried_at) == (report.failure, clock.now())
        assert (after.body, after.digest, after.confirmed_at) == (before.body, before.digest, STARTED)
        facts = Facts()
        await facts.follow(world.database)
        assert facts.table.get("product-01") is not None
        clock.advance(timedelta(hours=1))
        assert (await ask(world, answering(200, document()))).failure == ""

    @pytest.mark.parametrize("is_reset", [False, True])
    async def test_a_body_that_is_cut_off(self, world: World, is_reset: bool) -> None:
        body = document()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        async with raw(head + body[:500], is_reset=is_reset) as url:
            report = await refresh(world.deps, base_url=url)
        assert (report.outcome, report.products, report.confirmed_at) == (RefreshOutcome.FAILED, 0, None)

    async def test_nobody_listens(self, world: World) -> None:
        report = await refresh(world.deps, base_url="http://127.0.0.1:9")
        assert (report.outcome, "cannot be reached" in report.failure) == (RefreshOutcome.FAILED, True)

    async def test_a_pause_is_kept(self, world: World, clock: FixedClock) -> None:
        asked: list[str] = []

        async def handler(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.Response(status=429, headers={"Retry-After": "7200"})

        assert (await ask(world, handler)).outcome is RefreshOutcome.FAILED
        clock.advance(timedelta(minutes=119))
        report = await ask(world, handler)
        assert (report.outcome, len(asked)) == (RefreshOutcome.WAITING, 1)
        assert "2026-08-23T11:00" in report.failure
        clock.advance(timedelta(minutes=1))
        assert (await ask(world, answering(200, document()))).outcome is RefreshOutcome.UPDATED
        assert (await copy(world)).not_before is None

    async def test_a_product_that_is_broken_leaves_the_others(self, world: World) -> None:
        good = [product(number) for number in range(20)]
        broken = {**product(20), "releases": [{"name": "1", "eolFrom": "soon"}, {"name": "2", "isEol": False}]}
        report = await ask(world, answering(200, of(*good, broken)))
        assert (report.outcome, report.products, report.cycles) == (RefreshOutcome.UPDATED, 21, 61)
        assert "eolFrom is not a date" in report.problems[0]

    async def test_a_damaged_copy_is_replaced(
        self, world: World, clock: FixedClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        seen: list[str] = []
        await ask(world, with_etag(document(), seen))
        async with world.database.transaction() as session:
            await session.execute(update(tables.FeedCopy).values(body=b"\0\0"))
        facts = Facts()
        assert not await facts.follow(world.database)
        assert (facts.confirmed_at, "baton eol refresh" in caplog.text) == (None, True)
        clock.advance(timedelta(hours=1))
        assert (await ask(world, with_etag(document(), seen))).outcome is RefreshOutcome.UPDATED
        assert seen == ["", ""]
        assert await facts.follow(world.database)
        assert facts.confirmed_at == clock.now()


class TestMovedDates:
    async def test_what_moved_is_kept(self, world: World, clock: FixedClock) -> None:
        await ask(world, answering(200, of(rds(cycle("11", "2024-02-29"), cycle("12", False), cycle("13", True)))))
        before = await changes(world)
        clock.advance(timedelta(days=1))
        after = of(rds(cycle("11", "2024-03-31"), cycle("12", "2028-02-29"), cycle("14", False), cycle("13", True)))
        report = await ask(world, answering(200, after))
        assert (await changes(world))[len(before) :] == [
            ("amazon-rds-postgresql", "11", "eol", "2024-02-29", "2024-03-31"),
            ("amazon-rds-postgresql", "12", "eol", "open", "2028-02-29"),
        ]
        assert len(report.moved) == 2
        entry = (await world.rows(tables.AuditEntry))[-1]
        assert entry.detail["cycles"] == ["amazon-rds-postgresql 11", "amazon-rds-postgresql 12"]

    async def test_the_first_copy_is_held_against_the_starter_table(self, world: World) -> None:
        await ask(world, answering(200, of(rds(cycle("11", "2024-03-31", eoesFrom="2027-03-31")))))
        assert await changes(world) == [("amazon-rds-postgresql", "11", "eol", "2024-02-29", "2024-03-31")]


class TestFacts:
    async def test_it_begins_with_the_starter_table(self, world: World) -> None:
        facts = Facts()
        assert not await facts.follow(world.database)
        assert facts.confirmed_at is None
        assert facts.table.get("postgresql") is not None

    async def test_it_follows_the_copy(self, world: World, clock: FixedClock) -> None:
        facts = Facts()
        await ask(world, answering(200, document()))
        assert await facts.follow(world.database)
        assert facts.confirmed_at == STARTED
        table = facts.table
        clock.advance(timedelta(days=1))
        await ask(world, answering(200, document(generated_at="2026-08-24T00:00:00+00:00")))
        assert not await facts.follow(world.database)
        assert (facts.table is table, facts.confirmed_at) == (True, clock.now())

    async def test_the_feed_goes_first_and_the_starter_table_completes_it(self, world: World) -> None:
        await ask(world, answering(200, of(rds(cycle("11", "2024-05-01")), *(product(n) for n in range(3)))))
        facts = Facts()
        await facts.follow(world.database)
        found = facts.table.get("amazon-rds-postgresql")
        assert found is not None
        [eleven] = found.cycles
        assert (eleven.eol, [str(charge.amount) for charge in eleven.charges]) == (date(2024, 5, 1), ["0.10", "0.20"])
        assert "vCPU-hour" in found.note
        assert facts.table.get("postgresql") is not None
        assert facts.table.get("product-02") is not None

    async def test_another_process_follows_by_itself(self, world: World) -> None:
        facts = Facts()
        watcher = Watcher(world.deps, Snapshot(), facts)
        following = asyncio.create_task(keep_following(watcher, world.database, every_seconds=0.01))
        try:
            await ask(world, answering(200, document()))
            for _ in range(1_000):
                if facts.confirmed_at is not None:
                    break
                await asyncio.sleep(0.01)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        assert facts.table.get("product-01") is not None


class TestProviders:
    def said(self, until: date | None, region: str = "eu-west-1", **more: Any) -> ProviderCycle:
        values = {"engine": "postgres", "cycle": "11", "extended_until": date(2027, 3, 31), **more}
        return ProviderCycle(provider="aws-rds", region=region, standard_until=until, **values)

    async def eleven(self, world: World, product: str = "postgresql", version: str = "11.22") -> InCycle:
        facts = Facts()
        await facts.follow(world.database)
        found = match(facts.table, product=product, version=version, provider="aws-rds")
        assert isinstance(found, InCycle)
        return found

    async def test_its_word_goes_before_the_starter_table_and_the_feed(self, world: World) -> None:
        moves = await provider_dates.keep(world.deps, [self.said(date(2024, 4, 30))], actor="cli")
        assert [(one.clock, one.after) for one in moves] == [("eol", date(2024, 4, 30))]
        assert (await self.eleven(world)).cycle.eol == date(2024, 4, 30)
        await ask(world, answering(200, of(rds(cycle("11", "2024-05-01")))))
        found = (await self.eleven(world)).cycle
        assert (found.eol, found.eoes, len(found.charges)) == (date(2024, 4, 30), date(2027, 3, 31), 2)
        assert await changes(world) == [
            ("amazon-rds-postgresql", "11", "eol", "2024-02-29", "2024-04-30"),
        ]

    async def test_upstream_keeps_its_own_clock(self, world: World) -> None:
        await provider_dates.keep(world.deps, [self.said(date(2024, 4, 30))], actor="cli")
        facts = Facts()
        await facts.follow(world.database)
        found = match(facts.table, product="postgresql", version="11.22")
        assert isinstance(found, InCycle)
        assert found.cycle.eol == date(2023, 11, 9)

    async def test_where_regions_disagree_the_earliest_end_counts(self, world: World) -> None:
        said = [self.said(date(2024, 4, 30)), self.said(date(2024, 3, 31), "us-east-1"), self.said(None, "eu-north-1")]
        await provider_dates.keep(world.deps, said, actor="cli")
        assert (await self.eleven(world)).cycle.eol == date(2024, 3, 31)

    async def test_saying_it_again_changes_nothing(self, world: World, clock: FixedClock) -> None:
        await provider_dates.keep(world.deps, [self.said(date(2024, 4, 30))], actor="cli")
        entries = await world.count(tables.AuditEntry)
        clock.advance(timedelta(days=1))
        assert await provider_dates.keep(world.deps, [self.said(date(2024, 4, 30))], actor="cli") == ()
        assert await world.count(tables.AuditEntry) == entries
        [row] = await world.rows(tables.ProviderDates)
        assert row.seen_at == clock.now()
        await provider_dates.keep(world.deps, [self.said(date(2024, 5, 31))], actor="cli")
        assert (await self.eleven(world)).cycle.eol == date(2024, 5, 31)

    async def test_minor_versions_that_the_feed_lists_end_with_their_major_one(self, world: World) -> None:
        body = of(
            rds(
                cycle("8.0.46", "2026-07-31"),
                cycle("8.0.28", "2025-03-31"),
                cycle("8.0", "2026-07-31"),
                name="amazon-rds-mysql",
            )
        )
        await ask(world, answering(200, body))
        said = self.said(date(2026, 10, 31), engine="mysql", cycle="8.0", extended_until=None)
        await provider_dates.keep(world.deps, [said], actor="cli")
        ends = {
            version: (await self.eleven(world, "mysql", version)).cycle.eol
            for version in ("8.0.46", "8.0.28", "8.0.30")
        }
        assert ends == {"8.0.46": date(2026, 10, 31), "8.0.28": date(2025, 3, 31), "8.0.30": date(2026, 10, 31)}


class TestSavedDocuments:
    async def test_it_is_as_old_as_it_says(self, world: World) -> None:
        report = await take(world.deps, document(), shown="full.json")
        assert report.outcome is RefreshOutcome.UPDATED
        assert report.confirmed_at == datetime(2026, 8, 22, 8, 52, 34, tzinfo=UTC)
        row = await copy(world)
        assert (row.etag, row.fetched_at) == ("", STARTED)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"nonsense", "full.json is not JSON"),
            (b"{}", "full.json is not a list of products"),
            (document(generated_at=None), "does not say when it was made"),
        ],
    )
    async def test_what_cannot_be_read(self, world: World, content: bytes, said: str) -> None:
        report = await take(world.deps, content, shown="full.json")
        assert (report.outcome, said in report.failure) == (RefreshOutcome.FAILED, True)

    async def test_the_shrink_guard_holds_for_it_too(self, world: World) -> None:
        await ask(world, answering(200, document()))
        assert (await take(world.deps, document(10), shown="full.json")).outcome is RefreshOutcome.FAILED


class TestJob:
    def process(self, world: World, url: str) -> Context:
        return assemble(world.deps, FakePort(world.clock), snapshot=Snapshot(), facts=Facts(), feed_url=url)

    def counting(self, asked: list[str], status: int = 200) -> Handler:
        async def handler(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.Response(status=status, body=document(), content_type="application/json")

        return handler

    async def test_once_a_day_for_all_processes(self, world: World, clock: FixedClock) -> None:
        asked: list[str] = []
        async with server(self.counting(asked)) as url:
            first, second = self.process(world, url), self.process(world, url)
            for _ in range(24):
                await refresh_facts(first)
                await refresh_facts(second)
                clock.advance(timedelta(hours=1))
            assert len(asked) == 1
            assert first.watcher.facts.confirmed_at is not None
            await refresh_facts(second)
        assert len(asked) == 2

    async def test_again_after_an_hour_where_it_failed(self, world: World, clock: FixedClock) -> None:
        asked: list[str] = []
        async with server(self.counting(asked, 503)) as url:
            for _ in range(4):
                await refresh_if_due(world.deps, base_url=url)
                clock.advance(timedelta(minutes=30))
        assert len(asked) == 2

    @pytest.mark.parametrize(
        ("handler", "said"), [(answering(503, b""), "503"), (answering(200, document(10)), "tenth")]
    )
    async def test_a_failure_is_logged_whatever_it_is(
        self, world: World, clock: FixedClock, caplog: pytest.LogCaptureFixture, handler: Handler, said: str
    ) -> None:
        await ask(world, answering(200, document()))
        clock.advance(timedelta(days=1))
        async with server(handler) as url:
            await refresh_facts(self.process(world, url))
        [logged] = caplog.messages
        assert said in logged

    async def test_off_means_off(self, world: World) -> None:
        await refresh_facts(self.process(world, ""))
        assert await world.count(tables.FeedCopy) == 0

    def test_it_is_among_the_jobs(self) -> None:
        assert ("refresh_facts", 1, refresh_facts) in JOBS


async def test_two_processes_at_once_leave_one_copy(world: World, database_url: str, clock: FixedClock) -> None:
    other = Database(database_url)
    try:
        async with server(answering(200, document())) as url:
            reports = await asyncio.gather(refresh(world.deps, base_url=url), refresh(Deps(other, clock), base_url=url))
    finally:
        await other.close()
    assert {report.outcome for report in reports} == {RefreshOutcome.UPDATED, RefreshOutcome.CONFIRMED}
    assert await world.count(tables.FeedCopy) == 1
    assert await world.count(tables.AuditEntry) == 1
    assert orjson.loads(document())["total"] == (await copy(world)).products
