"""The shorter run of `make strangers`, and that what it stands on can tell right from wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.conftest import NIGHT
from tests.strangers.__main__ import run
from tests.strangers.cases import CASES, BrokenError, Case, expect, run_cases
from tests.strangers.world import House


async def test_the_quick_cases_hold() -> None:
    quick = [each for each in CASES if each.is_quick]
    assert len(quick) > 20
    failed = await run(quick, is_long=False, is_forked=not NIGHT)
    assert [f"{each.name}: {each.why}" for each in failed] == []


async def test_a_case_that_does_not_hold_breaks_or_never_ends_has_failed(tmp_path: Path) -> None:
    async def holds(_house: House) -> None:
        expect(True, "this", "that")

    async def does_not(_house: House) -> None:
        expect(False, "this", "that")

    async def breaks(_house: House) -> None:
        raise ValueError("odd")

    async def never_ends(_house: House) -> None:
        await asyncio.Event().wait()

    cases = [Case(each.__name__, each, True, 0.2) for each in (holds, does_not, breaks, never_ends)]
    failed = await run_cases(cases, House(tmp_path, is_long=False), say=lambda _line: None)
    assert [each.name for each in failed] == ["does_not", "breaks", "never_ends"]
    assert failed[0].why == "expected this; came that"


def test_every_case_has_a_sentence_of_its_own() -> None:
    names = [each.name for each in CASES]
    assert len(set(names)) == len(names)
    with pytest.raises(BrokenError, match="expected a; came b"):
        expect(0, "a", "b")
