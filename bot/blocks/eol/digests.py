"""The week's message: everything that nobody has answered yet, by product and cycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from bot.blocks.eol import actions, answers, words
from bot.blocks.eol.buttons import open_button
from bot.blocks.eol.cards import without_channel
from bot.blocks.ownership.words import join
from bot.blocks.text import POSTED_TEXT, Block, Rendered, bold, button, context, escape, fitting, plain, section
from bot.domain.digests import preventable_first
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.reminders import Digest, DueMilestone

#: Lines with a button of their own; a message takes 50 blocks, and nobody reads as many.
_MOST_ITEMS = 15
_MOST_UNSURE = 5
#: The longest that one line of a digest may be: the headline and a handful of names.
_MOST_NAMES = 3
_OVERDUE = "*Overdue*"


def digest(digest: Digest, *, share: int = 1) -> Rendered:
    """Return a team's digest, or the section of it that has one of so many shares of the room.

    It may be long: what does not fit is counted, and `/eol` shows it.
    """
    items, most = _grouped(digest.items, digest.today), _MOST_ITEMS // share
    return fitting(lambda most: _drawn(digest, items, most), min(len(items), most), POSTED_TEXT // share)


def _drawn(digest: Digest, items: Sequence[DueMilestone], most: int) -> Rendered:
    head, shown = _head(digest), items[:most]
    blocks: list[Block] = [section(head)]
    lines = []
    for is_over, group in groupby(shown, key=lambda item: _is_over(item, digest.today)):
        if is_over:
            blocks.append(section(_OVERDUE))
            lines.append(_OVERDUE)
        for item in group:
            line = _line(item)
            blocks.append({**section(line), "accessory": open_button(item.card)})
            lines.append(f"• {line}")
    rest = [f"… and {len(items) - len(shown):,} more: `/eol`"] if len(items) > len(shown) else []
    blocks += [context(each) for each in rest]
    blocks += _unsure_blocks(digest.unsure)
    rest += _unsure_lines(digest.unsure)
    small = _small_print(digest)
    blocks.append(context(small))
    return Rendered("\n".join([head, *lines, *rest, small]), blocks)


def _head(digest: Digest) -> str:
    count, name = len(digest.items), digest.addressee.name
    of = f" for {bold(name, 80)}" if name else " of what nobody owns"
    if not count:
        return f"*End of life*{of}"
    things = "1 deadline to answer" if count == 1 else f"{count:,} deadlines to answer"
    if digest.is_first:
        return (
            f"*End of life*{of}: {things}. This is the full list. "
            "From now on: weekly at most, sooner when a date is near."
        )
    return f"*End of life*{of}: {things}"


def _grouped(items: Sequence[DueMilestone], today: date) -> list[DueMilestone]:
    """Put what can still be prevented before what is overdue, and what is of one product together in each."""

    def urgency(item: DueMilestone) -> tuple[bool, int]:
        return preventable_first((item.card.watch.deadline.on - today).days)

    first: dict[tuple[bool, str], tuple[bool, int]] = {}
    for item in items:
        key = _is_over(item, today), item.card.watch.product.key
        first[key] = min(urgency(item), first.get(key, urgency(item)))

    def place(item: DueMilestone) -> tuple[tuple[bool, int], str, tuple[bool, int], str]:
        watch = item.card.watch
        return first[_is_over(item, today), watch.product.key], watch.product.key, urgency(item), watch.cycle.name

    return sorted(items, key=place)


def _is_over(item: DueMilestone, today: date) -> bool:
    return item.card.watch.deadline.on < today


def _line(item: DueMilestone) -> str:
    card = item.card
    runs = card.watch.runs
    named = list(dict.fromkeys(bold(one.asset.name, 60) for one in runs))
    more = len(named) - _MOST_NAMES
    names = join(named) if more <= 1 else f"{', '.join(named[:_MOST_NAMES])} and {more:,} more"
    line = f"{words.brief(card.watch, card.today)} {names}"
    stands = answers.short(card)
    return f"{line} ({stands})" if stands else line


def _unsure_lines(unsure: Sequence[MatchedDeployment]) -> list[str]:
    if not unsure:
        return []
    return [_unsure_head(len(unsure)), *(f"• {_what(one)}" for one in unsure[:_MOST_UNSURE]), *_unsure_rest(unsure)]


def _unsure_blocks(unsure: Sequence[MatchedDeployment]) -> list[Block]:
    """What nobody knows, each with a button to say what it is."""
    if not unsure:
        return []
    blocks: list[Block] = [section(_unsure_head(len(unsure)))]
    for one in unsure[:_MOST_UNSURE]:
        label = f"Correct the version: {plain(one.asset.name, 50)}"
        pin = button("Correct the version", actions.PIN, str(one.deployment.id), label=label)
        blocks.append({**section(_what(one)), "accessory": pin})
    return [*blocks, *map(context, _unsure_rest(unsure))]


def _unsure_head(count: int) -> str:
    what = "1 version is unknown" if count == 1 else f"{count:,} versions are unknown"
    return f":grey_question: {what}, so I cannot say when support ends:"


def _unsure_rest(unsure: Sequence[MatchedDeployment]) -> list[str]:
    more = len(unsure) - _MOST_UNSURE
    return [f"… and {more:,} more: `/eol`"] if more > 0 else []


def _what(one: MatchedDeployment) -> str:
    product = escape(one.deployment.product, 60) or "something"
    version = escape(one.deployment.version, 60) or "without a version"
    return f"{bold(one.asset.name, 60)}: {product} {version}"


def _small_print(digest: Digest) -> str:
    parts = [f"As of {words.day(digest.today)}", without_channel(digest.addressee)]
    if digest.quiet:
        parts.append(f"{digest.quiet:,} more answered")
    if digest.items:
        parts.append(words.facts_age(digest.items[0].card.facts))
    return " · ".join(filter(None, parts))
