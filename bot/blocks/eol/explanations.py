"""Why somebody is told: what was seen, how its release cycle was found, where the dates come from, what it costs."""

from __future__ import annotations

from bot.blocks import text
from bot.blocks.eol import words
from bot.blocks.eol.cards import moved
from bot.blocks.text import MESSAGE_TEXT, Block, Rendered, bold, context, cut_mrkdwn, escape, modal, section
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.matches import AmbiguousVersion, InCycle, MatchMethod
from bot.domain.eol.reminders import Card

_MOST_RUNS = 8
_MOST_MOVES = 6
_RULES = {
    MatchMethod.CYCLE: "Matched: {version} is {known}.",
    MatchMethod.PREFIX: "Matched: {version} belongs to {cycle}.",
    MatchMethod.EDITION: "Matched: {version} is an edition of {cycle}.",
    MatchMethod.BUILD: "Matched: {version} is a build of {cycle}.",
    MatchMethod.LATEST: "Matched: {version} is the newest of {cycle}.",
    MatchMethod.COARSE: "{version} could be several releases; all end the same day.",
}


def explanation(card: Card) -> Rendered:
    """Return the answer to "Why am I told this?", for whoever asked."""
    runs = card.watch.runs
    head = f"*Why you are told:* {_because(card)} {words.headline(card.watch, card.today)}"
    seen = [_seen(one, card) for one in runs[:_MOST_RUNS]]
    if len(runs) > _MOST_RUNS:
        seen.append(f"… and {len(runs) - _MOST_RUNS:,} more: `/eol`")
    paragraphs = [head, "\n".join(seen), _dates(card), words.money(card.watch, card.today)]
    notes = " ".join(escape(note, 500) for note in (card.watch.product.note, card.watch.cycle.note) if note)
    blocks: list[Block] = [section(each) for each in paragraphs if each]
    small = " · ".join(filter(None, (_said(card), notes)))
    blocks.append(context(small))
    return Rendered(cut_mrkdwn("\n".join(filter(None, (*paragraphs, small))), MESSAGE_TEXT), blocks)


def explanation_view(card: Card) -> Block:
    """Return the same as a modal, for where there is no message to answer with."""
    return modal("Why am I told this?", explanation(card).blocks)


def _because(card: Card) -> str:
    addressee = card.watch.addressee
    if addressee.key == "nobody":
        return "nobody owns these, so this channel gets the reminders."
    owner = f"{bold(addressee.name, 80)} owns these"
    if card.giver is not None:
        return f"{owner}, and {bold(card.holder.name, 80)} has taken this over."
    return f"{owner}."


def _seen(one: MatchedDeployment, card: Card) -> str:
    observed = one.deployment.observed
    what = escape(" ".join(filter(None, (observed.product, observed.version))), 120) or "something"
    if observed.provider:
        what += f" at {escape(observed.provider, 60)}"
    source = escape(observed.source, 80) or "a source without a name"
    how = "" if observed.how in ("", "catalog") else f" ({escape(observed.how, 40)})"
    seen = f"{source}{how} says “{what}”, last seen {text.date(one.deployment.last_seen_at)}"
    return f"• {bold(one.asset.name, 80)}: {seen}. {_rule(one, card)}"


def _rule(one: MatchedDeployment, card: Card) -> str:
    known = words.name(card.watch.product, card.watch.cycle)
    if one.pin is not None:
        return f"Somebody corrected it to {known} {text.date(one.pin.at)}."
    if not isinstance(one.matched, InCycle | AmbiguousVersion):
        return f"Matched: {known}."
    version, cycle = escape(one.deployment.observed.version, 60) or "it", escape(words.cycle_name(card.watch.cycle), 60)
    return _RULES[one.matched.method].format(version=version, known=known, cycle=cycle)


def _dates(card: Card) -> str:
    since = words.facts_age(card.facts)
    if not since and card.facts.confirmed_at is not None:
        since = f"dates as of {text.date(card.facts.confirmed_at)}"
    lines = [f"{since[:1].upper()}{since[1:]}."] if since else []
    lines += [moved(move) for move in sorted(card.moves, key=lambda each: each.at)[-_MOST_MOVES:]]
    if not card.moves:
        lines.append("They have not moved.")
    return " ".join(lines)


def _said(card: Card) -> str:
    reminder = card.reminder
    if reminder.milestone is None or reminder.said_on is None:
        return f"Watched since {words.day(reminder.opened_on)}, no reminder yet"
    last = words.milestone(reminder.milestone)
    return f"Watched since {words.day(reminder.opened_on)}; last reminder {words.day(reminder.said_on)} ({last})"
