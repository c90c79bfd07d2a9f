"""`baton handoff bulk`: planned as a dry run, line by line, and offered once."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Baton
from tests.cli.handing_over import ORG, hand_over

ASSETS = """\
baton: 1
teams:
  - {name: ghosts}
assets:
  - {name: shop, kind: system, owner: devops}
  - {name: orders, owner: devops, part-of: shop, tier: 1}
  - name: orders-db
    kind: database
    part-of: shop
    owners: {application: payments, database: devops, networking: devops}
  - {name: index, owner: devops}
  - {name: index, kind: database, owner: devops}
  - {name: contested, owner: devops}
  - {name: basket, owner: payments, tier: 1}
"""
LIST = """\
Asset;Area;Giver;Receiver
orders;;devops;payments
orders-db;;DevOps;payments
index;;devops;payments
service:index;;devops;search
nothing-like-it;;devops;payments
orders-db;frontend;devops;payments
basket;;devops;search
contested;;devops;payments
orders;;devops;search
orders;;devops;ghosts
orders;;nobody-knows;payments
shop;;devops;devops
"""


@pytest.fixture(autouse=True)
def organisation(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text(ORG)
    (tmp_path / "assets.yaml").write_text(ASSETS)
    (tmp_path / "other.csv").write_text("name,owner\ncontested,search\n")
    (tmp_path / "list.csv").write_text(LIST)
    baton("catalog", "import", "baton", "org.yaml", "--source", "org", "--trust-people")
    baton("catalog", "import", "baton", "assets.yaml", "--source", "assets")
    baton("catalog", "import", "csv", "other.csv")


def rows(database: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_dry_run_says_what_would_be_offered_and_why_not(baton: Baton, database: Path) -> None:
    ran = baton("handoff", "bulk", "list.csv", "--dry-run")
    assert ran.code == 1
    assert (
        ran.out
        == """\
2 handoffs would be offered: 4 resources of 3 assets.
  devops -> payments, shop: 3
    service:orders
    database:orders-db (database)
    database:orders-db (networking)
  devops -> search, no system: 1
    service:index
left out: 9
  line 4, index: Several are called 'index': write one of database:index, service:index.
  line 6, nothing-like-it: The catalog has no 'nothing-like-it': write its name or ref as the catalog has it.
  line 7, orders-db (frontend): there is no area 'frontend': write one of all, application, ci-cd, infrastructure, \
database, containers, networking, monitoring, security, integrations.
  line 8, basket: devops owns no part of it alone.
  line 9, contested: who owns it is disputed.
  line 10, orders: line 2 has it already.
  line 11, orders: Nobody is in ghosts, so nobody could accept it: choose another team.
  line 12, orders: There is no team of that name.
  line 13, shop: devops has it already.
what they would have:
  warning: payments: 1 person, 3 assets (2 now), 2 of tier 1; \
3 assets a person, the median of 1 other team is 1 (1 a team)
  search: 1 person, 2 assets (1 now), 0 of tier 1; \
2 assets a person, the median of 1 other team is 2 (2 a team)
"""
    )
    assert rows(database, "SELECT * FROM handoffs") == []


def test_it_is_offered_once(baton: Baton, database: Path) -> None:
    ran = baton("handoff", "bulk", "list.csv", "--as", "dev@example.com")
    assert ran.out.startswith(
        "2 handoffs offered: 4 resources of 3 assets.\n  #1 devops -> payments, shop: 3\n  #2 devops"
    )
    assert rows(database, "SELECT state, count(*) FROM handoff_resources GROUP BY state") == [("offered", 4)]
    [(detail,)] = rows(database, "SELECT detail FROM audit_log WHERE action = 'handoff.bulk' AND actor = 'cli'")
    assert '"handoffs": [1, 2]' in detail
    assert (
        "#2 devops -> search, no system: 1 (nobody was told: give search a channel, or send them /handoff show 2)"
        in ran.out
    )
    cards = "SELECT count(*) FROM outbox WHERE key LIKE 'handoff.card:%'"
    assert rows(database, cards) == [(1,)]
    again = baton("handoff", "bulk", "list.csv", "--as", "dev@example.com")
    assert again.out.startswith(
        "0 handoffs offered.\noffered before: 4\n  line 2, orders: it is in handoff #1 already.\n"
    )
    assert rows(database, cards) == [(1,)]


def test_nobody_is_told_in_a_channel_that_other_organisations_are_in(baton: Baton, database: Path) -> None:
    Path("one.csv").write_text("asset,giver,receiver\norders,devops,payments\n")
    connection = sqlite3.connect(database)
    columns = "(channel_id, name, is_shared, seen_at) VALUES ('C1', 'team-payments', 1, '2026-01-01 00:00:00')"
    connection.execute(f"INSERT INTO slack_channels {columns}")
    connection.commit()
    connection.close()
    assert "nobody was told" in baton("handoff", "bulk", "one.csv", "--as", "dev@example.com").out
    assert rows(database, "SELECT count(*) FROM outbox") == [(0,)]


def test_what_came_to_nothing_is_not_offered_again_either(baton: Baton, database: Path) -> None:
    Path("one.csv").write_text("asset,giver,receiver\norders,devops,payments\n")
    assert baton("handoff", "bulk", "one.csv", "--as", "dev@example.com").code == 0
    for state in ("declined", "expired", "withdrawn"):
        connection = sqlite3.connect(database)
        connection.execute("UPDATE handoff_resources SET state = ?", [state])
        connection.commit()
        connection.close()
        ran = baton("handoff", "bulk", "one.csv", "--as", "dev@example.com")
        assert ran.out.endswith(f"\n  line 2, orders: in handoff #1 it was {state}: offer it again there.\n")
        assert (ran.code, rows(database, "SELECT count(*) FROM handoffs")) == (0, [(1,)])


def test_what_has_passed_is_somebody_elses(baton: Baton, database: Path) -> None:
    hand_over(database, ["service:orders"])
    Path("one.yaml").write_text("- {asset: orders, area: all, giver: devops, receiver: payments}\n")
    ran = baton("handoff", "bulk", "one.yaml", "--dry-run")
    assert (ran.code, "devops does not own orders (all): look who does." in ran.out) == (1, True)


def test_everything_of_a_team_or_of_one_system(baton: Baton) -> None:
    words = ("handoff", "bulk", "--from", "devops", "--to", "payments", "--dry-run")
    ran = baton(*words, "--system", "shop")
    assert ran.out.splitlines()[:6] == [
        "1 handoff would be offered: 4 resources of 3 assets.",
        "  devops -> payments, shop: 4",
        "    service:orders",
        "    database:orders-db (database)",
        "    database:orders-db (networking)",
        "    system:shop",
    ]
    assert ran.code == 0
    every = baton(*words)
    assert every.out.startswith("2 handoffs would be offered: 6 resources of 5 assets.\n")
    assert "contested: who owns it is disputed." in every.out


def test_whoever_offers_has_to_be_of_the_giving_team(baton: Baton, database: Path) -> None:
    Path("one.csv").write_text("asset,giver,receiver\norders,devops,payments\n")
    ran = baton("handoff", "bulk", "one.csv", "--as", "pay@example.com")
    assert (ran.code, "Pay is not in devops, which has to offer it." in ran.out) == (1, True)
    assert rows(database, "SELECT * FROM handoffs") == []
    assert baton("handoff", "bulk", "one.csv", "--as", "who@example.com").err.startswith("There is no person 'who@")
    assert "say with --as who offers it" in baton("handoff", "bulk", "one.csv").err
    assert "give a file, or --from and --to" in baton("handoff", "bulk", "--dry-run").err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "asset,owner\nx,y\n", "a.csv has no column 'giver'"),
        ("a.csv", "asset,giver,receiver\nx,,z\n", "a.csv:2 has no giver"),
        ("a.csv", "asset,giver,receiver\n", "a.csv has no line"),
        ("a.yaml", "handoffs:\n  - {asset: x, giver: y, to: z}\n", "a.yaml:2: a line has an unknown key 'to'"),
        ("a.yaml", "- asset: [", "a.yaml:2: is not valid YAML"),
        ("a.yaml", "- {asset: \0}", "a.yaml is not a text file."),
        ("b.csv", None, "b.csv cannot be read"),
    ],
)
def test_half_a_list_is_no_list(baton: Baton, name: str, text: str | None, said: str) -> None:
    if text is not None:
        Path(name).write_text(text)
    ran = baton("handoff", "bulk", name, "--dry-run")
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_all_that_is_wrong_with_a_list_is_said_at_once(baton: Baton) -> None:
    Path("a.yaml").write_text("- {asset: [x], giver: y, receiver: z}\n- {asset: x, giver: y, receiver: z, to: z}\n")
    ran = baton("handoff", "bulk", "a.yaml", "--dry-run")
    assert (ran.code, ran.out) == (1, "")
    assert [each[:9] for each in ran.err.splitlines()[:2]] == ["a.yaml:1:", "a.yaml:2:"]
    assert ran.err.endswith("Nothing is offered until that is corrected.\n")


def test_a_load_far_above_that_of_the_other_teams_is_a_warning(baton: Baton, tmp_path: Path) -> None:
    names = [f"thing-{number}" for number in range(15)]
    (tmp_path / "many.csv").write_text("name,owner\n" + "".join(f"{name},devops\n" for name in names))
    baton("catalog", "import", "csv", "many.csv", "--source", "many")
    lines = "".join(f"{name},,devops,search\n" for name in names)
    (tmp_path / "list.csv").write_text(f"asset,area,giver,receiver\n{lines}")
    out = baton("handoff", "bulk", "list.csv", "--dry-run").out
    assert "  warning: search: 1 person, 16 assets (1 now), 0 of tier 1; 16 assets a person" in out


def test_the_card_says_what_runs_out_of_support_with_what_is_offered(
    baton: Baton, database: Path, tmp_path: Path
) -> None:
    (tmp_path / "old.yaml").write_text("baton: 1\nassets:\n  - {name: cron, owner: devops, runs: [python@3.8]}\n")
    baton("catalog", "import", "baton", "old.yaml", "--source", "old")
    Path("one.csv").write_text("asset,giver,receiver\ncron,devops,payments\n")
    ran = baton("handoff", "bulk", "one.csv", "--as", "dev@example.com")
    assert ran.code == 0, ran.err
    [(body,)] = rows(database, "SELECT body FROM outbox WHERE key = 'handoff.card:1'")
    assert "Comes with it: *Python 3.8*" in body
