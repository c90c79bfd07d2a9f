"""`baton eol due`, `report`, `timeline` and `calendar`: the questions of Slack at the command line."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import struct
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.cli._terminal import cell
from bot.cli.eol import rows
from bot.cli.eol.rows import COLUMNS
from bot.clients import ical
from bot.domain.eol.records import Charge
from bot.domain.eol.timeline import timeline
from bot.samples import reports as samples
from bot.samples.eol import TODAY
from tests.blocks.test_eol_standing import PLAN, entry_of, report_of, with_charges
from tests.cli.conftest import Baton

CATALOG = """\
teams:
  - {name: Payments, channel: "#payments"}
  - name: Search
assets:
  - {name: payments-db, kind: database, owner: Payments, tier: 1, runs: [postgres@11.22 on aws-rds in production]}
  - {name: refunds, kind: service, owner: Payments, runs: [nodejs@22, mystery@1.0]}
  - {name: search-api, kind: api, owner: Search, runs: [python@3.12]}
  - {name: "=HYPERLINK(1)", kind: service, owner: Search, runs: [python@3.8]}
  - {name: old-cron, kind: service, runs: [python@3.9]}
"""


@pytest.fixture
def catalog(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(CATALOG)
    ran = baton("catalog", "import", "baton", tmp_path / "catalog.yaml")
    assert ran.code == 0, ran.err


def due(baton: Baton, *words: str) -> dict[str, object]:
    ran = baton("eol", "due", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, object] = json.loads(ran.out)
    return found


def brief(found: dict[str, object]) -> dict[str, str]:
    return {f"{each['product']} {each['cycle']}": each["status"] for each in found["due"]}  # type: ignore[attr-defined]  # JSON


@pytest.mark.usefixtures("catalog")
def test_what_is_due_on_a_day(baton: Baton) -> None:
    early = due(baton, "--on", "2026-02-15", "--team", "payments")
    assert brief(early) == {"amazon-rds-postgresql 11": "soon"}  # dearer from April
    late = due(baton, "--on", "2027-05-01", "--team", "payments")
    assert brief(late) == {"nodejs 22": "overdue", "amazon-rds-postgresql 11": "overdue"}
    assert [each["asset"] for each in late["unknown"]] == ["refunds"]  # type: ignore[attr-defined]  # JSON
    assert late["is_all_clear"] is False
    assert late["on"] == "2027-05-01"


@pytest.mark.usefixtures("catalog")
def test_the_fields_of_a_deadline(baton: Baton) -> None:
    [found] = due(baton, "payments-db", "--on", "2026-11-25")["due"]  # type: ignore[misc]  # JSON
    assert found == {
        "status": "paid",
        "addressee": "Payments",
        "team": "Payments",
        "taken_over_from": None,
        "product": "amazon-rds-postgresql",
        "product_label": "Amazon RDS for PostgreSQL",
        "cycle": "11",
        "kind": "eoes",
        "deadline": "2027-03-31",
        "days": 126,
        "is_past": False,
        "charge": "0.20 USD per vCPU-hour",
        "next_charge": None,
        "next_charge_from": None,
        "answer": None,
        "answer_until": None,
        "plan": None,
        "assets": [
            {
                "asset": "payments-db",
                "ref": "database:payments-db",
                "tier": 1,
                "version": "11.22",
                "environment": "production",
                "image": None,
            }
        ],
    }


@pytest.mark.usefixtures("catalog")
def test_a_person_reads_sentences(baton: Baton) -> None:
    ran = baton("eol", "due", "--on", "2026-11-25", "--team", "Payments")
    assert ran.out.startswith("Payments: 1 in extended support. 1 version is unknown.\n")
    assert "extended support ends 2027-03-31, in 126 days" in ran.out
    assert "mystery 1.0: unknown product" in ran.out
    assert "<" not in ran.out
    assert ":moneybag:" not in ran.out
    later = baton("eol", "due", "--on", "2027-02-01", "--team", "Payments").out
    assert later.startswith("Payments: 2 within 90 days; 1 charged now. 1 version is unknown.\n")


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("postgres", "11"), "PostgreSQL 11: 1 in extended support."),
        (("which", "python", "3.8", "do", "we", "still", "run?"), "Python 3.8: 1 overdue."),
        (("payments", "next", "year"), "Payments, next year: 1 in extended support, 1 later."),
        (("unknown",), "All teams: 1 version is unknown, so"),
    ],
)
def test_the_questions_of_slack(baton: Baton, question: tuple[str, ...], said: str) -> None:
    ran = baton("eol", "due", *question, "--on", "2026-11-25")
    assert ran.out.startswith(said), ran.out


@pytest.mark.usefixtures("catalog")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--team", "paymints"), "There is no team called 'paymints'. Did you mean 'Payments'?"),
        (("zzqq",), "Nothing is called 'zzqq'."),
        (("product", "postgressql"), "Did you mean"),
    ],
)
def test_a_name_that_nothing_has(baton: Baton, words: tuple[str, ...], said: str) -> None:
    ran = baton("eol", "due", *words)
    assert ran.code == 1
    assert said in ran.err


@pytest.mark.usefixtures("catalog")
def test_the_inventory_as_a_spreadsheet_runs_no_formula(baton: Baton) -> None:
    rows = list(csv.DictReader(io.StringIO(baton("eol", "report", "--csv").out)))
    assert tuple(rows[0]) == COLUMNS
    by_asset = {row["asset"]: row for row in rows}
    assert len(rows) == 6
    assert by_asset["'=HYPERLINK(1)"]["release_cycle"] == "3.8"
    assert by_asset["payments-db"]["deadline"] == "2027-03-31"
    assert by_asset["payments-db"]["eol"] == "2024-02-29"
    assert by_asset["old-cron"]["team"] == ""
    mystery = next(row for row in rows if row["product"] == "mystery")
    assert (mystery["status"], mystery["urgency"], mystery["deadline"]) == ("unknown_product", "unknown", "")


@pytest.mark.usefixtures("catalog")
def test_the_inventory_of_a_team_as_json(baton: Baton) -> None:
    lines = baton("eol", "report", "--team", "search", "--json").out.splitlines()
    assert [json.loads(line)["asset"] for line in lines] == ["=HYPERLINK(1)", "search-api"]
    assert baton("eol", "report", "--csv", "--json").code == 2
    assert "Search: " in baton("eol", "report", "--team", "search").out


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_begins_like_a_formula_is_text(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_a_cell_that_is_none() -> None:
    assert [cell(each) for each in (None, -5, "a=b", 1.5)] == ["", "-5", "a=b", "1.5"]


@pytest.mark.usefixtures("catalog")
def test_a_timeline_with_its_words(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "timeline.png"
    ran = baton("eol", "timeline", "--team", "payments", "-o", file)
    assert (ran.code, ran.err) == (0, "")
    assert struct.unpack(">I", file.read_bytes()[16:20]) == (1200,)
    assert "Amazon RDS for PostgreSQL 11" in ran.out
    refused = baton("eol", "timeline", "-o", tmp_path / "nowhere" / "x.png")
    assert (refused.code, "cannot be written" in refused.err) == (1, True)


@pytest.mark.usefixtures("catalog")
def test_a_calendar_is_made_and_revoked(baton: Baton, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = baton("eol", "calendar", "--team", "payments")
    assert (refused.code, "BATON_PUBLIC_URL" in refused.err) == (1, True)
    monkeypatch.setenv("BATON_PUBLIC_URL", "https://baton.example.test/")
    first = baton("eol", "calendar", "--team", "payments").out
    assert first.startswith("https://baton.example.test/calendar/")
    assert first.endswith(".ics\n")
    assert len(first[36:100]) == 64
    assert baton("eol", "calendar", "--team", "payments").out != first
    with sqlite3.connect(database) as connection:
        assert first[36:100] not in str(connection.execute("SELECT * FROM calendar_links").fetchall())
    assert baton("eol", "calendar", "--team", "payments", "--revoke").out == "2 addresses have ended.\n"
    assert baton("eol", "calendar", "--team", "payments", "--revoke").out == "0 addresses have ended.\n"


@pytest.mark.parametrize(
    "url", ["baton.example.test", "ftp://x", "https://", "https://x/?a=1", "https://x y", "https://<x>"]
)
def test_an_address_that_is_none_is_refused(baton: Baton, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("BATON_PUBLIC_URL", url)
    ran = baton("eol", "calendar")
    assert (ran.code, "BATON_PUBLIC_URL" in ran.err) == (1, True)


def test_what_ended_nobody_knows_when_has_no_date_in_rows_calendars_and_pictures() -> None:
    unknown = 0
    for report in samples.reports("payments-db"):
        found = [*rows.inventory(report), *(rows.entry(each, report) for each in report.entries)]
        unknown += sum(row["deadline"] is None and row["urgency"] == "overdue" for row in found if "urgency" in row)
        shown = repr(found) + ical.calendar(report, {}, name="Payments").decode()
        shown += repr([row.said(report.today) for row in timeline(report, title="Payments").rows])
        assert not re.search(r"2000-01-01|20000101|-9\d{3}\b|datetime\.date\(2000", shown)
    assert unknown


@pytest.mark.usefixtures("catalog")
def test_a_row_without_a_version_is_an_unknown_version(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "assets.csv").write_text(
        "name,kind,owner,engine,version\nledger-db,database,Search,PostgreSQL,\nstore-db,database,Search,MySQL,5.7\n"
    )
    ran = baton("catalog", "import", "csv", tmp_path / "assets.csv")
    assert ran.code == 0
    assert "counts as an unknown one" in ran.out + ran.err
    found = due(baton, "--team", "search")
    unknown = [(each["asset"], each["product"]) for each in found["unknown"]]  # type: ignore[attr-defined]  # JSON
    assert unknown == [("ledger-db", "PostgreSQL")]
    assert "mysql 5.7" in brief(found)
    assert "ledger-db" in baton("eol", "due", "unknown", "--team", "search").out


def test_money_and_a_plan_that_was_not_kept_are_in_the_fields_and_in_the_calendar() -> None:
    card = with_charges(Charge(TODAY - timedelta(29)), Charge(TODAY + timedelta(9), Decimal("0.20")))
    plan = replace(PLAN, until=TODAY - timedelta(3))
    card = replace(card, reminder=replace(card.reminder, answers=(plan,)))
    entry, report = entry_of(card), report_of(card)
    found = rows.entry(entry, report)
    assert (found["charge"], found["next_charge"]) == ("price not known", "0.20 USD per vCPU-hour")
    assert found["next_charge_from"] == (TODAY + timedelta(9)).isoformat()
    assert (found["answer"], found["answer_until"]) == ("plan not kept", None)
    [row] = rows.inventory(report)
    assert (row["charge"], row["next_charge_from"]) == ("price not known", TODAY + timedelta(9))
    assert row["answer"] == "plan not kept"
    written = ical.calendar(report, {}, name="x").decode().replace("\r\n ", "")
    assert "Charged now\\, price not known" in written
    assert "Planned for" not in written
