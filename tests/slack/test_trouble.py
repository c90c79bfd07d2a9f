"""With the database in trouble, whoever clicks, submits or asks reads in time whether anything was saved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, select

from bot.domain.trust import Admission, Sender
from bot.errors import SlackError
from bot.playground.fake_slack import MessageRef
from bot.services.matters import doubts
from bot.store import tables
from bot.store.db import Limits
from tests.conftest import fresh_database
from tests.postgres_wire import Wire, wired
from tests.slack.conftest import Stage, organised
from tests.slack.test_clicks import actions

pytestmark = pytest.mark.parametrize("deployment", ["http-postgresql"], indirect=True)

LOCKED = "Nothing was saved: the database is locked by somebody else. Try again in a minute"


@pytest.fixture
def public_url() -> str:
    return "https://baton.example.test"


@asynccontextmanager
async def locked(url: str, table: str) -> AsyncIterator[None]:
    """Hold what another transaction would have to write to."""
    other = await asyncpg.connect(url)
    try:
        async with other.transaction():
            await other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield
    finally:
        await other.close()


async def rows(stage: Stage, table: type) -> int:
    async with stage.database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


def last(stage: Stage, user: str = "grace") -> str:
    return stage.slack.visible_messages(user, "general")[-1].text


@pytest.mark.parametrize("table", ["inbound_events", "ownerships", "audit_log"])
async def test_a_click_is_answered_and_saves_nothing(stage: Stage, database_url: str, table: str) -> None:
    answer = await stage.ask("/whoowns checkout")
    async with locked(database_url, table):
        began = time.monotonic()
        await stage.press(answer, "ownership.confirm")
        assert time.monotonic() - began < 6
        assert last(stage).startswith(LOCKED)
    assert "ownership.confirm" not in await actions(stage)
    await stage.press(answer, "ownership.confirm")
    assert (await actions(stage)).count("ownership.confirm") == 1


async def test_a_form_stays_open_and_says_so(stage: Stage, database_url: str) -> None:
    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    view = stage.slack.view_stack("eve")[-1]
    async with locked(database_url, "owner_doubts"):
        await stage.slack.submit_view("eve", view.id, {"ownership.doubt_reason": "It is ours now"})
        await stage.settle()
    shown = stage.slack.view_stack("eve")[-1]
    assert next(iter(shown.errors.values())).startswith(LOCKED), shown.payload
    assert await rows(stage, tables.OwnerDoubt) == 0
    await stage.slack.submit_view("eve", view.id, {"ownership.doubt_reason": "It is ours now"})
    await stage.settle()
    assert await rows(stage, tables.OwnerDoubt) == 1


async def test_a_form_that_was_acknowledged_before_says_so_in_its_place(
    stage: Stage, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.dispatch._PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("handlers.payloads.first_input_of", lambda _: "")
    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    async with locked(database_url, "owner_doubts"):
        await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {})
        await stage.settle()
    assert LOCKED in str(stage.slack.view_stack("eve")[-1].payload)


async def test_a_command_says_so(stage: Stage, database_url: str) -> None:
    async with locked(database_url, "calendar_links"):
        assert (await stage.ask("/baton calendar payments")).text.startswith(LOCKED)
    assert await rows(stage, tables.CalendarLink) == 0


async def test_a_mention_is_answered_all_the_same(stage: Stage, database_url: str) -> None:
    async with locked(database_url, "inbound_events"):
        question = await stage.slack.post("grace", "general", f"<@{stage.slack.workspace.bot_user_id}> payments-db?")
        await stage.slack.settle()
        thread = stage.slack.visible_messages("grace", "general", thread_ts=question.ts)
    assert len(thread) == 2
    assert "payments-db" in thread[-1].text


async def test_an_error_before_anything_is_saved_says_that_nothing_was(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    answer = await stage.ask("/whoowns checkout", user="solo")
    monkeypatch.setattr(doubts, "audit", broken)
    await stage.press(answer, "ownership.doubt", user="solo")
    await stage.slack.submit_view("solo", stage.slack.view_stack("solo")[-1].id, {})
    await stage.settle()
    said = str(stage.slack.view_stack("solo")[-1].errors)
    assert "Something went wrong, and nothing was saved. Try again" in said
    assert await rows(stage, tables.OwnerDoubt) == 0


async def test_an_error_after_it_was_saved_says_that_it_may_be(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    answer = await stage.ask("/whoowns checkout")
    monkeypatch.setattr("handlers.ownership.replace_answer", broken)
    await stage.press(answer, "ownership.confirm")
    assert "Some of it may be saved: look before you try again" in last(stage)
    assert "ownership.confirm" in await actions(stage)


async def test_what_the_door_takes_is_not_added_to_what_the_listener_may(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, door = await stage.ask("/whoowns checkout"), stage.baton.door
    admit, saved = door.admit, asyncio.Event()

    async def slowly(sender: Sender) -> Admission:
        await asyncio.sleep(1.5)  # as when Slack is slow to say who somebody is
        return await admit(sender)

    async def stuck(*_: object, **__: object) -> None:
        await saved.wait()
        raise SlackError("internal_error")

    monkeypatch.setattr(type(door), "admit", lambda _, sender: slowly(sender))
    monkeypatch.setattr("handlers.dispatch._PATIENCE_SECONDS", 1.8)
    monkeypatch.setattr("bot.services.people.identify", stuck)
    began = time.monotonic()
    await stage.slack.act("grace", MessageRef(answer.channel, answer.ts), "ownership.confirm")
    took = time.monotonic() - began
    saved.set()
    assert took < 3


class TestSilence:
    """The server, or the network before it, takes what is said and answers nothing."""

    @pytest.fixture
    async def wire(self, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[str, Wire]]:
        fresh = fresh_database("postgresql", request, tmp_path, fill=organised)
        async with fresh as direct, wired(direct) as both:
            yield both

    @pytest.fixture
    def database_url(self, wire: tuple[str, Wire], monkeypatch: pytest.MonkeyPatch) -> str:
        monkeypatch.setattr("bot.app.FOR_PEOPLE", Limits(lock=0.2, statement=1, connection=0.5))
        monkeypatch.setattr("handlers.dispatch._PATIENCE_SECONDS", 0.1)
        return wire[0]

    async def test_a_click_is_acknowledged_in_time_and_answered_when_it_is_given_up(
        self, stage: Stage, wire: tuple[str, Wire]
    ) -> None:
        answer = await stage.ask("/whoowns checkout")
        wire[1].fall_silent()
        began = time.monotonic()
        pressed = await stage.slack.act("grace", MessageRef(answer.channel, answer.ts), "ownership.confirm")
        assert pressed.status == 200
        assert time.monotonic() - began < 1
        await stage.baton.context.background.drain(seconds=10)
        assert last(stage).startswith("Nothing was saved: the database did not answer in time. Try again")
        wire[1].mend()
        await stage.press(answer, "ownership.confirm")
        assert (await actions(stage)).count("ownership.confirm") == 1
