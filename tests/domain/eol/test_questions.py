"""What is read out of a sentence about end of life, and what is left to the questions about ownership."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol.periods import Between, Everything, Overdue, split_period
from bot.domain.eol.questions import EolQuestion, NamedKind, parse, parse_command
from tests.blocks.foreign import words

TODAY = date(2026, 11, 25)  # a Wednesday
NAMES = st.sampled_from(["checkout", "payments-db", "Search Platform", "edge", "X1", "Größe"])


def asked(text: str) -> EolQuestion:
    found = parse(text, today=TODAY)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "about", "period"),
    [
        ("what goes end of life this quarter for checkout?", "checkout", "this quarter"),
        ("What's end-of-life in payments next month", "payments", "next month"),
        ("does checkout run anything unsupported?", "checkout", "overdue"),
        ("what is overdue in payments?", "payments", "overdue"),
        ("what is out of support", "", "overdue"),
        ("which of our things go out of support by 31 March?", "", "by 2027-03-31"),
        ("what expires in the next 90 days", "", "within 90 days"),
        ("EOL in Q1 2027 for team payments", "payments", "in Q1 2027"),
        ("is python 3.8 eol?", "python 3.8", ""),
        ("when does postgres 11 reach its end of life", "postgres 11", ""),
        ("<@U0BATON> what goes eol soon in `payments-db`?", "payments-db", "within 90 days"),
        ("is anything of search no longer supported?", "search", "overdue"),
        ("eol", "", ""),
        ("is go 1.21 eol?", "go 1.21", ""),
        ("what will go eol", "", ""),
        ("is payments-db still supported?", "payments-db", ""),
        ("is node 20 still in support", "node 20", ""),
        ("is node 20 supported?", "node 20", ""),
        ("when does payments-db end?", "payments-db", ""),
        ("what do we need to upgrade next month?", "", "next month"),
        ("when do we have to upgrade postgres 11", "postgres 11", ""),
        ("does anything in payments need upgrading?", "payments", ""),
        ("what is out of date in search?", "search", ""),
    ],
)
def test_about_whom_and_for_which_time(text: str, about: str, period: str) -> None:
    found = asked(text)
    assert found.about == about
    said = found.period.said if isinstance(found.period, Between) else {Overdue(): "overdue"}.get(found.period, "")
    assert said == period
    assert not found.needs_product


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("which postgres 11 do we still run?", "postgres 11"),
        ("who still runs node 14?", "node 14"),
        ("what still uses python 3.8", "python 3.8"),
        ("where is redis 5 still in use?", "redis 5"),
    ],
)
def test_what_still_runs_something_is_a_question_if_that_is_a_product(text: str, about: str) -> None:
    assert (asked(text).about, asked(text).needs_product) == (about, True)


@pytest.mark.parametrize(
    "text",
    [
        "who owns payments-db?",
        "payments-db",
        "who runs checkout?",
        "who supported checkout?",
        "the supported-versions page",
        "weekend",
        "upgrade-bot",
        "whose is the eol-exporter",
        "who owns the thing that goes end of life",
        "who is responsible for expired cards?",
        "eol-exporter",
        "which team looks after end of life?",
        "checkout.expired",
        "",
        "hello",
    ],
)
def test_ownership_is_left_alone(text: str) -> None:
    assert parse(text, today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", EolQuestion()),
        ("all", EolQuestion(is_everybody=True)),
        ("unknown", EolQuestion(only_unknown=True)),
        ("unknown payments", EolQuestion(about="payments", only_unknown=True)),
        ("team Payments", EolQuestion(about="Payments", kind=NamedKind.TEAM)),
        ("product postgresql", EolQuestion(about="postgresql", kind=NamedKind.PRODUCT)),
        ("asset the all", EolQuestion(about="the all", kind=NamedKind.ASSET)),
        ("team", EolQuestion()),
        ("go", EolQuestion(about="go")),
        ("go 1.21", EolQuestion(about="go 1.21")),
        ("my", EolQuestion(is_mine=True)),
        ("overdue", EolQuestion(period=Overdue())),
        ("payments overdue", EolQuestion(about="payments", period=Overdue())),
    ],
)
def test_the_command(text: str, expected: EolQuestion) -> None:
    assert parse_command(text, today=TODAY) == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("this week", date(2026, 11, 23), date(2026, 11, 29)),
        ("next week", date(2026, 11, 30), date(2026, 12, 6)),
        ("this month", date(2026, 11, 1), date(2026, 11, 30)),
        ("next month", date(2026, 12, 1), date(2026, 12, 31)),
        ("this quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("in the next quarter", date(2027, 1, 1), date(2027, 3, 31)),
        ("next year", date(2027, 1, 1), date(2027, 12, 31)),
        ("in 90 days", TODAY, date(2027, 2, 23)),
        ("within six weeks", TODAY, date(2027, 1, 6)),
        ("in a month", TODAY, date(2026, 12, 25)),
        ("90d", TODAY, date(2027, 2, 23)),
        ("by 2027-03-31", TODAY, date(2027, 3, 31)),
        ("before 31 march", TODAY, date(2027, 3, 30)),
        ("until March 31 2028", TODAY, date(2028, 3, 31)),
        ("by the end of the year", TODAY, date(2026, 12, 31)),
        ("by end of next quarter", TODAY, date(2027, 3, 31)),
        ("by the end of february", TODAY, date(2027, 2, 28)),
        ("in q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("in Q1", date(2027, 1, 1), date(2027, 3, 31)),
        ("in may", date(2027, 5, 1), date(2027, 5, 31)),
        ("in november", date(2026, 11, 1), date(2026, 11, 30)),
        ("in 2028", date(2028, 1, 1), date(2028, 12, 31)),
        ("today", TODAY, TODAY),
        ("tomorrow", date(2026, 11, 26), date(2026, 11, 26)),
        ("by 29 february", TODAY, date(2028, 2, 29)),
    ],
)
def test_times(text: str, first: date, last: date) -> None:
    rest, period = split_period(f"eol {text} checkout", today=TODAY)
    assert isinstance(period, Between)
    assert (period.first, period.last) == (first, last)
    assert rest.split() == ["eol", "checkout"]


@pytest.mark.parametrize(
    "text", ["by 2027-02-30", "by 31 april 2027", "by 2020-01-01", "next-month", "may", "q5", "in 9999999 days", ""]
)
def test_what_is_no_time_stays_in_the_text(text: str) -> None:
    assert split_period(text, today=TODAY) == (text, Everything())


@given(text=words, day=st.dates(min_value=date(1, 1, 1)))
def test_any_text_on_any_day_is_read_without_an_error(text: str, day: date) -> None:
    parse_command(text, today=day)
    parse(text, today=day)


@given(text=st.text(max_size=60), day=st.dates(date(2000, 1, 1), date(2200, 1, 1)))
def test_a_time_is_a_stretch_of_days_and_the_rest_is_part_of_the_text(text: str, day: date) -> None:
    rest, period = split_period(text, today=day)
    assert not Counter("".join(rest.split())) - Counter("".join(text.split()))
    assert isinstance(period, Everything) is (rest == text)
    if isinstance(period, Between):
        assert period.first <= period.last


@given(
    name=NAMES,
    days=st.integers(1, 3000),
    ask=st.sampled_from(
        ["what goes end of life {t} for {n}?", "eol of {n} {t}", "which of {n} expires {t}", "{n} unsupported {t}?"]
    ),
)
def test_name_and_time_are_found_wherever_they_stand(name: str, days: int, ask: str) -> None:
    found = asked(ask.format(n=name, t=f"in {days} days"))
    assert found.about == name
    assert isinstance(found.period, Between)
    assert found.period.last == TODAY + timedelta(days)


@given(name=NAMES, tail=st.sampled_from(["", " eol", " that is end of life", " which expires this quarter"]))
def test_who_owns_something_is_never_about_end_of_life(name: str, tail: str) -> None:
    assert parse(f"who owns {name}{tail}?", today=TODAY) is None
