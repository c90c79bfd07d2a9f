"""Lists of handoffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.blocks.handoff import actions, words
from bot.blocks.text import POSTED_TEXT, Block, Rendered, button, context, day, fitting, section
from bot.domain.handoff.handoffs import HandoffCard, ResourceState, Which

#: Handoffs that a list shows, and that the Home tab does.
MOST_LISTED, MOST_ON_HOME = 20, 5


_TITLES: Mapping[Which, tuple[str, str]] = {
    Which.PENDING: (
        "*Open handoffs of your teams*",
        "Your teams have no open handoff. Begin one: `/handoff payments-db`; what is over: `/handoff list over`.",
    ),
    Which.OVER: ("*Handoffs of your teams that are over*", "No handoff of your teams is over."),
    Which.ALL: (
        "*All handoffs of your teams*",
        "Your teams have had no handoff. Begin one: `/handoff NAME`.",
    ),
}


def listing(cards: Sequence[HandoffCard], which: Which = Which.PENDING) -> Rendered:
    """Return handoffs of somebody's teams, each with a button that shows it."""
    title, nothing = _TITLES[which]
    if not cards:
        return Rendered(nothing)

    def draw(count: int) -> Rendered:
        hidden = len(cards) - count
        rest = [f"… and {hidden:,} more"] if hidden > 0 else []
        lines = [_line(each) for each in cards[:count]]
        blocks = [section(title), *home_parts(cards[:count]), *map(context, rest)]
        return Rendered("\n".join([title, *lines, *rest]), blocks)

    return fitting(draw, min(MOST_LISTED, len(cards)), POSTED_TEXT)


def home_parts(cards: Sequence[HandoffCard]) -> list[Block]:
    """Return a section for each handoff, with the button that shows it."""
    return [
        {
            **section(_line(each)),
            "accessory": button("Show", actions.SHOW, str(each.id), label=words.label("Show", each)),
        }
        for each in cards
    ]


def _line(card: HandoffCard) -> str:
    said, waiting = list[str](), len(card.open_resources) - len(put_off := _put_off(card))
    if card.is_draft:
        said.append(f"{words.team(card.giver.name)} has to offer or refuse it")
    if waiting:
        said.append(f"{words.team(card.receiver.name)} has {waiting} of {len(card.resources)} to answer")
    if put_off:
        said.append(f"{len(put_off)} of {len(card.resources)} put off until {day(max(put_off))}")
    if card.to_come:
        on = f", takes effect on {day(card.effective_on)}" if card.effective_on is not None else ""
        said.append(f"accepted{on}")
    if card.owned and card.loan_until is not None:
        said.append(f"on loan until {day(card.loan_until)}")
    return f"{words.title(card)}\n{' · '.join(said) or words.counts(card)}"


def _put_off(card: HandoffCard) -> list[date]:
    """Return the days until which something is to be there that the receiver needs first."""
    waiting = (each for each in card.open_resources if each.state is ResourceState.NOT_YET)
    return [each.needs_by for each in waiting if each.needs_by is not None]
