"""Edits of GitHub's CODEOWNERS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.clients.catalog._checkout import COMMENT, LINE
from bot.clients.catalog._reader import Sink, SourceFile
from bot.clients.catalog.codeowners import rules
from bot.domain.codeowners import is_catch_all
from bot.domain.reconcile.edits import Edited, OwnerEdit, Refusal

_PHYSICAL = re.compile(r"(?P<line>[^\r\n]*)(?P<end>\r\n|\r|\n|$)")
_WORD = re.compile(r"\S+")
_HALF = (
    "line {line} says who owns the repository and every file without a rule of its own, and only one of them is handed "
    "over: hand both over, or change it by hand."
)


@dataclass(slots=True)
class _Line:
    text: str
    end: str


def edit(text: str, edits: Sequence[OwnerEdit]) -> Edited:
    """Return the file with other owners for the rules and the repository in `edits`.

    The last rule for everything names the owner of the repository and of every file without its own rule, so it changes
    only if both pass on.
    """
    lines = [_Line(each["line"], each["end"]) for each in _PHYSICAL.finditer(text) if each[0]]
    found = list(rules("\n".join(line.text for line in lines), SourceFile(Path("CODEOWNERS"), "CODEOWNERS"), Sink()))
    last = {rule.pattern: rule for rule in found}
    whole = next((rule for rule in reversed(found) if is_catch_all(rule.pattern)), None)
    by_rule: dict[int, _Wanted] = {}
    refusals: list[Refusal] = []
    for one in edits:
        pattern = _pattern_of(one)
        rule = whole if pattern is None else last.get(pattern)
        if rule is None:
            refusals.append(Refusal(one, "the file has no such rule any more."))
            continue
        wanted = by_rule.setdefault(rule.line, _Wanted(is_whole=rule is whole))
        (wanted.repository if pattern is None else wanted.path).append(one)
    for number, wanted in by_rule.items():
        line = lines[number - 1]
        try:
            if wanted.is_whole and not wanted.passes_whole:
                raise _CannotError(_HALF.format(line=number))
            line.text = _with_other_owners(line.text, wanted.each)
        except _CannotError as error:
            refusals += [Refusal(one, str(error)) for one in (*wanted.repository, *wanted.path)]
    return Edited("".join(line.text + line.end for line in lines), tuple(refusals))


class _CannotError(Exception):
    """The file does not allow an edit."""


@dataclass(slots=True)
class _Wanted:
    """The edits for a rule: for its path, and for the repository if the rule `is_whole`."""

    is_whole: bool
    repository: list[OwnerEdit] = field(default_factory=list)
    path: list[OwnerEdit] = field(default_factory=list)

    @property
    def each(self) -> list[OwnerEdit]:
        """The edits of one line, each change once."""
        return list({(one.givers, one.receiver): one for one in (*self.repository, *self.path)}.values())

    @property
    def passes_whole(self) -> bool:
        """Whether the repository and the rule get the same change."""
        repository, path = ({(one.givers, one.receiver) for one in each} for each in (self.repository, self.path))
        return repository == path


def _pattern_of(one: OwnerEdit) -> str | None:
    """Return the pattern of the rule that an edit is about; None for the repository."""
    _, colon, pattern = one.external_id.partition(":")
    return pattern if colon else None


def _with_other_owners(line: str, edits: Sequence[OwnerEdit]) -> str:
    """Return a line with its owners replaced and everything else unchanged."""
    begin = len(line) - len(line.lstrip())
    match = LINE.fullmatch(line.strip())
    if match is None:
        raise _CannotError("the line cannot be read.")
    begin += match.end("pattern")
    comment = COMMENT.search(line, begin)
    end = comment.start() if comment is not None else len(line)
    rest = line[begin:end]
    for one in edits:
        words = [word[0] for word in _WORD.finditer(rest)]
        if not any(map(one.names_giver, words)):
            raise _CannotError(f"it does not name {' or '.join(one.givers)} any more: nothing is to be changed.")
        rest = _renamed(rest, one, is_there=any(map(one.names_receiver, words)))
    return line[:begin] + rest + line[end:]


def _renamed(rest: str, one: OwnerEdit, *, is_there: bool) -> str:
    """Return owners with the receiver in place of the giver, or just without the giver if the receiver `is_there`."""
    if is_there:
        return re.sub(r"\s+(\S+)", lambda word: "" if one.names_giver(word[1]) else word[0], rest)
    is_written = False

    def write(word: re.Match[str]) -> str:
        nonlocal is_written
        if not one.names_giver(word[1]):
            return word[0]
        written, is_written = "" if is_written else word[0].replace(word[1], one.receiver), True
        return written

    return re.sub(r"\s+(\S+)", write, rest)
