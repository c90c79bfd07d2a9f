"""Who comes in: payloads of others, outsiders, unsigned and malformed requests, and what is delivered twice."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from yarl import URL

from bot.domain.trust import Admission
from bot.errors import NotAllowedError, SlackError, SlackUnreachableError
from bot.playground.fake_slack import Delivery
from bot.web import SLACK_PATH
from handlers.dispatch import Dispatch
from handlers.door import sender_of
from handlers.events import Events
from handlers.routes import Routes
from handlers.share import check_place
from tests.slack.conftest import SECRET, Stage
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import copied
from tests.slack.test_whoowns import buttons

over_http = pytest.mark.parametrize("deployment", ["http-sqlite"], indirect=True)
on_both_wires = pytest.mark.parametrize("deployment", ["http-sqlite", "socket-sqlite"], indirect=True)

NOT_HERE = "Not in shared channels. Use `/whoowns` or `/devops`: only you see it."
#: What the catalog of these tests would give away.
TELLING = ("Payments", "Platform", "Search", "payments-db", "runbooks", "C0000000")


@pytest.fixture(autouse=True)
def messages_by_event_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the same message come once more as another event, with other senders than it had."""
    monkeypatch.setattr("handlers.payloads._event_id", lambda body, _: str(body.get("event_id", "")))


async def sent(stage: Stage, delivery: Delivery, change: Callable[[dict[str, Any]], None]) -> Delivery:
    """Deliver a payload again that was changed on its way, as if Slack had made it so."""
    payload = copy.deepcopy(delivery.payload)
    for name in ("trigger_id", "event_id"):
        if name in payload:
            payload[name] = f"{payload[name]}-other"
    change(payload)
    again = await stage.slack.deliver_again(replace(delivery, payload=payload))
    await stage.settle()
    return again


def said_since(stage: Stage, before: int, channel: str = "general") -> list[Any]:
    place = stage.slack.workspace.channel(channel).id
    return list(stage.slack.workspace.messages[place].values())[before:]


def count(stage: Stage, channel: str = "general") -> int:
    return len(stage.slack.workspace.messages[stage.slack.workspace.channel(channel).id])


def setting(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(payload: dict[str, Any]) -> None:
        for name in path[:-1]:
            payload = payload[name]
        payload[path[-1]] = to

    return change


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload.pop(name, None)


@on_both_wires
@pytest.mark.parametrize(
    "change",
    [
        setting("team_id", to="T0SOMEONE"),
        setting("enterprise_id", to="E0SOMEONE"),
        setting("api_app_id", to="A0SOMEONE"),
        without("team_id"),
        without("api_app_id"),
    ],
    ids=["another workspace", "another enterprise", "another app", "no workspace", "no app"],
)
async def test_a_command_meant_for_others_is_not_answered(
    stage: Stage, change: Callable[[dict[str, Any]], None]
) -> None:
    await stage.ask("/whoowns payments-db")
    again = await sent(stage, stage.slack.deliveries[-1], change)
    assert "members of this workspace only" in json.dumps(again.response)
    assert not any(word in json.dumps(again.response) for word in TELLING)


@on_both_wires
@pytest.mark.parametrize(
    "change",
    [
        setting("team_id", to="T0SOMEONE"),
        setting("api_app_id", to="A0SOMEONE"),
        without("api_app_id"),
        setting("is_ext_shared_channel", to=True),
        setting("is_pending_ext_shared", to=True),
        setting("event", "user_team", to="T0SOMEONE"),
        setting("event", "source_team", to="T0SOMEONE"),
        setting("event", "team", to="T0SOMEONE"),
        setting("authorizations", to=[{"team_id": "T0SOMEONE"}]),
    ],
    ids=[
        "another workspace",
        "another app",
        "no app",
        "a shared channel",
        "an invitation",
        "user_team",
        "source_team",
        "team",
        "another installation",
    ],
)
async def test_a_mention_from_outside_gets_one_sentence(stage: Stage, change: Callable[[dict[str, Any]], None]) -> None:
    bot = stage.slack.workspace.bot_user_id
    question = await stage.say(f"<@{bot}> who owns payments-db?")
    genuine = next(
        each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention"
    )
    assert any(
        word in stage.slack.visible_messages("ada", "general", thread_ts=question.ts)[-1].text for word in TELLING
    )
    before = count(stage)
    await sent(stage, genuine, change)
    said = said_since(stage, before)
    assert len(said) == 1
    assert said[0].text in ("I answer members of this workspace only.", NOT_HERE)
    assert not any(word in said[0].text for word in TELLING)


@on_both_wires
@pytest.mark.parametrize("change", [setting("user", "team_id", to="T0SOMEONE"), without("api_app_id")])
async def test_a_press_by_somebody_of_another_workspace_changes_nothing(
    stage: Stage, change: Callable[[dict[str, Any]], None]
) -> None:
    answer = await stage.ask("/whoowns checkout")
    pressed = await stage.press(answer, "ownership.confirm")
    assert (await actions(stage)).count("ownership.confirm") == 1
    await sent(stage, pressed, change)
    assert (await actions(stage)).count("ownership.confirm") == 1
    assert "members of this workspace only" in stage.slack.visible_messages("grace", "general")[-1].text


async def test_a_press_that_is_delivered_again_acts_once(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout")
    pressed = await stage.press(answer, "ownership.confirm")
    await stage.slack.deliver_again(pressed)
    await stage.settle()
    assert (await actions(stage)).count("ownership.confirm") == 1


@on_both_wires
async def test_a_press_acts_once_also_in_a_process_that_has_not_seen_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.dispatch.Dispatch._is_repeated", lambda *_: False)
    answer = await stage.ask("/whoowns checkout")
    pressed = await stage.press(answer, "ownership.confirm")
    await stage.slack.deliver_again(pressed)
    await stage.settle()
    assert (await actions(stage)).count("ownership.confirm") == 1


async def test_share_pressed_thrice_shares_once(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout")
    before = count(stage)
    for _ in range(3):
        await stage.press(answer, "ownership.share")
    shared = [each for each in said_since(stage, before) if not each.ephemeral_for]
    assert len(shared) == 1
    assert "was shared already" in stage.slack.visible_messages("grace", "general")[-1].text


def signed(body: bytes, *, content_type: str = "application/x-www-form-urlencoded") -> dict[str, str]:
    at = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": content_type,
    }


NOW = str(int(time.time()))


@over_http
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"command=/whoowns"),
        ({"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=" + "0" * 64}, b"{}"),
        ({"X-Slack-Request-Timestamp": "²", "X-Slack-Signature": "v0=" + "0" * 64}, b"{}"),
        ({"X-Slack-Request-Timestamp": NOW, "X-Slack-Signature": "v0=é"}, b"{}"),
        ({"X-Slack-Request-Timestamp": NOW, "X-Slack-Signature": "v0=" + "0" * 64}, b"\xff\xfe"),
        ({"X-Slack-Request-Timestamp": NOW, "X-Slack-Signature": "v0=" + "0" * 64}, b"payload={"),
        ({"X-Slack-Request-Timestamp": NOW, "X-Slack-Signature": "v0=" + "0" * 64}, b"{" * 10_000),
        (
            {
                "X-Slack-Request-Timestamp": NOW,
                "X-Slack-Signature": "v0=" + "0" * 64,
                "Content-Type": "application/json",
            },
            b'{"authorizations": 7, "team": [], "view": null}',
        ),
    ],
)
async def test_what_nobody_signed_is_refused_in_one_line(
    stage: Stage, caplog: pytest.LogCaptureFixture, headers: dict[str, str], body: bytes
) -> None:
    caplog.clear()
    caplog.set_level(logging.INFO)
    url = stage.baton.url + SLACK_PATH
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 401
    ours = [record for record in caplog.records if record.name.startswith(("bot", "handlers", "slack_bolt", "aiohttp"))]
    assert len(ours) == 1
    assert ours[0].exc_info is None


SIGNED_BY_NOBODY = {"X-Slack-Request-Timestamp": NOW, "X-Slack-Signature": "v0=" + "0" * 64}


@over_http
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_says_it_is_compressed_is_refused(
    stage: Stage, caplog: pytest.LogCaptureFixture, encoding: str
) -> None:
    headers = SIGNED_BY_NOBODY | {"Content-Encoding": encoding}
    url = stage.baton.url + SLACK_PATH
    async with aiohttp.ClientSession() as session, session.post(url, data=b"hello", headers=headers) as answer:
        assert answer.status == 415
    assert [each for each in caplog.records if each.exc_info and each.name != "aiohttp.server"] == []


@over_http
@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ({}, 500),
        ({"X-Slack-Signature": "v0=00"}, 100),
        ({"X-Slack-Request-Timestamp": NOW}, 100),
        (SIGNED_BY_NOBODY | {"X-Slack-Request-Timestamp": "soon"}, 100),
        (SIGNED_BY_NOBODY | {"X-Slack-Signature": "v1=" + "0" * 64}, 100),
    ],
    ids=["no headers", "no timestamp", "no signature", "no time", "another version"],
)
async def test_a_body_that_cannot_be_signed_is_not_waited_for(
    stage: Stage, headers: dict[str, str], length: int
) -> None:
    address = URL(stage.baton.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    lines = [f"POST {SLACK_PATH} HTTP/1.1", "Host: x", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()


@over_http
async def test_a_body_that_breaks_off_is_one_line(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    address = URL(stage.baton.url)
    _, writer = await asyncio.open_connection(address.host, address.port)
    lines = [f"POST {SLACK_PATH} HTTP/1.1", "Host: x", "Content-Length: 500"]
    lines += [f"{name}: {value}" for name, value in SIGNED_BY_NOBODY.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\nhello")
    await writer.drain()
    writer.close()
    for _ in range(500):
        if caplog.records:
            break
        await asyncio.sleep(0.01)
    assert [(each.getMessage(), each.exc_info) for each in caplog.records] == [
        ("a body did not arrive whole (ConnectionResetError)", None)
    ]


@over_http
@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_submission", "view": None},
        {"type": "view_submission", "view": {"callback_id": "ownership.doubt", "blocks": [-1]}},
        {"type": "view_submission", "view": {"callback_id": [], "blocks": {}, "state": 3}},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [7], "container": "x", "message": []},
        {"type": "block_actions", "actions": [{"action_id": "ownership.confirm", "value": "nothing|x"}]},
        {"type": "message_action", "callback_id": "who_owns_this", "message": None},
        {"type": ["view_submission"]},
        {"type": "event_callback", "event": None},
        {"type": "event_callback", "event": {"type": {}}},
        {"type": "event_callback", "event": {"type": "app_mention", "text": 3}},
    ],
)
async def test_a_signed_form_that_makes_no_sense_is_answered(stage: Stage, payload: dict[str, Any]) -> None:
    workspace = stage.slack.workspace
    whole = {
        "team": {"id": workspace.team_id},
        "team_id": workspace.team_id,
        "user": {"id": workspace.user("grace").id},
        "api_app_id": workspace.app_id,
        "event_id": "Ev1",
        **payload,
    }
    body = urlencode({"payload": json.dumps(whole)}).encode()
    url = stage.baton.url + SLACK_PATH
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=signed(body)) as answer:
        assert answer.status in (200, 404), await answer.text()
        assert answer.status == 200 or payload["type"] in ("event_callback", ["view_submission"])
        if payload["type"] == "view_submission":  # nothing would close the window without a word
            assert "That is from another version of Baton" in await answer.text()


@over_http
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"ssl_check=1&token=old", 200),
        (b"token=old&ssl_check=1", 200),
        (b"ssl_check=1&command=%2Fwhoowns&text=checkout&user_id=U1", 200),
        (b"ssl_check=0&token=old", 401),
        (b"command=%2Fwhoowns&text=ssl_check%3D1", 401),
        (b"ssl_check=1&command=%2Fwhoowns&text=" + b"checkout+" * 30, 401),
    ],
)
async def test_slack_looks_at_the_certificate_with_a_form_that_it_does_not_sign(
    stage: Stage, body: bytes, status: int
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession() as session:
        answer = await session.post(stage.baton.url + SLACK_PATH, data=body, headers=kind)
        assert answer.status == status
        assert "owns" not in await answer.text()
        if status == 200:
            assert await answer.text() == ""


@over_http
@pytest.mark.parametrize("body", [b"payload=%7B", b"payload=3", b"[]", b"{"])
async def test_a_signed_body_that_is_no_payload_is_a_bad_request(stage: Stage, body: bytes) -> None:
    url, is_json = stage.baton.url + SLACK_PATH, body in (b"[]", b"{")
    headers = signed(body, content_type="application/json" if is_json else "application/x-www-form-urlencoded")
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400


@on_both_wires
async def test_a_guest_reads_and_decides_nothing(stage: Stage) -> None:
    guest = stage.slack.add_user("gus", real_name="Gus Guest", email="grace@example.test", standing="guest")
    place = stage.slack.workspace.channel("general")
    place.members.add(guest.id)
    answer = await stage.ask("/whoowns checkout", user="gus")
    assert "Payments" in answer.text
    assert not buttons(answer)
    lent = await copied(stage, "general", (await stage.ask("/whoowns checkout")).blocks)
    for action, refusal in (("ownership.share", "cannot share answers"), ("ownership.doubt", "only full members")):
        await stage.press(lent, action, user="gus")
        assert refusal in stage.slack.visible_messages("gus", "general")[-1].text
    confirm = await stage.press(await stage.ask("/whoowns checkout"), "ownership.confirm")
    before = await actions(stage)
    await sent(stage, confirm, setting("user", "id", to=guest.id))
    assert await actions(stage) == before
    assert not stage.slack.view_stack("gus")


@on_both_wires
async def test_a_stranger_with_a_members_address_is_nobody(stage: Stage) -> None:
    stranger = stage.slack.add_user("pat", real_name="Pat Partner", email="ada@example.test", standing="stranger")
    stage.slack.workspace.channel("general").members.add(stranger.id)
    answer = await stage.ask("/whoowns payments-db", user="pat")
    assert "members of this workspace only" in answer.text
    await stage.slack.open_home("pat")
    await stage.settle()
    home = stage.slack.home("pat")
    assert home is not None
    assert "members of this workspace only" in str(home.payload["blocks"])
    assert not any(word in str(home.payload["blocks"]) for word in TELLING)


@on_both_wires
async def test_whoever_slack_does_not_know_just_now_is_told_to_try_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise SlackUnreachableError("status 500")

    stage.slack.add_user("new", real_name="New Hire", email="new@example.test")
    stage.slack.workspace.channel("general").members.add(stage.slack.workspace.user("new").id)
    monkeypatch.setattr("bot.clients.slack.SlackClient.user", away)
    assert "could not tell me who you are" in (await stage.ask("/whoowns payments-db", user="new")).text
    monkeypatch.undo()
    assert "owns" in (await stage.ask("/whoowns payments-db", user="new")).text


@on_both_wires
async def test_nothing_is_shared_in_a_channel_with_people_from_outside(stage: Stage) -> None:
    stage.slack.add_channel("partners", members=["grace"], bot_is_member=True, is_ext_shared=True)
    answer = await stage.ask("/whoowns checkout", channel="partners")
    assert "Payments" in answer.text
    before = count(stage, "partners")
    await stage.press(answer, "ownership.share")
    assert [each.ephemeral_for is not None for each in said_since(stage, before, "partners")] == [True]
    assert "I do not share it" in stage.slack.visible_messages("grace", "partners")[-1].text
    question = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns checkout?", channel="partners")
    said = stage.slack.visible_messages("grace", "partners", thread_ts=question.ts)[-1].text
    assert said == NOT_HERE


@on_both_wires
async def test_an_account_that_is_a_bot_gets_no_answer(stage: Stage) -> None:
    bot = stage.slack.add_user("alerts-app", real_name="Alerts", is_bot=True)
    question = f"<@{stage.slack.workspace.bot_user_id}> who owns checkout?"
    await stage.say(question)
    asked = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    for user_id, answers in ((bot.id, 0), (asked.payload["event"]["user"], 1)):
        before = len([call for call in stage.slack.calls if call.method == "chat.postMessage"])
        event = asked.payload["event"] | {"user": user_id}
        again = replace(asked, payload={**asked.payload, "event_id": f"Ev{user_id}", "event": event})
        assert (await stage.slack.deliver_again(again)).ok
        await stage.settle()
        assert len([call for call in stage.slack.calls if call.method == "chat.postMessage"]) == before + answers


async def test_only_into_a_channel_can_baton_be_invited(stage: Stage) -> None:
    with pytest.raises(NotAllowedError, match="`/invite` me"):
        await check_place(stage.baton.context, "C0UNKNOWN")
    with pytest.raises(NotAllowedError, match="who is in this conversation, so I do not share it"):
        await check_place(stage.baton.context, "D0BETWEEN")


@on_both_wires
async def test_a_partner_channel_can_be_opened_for_reading(stage: Stage) -> None:
    place = stage.slack.add_channel("partners", members=["grace"], bot_is_member=True, is_ext_shared=True)
    stranger = stage.slack.add_user("pat", real_name="Pat Partner", standing="stranger")
    place.members.add(stranger.id)
    stage.baton.door._open = frozenset({place.id})
    answer = await stage.ask("/whoowns checkout", user="pat", channel="partners")
    assert "Payments" in answer.text
    assert not buttons(answer)
    lent = await copied(stage, "partners", (await stage.ask("/whoowns checkout", channel="partners")).blocks)
    await stage.press(lent, "ownership.doubt", user="pat")
    assert "only full members" in stage.slack.visible_messages("pat", "partners")[-1].text


@on_both_wires
@pytest.mark.parametrize("said", [False, None])
async def test_what_slack_lists_counts_where_an_event_does_not_say_that_others_are_invited(
    stage: Stage, said: bool | None
) -> None:
    place = stage.slack.add_channel("partners", members=["grace"], bot_is_member=True, is_pending_ext_shared=True)
    stage.clock.advance(timedelta(hours=2))
    await stage.baton.context.listings.read_channels()
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns checkout?")
    asked = next(each for each in stage.slack.deliveries if each.payload.get("event", {}).get("type") == "app_mention")
    body = {**asked.payload, "event": {**asked.payload["event"], "channel": place.id}}
    body = {key: value for key, value in body.items() if key != "is_ext_shared_channel"}
    sender = sender_of(body if said is None else {**body, "is_ext_shared_channel": said})
    assert await stage.baton.door.admit(sender) is Admission.SHARED
    unknown = {**body, "event": {**body["event"], "channel": "C0NOTLISTED"}}
    admitted = await stage.baton.door.admit(sender_of({**unknown, "is_ext_shared_channel": False}))
    assert admitted is Admission.DECIDE
    assert await stage.baton.door.admit(sender_of(unknown)) is Admission.SHARED, "it cannot be told"


def test_of_presses_and_forms_the_last_ten_thousand_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.dispatch._REMEMBERED", 2)
    dispatch = Dispatch(Routes(), None, None, None)  # type: ignore[arg-type]  # nothing is answered
    assert [dispatch._is_repeated(each) for each in ("1.1", "2.2", "2.2", "3.3", "1.1")] == [
        False,
        False,
        True,
        False,
        False,
    ]


def test_of_events_the_last_ten_thousand_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.events._REMEMBERED", 2)
    events = Events({}, None, None)  # type: ignore[arg-type]  # nothing is answered
    for event_id in ("Ev1", "Ev2", "Ev2", "Ev3"):
        events._remember(event_id)
    assert list(events._taken) == ["Ev2", "Ev3"]


@over_http
async def test_a_body_that_does_not_say_how_long_it_is_has_the_same_limit_and_its_end_is_not_waited_for(
    stage: Stage,
) -> None:
    is_answered = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"a" * 512 * 1024
        await is_answered.wait()

    async with aiohttp.ClientSession() as session:
        answer = await session.post(stage.baton.url + SLACK_PATH, data=pieces(), headers=SIGNED_BY_NOBODY)
        is_answered.set()
    assert answer.status == 413


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
async def test_whom_slack_does_not_show_is_from_outside(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    async def unseen(*_: object, **__: object) -> None:
        raise SlackError(code)

    stage.slack.add_user("new", real_name="New Hire", email="new@example.test")
    stage.slack.workspace.channel("general").members.add(stage.slack.workspace.user("new").id)
    monkeypatch.setattr("bot.clients.slack.SlackClient.user", unseen)
    assert "members of this workspace only" in (await stage.ask("/whoowns payments-db", user="new")).text
