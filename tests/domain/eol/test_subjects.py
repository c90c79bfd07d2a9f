"""Which deployments a question covers, by team, asset, product and version."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.catalog import Area
from bot.domain.eol import Cycle, Product, Table
from bot.domain.eol.exposure import Exposure, MatchedDeployment
from bot.domain.eol.subjects import ProductAsked, ReportScope, product_asked, version_tokens
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
