"""What "Which is it?" offers, the likeliest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clients.eol import starter
from bot.domain.eol import match
from bot.samples.eol import running
from bot.services.eol.version_overrides import candidates


def offered(product: str, version: str) -> list[str]:
    one = running("payments-db")
    matched = match(starter.load(), product=product, version=version)
    seen = replace(one.deployment.observed, product=product, version=version)
    one = replace(one, deployment=replace(one.deployment, observed=seen), matched=matched, pin=None)
    found = candidates(one)
    assert len({(of.key, cycle.name) for of, cycle in found}) == len(found)
    return [f"{of.key} {cycle.name}" for of, cycle in found]


@pytest.mark.parametrize(
    ("product", "version", "first"),
    [
        ("java", "17.0.9", ["amazon-corretto 17", "azul-zulu 17", "eclipse-temurin 17"]),
        ("postgresql", ">= 15, < 17", ["postgresql 16", "postgresql 15", "postgresql 18"]),
        ("postgresql", "8.4.22", ["postgresql 9.5", "postgresql 18"]),
        ("nginx", "1.99", ["nginx 1.31", "nginx 1.30"]),
        ("redis", "8.1", ["redis 8.0", "redis 8.2", "redis 8.10"]),
        ("postgresql", "11.22", ["postgresql 18", "postgresql 17"]),
    ],
)
def test_the_cycles_that_match_come_first(product: str, version: str, first: list[str]) -> None:
    assert offered(product, version)[: len(first)] == first


def test_what_is_surely_one_cycle_is_not_offered_again() -> None:
    assert "postgresql 11" not in offered("postgresql", "11.22")
