"""Libraries that say until when they support which version, from the command line: in and out of the catalog."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Baton

CATALOG = """\
baton: 1
assets:
  - name: terraform-modules
    kind: library
    owner: devops
    versions: {"2": {supported-until: 2036-03-31}, "3": {}}
  - name: PostgreSQL
    kind: library
    owner: devops
    aliases: [pg-client]
    versions: {"9.6": {supported-until: 2036-03-31}}
  - name: basket
    owner: shop
    runs: [terraform-modules 2.1]
"""


def test_what_the_catalog_lists_is_matched_due_and_exported(baton: Baton, tmp_path: Path) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text(CATALOG)
    rehearsed = baton("catalog", "import", "baton", file, "--dry-run")
    assert "library:PostgreSQL".lower() in rehearsed.err
    ran = baton("catalog", "import", "baton", file)
    assert ran.code == 0
    assert ran.err == rehearsed.err
    assert "catalog.yaml:7: 'PostgreSQL' is the name of something public" in ran.err
    assert "call it 'library:postgresql'" in ran.err
    assert "terraform" not in ran.err
    assert "'PostgreSQL' is the name" in baton("catalog", "import", "baton", file).err, "although nothing has changed"
    said = baton("eol", "match", "terraform-modules", "2.1").out
    assert said == "terraform-modules 2.1: terraform-modules 2 (by prefix): standard support until 2036-03-31.\n"
    assert json.loads(baton("eol", "match", "postgresql", "9.6", "--json").out)["clocks"]["eol"] == "2021-11-11"
    assert json.loads(baton("eol", "match", "pg-client", "9.6", "--json").out)["product"] == "library:postgresql"
    assert "basket" in baton("eol", "due", "terraform-modules").out
    exported = baton("catalog", "export").out
    assert 'versions:\n    "2": {supported-until: 2036-03-31}\n    "3": {}\n' in exported
    assert baton("catalog", "export", "--source", "baton").out.count("supported-until") == 2
