"""What is said to one recipient on one day, in which order, and who above them has to hear of what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.daily_limit import Agenda, DailyMessage, Due, NothingThisWeek, Weekly, Written, say
from bot.domain.digests import preventable_first
from bot.domain.escalation import Audience, is_fresh, unheard
from bot.domain.working_time import WorkingTime

WORK = WorkingTime(ZoneInfo("UTC"))
#: The digest of this week was due on Tuesday, 2 March.
WEDNESDAY, LOOKED = datetime(2027, 3, 3, 9, tzinfo=UTC), date(2027, 3, 2)
EARLIER = date(2027, 1, 4)


def due(noun: str, days: int, *, is_loud: bool = True, tier: int = 1) -> Due:
    return Due(noun=noun, key=(str(days),), days=days, is_loud=is_loud, tier=tier)


def test_the_most_urgent_leads_whichever_noun_it_is_of() -> None:
    agendas = [Agenda(due=(due("a", 30), due("a", 7, tier=2))), Agenda(due=(due("b", 7), due("b", 1, is_loud=False)))]
    said = say(agendas, now=WEDNESDAY, work=WORK, written=Written(looked=LOOKED))
    assert said == DailyMessage(due("b", 7), (due("a", 7, tier=2), due("a", 30)))


@pytest.mark.parametrize(
    ("written", "now"),
    [
        (Written(last=date(2027, 3, 3), looked=LOOKED), WEDNESDAY),
        (Written(looked=LOOKED), WEDNESDAY.replace(hour=8)),
        (Written(looked=LOOKED), WEDNESDAY.replace(day=6)),
    ],
    ids=["told today", "early", "a Saturday"],
)
def test_nothing_is_said_twice_a_day_or_outside_of_working_hours(written: Written, now: datetime) -> None:
    assert say([Agenda(due=(due("a", 7),))], now=now, work=WORK, written=written) is None


def test_a_digest_that_was_late_is_not_said_again_on_the_next_day() -> None:
    monday, tuesday = datetime(2027, 3, 8, 9, tzinfo=UTC), datetime(2027, 3, 9, 10, tzinfo=UTC)
    its = [Agenda(due=(due("a", 30, is_loud=False),), known_since=EARLIER)]
    assert isinstance(say(its, now=monday, work=WORK, written=Written()), Weekly)
    sent = Written(last=monday.date(), digest=monday.date(), looked=monday.date())
    assert say(its, now=tuesday, work=WORK, written=sent) is None
    loud = [Agenda(due=(due("a", 7),), known_since=EARLIER)]
    assert say(loud, now=tuesday.replace(hour=9), work=WORK, written=sent) == DailyMessage(due("a", 7))
    assert isinstance(say(its, now=tuesday.replace(day=16), work=WORK, written=sent), Weekly)


@pytest.mark.parametrize(
    ("new", "is_told"),
    [
        (due("a", 7, is_loud=False), True),
        (due("a", 1, is_loud=False), True),
        (due("a", 8, is_loud=False), False),  # the next digest is in time
        (due("a", 0, is_loud=False), False),  # nothing can prevent it any more
        (due("a", -3, is_loud=False), False),
        (replace(due("a", 7, is_loud=False), is_repeated=True), False),
        (replace(due("a", 7, is_loud=False), stands=True), False),
    ],
)
def test_but_what_would_be_over_by_the_next_one_does_not_wait_for_it(new: Due, is_told: bool) -> None:
    sent = Written(last=date(2027, 3, 8), digest=date(2027, 3, 8), looked=date(2027, 3, 8))
    loud = due("b", 60)
    its = [Agenda(due=(due("b", 90, is_loud=False), new), known_since=EARLIER)]
    tuesday = datetime(2027, 3, 9, 10, tzinfo=UTC)
    assert isinstance(say(its, now=tuesday, work=WORK, written=sent), Weekly) is is_told
    earlier = say([*its, Agenda(due=(loud,))], now=tuesday.replace(hour=9), work=WORK, written=sent)
    assert earlier == (None if is_told else DailyMessage(loud)), "what is loud waits for the digest of its day"


def test_nor_does_what_comes_up_on_the_day_after() -> None:
    sent = Written(last=date(2027, 3, 8), digest=date(2027, 3, 8), looked=date(2027, 3, 8))
    for days, kind in ((6, Weekly), (7, type(None))):
        its = [Agenda(due=(due("a", days, is_loud=False),), known_since=EARLIER)]
        assert isinstance(say(its, now=datetime(2027, 3, 10, 10, tzinfo=UTC), work=WORK, written=sent), kind)


def test_one_digest_has_what_is_due_of_both_and_what_has_passed_comes_last_in_it() -> None:
    agendas = [
        Agenda(due=(due("a", -1000, is_loud=False), due("a", 90, is_loud=False)), known_since=EARLIER),
        Agenda(due=(due("b", 1),), known_since=date(2027, 3, 3)),
    ]
    said = say(agendas, now=WEDNESDAY, work=WORK, written=Written(digest=EARLIER, looked=EARLIER))
    assert isinstance(said, Weekly)
    assert [(each.noun, each.days) for each in said.due] == [("b", 1), ("a", 90), ("a", -1000)]
    assert not said.is_first


@pytest.mark.parametrize(("has_news", "kind"), [(False, NothingThisWeek), (True, Weekly)])
def test_an_empty_digest_is_only_sent_for_news(has_news: bool, kind: type) -> None:
    agendas = [Agenda(known_since=EARLIER), Agenda(has_news=has_news)]
    assert isinstance(say(agendas, now=WEDNESDAY, work=WORK, written=Written()), kind)


def test_tomorrow_comes_before_yesterday_and_yesterday_before_three_years_ago() -> None:
    assert sorted([-1095, 30, -1, 0, 1], key=preventable_first) == [0, 1, 30, -1, -1095]


@pytest.mark.parametrize(
    ("step", "heard", "who"),
    [
        (14, {}, [Audience.LEAD]),
        (14, {Audience.LEAD: 14}, []),
        (7, {}, [Audience.LEAD, Audience.MANAGER]),
        (7, {Audience.LEAD: 14}, [Audience.MANAGER]),
        (1, {Audience.LEAD: 14, Audience.MANAGER: 7}, [Audience.MANAGER]),
        (0, {Audience.LEAD: 14, Audience.MANAGER: 1}, [Audience.MANAGER, Audience.PLATFORM]),
        (-7, {Audience.PLATFORM: 0}, []),
        (-7, {}, [Audience.PLATFORM]),
    ],
)
def test_each_of_those_above_hears_of_a_step_once(
    step: int, heard: dict[Audience, int | None], who: list[Audience]
) -> None:
    assert list(unheard(step, heard)) == who


def test_whoever_was_asked_has_an_hour() -> None:
    assert is_fresh(WEDNESDAY, WEDNESDAY.replace(hour=10))
    assert not is_fresh(WEDNESDAY, WEDNESDAY.replace(hour=10, minute=1))
