"""Kubernetes-style OWNERS files, one for each directory, and the OWNERS_ALIASES file of a repository.

Source of the rules: https://www.kubernetes.dev/docs/guide/owners/ — the nearest directory with approvers decides about
a path. Approvers of the directories above may approve there as well, but they are not named, because the question is
who looks after it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clients.catalog._checkout import called
from bot.clients.catalog._git import Remote
from bot.clients.catalog._links import may_read
from bot.clients.catalog._manifests import mapping
from bot.clients.catalog._nodes import FieldReader, Fields
from bot.clients.catalog._reader import Chosen, Format, ReadOptions, Sink, SourceFile, peek
from bot.clients.catalog._values import quoted
from bot.clients.catalog._yaml import documents
from bot.domain.catalog import AssetClaim, AssetKind, OwnerClaim, OwnerRef, OwnerType, PathRule, Role, TeamClaim
from bot.domain.names import clean
from bot.errors import UnreadableError

_ALIASES = "OWNERS_ALIASES"
_HANDLE = re.compile(r"@?(?P<login>[A-Za-z0-9](?:[\w.-]*\w)?)", re.ASCII)
#: A line that only Gerrit's OWNERS files have: single people, and directives.
_OF_GERRIT = re.compile(
    rb"^(?:per-file\s|set\s+noparent\b|include\s+\S|file:\s?/?/|[^\s#:@-][^\s#:@]*@[^\s:@]+[ \t]*(?:#.*)?\r?$)",
    re.MULTILINE,
)
#: Filters for every file.
_ALL_FILES = frozenset({".*", "^.*$", "^.*", ".*$", ""})
#: Filters with literal names: `^Makefile$`, `^(Makefile|build\.sh)$`, `\.go$`, `go\.(mod|sum)$`. Without the `^` they
#: match every file below whose name ends like this.
_LITERAL = r"(?:[\w/-]|\\[.+-])"
_NAMES = re.compile(
    rf"(?P<any>\^?\.\*|)(?P<start>\^?)(?P<before>{_LITERAL}*)(?:\((?:\?:)?(?P<one_of>{_LITERAL}+(?:\|{_LITERAL}+)*)\))?"
    rf"(?P<after>{_LITERAL}*)\$",
    re.ASCII,
)
#: Filters for everything in literal folders: `^docs/.*`, `^(docs|hack/ci)/`.
_FOLDERS = re.compile(
    rf"\^(?P<before>{_LITERAL}*)(?:\((?:\?:)?(?P<one_of>{_LITERAL}+(?:\|{_LITERAL}+)*)\))?(?P<after>{_LITERAL}*)/(?:\.\*\$?)?",
    re.ASCII,
)
_MOST_PARENTS = 50
_LONGEST_FILTER = 500
#: The most rules of one OWNERS file. Their positions are between those of the directory above and the next one below.
_MOST_RULES = 1000


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an OWNERS file is: its repository, and its directory in it as `/pkg/api/` (`/` for the root)."""

    root: Path
    remote: Remote
    directory: str

    @property
    def depth(self) -> int:
        return self.directory.count("/") - 1

    def has_directory(self, name: str) -> bool:
        """Whether the checkout has a directory of that name beside the OWNERS file."""
        path = self.root / self.directory.strip("/") / name
        return path.is_dir() and not path.is_symlink()


def _matches(path: Path) -> bool:
    return path.name in {"OWNERS", _ALIASES}


def _read_file(file: SourceFile, sink: Sink, options: ReadOptions) -> None:
    if file.path.name != _ALIASES and (other := _OF_GERRIT.search(peek(file.path))) is not None:
        line = other.string.count(b"\n", 0, other.start()) + 1
        message = (
            "is an OWNERS file as Gerrit reads it (Chromium, Android), in a format that Baton does not know; "
            "import who owns its folders as CODEOWNERS, CSV or Baton YAML."
        )
        raise UnreadableError(message, path=file.shown, line=line)
    reader = FieldReader(file, sink)
    for document in documents(file, sink, options):
        if not isinstance(document, Fields):
            reader.problem(document.line, "is not an OWNERS file: 'approvers:' or 'aliases:' is expected.")
        elif file.path.name == _ALIASES:
            _read_aliases(reader, document, _place(file, options, sink).remote.path)
        else:
            place = _place(file, options, sink)
            _Owners(reader, place, _alias_names(place.root, options)).read(document)


def _choose(files: Sequence[SourceFile]) -> Chosen:
    """Keep every file, and tell each which aliases several repositories have: these are different teams."""
    roots: dict[str, set[Path]] = {}
    for file in files:
        if file.path.name == _ALIASES:
            for name in _alias_names(file.path.parent, ReadOptions()):
                roots.setdefault(name, set()).add(file.path.parent)
    ambiguous = frozenset(name for name, held in roots.items() if len(held) > 1)
    return [replace(file, ambiguous=ambiguous) for file in files] if ambiguous else files, ()


def _team_of(alias: str, repository: str, ambiguous: Collection[str]) -> str:
    """Return the name of an alias's team, with its repository if others have an alias of that name."""
    return f"{repository}/{alias}" if alias.lower() in ambiguous else alias


def _read_aliases(reader: FieldReader, document: Fields, repository: str) -> None:
    """Add a team for each alias, its members by handle."""
    aliases = reader.fields(document, "aliases")
    for name in aliases.values:
        members = [found["login"] for each in reader.texts(aliases, name) if (found := _HANDLE.fullmatch(each))]
        if shown := clean(name):
            shown = _team_of(shown, repository, reader.file.ambiguous)
            team = TeamClaim(name=shown, members=tuple(dict.fromkeys(members)), origin=reader.at(aliases.line_of(name)))
            reader.sink.team(team)


class _Owners:
    """Reads one OWNERS file."""

    def __init__(self, reader: FieldReader, place: _Place, aliases: frozenset[str]) -> None:
        self._reader, self._place, self._aliases = reader, place, aliases

    def read(self, document: Fields) -> None:
        reader = self._reader
        options = reader.fields(document, "options") if "options" in document.values else Fields()
        stops = reader.text(options, "no_parent_owners").lower() == "true"
        has_own = any(reader.texts(document, key) for key in ("approvers", "reviewers"))
        if has_own and "filters" in document.values:
            message = (
                "has filters beside approvers of its own, which Prow ignores; write them in a filter '.*' instead."
            )
            reader.problem(document.line_of("filters"), message, is_error=False)
        if "filters" in document.values and not has_own:
            self._filters(reader.fields(document, "filters"), document, stops=stops)
        else:
            self._rule(document, self._place.directory, 0, labels=document, stops=stops)

    def _filters(self, filters: Fields, document: Fields, *, stops: bool) -> None:
        """Add a rule for each filter. A file has the approvers of every filter that it matches."""
        said = self._said(filters)
        for_all = [inner for pattern, inner in said.items() if pattern in _ALL_FILES]
        endings: dict[str, list[Fields]] = {}
        files: dict[str, list[Fields]] = {}
        folders: dict[str, list[Fields]] = {}
        unread = []
        for pattern, inner in said.items():
            if (names := _Names.of(pattern)) is not None:
                for name in names.written:
                    if not names.are_endings and self._place.has_directory(name):
                        continue  # no file has such a name
                    (endings if names.are_endings else files).setdefault(name, []).append(inner)
            elif named := _written_out(_FOLDERS, pattern):
                for name in named:
                    folders.setdefault(f"{name.strip('/')}/", []).append(inner)
            elif pattern not in _ALL_FILES:
                unread.append(quoted(pattern))
                message = f"filter {unread[-1]} is no pattern that Baton can keep; it is left out."
                self._reader.problem(filters.line_of(pattern), message, is_error=False)
        remark = f"There may be more owners: Baton could not read the filter {', '.join(unread)}." if unread else ""
        directory = self._place.directory
        # With `no_parent_owners`, files that no filter matches have no owner.
        rules = [(directory, for_all or [Fields(line=document.line)])] if for_all or stops else []
        for folder in ("", *sorted(folders, key=len)):
            around = _of_folders(folders, folder)
            rules += [(f"{directory}{folder}", [*around, *for_all])] if folder else []
            for ending in sorted(endings, key=len):
                rules.append((f"{directory}{folder}**/*{ending}", [*_of_endings(endings, ending), *around, *for_all]))
        for name, own in files.items():
            beside = (*_of_endings(endings, name), *_of_folders(folders, name))
            rules.append((f"{directory}{name}", [*own, *beside, *for_all]))
        for step, (pattern, (first, *others)) in enumerate(rules[:_MOST_RULES]):
            self._rule(first, pattern, step, labels=document, stops=stops, also=others, remark=remark)

    def _said(self, filters: Fields) -> dict[str, Fields]:
        """Return the filters that name people, by pattern. A filter that is not a mapping is reported."""
        said = {}
        for pattern, value in filters.values.items():
            inner = mapping(value)
            if inner is None:
                self._reader.problem(
                    filters.line_of(pattern), f"filter {quoted(pattern)} is not a mapping; it is left out."
                )
            elif any(each in inner.values for each in ("approvers", "reviewers")):
                said[pattern.strip()] = inner
        return said

    def _rule(
        self,
        fields: Fields,
        pattern: str,
        step: int,
        *,
        labels: Fields,
        stops: bool,
        also: Sequence[Fields] = (),
        remark: str = "",
    ) -> None:
        """Add the rule of a directory, or of its files of one kind. Without approvers, the directory above decides.

        `remark` tells people what was not read of the file.
        """
        reader, place = self._reader, self._place
        said = (fields, *also)
        approvers = tuple(dict.fromkeys(one for each in said for one in self._people(each, "approvers", Role.OWNER)))
        if not approvers and not stops:
            return
        helpers = tuple(dict.fromkeys(one for each in said for one in self._people(each, "reviewers", Role.SECONDARY)))
        named = {(claim.owner.name, claim.owner.type) for claim in approvers}
        owners = (*approvers, *(claim for claim in helpers if (claim.owner.name, claim.owner.type) not in named))
        name, where = place.remote.name, place.remote.place
        external_id = reader.sink.repository_id(place.remote.path, where)
        is_root = pattern == "/"
        reader.sink.asset(
            AssetClaim(
                external_id=f"{external_id}:{pattern}",
                kind=AssetKind.PATH,
                name=f"{name}:{pattern}",
                description=remark,
                parent=external_id,
                tags=tuple(("label", label) for label in reader.texts(labels, "labels")),
                owners=owners,
                # A deeper directory wins over those above it, and a filter over the rest of its directory.
                path_rule=PathRule(where, "*" if is_root else pattern, place.depth * _MOST_RULES + step),
                origin=reader.at(fields.line),
            )
        )
        if is_root:
            self._repository(external_id, owners, fields)

    def _repository(self, external_id: str, owners: tuple[OwnerClaim, ...], fields: Fields) -> None:
        remote = self._place.remote
        self._reader.sink.asset(
            AssetClaim(
                external_id=external_id,
                kind=AssetKind.REPOSITORY,
                name=remote.name,
                addresses=remote.addresses,
                owners=owners,
                origin=self._reader.at(fields.line),
            )
        )

    def _people(self, fields: Fields, key: str, role: Role) -> Iterator[OwnerClaim]:
        for written in self._reader.texts(fields, key):
            found = _HANDLE.fullmatch(written)
            if found is None:
                message = f"{quoted(written)} is neither a handle nor an alias; it is left out, correct it."
                self._reader.problem(fields.line_of(key), message)
                continue
            login = found["login"]
            type_ = OwnerType.TEAM if login.lower() in self._aliases else OwnerType.PERSON
            if type_ is OwnerType.PERSON:
                yield OwnerClaim(OwnerRef(login.lower(), type_, written), role=role)
            else:
                team = _team_of(login, self._place.remote.path, self._reader.file.ambiguous)
                yield OwnerClaim(OwnerRef(team, type_, written if team == login else team), role=role)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the files that a filter matches, or their endings."""

    written: tuple[str, ...]
    are_endings: bool

    @classmethod
    def of(cls, pattern: str) -> _Names | None:
        """Return them; None for a filter of another form."""
        found = _NAMES.fullmatch(pattern) if len(pattern) <= _LONGEST_FILTER else None
        if found is None or (found["any"] and found["start"]):
            return None
        are_endings = not found["start"]
        names = _written_out(_NAMES, pattern)
        if not all(names) or (are_endings and any("/" in name for name in names)):
            return None
        return cls(names, are_endings)


def _written_out(form: re.Pattern[str], pattern: str) -> tuple[str, ...]:
    """Return the literal names in a filter of this form, one for each alternative."""
    found = form.fullmatch(pattern) if len(pattern) <= _LONGEST_FILTER else None
    if found is None:
        return ()
    middles = (found["one_of"] or "").split("|")
    return tuple(re.sub(r"\\(.)", r"\1", found["before"] + each + found["after"]) for each in middles)


def _of_folders(folders: Mapping[str, Sequence[Fields]], name: str) -> list[Fields]:
    """Return what is said about all folders that contain a name, the nearest one's first."""
    found = sorted((each for each in folders if name.startswith(each)), key=len, reverse=True)
    return [inner for each in found for inner in folders[each]]


def _of_endings(endings: Mapping[str, Sequence[Fields]], name: str) -> list[Fields]:
    """Return what is said about all files with the endings of this name, the longest ending first."""
    found = sorted((each for each in endings if name.endswith(each)), key=len, reverse=True)
    return [inner for each in found for inner in endings[each]]


def _place(file: SourceFile, options: ReadOptions, sink: Sink) -> _Place:
    here = file.path.parent
    root = _root(file)
    below = here.relative_to(root).as_posix() if here.is_relative_to(root) else "."
    remote = called(file, root, options, sink)
    return _Place(root, remote, "/" if below == "." else f"/{below}/")


def _root(file: SourceFile) -> Path:
    """Return the repository's root: the checkout's, else the folder of the aliases, else the directory walked."""
    above = [file.path.parent, *file.path.parent.parents][:_MOST_PARENTS]
    for mark in (".git", _ALIASES):
        for directory in above:
            if (directory / mark).exists():
                return directory
            if directory == file.walked_from:
                break
    return file.walked_from or file.path.parent


def _alias_names(root: Path, options: ReadOptions) -> frozenset[str]:
    """Return the aliases of a repository in lower case. Problems in their file are reported when it is read."""
    path = root / _ALIASES
    if not may_read(path, root):
        return frozenset()
    quiet, names = Sink(), set()
    file = SourceFile(path, str(path))
    for document in documents(file, quiet, options):
        if isinstance(document, Fields):
            names |= {name.lower() for name in FieldReader(file, quiet).fields(document, "aliases").values}
    return frozenset(names)


FORMAT = Format(
    name="kubernetes",
    summary="Kubernetes OWNERS files and OWNERS_ALIASES",
    matches=_matches,
    read_file=_read_file,
    choose=_choose,
    reads_beside=True,  # the checkout, and OWNERS_ALIASES
)
