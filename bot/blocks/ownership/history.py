"""Answers about the past: who owned something on a day, and everything that is known of its owners."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import text
from bot.blocks.ownership import words
from bot.blocks.ownership.verdicts import shares_of, split
from bot.blocks.text import Block, Rendered, bold, context, date, section
from bot.domain.catalog import Area, Role
from bot.domain.ownership import Held, Past
from bot.domain.records import AssetRecord

#: Facts of one answer that fit on a message without drowning the reader.
_MOST_LINES = 15


def recalled(past: Past, understood_as: str = "") -> Rendered:
    """Return who owned an asset on a day that is over."""
    lines = [_line(held) for held in (*past.owners, *past.others)]
    return _message(_headline(past), lines, understood_as)


def chronicle(asset: AssetRecord, held: Sequence[Held], understood_as: str = "") -> Rendered:
    """Return every owner that an asset itself ever had, the latest first."""
    if not held:
        return _message(f"{bold(asset.name)} itself has no recorded owner.", [], understood_as)
    return _message(f"Owners of {bold(asset.name)}, the latest first:", [_line(each) for each in held], understood_as)


def _message(headline: str, lines: Sequence[str], understood_as: str) -> Rendered:
    shown = list(lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        shown.append(f"… and {len(lines) - _MOST_LINES} more")
    blocks: list[Block] = [section(headline)]
    if shown:
        blocks.append(section("\n".join(shown)))
    note = f"I read that as {bold(understood_as)}" if understood_as else ""
    if note:
        blocks.append(context(note))
    return Rendered("\n".join(filter(None, (headline, *shown, note))), blocks)


def _headline(past: Past) -> str:
    name, day = bold(past.asset.name), text.day(past.moment.date())
    part = f"{words.AREA_WORDS[past.area]} of {name}" if past.area is not None else name
    if past.known_since is not None:
        return f"Owners of {name} are recorded only since {date(past.known_since)}, so I do not know about {day}."
    if not past.owners:
        return f"On {day} nobody owned {part}."
    owners = words.join(dict.fromkeys(words.owner(held.holding) for held in past.owners))
    if past.is_disputed:
        return f":warning: On {day} it was disputed who owned {part}: {owners}."
    shares = shares_of(held.holding for held in (*past.owners, *past.others)) if past.area is None else {}
    line = f"On {day} {split(shares, name, is_past=True) if shares else f'{owners} owned {part}'}"
    if past.inherited_from is not None:
        line += f", inherited from {bold(past.inherited_from.name)}"
    return f"{line}."


def _line(held: Held) -> str:
    fact = held.holding.fact
    area = "it" if fact.area is Area.ALL else words.AREA_WORDS[fact.area]
    begun = date(fact.valid_from)
    if held.valid_to is None:
        said = f"{'has helped with' if fact.role is Role.SECONDARY else 'has owned'} {area} since {begun}"
    else:
        verb = "helped with" if fact.role is Role.SECONDARY else "owned"
        said = f"{verb} {area} from {begun} until {date(held.valid_to)}"
    if held.giver:
        return f"• {words.owner(held.holding)} {said} · handed over by {bold(held.giver, 80)} (#{held.handoff_id})"
    decided = "handed over" if fact.is_agreed else "claimed"
    source = f"{decided} in Slack" if fact.is_human else f"from {words.source(fact.source)}"
    return f"• {words.owner(held.holding)} {said} · {source}"
