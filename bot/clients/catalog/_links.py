"""Which files an import may read: regular ones that no link brings in from elsewhere, or under a name not their own.

The files of a repository are somebody else's. A link in it may lead out of the folder that was named, or to a file of
that folder which is no catalog, such as `.env`. Whoever can write the link chooses what the report and the catalog say.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.domain.secrets import is_secret_file


def identity(path: Path) -> Path:
    """Return the real path; a symlink that leads nowhere or round in circles stands for itself."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def leads_out(path: Path, bounds: Path) -> bool:
    """Return whether `path` is a link to something that exists and does not lie in `bounds`, a real path."""
    real = identity(path)
    return not real.is_relative_to(bounds) and real.exists()


def leads_elsewhere(path: Path, matches: Callable[[Path], bool]) -> bool:
    """Return whether `path` is a link to a file that is there for something else than what `matches` looks for.

    The target has to have the name of the link, or to be a file that `matches` would take without the link. A file
    that is there to hold secrets is neither.
    """
    if not path.is_symlink():
        return False
    real = identity(path)
    return is_secret_file(real.name) or (real.name != path.name and not matches(real))


def may_read(path: Path, folder: Path) -> bool:
    """Return whether `path` is a regular file in `folder` and, where it is a link, one of its own name.

    A pipe or a device would never end, and a link that leads nowhere is no file.
    """
    try:
        real = path.resolve(strict=True)
        return real.is_relative_to(folder.resolve()) and real.name == path.name and path.is_file()
    except (OSError, RuntimeError):
        return False
