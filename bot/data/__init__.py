"""Data that ships with Baton: vocabulary, tables of what is known, the demo organisation, the Slack app's manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.errors import SettingsError

_FOLDER = Path(__file__).resolve().parent


def table(name: str) -> Any:
    """Return what `NAME.yaml` in this folder holds: mappings and lists in which every scalar is text, none guessed."""
    import yaml  # noqa: PLC0415 - costs start-up time, needed only here

    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes nothing but texts, lists and mappings


def manifest() -> dict[str, Any]:
    """Return app.yaml: from the checkout, or from inside the installed package. Raises SettingsError if it is gone."""
    import yaml  # noqa: PLC0415 - costs start-up time, needed only here

    for path in (_FOLDER.parents[1] / "app.yaml", _FOLDER / "app.yaml"):
        if path.is_file():
            read: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            return read
    raise SettingsError("app.yaml is missing: install Baton again.")
