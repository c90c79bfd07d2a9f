"""Is it still yours? The monthly list of a team, and how far a campaign has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as calendar_day
from typing import Any, TypeAlias

from bot.blocks.ownership import words
from bot.blocks.ownership.actions import ATTEST, NOT_OURS, AssetValue
from bot.blocks.text import Block, Rendered, bold, button, context, date, day, escape, plain, section
from bot.blocks.values import encode
from bot.domain.catalog import Area
from bot.domain.ownership.attestation import Unattested
from bot.domain.phrases import counted
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord

_MOST_TEAMS, _MOST_NAMES, _MOST_WEEKS = 15, 5, 14
_BAR = 10
_HEAD, _NEW_HEAD = "*Still yours?*", "*Yours?*"

#: What was confirmed: these areas of an asset.
ConfirmedPart: TypeAlias = tuple[AssetRecord, tuple[Area, ...]]


@dataclass(frozen=True, slots=True)
class TeamProgress:
    """How many of a team's things were confirmed, and the names of some that were not."""

    team: TeamRecord
    confirmed: int
    total: int
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Campaign:
    """How far a quarter has come: each team, the furthest behind first, and how many by the end of each week."""

    start: calendar_day
    teams: Sequence[TeamProgress]
    weeks: Sequence[tuple[calendar_day, int]]

    @property
    def confirmed(self) -> int:
        """How many things were confirmed."""
        return sum(each.confirmed for each in self.teams)

    @property
    def total(self) -> int:
        """How many things there are."""
        return sum(each.total for each in self.teams)


def listed(attestation_id: int, items: Sequence[Unattested]) -> Rendered:
    """Return the section of the digest that asks whether these are still the team's."""
    new = sum(bool(each.new_by) for each in items)
    is_all_new = new == len(items)
    parts = [f"{counted(new, 'thing')} new to you"] if new else []
    if not is_all_new:
        parts.append(f"{counted(len(items) - new, 'thing')} that your team has not confirmed lately")
    head = f"{_NEW_HEAD if is_all_new else _HEAD} {', '.join(parts)}:"
    lines = [_line(each) for each in items]
    blocks: list[Block] = [section(head)]
    for each, line in zip(items, lines, strict=True):
        wrong = not_ours_button(each.asset, each.areas[0] if len(each.areas) == 1 else Area.ALL)
        blocks.append({**section(line), "accessory": wrong})
    all_ours = button(
        "All ours" if is_all_new else "All still ours",
        ATTEST,
        str(attestation_id),
        label="All ours, but for what is not any more",
    )
    blocks.append({"type": "actions", "elements": [all_ours]})
    marked = [{**each, "block_id": f"{_block_ids(attestation_id)}{n}"} for n, each in enumerate(blocks)]
    return Rendered("\n".join([head, *(f"• {line}" for line in lines)]), marked)


def not_ours_button(asset: AssetRecord, area: Area) -> Mapping[str, Any]:
    """Return the button with which a team gives up what it is named for."""
    value = encode(AssetValue(asset.id, None if area is Area.ALL else area))
    return button("Not ours…", NOT_OURS, value, label=f"Not ours… {plain(asset.name, 45)}")


def answered(before: Rendered, attestation_id: int, answer: Rendered, by: PersonRecord | None) -> Rendered:
    """Return a message with a list once the list is answered: what came of it stands in its place."""
    said, ids = f"{_HEAD} {answer.text}", _block_ids(attestation_id)
    if by is not None:
        said += f" {words.person(by)} said so."
    places = [n for n, each in enumerate(before.blocks) if str(each.get("block_id", "")).startswith(ids)]
    if not places:
        return before
    old = [str(before.blocks[n].get("text", {}).get("text", "")) for n in places]
    text = before.text.replace("\n".join([old[0], *(f"• {each}" for each in old[1:] if each)]), said)
    blocks = [each for n, each in enumerate(before.blocks) if n not in places]
    blocks.insert(places[0], section(said))
    return Rendered(text, blocks)


def attested(parts: Sequence[ConfirmedPart], by: PersonRecord | None = None) -> Rendered:
    """Return the receipt for "All still ours"; `by` is who had said it before."""
    if by is not None:
        return Rendered(f"{escape(by.name, 80) or 'Somebody'} has confirmed these already.")
    shown = ", ".join(words.part(asset, *areas) for asset, areas in parts)
    nothing = "Nothing to confirm: these have other owners by now, or are asked about separately."
    return Rendered(f"Confirmed as yours: {shown}." if parts else nothing)


def campaign(made: Campaign) -> Rendered:
    """Return how many of how many were confirmed this quarter, week by week, and which teams are behind."""
    if not made.total:
        return Rendered("No team owns anything that it could confirm.")
    head = (
        f"*Confirmed since {day(made.start)}*: {made.confirmed:,} of {made.total:,} "
        f"({made.confirmed * 100 // made.total}%)"
    )
    weeks = [f"`{_bar(count, made.total)}` {day(end)}: {count:,}" for end, count in made.weeks[-_MOST_WEEKS:]]
    lines = [_team(each) for each in made.teams[:_MOST_TEAMS]]
    more = len(made.teams) - len(lines)
    rest = [f"… and {more:,} more teams: `/baton attest NAME`"] if more > 0 else []
    blocks = [section(head), section("\n".join(weeks)), section("\n".join(lines)), *map(context, rest)]
    return Rendered("\n".join([head, *weeks, *lines, *rest]), blocks)


def _line(one: Unattested) -> str:
    tier = f" · tier {one.asset.tier}" if one.asset.tier is not None else ""
    since = f"{'confirmed' if one.was_confirmed else 'yours since'} {date(one.since)}"
    if one.new_by:
        since = f"yours since {date(one.since)}, says {words.source(one.new_by)}"
    return f"{words.sentence(words.part(one.asset, *one.areas))}{tier} · {since}"


def _block_ids(attestation_id: int) -> str:
    return f"ownership.attest.{attestation_id}."


def _team(had: TeamProgress) -> str:
    line = f"• {bold(had.team.name, 80)} · {had.confirmed:,} of {had.total:,}"
    if not had.missing:
        return f"{line} :white_check_mark:"
    names = ", ".join(escape(each, 40) for each in had.missing[:_MOST_NAMES])
    more = len(had.missing) - _MOST_NAMES
    return f"{line} · missing: {names}{f' and {more:,} more' if more > 0 else ''}"


def _bar(count: int, total: int) -> str:
    filled = count * _BAR // total
    return "█" * filled + "░" * (_BAR - filled)
