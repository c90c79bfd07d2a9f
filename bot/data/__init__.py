"""Data that ships with Baton: the demo organisation, and the Slack app's manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.errors import SettingsError


def manifest() -> dict[str, Any]:
    """Return app.yaml: from the checkout, or from inside the installed package. Raises SettingsError if it is gone."""
    import yaml  # noqa: PLC0415 - costs start-up time, needed only here

    here = Path(__file__).resolve().parent
    for path in (here.parents[1] / "app.yaml", here / "app.yaml"):
        if path.is_file():
            read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
            return read
    raise SettingsError("app.yaml is missing: install Baton again.")
