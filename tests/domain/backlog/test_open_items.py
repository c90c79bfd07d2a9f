"""Which items of a request are still to do once some of a delivery does the job."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.backlog.open_items import after_step, asked_about, confirmed, heading, named, still_to_come, still_to_do
from bot.domain.backlog.requests import (
    ItemType,
    PartItem,
    RequestCard,
    RequestItem,
    RequestStanding,
    RequestState,
    Step,
)
from bot.domain.backlog.tracker_issues import draft
from bot.domain.records import PersonRecord
from bot.errors import UserError

ADA = PersonRecord(id=1, name="Ada")
KEYSPACE, LIBRARY, STEP = (RequestItem(ItemType.LIBRARY, title) for title in ("A keyspace", "A library", "A step"))


def card(*items: RequestItem, state: RequestState = RequestState.DELIVERED) -> RequestCard:
    standing = RequestStanding(state, RequestState.IN_PROGRESS, datetime(2026, 11, 2, tzinfo=UTC))
    return RequestCard(id=7, title="Cassandra", items=items, standing=standing, steps=frozenset(), asker=ADA, filer=ADA)


def done(item: RequestItem) -> RequestItem:
    return replace(item, is_done=True)


@pytest.mark.parametrize(
    ("its", "step", "places"),
    [
        (card(KEYSPACE, LIBRARY), Step.NOT_YET, [0, 1]),
        (card(done(KEYSPACE), LIBRARY, STEP), Step.NOT_YET, [0, 1, 2]),
        (card(done(KEYSPACE), LIBRARY), Step.NOT_YET, [0, 1]),
        (card(done(KEYSPACE), LIBRARY, STEP), Step.DELIVER, [1, 2]),
        (card(done(KEYSPACE), LIBRARY), Step.DELIVER, []),
        (card(KEYSPACE), Step.NOT_YET, []),
        (card(KEYSPACE, LIBRARY), Step.WITHDRAW, []),
        (card(KEYSPACE, LIBRARY, state=RequestState.CONFIRMED), Step.REOPEN, [0, 1]),
        (card(KEYSPACE, LIBRARY, state=RequestState.DECLINED), Step.REOPEN, []),
    ],
)
def test_what_is_asked_about(its: RequestCard, step: Step, places: list[int]) -> None:
    assert list(asked_about(its, step)) == places


def test_what_is_there_is_done_until_somebody_misses_it() -> None:
    its = card(KEYSPACE, LIBRARY, STEP)
    assert still_to_come(its, [0, 1, 2]) == ()
    assert still_to_come(its, [1]) == (0, 2)
    first = after_step(its, Step.DELIVER_PART, [0, 2])
    assert first == (KEYSPACE, done(LIBRARY), STEP)
    assert after_step(card(*first), Step.NOT_YET, [1]) == (done(KEYSPACE), LIBRARY, done(STEP))
    assert named(first, [0, 2]) == "A keyspace and A step"
    with pytest.raises(UserError, match="Tick what is there"):
        still_to_come(card(*first), [1])


def test_what_is_done_stays_so_until_all_is() -> None:
    first = after_step(card(KEYSPACE, LIBRARY, STEP), Step.NOT_YET, [1, 2])
    assert first == (done(KEYSPACE), LIBRARY, STEP)
    second = after_step(card(*first), Step.NOT_YET, [2])
    assert second == (done(KEYSPACE), done(LIBRARY), STEP)
    assert still_to_do(second) == (STEP,)
    assert confirmed(second) == (KEYSPACE, LIBRARY, STEP)


def test_something_has_to_be_left() -> None:
    with pytest.raises(UserError, match="Tick what is still missing"):
        after_step(card(done(KEYSPACE), LIBRARY, STEP), Step.NOT_YET, [9])


def test_without_a_tick_what_was_just_delivered_goes_back_or_else_all() -> None:
    some, whole = card(done(KEYSPACE), LIBRARY), card(done(KEYSPACE), done(LIBRARY))
    assert after_step(some, Step.NOT_YET) == some.items
    assert after_step(whole, Step.NOT_YET) == (KEYSPACE, LIBRARY)
    assert after_step(whole, Step.RESUME) == (KEYSPACE, LIBRARY)


def with_part(its: RequestCard, item: RequestItem, *, is_private: bool = False) -> RequestCard:
    return replace(its, part_items=(PartItem(8, 0, "Search", item, is_private),))


def test_a_delivery_asks_about_what_parts_ask_for_and_a_team_sends_back_its_own() -> None:
    its = with_part(card(KEYSPACE, LIBRARY), STEP)
    assert list(asked_about(its, Step.DELIVER)) == [0, 1, 2]
    assert after_step(its, Step.DELIVER_PART, [1, 2]) == (done(KEYSPACE), LIBRARY, STEP)
    assert list(asked_about(its, Step.NOT_YET)) == [0, 1]
    assert after_step(its, Step.NOT_YET, [1]) == (done(KEYSPACE), LIBRARY, done(STEP)), "the part has its own"
    assert after_step(its, Step.CONFIRM) == (KEYSPACE, LIBRARY, STEP)
    with pytest.raises(UserError, match="Tick what is still missing"):
        after_step(its, Step.NOT_YET, [2])


@pytest.mark.parametrize(("is_private", "said"), [(False, "A step"), (True, "Cassandra")])
def test_a_list_names_what_parts_ask_for_unless_they_did_so_privately(is_private: bool, said: str) -> None:
    its = card(done(KEYSPACE), state=RequestState.IN_PROGRESS)
    assert heading(with_part(its, STEP, is_private=is_private)) == said


@pytest.mark.parametrize(
    ("its", "said"),
    [
        (card(KEYSPACE, LIBRARY, STEP, state=RequestState.IN_PROGRESS), "Cassandra"),
        (card(done(KEYSPACE), LIBRARY, STEP, state=RequestState.IN_PROGRESS), "A library and 1 more"),
        (card(done(KEYSPACE), done(LIBRARY), STEP, state=RequestState.PROPOSED), "A step"),
        (card(done(KEYSPACE), LIBRARY), "Cassandra"),
    ],
)
def test_a_list_names_what_is_still_to_do(its: RequestCard, said: str) -> None:
    assert heading(its) == said


def test_an_issue_says_what_is_done() -> None:
    its = card(done(KEYSPACE), LIBRARY)
    issue = draft(its, "m", is_public=False, is_from_private_channel=False, as_of=date(2026, 11, 2))
    assert issue is not None
    assert issue.lines[1:3] == ("- A keyspace (library, done)", "- A library (library)")


def test_a_title_of_emoji_fits_into_any_tracker() -> None:
    issue = draft(
        replace(card(LIBRARY), title="😀" * 150),
        "m",
        is_public=True,
        is_from_private_channel=False,
        as_of=date(2026, 11, 2),
    )
    assert issue is not None
    assert issue.title == "😀" * 75, "trackers count an emoji as two"
