"""Which files an import may read: regular ones, and not through a link from elsewhere or under another name.

The files of a repository are written by other people. A link in it may lead out of the named folder, or to a file
inside that is not a catalog, such as `.env`. The author of the link could then choose what the report and the catalog
show.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.domain.secrets import is_secret_file


def identity(path: Path) -> Path:
    """Return the real path. A symlink that leads nowhere or in a circle stands for itself."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def leads_out(path: Path, bounds: Path) -> bool:
    """Return whether `path` is a link to something that exists outside of `bounds` (a real path)."""
    real = identity(path)
    return not real.is_relative_to(bounds) and real.exists()


def leads_elsewhere(path: Path, matches: Callable[[Path], bool]) -> bool:
    """Return whether `path` is a link to a file with another purpose than what `matches` looks for.

    The target has to have the link's name, or be a file that `matches` would take without the link. A file that is
    meant to hold secrets is never accepted.
    """
    if not path.is_symlink():
        return False
    real = identity(path)
    return is_secret_file(real.name) or (real.name != path.name and not matches(real))


def may_read(path: Path, folder: Path) -> bool:
    """Return whether `path` is a regular file in `folder` and, if it is a link, leads to a file of the same name.

    A pipe or a device would never end, and a link that leads nowhere is not a file.
    """
    try:
        real = path.resolve(strict=True)
        return real.is_relative_to(folder.resolve()) and real.name == path.name and path.is_file()
    except (OSError, RuntimeError):
        return False
