"""Here the migrations themselves run, whatever other tests copy."""

from __future__ import annotations

import pytest

from bot.store import migrations
from tests import copied_schema


@pytest.fixture(autouse=True)
def copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "_upgrade", copied_schema.MIGRATE)
