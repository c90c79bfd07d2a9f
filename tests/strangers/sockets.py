"""Socket Mode: nothing is lost when connections end, and all that HTTP keeps is kept here, too."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.strangers import answers, door, later
from tests.strangers.cases import CASES, Case, case, expect
from tests.strangers.small_sockets import SocketBaton, SocketHouse
from tests.strangers.world import OWNER, House, everything_in, until


@asynccontextmanager
async def _baton(house: House) -> AsyncIterator[SocketBaton]:
    async with SocketHouse(house).baton() as made:
        assert isinstance(made, SocketBaton)
        yield made


async def _is_answered(baton: SocketBaton) -> bool:
    try:
        return OWNER in (await baton.send(baton.command("checkout"), seconds=2)).text
    except TimeoutError:
        return False


async def _comes_back(baton: SocketBaton, opened: int, *, seconds: float = 45) -> None:
    """Wait for another connection than those before, and an answer over it."""
    await until(lambda: baton.slack.opened > opened, seconds=seconds, what="another connection")
    await until(lambda: _is_answered(baton), seconds=20, what="an answer over it")
    expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@case("Socket Mode: a ticket that was spent on a broken handshake is not tried again, at the start and later")
async def spent_ticket(house: House) -> None:
    async with SocketHouse(house).cold() as baton:
        assert isinstance(baton, SocketBaton)
        await baton.slack.start()
        baton.slack.fault("socket", "drop", times=2)
        await baton.start()
        await baton.ready(seconds=60)
        opened = baton.slack.opened
        baton.slack.fault("socket", "drop")
        await baton.slack.cut()
        await _comes_back(baton, opened)
        expect("ticket-" not in baton.log(), "no ticket in the log", baton.log()[-600:])


@case("Socket Mode: however a connection ends, and whatever asking for another one meets, it comes back", seconds=300)
async def ended(house: House) -> None:
    async with _baton(house) as baton:
        slack = baton.slack
        for reason in ("warning", "refresh_requested", "too_many_websockets"):
            opened = slack.opened
            await slack.disconnect(reason)
            await _comes_back(baton, opened)
        faults: list[dict[str, Any]] = [
            {"kind": "html", "times": 2}, {"kind": "status", "status": 429, "times": 3},
            {"kind": "status", "status": 500, "times": 3}, {"kind": "refuse", "code": "link_disabled", "times": 2},
            {"kind": "answer", "times": 2},
        ]  # fmt: skip
        for fault in faults if house.is_long else faults[:1]:
            opened = slack.opened
            slack.fault("apps.connections.open", **fault)
            await slack.disconnect("link_disabled")
            await _comes_back(baton, opened)


@case("Socket Mode: what is no envelope, or holds nothing, is no traceback, and keeps nothing out")
async def odd_messages(house: House) -> None:
    async with _baton(house) as baton:
        for said in ("", "{", "[]", "null", '{"type":"hello"}', '{"type":"interactive","envelope_id":1,"payload":{}}',
                     '{"type":"events_api","envelope_id":"e","payload":{"type":"event_callback","event":null}}',
                     '{"type":"goodbye"}', '{"type":["disconnect"]}', '{"envelope_id":{"a":1}}'):  # fmt: skip
            await baton.slack.say(said)
        for payload in (None, [1], "word", 1, {"user": {"id": 1}, "team": True, "type": "block_actions"}):
            ack = await baton.slack.deliver("interactive", payload, seconds=5)
            expect(ack is not None, f"an acknowledgement of {payload!r}", ack)
        expect(await _is_answered(baton), "an answer afterwards", "none")
        expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@case("Socket Mode: what is under way when the process is asked to end is saved, acknowledged and said", is_quick=True)
async def asked_to_end(house: House) -> None:
    async with _baton(house) as baton:
        baton.slack.fault("users.info", "hang", times=None, seconds=1)
        pressed = baton.press("ownership.confirm", user="UNEW")
        sending = [
            asyncio.create_task(baton.act(pressed)),
            asyncio.create_task(baton.ask(baton.command("checkout", user="UNEW"))),
        ]
        await until(lambda: baton.slack.faults["users.info"], seconds=5, what="the fault to stand")
        await until(lambda: baton.slack.delivered >= 2, seconds=5, what="both to be sent")
        assert baton.process is not None
        baton.process.send_signal(signal.SIGTERM)
        press, command = await asyncio.gather(*sending)
        expect(press.status == 200 and OWNER in command.text, "both to be acknowledged", (press, command))
        await asyncio.wait_for(baton.process.wait(), 20)
        confirmed = baton.rows("SELECT id FROM audit_log WHERE action = 'ownership.confirm'")
        expect(len(confirmed) == 1, "one confirmation", confirmed)
        said = [everything_in(each) for each in baton.slack.said_at(pressed["response_url"])]
        expect(len(said) == 1 and OWNER in said[0], "one word to whoever pressed", said)
        expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@case("Socket Mode: a connection that breaks before the acknowledgement loses nothing that was decided")
async def cut_before_the_ack(house: House) -> None:
    async with _baton(house) as baton:
        opened = baton.slack.opened
        baton.slack.fault("users.info", "hang", times=None, seconds=1)
        pressed = baton.press("ownership.confirm", user="UNEW")
        sending = asyncio.create_task(baton.slack.deliver("interactive", pressed, seconds=5))
        await until(lambda: baton.slack.delivered >= 1, seconds=5, what="it to be sent")
        await baton.slack.cut()
        await sending
        said = await until(lambda: baton.slack.said_at(pressed["response_url"]), seconds=10, what="a word")
        expect(len(said) == 1 and OWNER in everything_in(said[0]), "one word to whoever pressed", said)
        await baton.slack.deliver("interactive", pressed, seconds=25)  # Slack does not, but others between might
        await _comes_back(baton, opened)
        confirmed = baton.rows("SELECT id FROM audit_log WHERE action = 'ownership.confirm'")
        expect(len(confirmed) == 1, "one confirmation", confirmed)


def _over_sockets(run: Callable[[House], Awaitable[None]]) -> Callable[[House], Awaitable[None]]:
    async def over_sockets(house: House) -> None:
        sockets = SocketHouse(house)
        try:
            await run(sockets)
        finally:
            await sockets.close()

    return over_sockets


#: What is the same over both; those that are not quick here are in the shorter run over HTTP.
_SAME = (
    answers.rate_limited, answers.half_a_character, answers.locked, answers.redelivered, answers.hanging,
    answers.shared_thrice,
    later.refused_form, later.closed_form, later.late_form, later.trouble, later.newcomer, later.killed_late,
    door.malformed_forms, door.press_replayed, door.doubt_replayed, door.foreign_form, door.foreign_user,
    door.shared_channel, door.stranger, door.guest,
)  # fmt: skip
CASES.extend(
    Case(f"Socket Mode: {each.name}", _over_sockets(each.run), is_quick=False, seconds=each.seconds)
    for each in [*CASES]
    if each.run in _SAME
)
