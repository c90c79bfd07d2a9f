"""What has one release cycle on different terms: each has a line of its own, with what is true of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.blocks import eol as blocks
from bot.blocks.eol import reports
from bot.blocks.eol.cards import card as card_of
from bot.cli.eol import rows
from bot.clients import ical
from bot.domain.catalog import Hosting
from bot.domain.daily_limit import Written
from bot.domain.eol import Charge, Cycle, Product, Table
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.bill import Bill
from bot.domain.eol.due_reminders import Subject
from bot.domain.eol.exposure import Exposure, Watch
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.eol.periods import Everything
from bot.domain.eol.reminder_plan import plan
from bot.domain.eol.reminders import Digest, DueMilestone
from bot.domain.eol.reports import Compiling, Report, Urgency
from bot.domain.eol.subjects import ReportScope
from bot.domain.working_time import WorkingTime
from bot.samples.catalog import HALF_A_YEAR, NOW, PAYMENTS, Catalog, fact
from bot.samples.eol import card
from tests.blocks.test_eol import plain_dates
from tests.domain.eol.test_exposure import TODAY, asset, filled, runs
from tests.domain.eol.test_reports import FRESH

ENDED = TODAY - timedelta(30)
SOLD = Cycle(name="1.32", eol=ENDED, eoes=TODAY + timedelta(300))
PRICED = replace(SOLD, charges=(Charge(ENDED + timedelta(1), Decimal("0.50"), unit="cluster-hour"),))


def exposure(cycle: Cycle, *goes_on: bool | None, machines: tuple[int, ...] = ()) -> Exposure:
    """What one team has of a release cycle: a1, a2 and so on, some of which are pools of machines."""
    found = [runs(number, "eks", "1.32", has_extended_support=each) for number, each in enumerate(goes_on, 1)]
    hosted = dict.fromkeys(machines, Hosting.VIRTUAL_MACHINE)
    assets = {number: asset(number, fact(PAYMENTS), hosting=hosted.get(number)) for number, _ in found}
    table = Table([Product(key="eks", label="EKS", category="service", cycles=(cycle,))])
    made = Exposure(table, Catalog(assets), now=NOW, stale_after=HALF_A_YEAR, today_of=lambda _: TODAY)
    return filled(made, *found)


def report(found: Exposure) -> Report:
    compiling = Compiling(ReportScope(), Everything(), TODAY, FRESH)
    for _ in compiling.fill(found):
        pass
    return compiling.done(())


def digest(found: Exposure) -> list[str]:
    items = tuple(
        DueMilestone(replace(card("", watch), taker=None, today=TODAY), Milestone(-28)) for watch in watches(found)
    )
    message = blocks.digest(Digest(addressee=items[0].card.watch.addressee, items=items, today=TODAY))
    return [line for line in plain_dates(message.text).splitlines() if line.startswith("•")]


def watches(found: Exposure) -> tuple[Watch, ...]:
    return found.by_addressee[f"team:{PAYMENTS}"]


@pytest.mark.parametrize("cycle", [PRICED, SOLD])
@pytest.mark.parametrize("goes_on", [(True, False), (None, False), (False, True), (None, True)])
def test_each_has_its_row_and_its_line(cycle: Cycle, goes_on: tuple[bool | None, ...]) -> None:
    both = report(exposure(cycle, *goes_on))
    assert sorted(row["asset"] for row in rows.inventory(both)) == ["a1", "a2"]
    said = reports.answer(both).text
    assert "a1" in said
    assert "a2" in said


def test_what_is_upgraded_by_force_is_said_of_that_alone() -> None:
    found = exposure(PRICED, False, None)
    by_name = {row["asset"]: row for row in rows.inventory(report(found))}
    assert [by_name["a1"][key] for key in ("urgency", "deadline_kind", "charge")] == ["overdue", "forced-upgrade", None]
    assert by_name["a2"]["charge"] == "0.50 USD per cluster-hour"
    [paid, forced] = sorted(digest(found), key=lambda line: "at any time" in line)
    assert ["a1" in paid, "a2" in paid, "Charged now" in paid] == [False, True, True]
    assert ["a1" in forced, "a2" in forced, "harged" in forced] == [True, False, False]


def test_what_was_bought_for_one_thing_is_not_charged_for_the_other() -> None:
    found = exposure(SOLD, None, True)
    charged = {row["asset"]: row["charge"] for row in rows.inventory(report(found))}
    assert charged == {"a1": None, "a2": "price not known"}
    lines = digest(found)
    assert len(lines) == 2
    assert ["Charged now" in line for line in lines] == ["*a2*" in line for line in lines]
    [shared] = [watch for watch in watches(found) if len(watch.runs) == 2]
    said = plain_dates(card_of(replace(card("", shared), taker=None, today=TODAY)).text)
    assert "Of *a2*: Extended support costs money (price not known)" in said
    assert "Of *a1*: Support until" in said
    assert "extended support ends" not in said.replace("Of *a2*", "")


@pytest.mark.parametrize("cycle", [PRICED, SOLD])
@pytest.mark.parametrize("goes_on", [(True, False), (None, False), (None, True), (None, True, False), (True, True)])
def test_a_digest_names_each_thing_once(cycle: Cycle, goes_on: tuple[bool | None, ...]) -> None:
    lines = digest(exposure(cycle, *goes_on))
    named = [name for line in lines for name in ("a1", "a2", "a3") if f"*{name}*" in line.rpartition(".")[2]]
    assert sorted(named) == [f"a{number}" for number, _ in enumerate(goes_on, 1)]


def planned(found: Exposure, *, to: DeadlineKind, is_new: bool = False) -> list[tuple[str, list[str]]]:
    """Return what is due of a release cycle of which the deadline `to` has a plan: what ends, and of which things."""
    answer = Answer(
        id=1, kind=AnswerKind.PLANNED, person=None, at=NOW, deadline=date(2100, 1, 1), until=TODAY + timedelta(60)
    )  # fmt: skip
    answer = replace(answer, deadline=next(each.deadline.on for each in watches(found) if each.deadline.kind is to))
    subjects = []
    for each in watches(found):
        is_own = each.deadline.kind is to
        its = answer if is_own else replace(answer, deadline=each.deadline.on, is_shared=True, given_to=to)
        said = {"milestone": Milestone(-1), "said_on": TODAY - timedelta(7), "opened_on": TODAY - timedelta(29)}
        reminder = replace(card("", each).reminder, answers=(its,), **said)
        subjects.append(Subject(each, reminder if is_own or not is_new else None))
    now = NOW.replace(hour=10)
    due = plan(subjects, now=now, work=WorkingTime(ZoneInfo("UTC")), written=Written()).due
    return [
        (each.subject.watch.deadline.kind.value, [run.asset.name for run in each.subject.watch.runs]) for each in due
    ]


@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize(
    ("cycle", "goes_on", "due"),
    [
        (PRICED, (True, False), [("forced-upgrade", ["a2"])]),
        (SOLD, (True, None), [("eol", ["a2"])]),
        (PRICED, (True, None), []),
    ],
)
def test_a_plan_for_what_is_paid_says_nothing_of_what_nobody_pays_for(
    cycle: Cycle, goes_on: tuple[bool | None, ...], due: list[tuple[str, list[str]]], is_new: bool
) -> None:
    assert planned(exposure(cycle, *goes_on), to=DeadlineKind.EXTENDED_SUPPORT, is_new=is_new) == due


def test_a_plan_for_what_nobody_pays_for_leaves_what_is_paid() -> None:
    due = planned(exposure(PRICED, True, False), to=DeadlineKind.FORCED_UPGRADE)
    assert {name for _, names in due for name in names} == {"a1"}


def test_a_report_shows_what_is_planned_beside_what_is_not() -> None:
    found = exposure(PRICED, True, False)
    [paid] = [each for each in watches(found) if each.deadline.kind is DeadlineKind.EXTENDED_SUPPORT]
    answer = Answer(
        id=1, kind=AnswerKind.PLANNED, person=None, at=NOW, deadline=paid.deadline.on, until=TODAY + timedelta(60)
    )  # fmt: skip
    reminders = []
    for each in watches(found):
        its = answer if each is paid else replace(answer, is_shared=True, given_to=paid.deadline.kind)
        reminders.append(replace(card("", each).reminder, answers=(its,)))
    compiling = Compiling(ReportScope(), Everything(), TODAY, FRESH)
    for _ in compiling.fill(found):
        pass
    heads = {each.watch.runs[0].asset.name: each.urgency for each in compiling.done(reminders).entries}
    assert heads == {"a1": Urgency.PLANNED, "a2": Urgency.OVERDUE}


def test_two_of_one_deadline_are_two_events() -> None:
    ahead = replace(SOLD, eol=TODAY + timedelta(30))
    body = ical.calendar(report(exposure(ahead, None, True)), {}, name="").decode()
    uids = [line for line in body.splitlines() if line.startswith("UID:")]
    assert len(set(uids)) == len(uids) == 2


def test_what_has_the_same_terms_is_one_line() -> None:
    assert len(report(exposure(PRICED, None, True)).entries) == 1
    assert len(digest(exposure(PRICED, None, True))) == 1


def test_a_day_without_extended_support_shares_nothing() -> None:
    days: set[date] = {each.watch.deadline.on for each in report(exposure(PRICED, False, False)).entries}
    assert days == {ENDED}


def test_a_cluster_is_charged_for_once_however_many_pools_of_machines_are_in_it() -> None:
    found = exposure(PRICED, None, None, None, machines=(2, 3))
    [entry] = report(found).entries
    assert len(entry.watch.runs) == 3
    assert {row["asset"]: row["charge"] for row in rows.inventory(report(found))} == {
        "a1": "0.50 USD per cluster-hour", "a2": None, "a3": None,
    }  # fmt: skip
    bill = Bill()
    for runs_ in found.by_asset.values():
        bill.add(runs_, TODAY)
    assert bill.money["USD"] == 365


def test_machines_of_somebody_elses_cluster_end_with_it_and_cost_nothing() -> None:
    found = exposure(PRICED, None, machines=(1,))
    assert [watch.deadline.kind.value for watch in watches(found)] == ["eol", "eoes"]
    assert "harged" not in "".join(digest(found))
