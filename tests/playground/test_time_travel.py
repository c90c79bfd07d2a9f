"""What comes while the playground's clock is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground import run
from bot.playground.clock import MovableClock
from bot.playground.time_travel import ClockMover

#: A Monday afternoon; the first digests come on the morning after.
MONDAY = datetime(2026, 11, 30, 15, 20, tzinfo=UTC)


class _Standing(MovableClock):
    """Stands still unless it is moved."""

    def now(self) -> datetime:
        return MONDAY + self.ahead


async def test_all_that_is_said_in_one_channel_at_an_hour_comes_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MovableClock", _Standing)
    async with run.playing(f"sqlite:///{tmp_path / 'playground.sqlite'}") as playground:
        slack = playground.slack
        await ClockMover(slack, playground.clock, playground.baton)(timedelta(days=1))
        # The demo's platform channel is a team's own: that team's digest, and that of what nobody owns.
        channel = slack.workspace.channel("team-devops").id
        said = {m.ts: m.text for m in slack.workspace.messages[channel].values() if m.text.startswith("*End of life*")}
        first, second = (datetime.fromtimestamp(float(ts), UTC) for ts in sorted(said))
        assert second - first < timedelta(minutes=1), said
