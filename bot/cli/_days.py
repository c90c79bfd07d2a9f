"""Days on the command line."""

from __future__ import annotations

from datetime import date

import typer


def day(text: str) -> date:
    """Read a day. Raises BadParameter, which says how a day is written."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as in 2026-03-03.") from None
