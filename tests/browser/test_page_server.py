"""What the page's server refuses: other sites, other hosts, other content types, files that are not the page's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from conftest import Playground

from bot.playground.records import Upload

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def client(playground: Playground) -> AsyncIterator[ClientSession]:
    async with ClientSession(playground.url) as session:
        yield session


def say_hello(playground: Playground) -> dict[str, str]:
    return {"user": playground.ada, "channel": playground.general, "text": "hello"}


async def test_the_page_forbids_foreign_scripts(client: ClientSession) -> None:
    async with client.get("/") as response:
        assert response.status == 200
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_same_origin_action_is_done(client: ClientSession, playground: Playground) -> None:
    headers = {"Origin": playground.url, "Sec-Fetch-Site": "same-origin"}
    async with client.post("/play/message", json=say_hello(playground), headers=headers) as response:
        assert response.status == 200
        assert "ts" in await response.json()
    assert [each.text for each in playground.fake.visible_messages(playground.bert, playground.general)] == ["hello"]


@pytest.mark.parametrize("path", ["message", "view/submit", "act", "react", "edit"])
@pytest.mark.parametrize("half", ["\\ud800", "before \\udc00 after", "\\udc00\\ud800"])
async def test_half_of_a_character_is_refused_in_a_sentence(
    client: ClientSession, playground: Playground, path: str, half: str
) -> None:
    given = json.dumps({**say_hello(playground), "values": [{"value": "HALF"}]}).replace("HALF", half)
    given = given.replace("hello", half)
    headers = {"Content-Type": "application/json"}
    async with client.post(f"/play/{path}", data=given, headers=headers) as response:
        assert response.status == 200
        said = {"refused": "That holds half of a character, which Slack refuses: type it again."}
        assert await response.json() == said
    assert playground.fake.visible_messages(playground.bert, playground.general) == []


@pytest.mark.parametrize("content", [b"\xff{}", b"{", b'{"text": "\xe9"}', b"[" * 100_000, b"[]"])
async def test_what_is_no_json_object_is_refused_in_a_sentence(client: ClientSession, content: bytes) -> None:
    async with client.post("/play/message", data=content, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
        assert (await response.json())["error"].startswith("The request is not ")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "rebound.example"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_other_sites_cannot_act(
    client: ClientSession, playground: Playground, headers: dict[str, str], status: int
) -> None:
    async with client.post("/play/message", json=say_hello(playground), headers=headers) as response:
        assert response.status == status
    assert playground.fake.visible_messages(playground.bert, playground.general) == []


async def test_another_host_name_reads_nothing(client: ClientSession) -> None:
    async with client.get("/play/state", headers={"Host": "rebound.example:80"}) as response:
        assert response.status == 403


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fpage.py", "%2e%2e%2fpage.py", "..%5cpage.py"])
async def test_only_the_pages_own_files_are_served(client: ClientSession, name: str) -> None:
    async with client.get(f"/play/static/{name}") as response:
        assert response.status == 404


async def test_what_cannot_be_done_is_said(client: ClientSession, playground: Playground) -> None:
    async with client.post("/play/message", json=say_hello(playground) | {"channel": "C404"}) as response:
        assert "C404" in (await response.json())["refused"]
    async with client.post("/play/message", data=b"{", headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400


async def test_a_stream_says_what_changed_to_whom_it_concerns(client: ClientSession, playground: Playground) -> None:
    async with client.get("/play/live", params={"user": playground.bert}) as response:
        assert response.content_type == "text/event-stream"
        await response.content.readuntil(b"\n\n")
        playground.fake.workspace.toast(playground.ada, "for Ada alone")
        await playground.fake.post(playground.ada, playground.general, "for everybody")
        event = await response.content.readuntil(b"\n\n")
    assert b'"kind": "message"' in event
    assert playground.general.encode() in event


async def test_pictures_that_were_shared_are_shown_and_other_files_are_not(
    client: ClientSession, playground: Playground
) -> None:
    for number, (name, is_done) in enumerate((("x.png", True), ("x.html", True), ("y.png", False))):
        playground.fake.workspace.add_file(Upload(f"F{number}", name, 3, content=b"abc", completed=is_done))
    async with client.get("/play/file/F0") as response:
        assert (response.status, response.content_type, await response.read()) == (200, "image/png", b"abc")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    for missing in ("F1", "F2", "F3"):
        async with client.get(f"/play/file/{missing}") as response:
            assert response.status == 404
