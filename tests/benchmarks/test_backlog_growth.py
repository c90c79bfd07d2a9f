"""What a change of one request costs whoever asks next, with a hundred, a thousand and ten thousand open requests.

Every team has ten of them, and ten have yet to be triaged.
"""

from __future__ import annotations

import gc
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin
from bot.domain.backlog.requests import ItemType, RequestItem, RequestState, Step
from bot.ports import Ack
from bot.services import snapshot as snapshots
from bot.services.backlog import intake, steps
from bot.services.context import Context, assemble
from bot.services.deps import Deps, DevopsTeam
from bot.services.eol.facts import Facts
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.db import Database
from handlers import home
from handlers.backlog.questions import on_devops
from handlers.payloads import Command
from tests.benchmarks.company import _Slack
from tests.benchmarks.names import realistic_assets
from tests.benchmarks.stored import fill, people_of
from tests.conftest import FixedClock

pytestmark = pytest.mark.bench

_SEED, _PER_TEAM, _MEMBERS, _ROUNDS = 31, 10, 6, 7
_SIZES = (100, 1_000, 10_000)
_TUESDAY = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)
#: Requests that nobody has looked at yet.
_PROPOSED = 10


@dataclass(slots=True)
class Office:
    """A process that has answered every question once. The first team takes the requests of all others."""

    context: Context
    clock: FixedClock
    took: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    async def ask(self, change: str) -> None:
        """Ask everything, and note what each took."""
        devops, asker = people_of(2)[0], people_of(2)[_MEMBERS]
        for name, question in {
            "/devops list": lambda: self.typed("list"),
            "/devops rank": lambda: self.typed("rank"),
            "/devops mine": lambda: self.typed("mine"),
            "Home of DevOps": lambda: home.publish(self.context, devops),
            "Home of a team": lambda: home.publish(self.context, asker),
            "daily pass": self.context.daily_pass.run,
        }.items():
            await self.timed(change, name, question)

    async def timed(self, change: str, name: str, work: Callable[[], Awaitable[Any]]) -> None:
        """Note what something took."""
        began = time.process_time()
        await work()
        self.took.setdefault((change, name), []).append(time.process_time() - began)

    async def typed(self, text: str) -> Ack:
        """Answer `/devops …` for somebody who asks for things."""
        asker = people_of(2)[_MEMBERS]
        return await on_devops(Command("/devops", text, asker, "C00000001", "", ""), self.context)

    async def click(self, number: int) -> None:
        """Let the DevOps team take a step with one request."""
        await steps.take(
            self.context.deps, self.context.snapshot, request_id=_PROPOSED + 1 + number, person_id=1, step=Step.START
        )

    async def open(self, number: int) -> None:
        """Let a team ask for something."""
        asker = _MEMBERS + 1
        item = RequestItem(ItemType.SCRIPT, "A script", quote="We need a script")
        new = NewRequest(
            origin=Origin(f"form:N{number}"), title=f"New {number}", items=(item,), filed_by=asker, asked_by=asker,
            team_id=2, demand=DemandEntry(lost_people=2, lost_times=2, lost_hours=1),
        )  # fmt: skip
        await intake.open_request(self.context.deps, self.context.snapshot, new)


async def test_a_request_costs_what_has_changed(tmp_path: Path) -> None:
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    offices = {size: await _lived_through(tmp_path / f"{size}.sqlite", size) for size in _SIZES}
    print(f"\n{'milliseconds':28} " + " ".join(f"{size:>9,}" for size in _SIZES) + "  exponent")
    worst = 0.0
    for key in offices[_SIZES[0]].took:
        figures = [sorted(each.took[key])[len(each.took[key]) // 2] * 1000 for each in offices.values()]
        exponent = math.log(figures[-1] / figures[0]) / math.log(_SIZES[-1] / _SIZES[0])
        worst = max(worst, exponent) if key[0] != "first" else worst
        print(f"{key[0]:>12} {key[1]:15} " + " ".join(f"{each:9.2f}" for each in figures) + f"  {exponent:8.2f}")
    print(f"worst exponent: {worst:.2f} (to reach: <= 0.2)")
    assert worst <= 0.2


async def _lived_through(path: Path, size: int) -> Office:
    url = f"sqlite:///{path}"
    await fill(url, realistic_assets(1_000, _SEED), seed=_SEED, teams=size // _PER_TEAM + 1)
    database, clock = Database(url), FixedClock(_TUESDAY)
    try:
        async with database.engine.begin() as connection:
            for start in range(1, size + 1, 1000):
                numbers = range(start, min(start + 1000, size + 1))
                for table, rows in (
                    (tables.Request, map(_request, numbers)),
                    (tables.RequestDemand, map(_demand, numbers)),
                ):
                    await connection.execute(insert(table), [each.model_dump(exclude={"id"}) for each in rows])
        deps = Deps(database, clock, platform_channel="C0PLATFORM", devops=DevopsTeam(name="Team 1"))
        snapshot = Snapshot()
        await snapshots.refresh(snapshot, database)
        office = Office(assemble(deps, _Slack(clock), snapshot=snapshot, facts=Facts()), clock)
        await office.ask("first")
        gc.collect()
        gc.freeze()
        for number in range(_ROUNDS):
            await office.ask("nothing")
            await office.timed("click", "the click", lambda number=number: office.click(number))  # type: ignore[misc]
            await office.ask("click")
            await office.timed("new request", "opening it", lambda number=number: office.open(number))  # type: ignore[misc]
            await office.ask("new request")
            clock.at += timedelta(days=1)
            await office.ask("new day")
        return office
    finally:
        gc.unfreeze()
        await database.close()


def _team(number: int) -> int:
    return number // _PER_TEAM + 2 if number % _PER_TEAM else number // _PER_TEAM + 1


def _request(number: int) -> tables.Request:
    team, is_proposed = _team(number), number <= _PROPOSED
    likely = None if is_proposed else 4.0 + number * 37 % 90
    return tables.Request(
        source_key=f"form:V{number}", title=f"Request {number}",
        items=[{"type": "script", "title": "A script", "why": "", "quote": "We need a script"}],
        state=RequestState.PROPOSED.value if is_proposed else RequestState.ACCEPTED.value,
        state_at=_TUESDAY, is_private=number % 10 == 3, team_id=team, asked_by=(team - 1) * _MEMBERS + 1,
        filed_by=(team - 1) * _MEMBERS + 2, created_at=_TUESDAY - timedelta(number % 90),
        responded_at=None if is_proposed else _TUESDAY, optimistic_hours=likely and likely / 2,
        likely_hours=likely, pessimistic_hours=likely and likely * 1.6,
        needed_by=_needed_by(number),
    )  # fmt: skip


def _demand(number: int) -> tables.RequestDemand:
    team = _team(number)
    return tables.RequestDemand(
        request_id=number, team_id=team, person_id=(team - 1) * _MEMBERS + 1, at=_TUESDAY,
        lost_people=1 + number % 7, lost_times=1 + number % 11, lost_hours=1.0,
        evidence=("measured", "counted", "guessed")[number % 3], blocked_people=number % 20 == 7,
        blocked_share="half", needed_by=_needed_by(number),
    )  # fmt: skip


def _needed_by(number: int) -> date | None:
    return (_TUESDAY + timedelta(60 + number % 120)).date() if number % 20 == 5 else None
