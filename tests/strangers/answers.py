"""Answers: whoever asks is answered exactly once, in time, whatever Slack, the store or the machine does."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

from tests.strangers.cases import case, expect
from tests.strangers.small_slack import BOT_TOKEN
from tests.strangers.world import OWNER, SECRET, Baton, House, run_baton, until

#: Slack waits three seconds; half a second is for the way there and back.
_ACK_SECONDS = 2.5


async def _ask_twice(baton: Baton) -> list[dict[str, Any]]:
    """Ask by mention and by direct message, delivered as Slack does."""
    events = [baton.event("who owns checkout?"), baton.event("who owns checkout?", channel=baton.new_id("D"))]
    for event in events:
        expect(await baton.deliver_as_slack_does(event), "an acknowledgement within four deliveries", "none")
    return events


async def _answered_once(baton: Baton, events: list[dict[str, Any]], *, seconds: float = 60) -> None:
    for event in events:
        await baton.answered(event, seconds=seconds)
    await baton.quiet(seconds=seconds)
    for event in events:
        said = baton.answers_to(event)
        kind = event["event"]["type"]
        expect(len(said) == 1 and OWNER in said[0], f"one answer to a {kind} with the owner", f"{len(said)}: {said}")


async def _through(house: House, kind: str, **fault: Any) -> None:
    """Once with the fault at the mention's answer, once at the direct message's."""
    async with house.baton() as baton:
        for channel in ("C0000GENERAL", baton.new_id("D")):
            event = baton.event("who owns checkout?", channel=channel)
            baton.slack.fault("chat.postMessage", kind, **fault)
            expect(await baton.deliver_as_slack_does(event), "an acknowledgement", "none")
            await _answered_once(baton, [event], seconds=100 if house.is_long else 10)
            expect(not baton.slack.faults.get("chat.postMessage"), "the fault to have been met", "it was not")


@case("A question is answered once when Slack answers the post with 429 once", is_quick=True)
async def rate_limited(house: House) -> None:
    await _through(house, "status", status=429)


@case("A question is answered once when Slack answers the post with 500 once")
async def server_error(house: House) -> None:
    await _through(house, "status", status=500)


@case("A question is answered once when Slack refuses the post once")
async def refused_once(house: House) -> None:
    for code in ("internal_error", "service_unavailable", "request_timeout"):
        await _through(house, "refuse", code=code)


@case("A question is answered once when the connection breaks before the post is taken")
async def dropped_before(house: House) -> None:
    await _through(house, "drop")


@case("A question is answered once when the connection breaks after the post is taken")
async def dropped_after(house: House) -> None:
    await _through(house, "take_and_drop")


@case("Half a character, as bots leave it that cut a text, keeps nobody from being answered", is_quick=True)
async def half_a_character(house: House) -> None:
    async with house.baton() as baton:
        half, alert = "\ud83d", {"text": "checkout is down \ud83d", "fallback": "\ude00"}
        for event in (
            baton.event(f"who owns checkout? {half}"),
            baton.event(f"who owns checkout? {half}", channel=baton.new_id("D")),
            baton.event("who owns this?", inner={"attachments": [alert]}),
        ):
            expect(await baton.deliver_as_slack_does(event), "an acknowledgement", "none")
            expect(OWNER in await baton.answered(event), "the owner", "another")
        sent = baton.submission("ownership.doubt_view", user="UGRACE")
        url = baton.slack.response_url()
        sent["view"]["private_metadata"] = f"{baton.asset_id()}||{url}"
        typed = {"type": "plain_text_input", "value": f"moved {half}"}
        sent["view"]["state"] = {"values": {"ownership.doubt_reason": {"ownership.doubt_reason": typed}}}
        expect((await baton.act(sent)).status == 200, "200 to a form", "another")
        await until(lambda: baton.slack.said_at(url), seconds=15, what="a receipt")
        await baton.quiet()
        expect("moved ?" in baton.slack.everything(), "the reason to reach the owner", baton.slack.everything()[-600:])
        expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@asynccontextmanager
async def _locked(baton: Baton) -> AsyncIterator[None]:
    with closing(sqlite3.connect(baton.database, isolation_level=None, timeout=5)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@case("A question is answered once when SQLite is locked by another for two and more seconds")
async def locked(house: House) -> None:
    async with house.baton() as baton:
        for seconds in (2.2, 3.5, 6.0) if house.is_long else (2.6,):
            async with _locked(baton):
                free = time.monotonic() + seconds
                asking = asyncio.create_task(_ask_twice(baton))
                await until(lambda end=free: time.monotonic() > end, seconds=20, what="the lock's time to be over")
            await _answered_once(baton, await asking, seconds=100 if house.is_long else 10)


@case("A question is answered once when the process is killed right after the acknowledgement, five times of five")
async def killed(house: House) -> None:
    async with house.baton() as baton:
        asked = []
        for _ in range(5):
            event = baton.event("who owns checkout?", channel=baton.new_id("D"))
            answer = await baton.deliver(event)
            await baton.kill()
            expect(answer.status == 200, "an acknowledgement", answer)
            asked.append(event)
            await baton.start()
            await baton.ready()
        # What was being posted is looked for before it is posted again, a minute later.
        await _answered_once(baton, asked, seconds=110)


@case("A redelivery adds nothing")
async def redelivered(house: House) -> None:
    async with house.baton() as baton:
        events = [baton.event("who owns checkout?"), baton.event("who owns checkout?", channel=baton.new_id("D"))]
        for number in range(3):
            for event in events:
                retry = {"X-Slack-Retry-Num": str(number)} if number else {}
                expect((await baton.deliver(event, **retry)).status == 200, "200", "another")
        await _answered_once(baton, events)
        await baton.kill()
        await baton.start()
        await baton.ready()
        for event in events:
            await baton.deliver(event, **{"X-Slack-Retry-Num": "3"})
        await _answered_once(baton, events)


@case("An acknowledgement takes 2.5 seconds at most while views.open and users.info hang", is_quick=True)
async def hanging(house: House) -> None:
    async with house.baton() as baton:
        baton.slack.fault("views.open", "hang", times=None, seconds=8)
        baton.slack.fault("users.info", "hang", times=None, seconds=8)
        requests = {
            "Wrong owner?": baton.act(baton.press("ownership.doubt", user="UADA")),
            "a claim": baton.act(baton.press("ownership.claim", user="UADA")),
            "a newcomer's command": baton.ask(baton.command("checkout", user="UNEW")),
            "a newcomer's confirmation": baton.act(baton.press("ownership.confirm", user="UNEW")),
            "a newcomer's doubt": baton.act(baton.submission("ownership.doubt_view", user="UNEW")),
            "a newcomer's mention": baton.deliver(baton.event("who owns checkout?", user="UNEW")),
        }
        answers = await asyncio.gather(*requests.values())
        for what, answer in zip(requests, answers, strict=True):
            expect(answer.status == 200, f"200 to {what}", answer)
            expect(answer.seconds <= _ACK_SECONDS, f"{what} acknowledged within {_ACK_SECONDS} s", answer.seconds)


@case("Share pressed three times shares once")
async def shared_thrice(house: House) -> None:
    async with house.baton() as baton:
        ts = baton.new_id("17")
        presses = [baton.press("ownership.share", ts=ts) for _ in range(3)]
        for answer in await asyncio.gather(*map(baton.act, presses)):
            expect(answer.status == 200, "200", answer)
        await until(lambda: _shares(baton), seconds=10, what="the answer to be shared")
        again = baton.press("ownership.share", ts=ts)
        await baton.act(again)
        await baton.quiet()
        await until(
            lambda: len(_shares(baton)) > 1 or baton.slack.said_at(again["response_url"]),
            seconds=10,
            what="the presser to read that it is shared already",
        )
        expect(len(_shares(baton)) == 1, "one message for everybody", len(_shares(baton)))
        other = baton.press("ownership.share", ts=baton.new_id("18"))
        await baton.act(other)
        await until(lambda: len(_shares(baton)) == 2, seconds=10, what="another message's Share to share")


def _shares(baton: Baton) -> list[dict[str, Any]]:
    sent = [call.arguments for call in baton.slack.calls if call.path.startswith("response/")]
    return [body for body in sent if body.get("response_type") == "in_channel"]


@case("Neither what is asked nor what is typed, and no name of a private channel, stands in the log")
async def nothing_logged(house: House) -> None:
    private, typed, asked = "project-nightjar", "zephyr quartz moved", "wombat-ledger-xyzzy"
    async with house.baton(BATON_LOG_FORMAT="json") as baton:
        slack = baton.slack
        slack.add_channel("G0000SECRET", private, is_private=True, is_channel=False, is_group=True)
        baton.folder.joinpath("private.yaml").write_text(
            f"baton: 1\nteams: [{{name: Nights, channel: '#{private}'}}]\nassets: [{{name: nightdb, owner: Nights}}]"
        )
        status, said = await run_baton(
            baton.folder, "catalog", "import", "baton", "private.yaml", "--source", "private",
            BATON_DATABASE_URL=f"sqlite:///{baton.database}",
        )  # fmt: skip
        expect(status == 0, "an import", said)
        for channel in ("G0000SECRET", baton.new_id("D")):
            for _ in range(3):  # the second and third meet a Slack in trouble
                event = baton.event(f"who owns {asked}?", channel=channel)
                event["event"]["channel_name"] = private
                expect(await baton.deliver_as_slack_does(event), "an acknowledgement", "none")
                await baton.answered(event)
                slack.fault("chat.postMessage", "status", times=1)
        await baton.ask(baton.command(asked, channel="G0000SECRET", channel_name=private))
        for asset in ("checkout", "nightdb"):
            sent = baton.submission("ownership.doubt_view", user="UGRACE")
            sent["view"]["private_metadata"] = f"{baton.asset_id(asset)}||{slack.response_url()}"
            answer = {"type": "plain_text_input", "value": typed}
            sent["view"]["state"] = {"values": {"ownership.doubt_reason": {"ownership.doubt_reason": answer}}}
            slack.fault("chat.postMessage", "refuse", times=1, code="not_in_channel")
            await baton.act(sent)
        await baton.act(baton.submission("ownership.doubt_view", view={"state": {"values": {typed: {"a": {}}}}}))
        slack.heal()
        await baton.quiet()
        expect(typed in slack.everything(), "what was typed to reach the owner", slack.everything()[-600:])
        expect(baton.log(), "a log", "none")
        leaked = baton.logged(private, typed, asked, "zephyr", "wombat", BOT_TOKEN, SECRET)
        expect(not leaked, "none of these words in the log", leaked)
