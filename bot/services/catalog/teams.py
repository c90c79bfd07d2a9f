"""Use cases of teams that change: renamed, or merged, by people. Imports that still say the old name do not undo it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain.catalog import Origin, TeamClaim
from bot.domain.names import clean, fold
from bot.domain.reconcile.book import TeamEntry
from bot.domain.reconcile.owners import nearest, other_keys
from bot.errors import NotAllowedError, NotFoundError
from bot.services.catalog import _roster
from bot.services.catalog._apply import Reason
from bot.services.catalog._decide import Decision, deciding
from bot.services.catalog._roster import Roster
from bot.services.deps import Deps

_ORIGIN = Origin("decided")


@dataclass(frozen=True, slots=True)
class Renamed:
    """The name that the team has now, and those that it answers to besides, in order."""

    name: str
    other_names: tuple[str, ...]


async def rename_team(deps: Deps, *, name: str, to: str, actor: str) -> Renamed:
    """Give a team another name; it goes on answering to the old one.

    Raises NotFoundError when no source declares the team, NotAllowedError when `to` is no name or another team's.
    """
    to = clean(to)
    if not fold(to):
        raise NotAllowedError("A team needs a name of letters or digits: give one.")
    async with deciding(deps) as decision:
        roster = await _roster.load(decision.run)
        team = _declared(roster, name)
        other = roster.index.team(to) or roster.index.stubs.get(fold(to))
        if other is not None and other is not team and other.gone_at is None:
            raise NotAllowedError(
                f"'{other.name}' is a team already: choose another name, or make them one with "
                f"`baton team merge {team.name} {other.name}`."
            )
        return await _call(decision, team, to, (), "team.rename", actor)


async def merge_teams(deps: Deps, *, name: str, into: str, actor: str) -> Renamed:
    """Make a team a part of another: what it owns is the other's from now on, and its names answer as the other's.

    The history speaks of both under the other's name. `name` may be a team that sources only ever refer to.
    Raises NotFoundError when there is no such team, NotAllowedError when both are one already.
    """
    async with deciding(deps) as decision:
        roster = await _roster.load(decision.run)
        target = _declared(roster, into)
        team = roster.index.team(name) or roster.index.stubs.get(fold(name))
        if team is None or (team.gone_at is not None and not team.is_declared):
            raise NotFoundError(_unknown(roster, name))
        if team is target:
            raise NotAllowedError(f"'{name}' and '{into}' are one team already, called '{target.name}'.")
        names = (*team.former_names, *team.aliases, team.name)
        return await _call(decision, target, target.name, names, "team.merge", actor)


async def _call(
    decision: Decision, team: TeamEntry, name: str, joined: Sequence[str], action: str, actor: str
) -> Renamed:
    """Say that `team`, which other teams called `joined` became a part of, is called `name`.

    Of its former names its own come last, the latest at the end: by those it is told which source's claim describes it.
    """
    spellings = {team.folded, fold(name), *map(fold, joined), *other_keys(team)}
    before = [claim for claim in decision.teams if fold(claim.name) in spellings]
    own_last = sorted(before, key=lambda claim: fold(claim.name) == fold(team.name))
    said = [*joined, *(each for claim in own_last for each in (*claim.former_names, claim.name)), team.name]
    kept = {fold(each): each for each in said if fold(each) != fold(name)}
    parts = dict.fromkeys((*(part for claim in before for part in claim.merged), *([tuple(joined)] if joined else [])))
    claim = TeamClaim(name=name, former_names=tuple(kept.values()), merged=tuple(parts), origin=_ORIGIN)
    others = [replace(each, former_names=_without(each, kept)) for each in decision.teams if each not in before]
    decision.teams = [*others, claim]
    detail = {"name": name, "former_names": list(claim.former_names)}
    await decision.carry_out(Reason(actor, action, f"team:{team.id}", detail))
    return Renamed(name, tuple(sorted(claim.former_names, key=fold)))


def _without(claim: TeamClaim, names: Iterable[str]) -> tuple[str, ...]:
    taken = set(names)
    return tuple(each for each in claim.former_names if fold(each) not in taken)


def _declared(roster: Roster, name: str) -> TeamEntry:
    team = roster.index.team(name)
    if team is None or not team.is_live:
        raise NotFoundError(_unknown(roster, name))
    return team


def _unknown(roster: Roster, name: str) -> str:
    said = f"No source declares a team called '{clean(name)}'"
    near = nearest(name, roster.book.teams)
    return f"{said}; did you mean {' or '.join(near)}?" if near else f"{said}: `baton catalog export` lists them."
