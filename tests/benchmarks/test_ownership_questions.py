"""Ownership questions over catalogs like those that strangers write, each with the owner that it has."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.benchmarks.asking import Named, asked, stored

pytestmark = pytest.mark.bench

_CASES = yaml.load(
    Path(__file__).with_name("ownership_questions.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
)


async def test_the_owner_is_the_one_that_the_files_name(tmp_path: Path) -> None:
    counted: Counter[str] = Counter()
    amiss: list[str] = []
    async with stored(tmp_path) as database:
        for number, case in enumerate(_CASES):
            folder = tmp_path / str(number)
            async with asked(
                database,
                folder,
                case["files"],
                case["format"],
                repository=case.get("repository", ""),
                trust_people=case.get("trust_people"),
            ) as catalog:
                for question, right in case["right"].items():
                    named = catalog.owners(str(question))
                    outcome = _outcome(named, right)
                    counted[outcome] += 1
                    if outcome != "right":
                        amiss.append(f"  {outcome}: {question!r} is {right}, not {sorted(named)} ({case['about']})")
    print(f"\nownership questions: {counted.total()} {dict(counted)}", *amiss, sep="\n")
    assert counted.total() >= 200
    assert counted["wrong"] == 0
    assert counted["right"] / counted.total() >= 0.98


def _outcome(named: Named, right: Any) -> str:
    """Tell a right answer from one that is asked back or not known, and from one that names somebody else."""
    expected = frozenset() if right is None else frozenset(right) if isinstance(right, list) else frozenset({right})
    if {name.lower() for name in named} == {name.lower() for name in expected}:
        return "right"
    return "wrong" if named else "asked back or unknown"
