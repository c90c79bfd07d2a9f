"""`baton attest`: how far this quarter's confirmations have come."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Baton

CATALOG = """\
teams: [{name: Wardens}, {name: Keepers}]
assets:
  - {name: gate, kind: service, owner: Wardens}
  - {name: moat, kind: service, owner: Wardens}
  - {name: tower, kind: service, owner: Keepers}
"""


def test_how_many_of_how_many_were_confirmed(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(CATALOG)
    assert baton("catalog", "import", "baton", tmp_path / "catalog.yaml", "--trust-people").code == 0
    said = baton("attest").out
    assert ": 0 of 3 (0%)" in said.splitlines()[0]
    assert "`" not in said, "a bar needs no quotes where everything has the same width"
    assert "• Wardens · 0 of 2 · missing: gate, moat" in said
    told = json.loads(baton("attest", "keepers", "--json").out)
    assert (told["confirmed"], told["total"]) == (0, 1)
    assert told["teams"] == [{"team": "Keepers", "confirmed": 0, "total": 1, "missing": ["tower"]}]
    wrong = baton("attest", "wardns")
    assert wrong.code == 1
    assert "Did you mean Wardens?" in wrong.err
