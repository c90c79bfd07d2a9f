"""Some weeks of people who claim, doubt, dispute and hand over, with kills: `make year` lives through more of them."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import NIGHT
from tests.simulation import ownership

#: By day the last weeks, in which nobody does anything, are left out, and with them what is only seen at the end.
DAYS = 130 if NIGHT else 8


async def test_nothing_is_lost_and_nobody_owns_what_they_did_not_agree_to(tmp_path: Path) -> None:
    quiet, chance = (ownership.QUIET_DAYS, ownership.KILL_CHANCE) if NIGHT else (0, 0.03)
    lived = await ownership.live(tmp_path, days=DAYS, quiet_days=quiet, kill_chance=chance)
    assert lived.broken == []
    assert lived.kills > 0
    assert sum(lived.done[f"ownership.{word}"] for word in ("claim", "doubt")) > 3
    assert any(action.startswith("handoff.") for action in lived.done)
