"""Under which head everything stands, what a time leaves out, and when it may be said that all is well."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol import Charge, Cycle, Product, Table, Undated
from bot.domain.eol.answers import Answer, AnswerKind, effect
from bot.domain.eol.exposure import Exposure
from bot.domain.eol.feed import Freshness
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.periods import Between, Everything, Overdue, Period
from bot.domain.eol.reminders import FactsAge, Remembered
from bot.domain.eol.reports import Compiling, Report, Urgency, is_within, urgency_of
from bot.domain.eol.subjects import ReportScope
from bot.domain.inventory.deployments import Deployment
from bot.samples.catalog import ADA, HALF_A_YEAR, NOW, PAYMENTS, SEARCH, Catalog, fact
from tests.domain.eol.test_exposure import TODAY, asset, filled, runs

FRESH = FactsAge(NOW, Freshness.FRESH)
STARTER = FactsAge(None, Freshness.STALE)
TABLE = Table(
    [
        Product(
            key="postgresql",
            label="PostgreSQL",
            cycles=(
                Cycle(name="18", eol=Undated.OPEN),
                Cycle(name="16", eol=date(2028, 11, 9)),
                Cycle(name="14", eol=TODAY + timedelta(60)),
                Cycle(name="11", eol=date(2023, 11, 9)),
                Cycle(name="9.6", eol=date(2021, 11, 11)),
                Cycle(name="9.5", eol=date(2021, 2, 11)),
            ),
        ),
        Product(
            key="amazon-rds-postgresql",
            cycles=(
                Cycle(
                    name="11",
                    eol=date(2024, 2, 29),
                    eoes=date(2027, 3, 31),
                    charges=(Charge(date(2024, 4, 1), Decimal("0.10")),),
                ),
            ),
        ),
        Product(key="kubernetes", cycles=(Cycle(name="1.33", eoas=date(2026, 4, 28), eol=date(2026, 6, 28)),)),
    ]
)


def remembered(deadline: date, *answers: Answer, kind: DeadlineKind = DeadlineKind.SUPPORT, **more: Any) -> Remembered:
    made: dict[str, Any] = {"id": 1, "addressee": f"team:{PAYMENTS}", "product": "postgresql", "cycle": "11", **more}
    return Remembered(kind=kind, deadline=deadline, opened_on=TODAY, answers=answers, **made)


def answer(kind: AnswerKind, deadline: date, until: date | None, *, is_decided: bool = True) -> Answer:
    ada = Catalog().people[ADA]
    return Answer(
        id=1, kind=kind, person=ada, at=NOW, deadline=deadline, milestone=30, until=until,
        decided_by=ada if is_decided else None,
    )  # fmt: skip


def compiled(
    *deployments: tuple[int, Deployment],
    period: Period | None = None,
    reminders: tuple[Remembered, ...] = (),
    facts: FactsAge = FRESH,
    today: date = TODAY,
    only_unknown: bool = False,
    scope: ReportScope | None = None,
) -> Report:
    owners = {asset_id: fact(PAYMENTS if asset_id < 10 else SEARCH) for asset_id, _ in deployments}
    assets = {number: asset(number, owner) for number, owner in owners.items()}
    made = Exposure(TABLE, Catalog(assets), now=NOW, stale_after=HALF_A_YEAR, today_of=lambda _: today)
    exposure = filled(made, *deployments)
    compiling = Compiling(scope or ReportScope(), period or Everything(), today, facts, only_unknown)
    for _ in compiling.fill(exposure):
        pass
    return compiling.done(reminders)


def heads(report: Report) -> dict[str, str]:
    return {f"{each.watch.product.key} {each.watch.cycle.name}": each.urgency.value for each in report.entries}


def test_what_can_be_prevented_comes_first_under_its_head() -> None:
    report = compiled(
        runs(1, version="16.1"), runs(2, version="14.2"), runs(3, version="11.22"),
        runs(4, "postgresql", "11.22", provider="aws-rds"), runs(5, version="18.0"), runs(6, version="9"),
    )  # fmt: skip
    assert list(heads(report).items()) == [
        ("postgresql 14", "soon"),
        ("amazon-rds-postgresql 11", "paid"),
        ("postgresql 11", "overdue"),
        ("postgresql 16", "later"),
    ]
    assert [one.deployment.observed.version for one in report.unsure] == ["9"]
    assert [one.deployment.observed.version for one in report.undated] == ["18.0"]
    assert report.covered == 6


@pytest.mark.parametrize("scope", [ReportScope(), ReportScope(asset=asset(1, fact(PAYMENTS)))])
def test_of_what_has_passed_the_latest_comes_first_whatever_product_it_is_of(scope: ReportScope) -> None:
    report = compiled(
        runs(1, version="9.5"), runs(1, "kubernetes", "1.33"), runs(1, version="11.22"), runs(1, version="9.6.24"),
        scope=scope, today=date(2026, 12, 1),
    )  # fmt: skip
    assert list(heads(report)) == ["kubernetes 1.33", "postgresql 11", "postgresql 9.6", "postgresql 9.5"]


def test_what_is_charged_is_counted_under_whichever_head_it_stands() -> None:
    on_rds = runs(1, "postgresql", "11.22", provider="aws-rds")
    soon = compiled(on_rds, runs(2, version="11.22"), today=date(2027, 2, 1))
    assert (soon.counts[Urgency.SOON], soon.counts[Urgency.PAID], soon.charged) == (1, 0, 1)
    for day in (date(2024, 2, 20), date(2027, 5, 1)):
        assert compiled(on_rds, today=day).charged == 0


def test_money_is_named_while_it_is_charged() -> None:
    on_rds = runs(1, "postgresql", "11.22", provider="aws-rds")
    [paid] = compiled(on_rds).entries
    assert paid.charged.now is not None
    assert paid.charged.now.amount == Decimal("0.10")
    assert paid.has_ended
    [before] = compiled(on_rds, today=date(2024, 2, 20)).entries
    assert (before.urgency, before.charged.now) == (Urgency.SOON, None)
    assert before.charged.next is not None
    assert before.charged.next.since == date(2024, 4, 1)
    [over] = compiled(on_rds, today=date(2027, 5, 1)).entries
    assert (over.urgency, over.charged.now) == (Urgency.OVERDUE, None)
    [upgraded] = compiled(runs(1, "postgresql", "11.22", provider="aws-rds", has_extended_support=False)).entries
    assert (upgraded.urgency, upgraded.charged.now) == (Urgency.OVERDUE, None)


def test_what_is_paid_for_and_what_is_not_are_two_entries_of_one_cycle() -> None:
    report = compiled(
        runs(1, "postgresql", "11.22", provider="aws-rds"),
        runs(2, "postgresql", "11.21", provider="aws-rds", has_extended_support=False),
    )
    assert [(each.urgency, [run.asset.id for run in each.watch.runs]) for each in report.entries] == [
        (Urgency.PAID, [1]),
        (Urgency.OVERDUE, [2]),
    ]
    assert (report.counts[Urgency.OVERDUE], report.charged) == (1, 1)


def test_the_end_of_active_support_is_a_remark_where_the_end_itself_is_known() -> None:
    [entry] = compiled(runs(1, "kubernetes", "1.33.2")).entries
    assert entry.watch.deadline.kind is DeadlineKind.SUPPORT
    assert entry.active_until == date(2026, 4, 28)


@pytest.mark.parametrize(
    ("period", "shown", "ended", "later"),
    [
        (Everything(), 4, 0, 0),
        (Overdue(), 2, 0, 2),
        (Between(TODAY, TODAY + timedelta(90), "within 90 days"), 1, 2, 1),
        (Between(date(2028, 1, 1), date(2028, 12, 31), "in 2028"), 1, 2, 1),
    ],
)
def test_what_a_time_leaves_out_is_counted(period: Period, shown: int, ended: int, later: int) -> None:
    report = compiled(
        runs(1, version="16.1"), runs(2, version="14.2"), runs(3, version="11.22"),
        runs(4, "postgresql", "11.22", provider="aws-rds"), period=period,
    )  # fmt: skip
    assert (len(report.entries), report.ended_besides, report.later_besides) == (shown, ended, later)


END = date(2023, 11, 9)


@pytest.mark.parametrize(
    ("given_answer", "urgency"),
    [
        (answer(AnswerKind.PLANNED, END, TODAY + timedelta(5)), Urgency.PLANNED),
        (answer(AnswerKind.PLANNED, END, TODAY), Urgency.PLANNED),
        (answer(AnswerKind.PLANNED, END, TODAY - timedelta(1)), Urgency.OVERDUE),  # the plan has been missed
        (answer(AnswerKind.PLANNED, END + timedelta(1), TODAY), Urgency.OVERDUE),  # the date moved to an earlier day
        (answer(AnswerKind.WAIVED, END, TODAY + timedelta(1)), Urgency.WAIVED),
        (answer(AnswerKind.WAIVED, END, TODAY), Urgency.OVERDUE),
        (answer(AnswerKind.WAIVED, END, TODAY + timedelta(1), is_decided=False), Urgency.OVERDUE),
        (answer(AnswerKind.SNOOZED, END, TODAY + timedelta(1)), Urgency.OVERDUE),
        (answer(AnswerKind.ACKNOWLEDGED, END, None), Urgency.OVERDUE),
    ],
)
def test_only_a_plan_and_a_waiver_in_force_take_it_off_the_list(given_answer: Answer, urgency: Urgency) -> None:
    [entry] = compiled(runs(1, version="11.22"), reminders=(remembered(END, given_answer),)).entries
    assert entry.urgency is urgency
    assert entry.has_ended, "what is planned has ended all the same"


def test_an_answer_counts_for_its_addressee_only() -> None:
    plan = remembered(END, answer(AnswerKind.PLANNED, END, TODAY + timedelta(5)))
    report = compiled(runs(1, version="11.22"), runs(11, version="11.5"), reminders=(plan,))
    assert {each.watch.addressee.name: each.urgency.value for each in report.entries} == {
        "Payments": "planned",
        "Search": "overdue",
    }


@pytest.mark.parametrize(
    ("deployments", "more", "is_clear"),
    [
        ((runs(1, version="16.1"),), {}, True),
        ((), {}, False),  # nothing to go by
        ((runs(1, version="16.1"),), {"facts": STARTER}, False),
        ((runs(1, version="16.1"), runs(2, version="9")), {}, False),
        ((runs(1, version="16.1"), runs(2, "mystery", "1")), {}, False),
        ((runs(1, version="14.1"),), {}, False),
        ((runs(1, version="11.1"),), {"period": Between(TODAY, TODAY, "today")}, False),
        ((runs(1, version="16.1"),), {"facts": FactsAge(NOW - timedelta(2), Freshness.AGEING)}, True),
    ],
)
def test_all_clear_needs_facts_and_versions(
    deployments: tuple[tuple[int, Deployment], ...], more: dict[str, Any], is_clear: bool
) -> None:
    assert compiled(*deployments, **more).is_all_clear is is_clear


def test_only_what_nobody_knows() -> None:
    report = compiled(runs(1, version="11.1"), runs(2, version="9"), only_unknown=True)
    assert (report.entries, len(report.unsure)) == ((), 1)


DAYS = st.integers(-900, 900).map(lambda days: TODAY + timedelta(days))


@given(on=DAYS, is_paid=st.booleans(), until=DAYS, given_to=DAYS, which=st.sampled_from(AnswerKind))
def test_a_deadline_is_never_hidden_and_quiet_only_while_an_answer_holds(
    on: date, is_paid: bool, until: date, given_to: date, which: AnswerKind
) -> None:
    bare = urgency_of(on, None, TODAY, is_paid=is_paid)
    assert bare not in (Urgency.PLANNED, Urgency.WAIVED)
    assert (bare is Urgency.OVERDUE) is (on < TODAY)
    done = effect((answer(which, given_to, until),), on, None, TODAY)
    said = urgency_of(on, done, TODAY, is_paid=is_paid)
    if said is not bare:
        assert said.value == which.value
        assert on >= given_to
        assert until >= TODAY


VERSIONS = st.sampled_from(["16.1", "14.2", "11.22", "9", "18.0", "", "17beta1", "x"])
WHERE = st.sampled_from([("", None), ("aws-rds", None), ("aws-rds", True), ("aws-rds", False)])


@given(found=st.lists(st.tuples(VERSIONS, WHERE), max_size=8))
def test_every_deployment_is_somewhere_and_nothing_unsure_is_dated(
    found: list[tuple[str, tuple[str, bool | None]]],
) -> None:
    deployments = [
        runs(number, version=version, provider=provider, has_extended_support=goes_on)
        for number, (version, (provider, goes_on)) in enumerate(found, start=1)
    ]
    report = compiled(*deployments)
    dated = [one.deployment.id for each in report.entries for one in each.watch.runs]
    others = [one.deployment.id for one in (*report.unsure, *report.undated)]
    assert sorted([*dated, *others]) == sorted(each.id for _, each in deployments)
    assert report.covered == len(deployments)
    assert all(is_within(each, Everything()) for each in report.entries)
