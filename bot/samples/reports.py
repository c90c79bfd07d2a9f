"""Reports with everything that a report can hold, all names a stranger's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.catalog import Area, AssetKind
from bot.domain.eol import Charge, Cycle, Product, Table, Undated
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.exposure import Exposure
from bot.domain.eol.feed import Freshness
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.periods import Between, Everything, Overdue, Period
from bot.domain.eol.reminders import FactsAge, Remembered
from bot.domain.eol.reports import Compiling, Report
from bot.domain.eol.subjects import ProductAsked, ReportScope
from bot.domain.inventory.deployments import Deployment, Observed
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.samples.catalog import ADA, HALF_A_YEAR, NOW, PAYMENTS, PLATFORM, SEARCH, Catalog, fact

TODAY = NOW.date()
#: Versions of the product below: each ends on another day, or on none.
_CYCLES = (
    Cycle(name="9", eol=Undated.OPEN),
    Cycle(name="8", eol=TODAY + timedelta(800)),
    Cycle(name="7", eoas=TODAY + timedelta(3), eol=TODAY + timedelta(60)),
    Cycle(name="6", eol=TODAY),
    Cycle(name="5.2", eol=TODAY - timedelta(1)),
    Cycle(name="5.1", eol=TODAY - timedelta(2)),
    Cycle(
        name="4",
        eol=TODAY - timedelta(400),
        eoes=TODAY + timedelta(400),
        charges=(Charge(TODAY - timedelta(300), Decimal("0.10")), Charge(TODAY + timedelta(300), Decimal("0.005"))),
    ),
    Cycle(name="3", eol=Undated.ENDED),
    Cycle(name="2", eol=TODAY - timedelta(2000)),
)


def reports(name: str) -> Iterator[Report]:
    """Reports of every subject, period and age of facts."""
    catalog, watches = _inventory(name)
    team = replace(catalog.teams[PAYMENTS], name=name)
    asset = next(iter(catalog.assets.values()))
    product = ProductAsked(label=name, keys=frozenset({"thing"}), words=frozenset(), version="4")
    subjects = [
        ReportScope(),
        ReportScope(teams=(team,)),
        ReportScope(teams=tuple(TeamRecord(id=number, name=name) for number in range(10, 20)), is_mine=True),
        ReportScope(person=PersonRecord(id=ADA, name=name)),
        ReportScope(asset=asset, part_ids=frozenset(catalog.assets)),
        ReportScope(product=product),
        ReportScope(teams=(team,), product=product),
        ReportScope(teams=(TeamRecord(id=99, name=name),)),
        ReportScope(product=replace(product, keys=frozenset({"none"}))),
    ]
    periods: list[Period] = [Everything(), Overdue(), Between(TODAY, TODAY + timedelta(90), "within 90 days")]
    for subject in subjects:
        yield _report(watches, subject, Everything(), FactsAge(None, Freshness.STALE), _reminders())
    for period in periods[1:]:
        yield _report(watches, subjects[1], period, FactsAge(None, Freshness.STALE), _reminders())
    for age in Freshness:
        yield _report(watches, ReportScope(), Everything(), FactsAge(NOW, age), ())
        yield _report(watches, ReportScope(teams=(team,)), periods[2], FactsAge(NOW, age), (), only_unknown=True)
    yield _report(_nothing(), ReportScope(), Everything(), FactsAge(NOW, Freshness.FRESH), ())


def _nothing() -> Exposure:
    return Exposure(Table([]), Catalog(), now=NOW, stale_after=HALF_A_YEAR, today_of=lambda _: TODAY)


def _inventory(name: str) -> tuple[Catalog, Exposure]:
    table = Table(
        [
            Product(key="thing", label=name, cycles=_CYCLES),
            *(Product(key=key, label=name) for key in ("eclipse-temurin", "amazon-corretto")),
        ]
    )
    owners: list[Any] = [(fact(PAYMENTS),), (fact(SEARCH),), (fact(ADA),), (),
                         (fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE))]  # fmt: skip
    catalog = Catalog()
    catalog.teams = {number: replace(team, name=name or team.name) for number, team in catalog.teams.items()}
    versions = ["9", "8.1", "7", "6", "5", "5.1", "5.2.1", "4.4", "3", "2.0", "1", "10", "4rc1", ""]
    seen: list[tuple[str, str]] = [("thing", version) for version in versions]
    seen += [("java", "11"), (name or "nothing", "1"), (name or "nothing", name)]
    exposure = Exposure(table, catalog, now=NOW, stale_after=HALF_A_YEAR, today_of=lambda _: TODAY)
    for number, (product, version) in enumerate(seen):
        for place, facts in enumerate(owners):
            asset = AssetRecord(
                id=number * 10 + place,
                own_ref=f"database:{number}-{place}", kind=AssetKind.DATABASE, name=name, facts=facts
            )  # fmt: skip
            catalog.assets[asset.id] = asset
            observed = Observed(
                product=product, version=version, environment=name, source=name,
                inside=name if place == 1 else "", first_seen_at=NOW, recorded_at=NOW,
            )  # fmt: skip
            exposure.put(asset.id, Deployment(asset.id, observed))
    for _ in exposure.fill():
        pass
    return catalog, exposure


def _reminders() -> tuple[Remembered, ...]:
    """Every kind of answer, one for each cycle of Payments."""
    person = PersonRecord(id=ADA, name="Ada <!here>")
    made = []
    for number, (cycle, kind) in enumerate(zip(("8", "7", "6", "4", "2"), AnswerKind, strict=True)):
        on = next(each.eol for each in _CYCLES if each.name == cycle)
        assert isinstance(on, date)  # noqa: S101 - each of these cycles ends on a day
        answer = Answer(
            id=number, kind=kind, person=person, at=NOW, deadline=TODAY - timedelta(1), milestone=7,
            until=TODAY + timedelta(20), detail={"target": "<!channel> 16"}, decided_by=person,
        )  # fmt: skip
        deadline_kind = DeadlineKind.PRICE_STEP if cycle == "4" else DeadlineKind.SUPPORT
        made.append(
            Remembered(
                id=number, addressee=f"team:{PAYMENTS}", product="thing", cycle=cycle, kind=deadline_kind, deadline=on,
                opened_on=TODAY, claimed_by=person if cycle == "2" else None, claimed_at=NOW if cycle == "2" else None,
                answers=(answer,),
            )
        )  # fmt: skip
    return tuple(made)


def _report(
    watches: Exposure,
    subject: ReportScope,
    period: Period,
    facts: FactsAge,
    reminders: tuple[Remembered, ...],
    *,
    only_unknown: bool = False,
) -> Report:
    compiling = Compiling(subject, period, TODAY, facts, only_unknown)
    for _ in compiling.fill(watches):
        pass
    return compiling.done(reminders)
