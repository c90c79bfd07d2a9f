"""Files as Windows and other programs write them: what they say is read, or one sentence says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Baton, pipe
from tests.eol_server import document

CATALOG = """\
teams: [{name: Wardens}]
assets: [{kind: service, name: gate, owners: [{area: all, team: Wardens}]}]
"""
THREAD = {"messages": [{"ts": "1791190800.000100", "user": "U1", "text": "We need a Kafka topic … please"}]}
ENCODINGS = pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])


def saved(folder: Path, name: str, text: str, encoding: str) -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


@pytest.fixture
def catalog(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(CATALOG)
    assert baton("catalog", "import", "baton", tmp_path / "catalog.yaml").code == 0


@ENCODINGS
def test_a_thread(baton: Baton, tmp_path: Path, encoding: str) -> None:
    file = saved(tmp_path, "thread.json", json.dumps(THREAD, ensure_ascii=False), encoding)
    ran = baton("backlog", "draft", file, "--json")
    assert (ran.code, ran.err, json.loads(ran.out)["technologies"]) == (0, "", ["kafka"])


@ENCODINGS
def test_a_table_of_dates(baton: Baton, tmp_path: Path, encoding: str) -> None:
    file = saved(tmp_path, "feed.json", document().decode(), encoding)
    ran = baton("eol", "match", "product-07", "1", "--table", file, "--json")
    assert json.loads(ran.out)["product"] == "product-07"
    assert baton("db", "upgrade").code == 0
    assert baton("eol", "refresh", "--from", file).code == 0


@ENCODINGS
@pytest.mark.usefixtures("catalog")
def test_a_dockerfile(baton: Baton, tmp_path: Path, encoding: str) -> None:
    file = saved(tmp_path, "Dockerfile", "FROM node:18\n", encoding)
    ran = baton("inventory", "scan-dockerfile", file, "--asset", "gate", "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert "nodejs" in ran.out


@ENCODINGS
@pytest.mark.usefixtures("catalog")
def test_questions_a_line(baton: Baton, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    pipe(monkeypatch, "gate\r\n\r\nwho owns gate?".encode(encoding))
    ran = baton("ask", "--stdin", "--json")
    assert [json.loads(line)["asset"] for line in ran.out.splitlines()] == ["gate", None, "gate"]
    pipe(monkeypatch, "postgres\t11\nredis\t7.2.4\n".encode(encoding))
    ran = baton("eol", "match", "--stdin", "--json")
    assert [json.loads(line)["product"] for line in ran.out.splitlines()] == ["postgresql", "redis"]


@pytest.mark.usefixtures("catalog")
def test_a_question_that_is_no_text_has_its_line(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"\xff\xfa\0\ngate\0\nga\xc2\xadte\n")
    ran = baton("ask", "--stdin", "--json")
    assert [json.loads(line)["asset"] for line in ran.out.splitlines()] == [None, "gate", "gate"]


def test_half_a_character_and_nothing_leave_the_rest_of_a_thread(baton: Baton, tmp_path: Path) -> None:
    text = json.dumps({"messages": [THREAD["messages"][0] | {"text": "We need a Kafka\0 topic \ud83d"}]})
    ran = baton("backlog", "draft", saved(tmp_path, "thread.json", text, "utf-8"), "--json")
    assert (ran.code, json.loads(ran.out)["items"][0]["title"]) == (0, "A Kafka topic")


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff", b"\xff\xfe\0", b'{"messages": [\0]}', b'{"messages": ["\xff"]}'])
def test_a_thread_that_is_none_is_one_sentence(baton: Baton, tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "thread.json"
    file.write_bytes(raw)
    ran = baton("backlog", "draft", file)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{file} is not JSON: ")
    assert ran.err.endswith(".\n")
    assert ran.err.isprintable() or ran.err.count("\n") == 1


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    "words",
    [
        ("inventory", "scan-image", "node:18", "--asset", "gate", "--environment"),
        ("inventory", "scan-image", "node:18", "--asset", "gate", "--source"),
        ("inventory", "scan-rds", "--region", "eu-west-1", "--profile"),
        ("catalog", "import", "baton", "catalog.yaml", "--source"),
        ("catalog", "import", "codeowners", "CODEOWNERS", "--repository"),
    ],
)
def test_a_name_to_be_stored_that_is_no_text_is_refused(baton: Baton, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "CODEOWNERS").write_text("/gate @acme/wardens\n")
    ran = baton(*words, "b\udcfccher")
    assert (ran.code, ran.out) == (2, "")
    assert "'bcher' has bytes that are not UTF-8" in ran.err
