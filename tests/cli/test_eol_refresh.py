"""`baton eol refresh` against a server that behaves well and badly, what `match` and `doctor` make of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.cli.conftest import Baton, Ran
from tests.eol_server import PATH, Handler, answering, document, product, raw, server


@pytest.fixture(autouse=True)
def _store(baton: Baton) -> None:
    assert baton("db", "upgrade").code == 0


async def typed(baton: Baton, *words: Any) -> Ran:
    """Run a command while this loop serves what it asks for."""
    return await asyncio.to_thread(baton, *words)


async def refreshed(baton: Baton, monkeypatch: pytest.MonkeyPatch, handler: Handler) -> tuple[int, dict[str, Any]]:
    async with server(handler) as url:
        monkeypatch.setenv("BATON_FEED_URL", url)
        ran = await typed(baton, "eol", "refresh", "--json")
    found: dict[str, Any] = json.loads(ran.out)
    return ran.code, found


def sequence(*handlers: Handler) -> Handler:
    rest = list(handlers)

    async def handler(request: web.Request) -> web.StreamResponse:
        return await rest.pop(0)(request)

    return handler


def not_modified(etag: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        assert request.headers["If-None-Match"] == etag
        return web.Response(status=304)

    return handler


def moved(body: bytes) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        if request.path == PATH:
            return web.Response(status=301, headers={"Location": "/elsewhere"})
        return web.Response(body=body, content_type="application/json")

    return handler


async def test_a_copy_its_confirmation_and_its_use(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    etag = '"one"'
    code, found = await refreshed(baton, monkeypatch, answering(200, document(), ETag=etag))
    assert (code, found["outcome"], found["products"], found["cycles"]) == (0, "updated", 20, 60)
    code, found = await refreshed(baton, monkeypatch, not_modified(etag))
    assert (code, found["outcome"], found["products"]) == (0, "confirmed", 20)
    answer = json.loads((await typed(baton, "eol", "match", "product-07", "2", "--json")).out)
    assert (answer["status"], answer["clocks"]["eol"]) == ("in_cycle", "2029-01-01")


async def test_a_redirect(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await refreshed(baton, monkeypatch, moved(document())))[1]["outcome"] == "updated"


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (answering(404, b"<!doctype html>", "text/html"), "404"),
        (answering(429, b"", Retry_After="60"), "429"),
        (answering(500, b""), "500"),
        (answering(200, b'{"result": ['), "not valid JSON"),
        (answering(200, document(10)), "more than a tenth"),
    ],
)
async def test_what_is_not_fit(baton: Baton, monkeypatch: pytest.MonkeyPatch, handler: Handler, said: str) -> None:
    await refreshed(baton, monkeypatch, answering(200, document()))
    code, found = await refreshed(baton, monkeypatch, handler)
    assert (code, found["outcome"], found["products"]) == (1, "failed", 20)
    assert said in found["failure"]
    answer = json.loads((await typed(baton, "eol", "match", "product-07", "2", "--json")).out)
    assert answer["status"] == "in_cycle"
    facts = await doctors_word(baton)
    assert (facts["level"], said in facts["what"]) == ("note", True)


async def doctors_word(baton: Baton) -> dict[str, Any]:
    findings = json.loads((await typed(baton, "doctor", "--json")).out)
    [facts] = [one for one in findings if one["about"] == "end-of-life facts"]
    found: dict[str, Any] = facts
    return found


async def test_a_body_that_is_cut_off(
    baton: Baton, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    body = document()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    async with raw(head + body[:500]) as url:
        monkeypatch.setenv("BATON_FEED_URL", url)
        ran = await typed(baton, "eol", "refresh")
    assert ran.code == 1
    assert ran.err == "The feed's answer was cut off before its end.\n"
    assert ran.out == "The feed has not been read yet, so the dates that ship with Baton are in use.\n"
    assert caplog.messages == []  # a command without a log prints them, too


async def test_a_pause_that_was_asked_for(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=429, headers={"Retry-After": "3600"})

    await refreshed(baton, monkeypatch, handler)
    code, found = await refreshed(baton, monkeypatch, handler)
    assert (code, found["outcome"], len(asked)) == (1, "waiting", 1)


class TestSaved:
    def test_from_a_file(self, baton: Baton, tmp_path: Path) -> None:
        file = tmp_path / "full.json"
        file.write_bytes(document())
        ran = baton("eol", "refresh", "--from", file)
        assert (ran.code, ran.out) == (0, "Updated: 20 products, 60 release cycles.\n")
        again = baton("eol", "refresh", "--from", file)
        assert (again.code, again.out) == (0, "Nothing has changed: 20 products, 60 release cycles.\n")

    def test_moved_dates_are_named(self, baton: Baton, tmp_path: Path) -> None:
        file = tmp_path / "full.json"
        file.write_bytes(document())
        baton("eol", "refresh", "--from", file)
        cycles = [{"name": str(cycle), "isEol": False, "eolFrom": "2030-06-01"} for cycle in range(1, 4)]
        result = [{**product(0), "releases": cycles}, *(product(number) for number in range(1, 20))]
        file.write_bytes(document(result=result))
        ran = baton("eol", "refresh", "--from", file)
        assert ran.out.splitlines()[1] == "  product-00 1: eol 2029-01-01 -> 2030-06-01"

    @pytest.mark.parametrize("content", [b"", b"[]", b"{}"])
    def test_what_is_no_document(self, baton: Baton, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "full.json"
        file.write_bytes(content)
        ran = baton("eol", "refresh", "--from", file)
        assert (ran.code, str(file) in ran.err) == (1, True)

    def test_a_file_that_is_not_there(self, baton: Baton, tmp_path: Path) -> None:
        ran = baton("eol", "refresh", "--from", tmp_path / "no.json")
        assert (ran.code, ran.err) == (1, f"{tmp_path / 'no.json'} cannot be read: No such file or directory.\n")


class TestMatching:
    def test_a_document_that_is_named_goes_before_the_stored_one(self, baton: Baton, tmp_path: Path) -> None:
        stored, other = tmp_path / "stored.json", tmp_path / "other.json"
        stored.write_bytes(document())
        other.write_bytes(document(1))
        baton("eol", "refresh", "--from", stored)
        ran = baton("eol", "match", "product-07", "2", "--table", other, "--json")
        assert json.loads(ran.out)["status"] == "unknown_product"

    def test_without_a_database_none_is_made(self, baton: Baton, database: Path) -> None:
        for file in database.parent.iterdir():
            file.unlink()
        assert json.loads(baton("eol", "match", "postgresql", "11", "--json").out)["status"] == "in_cycle"
        assert list(database.parent.iterdir()) == []

    def test_a_database_that_does_not_answer(self, baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BATON_DATABASE_URL", "postgresql://baton:secret-word@127.0.0.1:1/baton")
        ran = baton("eol", "match", "postgresql", "11")
        assert (ran.code, ran.out.startswith("postgresql 11: PostgreSQL 11")) == (0, True)
        assert ran.err.startswith("note: the facts that ship with Baton are used")
        assert "secret-word" not in ran.err


class TestDoctor:
    async def test_nothing_read_yet(self, baton: Baton) -> None:
        found = await doctors_word(baton)
        assert found["level"] == "note"
        assert "baton eol refresh" in found["do"]

    async def test_a_fresh_copy(self, baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
        await refreshed(baton, monkeypatch, answering(200, document()))
        found = await doctors_word(baton)
        assert (found["level"], found["what"], found["do"]) == ("ok", "Confirmed today: 20 products.", "")

    async def test_an_old_copy(self, baton: Baton, tmp_path: Path) -> None:
        file = tmp_path / "full.json"
        file.write_bytes(document(generated_at="2020-01-01T00:00:00+00:00"))
        await typed(baton, "eol", "refresh", "--from", file)
        found = await doctors_word(baton)
        assert found["level"] == "problem"
        assert "days old" in found["what"]
