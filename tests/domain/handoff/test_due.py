"""When somebody is told something about a handoff."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.catalog import Area
from bot.domain.handoff.due import DueKind, Side, dues, expired, outdated
from bot.domain.handoff.handoffs import HandoffCard, ResourceCard, ResourceState
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.working_time import WorkingTime, zone_of

#: A Tuesday; Monday the ninth is a holiday.
OFFERED, WORK = date(2026, 3, 3), WorkingTime(zone_of("UTC"), frozenset({date(2026, 3, 9)}))


def resource(state: ResourceState = ResourceState.OFFERED, **fields: Any) -> ResourceCard:
    return ResourceCard(id=1, asset_id=1, name="db", area=Area.ALL, state=state, **fields)


def card(*resources: ResourceCard, **fields: Any) -> HandoffCard:
    giver, receiver = TeamRecord(id=1, name="devops"), TeamRecord(id=2, name="payments")
    return HandoffCard(
        id=7,
        giver=giver,
        receiver=receiver,
        resources=resources or (resource(),),
        starter=PersonRecord(id=1, name="Omar"),
        **{"begun_on": OFFERED, "offered_on": OFFERED, **fields},
    )


def when(its: HandoffCard, kind: DueKind) -> list[tuple[Side, date]]:
    return [(each.side, each.on) for each in dues(its, work=WORK) if each.kind is kind]


def test_an_offer_of_a_loan_can_be_answered_until_the_day_before_it_is_over() -> None:
    lent = replace(card(), loan_until=date(2026, 3, 10))
    assert {each.ends_on for each in dues(lent, work=WORK) if each.kind is DueKind.ANSWER} == {date(2026, 3, 9)}
    assert expired(lent, today=date(2026, 3, 9), work=WORK) == ()
    assert expired(lent, today=date(2026, 3, 10), work=WORK) == lent.resources


def test_the_receiver_is_reminded_after_two_five_and_nine_working_days() -> None:
    days = [date(2026, 3, 5), date(2026, 3, 11), date(2026, 3, 17)]
    assert when(card(), DueKind.ANSWER) == [(Side.RECEIVER, day) for day in days]
    assert {each.ends_on for each in dues(card(), work=WORK)} == {date(2026, 3, 18)}
    notes = [each.note for each in dues(replace(card(), version=2), work=WORK)]
    assert notes == ["answer:2:2", "answer:2:5", "answer:2:9"], "a new version is a new offer"


def test_an_offer_is_over_after_ten_working_days() -> None:
    assert expired(card(), today=date(2026, 3, 18), work=WORK) == ()
    assert expired(card(), today=date(2026, 3, 19), work=WORK) == card().resources
    assert expired(card(resource(ResourceState.ACCEPTED)), today=date(2027, 1, 1), work=WORK) == ()


def test_what_waits_for_something_is_not_over_before_that_is_due() -> None:
    waiting = card(resource(ResourceState.NOT_YET, needs_by=date(2026, 3, 20)))
    assert when(waiting, DueKind.ANSWER) == []
    assert when(waiting, DueKind.NEEDS) == [(Side.RECEIVER, date(2026, 3, 20))]
    assert expired(waiting, today=date(2026, 4, 3), work=WORK) == ()
    assert expired(waiting, today=date(2026, 4, 4), work=WORK) == waiting.resources
    weekend = card(resource(ResourceState.NOT_YET, needs_by=date(2026, 3, 7)))
    assert when(weekend, DueKind.NEEDS) == [(Side.RECEIVER, date(2026, 3, 10))], "the next working day"


def test_both_sides_hear_of_an_offer_that_is_over_but_of_an_older_one_only_once() -> None:
    over = card(resource(ResourceState.EXPIRED))
    assert when(over, DueKind.EXPIRED) == [(Side.GIVER, OFFERED), (Side.RECEIVER, OFFERED)]
    notes = [each.note for each in dues(replace(over, version=2), work=WORK)]
    assert notes == ["expired:1:giver:1", "expired:1:receiver:1"], "which were said before there was a version 2"


def test_every_part_that_is_over_is_said_whenever_that_is() -> None:
    late = replace(resource(ResourceState.EXPIRED), id=2, version=2)
    notes = [{each.note for each in dues(card(resource(state), late), work=WORK)} for state in ResourceState]
    assert all({"expired:2:giver:2", "expired:2:receiver:2"} <= each for each in notes)
    assert "expired:1:giver:1" in notes[list(ResourceState).index(ResourceState.EXPIRED)]


def test_both_sides_are_asked_about_thirty_days_after_the_last_part_has_passed() -> None:
    moved = resource(ResourceState.ACCEPTED, moved_at=datetime(2026, 3, 4, tzinfo=UTC))
    later = replace(moved, id=2, moved_at=datetime(2026, 3, 6, tzinfo=UTC))
    assert when(card(moved, later), DueKind.WORKS) == [
        (Side.GIVER, date(2026, 4, 3)),
        (Side.RECEIVER, date(2026, 4, 3)),
    ]
    saturday = replace(moved, moved_at=datetime(2026, 3, 7, tzinfo=UTC))
    assert when(card(saturday), DueKind.WORKS)[0] == (Side.GIVER, date(2026, 4, 3)), "on a working day"
    assert when(card(moved, resource()), DueKind.WORKS) == [], "while a part is open"
    assert when(card(moved, loan_until=date(2026, 5, 1)), DueKind.WORKS) == [], "a loan returns anyway"
    assert when(card(replace(moved, returned_at=later.moved_at)), DueKind.WORKS) == []
    assert when(replace(card(moved), receiver=card().giver), DueKind.WORKS) == [], "both are one team by now"


def test_the_giver_hears_in_good_time_of_files_that_will_be_a_dispute() -> None:
    moved = resource(ResourceState.ACCEPTED, moved_at=datetime(2026, 3, 4, tzinfo=UTC))
    told = list(outdated(card(moved), date(2026, 4, 3), ("CODEOWNERS",), (), work=WORK))
    assert [(each.side, each.on, each.is_loud) for each in told] == [
        (Side.GIVER, date(2026, 3, 18), False),
        (Side.GIVER, date(2026, 3, 27), True),  # five days ahead is a Sunday
    ]


def test_both_hear_of_what_passed_because_its_day_had_come_and_of_nothing_that_was_pressed() -> None:
    moved = resource(ResourceState.ACCEPTED, moved_at=datetime(2026, 3, 4, tzinfo=UTC))
    agreed = card(moved, effective_on=date(2026, 3, 4))
    assert when(agreed, DueKind.MOVED) == [(Side.GIVER, date(2026, 3, 4)), (Side.RECEIVER, date(2026, 3, 4))]
    assert when(card(moved), DueKind.MOVED) == []
    assert when(card(moved, effective_on=date(2026, 3, 2)), DueKind.MOVED) == [], "accepted after that day"
    again = [each.note for each in dues(replace(agreed, version=2), work=WORK) if each.kind is DueKind.MOVED]
    assert again == ["moved:1:giver", "moved:1:receiver"], "what is offered again does not say it once more"
    returned = replace(moved, returned_at=datetime(2026, 4, 1, tzinfo=UTC))
    over = [(Side.GIVER, date(2026, 4, 1)), (Side.RECEIVER, date(2026, 4, 1))]
    assert when(card(returned, loan_until=date(2026, 4, 1)), DueKind.RETURNED) == over
    assert when(card(returned, loan_until=date(2026, 5, 1)), DueKind.RETURNED) == [], "it was handed back before"


def test_a_question_waits_for_the_giver_as_long_as_an_offer_does_for_the_receiver() -> None:
    asked = card(resource(ResourceState.DRAFT), offered_on=None)
    days = [date(2026, 3, 5), date(2026, 3, 11), date(2026, 3, 17)]
    assert when(asked, DueKind.ANSWER) == [(Side.GIVER, day) for day in days]
    assert asked.answerer == asked.giver
    assert expired(asked, today=date(2026, 3, 18), work=WORK) == ()
    assert expired(asked, today=date(2026, 3, 19), work=WORK) == asked.resources


def test_both_hear_that_a_question_is_over_and_later_of_the_offer_that_is() -> None:
    question = card(resource(ResourceState.EXPIRED), offered_on=None)
    assert when(question, DueKind.EXPIRED) == [(Side.GIVER, OFFERED), (Side.RECEIVER, OFFERED)]
    offered = card(resource(ResourceState.EXPIRED))
    notes = [{each.note for each in dues(its, work=WORK)} for its in (question, offered)]
    assert not notes[0] & notes[1], "what was said of the question keeps nobody from hearing of the offer"
