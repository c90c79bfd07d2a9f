"""Where what is said to somebody goes, and where it goes when that place cannot be written to."""

from __future__ import annotations

from bot.domain.lifecycle.watching import Addressee
from bot.domain.records import PersonRecord, TeamRecord
from bot.services.deps import Deps
from bot.services.lifecycle.facts import Facts
from bot.services.lifecycle.watches import Watcher
from bot.services.snapshot import Snapshot, refresh


def places_of(deps: Deps, snapshot: Snapshot, addressee: Addressee) -> tuple[str, ...]:
    """Return the places, the best first, empty when there is none: ids, or names that Slack did not tell an id of.

    A team's channel, then its lead, then the platform channel; a person, then the platform channel; of what is
    nobody's, the platform channel.
    """
    found: list[str] = []
    if addressee.team is not None:
        found = [addressee.team.channel, slack_id_of(lead_of(snapshot, addressee.team))]
    elif addressee.person is not None:
        found = [slack_id_of(addressee.person)]
    return tuple(dict.fromkeys(place for place in (*found, platform_of(deps, snapshot)) if place))


async def unreachable(deps: Deps) -> tuple[int, list[str]]:
    """Return how many deadlines and unknown versions reach nobody, and the teams among those that they belong to."""
    snapshot, facts = Snapshot(), Facts()
    await refresh(snapshot, deps.database)
    await facts.follow(deps.database)
    watches = await Watcher(deps, snapshot, facts).current()
    lost: dict[str, int] = {}
    for key, addressee in watches.addressees.items():
        if not places_of(deps, snapshot, addressee):
            lost[addressee.name] = len(watches.by_addressee.get(key, ())) + len(watches.unsure.get(key, ()))
    return sum(lost.values()), sorted(name for name, count in lost.items() if name and count)


def platform_of(deps: Deps, snapshot: Snapshot) -> str:
    """Return the platform channel; empty when none is set."""
    return snapshot.channel_id(deps.platform_channel)


def lead_of(snapshot: Snapshot, team: TeamRecord) -> PersonRecord | None:
    """Return a team's lead; None for one that has none who is still there."""
    lead = snapshot.person(team.lead_id) if team.lead_id is not None else None
    return lead if lead is not None and lead.is_active else None


def manager_of(snapshot: Snapshot, team: TeamRecord) -> PersonRecord | None:
    """Return who answers for a team above its lead; None for a team that has nobody who is still there."""
    manager = snapshot.person(team.manager_id) if team.manager_id is not None else None
    return manager if manager is not None and manager.is_active else None


def slack_id_of(person: PersonRecord | None) -> str:
    """Return where a person is written to; empty for somebody whom Slack does not know."""
    return person.slack_id if person is not None and person.is_active else ""
