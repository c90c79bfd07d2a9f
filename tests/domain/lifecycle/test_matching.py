"""Which release cycle a version belongs to: the traps that real inventories set."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lifecycle import (
    Ambiguous,
    Cycle,
    Gap,
    InCycle,
    Matched,
    Newer,
    Phase,
    Table,
    Undated,
    UnknownProduct,
    UntrackedOld,
    match,
    phase,
)
from bot.domain.lifecycle.versions import clean
from tests.domain.lifecycle.products import TABLE


def found(product: str, version: str, provider: str = "", table: Table = TABLE) -> str:
    """The product and cycle, or what it came to instead."""
    said = match(table, product=product, version=version, provider=provider)
    return f"{said.product.key} {said.cycle.name}" if isinstance(said, InCycle) else type(said).__name__


@pytest.mark.parametrize(
    ("product", "version", "expected"),
    [
        ("postgresql", "9.6.24", "postgresql 9.6"),
        ("postgresql", "11.22", "postgresql 11"),
        ("postgres", "16.4-R1", "postgresql 16"),
        ("postgres", "11-alpine", "postgresql 11"),
        ("PostgreSQL", "PostgreSQL 11.22 on x86_64-pc-linux-gnu", "postgresql 11"),
        ("postgresql", "docker.example:5000/library/postgres:11.22-alpine", "postgresql 11"),
        ("postgresql", "11.22@sha256:" + "0f" * 32, "postgresql 11"),
        ("ubuntu", "20.04.6 LTS", "ubuntu 20.04"),
        ("ubuntu", "focal", "ubuntu 20.04"),
        ("debian", "bookworm", "debian 12"),
        ("debian", "bookworm-slim", "debian 12"),
        ("debian", "1:11.11", "debian 11"),
        ("kubernetes", "v1.29.3-eks", "kubernetes 1.29"),
        ("k8s", "v1.29.3+k3s1", "kubernetes 1.29"),
        ("openssl", "1.1.1w", "openssl 1.1.1"),
        ("openssl", "1.1.1", "openssl 1.1.1"),
        ("redis", "8.1.2", "redis 8.1"),
        ("redis", "7.4", "redis 7.4"),
        ("eclipse-temurin", "1.8.0_462", "eclipse-temurin 8"),
        ("eclipse-temurin", "17.0.1", "eclipse-temurin 17"),
        ("alpine", "3.22.0", "alpine-linux 3.22"),
        ("jenkins", "2.541", "jenkins 2.541"),
        ("pkg:docker/postgres@11.22", "11.22", "postgresql 11"),
        ("cpe:2.3:a:postgresql:postgresql:11.22:*:*:*:*:*:*:*", "11.22", "postgresql 11"),
    ],
)
def test_a_version_belongs_to_its_cycle(product: str, version: str, expected: str) -> None:
    assert found(product, version) == expected


@pytest.mark.parametrize(
    ("product", "version", "expected"),
    [
        ("postgresql", "17beta1", Gap),
        ("postgresql", "18.1", Newer),
        ("postgresql", "8.4", UntrackedOld),
        ("postgresql", "9", Ambiguous),
        ("postgresql", "12.3", Gap),
        ("redis", "8.10.1", Newer),
        ("redis", "8", Ambiguous),
        ("jenkins", "2", Ambiguous),
        ("openssl", "1.1", Ambiguous),
        ("postgresql", "", Ambiguous),
        ("postgresql", "latest", Ambiguous),
        ("java", "17.0.1", UnknownProduct),
        ("postgresqll", "11.22", UnknownProduct),
        ("", "11", UnknownProduct),
    ],
)
def test_what_no_rule_decides_is_not_known(product: str, version: str, expected: type[Matched]) -> None:
    assert isinstance(match(TABLE, product=product, version=version), expected)


@pytest.mark.parametrize(
    ("product", "provider", "expected"),
    [
        ("postgres", "aws-rds", "amazon-rds-postgresql 11"),
        ("postgresql", "AWS RDS", "amazon-rds-postgresql 11"),
        ("aurora-postgresql", "aws-rds", "amazon-aurora-postgresql 11"),
        ("aurora-postgresql", "", "amazon-aurora-postgresql 11"),
        ("postgresql", "self-hosted", "postgresql 11"),
        ("postgresql", "azure", "UnknownProduct"),  # not in this table: upstream's clock is not Azure's
        ("postgresql", "some-cloud", "UnknownProduct"),
    ],
)
def test_the_clock_belongs_to_the_provider(product: str, provider: str, expected: str) -> None:
    assert found(product, "11.22", provider) == expected


def test_aurora_is_never_upstream() -> None:
    without = Table(each for each in TABLE.products if "aurora" not in each.key)
    assert found("aurora-postgresql", "11.22", table=without) == "UnknownProduct"
    assert found("aurora-postgresql", "11.22", "aws-rds", table=without) == "UnknownProduct"


def test_an_unknown_product_is_only_ever_suggested() -> None:
    said = match(TABLE, product="postgresqll", version="11")
    assert isinstance(said, UnknownProduct)
    assert said.suggestions[0].key == "postgresql"


def test_the_vendor_of_java_has_to_be_said() -> None:
    assert found("java", "1.8.0_462", "temurin") == "eclipse-temurin 8"
    said = match(TABLE, product="java", version="1.8.0_462")
    assert isinstance(said, UnknownProduct)
    assert [each.key for each in said.suggestions] == ["eclipse-temurin"]


@pytest.mark.parametrize(
    ("cycle", "day", "expected"),
    [
        (Cycle(name="1", eol=date(2023, 11, 9)), date(2023, 11, 9), Phase.ACTIVE),
        (Cycle(name="1", eol=date(2023, 11, 9)), date(2023, 11, 10), Phase.ENDED),
        (Cycle(name="1", eoas=date(2023, 1, 1), eol=date(2023, 11, 9)), date(2023, 5, 1), Phase.STANDARD),
        (Cycle(name="1", eol=date(2024, 2, 29), eoes=date(2027, 3, 31)), date(2026, 1, 1), Phase.EXTENDED),
        (Cycle(name="1", eol=date(2024, 2, 29), eoes=date(2027, 3, 31)), date(2027, 4, 1), Phase.ENDED),
        (Cycle(name="1", eol=Undated.OPEN), date(2040, 1, 1), Phase.ACTIVE),
        (Cycle(name="1", eol=Undated.ENDED), date(2000, 1, 1), Phase.ENDED),
        (Cycle(name="1"), date(2026, 1, 1), Phase.UNKNOWN),
    ],
)
def test_the_phase_on_a_day(cycle: Cycle, day: date, expected: Phase) -> None:
    assert phase(cycle, day) is expected


names = st.sampled_from([each.key for each in TABLE.products])
words = st.text(st.sampled_from("0123456789.-+ vabrc:/@(~_\u00e9"), max_size=30)


@given(names, st.one_of(words, st.text(max_size=60)))
def test_any_text_comes_to_something_and_cleaning_it_twice_to_the_same(name: str, version: str) -> None:
    assert isinstance(match(TABLE, product=name, version=version), Matched)
    assert clean(clean(version)) == clean(version)


@given(names, st.integers(1, 999), st.integers(0, 999))
def test_a_number_is_never_matched_by_half(name: str, more: int, patch: int) -> None:
    """A cycle's last number with further digits behind it is another number."""
    for cycle in next(each for each in TABLE.products if each.key == name).cycles:
        said = match(TABLE, product=name, version=f"{cycle.name}{more}.{patch}")
        if isinstance(said, InCycle):
            assert said.cycle is not cycle


@given(names, st.integers(1_000, 10_000))
def test_what_is_newer_than_every_cycle_is_never_taken_as_known(name: str, major: int) -> None:
    assert isinstance(match(TABLE, product=name, version=f"{major}.1"), Newer)


@given(st.randoms(use_true_random=False), names, words)
def test_the_order_of_products_does_not_matter(shuffle: random.Random, name: str, version: str) -> None:
    products = list(TABLE.products)
    shuffle.shuffle(products)
    other = Table(products)
    assert other.hash == TABLE.hash
    assert match(other, product=name, version=version) == match(TABLE, product=name, version=version)
