"""`baton catalog import` and `baton db`, from the words on the command line to what is printed and stored."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Baton

SHOP = """\
# baton: repository acme/shop
* @acme/platform
/payments/ @acme/payments
"""


@pytest.fixture
def codeowners(tmp_path: Path) -> Path:
    file = tmp_path / "CODEOWNERS"
    file.write_text(SHOP)
    return file


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_first_import_makes_the_database(baton: Baton, database: Path, codeowners: Path) -> None:
    ran = baton("catalog", "import", "codeowners", codeowners)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("codeowners: imported (assets: 3 added; facts: 3 added)\n")
    assert "  payments\n    + path:acme/shop:/payments/\n" in ran.out
    assert rows(database, "SELECT name, format FROM sources") == [("codeowners", "codeowners")]
    again = baton("catalog", "import", "codeowners", codeowners)
    assert (again.code, again.out) == (0, "codeowners: unchanged\n")


def test_a_source_may_be_named(baton: Baton, database: Path, codeowners: Path) -> None:
    baton("catalog", "import", "codeowners", codeowners, "--source", "shop-rules", "--repository", "acme/other")
    assert rows(database, "SELECT name FROM sources") == [("shop-rules",)]


def test_a_dry_run_makes_not_even_a_database(baton: Baton, database: Path, codeowners: Path) -> None:
    ran = baton("catalog", "import", "codeowners", codeowners, "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("codeowners: would be imported (assets: 3 added")
    assert not database.exists()


def test_json_is_one_document_on_standard_output(baton: Baton, codeowners: Path) -> None:
    codeowners.write_text(SHOP + "!/docs @acme/docs\n")
    ran = baton("catalog", "import", "codeowners", codeowners, "--json")
    report = json.loads(ran.out)
    assert (ran.code, report["outcome"], report["counts"]["assets_added"]) == (0, "imported", 3)
    [problem] = report["problems"]
    assert (problem["path"], problem["line"], problem["is_error"]) == (str(codeowners), 4, True)


def test_problems_name_file_and_line_and_are_bounded(baton: Baton, codeowners: Path) -> None:
    codeowners.write_text(SHOP + "!/docs @acme/docs\n" * 30)
    ran = baton("catalog", "import", "codeowners", codeowners)
    assert ran.code == 0
    lines = ran.err.splitlines()
    assert lines[0].startswith(f"error: {codeowners}:4: ")
    assert len(lines) == 21
    assert lines[-1] == "… and 10 more; --json lists all."


def test_nothing_readable_exits_with_1(baton: Baton, tmp_path: Path) -> None:
    ran = baton("catalog", "import", "terraform", tmp_path / "nowhere.json")
    assert ran.code == 1
    assert "Nothing could be read" in ran.err
    assert "Traceback" not in ran.err


def test_a_mass_change_is_refused_and_can_be_allowed(baton: Baton, database: Path, codeowners: Path) -> None:
    codeowners.write_text(SHOP + "".join(f"/f{number}/ @acme/payments\n" for number in range(10)))
    baton("catalog", "import", "codeowners", codeowners)
    codeowners.write_text(SHOP)
    ran = baton("catalog", "import", "codeowners", codeowners)
    assert ran.code == 1
    assert "add --allow-mass-change" in ran.err
    assert rows(database, "SELECT count(*) FROM assets WHERE gone_at IS NOT NULL") == [(0,)]
    assert baton("catalog", "import", "codeowners", codeowners, "--allow-mass-change").code == 0
    assert rows(database, "SELECT count(*) FROM assets WHERE gone_at IS NOT NULL") == [(10,)]


@pytest.mark.parametrize("count", [1, 12])
def test_a_file_of_another_shape_takes_no_people_or_teams_away(baton: Baton, tmp_path: Path, count: int) -> None:
    people, teams, assets = (tmp_path / f"{name}.csv" for name in ("people", "teams", "assets"))
    numbers = range(count)
    people.write_text("Name,Email,Team\n" + "".join(f"Jo {n},jo{n}@x.test,Crew {n}\n" for n in numbers))
    teams.write_text("Team,Channel\n" + "".join(f"Crew {n},#crew-{n}\n" for n in numbers))
    assets.write_text("Service,Owner\n" + "".join(f"svc-{n},Crew {n}\n" for n in numbers))
    assert baton("catalog", "import", "auto", people, teams, "--trust-people").code == 0
    before = baton("team", "show", "Crew 0").out
    ran = baton("catalog", "import", "auto", assets)
    assert ran.code == 1
    assert f"would remove {count} of the source's {count} teams and {count} of the source's {count} people" in ran.err
    assert baton("team", "show", "Crew 0").out == before
    assert "refused" in baton("catalog", "import", "auto", assets).out, "a run that was refused is not the last one"
    # What the refusal says can be done
    assert baton("catalog", "import", "auto", people, teams, assets).code == 0
    assert "people: " in baton("catalog", "import", "auto", assets, "--allow-mass-change").out


def test_that_people_go_with_the_trust_in_their_file_is_meant(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name,Email,Team\n" + "".join(f"Jo {n},jo{n}@x.test,Crew\n" for n in range(12)))
    assert baton("catalog", "import", "csv", file, "--trust-people").code == 0
    ran = baton("catalog", "import", "csv", file, "--no-trust-people")
    assert (ran.code, "people: 12 removed" in ran.out) == (0, True)


def test_a_few_teams_may_go_from_a_file(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("teams: [" + ", ".join(f"{{name: Crew {n}}}" for n in range(6)) + "]\n")
    assert baton("catalog", "import", "baton", file).code == 0
    file.write_text("teams: [{name: Crew 0}]\n")
    assert "teams: 5 removed" in baton("catalog", "import", "baton", file).out


@pytest.mark.parametrize("words", [("nope", "x"), ("codeowners",), ("codeowners", "x", "--frobnicate")])
def test_wrong_usage_exits_with_2(baton: Baton, words: tuple[str, ...]) -> None:
    ran = baton("catalog", "import", *words)
    assert ran.code == 2
    assert " catalog import [OPTIONS]" in ran.err  # before it stands how the tests were started


def test_an_older_schema_is_refused_with_the_command_to_run(baton: Baton, database: Path, codeowners: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE something_else (id INTEGER)")
    connection.close()
    ran = baton("catalog", "import", "codeowners", codeowners)
    assert ran.code == 1
    assert ran.err.endswith("run `baton db upgrade`.\n")
    assert ran.err.count("\n") == 1


def test_status_and_upgrade(baton: Baton, database: Path) -> None:
    assert baton("db", "status").code == 1
    assert not database.exists(), "asking makes nothing"
    upgraded = baton("db", "upgrade")
    assert (upgraded.code, "was empty" in upgraded.out) == (0, True)
    assert baton("db", "upgrade").out.endswith("already.\n")
    assert baton("db", "status").code == 0


def test_an_unreachable_database_is_one_sentence_without_its_password(
    baton: Baton, monkeypatch: pytest.MonkeyPatch, codeowners: Path
) -> None:
    monkeypatch.setenv("BATON_DATABASE_URL", "postgresql://baton:hunter2@127.0.0.1:1/baton")
    ran = baton("catalog", "import", "codeowners", codeowners)
    assert (ran.code, ran.err.count("\n"), "hunter2" in ran.err) == (1, 1, False)
    assert "BATON_DATABASE_URL" in ran.err


def test_a_missing_folder_and_a_wrong_setting_are_one_sentence(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_DATABASE_URL", "sqlite:///nowhere/baton.sqlite")
    assert baton("db", "upgrade").err == "The folder nowhere does not exist: make it, or set BATON_DATABASE_URL.\n"
    monkeypatch.setenv("BATON_DATABASE_URL", "mysql://h/d")
    assert "use sqlite:///PATH" in baton("db", "status").err


def test_help_names_every_command_and_the_module_runs(database: Path) -> None:
    ran = subprocess.run([sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True)
    for name in ("ask", "catalog", "db", "playground", "run"):
        assert f" {name} " in ran.stdout


def test_no_secret_of_a_terraform_state_is_stored_logged_or_printed(
    baton: Baton, database: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "hunter2-correct-horse"
    values = {
        "identifier": "payments-db",
        "arn": "arn:aws:rds:eu-west-1:111122223333:db:payments-db",
        "engine": "postgres",
        "engine_version": "11.22",
        "password": secret,
        "master_password": secret,
        "connection_string": f"postgres://app:{secret}@payments.example.test/app",
        "user_data": f"#!/bin/sh\nexport TOKEN={secret}",
        "parameter": [{"name": "password", "value": secret}],
        "tags": {"Team": "payments", "db_password": secret, "Note": f"password={secret}"},
    }
    resource = {
        "address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance", "name": "main",
        "values": values, "sensitive_values": {"password": True},
    }  # fmt: skip
    state = {
        "format_version": "1.0",
        "values": {"root_module": {"resources": [resource]}, "outputs": {"dsn": {"value": secret, "sensitive": True}}},
        "variables": {"db_password": {"value": secret}},
    }
    broken = json.dumps(state)[:-2] + f', "password": "{secret}" oops'
    (tmp_path / "state.json").write_text(json.dumps(state))
    (tmp_path / "broken.json").write_text(broken)
    caplog.set_level("DEBUG")
    ran = [
        baton("catalog", "import", "terraform", tmp_path / "state.json"),
        baton("catalog", "import", "terraform", tmp_path / "broken.json", "--source", "broken"),
        baton("ask", "payments-db", "--json"),
    ]
    assert json.loads(ran[2].out)["owner"] == "payments"
    stored = b"".join(file.read_bytes() for file in database.parent.iterdir())
    assert b"payments-db" in stored
    said = "".join(each.out + each.err for each in ran) + caplog.text
    assert secret.encode() not in stored
    assert secret not in said


ORGANISATION = """\
baton: 1
teams:
  - {name: payments, lead: amara@example.test, members: [jo@example.test]}
"""


@pytest.fixture
def organisation(tmp_path: Path) -> Path:
    file = tmp_path / "org.yaml"
    file.write_text(ORGANISATION)
    return file


def test_who_is_in_a_team_is_taken_only_from_what_is_trusted_for_it(
    baton: Baton, database: Path, organisation: Path
) -> None:
    first = baton("catalog", "import", "baton", organisation)
    assert "note: " in first.err
    assert "--trust-people" in first.err
    assert rows(database, "SELECT * FROM memberships") == []
    trusted = baton("catalog", "import", "baton", organisation, "--trust-people")
    assert "    + amara@example.test joins payments as lead\n    + jo@example.test joins payments\n" in trusted.out
    assert "so none was read" in baton("catalog", "import", "baton", organisation).out
    [listed] = json.loads(baton("catalog", "sources", "--json").out)
    assert listed["is_trusted_for_people"]
    assert len(rows(database, "SELECT * FROM memberships")) == 1
    ended = baton("catalog", "import", "baton", organisation, "--no-trust-people", "--json")
    assert [(each["action"], each["person"], each["role"]) for each in json.loads(ended.out)["positions"]] == [
        ("removed", "amara@example.test", "lead"),
        ("removed", "jo@example.test", "member"),
    ]
    assert rows(database, "SELECT * FROM memberships") == []


def test_who_is_who_and_who_has_left_is_printed(baton: Baton, organisation: Path, tmp_path: Path) -> None:
    baton("catalog", "import", "baton", organisation, "--trust-people")
    file = tmp_path / "people.csv"
    file.write_text("email,handle,left\njo@example.test,octo,yes\n")
    said = baton("catalog", "import", "csv", file, "--trust-people").out
    assert "  who is who\n    + jo@example.test is @octo\n    - jo@example.test has left\n" in said


def test_the_setting_decides_which_sources_are_trusted_for_people(
    baton: Baton, database: Path, organisation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_PEOPLE_SOURCES", "hr, org")
    assert "joins payments" in baton("catalog", "import", "baton", organisation, "--source", "org").out
    assert "joins" not in baton("catalog", "import", "baton", organisation).out
    refused = baton("catalog", "import", "baton", organisation, "--trust-people")
    assert refused.code == 2
    assert "BATON_PEOPLE_SOURCES" in refused.err
    monkeypatch.setenv("BATON_PEOPLE_SOURCES", "hr")
    assert (
        "- jo@example.test leaves payments\n"
        in baton("catalog", "import", "baton", organisation, "--source", "org").out
    )
    assert rows(database, "SELECT * FROM memberships") == []


def test_a_file_of_a_single_repository_cannot_be_trusted_for_people(baton: Baton, codeowners: Path) -> None:
    refused = baton("catalog", "import", "codeowners", codeowners, "--trust-people")
    assert refused.code == 2
    assert "single repositories" in refused.err
