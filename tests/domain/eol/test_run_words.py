"""What people write of something that runs, in their own words and in those of Baton's labels."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from bot.clients.eol import starter
from bot.domain.eol import AmbiguousVersion, InCycle, Table, UnknownProduct, match
from bot.domain.eol.questions import parse_command
from bot.domain.eol.run_words import RunWords, read, read_product
from bot.domain.eol.subjects import product_asked, releases


@pytest.fixture(scope="module")
def table() -> Table:
    return starter.load()


WRITTEN = [
    ("PostgreSQL 11 on AWS RDS", "amazon-rds-postgresql", "11"),
    ("Amazon RDS for PostgreSQL 11", "amazon-rds-postgresql", "11"),
    ("RDS Postgres 11.22", "amazon-rds-postgresql", "11"),
    ("Postgres 11 (RDS)", "amazon-rds-postgresql", "11"),
    ("PostgreSQL on AWS RDS 11", "amazon-rds-postgresql", "11"),
    ("PostgreSQL 11 on Amazon RDS for PostgreSQL in production", "amazon-rds-postgresql", "11"),
    ("Amazon Aurora PostgreSQL 13.9", "amazon-aurora-postgresql", "13"),
    ("Azure Database for PostgreSQL 11", "azure-database-for-postgresql", "11"),
    ("Azure Database for PostgreSQL Single Server 11", "azure-database-for-postgresql", "11"),
    ("Azure Database for MySQL Flexible Server 5.7", "azure-database-for-mysql", "5.7"),
    ("Azure PostgreSQL Flexible Server 11", "azure-database-for-postgresql", "11"),
    ("PostgreSQL 11 on Azure Database for PostgreSQL", "azure-database-for-postgresql", "11"),
    ("Heroku Postgres 11", "heroku-postgresql", "11"),
    ("PostgreSQL 11 on Heroku Postgres", "heroku-postgresql", "11"),
    ("Cloud SQL for PostgreSQL 14", "google-cloud-sql-postgresql", "14"),
    ("PostgreSQL 14 on Google Cloud SQL", "google-cloud-sql-postgresql", "14"),
    ("MySQL 5.7 on Azure", "azure-database-for-mysql", "5.7"),
    ("Kubernetes v1.34 on Amazon EKS", "amazon-eks", "1.34"),
    ("Redis 6 on ElastiCache", "amazon-elasticache-redis", "6"),
    ("PostgreSQL 11 on EC2", "postgresql", "11"),
    ("Postgres v11", "postgresql", "11"),
    ("postgres:11", "postgresql", "11"),
    ("postgresql-11", "postgresql", "11"),
    ("php7.4", "php", "7.4"),
    ("Java 8 (Corretto)", "amazon-corretto", "8"),
    ("Windows Server 2016", "windows-server", "2016"),
    ("Windows Server 2012 R2", "windows-server", "2012-r2"),
    ("SQL Server 2016 SP2", "mssqlserver", "13.0-sp2"),
    ("Ubuntu 20.04 LTS", "ubuntu", "20.04"),
    ("Ubuntu Server 20.04", "ubuntu", "20.04"),
    ("Debian 11 (bullseye)", "debian", "11"),
    ("Red Hat Enterprise Linux 7.9", "rhel", "7"),
    (".NET Core 3.1", "dotnet", "3.1"),
    ("ASP.NET Core 3.1", "dotnet", "3.1"),
    ("Ruby on Rails 5.2", "rails", "5.2"),
    ("debian@bookworm", "debian", "12"),
    ("postgres 11 rds", "amazon-rds-postgresql", "11"),
    ("MySQL 8.0 AWS RDS", "amazon-rds-mysql", "8.0"),
    ("eks 1.29", "amazon-eks", "1.29"),
    ("aks kubernetes 1.29", "azure-kubernetes-service", "1.29"),
    ("Kubernetes 1.29 EKS", "amazon-eks", "1.29"),
    ("v1.29.3-eks-5e0fdde", "amazon-eks", "1.29"),
    ("5.5.5-10.4.32-MariaDB", "mariadb", "10.4"),
    ("10.11.6-MariaDB-log", "mariadb", "10.11"),
    ("mysql 5.5.5-10.4.32-MariaDB", "mariadb", "10.4"),
    ("lambda python3.10", "aws-lambda", "python3.10"),
    ("python3.8 lambda", "aws-lambda", "python3.8"),
    ("AWS Lambda nodejs16.x", "aws-lambda", "nodejs16.x"),
    ("Node.js 16 on AWS Lambda", "aws-lambda", "nodejs16.x"),
    ("AWS Lambda java8.al2", "aws-lambda", "java8.al2"),
    ("lambda provided.al2", "aws-lambda", "provided.al2"),
    ("dotnetcore3.1 on lambda", "aws-lambda", "dotnetcore3.1"),
    ("nodejs16.x", "nodejs", "16"),
    ("AWS OpenSearch Service 1.1", "amazon-opensearch", "1.1"),
    ("OpenSearch 1.1 on AWS OpenSearch Service", "amazon-opensearch", "1.1"),
    ("ElastiCache for Redis 5.0.6", "amazon-elasticache-redis", "5"),
    ("Amazon ElastiCache 5.0.6", "amazon-elasticache-redis", "5"),
    ("MySQL Flexible Server 5.7", "azure-database-for-mysql", "5.7"),
    ("PostgreSQL Flexible Server 13", "azure-database-for-postgresql", "13"),
    ("Azure Database for PostgreSQL - Flexible Server 13", "azure-database-for-postgresql", "13"),
    ("DocumentDB 3.6", "amazon-documentdb", "3.6"),
    ("Amazon DocumentDB (with MongoDB compatibility) 3.6", "amazon-documentdb", "3.6"),
    ("aurora-mysql 5.7.mysql_aurora.2.11.2", "amazon-aurora-mysql", "2"),
    ("Aurora MySQL 8.0.mysql_aurora.3.05.2", "amazon-aurora-mysql", "3"),
    ("Aurora MySQL 5.7", "amazon-aurora-mysql", "2"),
    ("Aurora MySQL 8.4", "amazon-aurora-mysql", "8.4"),
    ("Elastic Kubernetes Service 1.30", "amazon-eks", "1.30"),
    ("Amazon Managed Streaming for Apache Kafka 2.8.1", "amazon-msk", "2.8"),
    ("Debian GNU/Linux 10 (buster)", "debian", "10"),
    ("Red Hat Enterprise Linux Server 7.9 (Maipo)", "rhel", "7"),
    ("Amazon Linux AMI 2018.03", "amazon-linux", "2018.03"),
    ("net472", "dotnetfx", "4.7.2"),
    ("PostgreSQL 13 on Azure Flexible Server", "azure-database-for-postgresql", "13"),
    ("MySQL 5.7 on Azure Single Server", "azure-database-for-mysql", "5.7"),
    ("Ubuntu Pro 18.04", "ubuntu", "18.04"),
    ("MongoDB Enterprise 4.4", "mongodb", "4.4"),
    ("SLES 12 SP5 LTSS", "sles", "12.5"),
    ("Debian 10 ELTS", "debian", "10"),
    ("Windows Server 2012 R2 with ESU", "windows-server", "2012-r2"),
]


@pytest.mark.parametrize(("written", "product", "cycle"), WRITTEN)
def test_words_that_people_use_name_a_product_and_its_clock(
    table: Table, written: str, product: str, cycle: str
) -> None:
    run = read(written)
    assert run is not None
    found = match(table, product=run.product, version=run.version, provider=run.provider)
    assert isinstance(found, InCycle)
    assert (found.product.key, found.cycle.name) == (product, cycle)


#: In a question these words are about something else: where it runs, or a version that several cycles begin with.
NOT_ASKED = {
    "PostgreSQL 11 on Amazon RDS for PostgreSQL in production", "PostgreSQL 11 on Azure Database for PostgreSQL",
    "PostgreSQL 11 on Heroku Postgres", "PostgreSQL 11 on EC2", "SQL Server 2016 SP2", "Debian 11 (bullseye)",
    "Debian GNU/Linux 10 (buster)", "Red Hat Enterprise Linux Server 7.9 (Maipo)",
    "Amazon DocumentDB (with MongoDB compatibility) 3.6",
}  # fmt: skip


@pytest.mark.parametrize(("written", "product", "cycle"), [each for each in WRITTEN if each[0] not in NOT_ASKED])
@pytest.mark.parametrize("question", ["{}", "is {} still supported?", "which {} do we run?"])
def test_a_question_reads_the_same_words(table: Table, question: str, written: str, product: str, cycle: str) -> None:
    said = parse_command(question.format(written), today=date(2026, 11, 29))
    asked = product_asked(table, said.about) or product_asked(table, said.phrase)
    assert asked is not None
    assert (product, cycle) in [(found.key, each.name) for found, each in releases(table, asked)]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("Amazon ElastiCache 7.2.4", "it is Valkey, whose dates no table has"),
        ("Amazon ElastiCache 1.6.22", "it is Memcached"),
        ("Amazon ElastiCache 7", "it may be Redis or Valkey"),
        ("RDS SQL Server 2014", "the dates of others are not lent"),
        ("Aurora MySQL 9.7", "no such release is known"),
    ],
)
def test_a_service_of_several_engines_is_never_taken_for_the_wrong_one(table: Table, written: str, why: str) -> None:
    run = read(written)
    assert run is not None
    found = match(table, product=run.product, version=run.version, provider=run.provider)
    assert not isinstance(found, InCycle), why


def test_a_range_is_read_as_one(table: Table) -> None:
    run = read("Node.js ^20 || ^22")
    assert run is not None
    assert isinstance(match(table, product=run.product, version=run.version), AmbiguousVersion)


def test_the_environment_is_kept() -> None:
    assert read("RDS Postgres 11 in staging") == RunWords("Postgres", "11", "RDS", "staging")


@pytest.mark.parametrize(
    "prose",
    ["Python 3 scripts that nobody owns", "We upgraded to 11", "the whole backend", "", "11", "web3", "x" * 500],
)
def test_prose_is_no_run(prose: str) -> None:
    assert read(prose) is None


@pytest.mark.parametrize(
    ("question", "keys", "version"),
    [
        ("PostgreSQL 11 on AWS RDS", {"amazon-rds-postgresql"}, "11"),
        ("Heroku Postgres 11", {"heroku-postgresql"}, "11"),
        ("Ubuntu 20.04 LTS", {"ubuntu"}, "20.04"),
        ("PostgreSQL 11 on Heroku Postgres", {"heroku-postgresql"}, "11"),
    ],
)
def test_questions_are_asked_in_the_same_words(table: Table, question: str, keys: set[str], version: str) -> None:
    asked = product_asked(table, question)
    assert asked is not None
    assert asked.keys == keys
    assert asked.version == version


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("elasticache", {"amazon-elasticache-redis", "amazon-elasticache-valkey", "amazon-elasticache-memcached"}),
        ("cloud sql", {"google-cloud-sql-mysql", "google-cloud-sql-postgresql", "google-cloud-sql-sqlserver"}),
        ("Aurora", {"amazon-aurora-mysql", "amazon-aurora-postgresql"}),
        ("documentdb", {"amazon-documentdb"}),
    ],
)
def test_a_service_is_asked_for_with_all_its_engines(table: Table, question: str, keys: set[str]) -> None:
    asked = product_asked(table, question)
    assert asked is not None
    assert asked.keys == keys


@pytest.mark.parametrize("vendor", ["aws", "azure", "gcp", "heroku"])
def test_a_vendor_is_no_product(table: Table, vendor: str) -> None:
    assert product_asked(table, vendor) is None


@pytest.mark.parametrize(
    ("written", "provider"),
    [
        ("PostgreSQL 11 (RDS, Multi-AZ)", "RDS"),
        ("PostgreSQL 11 (AWS RDS eu-west-1)", "AWS RDS"),
        ("PostgreSQL 11 (on RDS)", "RDS"),
        ("PostgreSQL 11 (managed, Azure)", "Azure"),
        ("PostgreSQL 11 (hosted by Heroku)", "Heroku"),
        ("MySQL 5.7 (GCP Cloud SQL, HA)", "GCP Cloud SQL"),
        ("Python 3.9 (AWS Lambda)", "AWS Lambda"),
        ("PostgreSQL (RDS, Multi-AZ)", "RDS"),
        ("PostgreSQL 11 (self-hosted on AWS)", "self-hosted"),
        ("MongoDB 4.4 (Atlas)", "Atlas"),
        ("Redis 7.2 (managed by Aiven)", "Aiven"),
        ("PostgreSQL 11 in RDS", "RDS"),
        ("PostgreSQL 11 in Azure", "Azure"),
        ("MySQL 5.7 in Cloud SQL", "Cloud SQL"),
        ("PostgreSQL in AWS", "AWS"),
        ("PostgreSQL 11 in production", ""),
        ("PostgreSQL 11 on RDS (Multi-AZ)", "RDS"),
        ("PostgreSQL 13 hosted on Azure", "Azure"),
        ("PostgreSQL 13 managed by Heroku", "Heroku"),
        ("PostgreSQL 11 (moving to Azure)", ""),
        ("PostgreSQL 11 (not RDS)", ""),
        ("PostgreSQL 9.6 (old)", ""),
        ("nginx 1.18.0 (Ubuntu)", ""),
    ],
)
def test_a_remark_may_name_the_provider_among_other_words(written: str, provider: str) -> None:
    found = read(written) or read_product(written)
    assert found is not None
    assert found.provider == provider


@pytest.mark.parametrize("written", ["MongoDB 4.4 (Atlas)", "Redis 6.2 (Azure Cache)", "PostgreSQL 12 (Supabase)"])
def test_whoever_sells_a_service_without_known_dates_is_lent_nobodys(table: Table, written: str) -> None:
    found = read(written)
    assert found is not None
    assert isinstance(
        match(table, product=found.product, version=found.version, provider=found.provider), UnknownProduct
    )


@pytest.mark.parametrize("piece", ["1-", "1~", "-1", "~1", "(a) ", "((a)) ", "1 - ", "1, ", "LTS ", "on a ", "1->"])
@pytest.mark.parametrize("begins", ["redis ", "redis >", "redis 1 "])
def test_a_text_that_repeats_itself_costs_no_more_than_its_length(begins: str, piece: str) -> None:
    began = process_time()
    for ends in ("", "!", "x ("):
        read((begins + piece * 100)[:190] + ends)
    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("redis 5 - 7", "5 - 7"),
        ("redis 5- 7", "5- 7"),
        ("redis 5-7", "5-7"),
        ("redis 5->7", "5->7"),
        ("redis ~5 || ~7", "~5 || ~7"),
        ("postgresql 11.22-1.pgdg", "11.22-1.pgdg"),
        ("php 8.2.*", "8.2.*"),
        ("Windows Server 2019 (Datacenter (Core))", "2019 (Datacenter (Core))"),
    ],
)
def test_numbers_joined_by_dashes_are_read_as_before(written: str, version: str) -> None:
    found = read(written)
    assert found is not None
    assert found.version == version


def test_an_engine_that_the_version_names_is_no_other_of_the_same_service(table: Table) -> None:
    for product, provider in (("OpenSearch Service", ""), ("opensearch", "aws")):
        found = match(table, product=product, version="Elasticsearch_7.10", provider=provider)
        assert isinstance(found, UnknownProduct), "no table has the dates of Elasticsearch at AWS"
    own = match(table, product="OpenSearch Service", version="OpenSearch_2.11")
    assert isinstance(own, InCycle)
    assert (own.product.key, own.cycle.name) == ("amazon-opensearch", "2.11")
    made = match(table, product="opensearch", version="Elasticsearch_7.10")
    assert isinstance(made, InCycle)
    assert (made.product.key, made.cycle.name) == ("elasticsearch", "7")
