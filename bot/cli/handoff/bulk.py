"""`baton handoff bulk`: many handoffs at once, first as a dry run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.eol._scope import inventory
from bot.clients import handoff_list
from bot.domain.catalog import Area
from bot.domain.handoff.bulk import BulkGroup, BulkLine, LeftOut, Load
from bot.domain.names import clean
from bot.domain.phrases import counted
from bot.domain.recipients import Via
from bot.domain.records import PersonRecord
from bot.errors import NotFoundError
from bot.services.handoff import bulk as service
from bot.services.handoff.bulk import BulkOutcome, BulkPlan, Offered
from bot.services.snapshot import Snapshot

#: How many resources of a group are listed.
_SHOWN = 20


def bulk(
    file: Annotated[
        Path | None, typer.Argument(help="CSV or YAML with an asset, an area (if any), a giver and a receiver each.")
    ] = None,
    giver: Annotated[str, typer.Option("--from", help="Instead of a file: everything that this team owns …")] = "",
    receiver: Annotated[str, typer.Option("--to", help="… goes to this team.")] = "",
    system: Annotated[str, typer.Option(help="With --from: only what is a part of this system.")] = "",
    by: Annotated[str, typer.Option("--as", help="In whose name it is offered, by e-mail address or Slack id.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be offered, and offer nothing.")] = False,
) -> None:
    """Offer many handoffs at once, one for each system, giver and receiver.

    A line that cannot be offered is reported, the others go on, and the command exits with 1. What was offered before
    is not offered again, so the command can be repeated.
    """
    if (file is None) == (not giver) or bool(giver) != bool(receiver) or (system and not giver):
        raise typer.BadParameter("give a file, or --from and --to (with --system if need be).")
    if not dry_run and not by:
        raise typer.BadParameter("say with --as who offers it, a member of the giving team; or add --dry-run.")
    lines = handoff_list.read(file) if file is not None else []
    left_out = asyncio.run(_run(lines, giver=giver, receiver=receiver, system=system, by=by, dry_run=dry_run))
    if any(not each.is_offered for each in left_out):
        raise typer.Exit(1)


async def _run(
    lines: list[BulkLine], *, giver: str, receiver: str, system: str, by: str, dry_run: bool
) -> tuple[LeftOut, ...]:
    async with inventory() as known:  # an offer includes the ends of support that come with it
        deps, catalog = known.deps, known.snapshot
        if giver:
            lines = await service.lines_of_team(deps, catalog, giver=giver, receiver=receiver, system=system)
        person = _person(catalog, by) if by else None
        planned = await service.plan(deps, catalog, lines, by=person)
        if dry_run or person is None:
            _print_plan(planned)
            return planned.left_out
        outcome = await service.carry_out(deps, catalog, planned, by=person)
        _print_outcome(outcome, planned.loads)
        return outcome.left_out


def _person(catalog: Snapshot, text: str) -> PersonRecord:
    person = catalog.person_by_email(text) or catalog.person_by_slack_id(text)
    if person is None or not person.is_active:
        raise NotFoundError(f"There is no person '{text}': give the e-mail address or Slack id that the catalog has.")
    return person


def _print_plan(planned: BulkPlan) -> None:
    sys.stdout.write(f"{counted(len(planned.groups), 'handoff')} would be offered{_size(planned.groups)}.\n")
    for group in planned.groups:
        sys.stdout.write(f"  {_title(group)}\n")
        sys.stdout.writelines(f"    {each}\n" for each in _items(group))
    _print_rest(planned.left_out, planned.loads)


def _print_outcome(outcome: BulkOutcome, loads: Iterable[Load]) -> None:
    groups = [each.group for each in outcome.offered]
    sys.stdout.write(f"{counted(len(groups), 'handoff')} offered{_size(groups)}.\n")
    sys.stdout.writelines(f"  #{each.number} {_title(each.group)}{_untold(each)}\n" for each in outcome.offered)
    _print_rest(outcome.left_out, loads)


def _print_rest(left_out: Iterable[LeftOut], loads: Iterable[Load]) -> None:
    for title, wanted in (("offered before", True), ("left out", False)):
        lines = [each for each in left_out if each.is_offered is wanted]
        if lines:
            sys.stdout.write(f"{title}: {len(lines):,}\n")
            sys.stdout.writelines(
                f"  line {each.line.number}, {_named(each.line)}: {clean(each.reason)}\n" for each in lines
            )
    loads = tuple(loads)
    if loads:
        sys.stdout.write("what they would have:\n")
        sys.stdout.writelines(f"  {_load(each)}\n" for each in loads)


def _load(load: Load) -> str:
    people, assets = counted(load.people, "person", "people"), counted(load.assets_then, "asset")
    said = f"{clean(load.team.name)}: {people}, {assets} ({load.assets_now:,} now), {load.tier_one:,} of tier 1"
    if load.peers is None:
        return said
    each, other = round(load.assets_then / max(load.people, 1), 1), load.peers
    middle = f"the median of {counted(other.teams, 'other team')} is {round(other.assets_a_person, 1):g}"
    beside = f"{each:g} assets a person, {middle} ({round(other.assets, 1):g} a team)"
    return f"{'warning: ' if load.is_heavy else ''}{said}; {beside}"


def _title(group: BulkGroup) -> str:
    system = clean(group.system.name) if group.system is not None else "no system"
    return f"{clean(group.giver.name)} -> {clean(group.receiver.name)}, {system}: {len(group.items):,}"


def _untold(each: Offered) -> str:
    """Return that nobody could be told, and what to do."""
    if each.told.via is not Via.NOWHERE:
        return ""
    team = clean(each.group.receiver.name)
    return f" (nobody was told: give {team} a channel, or send them /handoff show {each.number})"


def _items(group: BulkGroup) -> list[str]:
    listed = [clean(item.asset.ref) + (f" ({item.area})" if item.area is not Area.ALL else "") for item in group.items]
    return listed if len(listed) <= _SHOWN else [*listed[:_SHOWN], f"… and {len(listed) - _SHOWN:,} more"]


def _size(groups: Iterable[BulkGroup]) -> str:
    items = [item for group in groups for item in group.items]
    assets = len({item.asset.id for item in items})
    return f": {counted(len(items), 'resource')} of {counted(assets, 'asset')}" if items else ""


def _named(line: BulkLine) -> str:
    return clean(line.asset) + (f" ({clean(line.area)})" if line.area else "")
