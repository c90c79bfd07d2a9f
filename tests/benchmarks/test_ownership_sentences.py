"""Sentences with one name or two: the owner of the one that is asked for, or both to choose from; never another's."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.services import ownership
from bot.services.ownership import Answered, Missing, SeveralAssets
from bot.services.questions import Always, OnDay
from tests.benchmarks.asking import Asked, asked, stored

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("written", ["sentences", "remarks"])
async def test_a_sentence_is_about_what_it_asks_for(tmp_path: Path, written: str) -> None:
    sets: list[dict[str, Any]] = yaml.load(
        Path(__file__).with_name(f"ownership_{written}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    counted: Counter[str] = Counter()
    amiss: list[str] = []
    async with stored(tmp_path) as database:
        for number, each in enumerate(sets):
            assets = [{**asset, "owner": f"of-{asset['name']}"} for asset in each["assets"]]
            files = {"c.yaml": yaml.safe_dump({"baton": 1, "assets": assets})}
            async with asked(database, tmp_path / str(number), files, "baton") as catalog:
                for sentence in each["sentences"]:
                    about, said = sentence["about"], _said(catalog, sentence["text"])
                    outcome = _outcome(about, said)
                    counted[outcome] += 1
                    if outcome != "right":
                        amiss.append(
                            f"  {outcome}: {sentence['text']!r} is about {about}, not {said} ({each['about']})"
                        )
    print(f"\nownership {written}: {counted.total()} {dict(counted)}", *amiss, sep="\n")
    assert counted.total() >= 200
    assert counted["wrong"] == 0
    assert counted["right"] / counted.total() >= 0.95


def _said(catalog: Asked, text: str) -> str | list[str]:
    """Return the name of the asset that is answered for, or those that are offered."""
    found = ownership.answer(catalog.deps, catalog.catalog, text)
    if isinstance(found, OnDay | Always):
        found = ownership.find(catalog.deps, catalog.catalog, found.text)
    match found:
        case Answered(verdict=verdict):
            return verdict.asset.name
        case SeveralAssets(choices=choices) | Missing(choices=choices):
            return [asset.name for asset, _ in choices]
        case _:
            return []


def _outcome(about: str | list[str] | None, said: str | list[str]) -> str:
    """Tell a right answer from none and from a wrong one. What is to be offered may be offered in any order."""
    if isinstance(said, str):
        return "right" if said == about else "wrong"
    if isinstance(about, list):
        return "right" if set(said) == set(about) else "not all offered"
    return "right" if about is None else "asked back" if len(said) > 1 else "unknown"
