"""`baton backlog draft` as somebody types it, and as another program calls it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Baton

FIELDS = {
    *("title", "items", "technologies", "skills_gaps", "hours_per_month", "people_blocked", "needed_by"),
    *("confidence", "stays_with_team", "questions"),
}
ASKS = "We need a Kafka topic by Friday, nobody here has used Kafka. It costs us 3 hours a week, 2 of us are stuck"


def saved(folder: Path, name: str, *texts: str) -> Path:
    messages = [{"ts": "1791190800.000100", "user": "U1", "text": text} for text in texts]
    file = folder / name
    file.write_text(json.dumps({"ok": True, "messages": messages}))
    return file


def test_a_line_for_each_file_in_order(baton: Baton, tmp_path: Path) -> None:
    wish, chat = saved(tmp_path, "wish.json", ASKS), saved(tmp_path, "chat.json", "ramen for lunch?")
    ran = baton("backlog", "draft", chat, wish, "--json")
    nothing, found = (json.loads(line) for line in ran.out.splitlines())
    assert ran.code == 0
    assert set(found) >= FIELDS
    assert (nothing["items"], nothing["hours_per_month"], nothing["needed_by"]) == ([], None, None)
    assert [(each["type"], each["title"]) for each in found["items"]] == [("infrastructure", "A Kafka topic")]
    assert (found["technologies"], found["skills_gaps"]) == (["kafka"], ["kafka"])
    assert (found["hours_per_month"], found["people_blocked"], found["needed_by"]) == (12.99, 2, "2026-10-09")


def test_text_for_a_person(baton: Baton, tmp_path: Path) -> None:
    ran = baton("backlog", "draft", saved(tmp_path, "wish.json", ASKS))
    assert ran.out.splitlines()[:3] == ["A Kafka topic", "  infrastructure: A Kafka topic", "  technologies: kafka"]


def test_a_bad_file_is_one_sentence_and_the_others_are_read(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "deleted.json").write_text('{"ok": false, "error": "thread_not_found"}')
    good = saved(tmp_path, "wish.json", ASKS)
    ran = baton("backlog", "draft", "missing.json", "broken.json", "list.json", "deleted.json", good, "--json")
    assert ran.code == 1
    *refused, found = (json.loads(line) for line in ran.out.splitlines())
    assert found["technologies"] == ["kafka"]
    assert [each["file"] for each in refused] == ["missing.json", "broken.json", "list.json", "deleted.json"]
    assert [each["error"] for each in refused] == ran.err.splitlines(), "a line for each file, in order"
    assert [set(each) for each in refused] == [{"file", "error"}] * 4
    said = ran.err.splitlines()
    assert [line.split()[0] for line in said] == ["missing.json", "broken.json", "list.json", "deleted.json"]
    assert said[0] == "missing.json cannot be read: No such file or directory."
    assert said[2] == "list.json has no messages: save an answer of conversations.replies in it."


def test_an_empty_thread_is_a_draft_of_nothing(baton: Baton, tmp_path: Path) -> None:
    assert baton("backlog", "draft", saved(tmp_path, "empty.json")).out == "An empty thread\n  Nothing to request.\n"


def test_a_person_reads_once_what_cannot_be_read(baton: Baton) -> None:
    ran = baton("backlog", "draft", "missing.json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "missing.json cannot be read: No such file or directory.\n"


def test_a_file_whose_name_is_no_text_has_its_line(baton: Baton, tmp_path: Path) -> None:
    ran = baton("backlog", "draft", tmp_path / "f\udcffr.json", saved(tmp_path, "wish.json", ASKS), "--json")
    assert ["error" in json.loads(line) for line in ran.out.splitlines()] == [True, False]
