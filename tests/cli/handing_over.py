"""Handoffs between the teams of a command line's database, for tests of what comes after them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.domain.catalog import Area
from bot.domain.handoff.handoffs import HandoffStep
from bot.ports import SystemClock
from bot.services.deps import Deps
from bot.services.handoff import offers, steps
from bot.services.handoff.offers import NewHandoff
from bot.services.snapshot import Snapshot, refresh
from bot.services.transfers import Resource
from bot.store.db import Database

ORG = """\
baton: 1
teams:
  - {name: devops, members: [dev@example.com]}
  - {name: payments, channel: "#team-payments", members: [pay@example.com]}
  - {name: search, members: [sea@example.com]}
people:
  - {name: Dev, email: dev@example.com}
  - {name: Pay, email: pay@example.com}
  - {name: Sea, email: sea@example.com}
"""


def hand_over(
    file: Path, refs: Sequence[str], *, to: str = "payments", area: Area = Area.ALL, accept: bool = True
) -> int:
    """Hand assets of devops over in one handoff; return its number."""

    async def run() -> int:
        database = Database(f"sqlite:///{file}")
        try:
            deps, snapshot = Deps(database, SystemClock()), Snapshot()
            await refresh(snapshot, database)
            giver, receiver = snapshot.team_by_name("devops"), snapshot.team_by_name(to)
            assert giver is not None
            assert receiver is not None
            ids = {asset.ref: asset.id for asset in filter(None, map(snapshot.asset, snapshot.directory.ids()))}
            begun = await offers.offer(
                deps,
                snapshot,
                NewHandoff(
                    giver_team_id=giver.id,
                    receiver_team_id=receiver.id,
                    resources=tuple(Resource(ids[ref], area) for ref in refs),
                    person_id=giver.member_ids[0],
                ),
            )
            if accept:
                await steps.take(
                    deps,
                    snapshot,
                    handoff_id=begun.card.id,
                    person_id=receiver.member_ids[0],
                    step=HandoffStep.ACCEPT,
                    version=1,
                )
            return begun.card.id
        finally:
            await database.close()

    return asyncio.run(run())
