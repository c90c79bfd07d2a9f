"""Cells of what runs, as people fill them in: what cannot be read as one version is an unknown one, never nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clients.catalog import read
from bot.clients.eol import starter
from bot.domain.catalog import Runs, SourceCatalog
from bot.domain.eol import InCycle, UnknownProduct, match

TABLE = starter.load()


def of_csv(folder: Path, cell: str) -> SourceCatalog:
    file = folder / "inventory.csv"
    quoted = cell.replace('"', '""')
    file.write_text(f'name,kind,owner,runs\nledger,service,blue,"{quoted}"\n', encoding="utf-8")
    return read("csv", [file])


def of_yaml(folder: Path, cell: str) -> SourceCatalog:
    file = folder / "catalog.yaml"
    item = cell.replace("'", "''")
    text = f"baton: 1\nassets:\n  - {{name: ledger, kind: service, owner: blue, runs: ['{item}']}}\n"
    file.write_text(text, encoding="utf-8")
    return read("baton", [file])


def said(runs: Runs) -> str:
    """Return the product and the cycle that is certain, a question mark for none."""
    found = match(TABLE, product=runs.product, version=runs.version, provider=runs.provider)
    if isinstance(found, InCycle):
        return f"{found.product.key} {found.cycle.name}"
    return f"{runs.product if isinstance(found, UnknownProduct) else found.product.key} ?"


UNKNOWN = [
    ("MariaDB 10.6 or 10.11", "mariadb ?"),
    ("MongoDB 4.4 or newer", "mongodb ?"),
    ("either Ubuntu 20.04 or 22.04", "ubuntu ?"),
    ("Kafka ?", "apache-kafka ?"),
    ("Redis ???", "redis ?"),
    ("nobody knows (Redis 6.2 probably)", "redis ?"),
    ("Elastic Beanstalk PHP 7.4 on Amazon Linux 2", "Elastic Beanstalk PHP 7.4 on Amazon Linux 2 ?"),
    ("check with the DBAs (MariaDB)", "mariadb ?"),
    ("not known, perhaps Python 3.8", "python ?"),
    ("maybe MongoDB 4.4", "mongodb ?"),
    ("no longer Ruby 2.7", "ruby ?"),
    ("Python 3.8 oder 3.9", "python ?"),
    ("Debian 11 et plus", "debian ?"),
    ("Postgres 13 and up", "postgresql ?"),
    ("Postgres 13 und höher", "postgresql ?"),
    ("PostgreSQL 15 (scheduled)", "postgresql ?"),
    ("PHP 7.4?", "php ?"),
    ("Redis 7.2 (perhaps 6.2?)", "redis ?"),
    ("Nginx 1.24 hopefully", "nginx ?"),
    ("MariaDB 10.6 or MySQL 8.0", "mariadb ?"),
]


@pytest.mark.parametrize("source", [of_csv, of_yaml])
@pytest.mark.parametrize(("cell", "right"), UNKNOWN)
def test_what_is_not_one_version_is_an_unknown_one(tmp_path: Path, source: object, cell: str, right: str) -> None:
    catalog = (of_csv if source is of_csv else of_yaml)(tmp_path, cell)
    runs = catalog.assets[0].runs
    assert right in [said(each) for each in runs]
    assert all(said(each).endswith("?") for each in runs), "nothing is called certain"


@pytest.mark.parametrize(
    "cell", ["MariaDB 10.6 or 10.11", "Kafka ?", "nobody knows (Redis 6.2 probably)", "check with the DBAs (MariaDB)"]
)
@pytest.mark.parametrize("source", [of_csv, of_yaml])
def test_the_import_says_what_it_could_not_read(tmp_path: Path, source: object, cell: str) -> None:
    catalog = (of_csv if source is of_csv else of_yaml)(tmp_path, cell)
    problems = [each.message for each in catalog.problems]
    assert any("counts as an unknown one" in each for each in problems), problems
    assert not any("left out" in each for each in problems)


@pytest.mark.parametrize("source", [of_csv, of_yaml])
@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("MariaDB 10.6, 10.11", ["mariadb 10.6", "mariadb 10.11"]),
        ("MariaDB 10.6 und 10.11", ["mariadb 10.6", "mariadb 10.11"]),
        ("Ubuntu 20.04 y 22.04", ["ubuntu 20.04", "ubuntu 22.04"]),
        ("Postgres 13 and 14 on AWS RDS", ["amazon-rds-postgresql 13", "amazon-rds-postgresql 14"]),
        ("Redis 6.2 (prod), 7.2 (staging)", ["redis 6.2", "redis 7.2"]),
        ("MariaDB 10.6 (prod), MariaDB 11.4 (dev)", ["mariadb 10.6", "mariadb 11.4"]),
        ("Python 3.8 + Redis 6.2", ["python 3.8", "redis 6.2"]),
        ("Rails 7.2 on Ruby 3.2", ["rails 7.2", "ruby 3.2"]),
        ("Tomcat 10.1 on Debian 12", ["tomcat 10.1", "debian 12"]),
        ("Redis 6.2 / 7.2", ["redis 6.2", "redis 7.2"]),
        ("Rails 7.2 w/ Ruby 3.2", ["rails 7.2", "ruby 3.2"]),
        ("Tomcat 10.1 mit Debian 12", ["tomcat 10.1", "debian 12"]),
        # A service that stands alone is where the other runs; a whole vendor rents out machines as well.
        ("Lambda, Python 3.9", ["aws-lambda python3.9"]),
        ("Node 18; AWS Lambda", ["aws-lambda nodejs18.x"]),
        ("RDS, MySQL 8.0", ["amazon-rds-mysql 8.0"]),
        ("RDS, Python 3.9", ["RDS ?", "python 3.9"]),
        ("EKS 1.30, Python 3.9", ["amazon-eks 1.30", "python 3.9"]),
    ],
)
def test_several_versions_are_several_that_run(tmp_path: Path, source: object, cell: str, right: list[str]) -> None:
    catalog = (of_csv if source is of_csv else of_yaml)(tmp_path, cell)
    assert [said(each) for each in catalog.assets[0].runs] == right


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("PG14", "postgresql 14"),
        ("mysql80", "mysql 8.0"),
        ("python39", "python 3.9"),
        ("redis62", "redis 6.2"),
        ("Windows Server 2019 Std", "windows-server 2019"),
    ],
)
def test_a_version_may_be_joined_or_shortened(tmp_path: Path, cell: str, right: str) -> None:
    assert [said(each) for each in of_csv(tmp_path, cell).assets[0].runs] == [right]


def test_a_remark_may_say_where_it_runs(tmp_path: Path) -> None:
    catalog = of_csv(tmp_path, "MariaDB 10.6 (prod), MariaDB 11.4 (dev)")
    assert [each.environment for each in catalog.assets[0].runs] == ["prod", "dev"]


@pytest.mark.parametrize("cell", ["TBD", "not sure", "see the runbook", "unknown"])
def test_a_cell_that_names_nothing_is_reported(tmp_path: Path, cell: str) -> None:
    catalog = of_csv(tmp_path, cell)
    assert not catalog.assets[0].runs
    assert any("does not say what runs" in each.message for each in catalog.problems)


@pytest.mark.parametrize("cell", ["n/a", "-", "none", "keine", ""])
def test_a_cell_that_says_nothing_runs_is_no_problem(tmp_path: Path, cell: str) -> None:
    catalog = of_csv(tmp_path, cell)
    assert not catalog.assets[0].runs
    assert not [each for each in catalog.problems if "runs" in each.message]
