"""What an answer says of handoffs that are under way."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.ownership import words
from bot.blocks.text import bold, day
from bot.domain.catalog import Area
from bot.domain.handoff.status import HandoffStatus
from bot.domain.records import HandoffStage

#: Handoffs of one asset that an answer names.
_MOST_SAID = 4


def lines(statuses: Sequence[HandoffStatus]) -> list[str]:
    """Return a sentence for each handoff, of which there is at least one, with its number where there are several."""
    more = len(statuses) - _MOST_SAID
    rest = [f"… and {more} more handoff{'s' if more > 1 else ''}"] if more > 0 else []
    numbered = len({each.record.number for each in statuses}) > 1
    said = [f"{f'*#{each.record.number}* ' if numbered else ''}{_said(each)}" for each in statuses[:_MOST_SAID]]
    return [*(f":handshake: {each}" for each in said), *rest]


def _said(one: HandoffStatus) -> str:
    giver, receiver = bold(one.giver.name, 80), bold(one.receiver.name, 80)
    what = "it" if Area.ALL in one.areas else words.join([words.AREA_WORDS[each] for each in one.areas])
    on = day(one.record.on) if one.record.on is not None else "its day"
    match one.record.stage:
        case HandoffStage.LENT:
            return f"{receiver} has {what} until {on}, on loan from {giver}."
        case HandoffStage.AGREED if one.record.back_on is not None:
            return f"{giver} lends {what} to {receiver} from {on} until {day(one.record.back_on)}, as both agreed."
        case HandoffStage.AGREED:
            return f"{giver} hands {what} over to {receiver} on {on}, as both agreed."
        case HandoffStage.OFFERED:
            return f"{giver} offers {what} to {receiver}: not accepted yet."
        case _:
            return f"{receiver} asks {giver} for {what}: not answered yet."
