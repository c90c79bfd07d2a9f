"""Versions behind a label: only one that says what runs makes a version sure."""

from __future__ import annotations

from time import process_time

import pytest

from bot.clients.eol import starter
from bot.domain.eol import AmbiguousVersion, InCycle, MatchMethod, Table, match


@pytest.fixture(scope="module")
def table() -> Table:
    return starter.load()


def cycle(table: Table, product: str, version: str) -> str | None:
    found = match(table, product=product, version=version)
    return found.cycle.name if isinstance(found, InCycle) else None


@pytest.mark.parametrize(
    "version",
    [
        "goal: 17",
        "Wunschversion: 17",
        "approved : 17",
        "schema version: 17",
        "compatible_with=17",
        "souhaité : 17",
        "deseado: 17",
        "streefversie: 17",
        "目標：17",
        "target: PostgreSQL 17",
        "acme/importer:17",
        "test: 17",
        "replica: 17",
        "minimumVersion: 17",
        "target: postgresql17",
        '{"compatibility": {"version": "17"}}',
        "mode:hot compatible_version:17",
    ],
)
def test_a_label_that_does_not_say_what_runs_makes_a_question(table: Table, version: str) -> None:
    found = match(table, product="postgresql", version=version)
    assert isinstance(found, AmbiguousVersion)
    assert found.method is MatchMethod.DOUBT
    assert [each.name for each in found.candidates] == ["17"]


@pytest.mark.parametrize(
    ("product", "version", "expected"),
    [
        ("postgresql", "Version: 14.2", "14"),
        ("postgresql", "engine_version=14.2", "14"),
        ("postgresql", "Installed: 14.2-1.pgdg", "14"),
        ("postgresql", "aktuelle Version: 14", "14"),
        ("postgresql", "version installée : 14.2", "14"),
        ("postgresql", "versión actual: 14", "14"),
        ("postgresql", "バージョン：14.2", "14"),
        ("postgresql", "prod: 14", "14"),
        ("postgresql", "PostgreSQL: 14", "14"),
        ("postgresql", '{"server_version": "14.2"}', "14"),
        ("postgresql", "docker.io/library/postgres:14.2-alpine", "14"),
        ("postgresql", "engineVersion: 14.2", "14"),
        ("elasticsearch", '{"version": {"number": "7.17.9"}}', "7"),
        ("redis", "redis_mode:standalone redis_version:7.2.4", "7.2"),
        ("debian", 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"', "11"),
        ("tomcat", "Server version: Apache Tomcat/9.0.70", "9.0"),
        ("kubernetes", "node version: v1.30.2", "1.30"),
        ("mariadb", "1:10.11.6-0+deb12u1", "10.11"),
    ],
)
def test_a_label_that_says_what_runs_leaves_a_version_certain(
    table: Table, product: str, version: str, expected: str
) -> None:
    assert cycle(table, product, version) == expected


@pytest.mark.parametrize(
    ("product", "version", "expected"),
    [
        # The product's own label, and that of what runs, win over any other.
        ("nodejs", "yarn: 1.22, node: 18.4", "18"),
        ("postgresql", "Installed: 14.2 Candidate: 17.1", "14"),
        ("postgresql", "target: 17, current: 14", "14"),
        ("postgresql", "version: 14 (old: 13)", "14"),
        ("postgresql", "version: 14 (requested)", None),
        ("postgresql", "prod: 14, staging: 14", "14"),
        # What says two things of what runs is asked.
        ("postgresql", "17 (prod: 14)", None),
        ("postgresql", "17 (former: 14)", None),
        ("postgresql", "17 (old: 14)", None),
        ("postgresql", "staging: 17 prod: 14", None),
        ("postgresql", "14 (Ziel: 17)", None),
        # A number that is no version of it says nothing.
        ("postgresql", "14.2 (build: 90210)", "14"),
    ],
)
def test_several_labels_are_weighed(table: Table, product: str, version: str, expected: str | None) -> None:
    assert cycle(table, product, version) == expected


@pytest.mark.parametrize(
    ("product", "version", "expected"),
    [
        ("postgresql", "psql (17.1, server 13.4)", "13"),
        ("postgresql", "psql (17.1 (Debian 17.1-1.pgdg120+1), server 13.4)", "13"),
        ("postgresql", "client=17.1 server=13.4", "13"),
        ("postgresql", "server 13.4 / client 17.1", "13"),
        ("postgresql", "13.4 (client 17.1)", "13"),
        ("postgresql", "psql (PostgreSQL) 13.4", "13"),
        ("kubernetes", "Client Version: v1.34.0 Kustomize Version: v5.7.1 Server Version: v1.30.2", "1.30"),
        ("redis", "redis-cli 7.2.4, server 6.2.1", "6.2"),
        ("kubernetes", "Client Version: v1.34.0", None),
        ("postgresql", "17 (client)", None),
        ("postgresql", "Treiber 17", None),
        ("postgresql", "klient: 17", None),
        ("postgresql", "17 server 13 client", None),
        ("postgresql", "17 client, 13 server", None),
        ("postgresql", "client 17, server 13 or 14, server 15", None),
        ("mysql", "MySQL Connector 8.4", None),
    ],
)
def test_the_version_of_a_client_is_never_that_of_the_server(
    table: Table, product: str, version: str, expected: str | None
) -> None:
    assert cycle(table, product, version) == expected


def test_long_labels_are_read_in_no_time(table: Table) -> None:
    started = process_time()
    for text in ("target " * 50_000 + ": 17", "a: 1 " * 50_000, "client " * 50_000, "server 1 " * 50_000):
        assert cycle(table, "postgresql", text) is None
    assert process_time() - started < 2
