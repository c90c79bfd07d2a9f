"""Which deployments a question covers, by team, asset, product and version."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.catalog import Area
from bot.domain.eol import Cycle, Product, Table
from bot.domain.eol.exposure import Exposure, MatchedDeployment
from bot.domain.eol.subjects import ProductAsked, ReportScope, product_asked, releases, version_tokens
from bot.domain.inventory.deployments import Deployment
from bot.samples.catalog import ADA, HALF_A_YEAR, NOW, PAYMENTS, PLATFORM, SEARCH, Catalog, fact
from tests.domain.eol.test_exposure import TODAY, asset, filled, runs

TABLE = Table(
    [
        Product(
            key="postgresql",
            label="PostgreSQL",
            aliases=("postgres",),
            cycles=(Cycle(name="11", eol=date(2023, 11, 9)), Cycle(name="9.6", eol=date(2021, 11, 11))),
        ),
        Product(key="amazon-rds-postgresql", label="RDS", cycles=(Cycle(name="11", eol=date(2024, 2, 29)),)),
        Product(key="debian", cycles=(Cycle(name="12", codename="Bookworm", eol=date(2028, 6, 30)),)),
        Product(key="eclipse-temurin", label="Temurin", cycles=(Cycle(name="11", eol=date(2027, 10, 31)),)),
        Product(key="node", cycles=(Cycle(name="16", eol=date(2023, 9, 11)),)),
        Product(key="python", cycles=(Cycle(name="3.9", eol=date(2025, 10, 31)),)),
        Product(key="dotnet", cycles=(Cycle(name="3.1", eol=date(2022, 12, 13)),)),
        Product(
            key="aws-lambda",
            label="AWS Lambda",
            cycles=tuple(
                Cycle(name=name, eol=date(2024, 1, 8))
                for name in ("python3.9", "python3.12", "java11", "dotnetcore3.1", "dotnet6", "go1.x")
            ),
        ),
        Product(key="redis", cycles=(Cycle(name="6.2", eol=date(2027, 1, 1)),)),
        Product(key="amazon-elasticache-redis", cycles=(Cycle(name="6", eol=date(2027, 1, 31)),)),
    ]
)


def running(
    *deployments: tuple[int, Deployment], owners: dict[int, tuple[object, ...]] | None = None
) -> list[MatchedDeployment]:
    ids = {asset_id for asset_id, _ in deployments}
    assets = {number: asset(number, *(owners or {}).get(number, (fact(PAYMENTS),))) for number in ids}
    made = Exposure(TABLE, Catalog(assets), now=NOW, stale_after=HALF_A_YEAR, today_of=lambda _: TODAY)
    return [one for each in filled(made, *deployments).by_asset.values() for one in each]


def product(text: str) -> ProductAsked:
    found = product_asked(TABLE, text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "keys", "version"),
    [
        ("postgres", {"postgresql", "amazon-rds-postgresql"}, ""),
        ("PostgreSQL 11", {"postgresql", "amazon-rds-postgresql"}, "11"),
        ("postgresql@9.6", {"postgresql", "amazon-rds-postgresql"}, "9.6"),
        ("postgres:v11", {"postgresql", "amazon-rds-postgresql"}, "v11"),
        ("postgres 11 rds", {"amazon-rds-postgresql"}, "11"),
        ("rds postgres", {"amazon-rds-postgresql"}, ""),
        ("debian bookworm", {"debian"}, "bookworm"),
    ],
)
def test_a_product_is_asked_for_as_everybody_offers_it_or_as_one_does(text: str, keys: set[str], version: str) -> None:
    found = product(text)
    assert found.keys & {each.key for each in TABLE.products} == keys
    assert found.version == version


@pytest.mark.parametrize("text", ["", "payments", "node exporter", "11", "checkout 2", "@", ":"])
def test_what_is_no_product(text: str) -> None:
    assert product_asked(TABLE, text) is None


def test_java_is_all_vendors_and_what_says_none() -> None:
    asked = product("java 11")
    assert "eclipse-temurin" in asked.keys
    unnamed, temurin, other = running(
        runs(1, "java", "11"), runs(2, "openjdk", "11.0.2", provider="temurin"), runs(3, "node", "16")
    )
    assert [asked.covers(one) for one in (unnamed, temurin, other)] == [True, True, False]


@pytest.mark.parametrize(
    ("asked", "covered"),
    [
        ("python 3.9", ["3.9", "python3.9", "", "?"]),
        ("python", ["3.9", "python3.9", "python3.12", "", "?"]),
        ("python 3.9 lambda", ["python3.9", "", "?"]),
        ("java 11", ["java11", "?"]),
        ("dotnet 3.1", ["dotnetcore3.1", "?"]),
        ("dotnet", ["dotnetcore3.1", "dotnet6", "?"]),
    ],
)
def test_a_language_is_also_what_functions_run_of_it(asked: str, covered: list[str]) -> None:
    known = running(
        runs(1, "python", "3.9"),
        runs(2, "python", "3.9", provider="aws-lambda"),
        runs(3, "python", "python3.12", provider="aws-lambda"),
        runs(4, "java", "11", provider="aws-lambda"),
        runs(5, "dotnetcore", "3.1", provider="aws-lambda"),
        runs(6, "AWS Lambda", "dotnet6"),
        runs(7, "python", "", provider="aws-lambda"),
        runs(8, "AWS Lambda", ""),  # nobody says what it runs
    )
    names = ["3.9", "python3.9", "python3.12", "java11", "dotnetcore3.1", "dotnet6", "", "?"]
    assert [name for name, one in zip(names, known, strict=True) if product(asked).covers(one)] == covered


def test_what_nobody_runs_ends_for_functions_on_a_day_of_its_own() -> None:
    named = [(each.key, cycle.name) for each, cycle in releases(TABLE, product("python 3.9"))]
    assert named == [("aws-lambda", "python3.9"), ("python", "3.9")]


def test_another_engine_of_a_service_is_not_the_one_that_is_called_alike() -> None:
    redis, memcached = running(
        runs(1, "redis", "6.2", provider="aws-elasticache"), runs(2, "memcached", "1.6", provider="aws-elasticache")
    )
    assert [product("redis").covers(one) for one in (redis, memcached)] == [True, False]


@pytest.mark.parametrize(
    ("asked", "version", "is_covered"),
    [
        ("postgres 11", "11.22", True),
        ("postgres 11", "11", True),
        ("postgres 9", "9.6.24", True),
        ("postgres 9.6", "9", True),  # may be 9.6
        ("postgres 11", "", True),  # nobody says which it is
        ("postgres 11.22", "11.5", False),
        ("postgres 1", "11.22", False),
        ("postgres 12", "11.22", False),
        ("postgres 13", "13.1", True),  # newer than every known one, and still what was asked for
    ],
)
def test_versions_by_whole_numbers(asked: str, version: str, is_covered: bool) -> None:
    [one] = running(runs(1, version=version))
    assert product(asked).covers(one) is is_covered


def test_a_codename_is_its_cycle() -> None:
    [one] = running(runs(1, "debian", "12.4"))
    assert product("debian bookworm").covers(one)


def test_a_team_has_what_it_is_reminded_of_and_what_it_shares() -> None:
    teams = Catalog().teams
    database, foreign, shared = running(
        runs(1), runs(2), runs(3),
        owners={2: (fact(SEARCH),), 3: (fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE))},
    )  # fmt: skip
    of_payments, of_platform = ReportScope(teams=(teams[PAYMENTS],)), ReportScope(teams=(teams[PLATFORM],))
    assert [of_payments.covers(one) for one in (database, foreign, shared)] == [True, False, True]
    assert [of_platform.covers(one) for one in (database, foreign, shared)] == [False, False, True]


def test_what_is_mine_is_my_teams_and_in_my_name() -> None:
    catalog = Catalog()
    mine = ReportScope(teams=(catalog.teams[PAYMENTS],), person=catalog.people[ADA], is_mine=True)
    theirs, own = running(runs(1), runs(2), owners={1: (fact(SEARCH),), 2: (fact(ADA),)})
    assert [mine.covers(one) for one in (theirs, own)] == [False, True]


def test_an_asset_comes_with_its_parts_and_a_product_narrows() -> None:
    one, part, other = running(runs(1), runs(2), runs(3))
    subject = ReportScope(asset=one.asset, part_ids=frozenset({1, 2}))
    assert [subject.covers(each) for each in (one, part, other)] == [True, True, False]
    narrowed = ReportScope(asset=one.asset, part_ids=frozenset({1, 2}), product=product("debian"))
    assert not narrowed.covers(one)
    assert ReportScope().covers(other)


@pytest.mark.parametrize(
    ("version", "tokens"), [("v11.22", ("11", "22")), ("11-Alpine", ("11", "alpine")), ("", ()), ("v", ("v",))]
)
def test_tokens(version: str, tokens: tuple[str, ...]) -> None:
    assert version_tokens(version) == tokens
