"""Versions as programs and systems print them: with names, vendors, codenames and other versions around them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.clients.eol import starter
from bot.domain.eol import AmbiguousVersion, BetweenCycles, Cycle, InCycle, Product, Table, UnknownProduct, match


def product(key: str, names: str, label: str = "", *aliases: str) -> Product:
    cycles = tuple(Cycle(name=name, eol=date(2040 - place, 1, 1)) for place, name in enumerate(names.split()))
    return Product(key=key, label=label, aliases=aliases, cycles=cycles)


TABLE = Table(
    [
        product("mariadb", "11.4 10.11 10.4 5.5", "MariaDB"),
        product("amazon-rds-mariadb", "10.11 10.4", "Amazon RDS for MariaDB"),
        product("amazon-rds-mysql", "8.0 5.7", "Amazon RDS for MySQL"),
        product("mysql", "9.0 8.0 5.7 5.5", "MySQL"),
        product("apache-kafka", "4.0 3.6 3.5 2.8", "Apache Kafka", "kafka"),
        product("postgresql", "18 17 16 15 11", "PostgreSQL", "postgres"),
        product("redis", "7.2 6.2", "Redis"),
        product("valkey", "8.0 7.2", "Valkey"),
        product("dotnet", "10 8 6 3.1", "Microsoft .NET", "dotnetcore"),
        product("nodejs", "24 22 20 18 14", "Node.js", "node"),
        product("python", "3.12 3.8", "Python"),
        Product(
            key="mssqlserver",
            label="Microsoft SQL Server",
            cycles=(
                Cycle(name="14.0", label="2017", eol=date(2027, 1, 1)),
                Cycle(name="13.0-sp3", label="2016 SP3", eol=date(2026, 1, 1)),
                Cycle(name="13.0", label="2016", eol=date(2018, 1, 1)),
            ),
        ),
        product("mongodb", "5.0 4.4", "MongoDB Server", "mongo"),
        product("nginx", "1.20 1.18", "nginx"),
        product("docker-engine", "24.0 20.10", "Docker Engine", "docker"),
        product("rhel", "9 8 7", "Red Hat Enterprise Linux"),
        product("centos", "8 7", "CentOS"),
        product("centos-stream", "9 8", "CentOS Stream"),
        product("oracle-linux", "9 8 7", "Oracle Linux"),
        product("amazon-linux", "2023 2 2018.03", "Amazon Linux"),
        product("windows-server", "2019 2016", "Microsoft Windows Server"),
        product("eclipse-temurin", "21 17 11 8", "Eclipse Temurin"),
        product("ubuntu", "24.04 20.04 5.10", "Ubuntu"),
        Product(
            key="debian",
            label="Debian",
            cycles=(
                Cycle(name="12", codename="Bookworm", eol=date(2028, 1, 1)),
                Cycle(name="11", codename="Bullseye", eol=date(2026, 1, 1)),
            ),
        ),
    ]
)


@pytest.mark.parametrize(
    ("name", "written", "key", "cycle"),
    [
        ("mariadb", "5.5.5-10.11.6-MariaDB-log", "mariadb", "10.11"),
        ("mariadb", "5.5.68-MariaDB", "mariadb", "5.5"),
        ("mariadb", "mysql  Ver 15.1 Distrib 10.11.6-MariaDB, for debian-linux-gnu", "mariadb", "10.11"),
        ("mysql", "5.5.68-MariaDB", "mariadb", "5.5"),
        ("mysql", "5.5.5-10.4.8-MariaDB-1:10.4.8+maria~bionic", "mariadb", "10.4"),
        ("mysql", "mysql  Ver 14.14 Distrib 5.7.42, for Linux (x86_64)", "mysql", "5.7"),
        ("mysql", "/usr/sbin/mysqld  Ver 8.0.34", "mysql", "8.0"),
        ("mysql", "mysqld  Ver 8.0.34 for Linux on x86_64", "mysql", "8.0"),
        ("kafka", "2.13-3.6.1", "apache-kafka", "3.6"),
        ("kafka", "kafka_2.12-2.8.0", "apache-kafka", "2.8"),
        ("kafka", "2.8.0", "apache-kafka", "2.8"),
        ("redis", "valkey 7.2.5", "valkey", "7.2"),
        ("redis", "Redis server v=6.2.6 sha=00000000:0 malloc=jemalloc", "redis", "6.2"),
        ("postgresql", "psql (PostgreSQL) 11.22 (Debian 11.22-0+deb10u1)", "postgresql", "11"),
        ("mongodb", "db version v4.4.6", "mongodb", "4.4"),
        ("mongodb", "mongod db version v4.4.6", "mongodb", "4.4"),
        ("nginx", "nginx version: nginx/1.18.0 (Ubuntu)", "nginx", "1.18"),
        ("docker", "Docker version 20.10.7, build f0df350", "docker-engine", "20.10"),
        ("dotnet", "net6.0", "dotnet", "6"),
        ("dotnet", "net8.0-windows", "dotnet", "8"),
        ("dotnet", "netcoreapp3.1", "dotnet", "3.1"),
        ("dotnet", ".NET Core 3.1", "dotnet", "3.1"),
        ("nodejs", "lts/hydrogen", "nodejs", "18"),
        ("nodejs", "hydrogen-slim", "nodejs", "18"),
        ("debian", "Debian GNU/Linux 11 (bullseye)", "debian", "11"),
        ("debian", "bullseye-slim", "debian", "11"),
        ("rhel", "Red Hat Enterprise Linux Server release 7.9 (Maipo)", "rhel", "7"),
        ("centos", "CentOS Linux release 7.9.2009 (Core)", "centos", "7"),
        ("centos", "CentOS Stream 8", "centos-stream", "8"),
        ("centos", "stream9", "centos-stream", "9"),
        ("oracle-linux", "Oracle Linux Server 8.8", "oracle-linux", "8"),
        ("amazon-linux", "Amazon Linux AMI 2018.03", "amazon-linux", "2018.03"),
        ("windows-server", "Microsoft Windows Server 2016 Datacenter", "windows-server", "2016"),
        ("windows-server", "ltsc2019", "windows-server", "2019"),
        ("eclipse-temurin", 'openjdk version "11.0.21" 2023-10-17', "eclipse-temurin", "11"),
        # The words of another product, and those that any system has, name no version of this one.
        ("rhel", "CentOS Linux 7 (Core)", "rhel", None),
        ("ubuntu", "Linux 5.10", "ubuntu", None),
        ("ubuntu", "Linux version 5.10", "ubuntu", None),
        ("postgresql", "EnterpriseDB 11.22", "postgresql", None),
        ("dotnet", "netstandard2.0", "dotnet", None),
    ],
)
def test_the_words_around_a_version_say_of_what_it_is(name: str, written: str, key: str, cycle: str | None) -> None:
    found = match(TABLE, product=name, version=written)
    assert not isinstance(found, UnknownProduct)
    assert found.product.key == key
    assert (found.cycle.name if isinstance(found, InCycle) else None) == cycle


@pytest.mark.parametrize(
    ("name", "written", "above"),
    [
        ("postgresql", "16devel", "16"),
        ("postgresql", "17beta1", "17"),
        ("postgresql", "18-git", "18"),
        ("debian", "bookworm/sid", "12"),
        ("debian", "Debian GNU/Linux bookworm/sid", "12"),
    ],
)
def test_what_is_not_out_belongs_to_no_cycle(name: str, written: str, above: str) -> None:
    found = match(TABLE, product=name, version=written)
    assert isinstance(found, BetweenCycles)
    assert found.is_prerelease
    assert found.above is not None
    assert found.above.name == above


def test_another_engine_counts_as_its_provider_offers_it() -> None:
    found = match(TABLE, product="mysql", version="5.5.5-10.4.8-MariaDB", provider="aws-rds")
    assert isinstance(found, InCycle)
    assert found.product.key == "amazon-rds-mariadb"


def test_another_engine_that_the_table_lacks_is_not_the_one_that_was_named() -> None:
    assert isinstance(match(TABLE, product="mysql", version="8.0.mysql_aurora.3.04.0"), UnknownProduct)


def test_a_target_of_the_net_framework_is_no_version_of_net() -> None:
    assert isinstance(match(TABLE, product="dotnet", version="net48"), UnknownProduct)


@pytest.mark.parametrize(
    ("name", "written", "cycle"),
    [("python", "py3.8", "3.8"), ("amazon-linux", "al2023", "2023"), ("amazon-linux", "amzn2", "2")],
)
def test_short_names_stand_before_versions(name: str, written: str, cycle: str) -> None:
    found = match(TABLE, product=name, version=written)
    assert isinstance(found, InCycle)
    assert found.cycle.name == cycle


@pytest.mark.parametrize(
    ("name", "written", "candidates"),
    [
        ("debian", "bookworm or bullseye", ["12", "11"]),
        ("debian", "bullseye/bookworm", ["11", "12"]),
        ("mssqlserver", "2016", ["13.0-sp3", "13.0"]),
        ("mssqlserver", "SQL Server 2016", ["13.0-sp3", "13.0"]),
    ],
)
def test_either_of_two_names_and_a_year_without_its_service_pack_are_asked(
    name: str, written: str, candidates: list[str]
) -> None:
    found = match(TABLE, product=name, version=written)
    assert isinstance(found, AmbiguousVersion)
    assert sorted(each.name for each in found.candidates) == sorted(candidates)


@pytest.mark.parametrize(("written", "cycle"), [("2016 SP3", "13.0-sp3"), ("2017", "14.0"), ("13.0", "13.0")])
def test_a_year_with_its_service_pack_or_without_any_is_sure(written: str, cycle: str) -> None:
    found = match(TABLE, product="mssqlserver", version=written)
    assert isinstance(found, InCycle)
    assert found.cycle.name == cycle


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("mysql", "8.0.11-TiDB-v7.1.0"),
        ("mysql", "8.0.30-Vitess"),
        ("postgresql", "PostgreSQL 11.2-YB-2.18.0.0-b0 on x86_64-pc-linux-gnu"),
        ("python", "3.8.10 [PyPy 7.3.9 with GCC 10.2.1]"),
        ("nginx", "openresty/1.20.2.1"),
        ("nginx", "nginx/1.20.1 (nginx-plus-r25)"),
        ("mysql", "8.0.23-SingleStoreDB"),
        ("mysql", "8.0.34-PlanetScale"),
        ("mongodb", "5.0.0 (DocumentDB)"),
        ("postgresql", "PostgreSQL 13.5 (EnterpriseDB Advanced Server 13.5.8) on x86_64-pc-linux-gnu"),
    ],
)
def test_what_only_speaks_as_a_product_does_has_not_its_dates(name: str, written: str) -> None:
    assert isinstance(match(TABLE, product=name, version=written), UnknownProduct)


def test_valkey_is_told_by_its_own_version_and_not_by_that_of_redis_beside_it() -> None:
    found = match(TABLE, product="redis", version="redis_version:7.2.4 server_name:valkey valkey_version:8.0.1")
    assert isinstance(found, InCycle)
    assert (found.product.key, found.cycle.name) == ("valkey", "8.0")


@pytest.mark.parametrize(
    ("name", "written", "cycle"),
    [
        ("mysql", "8.0-22.04", "8.0"),
        ("python", "3.12-24.04", "3.12"),
        ("rhel", "9.4-1227.1726694542", "9"),
        ("python", "3.8-3.20", None),
    ],
)
def test_what_no_cycle_of_a_product_comes_near_is_a_revision_and_no_end_of_a_range(
    name: str, written: str, cycle: str | None
) -> None:
    found = match(TABLE, product=name, version=written)
    assert not isinstance(found, UnknownProduct)
    assert (found.cycle.name if isinstance(found, InCycle) else None) == cycle


@pytest.mark.parametrize(
    ("name", "written", "key"),
    [
        ("mysql", "5.7.44-rds.20240408", "amazon-rds-mysql"),
        ("mysql", "5.7.38-azure", "azure-database-for-mysql"),
        ("mysql", "8.0.26-google", "google-cloud-sql-mysql"),
        ("postgresql", "11.22-rds.20240418", "amazon-rds-postgresql"),
        ("kubernetes", "v1.29.3-eks-adc7111", "amazon-eks"),
        ("kubernetes", "1.29.6-gke.1038001", "google-kubernetes-engine"),
        ("kubernetes", "v1.29.2-aks", "azure-kubernetes-service"),
        ("postgresql", "13.9 (Heroku)", "heroku-postgresql"),
    ],
)
def test_the_mark_of_a_provider_in_a_version_makes_its_dates_count(name: str, written: str, key: str) -> None:
    found = match(starter.load(), product=name, version=written)
    assert isinstance(found, InCycle)
    assert found.product.key == key


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("kubernetes", "1.28.3-do.0"),  # DigitalOcean
        ("kubernetes", "v1.28.4+IKS"),  # IBM Cloud
        ("kubernetes", "v1.26.1-tke.1"),  # Tencent Cloud
        ("kubernetes", "v1.27.5+vmware.1"),  # Tanzu
        ("kubernetes", "v1.27.6+f67aeb3"),  # OpenShift
        ("sqlserver", "Microsoft SQL Azure (RTM) - 12.0.2000.8"),  # what Azure SQL says of itself, today as well
        ("mssql", "12.0.2000.8 SQL Azure"),
        ("redis", "6.2.6-azure"),
        ("tomcat", "9.0.71.redhat-00002"),
        ("kafka", "3.5.0.redhat-00014"),
        ("kafka", "7.4.0-ccs"),  # Confluent
    ],
)
def test_a_build_of_somebody_whose_dates_nobody_has_does_not_take_the_makers(name: str, written: str) -> None:
    assert isinstance(match(starter.load(), product=name, version=written), UnknownProduct)


@pytest.mark.parametrize("written", ["v1.27.6+k3s1", "v1.27.6+rke2r1", "v1.27.6", "v1.27.6-hotfix.20230801"])
def test_a_build_that_ends_with_its_makers_version_takes_their_dates(written: str) -> None:
    found = match(starter.load(), product="kubernetes", version=written)
    assert isinstance(found, InCycle)
    assert (found.product.key, found.cycle.name) == ("kubernetes", "1.27")


def test_a_providers_mark_lends_nobody_the_dates_of_upstream_where_its_own_are_not_known() -> None:
    assert isinstance(match(TABLE, product="mysql", version="5.7.38-azure"), UnknownProduct)
