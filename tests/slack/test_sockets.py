"""The connections of Socket Mode, one by one; `tests/strangers/sockets.py` has them under a running Baton."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.errors import SlackError, SlackRateLimitedError
from handlers import sockets as module
from handlers.sockets import Sockets
from tests.strangers.small_sockets import SocketSlack
from tests.strangers.world import until

COMMAND = {"command": "/whoowns", "text": "checkout"}


class _App(AsyncApp):
    """Answers each payload once it is let go, with its own words."""

    def __init__(self) -> None:
        super().__init__(name="a", token="xoxb-1", signing_secret="s")  # nothing is signed here
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()
        self.may_end.set()

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        self.begun.set()
        await self.may_end.wait()
        return BoltResponse(status=200, body=str(req.body.get("text", "")))


@pytest.fixture
async def slack() -> AsyncIterator[SocketSlack]:
    made = SocketSlack()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def app() -> _App:
    return _App()


@pytest.fixture
async def sockets(slack: SocketSlack, app: _App, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sockets]:
    monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.01)

    async def open_address() -> str:
        return slack.new_address()

    made = Sockets(app, "xapp-1", open_address)
    yield made
    await made.finish(seconds=1)


async def test_an_address_is_tried_once(slack: SocketSlack, sockets: Sockets) -> None:
    slack.fault("socket", "drop", times=3)
    await sockets.connect()
    assert await sockets.is_connected()
    assert await slack.deliver("slash_commands", COMMAND) == {"envelope_id": "e-5", "payload": {"text": "checkout"}}


async def test_a_handshake_that_hangs_is_given_up(
    slack: SocketSlack, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HANDSHAKE_SECONDS", 0.05)
    slack.fault("socket", "hang", times=2, seconds=600)
    async with asyncio.timeout(20):
        await sockets.connect()
    assert await sockets.is_connected()


async def test_the_old_connection_is_answered_until_the_new_one_is_open(
    slack: SocketSlack, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HANDSHAKE_SECONDS", 1)
    await sockets.connect()
    [old] = slack.sockets
    slack.fault("socket", "hang", seconds=600)
    await slack.disconnect("warning")
    await until(lambda: not slack.faults["socket"], seconds=5, what="a handshake")
    assert slack.sockets == [old]
    assert await slack.deliver("slash_commands", COMMAND, seconds=2) is not None
    await until(lambda: slack.sockets and slack.sockets != [old], seconds=10, what="a new connection")
    await until(lambda: old.closed, seconds=5, what="the end of the old one")
    assert len(slack.sockets) == 1
    assert await slack.deliver("slash_commands", COMMAND, seconds=2) is not None


async def test_a_connection_that_ends_without_a_word_is_replaced_at_once(slack: SocketSlack, sockets: Sockets) -> None:
    await sockets.connect()
    await until(lambda: slack.sockets, seconds=5, what="a connection")
    await slack.cut()
    await until(lambda: slack.opened == 2 and slack.sockets, seconds=5, what="a new connection")
    assert await slack.deliver("slash_commands", COMMAND, seconds=2) is not None


async def test_a_connection_that_ends_again_and_again_is_replaced_less_and_less_often(
    slack: SocketSlack, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.2)
    await sockets.connect()
    began = time.monotonic()
    for number in range(1, 4):
        await until(lambda: slack.opened == number and slack.sockets, seconds=10, what="a connection")  # noqa: B023
        await slack.cut()
    await until(lambda: slack.opened == 4, seconds=10, what="the last connection")
    assert time.monotonic() - began >= 0.2 + 0.4 + 0.8


async def test_what_is_under_way_is_finished_and_nothing_more_is_taken(
    slack: SocketSlack, sockets: Sockets, app: _App
) -> None:
    await sockets.connect()
    app.may_end.clear()
    under_way = asyncio.create_task(slack.deliver("slash_commands", COMMAND))
    await app.begun.wait()
    ending = asyncio.create_task(sockets.finish(seconds=10))
    late = asyncio.create_task(slack.deliver("slash_commands", {"text": "late"}, seconds=5))
    await asyncio.sleep(0)
    app.may_end.set()
    await ending
    assert await under_way is not None
    await slack.cut()
    assert await late is None


async def test_a_session_that_was_closed_is_replaced(slack: SocketSlack, sockets: Sockets) -> None:
    await sockets.aiohttp_client_session.close()
    await sockets.connect()
    assert await sockets.is_connected()


async def test_a_pause_that_slack_asks_for_is_kept_and_a_refusal_is_tried_again(
    slack: SocketSlack, sockets: Sockets
) -> None:
    errors: list[SlackError] = [SlackRateLimitedError(0.01), SlackError("internal_error")]

    async def open_address() -> str:
        if errors:
            raise errors.pop(0)
        return slack.new_address()

    sockets._open_address = open_address
    await sockets.connect()
    assert errors == []
    assert await sockets.is_connected()


async def test_what_came_in_before_it_is_closed_is_acknowledged(slack: SocketSlack, sockets: Sockets) -> None:
    await sockets.connect()
    await sockets.message_queue.put('{"type": "slash_commands", "envelope_id": "e-1", "payload": {"text": "checkout"}}')
    await sockets.finish(seconds=5)
    await until(lambda: slack.acks, seconds=5, what="an acknowledgement")


async def test_a_connection_that_answers_pings_is_alive(slack: SocketSlack, sockets: Sockets) -> None:
    await sockets.connect()
    long_ago = sockets.last_ping_pong_time = time.time() - 60
    assert not await sockets.is_connected()
    assert sockets.current_session is not None
    await sockets.current_session.ping(b"x")
    await until(lambda: sockets.last_ping_pong_time != long_ago, seconds=5, what="the answer to a ping")
    assert await sockets.is_connected()
