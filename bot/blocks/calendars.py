"""`/baton calendar`: the address of a team's end-of-life dates, and the buttons that renew and revoke it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.blocks.text import Block, Rendered, bold, button, context, date, escape, section
from bot.blocks.values import encode
from bot.domain.phrases import counted
from bot.domain.records import TeamRecord

#: The buttons; their value is a `LinkValue`.
RENEW, REVOKE, REVOKE_ALL = "calendar.renew", "calendar.revoke", "calendar.revoke_all"

_MOST_TEAMS = 10
_CARE = (
    "Keep this private: whoever has it sees the dates. I show it once. "
    "It ends when you leave the team or press *Revoke*."
)


class LinkValue(NamedTuple):
    """An address of a team's calendar; 0 is all of them."""

    team_id: int
    link_id: int = 0


def link(team: TeamRecord, url: str, link_id: int, *, others: int) -> Rendered:
    """Return a new address. `url` holds nothing that Slack takes for a mark; `others` counts those of other people."""
    head = (
        f"Subscribe to the end-of-life dates of {bold(team.name, 80)} "
        "(Google Calendar: *Other calendars → From URL*; Outlook and Apple: *Subscribe*):"
    )
    return _with_buttons(team, [f"{head}\n```{url}```", _CARE], link_id, others=others, may_renew=False)


def existing(team: TeamRecord, since: datetime, link_id: int, *, others: int) -> Rendered:
    """Return that the reader has an address already."""
    head = (
        f"You have had an address for the calendar of {bold(team.name, 80)} since {date(since)}. Lost it? "
        "Press *New address* to replace it."
    )
    return _with_buttons(team, [head], link_id, others=others, may_renew=True)


def revoked(team: TeamRecord, count: int) -> Rendered:
    """Return how many addresses have just ended."""
    if not count:
        return Rendered(f"That address for the calendar of {bold(team.name, 80)} had ended already.")
    said = "The address" if count == 1 else f"{count:,} addresses"
    return Rendered(f"{said} for the calendar of {bold(team.name, 80)} {'has' if count == 1 else 'have'} ended.")


def which_team(teams: Sequence[TeamRecord]) -> Rendered:
    """Return the question back to somebody in several teams."""
    tries = ", ".join(f"`/baton calendar {escape(team.name, 80)}`" for team in teams[:_MOST_TEAMS])
    return Rendered(f"Which of your teams? {tries}")


def no_address() -> Rendered:
    """Return why there is no calendar here yet."""
    return Rendered("Calendars are not set up: ask your Baton administrator to set `BATON_PUBLIC_URL`.")


def _with_buttons(team: TeamRecord, parts: Sequence[str], link_id: int, *, others: int, may_renew: bool) -> Rendered:
    value = encode(LinkValue(team.id, link_id))
    buttons = [button("New address", RENEW, value, label="New address for the calendar")] if may_renew else []
    buttons.append(button("Revoke", REVOKE, value, label="Revoke this address", style="danger"))
    if others:
        title = "Revoke both" if others == 1 else f"Revoke all {others + 1}"
        every = button(title, REVOKE_ALL, encode(LinkValue(team.id)), label=f"{title} addresses")
        buttons.append(every)
    small = list(parts[1:])
    if others:
        small.append(f"Others have {counted(others, 'more address', 'more addresses')} for it.")
    blocks: list[Block] = [section(parts[0]), *([context(*small)] if small else [])]
    blocks.append({"type": "actions", "elements": buttons})
    return Rendered("\n".join((parts[0], *small)), blocks)
