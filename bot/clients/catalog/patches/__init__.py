"""Changes to catalog files: the text with the receiver in place of the giver, and the difference to apply.

Only the text that names these assets' owners is changed. Comments, order and line ends stay as they are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.clients.catalog import terraform
from bot.clients.catalog._reader import ReadOptions, SourceFile
from bot.clients.catalog.patches import _codeowners, _table, _yaml
from bot.clients.catalog.patches._files import exact_text, find
from bot.domain.reconcile.edits import Edited, OwnerEdit

__all__ = ["EDITORS", "edit", "exact_text", "find", "tags_of", "unified"]

#: Format name -> the function that edits the text of such a file.
EDITORS: Mapping[str, Callable[[str, Sequence[OwnerEdit]], Edited]] = {
    "backstage": _yaml.edit_backstage,
    "baton": _yaml.edit_baton,
    "codeowners": _codeowners.edit,
    "csv": _table.edit,
}
_BOM = "\ufeff"
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def edit(format_name: str, text: str, edits: Sequence[OwnerEdit]) -> Edited:
    """Return a file's text after `edits`, which are all for this file.

    Raises KeyError for a format without an editor.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    edited = EDITORS[format_name](text.removeprefix(mark), edits)
    return Edited(mark + edited.text, edited.refusals)


def tags_of(path: Path, *, shown: str, options: ReadOptions) -> dict[str, tuple[str, str]]:
    """Return where Terraform gives each resource's owner, by external id: its address, and the tag's key.

    Raises UnreadableError or OSError for a file that cannot be read. `shown` is the file's name in the import.
    """
    return terraform.owner_tags(SourceFile(path, shown), options)


def unified(path: str, before: str, after: str) -> str:
    """Return the difference in the form of `patch -p1` and `git apply`; "" if there is none."""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Return a text's lines as `patch` counts them: only a line feed ends a line."""
    return _LINES.findall(text)
