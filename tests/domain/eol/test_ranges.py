"""A range of versions is no version: the cycles inside it are offered, and none is ever taken."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol import AmbiguousVersion, Cycle, InCycle, MatchMethod, Product, Table, match
from bot.domain.eol.exposure import certain_of


def product(key: str, names: str, **labels: str) -> Product:
    """Return a product of which all cycles end on one day, so that it would make no difference which one it is."""
    return Product(
        key=key,
        cycles=tuple(Cycle(name=name, eol=date(2099, 1, 1), label=labels.get(name, "")) for name in names.split()),
    )


TABLE = Table(
    [
        product("postgresql", "18 17 16 13 12 11 10 9.6 9.5"),
        product("nodejs", "26 24 23 22 20 18"),
        product("python", "3.14 3.13 3.12 3.9 3.8 2.7"),
        product("rails", "8.0 7.2 6.1 5.2 5.1 5.0 4.2"),
        product("bun", "1.1 1.0 0.3 0.2"),
        product("aws-lambda", "nodejs20.x python3.13 python3.9 python3.8"),
        product("mssqlserver", "16.0 14.0 13.0", **{"16.0": "2022", "14.0": "2017", "13.0": "2016"}),
    ]
)


def candidates(name: str, version: str, provider: str = "") -> str:
    found = match(TABLE, product=name, version=version, provider=provider)
    assert isinstance(found, AmbiguousVersion)
    assert found.method is MatchMethod.RANGE
    assert certain_of(found) is None
    return " ".join(cycle.name for cycle in found.candidates)


@pytest.mark.parametrize(
    ("name", "written", "inside"),
    [
        ("nodejs", "<24", "23 22 20 18"),
        ("nodejs", "<= 22", "22 20 18"),
        ("nodejs", ">=20", "26 24 23 22 20"),
        ("nodejs", ">23", "26 24"),
        ("nodejs", "≥24", "26 24"),
        ("nodejs", "&gt;=24", "26 24"),
        ("nodejs", ">=24.3.1", "26 24"),
        ("nodejs", "^20 || ^22", "22 20"),
        ("nodejs", "20.x || 22.x", "22 20"),
        ("nodejs", "18 || 20 || >=24", "26 24 20 18"),
        ("nodejs", "node >= 24", "26 24"),
        ("nodejs", "~20", "20"),
        ("nodejs", "!22", "26 24 23 20 18"),
        ("nodejs", "node18;node20", "20 18"),
        ("nodejs", "Node 18 and Node 20", "20 18"),
        ("python", "Python 3.8, Python 3.9", "3.9 3.8"),
        ("python", "!=3.13", "3.14 3.12 3.9 3.8 2.7"),
        ("python", "!=3.13.1", "3.14 3.13 3.12 3.9 3.8 2.7"),
        ("python", ">=3.8,<3.13,!=3.9.*", "3.12 3.8"),
        ("python", "~=3.9", "3.14 3.13 3.12 3.9"),
        ("python", "~=3.9.2", "3.9"),
        ("python", "3.8-3.12", "3.12 3.9 3.8"),
        ("postgresql", "11-13", "13 12 11"),
        ("python", "<3.9.4", "3.9 3.8 2.7"),
        ("python", "<3.9.0", "3.8 2.7"),
        ("rails", "~> 5", "5.2 5.1 5.0"),
        ("rails", "~> 5.1", "5.2 5.1"),
        ("rails", "~> 5.1.2", "5.1"),
        ("bun", "^0.2", "0.2"),
        ("bun", "^1.0", "1.1 1.0"),
        ("postgresql", "11 -> 16", "16 13 12 11"),
        ("postgresql", "11 → 13", "13 12 11"),
        ("postgresql", "11 - 13", "13 12 11"),
        ("postgresql", "11..13", "13 12 11"),
        ("postgresql", "from 11 to 13", "13 12 11"),
        ("postgresql", ">= 11, < 13", "12 11"),
        ("postgresql", "[11,13)", "12 11"),
        ("postgresql", "(,10],[16,)", "18 17 16 10 9.6 9.5"),
        ("postgresql", "11 or 12", "12 11"),
        ("postgresql", "11, 16", "16 11"),
        ("postgresql", "16+", "18 17 16"),
        ("postgresql", "16 or later", "18 17 16"),
        ("postgresql", "9.6 and older", "9.6 9.5"),
        ("postgresql", "at least 17", "18 17"),
        ("postgresql", "up to 9.6", "9.6 9.5"),
        ("postgresql", "older than 9.6", "9.5"),
        ("postgresql", "not 11", "18 17 16 13 12 10 9.6 9.5"),
        ("postgresql", ">99", "18 17 16 13 12 11 10 9.6 9.5"),
        ("mssqlserver", "<2022", "14.0 13.0"),
        ("mssqlserver", ">=14.0", "16.0 14.0"),
    ],
)
def test_a_range_offers_the_cycles_inside_it(name: str, written: str, inside: str) -> None:
    assert candidates(name, written) == inside


def test_a_range_of_an_engine_stays_with_the_engine() -> None:
    assert candidates("python", ">=3.9", "aws-lambda") == "python3.13 python3.9"


@pytest.mark.parametrize(
    ("name", "written", "cycle"),
    [
        ("postgresql", "==11.22", "11"),
        ("postgresql", "11-22", "11"),
        ("postgresql", "11-1108", "11"),
        ("postgresql", "=11", "11"),
        ("postgresql", "[11]", "11"),
        ("postgresql", "11.*", "11"),
        ("nodejs", "20.x", "20"),
        ("postgresql", "11.22-1.pgdg20.04+1", "11"),
        ("postgresql", "PostgreSQL 11.22 on x86_64-pc-linux-gnu, compiled by gcc (Debian 8.3.0-6) 8.3.0, 64-bit", "11"),
        ("postgresql", "11.22 (Debian 11.22-1.pgdg110+1)", "11"),
        ("postgresql", "11 (JDK 11, JDK 17)", "11"),
        ("python", "3.8.10-3.1", "3.8"),
        ("python", "3.8.10-3.8.11", "3.8"),
        ("python", "3.8.10+deb11", "3.8"),
        ("rails", "5.1.3~deb1-2", "5.1"),
    ],
)
def test_one_version_stays_one(name: str, written: str, cycle: str) -> None:
    found = match(TABLE, product=name, version=written)
    assert isinstance(found, InCycle)
    assert found.cycle.name == cycle


@given(
    sign=st.sampled_from(["<", "<=", ">", ">=", "!=", "^", "~>", "~="]),
    number=st.sampled_from(["9.6", "10", "11", "11.3", "16", "18", "99"]),
    space=st.sampled_from(["", " "]),
    before=st.sampled_from(["", "postgresql ", "PostgreSQL version "]),
)
def test_nothing_with_a_sign_is_ever_one_cycle(sign: str, number: str, space: str, before: str) -> None:
    found = match(TABLE, product="postgresql", version=f"{before}{sign}{space}{number}")
    assert isinstance(found, AmbiguousVersion)
    assert certain_of(found) is None


def test_no_version_at_all_is_not_certain_though_all_cycles_end_on_one_day() -> None:
    found = match(TABLE, product="postgresql", version="")
    assert isinstance(found, AmbiguousVersion)
    assert certain_of(found) is None
