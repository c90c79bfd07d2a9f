"""Hours, people and days that a thread says, whatever else is read from it."""

from __future__ import annotations

import pytest

from bot.domain.backlog import due, people, technologies, threads
from bot.domain.backlog.quantities import hours
from tests.domain.backlog.test_drafts import draft

_COST = ("it takes me an hour every week", "three of us are stuck until the 20th")


def test_numbers_stay_where_no_wish_is_recognised() -> None:
    found = draft(*_COST)
    assert found.items == ()
    assert found.hours is not None
    assert found.hours.monthly == pytest.approx(4.33)
    assert found.blocked is not None
    assert found.blocked.people == 3
    assert found.needed_by is not None
    assert found.needed_by.day.isoformat() == "2027-03-20"


def test_numbers_go_with_what_is_over() -> None:
    found = draft("Our jobs won't start", *_COST, "never mind, it was a typo of ours")
    assert (found.hours, found.blocked, found.needed_by) == (None, None, None)


def test_a_day_alone_is_talk() -> None:
    assert draft("who comes to the dinner?", "tell me by the 20th").needed_by is None


@pytest.mark.parametrize(
    "said",
    [
        "Also reminder: retro moves to Thursday 14:00",
        "I had to ask Mia 4 times this week",
        "there is a freeze till 31 March",
        "I lost half a day on Tuesday with that again",
    ],
)
def test_a_day_of_something_else_is_no_day_by_which_it_is_needed(said: str) -> None:
    assert draft("Can devops help us with the build agents?", said).needed_by is None
    assert draft(said, "Can devops help us with the build agents?").needed_by is None


@pytest.mark.parametrize(
    ("said", "people", "monthly"),
    [
        ("Unfortunately, three of us are blocked.", 3, None),
        ("Agreed, three of us are blocked.", 3, None),
        ("Ana and three of us are blocked", 4, None),
        ("Ana, Bo and Cy are blocked", 3, None),
        ("1,200 of us are blocked.", None, None),
        ("1 500 people are blocked", None, None),
        ("It costs us 1 200 hours a year", None, 100),
        ("It costs us 1,500 hours a year", None, 125),
        ("We lose 10'000 minutes a week", None, None),
        ("We lose 2.5 hours a week", None, 10.82),
    ],
)
def test_a_first_word_is_nobody_and_thousands_are_no_number_of_their_own(
    said: str, people: int | None, monthly: float | None
) -> None:
    found = draft("We need a CI pipeline for billing.", said)
    assert (found.blocked.people if found.blocked else None) == people
    assert (found.hours.monthly if found.hours else None) == (pytest.approx(monthly, abs=0.02) if monthly else None)


def test_hours_are_put_right_while_they_are_talked_about() -> None:
    for between, monthly in ((), 13), (("ok.", "and who builds it?", "devops.", "good."), 4.33):
        found = draft("it takes me an hour every week", *between, "make that 3 hours").hours
        assert found is not None
        assert found.monthly == pytest.approx(monthly, abs=0.02)


def test_who_loses_hours_by_waiting_is_not_stuck() -> None:
    assert draft("We need a script.", "the four of us lose 2 hours a week each waiting for it").blocked is None
    found = draft("We need a script.", "we lose 2 hours a week and 3 people are stuck").blocked
    assert found is not None
    assert found.people == 3


@pytest.mark.parametrize(
    "answer", ["that's unrealistic, let's say Friday 19 March", "Too early. Let us aim for the 19th of March"]
)
def test_a_day_that_is_turned_down_gives_way_to_the_one_behind_it(answer: str) -> None:
    due = draft("We need a database.", "end of next week would be great", answer).needed_by
    assert due is not None
    assert due.day.isoformat() == "2027-03-19"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Legal waits for the figures until noon today.", "2027-04-16"),
        ("I'll send you the list by tomorrow.", "2027-04-16"),
        ("Ada must finish her review by tomorrow.", "2027-04-16"),
        ("We need it by tomorrow, the audit was moved.", "2027-03-02"),
    ],
)
def test_what_others_have_to_do_by_a_day_is_not_asked_for(said: str, day: str) -> None:
    due = draft("We need a database by 16 April.", said).needed_by
    assert due is not None
    assert due.day.isoformat() == day


def test_a_weekday_after_a_day_is_not_the_next_one() -> None:
    due = draft("We need a database.", "let's say 19 March, the launch is the Monday after").needed_by
    assert due is not None
    assert due.day.isoformat() == "2027-03-19"


def test_nothing_is_put_right_where_nothing_is_lost() -> None:
    found = draft("it takes me 0 hours a week", "make that 0 hours").hours
    assert found is not None
    assert found.monthly == 0


@pytest.mark.parametrize(
    ("said", "day"),
    [
        (("the fair opens on Monday 19 April, I want it by the Friday before",), "2027-04-16"),
        (("two weeks before the release on 15 April",), "2027-04-01"),
        (("the review is on 15 April, a week before, say 6 April",), "2027-04-06"),
        (("by 15 April", "rather the 10th"), "2027-04-10"),
        (("by early April, so 6 April",), "2027-04-06"),
        (("the audit is on 15 April, the freeze by the 10th", "freeze was moved, 13 April now"), "2027-04-13"),
        (("the auditors come back on 15 April",), "2027-04-15"),
        (("Perforce goes read only on 15 April",), "2027-04-15"),
        (("the image goes red in the scanner on 15 April",), "2027-04-15"),
        (("the key is on my laptop, and I am off from 15 April",), "2027-04-15"),
        (("I am back on 15 April",), None),
        (("the old one gets no more support after Q2",), "2027-06-30"),
        (("by the end of April", "more precisely 28 April"), "2027-04-28"),
        (("by 15 April", "forget the 15th, it slipped. 20 April it is"), "2027-04-20"),
        (("none of us had opened it before Monday",), None),
        (("they turned it off in November",), None),
    ],
)
def test_a_day_is_told_by_an_event_and_by_what_was_said_before(said: tuple[str, ...], day: str | None) -> None:
    due = draft("We need a database.", *said).needed_by
    assert (None if due is None else due.day.isoformat()) == day


_AMOUNTS = {
    "an hour": 1, "an hour and a half": 1.5, "half a day": 4, "2h": 2, "a day": 8, "between 2 and 4 hours": 3,
    "½ hour": 0.5, "2 ½ hours": 2.5, "1/2 an hour": 0.5, "2-3 hours": 2.5, "20-odd minutes": 1 / 3,
    "the whole morning": 4, "a full working day": 8, "ninety minutes": 1.5, "1h30": 1.5,
    "three quarters of an hour": 0.75,
    "an hour or two": 1.5, "an afternoon": 4,
}  # fmt: skip
_RATES = {
    "per sprint": 2.165, "every Monday": 4.33, "twice daily": 43.3, "three times a week": 12.99, "once a month": 1,
    "on Mondays and Thursdays": 8.66, "every two weeks": 2.165, "each quarter": 1 / 3, "3x/week": 12.99,
    "every Mon": 4.33, "Mon, Wed and Fri": 12.99, "Monday to Friday": 21.65, "two mornings out of five": 8.66,
    "on Monday mornings": 4.33, "at month's end": 1, "2-3 times a week": 10.825, "every working morning": 21.65,
    "five days a week": 21.65, "at the end of each month": 1, "every workday": 21.65,
}  # fmt: skip
_ORDERS = {
    1: ("it costs us {a} {r}", "{r} I spend {a} on it", "{a}, {r}", "{r} somebody sits down for {a}"),
    3: (
        "three of us spend {a} on it {r}", "{r}, {a}, three people", "{a} per head {r}, three heads",
        "{a} {r} per person, and we are three", "3 people x {a} {r}", "{r} it takes {a} from everybody, we're three",
        "each of the three testers loses {a} {r}", "{a} {r}, times three", "Ada, Bo and I each spend {a} on it {r}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("heads", "order"), [(heads, order) for heads in _ORDERS for order in _ORDERS[heads]])
def test_an_amount_a_cadence_and_people_are_read_in_any_order(heads: int, order: str) -> None:
    said = {
        order.format(a=amount, r=rate): heads * _AMOUNTS[amount] * _RATES[rate]
        for amount in _AMOUNTS
        for rate in _RATES
    }
    found = {each: hours(threads.read({"messages": [{"ts": "1767000000", "text": each}]})) for each in said}
    wrong = {
        each: None if read is None else read.monthly
        for each, read in found.items()
        if read is None or read.monthly != pytest.approx(said[each], rel=0.01, abs=0.01)
    }
    assert not wrong


_TURNS = {
    "I copy the list by hand every Monday - how long? - 3 hours": 12.99,
    "it takes me 2 hours - how often? - twice a week": 17.32,
    "a release takes me two days by hand - every release. we release monthly": 16,
    "I lose 2 hours a week with that - same here": 17.32,
    "I do it by hand, so does Bo - how long? - a day each, every month": 16,
    "it's 6 hours a month, and Ana has the same": 12,
    "each of us two loses 2 hours a month": 4,
    "ten times a day, 6 minutes each, weekdays": 21.65,
    "20 minutes every morning, seven days": 10.1,
    "I kick the stuck jobs, 20 minutes a day, Saturdays and Sundays too": 10.1,
    "I check the runs every single day, Sundays too, 15 minutes": 7.58,
    "every morning I copy the figures by hand. 20 minutes, also weekends": 10.1,
    "it takes me 20 minutes every morning, also on Saturdays and Sundays": 10.1,
    # what is put right is the number that is nearest
    "half an hour each time, maybe eight times a month - rather ten": 5,
    "we spend 45 minutes on it, ten times a month - make it 30": 5,
    # "same" agrees with what was said before
    "I don't know it - same. How long does it take us? - an hour every week": 4.33,
    "an hour every week - same here": 8.66,
    # each of what, where that is no person
    "2 hours each Tuesday - the tool does all four": 8.66,
    "both Ada and I spend an hour a week on it": 8.66,
    "six on a normal day, ten minutes apiece": 21.65,
    "30 minutes by hand on each business day": 10.83,
    "it takes me an hour and a quarter a week": 5.41,
    "I spend three quarters of an hour on it every week": 3.25,
    "the weekly report takes two hours of me clicking": 8.66,
}
_NO_HOURS = (
    *("we scan it weekly, and legal wants to keep them 90 days", "how long was it down? - 2 hours"),
    *("logs are kept for 12 hours, backups run daily", "I lost an hour yesterday, we deploy daily"),
)


@pytest.mark.parametrize(("said", "monthly"), [*_TURNS.items(), *((each, None) for each in _NO_HOURS)])
def test_hours_are_read_over_turns_of_talk(said: str, monthly: float | None) -> None:
    told = [{"ts": f"176700000{at}", "user": f"U{at % 2}", "text": each} for at, each in enumerate(said.split(" - "))]
    found = hours(threads.read({"messages": told}))
    assert (found and found.monthly) == (monthly and pytest.approx(monthly, rel=0.01))


_PEOPLE = {
    "three of us": 3, "Ada and I": 2, "my colleague": 1, "two developers and a tester": 3, "all five of us": 5,
    "Tove and the three contractors": 4, "both testers": 2, "we all four": 4, "the whole team of six": 6,
    "Ann, Ben and Cas": 3, "my two colleagues and I": 3, "a dozen analysts": 12, "you and me": 2,
    "one of our designers": 1, "the QA people (3)": 3,
}  # fmt: skip
_THINGS = (
    *("three pipelines", "both clusters", "all 12 consumers", "Jenkins", "Postgres and Redis", "14 tickets"),
    *("two of the servers", "our three environments"),
)
_STAND_STILL = (
    *("{w} can't work", "without it {w} cannot even begin", "so {w} are stuck :(", "since Monday {w} sit idle"),
    *("{w} have nothing to do until it's there", "it's broken, {w} stand still", "FYI {w} are waiting for it"),
    *("right now {w} won't get anywhere, the rest is fine", "{w} can not go on, and it's been two days"),
)


@pytest.mark.parametrize("said", [*_STAND_STILL, "it blocks {w}", "blocked: {w}", "that stops {w} from working"])
def test_people_who_stand_still_are_counted_in_any_words(said: str) -> None:
    found = {each: _blocked(said.format(w=each)) for each in _PEOPLE}
    assert found == _PEOPLE


@pytest.mark.parametrize("said", _STAND_STILL)
def test_things_that_stand_still_are_no_people(said: str) -> None:
    assert [each for each in _THINGS if _blocked(said.format(w=each)) is not None] == []


def _blocked(text: str) -> int | None:
    thread = threads.read({"messages": [{"ts": "1793700000", "text": text}]})
    found = people.blocked(thread, technologies.known().find([each.text for each in thread.sentences]))
    return None if found is None else found.people


#: From Tuesday 3 November 2026.
_DAYS = {
    "20 November": "2026-11-20", "the 20th": "2026-11-20", "Nov 20": "2026-11-20", "2026-11-20": "2026-11-20",
    "Friday": "2026-11-06", "Friday next week": "2026-11-13", "tomorrow noon": "2026-11-04",
    "the end of the month": "2026-11-30", "mid December": "2026-12-15", "the end of Q1": "2027-03-31",
    "Monday, the 16th": "2026-11-16", "the 1st of December": "2026-12-01", "Thursday evening": "2026-11-05",
    "the last day of November": "2026-11-30", "the 20th of this month": "2026-11-20", "EOD Thursday": "2026-11-05",
    "Nov. 13": "2026-11-13", "15 Jan '27": "2027-01-15", "29 February": "2028-02-29", "Saturday the 21st": "2026-11-21",
    "December, the 7th": "2026-12-07", "the end of 2026": "2026-12-31", "Thursday in two weeks": "2026-11-19",
    "the end of next sprint": "2026-12-01",
    "the first Monday in December": "2026-12-07", "the last Friday of November": "2026-11-27",
}  # fmt: skip
_BY = (
    *("we need it by {d}", "deadline: {d}", "it has to be there before {d}", "until {d} at the latest"),
    *("{d} at the latest", "{d} would be great", "the old one is switched off on {d}", "can we have it by {d}?"),
    *("when do you need it? - {d}", "is there a date? - yes, {d}", "by 25 November - sorry, make that {d}"),
    *("by 25 November - no, {d}", "by 25 November - {d} is early enough", "by 25 November - can we say {d}? - ok, {d}"),
    *("by 25 November - forget that, {d} it is", "by 25 November - they postponed it to {d}"),
    *(
        "by 25 November - scratch that, {d}",
        "by 25 November - {d} would be enough",
        "we present it to the board on {d}",
    ),
)
_NOT_BY = (
    *(
        "broken since {d}",
        "it happened on {d}",
        "I was away until {d}",
        "we tried it on {d}",
        "let's talk about it on {d}",
    ),
    *("it was fine before {d}", "I opened the ticket on {d}", "I'll be back on {d}", "I'm out of office until {d}"),
)
#: Of a day that is named like this, nothing else has to say that it counts.
_EXACTLY = ("20 November", "the 20th", "Nov 20", "2026-11-20", "Friday the 20th", "20 November 2026")
_HAPPENS = (
    *(
        "from {d} every app must pass the check",
        "the server goes off on {d}",
        "Ines leaves on {d}",
        "first dry run on {d}",
    ),
    *("no more psql on prod from {d}", "tablets come on {d}", "the derby is on {d}", "they close the exemption on {d}"),
    *("the hub wants to test from {d}", "flyers go out when? - {d}, 412 stores", "Mateo is away from {d}"),
    *("it is needed by Wednesday next week - [+3d] the vendor delivers late, go-live now {d}",),
    *("it is needed by 11 November - [+1d] good news, they start later, so {d}",),
    *("it is needed by 25 November - [+1d] lab called: {d}, not the 25th",),
    *("it is needed by 25 November - [+3d] please change that to {d}",),
)
_ELSE = (
    *("the retro is on {d}", "next grooming is on {d}", "I'll look at it on {d}", "I'm on holiday until {d}"),
    *("I have a dentist appointment on {d}", "it runs out every month around {d}", "{d} is a bank holiday"),
    *("it ran out of memory on {d}", "blocked until {d}, says the works council", "since when? - {d}", "{d} was bad"),
)


@pytest.mark.parametrize(
    "said", ["before the 2nd call", "by the 3rd attempt", "until the 1st release", "the 4th time by now"]
)
def test_what_is_counted_is_no_day_of_the_month(said: str) -> None:
    assert _needed_by(said) is None


@pytest.mark.parametrize("said", _HAPPENS)
def test_a_day_on_which_something_happens_counts_and_news_of_it_wins(said: str) -> None:
    assert {each: _needed_by(said.format(d=each)) for each in _EXACTLY} == dict.fromkeys(_EXACTLY, "2026-11-20")


@pytest.mark.parametrize("said", _ELSE)
def test_a_day_on_which_nothing_has_to_be_ready_is_none(said: str) -> None:
    assert [each for each in _EXACTLY if _needed_by(said.format(d=each)) is not None] == []


@pytest.mark.parametrize(
    "said", ["the 3rd cert has expired", "5th floor", "2nd: a queue", "by 20 November 2126", "24/7 it is"]
)
def test_what_only_looks_like_a_day_is_none(said: str) -> None:
    assert _needed_by(said) is None


_BEFORE_IT = {
    "the day before": "2026-11-24", "a week before": "2026-11-18", "two weeks before that": "2026-11-11",
    "three days ahead of it": "2026-11-22", "the Friday before": "2026-11-20",
    "the evening before": "2026-11-24", "a fortnight before": "2026-11-11",
}  # fmt: skip


@pytest.mark.parametrize("said", _BY)
def test_a_day_is_read_in_any_words(said: str) -> None:
    assert {each: _needed_by(said.format(d=each)) for each in _DAYS} == _DAYS


@pytest.mark.parametrize("said", _NOT_BY)
def test_a_day_of_something_else_is_none(said: str) -> None:
    assert [each for each in _DAYS if _needed_by(said.format(d=each)) is not None] == []


@pytest.mark.parametrize("said", ["the launch is on {e}, we need it {o}", "{e} is the audit, please have it ready {o}"])
@pytest.mark.parametrize("event", ["25 November", "the 25th", "Wednesday 25 November"])
def test_a_day_is_counted_from_an_event(said: str, event: str) -> None:
    assert {each: _needed_by(said.format(e=event, o=each)) for each in _BEFORE_IT} == _BEFORE_IT


def _needed_by(said: str) -> str | None:
    told = [{"ts": "1793700000", "user": "U1", "text": "please, we need a test environment"}]
    for each in said.split(" - "):
        days = int(each[2]) if each.startswith("[+") else 0
        ts = int(told[-1]["ts"]) + 1 + 86_400 * days
        told.append({"ts": str(ts), "user": "U2", "text": each[5:] if days else each})
    found = due.needed_by(threads.read({"messages": told}), asked_in={0})
    return None if found is None else found.day.isoformat()


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("Five colleagues have no rights on it. They cannot deploy and sit idle", 5),
        ("three of us cant start", 3),
        ("7 devs with broken builds", 7),
        ("we can't maintain it for 6 teams", None),
        ("the four testers always wait for each other", None),
    ],
)
def test_who_is_blocked_stands_before_what_cannot_be_done(said: str, people: int | None) -> None:
    assert _blocked(said) == people


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("the queue is stuck since 7, the whole team (6 people) waits", 6),
        ("Ada and Bo are stuck, and two testers can't start", 4),
        ("me and Ada and the intern, we all three stand still", 3),
        ("us three and Bo are stuck", 4),
        ("neither of us can do a thing", 2),
    ],
)
def test_people_who_are_told_of_twice_are_counted_once(said: str, people: int) -> None:
    assert _blocked(said) == people


def test_who_agrees_puts_the_number_of_people_right() -> None:
    found = draft("We need the signing certificate.", "all six of us are stuck", "true, 5").blocked
    assert found is not None
    assert found.people == 5
