"""From what the user named to the files to read, in an order that does not depend on the file system."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from bot.clients.catalog._links import identity, leads_elsewhere, leads_out
from bot.clients.catalog._reader import Format, SourceFile
from bot.domain.catalog import Origin, Problem
from bot.errors import UnreadableError

#: Directories without a catalog of their own: version control, dependencies, caches.
_SKIPPED = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".terraform", "__pycache__", ".tox", ".cache"}
)
_NOT_UTF8 = "has a name that is not UTF-8; give it another."
_LEADS_OUT = "is a link that leads out of its folder; put the file itself there."


def find(
    format_: Format, paths: Sequence[Path], *, only: Collection[Path] | None = None
) -> tuple[list[SourceFile], list[Problem]]:
    """Return the files to read, each once and only those in `only` if given, and a problem for paths without any.

    A named file is taken whatever its name is. From a directory, the files that the format would use are taken.
    """
    files: dict[Path, SourceFile] = {}
    problems: list[Problem] = []
    for path in paths:
        found = [file for file in _files_of(format_, path, problems) if only is None or file.path in only]
        if only is not None and not found:
            continue
        for file in found:
            files.setdefault(identity(file.path), file)
        if not found and not any(problem.origin.path == str(path) for problem in problems):
            message = (
                f"holds no file of the format '{format_.name}' ({format_.summary}); name the file to read it anyway."
            )
            problems.append(Problem(Origin(str(path)), message))
    if only is not None:
        # `detect` found these files and has reported the folder's notes already.
        problems = [problem for problem in problems if problem.is_error]
    chosen, left_out = format_.choose(list(files.values()))
    return list(chosen), [*problems, *left_out]


def every_file(path: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield a named file, or the files of a folder. What cannot be read becomes a problem."""
    try:
        if path.is_dir():
            yield from _walk(path, problems)
        elif path.is_file():
            if _stays(path, path.parent.resolve(), problems):
                yield path
        else:
            problems.append(Problem(Origin(str(path)), "does not exist, or is no file; check the path."))
    except OSError as error:
        problems.append(Problem(Origin(str(path)), f"cannot be read ({error.strerror}); check its permissions."))


def require_utf8(path: Path) -> None:
    """Raise UnreadableError if a named path is not valid UTF-8, in which the catalog stores names."""
    named = os.fsencode(path)
    try:
        named.decode()
    except UnicodeDecodeError:
        shown = named.decode(errors="backslashreplace")
        raise UnreadableError(f"{shown} {_NOT_UTF8}", path=shown) from None


def require_own(path: Path) -> None:
    """Raise UnreadableError if a named file is a link out of its folder or to secrets, a pipe or a device.

    A file that does not exist, or may not be read, is reported when it is read.
    """
    require_utf8(path)
    why = ""
    if leads_out(path, path.parent.resolve()):
        why = _LEADS_OUT
    elif leads_elsewhere(path, lambda _: True):
        why = "is a link to a file that holds secrets; put the file itself there."
    elif path.exists() and not path.is_file() and not path.is_dir():
        why = "is a pipe or a device; save what comes from it in a file, and name that."
    if why:
        raise UnreadableError(f"{path} {why}", path=str(path))


def _files_of(format_: Format, path: Path, problems: list[Problem]) -> Iterator[SourceFile]:
    shown = str(path)
    try:
        if path.is_dir():
            for found in _walk(path, problems):
                if format_.matches(found) and is_itself(format_, found, problems, is_error=False):
                    yield SourceFile(found, str(found), path)
        elif path.is_file():
            is_link = path.is_symlink()
            if not is_link or (_stays(path, path.parent.resolve(), problems) and is_itself(format_, path, problems)):
                yield SourceFile(path, shown)
        elif path.exists():
            problems.append(Problem(Origin(shown), "is neither a file nor a directory; name a file."))
        else:
            problems.append(Problem(Origin(shown), "does not exist; check the path."))
    except OSError as error:
        problems.append(
            Problem(Origin(shown), f"cannot be read ({error.strerror}); check the path and its permissions.")
        )


def _walk(root: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield the regular files below `root`, a directory's own files first, sorted by name.

    Links are followed as long as they stay within `root`, and loops end. A repository is written by other people: a
    link out of it could put any file of this machine into the catalog.
    """
    seen: set[Path] = set()
    bounds = root.resolve()
    todo = [root]
    while todo:
        here = todo.pop()
        real = identity(here)
        if real in seen:
            continue
        seen.add(real)
        try:
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            problems.append(Problem(Origin(str(here)), f"cannot be listed ({error.strerror}); check its permissions."))
            continue
        inside = [
            entry
            for entry in entries
            if _is_utf8(Path(here, entry.name), problems)
            and (not entry.is_symlink() or _stays(Path(here, entry.name), bounds, problems, is_error=False))
        ]
        todo.extend(
            Path(here, entry.name) for entry in reversed(inside) if entry.name not in _SKIPPED and _is_dir(entry)
        )
        for entry in inside:
            path = Path(here, entry.name)
            if path.is_file():
                yield path


def _is_utf8(path: Path, problems: list[Problem]) -> bool:
    """Whether a file's name in a folder is valid UTF-8, in which the catalog stores names; if not, a note says so."""
    try:
        require_utf8(path)
    except UnreadableError as error:
        problems.append(Problem(Origin(error.path), _NOT_UTF8, is_error=False))
        return False
    return True


def _stays(path: Path, bounds: Path, problems: list[Problem], *, is_error: bool = True) -> bool:
    """Whether a path that may be a link leads to something within `bounds`; if not, a problem says so.

    It is not an error if the rest of a folder is read, because an error would keep what the link's file said before.
    """
    if not leads_out(path, bounds):
        return True
    problems.append(Problem(Origin(str(path)), _LEADS_OUT, is_error=is_error))
    return False


def is_itself(format_: Format, path: Path, problems: list[Problem], *, is_error: bool = True) -> bool:
    """Whether a path that may be a link leads to a file that the format would use; if not, a problem says so.

    `is_error` is as in `_stays`.
    """
    if not leads_elsewhere(path, format_.matches):
        return True
    message = f"is a link to a file that is not named as one of the format '{format_.name}'; put the file itself there."
    problems.append(Problem(Origin(str(path)), message, is_error=is_error))
    return False


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
