"""Paths for which a sentence gives the repository: "svc/x.go in the anchor repo"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import IntEnum, auto

from bot.domain.directory import addresses, forges
from bot.domain.directory.answers import ResolutionMethod
from bot.domain.directory.choices import FoundAssets, run_named
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part
from bot.domain.directory.repositories import Repository, behind_name, in_repository, likeliest, repository_called
from bot.domain.directory.vocabulary import ARTICLES, COMMON_WORDS, ENVIRONMENT_WORDS, FOREIGN_WORDS

#: Words before the repository in "the Makefile in acme/shop".
PLACING_WORDS = frozenset(
    """in of from at inside within repo repository under
    dans en nel nella aus uit""".split()  # noqa: SIM905
)
#: Words between path and repository in other languages that mean something else in English: "no projeto anchor", "im
#: Repo".
_BETWEEN = frozenset("no na do da im du del dal van vom w ze fra".split())  # noqa: SIM905
_DETERMINERS = ARTICLES | {"a", "called", "named"}
_REPOSITORY_WORDS = frozenset(
    """repo repos repository repositories project codebase checkout
    depot repositorio repositorium projet proyecto progetto projeto projekt""".split()  # noqa: SIM905
)
_FOLDER_WORDS = frozenset({"folder", "directory", "dir", "subfolder", "subdirectory"})
_NO_NAMES = COMMON_WORDS | ENVIRONMENT_WORDS | FOREIGN_WORDS
_FILE_WORDS = frozenset({"file", "files", "folder", "directory", "path", "branch", "line", "code"})
#: A file name: with an ending, or a known name without one.
_FILE = re.compile(r"\.?[\w-][\w.-]*\.\w{1,12}|\.[\w-]{3,}|[A-Z][A-Za-z]*file|CODEOWNERS|OWNERS|LICENSE|README|NOTICE")


class _Placed(IntEnum):
    """How clearly a word says where a path is."""

    NOT = auto()
    #: The text has only the name and the path: "anchor: svc/x.go".
    BESIDE = auto()
    #: "in anchor", "anchor's svc/x.go".
    IN = auto()
    #: "in the anchor repo".
    IN_REPOSITORY = auto()


def in_named_repository(index: DirectoryIndex, question: ParsedQuestion) -> FoundAssets | None:
    """Return what "internal/x.go in acme/shop" leads to; None if the text does not have that form.

    The path is one piece, beside the repository's name, in either order. If the catalog does not have the repository,
    nothing is known about the path.
    """
    chunks = question.chunks
    are_paths = [
        _may_be_path(index, chunk) or _is_folder(chunks, place) or _is_folder_there(index, chunks, place)
        for place, chunk in enumerate(chunks)
    ]
    if not any(are_paths):
        return None
    placed = [(_how_placed(chunks, place, are_paths), place) for place in range(len(chunks))]
    for how, place in sorted(placed, key=lambda one: -one[0]):
        chunk = chunks[place]
        paths = [
            forges.file_path(one.text) for number, one in enumerate(chunks) if are_paths[number] and number != place
        ]
        is_between = chunk.part is Part.QUESTION or chunk.folded in _DETERMINERS | PLACING_WORDS | _BETWEEN
        if not paths or (is_between and not addresses.may_be_address(chunk.text)):
            continue
        repository = _repository_at(index, chunks, place, how)
        if how is _Placed.NOT and "/" not in chunk.text:
            # "see shop svc/x.go": the word right before the path is the repository's whole name.
            is_right_before = place + 1 < len(chunks) and are_paths[place + 1]
            if not is_right_before or repository is None or not repository.is_sure:
                continue
        if repository is not None and (len(paths) == 1 or how >= _Placed.IN):
            return _all_of(
                in_repository(index, repository, likeliest(index, repository, _ways_to_read(path))) for path in paths
            )
        if len(paths) == 1 and (found := _elsewhere(index, chunk, paths[0], how)) is not None:
            return found
    return None


def _repository_at(index: DirectoryIndex, chunks: Sequence[Chunk], place: int, how: _Placed) -> Repository | None:
    """Return the repository that a word names, with the organisation before it: "the acme shop repo".

    A word before it that is not an ordinary one may be an unknown organisation.
    """
    called = repository_called(index, chunks[place].text)
    before = chunks[place - 1] if place else None
    if before is None or "/" in chunks[place].text or "/" in before.text or before.part is not Part.NAME:
        return called
    together = repository_called(index, f"{before.text}/{chunks[place].text}")
    if together is not None and together.is_sure:
        return together
    is_ordinary = (
        before.folded in _DETERMINERS | PLACING_WORDS | _REPOSITORY_WORDS | _BETWEEN or before.folded in _NO_NAMES
    )
    is_doubtful = called is not None and how is _Placed.IN_REPOSITORY and not is_ordinary
    return replace(called, is_sure=False) if called is not None and is_doubtful else called


def _all_of(findings: Iterable[FoundAssets]) -> FoundAssets:
    """Return everything that several paths lead to."""
    found = list(findings)
    if len(found) == 1:
        return found[0]
    ids = dict.fromkeys(one for each in found for one in each.asset_ids)
    return FoundAssets(tuple(ids), ResolutionMethod.PATH, is_certain=all(each.is_certain for each in found))


def _ways_to_read(path: str) -> tuple[str, ...]:
    """Return a path as written, and as in git's diffs: `a/src/x.py` is src/x.py."""
    return (path, path[2:]) if path.startswith(("a/", "b/")) else (path,)


def _elsewhere(index: DirectoryIndex, chunk: Chunk, path: str, how: _Placed) -> FoundAssets | None:
    """Return the finding for a path in an unknown repository; None if the text does not place it in one."""
    owner, slash, _ = addresses.repository_key(chunk.text).rpartition("/")
    if how is _Placed.IN_REPOSITORY and run_named(index, (chunk,)) is None:
        return FoundAssets((), ResolutionMethod.PATH)
    if slash and (found := behind_name(index, [*chunk.text.strip("/").split("/"), path])) is not None:
        return found
    if slash and how is not _Placed.NOT and (index.paths.is_organisation(owner) or "://" in chunk.text):
        return FoundAssets((), ResolutionMethod.PATH)
    if slash and how is _Placed.IN:
        return _in_folder(index, chunk.text, path)
    anywhere = index.paths.owners_anywhere(path)
    if how < _Placed.IN:
        is_name = how is _Placed.BESIDE and chunk.text.count("/") == 1 and "." not in chunk.text
        return FoundAssets(anywhere.asset_ids, ResolutionMethod.PATH, is_certain=False) if is_name else None
    if (held := run_named(index, (chunk,))) is not None:
        if (repository := _repository_of(index, held.asset_ids)) is not None:
            return in_repository(index, repository, (path,))
        ids = tuple(dict.fromkeys((*anywhere.asset_ids, *held.asset_ids)))
        return FoundAssets(ids, ResolutionMethod.PATH, is_certain=False)
    if (found := _in_folder(index, chunk.text, path)).asset_ids:
        return found
    if chunk.part is not Part.NAME or chunk.folded in _NO_NAMES:
        return None
    return FoundAssets(anywhere.asset_ids, ResolutionMethod.PATH, is_certain=False)


def _in_folder(index: DirectoryIndex, folder: str, path: str) -> FoundAssets:
    """Return what "x.go in src/core" leads to if a rule begins like it.

    Otherwise the folder may be an unknown repository.
    """
    joined = f"{folder.strip('/')}/{path.strip('/')}"
    found = index.paths.owners_anywhere(joined)
    is_certain = found.is_certain and index.paths.has_begun(index.paths.repositories(), joined)
    return FoundAssets(found.asset_ids if is_certain else (), ResolutionMethod.PATH)


def _repository_of(index: DirectoryIndex, asset_ids: Iterable[int]) -> Repository | None:
    """Return the only repository whose address is that of an asset: that of "checkout" in "x.go in checkout"."""
    addressed = (each for one in asset_ids for each in index.assets[one].addresses if "/" in each)
    found = {each for address in addressed if (each := repository_called(index, address)) is not None and each.is_sure}
    return found.pop() if len(found) == 1 else None


def _how_placed(chunks: Sequence[Chunk], place: int, are_paths: Sequence[bool]) -> _Placed:
    before = place - 1
    while before >= 0 and chunks[before].folded in _DETERMINERS:
        before -= 1
    word = chunks[before].folded if before >= 0 else ""
    after = chunks[place + 1] if place + 1 < len(chunks) else None
    if word in _REPOSITORY_WORDS or (after is not None and after.folded in _REPOSITORY_WORDS):
        return _Placed.IN_REPOSITORY
    if word in PLACING_WORDS or (chunks[place].is_possessive and after is not None and are_paths[place + 1]):
        return _Placed.IN
    others = (chunk for number, chunk in enumerate(chunks) if number != place and not are_paths[number])
    is_alone = all(chunk.part is Part.QUESTION or chunk.folded in _FILE_WORDS for chunk in others)
    return _Placed.BESIDE if is_alone else _Placed.NOT


def _is_folder(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether the text calls a word a folder: "the web directory of shop"."""
    if chunks[place].part is Part.QUESTION or chunks[place].folded in _FOLDER_WORDS:
        return False
    beside = (chunks[other].folded for other in (place - 1, place + 1) if 0 <= other < len(chunks))
    return any(word in _FOLDER_WORDS for word in beside)


def _is_folder_there(index: DirectoryIndex, chunks: Sequence[Chunk], place: int) -> bool:
    """Whether a word is a folder with a rule in the repository that follows: "api in acme/shop"."""
    chunk, after = chunks[place], [each for each in chunks[place + 1 :] if each.folded not in _DETERMINERS]
    if chunk.part is Part.QUESTION or len(after) < 2 or after[0].folded not in PLACING_WORDS:
        return False
    name = after[1].text if "/" in after[1].text or len(after) < 3 else f"{after[1].text}/{after[2].text}"
    repository = repository_called(index, name) if "/" in name else None
    if repository is None or not repository.is_sure or run_named(index, (chunk,)) is not None:
        return False
    return index.paths.has_begun(repository.rules, f"{chunk.text}/")


def _may_be_path(index: DirectoryIndex, chunk: Chunk) -> bool:
    """Whether a piece of text is a file or folder, and not an asset of that name."""
    is_here = chunk.text.startswith("./")  # a file, whatever its name: "./SECURITY"
    if not (chunk.part is Part.NAME or is_here) or "://" in chunk.text:
        return False
    path = forges.file_path(chunk.text)
    is_in_folder = "/" in path or is_here or chunk.text.endswith("/") or " " in path
    if (not is_in_folder and _FILE.fullmatch(path) is None) or run_named(index, (chunk,)) is not None:
        return False
    found = repository_called(index, chunk.text) if is_in_folder else None
    return found is None or not found.is_sure
