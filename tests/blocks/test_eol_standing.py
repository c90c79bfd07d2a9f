"""What every message says of money that is charged, and of a plan whose day has passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.blocks import eol as blocks
from bot.blocks.eol import actions, notes, reports
from bot.blocks.escalation import escalation
from bot.blocks.text import Rendered
from bot.blocks.values import parse
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.charges import charged
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.eol.periods import Everything
from bot.domain.eol.plans import plan_of
from bot.domain.eol.records import Charge
from bot.domain.eol.reminders import Card, Digest, DueMilestone, Inherited
from bot.domain.eol.reports import Entry, Report, Urgency
from bot.domain.eol.subjects import ReportScope
from bot.domain.escalation import Audience
from bot.samples.eol import FRESH, TODAY, answers
from tests.blocks.test_eol import plain_dates, said, story

SOON, PASSED = TODAY + timedelta(40), TODAY - timedelta(3)
PLAN = replace(answers("Ada", until=SOON)[0], detail={"target": "16", "compatibility": "U1", "decider": "U2"})
OFFER, TAKEN = answers("Ada", until=SOON)[7:9]


def with_charges(*charges: Charge) -> Card:
    """Return what a team has planned, and runs past the end of standard support at these prices."""
    its = story(DeadlineKind.SUPPORT, TODAY - timedelta(30), answers=(PLAN,))
    cycle = replace(its.watch.cycle, eol=TODAY - timedelta(30), eoes=TODAY + timedelta(900), charges=charges)
    return replace(its, watch=replace(its.watch, cycle=cycle))


def digest(card: Card) -> Rendered:
    items = (DueMilestone(card, Milestone(-28)),)
    return blocks.digest(Digest(addressee=card.watch.addressee, items=items, today=TODAY))


MESSAGES: dict[str, Callable[[Card], Rendered]] = {
    "card": blocks.card,
    "digest": digest,
    "milestone": lambda card: blocks.milestone(DueMilestone(card, Milestone(30))),
    "escalation": lambda card: escalation([blocks.complaint(card)], to=Audience.LEAD),
    "offer": lambda card: blocks.offer(card, OFFER),
    "taken over": lambda card: blocks.offer_settled(card, TAKEN, is_accepted=True),
    "whose offer was accepted": lambda card: blocks.offer_answered(card, TAKEN, "Data", is_accepted=True),
    "whose offer was declined": lambda card: blocks.offer_answered(card, TAKEN, "Data", is_accepted=False),
    "named in a plan": lambda card: blocks.part_named(card, PLAN, "U1"),
    "asked after a part": lambda card: blocks.part_asked(card, PLAN, plan_of(PLAN).parts[:1]),  # type: ignore[union-attr]
    "told of a plan": lambda card: blocks.plan_told(card, PLAN),
    "asked for a waiver": lambda card: blocks.waiver_wanted(card, answers("Ada", until=SOON)[5]),
    "told of what is new": lambda card: notes.joined(card, card.watch.runs),
    "explanation": blocks.explanation,
    "/eol": lambda card: reports.answer(report_of(card)),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_about_something_that_costs_has_its_price(name: str) -> None:
    since = TODAY - timedelta(29)
    text = said(MESSAGES[name](with_charges(Charge(since, Decimal("0.20")))))
    assert "0.20 USD per vCPU-hour" in text
    unknown = said(MESSAGES[name](with_charges(Charge(since)))).lower()
    assert "price not known" in unknown
    assert "charged now" in unknown or "extended support costs money (price not known) since" in unknown
    ahead = said(MESSAGES[name](with_charges(Charge(TODAY + timedelta(9), Decimal("0.20")))))
    assert (TODAY + timedelta(9)).isoformat() in plain_dates(ahead)
    free = said(MESSAGES[name](with_charges())).lower()
    assert "charged" not in free
    assert "costs" not in free


def test_a_price_that_rises_is_said_with_the_rise() -> None:
    steps = Charge(TODAY - timedelta(29), Decimal("0.10")), Charge(SOON, Decimal("0.20"))
    its = with_charges(*steps)
    rising = replace(its, watch=replace(its.watch, deadline=replace(its.watch.deadline, kind=DeadlineKind.PRICE_STEP)))
    rising = replace(rising, watch=replace(rising.watch, deadline=replace(rising.watch.deadline, on=SOON)))
    text = plain_dates(digest(rising).text)
    assert f"Charged now: 0.10 USD per vCPU-hour, about 292 USD a month; from {SOON}: 0.20 USD per vCPU-hour." in text


def test_a_charge_is_not_said_twice() -> None:
    its = with_charges(Charge(TODAY - timedelta(9)))
    begun = replace(its.watch.deadline, kind=DeadlineKind.EXTENDED_COST, on=TODAY - timedelta(9))
    text = digest(replace(its, watch=replace(its.watch, deadline=begun))).text
    assert "extended support has been charged since" in text
    assert "ago. Price not known. *orders-db*" in text


@pytest.mark.parametrize(
    ("amount", "expected"), [(None, "Price not known."), (Decimal("0.10"), "The price is 0.10 USD per vCPU-hour.")]
)
def test_nor_is_one_that_begins_with_the_deadline(amount: Decimal | None, expected: str) -> None:
    its = with_charges(Charge(SOON, amount))
    begins = replace(its.watch.deadline, kind=DeadlineKind.EXTENDED_COST, on=SOON)
    text = plain_dates(digest(replace(its, watch=replace(its.watch, deadline=begins))).text)
    assert f"extended support is charged from {SOON}, in {(SOON - TODAY).days} days. {expected} *orders-db*" in text


def test_the_end_of_active_support_says_nothing_of_what_costs_later() -> None:
    its = with_charges(Charge(SOON, Decimal("0.10")))
    active = replace(its.watch.deadline, kind=DeadlineKind.ACTIVE_SUPPORT, on=SOON)
    assert "harged" not in digest(replace(its, watch=replace(its.watch, deadline=active))).text
    assert "Charged from" in digest(its).text


@pytest.mark.parametrize(
    ("charge", "sum_of_it", "is_assumed"),
    [
        (Charge(TODAY - timedelta(29), Decimal("0.10")), "about 292 USD a month", True),
        (Charge(TODAY - timedelta(29), Decimal("0.50"), unit="cluster-hour"), "about 365 USD a month", False),
        (Charge(TODAY - timedelta(29), Decimal(80), currency="%", unit="the node's price"), "", False),
        (Charge(TODAY - timedelta(29), None), "", False),
    ],
)
def test_a_sum_a_month_says_what_it_assumes_where_it_assumes_anything(
    charge: Charge, sum_of_it: str, is_assumed: bool
) -> None:
    its = with_charges(charge)
    for text in (digest(its).text, shown(its)):
        assert sum_of_it in text
        assert ("assume 2 vCPUs with a standby each" in text) is is_assumed


def test_a_line_of_a_report_opens_its_reminder() -> None:
    [opens] = [block["accessory"] for block in reports.answer(report_of(planned(SOON))).blocks if "accessory" in block]
    assert (opens["text"]["text"], opens["action_id"]) == ("Open", actions.OPEN)
    assert opens["value"].isdecimal()


def test_a_line_of_which_nobody_was_reminded_opens_its_deadline() -> None:
    nobody_told = replace(report_of(planned(SOON)), entries=(replace(entry_of(planned(SOON)), reminder=None),))
    [opens] = [block["accessory"] for block in reports.answer(nobody_told).blocks if "accessory" in block]
    assert parse(actions.DeadlineValue, opens["value"]) == nobody_told.entries[0].watch.key


def planned(until: date, **rest: Answer) -> Card:
    return story(answers=(replace(PLAN, until=until),), **rest)


def entry_of(card: Card) -> Entry:
    watch, goes_on = card.watch, (one.deployment.observed.has_extended_support for one in card.watch.runs)
    return Entry(
        watch=watch, urgency=Urgency.LATER, is_past=False, reminder=card.reminder,
        effect=card.reminder.effect(TODAY), charged=charged(watch.product, watch.cycle, TODAY, goes_on),
    )  # fmt: skip


def report_of(card: Card) -> Report:
    """Return a report of nothing but what a card is about."""
    return Report(
        subject=ReportScope(), period=Everything(), today=TODAY, facts=FRESH, entries=(entry_of(card),), covered=1
    )


def shown(card: Card) -> str:
    """Return the line of `/eol` about a card."""
    return plain_dates(reports.answer(report_of(card)).text)


def test_a_plan_whose_day_has_passed_is_no_plan() -> None:
    kept, lapsed = planned(SOON), planned(PASSED)
    assert f"(planned to 16 for {SOON}" in plain_dates(digest(kept).text)
    assert f"(was planned to 16 for {PASSED}, not done" in plain_dates(digest(lapsed).text)
    assert f"was planned to 16 for {PASSED}, not done" in shown(lapsed)
    assert f" planned to 16 for {SOON}" in shown(kept)
    assert "*Plan that was not kept:* upgrade to 16" in said(blocks.card(lapsed))
    assert "*Plan:* upgrade to 16" in said(blocks.card(kept))
    milestone = said(blocks.milestone(DueMilestone(lapsed, Milestone(30))))
    assert "*Plan that was not kept:*" in milestone
    told = plain_dates(escalation([blocks.complaint(lapsed)], to=Audience.LEAD).text)
    assert f"planned it for {PASSED}. That day has passed." in told
    joined = said(notes.joined(lapsed, lapsed.watch.runs))
    assert "*Plan that was not kept:*" in joined


def test_so_is_the_plan_of_the_owner_before() -> None:
    before = replace(PLAN, kind=AnswerKind.PLANNED, until=PASSED)
    card = story(inherited=Inherited("Data", before))
    planned = f"*Data* had planned the upgrade to 16 for {PASSED}, not done"
    assert f"({planned})" in plain_dates(digest(card).text)
    assert planned in shown(card)


def test_what_is_charged_is_named_in_every_digest_whatever_was_answered() -> None:
    its = with_charges(Charge(TODAY - timedelta(29), Decimal("0.10")))
    shown = Digest(addressee=its.watch.addressee, items=(), today=TODAY, quiet=2, paid=(its,))
    [line] = [line for line in plain_dates(blocks.digest(shown).text).splitlines() if line.startswith("Answered:")]
    assert "PostgreSQL 11" in line
    assert "Charged now: 0.10 USD per vCPU-hour" in line
    assert f"(planned to 16 for {SOON}" in line
    assert "2 more are answered" in blocks.digest(shown).text
    [rest] = [
        each
        for each in blocks.digest(replace(shown, paid=(its,) * 9)).text.splitlines()
        if "charged now: `/eol`" in each
    ]
    assert "4 more" in rest
