"""What Slack answers, or something between it and Baton, and is not what was asked for: it costs nobody an answer."""

from __future__ import annotations

from typing import Any

from tests.strangers.cases import case, expect
from tests.strangers.world import OWNER, Baton, House, everything_in, until

_METHODS = {"users.list": "members", "conversations.list": "channels"}
_ODD: tuple[Any, ...] = (None, "U1", 7, [], {}, {"id": None}, {"id": 7, "name": 7}, {"id": "U\0X", "name": "x"},
                         {"id": "\ud800", "name": "x"}, {"name": "nameless"})  # fmt: skip


@case("What is no entry of Slack's lists keeps no member and no channel out", is_quick=True)
async def odd_entries(house: House) -> None:
    async with house.cold() as baton:
        await baton.slack.start()
        lists = {"users.list": ("members", baton.slack.users), "conversations.list": ("channels", baton.slack.channels)}
        for method, (name, good) in lists.items():
            body = {name: [*_ODD, *good.values()], "response_metadata": {"next_cursor": ""}}
            baton.slack.fault(method, "answer", times=None, body=body)
        await baton.start()
        await baton.ready()
        await until(
            lambda: baton.rows("SELECT 1 FROM slack_members WHERE slack_id = 'UGRACE'"), seconds=15, what="Grace"
        )
        channel = "SELECT 1 FROM slack_channels WHERE channel_id = 'C0000LEDGER'"
        await until(lambda: baton.rows(channel), seconds=15, what="the channel of the owners")
        expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@case("A list that is none, or leads back into itself, is asked for again after a while, not without end")
async def odd_lists(house: House) -> None:
    bodies: tuple[dict[str, Any], ...] = (
        {"response_metadata": {"next_cursor": "same"}},
        {"response_metadata": {"next_cursor": "same"}, "members": None, "channels": None},
        {"members": {"a": 1}, "channels": "b"},
        {"response_metadata": ["next_cursor"]},
        {"response_metadata": None},
    )
    for body in bodies if house.is_long else bodies[:1]:
        async with house.cold() as baton:
            await baton.slack.start()
            for method, name in _METHODS.items():
                baton.slack.fault(method, "answer", times=None, body={name: [], **body})
            await baton.start()
            await baton.ready()
            await baton.quiet()
            await until(lambda b=baton: len(b.rows("SELECT 1 FROM slack_listings WHERE due_at > began_at")) == 2,
                        seconds=15, what="both lists to be due again later")  # fmt: skip
            asked = {method: len(baton.slack.called(method)) for method in _METHODS}
            expect(max(asked.values()) <= 3, "three calls at most", asked)
            expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@case("An answer of Slack's without what was asked for costs nobody a word", is_quick=True)
async def bare_answers(house: House) -> None:
    kinds = ("answer", "html") if house.is_long else ("answer",)
    for kind in kinds:
        async with house.baton() as baton:
            slack = baton.slack
            slack.fault("users.info", kind, times=None)
            answer = await baton.ask(baton.command("checkout", user="UNEW"))
            expect("Try again in a minute" in answer.text, f"a sentence to a newcomer's command ({kind})", answer)
            pressed = baton.press("ownership.confirm", user="UNEW")
            await baton.act(pressed)
            await _said(baton, pressed, "Try again in a minute")
            slack.heal()
            slack.fault("views.open", kind, times=None)
            pressed = baton.press("ownership.doubt")
            await baton.act(pressed)
            await _said(baton, pressed, "try again in a moment")
            slack.heal()
            for method in ("chat.postMessage", "conversations.replies", "conversations.info"):
                slack.fault(method, kind)
                event = baton.event("who owns checkout?")
                expect(await baton.deliver_as_slack_does(event), "an acknowledgement", "none")
                expect(OWNER in await baton.answered(event), f"the owner, though {method} answered oddly", "another")
                slack.heal()
            slack.fault("response", kind, times=None)
            await baton.act(baton.press("ownership.confirm"))
            slack.heal()
            expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


@case("Started while Slack answers without what was asked for, it waits, and becomes ready")
async def bare_start(house: House) -> None:
    for method in ("auth.test", "bots.info") if house.is_long else ("auth.test",):
        for kind in ("answer", "html"):
            async with house.cold() as baton:
                await baton.slack.start()
                baton.slack.fault(method, kind, times=2)
                await baton.start()
                await baton.ready(seconds=40)
                expect("Traceback" not in baton.log(), "no traceback", baton.log()[-600:])


async def _said(baton: Baton, pressed: dict[str, Any], words: str) -> None:
    said = await until(lambda: baton.slack.said_at(pressed["response_url"]), seconds=15, what="a word on the press")
    expect(words in everything_in(said[0]), words, said)
