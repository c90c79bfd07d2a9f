"""`baton catalog import auto`, the grouped diff, `sources`, `misses` and `export`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.ports import SystemClock
from bot.services import misses
from bot.services.deps import Deps
from bot.store.db import Database
from tests.cli.conftest import Baton
from tests.conftest import REPOSITORY

TEAMS = """\
baton: 1
teams:
- name: Payments
  members: [ada@x.test, grace@x.test]
- name: Platform
assets:
- {name: checkout, owner: Payments}
- {name: build, kind: pipeline, owner: Platform}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files of several formats, two of them called CODEOWNERS."""
    made = tmp_path / "everything"
    for name, text in {
        "baton.yaml": TEAMS,
        "a/CODEOWNERS": "# baton: repository acme/a\n* @acme/platform\n",
        "b/.gitlab/CODEOWNERS": "# baton: repository acme/b\n[Docs] @acme/payments\n/docs/\n",
        "cart/opslevel.yml": "version: 1\nservice: {name: cart, owner: payments}\n",
        "things.csv": "service,team\nsearch,Platform\n",
        "notes.txt": "nothing\n",
        "values.yaml": "a: 1\n",
    }.items():
        file = made / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return made


def test_auto_imports_each_format_as_its_own_source(baton: Baton, folder: Path) -> None:
    ran = baton("catalog", "import", "auto", folder, "--trust-people")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split(":")[0] for line in ran.out.splitlines() if "imported" in line] == [
        "baton",
        "opslevel",
        "codeowners",
        "gitlab-codeowners",
        "csv",
    ]
    listed = json.loads(baton("catalog", "sources", "--json").out)
    assert {each["name"]: (each["assets"], each["outcome"]) for each in listed} == {
        "baton": (2, "imported"),
        "opslevel": (1, "imported"),
        "gitlab-codeowners": (2, "imported"),
        "codeowners": (2, "imported"),
        "csv": (1, "imported"),
    }
    assert "opslevel" in baton("catalog", "sources").out
    assert json.loads(baton("ask", "--json", "who owns search?").out)["owner"] == "Platform"


def test_what_lies_in_githubs_folder_is_githubs(baton: Baton, tmp_path: Path) -> None:
    for folder in (".github", ".gitlab"):
        file = tmp_path / "checkout" / folder / "CODEOWNERS"
        file.parent.mkdir(parents=True)
        file.write_text("[ab] @acme/letters\n* @acme/platform\n")
    baton("catalog", "import", "auto", tmp_path / "checkout")
    listed = json.loads(baton("catalog", "sources", "--json").out)
    assert {each["name"] for each in listed} == {"codeowners", "gitlab-codeowners"}


def test_auto_says_what_it_cannot_place(baton: Baton, folder: Path, tmp_path: Path) -> None:
    ran = baton("catalog", "import", "auto", folder / "notes.txt")
    assert ran.code == 1
    assert "is in no format that Baton knows" in ran.err
    ran = baton("catalog", "import", "auto", tmp_path / "nowhere", folder / "things.csv")
    assert ran.code == 1
    assert "does not exist" in ran.err
    assert "csv: imported" in ran.out
    ran = baton("catalog", "import", "auto", folder, "--source", "one")
    assert ran.code == 2
    assert "--source can name one source" in ran.err


def test_a_dry_run_says_what_changes_for_which_team(baton: Baton, folder: Path) -> None:
    baton("catalog", "import", "baton", folder / "baton.yaml")
    (folder / "baton.yaml").write_text(
        TEAMS.replace(
            "- {name: build, kind: pipeline, owner: Platform}", "- {name: new, owner: [Payments, Platform]}"
        ).replace("checkout, owner: Payments", "checkout, owner: Platform")
    )
    ran = baton("catalog", "import", "baton", folder / "baton.yaml", "--dry-run")
    assert ran.out.splitlines() == [
        "baton: would be imported (assets: 1 added, 1 changed, 1 removed; facts: 2 added, 1 changed, 1 removed)",
        "  Payments",
        "    - service:checkout: Payments -> Platform",
        "    + service:new (with Platform)",
        "  Platform",
        "    - pipeline:build",
        "    + service:checkout: Payments -> Platform",
        "    + service:new (with Payments)",
    ]


def test_a_dry_run_of_several_sources_sees_what_the_ones_before_bring(
    baton: Baton, folder: Path, database: Path
) -> None:
    (folder / "things.csv").write_text("service,team,part of\ncheckout,Platform,\n")
    (folder / "baton.yaml").write_text(TEAMS.replace("owner: Payments}", "owner: Payments, part-of: cart}"))
    ran = baton("catalog", "import", "auto", folder, "--dry-run", "--trust-people")
    assert (ran.code, ran.err) == (0, ""), "what a source misses comes with one after it"
    assert "csv: would be imported (assets: 1 added; facts: 1 added; newly disputed: 1)" in ran.out
    assert "    ! service:checkout: disputed between Payments, Platform" in ran.out
    assert not database.exists()
    assert baton("catalog", "import", "auto", folder, "--trust-people").out == ran.out.replace("would be ", "")
    baton("catalog", "import", "auto", folder, "--dry-run", "--trust-people")
    assert "unchanged" in baton("catalog", "import", "auto", folder, "--trust-people").out


def test_what_matters_most_is_not_among_the_lines_left_out(baton: Baton, folder: Path) -> None:
    baton("catalog", "import", "baton", folder / "baton.yaml")
    rows = "".join(f"a-{number:03},Payments\n" for number in range(60))
    (folder / "things.csv").write_text(f"service,team\ncheckout,Platform\n{rows}")
    ran = baton("catalog", "import", "csv", folder / "things.csv")
    assert ran.out.count("disputed between Payments, Platform") == 2
    lines = ran.out.splitlines()
    assert sum(line.startswith("    ") for line in lines) == 40
    assert lines[-1] == "  … and 22 more; --json lists the first 61."
    titles = [at for at, line in enumerate(lines) if line.startswith("  ") and not line.startswith("    ")][:-1]
    assert all(lines[at + 1].startswith("    ") for at in titles), "a title without lines says nothing"


def test_a_new_dispute_is_said(baton: Baton, folder: Path) -> None:
    baton("catalog", "import", "baton", folder / "baton.yaml")
    (folder / "things.csv").write_text("service,team\ncheckout,Platform\n")
    ran = baton("catalog", "import", "csv", folder / "things.csv")
    assert "newly disputed: 1" in ran.out
    assert "    ! service:checkout: disputed between Payments, Platform" in ran.out
    report = json.loads(baton("catalog", "import", "csv", folder / "things.csv", "--json", "--dry-run").out)
    assert report["outcome"] == "unchanged"
    ran = baton("catalog", "export")
    assert "1 disputed, of which one side was written (service:checkout)" in ran.err


def test_misses_are_those_that_nobody_answers_yet(baton: Baton, folder: Path, database: Path) -> None:
    baton("catalog", "import", "baton", folder / "baton.yaml")

    async def miss() -> None:
        store = Database(f"sqlite:///{database}")
        for asked, is_public in (("the-ledger", True), ("the-ledger", True), ("search", True), ("secret-plan", False)):
            await misses.remember(Deps(store, SystemClock()), asked, asker="U1", is_public=is_public, is_asked=True)
        await store.close()

    asyncio.run(miss())
    listed = json.loads(baton("catalog", "misses", "--json").out)
    assert [(each["text"], each["times"]) for each in listed] == [("the-ledger", 2), ("search", 1)]
    baton("catalog", "import", "csv", folder / "things.csv")
    assert "search" not in baton("catalog", "misses").out
    assert "the-ledger" in baton("catalog", "misses").out


def test_the_demo_is_exported_and_imports_back(baton: Baton, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    baton("catalog", "import", "auto", REPOSITORY / "bot" / "data" / "demo", "--trust-people")
    first = baton("catalog", "export").out
    assert baton("catalog", "export", "-o", tmp_path / "all.yaml").code == 0
    assert (tmp_path / "all.yaml").read_text() == first
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'other.sqlite'}")
    ran = baton("catalog", "import", "baton", tmp_path / "all.yaml", "--trust-people")
    assert (ran.code, ran.err) == (0, "")
    assert baton("catalog", "export").out == first


def test_an_unknown_source_is_answered_with_those_there_are(baton: Baton, folder: Path) -> None:
    baton("catalog", "import", "baton", folder / "baton.yaml")
    ran = baton("catalog", "export", "--source", "backstge")
    assert ran.code == 1
    assert "There is no source 'backstge'; there are: baton." in ran.err
    assert baton("catalog", "export", "--source", "baton").out.startswith("baton: 1\nteams:\n- name: Payments\n")


def test_teams_are_renamed_and_merged_and_sources_preferred(baton: Baton, folder: Path) -> None:
    assert baton("catalog", "import", "auto", folder).code == 0
    ran = baton("team", "rename", "payments", "Money")
    assert (ran.code, ran.out) == (0, "It is 'Money' now, and answers to 'Payments' as before.\n")
    ran = baton("team", "merge", "Platform", "Payments")
    assert (ran.code, ran.out) == (0, "'Money' owns what both owned, and answers to 'Payments', 'Platform', too.\n")
    assert json.loads(baton("ask", "--json", "build").out)["owner"] == "Money"
    ran = baton("team", "merge", "Platfrom", "Money")
    assert (ran.code, ran.err) == (
        1,
        "No source declares a team called 'Platfrom': `baton catalog export` lists them.\n",
    )
    ran = baton("catalog", "prefer", "csv", "opslevel")
    assert ran.out == "Believed in this order: slack, csv, opslevel, baton, gitlab-codeowners, codeowners.\n"
    assert baton("catalog", "prefer", "cvs").err.startswith(
        "There is no source 'cvs'; there are: baton, codeowners, csv"
    )
