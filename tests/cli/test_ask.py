"""`baton ask`: the answers of Slack in a terminal, and as JSON for other programs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Baton, pipe

CATALOG = """\
teams:
  - name: Payments
    channel: "#payments"
assets:
  - name: payments-db
    kind: database
    owner: Payments
  - name: checkout
    kind: service
    owner: Payments
  - name: old-cron
    kind: service
  - name: sandbox
    kind: service
    unowned: Everybody may break it.
  - name: invoices
    kind: service
    owner: Payments
  - name: invoices
    kind: database
"""
FIELDS = {"status", "asset", "owner", "confidence", "understood_as", "suggestions", "sources"}


@pytest.fixture
def catalog(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(CATALOG)
    ran = baton("catalog", "import", "baton", tmp_path / "catalog.yaml", "--trust-people")
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("question", ["growth team", "who is the growth squad?", "who owns team growth"])
def test_a_name_that_is_said_to_be_a_team_s_is_no_asset_of_that_name(
    baton: Baton, tmp_path: Path, question: str
) -> None:
    (tmp_path / "catalog.yaml").write_text(
        "teams: [{name: Growth}, {name: Marketing}]\nassets:\n"
        "  - {name: growth, kind: service, owner: Marketing}\n  - {name: checkout, kind: service, owner: Growth}\n"
    )
    assert baton("catalog", "import", "baton", tmp_path / "catalog.yaml").code == 0
    assert baton("ask", question).out.startswith("Growth owns 1 thing")
    assert baton("ask", "growth").out.startswith("Marketing owns growth.")


@pytest.mark.usefixtures("catalog")
def test_an_answer_for_a_person(baton: Baton) -> None:
    ran = baton("ask", "who looks after the payments database?")
    assert ran.out.startswith("Payments (#payments) owns payments-db.")
    assert "From baton, last read" in ran.out
    assert "<" not in ran.out


def test_who_slack_knows_is_called_by_name_in_a_terminal(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(
        "people: [{name: Jo Ode, slack: U0000JO1, email: jo@example.com}]\n"
        "teams: [{name: Wardens, channel: C00000WARD, members: [jo@example.com]}]\n"
        "assets:\n"
        "  - {name: ledger, kind: service, owner: 'person:jo@example.com'}\n"
        "  - {name: gate, kind: service, owner: Wardens}\n"
    )
    baton("catalog", "import", "baton", tmp_path / "catalog.yaml", "--trust-people")
    assert baton("ask", "ledger").out.splitlines()[0] == "Jo Ode owns ledger."
    assert "Jo Ode has owned it since" in baton("ask", "ledger history").out
    assert "Only Jo Ode knows it" in baton("ask", "ledger").out
    assert baton("ask", "gate").out.splitlines()[0] == "Wardens (#C00000WARD) owns gate."
    assert "Jo Ode" in baton("team", "show", "Wardens").out


def test_patterns_are_shown_as_they_were_written(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("# baton: repository acme/shop\n/docs/**/*.md @acme/docs\n")
    baton("catalog", "import", "codeowners", tmp_path / "CODEOWNERS")
    assert "docs owns acme/shop:/docs/**/*.md." in baton("ask", "docs/guide/start.md").out
    assert "Name its repository, too, as in `src/app.py in shop`." in baton("ask", "lib/x.py").out


@pytest.mark.parametrize("branch", ["hotfix", "wip", "release", "dependabot", "ann"])
def test_a_branch_that_may_end_before_a_folder_of_somebody_s_is_asked_back(
    baton: Baton, tmp_path: Path, branch: str
) -> None:
    (tmp_path / "CODEOWNERS").write_text("* @acme/base\n/src/ @acme/core\n/lib/ @acme/base\n")
    assert baton("catalog", "import", "codeowners", tmp_path / "CODEOWNERS", "--repository", "acme/shop").code == 0
    ran = baton("ask", f"https://github.com/acme/shop/blob/{branch}/src/x.ts")
    assert " owns " not in ran.out.splitlines()[0]
    assert "acme/shop:/src/" in ran.out
    assert "acme/shop:*" in ran.out
    # All ways to read it come to one owner
    assert baton("ask", f"https://github.com/acme/shop/blob/{branch}/lib/x.ts").out.startswith("base owns ")


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    "thing", ["load balancer", "dead letter queue", "grafana dashboard", "helm chart", "wiki page"]
)
@pytest.mark.parametrize(
    "question", ["who owns the checkout {}?", "whose is checkout's {}", "who owns the {} of checkout"]
)
def test_what_a_service_has_is_no_service(baton: Baton, question: str, thing: str) -> None:
    said = baton("ask", question.format(thing)).out.splitlines()
    assert "Did you mean" in said[0]
    assert said[1:] == ["• checkout · service · Payments"]


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize("question", ["checkout pipeline", "who owns the ci pipeline of checkout?"])
def test_whoever_owns_all_is_not_said_to_own_a_part_by_itself(baton: Baton, question: str) -> None:
    said = baton("ask", question).out
    assert said.startswith(
        "Nobody is named for CI and deployments of checkout alone. Payments (#payments) owns checkout"
    )


def test_an_organisation_that_nobody_said_is_no_folder(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "docs" / ".git").mkdir(parents=True)
    (tmp_path / "docs" / "CODEOWNERS").write_text("* @acme/base\n/src/ @acme/core\n")
    ran = baton("catalog", "import", "codeowners", tmp_path / "docs")
    assert "called 'docs', as its folder is; say what it is called with --repository" in ran.err
    assert baton("ask", "docs:src/x.py").out.startswith("core owns docs:/src/.")
    assert baton("ask", "acme/docs/src/x.py").out.startswith(
        "Which of these do you mean?\n• docs:/src/ · path · core\n"
    )


@pytest.mark.usefixtures("catalog")
def test_a_team_is_shown(baton: Baton) -> None:
    ran = baton("team", "show", "payments")
    assert ran.out.splitlines()[0] == "Payments (#payments) owns 3 things."
    assert "• payments-db · database" in ran.out.splitlines()
    told = json.loads(baton("team", "show", "@payments", "--json").out)
    assert (told["team"], told["channel"], told["members"]) == ("Payments", "#payments", [])
    assert [each["asset"] for each in told["owns"]] == ["checkout", "invoices", "payments-db"]
    ran = baton("team", "show", "paymets")
    assert (ran.code, ran.err) == (1, "There is no team of that name. Did you mean Payments?\n")


def test_a_team_says_who_leads_and_who_manages_it(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text("teams: [{name: Wardens, lead: jo@x.test, manager: mona@x.test}]\n")
    baton("catalog", "import", "baton", file, "--trust-people")
    assert "led by jo@x.test, managed by mona@x.test" in baton("team", "show", "wardens").out
    told = json.loads(baton("team", "show", "wardens", "--json").out)
    assert (told["lead"], told["manager"]) == ("jo@x.test", "mona@x.test")
    assert "  manager: mona@x.test\n" in baton("catalog", "export").out
    file.write_text("teams: [{name: Wardens, lead: jo@x.test, manager: nils@x.test}]\n")
    assert "~ team Wardens" in baton("catalog", "import", "baton", file, "--dry-run").out


def test_the_name_of_a_team_leads_to_what_it_owns(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("teams: [{name: Wardens, aliases: [custody]}]\n")
    baton("catalog", "import", "baton", tmp_path / "catalog.yaml", "--trust-people")
    assert baton("ask", "who owns custody?").out.startswith("Wardens owns nothing.")


def test_a_person_and_teams_of_one_last_word_are_found_by_name(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(
        "people: [{name: Jo Ode, email: jo@example.com}]\n"
        "teams: [{name: acme/payments/backend}, {name: acme/orders/backend}, {name: acme/orders/web}]\n"
        "assets: [{name: gate, kind: service, owner: 'person:jo@example.com'}]\n"
    )
    baton("catalog", "import", "baton", tmp_path / "catalog.yaml", "--trust-people")
    assert baton("ask", "who owns Jo Ode?").out.startswith("Jo Ode")
    assert json.loads(baton("ask", "--json", "who owns Jo Ode?").out)["owner"] == "Jo Ode"
    twins = json.loads(baton("ask", "--json", "who owns backend?").out)
    assert (twins["status"], twins["suggestions"]) == ("several", ["acme/orders/backend", "acme/payments/backend"])
    assert "Which of these teams do you mean?" in baton("ask", "who owns backend?").out
    assert json.loads(baton("ask", "--json", "who owns the web team?").out)["owner"] == "acme/orders/web"


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize("said", ["thanks", "hi", "what can you do", "thanks payments team!", "cc Payments", "ok"])
def test_what_asks_for_nothing_names_no_owner(baton: Baton, said: str) -> None:
    found = json.loads(baton("ask", "--json", said).out)
    assert (found["status"], found["owner"], found["suggestions"]) == ("unknown", None, [])
    assert "payments-db" in baton("ask", said).out  # as an example of what can be asked


OWNED = """\
people: [{name: Jo Ode, email: jo@example.com}, {name: Jo Lee, email: jl@example.com}]
teams: [{name: Wardens, members: [jo@example.com]}]
assets:
  - {name: gate, kind: service, owner: Wardens}
  - {name: key-press, kind: service, owner: jo@example.com}
"""


@pytest.fixture
def owned(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(OWNED)
    assert baton("catalog", "import", "baton", tmp_path / "catalog.yaml", "--trust-people").code == 0


@pytest.mark.usefixtures("owned")
def test_what_a_person_and_a_team_own(baton: Baton) -> None:
    for question in ("what does Jo Ode own?", "what does @jo.ode own", "what is jo@example.com responsible for?"):
        assert baton("ask", question).out == (
            "Jo Ode is in one team:\n• Wardens · owns 1 thing\nIn person, they own 1 thing:\n"
            "• key-press · service · ! only one person knows it\n"
        )
    told = json.loads(baton("ask", "--json", "what does jo ode own?").out)
    assert told["status"] == "owner"
    assert [(each["ref"], each["areas"]) for each in told["owns"]] == [("service:key-press", ["all"])]
    assert told["teams"] == [{"team": "Wardens", "owns": 1}]
    assert baton("ask", "what does the wardens team own").out.startswith("Wardens owns 1 thing.")
    assert json.loads(baton("ask", "--json", "what does wardens own?").out)["count"] == 1


@pytest.mark.usefixtures("owned")
def test_whose_things_are_asked_for_is_asked_back_where_it_is_not_plain(baton: Baton) -> None:
    assert baton("ask", "what does Jo own?").out.startswith("Whom do you mean?\n• Jo Lee")
    assert baton("ask", "what does @wardns own?").out == (
        "I know no person or team called @wardns. Did you mean one of these?\n• Wardens\n"
    )
    told = json.loads(baton("ask", "--json", "what does @wardns own?").out)
    assert told == {"status": "unknown", "understood_as": "@wardns", "suggestions": ["Wardens"]}
    ran = baton("ask", "what do I own?")
    assert ran.code == 1
    assert "ask by name" in ran.err


def _give_up(store: sqlite3.Connection, asset_id: int, area: str, reason: str) -> None:
    """Let the one team of the catalog have given up an area, for a reason."""
    store.execute(
        "INSERT INTO releases (asset_id, areas, team_id, reason, asked_by, asked_at, decided_by, decided_at) "
        "SELECT ?, ?, teams.id, ?, people.id, '2026-01-01 00:00:00', people.id, '2026-01-01 00:00:00' "
        "FROM teams, people LIMIT 1",
        (asset_id, json.dumps([area]), reason),
    )


@pytest.mark.usefixtures("owned")
def test_what_was_given_up_says_why(baton: Baton, database: Path) -> None:
    with closing(sqlite3.connect(database)) as store, store:
        [(gate,)] = store.execute("SELECT id FROM assets WHERE name = 'gate'").fetchall()
        store.execute("UPDATE ownerships SET valid_to = '2026-01-01 00:00:00' WHERE asset_id = ?", (gate,))
        _give_up(store, gate, "all", "No longer used")
    assert "Nobody owns gate. Wardens gave it up on 2026-01-01: No longer used" in baton("ask", "gate").out
    told = json.loads(baton("ask", "--json", "gate").out)
    assert (told["status"], told["owner"], told["reason"]) == ("unowned", None, "No longer used")


@pytest.mark.usefixtures("owned")
def test_what_is_owned_but_for_a_part_is_not_said_to_be_owned(baton: Baton, database: Path) -> None:
    assert json.loads(baton("ask", "--json", "gate").out)["status"] == "owned"
    with closing(sqlite3.connect(database)) as store, store:
        [(gate,)] = store.execute("SELECT id FROM assets WHERE name = 'gate'").fetchall()
        store.execute("UPDATE ownerships SET area = 'application' WHERE asset_id = ?", (gate,))
        _give_up(store, gate, "database", "Moved")
    told = json.loads(baton("ask", "--json", "gate").out)
    assert (told["status"], told["owner"], told["without_owner"]) == ("partly_owned", "Wardens", ["database"])


@pytest.mark.usefixtures("owned")
def test_what_is_owned_but_for_a_part_whose_owner_is_gone_is_not_said_to_be_owned(baton: Baton, database: Path) -> None:
    with closing(sqlite3.connect(database)) as store, store:
        columns = [each[1] for each in store.execute("PRAGMA table_info(ownerships)") if each[1] != "id"]
        names = ", ".join(columns)
        lost = ", ".join({"area": "'database'", "team_id": "99"}.get(each, each) for each in columns)
        teams = [
            each[1] for each in store.execute("PRAGMA table_info(teams)") if each[1] not in ("id", "folded", "name")
        ]
        rest = ", ".join(teams)
        gone = ", ".join("'2026-01-01 00:00:00'" if each == "gone_at" else each for each in teams)
        wardens = f"SELECT 99, 'Gone', 'gone', {gone} FROM teams WHERE name = 'Wardens'"
        store.execute(f"INSERT INTO teams (id, name, folded, {rest}) {wardens}")
        of_gate = "asset_id = (SELECT id FROM assets WHERE name = 'gate')"
        store.execute(f"INSERT INTO ownerships ({names}) SELECT {lost} FROM ownerships WHERE {of_gate}")
    told = json.loads(baton("ask", "--json", "gate").out)
    assert (told["status"], told["owner"], told["without_owner"]) == ("partly_owned", "Wardens", ["database"])


def test_what_an_owner_is_named_for_is_said_as_in_the_text(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "assets.csv").write_text(
        "name,owner,area\ngate,Wardens,\ndoor,Wardens,database\nlock,Wardens,application\n"
    )
    baton("catalog", "import", "csv", tmp_path / "assets.csv")

    def told(question: str) -> tuple[str, str, list[str], list[str]]:
        found = json.loads(baton("ask", "--json", question).out)
        return found["status"], found["owner"], found["owner_of"], found["without_owner"]

    assert "Nobody is named for CI and deployments of gate alone." in baton("ask", "gate pipeline").out
    assert told("gate pipeline") == ("owned", "Wardens", ["all"], [])
    assert told("gate") == ("owned", "Wardens", ["all"], [])
    assert "The rest has no owner." in baton("ask", "door").out
    assert told("door") == ("partly_owned", "Wardens", ["database"], ["all"])
    assert told("who owns the database of door?") == ("owned", "Wardens", ["database"], [])
    assert told("lock") == ("owned", "Wardens", ["application"], [])


def test_a_question_makes_no_database(baton: Baton, database: Path) -> None:
    for words in (("ask", "payments-db"), ("catalog", "misses"), ("team", "rename", "a", "b")):
        ran = baton(*words)
        assert (ran.code, "There is no database at" in ran.err) == (1, True)
        assert not database.exists()


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    ("question", "status", "asset", "owner"),
    [
        ("payments-db", "owned", "payments-db", "Payments"),
        ("who owns chekcout?", "owned", "checkout", "Payments"),
        ("old-cron", "unowned", "old-cron", None),
        ("sandbox", "unowned_on_purpose", "sandbox", None),
        ("invoices", "several", None, None),
        ("zeppelin", "unknown", None, None),
    ],
)
def test_an_answer_for_a_program(
    baton: Baton, question: str, status: str, asset: str | None, owner: str | None
) -> None:
    answer = json.loads(baton("ask", question, "--json").out)
    assert set(answer) >= FIELDS
    assert (answer["status"], answer["asset"], answer["owner"]) == (status, asset, owner)


@pytest.mark.usefixtures("catalog")
def test_a_question_a_line_is_answered_a_line_in_order(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"checkout\n\nzeppelin\npayments_db\n")
    lines = [json.loads(line) for line in baton("ask", "--stdin", "--json").out.splitlines()]
    assert [line["status"] for line in lines] == ["owned", "unknown", "unknown", "owned"]
    assert [line["asset"] for line in lines] == ["checkout", None, None, "payments-db"]


@pytest.mark.usefixtures("catalog")
def test_wrong_usage_says_what_to_give(baton: Baton) -> None:
    ran = baton("ask")
    assert ran.code == 2
    assert "give a question" in ran.err


def test_without_a_schema_it_says_what_to_run(baton: Baton, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE another (id INTEGER)")
    ran = baton("ask", "checkout")
    assert ran.code == 1
    assert "baton db upgrade" in ran.err


def test_who_owned_it_then(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "baton.yaml"
    file.write_text(
        "baton: 1\nteams: [{name: Payments}, {name: Platform}]\nassets: [{name: ledger, owner: Payments}]\n"
    )
    baton("catalog", "import", "baton", file, "--trust-people")
    today = datetime.now(UTC).date().isoformat()
    found = json.loads(baton("ask", "--json", f"who owned ledger on {today}?").out)
    assert (found["status"], found["owner"], found["on"][:10]) == ("owned", "Payments", today)
    assert json.loads(baton("ask", "--json", "--on", today, "ledger").out)["owner"] == "Payments"
    early = json.loads(baton("ask", "--json", "--on", "2001-01-01", "ledger").out)
    assert (early["status"], early["owner"], early["known_since"][:10]) == ("unknown", None, today)
    file.write_text(file.read_text().replace("owner: Payments", "owner: Platform"))
    baton("catalog", "import", "baton", file, "--trust-people")
    told = json.loads(baton("ask", "--json", "ledger history").out)
    assert [(each["owner"], each["until"] is None) for each in told["history"]] == [
        ("Platform", True),
        ("Payments", False),
    ]
    assert "Owners of ledger, the latest first" in baton("ask", "history of ledger").out
    for question in ("who owned ledger before us?", "who previously owned ledger?", "former owners of ledger"):
        assert "Owners of ledger, the latest first" in baton("ask", question).out, question
    for question in ("who owns ledger before the audit?", "the owner of ledger"):
        assert "latest first" not in baton("ask", question).out, question
    wrong = baton("ask", "--on", "3.3.2026", "ledger")
    assert (wrong.code, wrong.out) == (2, "")
    assert "'3.3.2026' is no day; write it as in 2026-03-03." in wrong.err
    later = baton("ask", "--on", "2999-01-01", "ledger")
    assert (later.code, "is still to come" in later.err) == (1, True)
