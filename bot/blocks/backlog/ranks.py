"""The backlog in its order, and why a request stands where it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from bot.blocks import pictures
from bot.blocks.backlog import actions, words
from bot.blocks.backlog.actions import RequestList
from bot.blocks.backlog.lists import pages
from bot.blocks.text import (
    POSTED_TEXT,
    Block,
    Rendered,
    button,
    context,
    escape,
    fitting,
    plain,
    section,
    with_days,
    within,
)
from bot.domain.backlog.chart import Chart
from bot.domain.backlog.lanes import NUMBERS_ARE_MISSING, BacklogPlace, Lane, has_gaps
from bot.domain.backlog.rank import Rank, waiting_in_words
from bot.domain.backlog.requests import RequestCard, in_sentence
from bot.domain.pages import FirstOf

#: Requests of a message, each with a button.
MOST_RANKED = 15
#: Rows of a picture that are put into words, and how long that may be.
_ROWS_IN_WORDS, _ALT_TEXT = 12, 1_000
#: The lanes in words.
LANES: Mapping[Lane, str] = MappingProxyType(
    {
        Lane.AT_RISK: "At risk: start soon or miss the date",
        Lane.QUICK_WINS: "Quick wins: at most eight hours, paid back in four weeks",
        Lane.WORTH_BUILDING: "Worth building, by cost of waiting per hour of work",
        Lane.NOT_ESTIMATED: "To estimate, by cost of waiting",
        Lane.NOT_WORTH_BUILDING: "Not worth building: costs more than it saves in a year",
    }
)


def backlog(found: FirstOf[tuple[RequestCard, BacklogPlace]], *, weeks: int, may_open: bool = True) -> Rendered:
    """Return the open requests in their order, lane by lane, each with a button that says why it is there.

    What waiting costs is counted over so many `weeks`.
    """
    ranked = found.first[:MOST_RANKED]
    if not ranked:
        return Rendered(f"No request is open.{' Open one: `/devops`.' if may_open else ''}")

    def draw(count: int) -> Rendered:
        period = f"{weeks} more {'week' if weeks == 1 else 'weeks'}"
        title = f"*The DevOps backlog*, first things first. “Waiting” means {period}."
        blocks: list[Block] = [section(title)]
        lines = [title]
        for lane, group in groupby(ranked[:count], key=lambda each: each[1].lane):
            lines.append(LANES[lane])
            blocks.append(context(LANES[lane]))
            for card, place in group:
                said = f"{place.position}. {words.listed(card)}\n{cost(place)} · {words.standing(card)}"
                label = f"Why #{card.id} {plain(card.title, 40)} is here"
                why = button("Why", actions.WHY, str(card.id), label=label)
                blocks.append({**section(said), "block_id": f"backlog.ranked.{card.id}", "accessory": why})
                lines.append(said)
        rest, turning = pages(RequestList.RANK, found, count, MOST_RANKED)
        gaps = [NUMBERS_ARE_MISSING] if has_gaps((place for _, place in ranked[:count]), found.start) else []
        return Rendered("\n".join([*lines, *gaps, *rest]), [*blocks, *map(context, gaps), *turning])

    return fitting(draw, len(ranked), POSTED_TEXT)


def drawing() -> Rendered:
    """Return that a picture is being drawn."""
    return pictures.drawing("the backlog for this channel", "`/devops rank`")


def alt_text(chart: Chart) -> str:
    """Return what the picture shows, for whoever does not see it: how many there are, and the first in words."""
    count = len(chart.rows) + chart.more
    counted = f"{count:,} request{'s' if count > 1 else ''}. " if count else ""
    head = f"The DevOps backlog as of {chart.today}: what waiting {chart.period_weeks:g} more weeks costs against the "
    head += f"work, in hours. {f'{NUMBERS_ARE_MISSING} ' if chart.has_gaps else ''}{counted}"
    rows = [f"{row.position}. {plain(row.name, 80)} ({row.lane.value}): {row.said}" for row in chart.rows]

    def said(shown: int) -> str:
        more = [f"and {count - shown:,} more"] if count > shown else []
        return f"{head}{'; '.join([*rows[:shown], *more]) or 'No request is open'}."

    fits = (shown for shown in range(min(len(rows), _ROWS_IN_WORDS), 0, -1) if len(said(shown)) <= _ALT_TEXT)
    return said(next(fits, 0))


def why(card: RequestCard, sentences: Sequence[str], *, may_estimate: bool = False) -> Rendered:
    """Return why a request stands where it does: the answer, the arithmetic, and what changes it for its reader."""
    answer, *steps = (with_days(escape(each, 600)) for each in sentences)
    lines = within([words.name(card), answer, *(f"• {each}" for each in steps)], 2_900)
    buttons = [*(words.estimate_button(card) if may_estimate else []), *words.change_button(card)]
    block: list[Block] = [{"type": "actions", "elements": buttons}] if buttons else []
    return Rendered("\n".join(lines), [section("\n".join(lines)), *block])


def unranked(card: RequestCard) -> Rendered:
    """Return what is said of a request without a place of its own: it is not open, or part of another one."""
    if card.whole is not None and card.whole.is_open:
        whole = words.public_name(card.whole)
        return Rendered(f"{words.name(card)} counts with {whole}: `/devops why {card.whole.id}` says why.")
    return Rendered(f"{words.name(card)} is {in_sentence(card.state)}, so it has no place in the backlog.")


def cost(place: BacklogPlace) -> str:
    """Return what waiting costs, and what the work does."""
    found = place.rank
    waiting = waiting_in_words(found.waiting_cost_hours, is_estimated=isinstance(found, Rank))
    work = f"work {found.effort_hours:,.0f} h" if isinstance(found, Rank) else "not estimated"
    return f"waiting costs {waiting}, {work}"
