"""The values of buttons, choices and forms: what Slack hands back when one is pressed.

A value has a shape, a NamedTuple of ids, words and texts, and is its parts joined by `|`: a page of what a team owns is
`TeamPage(7, 2)`, written `7|2`. A value that is one id is written as its digits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from bot.errors import NotFoundError

_Shape = TypeVar("_Shape", bound=tuple[Any, ...])

#: Ids are 32-bit integers in PostgreSQL, which refuses to look for more.
_LARGEST_ID = 2**31 - 1
#: What is said of a value that no version of Baton wrote, and of a word in it that this one does not know.
UNKNOWN = "That is from another version of Baton: ask again."


def encode(value: tuple[Any, ...]) -> str:
    """Return a value as text, with nothing for a part that is None.

    The last part goes as it is, so that it may be cut; in the others `|` and `%` are escaped.
    """
    *parts, last = value
    escaped = ["" if part is None else str(part).replace("%", "%25").replace("|", "%7C") for part in parts]
    return "|".join([*escaped, "" if last is None else str(last)])


def parse(shape: type[_Shape], text: str) -> _Shape:
    """Read a value of this shape; parts that are missing at its end take their defaults.

    Raises NotFoundError for a text that no version of Baton wrote.
    """
    readers = _readers(shape)
    *parts, last = text.split("|", len(readers) - 1)
    parts = [part.replace("%7C", "|").replace("%25", "%") for part in parts]
    try:
        return shape(*(read(part) for read, part in zip(readers, [*parts, last], strict=False)))
    except (TypeError, ValueError):
        raise NotFoundError(UNKNOWN) from None


def number(text: str) -> int:
    """Read a value that is one id. Raises NotFoundError for any other."""
    try:
        return _number(text)
    except ValueError:
        raise NotFoundError(UNKNOWN) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST_ID)) and int(text) <= _LARGEST_ID):
        raise ValueError("not an id")
    return int(text)


@cache
def _readers(shape: type[tuple[Any, ...]]) -> tuple[Callable[[str], Any], ...]:
    """Return what reads each part of a shape: digits, a word of an enumeration or any text, and None where it may be.

    The last text is read as it stands.
    """
    return tuple(_reader(hint) for hint in get_type_hints(shape).values())


def _reader(hint: Any) -> Callable[[str], Any]:
    kinds = get_args(hint) or (hint,)
    read: Callable[[str], Any] = _number if kinds[0] is int else kinds[0]
    return (lambda text: read(text) if text else None) if type(None) in kinds else read
