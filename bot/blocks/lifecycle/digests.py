"""The week's message: everything that nobody has answered yet, by product and cycle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks.lifecycle import answers, words
from bot.blocks.lifecycle.buttons import open_button
from bot.blocks.lifecycle.cards import facts_age
from bot.blocks.ownership.words import join
from bot.blocks.text import MESSAGE_TEXT, Block, Rendered, bold, context, cut_mrkdwn, escape, section
from bot.domain.lifecycle.reminders import Digest, Item
from bot.domain.lifecycle.watching import Running

#: Lines with a button of their own; a message takes 50 blocks, and nobody reads as many.
_MOST_ITEMS = 15
_MOST_UNSURE = 5
#: The longest that one line of a digest may be: the headline and a handful of names.
_MOST_NAMES = 3


def digest(digest: Digest) -> Rendered:
    """Return a team's digest. It may be long: what does not fit is counted, and `/eol` shows it."""
    items = _grouped(digest.items)
    head = _head(digest)
    shown = items[:_MOST_ITEMS]
    lines = [_line(item) for item in shown]
    blocks: list[Block] = [section(head)]
    blocks += [{**section(line), "accessory": open_button(item.card)} for line, item in zip(lines, shown, strict=True)]
    rest = _rest(digest, len(items) - len(shown))
    blocks += [section(each) for each in rest]
    small = _small_print(digest)
    blocks.append(context(small))
    said = [head, *(f"• {line}" for line in lines), *rest, small]
    return Rendered(cut_mrkdwn("\n".join(said), MESSAGE_TEXT), blocks)


def _head(digest: Digest) -> str:
    count, team = len(digest.items), digest.addressee.name
    of = f" for {bold(team, 80)}" if team else ""
    if not count:
        return f"*End of life*{of}"
    things = "one thing to look at" if count == 1 else f"{count:,} things to look at"
    if digest.is_first:
        return (
            f"*End of life*{of}: this is the first look, so it is everything at once: {things}. "
            "From now on there is one message a week at most, unless something is close."
        )
    return f"*End of life*{of}: {things}"


def _grouped(items: Sequence[Item]) -> list[Item]:
    """Put what is of one product together, and whatever is most urgent first."""
    first: dict[str, date] = {}
    for item in items:
        key, on = item.card.watch.product.key, item.card.watch.deadline.on
        first[key] = min(on, first.get(key, on))

    def place(item: Item) -> tuple[date, str, date, str]:
        watch = item.card.watch
        return first[watch.product.key], watch.product.key, watch.deadline.on, watch.cycle.name

    return sorted(items, key=place)


def _line(item: Item) -> str:
    card = item.card
    runs = card.watch.runs
    named = list(dict.fromkeys(bold(one.asset.name, 60) for one in runs))
    more = len(named) - _MOST_NAMES
    names = join(named) if more <= 1 else f"{', '.join(named[:_MOST_NAMES])} and {more:,} more"
    line = f"{words.headline(card.watch, card.today)} {names}"
    stands = answers.short(card.reminder, card.today)
    return f"{line} ({stands})" if stands else line


def _rest(digest: Digest, hidden: int) -> list[str]:
    found = []
    if hidden > 0:
        found.append(f"… and {hidden:,} more: `/eol`")
    if digest.unsure:
        found.append(_unsure(digest.unsure))
    return found


def _unsure(unsure: Sequence[Running]) -> str:
    count = len(unsure)
    head = "I do not know one version" if count == 1 else f"I do not know {count:,} versions"
    named = [_what(one) for one in unsure[:_MOST_UNSURE]]
    more = f"\n… and {count - _MOST_UNSURE:,} more: `/eol`" if count > _MOST_UNSURE else ""
    return f":grey_question: {head}, so I cannot say when they end:\n" + "\n".join(named) + more


def _what(one: Running) -> str:
    product = escape(one.deployment.product, 60) or "something"
    version = escape(one.deployment.version, 60) or "without a version"
    return f"• {bold(one.asset.name, 60)}: {product} {version}"


def _small_print(digest: Digest) -> str:
    parts = [f"As of {words.day(digest.today)}"]
    if digest.quiet:
        parts.append(f"{digest.quiet:,} more answered already, so not repeated here")
    if digest.items:
        parts.append(facts_age(digest.items[0].card.facts))
    return " · ".join(filter(None, parts))
