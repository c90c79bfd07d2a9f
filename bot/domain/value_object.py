"""Values that every answer makes anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_Value = TypeVar("_Value")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_object(*, kw_only: bool = False) -> Callable[[type[_Value]], type[_Value]]:
    """Make a dataclass whose fields mypy lets nobody set.

    `dataclass(frozen=True)` refuses it at run time, too. Each field of a new value takes five times as long for that,
    which was a twelfth of an answer.
    """
    return dataclass(slots=True, unsafe_hash=True, kw_only=kw_only)
