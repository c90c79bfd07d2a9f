"""Values of buttons and forms: they come back as they were, old ones are read, and others are refused."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import calendars, home, ownership, portfolio
from bot.blocks.eol import actions
from bot.blocks.eol.reports import Turn
from bot.blocks.values import encode, number, parse
from bot.domain.catalog import Area
from bot.errors import NotFoundError


class Shape(NamedTuple):
    word: str
    id: int
    area: Area | None
    link_id: int | None
    text: str


IDS = st.integers(0, 2**31 - 1)
SHAPES = st.builds(
    Shape,
    st.text("|%7C25") | st.text(),
    IDS,
    st.none() | st.sampled_from(Area),
    st.none() | IDS,
    st.text() | st.just("https://a/|%7C"),
)


@given(SHAPES)
def test_a_value_comes_back_as_it_was(value: Shape) -> None:
    assert parse(Shape, encode(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7|", ownership.AssetValue(7)),
        ("7", ownership.AssetValue(7)),
        ("7|ci-cd", ownership.AssetValue(7, Area.CI_CD)),
        ("7||https://hooks.example.test/x", ownership.AssetForm(7, None, "https://hooks.example.test/x")),
        ("7|database|", ownership.AssetForm(7, Area.DATABASE, "")),
        ("7|database||C1|1.2", ownership.AssetForm(7, Area.DATABASE, "", "C1", "1.2")),
        ("2|U0ADA|python 3.8 | 3.9", Turn(2, "U0ADA", "python 3.8 | 3.9")),
        ("0||#12", Turn(0, "", "#12")),
        ("14|3", actions.SnoozeValue(14, 3)),
        ("not_ours|3", actions.MoreValue("not_ours", 3)),
        ("amazon-rds-postgresql|16", actions.CycleValue("amazon-rds-postgresql", "16")),
        ("4|0", calendars.LinkValue(4)),
        ("4|2", portfolio.TeamPage(4, 2)),
        ("", home.Listed()),
        ("eol|0|1", home.Listed("eol", page=1)),
        ("team|4|0", home.Listed("team", 4)),
    ],
)
def test_what_messages_in_slack_carry_is_read(text: str, value: tuple[Any, ...]) -> None:
    assert parse(type(value), text) == value


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (ownership.AssetValue, ""),
        (ownership.AssetValue, "7|nowhere"),
        (ownership.AssetValue, "-7|"),
        (ownership.AssetValue, "٧|"),
        (ownership.AssetValue, f"{2**31}|"),
        (ownership.AssetValue, "9" * 5_000),
        (ownership.AssetForm, "7|"),
        (Turn, "1|U0ADA"),
        (actions.SnoozeValue, "7"),
        (home.Listed, "team|payments|0"),
        (portfolio.TeamPage, "4|2|0"),
    ],
)
def test_what_no_version_wrote_is_refused(shape: type[tuple[Any, ...]], text: str) -> None:
    with pytest.raises(NotFoundError, match="another version of Baton: ask again"):
        parse(shape, text)


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "²", str(2**31)])
def test_an_id_is_digits_that_the_database_can_hold(text: str) -> None:
    assert number(str(2**31 - 1)) == 2**31 - 1
    with pytest.raises(NotFoundError):
        number(text)
