"""Values that mypy, and nothing at run time, keeps from being changed."""

from __future__ import annotations

import pytest

from bot.domain.value_object import value_object


@value_object()
class Pair:
    """Two parts."""

    one: int
    other: str = ""


@value_object(kw_only=True)
class Named:
    """A part that has to be named."""

    one: int


def test_equal_values_are_one_key() -> None:
    assert {Pair(1, "a"): "found"}[Pair(1, "a")] == "found"


def test_has_no_room_for_anything_else() -> None:
    with pytest.raises(AttributeError):
        Pair(1).another = 2  # type: ignore[attr-defined]


def test_parts_have_to_be_named_where_that_is_asked_for() -> None:
    with pytest.raises(TypeError):
        Named(1)  # type: ignore[misc]
    assert Named(one=1) == Named(one=1)
