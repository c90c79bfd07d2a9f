"""The client for the feed of end-of-life dates, over real HTTP against a server that behaves well and badly."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import orjson
import pytest
from aiohttp import web
from yarl import URL

from bot.clients.eol.feed import Failed, Fetched, NotModified, _FailedError, _target, fetch
from bot.domain.eol.feed import CopyAccepted, CopyRefused, judge
from tests.conftest import SHARED
from tests.eol_server import PATH, Handler, answering, document, raw, server


async def failed(handler: Handler, **options: Any) -> Failed:
    async with server(handler) as url:
        answer = await fetch(url, **options)
    assert isinstance(answer, Failed), answer
    return answer


class TestAnswers:
    async def test_a_document_with_what_the_next_request_needs(self) -> None:
        seen: list[web.Request] = []

        async def handler(request: web.Request) -> web.Response:
            seen.append(request)
            headers = {"ETag": '"abc"', "Last-Modified": "Sat, 22 Aug 2026 08:52:34 GMT"}
            return web.Response(body=document(), content_type="application/json", headers=headers)

        async with server(handler) as url:
            answer = await fetch(f"{url}/")
        assert isinstance(answer, Fetched)
        assert answer.body == document()
        assert (answer.etag, answer.last_modified) == ('"abc"', "Sat, 22 Aug 2026 08:52:34 GMT")
        assert (answer.summary.products, answer.summary.cycles) == (20, 60)
        assert seen[0].path == PATH
        assert seen[0].headers["User-Agent"].startswith("Baton/")
        assert "If-None-Match" not in seen[0].headers

    async def test_nothing_changed(self) -> None:
        async def handler(request: web.Request) -> web.Response:
            matches = request.headers.get("If-None-Match") == '"abc"'
            since = request.headers.get("If-Modified-Since")
            return web.Response(status=304 if matches or since else 200, body=None if matches or since else document())

        async with server(handler) as url:
            assert await fetch(url, etag='"abc"') == NotModified()
            assert await fetch(url, last_modified="Sat, 22 Aug 2026 08:52:34 GMT") == NotModified()
            assert isinstance(await fetch(url, etag='"other"'), Fetched)

    async def test_304_to_an_unconditional_request_confirms_nothing(self) -> None:
        assert "304" in (await failed(answering(304, b""))).reason

    async def test_a_new_build_that_says_the_same_is_no_change(self) -> None:
        async with server(answering(200, document())) as url:
            before = await fetch(url)
        async with server(answering(200, document(generated_at="2026-08-23T08:52:34+00:00"))) as url:
            after = await fetch(url)
        assert isinstance(before, Fetched)
        assert isinstance(after, Fetched)
        assert before.body != after.body
        assert judge(before.summary, after.summary) == CopyAccepted(changed=False)

    async def test_half_a_document_is_read_and_refused(self) -> None:
        async with server(answering(200, document(20))) as url:
            before = await fetch(url)
        async with server(answering(200, document(10))) as url:
            after = await fetch(url)
        assert isinstance(before, Fetched)
        assert isinstance(after, Fetched)
        assert isinstance(judge(before.summary, after.summary), CopyRefused)

    async def test_the_sample_of_the_real_shape(self) -> None:
        sample = SHARED / "eol" / "api_v1_sample.json"
        if not sample.is_file():
            pytest.skip("the reference data is not beside this checkout")
        async with server(answering(200, sample.read_bytes())) as url:
            answer = await fetch(url)
        assert isinstance(answer, Fetched)
        listed = orjson.loads(answer.body)["result"]
        assert answer.summary.products == len(listed) == 3
        assert answer.summary.cycles == sum(len(each["releases"]) for each in listed)


class TestRedirects:
    async def test_one_is_followed_with_the_condition(self) -> None:
        async def handler(request: web.Request) -> web.Response:
            if request.path == PATH:
                return web.Response(status=301, headers={"Location": "/moved/full?x=1"})
            assert request.path_qs == "/moved/full?x=1"
            return web.Response(status=304 if request.headers.get("If-None-Match") == '"abc"' else 200, body=document())

        async with server(handler) as url:
            assert await fetch(url, etag='"abc"') == NotModified()
            assert isinstance(await fetch(url), Fetched)

    async def test_a_loop_ends(self) -> None:
        asked: list[str] = []

        async def handler(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.Response(status=302, headers={"Location": PATH})

        assert "more than 5 times" in (await failed(handler)).reason
        assert len(asked) == 6

    @pytest.mark.parametrize("location", ["", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "http://[::1/"])
    async def test_nowhere_to_go(self, location: str) -> None:
        headers = {"Location": location} if location else {}
        assert "redirects" in (await failed(answering(301, b"", **headers))).reason

    def test_https_never_becomes_http(self) -> None:
        with pytest.raises(_FailedError, match="plain http"):
            _target(URL("https://endoflife.date/x"), "http://endoflife.date/y")
        assert str(_target(URL("https://endoflife.date/x"), "//www.endoflife.date/y")) == "https://www.endoflife.date/y"
        assert str(_target(URL("http://127.0.0.1/x"), "https://endoflife.date/y")) == "https://endoflife.date/y"


class TestRefusals:
    async def test_a_missing_page_is_a_web_page(self) -> None:
        answer = await failed(answering(404, b"<!doctype html><h1>Not found</h1>", "text/html"))
        assert "404" in answer.reason
        assert answer.retry_after_seconds is None

    async def test_too_many_requests_with_seconds(self) -> None:
        answer = await failed(answering(429, b"", Retry_After="120"))
        assert "429" in answer.reason
        assert answer.retry_after_seconds == 120.0

    async def test_too_many_requests_until_a_moment_by_the_servers_clock(self) -> None:
        sent = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
        until = sent + timedelta(minutes=10)
        headers = {"Date": format_datetime(sent, usegmt=True), "Retry_After": format_datetime(until, usegmt=True)}
        assert (await failed(answering(429, b"", **headers))).retry_after_seconds == 600.0

    @pytest.mark.parametrize(
        ("written", "expected"),
        [("soon", None), ("-5", None), ("", None), ("9" * 30, 604_800.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
    )
    async def test_an_odd_pause(self, written: str, expected: float | None) -> None:
        assert (await failed(answering(429, b"", Retry_After=written))).retry_after_seconds == expected

    async def test_a_fault_of_the_servers(self) -> None:
        answer = await failed(answering(503, b"", Retry_After="60"))
        assert (answer.retry_after_seconds, "503" in answer.reason) == (60.0, True)
        assert "500" in (await failed(answering(500, b""))).reason

    async def test_a_status_that_nobody_expects(self) -> None:
        assert "418" in (await failed(answering(418, b""))).reason


class TestBrokenAnswers:
    @pytest.mark.parametrize("is_reset", [False, True])
    async def test_a_body_that_is_cut_off(self, is_reset: bool) -> None:
        body = document()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        async with raw(head + body[:500], is_reset=is_reset) as url:
            answer = await fetch(url)
        assert isinstance(answer, Failed)
        assert "cut off" in answer.reason or "cannot be reached" in answer.reason

    async def test_a_chunked_body_without_its_last_chunk(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        async with raw(head + b"10\r\n" + document()[:16] + b"\r\n") as url:
            answer = await fetch(url)
        assert answer == Failed("The feed's answer was cut off before its end.")

    async def test_no_answer_and_nobody_there(self) -> None:
        async with raw(b"") as url:
            assert await fetch(url) == Failed("The feed closed the connection without an answer.")
        answer = await fetch(url)
        assert isinstance(answer, Failed)
        assert "cannot be reached" in answer.reason

    async def test_what_is_no_http(self) -> None:
        async with raw(b"220 mail.example.test ESMTP\r\n") as url:
            assert isinstance(await fetch(url), Failed)

    @pytest.mark.parametrize("url", ["", "not an address", "http://", "ftp://127.0.0.1", "http://127.0.0.1:99999"])
    async def test_an_address_that_is_set_wrongly(self, url: str) -> None:
        answer = await fetch(url)
        assert isinstance(answer, Failed)
        assert "cannot be reached" in answer.reason

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"", "not valid JSON"),
            (b'{"schema_version": "1.2.1",\n"result": [', "line 2"),
            (document()[:-40], "not valid JSON"),
            (b"\xff\xfe", "not valid JSON"),
            (b"[" * 100_000, "not valid JSON"),
            (b"[]", "no list of products"),
            (b"null", "no list of products"),
            (b'{"result": {}}', "no list of products"),
            (document(schema_version=None), "its version"),
            (document(generated_at=5), "its version"),
            (document(schema_version="2.0.0"), "newer form"),
            (document(total=21), "as many products"),
            (document(total=1, result=[5]), "not a product"),
            (document(total=1, result=[{"name": "", "releases": []}]), "not a product"),
            (document(total=1, result=[{"name": "x", "releases": {}}]), "not a product"),
        ],
    )
    async def test_what_is_not_the_document(self, body: bytes, words: str) -> None:
        assert words in (await failed(answering(200, body))).reason

    async def test_a_web_page_with_status_200(self) -> None:
        assert "web page" in (await failed(answering(200, b"<!doctype html>", "text/html"))).reason


class TestBounds:
    async def test_a_length_over_the_bound_is_not_even_read(self) -> None:
        assert "larger than 100 bytes" in (await failed(answering(200, document()), max_bytes=100)).reason

    async def test_a_stream_is_left_at_the_bound(self) -> None:
        sent = 0

        async def handler(request: web.Request) -> web.StreamResponse:
            nonlocal sent
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(10_000):
                await response.write(b" " * 65_536)
                sent += 65_536
            return response

        assert "larger than" in (await failed(handler, max_bytes=1_000_000)).reason
        assert sent < 10_000 * 65_536

    async def test_the_bound_counts_what_is_unpacked(self) -> None:
        packed = gzip.compress(b" " * 5_000_000)
        assert len(packed) < 100_000
        answer = await failed(answering(200, packed, Content_Encoding="gzip"), max_bytes=1_000_000)
        assert "larger than 1,000,000 bytes" in answer.reason

    async def test_an_endless_slow_body(self) -> None:
        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(1_000):
                await response.write(b" ")
                await asyncio.sleep(0.02)
            return response

        assert "within 0.3 seconds" in (await failed(handler, timeout_seconds=0.3)).reason

    async def test_slow_redirects_share_one_bound(self) -> None:
        async def handler(request: web.Request) -> web.Response:
            await asyncio.sleep(0.2)
            return web.Response(status=302, headers={"Location": PATH})

        assert "within 0.3 seconds" in (await failed(handler, timeout_seconds=0.3)).reason
