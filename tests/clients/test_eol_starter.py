"""The starter table that ships with Baton: what it covers, and that its dates are those of endoflife.date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources

import pytest

from bot.clients.eol import starter
from bot.domain.eol import AmbiguousVersion, Cycle, InCycle, Phase, Product, Table, Undated, match, phase
from bot.domain.eol.charges import charged
from bot.domain.eol.exposure import certain_of
from bot.domain.eol.feed import SHIPPED_ON
from bot.errors import UnreadableError
from tests.eol_facts import facts, needs_facts, product

#: Not at endoflife.date: from the providers' own pages.
OWN = {"amazon-aurora-mysql", "heroku-postgresql", "ingress-nginx"}
OWN |= {"google-cloud-sql-postgresql", "google-cloud-sql-mysql"}
#: There without the end of the support that is paid for.
HALF_OWN = {"azure-database-for-postgresql"}
#: Sold on a third column, and yet nobody is charged who has not chosen it.
CHOSEN = {"azure-kubernetes-service"}
EXPECTED = """
postgresql mysql mariadb mongodb redis valkey apache-cassandra elasticsearch opensearch rabbitmq apache-kafka
amazon-rds-postgresql amazon-rds-mysql amazon-aurora-postgresql azure-database-for-postgresql
google-cloud-sql-postgresql heroku-postgresql kubernetes amazon-eks azure-kubernetes-service
google-kubernetes-engine python nodejs eclipse-temurin amazon-corretto go ruby php dotnet django rails
spring-boot angular react ubuntu debian rhel alpine-linux amazon-linux windows-server terraform jenkins nginx
openssl
"""


@pytest.fixture(scope="module")
def table() -> Table:
    return starter.load()


def cycle(table: Table, name: str, version: str, provider: str) -> Cycle:
    found = match(table, product=name, version=version, provider=provider)
    assert isinstance(found, InCycle), found
    return found.cycle


def test_it_covers_what_an_ordinary_company_runs(table: Table) -> None:
    assert len(EXPECTED.split()) >= 40
    assert [key for key in EXPECTED.split() if table.get(key) is None] == []
    assert all(one.cycles and one.label and one.category for one in table.products)


@pytest.mark.parametrize(
    ("provider", "eol", "eoes"),
    [
        ("", "2023-11-09", "absent"),
        ("heroku", "2023-11-09", "absent"),
        ("aws-rds", "2024-02-29", "2027-03-31"),
        ("azure", "2026-07-31", "2026-11-08"),
        ("gcp", "2025-02-01", "2028-02-01"),
    ],
)
def test_postgresql_11_has_five_answers(table: Table, provider: str, eol: str, eoes: str) -> None:
    found = cycle(table, "postgresql", "11.22", provider)
    assert (str(found.eol), str(found.eoes)) == (eol, eoes)


def test_extended_support_at_rds_costs_more_in_its_third_year(table: Table) -> None:
    found = cycle(table, "postgres", "11", "aws-rds")
    assert [(one.since, one.amount) for one in found.charges] == [
        (date(2024, 4, 1), Decimal("0.10")),
        (date(2026, 4, 1), Decimal("0.20")),
    ]
    assert phase(found, date(2026, 5, 1)) is Phase.EXTENDED
    for product_of in table.products:
        for one in product_of.cycles:
            assert list(one.charges) == sorted(one.charges, key=lambda charge: charge.since)
            if one.charges:
                assert isinstance(one.eol, date)
                assert timedelta(0) <= one.charges[0].since - one.eol < timedelta(days=100)


def test_whatever_a_provider_goes_on_with_for_money_has_a_charge(table: Table) -> None:
    silent = [
        (one.key, each.name)
        for one in table.products
        if one.category == "service" and one.key not in CHOSEN
        for each in one.cycles
        if isinstance(each.eoes, date) and isinstance(each.eol, date) and not each.charges
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("name", "version", "provider", "day", "said"),
    [
        ("redis", "5.0.6", "elasticache", "2026-11-29", "charged now: 80% of the node's price"),
        ("redis", "6.2", "elasticache", "2026-11-29", "charged from 2027-02-01 on: 80% of the node's price"),
        ("opensearch", "2.11", "aws", "2027-11-08", "charged now: 0.0065 USD per normalized instance-hour"),
        ("opensearch", "2.3", "aws", "2026-11-29", "charged now: 100% of the instance's price"),
        ("documentdb", "3.6", "aws", "2026-11-29", "charged now, price not known"),
        ("documentdb", "3.6", "aws", "2026-05-01", "charged from 2026-07-01 on, price not known"),
        ("postgresql", "12", "cloudsql", "2026-11-29", "charged now: 0.07 USD per vCPU-hour"),
        ("mysql", "8.0", "cloudsql", "2026-11-29", "charged from 2027-01-01 on: 0.07 USD per vCPU-hour"),
        ("mysql", "5.7", "azure", "2026-11-29", "charged now, price not known"),
        ("mysql", "8.0", "azure", "2026-11-29", "charged from 2027-01-01 on, price not known"),
        ("postgresql", "13", "azure", "2026-11-29", "charged now, price not known"),
        ("postgresql", "11", "azure", "2026-11-29", ""),
        ("kubernetes", "1.33", "aks", "2026-11-29", "support until 2027-07-31 has to be bought"),
        ("kubernetes", "1.33", "eks", "2026-11-29", "charged now: 0.50 USD per cluster-hour"),
        ("mariadb", "10.4", "aws-rds", "2026-11-29", ""),
    ],
)
def test_what_providers_charge_is_said(
    table: Table, name: str, version: str, provider: str, day: str, said: str
) -> None:
    found = match(table, product=name, version=version, provider=provider)
    assert isinstance(found, InCycle), found
    assert charged(found.product, found.cycle, date.fromisoformat(day)).said() == said


@pytest.mark.parametrize(
    ("version", "eol", "eoes", "charges"),
    [
        (
            "5.7.mysql_aurora.2.11.2",
            date(2024, 10, 31),
            date(2029, 6, 30),
            [(date(2024, 12, 1), "0.10"), (date(2026, 12, 1), "0.20")],
        ),
        ("8.0.mysql_aurora.3.08.0", date(2028, 4, 30), date(2029, 7, 31), [(date(2028, 5, 1), "0.10")]),
        ("8.4.mysql_aurora.8.4.7", date(2032, 4, 30), Undated.OPEN, []),
    ],
)
def test_aurora_mysql_ends_as_its_release_calendar_says(
    table: Table, version: str, eol: date, eoes: date | Undated, charges: list[tuple[date, str]]
) -> None:
    found = cycle(table, "aurora-mysql", version, "aws-rds")
    assert (found.eol, found.eoes) == (eol, eoes)
    assert [(each.since, f"{each.amount}") for each in found.charges] == charges


def test_extended_support_at_eks_is_charged_for_the_cluster(table: Table) -> None:
    [charge] = cycle(table, "kubernetes", "1.32", "aws-eks").charges
    assert (charge.since, charge.amount, charge.unit) == (date(2026, 3, 24), Decimal("0.50"), "cluster-hour")


def test_a_cycle_is_found_by_its_name_alone(table: Table) -> None:
    for one in table.products:
        for each in one.cycles:
            assert cycle(table, one.key, each.name, "") is each


@pytest.mark.parametrize(
    ("name", "version"), [("jenkins", "2.319.3-lts-jdk11"), ("redis", "4.0.9"), ("gitlab", "13.0.0-ce.0")]
)
def test_what_is_older_than_all_that_is_tracked_is_over(table: Table, name: str, version: str) -> None:
    certain = certain_of(match(table, product=name, version=version))
    assert certain is not None
    assert certain.cycle.eol is Undated.ENDED


@needs_facts
def test_every_date_is_that_of_the_facts(table: Table) -> None:
    compared = 0
    for one in table.products:
        if one.key in OWN:
            continue
        known = {each.name: each for each in product(one.key).cycles}
        for each in one.cycles:
            said = known[each.name]
            ours = replace(each, eoes=Undated.ABSENT) if one.key in HALF_OWN else each
            assert (ours.released, *ours.clocks) == (said.released, *said.clocks), (one.key, each.name)
            assert each.latest in {"", said.latest}
            compared += 1
    assert compared > 900


@needs_facts
def test_what_is_not_at_endoflife_date_is_few(table: Table) -> None:
    assert {one.key for one in table.products} - set(facts()) == OWN


@needs_facts
def test_a_cycle_that_it_lacks_is_never_taken_for_one_that_it_has(table: Table) -> None:
    taken = []
    for one in table.products:
        if one.key in OWN:
            continue
        have = {each.name for each in one.cycles}
        for each in product(one.key).cycles:
            for version in {each.name, each.latest} - {""}:
                found = match(table, product=one.key, version=version)
                if each.name not in have and isinstance(found, InCycle):
                    taken.append((one.key, version, found.cycle.name))
                if each.name in have and not isinstance(found, InCycle | AmbiguousVersion):
                    taken.append((one.key, version, "nothing"))
    assert taken == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x: {label: X, category: c, cycles: {'1': eol soon}}", "x cannot be read"),
        ("x: {label: X, category: c, cycles: {'1': end 2020-01-01}}", "end, which is unknown"),
        ("x: {label: X, category: c, cycles: {'1': eol}}", "nothing of it"),
        ("x: {label: X, category: c, cycles: {'1': 'eol 2020-01-01, eol 2021-01-01'}}", "twice"),
        ("x: {label: X, category: c, cycles: {'1': charge 2020-01-01 much}}", "x cannot be read"),
        ("x: {label: X, category: c, cycle: {}}", "unknown key cycle"),
        ("x: {label: X, category: c, aliases: y, cycles: {}}", "are lists"),
        ("x: {label: X}", "x cannot be read"),
        ("x: [1", "is not YAML"),
    ],
)
def test_a_mistake_in_the_files_is_an_error_that_says_where(text: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        list(starter.read(text, shown="tools.yaml"))


def test_a_line_is_read_whole() -> None:
    line = "released 2024-01-02, lts 2024-06-01, eoas ended, eol open, eoes 2030-01-01, codename Big Cat"
    [read] = starter.read(f"x: {{label: X, category: c, cycles: {{'1.10': '{line}'}}}}", shown="x")
    assert isinstance(read, Product)
    [one] = read.cycles
    assert (one.name, one.codename, one.released, one.lts) == ("1.10", "Big Cat", date(2024, 1, 2), date(2024, 6, 1))
    assert [str(clock) for clock in one.clocks] == ["ended", "open", "2030-01-01"]


def test_the_day_that_is_said_of_these_dates_is_the_one_in_the_files() -> None:
    folder = resources.files("bot").joinpath("data/eol")
    said = [each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(".yaml")]
    assert said
    assert all(f"as of {SHIPPED_ON}." in each for each in said)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("amazon-eks", "Extended support costs"),
        ("azure-kubernetes-service", "Long-term support has to be chosen"),
        ("google-kubernetes-engine", "in the Extended channel about ten months longer"),
    ],
)
def test_of_clusters_it_says_that_support_can_be_had_for_longer(table: Table, key: str, says: str) -> None:
    [found] = [each for each in table.products if each.key == key]
    assert says in found.note
