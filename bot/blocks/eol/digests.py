"""The week's message: everything that nobody has answered yet, by product and cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from bot.blocks.eol import answers, image, words
from bot.blocks.eol.buttons import claim_run_button, open_button, pin_button
from bot.blocks.eol.cards import without_channel
from bot.blocks.eol.report_words import unknown, why_unsure
from bot.blocks.lines import Line, choices
from bot.blocks.ownership.words import join
from bot.blocks.text import POSTED_TEXT, Block, Rendered, bold, context, escape, fitting, section
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.charges import charged, monthly_of
from bot.domain.eol.exposure import MatchedDeployment, Watch, has_unknown_clock
from bot.domain.eol.image_libraries import Inside, together
from bot.domain.eol.milestones import DeadlineKind
from bot.domain.eol.reminders import Card, Digest, DueMilestone
from bot.domain.eol.reports import LISTED, Urgency, in_order, urgency_of
from bot.domain.eol.responsibility import NOBODY
from bot.domain.eol.shared_charges import SharedCharge
from bot.domain.eol.terms import by_terms
from bot.domain.phrases import counted

#: Lines with a button of their own; a message takes 50 blocks, and nobody reads as many.
_MOST_ITEMS = 15
_MOST_UNSURE = 5
_MOST_PAID = 5
_MOST_CLAIMS = 3
#: The longest that one line of a digest may be: the headline and a handful of names.
_MOST_NAMES = 3
#: What stands above a group of lines; what can still be prevented needs no title.
_TITLES = {Urgency.OVERDUE: "*Overdue*", Urgency.LATER: "*Later*"}


@dataclass(frozen=True, slots=True)
class _Upgrade:
    """What has a line: the next deadline of a release cycle, and beside it one that has `passed` unanswered."""

    item: DueMilestone
    passed: DueMilestone | None = None

    @property
    def is_planned(self) -> bool:
        """Whether a plan holds, so that there is nothing to answer."""
        held = self.item.card.effect.answer
        is_claimed = self.item.card.reminder.claimed_at is not None  # and the inventory has not shown it in time
        return held is not None and held.kind is AnswerKind.PLANNED and not is_claimed


#: What has a line: an upgrade, or the libraries inside one image.
_Item = _Upgrade | Inside[DueMilestone]


def digest(digest: Digest, *, share: int = 1) -> Rendered:
    """Return a team's digest, or the section of it that has one of so many shares of the room.

    It may be long: what does not fit is counted, and `/eol` shows it.
    """
    items, most = _lined_up(digest.items, digest.today), _MOST_ITEMS // share
    return fitting(lambda most: _drawn(digest, items, most), min(len(items), most), POSTED_TEXT // share)


def _drawn(digest: Digest, items: Sequence[_Item], most: int) -> Rendered:
    head, shown = _head(digest, items), items[:most]
    blocks: list[Block] = [section(head)]
    lines: list[str] = []
    for title, group in groupby(shown, key=lambda item: _TITLES.get(_head_of(item, digest.today), "")):
        if title and (lines or title != _TITLES[Urgency.LATER]):
            blocks.append(section(title))
            lines.append(title)
        for item in group:
            if isinstance(item, _Upgrade):
                line = Line(_line(item), open_button((item.passed or item.item).card))
            else:
                worst = min((each.card.watch for each in item.items), key=lambda watch: watch.deadline.on)
                taken = words.taken_from(item.items[0].card.giver)
                said = " ".join(filter(None, (image.line(item, worst, digest.today), taken)))
                line = Line(said, image.open_button(item))
            blocks.append(line.block)
            lines.append(f"• {line.text}")
    rest = [f"… and {len(items) - len(shown):,} more: `/eol`"] if len(items) > len(shown) else []
    blocks += [context(each) for each in rest]
    for paid in _paid_lines(digest.paid) if digest.paid else ():
        rest.append(paid.text)
        blocks.append(paid.block)
    for each in digest.shared[:_MOST_PAID]:
        shared = _shared_line(each, digest.today)
        rest.append(shared)
        blocks += _claims(shared, each) if each.holder == NOBODY else [context(shared)]
    if digest.unsure:
        unsure = _unsure(digest.unsure)
        rest.append(unsure.text)
        blocks += map(dict, unsure.blocks)
    small = _small_print(digest)
    blocks.append(context(small))
    return Rendered("\n".join([head, *lines, *rest, small]), blocks)


def _head(digest: Digest, items: Sequence[_Item]) -> str:
    images = len({(each.asset.id, each.image) for each in items if isinstance(each, Inside)})
    upgrades, name = [each for each in items if isinstance(each, _Upgrade)], digest.addressee.name
    planned = sum(each.is_planned for each in upgrades)
    count = len(upgrades) - planned
    of = f" for {bold(name, 80)}" if name else " of what nobody owns"
    if not items:
        return f"*End of life*{of}"
    parts = {
        counted(count, "deadline to answer", "deadlines to answer"): count,
        f"libraries inside {counted(images, 'image')}": images,
        counted(planned, "planned upgrade"): planned,
    }
    things = join(said for said, number in parts.items() if number)
    if digest.is_first:
        return f"*End of life*{of}: {things}. This list comes once a week at most, or sooner when a date is near."
    return f"*End of life*{of}: {things}"


def _lined_up(items: Sequence[DueMilestone], today: date) -> list[_Item]:
    """Return a line for each upgrade, and under each head after those one for each image, as reports list them."""
    own, inside = together(
        items,
        lambda item: item.card.watch.runs,
        apart=lambda item: (_urgency(item.card, today), item.card.giver.key if item.card.giver is not None else ""),
    )
    upgrades = in_order(
        _upgrades(own, today),
        today,
        watch_of=lambda each: each.item.card.watch,
        urgency=lambda each: _urgency(each.item.card, today),
    )
    return sorted([*upgrades, *inside], key=lambda item: LISTED.index(_head_of(item, today)))


def _upgrades(items: Sequence[DueMilestone], today: date) -> list[_Upgrade]:
    """Put the deadline of a release cycle that has passed beside the next one on the same terms: it is one upgrade.

    What goes on for money and what does not have a line each; so has the end of active support.
    """
    cycles: dict[tuple[str, str, str], list[DueMilestone]] = {}
    for item in items:
        card = item.card
        whose = card.holder.key, card.watch.product.key, card.watch.cycle.name
        cycles.setdefault(whose, []).append(item)
    found: list[_Upgrade] = []
    for of_cycle in cycles.values():
        due = {item.card.watch.key: item for item in of_cycle}
        for watches in by_terms(item.card.watch for item in of_cycle).values():
            theirs = [(due[watch.key], watch) for watch in watches]
            same = [item if watch is item.card.watch else _of_only(item, watch) for item, watch in theirs]
            found += _joined(same, today)
    return found


def _joined(same: Sequence[DueMilestone], today: date) -> list[_Upgrade]:
    """Return the lines of what one release cycle has on the same terms."""
    ends = [item for item in same if item.card.watch.deadline.kind is not DeadlineKind.ACTIVE_SUPPORT]
    passed = next((item for item in ends if item.card.watch.deadline.on < today), None)
    ahead = [item for item in same if item is not passed]
    beside = next((item for item in ahead if item in ends), None)
    lines = [_Upgrade(item, passed if item is beside else None) for item in ahead]
    return lines if beside is not None or passed is None else [*lines, _Upgrade(passed)]


def _of_only(item: DueMilestone, watch: Watch) -> DueMilestone:
    """Return a milestone of only what is in a watch."""
    return replace(item, card=replace(item.card, watch=watch))


def _head_of(item: _Item, today: date) -> Urgency:
    return _urgency((item.item if isinstance(item, _Upgrade) else item.items[0]).card, today)


def _urgency(card: Card, today: date) -> Urgency:
    """Return under which head it stands, whatever was answered: what is in a digest waits for something.

    What goes on for money can still be stopped, and stands where a report has it, by the deadline that comes next.
    """
    is_paid, on = card.watch.charged(today).now is not None, card.watch.deadline.on
    return Urgency.PAID if is_paid and on < today else urgency_of(on, None, today, is_paid=is_paid)


def _line(upgrade: _Upgrade) -> str:
    card = upgrade.item.card
    runs = card.watch.runs
    named = list(dict.fromkeys(bold(one.asset.name, 60) for one in runs))
    more = len(named) - _MOST_NAMES
    names = join(named) if more <= 1 else f"{', '.join(named[:_MOST_NAMES])} and {more:,} more"
    if card.taker is not None and (giver := words.given_by(card.giver)):
        names = f"{names}, {giver}"
    ends = words.brief(card.watch, card.today, upgrade.passed.card.watch if upgrade.passed is not None else None)
    line = " ".join(filter(None, (ends, words.charged_monthly(card.watch, card.today), names)))
    stands = answers.short(card) or (answers.short(upgrade.passed.card) if upgrade.passed is not None else "")
    return f"{line} ({stands})" if stands else line


def _paid_lines(paid: Sequence[Card]) -> list[Line]:
    """Return what of the answered costs money now, each with the button to change the answer: it stops no charge."""
    lines = [
        Line(f"Answered: {_line(_Upgrade(DueMilestone(card, card.effect.current)))}", open_button(card))
        for card in paid[:_MOST_PAID]
    ]
    more = len(paid) - len(lines)
    return [*lines, Line(f"… and {more:,} more that are answered and charged now: `/eol`")] if more else lines


def _shared_line(shared: SharedCharge, today: date) -> str:
    """Return what another team has, is charged now, and belongs to an application of the digest's team."""
    goes_on = [one.goes_on for one in shared.runs]
    a_month = words.month_sums(monthly_of(shared.cycle, today, goes_on))
    said = charged(shared.product, shared.cycle, today, goes_on).said(day=words.day, a_month=a_month)
    what = f"{words.name(shared.product, shared.cycle)} under your {words.assets(shared.runs)}"
    who = f"with {bold(shared.holder.name, 60)}" if shared.holder.name else "which nobody owns"
    if giver := words.given_by(shared.giver):
        who = f"{who}, {giver}"
    plan = f" ({answers.planned(shared.plan, None, today)})" if shared.plan is not None else ""
    return f"{what} ({who}): {said}{plan}."


def _claims(line: str, shared: SharedCharge) -> list[Block]:
    """Return a line about what nobody owns, with a button to claim each."""
    first = list({one.asset.id: one for one in shared.runs}.values())[:_MOST_CLAIMS]
    if len(first) == 1:
        return [{**section(line), "accessory": claim_run_button(first[0])}]
    each = ({**section(bold(one.asset.name, 60)), "accessory": claim_run_button(one)} for one in first)
    return [section(line), *each]


def _unsure(unsure: Sequence[MatchedDeployment]) -> Rendered:
    """Return what nobody knows, each with a button to say what it is."""
    own, inside = together(unsure, lambda one: (one,))
    head = f":grey_question: {unknown(unsure)}, so I cannot say when support ends"
    if not all(map(has_unknown_clock, unsure)):
        to_do = "Press *Correct the version*" if own else "Press *Open* to see them"
        head = f"{head}. {to_do}, or correct {'it' if len(unsure) == 1 else 'them'} at the source"
    shown = [Line(_what(one), pin_button(one)) for one in own[:_MOST_UNSURE]]
    shown += [Line(image.unsure_line(each), image.open_button(each)) for each in inside[:_MOST_UNSURE]]
    more = len(own[_MOST_UNSURE:]) + sum(len(each.items) for each in inside[_MOST_UNSURE:])
    return choices(f"{head}:", shown, f"… and {more:,} more: `/eol`" if more > 0 else "")


def _what(one: MatchedDeployment) -> str:
    product = escape(one.deployment.observed.product, 60) or "something"
    version = escape(one.deployment.observed.version, 60) or "without a version"
    why = f" ({why_unsure(one)})" if has_unknown_clock(one) else ""
    return f"{bold(one.asset.name, 60)}: {product} {version}{why}"


def _small_print(digest: Digest) -> str:
    parts = [f"As of {words.day(digest.today)}", without_channel(digest.addressee)]
    if digest.quiet:
        parts.append(f"{counted(digest.quiet, 'more is answered', 'more are answered')}")
    if digest.still_unsure:
        parts.append(f"{unknown(digest.still_unsure)} still: `/eol unknown`")
    cards = [*(one.card for one in digest.items), *digest.paid]
    taken = sorted(digest.with_others.items())[:_MOST_NAMES]
    parts += [f"{bold(name, 60)} has taken over {count:,}" for name, count in taken]
    charged_for = [(each.cycle, each.runs) for each in digest.shared]
    charged_for += [(each.watch.cycle, each.watch.runs) for each in cards]
    if any(words.is_assumed(cycle, runs, digest.today) for cycle, runs in charged_for):
        parts.append(words.A_MONTH)
    if digest.items:
        parts.append(words.facts_age(digest.items[0].card.facts))
    return " · ".join(filter(None, parts))
