"""GitLab's CODEOWNERS: a `path` asset for each entry of each section, and a `repository` asset for the file.

Source of the rules: https://docs.gitlab.com/user/project/codeowners/reference/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.clients.catalog._checkout import COMMENT, choose, repository, repository_claim, split_line
from bot.clients.catalog._git import Remote
from bot.clients.catalog._reader import MEBIBYTE, Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._text import read_text
from bot.clients.catalog._values import is_email, quoted
from bot.domain.catalog import AssetClaim, AssetKind, OwnerClaim, OwnerRef, OwnerType, PathRule
from bot.domain.codeowners import check_gitlab, is_catch_all
from bot.errors import CatalogError

_MAX_BYTES = 10 * MEBIBYTE
_PLACES = {"": 0, "docs": 1, ".gitlab": 2}
#: GitLab's name for the entries before the first section.
_NO_SECTION = "codeowners"

_SECTION = re.compile(r"(?P<optional>\^)?\[(?P<name>[^\]]*)\](?:\[(?P<approvals>-?\d+)\])?(?:\s+(?P<owners>.*))?")
_NAMED = re.compile(r"@(?P<path>[\w.-]+(?:/[\w.-]+)*)", re.ASCII)
_ROLE = re.compile(r"@@[a-z]+", re.IGNORECASE)
_LOOKS = re.compile(rb"^\s*\^?\[[^\]\n]+\]|@@(?:developer|maintainer|owner)s?\b|@[\w.-]+/[\w.-]+/", re.MULTILINE)


@dataclass(slots=True)
class _Entry:
    """A valid entry: its line from 1, its pattern as written, its owners, and whether it only excludes."""

    line: int
    pattern: str
    owners: tuple[OwnerRef, ...]
    is_exclusion: bool


@dataclass(slots=True)
class _Section:
    """The entries of all sections with one name. Approval is optional if every heading of that name says so."""

    name: str
    is_optional: bool
    entries: list[_Entry] = field(default_factory=list)


def looks_like_gitlab(path: Path) -> bool:
    """Return whether a CODEOWNERS file is written for GitLab rather than GitHub.

    GitLab does not look in `.github`, so a file there is GitHub's, whatever it looks like.
    """
    if path.parent.name in {".github", ".gitlab"}:
        return path.parent.name == ".gitlab"
    return _LOOKS.search(peek(path)) is not None


def _matches(path: Path) -> bool:
    return path.name == "CODEOWNERS"


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    text = read_text(file, sink, max_bytes=min(_MAX_BYTES, options.max_file_bytes))
    sections = _Reader(file, sink).read(text)
    remote = repository(file, text, options, _PLACES, sink)
    external_id = sink.repository_id(remote.path, remote.place)
    _repository_asset(file, sink, remote, external_id, sections)
    position = 0
    for section in sections:
        for entry in _in_effect(file, sink, section):
            sink.asset(_claim(file, remote, external_id, section, entry, position))
            position += 1


class _Reader:
    """Reads the lines of one file."""

    def __init__(self, file: SourceFile, sink: Sink) -> None:
        self._file, self._sink = file, sink

    def read(self, text: str) -> list[_Section]:
        section = _Section(_NO_SECTION, is_optional=False)
        sections = {_NO_SECTION: section}
        defaults: tuple[OwnerRef, ...] = ()
        for number, line in enumerate(text.split("\n"), start=1):
            stripped, origin = line.strip(), self._file.at(number)
            if not stripped or stripped.startswith("#") or self._sink.leaves_out(COMMENT.sub("", stripped), origin):
                continue
            heading = _SECTION.fullmatch(stripped)
            if heading is not None and heading["name"].strip():
                section, defaults = self._heading(heading, sections, number)
                continue
            try:
                section.entries.append(self._entry(stripped, number, defaults))
            except CatalogError as error:
                self._sink.problem(origin, f"{error}; this line is skipped, correct it.")
        return list(sections.values())

    def _heading(
        self, heading: re.Match[str], sections: dict[str, _Section], number: int
    ) -> tuple[_Section, tuple[OwnerRef, ...]]:
        name, is_optional = " ".join(heading["name"].split()), heading["optional"] is not None
        section = sections.setdefault(name.lower(), _Section(name, is_optional))
        section.is_optional = section.is_optional and is_optional
        return section, self._owners(heading["owners"] or "", number)

    def _entry(self, line: str, number: int, defaults: tuple[OwnerRef, ...]) -> _Entry:
        pattern, written = split_line(line.removeprefix("!"), check_gitlab)
        if line.startswith("!"):
            return _Entry(number, pattern, (), is_exclusion=True)
        owners = self._owners(written, number)
        # Only an entry that names nobody gets the section's owners; one that only names unknown owners stays without
        # any.
        return _Entry(number, pattern, owners if written.split() else defaults, is_exclusion=False)

    def _owners(self, text: str, number: int) -> tuple[OwnerRef, ...]:
        found: dict[OwnerRef, None] = {}
        for word in COMMENT.sub("", text).split():
            if _ROLE.fullmatch(word):
                message = f"{quoted(word)} is a role in GitLab, which names no team; it is left out."
                self._sink.problem(self._file.at(number), message, is_error=False)
            elif named := _NAMED.fullmatch(word):
                path = named["path"]
                # A name without a slash is a user's or a top-level group's; only the other sources can tell.
                type_ = OwnerType.TEAM if "/" in path else OwnerType.UNSAID
                found[OwnerRef(path.rpartition("/")[2], type_, word)] = None
            elif is_email(word):
                found[OwnerRef(word.lower(), OwnerType.PERSON, word)] = None
            else:
                message = f"{quoted(word)} is not an owner (@user, @group/team or an e-mail address); it is left out."
                self._sink.problem(self._file.at(number), message)
        return tuple(found)


def _in_effect(file: SourceFile, sink: Sink, section: _Section) -> Iterator[_Entry]:
    """Yield the entries in an order in which the last match counts. What is excluded stays excluded."""
    kept = [entry for entry in section.entries if not entry.is_exclusion]
    kept += [entry for entry in section.entries if entry.is_exclusion]
    last = {(entry.pattern, entry.is_exclusion): entry for entry in kept}
    for entry in kept:
        winner = last[entry.pattern, entry.is_exclusion]
        if winner is entry:
            yield entry
        else:
            message = f"{quoted(entry.pattern)} never takes effect: line {winner.line} has it again; remove one."
            sink.problem(file.at(entry.line), message, is_error=False)


def _claim(
    file: SourceFile, remote: Remote, external_id: str, section: _Section, entry: _Entry, position: int
) -> AssetClaim:
    shown = f"!{entry.pattern}" if entry.is_exclusion else entry.pattern
    where = shown if section.name == _NO_SECTION else f"[{section.name}] {shown}"
    return AssetClaim(
        external_id=f"{external_id}:{where}",
        kind=AssetKind.PATH,
        name=f"{remote.name}:{where}",
        parent=external_id,
        tags=(("approval", "optional"),) if section.is_optional else (),
        owners=tuple(map(OwnerClaim, entry.owners)),
        path_rule=PathRule(remote.place, entry.pattern, position, section.name),
        origin=file.at(entry.line),
    )


def _repository_asset(
    file: SourceFile, sink: Sink, remote: Remote, external_id: str, sections: Sequence[_Section]
) -> None:
    """Add the repository. Its owners are those of every section's last entry for all files, together."""
    owners: dict[OwnerRef, None] = {}
    line: int | None = None
    for section in sections:
        found = next((entry for entry in reversed(section.entries) if is_catch_all(entry.pattern)), None)
        if found is not None and not found.is_exclusion:
            owners.update(dict.fromkeys(found.owners))
            line = line or found.line
    sink.asset(repository_claim(remote, external_id, owners, file.at(line)))


FORMAT = Format(
    name="gitlab-codeowners",
    summary="GitLab's CODEOWNERS with its sections, in the root, docs/ or .gitlab/",
    matches=_matches,
    read_file=_read_file,
    choose=partial(choose, places=_PLACES, forge="GitLab"),
    reads_beside=True,  # the checkout
)
