"""`baton handoff patch`: files are imported, handed over, changed as it says, and imported again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.catalog import Area
from tests.cli.conftest import Baton
from tests.cli.handing_over import ORG, hand_over

ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations:
    baton/owner-database: devops
spec:
  type: service
  owner: group:default/devops   # since 2020
"""
RESOURCE = {"mode": "managed", "type": "aws_db_instance"}


def state(*names: str) -> str:
    resources = [
        {
            **RESOURCE,
            "address": f"aws_db_instance.{name}",
            "values": {"identifier": name, "engine": "postgres", "engine_version": "16", "tags": {"Team": "devops"}},
        }
        for name in names
    ]
    values = {"root_module": {"resources": resources}}
    return json.dumps({"format_version": "1.0", "terraform_version": "1.9.0", "values": values})


FILES = {
    "codeowners": (
        ".github/CODEOWNERS",
        "# baton: repository acme/shop\n*  @acme/devops\n/orders/\t@acme/devops # theirs\n/basket/ @acme/devops\n",
        "path:acme/shop:/orders/",
        "path:acme/shop:/basket/",
    ),
    "backstage": (
        "catalog-info.yaml",
        ENTITY.format(name="orders") + "---\n" + ENTITY.format(name="basket"),
        "service:orders",
        "service:basket",
    ),
    "baton": (
        "assets.yaml",
        "baton: 1\r\nassets:\r\n  - {name: orders, owner: devops}\r\n  - name: basket\r\n    owner: devops\r\n",
        "service:orders",
        "service:basket",
    ),
    "csv": ("assets.csv", "name,owner\norders,devops\nbasket,devops", "service:orders", "service:basket"),
}


@pytest.fixture
def org(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text(ORG)
    assert baton("catalog", "import", "baton", "org.yaml", "--source", "org", "--trust-people").code == 0


Ask = Callable[[str], dict[str, Any]]
#: What is asked for a line of a CODEOWNERS file: a path that it is for.
ASKED = {f"path:acme/shop:/{name}/": f"acme/shop/{name}/x.py" for name in ("orders", "basket")}


@pytest.fixture
def ask(baton: Baton) -> Ask:
    return lambda ref: json.loads(baton("ask", "--json", ASKED.get(ref, ref)).out)


def owners(said: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["source"], each["owner"], each["area"]) for each in said["owners"]}


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


def applied(folder: Path, difference: str) -> None:
    subprocess.run(["patch", "-p1", "--binary"], input=difference.encode(), cwd=folder, check=True, timeout=20)


@pytest.mark.usefixtures("org")
@pytest.mark.parametrize("format_name", FILES)
def test_after_the_change_the_source_names_the_receiver_and_nobody_else_moved(
    baton: Baton, database: Path, tmp_path: Path, ask: Ask, format_name: str
) -> None:
    name, text, orders, basket = FILES[format_name]
    file = write(tmp_path / "shop", name, text)
    baton("catalog", "import", format_name, f"shop/{name}", "--source", "files")
    before = owners(ask(basket))
    hand_over(database, [orders])
    behind = ask(orders)
    assert (behind["owner"], [each["owner"] for each in behind["not_updated"]]) == ("payments", ["devops"])
    ran = baton("handoff", "patch", "1", "--in", "shop")
    assert ran.code == 0, ran.err
    assert "is how the team is called there" in ran.err
    applied(tmp_path / "shop", ran.out)
    assert file.read_bytes().count(b"payments") == 1
    assert len(file.read_bytes()) - len(text) == len("payments") - len("devops")
    again = baton("catalog", "import", format_name, f"shop/{name}", "--source", "files", "--json")
    assert json.loads(again.out)["outdated_count"] == 0
    said = ask(orders)
    assert (said["owner"], said["not_updated"]) == ("payments", [])
    assert ("files", "payments", "all") in owners(said)
    assert owners(ask(basket)) == before
    assert baton("handoff", "patch", "1", "--in", "shop").out == ""


@pytest.mark.usefixtures("org")
def test_the_import_tells_what_is_behind_in_a_dry_run_too_and_unread(
    baton: Baton, database: Path, tmp_path: Path
) -> None:
    name, text, orders, _ = FILES["csv"]
    write(tmp_path, name, text)
    baton("catalog", "import", "csv", name)
    hand_over(database, [orders])
    for words in (["--dry-run"], []):
        ran = baton("catalog", "import", "csv", name, *words)
        assert "not yet updated: 1" in ran.out.splitlines()[0]
        assert (
            "  not yet updated after a handoff\n    = service:orders: still devops in assets.csv, a dispute from"
            in ran.out
        )
        assert " on (`baton handoff patch 1`)\n" in ran.out
        assert "disputed" not in ran.out


@pytest.mark.usefixtures("org")
def test_a_spelling_that_the_file_has_already_is_taken(baton: Baton, database: Path, tmp_path: Path) -> None:
    text = "# baton: repository a/shop\n/orders/ @a/devops\n/pay/ @other-org/payments\n"
    write(tmp_path, "CODEOWNERS", text)
    baton("catalog", "import", "codeowners", "CODEOWNERS")
    hand_over(database, ["path:a/shop:/orders/"])
    ran = baton("handoff", "patch", "1")
    assert "\n+/orders/ @other-org/payments\n" in ran.out
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.usefixtures("org")
def test_terraform_gets_the_tags_to_set(baton: Baton, database: Path, tmp_path: Path, ask: Ask) -> None:
    file = write(tmp_path, "state.json", state("orders", "basket"))
    baton("catalog", "import", "terraform", "state.json")
    hand_over(database, ["database:orders"])
    ran = baton("handoff", "patch", "1")
    assert ran.code == 0
    assert ran.out.endswith('# aws_db_instance.orders\ntags = { "Team" = "payments" }\n')
    document = json.loads(file.read_text())
    first = document["values"]["root_module"]["resources"][0]
    assert first["address"] == "aws_db_instance.orders"
    first["values"]["tags"] = {"Team": "payments"}
    file.write_text(json.dumps(document))
    baton("catalog", "import", "terraform", "state.json")
    said = ask("database:orders")
    assert (said["owner"], said["not_updated"], said["status"]) == ("payments", [], "owned")
    assert owners(ask("database:basket")) == {("terraform", "devops", "all")}


@pytest.mark.usefixtures("org")
def test_an_area_of_an_entity_passes_alone(baton: Baton, database: Path, tmp_path: Path, ask: Ask) -> None:
    write(tmp_path, "catalog-info.yaml", ENTITY.format(name="orders"))
    baton("catalog", "import", "backstage", "catalog-info.yaml")
    hand_over(database, ["service:orders"], area=Area.DATABASE)
    ran = baton("handoff", "patch", "1")
    assert [line for line in ran.out.splitlines()[2:] if line[0] in "+-"] == [
        "-    baton/owner-database: devops",
        "+    baton/owner-database: payments",
    ]
    applied(tmp_path, ran.out)
    baton("catalog", "import", "backstage", "catalog-info.yaml")
    said = ask("database of orders")
    assert (said["owner"], said["not_updated"]) == ("payments", [])


@pytest.mark.usefixtures("org")
def test_what_cannot_be_printed_is_said_with_the_next_step(baton: Baton, database: Path, tmp_path: Path) -> None:
    write(tmp_path, "OWNERS", "approvers: [devops]\n")
    baton("catalog", "import", "kubernetes", "OWNERS")
    write(tmp_path, "a.csv", "name,owner\norders,devops\n")
    baton("catalog", "import", "csv", "a.csv")
    hand_over(database, ["service:orders"])
    (tmp_path / "a.csv").unlink()
    ran = baton("handoff", "patch", "1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "by hand: a.csv: orders: write payments instead of devops; it is not in this folder (give --in).\n"
    )
    assert (
        baton("handoff", "patch", "7").err == "There is no such handoff: `/handoff list` shows those that are open.\n"
    )


@pytest.mark.usefixtures("org")
def test_an_offer_that_nobody_has_accepted_changes_no_file(baton: Baton, database: Path, tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "name,owner\norders,devops\n")
    baton("catalog", "import", "csv", "a.csv")
    hand_over(database, ["service:orders"], accept=False)
    ran = baton("handoff", "patch", "1")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Nothing of handoff #1 is with payments, so no file has to change.\n"


@pytest.mark.usefixtures("org")
@pytest.mark.parametrize("is_answer", [False, True])
def test_entities_in_a_list_are_changed_as_well(baton: Baton, database: Path, tmp_path: Path, is_answer: bool) -> None:
    about = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "orders"}}
    listed = [{**about, "spec": {"type": "service", "owner": "devops"}}]
    write(tmp_path, "catalog.json", json.dumps({"items": listed} if is_answer else listed, indent=1))
    baton("catalog", "import", "backstage", "catalog.json")
    hand_over(database, ["service:orders"])
    ran = baton("handoff", "patch", "1")
    assert (ran.code, "by hand" in ran.err) == (0, False)
    applied(tmp_path, ran.out)
    assert '"owner": "payments"' in (tmp_path / "catalog.json").read_text()


@pytest.mark.usefixtures("org")
def test_of_two_files_that_disagree_the_one_that_names_the_giver_is_changed(
    baton: Baton, database: Path, tmp_path: Path, ask: Ask
) -> None:
    files = [write(tmp_path / "shop", f"{name}.csv", "name,owner\norders,devops\n") for name in ("one", "two")]
    baton("catalog", "import", "csv", "shop", "--source", "files")
    hand_over(database, ["service:orders"])
    files[1].write_text("name,owner\norders,payments\n")
    imported = baton("catalog", "import", "csv", "shop", "--source", "files").out
    assert "still devops in" in imported
    assert "one.csv, a dispute from" in imported
    assert "(`baton handoff patch 1`)" in imported
    difference = baton("handoff", "patch", "1", "--in", "shop").out
    assert "two.csv" not in difference
    applied(tmp_path / "shop", difference)
    assert files[0].read_text() == "name,owner\norders,payments\n"
    imported = baton("catalog", "import", "csv", "shop", "--source", "files").out
    assert "not yet updated" not in imported
    assert ask("service:orders")["not_updated"] == []
