"""What ownership says in the health report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.health import Figure, HealthSection, NextAction, Shown, show_button
from bot.blocks.lines import Line
from bot.blocks.ownership import words
from bot.blocks.text import bold, escape, plain
from bot.domain.catalog import Area, AssetKind
from bot.domain.ownership.coverage import FirstThing, Standing, Tally
from bot.domain.phrases import counted
from bot.domain.records import TeamRecord

_WORDS = {
    Standing.OWNED: "owned",
    Standing.UNOWNED: "unowned",
    Standing.ON_PURPOSE: "unowned on purpose",
    Standing.PART_UNOWNED: "with a part that nobody owns",
    Standing.ONE_PERSON: "known to one person only",
    Standing.STALE: "not confirmed recently",
    Standing.DISPUTED: "disputed",
    Standing.ORPHANED: "whose owner is gone",
}
_NOT_OWNED = (Standing.UNOWNED, Standing.PART_UNOWNED, Standing.ON_PURPOSE)
_AT_RISK = (Standing.ONE_PERSON, Standing.STALE, Standing.DISPUTED, Standing.ORPHANED)
#: How somebody gets to see what the DevOps team has.
NO_DEVOPS = (
    "No DevOps team is set, so this does not say what it holds: ask your Baton administrator for `BATON_DEVOPS_TEAM`."
)
EMPTY = "The catalog is empty: ask your Baton administrator to import it (`baton catalog import auto PATH`)."


def trends(devops: TeamRecord | None) -> dict[str, str]:
    """Return the figures that the picture shows over the months, by key."""
    held = {} if devops is None else {"devops.held": f"{plain(devops.name, 14)} holds of others"}
    return {**held, "ownership.unowned": "Unowned"}


def owns_nothing(team: TeamRecord) -> str:
    """Return what is said of a team that has nothing."""
    return (
        f"{bold(team.name, 80)} owns nothing in the catalog. *We own this* on the answer to `/whoowns NAME` claims it."
    )


def unknown_devops(name: str) -> str:
    """Return the next step where the catalog has no team of the name that was set."""
    return (
        f"`BATON_DEVOPS_TEAM` names {bold(name, 80)}, which is no team of the catalog: correct it, or import the team."
    )


def headline(tally: Tally, devops: TeamRecord | None, team: TeamRecord | None, served: int) -> Figure:
    """Return the verdict in one figure, the same each month: what DevOps owns of other teams' things.

    Without a DevOps team it is what is owned. `served` is how many teams DevOps holds them for.
    """
    if devops is None:
        where = f" by {escape(team.name, 60)}" if team is not None else ""
        return _standing(tally, Standing.OWNED, of=tally.things, words=f"things in the catalog are owned{where}")
    lead, teams = f"{escape(devops.name, 60)} holds", counted(served, "team")
    if team == devops:
        words = f"things of other teams in production, for {teams}" if served else "things of other teams in production"
        return Figure(key="devops.held", value=tally.held.total(), lead=lead, words=words)
    if team is not None:
        words = f"things of {escape(team.name, 60)} in production"
        return Figure(key="devops.held", value=tally.held.total(), of=tally.of_others.total(), lead=lead, words=words)
    words = "things of other teams in production" + (f", for {teams}" if served else "")
    return Figure(key="devops.held", value=tally.held.total(), of=tally.of_others.total(), lead=lead, words=words)


def sections(
    tally: Tally, devops: TeamRecord | None, held: list[tuple[int, str, int]] | None, unknown: int | None
) -> Iterator[HealthSection]:
    """Yield the lines: what is owned, what is at risk, what is split, what DevOps has and for whom.

    `held` are the teams that it serves, the most served first; None for the report of such a team, whose headline says
    it already. `unknown` is None where that is not counted.
    """
    covered = [_standing(tally, Standing.OWNED, of=tally.things)] if tally.things else []
    covered += [_standing(tally, each) for each in _NOT_OWNED if tally.standings[each]]
    if unknown:
        words = "unknown name asked for" if unknown == 1 else "unknown names asked for"
        covered.append(Figure(key="ownership.unknown", value=unknown, words=words))
    yield HealthSection("Ownership", covered)
    yield HealthSection("At risk", [_standing(tally, each) for each in _AT_RISK if tally.standings[each]])
    split = [
        Figure(key=f"ownership.split.{area.value}", value=count, words=_area(area))
        for area, count in sorted(tally.split.items(), key=lambda each: (-each[1], each[0]))
    ]
    yield HealthSection("Split ownership", split)
    if devops is not None and held is not None:
        load = [Figure(key="devops.held", value=tally.held.total(), words="of other teams", teams=held)]
        own = [Figure(key="devops.own", value=tally.own, words="of its own")] if tally.own else []
        yield HealthSection(f"What {escape(devops.name, 60)} holds", [*load, *own])


def recorded(tally: Tally, *, is_whole: bool = False, unknown: int | None = None) -> dict[str, int]:
    """Return what is kept of a tally: with `is_whole` the zeros, too."""
    standings, areas, kinds = (Standing, Area, AssetKind) if is_whole else (tally.standings, tally.split, tally.held)
    found = {f"ownership.{each.value}": tally.standings[each] for each in standings}
    found |= {f"ownership.split.{area.value}": tally.split[area] for area in areas}
    found |= {f"devops.held.{kind.value}": tally.held[kind] for kind in kinds}
    found |= {"devops.held": tally.held.total(), "devops.own": tally.own}
    return found if unknown is None else found | {"ownership.unknown": unknown}


def hand_over(team: TeamRecord, devops: TeamRecord, count: int, first: FirstThing) -> NextAction:
    """Return the action of the team that DevOps owns most for."""
    text = (
        f"Have {bold(team.name, 60)} take over {counted(count, 'thing')} from {escape(devops.name, 60)}: "
        f"begin with {bold(first.asset.name, 60)} ({words.kind(first.asset)})."
    )
    [offer] = handoff_buttons(
        OpenHandoff(Way.OFFER, first.asset.id, team.id), first.asset.name, text="Begin the handoff"
    )
    return NextAction(count, Line(text, offer), teams=(team, devops), to_see=_asset_button(first))


def see_through(devops: TeamRecord, count: int, first: FirstThing) -> NextAction:
    """Return the action where all that DevOps could hand over is in handoffs already."""
    [show] = handoff_buttons(OpenHandoff(Way.OFFER, first.asset.id), first.asset.name, under_way=first.handoff)
    text = (
        f"See handoff *#{first.handoff}* through: {bold(first.asset.name, 60)} ({words.kind(first.asset)}) of "
        f"{escape(devops.name, 60)} is in it."
    )
    return NextAction(count, Line(text, show))


def attend(standing: Standing, first: FirstThing) -> NextAction:
    """Return the action about something that nobody owns, or whose owner is gone or disputed."""
    name, parts = bold(first.asset.name, 60), first.size - 1
    rest = f"; {counted(parts, 'part hangs', 'parts hang')} on it" if parts else ""
    text = {
        Standing.UNOWNED: f"Find an owner for {name} ({words.kind(first.asset)}): nobody owns it{rest}.",
        Standing.PART_UNOWNED: f"Find an owner for {words.rest(first.asset, *first.areas)}: nobody owns it{rest}.",
        Standing.ORPHANED: f"Find a new owner for {name} ({words.kind(first.asset)}): its owner is gone{rest}.",
        Standing.DISPUTED: f"End the dispute about {name} ({words.kind(first.asset)}){rest}.",
    }[standing]
    return NextAction(first.size, Line(text, _asset_button(first)))


def second_person(team: TeamRecord, count: int) -> NextAction:
    """Return the action of the team that owns most with one person."""
    text = f"Name a second person in {bold(team.name, 60)}: one person knows {counted(count, 'thing')}."
    return NextAction(count, Line(text, show_button("See the team", Shown.TEAM, team.id, label=team.name)))


def area_names(areas: Iterable[Area]) -> list[str]:
    """Return what areas are called, not escaped."""
    return ["whole" if area is Area.ALL else area.value for area in areas]


def _standing(tally: Tally, standing: Standing, *, of: int | None = None, words: str = "") -> Figure:
    return Figure(
        key=f"ownership.{standing.value}", value=tally.standings[standing], of=of, words=words or _WORDS[standing]
    )


def _asset_button(first: FirstThing) -> Mapping[str, Any]:
    return show_button("Show it", Shown.ASSET, first.asset.id, label=first.asset.name)


def _area(area: Area) -> str:
    return "whole" if area is Area.ALL else words.AREA_WORDS[area].removeprefix("the ")
