"""What `baton run` loads before it serves: every module that a start does not need makes everybody wait."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY

_NOT_NEEDED = [
    "typer",
    "rich",
    "alembic",
    "ijson",
    "asyncpg",
    "sqlalchemy.dialects.postgresql",
    "apscheduler",
    "bot.services.catalog",
    "bot.domain.reconcile",
    "bot.domain.backlog.drafts",
    "bot.playground",
]


def test_a_start_loads_nothing_that_it_does_not_need() -> None:
    program = (
        "import sys, bot.cli.run, bot.app; from bot.store import bulk; "
        f"print([name for name in {_NOT_NEEDED} if name in sys.modules], bulk._tables.cache_info().currsize)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "[] 0\n", "nor are the tables copied for statements over many rows"
