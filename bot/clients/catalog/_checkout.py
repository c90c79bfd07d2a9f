"""Where in a checkout a CODEOWNERS file counts, and the repository's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from bot.clients.catalog._git import Remote, remote_of
from bot.clients.catalog._reader import Chosen, ReadOptions, Sink, SourceFile
from bot.clients.catalog._values import quoted
from bot.domain.catalog import AssetClaim, AssetKind, Link, Origin, OwnerClaim, OwnerRef, Problem
from bot.errors import CatalogError

_REPOSITORY_COMMENT = re.compile(r"#\s*baton:\s*repository[:\s]\s*(?P<name>[\w.-]+(?:/[\w.-]+)*)\s*", re.IGNORECASE)

# The first white space without a backslash before it ends the pattern. A # after white space begins a comment.
LINE = re.compile(r"(?P<pattern>(?:\\.|[^\s\\]|\\$)+)(?P<rest>\s.*)?", re.DOTALL)
COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)

#: Folders in which a code host looks for the file ("" for the root), with their order.
Places = Mapping[str, int]


def root_of(path: Path, places: Places) -> Path:
    """Return the repository's root, judging by the file's place. A repository may itself be called docs or .github."""
    folder = path.parent
    return folder.parent if folder.name in places and not (folder / ".git").exists() else folder


def choose(files: Sequence[SourceFile], *, places: Places, forge: str) -> Chosen:
    """Keep the file in the first of the places for each repository; the code host ignores the others."""
    best: dict[Path, SourceFile] = {}
    problems: list[Problem] = []
    rank = partial(_rank, places=places)
    for file in files:
        around = _enclosing_checkout(file, places)
        if around is not None:
            message = f"is ignored, as on {forge}: {around} is the repository's root."
            problems.append(Problem(file.at(), message, is_error=False))
            continue
        root = root_of(file.path, places)
        other = best.get(root)
        first, second = (file, other) if other is None or rank(file) < rank(other) else (other, file)
        best[root] = first
        if second is not None:
            message = f"is ignored, as on {forge}: {first.shown} comes first."
            problems.append(Problem(second.at(), message, is_error=False))
    # Of folders with the same name, the one above the others is the repository itself.
    return sorted(best.values(), key=lambda file: len(root_of(file.path, places).parts)), problems


def repository(file: SourceFile, text: str, options: ReadOptions, places: Places, sink: Sink) -> Remote:
    """Return the repository's name and addresses, from the options, a comment, the checkout or the directory."""
    for line in "" if options.repository else text.split("\n", 200)[:200]:
        named = _REPOSITORY_COMMENT.fullmatch(line.strip())
        if named:
            name, remote = named["name"], remote_of(root_of(file.path, places))
            return remote if remote is not None and name in (remote.name, remote.path) else Remote(name, ())
    return called(file, root_of(file.path, places), options, sink)


def called(file: SourceFile, root: Path, options: ReadOptions, sink: Sink) -> Remote:
    """Return the name of the repository at `root`, from the options, the checkout or its folder."""
    remote = remote_of(root)
    if remote is not None and options.repository in ("", remote.name, remote.path):
        return remote
    name = options.repository or root.resolve().name or "repository"
    sink.called(name, root.resolve(), file.at(), is_guessed=not options.repository)
    return Remote(name, ())


def split_line(line: str, check: Callable[[str], None]) -> tuple[str, str]:
    """Return a line's pattern, after `check` has accepted it, and the rest of the line without the comment.

    Raise `CatalogError` with what is wrong with the line.
    """
    if "\ufffd" in line:
        raise CatalogError("the line holds bytes that are not UTF-8")
    match = LINE.fullmatch(line)
    if match is None:
        raise CatalogError(f"{quoted(line)} has no pattern")
    try:
        check(match["pattern"])
    except CatalogError as error:
        raise CatalogError(f"pattern {quoted(match['pattern'])} {error}") from None
    return match["pattern"], COMMENT.sub("", match["rest"] or "")


def repository_claim(remote: Remote, external_id: str, owners: Iterable[OwnerRef], origin: Origin) -> AssetClaim:
    """Return the repository as an asset, with the owners of all its files."""
    return AssetClaim(
        external_id=external_id,
        kind=AssetKind.REPOSITORY,
        name=remote.name,
        addresses=remote.addresses,
        links=tuple(Link("repository", url) for url in remote.addresses[:1]),
        owners=tuple(map(OwnerClaim, owners)),
        origin=origin,
    )


def _rank(file: SourceFile, *, places: Places) -> int:
    return places.get(file.path.parent.name, places[""])


def _enclosing_checkout(file: SourceFile, places: Places) -> Path | None:
    """Return the checkout, at or below the directory walked, whose code host ignores a file in this place."""
    if file.walked_from is None:
        return None
    root = root_of(file.path, places)
    for directory in (root, *root.parents):
        if (directory / ".git").exists():
            # A repository may itself be called docs and have its CODEOWNERS in its root.
            return None if directory in {root, file.path.parent} else directory
        if directory == file.walked_from:
            break
    return None
