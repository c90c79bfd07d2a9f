"""The client for Slack's Web API, against the simulated Slack and against servers that behave worse than Slack."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest.mock import AsyncMock

import pytest
from aiohttp import web

from bot.clients import slack as clients
from bot.clients.slack import SlackClient
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.playground.fake_slack import FakeSlack, PostedMessage
from bot.ports import ENDLESS_LIST, Slack

TOKEN = "xoxb-client"
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
KEY = {"event_type": "baton_outbox", "event_payload": {"key": "k1"}}


@pytest.fixture
async def workspace() -> AsyncIterator[FakeSlack]:
    made = FakeSlack(signing_secret="s", bot_token=TOKEN, app_token="xapp", clock=lambda: NOW, monotonic=lambda: 0.0)
    made.add_user("ada", real_name="Ada Byron", email="Ada@Example.test", tz="Europe/Paris", user_id="U0ADA")
    made.add_channel("payments", members=["ada"], bot_is_member=True, channel_id="C0PAY")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def client(workspace: FakeSlack) -> AsyncIterator[SlackClient]:
    async with SlackClient(token=TOKEN, api_url=workspace.api_url) as made:
        yield made


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[str]:
    """A server that answers everything with `handler`; yields its address."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def answering(status: int, body: str, content_type: str, **headers: str) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=content_type, headers=headers)

    return handle


def called(workspace: FakeSlack, method: str) -> int:
    return sum(call.method == method for call in workspace.calls)


def test_it_fits_the_port() -> None:
    port: Slack = SlackClient(token="", api_url="")
    assert port


Asked = Callable[[SlackClient], Awaitable[object]]


async def _all(pages: AsyncIterator[object]) -> list[object]:
    return [page async for page in pages]


#: Whatever Slack answers with more than that it is done.
ASKED: dict[str, Asked] = {
    "identity": lambda client: client.identity(),
    "socket_url": lambda client: client.socket_url("xapp-1"),
    "user": lambda client: client.user("U0ADA"),
    "post_message": lambda client: client.post_message("C0PAY", text="x", metadata=KEY),
    "open_view": lambda client: client.open_view("1.2", {"type": "modal"}),
    "update_view": lambda client: client.update_view("V1", {"type": "modal"}),
    "push_view": lambda client: client.push_view("1.2", {"type": "modal"}),
    "is_shared_channel": lambda client: client.is_shared_channel("C0PAY"),
    "is_public_channel": lambda client: client.is_public_channel("C0PAY"),
    "listed_channel": lambda client: client.listed_channel("C0PAY"),
    "member_pages": lambda client: _all(client.member_pages()),
    "channel_pages": lambda client: _all(client.channel_pages()),
    "user_groups": lambda client: client.user_groups(),
    "thread_start": lambda client: client.thread_start("C0PAY", "1.2"),
    "thread_pages": lambda client: _all(client.thread_pages("C0PAY", "1.2")),
    "permalink": lambda client: client.permalink("C0PAY", "1.2"),
    "find_message": lambda client: client.find_message("C0PAY", key="k1", since=NOW),
    "find_message, by person": lambda client: client.find_message("U0ADA", key="k1", since=NOW),
}
#: … and what it lists.
LISTED = ("member_pages", "channel_pages", "thread_pages", "find_message")


class TestErrors:
    async def test_a_token_that_slack_does_not_know(self, workspace: FakeSlack) -> None:
        async with SlackClient(token="xoxb-wrong", api_url=workspace.api_url) as stranger:
            with pytest.raises(SlackError) as caught:
                await stranger.bot_user_id()
        assert type(caught.value) is SlackError
        assert caught.value.code == "invalid_auth"

    async def test_slacks_own_codes(self, client: SlackClient) -> None:
        with pytest.raises(SlackError) as caught:
            await client.post_message("C0NOWHERE", text="x")
        assert (type(caught.value), caught.value.code) == (SlackError, "channel_not_found")
        with pytest.raises(SlackError) as caught:
            await client.user("U0NOBODY")
        assert caught.value.code == "user_not_found"

    async def test_too_many_calls_carry_the_pause(self, client: SlackClient) -> None:
        for number in range(5):
            await client.post_message("C0PAY", text=str(number))
        with pytest.raises(SlackRateLimitedError) as caught:
            await client.post_message("C0PAY", text="one too many in a second")
        assert caught.value.retry_after_seconds == 1
        assert caught.value.code == "ratelimited"

    @pytest.mark.parametrize(
        ("headers", "pause"),
        [
            ({"Retry-After": "30"}, 30),
            ({"Retry-After": "soon"}, 30),
            ({}, 30),
            ({"Retry-After": "0"}, 1),
            ({"Retry-After": "inf"}, 3600),
        ],
    )
    async def test_retry_after(self, headers: dict[str, str], pause: float) -> None:
        body = json.dumps({"ok": False, "error": "ratelimited"})
        handler = answering(429, body, "application/json", **headers)
        async with server(handler) as url, SlackClient(token=TOKEN, api_url=url) as client:
            with pytest.raises(SlackRateLimitedError) as called_api:
                await client.bot_user_id()
            with pytest.raises(SlackRateLimitedError) as responded:
                await client.respond(url, {"text": "x"})
        assert (called_api.value.retry_after_seconds, responded.value.retry_after_seconds) == (pause, pause)

    @pytest.mark.parametrize(
        ("status", "body", "content_type"),
        [
            (500, "<html>", "text/html"),
            (503, "Service Unavailable", "text/plain"),
            (503, '{"ok": false, "error": "service_unavailable"}', "application/json"),
            (502, "{broken", "application/json"),
            (200, "{broken", "application/json"),
            (200, "<html>Sign in to the guest network</html>", "text/html"),
            (200, "ok", "text/plain"),
            (200, "[]", "application/json"),
            (200, "[1]", "application/json"),
            (200, "", "application/json"),
            (204, "", "text/plain"),
        ],
    )
    async def test_what_is_no_answer_of_slacks(self, status: int, body: str, content_type: str) -> None:
        async with (
            server(answering(status, body, content_type)) as url,
            SlackClient(token=TOKEN, api_url=url) as client,
        ):
            with pytest.raises(SlackUnreachableError) as raised:
                await client.post_message("C0PAY", text="x", metadata=KEY)
        assert raised.value.code == (f"status {status}" if status >= 500 else "with something that is not Slack's")

    @pytest.mark.parametrize("asked", ASKED)
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"user": None, "channel": [], "view": "", "messages": 1, "members": {"a": 1}},
            dict.fromkeys(("user", "channel", "ts", "view", "messages", "members")),
            {"channel": "", "ts": ""},
            {"channel": "C0PAY", "ts": 5},
        ],
    )
    async def test_an_answer_without_what_was_asked_for_is_none(self, asked: str, body: dict[str, Any]) -> None:
        handler = answering(200, json.dumps({"ok": True} | body), "application/json")
        async with server(handler) as url, SlackClient(token=TOKEN, api_url=url) as client:
            with pytest.raises(SlackUnreachableError, match="not Slack's"):
                await ASKED[asked](client)

    async def test_a_port_where_nobody_listens(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            async with SlackClient(token=TOKEN, api_url=url) as client:
                with pytest.raises(SlackUnreachableError):
                    await client.post_message("C0PAY", text="x", metadata=KEY)
                with pytest.raises(SlackUnreachableError):
                    await client.respond(url, {"text": "x"})

    async def test_a_server_that_never_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clients, "_TIMEOUT_SECONDS", 0.1)
        ended = asyncio.Event()

        async def hang(_request: web.Request) -> web.Response:
            await ended.wait()
            return web.Response()

        async with server(hang) as url, SlackClient(token=TOKEN, api_url=url) as client:
            with pytest.raises(SlackUnreachableError):
                await client.post_message("C0PAY", text="x", metadata=KEY)
            ended.set()


class TestBrokenConnections:
    @pytest.mark.parametrize(("metadata", "arrived"), [(KEY, 1), (None, 2)])
    async def test_a_message_that_can_be_looked_for_is_sent_once(
        self, metadata: dict[str, Any] | None, arrived: int
    ) -> None:
        """The server takes the message and closes the connection instead of answering; others are sent once more."""
        texts = []

        async def take_and_close(request: web.Request) -> web.Response:
            texts.append((await request.json())["text"])
            assert request.transport is not None
            request.transport.close()
            return web.Response()

        async with server(take_and_close) as url, SlackClient(token=TOKEN, api_url=url) as client:
            with pytest.raises(SlackUnreachableError):
                await client.post_message("C0PAY", text="x", metadata=metadata)
        assert texts == ["x"] * arrived


Call = Callable[[SlackClient, str], Awaitable[Any]]


class TestSecondAttempts:
    """People wait for an answer, so what passes within seconds is tried once more; the outbox keeps its own pace."""

    OK: ClassVar = {"ok": True, "channel": "C0PAY", "ts": "1", "user_id": "U1", "team_id": "T1", "members": []}
    CALLS: ClassVar[dict[str, Call]] = {
        "answer": lambda client, _url: client.post_message("C0PAY", text="x"),
        "reply": lambda client, url: client.respond(url, {"text": "x"}),
        "share": lambda client, url: client.respond(url, {"text": "x", "response_type": "in_channel"}),
        "outbox": lambda client, _url: client.post_message("C0PAY", text="x", metadata=KEY),
        "update": lambda client, _url: client.update_message("C0PAY", "1", text="x"),
        "listing": lambda client, _url: anext(client.member_pages()),
    }

    async def attempts(self, call: Call, *answers: web.Response | None) -> int:
        """How often a server is asked that gives these answers, then a good one; None closes the connection."""
        made = 0

        async def handle(request: web.Request) -> web.Response:
            nonlocal made
            made += 1
            if made > len(answers):
                return web.json_response(self.OK)
            answer = answers[made - 1]
            if answer is None:
                assert request.transport is not None
                request.transport.close()
            return answer or web.Response()

        async with server(handle) as url, SlackClient(token=TOKEN, api_url=url) as client:
            try:
                await call(client, url)
            except SlackError:
                assert made == len(answers) == 1
            else:
                assert made == 2
        return made

    @pytest.mark.parametrize(
        ("call", "wanted"),
        [("answer", 2), ("reply", 2), ("share", 2), ("outbox", 1), ("update", 1), ("listing", 2)],
    )
    async def test_after_a_short_pause(self, call: str, wanted: int) -> None:
        pause = web.Response(status=429, headers={"Retry-After": "0"})
        assert await self.attempts(self.CALLS[call], pause) == wanted

    @pytest.mark.parametrize("headers", [{"Retry-After": "6"}, {"Retry-After": "3600"}, {"Retry-After": "-1"}, {}])
    @pytest.mark.parametrize("call", ["answer", "reply"])
    async def test_nobody_waits_for_a_long_one(self, call: str, headers: dict[str, str]) -> None:
        assert await self.attempts(self.CALLS[call], web.Response(status=429, headers=headers)) == 1

    @pytest.mark.parametrize(("asked", "slept"), [(6, 1), (30, 1), (31, 0)])
    async def test_a_listing_waits_for_half_a_minute(
        self, asked: int, slept: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sleep = AsyncMock()
        monkeypatch.setattr("slack_sdk.http_retry.builtin_async_handlers.asyncio", SimpleNamespace(sleep=sleep))
        pause = web.Response(status=429, headers={"Retry-After": str(asked)})
        assert await self.attempts(self.CALLS["listing"], pause) == 1 + slept
        assert [call.args[0] >= asked for call in sleep.await_args_list] == [True] * slept

    @pytest.mark.parametrize(
        ("call", "wanted"), [("answer", 2), ("reply", 2), ("share", 1), ("outbox", 1), ("update", 1)]
    )
    async def test_after_a_broken_connection(self, call: str, wanted: int) -> None:
        assert await self.attempts(self.CALLS[call], None) == wanted

    @pytest.mark.parametrize(("call", "wanted"), [("answer", 2), ("outbox", 1), ("update", 1), ("listing", 1)])
    @pytest.mark.parametrize("status", [408, 502, 503, 504])
    async def test_after_a_fault_of_slacks(self, call: str, wanted: int, status: int) -> None:
        assert await self.attempts(self.CALLS[call], web.json_response({"ok": False}, status=status)) == wanted


class TestMessages:
    async def test_post_and_find_again(self, client: SlackClient) -> None:
        posted = await client.post_message("C0PAY", text="x", metadata=KEY)
        assert posted.channel == "C0PAY"
        assert await client.find_message("C0PAY", key="k1", since=NOW) == posted
        assert await client.find_message("#payments", key="k1", since=NOW) == posted
        assert await client.find_message("C0PAY", key="k2", since=NOW) is None
        assert await client.find_message("C0PAY", key="k1", since=NOW + timedelta(minutes=5)) is None

    async def test_in_a_direct_message_by_person(self, workspace: FakeSlack, client: SlackClient) -> None:
        posted = await client.post_message("U0ADA", text="x", metadata=KEY)
        assert posted.channel == (await workspace.open_dm("ada")).id
        assert await client.find_message("U0ADA", key="k1", since=NOW) == posted

    async def test_in_a_thread(self, client: SlackClient) -> None:
        thread = (await client.post_message("C0PAY", text="first")).ts
        posted = await client.post_message("C0PAY", text="x", metadata=KEY, thread_ts=thread)
        assert await client.find_message("C0PAY", key="k1", since=NOW) is None, "replies are not in a channel's history"
        assert await client.find_message("C0PAY", key="k1", since=NOW, thread_ts=thread) == posted

    async def test_the_beginning_of_a_thread(self, client: SlackClient) -> None:
        thread = (await client.post_message("C0PAY", text="first")).ts
        reply = (await client.post_message("C0PAY", text="second", thread_ts=thread)).ts
        assert (await client.thread_start("C0PAY", thread))["text"] == "first"
        assert await client.thread_start("C0PAY", reply) == {}, "what is not the beginning is not taken for it"

    async def test_a_reply_to_what_was_deleted_is_taken_back(self, workspace: FakeSlack, client: SlackClient) -> None:
        thread = (await client.post_message("C0PAY", text="first")).ts
        message = workspace.workspace.message("C0PAY", thread)
        assert message is not None
        workspace.workspace.delete_message(message)
        with pytest.raises(SlackError, match="thread_not_found"):
            await client.post_message("C0PAY", text="second", thread_ts=thread)
        assert workspace.workspace.messages["C0PAY"] == {}, "Slack shows it in the channel"

    async def test_one_that_was_not_taken_back_is_once_it_is_looked_for(
        self, workspace: FakeSlack, client: SlackClient
    ) -> None:
        thread = (await client.post_message("C0PAY", text="first")).ts
        message = workspace.workspace.message("C0PAY", thread)
        assert message is not None
        workspace.workspace.delete_message(message)
        astray = {"event_type": "baton_outbox", "event_payload": {"key": "a"}}
        await client.post_message("C0PAY", text="second", metadata=astray)
        with pytest.raises(SlackError, match="thread_not_found"):
            await client.find_message("C0PAY", key="a", since=datetime(2026, 1, 1, tzinfo=UTC), thread_ts=thread)
        assert workspace.workspace.messages["C0PAY"] == {}

    async def test_the_whole_of_a_thread_in_pages(self, workspace: FakeSlack, client: SlackClient) -> None:
        thread = (await client.post_message("C0PAY", text="first")).ts
        for number in range(250):
            reply = PostedMessage(workspace.workspace.next_ts(), "C0PAY", "U0ADA", str(number), thread_ts=thread)
            workspace.workspace.add_message(reply)
        pages = [page async for page in client.thread_pages("C0PAY", thread)]
        assert [len(page) for page in pages] == [200, 51]
        assert [each["text"] for page in pages for each in page] == ["first", *map(str, range(250))]
        with pytest.raises(SlackError, match="thread_not_found"):
            _ = [page async for page in client.thread_pages("C0PAY", "1.000001")]

    async def test_a_link_to_a_message_and_one_that_one_person_sees(
        self, workspace: FakeSlack, client: SlackClient
    ) -> None:
        thread = (await client.post_message("C0PAY", text="first")).ts
        assert thread.replace(".", "") in await client.permalink("C0PAY", thread)
        await client.post_ephemeral("C0PAY", "U0ADA", text="only for you")
        assert workspace.visible_messages("ada", "C0PAY")[-1].ephemeral_for == "U0ADA"

    async def test_behind_many_others(self, workspace: FakeSlack, client: SlackClient) -> None:
        posted = await client.post_message("C0PAY", text="x", metadata=KEY)
        for number in range(450):
            await workspace.post("ada", "payments", str(number))
        assert await client.find_message("C0PAY", key="k1", since=NOW) == posted
        assert called(workspace, "conversations.history") == 3

    async def test_blocks_arrive(self, workspace: FakeSlack, client: SlackClient) -> None:
        block = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
        await client.post_message("C0PAY", text="x", blocks=(block,))
        shown = workspace.visible_messages("ada", "payments")[-1].blocks[0]
        assert shown["text"] == block["text"]


class TestUpdates:
    async def test_text_and_blocks_are_replaced_and_the_key_stays(
        self, workspace: FakeSlack, client: SlackClient
    ) -> None:
        block = {"type": "section", "text": {"type": "mrkdwn", "text": "old"}}
        posted = await client.post_message("C0PAY", text="old", blocks=[block], metadata=KEY)
        await client.update_message(posted.channel, posted.ts, text="new")
        (shown,) = workspace.visible_messages("ada", "payments")
        assert (shown.text, shown.blocks) == ("new", []), "blocks that are not given are taken away"
        assert await client.find_message("C0PAY", key="k1", since=NOW) == posted
        await client.update_message(posted.channel, posted.ts, text="newer", blocks=[block])
        assert shown.blocks[0]["text"] == block["text"]

    async def test_in_a_direct_message(self, workspace: FakeSlack, client: SlackClient) -> None:
        posted = await client.post_message("U0ADA", text="old")
        await client.update_message(posted.channel, posted.ts, text="new")
        await client.update_message("U0ADA", posted.ts, text="newer")
        assert [m.text for m in workspace.visible_messages("ada", posted.channel)] == ["newer"]

    async def test_what_slack_refuses(self, workspace: FakeSlack, client: SlackClient) -> None:
        theirs = await workspace.post("ada", "payments", "mine")
        posted = await client.post_message("C0PAY", text="x")
        gone = workspace.workspace.message("C0PAY", posted.ts)
        assert gone is not None
        workspace.workspace.delete_message(gone)
        for ts, code in ((theirs.ts, "cant_update_message"), (posted.ts, "message_not_found")):
            with pytest.raises(SlackError) as caught:
                await client.update_message("C0PAY", ts, text="y")
            assert caught.value.code == code

    async def test_fifty_a_minute(self, client: SlackClient) -> None:
        posted = await client.post_message("C0PAY", text="x")
        for number in range(50):
            await client.update_message("C0PAY", posted.ts, text=str(number))
        with pytest.raises(SlackRateLimitedError) as caught:
            await client.update_message("C0PAY", posted.ts, text="one too many in a minute")
        assert caught.value.retry_after_seconds == 2

    async def test_a_reply_that_shows_in_the_channel(self, workspace: FakeSlack, client: SlackClient) -> None:
        root = await client.post_message("C0PAY", text="root")
        await client.post_message("C0PAY", text="reply", thread_ts=root.ts, reply_broadcast=True)
        await client.post_message("C0PAY", text="alone", reply_broadcast=True)
        assert [m.text for m in workspace.visible_messages("ada", "payments")] == ["root", "reply", "alone"]


class TestFiles:
    async def test_it_is_shared_with_its_title_and_what_it_shows(
        self, workspace: FakeSlack, client: SlackClient
    ) -> None:
        await client.upload_file(
            "C0PAY", filename="t.png", title="Timeline", alt_text="Three bars", content=b"\x89PNG", comment="Look:"
        )
        (shown,) = workspace.visible_messages("ada", "payments")
        (file,) = [workspace.workspace.files[one] for one in shown.files]
        assert (shown.text, file.name, file.title, file.alt_text) == ("Look:", "t.png", "Timeline", "Three bars")
        assert file.content == b"\x89PNG"

    async def test_to_a_person(self, workspace: FakeSlack, client: SlackClient) -> None:
        file = {"filename": "a.csv", "title": "A", "alt_text": "x" * 2000, "content": b"a,b\n"}
        await client.upload_file("U0ADA", **file)
        direct = await workspace.open_dm("ada")
        assert [len(m.files) for m in workspace.visible_messages("ada", direct.id)] == [1]

    async def test_what_slack_refuses(self, workspace: FakeSlack, client: SlackClient) -> None:
        workspace.add_channel("lobby", channel_id="C0LOBBY")
        for channel, content, code in (
            ("C0PAY", b"", "missing_argument"),
            ("C0LOBBY", b"x", "not_in_channel"),
            ("C0NOWHERE", b"x", "channel_not_found"),
        ):
            with pytest.raises(SlackError) as caught:
                await client.upload_file(channel, filename="a", title="a", alt_text="", content=content)
            assert caught.value.code == code
        assert workspace.visible_messages("ada", "payments") == []

    @pytest.mark.parametrize("status", [413, 500])
    async def test_bytes_that_do_not_arrive(self, status: int) -> None:
        async def answer(request: web.Request) -> web.Response:
            if request.path == "/upload":
                return web.Response(status=status)
            ticket = {"ok": True, "upload_url": str(request.url.with_path("/upload")), "file_id": "F1"}
            return web.json_response(ticket)

        async with server(answer) as url, SlackClient(token=TOKEN, api_url=url) as client:
            with pytest.raises(SlackUnreachableError, match=rf"answered status: {status}$"):
                await client.upload_file("C0PAY", filename="a", title="a", alt_text="", content=b"x")

    async def test_a_short_pause_is_waited_for_at_each_step(self) -> None:
        calls: list[str] = []

        async def answer(request: web.Request) -> web.Response:
            calls.append(request.path.rpartition("/")[2])
            if calls[-1].startswith("files.") and calls.count(calls[-1]) == 1:
                return web.json_response({"ok": False}, status=429, headers={"Retry-After": "0"})
            ticket = {"ok": True, "upload_url": str(request.url.with_path("/upload")), "file_id": "F1", "files": []}
            return web.json_response(ticket)

        async with server(answer) as url, SlackClient(token=TOKEN, api_url=url) as other:
            await other.upload_file("C0PAY", filename="a", title="a", alt_text="", content=b"x")
        assert calls == [*["files.getUploadURLExternal"] * 2, "upload", *["files.completeUploadExternal"] * 2]

    @pytest.mark.parametrize("status", [408, 500, 502, 504, None])
    async def test_what_shares_nothing_yet_is_tried_again(self, status: int | None) -> None:
        calls: list[str] = []

        async def answer(request: web.Request) -> web.Response:
            calls.append(request.path.rpartition("/")[2])
            if calls.count(calls[-1]) == 1 and calls[-1] != "files.completeUploadExternal":
                if status is None and request.transport is not None:
                    request.transport.close()
                return web.json_response({"ok": False}, status=status or 500)
            ticket = {"ok": True, "upload_url": str(request.url.with_path("/upload")), "file_id": "F1", "files": []}
            return web.json_response(ticket)

        async with server(answer) as url, SlackClient(token=TOKEN, api_url=url) as other:
            await other.upload_file("C0PAY", filename="a", title="a", alt_text="", content=b"x")
        assert calls == [*["files.getUploadURLExternal"] * 2, *["upload"] * 2, "files.completeUploadExternal"]

    @pytest.mark.parametrize("is_cut", [False, True], ids=["500", "cut"])
    async def test_it_is_not_shared_twice_when_slack_does_not_say_that_it_is(self, is_cut: bool) -> None:
        calls: list[str] = []

        async def answer(request: web.Request) -> web.Response:
            calls.append(request.path.rpartition("/")[2])
            if calls[-1] == "files.completeUploadExternal":
                if is_cut and request.transport is not None:
                    request.transport.close()
                return web.json_response({"ok": False}, status=500)
            ticket = {"ok": True, "upload_url": str(request.url.with_path("/upload")), "file_id": "F1"}
            return web.json_response(ticket)

        async with server(answer) as url, SlackClient(token=TOKEN, api_url=url) as other:
            with pytest.raises(SlackUnreachableError):
                await other.upload_file("C0PAY", filename="a", title="a", alt_text="", content=b"x")
        assert calls == ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]


class TestResponseUrls:
    async def issued(self, workspace: FakeSlack) -> str:
        """Run a command against an app that answers nothing, and return the URL that it was given."""
        seen: list[str] = []

        async def take(request: web.Request) -> web.Response:
            seen.append(str((await request.post())["response_url"]))
            return web.Response()

        async with server(take) as url:
            workspace.connect_http(url)
            await workspace.run_command("ada", "payments", "/whoowns x")
        return seen[0]

    async def test_five_uses_and_no_more(self, workspace: FakeSlack, client: SlackClient) -> None:
        url = await self.issued(workspace)
        for number in range(5):
            await client.respond(url, {"text": str(number), "response_type": "ephemeral"})
        with pytest.raises(SlackError) as caught:
            await client.respond(url, {"text": "too many"})
        assert (type(caught.value), caught.value.code) == (SlackError, "expired_url")
        assert [m.text for m in workspace.visible_messages("ada", "payments")][-5:] == ["0", "1", "2", "3", "4"]

    async def test_never_ours(self, workspace: FakeSlack, client: SlackClient) -> None:
        with pytest.raises(SlackError) as caught:
            await client.respond(f"{workspace.base_url}response/unknown", {"text": "x"})
        assert caught.value.code == "expired_url"

    async def test_what_slack_refuses(self, workspace: FakeSlack, client: SlackClient) -> None:
        with pytest.raises(SlackError) as caught:
            await client.respond(await self.issued(workspace), {"text": ""})
        assert (type(caught.value), caught.value.code) == (SlackError, "no_text")

    @pytest.mark.parametrize(
        ("status", "body", "code"),
        [
            (200, '{"ok":false,"error":"expired_url"}', "expired_url"),
            (200, '{"ok":false,"error":"ratelimited"}', "ratelimited"),
            (200, '{"ok":false}', "no_code"),
            (400, '{"ok":false,"error":"invalid_blocks"}', "invalid_blocks"),
            (400, "invalid_blocks", "invalid_blocks"),
            (400, "<html>Bad Request: what was typed</html>", "status 400"),
        ],
    )
    async def test_what_slack_says_in_the_body(self, client: SlackClient, status: int, body: str, code: str) -> None:
        async with server(answering(status, body, "text/plain")) as url:
            with pytest.raises(SlackError) as caught:
                await client.respond(url, {"text": "x"})
        assert caught.value.code == code

    async def test_a_page_of_something_in_between_is_no_answer(self, client: SlackClient) -> None:
        async with server(answering(200, "<html>Sign in to the guest network</html>", "text/html")) as url:
            with pytest.raises(SlackUnreachableError):
                await client.respond(url, {"text": "x"})

    @pytest.mark.parametrize("body", ["ok", '{"ok":true}', "", "[]"])
    async def test_what_is_no_refusal(self, client: SlackClient, body: str) -> None:
        async with server(answering(200, body, "text/plain")) as url:
            await client.respond(url, {"text": "x"})

    @pytest.mark.parametrize("url", ["", "nonsense", "http://"])
    async def test_no_address_at_all(self, client: SlackClient, url: str) -> None:
        with pytest.raises(SlackUnreachableError):
            await client.respond(url, {"text": "x"})

    async def test_a_server_in_trouble(self, client: SlackClient) -> None:
        async with server(answering(503, "", "text/plain")) as url:
            with pytest.raises(SlackUnreachableError):
                await client.respond(url, {"text": "x"})


class TestPeopleAndChannels:
    async def test_a_member(self, client: SlackClient) -> None:
        ada = await client.user("U0ADA")
        assert (ada.id, ada.email, ada.timezone) == ("U0ADA", "ada@example.test", "Europe/Paris")
        assert ada.is_active
        assert not ada.is_bot

    async def test_everybody_page_by_page(self, workspace: FakeSlack, client: SlackClient) -> None:
        for number in range(450):
            workspace.add_user(f"user{number}", real_name=f"User {number}", deleted=number == 7, is_bot=number == 8)
        pages = [page async for page in client.member_pages()]
        people = {person.id: person for page in pages for person in page.items}
        assert set(people) == set(workspace.workspace.users)
        assert called(workspace, "users.list") == 3
        assert [p.name for p in people.values() if not p.is_active] == [
            people[workspace.workspace.user("user7").id].name
        ]
        assert people[workspace.workspace.user("user8").id].is_bot
        assert people[workspace.workspace.bot_user_id].is_bot

    @pytest.mark.parametrize(
        ("address", "taken"),
        [
            ("Kim@Example.test", "kim@example.test"),
            ("\u212aim@example.test", ""),
            ("Müller@example.test", "müller@example.test"),
        ],
    )
    async def test_an_address_is_not_made_anothers_by_writing_it_small(
        self, workspace: FakeSlack, client: SlackClient, address: str, taken: str
    ) -> None:
        added = workspace.add_user("kim", real_name="Kim", email=address)
        assert (await client.user(added.id)).email == taken

    async def test_channels_page_by_page(self, workspace: FakeSlack, client: SlackClient) -> None:
        for number in range(450):
            workspace.add_channel(f"channel-{number}", private=number % 2 == 1, bot_is_member=number == 1)
        workspace.workspace.channel("channel-2").is_archived = True
        workspace.workspace.channel("channel-4").is_ext_shared = True
        workspace.workspace.channel("channel-6").is_pending_ext_shared = True
        listed = [each async for page in client.channel_pages() for each in page.items]
        assert {each.name for each in listed if each.is_shared} == {"channel-4", "channel-6"}
        found = {each.name: each.id for each in listed}
        seen = {f"channel-{number}" for number in range(0, 450, 2)} - {"channel-2"} | {"channel-1", "payments"}
        assert set(found) == seen
        assert found["payments"] == "C0PAY"
        assert called(workspace, "conversations.list") == 2

    @pytest.mark.parametrize("kind", ["members", "channels"])
    async def test_what_is_no_entry_of_a_list_keeps_no_other_out(self, kind: str) -> None:
        ids = (None, 7, "", "U\0X", "\ud800", ["U1"])
        odd = [None, "U1", [], {}, {"name": "x"}, *({"id": each, "name": "x"} for each in ids)]
        good: list[dict[str, Any]] = [
            {"id": "U0ODD", "name": "a\0b\ud800c", "profile": [1], "enterprise_user": "x", "tz": 1, "team_id": None},
            {"id": "U0ADA", "name": "ada", "profile": {"real_name": "Ada\0", "email": "ada\0@example.test"}},
        ]
        body = {"ok": True, kind: odd + good, "response_metadata": {"next_cursor": ""}}
        async with (
            server(answering(200, json.dumps(body), "application/json")) as url,
            SlackClient(token=TOKEN, api_url=url) as client,
        ):
            pages: AsyncIterator[Any] = client.member_pages() if kind == "members" else client.channel_pages()
            listed = [each async for page in pages for each in page.items]
        name = "Ada" if kind == "members" else "ada"
        assert [(each.id, each.name) for each in listed] == [("U0ODD", "abc"), ("U0ADA", name)]
        assert {getattr(each, "email", "") for each in listed} == {""}, "a cleaned address could be another's"

    @pytest.mark.parametrize("listed", LISTED)
    @pytest.mark.parametrize("cursors", [("same",), ("a", "b")])
    async def test_a_list_that_leads_back_into_itself_ends(self, listed: str, cursors: tuple[str, ...]) -> None:
        asked = 0

        async def handle(_request: web.Request) -> web.Response:
            nonlocal asked
            asked += 1
            cursor = {"next_cursor": cursors[asked % len(cursors)]}
            body = {"ok": True, "response_metadata": cursor, "has_more": True}
            return web.json_response(body | {"members": [], "channels": [], "messages": []})

        async with server(handle) as url, SlackClient(token=TOKEN, api_url=url) as client:
            with pytest.raises(SlackError) as caught:
                await ASKED[listed](client)
        assert caught.value.code == ENDLESS_LIST
        assert asked == len(cursors) + 1

    @pytest.mark.parametrize("metadata", [["x"], "x", 1])
    async def test_a_list_with_something_else_in_the_place_of_its_cursor_is_none(self, metadata: object) -> None:
        body = json.dumps({"ok": True, "members": [], "response_metadata": metadata})
        async with (
            server(answering(200, body, "application/json")) as url,
            SlackClient(token=TOKEN, api_url=url) as client,
        ):
            with pytest.raises(SlackUnreachableError):
                await _all(client.member_pages())

    async def test_from_a_cursor_on(self, workspace: FakeSlack, client: SlackClient) -> None:
        for number in range(450):
            workspace.add_user(f"user{number}", real_name=f"User {number}")
        pages = [page async for page in client.member_pages()]
        rest = [page async for page in client.member_pages(pages[0].next_cursor)]
        assert rest == pages[1:]
        assert [bool(page.next_cursor) for page in pages] == [True, True, False]

    @pytest.mark.parametrize("listing", ["member_pages", "channel_pages"])
    async def test_a_failure_comes_after_the_pages_before_it(self, listing: str) -> None:
        async def fail_on_the_second_page(request: web.Request) -> web.Response:
            if request.query.get("cursor"):
                return web.json_response({"ok": False, "error": "internal_error"})
            page = {"next_cursor": "more"}
            return web.json_response({"ok": True, "members": [{"id": "U1"}], "channels": [], "response_metadata": page})

        async with server(fail_on_the_second_page) as url, SlackClient(token=TOKEN, api_url=url) as client:
            pages = getattr(client, listing)()
            assert (await anext(pages)).next_cursor == "more"
            with pytest.raises(SlackError) as caught:
                await anext(pages)
            assert caught.value.code == "internal_error"

    async def test_guests_and_strangers(self, workspace: FakeSlack, client: SlackClient) -> None:
        workspace.add_user("gus", real_name="Gus Guest", standing="guest", user_id="U0GUS")
        workspace.add_user("pat", real_name="Pat Partner", standing="stranger", user_id="U0PAT")
        workspace.workspace.user("pat").is_stranger = False  # Slack does not say so everywhere; the workspace is enough
        assert not (await client.user("U0PAT")).is_stranger, "nobody has asked yet which workspace is ours"
        await client.identity()
        gus, pat = await client.user("U0GUS"), await client.user("U0PAT")
        assert (gus.is_guest, gus.is_stranger) == (True, False)
        assert (pat.is_guest, pat.is_stranger) == (False, True)

    @pytest.mark.parametrize(
        ("account", "is_stranger"),
        [
            ({"team_id": "T0OURS"}, False),
            ({"team_id": "E0OURS"}, False),
            ({"team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0OURS"}}, False),
            ({"team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0OURS", "teams": ["T0OURS"]}}, False),
            ({"team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0OURS", "teams": ["T0SISTER"]}}, True),
            ({"team_id": "E0OURS", "enterprise_user": {"enterprise_id": "E0OURS", "teams": ["T0SISTER"]}}, True),
            ({"team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0OURS", "teams": "T0SISTER"}}, False),
            ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OTHER"}}, True),
            ({"team_id": "T0OTHER"}, True),
            ({"team_id": "T0OURS", "is_stranger": True}, True),
            ({}, False),
        ],
    )
    async def test_an_account_of_the_organisation_is_no_stranger(
        self, account: dict[str, Any], is_stranger: bool
    ) -> None:
        async def answer(request: web.Request) -> web.Response:
            here = {"user_id": "U0BATON", "team_id": "T0OURS", "enterprise_id": "E0OURS"}
            return web.json_response({"ok": True, **here, "bot": {"app_id": "A1"}, "user": {"id": "U1", **account}})

        async with server(answer) as url, SlackClient(token=TOKEN, api_url=url) as client:
            await client.identity()
            assert (await client.user("U1")).is_stranger is is_stranger

    async def test_the_token_of_a_whole_organisation_names_no_workspace(self) -> None:
        async def answer(_: web.Request) -> web.Response:
            here = {"user_id": "U0BATON", "team_id": None, "enterprise_id": "E0OURS", "is_enterprise_install": True}
            return web.json_response({"ok": True, **here, "bot": {"app_id": "A1"}})

        async with server(answer) as url, SlackClient(token=TOKEN, api_url=url) as client:
            assert (await client.identity()).is_org_wide

    async def test_who_the_bot_is(self, workspace: FakeSlack, client: SlackClient) -> None:
        assert await client.bot_user_id() == workspace.workspace.bot_user_id
        assert (await client.identity()).app_id == workspace.workspace.app_id, "which auth.test does not say"
