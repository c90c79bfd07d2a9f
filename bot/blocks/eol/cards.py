"""The root message of a reminder: while it is open, and once nothing is left to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.blocks import text
from bot.blocks.eol import answers, words
from bot.blocks.eol.buttons import card_buttons, claim_blocks, explain_button, open_button, reading_buttons
from bot.blocks.lines import Line, with_also
from bot.blocks.ownership.words import AREA_WORDS, join, source, verb
from bot.blocks.text import Block, Rendered, bold, context, escape, link, modal, section, within
from bot.domain.catalog import Area
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.charges import charged
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.providers import PROVIDERS
from bot.domain.eol.reminders import Card, CardReader, ClosedCard, DateMove
from bot.domain.eol.responsibility import NOBODY, Addressee, ageing_area, lately_given
from bot.domain.eol.upgrade_paths import proposed
from bot.domain.names import fold

#: Lines of one kind on a card.
_MOST_ASSETS = 5
_MOST_SPLIT = 3
#: Characters of a card beside its buttons, its small print and what is due as well.
_MOST_WORDS = 2_700
#: From here on the headline carries a warning sign, in days before the deadline.
_CLOSE = 30
#: Areas whose owners have to plan an upgrade together.
_UPGRADED_TOGETHER = frozenset({Area.ALL, Area.APPLICATION, Area.DATABASE, Area.INFRASTRUCTURE, Area.CONTAINERS})
_CLOCK_WORDS = {"eoas": "active support", "eol": "standard support", "eoes": "extended support"}


def card(card: Card, *, also: Sequence[Line] = (), reader: CardReader | None = None) -> Rendered:
    """Return the message of an open reminder with its buttons, those of its one `reader` where that is given.

    `also` are milestones of others that are due as well.
    """
    is_theirs = card.holder != NOBODY
    head, what = headline(card), listing(card.watch.runs, card.today)
    warnings = [*ownership_warnings(card), *map(moved, sorted(card.moves, key=lambda each: each.at)[-1:])]
    may_answer = reader is None or reader.may_answer
    stands = answers.said(card, may_answer=may_answer)
    if card.reminder.help is not None:
        stands.append(answers.help_asked(card.reminder.help))
    paragraphs = [head, what, words.money(card.watch, card.today), "\n".join(stands), "\n".join(warnings)]
    paragraphs = within([*paragraphs, _next_step(card)], _MOST_WORDS)
    # What nobody owns is listed with a button for each instead.
    shown = paragraphs if is_theirs else [*paragraphs[:1], *paragraphs[2:]]
    blocks: list[Block] = [section(each) for each in shown if each]
    blocks += [] if is_theirs else claim_blocks(card)
    # How old all this is, and where the dates come from when that is not fresh.
    parts = (f"As of {words.day(card.today)}", without_channel(card.holder), words.facts_age(card.facts))
    small = " · ".join(filter(None, parts))
    blocks.append(context(small))
    if is_theirs and may_answer:
        blocks += card_buttons(card, may_pin=reader is None or reader.may_pin)
    elif is_theirs and reader is not None:
        blocks += reading_buttons(card, may_close=reader.may_close)
    lines = list(filter(None, (*paragraphs, small)))
    return with_also(lines, blocks, also)


def opened(its: Card, note: str = "", *, reader: CardReader | None = None) -> Rendered:
    """Return the card for one person alone, under a note about what they have just done."""
    made = card(its, reader=reader)
    if not note:
        return made
    return Rendered(f"{note}\n{made.text}", [section(note), {"type": "divider"}, *made.blocks])


def opened_view(its: Card, note: str = "", *, reader: CardReader | None = None) -> Block:
    """Return the card as a modal, for where there is no message to answer with."""
    return modal("End of life", opened(its, note, reader=reader).blocks)


def handed_over(card: Card, *, also: Sequence[Line] = ()) -> Rendered:
    """Return what is left of the root message where a reminder was told before another team took it over.

    `also` as in `card`, here and in `closed`.
    """
    name, where = words.name(card.watch.product, card.watch.cycle), words.assets(card.watch.runs)
    lines = [f"{name} on {where}:", *answers.said(card, may_answer=False), "They get its reminders now."]
    said = "\n".join(within(lines, _MOST_WORDS))
    buttons: Block = {"type": "actions", "elements": [open_button(card), explain_button(card)]}
    return with_also([said], [section(said), buttons], also)


def closed(card: ClosedCard, *, also: Sequence[Line] = ()) -> Rendered:
    """Return the root message of a reminder that is over."""
    said, seen = over(card), _evidence(card.evidence)
    blocks: list[Block] = [section(said), *([context(seen)] if seen else [])]
    return with_also(list(filter(None, (said, seen))), blocks, also)


def resolved(card: ClosedCard) -> Rendered:
    """Return the reply that says that a reminder is over, and what shows it."""
    thanks = "Thank you." if card.resolution == "upgraded" else ""
    saved = f"That saves {words.month_sums(card.saved)}." if card.saved else ""
    return Rendered(" ".join(filter(None, (over(card), _evidence(card.evidence), saved, thanks))))


def headline(card: Card) -> str:
    """Return the first sentence, with a warning sign when the deadline is close or over and nobody is at it."""
    is_close = (card.watch.deadline.on - card.today).days <= _CLOSE
    is_loud = is_close and card.watch.deadline.kind is not DeadlineKind.ACTIVE_SUPPORT
    sign = ":warning: " if is_loud and card.effect.answer is None and card.reminder.claimed_at is None else ""
    return f"{sign}{words.headline(card.watch, card.today)}"


def listing(runs: Sequence[MatchedDeployment], today: date) -> str:
    """Return what runs it, a line each, the first five, and since when it is its owner's where that is new to them."""
    lines = []
    for one in runs[:_MOST_ASSETS]:
        owner = one.responsible.addressee
        fact = lately_given(one.asset, owner, runs_since=one.deployment.observed.first_seen_at, today=today)
        line = f"• {words.running(one)}"
        if fact is not None:
            line += f" · {escape(owner.name, 60)}'s since {text.date(fact.valid_from)}, says {source(fact.source)}"
        lines.append(line)
    if len(runs) > _MOST_ASSETS:
        lines.append(f"… and {len(runs) - _MOST_ASSETS:,} more: `/eol`")
    return "\n".join(lines)


def ownership_warnings(card: Card) -> list[str]:
    """Return what is to be said of the owners: a dispute, and areas that belong to different teams."""
    disputed = [one for one in card.watch.runs if one.responsible.is_disputed]
    lines = []
    if disputed:
        lines.append(f":warning: The owner of {words.assets(disputed)} is disputed: agree who plans the upgrade.")
    lines += _doubts(card)
    split: dict[str, list[MatchedDeployment]] = {}
    for one in card.watch.runs:
        if _others(one) and not one.responsible.is_disputed and one.responsible.addressee != NOBODY:
            split.setdefault(_areas(one), []).append(one)
    if split:
        shown = [f"{words.assets(runs)}: {owners}" for owners, runs in list(split.items())[:_MOST_SPLIT]]
        more = len(split) - len(shown)
        shown += [f"and {more:,} more"] if more > 0 else []
        lines.append(f":bulb: Ownership is split. {'; '.join(shown)}. {_hand_over(card)}")
    return lines


def _hand_over(card: Card) -> str:
    providers = {one.deployment.observed.provider for one in card.watch.runs}
    is_managed = {fold(each) for each in providers} <= PROVIDERS
    return f"{'A provider runs this: could' if is_managed else 'Could'} the product team take all of it?"


def without_channel(addressee: Addressee) -> str:
    """Return why what is meant for a team comes to somebody else; empty for a team that has a channel."""
    team = addressee.team
    if team is None or team.channel:
        return ""
    return f"Add a channel for {bold(team.name, 80)} to the catalog to get these there"


def moved(move: DateMove) -> str:
    """Return a clock's move in a sentence."""
    clock = _CLOCK_WORDS.get(move.clock, escape(move.clock, 40))
    return f"The end of {clock} moved from {_clock(move.before)} to {_clock(move.after)} ({text.date(move.at)})."


def _doubts(card: Card) -> list[str]:
    """The last doubt about its owner, unless it is this card's own answer."""
    if any(answer.detail.get(answers.NOT_OURS) for answer in card.reminder.answers):
        return []
    doubted = [
        (doubt, one)
        for one in card.watch.runs
        for doubt in one.asset.matters.doubts
        if all(doubt.at >= fact.valid_from for fact in one.asset.facts)
    ]
    if not doubted:
        return []
    doubt, one = max(doubted, key=lambda each: each[0].at)
    reason = escape(doubt.reason, 200)
    said = f"{answers.who(doubt.person, first=True)} doubted {text.date(doubt.at)} who owns {bold(one.asset.name, 60)}"
    return [f":warning: {said}{f': {reason}' if reason else '.'}"]


def _areas(one: MatchedDeployment) -> str:
    """Name who owns which area, e.g. `Platform owns the database, Payments the application`."""
    addressee = one.responsible.addressee
    mine = {
        AREA_WORDS[fact.area]
        for fact in one.asset.facts
        if (addressee.team is not None and fact.team_id == addressee.team.id)
        or (addressee.person is not None and fact.person_id == addressee.person.id)
    }
    first = f"{bold(addressee.name, 80)} owns {join(sorted(mine)) if mine else 'this part'}"
    others: dict[str, list[str]] = {}
    for area, name in _others(one):
        others.setdefault(bold(name, 80), []).append(AREA_WORDS[area])
    rest = [f"{name} {join(areas)}" for name, areas in list(others.items())[:_MOST_SPLIT]]
    return ", ".join([first, *rest])


def upgraded_with(one: MatchedDeployment) -> list[str]:
    """Return the names of those who own another area of what is upgraded, and plan it together."""
    return [name for _, name in _others(one)] if not one.responsible.is_disputed else []


def _others(one: MatchedDeployment) -> list[tuple[Area, str]]:
    return [(area, name) for area, name in one.responsible.others if area in _UPGRADED_TOGETHER]


def _clock(value: str) -> str:
    try:
        return words.day(date.fromisoformat(value))
    except ValueError:
        return {"open": "no date", "absent": "none", "ended": "an unknown day in the past"}.get(
            value, escape(value, 40)
        )


def _next_step(card: Card) -> str:
    if card.holder == NOBODY:
        return "Nobody owns these. Yours? Press *We own this*."
    held = card.effect.answer
    is_seen_only = held is None or (held.kind is AnswerKind.ACKNOWLEDGED and not held.detail.get(answers.NOT_OURS))
    if not is_seen_only or card.reminder.claimed_at is not None:
        return ""
    found = proposed(card.watch.product, card.watch.cycle, card.today)
    if found is None:
        return "*Next step:* plan a move off it. No later version is supported."
    target = words.target(found.target, card.today)
    longest = "" if found.target.is_enough(card.today) else "; no version is supported for longer"
    if found.hop is not None and not found.hop.is_target:
        step = bold(words.cycle_called(card.watch.product, found.step), 60)
        path = link(found.hop.source, "leaves none out")
        steps = f"*Next step:* plan the upgrade to {step}: the vendor's path {path}. In the end: {target}{longest}."
        return f"{steps}{_on_the_way(card, found.step)}"
    is_in_place = any(ageing_area(one.asset) is not Area.ALL for one in card.watch.runs)
    unknown = ""
    if is_in_place and found.hop is None and not found.is_next:
        where = link(found.source, "upgrade path") if found.source else "upgrade path"
        unknown = f" I do not know whether that is one step: check the vendor's {where}."
    return f"*Next step:* plan the upgrade to {target}{longest}.{unknown}"


def _on_the_way(card: Card, step: str) -> str:
    """Return what is to be known of a stop on the way that is over or charged itself; empty for a supported one."""
    product, today = card.watch.product, card.today
    cycle = next((each for each in product.cycles if each.name == step), None)
    if cycle is None or not isinstance(cycle.eol, date) or cycle.eol >= today:
        return ""
    cost = charged(product, cycle, today, card.watch.goes_on)
    named = bold(words.cycle_called(product, step), 60)
    also = f" and {escape(cost.said(day=words.day), 120)}" if cost.now is not None else ""
    return f" :warning: {named} is past its standard support since {words.day(cycle.eol)}{also}: do not stop there."


def over(card: ClosedCard) -> str:
    """Return the sentence that says how a reminder ended."""
    name = bold(f"{card.product} {card.cycle}")
    match card.resolution:
        case "upgraded":
            shown = "" if card.evidence else " The inventory no longer shows it."
            return f":white_check_mark: {name}: done.{shown}"
        case "gone":
            return f":white_check_mark: {name}: nothing of yours runs it any more."
        case "moved":
            return f"{name}: what runs it has another owner now."
        case "unlisted":
            return f"{name} is no longer in the catalog, so I cannot say when its support ends."
        case "replaced":
            return f"{name}: what ran it counts as another product or version now."
        case _:
            return f"{name}: this date has passed, the next one counts now."


def _evidence(evidence: Sequence[MatchedDeployment]) -> str:
    if not evidence:
        return ""
    versions: dict[str, list[str]] = {}
    for one in evidence:
        version = escape(one.deployment.observed.version, 60) or "an unknown version"
        versions.setdefault(version, []).append(bold(one.asset.name, 60))
    seen = join(f"{join(names)} {verb(names, 'runs', 'run')} {version}" for version, names in versions.items())
    newest = max(evidence, key=lambda one: one.deployment.last_seen_at).deployment
    shown_by = escape(newest.observed.source, 60)
    return f"{seen}" + (f", as {shown_by} showed {text.date(newest.last_seen_at)}." if shown_by else ".")
