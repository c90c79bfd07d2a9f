"""Which product a name stands for, and whose clock counts."""

from __future__ import annotations

import pytest

from bot.clients.eol import starter
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


@pytest.mark.parametrize(
    ("product", "version", "key", "cycle"),
    [
        # A name that says both what runs and who runs it
        ("RDS for PostgreSQL", "13.4", "amazon-rds-postgresql", "13"),
        ("AWS RDS MySQL", "5.7.40", "amazon-rds-mysql", "5.7"),
        ("ElastiCache for Redis", "5.0.5", "amazon-elasticache-redis", "5"),
        ("Kubernetes (EKS)", "1.27", "amazon-eks", "1.27"),
        ("GCP Cloud SQL PostgreSQL", "13", "google-cloud-sql-postgresql", "13"),
        ("AWS Lambda Ruby", "2.7", "aws-lambda", "ruby2.7"),
        ("Corretto JDK", "17.0.2", "amazon-corretto", "17"),
        # A service, with the engine before its version
        ("Cloud SQL", "MYSQL_8_0", "google-cloud-sql-mysql", "8.0"),
        ("Lambda", "python3.9", "aws-lambda", "python3.9"),
        # Who built a Java, said in its version
        ("java", "OpenJDK Runtime Environment Temurin-11.0.20+8 (build 11.0.20+8)", "eclipse-temurin", "11"),
        ("openjdk", "OpenJDK Runtime Environment Corretto-8.382.05.1 (build 1.8.0_382-b05)", "amazon-corretto", "8"),
        # Words that say nothing more
        ("Postgres cluster server", "12", "postgresql", "12"),
        ("RabbitMQ broker", "3.9", "rabbitmq", "3.9"),
        ("Windows Server Standard", "2016", "windows-server", "2016"),
        ("apache httpd", "2.4.41", "apache-http-server", "2.4"),
        ("Amazon Linux 2", "2", "amazon-linux", "2"),
    ],
)
def test_names_as_inventories_have_them(product: str, version: str, key: str, cycle: str) -> None:
    found = match(starter.load(), product=product, version=version)
    assert isinstance(found, InCycle), found
    assert (found.product.key, found.cycle.name) == (key, cycle)


@pytest.mark.parametrize(
    ("product", "version", "provider"),
    [
        ("MySQL Cluster", "8.0", ""),  # NDB has versions of its own
        ("MySQL Cluster server", "8.0", ""),
        ("Redis CLI", "6.2", ""),
        ("ElastiCache for Redis", "5.0.5", "azure"),
        ("RDS MySQL", "5.7", "on-prem"),
        ("java", "OpenJDK Runtime Environment (build 11.0.20+8-Debian-1)", ""),
        ("java", "Java(TM) SE Runtime Environment Oracle 17", ""),
        ("Azure Cache for Redis", "6", ""),
        ("Heroku Kafka", "2.8", ""),
        ("Lambda", "2.1", ""),
    ],
)
def test_no_name_lends_another_ones_dates(product: str, version: str, provider: str) -> None:
    assert not isinstance(match(starter.load(), product=product, version=version, provider=provider), InCycle)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("DB2", "ibm-db2"),
        ("Exchange", "msexchange"),
        ("Exchange Server", "msexchange"),
        ("Microsoft Exchange", "msexchange"),
        ("Microsoft Exchange Server", "msexchange"),
        ("GitLab CE", "gitlab"),
        ("GitLab EE", "gitlab"),
        ("Jira Data Center", "jira-software"),
        ("Jira Software Data Center", "jira-software"),
        ("Confluence Data Center", "confluence"),
        ("Bitbucket Data Center", "bitbucket"),
        ("Elastic Agent", None),
        ("Elastic Container Service", None),
    ],
)
def test_what_people_call_an_edition_is_the_product(written: str, key: str | None) -> None:
    keys = ("ibm-db2", "msexchange", "gitlab", "jira-software", "confluence", "bitbucket", "elasticsearch")
    assert named(written, table=Table([made(each) for each in keys])) == key
