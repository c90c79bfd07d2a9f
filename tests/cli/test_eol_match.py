"""`baton eol match` as somebody types it, and as another program calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Baton, pipe

FIELDS = {"status", "product", "cycle", "method", "clocks", "candidates"}
SAVED = {
    "result": [
        {
            "name": "tool",
            "aliases": [],
            "label": "The Tool",
            "category": "app",
            "identifiers": [],
            "releases": [
                {"name": "2", "isEol": False, "eolFrom": "2031-01-01", "latest": {"name": "2.9", "date": None}}
            ],
        },
        {"name": "broken"},
    ]
}


@pytest.mark.parametrize(
    ("words", "status", "product", "cycle"),
    [
        (["postgresql", "11.22"], "in_cycle", "postgresql", "11"),
        (["postgresql", "11.22", "--provider", "aws-rds"], "in_cycle", "amazon-rds-postgresql", "11"),
        (["mysql", "8"], "ambiguous", "mysql", None),
        (["postgresql", "17beta1"], "gap", "postgresql", None),
        (["postgresql", "7.4"], "untracked_old", "postgresql", None),
        (["postgresql", "99"], "newer", "postgresql", None),
        (["aurora-mysql", "5.7"], "in_cycle", "amazon-aurora-mysql", "2"),
        (["rabbitmq", "3.8", "--provider", "amazon-mq"], "unknown_product", None, None),
        (["postgresql", "11", "--provider", "some-cloud"], "unknown_product", None, None),
        (["python2", "2.7.18"], "untracked_old", "python", None),
        (["amzn", "2023.3.20240108"], "in_cycle", "amazon-linux", "2023"),
        (["docker", "Docker version 20.10.25, build b82b9f3"], "in_cycle", "docker-engine", "20.10"),
        # All of it in words
        (["PostgreSQL 11 on AWS RDS"], "in_cycle", "amazon-rds-postgresql", "11"),
        (["Heroku Postgres 11"], "in_cycle", "heroku-postgresql", "11"),
        (["PostgreSQL 11", "--provider", "aws-rds"], "in_cycle", "amazon-rds-postgresql", "11"),
        (["Ubuntu 20.04 LTS"], "in_cycle", "ubuntu", "20.04"),
        (["debian bookworm"], "in_cycle", "debian", "12"),
        (["Elastic Beanstalk PHP 7.4 on Amazon Linux 2"], "unknown_product", None, None),
    ],
)
def test_an_answer_for_a_program(
    baton: Baton, words: list[str], status: str, product: str | None, cycle: str | None
) -> None:
    answer = json.loads(baton("eol", "match", *words, "--json").out)
    assert set(answer) >= FIELDS
    assert (answer["status"], answer["product"], answer["cycle"]) == (status, product, cycle)
    assert (answer["clocks"] is None) == (cycle is None)


def test_clocks_and_charges_are_days_and_amounts(baton: Baton) -> None:
    answer = json.loads(baton("eol", "match", "postgresql", "11", "--provider", "aws-rds", "--json").out)
    assert answer["clocks"] == {"eoas": None, "eol": "2024-02-29", "eoes": "2027-03-31"}
    assert answer["charges"][0] == {"since": "2024-04-01", "amount": "0.10", "currency": "USD", "unit": "vCPU-hour"}
    assert answer["method"] == "cycle"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["postgresql", "11.22"], "PostgreSQL 11 (by prefix): standard support until 2023-11-09."),
        (["postgresql", "11", "--provider", "aws-rds"], "charged from 2026-04-01 on: 0.20 USD per vCPU-hour"),
        (["mysql", "8"], "may be any of these cycles of MySQL: 8.4,"),
        (["postgresql", "17beta1"], "a pre-release of PostgreSQL, next to 16 and 17."),
        (["postgresql", "99"], "newer than every known cycle of PostgreSQL; the nearest is 18."),
        (["postgresql", "7.4"], "older than every known cycle of PostgreSQL"),
        (["posgresql", "11"], "Did you mean postgresql"),
    ],
)
def test_an_answer_for_a_person(baton: Baton, words: list[str], said: str) -> None:
    ran = baton("eol", "match", *words)
    assert ran.code == 0
    assert said in ran.out


def test_a_row_a_line_is_answered_a_line_in_order(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "redis\t7.2.4\n\nzeppelin\t1\npostgres\t11\taws-rds\nnode\nk8s\tv1.29.3-eks\r\n"
    pipe(monkeypatch, lines.encode())
    answers = [json.loads(line) for line in baton("eol", "match", "--stdin", "--json").out.splitlines()]
    assert [(answer["product"], answer["cycle"]) for answer in answers] == [
        ("redis", "7.2"),
        (None, None),
        (None, None),
        ("amazon-rds-postgresql", "11"),
        ("nodejs", None),
        ("amazon-eks", "1.29"),
    ]


def test_a_saved_document_is_matched_against(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(SAVED))
    ran = baton("eol", "match", "tool", "2.1", "--table", file, "--json")
    answer = json.loads(ran.out)
    assert (answer["cycle"], answer["clocks"]["eol"]) == ("2", "2031-01-01")
    assert "product 2 is left out: broken: has no list of releases." in ran.err
    assert json.loads(baton("eol", "match", "postgresql", "11", "--table", file, "--json").out)["cycle"] is None


def test_a_file_that_is_no_document_is_one_sentence(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "saved.json"
    file.write_text("<html>404</html>")
    ran = baton("eol", "match", "tool", "2", "--table", file)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "saved.json is not JSON" in ran.err
    missing = baton("eol", "match", "tool", "2", "--table", tmp_path / "missing.json")
    assert (missing.code, "cannot be read" in missing.err) == (1, True)


@pytest.mark.parametrize("words", [[], ["postgresql"], ["--stdin"], ["--stdin", "--json", "postgresql", "11"]])
def test_wrong_usage_says_what_to_give(baton: Baton, words: list[str]) -> None:
    ran = baton("eol", "match", *words)
    assert ran.code == 2
    assert "--stdin" in ran.err


def test_what_many_vendors_build_is_asked_back(baton: Baton) -> None:
    assert "its end depends on who builds it; name one of " in baton("eol", "match", "java", "8").out


@pytest.mark.parametrize(
    "words", [["openjdk-builds-from-oracle", "8"], ["postgresql", "11", "--provider", "some-cloud"]]
)
def test_what_no_table_has_is_said_so_with_and_without_a_provider(baton: Baton, words: list[str]) -> None:
    said = baton("eol", "match", *words).out
    assert "no dates are known for it." in said
    assert "that provider" not in said
