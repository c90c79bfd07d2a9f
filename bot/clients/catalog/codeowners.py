"""GitHub's CODEOWNERS: a `path` asset for each rule and a `repository` asset for the file.

docs/adr/0002-codeowners-parser.md says why this is not a library, and what GitHub does where its documentation is
silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.clients.catalog._checkout import COMMENT, choose, repository, repository_claim, split_line
from bot.clients.catalog._reader import MEBIBYTE, Format, ReadOptions, Sink, SourceFile
from bot.clients.catalog._text import read_text
from bot.clients.catalog._values import is_email, quoted
from bot.domain.catalog import AssetClaim, AssetKind, OwnerClaim, OwnerRef, OwnerType, PathRule
from bot.domain.codeowners import check_pattern, is_catch_all
from bot.errors import CatalogError

#: GitHub does not load a larger file.
_MAX_BYTES = 3 * MEBIBYTE
_PLACES = {".github": 0, "": 1, "docs": 2}
_TEAM = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/(?P<slug>[\w.-]+)", re.ASCII)
# A name may end with an underscore and a short code, as the managed accounts of a company do.
_USER = re.compile(r"@(?P<login>[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:_[A-Za-z0-9]+)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """A valid line: its number from 1, its pattern as written, and its owners (none if it clears them)."""

    line: int
    pattern: str
    owners: tuple[OwnerRef, ...]


def _matches(path: Path) -> bool:
    return path.name == "CODEOWNERS"


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    text = read_text(file, sink, max_bytes=min(_MAX_BYTES, options.max_file_bytes))
    found = list(rules(text, file, sink))
    remote = repository(file, text, options, _PLACES, sink)
    catch_all = next((rule for rule in reversed(found) if is_catch_all(rule.pattern)), None)
    origin = file.at(catch_all.line if catch_all else None)
    external_id = sink.repository_id(remote.path, remote.place)
    sink.asset(repository_claim(remote, external_id, catch_all.owners if catch_all else (), origin))
    last = {rule.pattern: position for position, rule in enumerate(found)}
    for position, rule in enumerate(found):
        if last[rule.pattern] != position:
            later = found[last[rule.pattern]]
            message = f"{quoted(rule.pattern)} never takes effect: line {later.line} has it again and wins; remove one."
            sink.problem(file.at(rule.line), message, is_error=False)
            continue
        sink.asset(
            AssetClaim(
                external_id=f"{external_id}:{rule.pattern}",
                kind=AssetKind.PATH,
                name=f"{remote.name}:{rule.pattern}",
                parent=external_id,
                owners=tuple(map(OwnerClaim, rule.owners)),
                path_rule=PathRule(remote.place, rule.pattern, position),
                origin=file.at(rule.line),
            )
        )


def rules(text: str, file: SourceFile, sink: Sink) -> Iterator[Rule]:
    """Yield the valid rules. The others become problems, because GitHub skips them."""
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#") or sink.leaves_out(COMMENT.sub("", stripped), file.at(number)):
            continue
        try:
            yield _rule(stripped, number)
        except CatalogError as error:
            sink.problem(file.at(number), f"{error}; GitHub skips this line, correct it.")


def _rule(line: str, number: int) -> Rule:
    """Return the rule on a line. Raise `CatalogError` with what is wrong with it."""
    if re.fullmatch(r"\^?\[[^\]]+\](\[\d+\])?(\s.*)?", line):
        raise CatalogError(f"{quoted(line)} is a section of GitLab's format, which GitHub does not have")
    pattern, owners = split_line(line, check_pattern)
    return Rule(number, pattern, tuple(dict.fromkeys(map(_owner, owners.split()))))


def _owner(word: str) -> OwnerRef:
    if team := _TEAM.fullmatch(word):
        return OwnerRef(team["slug"], OwnerType.TEAM, word)
    if user := _USER.fullmatch(word):
        return OwnerRef(user["login"], OwnerType.PERSON, word)
    if is_email(word):
        return OwnerRef(word.lower(), OwnerType.PERSON, word)
    raise CatalogError(f"{quoted(word)} is not an owner (@user, @organisation/team or an e-mail address)")


FORMAT = Format(
    name="codeowners",
    summary="GitHub's CODEOWNERS, in .github/, the root or docs/",
    matches=_matches,
    read_file=_read_file,
    choose=partial(choose, places=_PLACES, forge="GitHub"),
    reads_beside=True,  # the checkout
)
