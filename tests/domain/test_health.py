"""What the health report counts, what it compares with, when it is posted, and what it says to do first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.blocks.eol.health import recorded, section, upgrade
from bot.blocks.health import Figure, HealthReport, said
from bot.blocks.ownership.health import sections
from bot.domain.catalog import Area, AssetKind, Hosting, Role
from bot.domain.eol.bill import Bill
from bot.domain.eol.charges import running_charge
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.matches import InCycle, Matched, MatchMethod, UnknownProduct
from bot.domain.eol.records import Charge, Cycle, Product, Undated
from bot.domain.eol.responsibility import NOBODY, Responsible
from bot.domain.health import Earlier, first_actions, is_due, month_of
from bot.domain.inventory.deployments import Deployment, Observed
from bot.domain.ownership import verdict
from bot.domain.ownership.coverage import Coverage, FirstThing, Holder, Standing
from bot.domain.records import AssetRecord, HandoffRecord, HandoffStage, OpenMatters, TeamRecord
from bot.domain.working_time import WorkingTime, zone_of
from bot.samples.catalog import ADA, DISSOLVED, HALF_A_YEAR, LONG_AGO, NOW, PAYMENTS, PLATFORM, SEARCH, Catalog, fact
from tests.domain.test_ownership import asset

TODAY = date(2026, 3, 3)
WORK = WorkingTime(zone_of("UTC"), frozenset({date(2026, 4, 1)}))


def counted(
    *assets: AssetRecord,
    devops: int | None = PLATFORM,
    catalog: Catalog | None = None,
    declined: frozenset[tuple[int, int]] = frozenset(),
    **how: Any,
) -> Coverage:
    catalog, coverage = catalog or Catalog(), Coverage(devops, declined)
    catalog.assets |= {each.id: each for each in assets}
    for each in assets:
        coverage.add(verdict(each, catalog, now=NOW, stale_after=HALF_A_YEAR), catalog, **how)
    return coverage


def test_everything_is_counted_once_by_how_it_is_owned() -> None:
    found = counted(
        asset(id=1),
        asset(fact(DISSOLVED), id=2),
        asset(fact(PAYMENTS), fact(SEARCH, source="other"), id=3),
        asset(fact(SEARCH), id=4),
        asset(fact(PAYMENTS), id=5),
        asset(id=6, unowned_reason="A sandbox."),
    ).everybody
    assert found.things == 6
    apart = (Standing.OWNED, Standing.UNOWNED, Standing.ON_PURPOSE, Standing.DISPUTED, Standing.ORPHANED)
    assert [found.standings[each] for each in apart] == [2, 1, 1, 1, 1]
    assert found.standings[Standing.ONE_PERSON] == 1, "Search has one person"
    assert counted(asset(fact(PAYMENTS)), catalog=Catalog(read_at=LONG_AGO)).everybody.standings[Standing.STALE] == 1


def test_devops_load_is_what_it_holds_of_other_teams_things() -> None:
    found = counted(
        replace(asset(fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE), id=1), kind=AssetKind.DATABASE),
        replace(asset(fact(SEARCH), id=2), kind=AssetKind.DATABASE),
        replace(asset(fact(PLATFORM), id=3), kind=AssetKind.DATABASE),
        asset(fact(PAYMENTS), fact(PLATFORM, role=Role.SECONDARY), id=4),
    )
    assert (found.everybody.held, found.everybody.own) == ({AssetKind.DATABASE: 1}, 1)
    assert found.everybody.of_others[AssetKind.DATABASE] == 2, "DevOps' own database is not another team's"
    assert found.of_team(PAYMENTS).held.total() == 1
    assert found.of_team(SEARCH).held.total() == 0
    assert found.by_team[PLATFORM].held.total() == 0, "nobody holds anything for itself"
    assert found.of_team(PLATFORM).held.total() == 1, "what it holds for all others is what it has"
    assert found.everybody.split == {Area.DATABASE: 1}
    assert found.of_team(PAYMENTS).cells == {
        (Area.APPLICATION, Holder.OWN): 1,
        (Area.DATABASE, Holder.DEVOPS): 1,
        (Area.ALL, Holder.OWN): 1,
    }


def test_what_was_handed_over_is_the_receivers_while_an_outdated_file_makes_it_disputed() -> None:
    accepted = fact(PAYMENTS, Area.DATABASE, source="slack", is_human=True, is_agreed=True)
    found = counted(asset(fact(PAYMENTS, Area.APPLICATION), accepted, fact(PLATFORM, Area.DATABASE)))
    assert found.everybody.standings[Standing.DISPUTED] == 1
    assert found.everybody.held.total() == 0
    assert found.of_team(PAYMENTS).cells[Area.DATABASE, Holder.DEVOPS] == 0
    claimed = replace(accepted, is_agreed=False)
    found = counted(asset(fact(PAYMENTS, Area.APPLICATION), claimed, fact(PLATFORM, Area.DATABASE)))
    assert found.everybody.held.total() == 1, "a claim is nobody's agreement"


def test_what_a_team_declined_lately_is_held_and_not_proposed_to_it() -> None:
    split = [
        asset(fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE), id=each, name=f"{each}")
        for each in (1, 2)
    ]
    found = counted(*split, declined=frozenset({(1, PAYMENTS), (2, SEARCH)})).of_team(PAYMENTS)
    assert (found.held.total(), found.proposed, found.first[Standing.OWNED].asset.id) == (2, 1, 2)


def test_what_is_in_a_handoff_already_is_not_proposed_again() -> None:
    def split(number: int, *, area: Area = Area.DATABASE, stage: HandoffStage = HandoffStage.OFFERED) -> AssetRecord:
        made = HandoffRecord(number + 10, area, PLATFORM, SEARCH, stage)
        facts = (fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE))
        return replace(asset(*facts, id=number, name=f"{number}"), matters=OpenMatters(handoffs=(made,)))

    found = counted(split(1), split(2, area=Area.APPLICATION)).of_team(PAYMENTS)
    assert (found.held.total(), found.proposed, found.under_way) == (2, 1, 1)
    assert found.first[Standing.OWNED].asset.id == 2
    found = counted(split(1), split(3)).of_team(PAYMENTS)
    assert (found.proposed, found.under_way, found.first[Standing.OWNED].handoff) == (0, 2, 11)


def test_what_devops_owns_whole_is_for_the_team_that_it_is_a_part_of() -> None:
    system, part = asset(fact(PAYMENTS), id=1), asset(fact(PLATFORM), id=2, parent_id=1)
    assert counted(system, part).of_team(PAYMENTS).held.total() == 1
    alone = counted(asset(fact(PLATFORM), id=2, parent_id=9))
    assert (alone.everybody.held.total(), alone.everybody.own) == (0, 1)


def test_what_runs_elsewhere_is_no_load_and_counts_as_owned_all_the_same() -> None:
    split = asset(fact(PAYMENTS, Area.APPLICATION), fact(PLATFORM, Area.DATABASE))
    found = counted(split, is_production=False).everybody
    assert (found.held.total(), found.of_others.total()) == (0, 0)
    assert found.standings[Standing.OWNED] == 1


def test_without_a_devops_team_nothing_is_its_load() -> None:
    found = counted(asset(fact(PAYMENTS, Area.APPLICATION), fact(ADA, Area.DATABASE)), devops=None).everybody
    assert (found.held.total(), found.own) == (0, 0)
    assert found.split == {Area.DATABASE: 1}


def test_what_most_hangs_on_comes_first_then_the_tier_then_what_a_provider_runs() -> None:
    first = [
        FirstThing(asset(id=1, name="z"), 3),
        FirstThing(asset(id=2, name="y", tier=1)),
        FirstThing(asset(id=3, name="x", tier=2, hosting=Hosting.MANAGED)),
        FirstThing(asset(id=4, name="a", tier=2)),
        FirstThing(asset(id=5, name="b")),
    ]
    assert sorted({*first}, key=lambda each: each.order) == first


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 3, 1), False),  # a Sunday
        (date(2026, 3, 2), True),
        (date(2026, 3, 10), True),
        (date(2026, 3, 11), False),
        (date(2026, 4, 1), False),  # a holiday
        (date(2026, 4, 2), True),
    ],
)
def test_a_report_is_due_from_the_first_working_day_for_some_days(day: date, due: bool) -> None:
    assert is_due(day, WORK) is due
    assert month_of(day) == day.replace(day=1)


def test_what_was_not_kept_of_a_team_was_zero_unless_it_was_not_counted_at_all() -> None:
    earlier = Earlier(TODAY, {("", "eol.past"): 4, ("team:1", "eol.past"): 4})
    assert [earlier.of(scope, "eol.past") for scope in ("", "team:1", "team:2")] == [4, 4, 0]
    assert earlier.of("", "devops.held") is None
    assert earlier.of("team:1", "devops.held") is None


@dataclass(frozen=True)
class Acting:
    name: str
    effect: int
    leads_to: object = field(default_factory=object)


def test_what_two_nouns_say_of_one_thing_is_said_once() -> None:
    one, other = [Acting("a", 3, "handoff 9")], [Acting("b", 3, "handoff 9"), Acting("c", 1)]
    assert [each.name for each in first_actions([one, other])] == ["a", "c"]


def test_the_three_actions_that_settle_most_come_first() -> None:
    given = [Acting("a", 2), Acting("b", 9), Acting("c", 0)]
    assert [each.name for each in first_actions([given])] == ["b", "a"]
    others = [Acting("d", 2), Acting("e", 2)]
    assert [each.name for each in first_actions([given, others])] == ["b", "d", "a"], "the first of another noun"


CHARGED = (Charge(TODAY - timedelta(10), Decimal("0.10")),)
ENDED = Cycle(name="1", eol=TODAY - timedelta(30), eoes=TODAY + timedelta(300), charges=CHARGED)
OLDER = Cycle(name="0", eol=TODAY - timedelta(400))
SOON = Cycle(name="2", eol=TODAY + timedelta(90))
LATER = Cycle(name="3", eol=TODAY + timedelta(91))


def run(cycle: Cycle | None, *, goes_on: bool | None = None) -> MatchedDeployment:
    observed = Observed(product="p", version="1", has_extended_support=goes_on, first_seen_at=NOW, recorded_at=NOW)
    one = Deployment(1, observed)
    came_to: Matched = UnknownProduct(suggestions=(), feed="")
    if cycle is not None:
        came_to = InCycle(product=Product(key="p"), cycle=cycle, method=MatchMethod.CYCLE, feed="")
    return MatchedDeployment(one, asset(), came_to, Responsible(NOBODY))


def test_a_bill_counts_things_days_and_money() -> None:
    bill = Bill()
    bill.add([run(ENDED), run(OLDER)], TODAY)
    bill.add([run(SOON)], TODAY)
    bill.add([run(LATER), run(None)], TODAY)
    bill.add([run(Cycle(name="x", eol=Undated.ENDED))], TODAY)
    assert (bill.past, bill.days, bill.soon, bill.unknown) == (2, 400, 1, 1)
    assert bill.money == {"USD": 292}
    assert bill.oldest == (400, "checkout")
    assert (bill.charged, bill.dearest) == (1, (292, "checkout"))
    bill.add([run(ENDED, goes_on=False)], TODAY)
    assert bill.money == {"USD": 292}


def test_money_is_named_at_what_costs_it() -> None:
    team = TeamRecord(id=1, name="devops")
    bill = Bill(past=8, oldest=(900, "modules"), money=Counter(USD=584), charged=1, dearest=(584, "orders-db"))
    said = "Have *devops* upgrade 8 things past end of life, begin with *modules* (2 years ago)."
    assert upgrade(team, bill).line.text == f"{said} *orders-db* costs about 584 USD a month."
    bill.charged = 3
    assert upgrade(team, bill).line.text == f"{said} *orders-db* and 2 more cost about 584 USD a month."


def test_a_name_is_one_and_nothing_is_none() -> None:
    covered = next(iter(sections(counted(asset(id=1)).everybody, None, None, 1)))
    assert covered.figures[-1].words == "unknown name asked for"
    found = HealthReport(
        today=TODAY, headline=None, sections=(), notes=(), actions=(), earlier=Earlier(TODAY, {("", "x"): 3})
    )
    assert said(Figure(key="x", value=0, words="waiting"), found) == "none waiting (down from 3)"
    assert said(Figure(key="y", value=0, of=4, words="owned"), found) == "0 of 4 owned"


def test_what_is_charged_counts_where_nobody_knows_how_much() -> None:
    bill = Bill()
    unpriced = replace(ENDED, charges=(Charge(TODAY - timedelta(10)),))
    part = replace(ENDED, charges=(Charge(TODAY - timedelta(10), Decimal(80), "%", "the node's price"),))
    cluster = replace(ENDED, charges=(Charge(TODAY - timedelta(10), Decimal("0.50"), unit="cluster-hour"),))
    for cycle in (unpriced, part, cluster, OLDER):
        bill.add([run(cycle)], TODAY)
    assert (bill.unpriced, bill.money) == (2, {"USD": 365})
    shown = {figure.key: f"{figure.value} {figure.words}" for figure in section(bill).figures}
    assert shown["eol.unpriced"] == "2 more charged now, sum not known"
    assert recorded(bill)["eol.unpriced"] == 2


def test_nothing_is_charged_once_extended_support_is_over() -> None:
    assert running_charge(ENDED, TODAY) == CHARGED[0]
    assert running_charge(ENDED, TODAY, has_extended_support=False) is None
    assert running_charge(ENDED, TODAY + timedelta(301)) is None
