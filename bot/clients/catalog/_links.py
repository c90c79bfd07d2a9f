"""Which files an import may read: regular ones that do not lie, by way of a link, outside the folder they belong to."""

from __future__ import annotations

from pathlib import Path


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether `path`, with every link followed, lies in `folder`; a link that leads nowhere does not."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def may_read(path: Path, folder: Path) -> bool:
    """Return whether `path` is a regular file in `folder`; a pipe or a device would never end."""
    return is_inside(path, folder) and path.is_file()
