"""What is acknowledged and cannot be said at once is said later, once: by forms, presses, Share, after a kill."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from tests.strangers.cases import case, expect
from tests.strangers.world import OWNER, Answer, Baton, House, everything_in, until

_ACK_SECONDS = 2.5


def _private(baton: Baton, user: str = "UADA") -> list[str]:
    """What somebody was told in a direct message."""
    return [everything_in(post) for post in baton.slack.posts if post["channel"] == f"D{user}"]


async def _told_once(baton: Baton, *words: str, user: str = "UADA", seconds: float = 40) -> str:
    await until(lambda: _private(baton, user), seconds=seconds, what="a word in private")
    await baton.quiet()
    [*said] = _private(baton, user)
    expect(len(said) == 1, "one message in private", said)
    expect(any(each in said[0] for each in words), " or ".join(words), said[0])
    return said[0]


def _in_time(answer: Answer) -> Answer:
    expect(answer.status == 200 and answer.seconds < _ACK_SECONDS, "an acknowledgement in time", answer)
    return answer


@case("A form that takes the place of a loading view comes although Slack refuses it at first")
async def refused_form(house: House) -> None:
    faults: list[dict[str, Any]] = [
        {"kind": "refuse", "code": "internal_error"},
        {"kind": "status", "status": 429, "retry_after": 7},
        {"kind": "status", "status": 500, "times": 3},
    ]
    for fault in faults if house.is_long else faults[:1]:
        async with house.baton() as baton:
            baton.slack.fault("views.update", **fault)
            _in_time(await baton.ask(baton.command("checkout", user="UADA", command="/handoff")))
            await until(lambda: baton.slack.called("views.update"), seconds=30, what="the form")
            await baton.quiet()
            expect(not _private(baton), "nothing else", _private(baton))


@case("Whoever closed the window, or whom Slack shows no form, reads one sentence in private", is_quick=True)
async def closed_form(house: House) -> None:
    async with house.baton() as baton:
        baton.slack.fault("views.update", "refuse", times=None, code="not_found")
        _in_time(await baton.ask(baton.command("", user="UADA", command="/handoff")))
        await _told_once(baton, "Open it again")


@case("A form that is saved late says how it ended, in private where its window is gone")
async def late_form(house: House) -> None:
    async with house.baton() as baton:
        baton.slack.fault("views.publish", "hang", seconds=4)
        baton.slack.fault("views.update", "refuse", times=None, code="not_found")
        sent = _claim(baton, str(baton.rows("SELECT id FROM teams")[0][0]))
        expect("Still saving" in _in_time(await baton.act(sent)).text, "a word that it goes on", "none")
        await _told_once(baton, "already owns")


def _claim(baton: Baton, team: str, *, user: str = "UADA") -> dict[str, Any]:
    chosen = {"type": "static_select", "selected_option": {"value": team, "text": {"type": "plain_text", "text": "x"}}}
    values = {"ownership.claim_team": {"ownership.claim_team": chosen}}
    view = {"private_metadata": f"{baton.asset_id()}||||", "state": {"values": values}}
    return baton.submission("ownership.claim_view", user=user, view=view)


def _shortcut(baton: Baton) -> dict[str, Any]:
    message = {"text": "checkout", "ts": "1.1", "user": "UADA", "type": "message"}
    return baton.interaction(
        "message_action", "UADA", callback_id="who_owns_this", channel={"id": "C0000GENERAL"}, message=message,
        response_url=baton.slack.response_url(),
    )  # fmt: skip


@case("What is pressed while Slack is in trouble for some seconds is answered after, once, in private")
async def trouble(house: House) -> None:
    async with house.baton() as baton:
        gone = baton.press("ownership.confirm")
        gone["actions"][0]["value"] = "99999|"
        asked = {
            "a confirmation": (baton.press("ownership.confirm"), "confirmed by"),
            "a share": (baton.press("ownership.share"), "so I do not share it"),
            "a shortcut": (_shortcut(baton), OWNER),
            "an error": (gone, "no longer in the catalog"),
        }
        for user in ("UADA", "UGRACE"):  # whom Slack has not named yet is told to try again instead
            await baton.act(baton.press("ownership.confirm", user=user, asset="invoices"))
        earlier = len(_confirmed(baton))
        for what, (payload, words) in asked.items() if house.is_long else list(asked.items())[:2]:
            baton.slack.posts.clear()
            baton.slack.fault("*", "status", times=None, status=503)
            baton.slack.fault("response", "status", times=None, status=503)
            before = baton.rows("SELECT count(*) FROM outbox")
            _in_time(await baton.act(payload))
            await until(lambda was=before: baton.rows("SELECT count(*) FROM outbox") != was, seconds=10,
                        what=f"what is to be said about {what} in the store")  # fmt: skip
            baton.slack.heal()
            await _told_once(baton, words)
        expect(len(_confirmed(baton)) == earlier + 1, "one confirmation", _confirmed(baton))


def _confirmed(baton: Baton) -> list[tuple[Any, ...]]:
    return baton.rows("SELECT id FROM audit_log WHERE action = 'ownership.confirm'")


@case("What a newcomer decides is saved before it is acknowledged, or is refused with a sentence")
async def newcomer(house: House) -> None:
    async with house.baton() as baton:
        baton.slack.fault("users.info", "hang", times=None, seconds=1.3)
        _in_time(await baton.act(baton.press("ownership.confirm", user="UNEW")))
        await baton.kill()
        expect(len(_confirmed(baton)) == 1, "the confirmation to be saved", _confirmed(baton))
    async with house.baton() as baton:
        baton.slack.fault("users.info", "hang", times=None, seconds=1.3)
        _in_time(await baton.act(baton.press("ownership.confirm", user="UNEW", asset="invoices")))
        baton.slack.faults.clear()
        baton.slack.fault("users.info", "hang", times=None, seconds=8)
        pressed = baton.press("ownership.confirm", user="UGRACE")
        _in_time(await baton.act(pressed))
        [said] = await until(lambda: baton.slack.said_at(pressed["response_url"]), seconds=5, what="a sentence")
        expect("nothing was saved" in everything_in(said), "that nothing was saved", said)


@case("A kill after an acknowledgement that came for lateness leaves nobody without a word")
async def killed_late(house: House) -> None:
    async with house.baton() as baton:
        baton.slack.fault("response", "hang", times=None, seconds=30)
        _in_time(await baton.act(baton.press("ownership.confirm")))
        await baton.kill()
        expect(len(_confirmed(baton)) == 1, "the confirmation to be saved", _confirmed(baton))
        baton.slack.faults.clear()
        await _next_start(baton)
        await _told_once(baton, "confirmed by")
    async with house.baton() as baton:
        baton.slack.fault("views.update", "hang", times=None, seconds=30)
        _in_time(await baton.ask(baton.command("checkout", user="UADA", command="/handoff")))
        await baton.kill()
        baton.slack.faults.clear()
        await _next_start(baton)
        await _told_once(baton, "Open it again")


async def _next_start(baton: Baton) -> None:
    """Start again, some minutes later: what waits for its time in the outbox is due."""
    with closing(sqlite3.connect(baton.database, isolation_level=None, timeout=5)) as connection:
        passed = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-1 minute')"
        connection.execute(f"UPDATE outbox SET due_at = {passed} WHERE state = 'waiting'")
    await baton.start()
    await baton.ready()
