"""The rules of matching, each trap once, on tables made by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.eol import starter
from bot.domain.eol import (
    AmbiguousVersion,
    BetweenCycles,
    Cycle,
    InCycle,
    Matched,
    MatchMethod,
    Newer,
    Product,
    Table,
    Undated,
    UnknownProduct,
    UntrackedOld,
    match,
)
from bot.domain.eol.version_matcher import match_cycle


def product(key: str, names: str, *, aliases: tuple[str, ...] = (), label: str = "", **latest: str) -> Product:
    """Return a product whose cycles end on different days; `latest` by name, a dot as `_`, `n` before a number."""
    newest = {name.removeprefix("n").replace("_", "."): version for name, version in latest.items()}
    cycles = tuple(
        Cycle(name=name, eol=date(2030 - place, 1, 1), latest=newest.get(name, ""))
        for place, name in enumerate(names.split())
    )
    return Product(key=key, label=label, aliases=aliases, cycles=cycles)


def dated(name: str, eol: int, **more: str) -> Cycle:
    return Cycle(name=name, eol=date(eol, 1, 1), **more)


TABLE = Table(
    [
        product("postgresql", "18 17 16 11 10 9.6 9.5", aliases=("postgres", "pg"), label="PostgreSQL"),
        product("redis", "8.2 8.0 7.4 7.2 6.2"),
        product("jenkins", "2 2.568 2.541 2.528", n2="2.578", n2_568="2.568.2", n2_541="2.541.3", n2_528="2.528.3"),
        product("openssl", "3.5 3.0 1.1.1 1.1.0 1.0.2"),
        product("kubernetes", "1.30 1.29 1.28", aliases=("k8s",)),
        product("mysql", "8.4 8.0 5.7"),
        product("dotnet", "8 7 6 5.0 3.1"),
        product("eclipse-temurin", "21 17 11 8", aliases=("temurin",)),
        product("oracle-jdk", "21 17 8 7 1.4 1.3"),
        product("sles", "15.5 15.4 12.5"),
        product("freebsd", "14.1 14.0 13.3", n14_1="14.1"),
        product("protractor", "7.0 5.0 3.0", n5_0="5.4.4"),
        product("mautic", "3.3 3.2 3.1", n3_3="3.3.5", n3_2="3.3.2"),
        product("visual-studio", "17.9 14.0 12.0 11.0", n12_0="Update 5", n11_0="Update 4", n14_0="N/A"),
        product("log4j", "2 1"),
        product(
            "aws-lambda",
            "nodejs20.x nodejs18.x provided.al2 python3.9 java11 java8.al2 java8 dotnetcore3.1 provided nodejs",
        ),
        product("nodejs", "20 18", aliases=("node",)),
        Product(
            key="ubuntu",
            label="Ubuntu",
            cycles=(
                dated("24.04", 2029, codename="Noble Numbat"),
                dated("22.04", 2027, codename="Jammy Jellyfish"),
                dated("20.04", 2025, codename="Focal Fossa"),
            ),
        ),
        Product(
            key="debian",
            cycles=(
                dated("12", 2028, codename="Bookworm", label="12 (Bookworm)"),
                dated("11", 2026, codename="Bullseye", label="11 (Bullseye)"),
            ),
        ),
        Product(
            key="windows",
            label="Microsoft Windows",
            cycles=(
                dated("11-24h2-e-lts", 2034, latest="10.0.26100"),
                dated("11-24h2-e", 2027, latest="10.0.26100"),
                dated("11-24h2-w", 2026, latest="10.0.26100"),
                dated("10-22h2", 2025, latest="10.0.19045"),
                dated("8.1", 2023, latest="6.3.9600"),
                dated("6-sp2", 2017, latest="6.0.6002"),
            ),
        ),
        Product(
            key="windows-server",
            label="Windows Server",
            cycles=(dated("2019", 2029), dated("2012-r2", 2023), dated("2012", 2022)),
        ),
        Product(
            key="mssqlserver",
            aliases=("mssql",),
            cycles=(
                dated("15.0", 2030, label="2019 'Aris'", latest="15.0.4480.2 CU32+GDR"),
                dated("13.0-sp3", 2026, label="2016 SP3", latest="13.0.6500.1 GDR"),
                dated("13.0-sp2", 2022, label="2016 SP2", latest="13.0.5893.48 CU17+GDR"),
                dated("13.0-sp1", 2019, label="2016 SP1", latest="13.0.4604.0 CU15+GDR"),
                dated("13.0", 2018, label="2016", latest="13.0.2218.0 CU9+GDR"),
            ),
        ),
        Product(key="msexchange", cycles=(dated("subscription", 2031), dated("2019", 2025), dated("2016", 2024))),
        Product(
            key="mulesoft-runtime",
            cycles=(
                dated("4.9-lts", 2028, label="4.9 LTS", latest="4.9.16"),
                dated("4.9", 2025, label="4.9 Edge", latest="4.9.16"),
            ),
        ),
    ]
)


def asked(name: str, version: str, provider: str = "", table: Table = TABLE) -> Matched:
    return match(table, product=name, version=version, provider=provider)


@pytest.mark.parametrize(
    ("name", "version", "cycle", "method"),
    [
        ("postgresql", "11", "11", MatchMethod.CYCLE),
        ("postgresql", "9.6.24", "9.6", MatchMethod.PREFIX),
        ("postgresql", "11.22", "11", MatchMethod.PREFIX),
        ("postgres", "16.4-R1", "16", MatchMethod.PREFIX),
        ("postgres", "11-alpine", "11", MatchMethod.PREFIX),
        ("postgres", "docker.io/library/postgres:16.4-alpine@sha256:0123", "16", MatchMethod.PREFIX),
        ("postgres", "PostgreSQL 11.22 (Debian 11.22-1.pgdg120+1)", "11", MatchMethod.PREFIX),
        ("postgresql", "17.5-rc1", "17", MatchMethod.PREFIX),  # a pre-release of a patch is within the cycle
        ("ubuntu", "20.04.6 LTS", "20.04", MatchMethod.PREFIX),
        ("ubuntu", "20.4", "20.04", MatchMethod.CYCLE),
        ("ubuntu", "jammy", "22.04", MatchMethod.CYCLE),
        ("ubuntu", "focal-20240216", "20.04", MatchMethod.CYCLE),
        ("ubuntu", "Noble Numbat", "24.04", MatchMethod.CYCLE),
        ("debian", "bookworm-slim", "12", MatchMethod.CYCLE),
        ("ubuntu", "ubuntu-2004-focal-v20231101", "20.04", MatchMethod.CYCLE),
        ("ubuntu", "0001-com-ubuntu-server-jammy", "22.04", MatchMethod.CYCLE),
        ("ubuntu", "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20231128", "20.04", MatchMethod.CYCLE),
        ("ubuntu", "ubuntu2204", "22.04", MatchMethod.CYCLE),
        ("postgresql", "postgres96", "9.6", MatchMethod.CYCLE),
        ("debian", "12 (Bookworm)", "12", MatchMethod.PREFIX),
        ("debian", "1:11.9", "11", MatchMethod.PREFIX),
        ("kubernetes", "v1.29.3-k3s", "1.29", MatchMethod.PREFIX),
        ("postgresql", "11 22", "11", MatchMethod.PREFIX),
        ("openssl", "1.1.1w", "1.1.1", MatchMethod.PREFIX),
        ("openssl", "1.0.2zh", "1.0.2", MatchMethod.PREFIX),
        ("jenkins", "2", "2", MatchMethod.CYCLE),
        ("jenkins", "2.541", "2.541", MatchMethod.CYCLE),
        ("jenkins", "2.541.1", "2.541", MatchMethod.PREFIX),
        ("jenkins", "2.550", "2", MatchMethod.PREFIX),
        ("temurin", "1.8.0_392", "8", MatchMethod.PREFIX),
        ("temurin", "jdk-17.0.2+8", "17", MatchMethod.PREFIX),
        ("oracle-jdk", "1.4.2_42", "1.4", MatchMethod.PREFIX),
        ("oracle-jdk", "8u202-b08", "8", MatchMethod.PREFIX),
        ("dotnet", "v8.0.1", "8", MatchMethod.PREFIX),
        ("dotnet", "5", "5.0", MatchMethod.PREFIX),
        ("sles", "15 SP4", "15.4", MatchMethod.CYCLE),
        ("sles", "15-SP4", "15.4", MatchMethod.CYCLE),
        ("freebsd", "14.1-RELEASE-p5", "14.1", MatchMethod.PREFIX),
        ("protractor", "5.4.4", "5.0", MatchMethod.LATEST),
        ("visual-studio", "Update 5", "12.0", MatchMethod.CYCLE),
        ("log4j", "log4j-2.17.1", "2", MatchMethod.PREFIX),
        ("windows", "11-24h2-e", "11-24h2-e", MatchMethod.CYCLE),
        ("windows", "11 24H2 Enterprise", "11-24h2-e", MatchMethod.CYCLE),
        ("windows", "10.0.19045.3803", "10-22h2", MatchMethod.BUILD),
        ("windows", "6.3.9600", "8.1", MatchMethod.LATEST),
        ("windows-server", "2012 R2 Standard", "2012-r2", MatchMethod.EDITION),
        ("windows-server", "Windows Server 2019", "2019", MatchMethod.CYCLE),
        ("mssql", "13.0.5888.11", "13.0-sp2", MatchMethod.BUILD),
        ("mssql", "13.0.6300.2", "13.0-sp3", MatchMethod.BUILD),
        ("mssql", "2016 SP2", "13.0-sp2", MatchMethod.CYCLE),
        ("mssql", "2019-CU18-ubuntu-20.04", "15.0", MatchMethod.PREFIX),
        ("mssql", "15.0.2000.5", "15.0", MatchMethod.PREFIX),
        ("msexchange", "15.2.1118.40", "2019", MatchMethod.BUILD),
        ("msexchange", "15.2.2562.17", "subscription", MatchMethod.BUILD),
    ],
)
def test_a_version_finds_its_cycle(name: str, version: str, cycle: str, method: MatchMethod) -> None:
    found = asked(name, version)
    assert isinstance(found, InCycle), found
    assert (found.cycle.name, found.method, found.feed) == (cycle, method, TABLE.hash)


@pytest.mark.parametrize(
    ("name", "version", "candidates"),
    [
        ("mysql", "8", ["8.4", "8.0"]),
        ("mysql", "8 0", ["8.4", "8.0"]),  # what stands behind a space is no part of the number
        ("sles", "15", ["15.5", "15.4"]),
        ("windows", "11 24H2", ["11-24h2-e-lts", "11-24h2-e", "11-24h2-w"]),
        ("windows", "10.0.26100.3194", ["11-24h2-e-lts", "11-24h2-e", "11-24h2-w"]),
        ("windows", "10.0.26100", ["11-24h2-e-lts", "11-24h2-e", "11-24h2-w"]),
        ("mulesoft-runtime", "4.9.16", ["4.9-lts", "4.9"]),
        ("mulesoft-runtime", "4.9.3", ["4.9-lts", "4.9"]),
        ("mssql", "13.0.1", ["13.0-sp3", "13.0-sp2", "13.0-sp1", "13.0"]),
        ("mautic", "3.3.2", ["3.3", "3.2"]),  # the facts contradict the name
        ("visual-studio", "Update 4", ["17.9", "14.0", "12.0", "11.0"]),  # 12.0 had one as well
        ("visual-studio", "N/A", ["17.9", "14.0", "12.0", "11.0"]),
        ("debian", "latest", ["12", "11"]),
        ("debian", "", ["12", "11"]),
        ("debian", "rhel-9", ["12", "11"]),
        ("debian", "sha256:0123abcd", ["12", "11"]),
    ],
)
def test_what_a_version_leaves_open_is_asked(name: str, version: str, candidates: list[str]) -> None:
    found = asked(name, version)
    assert isinstance(found, AmbiguousVersion), found
    assert [cycle.name for cycle in found.candidates] == candidates
    assert not found.is_one_answer


def test_editions_with_the_same_clocks_are_one_answer() -> None:
    same = Table([Product(key="tool", cycles=(dated("2-pro", 2030), dated("2-lite", 2030), dated("1", 2020)))])
    found = asked("tool", "2.4", table=same)
    assert isinstance(found, AmbiguousVersion)
    assert found.is_one_answer


def test_an_unnamed_edition_of_the_same_clocks_is_the_plain_cycle() -> None:
    same = Table([Product(key="tool", cycles=(dated("2-r2", 2030), dated("2", 2030)))])
    found = asked("tool", "2 Standard", table=same)
    assert isinstance(found, InCycle)
    assert found.cycle.name == "2"


@pytest.mark.parametrize(
    ("name", "version", "below", "above", "is_prerelease"),
    [
        ("redis", "8.1", "8.0", "8.2", False),
        ("redis", "8.1.10", "8.0", "8.2", False),
        ("postgresql", "12.22", "11", "16", False),
        ("postgresql", "17beta1", "16", "17", True),
        ("postgresql", "18rc1", "17", "18", True),
        ("postgresql", "9.5-beta2", None, "9.5", True),
        ("mysql", "8beta1", "5.7", "8.0", True),
        ("protractor", "5.3.1", "5.0", "7.0", False),
        ("jenkins", "2.535.1", "2.528", "2.541", False),
        ("windows", "10.0.20000.1", "10-22h2", "11-24h2-e-lts", False),
    ],
)
def test_what_lies_between_cycles_is_in_none(
    name: str, version: str, below: str | None, above: str | None, is_prerelease: bool
) -> None:
    found = asked(name, version)
    assert isinstance(found, BetweenCycles), found
    assert (found.below.name if found.below else None, found.above.name if found.above else None) == (below, above)
    assert found.is_prerelease is is_prerelease


@pytest.mark.parametrize(
    ("name", "version", "newest"),
    [
        ("redis", "8.10", "8.2"),
        ("postgresql", "99", "18"),
        ("postgresql", "19beta1", "18"),
        ("jenkins", "2.600.1", "2.568"),
        ("mysql", "80", "8.4"),
        ("kubernetes", "1.291", "1.30"),
    ],
)
def test_what_is_newer_than_all_is_not_taken_for_the_newest(name: str, version: str, newest: str) -> None:
    found = asked(name, version)
    assert isinstance(found, Newer), found
    assert found.newest is not None
    assert found.newest.name == newest


@pytest.mark.parametrize(
    ("name", "version", "oldest"),
    [
        ("postgresql", "9.4.1", "9.5"),
        ("mysql", "5.1", "5.7"),
        ("jenkins", "2.319.3", "2.528"),
        ("temurin", "1.7.0", "8"),
    ],
)
def test_what_is_older_than_all_is_untracked(name: str, version: str, oldest: str) -> None:
    found = asked(name, version)
    assert isinstance(found, UntrackedOld), found
    assert found.oldest is not None
    assert found.oldest.name == oldest


@pytest.mark.parametrize(
    ("name", "version", "cycle"),
    [
        # The kernel is a product of the feed, and the Linux of a system's name is not it.
        ("centos", "CentOS Linux 7 (Core)", "7"),
        ("debian", "Debian GNU/Linux 9 (stretch)", "9"),
        ("debian", "CentOS Linux 7 (Core)", None),
        ("centos", "Debian GNU/Linux 7 (wheezy)", None),
        ("centos", "Linux 7", None),
        ("fedora", "Fedora release 27 (Twenty Seven)", "27"),
        ("mssqlserver", "2014 SP3", "12.0-sp3"),
        ("mssqlserver", "2014", None),
        ("mssqlserver", "Microsoft SQL Server 2012 (SP1) - 11.0.3128.0 (X64) Dec 28 2012", "11.0-sp1"),
        (
            "mssqlserver",
            "Microsoft SQL Server 2016 (SP2) (KB4052908) - 13.0.5026.0 (X64) Mar 18 2018 09:11:49 "
            "Copyright (c) Microsoft Corporation Standard Edition (64-bit) on Windows Server 2016 Standard 10.0 <X64>",
            "13.0-sp2",
        ),
        ("mysql", "/usr/sbin/mysqld  Ver 8.0.21 for Linux on x86_64 (MySQL Community Server - GPL)", "8.0"),
        ("mariadb", "mariadbd  Ver 10.6.12-MariaDB-1:10.6.12+maria~ubu2004 for debian-linux-gnu on x86_64", "10.6"),
        ("dotnet", ".NET SDK 6.0.100", "6"),
    ],
)
def test_what_systems_and_servers_say_of_themselves(name: str, version: str, cycle: str | None) -> None:
    packs = (
        ("13.0-sp2", "2016 SP2"),
        ("12.0-sp3", "2014 'Hekaton' SP3"),
        ("12.0", "2014 'Hekaton'"),
        ("11.0-sp1", "2012 'Denali' SP1"),
    )
    table = Table(
        [
            product("linux", "6.12 5.10 4.19", label="Linux Kernel"),
            product("centos", "8 7", label="CentOS"),
            product("debian", "11 10 9 8 7", label="Debian"),
            product("fedora", "28 27", label="Fedora Linux"),
            product("mysql", "8.0 5.7", label="MySQL"),
            product("mariadb", "10.11 10.6", label="MariaDB"),
            product("dotnet", "8 6", label="Microsoft .NET"),
            product("windows-server", "2016 2012"),
            Product(
                key="mssqlserver",
                label="Microsoft SQL Server",
                cycles=tuple(dated(name, 2030 - place, label=label) for place, (name, label) in enumerate(packs)),
            ),
        ]
    )
    found = match(table, product=name, version=version)
    assert (found.cycle.name if isinstance(found, InCycle) else None) == cycle


def test_the_paid_editions_of_sonarqube_have_their_own_dates() -> None:
    table = Table([product("sonarqube-community", "10 9"), product("sonarqube-server", "10 9")])

    def found(version: str) -> str:
        answer = match(table, product="sonarqube-community", version=version)
        return f"{answer.product.key} {answer.cycle.name}" if isinstance(answer, InCycle) else type(answer).__name__

    assert found("10.6-enterprise") == "sonarqube-server 10"
    assert found("9.9.3-developer") == "sonarqube-server 9"
    assert found("9.9-community") == "sonarqube-community 9"


def test_a_weekly_release_that_others_have_followed_is_not_supported_without_an_end() -> None:
    weekly = Cycle(name="2", label="Regular", eol=Undated.OPEN, latest="2.578")
    lines = (dated("2.568", 2031, latest="2.568.2"), dated("2.541", 2026, latest="2.541.3"))
    jenkins = Table([Product(key="jenkins", cycles=(weekly, *lines))])

    def cycle_of(version: str) -> str | None:
        found = match(jenkins, product="jenkins", version=version)
        return found.cycle.name if isinstance(found, InCycle) else None

    assert [cycle_of(each) for each in ("2", "2.578", "2.570", "2.568", "2.541.1")] == ["2", "2", "2", "2.568", "2.541"]
    assert [cycle_of(each) for each in ("2.550", "2.441-slim", "2.303")] == [None, None, None]


@pytest.mark.parametrize(
    ("engine", "version", "cycle"),
    [
        ("python", "3.9", "python3.9"),
        ("python", "python3.9", "python3.9"),
        ("nodejs", "18", "nodejs18.x"),
        ("nodejs", "nodejs20.x", "nodejs20.x"),
        ("java", "java8.al2", "java8.al2"),
        ("java", "8.al2", "java8.al2"),
        ("java", "8", "java8"),
        ("node", "20", "nodejs20.x"),
        ("provided", "al2", "provided.al2"),
        ("provided", "provided", "provided"),
        ("dotnetcore", "3.1", "dotnetcore3.1"),
    ],
)
def test_functions_age_by_their_runtime(engine: str, version: str, cycle: str) -> None:
    found = asked(engine, version, "aws-lambda")
    assert isinstance(found, InCycle), found
    assert (found.product.key, found.cycle.name) == ("aws-lambda", cycle)


def test_a_function_of_an_unknown_version_is_not_the_runtime_that_has_none_in_its_name() -> None:
    found = asked("nodejs", "", "aws-lambda")
    assert isinstance(found, AmbiguousVersion)
    assert [cycle.name for cycle in found.candidates] == ["nodejs20.x", "nodejs18.x"]


def test_a_product_without_cycles_has_no_answer() -> None:
    found = asked("nothing", "1.0", table=Table([Product(key="nothing")]))
    assert isinstance(found, AmbiguousVersion)
    assert found.candidates == ()


def test_the_answer_is_the_same_from_memory() -> None:
    fresh = Table(TABLE.products)
    assert asked("postgresql", "16.4-R1", table=fresh) is asked("postgresql", "16.4-R1", table=fresh)


# Properties. A product of majors and of dotted cycles, with holes, as most are.
heads = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8, unique=True)
parts = st.lists(st.integers(0, 40), min_size=1, max_size=4)
added = st.sampled_from(["", "-alpine", "-R1", " LTS", "+build", "w", "-1ubuntu2", "-rc1", "beta2"])


def _made(names: list[tuple[int, int]]) -> Table:
    written = {f"{major}.{minor}" if minor else str(major) for major, minor in names}
    return Table(
        [Product(key="thing", cycles=tuple(dated(name, 2000 + place) for place, name in enumerate(sorted(written))))]
    )


@given(heads, parts, added)
def test_only_whole_numbers_ever_match(names: list[tuple[int, int]], numbers: list[int], suffix: str) -> None:
    found = asked("thing", ".".join(map(str, numbers)) + suffix, table=_made(names))
    if isinstance(found, InCycle):
        cycle = [int(part) for part in found.cycle.name.split(".")]
        padded = numbers + [0] * (len(cycle) - len(numbers))
        assert padded[: len(cycle)] == cycle


@given(heads, st.integers(31, 10**6), parts, added)
def test_newer_than_every_cycle_is_never_in_one(
    names: list[tuple[int, int]], major: int, minors: list[int], suffix: str
) -> None:
    found = asked("thing", ".".join(map(str, [major, *minors])) + suffix, table=_made(names))
    assert isinstance(found, Newer)


@given(heads, parts, added)
def test_what_the_text_decides_the_tokens_decide_alike(
    names: list[tuple[int, int]], numbers: list[int], suffix: str
) -> None:
    made = _made(names)
    version = ".".join(map(str, numbers)) + suffix
    index = made.identify("thing")
    assert not isinstance(index, UnknownProduct)
    assert asked("thing", version, table=made) == match_cycle(index, version)


@given(st.permutations(TABLE.products), st.sampled_from(["postgres", "windows", "k8s", "temurin"]), parts)
def test_the_order_of_the_products_makes_no_difference(products: list[Product], name: str, numbers: list[int]) -> None:
    version = ".".join(map(str, numbers))
    other = Table(products)
    assert other.hash == TABLE.hash
    assert asked(name, version, table=other) == asked(name, version)


@given(st.sampled_from([one.key for one in TABLE.products]), st.text(max_size=60), st.text(max_size=20))
def test_any_text_has_an_answer(name: str, version: str, provider: str) -> None:
    found = asked(name, version, provider)
    if not any(character.isalnum() and character.isascii() for character in version):
        assert not isinstance(found, InCycle)


def test_open_and_ended_clocks_are_kept_as_they_are() -> None:
    table = Table([Product(key="thing", cycles=(Cycle(name="1", eol=Undated.ENDED, eoes=Undated.OPEN),))])
    found = asked("thing", "1.2", table=table)
    assert isinstance(found, InCycle)
    assert found.cycle.clocks == (Undated.ABSENT, Undated.ENDED, Undated.OPEN)


@pytest.mark.parametrize(
    ("product", "version", "cycle"),
    [
        ("rails", "ruby 3.1.2 / rails 6.0.4", "6.0"),
        ("ruby", "ruby 3.1.2 / rails 6.0.4", "3.1"),
        ("php", "Apache/2.4.41 (Ubuntu) OpenSSL/1.1.1f PHP/7.4.3", "7.4"),
        ("openssl", "Apache/2.4.41 (Ubuntu) OpenSSL/1.1.1f PHP/7.4.3", "1.1.1"),
        ("apache-cassandra", "[cqlsh 6.0.0 | Cassandra 4.0.4 | CQL spec 3.4.5 | Native protocol v5]", "4.0"),
        ("nodejs", "npm 6.14.15 node v14.18.1", "14"),
        ("postgresql", "PostGIS 3.1 on PostgreSQL 12", "12"),
        ("tomcat", "Apache Tomcat/9.0.31, JVM 11.0.18", "9.0"),
        ("python", "Django 2.2, Python 3.7.3", "3.7"),
        ("rabbitmq", "Erlang 24.3, RabbitMQ 3.10.7", "3.10"),
    ],
)
def test_of_several_products_each_has_the_version_behind_its_name(product: str, version: str, cycle: str) -> None:
    found = match(starter.load(), product=product, version=version)
    assert isinstance(found, InCycle), found
    assert found.cycle.name == cycle


@pytest.mark.parametrize(
    ("product", "version", "provider", "cycle"),
    [
        ("postgresql", "PostgreSQL 11.22", "aws-rds", "11"),
        ("postgresql", "PostgreSQL 11, PostGIS 3.1", "azure", "11"),
        ("python", "Python 3.9", "aws-lambda", "python3.9"),
        ("lambda", "Ruby 2.7", "", "ruby2.7"),
        ("lambda", "Node.js 16.x", "", "nodejs16.x"),
        ("kubernetes", "Kubernetes 1.27", "aws-eks", "1.27"),
        (
            *("postgresql", "PostgreSQL 13.20 on x86_64-pc-linux-musl, compiled by gcc (Alpine 14.2.0) 14.2.0, 64-bit"),
            *("", "13"),
        ),
        ("openssl", "OpenSSL 1.1.1n built with gcc 10.2.1", "", "1.1.1"),
        # Systems have names for their releases
        ("rocky-linux", "8.8 (Green Obsidian)", "", "8"),
        ("almalinux", "AlmaLinux 9.2 (Turquoise Kodkod)", "", "9"),
    ],
)
def test_a_products_own_name_is_its_engines_too(product: str, version: str, provider: str, cycle: str) -> None:
    found = match(starter.load(), product=product, version=version, provider=provider)
    assert isinstance(found, InCycle), found
    assert found.cycle.name == cycle


@pytest.mark.parametrize(
    ("product", "version"),
    [
        ("postgresql", "PostgreSQL 11, soon 14"),
        ("postgresql", "PostgreSQL 11 -> PostgreSQL 15"),
        ("postgresql", "from MySQL 5.7 to PostgreSQL 15 by 2027"),
        ("rails", "ruby 3.0.6 / widget 6.1.7"),
        ("nodejs", "node 14 or node 16, npm 8"),
        ("python", "Django 2.2 / Flask 1.1"),
        ("rails", "ruby 3.0.6"),
    ],
)
def test_what_leaves_open_whose_version_it_is_stays_open(product: str, version: str) -> None:
    # Nor is it too old to be tracked, which counts as ended.
    assert isinstance(match(starter.load(), product=product, version=version), AmbiguousVersion)


@pytest.mark.parametrize(
    ("product", "version"), [("rails", "2.3.18"), ("php", "PHP 5.4.16 (cli)"), ("python", "Python 2.6.6")]
)
def test_a_version_that_is_too_old_is_said_to_be(product: str, version: str) -> None:
    assert isinstance(match(starter.load(), product=product, version=version), UntrackedOld)
