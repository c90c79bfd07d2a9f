"""The words that reminders are made of: what ends and when, which assets, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from bot.blocks import text
from bot.blocks.ownership.words import join
from bot.blocks.text import bold, escape, plain
from bot.domain.eol import charges
from bot.domain.eol.charges import NOT_KNOWN, monthly, price
from bot.domain.eol.deadlines import LONG_AGO
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.milestones import WORDS, DeadlineKind, Milestone, next_due, words_of
from bot.domain.eol.records import VCPU_HOUR, Charge, Cycle, Product
from bot.domain.eol.reminders import Card, FactsAge
from bot.domain.eol.responsibility import Addressee
from bot.domain.eol.terms import by_terms, next_of
from bot.domain.eol.upgrade_paths import proposed
from bot.domain.eol.upgrade_targets import Target
from bot.domain.phrases import counted
from bot.domain.records import AssetRecord
from bot.domain.working_time import WorkingTime

#: Beyond this many days, months and years say more.
_DAYS_READ_WELL = 400
_DAYS_A_YEAR = 365.25
_DAYS_A_MONTH = _DAYS_A_YEAR / 12
#: How a day is written, here and in every message.
day = text.day


def facts_age(facts: FactsAge) -> str:
    """Return of when the dates are, unless that is today's feed."""
    return f"dates as of {day(facts.as_of)}" if facts.freshness.is_shown else ""


def span(days: int) -> str:
    """Return a stretch of time: in days, when that reads well, else in months or years."""
    if days <= _DAYS_READ_WELL:
        return counted(days, "day")
    months = round(days / _DAYS_A_MONTH)
    return f"{months} months" if months < 24 else f"{round(days / _DAYS_A_YEAR)} years"


def away(on: date, today: date) -> str:
    """Return how far a day is: `in 126 days`, `today`, `3 days ago`."""
    days = (on - today).days
    if days == 0:
        return "today"
    return f"in {span(days)}" if days > 0 else f"{span(-days)} ago"


def cycle_name(cycle: Cycle) -> str:
    """Return a cycle's name as people call it."""
    return cycle.label or cycle.name


def cycle_called(product: Product, key: str) -> str:
    """Return a cycle of a product, known by its key, as people call it."""
    return next((cycle_name(each) for each in product.cycles if each.name == key), key)


def name(product: Product, cycle: Cycle) -> str:
    """Return product and cycle in bold."""
    return bold(f"{product.label or product.key} {cycle_name(cycle)}")


def plain_name(watch: Watch, limit: int = 60) -> str:
    """Return product and cycle for a label."""
    return plain(f"{watch.product.label or watch.product.key} {cycle_name(watch.cycle)}", limit)


def lateness(until: date, missed: date) -> str:
    """Return how long after a deadline a day is, as a sentence."""
    return f"That is {span((until - missed).days)} after {day(missed)}."


def upgrade_title(watch: Watch, today: date) -> str:
    """Return what there is to do, as plain text, such as `Upgrade PostgreSQL 11 to 16 (payments-db)`."""
    best = proposed(watch.product, watch.cycle, today)
    to = f" to {plain(cycle_called(watch.product, best.step), 20)}" if best is not None else ""
    return f"Upgrade {plain_name(watch)}{to} ({plain(watch.runs[0].asset.name, 40)})"


def headline(watch: Watch, today: date) -> str:
    """Return what ends, and when: the first sentence of everything that is said of a deadline."""
    return f"{name(watch.product, watch.cycle)}: {what_ends(watch, today)}."


def brief(watch: Watch, today: date, passed: Watch | None = None) -> str:
    """Return what ends, and when, for one line of a list: without what came before it unless that has no answer yet."""
    ended = f"{what_ends(passed, today, is_brief=True)}; " if passed is not None else ""
    return f"{name(watch.product, watch.cycle)}: {ended}{what_ends(watch, today, is_brief=True)}."


def what_ends(watch: Watch, today: date, *, is_brief: bool = False) -> str:
    """Return what ends or begins to cost on the deadline, and (not `is_brief`) what came before it."""
    cycle, on, kind = watch.cycle, watch.deadline.on, watch.deadline.kind
    if on == LONG_AGO:
        return "support has ended, date unknown"
    is_first = kind in (DeadlineKind.SUPPORT, DeadlineKind.FORCED_UPGRADE)
    before = "" if is_first or is_brief else _standard(cycle, today)
    when = "today" if on == today else f"{day(on)}, {away(on, today)}"
    is_over = on < today
    spoken = words_of(kind, cycle)
    said = f"{spoken.past if is_over else spoken.ahead} {when}"
    match kind:
        case DeadlineKind.ACTIVE_SUPPORT:
            said += "; only security fixes after that"
            return f"{said}; {before}" if before else said
        case DeadlineKind.FORCED_UPGRADE:
            then = (
                "the provider may upgrade it at any time" if is_over else "then the provider upgrades it automatically"
            )
            said = f"standard support {'ended' if is_over else 'ends'} {when}; {then}"
    said = f"{before}; {said}" if before else said
    return said if is_brief or not is_over else said + _next(watch, today)


def _next(watch: Watch, today: date) -> str:
    """Return what comes after a deadline that has passed: of a price that rose, when extended support ends."""
    found = next_of(watch, today)  # where that differs, what comes next has a reminder of its own
    return f"; {WORDS[found.kind].ahead} {day(found.on)}, {away(found.on, today)}" if found is not None else ""


def _standard(cycle: Cycle, today: date) -> str:
    if not isinstance(cycle.eol, date):
        return ""
    return f"standard support {'ended' if cycle.eol < today else 'ends'} {day(cycle.eol)}"


def milestone(said: Milestone) -> str:
    """Return a point on the way to a deadline, e.g. `30 days before`."""
    if said.days == 0:
        return "the day itself"
    return f"{span(abs(said.days))} {'before' if said.days > 0 else 'after'}"


def next_said(card: Card) -> str:
    """Return until when an acknowledgement keeps a reminder quiet, e.g. `30 days before the deadline`."""
    work = WorkingTime(ZoneInfo("UTC"))
    due, on = next_due(card.watch.deadline, card.today, work, tier=card.watch.tier)
    if due.days < 0:
        return f"the first digest from {day(on)} on"
    return f"{milestone(due)} the deadline" if due.days else "the day of the deadline"


def running(one: MatchedDeployment) -> str:
    """Return one line about what runs where: asset, version, environment, tier."""
    parts, observed = [bold(one.asset.name)], one.deployment.observed
    if observed.version:
        parts.append(escape(observed.version, 60))
    if observed.inside and observed.inside != one.asset.name:
        parts.append(f"inside {escape(observed.inside, 100)}")
    if observed.environment:
        parts.append(escape(observed.environment, 40))
    if one.asset.tier is not None:
        parts.append(f"tier {one.asset.tier}")
    return " · ".join(parts)


def assets(runs: Iterable[MatchedDeployment]) -> str:
    """Return the names of what runs it in a sentence, the first four of them."""
    return join(bold(one.asset.name, 60) for one in runs)


def named(assets: Iterable[AssetRecord]) -> str:
    """Return the names of assets in a sentence, the first four of them."""
    return join(bold(asset.name, 60) for asset in assets)


def money(watch: Watch, today: date) -> str:
    """Return what the provider charges for extended support now and later; empty where it charges nothing.

    Where it charges for a part of what runs it says for what.
    """
    return _of_each(watch, lambda same: _money(same, today))


def _money(watch: Watch, today: date) -> str:
    found = watch.charged(today)
    if found.now is None and found.next is None:
        return _sentence(found.said(day=day))
    # The charges of whichever thing has most of them.
    kinds = (charges.charges_of(watch.cycle, has_extended_support=each) for each in dict.fromkeys(watch.goes_on))
    ahead = [each for each in max(kinds, key=len, default=()) if each.since > today]
    steps = []
    if found.now is not None:
        is_said = found.now.since == watch.deadline.on  # above, as what began or rose on that day
        steps = [f"{_cost(found.now)}{'' if is_said else f' since {day(found.now.since)}'}"]
    steps += [f"{_cost(charge)} from {day(charge.since)}" for charge in ahead]
    said = f"Extended support costs {', '.join(steps)}."
    first = found.now or found.next
    a_month = monthly(first) if first is not None and first.unit == VCPU_HOUR else None
    if first is None or a_month is None:
        return said
    return f"{said} Example: 2 vCPUs with a standby, about {a_month:,.0f} {escape(first.currency, 10)} a month."


def charged(watch: Watch, today: date) -> str:
    """Return in one short sentence what the provider charges on top, now or soon; empty where it charges nothing.

    Of a price that rises with the deadline it says to what. Where it charges for a part of what runs it says for what.
    """
    return _of_each(watch, lambda same: _charged_in_words(same, today))


def charged_monthly(watch: Watch, today: date) -> str:
    """Return the same, and about what it comes to in a month for all that runs it."""
    return _of_each(watch, lambda same: _charged_in_words(same, today, is_monthly=True))


def month_sums(a_month: Mapping[str, int]) -> str:
    """Return about what something costs a month, by currency; empty for nothing that is known."""
    sums = " and ".join(f"{amount:,} {escape(currency, 10)}" for currency, amount in sorted(a_month.items()))
    return f"about {sums} a month" if sums else ""


def _charged_in_words(watch: Watch, today: date, *, is_monthly: bool = False) -> str:
    rises = watch.deadline.kind is DeadlineKind.PRICE_STEP and watch.deadline.on > today
    found = watch.charged(today)
    if found.now is None and watch.deadline.kind is DeadlineKind.ACTIVE_SUPPORT:
        return ""  # the end of standard support is still to be said, and what it costs with it
    if watch.deadline.kind is DeadlineKind.EXTENDED_COST and (charge := found.now or found.next) is not None:
        # Since when it is charged is what has been said.
        if charge.amount is None:
            return _sentence(NOT_KNOWN)
        if found.now is None:
            return f"The price is {price(charge)}."
    a_month = month_sums(charges.monthly_of(watch.cycle, today, watch.goes_on)) if is_monthly else ""
    return _sentence(found.said(with_next=rises, day=day, a_month=a_month))


def _of_each(watch: Watch, said_of: Callable[[Watch], str]) -> str:
    """Return what is said of all that runs or, where that differs, of each part by its name."""
    parts = [same for [same] in by_terms([watch]).values()]
    if len(parts) == 1:
        return said_of(watch)
    return " ".join(f"Of {assets(same.runs)}: {said}" for same in parts if (said := said_of(same)))


#: What `charged_monthly` takes each thing for, where that matters.
A_MONTH = "sums a month assume 2 vCPUs with a standby each"


def is_assumed(cycle: Cycle, runs: Iterable[MatchedDeployment], today: date) -> bool:
    """Whether what things of a release cycle are said to cost a month is no more than an example."""
    for one in runs:
        charge = charges.running_charge(cycle, today, has_extended_support=one.goes_on)
        if charge is not None and charge.unit == VCPU_HOUR and charge.amount is not None:
            return True
    return False


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _cost(charge: Charge) -> str:
    """Return what a charge costs inside a sentence. Prices are Baton's own words, so there is nothing to escape."""
    return price(charge) if charge.amount is not None else f"money ({NOT_KNOWN})"


def target(found: Target, today: date) -> str:
    """Return an upgrade's target with its runway, for mrkdwn."""
    return f"{bold(cycle_name(found.cycle), 60)}, {runway(found, today, day(found.until) if found.until else '')}"


def runway(found: Target, today: date, until: str) -> str:
    """Return how long a target is supported; `until` is its last day in the words of wherever this is shown."""
    left = found.days_left(today)
    if left is None:
        return "no end of support announced"
    return f"supported until {until}, for {span(left)}"


def given_by(giver: Addressee | None) -> str:
    """Return from whom something was taken over, such as `from *DevOps*`; empty where nobody has given it."""
    return f"from {bold(giver.name, 60)}" if giver is not None else ""


def taken_from(giver: Addressee | None) -> str:
    """Return the same as a sentence."""
    return f"Taken over {given_by(giver)}." if giver is not None else ""
