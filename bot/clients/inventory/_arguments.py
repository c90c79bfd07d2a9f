"""Substitutes arguments in a line of a Dockerfile: `$NAME`, `${NAME}`, `${NAME:-word}` and similar."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Marks an argument without a value. It is in no image's name.
UNSET = "\x00"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
#: `${A:-${B:-…}}` can be nested; nobody writes a file that is nested deeper than this.
_MAX_DEPTH = 20
#: A default may contain an argument twice, whose default contains another twice, and so on: the growth is bounded.
_MAX_LENGTH = 10_000


class SubstitutionError(Exception):
    """A word cannot be evaluated. The message says which part, without a full stop."""


def substitute(text: str, values: Mapping[str, str], *, escape: str = "\\") -> str:
    """Return `text` without quotes and with its arguments substituted; `UNSET` stands for one without a value.

    Raise `SubstitutionError` for forms that are not supported (`${NAME#word}` and similar), and for words without an
    end.
    """
    return _Reader(text, values, escape).read(0, "", 0)[0]


class _Reader:
    """Reads one word. Every method takes the position where it begins and returns the one behind it."""

    def __init__(self, text: str, values: Mapping[str, str], escape: str) -> None:
        self._text, self._values, self._escape = text, values, escape

    def read(self, at: int, end: str, depth: int) -> tuple[str, int]:
        """Read up to the character `end`, or to the end of the text if `end` is ""."""
        parts: list[str] = []
        quote = ""
        while at < len(self._text):
            char = self._text[at]
            if char == end and not quote:
                return self._bounded(parts), at
            if char == self._escape and quote != "'":
                parts.append(self._text[at + 1 : at + 2])
                at += 2
            elif char in "\"'" and quote in ("", char):
                quote, at = "" if quote else char, at + 1
            elif char == "$" and quote != "'":
                value, at = self._variable(at + 1, depth)
                parts.append(value)
            else:
                parts.append(char)
                at += 1
        if end:
            raise SubstitutionError("'${' has no end")
        return self._bounded(parts), at

    def _bounded(self, parts: list[str]) -> str:
        result = "".join(parts)
        if len(result) > _MAX_LENGTH:
            raise SubstitutionError("an argument's value is too long to be an image's name")
        return result

    def _variable(self, at: int, depth: int) -> tuple[str, int]:
        if self._text[at : at + 1] == "{":
            return self._in_braces(at + 1, depth)
        match = _NAME.match(self._text, at)
        if match is None:
            return "$", at
        return self._values.get(match[0], UNSET), match.end()

    def _in_braces(self, at: int, depth: int) -> tuple[str, int]:
        match = _NAME.match(self._text, at)
        if match is None or depth >= _MAX_DEPTH:
            raise SubstitutionError("'${' is not followed by a name")
        name, at = match[0], match.end()
        if self._text[at : at + 1] == "}":
            return self._values.get(name, UNSET), at + 1
        is_colon = self._text[at : at + 1] == ":"
        operator = self._text[at + is_colon : at + is_colon + 1]
        if operator not in ("-", "+", "?") or not operator:
            raise SubstitutionError(f"${{{name}…}} is written in a way that Baton does not read")
        word, at = self.read(at + is_colon + 1, "}", depth + 1)
        value = self._values.get(name)
        # With a colon, an empty value counts as none, and so does one made of arguments without values.
        if value is not None and is_colon and not value.strip(UNSET):
            value = None
        if operator == "+":
            return "" if value is None else word, at + 1
        instead = word if operator == "-" else UNSET
        return instead if value is None else value, at + 1
