"""The door: what is not signed, not well formed, not ours, or comes twice."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

from tests.strangers.cases import case, expect
from tests.strangers.small_slack import TEAM
from tests.strangers.world import METRICS_TOKEN, OWNER, SLACK_PATH, Baton, House, everything_in, form, signed, until

#: What HTTP says of a request that is refused before it is understood.
_REFUSED = {400, 401, 408, 413, 431}
_TIMESTAMP, _SIGNATURE = b"X-Slack-Request-Timestamp", b"X-Slack-Signature"
#: The seed is printed with what failed, so that a failure can be seen again.
_SEED = 20261128


async def raw(port: int, headers: list[tuple[bytes, bytes]], body: bytes = b"", *, seconds: float = 15) -> int | None:
    """Send a request byte by byte as given; return the status, None where the connection was closed without one."""
    head = [b"POST " + SLACK_PATH.encode() + b" HTTP/1.1", b"Host: x", b"Connection: close"]
    head += [name + b": " + value for name, value in (*headers, (b"Content-Length", str(len(body)).encode()))]
    return await raw_bytes(port, b"\r\n".join(head) + b"\r\n\r\n" + body, seconds=seconds)


async def raw_bytes(port: int, sent: bytes, *, seconds: float = 15) -> int | None:
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(sent)
            await writer.drain()
        except ConnectionError:
            pass  # it may have answered before it had read everything
        try:
            line = await reader.readline()
        except ConnectionError:
            return None
        finally:
            writer.transport.abort()
            writer.close()
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None


def signed_headers(body: bytes, **options: Any) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in signed(body, **options).items()]


async def refused(baton: Baton, headers: list[tuple[bytes, bytes]], body: bytes, what: str) -> None:
    status = await raw(baton.port, headers, body)
    is_large = len(body) > 2 * 1024 * 1024
    expect(status in _REFUSED or (is_large and status is None), f"{what} to be refused with 401", status)


async def refused_quietly(baton: Baton, requests: list[tuple[str, list[tuple[bytes, bytes]], bytes]]) -> None:
    before = len(baton.log().splitlines())
    for what, headers, body in requests:
        await refused(baton, headers, body, what)
    lines = baton.log().splitlines()[before:]
    expect(len(lines) <= len(requests), f"at most {len(requests)} lines in the log", len(lines))
    expect(not any("Traceback" in line for line in lines), "no traceback in the log", lines)


@case("Unsigned and wrongly signed requests are refused, with one line in the log at most", is_quick=True)
async def unsigned(house: House) -> None:
    baton = await house.shared()
    body = baton.command("checkout")
    now, right = str(int(time.time())).encode(), signed(body)["X-Slack-Signature"].encode()
    wrong = b"v0=" + b"0" * 64
    await refused_quietly(
        baton,
        [
            ("no headers", [], body),
            ("no signature", [(_TIMESTAMP, now)], body),
            ("no timestamp", [(_SIGNATURE, right)], body),
            ("a timestamp of 400 digits", [(_TIMESTAMP, b"9" * 400), (_SIGNATURE, wrong)], body),
            ("a timestamp of 4,400 digits", [(_TIMESTAMP, b"9" * 4400), (_SIGNATURE, wrong)], body),
            ("a timestamp in Arabic digits", [(_TIMESTAMP, "١٧٠٠٠٠٠٠٠٠".encode()), (_SIGNATURE, wrong)], body),
            ("a superscript timestamp", [(_TIMESTAMP, "²".encode()), (_SIGNATURE, wrong)], body),
            ("a negative timestamp", [(_TIMESTAMP, b"-1"), (_SIGNATURE, wrong)], body),
            ("a timestamp that is no number", [(_TIMESTAMP, b"nan"), (_SIGNATURE, wrong)], body),
            ("the signature v0=é", [(_TIMESTAMP, now), (_SIGNATURE, "v0=é".encode())], body),
            ("a signature in Latin 1", [(_TIMESTAMP, now), (_SIGNATURE, b"v0=\xe9\xff")], body),
            ("a wrong signature", [(_TIMESTAMP, now), (_SIGNATURE, wrong)], body),
            ("an old signature", signed_headers(body, at=time.time() - 301), body),
            ("a signature of the future", signed_headers(body, at=time.time() + 400), body),
            ("another secret's signature", signed_headers(body, secret="another"), body),
            ("another body's signature", signed_headers(b"other"), body),
            ("the unsigned body \\xff\\xfe", [(_TIMESTAMP, now), (_SIGNATURE, wrong)], b"\xff\xfe"),
            ("the signed body \\xff\\xfe", signed_headers(b"\xff\xfe"), b"\xff\xfe"),
        ],
    )


@case("Huge headers and bodies above 2 MiB are refused", is_quick=True)
async def too_large(house: House) -> None:
    baton = await house.shared()
    large = b"a" * (2 * 1024 * 1024 + 100)
    await refused_quietly(
        baton,
        [
            ("a header of 60,000 bytes", [(b"X-Large", b"a" * 60_000)], b"x"),
            ("a signature of 60,000 bytes", [(_TIMESTAMP, b"1"), (_SIGNATURE, b"v0=" + b"a" * 60_000)], b"x"),
            ("two thousand headers", [(b"X-%d" % number, b"a") for number in range(2000)], b"x"),
            ("an unsigned body above 2 MiB", [], large),
            ("a signed body above 2 MiB", signed_headers(large), large),
        ],
    )
    expect((await baton.ask(baton.command("checkout"))).status == 200, "a signed question to be answered", "it was not")


@case("A body that is compressed, or breaks off, is no 500 and no traceback", is_quick=True)
async def odd_bodies(house: House) -> None:
    baton = await house.shared()
    before = len(baton.log().splitlines())
    headers = [(_TIMESTAMP, str(int(time.time())).encode()), (_SIGNATURE, b"v0=" + b"a" * 64)]
    for encoding in (b"gzip", b"deflate", b"br", b"zstd"):
        status = await raw(baton.port, [*headers, (b"Content-Encoding", encoding)], b"hello")
        expect(status in (400, 415), f"a body that says it is {encoding.decode()} to be refused", status)
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    _, writer = await asyncio.open_connection("127.0.0.1", baton.port)
    writer.write(b"POST " + SLACK_PATH.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n" + head + b"\r\nhi")
    await writer.drain()
    writer.close()
    await until(lambda: "did not arrive whole" in baton.log(), seconds=10, what="a line on the body that broke off")
    lines = baton.log().splitlines()[before:]
    expect(not any("Traceback" in line for line in lines), "no traceback in the log", lines)


@case("Random bytes are refused, by the thousand", is_quick=True)
async def random_bytes(house: House) -> None:
    baton, chance = await house.shared(), random.Random(_SEED)
    requests = []
    for number in range(3000 if house.is_long else 60):
        headers = [(name, _noise(chance, 120)) for name in (_TIMESTAMP, _SIGNATURE, b"Content-Type")]
        if chance.random() < 0.5:
            headers[0] = (_TIMESTAMP, str(int(time.time())).encode())
        requests.append((f"request {number} of seed {_SEED}", headers, chance.randbytes(chance.randrange(400))))
    await refused_quietly(baton, requests)
    for number in range(300 if house.is_long else 20):
        status = await raw_bytes(baton.port, chance.randbytes(200).replace(b"\n", b" ") + b"\r\n\r\n")
        expect(status is None or status in {*_REFUSED, 404, 405, 505}, f"noise {number} to be refused", status)
    expect("Traceback" not in baton.log(), "no traceback in the log", "one")


def _noise(chance: random.Random, most: int) -> bytes:
    allowed = [number for number in range(256) if number not in (0, 10, 13)]
    return bytes(chance.choices(allowed, k=chance.randrange(most)))


@case("A slow body and slow headers are cut off within a bounded time", is_quick=True, seconds=30)
async def slow(house: House) -> None:
    async with house.baton(BATON_READ_SECONDS="1") as baton:
        body = baton.command("checkout") + b"a" * 400
        head = b"POST " + SLACK_PATH.encode() + b" HTTP/1.1\r\nHost: x\r\n"
        sign = b"".join(name + b": " + value + b"\r\n" for name, value in signed_headers(body))
        with_body = head + sign + b"Content-Length: %d\r\n\r\n" % len(body)
        for what, at_once, slowly in (("body", with_body, body), ("headers", head, b"X-Slow: " + b"a" * 4000)):
            took = await _dripped(baton.port, at_once, slowly, most=8)
            expect(took is not None, f"slow {what} to be cut off within 8 s with BATON_READ_SECONDS=1", "no end")


async def _dripped(port: int, at_once: bytes, slowly: bytes, *, most: float) -> float | None:
    """Send the rest byte by byte; return after how long the other side ended it, None if it did not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    writer.write(at_once)
    for byte in slowly:
        writer.write(bytes([byte]))
        try:
            await asyncio.wait_for(reader.read(1), 0.2)  # an answer, or the end
        except TimeoutError:
            if time.monotonic() - began > most:
                writer.transport.abort()
                writer.close()
                return None
            continue
        except ConnectionError:
            pass
        break
    writer.transport.abort()
    writer.close()
    return time.monotonic() - began


@case("Three hundred idle connections do not keep a signed question from being answered", is_quick=True)
async def idle(house: House) -> None:
    baton = await house.shared()
    async with AsyncExitStack() as stack:
        for _ in range(300):
            _, writer = await asyncio.open_connection("127.0.0.1", baton.port)
            stack.callback(writer.close)
            stack.callback(writer.transport.abort)
        answer = await baton.ask(baton.command("checkout"))
    expect(answer.status == 200 and OWNER in answer.text, "the owner", answer)
    expect(answer.seconds < 2.5, "an answer within 2.5 s", answer.seconds)


@case("/metrics is there for its token only", is_quick=True)
async def metrics(house: House) -> None:
    baton = await house.shared()
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": METRICS_TOKEN}):
        status = await baton.status("/metrics", given)
        expect(status in (401, 404), f"401 or 404 with {given}", status)
    status = await baton.status("/metrics", {"Authorization": f"Bearer {METRICS_TOKEN}"})
    expect(status == 200, "200 with the token", status)


_ODD: tuple[Any, ...] = (None, -1, 0, 1.5, True, "", "x", [], [-1], [[]], [None], {}, {"id": None}, "é\x00", "9" * 5000)


def _mutants(payload: Any) -> Iterator[Any]:
    """Every payload that differs from this one in a single place."""
    if isinstance(payload, dict):
        for key, value in payload.items():
            for odd in _ODD:
                yield payload | {key: odd}
            yield {name: each for name, each in payload.items() if name != key}
            for mutant in _mutants(value):
                yield payload | {key: mutant}
    elif isinstance(payload, list):
        for number, value in enumerate(payload):
            for mutant in _mutants(value):
                yield [*payload[:number], mutant, *payload[number + 1 :]]


def _samples(baton: Baton) -> list[dict[str, Any]]:
    opened = baton.event("", inner={"type": "app_home_opened", "tab": "home"})
    shortcut = baton.interaction("message_action", "UADA", callback_id="who_owns_this", channel={"id": "C0000GENERAL"},
                                 message={"text": "checkout"}, response_url=baton.slack.response_url())  # fmt: skip
    actions = ("ownership.doubt", "ownership.choose", "ownership.share", "ownership.none", "portfolio.team", "eol.plan")
    forms = ("ownership.doubt_view", "ownership.claim_view", "ownership.claim_offer_view", "unknown", "eol.plan_view")
    return [
        *(baton.press(action) for action in actions), *(baton.submission(callback) for callback in forms),
        shortcut, baton.event("who owns checkout?"), baton.event("who owns checkout?", channel="DMUTANT"), opened,
    ]  # fmt: skip


@case("Signed but malformed forms are acknowledged, never answered with 500", is_quick=True)
async def malformed_forms(house: House) -> None:
    baton = await house.shared()
    plain = baton.submission("ownership.doubt_view")
    named = [
        {}, plain | {"view": None}, plain | {"view": []}, plain | {"view": {"blocks": [-1]}},
        plain | {"view": plain["view"] | {"blocks": [-1]}}, plain | {"view": plain["view"] | {"blocks": {"a": 1}}},
        plain | {"view": plain["view"] | {"blocks": [{"type": "input"}]}}, plain | {"view": {"state": {"values": [1]}}},
        {"type": "view_submission", "view": None}, {"type": "view_submission", "view": {"blocks": [-1]}},
        {"type": "view_submission", "view": {"blocks": [{"type": "input", "block_id": {"a": 1}}]}},
        {"type": "block_actions", "actions": None}, {"type": "block_actions", "actions": [[]], "container": 3},
        {"type": ["block_actions"]}, {"type": {"a": 1}}, {"type": "event_callback", "event": [1]},
        plain | {"team": "T1"}, plain | {"user": [1]},
    ]  # fmt: skip
    chance = random.Random(_SEED)
    mutants = [mutant for sample in _samples(baton) for mutant in _mutants(sample)]
    drawn = chance.sample(mutants, min(len(mutants), 4000 if house.is_long else 60))
    for payload in [*named, *drawn]:
        is_event = payload.get("type") == "event_callback"
        answer = await (baton.deliver(payload) if is_event else baton.act(payload))
        expect(answer.status == 200, f"200 to {json.dumps(payload)[:300]}", f"{answer.status} {answer.text[:100]}")
    expect(await baton.status("/healthz") == 200, "a Baton that lives on", "none")


@case("A signed body that is not what its type says is no 500, either", is_quick=True)
async def unparsable(house: House) -> None:
    baton = await house.shared()
    for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "é"):
        bodies = (b"", b"{", b"[]", b"null", b"1", b"payload=", b"payload=[1]", b"payload=1", b"payload=%ff", b"%zz=1",
                  b"[" * 5000, b'{"a":' * 3000, b"payload=" + b"[" * 100_000, b"&&&=", b'"\\ud800"',
                  b"payload=%22%5Cud800%22", b'{"type":"event_callback","event":{"type":"\\ud800"}}')  # fmt: skip
        for body in bodies:
            status = await raw(baton.port, [*signed_headers(body), (b"Content-Type", kind.encode())], body)
            expect(status is not None and status < 500, f"no 500 to {body[:40]!r} as {kind}", status)


@case("A press that is replayed acts once: one entry in the audit log", is_quick=True)
async def press_replayed(house: House) -> None:
    await _acts_once(house, lambda baton: baton.press("ownership.confirm"), "ownership.confirm")


@case("A doubt that is replayed acts once: one doubt, one message in the outbox", is_quick=True)
async def doubt_replayed(house: House) -> None:
    baton = await house.shared()
    doubts = "SELECT id FROM owner_doubts"
    about = "SELECT key FROM outbox WHERE key LIKE 'ownership.matter%'"
    before = baton.rows(doubts), baton.rows(about)
    await _send_thrice(baton, form(baton.submission("ownership.doubt_view", user="UGRACE")))
    expect(len(baton.rows(doubts)) == len(before[0]) + 1, "one doubt more", baton.rows(doubts))
    expect(len(baton.rows(about)) == len(before[1]) + 1, "one message more about it in the outbox", baton.rows(about))


async def _acts_once(house: House, press: Any, action: str) -> None:
    baton = await house.shared()
    entries = "SELECT id FROM audit_log WHERE action = ?"
    before = len(baton.rows(entries, action))
    await _send_thrice(baton, form(press(baton)))
    expect(len(baton.rows(entries, action)) == before + 1, f"one {action} more in the audit log", before)


async def _send_thrice(baton: Baton, body: bytes) -> None:
    headers = signed(body)
    for _ in range(3):
        answer = await baton.send(body, **headers)
        expect(answer.status == 200, "200", answer)
    await baton.quiet()


@case(
    "A command, a press, a form and an event that are not for this workspace and app get no catalog data", is_quick=True
)
async def foreign(house: House) -> None:
    async with house.baton() as baton:  # one of its own: what other cases are owed may come late
        for name, value in (("team_id", "T2"), ("api_app_id", "A2"), ("api_app_id", ""), ("enterprise_id", "E2")):
            before = len(baton.slack.calls)
            over: dict[str, Any] = {name: value}
            answer = await baton.ask(baton.command("checkout", **over))
            expect(
                answer.status == 200 and OWNER not in answer.text, f"nothing for a command of {name} {value}", answer
            )
            about = {"team_id": {"team": {"id": value}}, "enterprise_id": {"enterprise": {"id": value}}}.get(name, over)
            for payload in (
                baton.press("ownership.choose"),
                baton.press("ownership.share"),
                baton.press("ownership.doubt"),
            ):
                answer = await baton.act(payload | about)
                expect(
                    answer.status == 200 and OWNER not in answer.text, f"nothing for a press of {name} {value}", answer
                )
            asked = baton.event("who owns checkout?", channel=f"DF{name.upper()[:2]}{value}", **over)
            await baton.deliver(asked)
            await baton.quiet_elsewhere(asked)
            leaked = _leaked(baton, before)
            expect(not leaked, f"nothing to Slack about {name} {value}", leaked)


@case("A form of another workspace changes nothing", is_quick=True)
async def foreign_form(house: House) -> None:
    baton = await house.shared()
    before = baton.rows("SELECT count(*) FROM owner_doubts")
    payload = baton.submission("ownership.doubt_view", user="UGRACE", view={"app_installed_team_id": "T2"})
    await baton.act(payload | {"team": {"id": "T2"}})
    expect(baton.rows("SELECT count(*) FROM owner_doubts") == before, "no doubt recorded", "one")


def _leaked(baton: Baton, before: int) -> list[str]:
    """What has gone to Slack since then that holds catalog data, leaving out the answers that are owed to members."""
    sent = [everything_in(call.arguments) for call in baton.slack.calls[before:]
            if "invoices" not in json.dumps(call.arguments)]  # fmt: skip
    return [text for text in sent if OWNER in text]


async def _fixed_sentence(baton: Baton, *questions: dict[str, Any]) -> None:
    said = set()
    for question in questions:
        answer = await baton.deliver(question)
        expect(answer.status == 200, "200", answer)
        text = await baton.answered(question, seconds=10)
        for word in (OWNER, "ledger-room", "http", "<#", "<@UADA", "Ada Byron", "checkout", "invoices"):
            expect(word not in text, f"an answer without {word}", text)
        said.add(text)
    expect(len(said) == 1, "one fixed sentence", said)


@case("A mention by somebody of another workspace gets one fixed sentence", is_quick=True)
async def foreign_user(house: House) -> None:
    baton = await house.shared()
    over = {"user_team": "T9", "source_team": "T9", "team": "T9"}
    await _fixed_sentence(
        baton,
        *(baton.event(words, user="UFOREIGN", inner=over) for words in ("who owns checkout?", "invoices")),
        baton.event("checkout", inner={"user_team": "T9"}),
    )


@case("A mention in a channel shared with others gets one fixed sentence", is_quick=True)
async def shared_channel(house: House) -> None:
    baton = await house.shared()
    questions = (
        baton.event(words, channel="C0000SHARED", is_ext_shared_channel=True) for words in ("checkout", "invoices")
    )
    await _fixed_sentence(baton, *questions)


@case("Whom Slack calls a stranger gets one fixed sentence, and nothing to a command", is_quick=True)
async def stranger(house: House) -> None:
    baton = await house.shared()
    await _fixed_sentence(
        baton, *(baton.event(words, user="USTRANGER") for words in ("checkout", "who owns invoices?"))
    )
    answer = await baton.ask(baton.command("checkout", user="USTRANGER"))
    expect(answer.status == 200 and OWNER not in answer.text, "no owner", answer)


@case("A guest reads an answer and cannot confirm", is_quick=True)
async def guest(house: House) -> None:
    baton = await house.shared()
    entries = "SELECT actor FROM audit_log WHERE action LIKE 'ownership.%'"
    before = baton.rows(entries)
    answer = await baton.ask(baton.command("invoices", user="UGUEST"))
    expect(OWNER in answer.text, "the owner", answer)
    pressed = baton.press("ownership.confirm", user="UGUEST", asset="invoices")
    expect((await baton.act(pressed)).status == 200, "200", "another")
    await baton.quiet()
    expect(baton.rows(entries) == before, "nothing of a guest in the audit log", baton.rows(entries))
    # The very same press by a member counts, so it was the guest that was refused.
    await baton.act(baton.press("ownership.confirm", user="UADA", asset="invoices"))
    await until(
        lambda: len(baton.rows(entries)) > len(before), seconds=10, what="the member's confirmation in the audit log"
    )


@case("Somebody whom Slack cannot look up now is not answered with catalog data")
async def unknown_for_now(house: House) -> None:
    async with house.baton() as baton:
        baton.slack.fault("users.info", "status", times=None)
        answer = await baton.ask(baton.command("checkout", user="UNEW"))
        expect(answer.status == 200 and OWNER not in answer.text, "no owner", answer)
        asked = baton.event("who owns checkout?", user="UNEW", channel="DUNEW")
        await baton.deliver(asked)
        await baton.quiet()
        told = [text for text in baton.answers_to(asked) if OWNER in text]
        expect(not told, "no owner in the direct message", told)
        baton.slack.heal()
        answer = await baton.ask(baton.command("checkout", user="UNEW"))
        expect(OWNER in answer.text, f"the owner once Slack knows a member of {TEAM}", answer)
