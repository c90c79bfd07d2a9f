"""What stands beside a version and makes it none, and words that say nothing of it."""

from __future__ import annotations

from time import process_time

import pytest

from bot.clients.eol import starter
from bot.domain.eol import AmbiguousVersion, InCycle, MatchMethod, Table, match


@pytest.fixture(scope="module")
def table() -> Table:
    return starter.load()


@pytest.mark.parametrize(
    ("version", "candidates"),
    [
        ("16 (on the roadmap)", "16"),
        ("16 approved for May", "16"),
        ("16 gemäß Planung", "16"),
        ("16 (à partir de mars)", "16"),
        ("16（検討中）", "16"),
        ("14?", "14"),
        ("14 (¿quizá?)", "14"),
        ("14-or-so", "14"),
        ("13 sowie 15", "15 13"),
        ("13 prod / 15 test", "15 13"),
        ("13 (prod) 15 (dev)", "15 13"),
        ("13 replaced by 15", "15 13"),
        ("13 o versiones posteriores", "13"),
        ("13이상", "13"),
    ],
)
def test_a_plan_a_doubt_or_a_list_is_no_version(table: Table, version: str, candidates: str) -> None:
    found = match(table, product="postgresql", version=version)
    assert isinstance(found, AmbiguousVersion)
    assert found.method is MatchMethod.DOUBT
    assert " ".join(cycle.name for cycle in found.candidates) == candidates
    assert not found.is_one_answer


@pytest.mark.parametrize(
    "version",
    [
        "13 (primary)",
        "13.4 LTS",
        "13 (EOL)",
        "13 end of life",
        "13.13 (Debian 13.13-1.pgdg120+1)",
        "13 on Ubuntu 22.04",
        "13, production",
    ],
)
def test_words_that_say_nothing_leave_a_version_certain(table: Table, version: str) -> None:
    found = match(table, product="postgresql", version=version)
    assert isinstance(found, InCycle)
    assert found.cycle.name == "13"


def test_a_doubt_holds_for_what_a_provider_sells_and_for_names_of_releases(table: Table) -> None:
    for product, version, provider in (
        ("postgresql", "13 (planned)", "aws-rds"),
        ("python", "3.12 (requested)", "aws-lambda"),
        ("ubuntu", "jammy, later noble", ""),
    ):
        assert isinstance(match(table, product=product, version=version, provider=provider), AmbiguousVersion), version


def test_long_remarks_are_read_in_no_time(table: Table) -> None:
    started = process_time()
    for text in ("13 " + "(prod " * 50_000, "13 " + "14 " * 50_000, "13 " + "a-" * 50_000):
        assert not isinstance(match(table, product="postgresql", version=text), InCycle)
    assert process_time() - started < 2
