"""What reminders say, and that Slack takes whatever strangers put into them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.blocks import eol as blocks
from bot.blocks.eol import actions, notes, words
from bot.blocks.escalation import escalation
from bot.blocks.text import Rendered
from bot.clients.eol import starter
from bot.domain.catalog import Area, AssetKind
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.feed import Freshness
from bot.domain.eol.matches import InCycle, MatchMethod, UnknownProduct
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.eol.outcomes import AlreadyStanding, AnswerRecorded
from bot.domain.eol.plans import plan_of
from bot.domain.eol.records import Cycle, Product, Undated
from bot.domain.eol.reminders import Card, ClosedCard, DateMove, Digest, DueMilestone, FactsAge
from bot.domain.eol.resolution import saved_by
from bot.domain.eol.responsibility import NOBODY
from bot.domain.escalation import Audience
from bot.domain.records import TeamRecord
from bot.playground.refusals import refuse_view
from bot.samples.eol import (
    METADATA,
    NOW,
    TODAY,
    answers,
    card,
    cards,
    outcomes,
    person,
    postgresql,
    running,
    samples,
    team,
    watch,
)
from tests.blocks.foreign import words as foreign_words
from tests.blocks.test_ownership import assert_fit_for_slack, assert_inert
from tests.conftest import examples

BARE = Cycle(name="1")
IDS = frozenset({"U12345678", "C12345678", "C012345678"})
SOON = TODAY + timedelta(40)


def story(kind: DeadlineKind = DeadlineKind.EXTENDED_SUPPORT, on: date = date(2027, 3, 31), **rest: Any) -> Card:
    """PostgreSQL 11 on RDS as the Payments team runs it."""
    runs = rest.pop("runs", (running("orders-db"),))
    whose = rest.pop("addressee", team("Payments"))
    its = replace(watch("Payments", kind, on, runs=runs, addressee=whose), product=postgresql())
    made = card("", its, **rest)
    return replace(made, taker=None, offered_to="Platform")


def answered(number: int, *, until: date = SOON) -> Card:
    """The story with one answer of `answers`."""
    return story(answers=(answers("Ada", until=until)[number],))


def plain_dates(text: str) -> str:
    """The text as somebody reads it whose Slack shows every day by its number."""
    while "<!date^" in text:
        before, _, rest = text.partition("<!date^")
        text = before + rest.partition("|")[2].replace(">", "", 1)
    return text


def said(message: Rendered) -> str:
    return plain_dates(message.text)


def pressable(message: Rendered) -> list[str]:
    found = []
    for block in message.blocks:
        found += [element["action_id"] for element in block.get("elements", ()) if "action_id" in element]
    return found


def observed(one: MatchedDeployment, **otherwise: Any) -> MatchedDeployment:
    seen = replace(one.deployment.observed, **otherwise)
    return replace(one, deployment=replace(one.deployment, observed=seen))


def upgraded(one: MatchedDeployment) -> MatchedDeployment:
    """The same at a version that nobody is charged for."""
    product = postgresql()
    return replace(one, matched=InCycle(product=product, cycle=product.cycles[1], method=MatchMethod.PREFIX, feed=""))


@pytest.mark.parametrize(
    ("kind", "on", "expected"),
    [
        (
            DeadlineKind.EXTENDED_SUPPORT,
            date(2027, 3, 31),
            "standard support ended 2024-02-29; extended support ends 2027-03-31, in 126 days",
        ),
        (
            DeadlineKind.SUPPORT,
            date(2024, 2, 29),
            "standard support ended 2024-02-29, 3 years ago; extended support ends 2027-03-31, in 126 days",
        ),
        (DeadlineKind.SUPPORT, TODAY, "standard support ends today"),
        (DeadlineKind.SUPPORT, TODAY + timedelta(1), "standard support ends 2026-11-26, in 1 day"),
        (
            DeadlineKind.FORCED_UPGRADE,
            SOON,
            "standard support ends 2027-01-04, in 40 days; then the provider upgrades it automatically",
        ),
        (
            DeadlineKind.EXTENDED_COST,
            SOON,
            "standard support ended 2024-02-29; extended support is charged from 2027-01-04, in 40 days",
        ),
        (
            DeadlineKind.PRICE_STEP,
            TODAY - timedelta(3),
            "standard support ended 2024-02-29; the price of extended support rose 2026-11-22, 3 days ago; "
            "extended support ends 2027-03-31, in 126 days",
        ),
        (
            DeadlineKind.ACTIVE_SUPPORT,
            SOON,
            "active support ends 2027-01-04, in 40 days; only security fixes after that; "
            "standard support ended 2024-02-29",
        ),
        (DeadlineKind.SUPPORT, LONG_AGO, "support has ended, date unknown"),
    ],
)
def test_what_ends_and_when(kind: DeadlineKind, on: date, expected: str) -> None:
    assert plain_dates(words.what_ends(story(kind, on).watch, TODAY)) == expected
    assert f"*Amazon RDS for PostgreSQL 11*: {expected}." in said(blocks.card(story(kind, on)))


def test_the_day_of_a_price_is_said_once() -> None:
    rose = said(blocks.card(story(DeadlineKind.PRICE_STEP, date(2026, 3, 1))))
    assert "the price of extended support rose 2026-03-01, 269 days ago" in rose
    assert "Extended support costs 0.20 USD per vCPU-hour. Example: 2 vCPUs with a standby, about 584 USD" in rose
    ends = said(blocks.card(story()))
    assert "Extended support costs 0.20 USD per vCPU-hour since 2026-03-01. Example" in ends


class TestTheCard:
    def test_it_says_what_it_costs_by_an_example(self) -> None:
        text = said(blocks.card(story()))
        assert "0.20 USD per vCPU-hour since 2026-03-01. Example:" in text
        assert "2 vCPUs with a standby, about 584 USD a month." in text

    def test_prices_ahead_are_said_with_their_days(self) -> None:
        its = replace(story(), today=date(2024, 1, 10))
        assert "0.10 USD per vCPU-hour from 2024-03-01, 0.20 USD per vCPU-hour from 2026-03-01" in said(
            blocks.card(its)
        )

    def test_who_switched_extended_support_off_pays_nothing(self) -> None:
        one = running("orders-db")
        off = observed(one, has_extended_support=False)
        assert "USD" not in blocks.card(story(runs=(off,))).text

    def test_five_assets_are_named_and_the_others_counted(self) -> None:
        runs = tuple(running(f"db-{number}", number) for number in range(1, 13))
        text = blocks.card(story(runs=runs)).text
        assert "*db-5*" in text
        assert "*db-6*" not in text
        assert "… and 7 more: `/eol`" in text

    def test_the_next_step_names_the_target_with_the_longest_runway(self) -> None:
        assert "*Next step:* plan the upgrade to *17*, supported until 2030-02-28, for 3 years." in said(
            blocks.card(story())
        )

    def test_of_what_is_upgraded_in_place_it_says_that_the_path_is_not_known(self) -> None:
        unknown = "I do not know whether that is one step: check the vendor's "
        assert said(blocks.card(story())).count(unknown) == 1
        service = running("orders")
        service = replace(service, asset=replace(service.asset, kind=AssetKind.SERVICE))
        assert unknown not in said(blocks.card(story(runs=(service,))))

    def test_where_the_path_is_known_the_first_stop_is_the_step(self) -> None:
        made = story()
        known = starter.load().get("mysql")
        assert known is not None
        old = next(each for each in known.cycles if each.name == "5.7")
        its = replace(made, watch=replace(made.watch, product=known, cycle=old))
        text = said(blocks.card(its))
        assert "*Next step:* plan the upgrade to *8.0*: the vendor's path <https://dev.mysql.com/" in text
        assert "|leaves none out>. In the end: *9.7*, supported until" in text
        assert ":warning: *8.0* is past its standard support since 2026-04-30: do not stop there." in text
        assert words.upgrade_title(its.watch, TODAY) == "Upgrade MySQL 5.7 to 8.0 (orders-db)"
        form = str(blocks.plan_view(its, METADATA))
        assert "'8.0: on the way there'" in form
        assert "'initial_option': {'text': {'type': 'plain_text', 'text': '8.0: on the way there'" in form

    def test_a_first_stop_that_is_charged_itself_says_so(self) -> None:
        made, known = story(), starter.load().get("amazon-rds-mysql")
        assert known is not None
        old = next(each for each in known.cycles if each.name == "5.7")
        text = said(blocks.card(replace(made, watch=replace(made.watch, product=known, cycle=old))))
        assert "plan the upgrade to *8.0*" in text
        assert ":warning: *8.0* is past its standard support since 2026-07-31 and charged now: 0.10 USD" in text

    def test_areas_of_different_teams_are_named(self) -> None:
        split = running("orders-db", addressee=team("Platform"), others=((Area.APPLICATION, "Payments"),))
        text = blocks.card(story(runs=(split,), addressee=team("Platform"))).text
        assert "*orders-db*: *Platform* owns the database, *Payments* the application" in text
        assert ". Could the product team take all of it?" in text
        for provider, asked in (("AWS", "A provider runs this: could the product"), ("EC2", ". Could the product")):
            one = observed(split, provider=provider)
            assert asked in blocks.card(story(runs=(one,), addressee=team("Platform"))).text

    def test_other_areas_are_no_matter_of_an_upgrade(self) -> None:
        split = running("orders-db", others=((Area.MONITORING, "Observability"),))
        assert "Observability" not in blocks.card(story(runs=(split,))).text

    def test_a_dispute_a_doubt_and_a_moved_date_are_said(self) -> None:
        text = blocks.card(story(runs=(running("orders-db", is_disputed=True),))).text
        assert "The owner of *orders-db* is disputed" in text
        doubted = said(blocks.card(story(runs=(running("orders-db", 5),))))
        assert "doubted 2026-11-25 who owns *orders-db*: orders-db" in doubted
        moved = DateMove("eoes", "2027-02-28", "2027-03-31", NOW)
        text = said(blocks.card(replace(story(), moves=(moved,))))
        assert "The end of extended support moved from 2027-02-28 to 2027-03-31 (2026-11-25)." in text
        open_ended = replace(moved, clock="eol", before="open")
        assert "from no date to" in blocks.card(replace(story(), moves=(open_ended,))).text

    def test_facts_that_are_not_fresh_say_how_old_they_are(self) -> None:
        assert "dates as of" not in blocks.card(story()).text
        ageing = replace(story(), facts=FactsAge(NOW, Freshness.AGEING))
        assert "dates as of 2026-11-25" in said(blocks.card(ageing))
        starter = replace(story(), facts=FactsAge(None, Freshness.STALE))
        assert "dates as of 2026-08-22" in said(blocks.card(starter))

    def test_close_deadlines_are_marked_until_somebody_is_at_it(self) -> None:
        close = TODAY + timedelta(30)
        assert blocks.card(story(DeadlineKind.SUPPORT, close)).text.startswith(":warning:")
        assert not blocks.card(story(DeadlineKind.ACTIVE_SUPPORT, close)).text.startswith(":warning:")
        assert not blocks.card(story(DeadlineKind.SUPPORT, TODAY + timedelta(31))).text.startswith(":warning:")
        planned = answers("Ada", until=SOON)[:1]
        early = tuple(replace(each, deadline=close) for each in planned)
        assert not blocks.card(story(DeadlineKind.SUPPORT, close, answers=early)).text.startswith(":warning:")

    def test_an_answer_to_a_later_date_is_over_and_said(self) -> None:
        nearer = story(on=date(2027, 1, 31), answers=answers("Ada", until=SOON)[2:3])
        text = said(blocks.card(nearer))
        assert "The deadline was 2027-03-31 and is earlier now" in text
        assert actions.ACKNOWLEDGE in pressable(blocks.card(nearer))

    @pytest.mark.parametrize(
        ("number", "expected"),
        [
            (0, {actions.COMPATIBLE, actions.PLAN, actions.EXPLAIN, actions.MORE}),
            (2, {actions.PLAN, actions.SNOOZE, actions.EXPLAIN, actions.MORE}),
            (4, {actions.PLAN, actions.SNOOZE, actions.EXPLAIN, actions.MORE}),
            (
                5,
                {
                    actions.ACKNOWLEDGE,
                    actions.PLAN,
                    actions.SNOOZE,
                    actions.EXPLAIN,
                    actions.MORE,
                    actions.APPROVE,
                    actions.REFUSE,
                },
            ),
            (6, {actions.PLAN, actions.EXPLAIN, actions.MORE}),
        ],
        ids=["planned", "acknowledged", "snoozed", "waiver asked for", "waived"],
    )
    def test_buttons_that_would_change_nothing_are_left_out(self, number: int, expected: set[str]) -> None:
        assert set(pressable(blocks.card(answered(number)))) == expected

    def test_what_is_over_is_not_said_any_more(self) -> None:
        over = blocks.card(answered(4, until=TODAY)).text
        assert "Snoozed" not in over
        assert actions.ACKNOWLEDGE in pressable(blocks.card(answered(4, until=TODAY)))
        missed = blocks.card(answered(0, until=TODAY - timedelta(1)))
        assert "That day has passed: change the plan" in missed.text

    @pytest.mark.parametrize("number", [4, 6], ids=["snoozed", "waived"])
    def test_what_the_date_has_overtaken_is_no_answer_in_a_digest(self, number: int) -> None:
        earlier = story(on=date(2027, 3, 1), answers=(answers("Ada", until=SOON)[number],))
        digest = Digest(addressee=team("Payments"), items=(DueMilestone(earlier, Milestone(90)),), today=TODAY)
        assert "until" not in blocks.digest(digest).text
        holding = replace(digest, items=(DueMilestone(answered(number, until=SOON), Milestone(90)),))
        assert "until" in blocks.digest(holding).text

    def test_what_is_said_to_be_done_is_verified_for_two_weeks(self) -> None:
        fresh = blocks.card(story(claimed_at=NOW, claimed_by=person("Ada")))
        assert "It closes when the inventory shows it." in fresh.text
        old = blocks.card(story(claimed_at=NOW - timedelta(14), claimed_by=person("Ada")))
        assert "but the inventory still shows it" in old.text

    def test_too_late_to_snooze(self) -> None:
        late = story(DeadlineKind.SUPPORT, TODAY + timedelta(14))
        assert actions.SNOOZE not in pressable(blocks.card(late))

    def test_a_choice_is_forgotten_with_every_answer(self) -> None:
        first, second = blocks.card(story()), blocks.card(answered(4))
        assert first.blocks[-1]["block_id"] != second.blocks[-1]["block_id"]

    def test_what_nobody_owns_can_be_claimed(self) -> None:
        runs = tuple(running(f"db-{number}", number, addressee=NOBODY) for number in range(1, 9))
        message = blocks.card(story(runs=runs, addressee=NOBODY))
        values = [block["accessory"]["value"] for block in message.blocks if "accessory" in block]
        assert values == ["1|", "2|", "3|", "4|", "5|"]
        assert pressable(message) == [actions.EXPLAIN]

    def test_every_control_says_to_a_screen_reader_what_it_is_about(self) -> None:
        for block in blocks.card(story(), also=[blocks.also_line(story())]).blocks:
            for element in [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]:
                if element["type"] == "button":
                    assert "PostgreSQL" in element["accessibility_label"]
                    assert element["accessibility_label"].startswith(element["text"]["text"].rstrip("…"))


class TestTheDigest:
    def digest(self, items: tuple[DueMilestone, ...], **rest: Any) -> Digest:
        return Digest(addressee=team("Payments"), items=items, today=TODAY, **rest)

    def test_what_can_still_be_prevented_goes_first_and_then_what_has_passed_last(self) -> None:
        def named(key: str, on: date) -> DueMilestone:
            its = story(DeadlineKind.SUPPORT, on)
            product = replace(postgresql(key), key=key)
            return DueMilestone(replace(its, watch=replace(its.watch, product=product, cycle=BARE)), Milestone(90))

        items = (named("b", SOON + timedelta(3)), named("a", SOON + timedelta(2)), named("b", SOON))
        lines = blocks.digest(self.digest(items)).text.splitlines()[1:4]
        assert [line[3] for line in lines] == ["b", "a", "b"]
        passed = [named("c", TODAY - timedelta(1095)), named("d", TODAY - timedelta(1)), named("e", SOON)]
        lines = blocks.digest(self.digest(tuple(passed))).text.splitlines()[1:5]
        assert lines.pop(1) == "*Overdue*"
        assert [line[3] for line in lines] == ["e", "d", "c"]

    def test_it_is_short_however_much_there_is(self) -> None:
        items = tuple(DueMilestone(story(), Milestone(90)) for _ in range(3000))
        unsure = tuple(running("db", number) for number in range(1, 2000))
        message = blocks.digest(self.digest(items, unsure=unsure, quiet=12))
        assert len(message.blocks) <= 30
        assert "3,000 deadlines to answer" in message.text
        assert "… and 2,985 more: `/eol`" in message.text
        assert "1,999 versions are unknown" in message.text
        assert "12 more are answered" in message.text
        assert_fit_for_slack(message, ids=IDS)

    def test_a_line_of_what_is_paid_for_has_its_price(self) -> None:
        paid = DueMilestone(story(DeadlineKind.SUPPORT, TODAY - timedelta(270)), Milestone(-252))
        message = blocks.digest(self.digest((paid,), is_first=True))
        assert "Charged now: 0.20 USD per vCPU-hour, about 584 USD a month." in message.text
        over = replace(paid, card=replace(paid.card, today=date(2027, 4, 1)))
        assert "Charged now" not in blocks.digest(self.digest((over,))).text
        runs = tuple(observed(one, has_extended_support=False) for one in paid.card.watch.runs)
        unpaid = replace(paid, card=replace(paid.card, watch=replace(paid.card.watch, runs=runs)))
        assert "Charged now" not in blocks.digest(self.digest((unpaid,))).text

    def test_what_is_planned_is_no_deadline_to_answer(self) -> None:
        plan = replace(answers("Ada", until=SOON)[0], until=TODAY + timedelta(3))
        kept = DueMilestone(story(answers=(plan,)), Milestone(30))
        open_one = DueMilestone(story(DeadlineKind.SUPPORT, TODAY + timedelta(9), id=8), Milestone(30))
        lapsed = replace(plan, until=TODAY - timedelta(3))
        late = DueMilestone(story(DeadlineKind.SUPPORT, TODAY - timedelta(9), id=9, answers=(lapsed,)), Milestone(-7))
        for items, head in (
            ((kept, open_one), "1 deadline to answer and 1 planned upgrade"),
            ((kept,), "1 planned upgrade"),
            ((late,), "1 deadline to answer"),
        ):
            assert blocks.digest(self.digest(items)).text.splitlines()[0] == f"*End of life* for *Payments*: {head}"

    def test_a_version_that_nobody_knows_is_named_once_with_what_to_do(self) -> None:
        unknown = UnknownProduct(suggestions=(), feed="abc")
        one = running("search-api", 9, matched=unknown)
        first = blocks.digest(self.digest((), unsure=(one,)))
        assert "Press *Correct the version*, or correct it at the source:" in first.text
        assert "*search-api*" in first.text
        later = blocks.digest(self.digest((DueMilestone(story(), Milestone(30)),), still_unsure=(one, one)))
        assert "search-api" not in later.text
        assert "2 versions are unknown still: `/eol unknown`" in later.text

    def test_one_upgrade_is_one_line(self) -> None:
        """What has passed unanswered, and what comes next of the same release cycle, are answered at once."""
        passed = DueMilestone(story(DeadlineKind.PRICE_STEP, TODAY - timedelta(216)), Milestone(-196))
        ahead = DueMilestone(story(DeadlineKind.EXTENDED_SUPPORT, TODAY + timedelta(148), id=8), Milestone(180))
        message = blocks.digest(self.digest((ahead, passed)))
        head, line, _ = plain_dates(message.text).splitlines()
        assert "1 deadline to answer" in head
        assert "the price of extended support rose" in line
        assert f"extended support ends {TODAY + timedelta(148)}, in 148 days. Charged now: 0.20" in line
        [opens] = [block["accessory"]["value"] for block in message.blocks if "accessory" in block]
        assert opens == "7", "it opens what is asked again until it is answered"
        taken = replace(passed, card=replace(passed.card, taker=TeamRecord(id=9, name="Data")))
        assert "2 deadlines to answer" in blocks.digest(self.digest((ahead, taken))).text, "two teams have it"
        active = DueMilestone(story(DeadlineKind.ACTIVE_SUPPORT, SOON), Milestone(60))
        assert "2 deadlines to answer" in blocks.digest(self.digest((active, passed))).text

    def test_what_nobody_pays_for_is_named_beside_the_same_release_that_somebody_does(self) -> None:
        unpaid_db = observed(running("unpaid-db", 2), has_extended_support=False)
        ended = story(DeadlineKind.FORCED_UPGRADE, TODAY - timedelta(600), runs=(unpaid_db,))
        ahead = DueMilestone(story(DeadlineKind.EXTENDED_SUPPORT, TODAY + timedelta(148), id=8), Milestone(180))
        message = blocks.digest(self.digest((ahead, DueMilestone(ended, Milestone(-196))))).text
        head, paid, title, unpaid, *_ = message.splitlines()
        assert "2 deadlines to answer" in head
        assert "orders-db" in paid
        assert title == "*Overdue*"
        assert "unpaid-db" in unpaid
        assert "Charged now" not in unpaid

    def test_what_costs_stands_above_what_has_passed(self) -> None:
        paid = DueMilestone(story(DeadlineKind.SUPPORT, TODAY - timedelta(900)), Milestone(-896))
        its = story(DeadlineKind.SUPPORT, TODAY - timedelta(1))
        passed = replace(its, watch=replace(its.watch, product=Product(key="past"), cycle=BARE))
        lines = blocks.digest(self.digest((DueMilestone(passed, Milestone(0)), paid))).text.splitlines()
        assert ["Charged now" in lines[1], lines[2], "past" in lines[3]] == [True, "*Overdue*", True]

    def test_what_lies_far_ahead_comes_after_what_has_passed(self) -> None:
        def ends(key: str, days: int) -> DueMilestone:
            its = story(DeadlineKind.SUPPORT, TODAY + timedelta(days))
            return DueMilestone(
                replace(its, watch=replace(its.watch, product=Product(key=key), cycle=BARE)), Milestone(0)
            )

        items = (ends("far", 300), ends("past", -9), ends("near", 9))
        lines = blocks.digest(self.digest(items)).text.splitlines()[1:6]
        assert [line[:7] for line in lines] == ["• *near", "*Overdu", "• *past", "*Later*", "• *far "]
        assert "*Later*" not in blocks.digest(self.digest(items[:1])).text, "alone it needs no title"

    def test_a_known_version_of_which_the_provider_says_nothing_is_not_called_unknown(self) -> None:
        product = postgresql("Python")
        known = running("fn", 9, matched=UnknownProduct(suggestions=(replace(product, key="python"),), feed=""))
        one = observed(known, product="python", version="3.10", provider="azure")
        text = blocks.digest(self.digest((), unsure=(one,))).text
        assert "1 end at its provider is unknown" in text
        assert "*fn*: python 3.10 (no table has the dates of azure for it)" in text
        assert "version is unknown" not in text
        both = blocks.digest(self.digest((), unsure=(one, running("db", 8)))).text
        assert "1 version is unknown and 1 end at its provider is unknown" in both

    def test_what_nobody_knows_can_be_said_there(self) -> None:
        message = blocks.digest(self.digest((), unsure=(running("orders-db", 9),)))
        [asked] = [block["accessory"] for block in message.blocks if "accessory" in block]
        assert (asked["action_id"], asked["value"]) == (actions.PIN, "9")

    def test_the_first_one_says_how_often_there_will_be_others(self) -> None:
        first = blocks.digest(self.digest((DueMilestone(story(), Milestone(90)),), is_first=True))
        assert "This list comes once a week at most, or sooner when a date is near." in first.text
        assert "1 deadline to answer" in first.text


def test_a_milestone_names_what_runs_it_and_what_was_answered() -> None:
    item = DueMilestone(answered(0), Milestone(30))
    text = said(blocks.milestone(item, also=[blocks.also_line(story())]))
    assert "It runs on *orders-db*." in text
    assert "*Plan:*" in text
    assert "Also due today:" in text


def test_an_escalation_says_who_and_why() -> None:
    one = blocks.complaint(story())
    text = escalation([one], to=Audience.LEAD).text
    assert "*Payments* has not answered:" in text
    assert "Press *Open* and plan it: then this stops." in text
    other = blocks.complaint(story(addressee=team("Search", 4)))
    assert "Owner: *Search*" in escalation([one, other], to=Audience.PLATFORM).text


def test_an_escalation_of_several_asks_for_nothing_once_all_of_them_are_answered() -> None:
    cards = [replace(each, reminder=replace(each.reminder, id=number)) for number, each in enumerate([story()] * 2, 1)]
    said = escalation([blocks.complaint(each) for each in cards], to=Audience.MANAGER)
    for each, left in zip(cards, (True, False), strict=True):
        planned = replace(each, reminder=replace(each.reminder, answers=answers("Ada", until=SOON)[:1]))
        said = blocks.complaint_redrawn(blocks.complaint_redrawn(said, planned), planned)
        assert ("Press *Open* and plan it" in said.text) is left
        assert ("Press *Open* and plan it" in str(said.blocks)) is left
    assert ["accessory" in each for each in said.blocks] == [False, True, True], "each can still be opened"


def test_an_escalation_about_several_teams_names_them_when_one_has_answered() -> None:
    one, other = story(), story(addressee=team("Search", 4))
    said = escalation([blocks.complaint(each) for each in (one, other)], to=Audience.MANAGER)
    planned = replace(one, reminder=replace(one.reminder, answers=answers("Ada", until=SOON)[:1]))
    line = blocks.complaint_redrawn(said, planned).text.splitlines()[1]
    assert re.search(r"Owner: \*Payments\*\. .* planned it for", line), line


def test_an_escalation_of_several_names_who_has_answered_and_where_nobody_has() -> None:
    silent = story()
    seen = replace(answers("Ada", until=SOON)[0], kind=AnswerKind.ACKNOWLEDGED, detail={}, milestone=30)
    taken = replace(story(answers=(seen,)), taker=TeamRecord(id=9, name="Data"))
    message = escalation([blocks.complaint(silent), blocks.complaint(taken)], to=Audience.MANAGER)
    head, first, second, why = message.text.splitlines()
    assert "Nobody" not in head + second + why
    assert first.endswith("Owner: *Payments*. Nobody has answered.")
    assert "*Data* has taken this over from *Payments*. Acknowledged by" in second


def test_a_digests_line_says_who_does_which_part_until_when_and_who_rolls_back() -> None:
    planned = answers("Ada", until=SOON)[0]
    detail = {
        "compatibility": "U1", "compatibility_name": "Grace", "compatible_by": "2026-12-10", "upgrade": "U2",
        "upgrade_name": "Omar", "rollback": "errors above 1%", "decider": "U3",
    }  # fmt: skip
    its = story(answers=(replace(planned, detail=detail),))
    whole = Digest(addressee=team("Payments"), items=(DueMilestone(its, Milestone(30)),), today=TODAY)
    line = plain_dates(blocks.digest(whole).text)
    day = SOON.isoformat()
    assert f"(planned for {day}; application: Grace by 2026-12-10; upgrade: Omar by {day}; " in line
    assert "roll back: errors above 1%, somebody decides)" in line


def revised(items: tuple[DueMilestone, ...], over: Card) -> str:
    """Return the first line of a digest of these once one of them is over."""
    sent = blocks.digest(Digest(addressee=team("Payments"), items=items, today=TODAY))
    closed = ClosedCard(reminder=over.reminder, product="PostgreSQL", cycle="11", resolution="upgraded", evidence=())
    found = blocks.without_closed(sent, closed)
    assert found is not None
    assert found.blocks[0]["text"]["text"] == found.text.splitlines()[0]
    return found.text.splitlines()[0].partition(": ")[2]


def test_a_digest_that_is_updated_counts_what_is_left() -> None:
    def numbered(number: int, *answered: Answer) -> Card:
        its = story(answers=answered)
        product = replace(its.watch.product, key=f"p{number}", label=f"P {number}")
        return replace(its, reminder=replace(its.reminder, id=number), watch=replace(its.watch, product=product))

    planned, other, open_one = numbered(1, answers("Ada", until=SOON)[0]), numbered(2), numbered(3)
    items = tuple(DueMilestone(each, Milestone(30)) for each in (planned, other, open_one))
    assert revised(items, planned) == "2 deadlines to answer"
    assert revised(items, other) == "1 deadline to answer and 1 planned upgrade"
    assert revised(items[:1], planned) == "no planned upgrade left"


def test_what_is_answered_and_then_over_is_one_deadline_less_in_a_digest() -> None:
    its = story()
    sent = blocks.digest(Digest(addressee=team("Payments"), items=(DueMilestone(its, Milestone(30)),), today=TODAY))
    answered = blocks.with_answer(sent, story(answers=(answers("Ada", until=SOON)[0],)))
    assert answered is not None
    assert "no deadline left to answer" in answered.text
    over = ClosedCard(reminder=its.reminder, product="PostgreSQL", cycle="11", resolution="upgraded", evidence=())
    closed = blocks.without_closed(answered, over)
    assert closed is not None
    assert "no deadline left to answer" in closed.text
    assert "lanned" not in str(closed.blocks), "what was answered is gone with its line"
    assert blocks.with_answer(sent, its) is None, "nothing is answered"
    done = blocks.with_answer(sent, replace(its, reminder=replace(its.reminder, claimed_at=NOW)))
    assert done is not None
    assert ":white_check_mark: Reported done, " in done.text


def test_what_was_no_deadline_to_answer_keeps_its_line_when_it_is_answered_otherwise() -> None:
    planned = story(answers=answers("Ada", until=SOON)[:1])
    ahead = replace(planned, reminder=replace(planned.reminder, id=99))
    items = (DueMilestone(ahead, Milestone(30)),)
    sent = blocks.digest(Digest(addressee=team("Payments"), items=items, today=TODAY, paid=(planned,)))
    assert blocks.with_answer(sent, planned) is None
    assert blocks.with_answer(sent, ahead) is None


def test_what_was_answered_and_is_over_is_no_deadline_less_in_a_digest() -> None:
    planned = story(answers=answers("Ada", until=SOON)[:1])
    ahead = story(answers=(replace(answers("Ada", until=SOON)[0], id=7),))
    ahead = replace(ahead, reminder=replace(ahead.reminder, id=99))
    items = (DueMilestone(ahead, Milestone(30)),)
    sent = blocks.digest(Digest(addressee=team("Payments"), items=items, today=TODAY, paid=(planned,)))
    closed = ClosedCard(reminder=planned.reminder, product="PostgreSQL", cycle="11", resolution="upgraded", evidence=())
    found = blocks.without_closed(sent, closed)
    assert found is not None
    assert found.text.splitlines()[0].endswith(": 1 planned upgrade")
    assert found.text.splitlines()[2] == ":white_check_mark: *PostgreSQL 11*: done. The inventory no longer shows it."


def test_a_new_owner_reads_why_they_are_told() -> None:
    """What ran before a file made it theirs comes to them out of the blue; what they took themselves does not."""

    def listed(**fact: Any) -> str:
        one = observed(running("orders-db", addressee=team("Payments")), first_seen_at=NOW - timedelta(90))
        [owned] = one.asset.facts
        one = replace(one, asset=replace(one.asset, facts=(replace(owned, source="terraform", **fact),)))
        return said(blocks.card(story(runs=(one,))))

    told = "• *orders-db* · orders-db · orders-db · tier 1 · Payments's since 2026-11-20, says terraform\n"
    assert told in listed(valid_from=NOW - timedelta(5))
    assert "s since" not in listed(valid_from=NOW - timedelta(15)), "that is no news any more"
    assert "s since" not in listed(valid_from=NOW - timedelta(5), is_human=True)
    assert "s since" not in listed(valid_from=NOW - timedelta(90)), "it was theirs from the first"


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1, "1 day"), (400, "400 days"), (401, "13 months"), (700, "23 months"), (731, "2 years"), (1500, "4 years")],
)
def test_a_stretch_of_time_is_said_as_people_say_it(days: int, expected: str) -> None:
    assert words.span(days) == expected


def test_somebody_whom_nobody_knows_is_written_as_the_sentence_goes() -> None:
    plan = replace(
        answers("Ada", until=SOON)[0], person=None, detail={"target": "16", "rollback": "errors", "decider": "U1"}
    )
    its = story(answers=(plan,))
    parts = plan_of(plan).parts  # type: ignore[union-attr]
    asked = said(notes.part_asked(its, plan, parts[1:]))
    assert "Roll back when: errors. Somebody may decide to roll back." in asked
    assert asked.endswith("If not, change the plan."), "there is nobody to tell"
    assert "Wait: somebody changed the plan" in said(notes.part_reopened(its, plan))
    assert "You can go ahead: a teammate says" in said(notes.part_closed(its, plan))


def test_the_end_shows_its_evidence() -> None:
    one = running("orders-db")
    now = observed(one, version="16.4", source="terraform")
    closed = ClosedCard(
        reminder=story().reminder, product="PostgreSQL", cycle="11", resolution="upgraded", evidence=(now,)
    )
    for message in (blocks.closed(closed), blocks.resolved(closed)):
        assert "*orders-db* runs 16.4, as terraform showed 2026-11-25." in said(message)
    assert "Thank you" in blocks.resolved(closed).text
    assert "saves" not in blocks.resolved(closed).text
    others = observed(running("ledger-db"), version="16.4"), observed(running("till-db"), version="17.0")
    several = blocks.resolved(replace(closed, evidence=(now, *others))).text
    assert "*orders-db* and *ledger-db* run 16.4 and *till-db* runs 17.0, as" in several
    saving = blocks.resolved(replace(closed, saved=saved_by(postgresql().cycles[-1], (upgraded(one),), TODAY))).text
    assert "That saves about 584 USD a month. Thank you." in saving
    assert saved_by(postgresql().cycles[-1], (one,), TODAY) == {}, "what it runs now is charged as well"
    moved = replace(closed, resolution="moved", evidence=())
    assert "what runs it has another owner now" in blocks.closed(moved).text


def test_a_receipt_says_what_happens_next() -> None:
    snoozed = replace(answers("Ada", until=date(2027, 3, 17))[4])
    its = story(answers=(snoozed,))
    assert "because a snooze ends 14 days before the deadline" in said(blocks.receipt(AnswerRecorded(its, snoozed)))
    late = answers("Ada", until=date(2027, 4, 30))[0]
    text = said(blocks.receipt(AnswerRecorded(story(answers=(late,)), late)))
    assert ":warning: That is 30 days after 2027-03-31: until then it has no support or security fixes." in text
    assert "stays as it was" in blocks.receipt(AlreadyStanding(its, snoozed)).text


@pytest.mark.parametrize(
    ("kind", "on", "until", "late"),
    [
        (DeadlineKind.EXTENDED_SUPPORT, date(2027, 3, 31), date(2027, 4, 30), "30 days after 2027-03-31"),
        (DeadlineKind.PRICE_STEP, date(2026, 3, 1), TODAY + timedelta(1), ""),
        (DeadlineKind.SUPPORT, date(2024, 2, 29), TODAY + timedelta(1), ""),
        (DeadlineKind.PRICE_STEP, date(2026, 3, 1), date(2027, 4, 30), "30 days after 2027-03-31"),
        (DeadlineKind.SUPPORT, LONG_AGO, TODAY + timedelta(1), ""),
    ],
)
def test_only_a_day_that_can_still_be_kept_is_missed(kind: DeadlineKind, on: date, until: date, late: str) -> None:
    """Nobody can plan for before what has passed: a plan is too late only for what still lies ahead."""
    plan = replace(answers("Ada", until=until)[0], deadline=on)
    its = story(kind, on, answers=(plan,))
    if on == LONG_AGO:
        ended = replace(its.watch.cycle, eol=Undated.ENDED, eoes=None, charges=())
        its = replace(its, watch=replace(its.watch, cycle=ended))
    for text in (said(blocks.card(its)), said(blocks.receipt(AnswerRecorded(its, plan)))):
        assert (f":warning: That is {late}" in text) if late else (":warning: That" not in text)
        assert "before that" not in text


EVERY = st.integers(0, 10_000)


@examples(20)
@given(foreign_words, EVERY)
def test_whatever_strangers_write_is_inert(name: str, which: int) -> None:
    known = list(cards(name))
    its = known[which % len(known)]
    item = DueMilestone(its, Milestone(which % 90))
    digest = Digest(addressee=team(name), items=(item,) * 20, today=TODAY, unsure=(running(name),) * 9)
    results = list(outcomes(name))
    for message in (
        blocks.card(its, also=[blocks.also_line(its)] * 12),
        blocks.milestone(item, also=[blocks.also_line(its)]),
        blocks.explanation(its),
        blocks.digest(digest),
        escalation([blocks.complaint(item.card)] * 12, to=Audience.PLATFORM),
        blocks.receipt(results[which % len(results)]),
    ):
        assert_fit_for_slack(message, ids=IDS)


@examples(15)
@given(foreign_words, st.lists(foreign_words, max_size=4))
def test_whatever_strangers_write_fits_a_form(name: str, versions: list[str]) -> None:
    runs: tuple[MatchedDeployment, ...] = (running(name), *(running(each, 2 + at) for at, each in enumerate(versions)))
    its = card(name, watch(name, runs=runs), answers=answers(name, until=SOON))
    candidates = [(its.watch.product, cycle) for cycle in its.watch.product.cycles]
    for view in (
        blocks.plan_view(its, METADATA),
        blocks.delegate_view(its, [], METADATA),
        blocks.not_ours_view(its, [], METADATA),
        blocks.pin_view(its.watch.runs, candidates, METADATA),
        blocks.waive_view(its, METADATA),
        blocks.done_view(its, METADATA),
    ):
        assert refuse_view(view) == []
        View(**view).validate_json()
        assert_inert(view, ids=IDS)


def test_thousands_of_assets_fit() -> None:
    runs = tuple(running("x" * 300, number, is_disputed=number % 2 == 0) for number in range(1, 5000))
    its = card("x" * 300, watch("x" * 300, runs=runs))
    for message in (blocks.card(its), blocks.milestone(DueMilestone(its, Milestone(7))), blocks.explanation(its)):
        assert_fit_for_slack(message, ids=IDS)
        assert len(message.text) < 8000
    assert refuse_view(blocks.pin_view(runs, [], METADATA)) == []
    assert refuse_view(blocks.not_ours_view(its, [], METADATA)) == []


def test_everything_is_said_in_the_text_as_well() -> None:
    """Screen readers and notifications read the text alone: every section's words are in it."""
    for _, made in samples("payments-db"):
        if isinstance(made, Rendered):
            for block in made.blocks:
                for line in block["text"]["text"].splitlines() if block["type"] == "section" else ():
                    assert line.strip("• …") in made.text


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "America/New_York", "UTC", "Asia/Kolkata", "Pacific/Auckland"])
@pytest.mark.parametrize("on", [date(2026, 1, 31), date(2026, 7, 1)])
def test_a_day_is_the_same_day_everywhere_and_never_tomorrow(zone: str, on: date) -> None:
    made = re.fullmatch(r"<!date\^(\d+)\^\{date_short\}\|([\d-]+)>", words.day(on))
    assert made is not None
    assert datetime.fromtimestamp(int(made[1]), ZoneInfo(zone)).date() == on == date.fromisoformat(made[2])


def test_what_ended_nobody_knows_when_is_never_so_many_years_ago() -> None:
    until = date(2027, 1, 1)
    ended = card("payments-db", watch("payments-db", on=LONG_AGO))
    assert "from a day that nobody has written down to" in notes.moved(card("payments-db"), before=LONG_AGO).text
    assert notes.moved(ended, before=until).text.endswith("to a day that nobody has written down.")


def test_what_is_in_a_handoff_is_shown_beside_a_reminder_and_not_offered_again() -> None:
    one, other = (replace(running(name), asset=replace(running(name).asset, id=number)) for name, number in PAIR)
    split = [
        replace(each, responsible=replace(each.responsible, others=((Area.APPLICATION, "Search"),)))
        for each in (one, other)
    ]
    taken = replace(story(runs=tuple(split)), handoffs=((1, 7), (2, 8)))
    accepted = next(each for each in answers("Ada", until=SOON) if each.kind is AnswerKind.DELEGATED)
    for said in (blocks.card(taken), blocks.offer_answered(taken, accepted, "Data", is_accepted=True)):
        assert "Show handoff #7" in str(said.blocks)
        assert "Hand over" not in str(said.blocks)
        assert "Make it permanent?" not in said.text
    half = replace(taken, handoffs=((1, 7),))
    for said in (blocks.card(half), blocks.offer_answered(half, accepted, "Data", is_accepted=True)):
        assert "Hand over" in str(said.blocks)
        assert "offer|2" in str(said.blocks), "the other one"
        assert "Show handoff" not in str(said.blocks)


PAIR = (("orders-db", 1), ("basket-db", 2))
