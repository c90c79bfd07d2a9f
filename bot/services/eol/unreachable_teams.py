"""Reminders that reach nobody, because there is neither a channel, nor a lead, nor a platform channel."""

from __future__ import annotations

from bot.services import members, routing
from bot.services.deps import Deps
from bot.services.eol.exposure import Watcher
from bot.services.eol.facts import Facts
from bot.services.snapshot import Snapshot, refresh


async def unreachable(deps: Deps) -> tuple[int, list[str]]:
    """Return how many deadlines and unknown versions reach nobody, and the teams among those that they belong to."""
    snapshot, facts = Snapshot(), Facts()
    await refresh(snapshot, deps.database)
    snapshot.put_standings(await members.stored(deps))
    await facts.follow(deps.database)
    watches = await Watcher(deps, snapshot, facts).current()
    lost: dict[str, int] = {}
    for key, addressee in watches.addressees.items():
        if not routing.places(deps, snapshot, addressee):
            lost[addressee.name] = len(watches.by_addressee.get(key, ())) + len(watches.unsure.get(key, ()))
    return sum(lost.values()), sorted(name for name, count in lost.items() if name and count)
