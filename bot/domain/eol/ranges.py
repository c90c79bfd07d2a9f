"""Ranges of versions, as in requirements: `<24`, `^20 || ^22`, `~> 5`, `[1.0,2.0)`, `11 or later`, `11 -> 16`.

A range says what may run, not what does. It is read so that its release cycles can be offered as a choice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

Run = tuple[int, ...]

_LONGEST = 200
_NUMBER = r"v?[0-9]{1,18}(?:\.[0-9]{1,18})*(?:\.[x*])*"
#: Signs that no version contains.
_SIGN = re.compile(
    rf"[<>≤≥≠^→]|!=|(?:^|[\s,|])!\s*v?\d|\|\||(?:^|[\s,|])~|[\[(\]]\s*(?:{_NUMBER})?\s*,\s*(?:{_NUMBER})?\s*[\])\[]"
)
#: A remark behind a version: `22.2 (JDK 11, JDK 17)`.
_REMARK = re.compile(r"(?<=\d)\s*[({].*", re.DOTALL)
#: Marks of a range; most versions have none of them.
_HINT = re.compile(r"[^0-9A-Za-z.+_-]|\+$|[0-9*x]-v?[0-9]|\.\.")
_OPERATOR = r"<=|>=|=<|=>|===?|!==?|!|~>|~=|<|>|\^|~|="
_COMPARED = re.compile(rf"(?P<sign>{_OPERATOR})\s*(?P<number>{_NUMBER})|(?P<bare>(?<![\w.]){_NUMBER})", re.IGNORECASE)
_INTERVAL = re.compile(rf"(?P<open>[\[(\]])\s*(?P<low>{_NUMBER})?\s*,\s*(?P<high>{_NUMBER})?\s*(?P<close>[\])\[])")
_BETWEEN = re.compile(
    rf"(?:(?:between|from)\s+)?(?P<low>{_NUMBER})(?:\s*(?:->|=>|→|\.\.\.?|…|–|—)\s*|\s+(?:-|~|to|and|thr(?:o?u(?:gh)?)|until)\s+)"
    rf"(?P<high>{_NUMBER})",
    re.IGNORECASE,
)
_HYPHEN = re.compile(rf"(?P<low>{_NUMBER})-(?P<high>{_NUMBER})", re.IGNORECASE)
_NEXT = r"\s*(?:[,;/|&]|\bor\b|\band\b)\s*"
_LIST = re.compile(rf"{_NUMBER}(?:{_NEXT}{_NUMBER})+", re.IGNORECASE)
#: A list with a name for each version: `net6.0;net8.0`, `Node 18, Node 20`.
_NAMED_LIST = re.compile(
    rf"(?P<name>(?:[a-z][a-z.]{{0,40}})[ _-]?){_NUMBER}(?:{_NEXT}(?P=name){_NUMBER})+", re.IGNORECASE
)
_ALTERNATIVE = re.compile(r"\|\|?|\bor\b", re.IGNORECASE)
_AND_UP = re.compile(
    rf"(?P<number>{_NUMBER})(?:\s*\+|,?\s+(?:(?:or|and)\s+)?(?P<way>later|newer|higher|above|upwards?|up|greater|older|"
    r"earlier|lower|below|less)(?:\s+versions?)?)",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"(?P<way>at\s+least|since|from|min(?:imum)?|at\s+most|up\s+to|max(?:imum)?|until|not|(?:before|below|under|"
    r"(?:less|lower|older|earlier)\s+than)|(?:above|over|after|(?:greater|more|newer|later|higher)\s+than))"
    rf"\s+(?:version\s+)?(?P<number>{_NUMBER})",
    re.IGNORECASE,
)
_PLAIN_SIGNS = str.maketrans({"≤": "<=", "≥": ">=", "≠": "!="})
_UPWARDS = frozenset("later newer higher above up upward upwards greater".split())  # noqa: SIM905
_SIGNS = {
    **dict.fromkeys(("atleast", "since", "from", "min", "minimum"), ">="),
    **dict.fromkeys(("atmost", "upto", "max", "maximum", "until"), "<="),
    "not": "!=",
}
_BELOW = ("before", "below", "under", "less", "lower", "older", "earlier")
#: Versions of SQL Server and similar products begin with a year or a number, which cannot be compared.
_FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Bound:
    """One condition. `sign` is <, <=, >, >=, = or !=."""

    sign: str
    run: Run

    def holds(self, head: Run) -> bool:
        """Return whether versions of the cycle that begins with `head` may satisfy it."""
        size = min(len(head), len(self.run))
        ours, theirs = head[:size], self.run[:size]
        is_within = any(self.run[size:])  # the bound is a version inside the cycle: 5.2.3 in 5.2
        if ours != theirs:
            return self.sign == "!=" or (
                ours < theirs if self.sign[0] == "<" else ours > theirs and self.sign[0] == ">"
            )
        return self.sign in ("<=", ">=", "=") or is_within


@dataclass(frozen=True, slots=True)
class Range:
    """A range: at least one of `alternatives` holds, that is, all of its bounds do.

    Without alternatives it was unreadable.
    """

    alternatives: tuple[tuple[Bound, ...], ...]
    #: Whether it counts only if its ends are in different cycles: `5.7.42-1.1` is a version with a revision.
    is_tentative: bool = False

    @property
    def ends(self) -> tuple[Run, ...]:
        """The numbers of all its bounds."""
        return tuple(bound.run for bounds in self.alternatives for bound in bounds)

    def holds(self, heads: tuple[Run, ...]) -> bool:
        """Return whether a cycle is inside whose names begin with any of `heads`."""
        return any(all(_any_holds(bound, heads) for bound in bounds) for bounds in self.alternatives)


def parse(text: str) -> Range | None:
    """Return the range in a text; None for a version, and for any other text."""
    if _HINT.search(text) is None:
        return None
    text = _REMARK.sub("", html.unescape(text[:_LONGEST])).translate(_PLAIN_SIGNS).strip().strip("\"'`").strip()
    if _SIGN.search(text) is not None:
        return _signed(text)
    for form in (_between, _tentative, _open, _listed):
        found = form(text)
        if found is not None:
            return found
    return None


def _signed(text: str) -> Range | None:
    """Read a range by its signs. `=` and `==` alone do not make a range."""
    intervals = [_interval(found) for found in _INTERVAL.finditer(text)]
    if intervals:
        return Range(tuple(intervals))
    found: list[tuple[Bound, ...]] = []
    for part in _ALTERNATIVE.split(text):
        between = _BETWEEN.search(part)
        if between is not None:
            found.append(_ends(between["low"], between["high"]))
            continue
        bounds = [bound for one in _COMPARED.finditer(part) for bound in _compared(one)]
        if bounds:
            found.append(tuple(bounds))
    return Range(tuple(found))


def _compared(found: re.Match[str]) -> Iterator[Bound]:
    number = _run(found["number"] or found["bare"])
    sign = {"=<": "<=", "=>": ">=", "!==": "!=", "!": "!=", "==": "=", "===": "=", None: "="}.get(
        found["sign"], found["sign"]
    )
    if sign in ("^", "~", "~>", "~="):
        yield Bound(">=", number)
        yield Bound("<", _next(number, sign))
    else:
        yield Bound(sign, number)


def _next(run: Run, sign: str) -> Run:
    """Return the first version that a caret or a tilde excludes.

    That is 2 for ^1.2, 0.3 for ^0.2, 1.3 for ~1.2.3, and 2 for ~>1.2.
    """
    if sign == "^":
        kept = next((place for place, number in enumerate(run) if number), len(run) - 1) + 1
    elif sign == "~":
        kept = min(len(run), 2)
    else:
        kept = max(len(run) - 1, 1)
    return (*run[: kept - 1], run[kept - 1] + 1)


def _interval(found: re.Match[str]) -> tuple[Bound, ...]:
    low, high = found["low"], found["high"]
    bounds = [Bound(">=" if found["open"] == "[" else ">", _run(low))] if low else []
    return (*bounds, *([Bound("<=" if found["close"] == "]" else "<", _run(high))] if high else []))


def _between(text: str) -> Range | None:
    found = _BETWEEN.fullmatch(text)
    return Range((_ends(found["low"], found["high"]),)) if found is not None else None


def _tentative(text: str) -> Range | None:
    """Read `3.8-3.11` and `17-21`, which have equally many numbers on both sides.

    Other text is a version with a revision.
    """
    found = _HYPHEN.fullmatch(text)
    if found is None:
        return None
    low, high = _run(found["low"]), _run(found["high"])
    if len(low) != len(high) or low >= high:
        return None
    return Range((_ends(found["low"], found["high"]),), is_tentative=True)


def _open(text: str) -> Range | None:
    if (found := _AND_UP.fullmatch(text)) is not None:
        sign = ">=" if found["way"] is None or found["way"].lower() in _UPWARDS else "<="
        return Range(((Bound(sign, _run(found["number"])),),))
    if (found := _WORDED.fullmatch(text)) is not None:
        way = re.sub(r"\s+", "", found["way"].lower())
        sign = _SIGNS.get(way) or ("<" if way.startswith(_BELOW) else ">")
        return Range(((Bound(sign, _run(found["number"])),),))
    return None


def _listed(text: str) -> Range | None:
    if _LIST.fullmatch(text) is None and _NAMED_LIST.fullmatch(text) is None:
        return None
    runs = [_run(each) for each in re.findall(_NUMBER, text, re.IGNORECASE)]
    return Range(tuple((Bound("=", run),) for run in runs))


def _ends(low: str, high: str) -> tuple[Bound, ...]:
    return Bound(">=", _run(low)), Bound("<=", _run(high))


def _run(number: str) -> Run:
    return tuple(int(part) for part in re.findall(r"[0-9]+", number))


def _any_holds(bound: Bound, heads: tuple[Run, ...]) -> bool:
    """Compare with those names of a cycle that are of the bound's kind (years or numbers), if there are any."""
    is_year = bound.run[0] >= _FIRST_YEAR
    alike = [head for head in heads if (head[0] >= _FIRST_YEAR) == is_year]
    return any(bound.holds(head) for head in alike or heads)
