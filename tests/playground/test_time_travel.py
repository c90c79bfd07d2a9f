"""What comes while the playground's clock is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.blocks.handoff import actions as ids
from bot.playground import run
from bot.playground.clock import MovableClock
from bot.playground.fake_slack import MessageRef, ViewRef
from bot.playground.time_travel import ClockMover
from bot.ports import Slack
from bot.services import outbox
from bot.services.deps import Deps
from bot.services.outbox import Pace
from bot.store.tables import HandoffResource
from tests.conftest import Templates
from tests.demo_organisation import demo_organisation

#: A Monday afternoon; the first digests come on the morning after.
MONDAY = datetime(2026, 11, 30, 15, 20, tzinfo=UTC)


class _Standing(MovableClock):
    """Stands still unless it is moved."""

    def now(self) -> datetime:
        return MONDAY + self.ahead


async def demo_on_monday(url: str) -> None:
    """Bring the demo organisation, as it is on that Monday, into the empty database at an address."""
    await demo_organisation(url, _Standing())


@pytest.fixture
async def monday(tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database with the demo organisation in it, for a playground that begins on that Monday."""
    monkeypatch.setattr(run, "MovableClock", _Standing)
    await templates.copy(demo_on_monday, tmp_path / "playground.sqlite")
    return f"sqlite:///{tmp_path / 'playground.sqlite'}"


@pytest.mark.parametrize("is_drained_by_another", [False, True])
async def test_all_that_is_said_in_one_channel_at_an_hour_comes_then(
    monday: str, monkeypatch: pytest.MonkeyPatch, is_drained_by_another: bool
) -> None:
    drain, passes = outbox.drain, count()

    async def every_other(deps: Deps, slack: Slack, pace: Pace | None = None) -> int:
        """Find nothing to post in every other pass, as when Baton's drainer has claimed it a moment before."""
        return 0 if is_drained_by_another and next(passes) % 2 == 0 else await drain(deps, slack, pace)

    monkeypatch.setattr(outbox, "drain", every_other)
    async with run.playing(monday) as playground:
        slack = playground.slack
        await ClockMover(slack, playground.clock, playground.baton)(timedelta(days=1))
        # The demo's platform channel is a team's own: that team's digest, and the month's report.
        channel = slack.workspace.channel("team-devops").id
        said = slack.workspace.messages[channel].values()
        [digest] = [m.ts for m in said if m.text.startswith("*End of life* for *devops*")]
        [report] = [m.ts for m in said if "*Begin here*" in m.text]
        first, second = sorted(datetime.fromtimestamp(float(ts), UTC) for ts in (digest, report))
        assert second - first < timedelta(minutes=1), said
        assert first.isoformat()[:13] == "2026-12-01T09"


async def test_a_long_move_tells_how_far_it_is(monday: str) -> None:
    async with run.playing(monday) as playground:
        mover = ClockMover(playground.slack, playground.clock, playground.baton)
        seen: list[float | None] = []
        changed = playground.slack.workspace.changed

        def look(what: str, **said: str) -> None:
            if what == "clock":
                seen.append(mover.progress)
            changed(what, **said)

        playground.slack.workspace.changed = look  # type: ignore[method-assign]  # to see what the page would
        await mover(timedelta(days=3))
        *on_the_way, last = seen
        assert len(on_the_way) == 3
        assert all(done is not None and 0 < done <= 1 for done in on_the_way)
        assert on_the_way == sorted(on_the_way, key=lambda done: done or 0)
        assert last is None


async def test_the_lead_of_somebody_who_left_is_asked_in_their_own_working_hours(monday: str) -> None:
    async with run.playing(monday) as playground:
        slack = playground.slack
        mover = ClockMover(slack, playground.clock, playground.baton)
        await mover(timedelta(hours=16))  # at night in California, where the lead is
        await mover(timedelta(days=1))
        said = [each.text for found in slack.workspace.messages.values() for each in found.values()]
        assert any("*Trevor Quinn* has left. 1 thing is without an owner now: *churn-report*." in each for each in said)


async def test_what_is_agreed_for_a_day_of_a_long_move_passes_on_that_day(monday: str) -> None:
    async with run.playing(monday) as playground:
        slack, context = playground.slack, playground.baton.context

        async def act(user: str, where: MessageRef | ViewRef, action: str, **choice: str) -> None:
            assert (await slack.act(user, where, action, **choice)).status == 200
            await slack.settle()
            await context.background.drain(seconds=10)

        mover = ClockMover(slack, playground.clock, playground.baton)
        await mover(timedelta(hours=1))
        await slack.run_command("sam.okonkwo", "team-devops", "/handoff payments-db")
        await slack.settle()
        await context.background.drain(seconds=10)
        form = slack.view_stack("sam.okonkwo")[-1]
        await slack.submit_view("sam.okonkwo", form.id, {ids.EFFECTIVE: "2026-12-03"})
        await slack.settle()
        await mover(timedelta(minutes=1))  # which waits for what Baton's own drainer has taken, too
        channel = slack.workspace.channel("team-payments").id
        [card] = [each for each in slack.workspace.messages[channel].values() if ":handshake:" in each.text]
        await act("amara.osei", MessageRef(card.channel, card.ts), ids.ACCEPT_ALL)
        await mover(timedelta(days=4))
        async with context.deps.database.reading() as session:
            moved = (await session.execute(select(col(HandoffResource.moved_at)))).scalars().all()
        assert moved
        assert {each.date().isoformat() for each in moved if each is not None} == {"2026-12-03"}
