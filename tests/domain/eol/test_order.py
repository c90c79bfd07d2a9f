"""In which order reports and digests list what they have: by what can still be prevented, then by what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.blocks import eol as blocks
from bot.domain.eol import Charge, Cycle, Product, Table
from bot.domain.eol.exposure import Exposure
from bot.domain.eol.milestones import Milestone
from bot.domain.eol.periods import Everything
from bot.domain.eol.reminders import Digest, DueMilestone
from bot.domain.eol.reports import Compiling
from bot.domain.eol.responsibility import NOBODY
from bot.domain.eol.subjects import ReportScope
from bot.samples.catalog import HALF_A_YEAR, NOW, Catalog
from bot.samples.eol import card
from tests.domain.eol.test_exposure import TODAY, asset, filled, runs
from tests.domain.eol.test_reports import FRESH


def cycle(name: str, ends: int, *, price: str = "", until: int = 900) -> Cycle:
    """A cycle that ends so many days from today, and is charged for from then on where it has a price."""
    eol = TODAY + timedelta(ends)
    charges = (Charge(eol + timedelta(1), Decimal(price)),) if price else ()
    return Cycle(name=name, eol=eol, eoes=TODAY + timedelta(until), charges=charges)


CYCLES = (
    cycle("1", -700),  # overdue for long
    cycle("2", -3),  # overdue
    cycle("3", -200, price="0.10", until=100),  # paid for, ends before the others
    cycle("4", -200, price="0.90"),  # paid for, the dearest
    cycle("5", -200, price="0.10"),  # paid for, of three things
    cycle("6", 20),  # soon, costs nothing
    cycle("7", 20, price="0.10"),  # soon, costs something from then on
    cycle("8", 1),  # tomorrow
    cycle("9", 400),
)
RIGHT = ["8", "7", "6", "4", "5", "3", "2", "1", "9"]


def exposure() -> Exposure:
    """What nobody owns: a thing of each cycle, and three of the fifth."""
    found = [runs(number, "widget", each.name) for number, each in enumerate(CYCLES, 1)]
    found += [runs(number, "widget", "5") for number in (20, 21)]
    assets = {number: asset(number) for number, _ in found}
    table = Table([Product(key="widget", label="Widget", category="service", cycles=CYCLES)])
    made = Exposure(table, Catalog(assets), now=NOW, stale_after=HALF_A_YEAR, today_of=lambda _: TODAY)
    return filled(made, *found)


def test_a_report_of_everybody() -> None:
    compiling = Compiling(ReportScope(), Everything(), TODAY, FRESH)
    for _ in compiling.fill(exposure()):
        pass
    assert [each.watch.cycle.name for each in compiling.done(()).entries] == RIGHT


def test_the_digest_of_the_platform_channel() -> None:
    items = tuple(
        DueMilestone(replace(card("", watch), taker=None, today=TODAY), Milestone(30))
        for watch in exposure().by_addressee[NOBODY.key]
    )
    text = blocks.digest(Digest(addressee=NOBODY, items=items, today=TODAY)).text
    lines = [line.partition("*Widget ")[2] for line in text.splitlines() if "*Widget " in line]
    assert [line[: line.index("*")] for line in lines] == RIGHT
