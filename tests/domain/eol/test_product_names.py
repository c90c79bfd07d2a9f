"""Which product a name stands for, and whose clock counts."""

from __future__ import annotations

import pytest

from bot.domain.eol import Cycle, InCycle, Product, Table, UnknownProduct, match

ONE = (Cycle(name="11"),)


def made(key: str, label: str = "", *aliases: str, identifiers: tuple[str, ...] = ()) -> Product:
    return Product(key=key, label=label, aliases=aliases, identifiers=identifiers, cycles=ONE)


TABLE = Table(
    [
        made(
            "postgresql",
            "PostgreSQL",
            "postgres",
            identifiers=("pkg:docker/library/postgres", "cpe:2.3:a:postgresql:postgresql", "pkg:npm/%40acme/pg"),
        ),
        made("amazon-rds-postgresql", "Amazon RDS for PostgreSQL"),
        made("amazon-aurora-postgresql", "Amazon Aurora PostgreSQL"),
        made("azure-database-for-postgresql", "Azure Database for PostgreSQL"),
        made("heroku-postgresql", "Heroku Postgres"),
        made("mysql", "MySQL"),
        made("amazon-rds-mysql", "Amazon RDS for MySQL"),
        made("nginx", "nginx"),
        made("kubernetes", "Kubernetes", "k8s"),
        made("amazon-eks", "Amazon EKS", "eks"),
        made("dotnet", "Microsoft .NET"),
        made("eclipse-temurin", "Eclipse Temurin", "temurin"),
        made("amazon-corretto", "Amazon Corretto", "corretto"),
        made("graalvm-ce", identifiers=("pkg:generic/graalvm",)),
        made("oracle-graalvm", identifiers=("pkg:generic/graalvm",)),
        made("first", "", "shared"),
        made("second", "", "shared"),
    ]
)


def named(product: str, provider: str = "", table: Table = TABLE) -> str | None:
    found = match(table, product=product, version="11", provider=provider)
    return found.product.key if isinstance(found, InCycle) else None


@pytest.mark.parametrize(
    ("product", "provider", "key"),
    [
        ("PostgreSQL", "", "postgresql"),
        ("postgres", "self-hosted", "postgresql"),
        ("postgres", "EC2", "postgresql"),
        ("postgres", "aws-rds", "amazon-rds-postgresql"),
        ("postgresql", "RDS", "amazon-rds-postgresql"),
        ("aurora-postgresql", "aws-rds", "amazon-aurora-postgresql"),
        ("aurora-postgresql", "", "amazon-aurora-postgresql"),
        ("postgres", "aurora", "amazon-aurora-postgresql"),
        ("amazon-rds-postgresql", "aws-rds", "amazon-rds-postgresql"),
        ("postgresql", "azure", "azure-database-for-postgresql"),
        ("Heroku Postgres", "", "heroku-postgresql"),
        ("postgres", "heroku", "heroku-postgresql"),
        ("pkg:docker/library/postgres", "aws-rds", "amazon-rds-postgresql"),
        ("kubernetes", "aws-eks", "amazon-eks"),
        ("eks", "aws", "amazon-eks"),
        ("nginx", "aws", "nginx"),
        (".NET", "", "dotnet"),
        ("java", "temurin", "eclipse-temurin"),
        ("OpenJDK", "corretto", "amazon-corretto"),
        ("pkg:docker/postgres@11.2", "", "postgresql"),
        ("pkg:docker/library/postgres@11?arch=amd64", "", "postgresql"),
        ("pkg:npm/%40acme/pg@8.0.0", "", "postgresql"),
        ("cpe:2.3:a:postgresql:postgresql:11.22:*:*:*:*:*:*:*", "", "postgresql"),
        ("cpe:/a:postgresql:postgresql:11", "", "postgresql"),
        ("docker.io/library/postgres", "", "postgresql"),
        ("registry.example.com:5000/library/postgres:11", "", "postgresql"),
    ],
)
def test_provider_and_engine_or_a_name_find_the_product(product: str, provider: str, key: str) -> None:
    assert named(product, provider) == key


@pytest.mark.parametrize(
    ("product", "provider", "suggested"),
    [
        ("posgresql", "", "postgresql"),
        ("aurora-mysql", "", "amazon-rds-mysql"),
        ("aurora-mysql", "aws-rds", "amazon-rds-mysql"),
        ("postgresql", "some-cloud", "postgresql"),  # somebody's dates, but not upstream's
        ("mysql", "azure", "mysql"),
        ("java", "", "eclipse-temurin"),
        ("openjdk", "", "amazon-corretto"),
        ("shared", "", "first"),
        ("pkg:generic/graalvm", "", "graalvm-ce"),
    ],
)
def test_what_is_not_sure_is_only_suggested(product: str, provider: str, suggested: str) -> None:
    found = match(TABLE, product=product, version="11", provider=provider)
    assert isinstance(found, UnknownProduct)
    assert suggested in [each.key for each in found.suggestions]


@pytest.mark.parametrize("engine", ["aurora-postgresql", "aurora-mysql", "aurora"])
@pytest.mark.parametrize("provider", ["", "aws-rds", "aws", "aurora", "self-hosted"])
def test_aurora_never_is_upstream(engine: str, provider: str) -> None:
    upstream = Table(product for product in TABLE.products if "aurora" not in product.key)
    assert named(engine, provider, upstream) is None
    assert named(engine, provider) in {None, "amazon-aurora-postgresql"}


@pytest.mark.parametrize("name", ["", " ", "pkg:", "cpe:", "/", "🐘", "x" * 10_000, "pkg:docker/", "zeppelin"])
def test_no_name_at_all_suggests_nothing(name: str) -> None:
    found = match(TABLE, product=name, version="11")
    assert isinstance(found, UnknownProduct)
    assert found.suggestions == ()


def test_a_key_is_stronger_than_an_alias() -> None:
    table = Table([made("spring", ""), made("spring-framework", "", "spring")])
    assert named("Spring", table=table) == "spring"


def test_two_products_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="the same key"):
        Table([made("one"), made("one")])


def test_the_hash_follows_the_content() -> None:
    changed = Table([*TABLE.products[1:], Product(key=TABLE.products[0].key, cycles=(Cycle(name="12"),))])
    assert changed.hash != TABLE.hash
    assert Table(reversed(TABLE.products)).hash == TABLE.hash
