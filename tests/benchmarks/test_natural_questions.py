"""300 questions as people ask them, over a catalog of 430 names: right, asked back, or wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.services import ownership
from bot.services.ownership import Answered, SeveralAssets
from bot.services.questions import Always, OnDay
from tests.benchmarks.asking import Asked, asked, stored
from tests.benchmarks.handmade_names import HANDMADE
from tests.benchmarks.natural_questions import TEMPLATES, Natural, natural_questions

pytestmark = pytest.mark.bench

_SEED = 300
_COUNT = 300
_MISSING = (
    *("gizmo-runner", "frobnicator", "wombat-api", "zebra-sync", "quux-worker", "plover", "xyzzy-db", "kumquat"),
    *("tardigrade-proxy", "okapi", "narwhal-cache", "platypus-web"),
)


async def test_questions_as_people_ask_them(tmp_path: Path) -> None:
    assert len(TEMPLATES) == 40
    names = [name for name in HANDMADE if len(name) > 4]
    text = yaml.safe_dump({"baton": 1, "assets": [{"name": name, "owner": f"of-{name}"} for name in HANDMADE]})
    counted: Counter[str] = Counter()
    amiss: list[str] = []
    async with (
        stored(tmp_path) as database,
        asked(database, tmp_path / "files", {"c.yaml": text}, "baton") as catalog,
    ):
        for question in natural_questions(names, _MISSING, count=_COUNT, seed=_SEED):
            outcome = _outcome(catalog, question)
            counted[outcome] += 1
            if outcome != "right":
                amiss.append(f"  {outcome}: {question.text!r} is about {sorted(question.about)}")
    print(f"\nnatural questions: {counted.total()} {dict(counted)}", *amiss, sep="\n")
    assert counted["wrong"] <= 0.003 * _COUNT
    assert counted["right"] >= 0.95 * _COUNT


def _outcome(catalog: Asked, question: Natural) -> str:
    """Tell what was done: right is the answer that names the asset, the choice of both, or no answer where none is."""
    found = ownership.answer(catalog.deps, catalog.catalog, question.text)
    if isinstance(found, OnDay | Always):
        found = ownership.find(catalog.deps, catalog.catalog, found.text)
    if isinstance(found, Answered):
        return "right" if question.about == {found.verdict.asset.name} else "wrong"
    if len(question.about) == 1:
        return "asked back"
    if not question.about:
        return "right"
    offered = {asset.name for asset, _ in found.choices} if isinstance(found, SeveralAssets) else set[str]()
    return "right" if offered == question.about else "asked back"
